package engine

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/expr-lang/expr/ast"

	"luvat/definitions"
)

// compare types and normalises a comparison.
func (k *checker) compare(n *ast.BinaryNode, operator string, a, b *node) *node {
	if a.kind.code == kindBad || b.kind.code == kindBad {
		return constant(badKind, value{})
	}
	a, b, ok := k.agree(n, operator, a, b)
	if !ok {
		return constant(badKind, value{})
	}
	equality := operator == "==" || operator == "!="
	if !equality && !a.kind.ordered() {
		hint := ""
		if a.kind.code == kindChoice {
			hint = "compare with `==` or `in`"
		}
		return k.at(n, "wrong-type", fmt.Sprintf("%s has no order, so `%s` says nothing", a.kind.words(), operator), hint)
	}
	switch a.kind.code {
	case kindChoices, kindMunicipalities, kindValues:
		return k.at(n, "wrong-type", fmt.Sprintf("this is %s; `%s` compares single values", a.kind.words(), operator), `write "a" in x, or x == ["a", "b"]`)
	case kindPlace, kindPlaces, kindList, kindItem, kindPeriod, kindHours:
		return k.at(n, "wrong-type", fmt.Sprintf("%s cannot be compared", a.kind.words()), "")
	}
	make := func(o op, x, y *node) *node { return &node{op: o, kind: boolKind, args: []*node{x, y}} }
	switch operator {
	case "==":
		return make(opEq, a, b)
	case "!=":
		return notNode(make(opEq, a, b))
	case "<":
		return make(opLess, a, b)
	case "<=":
		return make(opLessEq, a, b)
	case ">":
		return make(opLess, b, a)
	}
	return make(opLessEq, b, a)
}

// agree brings two sides of a comparison to one kind: a text constant becomes a date, an option or a municipality where the other
// side is one.
func (k *checker) agree(n *ast.BinaryNode, operator string, a, b *node) (*node, *node, bool) {
	if a.op == opConst && b.op != opConst {
		a2, ok := k.coerce(n.Left, a, b)
		if !ok {
			return a, b, false
		}
		a = a2
	} else if b.op == opConst && a.op != opConst {
		b2, ok := k.coerce(n.Right, b, a)
		if !ok {
			return a, b, false
		}
		b = b2
	}
	x, y := a.kind.code, b.kind.code
	switch {
	case x == y && (x == kindChoice || x == kindChoices) && a.op != opConst && b.op != opConst && a.kind.options != b.kind.options && !shareOptions(a.kind, b.kind):
		k.at(n, "wrong-type", "these two questions have no option in common, so they are never equal", "")
		return a, b, false
	case x == y:
		return a, b, true
	case x == kindDateTime && y == kindDate: // a moment compares with a day by its day
		return &node{op: opDateOf, kind: b.kind, args: []*node{a}}, b, true
	case x == kindDate && y == kindDateTime:
		return a, &node{op: opDateOf, kind: a.kind, args: []*node{b}}, true
	case (x == kindText && (y == kindChoice || y == kindMunicipality)) || (y == kindText && (x == kindChoice || x == kindMunicipality)):
		return a, b, true // a text parameter or a table's value
	}
	if k.mismatch(n, operator, a, b) {
		return a, b, false
	}
	k.at(n, "wrong-type", fmt.Sprintf("%s cannot be compared with %s", a.kind.words(), b.kind.words()), "")
	return a, b, false
}

// mismatch reports the comparisons that authors get wrong most often with advice of their own.
func (k *checker) mismatch(n *ast.BinaryNode, operator string, a, b *node) bool {
	set, other := a, b
	if set.kind.code != kindChoices && set.kind.code != kindMunicipalities {
		set, other = b, a
	}
	if set.kind.code != kindChoices && set.kind.code != kindMunicipalities {
		return false
	}
	hint := "write `\"a\" in x`"
	if set.op == opQuestion && other.op == opConst && other.kind.code == kindText {
		hint = fmt.Sprintf("write `\"%s\" in %s`", other.val.s, set.q.def.ID)
		if operator == "!=" {
			hint = fmt.Sprintf("write `\"%s\" not in %s`", other.val.s, set.q.def.ID)
		}
	}
	k.at(n, "wrong-type", "several can be chosen here, so `"+operator+"` with one value says nothing", hint)
	return true
}

func shareOptions(a, b kind) bool {
	for _, o := range a.optionIDs() {
		if _, ok := b.options.option[o]; ok {
			return true
		}
	}
	return false
}

