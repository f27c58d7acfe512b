package engine

import (
	"fmt"
	"slices"
)

// formula is a condition over tests of single slots. The slots' values are independent of each other: that a question may be
// irrelevant is part of the formula (its relevance stands beside every test of it), not of the slot.
type formula struct {
	op   formulaOp
	args []*formula
	slot int
	test test
}

type formulaOp uint8

const (
	fFalse formulaOp = iota
	fTrue
	fTest
	fAnd
	fOr
	fNot
)

// test says which values of a slot pass: those from lo to hi of a numeric slot, the listed cells of the others.
type test struct {
	lo, hi bound
	below  bool            // no lower bound
	above  bool            // no upper bound
	cells  []int           // options, truth values
	codes  map[string]bool // municipalities: cells are found when all sets are known
}

// bound is a cut between numbers: before c, or after it.
type bound struct {
	c     float64
	after bool
}

func (b bound) less(o bound) bool { return b.c < o.c || b.c == o.c && !b.after && o.after }

var (
	never  = &formula{op: fFalse}
	always = &formula{op: fTrue}
)

func constantFormula(b bool) *formula {
	if b {
		return always
	}
	return never
}

func fnot(f *formula) *formula {
	switch f.op {
	case fTrue:
		return never
	case fFalse:
		return always
	case fNot:
		return f.args[0]
	}
	return &formula{op: fNot, args: []*formula{f}}
}

func fand(fs ...*formula) *formula { return combine(fAnd, fTrue, fFalse, fs) }

func forAny(fs ...*formula) *formula { return combine(fOr, fFalse, fTrue, fs) }

func combine(o, neutral, absorbing formulaOp, fs []*formula) *formula {
	var args []*formula
	for _, f := range fs {
		switch f.op {
		case neutral:
		case absorbing:
			return &formula{op: absorbing}
		case o:
			for _, a := range f.args {
				args = appendNew(args, a)
			}
		default:
			args = appendNew(args, f)
		}
	}
	switch len(args) {
	case 0:
		return &formula{op: neutral}
	case 1:
		return args[0]
	}
	return &formula{op: o, args: args}
}

// appendNew appends a formula that is not yet among the last ones: what is said twice is said once.
func appendNew(args []*formula, f *formula) []*formula {
	if slices.Contains(args[max(0, len(args)-64):], f) {
		return args
	}
	return append(args, f)
}

// maxBoxes is the most conjuncts that one rule may have, maxWork the most on the way, maxEffort the most comparisons of boxes for one
// rule, maxTotal for a whole model. Above, the rule becomes a computed slot: slower, not exact over partial answers, and never wrong.
const (
	maxBoxes  = 128
	maxWork   = 1024
	maxEffort = 4_000_000
	maxTotal  = 100_000_000
)

type normalKey struct {
	f       *formula
	negated bool
}

type normalForm struct {
	boxes boxes
	ok    bool
}

// normal turns a formula, or its negation, into boxes. It gives up (false) when there are too many.
func (m *model) normal(f *formula, negated bool) (boxes, bool) {
	if f.op != fAnd && f.op != fOr {
		return m.normalise(f, negated)
	}
	key := normalKey{f, negated}
	if n, ok := m.normals[key]; ok {
		return slices.Clone(n.boxes), n.ok
	}
	bs, ok := m.normalise(f, negated)
	m.normals[key] = normalForm{slices.Clone(bs), ok}
	return bs, ok
}

// worked counts comparisons of boxes and reports whether there may be more.
func (m *model) worked(n int) bool {
	m.effort += n
	m.total += n
	return m.effort <= maxEffort && m.total <= maxTotal
}

