package engine

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"luvat/definitions"
)

// truth lowers a condition.
func (l *lowering) truth(n *node) *formula {
	if l.m.fastest == tierClosures && n.op != opConst && n.op != opNeeded {
		return l.computed(n)
	}
	switch n.op {
	case opConst:
		return constantFormula(n.val.st == known && n.val.n != 0)
	case opAnd:
		return fand(l.truth(n.args[0]), l.truth(n.args[1]))
	case opOr:
		return forAny(l.truth(n.args[0]), l.truth(n.args[1]))
	case opNot:
		return fnot(l.truth(n.args[0]))
	case opFact:
		key := replaced{n.fact.tree, l.place}
		f, ok := l.facts[key]
		if !ok {
			f = l.truth(n.fact.tree)
			l.facts[key] = f
		}
		return f
	case opNeeded:
		return l.needed(n.req)
	case opExists, opParam:
		c := l.subst(n)
		return constantFormula(c.val.st == known && c.val.n != 0)
	case opQuestion:
		return l.tested(n.q, l.m.simpleSlot(slotBool, n.q, 0), test{cells: []int{1}})
	case opEq, opLess, opLessEq:
		return l.comparison(n)
	case opIn:
		return l.among(n)
	case opHas:
		return l.contains(n)
	case opSetEq:
		return l.setEqual(n)
	case opAny, opAll, opNone:
		if f := l.quantified(n); f != nil {
			return f
		}
	case opTable:
		return l.tableIs(n, func(v value) bool { return v.n != 0 })
	}
	return l.computed(n)
}

func (l *lowering) comparison(n *node) *formula {
	a, b := l.subst(n.args[0]), l.subst(n.args[1])
	if a.op == opConst && a.val.st == none || b.op == opConst && b.val.st == none {
		return never
	}
	if a.op == opConst && b.op == opConst {
		r := reference{on: l.m.on}
		return constantFormula(r.truth(&node{op: n.op, kind: boolKind, args: []*node{a, b}}) == yes)
	}
	if b.op != opConst && a.op != opConst {
		return l.computed(n)
	}
	x, c := a, b
	o := n.op
	if a.op == opConst {
		x, c = b, a
	}
	if x.op == opTable {
		if f := l.tableCompare(n.args[0], n.args[1], a, b, o); f != nil {
			return f
		}
	}
	if !x.kind.ordered() {
		return l.oneOf(x, []value{c.val}, n)
	}
	if f := l.lengthCompare(x, c.val.n, o, a.op == opConst); f != nil {
		return f
	}
	slot, q := l.numberSlot(x)
	below, after := bound{c.val.n, false}, bound{c.val.n, true}
	var t test
	switch {
	case o == opEq:
		t = rangeTest(&below, &after)
	case a.op == opConst && o == opLess: // c < x
		t = rangeTest(&after, nil)
	case a.op == opConst: // c <= x
		t = rangeTest(&below, nil)
	case o == opLess: // x < c
		t = rangeTest(nil, &below)
	default: // x <= c
		t = rangeTest(nil, &after)
	}
	l.m.addBounds(slot, t)
	f := &formula{op: fTest, slot: slot, test: t}
	if q == nil {
		return f
	}
	return fand(l.gate(q), f)
}

// maxSubsets is the most subsets of options that a test of how many are chosen is written out into.
const maxSubsets = 24

// lengthCompare writes a test of how many options are chosen out over the options, which are slots of their own: a count in a slot
// beside them would depend on them. nil when it is no such test, or too long.
func (l *lowering) lengthCompare(x *node, c float64, o op, constantLeft bool) *formula {
	if x.op != opLen || x.args[0].op != opQuestion || x.args[0].q.kind.code != kindChoices {
		return nil
	}
	q, fits := x.args[0].q, true
	atLeast := func(k float64) *formula {
		n := len(q.def.Options)
		switch {
		case k <= 0:
			return always
		case k > float64(n):
			return never
		}
		var sets []*formula
		var choose func(from, left int, f *formula)
		choose = func(from, left int, f *formula) {
			if left == 0 {
				sets = append(sets, f)
				fits = fits && len(sets) <= maxSubsets
				return
			}
			for i := from; i <= n-left && fits; i++ {
				chosen := &formula{op: fTest, slot: l.m.simpleSlot(slotHas, q, i), test: test{cells: []int{1}}}
				choose(i+1, left-1, fand(f, chosen))
			}
		}
		choose(0, int(k), always)
		return fand(l.gate(q), forAny(sets...))
	}
	var f *formula
	switch {
	case o == opEq && c != floor(c):
		return never
	case o == opEq:
		f = fand(atLeast(c), fnot(atLeast(c+1)))
	case constantLeft && o == opLess: // c < len
		f = atLeast(floor(c) + 1)
	case constantLeft: // c <= len
		f = atLeast(ceil(c))
	case o == opLess: // len < c
		f = fnot(atLeast(ceil(c)))
	default: // len <= c
		f = fnot(atLeast(floor(c) + 1))
	}
	if !fits {
		return nil
	}
	return f
}

