package engine

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"

	"luvat/definitions"
)

// maxExpression is the longest expression in runes. The parser recurses once a bracket, so this bounds its stack too.
const maxExpression = 4000

// want is the kind of value that a place in the definition takes.
type want uint8

const (
	wantAny want = iota
	wantBool
	wantNumber
)

// checker turns the parse tree of one expression into a typed one, reporting everything that is wrong.
type checker struct {
	s       *scope
	e       definitions.Expr
	runes   []rune
	item    *question // the list whose item is in scope as `item`, nil when none is
	element []element // the sets and lists whose items are in scope as `#`, innermost last
}

type element struct {
	kind kind
	list *question // fields, for a list
}

// check parses and types an expression. It returns a tree in any case; one with an error in it has kindBad somewhere.
func (s *scope) check(e definitions.Expr, w want, item *question) *node {
	k := &checker{s: s, e: e, runes: []rune(e.Value), item: item}
	if len(k.runes) > maxExpression {
		k.report(e.At, "expression-too-long", fmt.Sprintf("this expression has %d characters; at most %d are read", len(k.runes), maxExpression), "cut it into facts")
		return constant(badKind, value{})
	}
	if e.Absent() {
		return constant(badKind, value{}) // the reader refused what was written there, and has said so
	}
	if strings.TrimSpace(e.Value) == "" {
		k.report(e.At, "bad-expression", "an expression is missing here", "write a condition such as `visitors >= 200`")
		return constant(badKind, value{})
	}
	tree, err := parser.Parse(e.Value)
	if err != nil {
		k.syntax(err)
		return constant(badKind, value{})
	}
	n := k.node(tree.Node)
	if n.kind.code == kindBad {
		return n
	}
	switch {
	case w == wantBool && n.kind.code != kindBool:
		k.at(tree.Node, "wrong-type", fmt.Sprintf("a condition is true or false, but this is %s", n.kind.words()), conditionHint(n))
		n = constant(badKind, value{})
	case w == wantNumber && n.kind.code != kindNumber:
		k.at(tree.Node, "wrong-type", fmt.Sprintf("a number is expected here, but this is %s", n.kind.words()), "")
		n = constant(badKind, value{})
	}
	return n
}

func conditionHint(n *node) string {
	if n.op != opQuestion {
		return ""
	}
	switch n.kind.code {
	case kindChoice:
		return fmt.Sprintf("compare it with an option, as in `%s == \"%s\"`", n.q.def.ID, firstOption(n.kind))
	case kindChoices:
		return fmt.Sprintf("ask for an option, as in `\"%s\" in %s`, or for any, as in `len(%s) > 0`", firstOption(n.kind), n.q.def.ID, n.q.def.ID)
	case kindNumber:
		return fmt.Sprintf("compare it, as in `%s > 0`", n.q.def.ID)
	}
	return ""
}

func firstOption(k kind) string {
	if ids := k.optionIDs(); len(ids) > 0 {
		return ids[0]
	}
	return "…"
}

func (k *checker) report(at definitions.Position, rule, message, suggestion string) {
	k.s.c.report(definitions.Diagnostic{At: at, Severity: definitions.Error, Rule: rule, Message: message, Suggestion: suggestion})
}

// place is where a part of the expression stands, with its end when it is on the same line.
func (k *checker) place(l file.Location) definitions.Position {
	from := min(max(l.From, 0), len(k.runes))
	p := k.e.PositionAt(from)
	if l.To > from && l.To <= len(k.runes) {
		if end := k.e.PositionAt(l.To - 1); end.Line == p.Line && end.Column >= p.Column {
			p.End = end.Column + 1
		}
	}
	return p
}

func (k *checker) at(n ast.Node, rule, message, suggestion string) *node {
	k.report(k.place(n.Location()), rule, message, suggestion)
	return constant(badKind, value{})
}

