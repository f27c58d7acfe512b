package engine

import (
	"slices"

	"luvat/definitions"
)

// Decider decides the requirements of one program for one day, over and over, without saying why and without allocating. It is for
// those who decide many cases: a benchmark, a simulation, a batch. It is not safe for concurrent use.
//
// It lays the model's conjuncts out anew, for reading only what a case needs: neighbouring slots are taken together into groups, a
// word of 64 conjuncts is the AND of one row for each group that it depends on, and what must be computed from several answers is
// computed only while a conjunct that asks for it survives.
type Decider struct {
	model    *model
	groups   []deciderGroup
	place    []slotPlace // by slot
	table    []uint64
	complete []deciderWord  // of needed, ask and of impossible rules, for complete answers
	partial  []deciderWord  // of every outcome
	rules    []*deciderRule // by slot, for rules with too many conjuncts
	early    bool           // computed slots read others as they stand in work.cells
	numbers  []int32        // the questions whose answers computed slots read: those that are numbers
	values   []int32        // and the others

	work    *work
	row     []uint16 // the groups of the case
	fresh   []uint32 // by slot: the decision for which its computed cell was found
	now     uint32
	known   bool // the case is complete: rules need not reckon with unknown cells
	read    []value
	buffer  []uint16 // for DecideJSON
	answers *Answers
	not     []uint64
	refuted []uint64
}

// Slots are the answers of one case as a decider reads them.
type Slots struct {
	groups  []uint16
	numbers []float64 // the answers to Decider.numbers; one that is not given is missing
	missing uint64    // a bit for each of numbers
	values  []value   // the answers to Decider.values
}

// Outcome is what Decide finds: sets of requirements and of impossible rules, a bit for each in authored order.
type Outcome struct {
	Needed     []uint64
	Ask        []uint64
	Open       []uint64
	Impossible []uint64
}

// NewDecider returns a decider for the parameters in force on a day.
func (p *Program) NewDecider(on definitions.Date) *Decider {
	m := p.model(on)
	d := &Decider{model: m, work: m.newWork(), answers: p.NewAnswers(), read: make([]value, len(p.questions)),
		fresh: make([]uint32, len(m.slots)), rules: make([]*deciderRule, len(m.slots)), place: make([]slotPlace, len(m.slots))}
	for _, s := range m.computed {
		if s.rule != nil {
			continue
		}
		for _, q := range s.inputs {
			list := &d.values
			if p.questions[q].kind.numeric() && len(d.numbers) < 64 {
				list = &d.numbers
			}
			if !slices.Contains(*list, int32(q)) {
				*list = append(*list, int32(q))
			}
		}
		s.tree.walk(func(n *node) { d.early = d.early || n.op == opFormula })
	}
	d.group()
	for _, s := range m.computed {
		if s.rule != nil {
			d.rules[s.index] = d.newRule(s.rule)
		}
	}
	p.mu.Lock() // finding conjuncts leaves traces in the model
	m.normals, m.effort, m.total = map[normalKey]normalForm{}, 0, 0
	d.layOut()
	m.normals = nil
	p.mu.Unlock()
	d.buffer = make([]uint16, len(d.groups))
	out := d.NewOutcome()
	d.not, d.refuted = out.Open, out.Impossible
	return d
}

// NewOutcome returns an outcome with room for the decider's requirements and rules.
func (d *Decider) NewOutcome() *Outcome {
	set := func(n int) []uint64 { return make([]uint64, (n+63)/64) }
	n := len(d.model.requirements)
	return &Outcome{Needed: set(n), Ask: set(n), Open: set(n), Impossible: set(len(d.model.impossible))}
}

// Slots finds the slots of some answers.
func (d *Decider) Slots(a *Answers) *Slots {
	s := &Slots{groups: make([]uint16, len(d.groups)), numbers: make([]float64, len(d.numbers))}
	d.fill(s.groups, a.values)
	for i, q := range d.numbers {
		if v := &a.values[q]; v.st == known {
			s.numbers[i] = v.n
		} else {
			s.missing |= 1 << i
		}
	}
	for _, q := range d.values {
		s.values = append(s.values, a.values[q])
	}
	return s
}

// Decide decides over some or all answers.
func (d *Decider) Decide(s *Slots, out *Outcome) {
	d.put(s)
	d.known = false
	d.partly(out)
}

// DecideComplete decides over answers of which none is missing that could matter; Open stays empty.
func (d *Decider) DecideComplete(s *Slots, out *Outcome) {
	d.put(s)
	d.known = true
	d.wholly(out)
}

// DecideJSON reads answers as Program.ParseAnswers does and decides over them, all of which are there that could matter. It allocates
// only for what an answer itself needs.
func (d *Decider) DecideJSON(data []byte, out *Outcome) error {
	clear(d.answers.values)
	clear(d.answers.passed)
	answers := d.answers
	if !answers.scan(data) {
		var err error
		if answers, err = answers.program.ParseAnswers(data); err != nil {
			return err
		}
	}
	d.fill(d.buffer, answers.values)
	d.begin(d.buffer, answers.values)
	d.known = true
	d.wholly(out)
	return nil
}

func (d *Decider) put(s *Slots) {
	for i, q := range d.numbers {
		v := &d.read[q]
		v.n, v.st = s.numbers[i], known
		if s.missing>>i&1 != 0 {
			v.n, v.st = 0, unknown
		}
	}
	for i, q := range d.values {
		d.read[q] = s.values[i]
	}
	d.begin(s.groups, d.read)
}

func (d *Decider) begin(groups []uint16, answers []value) {
	d.row = groups
	d.work.frame.answers = answers
	d.work.partial = d.work.partial[:0]
	d.now++
	if d.now == 0 { // after four thousand million decisions the marks of old ones must not be taken for new
		clear(d.fresh)
		d.now = 1
	}
	if d.early {
		for i := range d.place {
			d.work.cells[i] = d.place[i].cell(groups)
		}
		for _, s := range d.model.computed {
			d.computed(s.index)
		}
	}
}

// computed returns the cell of a computed slot, found once in a decision.
func (d *Decider) computed(slot int) int32 {
	if d.fresh[slot] == d.now {
		return d.work.cells[slot]
	}
	d.fresh[slot] = d.now
	c := int32(-1)
	switch r := d.rules[slot]; {
	case r == nil:
		c = d.work.computedCell(d.model.slots[slot])
	case d.known:
		c = d.run(r)
	default:
		switch d.truth(&r.tree) {
		case yes:
			c = 1
		case no:
			c = 0
		}
	}
	d.work.cells[slot] = c
	return c
}

func (d *Decider) wholly(out *Outcome) {
	clear(out.Needed)
	clear(out.Ask)
	clear(out.Open)
	clear(out.Impossible)
	d.decide(d.complete, [...][]uint64{out.Needed, out.Ask, nil, out.Impossible, nil})
	for i := range out.Ask {
		out.Ask[i] &^= out.Needed[i]
	}
}

func (d *Decider) partly(out *Outcome) {
	clear(out.Needed)
	clear(out.Ask)
	clear(out.Impossible)
	clear(d.not)
	clear(d.refuted)
	d.decide(d.partial, [...][]uint64{out.Needed, out.Ask, d.not, out.Impossible, d.refuted})
	for i := range out.Needed {
		needed, ask, not := out.Needed[i], out.Ask[i], d.not[i]
		out.Needed[i] = needed &^ ask &^ not
		out.Ask[i] = ask &^ needed &^ not
		out.Open[i] = needed&ask | needed&not | ask&not
	}
	for i := range out.Impossible {
		out.Impossible[i] &^= d.refuted[i]
	}
}
