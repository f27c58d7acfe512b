package engine

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"luvat/definitions"
)

// maxCell is the longest cell of a decision table in runes.
const maxCell = 2000

// declareTables makes the tables known with their columns; cells are checked when every name is declared.
func (c *compiler) declareTables() {
	for _, d := range c.bundle.Tables {
		if c.scope.tables[d.ID] != nil {
			continue
		}
		c.scope.tables[d.ID] = &table{def: d}
	}
}

func (c *compiler) checkTables() {
	for _, d := range c.bundle.Tables {
		if t := c.scope.tables[d.ID]; t != nil && t.def == d {
			c.scope.checkTable(t)
		}
	}
}

// checkTable checks a table when it is first read.
func (s *scope) checkTable(t *table) {
	if t.visited == visited {
		return
	}
	if t.visited == visiting {
		s.c.problem(t.def.At, "table-cycle", "", "table `%s` reads its own output", t.def.ID)
		return
	}
	t.visited = visiting
	defer func() { t.visited = visited }()
	for _, g := range t.def.Given {
		t.given = append(t.given, s.check(g, wantAny, nil))
	}
	s.typeOutputs(t)
	for _, row := range t.def.Rows {
		r := tableRow{match: trueNode}
		if len(row.Tests) != len(t.given) || len(row.Gives) != len(t.def.Gives) {
			s.c.problem(row.At, "row-length", "", "this row has %d cells; table `%s` has %d columns", len(row.Tests)+len(row.Gives), t.def.ID, len(t.given)+len(t.def.Gives))
			continue
		}
		for i, cell := range row.Tests {
			n := s.cell(cell, t.given[i])
			r.tests = append(r.tests, n)
			if n != nil && n.kind.code != kindBad {
				if r.match == trueNode {
					r.match = n
				} else {
					r.match = andNode(r.match, n)
				}
			}
		}
		for i, cell := range row.Gives {
			r.gives = append(r.gives, s.outputValue(t, i, cell))
		}
		t.rows = append(t.rows, r)
	}
}

// typeOutputs finds the kind of each output column: what all of its values can be read as.
func (s *scope) typeOutputs(t *table) {
	t.outputs = make([]kind, len(t.def.Gives))
	t.order = make([]map[string]int, len(t.def.Gives))
	for i, o := range t.def.Gives {
		cells := append([]definitions.Scalar(nil), o.Values...)
		for _, r := range t.def.Rows {
			if i < len(r.Gives) {
				cells = append(cells, r.Gives[i])
			}
		}
		number, truth := len(cells) > 0, len(cells) > 0
		for _, c := range cells {
			if _, err := strconv.ParseFloat(c.Value, 64); err != nil || c.Quoted {
				number = false
			}
			truth = truth && !c.Quoted && (c.Value == "true" || c.Value == "false")
		}
		switch {
		case number:
			t.outputs[i] = numberKind
		case truth:
			t.outputs[i] = boolKind
		default:
			t.outputs[i] = textKind
			for _, c := range cells {
				if v := unquote(c.Value); slices.Index(t.outputs[i].values, v) < 0 {
					t.outputs[i].values = append(t.outputs[i].values, v)
				}
			}
		}
		if len(o.Values) > 0 {
			t.order[i] = map[string]int{}
			for k, v := range o.Values {
				t.order[i][unquote(v.Value)] = k
			}
		}
	}
	switch t.def.Hit {
	case definitions.HitCollectSum, definitions.HitCollectMin, definitions.HitCollectMax:
		for i, o := range t.def.Gives {
			if t.outputs[i].code != kindNumber {
				s.c.problem(o.At, "wrong-type", "", "`%s` computes with numbers, but column `%s` of table `%s` has other values", t.def.Hit, o.ID, t.def.ID)
			}
		}
	case definitions.HitPriority, definitions.HitOutputOrder:
		if len(t.def.Gives) > 0 && t.order[0] == nil {
			s.c.problem(t.def.Gives[0].At, "missing-key", fmt.Sprintf("write `gives: [{id: %s, values: [first, second]}]`", t.def.Gives[0].ID),
				"`%s` needs the values of column `%s` in order of priority", t.def.Hit, t.def.Gives[0].ID)
		}
	}
}

