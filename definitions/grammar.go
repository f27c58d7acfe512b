package definitions

import "slices"

// This file is the whole grammar of the language as docs/language.md tells it: for every mapping its keys in canonical order,
// what may stand at each, and one sentence about it.

var (
	aText     = &shape{kind: textKind, what: "a text"}
	aUnit     = &shape{kind: textKind, what: "a text", unit: true}
	aWord     = &shape{kind: wordKind, what: "a text"}
	aName     = &shape{kind: wordKind, what: "a name"}
	aNote     = &shape{kind: wordKind, what: "a note"}
	aSnakeID  = &shape{kind: snakeKind, what: "an id"}
	anID      = &shape{kind: kebabKind, what: "an id"}
	aDottedID = &shape{kind: dottedKind, what: "an id"}
	anExpr    = &shape{kind: exprKind, what: "an expression"}
	aBool     = &shape{kind: boolKind, what: "true or false"}
	aCount    = &shape{kind: countKind, what: "a whole number"}
	aDate     = &shape{kind: dateKind, what: "a date such as 2026-01-31"}
	anAddress = &shape{kind: urlKind, what: "an address that begins with https://"}
	aScalar   = &shape{kind: scalarKind, what: "a single value"}
	aCell     = &shape{kind: cellKind, what: "a cell"}
	aFree     = &shape{kind: freeKind, what: "data"}

	addressesShape = some("an address or a list of addresses", anAddress)
	placesShape    = list("a list of municipalities, regions or authorities", ref("a municipality, a region or an authority", usePlace))
	marksShape     = []*key{
		may("unverified", aBool, "Nobody has checked this against its source."),
		may("note", aNote, "A note to admins, never shown to customers."),
		may("sources", addressesShape, "Where the content was read."),
	}
)

var lawObjectShape = object("a reference to a law",
	append([]*key{
		must("act", aWord, "The act's number, such as 379/2011, or EU 2019/947."),
		may("section", aWord, "The place in the act, such as 16 §."),
		may("from", aDate, "The reference counts for cases handled from this day on."),
		may("until", aDate, "The reference counts for cases handled until this day."),
	}, marksShape...)...)

var aLaw = oneOf("a reference to a law or a list of them",
	&shape{kind: lawKind, what: "a reference to a law"}, lawObjectShape,
	list("a list of references to laws", oneOf("a reference to a law", &shape{kind: lawKind, what: "a reference to a law"}, lawObjectShape)))

var linksShape = list("a list of links", object("a link",
	must("url", anAddress, "The address."),
	may("title", aText, "What the link says.")))

var groupShape = object("a group",
	must("id", anID, "The group's id."),
	must("title", aText, "The page's heading."),
	may("intro", aText, "What is said before the page's questions."))

var questionTypesShape = words("a type", "boolean", "integer", "number", "money", "choice", "choices", "date", "time", "datetime",
	"period", "text", "municipality", "place", "list")

var optionsShape = mapping("options by id", &shape{kind: snakeKind, what: "an option's id"},
	oneOf("an option's text", aText, object("an option",
		must("text", aText, "What the option says."),
		may("help", aText, "What helps a customer who hesitates."))))

var recordShape = object("a field",
	must("id", aSnakeID, "The field's id; conditions use it as item.id."),
	must("ask", aText, "What the customer is asked."),
	may("help", aText, "What helps a customer who hesitates."),
	must("type", words("a type", "boolean", "integer", "number", "money", "choice", "choices", "date", "time", "datetime", "period",
		"text", "municipality", "place"), "What kind of answer it has."),
	may("options", optionsShape, "The options of a choice, in order."),
	may("min", aScalar, "The least answer allowed."),
	may("max", aScalar, "The greatest answer allowed."),
	may("unit", aUnit, "Text after the field, such as kg."))

var questionShape = object("a question",
	append([]*key{
		must("id", aSnakeID, "The question's id; conditions use it as a name."),
		may("group", ref("a group's id", useGroup), "The page of the questionnaire it is on."),
		must("type", questionTypesShape, "What kind of answer it has."),
		may("when", anExpr, "The question is relevant only when this holds; otherwise its value is none."),
		may("many", aBool, "Several municipalities or places may be answered."),
		may("min", aScalar, "The least answer allowed."),
		may("max", aScalar, "The greatest answer allowed."),
		may("unit", aUnit, "Text after the field, such as kg."),
		may("use", words("decide or form", "decide", "form"), "decide: asked by the questionnaire; form: asked only as data of a form."),
		must("ask", aText, "What the customer is asked."),
		may("help", aText, "What helps a customer who hesitates."),
		may("options", optionsShape, "The options of a choice, in order."),
		may("of", declared("a list of fields", recordShape), "The fields of each record of a list."),
		may("links", linksShape, "Links shown with the question."),
	}, marksShape...)...)

