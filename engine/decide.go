package engine

import "math/bits"

// work is the state of one decision, reused.
type work struct {
	m       *model
	cells   []int32 // by slot; -1 is unknown
	alive   []uint64
	partial []partial
	frame   frame
}

// partial is what is known of a computed number whose inputs are not all known.
type partial struct {
	slot     int32
	from, to int32 // cells
	none     bool
}

func (m *model) newWork() *work {
	w := &work{m: m, cells: make([]int32, len(m.slots)), alive: make([]uint64, m.words)}
	w.frame = frame{program: m.program, work: w}
	return w
}

// start takes a work from the pool for some answers and decides everything about them. The caller gives it back with done.
func (m *model) start(answers []value) *work {
	w := m.work.Get().(*work)
	w.set(answers)
	w.decide(m.words)
	return w
}

func (w *work) done() {
	w.frame.answers = nil
	w.m.work.Put(w)
}

// set finds the cells of the answers.
func (w *work) set(answers []value) {
	w.frame.answers = answers
	w.partial = w.partial[:0]
	for i := range w.cells {
		w.cells[i] = -1
	}
	for q := range answers {
		w.setQuestion(q)
	}
	w.compute()
}

func (w *work) setQuestion(q int) {
	v := &w.frame.answers[q]
	for _, s := range w.m.ofQuestion[q] {
		i := s.index
		if v.st == known {
			w.cells[i] = int32(w.m.cell(s, v))
		} else {
			w.cells[i] = -1
		}
	}
}

// compute finds the cells of computed slots, in the order in which they depend on each other.
func (w *work) compute() {
	w.partial = w.partial[:0]
	for _, s := range w.m.computed {
		w.cells[s.index] = w.computedCell(s)
	}
}

func (w *work) computedCell(s *slot) int32 {
	if s.kind == slotComputed {
		switch s.truth(&w.frame) {
		case yes:
			return 1
		case no:
			return 0
		}
		return -1
	}
	x := s.number(&w.frame)
	noneCell := int32(s.cells - 1)
	if !x.number {
		return noneCell
	}
	from, to := int32(s.numberCell(x.lo)), int32(s.numberCell(x.hi))
	if from == to && !x.none {
		return from
	}
	if from > 0 || to < noneCell-1 || !x.none {
		w.partial = append(w.partial, partial{slot: int32(s.index), from: from, to: to, none: x.none})
	}
	return -1
}

// decide ANDs the rows of all answered slots, the first words of them.
func (w *work) decide(words int) {
	m, alive := w.m, w.alive[:words]
	copy(alive, m.all)
	for _, s := range m.decided {
		c := w.cells[s.index]
		if c < 0 {
			continue
		}
		row := m.table[s.offset+int(c)*m.words:]
		row = row[:len(alive)]
		for i := range alive {
			alive[i] &= row[i]
		}
	}
	for _, p := range w.partial {
		w.narrow(alive, p)
	}
}

// narrow keeps the conjuncts that some possible cell of a partly known slot allows.
func (w *work) narrow(alive []uint64, p partial) {
	s := w.m.slots[p.slot]
	for i := range alive {
		any := uint64(0)
		for c := p.from; c <= p.to; c++ {
			any |= w.m.table[s.offset+int(c)*w.m.words+i]
		}
		if p.none {
			any |= w.m.table[s.offset+(s.cells-1)*w.m.words+i]
		}
		alive[i] &= any
	}
}

func (w *work) any(s bitSpan) bool { return anyBit(w.alive, s) }

func anyBit(alive []uint64, s bitSpan) bool {
	if s.from == s.to {
		return false
	}
	first, last := s.from>>6, (s.to-1)>>6
	low, high := ^uint64(0)<<(s.from&63), ^uint64(0)>>(63-(s.to-1)&63)
	if first == last {
		return alive[first]&low&high != 0
	}
	if alive[first]&low != 0 || alive[last]&high != 0 {
		return true
	}
	for i := first + 1; i < last; i++ {
		if alive[i] != 0 {
			return true
		}
	}
	return false
}

func (w *work) bit(b int32) bool { return w.alive[b>>6]>>(b&63)&1 != 0 }

// each calls f for the surviving conjuncts of a span, until it returns false.
func (w *work) each(s bitSpan, f func(bit int) bool) {
	for b := s.from; b < s.to; b++ {
		if w.alive[b>>6]>>(b&63) == 0 {
			b |= 63
			continue
		}
		b += bits.TrailingZeros64(w.alive[b>>6] >> (b & 63))
		if b >= s.to || !f(b) {
			return
		}
	}
}

// truthOf is what is known of a condition.
func (w *work) truthOf(r *ruleBits) tri {
	t := tri(0)
	if w.any(r.yes) {
		t |= yes
	}
	if w.any(r.no) {
		t |= no
	}
	return t
}

// status is what is known of a requirement.
func (w *work) status(r *requirementBits) Status {
	needed, ask, not := w.any(r.needed), w.any(r.ask), w.any(r.not)
	switch {
	case needed && !ask && !not:
		return Needed
	case ask && !needed && !not:
		return Ask
	case !needed && !ask:
		return NotNeeded
	}
	return Open
}

// matter marks the questions whose answer can still change an outcome.
func (w *work) matter(pairs []pair, mark []bool) {
	for i := range pairs {
		p := &pairs[i]
		if w.bit(p.a) && w.bit(p.b) {
			for _, q := range p.questions {
				mark[q] = true
			}
		}
	}
}

// truth evaluates a formula over the cells as they are known, by Kleene's logic.
func (w *work) truth(f *formula) tri {
	switch f.op {
	case fTrue:
		return yes
	case fFalse:
		return no
	case fNot:
		return w.truth(f.args[0]).not()
	case fAnd:
		t := yes
		for _, a := range f.args {
			if t = t.and(w.truth(a)); t == no {
				break
			}
		}
		return t
	case fOr:
		t := no
		for _, a := range f.args {
			if t = t.or(w.truth(a)); t == yes {
				break
			}
		}
		return t
	}
	s := w.m.slots[f.slot]
	if s.several() {
		return w.truth(w.m.someOfKinds(f))
	}
	set := w.m.cellsOf(s, f.test)
	if c := w.cells[f.slot]; c >= 0 {
		return triOf(set.has(int(c)))
	}
	possible := s.domain
	for _, p := range w.partial {
		if int(p.slot) == f.slot {
			possible = newCellset(s.cells)
			for c := p.from; c <= p.to; c++ {
				possible.add(int(c))
			}
			if p.none {
				possible.add(s.cells - 1)
			}
		}
	}
	switch {
	case possible.within(set):
		return yes
	case !possible.meets(set):
		return no
	}
	return maybe
}
