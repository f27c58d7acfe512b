package engine

import "slices"

// fill finds the slots of some answers.
func (d *Decider) fill(to *Slots, answers []value) {
	clear(to.groups)
	clear(to.answered)
	for q := range answers {
		v := &answers[q]
		if v.st != known {
			continue
		}
		to.answered[q>>6] |= 1 << (q & 63)
		for _, s := range d.model.ofQuestion[q] {
			if d.place[s.index].group >= 0 {
				cell := d.model.cell(s, v)
				to.add(d.place[s.index].add(cell))
				to.add(d.fullPlace[s.index].add(cell))
			}
		}
	}
	to.missing = 0
	for i, q := range d.numeric {
		to.numbers[i] = answers[q].n
		if answers[q].st != known {
			to.missing |= 1 << i
		}
	}
	for i, q := range d.other {
		to.values[i] = answers[q]
	}
	d.finish(to)
}

// finish finds out whether a case is complete: every question is answered that is asked and that a conjunct reads.
func (d *Decider) finish(to *Slots) {
	if to.full = false; !d.gated {
		return
	}
	for i, always := range d.always {
		if always&^to.answered[i] != 0 {
			return
		}
	}
	d.row = to.groups
	for i := range d.gates {
		g := &d.gates[i]
		if to.answered[g.question>>6]>>(g.question&63)&1 == 0 && d.may(g.steps, g.start) {
			return
		}
	}
	to.full = true
}

// deciderGate is the relevance of a question that is not always asked.
type deciderGate struct {
	question int
	steps    []deciderStep
	start    int32
}

// findGates makes programs of the questions' relevance. It returns false when that takes computed slots.
func (d *Decider) findGates() bool {
	d.always = make([]uint64, (len(d.model.program.questions)+63)/64)
	for i, q := range d.model.program.questions {
		if len(d.model.ofQuestion[i]) == 0 && !slices.Contains(d.numeric, int32(i)) && !slices.Contains(d.other, int32(i)) {
			continue // nothing reads it
		}
		if q.when == nil {
			d.always[i>>6] |= 1 << (i & 63)
			continue
		}
		relevant := ruleNode{op: fOr}
		yes := d.model.relevance[i].yes
		for _, b := range d.model.box[yes.from:yes.to] {
			conjunct := ruleNode{op: fAnd}
			for _, l := range b {
				if d.model.slots[l.slot].late() {
					return false
				}
				conjunct.args = append(conjunct.args, d.ruleTest(d.model.slots[l.slot], l.set, false, d.place))
			}
			relevant.args = append(relevant.args, conjunct.merged())
		}
		g := deciderGate{question: i}
		relevant = relevant.merged()
		g.start = relevant.compile(&g.steps, holds, fails)
		d.gates = append(d.gates, g)
	}
	return true
}
