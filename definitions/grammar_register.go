package definitions

// The grammar of registers: systems of others that are asked what they know of the customer, so that the customer need not write it.

var (
	aDuration = &shape{kind: durationKind, what: "a time such as 500ms, 2s, 5m, 24h or 7d"}
	aHeader   = &shape{kind: wordKind, what: "the value of a header"}
	aToken    = &shape{kind: tokenKind, what: "the name of a header"}

	namedShape = func(what string, name *shape) *shape { return mapping(what, name, anExpr) }
)

var authShape = object("the way to be let in",
	may("basic", aName, "The user name of HTTP Basic; the secret is the password."),
	may("bearer", aBool, "true: the secret is sent as a bearer token."),
	may("header", aToken, "The name of the header in which the secret is sent."),
	must("secret", anID, "The name of the secret of the installation.")).
	needs(pairing{oneOf: []string{"basic", "bearer", "header"}})

var registerShape = object("a register",
	append([]*key{
		must("title", aText, "What the register is called."),
		must("url", anAddress, "The address that is asked; {name} in its path stands for a value of `path`."),
		may("path", namedShape("parts of the path by name", &shape{kind: snakeKind, what: "a name"}), "The values of the names in the address."),
		may("query", namedShape("parameters by name", aName), "The parameters of the address: expressions. One without a value is left out."),
		may("body", namedShape("fields by name", aName), "The fields of a JSON object that is posted: expressions. Without it the register is asked with GET."),
		may("headers", mapping("headers by name", aToken, aHeader), "Headers: constants, or ${secret:name} for a secret of the installation."),
		may("auth", authShape, "How the register lets luvat in."),
		may("when", anExpr, "The register is asked only when this holds."),
		may("timeout", aDuration, "How long one answer may take, at most 30s; 2s when it is absent."),
		may("cache", aDuration, "How long an answer is kept and used again, at most 30d; without it nothing is kept."),
		may("accept", words("a format", "json"), "The format of the answer."),
		may("valid", anExpr, "What must hold of every answer; one for which it does not is not believed."),
		may("let", namedShape("parts of the answer by name", &shape{kind: snakeKind, what: "a name"}), "Names for parts of the answer, each usable in those after it."),
		may("found", anExpr, "Whether the answer is about the one who was asked about; without it every answer is."),
		must("gives", namedShape("values by name", &shape{kind: snakeKind, what: "a name"}), "What the register gives: expressions over `reply`."),
	}, marksShape...)...)
