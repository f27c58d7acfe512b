package engine

import "slices"

// deciderRule is a rule that has too many conjuncts: two programs of tests, one that finds whether it may hold and one that finds
// whether it may fail. By Kleene's logic a formula may hold when it holds with every test that may pass taken as passed, and every
// negated test that may fail as failed; so each program is a chain of yes-or-no tests.
type deciderRule struct {
	yes, no         []deciderStep
	yesFrom, noFrom int32
	known           []deciderStep // yes, when the case is complete
	knownFrom       int32
}

// deciderStep is a test of one slot, and where to go on: to another step, or to holds or fails.
type deciderStep struct {
	slot      int32
	group     int32   // -1 for a computed slot
	pass      uint64  // the values of the group, or the cells plus one of a computed slot, at which the test may come out as wanted
	set       cellset // the cells wanted
	wide      bool    // there are too many values for pass
	passes    int32
	otherwise int32
}

const (
	holds int32 = -1
	fails int32 = -2
)

func (d *Decider) newRule(f *formula) *deciderRule {
	r := &deciderRule{}
	r.yesFrom = d.compileRule(&r.yes, f, false, d.place)
	r.noFrom = d.compileRule(&r.no, f, true, d.place)
	r.shorten(d, f)
	return r
}

// shorten gives the rule another formula that is as good for complete cases.
func (r *deciderRule) shorten(d *Decider, f *formula) {
	r.known = nil
	r.knownFrom = d.compileRule(&r.known, f, false, d.fullPlace)
}

// ruleNode is a formula, or its negation, without negations but in its tests.
type ruleNode struct {
	op   formulaOp
	args []ruleNode
	test deciderStep
}

func (d *Decider) compileRule(steps *[]deciderStep, f *formula, negated bool, places []slotPlace) int32 {
	n := d.ruleNode(f, f, negated, places)
	return n.compile(steps, holds, fails)
}

// ruleNode pushes negations down into the tests. A part that is another rule with too many conjuncts is a test of that rule's slot.
func (d *Decider) ruleNode(f, whole *formula, negated bool, places []slotPlace) ruleNode {
	if f != whole {
		for _, s := range d.model.computed {
			if s.rule == f {
				wanted := newCellset(2)
				wanted.add(1)
				return d.ruleTest(s, wanted, negated, places)
			}
		}
	}
	switch f.op {
	case fTrue, fFalse:
		return ruleNode{op: constantFormula((f.op == fTrue) != negated).op}
	case fNot:
		return d.ruleNode(f.args[0], whole, !negated, places)
	case fTest:
		s := d.model.slots[f.slot]
		if s.several() {
			return d.ruleNode(d.model.someOfKinds(f), whole, negated, places)
		}
		return d.ruleTest(s, d.model.cellsOf(s, f.test), negated, places)
	}
	n := ruleNode{op: fOr}
	if (f.op == fAnd) != negated {
		n.op = fAnd
	}
	for _, a := range f.args {
		arg := d.ruleNode(a, whole, negated, places)
		if arg.op == n.op {
			n.args = append(n.args, arg.args...)
		} else {
			n.args = append(n.args, arg)
		}
	}
	return n.merged()
}

// merged makes one test of the tests of one group, and puts the tests of computed slots last, which cost most.
func (n ruleNode) merged() ruleNode {
	var first, last []ruleNode
	for _, a := range n.args {
		switch {
		case a.op != fTest:
			first = append(first, a)
			continue
		case a.test.group < 0 || a.test.wide:
			last = append(last, a)
			continue
		}
		same := slices.IndexFunc(first, func(b ruleNode) bool { return b.op == fTest && b.test.group == a.test.group })
		switch {
		case same < 0:
			first = append(first, a)
		case n.op == fAnd:
			first[same].test.pass &= a.test.pass
		default:
			first[same].test.pass |= a.test.pass
		}
	}
	n.args = append(first, last...)
	if len(n.args) == 1 {
		return n.args[0]
	}
	return n
}

func (d *Decider) ruleTest(s *slot, wanted cellset, negated bool, places []slotPlace) ruleNode {
	if negated {
		wanted = fullCellset(s.cells).without(wanted)
	}
	p := places[s.index]
	step := deciderStep{slot: int32(s.index), group: p.group, set: wanted}
	size := s.cells + 1
	if p.group >= 0 {
		size = d.groups[p.group].size
	} else {
		p = slotPlace{stride: 1, radix: int32(size), shift: 1}
	}
	if size > maxGroup {
		step.wide = true
	} else {
		for v := range size {
			cell := p.cellAt(v)
			if cell >= 0 && wanted.has(cell) || cell < 0 && s.domain.meets(wanted) {
				step.pass |= 1 << v
			}
		}
	}
	return ruleNode{op: fTest, test: step}
}

// compile adds steps that go on at passes when the formula may hold and at otherwise when it cannot, and returns the first.
func (n *ruleNode) compile(steps *[]deciderStep, passes, otherwise int32) int32 {
	switch n.op {
	case fTrue:
		return passes
	case fFalse:
		return otherwise
	case fAnd:
		for i := len(n.args) - 1; i >= 0; i-- {
			passes = n.args[i].compile(steps, passes, otherwise)
		}
		return passes
	case fOr:
		for i := len(n.args) - 1; i >= 0; i-- {
			otherwise = n.args[i].compile(steps, passes, otherwise)
		}
		return otherwise
	}
	step := n.test
	step.passes, step.otherwise = passes, otherwise
	*steps = append(*steps, step)
	return int32(len(*steps) - 1)
}

// may runs a program.
func (d *Decider) may(steps []deciderStep, at int32) bool {
	for at >= 0 {
		s := &steps[at]
		var passed bool
		if s.group >= 0 && !s.wide {
			passed = s.pass>>d.row[s.group]&1 != 0
		} else {
			passed = d.mayPass(s)
		}
		if passed {
			at = s.passes
		} else {
			at = s.otherwise
		}
	}
	return at == holds
}

// mayPass is a test of a computed slot, or of one with many cells.
func (d *Decider) mayPass(s *deciderStep) bool {
	var c int32
	if s.group < 0 {
		c = d.computed(int(s.slot))
	} else {
		p := &d.groups[s.group].places[s.slot]
		c = int32(p.cellAt(int(d.row[s.group])))
	}
	if c >= 0 {
		return s.set.has(int(c))
	}
	for _, p := range d.work.partial {
		if p.slot != s.slot {
			continue
		}
		for c := p.from; c <= p.to; c++ {
			if s.set.has(int(c)) {
				return true
			}
		}
		return p.none && s.set.has(d.model.slots[s.slot].cells-1)
	}
	return d.model.slots[s.slot].domain.meets(s.set)
}

// rule decides a rule: 1, 0, or -1 when it may both hold and fail.
func (d *Decider) rule(r *deciderRule) int32 {
	switch {
	case d.known:
		if d.may(r.known, r.knownFrom) {
			return 1
		}
		return 0
	case !d.may(r.yes, r.yesFrom):
		return 0
	case !d.may(r.no, r.noFrom):
		return 1
	default:
		return -1
	}
}