func (k *checker) node(n ast.Node) *node {
	switch n := n.(type) {
	case *ast.BoolNode:
		return constant(boolKind, boolValue(n.Value))
	case *ast.IntegerNode:
		return constant(numberKind, numberValue(float64(n.Value)))
	case *ast.FloatNode:
		if math.IsNaN(n.Value) || math.IsInf(n.Value, 0) {
			return k.at(n, "bad-constant", "this number is too large", "")
		}
		return constant(numberKind, numberValue(n.Value))
	case *ast.StringNode:
		return constant(textKind, textValue(n.Value))
	case *ast.NilNode:
		return k.at(n, "wrong-type", "an answer is never compared with nothing", "an unanswered question keeps the result open by itself; leave the comparison out")
	case *ast.IdentifierNode:
		return k.identifier(n, n.Value)
	case *ast.PointerNode:
		return k.pointer(n)
	case *ast.UnaryNode:
		return k.unary(n)
	case *ast.BinaryNode:
		return k.binary(n)
	case *ast.MemberNode:
		return k.member(n)
	case *ast.ChainNode:
		return k.node(n.Node)
	case *ast.CallNode:
		name := ""
		if id, ok := n.Callee.(*ast.IdentifierNode); ok {
			name = id.Value
		}
		return k.call(n, name, n.Arguments)
	case *ast.BuiltinNode:
		return k.call(n, n.Name, n.Arguments)
	case *ast.ConditionalNode:
		return k.conditional(n)
	case *ast.ArrayNode:
		return k.at(n, "wrong-type", "a list stands only after `in` or `==`", "write `x in [\"a\", \"b\"]`")
	case nil:
		return constant(badKind, value{})
	}
	return k.at(n, "bad-expression", "this construct is not part of the language", "see `Expressions` in docs/language.md")
}

func (k *checker) identifier(n ast.Node, name string) *node {
	s := k.s
	if q, ok := s.questions[name]; ok {
		return &node{op: opQuestion, kind: q.kind, q: q}
	}
	if f, ok := s.facts[name]; ok {
		tree := s.factTree(f, k.place(n.Location()))
		return &node{op: opFact, kind: tree.kind, fact: f}
	}
	if name == "item" && k.item != nil {
		return &node{op: opItem, kind: kind{code: kindItem, options: k.item}, q: k.item}
	}
	if name == "item" {
		return k.at(n, "unknown-name", "`item` has a meaning only in a requirement with `for`", "say `for: <list question>` in the requirement")
	}
	if name == "parameters" || name == "tables" {
		return k.at(n, "bad-expression", fmt.Sprintf("`%s` alone has no value", name), fmt.Sprintf("write `%s.<id>`", name))
	}
	suggestion := ""
	switch {
	case s.params[name] != nil:
		suggestion = fmt.Sprintf("did you mean `parameters.%s`?", name)
	case s.tables[name] != nil:
		suggestion = fmt.Sprintf("did you mean `tables.%s.%s`?", name, firstOutput(s.tables[name]))
	case s.requirements[name] != nil:
		suggestion = fmt.Sprintf("did you mean `needed(\"%s\")`?", name)
	default:
		if near := definitions.Nearest(name, s.names); near != "" {
			suggestion = fmt.Sprintf("did you mean `%s`?", near)
		} else if slices.Contains([]string{"yes", "no", "on", "off", "kyllä", "ei", "ja", "nej"}, name) {
			suggestion = "of a question with yes and no write just its name, as in `music`, or `not music`"
		} else if q := s.optionOwner(name); q != "" {
			suggestion = fmt.Sprintf("`%s` is an option of `%s`: write it in quotation marks, \"%s\"", name, q, name)
		}
	}
	return k.at(n, "unknown-name", fmt.Sprintf("there is no question or fact `%s`", name), suggestion)
}

// betweenDigits says what was meant by a sign with a digit on both sides that expressions do not have, such as 22:00 or 38,50.
func betweenDigits(text []rune, i int) string {
	digit := func(i int) bool { return i >= 0 && i < len(text) && text[i] >= '0' && text[i] <= '9' }
	if !digit(i-1) || !digit(i+1) {
		return ""
	}
	from, to := i, i+1
	for digit(from - 1) {
		from--
	}
	for digit(to) {
		to++
	}
	switch text[i] {
	case ':':
		return fmt.Sprintf("write a time in quotation marks: \"%s\"", string(text[from:to]))
	case ',':
		return fmt.Sprintf("write a point before decimals: %s.%s", string(text[from:i]), string(text[i+1:to]))
	}
	return ""
}