// numberSlot finds the slot of an ordered expression. The question is nil when the slot is computed and knows none itself.
func (l *lowering) numberSlot(x *node) (int, *question) {
	if x.op == opQuestion {
		return l.m.numberSlot(x.q, opQuestion), x.q
	}
	if len(x.args) == 1 && x.args[0].op == opQuestion {
		switch x.op {
		case opDateOf, opTimeOf, opHour, opWeekday, opLen, opFrom, opTo:
			q := x.args[0].q
			if x.op == opDateOf && q.kind.code == kindDate {
				return l.m.numberSlot(q, opQuestion), q
			}
			if x.op == opHour && q.kind.code == kindTime || x.op == opLen && (q.kind.code == kindList || q.when != nil) {
				break // the length of what is none is 0, not none
			}
			return l.m.numberSlot(q, x.op), q
		}
	}
	return l.m.sumSlot(x), nil
}

// oneOf: an answer that has no order is one of some values.
func (l *lowering) oneOf(x *node, among []value, n *node) *formula {
	switch x.op {
	case opQuestion:
		q := x.q
		switch q.kind.code {
		case kindBool:
			t := test{}
			for _, v := range among {
				t.cells = append(t.cells, int(v.n))
			}
			return l.tested(q, l.m.simpleSlot(slotBool, q, 0), t)
		case kindChoice:
			t := test{}
			for _, v := range among {
				if i, ok := q.option[v.s]; ok {
					t.cells = append(t.cells, i)
				}
			}
			return l.tested(q, l.m.simpleSlot(slotOption, q, 0), t)
		case kindMunicipality:
			return l.municipalityIn(q, among)
		case kindText:
			slot := l.m.simpleSlot(slotText, q, 0)
			t := test{}
			for _, v := range among {
				i := slices.Index(l.m.slots[slot].texts, v.s)
				if i < 0 {
					i = len(l.m.slots[slot].texts)
					l.m.slots[slot].texts = append(l.m.slots[slot].texts, v.s)
				}
				t.cells = append(t.cells, i+1) // cell 0 is every other text
			}
			return l.tested(q, slot, t)
		}
	case opMunicipalityOf:
		if x.args[0].op == opQuestion && x.args[0].q.kind.code == kindPlace {
			return l.municipalityIn(x.args[0].q, among)
		}
	case opTable:
		return l.tableIs(x, func(v value) bool {
			return slices.ContainsFunc(among, func(w value) bool { return valueText(x.table.outputs[x.column], v) == w.s })
		})
	case opConst:
		return constantFormula(x.val.st == known && slices.ContainsFunc(among, func(v value) bool { return equal(x.kind, x.val, v) }))
	}
	return l.computed(n)
}

func (l *lowering) municipalityIn(q *question, among []value) *formula {
	codes := map[string]bool{}
	for _, v := range among {
		codes[v.s] = true
	}
	return l.tested(q, l.m.municipalitySlot(q, codes), test{codes: codes})
}

func (l *lowering) among(n *node) *formula {
	x := l.subst(n.args[0])
	var among []value
	for _, c := range n.args[1:] {
		if v := l.subst(c); v.val.st == known {
			among = append(among, v.val)
		}
	}
	if x.kind.ordered() {
		var each []*formula
		for _, v := range among {
			each = append(each, l.comparison(&node{op: opEq, kind: boolKind, args: []*node{n.args[0], constant(x.kind, v)}}))
		}
		return forAny(each...)
	}
	return l.oneOf(x, among, n)
}

func (l *lowering) contains(n *node) *formula {
	set, one := l.subst(n.args[0]), l.subst(n.args[1])
	if one.op == opConst && one.val.st == none {
		return never
	}
	switch {
	case one.op != opConst:
	case set.op == opQuestion && set.kind.code == kindChoices:
		i, ok := set.q.option[one.val.s]
		if !ok {
			return never
		}
		return l.tested(set.q, l.m.simpleSlot(slotHas, set.q, i), test{cells: []int{1}})
	case set.op == opQuestion && set.kind.code == kindMunicipalities:
		return l.municipalityIn(set.q, []value{one.val})
	case set.op == opMunicipalityOf && set.args[0].op == opQuestion && set.args[0].q.kind.code == kindPlaces:
		return l.municipalityIn(set.args[0].q, []value{one.val})
	case set.op == opTable && !set.table.single():
		var rows []*formula
		for i, r := range set.table.rows {
			want := one.val.s
			if one.kind.code == kindNumber {
				want = valueText(numberKind, one.val)
			}
			if valueText(set.table.outputs[set.column], r.gives[set.column]) == want {
				rows = append(rows, l.truth(n.args[0].tableRow(i)))
			}
		}
		return forAny(rows...)
	}
	return l.computed(n)
}

