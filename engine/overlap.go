package engine

import (
	"fmt"
	"slices"
	"strings"

	"luvat/definitions"
)

// maxOverlapRows is the most rows of a table of which every pair is checked.
const maxOverlapRows = 300

// checkOverlaps refuses two rows of a table with the hit policy `unique` that match the same answers, and of `any` when they then give
// different values. It names answers for which they do.
func (c *compiler) checkOverlaps() {
	if c.found.HasErrors() {
		return
	}
	day := max(c.bundle.From, c.program.epochs[len(c.program.epochs)-1])
	for _, d := range c.bundle.Tables {
		t := c.scope.tables[d.ID]
		if t == nil || t.def != d || d.Hit != definitions.HitUnique && d.Hit != definitions.HitAny || len(t.rows) > maxOverlapRows {
			continue
		}
		m, l := emptyModel(c.program, day, tierCells)
		rows := make([]*formula, len(t.rows))
		for i := range t.rows {
			rows[i] = l.truth(t.rows[i].match)
		}
		m.finishSlots()
		m.divideFor(rows)
		for j := range rows {
			for i := range j {
				if d.Hit == definitions.HitAny && slices.EqualFunc(t.rows[i].gives, t.rows[j].gives, same) {
					continue
				}
				m.effort = 0
				both, ok := m.normal(fand(rows[i], rows[j]), false)
				if !ok || len(both) == 0 || m.computes(both[0]) {
					continue
				}
				c.report(definitions.Diagnostic{At: d.Rows[j].At, Severity: definitions.Error, Rule: "table-overlap",
					Message:    fmt.Sprintf("row %d of table `%s` matches together with row %d%s", j+1, d.ID, i+1, m.exampleText(both[0])),
					Suggestion: "make one of the two narrower, or choose the hit policy `first`",
					Related:    []definitions.Related{{At: d.Rows[i].At, Message: fmt.Sprintf("row %d is here", i+1)}}})
			}
		}
	}
}

// computes reports whether a conjunct tests something computed: then it is not sure that any answers fulfil it.
func (m *model) computes(b box) bool {
	return slices.ContainsFunc(b, func(l literal) bool { return m.slots[l.slot].q == nil })
}

// exampleText says for which answers a conjunct holds.
func (m *model) exampleText(b box) string {
	var parts []string
	for _, l := range b {
		s := m.slots[l.slot]
		parts = append(parts, "`"+s.q.def.ID+"` "+m.testText(s, l.set, definitions.English))
	}
	if len(parts) == 0 {
		return ", whatever is answered"
	}
	return " when the answers are: " + strings.Join(parts, ", ")
}