func (s *scope) optionOwner(option string) string {
	for _, q := range s.list {
		if _, ok := q.option[option]; ok {
			return q.def.ID
		}
	}
	return ""
}

func firstOutput(t *table) string {
	if len(t.def.Gives) > 0 {
		return t.def.Gives[0].ID
	}
	return "…"
}

func (k *checker) pointer(n *ast.PointerNode) *node {
	if len(k.element) == 0 || n.Name != "" {
		return k.at(n, "unknown-name", "`#` has a meaning only inside any(…), all(…), none(…), one(…), count(…) and sum(…)", "")
	}
	e := k.element[len(k.element)-1]
	return &node{op: opElement, kind: e.kind, q: e.list}
}

func (k *checker) member(n *ast.MemberNode) *node {
	property, ok := n.Property.(*ast.StringNode)
	if !ok {
		return k.at(n, "bad-expression", "only a name may stand after the dot", "")
	}
	name := property.Value
	switch base := n.Node.(type) {
	case *ast.IdentifierNode:
		switch base.Value {
		case "parameters":
			return k.parameter(property, name)
		case "tables":
			return k.at(n, "bad-expression", fmt.Sprintf("`tables.%s` is a whole table", name), fmt.Sprintf("name a column, as in `tables.%s.<column>`", name))
		}
	case *ast.MemberNode:
		if id, ok := base.Node.(*ast.IdentifierNode); ok && id.Value == "tables" {
			if table, ok := base.Property.(*ast.StringNode); ok {
				return k.table(table, table.Value, property, name)
			}
		}
	}
	of := k.node(n.Node)
	switch of.kind.code {
	case kindBad:
		return of
	case kindItem:
		if f, ok := of.kind.options.field[name]; ok {
			return &node{op: opField, kind: f.kind, q: f, args: []*node{of}}
		}
		known := make([]string, 0, len(of.kind.options.fields))
		for _, f := range of.kind.options.fields {
			known = append(known, f.def.ID)
		}
		return k.at(property, "unknown-name", fmt.Sprintf("an item of `%s` has no field `%s`", of.kind.options.def.ID, name), didYouMean(name, known))
	case kindPeriod:
		switch name {
		case "from":
			return &node{op: opFrom, kind: kind{code: kindDate}, args: []*node{of}}
		case "to":
			return &node{op: opTo, kind: kind{code: kindDate}, args: []*node{of}}
		}
		return k.at(property, "unknown-name", fmt.Sprintf("a period has no `%s`", name), "it has `from` and `to`")
	case kindPlace:
		if name == "municipality" {
			return &node{op: opMunicipalityOf, kind: kind{code: kindMunicipality}, args: []*node{of}}
		}
		return k.at(property, "unknown-name", fmt.Sprintf("a condition cannot read `%s` of a place", name), "it can read `municipality`")
	case kindPlaces:
		if name == "municipality" {
			return &node{op: opMunicipalityOf, kind: kind{code: kindMunicipalities}, args: []*node{of}}
		}
		return k.at(property, "unknown-name", fmt.Sprintf("a condition cannot read `%s` of places", name), "it can read `municipality`")
	}
	return k.at(property, "unknown-name", fmt.Sprintf("%s has no `%s`", of.kind.words(), name), "")
}

func (k *checker) parameter(n ast.Node, name string) *node {
	p, ok := k.s.params[name]
	if !ok {
		return k.at(n, "unknown-parameter", fmt.Sprintf("there is no parameter `%s`", name), didYouMean(name, sortedKeys(k.s.params)))
	}
	return &node{op: opParam, kind: p.kind, param: p}
}

