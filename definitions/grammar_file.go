package definitions

// The grammar of whole files: bundles, overlays and shared definitions, and of the parts that belong to them.

var formShape = &shape{kind: freeKind, what: "a form"}

var messageShape = object("a message",
	must("title", aText, "The subject of the message."),
	must("body", aText, "What the message says."),
	may("channel", words("a channel", "letter", "alert", "email"), "How it is sent."))

var termShape = object("a term",
	must("title", aText, "What the concept is called."),
	may("help", aText, "What helps a customer who hesitates."),
	may("schema", aFree, "The JSON Schema of its value; without one, the term is the heading of those whose ids begin with its own and a dot."),
	may("prefill", some("a source or a list of sources", anExpr), "Where its value may come from: expressions, the first that has a value counts."))

var statesShape = some("a state or a list of states", ref("a state", useState))

var processShape = object("a process",
	must("title", aText, "What the process is called."),
	must("begins", ref("a state", useState), "The state in which it begins."),
	must("states", mapping("states by id", anID, object("a state",
		must("title", aText, "What the state is called."),
		may("status", aWord, "The status that the customer is shown."),
		may("ends", aBool, "Whether the process ends here."),
		may("waits-for", words("who is waited for", "customer", "authority", "third-party"), "Who has to act."),
		may("outcome", words("an outcome", "positive", "negative", "conditional", "neutral"), "How it ended."),
		may("within", aFree, "The time allowed in this state, and what follows."))), "The states."),
	must("actions", mapping("actions by id", anID, object("an action",
		may("title", aText, "What the action is called."),
		may("from", statesShape, "The states from which it goes."),
		may("during", statesShape, "The states during which it may be done without moving."),
		may("to", statesShape, "The states to which it goes."),
		may("by", some("an actor or a list of actors", aScalar), "Who may do it."),
		may("if", anExpr, "The condition on which it may be done."),
		may("asks", ref("a form's id", useForm), "The form that is asked with it."),
		may("starts", ref("a process's id", useProcess), "The process that it starts beside this one."),
		may("do", list("a list of effects", aFree), "What follows: deliver, or an alert or a message by id."))), "The actions."))

var actShape = oneOf("an act's name or an act", aText, object("an act",
	append([]*key{
		must("name", aText, "What the act is called."),
		may("url", aUnit, "The act's page, by language."),
	}, marksShape...)...))

var refsShape = func(what string, use useKind) *shape {
	return list("a list of ids of "+what, ref("an id of "+what, use))
}

var scenarioShape = object("a scenario",
	must("name", aName, "What the scenario is, in a few words."),
	may("note", aNote, "A note to admins."),
	must("on", aDate, "The day of handling."),
	must("answers", aFree, "The answers by question id."),
	may("needs", refsShape("requirements", useRequirement), "Exactly these are needed."),
	may("ask", refsShape("requirements", useRequirement), "Exactly these are left to the authority."),
	may("open", refsShape("requirements", useRequirement), "Exactly these are still open."),
	may("impossible", refsShape("impossible rules", useImpossible), "Exactly these impossible rules hold."),
	may("warnings", refsShape("warnings", useWarning), "Exactly these warnings are said."),
	may("next", refsShape("questions", useQuestion), "The questions that are still worth asking, in order."),
	may("routes", mapping("authorities by requirement", ref("a requirement's id", useRequirement), some("an authority or a list of them", ref("an authority", useAuthority))), "The authorities of a requirement."),
	may("why", mapping("grounds by requirement", ref("a requirement's id", useRequirement), some("a ground's id or a list of them", aScalar)), "The grounds that hold."),
	may("due", mapping("days by requirement", ref("a requirement's id", useRequirement), aDate), "The last day to send it."),
	may("late", refsShape("requirements", useRequirement), "Exactly these are late."))

var factsShape = mapping("facts by id", &shape{kind: snakeKind, what: "a fact's id"}, anExpr)
var parametersShape = mapping("parameters by id", &shape{kind: snakeKind, what: "a parameter's id"}, parameterShape)
var lawsShape = mapping("acts by number", &shape{kind: lawKind, what: "an act's number"}, actShape)
var termsShape = mapping("terms by id", aDottedID, termShape)
var processesShape = mapping("processes by id", anID, processShape)
var registersShape = mapping("registers by id", anID, registerShape)

