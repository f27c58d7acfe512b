package engine

// outcomeSet is one of the sets that a conjunct can put its requirement or rule into.
type outcomeSet uint8

const (
	neededSet outcomeSet = iota
	askSet
	notSet
	impossibleSet
	refutedSet
)

// maxGroup is the most values of a group of several slots: a set of them is a word.
const maxGroup = 64

// deciderGroup is some slots of one answer each, as digits of one number. The digit of an unknown slot is 0.
type deciderGroup struct {
	slots []int
	size  int // values
}

// slotPlace is where a slot's digit is.
type slotPlace struct {
	group  int32 // -1 for computed slots and those that nothing reads
	stride int32
	radix  int32 // cells, and unknown
}

// cell returns a slot's cell, -1 when it is unknown.
func (p *slotPlace) cell(groups []uint16) int32 {
	if p.group < 0 {
		return -1
	}
	return int32(groups[p.group])/p.stride%p.radix - 1
}

// group takes the slots together that are near each other in the questionnaire: they tend to stand in the same conditions.
func (d *Decider) group() {
	for i := range d.place {
		d.place[i].group = -1
	}
	// A slot that is not decided itself can still be read by a rule with too many conjuncts.
	for _, s := range d.model.slots {
		if s.late() || s.several() {
			continue
		}
		radix := s.cells + 1
		last := len(d.groups) - 1
		if last < 0 || d.groups[last].size*radix > maxGroup {
			d.groups = append(d.groups, deciderGroup{size: 1})
			last++
		}
		g := &d.groups[last]
		d.place[s.index] = slotPlace{int32(last), int32(g.size), int32(radix)}
		g.slots = append(g.slots, s.index)
		g.size *= radix
	}
}

// late reports whether a slot is computed from several answers.
func (s *slot) late() bool { return s.kind == slotSum || s.kind == slotComputed }

// fill finds the groups of some answers.
func (d *Decider) fill(groups []uint16, answers []value) {
	clear(groups)
	for q := range answers {
		v := &answers[q]
		if v.st != known {
			continue
		}
		for _, s := range d.model.ofQuestion[q] {
			if p := &d.place[s.index]; p.group >= 0 {
				groups[p.group] += uint16((int32(d.model.cell(s, v)) + 1) * p.stride)
			}
		}
	}
}

// deciderWord is up to 64 conjuncts that are decided together.
type deciderWord struct {
	rows  []groupRow
	late  []lateRow
	all   uint64    // the bits in use
	into  []finding // what surviving conjuncts mean
	set   outcomeSet
	part  uint8 // of the set
	plane bool  // each bit stands for the requirement at its place in the part of the set; into is empty
	boxes []box // by bit, while it is filled; nil where there is none
}

// groupRow is where a word's rows for the values of a group begin in the table.
type groupRow struct {
	group uint32
	base  uint32
}

// lateRow is where a word's rows for the cells of a computed slot are: that of cell c at base+c, that of an unknown cell at base-1.
type lateRow struct {
	slot  int32
	base  int32
	touch uint64 // the conjuncts that depend on the slot
}

// finding is what the surviving conjuncts of a mask mean: a bit of a set.
type finding struct {
	mask  uint64
	set   outcomeSet
	part  uint8
	shift uint8
}

// layOut packs the conjuncts of every outcome into words and makes their rows, once for complete answers and once for others.
func (d *Decider) layOut() {
	m := d.model
	n, k := len(m.requirements), len(m.impossible)
	needed, ask, not := make([][]box, n), make([][]box, n), make([][]box, n)
	shortNeeded, shortAsk := make([][]box, n), make([][]box, n)
	for i := range m.requirements {
		r := &m.requirements[i]
		needed[i], ask[i], not[i] = m.box[r.needed.from:r.needed.to], m.box[r.ask.from:r.ask.to], m.box[r.not.from:r.not.to]
		shortNeeded[i], shortAsk[i] = d.shortened(needed[i], ask[i])
	}
	holds, refuted := make([][]box, k), make([][]box, k)
	for i := range m.impossible {
		r := &m.impossible[i]
		holds[i], refuted[i] = m.box[r.yes.from:r.yes.to], m.box[r.no.from:r.no.to]
	}
	var p packing
	p.add(neededSet, shortNeeded)
	p.add(askSet, shortAsk)
	p.add(impossibleSet, holds)
	d.complete = p.words()
	p = packing{}
	p.add(neededSet, needed)
	p.add(askSet, ask)
	p.add(notSet, not)
	p.add(impossibleSet, holds)
	p.add(refutedSet, refuted)
	d.partial = p.words()
	for _, words := range [][]deciderWord{d.complete, d.partial} {
		for i := range words {
			d.makeRows(&words[i])
		}
	}
}

// shortened returns conjuncts for a requirement that are as good over complete answers, where ask need not exclude needed because
// needed wins: that often makes conjuncts out of a rule that has too many for three outcomes.
func (d *Decider) shortened(needed, ask []box) (shortNeeded, shortAsk []box) {
	ruleOf := func(boxes []box) (s *slot) {
		if len(boxes) == 1 {
			for _, l := range boxes[0] {
				if l.set.has(1) {
					s = d.model.slots[l.slot]
				}
			}
		}
		if s == nil || s.rule == nil {
			return nil
		}
		return s
	}
	n, a := ruleOf(needed), ruleOf(ask)
	if n == nil {
		return needed, ask
	}
	shortNeeded, shortAsk = needed, ask
	if boxes, ok := d.model.normal(n.rule, false); ok && len(boxes) <= maxGroup {
		shortNeeded = boxes
	}
	if a != nil && a.rule.op == fAnd {
		var rest []*formula
		for _, f := range a.rule.args {
			if f.op != fNot || f.args[0] != n.rule {
				rest = append(rest, f)
			}
		}
		if boxes, ok := d.model.normal(fand(rest...), false); ok && len(boxes) <= maxGroup {
			shortAsk = boxes
		}
	}
	return shortNeeded, shortAsk
}

