package definitions

import (
	"cmp"
	"slices"
)

// Severity says how bad a finding is.
type Severity string

// The severities. An error keeps a definition from being used; a warning does not, unless --strict.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// Diagnostic is one finding about a definition, written for the person who must mend it.
type Diagnostic struct {
	At         Position
	Severity   Severity
	Rule       string // stable id; `luvat explain` has a page for it
	Message    string // what is wrong and what was expected; no full stop
	Suggestion string // what to do, such as "did you mean `visitors`?"
	Related    []Related

	lost bool // found in a file of which a part could not be read
}

// Related is another place that belongs to a finding, such as the first declaration of an id.
type Related struct {
	At      Position
	Message string
}

// Diagnostics is a list of findings.
type Diagnostics []Diagnostic

// HasErrors reports whether any finding keeps the definition from being used.
func (ds Diagnostics) HasErrors() bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == Error })
}

// Unreadable reports whether a file, a section of one or an id could not be read. What seems to be missing may then stand there:
// findings of later checks would only follow from these.
func (ds Diagnostics) Unreadable() bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.lost })
}

// Sort orders findings by place, then by rule, and drops the ones said twice.
func (ds *Diagnostics) Sort() {
	slices.SortStableFunc(*ds, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.At.File, b.At.File), cmp.Compare(a.At.Line, b.At.Line), cmp.Compare(a.At.Column, b.At.Column),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
	})
	*ds = slices.CompactFunc(*ds, func(a, b Diagnostic) bool {
		return a.At == b.At && a.Rule == b.Rule && a.Message == b.Message
	})
}