// coerce gives a constant the kind of the node it is compared with.
func (k *checker) coerce(at ast.Node, c, with *node) (*node, bool) {
	target := with.kind
	if c.kind.code != kindText {
		if c.kind.code == kindNumber && target.code == kindMunicipality {
			k.at(at, "wrong-type", "a municipality is compared with its code in quotation marks", `write "091"`)
			return c, false
		}
		if c.kind.code == kindNumber && (target.code == kindDate || target.code == kindTime || target.code == kindDateTime) {
			k.at(at, "wrong-type", fmt.Sprintf("%s is compared with text in quotation marks", target.words()), `write "2026-07-05" or "22:00"`)
			return c, false
		}
		if c.kind.code == kindBool && target.code == kindChoice {
			k.at(at, "not-an-option", fmt.Sprintf("the answer is never %v: it is %s", c.val.n == 1, target.words()), "")
			return c, false
		}
		return c, true
	}
	text := c.val.s
	switch target.code {
	case kindChoice, kindChoices:
		if target.options == nil {
			return c, true
		}
		if _, ok := target.options.option[text]; !ok {
			k.at(at, "not-an-option", fmt.Sprintf("`%s` has no option \"%s\"", target.options.def.ID, text), didYouMean(text, target.optionIDs()))
			return c, false
		}
		return constant(kind{code: kindChoice, options: target.options}, c.val), true
	case kindText, kindValues:
		if len(target.values) > 0 && slices.Index(target.values, text) < 0 {
			k.at(at, "not-an-option", fmt.Sprintf("the value is never \"%s\"", text), didYouMean(text, target.values))
			return c, false
		}
		return c, true
	case kindMunicipality, kindMunicipalities:
		if k.s.c.lib.Shared.Municipality(text) == nil {
			k.at(at, "unknown-municipality", fmt.Sprintf("there is no municipality \"%s\"", text), k.s.c.municipalityHint(text))
			return c, false
		}
		return constant(kind{code: kindMunicipality}, c.val), true
	case kindDate:
		if d, ok := definitions.ParseDate(text); ok {
			return constant(target, numberValue(float64(d))), true
		}
		k.at(at, "bad-constant", fmt.Sprintf("\"%s\" is not a date", text), `a date is written "2026-07-05"`)
		return c, false
	case kindTime:
		if m, ok := parseTime(text); ok {
			return constant(target, numberValue(m)), true
		}
		k.at(at, "bad-constant", fmt.Sprintf("\"%s\" is not a time of day", text), `a time is written "22:00"`)
		return c, false
	case kindDateTime:
		if m, ok := parseDateTime(text); ok {
			return constant(target, numberValue(m)), true
		}
		if d, ok := definitions.ParseDate(text); ok {
			return constant(kind{code: kindDate}, numberValue(float64(d))), true
		}
		hint := `a date with a time is written "2026-07-05T18:00"`
		if _, ok := parseTime(text); ok {
			hint = "to compare the time of day, write `time(…)` around the question"
		}
		k.at(at, "bad-constant", fmt.Sprintf("\"%s\" is not a date with a time", text), hint)
		return c, false
	case kindNumber:
		hint := ""
		if _, err := strconv.ParseFloat(text, 64); err == nil {
			hint = fmt.Sprintf("write the number without quotation marks: `%s`", text)
		}
		k.at(at, "wrong-type", fmt.Sprintf("a number is compared with a number, not with the text \"%s\"", text), hint)
		return c, false
	case kindBool:
		hint := "write `true` or `false` without quotation marks"
		if with.op == opQuestion {
			hint = fmt.Sprintf("write `%s` or `not %s`", with.q.def.ID, with.q.def.ID)
		}
		k.at(at, "wrong-type", fmt.Sprintf("this is true or false, not the text \"%s\"", text), hint)
		return c, false
	}
	return c, true
}

func (k *checker) setEqual(n *ast.BinaryNode, array *ast.ArrayNode) *node {
	a := k.node(n.Left)
	if a.kind.code == kindBad {
		return a
	}
	if a.kind.code != kindChoices && a.kind.code != kindMunicipalities {
		hint := ""
		if a.kind.code == kindChoice || a.kind.code == kindText || a.kind.code == kindNumber {
			hint = "write `in` instead of `==`"
		}
		return k.at(n, "wrong-type", fmt.Sprintf("%s is one value, not a list", a.kind.words()), hint)
	}
	if n.Operator != "==" && n.Operator != "!=" {
		return k.at(n, "wrong-type", "a set has no order", "write `==` or `!=`")
	}
	r := &node{op: opSetEq, kind: boolKind, args: []*node{a}}
	ok := true
	for _, e := range array.Nodes {
		c, good := k.constantFor(e, a)
		ok = ok && good
		r.args = append(r.args, c)
	}
	if !ok {
		return constant(badKind, value{})
	}
	if n.Operator == "!=" {
		return notNode(r)
	}
	return r
}