// packing puts conjuncts into words.
type packing struct {
	planes []deciderWord
	mixed  []deciderWord
}

// minPlane is how many bits make a plane worth its rows.
const minPlane = 16

// add packs the conjuncts of one outcome of all requirements. The first conjuncts of 64 requirements make a plane, so do the second
// ones while enough of them have that many; the rest is packed into words of several outcomes.
func (p *packing) add(set outcomeSet, boxes [][]box) {
	for from := 0; from < len(boxes); from += 64 {
		part := boxes[from:min(from+64, len(boxes))]
		depth := 0
		for ; ; depth++ {
			w := deciderWord{set: set, part: uint8(from / 64), plane: true, boxes: make([]box, 64)}
			bits := 0
			for i, bs := range part {
				if depth < len(bs) {
					w.boxes[i] = bs[depth]
					w.all |= 1 << i
					bits++
				}
			}
			if bits < minPlane {
				break
			}
			p.planes = append(p.planes, w)
		}
		for i, bs := range part {
			if depth < len(bs) {
				p.mix(finding{set: set, part: uint8(from / 64), shift: uint8(i)}, bs[depth:])
			}
		}
	}
}

// mix puts the conjuncts of one outcome into the first word that has room for all of them.
func (p *packing) mix(f finding, boxes []box) {
	for len(boxes) > 0 {
		n := min(len(boxes), 64)
		at := 0
		for at < len(p.mixed) && len(p.mixed[at].boxes)+n > 64 {
			at++
		}
		if at == len(p.mixed) {
			p.mixed = append(p.mixed, deciderWord{})
		}
		w := &p.mixed[at]
		f.mask = ^uint64(0) >> (64 - n) << len(w.boxes)
		w.all |= f.mask
		w.into = append(w.into, f)
		w.boxes = append(w.boxes, boxes[:n]...)
		boxes = boxes[n:]
	}
}

func (p *packing) words() []deciderWord { return append(p.planes, p.mixed...) }

// makeRows makes the rows of a word for every group and computed slot that it depends on.
func (d *Decider) makeRows(w *deciderWord) {
	read := map[int]uint64{} // the bits that depend on a slot
	for bit, b := range w.boxes {
		for _, l := range b {
			read[l.slot] |= 1 << bit
		}
	}
	// forbid takes from a row the conjuncts that a cell of a slot rules out.
	forbid := func(row *uint64, slot, cell int) {
		for bit, b := range w.boxes {
			for _, l := range b {
				if l.slot == slot && !l.set.has(cell) {
					*row &^= 1 << bit
				}
			}
		}
	}
	rows := func(n int) []uint64 {
		from := len(d.table)
		for range n {
			d.table = append(d.table, ^uint64(0))
		}
		return d.table[from:]
	}
	for g := range d.groups {
		group := &d.groups[g]
		base, any := len(d.table), false
		for _, s := range group.slots {
			any = any || read[s] != 0
		}
		if !any {
			continue
		}
		w.rows = append(w.rows, groupRow{uint32(g), uint32(base)})
		for v := range rows(group.size) {
			for _, s := range group.slots {
				if cell := v/int(d.place[s].stride)%int(d.place[s].radix) - 1; cell >= 0 && read[s] != 0 {
					forbid(&d.table[base+v], s, cell)
				}
			}
		}
	}
	for _, s := range d.model.computed {
		if read[s.index] == 0 {
			continue
		}
		base := len(d.table) + 1
		rows(s.cells + 1)
		for c := range s.cells {
			forbid(&d.table[base+c], s.index, c)
		}
		w.late = append(w.late, lateRow{int32(s.index), int32(base), read[s.index]})
	}
	w.boxes = nil
}

// decide adds to the sets what the surviving conjuncts of the words mean.
func (d *Decider) decide(words []deciderWord, sets [5][]uint64) {
	row, table := d.row, d.table
	for i := range words {
		w := &words[i]
		alive := w.all
		for _, r := range w.rows {
			alive &= table[r.base+uint32(row[r.group])]
		}
		for j := range w.late {
			if r := &w.late[j]; alive&r.touch != 0 {
				alive &= d.lateRow(r)
			}
		}
		if alive == 0 {
			continue
		}
		if w.plane {
			sets[w.set][w.part] |= alive
			continue
		}
		for j := range w.into {
			f := &w.into[j]
			// One or zero without a branch: which outcomes there are is as good as random.
			x := alive & f.mask
			sets[f.set][f.part] |= (x | -x) >> 63 << f.shift
		}
	}
}

// lateRow returns the row of a computed slot; of one that is known in part, what its possible cells allow.
func (d *Decider) lateRow(r *lateRow) uint64 {
	c := d.computed(int(r.slot))
	if c >= 0 {
		return d.table[r.base+c]
	}
	for _, p := range d.work.partial {
		if p.slot != r.slot {
			continue
		}
		allowed := uint64(0)
		for c := p.from; c <= p.to; c++ {
			allowed |= d.table[r.base+c]
		}
		if p.none {
			allowed |= d.table[int(r.base)+d.model.slots[r.slot].cells-1]
		}
		return allowed
	}
	return d.table[r.base-1]
}