func (k *checker) table(n ast.Node, name string, column ast.Node, output string) *node {
	t, ok := k.s.tables[name]
	if !ok {
		return k.at(n, "unknown-table", fmt.Sprintf("there is no table `%s`", name), didYouMean(name, sortedKeys(k.s.tables)))
	}
	k.s.checkTable(t)
	if t.visited == visiting {
		return constant(badKind, value{}) // it reads itself, which has been reported
	}
	known := []string{}
	for i, o := range t.def.Gives {
		if o.ID == output {
			kd := t.outputs[i]
			switch t.def.Hit {
			case definitions.HitCollectSum, definitions.HitCollectMin, definitions.HitCollectMax, definitions.HitCollectCount:
				kd = numberKind
			case definitions.HitCollect, definitions.HitRuleOrder, definitions.HitOutputOrder:
				kd = kind{code: kindValues, values: kd.values}
			}
			return &node{op: opTable, kind: kd, table: t, column: i}
		}
		known = append(known, o.ID)
	}
	return k.at(column, "unknown-table", fmt.Sprintf("table `%s` gives no `%s`", name, output), didYouMean(output, known))
}

func didYouMean(word string, known []string) string {
	if near := definitions.Nearest(word, known); near != "" {
		return fmt.Sprintf("did you mean `%s`?", near)
	}
	if len(known) > 0 && len(known) <= 8 {
		return "known are `" + strings.Join(known, "`, `") + "`"
	}
	return ""
}

func (k *checker) unary(n *ast.UnaryNode) *node {
	a := k.node(n.Node)
	if a.kind.code == kindBad {
		return a
	}
	switch n.Operator {
	case "not", "!":
		if a.kind.code != kindBool {
			return k.at(n.Node, "wrong-type", fmt.Sprintf("`not` turns true and false around, but this is %s", a.kind.words()), conditionHint(a))
		}
		return notNode(a)
	case "-", "+":
		if a.kind.code != kindNumber {
			return k.at(n.Node, "wrong-type", fmt.Sprintf("`%s` stands before a number, but this is %s", n.Operator, a.kind.words()), "")
		}
		if n.Operator == "+" {
			return a
		}
		if a.op == opConst {
			return constant(numberKind, numberValue(-a.val.n))
		}
		return &node{op: opNeg, kind: numberKind, args: []*node{a}}
	}
	return k.at(n, "bad-expression", fmt.Sprintf("`%s` is not part of the language", n.Operator), "")
}

func (k *checker) binary(n *ast.BinaryNode) *node {
	switch n.Operator {
	case "and", "&&", "or", "||":
		a, b := k.condition(n.Left, n.Operator), k.condition(n.Right, n.Operator)
		if a.kind.code == kindBad || b.kind.code == kindBad {
			return constant(badKind, value{})
		}
		if n.Operator == "and" || n.Operator == "&&" {
			return andNode(a, b)
		}
		return orNode(a, b)
	case "==", "!=", "<", "<=", ">", ">=":
		if array, ok := n.Right.(*ast.ArrayNode); ok {
			return k.setEqual(n, array)
		}
		return k.compare(n, n.Operator, k.node(n.Left), k.node(n.Right))
	case "in":
		return k.in(n)
	case "+", "-", "*", "/", "%", "**", "^":
		return k.arithmetic(n)
	case "contains", "startsWith", "endsWith", "matches":
		return k.textTest(n)
	case "..":
		return k.at(n, "wrong-type", "a range stands only after `in`", "write `x in 1..5`")
	case "??":
		return k.at(n, "bad-expression", "`??` is not part of the language", "an unanswered question keeps the result open by itself")
	}
	return k.at(n, "bad-expression", fmt.Sprintf("`%s` is not part of the language", n.Operator), "")
}