var parameterShape = object("a parameter",
	append([]*key{
		may("type", words("a parameter's type", "integer", "number", "money", "text", "boolean", "date", "time", "hours"), "The type of the values; by default told from the values."),
		may("unit", aWord, "The unit of the values, such as days."),
		may("law", aLaw, "Where the law sets it."),
		may("meaning", aText, "What the parameter is, in words."),
		must("values", list("a list of values", object("a parameter's value",
			append([]*key{
				may("from", aDate, "The first day on which the value counts; without it, always."),
				must("value", oneOf("a value", aScalar, hoursShape), "The value."),
				may("where", placesShape, "Where the value counts: municipalities, regions or authorities; without it, everywhere."),
			}, marksShape...)...)), "The values, each from a day on and everywhere or at some places."),
	}, marksShape...)...)

var hoursShape = object("hours by day of the week",
	may("weekday", aScalar, "The hours of the days that are not named, such as \"07:00-22:00\"."),
	may("monday", aScalar, "The hours of Monday."),
	may("tuesday", aScalar, "The hours of Tuesday."),
	may("wednesday", aScalar, "The hours of Wednesday."),
	may("thursday", aScalar, "The hours of Thursday."),
	may("friday", aScalar, "The hours of Friday."),
	may("saturday", aScalar, "The hours of Saturday."),
	may("sunday", aScalar, "The hours of Sunday."))

var rowsShape = list("a list of rows", list("a row", aCell))

var tableShape = object("a decision table",
	must("hit", words("a hit policy", "unique", "first", "any", "priority", "rule-order", "output-order", "collect", "collect+",
		"collect#", "collect<", "collect>"), "What the table gives when several rows match."),
	must("given", list("a list of input columns", anExpr), "The input columns: names or expressions."),
	must("gives", list("a list of output columns", oneOf("an output column", aSnakeID, object("an output column",
		must("id", aSnakeID, "The column's id."),
		may("values", list("a list of values", aCell), "The values it may have, in order of priority.")))), "The output columns."),
	must("rows", oneOf("a list of rows or the name of a CSV file", aWord, rowsShape),
		"The rows: a test for each input column, then a value for each output column; or the name of a CSV file of the bundle."))

var groundShape = object("a ground",
	append([]*key{
		may("id", anID, "The ground's id; by default its number."),
		may("when", anExpr, "The condition; without it the ground always holds."),
		may("because", aText, "Why, in the customer's words."),
		may("law", aLaw, "The law behind it."),
	}, marksShape...)...)

var competentShape = some("a role, an authority or a list of them", ref("a role or an authority", useCompetent))

var authorityShape = oneOf("a role, an authority, a list of them, or branches",
	ref("a role or an authority", useCompetent),
	list("a list of roles and authorities", ref("a role or an authority", useCompetent)),
	list("a list of branches", object("a branch",
		append([]*key{
			may("when", anExpr, "The branch counts when this holds; the first that holds counts."),
			must("to", competentShape, "The role, the authority or the list of them that is competent."),
			may("at", ref("a question", useWhere), "The question that says where, when it is another than the requirement's."),
		}, marksShape...)...)))

var amountShape = oneOf("a number or an expression", anExpr)

var leadAmount = oneOf("a number or an expression", &shape{kind: exprKind, what: "an expression", below0: "to count forward write `after:`"})

var aFee = &shape{kind: exprKind, what: "an expression", below0: "a fee is 0 or more"}

var unitKeysShape = []*key{
	may("hours", leadAmount, "So many hours."),
	may("days", leadAmount, "So many days."),
	may("working-days", leadAmount, "So many working days."),
	may("weeks", leadAmount, "So many weeks."),
	may("months", leadAmount, "So many calendar months: the same day of the earlier month."),
}

var unitNames = []string{"hours", "days", "working-days", "weeks", "months"}

var leadShape = func() *shape {
	keys := append(slices.Clone(unitKeysShape),
		may("before", ref("a question", useWhen), "The question from whose day it is counted back; by default the bundle's start."),
		may("after", ref("a question", useWhen), "The question from whose day it is counted forward."),
		may("when", anExpr, "Counts only when this holds; the first that holds counts."),
		may("because", aText, "Why this day; said with the date."),
		may("law", aLaw, "The law behind it."))
	return object("a deadline", append(keys, marksShape...)...).needs(pairing{oneOf: unitNames})
}()

var leadsShape = some("a deadline or a list of deadlines", leadShape)

var attachmentShape = object("an attachment",
	append([]*key{
		must("id", anID, "The attachment's id."),
		must("title", aText, "What it is."),
		may("help", aText, "What helps a customer who hesitates."),
		may("accept", list("a list of file types", words("a file type", "pdf", "png", "jpeg", "docx", "xlsx", "odt", "ods", "csv", "txt", "zip", "dwg", "gpx", "geojson", "mp3")), "The file types that are accepted."),
		may("required", anExpr, "true, or the condition on which it is required."),
	}, marksShape...)...)

