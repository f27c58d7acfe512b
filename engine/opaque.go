package engine

import (
	"strings"

	"luvat/definitions"
)

// checkOpaque notes the conditions of which a part is computed from several answers, or from text: they run, but the engine cannot
// reason about all answers at once, so a proof does not see through them.
func (c *compiler) checkOpaque() {
	if c.found.HasErrors() {
		return
	}
	note := func(e definitions.Expr, n *node) {
		if e.Absent() || n == nil {
			return
		}
		if why := opaque(n); len(why) > 0 {
			c.report(definitions.Diagnostic{At: e.At, Severity: definitions.Note, Rule: "opaque",
				Message: "this condition runs, but cannot be proven: it uses " + strings.Join(why, " and ")})
		}
	}
	for _, f := range c.scope.factList { // said where it is written, not at every use
		if f.tree.kind.code == kindBool {
			note(f.def.Is, f.tree)
		}
	}
	for _, q := range c.program.questions {
		note(q.def.When, q.when)
	}
	for _, g := range c.program.all() {
		note(g.def.When, g.when)
	}
}

// opaque names what in a condition, itself and not in its facts, no cell can say.
func opaque(n *node) []string {
	var why []string
	add := func(s string) {
		for _, w := range why {
			if w == s {
				return
			}
		}
		why = append(why, s)
	}
	n.walk(func(n *node) {
		switch n.op {
		case opCall:
			add("`" + n.name + "`")
		case opEq, opLess, opLessEq:
			if readsAnswer(n.args[0]) && readsAnswer(n.args[1]) {
				add("a comparison of two answers")
			}
		case opOutsideHours, opDaysBetween, opHoursBetween:
			add("`" + n.name + "`")
		case opMul, opDiv:
			if readsAnswer(n.args[0]) && readsAnswer(n.args[1]) {
				add("a product of answers")
			}
		case opMod, opPow, opIf:
			add("arithmetic that is not a sum")
		case opOne, opCount, opSum:
			add("a count or sum over several")
		case opAny, opAll, opNone:
			if n.args[0].kind.code != kindChoices {
				add("the items of a list")
			}
		}
	})
	return why
}

func readsAnswer(n *node) bool {
	reads := false
	n.deep(func(n *node) {
		switch n.op {
		case opQuestion, opField, opItem, opElement:
			reads = true
		}
	})
	return reads
}