func (k *checker) condition(n ast.Node, operator string) *node {
	a := k.node(n)
	if a.kind.code != kindBad && a.kind.code != kindBool {
		hint := conditionHint(a)
		if a.op == opConst && a.kind.code == kindText {
			hint = "repeat the question: `x == \"a\" or x == \"b\"`, or write `x in [\"a\", \"b\"]`"
		}
		return k.at(n, "wrong-type", fmt.Sprintf("`%s` joins conditions, but this is %s", operator, a.kind.words()), hint)
	}
	return a
}

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
		if len(target.values) > 0 && definitionsContains(target.values, text) < 0 {
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

func definitionsContains(list []string, s string) int {
	for i, x := range list {
		if x == s {
			return i
		}
	}
	return -1
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

func (k *checker) arithmetic(n *ast.BinaryNode) *node {
	a, b := k.node(n.Left), k.node(n.Right)
	if a.kind.code == kindBad || b.kind.code == kindBad {
		return constant(badKind, value{})
	}
	for i, x := range []*node{a, b} {
		if x.kind.code != kindNumber {
			side := n.Left
			if i == 1 {
				side = n.Right
			}
			hint := ""
			switch x.kind.code {
			case kindDate, kindDateTime:
				hint = "count days with `days_between(a, b)`"
			case kindBool:
				hint = "join conditions with `and` and `or`"
			}
			return k.at(side, "wrong-type", fmt.Sprintf("`%s` is of numbers, but this is %s", n.Operator, x.kind.words()), hint)
		}
	}
	o := map[string]op{"+": opAdd, "-": opSub, "*": opMul, "/": opDiv, "%": opMod, "**": opPow, "^": opPow}[n.Operator]
	if (o == opDiv || o == opMod) && b.op == opConst && b.val.n == 0 {
		return k.at(n.Right, "bad-constant", "nothing can be divided by zero", "")
	}
	r := &node{op: o, kind: numberKind, args: []*node{a, b}}
	if a.op == opConst && b.op == opConst {
		return constant(numberKind, arithmetic(o, a.val, b.val))
	}
	return r
}

func (k *checker) textTest(n *ast.BinaryNode) *node {
	a, b := k.node(n.Left), k.node(n.Right)
	if a.kind.code == kindBad || b.kind.code == kindBad {
		return constant(badKind, value{})
	}
	if a.kind.code != kindText || b.kind.code != kindText {
		side, x := n.Left, a
		if a.kind.code == kindText {
			side, x = n.Right, b
		}
		hint := ""
		if x.kind.code == kindChoices && n.Operator == "contains" && b.op == opConst && x.op == opQuestion {
			hint = fmt.Sprintf("write `\"%s\" in %s`", b.val.s, x.q.def.ID)
		}
		return k.at(side, "wrong-type", fmt.Sprintf("`%s` is of texts, but this is %s", n.Operator, x.kind.words()), hint)
	}
	if n.Operator == "matches" {
		if b.op != opConst {
			return k.at(n.Right, "wrong-type", "a pattern is a constant", "")
		}
		if _, err := regexp.Compile(b.val.s); err != nil {
			return k.at(n.Right, "bad-constant", fmt.Sprintf("\"%s\" is not a pattern that can be matched", b.val.s), "patterns are RE2: no look-ahead, no back-references")
		}
	}
	return &node{op: opCall, kind: boolKind, name: n.Operator, args: []*node{a, b}}
}

func (k *checker) conditional(n *ast.ConditionalNode) *node {
	c := k.condition(n.Cond, "?")
	a, b := k.node(n.Exp1), k.node(n.Exp2)
	if c.kind.code == kindBad || a.kind.code == kindBad || b.kind.code == kindBad {
		return constant(badKind, value{})
	}
	if a.kind.code != b.kind.code {
		return k.at(n, "wrong-type", fmt.Sprintf("both sides of `? :` give the same kind of value, but one is %s and the other %s", a.kind.words(), b.kind.words()), "")
	}
	if a.kind.code == kindBool { // transparent: (c and a) or (not c and b)
		return orNode(andNode(c, a), andNode(notNode(c), b))
	}
	return &node{op: opIf, kind: a.kind, args: []*node{c, a, b}}
}

// signature is what a function takes and gives.
type signature struct {
	op    op
	takes [][]kindCode // for each argument the kinds it may have
	gives kindCode
	usage string
	more  bool // the last argument may repeat
}

var (
	days    = []kindCode{kindDate, kindDateTime}
	moments = []kindCode{kindDateTime}
	numbers = []kindCode{kindNumber}
	texts   = []kindCode{kindText}
)

var functions = map[string]signature{
	"date":          {opDateOf, [][]kindCode{{kindDateTime, kindDate}}, kindDate, "date(starts_at)", false},
	"time":          {opTimeOf, [][]kindCode{moments}, kindTime, "time(starts_at)", false},
	"hour":          {opHour, [][]kindCode{{kindDateTime, kindTime}}, kindNumber, "hour(ends_at)", false},
	"weekday":       {opWeekday, [][]kindCode{days}, kindNumber, "weekday(starts_at)", false},
	"at":            {opAt, [][]kindCode{days, {kindText, kindTime}}, kindDateTime, `at(starts_at, "22:00")`, false},
	"days_between":  {opDaysBetween, [][]kindCode{days, days}, kindNumber, "days_between(starts_at, ends_at)", false},
	"hours_between": {opHoursBetween, [][]kindCode{moments, moments}, kindNumber, "hours_between(starts_at, ends_at)", false},
	"outside_hours": {opOutsideHours, [][]kindCode{moments, moments, {kindHours}}, kindBool, "outside_hours(starts_at, ends_at, parameters.quiet)", false},
	"abs":           {opCall, [][]kindCode{numbers}, kindNumber, "abs(x)", false},
	"floor":         {opCall, [][]kindCode{numbers}, kindNumber, "floor(x)", false},
	"ceil":          {opCall, [][]kindCode{numbers}, kindNumber, "ceil(x)", false},
	"round":         {opCall, [][]kindCode{numbers}, kindNumber, "round(x)", false},
	"min":           {opCall, [][]kindCode{numbers, numbers}, kindNumber, "min(a, b)", true},
	"max":           {opCall, [][]kindCode{numbers, numbers}, kindNumber, "max(a, b)", true},
	"lower":         {opCall, [][]kindCode{texts}, kindText, "lower(x)", false},
	"upper":         {opCall, [][]kindCode{texts}, kindText, "upper(x)", false},
	"trim":          {opCall, [][]kindCode{texts}, kindText, "trim(x)", false},
}

// special are the functions with rules of their own for their arguments.
var special = []string{"needed", "exists", "len", "any", "all", "none", "one", "count", "sum"}

func functionNames() []string {
	names := append([]string(nil), special...)
	for n := range functions {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

func (k *checker) call(n ast.Node, name string, args []ast.Node) *node {
	switch name {
	case "needed":
		return k.needed(n, args)
	case "exists":
		if len(args) != 1 {
			return k.at(n, "wrong-type", "exists(…) takes one parameter", "write `exists(parameters.x)`")
		}
		p := k.node(args[0])
		if p.kind.code == kindBad {
			return p
		}
		if p.op != opParam {
			return k.at(args[0], "wrong-type", "exists(…) asks whether a parameter has a value at the place", "write `exists(parameters.x)`")
		}
		return &node{op: opExists, kind: boolKind, param: p.param}
	case "len":
		if len(args) != 1 {
			return k.at(n, "wrong-type", "len(…) takes one set or list", "")
		}
		a := k.node(args[0])
		switch a.kind.code {
		case kindBad:
			return a
		case kindChoices, kindMunicipalities, kindPlaces, kindList, kindValues:
			return &node{op: opLen, kind: numberKind, args: []*node{a}}
		}
		return k.at(args[0], "wrong-type", fmt.Sprintf("len(…) counts a set or a list, but this is %s", a.kind.words()), "")
	case "any", "all", "none", "one", "count", "sum":
		return k.quantifier(n, name, args)
	}
	sig, ok := functions[name]
	if !ok {
		suggestion := didYouMean(name, functionNames())
		switch {
		case name == "now":
			suggestion = "a rule never reads the clock; compare with a date that the customer answers"
		case k.s.questions[name] != nil || k.s.facts[name] != nil:
			suggestion = fmt.Sprintf("`%s` is a question or a fact: write it without brackets, with an operator", name)
		}
		return k.at(n, "unknown-function", fmt.Sprintf("there is no function `%s`", name), suggestion)
	}
	if len(args) < len(sig.takes) || len(args) > len(sig.takes) && !sig.more {
		return k.at(n, "wrong-type", fmt.Sprintf("%s takes %d values, here are %d", name, len(sig.takes), len(args)), "write `"+sig.usage+"`")
	}
	r := &node{op: sig.op, kind: kind{code: sig.gives}, name: name}
	bad := false
	for i, a := range args {
		x := k.node(a)
		if x.kind.code == kindBad {
			bad = true
			continue
		}
		allowed := sig.takes[min(i, len(sig.takes)-1)]
		fits := false
		for _, c := range allowed {
			fits = fits || c == x.kind.code
		}
		if !fits {
			k.at(a, "wrong-type", fmt.Sprintf("%s takes %s here, but this is %s", name, kind{code: allowed[0]}.words(), x.kind.words()), "write `"+sig.usage+"`")
			bad = true
			continue
		}
		if name == "at" && i == 1 && x.kind.code == kindText {
			m, ok := parseTime(x.val.s)
			if x.op != opConst || !ok {
				k.at(a, "bad-constant", "this is not a time of day", `a time is written "22:00"`)
				bad = true
				continue
			}
			x = constant(kind{code: kindTime}, numberValue(m))
		}
		r.args = append(r.args, x)
	}
	if bad {
		return constant(badKind, value{})
	}
	return r
}

func (k *checker) needed(n ast.Node, args []ast.Node) *node {
	if len(args) != 1 {
		return k.at(n, "wrong-type", "needed(…) takes the id of one requirement", `write needed("rescue-plan")`)
	}
	id, ok := args[0].(*ast.StringNode)
	if !ok {
		hint := `write needed("rescue-plan")`
		if name, isName := args[0].(*ast.IdentifierNode); isName {
			hint = fmt.Sprintf("write needed(\"%s\")", name.Value)
		}
		return k.at(args[0], "wrong-type", "needed(…) takes the id of a requirement in quotation marks", hint)
	}
	r, ok := k.s.requirements[id.Value]
	if !ok {
		return k.at(id, "unknown-requirement", fmt.Sprintf("there is no requirement `%s`", id.Value), didYouMean(id.Value, sortedKeys(k.s.requirements)))
	}
	return &node{op: opNeeded, kind: boolKind, req: r}
}

func (k *checker) quantifier(n ast.Node, name string, args []ast.Node) *node {
	if len(args) == 0 {
		return k.at(n, "wrong-type", name+"(…) takes a set or list and a condition", "")
	}
	of := k.node(args[0])
	if of.kind.code == kindBad {
		return of
	}
	var e element
	switch of.kind.code {
	case kindChoices:
		e.kind = kind{code: kindChoice, options: of.kind.options}
	case kindMunicipalities:
		e.kind = kind{code: kindMunicipality}
	case kindList:
		e.kind, e.list = kind{code: kindItem, options: of.kind.options}, of.kind.options
	default:
		return k.at(args[0], "wrong-type", fmt.Sprintf("%s(…) looks through a set or a list, but this is %s", name, of.kind.words()), "")
	}
	ops := map[string]op{"any": opAny, "all": opAll, "none": opNone, "one": opOne, "count": opCount, "sum": opSum}
	r := &node{op: ops[name], kind: boolKind, args: []*node{of}}
	if name == "count" || name == "sum" {
		r.kind = numberKind
	}
	if len(args) < 2 {
		if name == "count" {
			r.op = opLen
			return r
		}
		return k.at(n, "wrong-type", name+"(…) takes a set or list and what to look at", fmt.Sprintf("write `%s(x, …)`", name))
	}
	predicate, ok := args[1].(*ast.PredicateNode)
	if !ok {
		return k.at(n, "wrong-type", name+"(…) takes a condition", "")
	}
	k.element = append(k.element, e)
	body := k.node(predicate.Node)
	k.element = k.element[:len(k.element)-1]
	if body.kind.code == kindBad {
		return body
	}
	if name == "sum" && body.kind.code != kindNumber {
		return k.at(predicate.Node, "wrong-type", fmt.Sprintf("sum(…) adds numbers, but this is %s", body.kind.words()), "")
	}
	if name != "sum" && body.kind.code != kindBool {
		return k.at(predicate.Node, "wrong-type", fmt.Sprintf("%s(…) takes a condition, but this is %s", name, body.kind.words()), "")
	}
	r.args = append(r.args, body)
	return r
}