var repeatsShape = func() *shape {
	units := []*key{
		may("years", amountShape, "So many years."), may("months", amountShape, "So many months."), may("weeks", amountShape, "So many weeks."),
		may("days", amountShape, "So many days."), may("hours", amountShape, "So many hours."),
	}
	return object("a recurrence",
		must("every", oneOf("year, month, week, day, or {months: 6}", words("an interval", "year", "month", "week", "day", "hour"),
			object("an interval", units...).needs(pairing{oneOf: []string{"years", "months", "weeks", "days", "hours"}})), "The interval."),
		may("on", aScalar, "The day: 03-15 or end-of-month."),
		may("from", ref("a question or a field", useAnchor), "The question or field that has the first day."),
		may("moves", aBool, "Whether the day moves to the next working day when it is a day off."))
}()

var takesShape = func() *shape {
	between := oneOf("a number of days or [from, to]", aCount, &shape{kind: listKind, what: "from and to", of: aCount, min: 2})
	keys := []*key{
		may("hours", between, "Handling time in hours."), may("days", between, "Handling time in days."),
		may("working-days", between, "Handling time in working days."), may("weeks", between, "Handling time in weeks."),
		may("months", between, "Handling time in months."), may("text", aText, "The handling time in words."),
	}
	return object("a handling time", append(keys, marksShape...)...).needs(pairing{any: append([]string{"text"}, unitNames...)})
}()

var feeShape = oneOf("a fee", aFee, object("a fee",
	append([]*key{
		may("amount", aFee, "Euro: a number or an expression."),
		may("text", aText, "The fee in words."),
	}, marksShape...)...).needs(pairing{any: []string{"amount", "text"}}))

var requirementIDsShape = some("the id of a requirement or a list of them", ref("a requirement's id", useRequirement))

func grounds(what string) *shape { return declared(what, groundShape) }

var requirementShape = object("a requirement",
	append([]*key{
		must("id", anID, "The requirement's id."),
		must("kind", words("a kind", "permit", "notification", "registration", "plan", "agreement", "report", "obligation", "inspection"), "What sort of thing it is."),
		must("name", aText, "What it is called."),
		may("why", aText, "What it is for, in the customer's words."),
		may("law", aLaw, "The law behind the requirement as a whole."),
		may("needed", grounds("a list of grounds"), "The grounds on which it is needed."),
		may("unless", grounds("a list of exceptions"), "The exceptions on which it is not needed."),
		may("ask", grounds("a list of grounds"), "The grounds on which the law leaves it to the authority."),
		may("covered-by", requirementIDsShape, "When one of these is needed, this one is not."),
		may("excludes", requirementIDsShape, "These are not needed when this one is."),
		may("authority", authorityShape, "Who is competent."),
		may("at", ref("a question", useWhere), "The question that says where; by default the bundle's place."),
		may("for", ref("a list question", useList), "A list question: the requirement is evaluated once for each item."),
		may("send", leadsShape, "By when it must be sent."),
		may("recommended", leadsShape, "An earlier day that the authority asks for."),
		may("late", aText, "What to do, or what happens, when the day has passed."),
		may("takes", takesShape, "The handling time."),
		may("fee", feeShape, "What it costs."),
		may("decision", words("a decision", "permit", "decision-if-needed", "acknowledgement", "agreement", "none"), "What the customer gets back."),
		may("form", ref("a form's id", useForm), "The form that it has."),
		may("filed", aBool, "false: the customer makes it and keeps it, and no authority is sent it."),
		may("process", ref("a process's id", useProcess), "How the filing moves."),
		may("after", requirementIDsShape, "The requirements to be settled before this one."),
		may("attachments", declared("a list of attachments", attachmentShape), "The documents that go with it."),
		may("instructions", aText, "What the customer should know when preparing it."),
		may("appeal", aText, "How a decision is appealed."),
		may("links", linksShape, "Links shown with it."),
		may("repeats", repeatsShape, "When it comes again."),
	}, marksShape...)...)

// addition is a requirement of the bundle as an overlay names it again.
var additionShape = object("an addition to a requirement",
	append([]*key{
		must("id", anID, "The id of a requirement of the bundle."),
		may("needed", grounds("a list of grounds"), "More grounds on which it is needed here."),
		may("ask", grounds("a list of grounds"), "More grounds on which the law leaves it to the authority here."),
		may("attachments", declared("a list of attachments", attachmentShape), "More documents that go with it here."),
		may("instructions", aText, "What the customer should know here."),
		may("links", linksShape, "More links shown with it here."),
	}, marksShape...)...)

func rule(what, because string) *shape {
	return object(what, append([]*key{
		must("id", anID, "The rule's id."),
		may("when", anExpr, "The condition on which it is said."),
		must("because", aText, because),
		may("law", aLaw, "The law behind it."),
		may("authority", authorityShape, "Whom to contact."),
		may("links", linksShape, "Links shown with it."),
	}, marksShape...)...)
}

var impossibleShape = rule("an impossible rule", "Why it cannot be permitted, in the customer's words.")
var warningShape = rule("a warning", "What is said beside the result.")
