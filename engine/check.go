package engine

import (
	"fmt"
	"math"
	"regexp"
	"slices"
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
		what := fmt.Sprintf("an item of `%s` has no field", of.kind.options.def.ID)
		if of.kind.options.form {
			what = "the form has no property with a single value called"
		}
		return k.at(property, "unknown-name", fmt.Sprintf("%s `%s`", what, name), didYouMean(name, known))
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
