package definitions

import (
	"embed"
	"slices"
	"strings"
)

// RuleInfo is what is known of a kind of finding before anything is read.
type RuleInfo struct {
	ID       string
	Severity Severity // the severity it is usually reported with
	Title    string   // what is wrong, in a few words
}

//go:embed rules/*.md
var rulePages embed.FS

// RuleByID returns the entry of a rule, false when there is none.
func RuleByID(id string) (RuleInfo, bool) {
	i, ok := slices.BinarySearchFunc(Rules, id, func(r RuleInfo, id string) int { return strings.Compare(r.ID, id) })
	if !ok {
		return RuleInfo{}, false
	}
	return Rules[i], true
}

// Page returns the page of the rule in Markdown: what it means, why it matters, a faulty and a mended example.
func (r RuleInfo) Page() string {
	page, err := rulePages.ReadFile("rules/" + r.ID + ".md")
	if err != nil {
		return ""
	}
	return string(page)
}

// Meaning returns what the rule's page says before its first heading, on one line.
func (r RuleInfo) Meaning() string {
	_, body, _ := strings.Cut(r.Page(), "\n")
	body, _, _ = strings.Cut(body, "\n## ")
	return strings.Join(strings.Fields(body), " ")
}

// Rules lists every kind of finding, sorted by id. Each has a page rules/<id>.md whose examples a test executes.
var Rules = []RuleInfo{
	{"always-true", Warning, "A condition that always holds"},
	{"area-overlap", Error, "Two authorities of one type are competent for one municipality on the same day"},
	{"bad-address", Error, "Something that is not an address of a page"},
	{"bad-boolean", Error, "Something other than true or false"},
	{"bad-braces", Error, "Braces in a text that do not hold a name"},
	{"bad-cell", Error, "A cell of a table that cannot be read"},
	{"bad-character", Error, "A character that cannot be seen"},
	{"bad-constant", Error, "A constant that does not fit what it is compared with"},
	{"bad-csv", Error, "A row of a CSV file that cannot be cut into cells"},
	{"bad-date", Error, "Something that is not a date"},
	{"bad-duration", Error, "Something that is not a length of time"},
	{"bad-encoding", Error, "Bytes that are not UTF-8"},
	{"bad-expression", Error, "An expression that cannot be read"},
	{"bad-form", Error, "A form that cannot be shown or filled in"},
	{"bad-header", Error, "A header that cannot be sent"},
	{"bad-holiday", Error, "Something that is not a rule for a day off"},
	{"bad-hours", Error, "Something that is not a daily span of hours"},
	{"bad-id", Error, "An id with characters that an id may not have"},
	{"bad-indentation", Error, "A line that is not set in like the lines it belongs with"},
	{"bad-law", Error, "Something that is not a reference to a law"},
	{"bad-limit", Error, "A limit of a question that does not fit its type"},
	{"bad-number", Error, "Something that is not the number expected"},
	{"bad-period", Error, "A period that ends before it begins"},
	{"bad-schema", Error, "A form or term that is not JSON Schema"},
	{"bad-time", Error, "Something that is not a time of day"},
	{"bad-yaml", Error, "Text that is not YAML"},
	{"colon-in-text", Error, "A colon inside an unquoted text"},
	{"comment-in-expression", Error, "A # that cuts off an unquoted expression"},
	{"conflicting-keys", Error, "Two keys of which only one may be given"},
	{"doubtful-form", Warning, "A form that is perhaps not meant so"},
	{"duplicate-id", Error, "An id that is declared twice"},
	{"duplicate-key", Error, "A key that is given twice"},
	{"duplicate-value", Error, "Two values of a parameter for the same place from the same day"},
	{"empty-expression", Error, "An expression without anything in it"},
	{"empty-file", Error, "A file without a definition"},
	{"empty-text", Error, "A text without anything in it"},
	{"endless-process", Error, "A process that cannot end"},
	{"exposed-personal-id", Error, "A personal identity code in an address"},
	{"expression-over-lines", Error, "An unquoted or quoted expression over several lines"},
	{"expression-too-long", Error, "An expression that is too long to be checked"},
	{"fact-cycle", Error, "Facts that use each other"},
	{"file-too-large", Error, "A file that is too large to be read"},
	{"key-of-other-type", Error, "A key that questions of this type do not have"},
	{"misplaced-key", Error, "A key in the wrong file of a bundle"},
	{"missing-key", Error, "A key that is required and not there"},
	{"missing-start", Error, "A deadline that counts from no date"},
	{"missing-value", Error, "A key without a value"},
	{"never-true", Warning, "A condition that never holds"},
	{"no-anchors", Error, "An anchor, an alias or a merge key"},
	{"no-bundle", Error, "A folder in which no file says which bundle it is"},
	{"no-ground", Warning, "A requirement without any ground"},
	{"no-place", Error, "A ground that differs by place in a bundle without a place"},
	{"no-tags", Error, "A YAML tag"},
	{"not-an-option", Error, "A comparison with an option that does not exist"},
	{"opaque", Note, "A condition that the engine cannot reason about"},
	{"order-cycle", Error, "Requirements that come after each other"},
	{"outside-area", Error, "An overlay that speaks of a place outside its area"},
	{"overlay-changes", Error, "An overlay that changes a requirement of the bundle"},
	{"requirement-cycle", Error, "Requirements whose need depends on each other"},
	{"reserved-name", Error, "A question or fact with a name that expressions use"},
	{"role-gap", Error, "A role that nobody has on some days"},
	{"role-overlap", Error, "Two rows of one role on the same day"},
	{"role-target", Error, "A row of a role without one authority or one type"},
	{"row-length", Error, "A row with too few or too many cells"},
	{"scenario-answer", Error, "An answer of a scenario that its question does not accept"},
	{"scenario-out-of-time", Error, "A scenario on a day on which its bundle is not in force"},
	{"second-document", Error, "A second document in one file"},
	{"self-reference", Error, "A requirement that refers to itself"},
	{"table-cycle", Error, "A table that reads its own output"},
	{"table-overlap", Error, "Two rows of a table that match the same answers"},
	{"too-complex", Error, "A condition with too many parts"},
	{"too-deep", Error, "Lists and mappings too deep in one another"},
	{"too-few", Error, "A list with too few items"},
	{"too-many", Note, "More findings than are shown"},
	{"unclosed", Error, "A quote or bracket that is never closed"},
	{"unknown-act", Warning, "An act that is not named in laws"},
	{"unknown-authority", Error, "An authority or a role that does not exist"},
	{"unknown-bundle", Error, "An overlay of a bundle that does not exist"},
	{"unknown-field", Error, "A field that the records of a list do not have"},
	{"unknown-form", Error, "A form that does not exist"},
	{"unknown-function", Error, "A function that does not exist"},
	{"unknown-ground", Error, "A ground that a requirement does not have"},
	{"unknown-group", Error, "A group that does not exist"},
	{"unknown-key", Error, "A key that the language does not have"},
	{"unknown-municipality", Error, "A municipality that does not exist"},
	{"unknown-name", Error, "A name in an expression that does not exist"},
	{"unknown-option", Error, "An option that a question does not have"},
	{"unknown-parameter", Error, "A parameter that does not exist"},
	{"unknown-place", Error, "A municipality or region that does not exist"},
	{"unknown-placeholder", Error, "Braces in a text that name nothing"},
	{"unknown-process", Error, "A process that does not exist"},
	{"unknown-question", Error, "A question that does not exist"},
	{"unknown-register", Error, "A register that does not exist"},
	{"unknown-requirement", Error, "A requirement that does not exist"},
	{"unknown-rule", Error, "An impossible rule or a warning that does not exist"},
	{"unknown-state", Error, "A state that a process does not have"},
	{"unknown-table", Error, "A table or a column that does not exist"},
	{"unknown-term", Error, "A term that does not exist"},
	{"unknown-word", Error, "A word that is not one of those allowed"},
	{"unquoted-code", Error, "A code without quotes"},
	{"unquoted-text", Error, "A text that must stand in quotes"},
	{"unquoted-time", Error, "A time without quotes"},
	{"unreached-state", Warning, "A state to which no action goes"},
	{"unread-file", Warning, "A file that is passed over"},
	{"unread-parameter", Warning, "A parameter of an overlay that nothing reads"},
	{"unreadable-file", Error, "A file that cannot be read"},
	{"untranslated", Warning, "A text that is not in every language"},
	{"unverified", Note, "Content that nobody has checked against its source"},
	{"version-overlap", Error, "Two versions of a bundle in force on the same day"},
	{"when-cycle", Error, "Questions that are relevant only when each other is"},
	{"when-needed", Error, "A question that is relevant only when a requirement is needed"},
	{"wrong-answer", Error, "An answer in a scenario that does not fit its question"},
	{"wrong-question-type", Error, "A question of the wrong type"},
	{"wrong-shape", Error, "A mapping, a list or a single value in place of another"},
	{"wrong-type", Error, "Parts of an expression that do not fit together"},
}