func (m *model) normalise(f *formula, negated bool) (boxes, bool) {
	switch f.op {
	case fTrue, fFalse:
		if (f.op == fTrue) != negated {
			return boxes{box{}}, true
		}
		return nil, true
	case fNot:
		return m.normal(f.args[0], !negated)
	case fTest:
		s := m.slots[f.slot]
		if s.several() {
			return m.normal(m.someOfKinds(f), negated)
		}
		set := m.cellsOf(s, f.test)
		if negated {
			set = s.domain.without(set)
		} else {
			set = set.and(s.domain)
		}
		switch {
		case set.empty():
			return nil, true
		case set.equal(s.domain):
			return boxes{box{}}, true
		}
		return boxes{box{{f.slot, set}}}, true
	}
	if (f.op == fOr) != negated {
		var all boxes
		for _, a := range f.args {
			bs, ok := m.normal(a, negated)
			if !ok {
				return nil, false
			}
			for _, b := range bs {
				all = all.add(b)
				if len(all) > maxWork || !m.worked(len(all)) {
					return nil, false
				}
			}
		}
		return all.joined(m.domain), len(all) <= maxWork
	}
	all := boxes{box{}}
	for _, a := range f.args {
		bs, ok := m.normal(a, negated)
		if !ok {
			return nil, false
		}
		if len(all)*len(bs) > 8*maxWork {
			return nil, false
		}
		var next boxes
		for _, x := range all {
			for _, y := range bs {
				if b, ok := x.meet(y); ok && !m.phantom(b) {
					next = next.add(b)
					if len(next) > maxWork || !m.worked(len(next)) {
						return nil, false
					}
				}
			}
		}
		all = next
	}
	return all.joined(m.domain), true
}

func (m *model) domain(slot int) cellset { return m.slots[slot].domain }

// phantom reports whether a box says that none of the kinds of municipalities is among those of the case: no answer does that.
func (m *model) phantom(b box) bool {
	for _, d := range m.divisions {
		n := 0
		for _, l := range b {
			if slices.Contains(d, l.slot) && !l.set.has(1) {
				n++
			}
		}
		if n > 0 && n == len(d) {
			return true
		}
	}
	return false
}

// divide finds, for the formulas of one rule, into which kinds they divide the municipalities of a question that may have several, and
// the slots of those kinds. Within a rule the kinds do not overlap, so that their slots do not depend on each other.
func (m *model) divideFor(fs []*formula) {
	sets := map[*question][]map[string]bool{}
	seen := map[*formula]bool{}
	var visit func(f *formula)
	visit = func(f *formula) {
		if seen[f] {
			return
		}
		seen[f] = true
		if f.op == fTest {
			if s := m.slots[f.slot]; s.several() {
				sets[s.q] = append(sets[s.q], f.test.codes)
			}
		}
		for _, a := range f.args {
			visit(a)
		}
	}
	for _, f := range fs {
		visit(f)
	}
	m.divisions = map[*question][]int{}
	for q, codes := range sets {
		among := map[string][]int{}
		var order []string
		for i, k := range m.kinds[q] {
			key := make([]byte, len(codes))
			for j, c := range codes {
				if c[k.any()] {
					key[j] = 1
				}
			}
			if among[string(key)] == nil {
				order = append(order, string(key))
			}
			among[string(key)] = append(among[string(key)], i)
		}
		for _, key := range order {
			m.divisions[q] = append(m.divisions[q], m.placeSlot(q, among[key]))
		}
	}
}

// placeSlot is whether one of several municipalities is of some kinds.
func (m *model) placeSlot(q *question, kinds []int) int {
	before := len(m.slots)
	i := m.slotFor(fmt.Sprint("place ", q.def.ID, kinds), func() *slot {
		return &slot{kind: slotKindOfPlace, q: q, among: kinds, inputs: []int{q.index}}
	})
	if len(m.slots) > before {
		m.slots[i].finish(0)
		m.addBase(m.slots[i])
	}
	return i
}

// someOfKinds writes out that one of several municipalities is among some codes: it is of one of the kinds they make up, of the rule at
// hand, or else of a slot of its own.
func (m *model) someOfKinds(f *formula) *formula {
	q := m.slots[f.slot].q
	in := func(kind int) bool { return f.test.codes[m.kinds[q][kind].any()] }
	division := m.divisions[q]
	if division == nil {
		var kinds []int
		for i := range m.kinds[q] {
			if in(i) {
				kinds = append(kinds, i)
			}
		}
		division = []int{m.placeSlot(q, kinds)}
	}
	var any []*formula
	for _, slot := range division {
		if k := m.slots[slot].among; len(k) > 0 && in(k[0]) {
			any = append(any, &formula{op: fTest, slot: slot, test: test{cells: []int{1}}})
		}
	}
	return forAny(any...)
}

// cellsOf returns the cells of a slot in which a test holds.
func (m *model) cellsOf(s *slot, t test) cellset {
	if s.kind == slotKinds {
		t.cells = nil
		for i, k := range m.kinds[s.q] {
			if t.codes[k.any()] {
				t.cells = append(t.cells, i)
			}
		}
	}
	return s.cellsOf(t)
}