// tableRow is the condition of a row of the table that a node reads.
func (n *node) tableRow(i int) *node {
	for n.op == opFact {
		n = n.fact.tree
	}
	return n.table.rows[i].match
}

func (l *lowering) setEqual(n *node) *formula {
	set := l.subst(n.args[0])
	if set.op != opQuestion || set.kind.code != kindChoices {
		return l.computed(n)
	}
	chosen := map[string]bool{}
	for _, c := range n.args[1:] {
		chosen[l.subst(c).val.s] = true
	}
	f := l.gate(set.q)
	for i, o := range set.q.def.Options {
		cell := 0
		if chosen[o.ID] {
			cell = 1
		}
		f = fand(f, &formula{op: fTest, slot: l.m.simpleSlot(slotHas, set.q, i), test: test{cells: []int{cell}}})
	}
	return f
}

// quantified writes any, all and none over the options of a question out, option by option. nil when that is not possible.
func (l *lowering) quantified(n *node) *formula {
	set := l.subst(n.args[0])
	if set.op != opQuestion || set.kind.code != kindChoices || l.element != "" {
		return nil
	}
	var parts []*formula
	for i, o := range set.q.def.Options {
		l.element = o.ID
		body := l.truth(l.subst(n.args[1]))
		l.element = ""
		chosen := &formula{op: fTest, slot: l.m.simpleSlot(slotHas, set.q, i), test: test{cells: []int{1}}}
		if n.op == opAll {
			parts = append(parts, forAny(fnot(chosen), body))
		} else {
			parts = append(parts, fand(chosen, body))
		}
	}
	gate := l.gate(set.q)
	switch n.op {
	case opAny:
		return fand(gate, forAny(parts...))
	case opNone:
		return fnot(fand(gate, forAny(parts...)))
	}
	return forAny(fnot(gate), fand(parts...))
}

// tableIs: the value of a table that gives one value passes a test.
func (l *lowering) tableIs(n *node, test func(value) bool) *formula {
	if !n.table.single() {
		return l.computed(n)
	}
	order := make([]int, len(n.table.rows))
	for i := range order {
		order[i] = i
	}
	if n.table.def.Hit == definitions.HitPriority {
		order = n.table.byPriority()
	}
	var hits []*formula
	earlier := never
	for _, i := range order {
		row := l.truth(n.table.rows[i].match)
		if test(n.table.rows[i].gives[n.column]) {
			hits = append(hits, fand(row, fnot(earlier)))
		}
		earlier = forAny(earlier, row)
	}
	return forAny(hits...)
}

func (l *lowering) tableCompare(left, right, a, b *node, o op) *formula {
	x := a
	if b.op != opConst {
		x = b
	}
	if !x.table.single() {
		return nil
	}
	r := reference{on: l.m.on}
	return l.tableIs(x, func(v value) bool {
		k := x.table.outputs[x.column]
		c := constant(k, v)
		args := []*node{c, b}
		if b.op != opConst {
			args = []*node{a, c}
		}
		return r.truth(&node{op: o, kind: boolKind, args: args}) == yes
	})
}

// computed is a condition that no test of a single slot can say.
func (l *lowering) computed(n *node) *formula {
	tree := l.subst(n)
	if tree.op == opConst {
		return constantFormula(tree.val.st == known && tree.val.n != 0)
	}
	return &formula{op: fTest, slot: l.m.computedSlot(tree), test: test{cells: []int{1}}}
}

// show writes a substituted expression as text: the identity of a computed slot.
func (n *node) show() string {
	var b strings.Builder
	n.write(&b)
	return b.String()
}

func (n *node) write(b *strings.Builder) {
	switch n.op {
	case opConst:
		b.WriteString(strconv.Itoa(int(n.val.st)) + ":" + strconv.FormatFloat(n.val.n, 'g', -1, 64) + strconv.Quote(n.val.s))
		if n.val.hours != nil {
			for _, h := range n.val.hours {
				b.WriteString(strconv.Itoa(h.From) + "-" + strconv.Itoa(h.To) + " ")
			}
		}
		return
	case opQuestion, opField:
		b.WriteString(n.q.def.ID)
		return
	case opTable:
		b.WriteString("table " + n.table.def.ID + "." + strconv.Itoa(n.column))
	case opFact:
		n.fact.tree.write(b)
		return
	}
	b.WriteString("(" + strconv.Itoa(int(n.op)) + n.name)
	for _, a := range n.args {
		b.WriteByte(' ')
		a.write(b)
	}
	b.WriteByte(')')
}

func sortedInts(set map[int]bool) []int {
	out := make([]int, 0, len(set))
	for i := range set {
		out = append(out, i)
	}
	sort.Ints(out)
	return out
}