// constantFor types an element of a list that is compared with a node.
func (k *checker) constantFor(e ast.Node, with *node) (*node, bool) {
	c := k.node(e)
	if c.kind.code == kindBad {
		return c, false
	}
	if c.op == opParam {
		return c, true
	}
	if c.op != opConst {
		k.at(e, "wrong-type", "a list holds constants", "")
		return c, false
	}
	c, ok := k.coerce(e, c, with)
	if ok && c.kind.code != with.kind.code && !(with.kind.code == kindChoices && c.kind.code == kindChoice) &&
		!(with.kind.code == kindMunicipalities && c.kind.code == kindMunicipality) && !(with.kind.code == kindValues && (c.kind.code == kindText || c.kind.code == kindNumber)) {
		k.at(e, "wrong-type", fmt.Sprintf("%s cannot be compared with %s", with.kind.words(), c.kind.words()), "")
		return c, false
	}
	return c, ok
}

func (k *checker) in(n *ast.BinaryNode) *node {
	if r, ok := n.Right.(*ast.BinaryNode); ok && r.Operator == ".." {
		x, from, to := k.node(n.Left), k.node(r.Left), k.node(r.Right)
		if x.kind.code == kindBad || from.kind.code == kindBad || to.kind.code == kindBad {
			return constant(badKind, value{})
		}
		if x.kind.code != kindNumber || from.kind.code != kindNumber || to.kind.code != kindNumber {
			return k.at(n, "wrong-type", "a range `a..b` is of numbers", "")
		}
		return andNode(&node{op: opLessEq, kind: boolKind, args: []*node{from, x}}, &node{op: opLessEq, kind: boolKind, args: []*node{x, to}})
	}
	a := k.node(n.Left)
	if a.kind.code == kindBad {
		k.quiet(n.Right)
		return a
	}
	if array, ok := n.Right.(*ast.ArrayNode); ok {
		switch a.kind.code {
		case kindChoices, kindMunicipalities:
			return k.at(n, "wrong-type", "several can be chosen here, so `in [ … ]` does not fit", "write `any(x, # in [\"a\", \"b\"])`")
		case kindPlace, kindPlaces, kindList, kindItem, kindPeriod, kindHours, kindValues:
			return k.at(n, "wrong-type", fmt.Sprintf("%s cannot be looked up in a list", a.kind.words()), "")
		}
		if len(array.Nodes) == 0 {
			return k.at(n.Right, "wrong-type", "an empty list has nothing in it", "")
		}
		r := &node{op: opIn, kind: boolKind, args: []*node{a}}
		good := true
		for _, e := range array.Nodes {
			c, ok := k.constantFor(e, a)
			good = good && ok
			r.args = append(r.args, c)
		}
		if !good {
			return constant(badKind, value{})
		}
		return r
	}
	set := k.node(n.Right)
	switch set.kind.code {
	case kindBad:
		return set
	case kindChoices, kindMunicipalities, kindValues:
		if a.op == opConst {
			c, ok := k.coerce(n.Left, a, set)
			if !ok {
				return constant(badKind, value{})
			}
			a = c
		} else if a.op != opParam && a.op != opElement {
			return k.at(n.Left, "wrong-type", "what stands before `in` here is a constant", `write "a" in x`)
		}
		return &node{op: opHas, kind: boolKind, args: []*node{set, a}}
	case kindChoice, kindMunicipality:
		hint := "write `==`"
		if a.op == opConst && set.op == opQuestion {
			hint = fmt.Sprintf("write `%s == \"%s\"`", set.q.def.ID, a.val.s)
		}
		return k.at(n, "wrong-type", "only one can be chosen here, so nothing is `in` it", hint)
	}
	return k.at(n.Right, "wrong-type", fmt.Sprintf("nothing can be `in` %s", set.kind.words()), "")
}

// quiet checks a part only for its faults.
func (k *checker) quiet(n ast.Node) {
	if array, ok := n.(*ast.ArrayNode); ok {
		for _, e := range array.Nodes {
			k.node(e)
		}
		return
	}
	k.node(n)
}
