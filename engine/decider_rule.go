package engine

// deciderRule is a rule that has too many conjuncts, in two forms.
type deciderRule struct {
	tree  deciderNode   // for Kleene's logic over partial answers
	steps []deciderStep // for complete ones: from one test to the next, until the rule holds or fails
	start int32
}

// deciderNode is a formula whose tests are of a group or of a computed slot.
type deciderNode struct {
	op   formulaOp
	args []deciderNode
	test deciderTest
}

// deciderTest is a test of one slot.
type deciderTest struct {
	slot  int32
	group int32 // -1 for a computed slot
	set   cellset
	yes   uint64 // the values of the group, or the cells plus one, at which the slot may pass
	no    uint64 // and at which it may not
	wide  bool   // there are too many values for that: set tells
}

type deciderStep struct {
	deciderTest
	passes    int32 // the next step, or holds, or fails
	otherwise int32
}

const (
	holds int32 = -1
	fails int32 = -2
)

func (d *Decider) newRule(f *formula) *deciderRule {
	r := &deciderRule{tree: d.expand(f, f)}
	r.start = r.compile(&r.tree, holds, fails)
	return r
}

// expand writes out tests of several places and finds the cells of all tests, once and for all. A part that is another rule with too
// many conjuncts is a test of that rule's slot.
func (d *Decider) expand(f, whole *formula) deciderNode {
	if f != whole {
		for _, s := range d.model.computed {
			if s.rule == f {
				return d.testOf(s, newSet(2, 1))
			}
		}
	}
	if f.op == fTest {
		s := d.model.slots[f.slot]
		if s.several() {
			return d.expand(d.model.someOfKinds(f), whole)
		}
		return d.testOf(s, d.model.cellsOf(s, f.test))
	}
	n := deciderNode{op: f.op}
	for _, a := range f.args {
		n.args = append(n.args, d.expand(a, whole))
	}
	return n
}

func newSet(cells, only int) cellset {
	s := newCellset(cells)
	s.add(only)
	return s
}

func (d *Decider) testOf(s *slot, set cellset) deciderNode {
	t := deciderTest{slot: int32(s.index), group: d.place[s.index].group, set: set}
	place := slotPlace{stride: 1, radix: int32(s.cells + 1)}
	size := s.cells + 1
	if t.group >= 0 {
		place = d.place[s.index]
		size = d.groups[t.group].size
	}
	if size > maxGroup {
		t.wide = true
		return deciderNode{op: fTest, test: t}
	}
	for v := range size {
		switch cell := v/int(place.stride)%int(place.radix) - 1; {
		case cell >= 0 && set.has(cell):
			t.yes |= 1 << v
		case cell >= 0:
			t.no |= 1 << v
		default: // unknown: what some answer can do
			if s.domain.meets(set) {
				t.yes |= 1 << v
			}
			if !s.domain.within(set) {
				t.no |= 1 << v
			}
		}
	}
	return deciderNode{op: fTest, test: t}
}

// compile adds the steps of a formula that go on at passes when it holds and at otherwise when it does not, and returns the first.
func (r *deciderRule) compile(n *deciderNode, passes, otherwise int32) int32 {
	switch n.op {
	case fTrue:
		return passes
	case fFalse:
		return otherwise
	case fNot:
		return r.compile(&n.args[0], otherwise, passes)
	case fAnd:
		for i := len(n.args) - 1; i >= 0; i-- {
			passes = r.compile(&n.args[i], passes, otherwise)
		}
		return passes
	case fOr:
		for i := len(n.args) - 1; i >= 0; i-- {
			otherwise = r.compile(&n.args[i], passes, otherwise)
		}
		return otherwise
	}
	r.steps = append(r.steps, deciderStep{n.test, passes, otherwise})
	return int32(len(r.steps) - 1)
}

// run decides a rule over complete answers: 1 or 0. A slot that is unknown then belongs to a question that is not asked, and the
// test of its relevance beside it makes up for whatever is taken for its value.
func (d *Decider) run(r *deciderRule) int32 {
	at := r.start
	for at >= 0 {
		s := &r.steps[at]
		if d.mayPass(&s.deciderTest) {
			at = s.passes
		} else {
			at = s.otherwise
		}
	}
	return at - fails
}

func (d *Decider) mayPass(t *deciderTest) bool {
	switch {
	case t.wide:
		c := d.cell(t)
		return c >= 0 && t.set.has(int(c))
	case t.group >= 0:
		return t.yes>>d.row[t.group]&1 != 0
	default:
		return t.yes>>uint32(d.computed(int(t.slot))+1)&1 != 0
	}
}

// cell returns a slot's cell, -1 when it is unknown.
func (d *Decider) cell(t *deciderTest) int32 {
	if t.group < 0 {
		return d.computed(int(t.slot))
	}
	return d.place[t.slot].cell(d.row)
}

// truth evaluates a rule over partial answers.
func (d *Decider) truth(n *deciderNode) tri {
	switch n.op {
	case fTrue:
		return yes
	case fFalse:
		return no
	case fNot:
		return d.truth(&n.args[0]).not()
	case fAnd:
		t := yes
		for i := range n.args {
			if t = t.and(d.truth(&n.args[i])); t == no {
				break
			}
		}
		return t
	case fOr:
		t := no
		for i := range n.args {
			if t = t.or(d.truth(&n.args[i])); t == yes {
				break
			}
		}
		return t
	}
	if t := &n.test; t.group >= 0 && !t.wide {
		v := d.row[t.group]
		return tri(t.yes>>v&1)<<1 | tri(t.no>>v&1)
	}
	return d.possible(&n.test)
}

// possible is the truth of a test of a computed slot, or of one with many cells.
func (d *Decider) possible(t *deciderTest) tri {
	if c := d.cell(t); c >= 0 {
		return triOf(t.set.has(int(c)))
	}
	s := d.model.slots[t.slot]
	for _, p := range d.work.partial {
		if p.slot != t.slot {
			continue
		}
		r := tri(0)
		for c := p.from; c <= p.to; c++ {
			r |= triOf(t.set.has(int(c)))
		}
		if p.none {
			r |= triOf(t.set.has(s.cells - 1))
		}
		return r
	}
	switch {
	case s.domain.within(t.set):
		return yes
	case !s.domain.meets(t.set):
		return no
	}
	return maybe
}
