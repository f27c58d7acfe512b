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
	model     *model
	groups    []deciderGroup
	place     []slotPlace // by slot, where it can be unknown
	fullPlace []slotPlace // by slot, for complete cases
	always    []uint64    // the questions that are always asked and read, a bit for each
	gates     []deciderGate
	gated     bool // the gates are all there: it can be told whether a case is complete
	table     [][blockWords]uint64
	complete  []deciderBlock // of needed, ask and of impossible rules, for complete answers
	partial   []deciderBlock // of every outcome
	rules     []*deciderRule // by slot, for rules with too many conjuncts
	early     bool           // computed slots read others as they stand in work.cells
	numeric   []int32        // the questions whose answers computed slots read: those that are numbers
	other     []int32        // and the others

	quick []quick // by slot, for computed slots

	// What follows is the state of one decision.
	work    *work
	row     []uint16  // the groups of the case
	numbers []float64 // its answers to numeric
	missing uint64    // a bit for each of numbers that is not answered
	slots   *Slots    // where the answers are that are not yet in read
	read    []value   // the answers that computed slots read, when they are read at all
	fresh   []uint32  // by slot: the decision for which its computed cell was found
	now     uint32
	known   bool  // the case is complete: rules need not reckon with unknown cells
	buffer  Slots // for DecideJSON
	reader  *slotReader
	not     []uint64
	refuted []uint64
	allowed [blockWords]uint64
}

// Slots are the answers of one case as a decider reads them.
type Slots struct {
	groups   []uint16
	answered []uint64  // the questions, a bit for each
	full     bool      // every question is answered that is asked and read
	numbers  []float64 // the answers to Decider.numeric
	missing  uint64    // a bit for each of numbers that is not answered
	values   []value   // the answers to Decider.other
}

// Outcome is what Decide finds: sets of requirements and of impossible rules, a bit for each in authored order.
type Outcome struct {
	Needed     []uint64
	Ask        []uint64
	Open       []uint64
	Impossible []uint64
}

// NewDecider returns a decider for the parameters in force on a day. The first one for a time between changes of parameters takes
// some milliseconds to lay out its tables, which later ones share.
func (p *Program) NewDecider(on definitions.Date) *Decider {
	m := p.model(on)
	d := m.decider.Load()
	if d == nil {
		d = p.newDecider(m)
		m.decider.Store(d)
	}
	other := *d
	other.renew()
	return &other
}

// renew gives the decider a state of its own.
func (d *Decider) renew() {
	d.work = d.model.newWork()
	d.read = make([]value, len(d.model.program.questions))
	d.fresh = make([]uint32, len(d.model.slots))
	d.buffer = *d.newSlots()
	out := d.NewOutcome()
	d.not, d.refuted = out.Open, out.Impossible
}

func (p *Program) newDecider(m *model) *Decider {
	d := &Decider{model: m, work: m.newWork(), read: make([]value, len(p.questions)),
		fresh: make([]uint32, len(m.slots)), rules: make([]*deciderRule, len(m.slots)), quick: make([]quick, len(m.slots))}
	for _, s := range m.computed {
		if s.rule != nil {
			continue
		}
		for _, q := range s.inputs {
			list := &d.other
			if p.questions[q].kind.numeric() && len(d.numeric) < 64 {
				list = &d.numeric
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
		} else {
			d.quick[s.index] = d.newQuick(s)
		}
	}
	p.mu.Lock() // finding conjuncts leaves traces in the model
	m.normals, m.effort, m.total = map[normalKey]normalForm{}, 0, 0
	d.gated = d.findGates()
	d.layOut()
	m.normals = nil
	p.mu.Unlock()
	d.reader = d.newReader()
	return d
}

// NewOutcome returns an outcome with room for the decider's requirements and rules.
func (d *Decider) NewOutcome() *Outcome {
	set := func(n int) []uint64 { return make([]uint64, (n+63)/64) }
	n := len(d.model.requirements)
	return &Outcome{Needed: set(n), Ask: set(n), Open: set(n), Impossible: set(len(d.model.impossible))}
}

func (d *Decider) newSlots() *Slots {
	return &Slots{groups: make([]uint16, len(d.groups)), answered: make([]uint64, len(d.always)),
		numbers: make([]float64, len(d.numeric)), values: make([]value, len(d.other))}
}

// Slots finds the slots of some answers.
func (d *Decider) Slots(a *Answers) *Slots {
	s := d.newSlots()
	d.fill(s, a.values)
	return s
}

// Decide decides over some or all answers.
func (d *Decider) Decide(s *Slots, out *Outcome) {
	d.put(s)
	if d.known = s.full; d.known {
		d.wholly(out)
	} else {
		d.partly(out)
	}
}

// DecideJSON reads answers as Program.ParseAnswers does and decides over them. What is written plainly, as Answers.JSON writes it, is
// read without allocating. The error is an *AnswerErrors.
func (d *Decider) DecideJSON(data []byte, out *Outcome) error {
	if d.reader.read(data, &d.buffer) {
		d.finish(&d.buffer)
	} else {
		answers, err := d.model.program.ParseAnswers(data)
		if err != nil {
			return err
		}
		d.fill(&d.buffer, answers.values)
	}
	d.Decide(&d.buffer, out)
	return nil
}

func (d *Decider) put(s *Slots) {
	d.slots, d.row, d.numbers, d.missing = s, s.groups, s.numbers, s.missing
	d.work.partial = d.work.partial[:0]
	d.now++
	if d.now == 0 { // after four thousand million decisions the marks of old ones must not be taken for new
		clear(d.fresh)
		d.now = 1
	}
	if d.early {
		for i := range d.place {
			if p := &d.place[i]; p.group >= 0 {
				d.work.cells[i] = int32(p.cellAt(int(d.row[p.group])))
			}
		}
		for _, s := range d.model.computed {
			d.computed(s.index)
		}
	}
}

// spread puts the answers where closures read them.
func (d *Decider) spread() {
	s := d.slots
	if s == nil {
		return
	}
	d.slots = nil
	for i, q := range d.numeric {
		v := &d.read[q]
		v.n, v.st = s.numbers[i], known
		if s.missing>>i&1 != 0 {
			v.n, v.st = 0, unknown
		}
	}
	for i, q := range d.other {
		d.read[q] = s.values[i]
	}
	d.work.frame.answers = d.read
}

// computed returns the cell of a computed slot, found once in a decision.
func (d *Decider) computed(slot int) int32 {
	if d.fresh[slot] == d.now {
		return d.work.cells[slot]
	}
	d.fresh[slot] = d.now
	var c int32
	if r := d.rules[slot]; r != nil {
		c = d.rule(r)
	} else {
		c = d.quickCell(&d.quick[slot])
	}
	d.work.cells[slot] = c
	return c
}

func (d *Decider) wholly(out *Outcome) {
	clear(out.Needed)
	clear(out.Ask)
	clear(out.Open)
	clear(out.Impossible)
	d.decide(d.complete, &[...][]uint64{out.Needed, out.Ask, nil, out.Impossible, nil})
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
	d.decide(d.partial, &[...][]uint64{out.Needed, out.Ask, d.not, out.Impossible, d.refuted})
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