func unquote(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

func (s *scope) outputValue(t *table, column int, cell definitions.Scalar) value {
	k := t.outputs[column]
	text := unquote(cell.Value)
	if o := t.order[column]; o != nil {
		if _, ok := o[text]; !ok {
			declared := make([]string, 0, len(o))
			for _, v := range t.def.Gives[column].Values {
				declared = append(declared, unquote(v.Value))
			}
			s.c.problem(cell.At, "bad-cell", didYouMean(text, declared), "\"%s\" is not among the values of column `%s`", text, t.def.Gives[column].ID)
		}
	}
	switch k.code {
	case kindNumber:
		x, _ := strconv.ParseFloat(text, 64)
		return numberValue(x)
	case kindBool:
		return boolValue(text == "true")
	}
	return textValue(text)
}

// valueText is how a table's value is compared with text.
func valueText(k kind, v value) string {
	switch k.code {
	case kindNumber:
		return strconv.FormatFloat(v.n, 'f', -1, 64)
	case kindBool:
		return strconv.FormatBool(v.n != 0)
	}
	return v.s
}

// cell compiles a unary test (DMN 1.5, 7.3.3): nil for `-`, otherwise a condition on the column's value.
func (s *scope) cell(cell definitions.Scalar, column *node) *node {
	if column.kind.code == kindBad {
		return nil
	}
	p := &cellParser{checker: checker{s: s, e: definitions.Expr{Scalar: cell}, runes: []rune(cell.Value)}, column: column}
	if len(p.runes) > maxCell {
		p.fail(0, "this cell has %d characters; at most %d are read", "cut it into rows", len(p.runes), maxCell)
		return constant(badKind, value{})
	}
	return p.parse()
}

type cellParser struct {
	checker
	column *node
	i      int
	bad    bool
}

func (p *cellParser) fail(at int, format, suggestion string, args ...any) *node {
	if !p.bad {
		p.report(p.e.PositionAt(at), "bad-cell", fmt.Sprintf(format, args...), suggestion)
	}
	p.bad = true
	return constant(badKind, value{})
}

func (p *cellParser) space() {
	for p.i < len(p.runes) && unicode.IsSpace(p.runes[p.i]) {
		p.i++
	}
}

func (p *cellParser) take(word string) bool {
	if strings.HasPrefix(string(p.runes[p.i:min(len(p.runes), p.i+len(word))]), word) {
		p.i += len(word)
		return true
	}
	return false
}

func (p *cellParser) parse() *node {
	text := strings.TrimSpace(p.e.Value)
	if text == "-" {
		return nil
	}
	if text == "" {
		return p.fail(0, "this cell is empty", "write `-` when any value will do")
	}
	n := p.list()
	p.space()
	if !p.bad && p.i < len(p.runes) {
		p.fail(p.i, "`%s` does not belong here", "separate tests with a comma", string(p.runes[p.i:]))
	}
	if p.bad {
		return constant(badKind, value{})
	}
	return n
}

func (p *cellParser) list() *node {
	var n *node
	for {
		t := p.one()
		if p.bad {
			return t
		}
		if n == nil {
			n = t
		} else {
			n = orNode(n, t)
		}
		end := p.i
		p.space()
		if !p.take(",") {
			return n
		}
		if p.column.kind.code == kindNumber && end == p.i-1 && end > 0 && isDigit(p.runes[end-1]) && p.i < len(p.runes) && isDigit(p.runes[p.i]) {
			return p.fail(end, "`%s` may be a decimal number or two tests", "write a point, as in `2.5`, or a space after the comma for two tests", strings.TrimSpace(p.e.Value))
		}
	}
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// one reads one test: a value, a comparison, a range or not(…).
func (p *cellParser) one() *node {
	p.space()
	start := p.i
	if p.take("not(") || p.take("not (") {
		n := p.list()
		p.space()
		if !p.bad && !p.take(")") {
			return p.fail(start, "`not(` is not closed", "")
		}
		return notNode(n)
	}
	for _, o := range []string{"<=", ">=", "!=", "<", ">", "="} {
		if p.take(o) {
			if o == "=" {
				p.take("=")
				o = "=="
			}
			return p.test(o, p.operand(), start)
		}
	}
	if p.i < len(p.runes) && (p.runes[p.i] == '[' || p.runes[p.i] == ']' || p.runes[p.i] == '(') {
		return p.interval(start)
	}
	return p.test("==", p.operand(), start)
}

func (p *cellParser) interval(start int) *node {
	open := p.runes[p.i]
	p.i++
	low := p.operand()
	p.space()
	if !p.bad && !p.take("..") {
		return p.fail(p.i, "a range is written with two dots", "write `[1..10]`, or `[1..10)` without its end")
	}
	if p.i < len(p.runes) && p.runes[p.i] == '.' {
		return p.fail(p.i, "a range is written with two dots", "write `[1..10]`, or `[1..10)` without its end")
	}
	high := p.operand()
	p.space()
	if p.bad {
		return low
	}
	if p.i >= len(p.runes) || !strings.ContainsRune("])[", p.runes[p.i]) {
		return p.fail(start, "this range is not closed", "write `[1..10]`, or `[1..10)` without its end")
	}
	end := p.runes[p.i]
	p.i++
	if low.op == opConst && high.op == opConst && low.kind.code == high.kind.code && low.kind.ordered() && low.val.n > high.val.n {
		return p.fail(start, "this range is empty: it begins after its end", "")
	}
	from, to := ">=", "<="
	if open != '[' {
		from = ">"
	}
	if end != ']' {
		to = "<"
	}
	a := p.test(from, low, start)
	if p.bad {
		return a
	}
	return andNode(a, p.test(to, high, start))
}

// operand reads a constant or a parameter.
func (p *cellParser) operand() *node {
	p.space()
	start := p.i
	if p.i >= len(p.runes) {
		return p.fail(max(0, p.i-1), "a value is missing at the end", "")
	}
	if q := p.runes[p.i]; q == '"' || q == '\'' {
		for p.i++; p.i < len(p.runes) && p.runes[p.i] != q; p.i++ {
		}
		if p.i >= len(p.runes) {
			return p.fail(start, "a text that starts here does not end", "close it with the same quotation mark")
		}
		p.i++
		return p.typed(textValue(string(p.runes[start+1:p.i-1])), start)
	}
	for p.i < len(p.runes) && !unicode.IsSpace(p.runes[p.i]) && !strings.ContainsRune(",()[]\"'<>=", p.runes[p.i]) {
		if p.runes[p.i] == '.' && p.i+1 < len(p.runes) && p.runes[p.i+1] == '.' {
			break
		}
		p.i++
	}
	word := string(p.runes[start:p.i])
	switch {
	case word == "":
		return p.fail(start, "a value is expected here", "write `-` when any value will do")
	case word == "true" || word == "false":
		return constant(boolKind, boolValue(word == "true"))
	case strings.HasPrefix(word, "parameters."):
		name := strings.TrimPrefix(word, "parameters.")
		q, ok := p.s.params[name]
		if !ok {
			p.bad = true
			p.report(p.e.PositionAt(start+len("parameters.")), "unknown-parameter", fmt.Sprintf("there is no parameter `%s`", name), didYouMean(name, sortedKeys(p.s.params)))
			return constant(badKind, value{})
		}
		return &node{op: opParam, kind: q.kind, param: q}
	}
	if x, err := strconv.ParseFloat(word, 64); err == nil && (p.column.kind.code == kindNumber || p.column.kind.code == kindValues) {
		return constant(numberKind, numberValue(x))
	}
	return p.typed(textValue(word), start)
}

// typed gives a text constant the column's kind.
func (p *cellParser) typed(v value, start int) *node {
	k := p.column.kind
	switch k.code {
	case kindChoice, kindChoices:
		if k.options != nil {
			if _, ok := k.options.option[v.s]; !ok {
				return p.fail(start, "`%s` has no option \"%s\"", didYouMean(v.s, k.optionIDs()), k.options.def.ID, v.s)
			}
		}
		return constant(kind{code: kindChoice, options: k.options}, v)
	case kindMunicipality, kindMunicipalities:
		if p.s.c.lib.Shared.Municipality(v.s) == nil {
			return p.fail(start, "there is no municipality \"%s\"", p.s.c.municipalityHint(v.s), v.s)
		}
		return constant(kind{code: kindMunicipality}, v)
	case kindDate:
		if d, ok := definitions.ParseDate(v.s); ok {
			return constant(k, numberValue(float64(d)))
		}
		return p.fail(start, "\"%s\" is not a date", `a date is written "2026-07-05"`, v.s)
	case kindTime:
		if m, ok := parseTime(v.s); ok {
			return constant(k, numberValue(m))
		}
		return p.fail(start, "\"%s\" is not a time of day", `a time is written "22:00"`, v.s)
	case kindDateTime:
		if m, ok := parseDateTime(v.s); ok {
			return constant(k, numberValue(m))
		}
		return p.fail(start, "\"%s\" is not a date with a time", `it is written "2026-07-05T18:00"`, v.s)
	case kindText, kindValues:
		if len(k.values) > 0 && slices.Index(k.values, v.s) < 0 {
			return p.fail(start, "the value of this column is never \"%s\"", didYouMean(v.s, k.values), v.s)
		}
		return constant(textKind, v)
	case kindNumber:
		return p.fail(start, "the column is a number, but \"%s\" is not", "write a number such as `5`, `> 5` or `[1..10)`", v.s)
	case kindBool:
		return p.fail(start, "the column is true or false, but this is \"%s\"", "write `true`, `false` or `-`", v.s)
	}
	return p.fail(start, "%s cannot be tested in a table", "give the column an expression such as `x.municipality`", k.words())
}

func (p *cellParser) test(operator string, c *node, at int) *node {
	if c.kind.code == kindBad || p.bad {
		return constant(badKind, value{})
	}
	k := p.column.kind
	if k.code == kindChoices || k.code == kindMunicipalities || k.code == kindValues {
		n := &node{op: opHas, kind: boolKind, args: []*node{p.column, c}}
		switch operator {
		case "==":
			return n
		case "!=":
			return notNode(n)
		}
		return p.fail(at, "several can be chosen in this column: `%s` says nothing", "name the option that is among them", operator)
	}
	fits := k.code == c.kind.code || (k.code == kindText || k.code == kindChoice || k.code == kindMunicipality) && c.kind.code == kindText
	if !fits {
		return p.fail(at, "the column is %s, but this is %s", "", k.words(), c.kind.words())
	}
	pair := func(o op, a, b *node) *node { return &node{op: o, kind: boolKind, args: []*node{a, b}} }
	if operator != "==" && operator != "!=" && !k.ordered() {
		return p.fail(at, "%s has no order, so `%s` says nothing", "", k.words(), operator)
	}
	switch operator {
	case "==":
		return pair(opEq, p.column, c)
	case "!=":
		return notNode(pair(opEq, p.column, c))
	case "<":
		return pair(opLess, p.column, c)
	case "<=":
		return pair(opLessEq, p.column, c)
	case ">":
		return pair(opLess, c, p.column)
	}
	return pair(opLessEq, c, p.column)
}