// headKeys stand only in the file of a bundle that has the key `bundle`.
var headKeys = []*key{
	may("bundle", anID, "The bundle's id. Exactly one file of a bundle has this key."),
	may("version", aScalar, "The version, in quotes."),
	may("title", aText, "What the bundle is called."),
	may("summary", aText, "What it is for, in a sentence or two."),
	may("owner", ref("an authority", useAuthority), "The authority that keeps it."),
	may("from", aDate, "The first day on which this version governs new cases."),
	may("until", aDate, "The last day."),
	may("languages", list("a list of languages", words("a language", "fi", "sv", "en")), "The languages of its texts; the first is that of plain strings."),
	may("place", ref("a question", useWhere), "The question that says where."),
	may("starts", ref("a question", useWhen), "The question from which deadlines count by default."),
	may("ends", ref("a question", useWhen), "The question that says when it ends."),
	may("keywords", object("keywords by language",
		may("fi", list("a list of words", aWord), "Finnish words to find it by."),
		may("sv", list("a list of words", aWord), "Swedish words to find it by."),
		may("en", list("a list of words", aWord), "English words to find it by.")), "Words to find it by."),
	may("icon", aWord, "The name of its picture."),
}

// headRequired are the keys that the file with `bundle` must have.
var headRequired = []string{"version", "title", "owner", "from"}

var bundleFile = object("a bundle file", append(append([]*key{}, headKeys...),
	may("groups", declared("a list of groups", groupShape), "The pages of the questionnaire, in order."),
	may("questions", sections("a list of questions", questionShape), "What the customer is asked, in order."),
	may("facts", factsShape, "Named expressions."),
	may("parameters", parametersShape, "Values of law or practice that change with time and place."),
	may("tables", mapping("decision tables by id", &shape{kind: snakeKind, what: "a table's id"}, tableShape), "Decision tables."),
	may("requirements", sections("a list of requirements", requirementShape), "What a plan may need, and when."),
	may("impossible", sections("a list of rules", impossibleShape), "What cannot be permitted at all."),
	may("warnings", sections("a list of warnings", warningShape), "What is said beside the result."),
	may("forms", mapping("forms by id", anID, formShape), "The forms: JSON Schema with x- keywords."),
	may("messages", mapping("messages by id", anID, messageShape), "Letters and alerts."),
	may("laws", lawsShape, "The acts that are referred to, by number."),
	may("terms", termsShape, "The vocabulary: concepts that are asked once."),
	may("processes", processesShape, "How filings move."),
	may("registers", registersShape, "The registers that answers may come from."),
	may("scenarios", sections("a list of scenarios", scenarioShape), "The author's examples: documentation and tests."))...)

var sharedFile = object("a shared file",
	may("laws", lawsShape, "The acts that are referred to, by number."),
	may("parameters", parametersShape, "Values of law or practice that change with time and place."),
	may("terms", termsShape, "The vocabulary: concepts that are asked once."),
	may("processes", processesShape, "How filings move."),
	may("registers", registersShape, "The registers that answers may come from."))

var overlayFile = object("an overlay",
	must("overlay", anID, "The overlay's id."),
	must("of", ref("a bundle's id", useBundle), "The bundle to which it adds."),
	may("owner", ref("an authority", useAuthority), "The authority that keeps it."),
	must("where", placesShape, "The area: municipalities, regions or authorities."),
	may("from", aDate, "The first day on which it counts."),
	may("until", aDate, "The last day."),
	may("questions", sections("a list of questions", questionShape), "More questions."),
	may("facts", factsShape, "More named expressions."),
	may("parameters", parametersShape, "The area's own values of parameters."),
	may("requirements", sections("a list of requirements", oneOf("a requirement or an addition to one", requirementShape)), "Requirements of the area, or additions to the bundle's."),
	may("impossible", sections("a list of rules", impossibleShape), "What cannot be permitted in the area."),
	may("warnings", sections("a list of warnings", warningShape), "What is said beside the result in the area."),
	may("scenarios", sections("a list of scenarios", scenarioShape), "Examples in the area."))

// The overlay's requirement must be at least an addition; which of the two it is, is known only when the bundle is.
func init() {
	keys := make([]*key, len(requirementShape.keys))
	for i, k := range requirementShape.keys {
		c := *k
		c.required = k.name == "id"
		keys[i] = &c
	}
	overlayFile.key("requirements").shape.of = object("a requirement", keys...)
}
