package engine

import (
	"math/bits"
	"slices"
)

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

// deciderGroup is some slots of one answer each, as digits of one number.
type deciderGroup struct {
	slots  []int
	places []slotPlace // of all slots: those for partial cases or those for complete ones
	size   int         // values
}

// slotPlace is where a slot's digit is. The digit is the cell plus shift; where shift is 1, the digit 0 is that of an unknown cell.
type slotPlace struct {
	group  int32 // -1 for computed slots
	stride int32
	radix  int32
	shift  int32
}

// cellAt returns the cell that a value of the group holds, -1 when it is unknown.
func (p *slotPlace) cellAt(value int) int { return value/int(p.stride)%int(p.radix) - int(p.shift) }

// add is what a known cell adds to the group.
func (p *slotPlace) add(cell int) digit {
	return digit{p.group, uint16((int32(cell) + p.shift) * p.stride)}
}

// group takes the slots together that are near each other in the questionnaire: they tend to stand in the same conditions. Every slot
// has two places: one among groups in which it can be unknown, and one among groups for complete cases, in which only the slots of
// questions that are not always asked can.
func (d *Decider) group() {
	d.place, d.fullPlace = make([]slotPlace, len(d.model.slots)), make([]slotPlace, len(d.model.slots))
	for _, places := range [][]slotPlace{d.place, d.fullPlace} {
		last := -1
		for _, s := range d.model.slots {
			if s.late() || s.several() {
				places[s.index].group = -1
				continue
			}
			p := slotPlace{stride: 1, radix: int32(s.cells) + 1, shift: 1}
			if &places[0] == &d.fullPlace[0] && s.q.when == nil {
				p.radix, p.shift = int32(s.cells), 0
			}
			if last < 0 || d.groups[last].size*int(p.radix) > maxGroup {
				last = len(d.groups)
				d.groups = append(d.groups, deciderGroup{size: 1, places: places})
			}
			g := &d.groups[last]
			p.group, p.stride = int32(last), int32(g.size)
			places[s.index] = p
			g.slots = append(g.slots, s.index)
			g.size *= int(p.radix)
		}
	}
}

// late reports whether a slot is computed from several answers.
func (s *slot) late() bool { return s.kind == slotSum || s.kind == slotComputed }

// blockWords is how many words are decided side by side: as many as there are registers for.
const blockWords = 4

// deciderBlock is conjuncts that are decided together.
type deciderBlock struct {
	rows  []groupRow
	late  []lateRow
	words [blockWords]deciderWord
}

// deciderWord is up to 64 conjuncts.
type deciderWord struct {
	all   uint64 // the bits in use
	plane uint64 // the bits that stand for the requirement at their place in a part of a set
	set   outcomeSet
	part  uint8
	into  []finding // what the other bits mean
	boxes [64]box   // by bit, while the word is filled
}

// groupRow is where a block's rows for the values of a group begin in the table.
type groupRow struct {
	group uint32
	base  uint32
}

// lateRow is where a block's rows for the cells of a computed slot are: that of cell c is the (c+1)-th after base, that of an unknown
// cell is at base.
type lateRow struct {
	slot  int32
	base  uint32
	touch [blockWords]uint64 // the conjuncts that depend on the slot
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
	impossible, refuted := make([][]box, k), make([][]box, k)
	for i := range m.impossible {
		r := &m.impossible[i]
		impossible[i], refuted[i] = m.box[r.yes.from:r.yes.to], m.box[r.no.from:r.no.to]
	}
	var p packing
	p.add(neededSet, shortNeeded)
	p.add(askSet, shortAsk)
	p.add(impossibleSet, impossible)
	d.complete = d.blocks(&p, true)
	p = packing{}
	p.add(neededSet, needed)
	p.add(askSet, ask)
	p.add(notSet, not)
	p.add(impossibleSet, impossible)
	p.add(refutedSet, refuted)
	d.partial = d.blocks(&p, false)
}

// shortened returns conjuncts for a requirement that are as good over complete answers, where ask need not exclude needed because
// needed wins: that often makes conjuncts out of a rule that has too many for three outcomes.
func (d *Decider) shortened(needed, ask []box) (shortNeeded, shortAsk []box) {
	ruleOf := func(boxes []box) (rule *formula) {
		if len(boxes) != 1 {
			return nil
		}
		for _, l := range boxes[0] {
			if l.set.has(1) {
				rule = d.model.slots[l.slot].rule
			}
		}
		return rule
	}
	n, a := ruleOf(needed), ruleOf(ask)
	if n == nil {
		return needed, ask
	}
	shortNeeded, shortAsk = needed, ask
	if boxes, ok := d.model.normal(n, false); ok && len(boxes) <= 64 {
		shortNeeded = boxes
	}
	if a != nil && a.op == fAnd {
		var rest []*formula
		for _, f := range a.args {
			if f.op != fNot || f.args[0] != n {
				rest = append(rest, f)
			}
		}
		short := fand(rest...)
		if boxes, ok := d.model.normal(short, false); ok && len(boxes) <= 64 {
			shortAsk = boxes
		} else {
			// The rule stays, but need not look at what makes the requirement needed.
			for _, s := range d.model.computed {
				if s.rule == a {
					wanted := newCellset(2)
					wanted.add(1)
					shortAsk = []box{{{s.index, wanted}}}
					d.rules[s.index].shorten(d, short)
				}
			}
		}
	}
	return shortNeeded, shortAsk
}

// packing puts conjuncts into words: first planes, then whatever is left into whatever bits are free.
type packing struct {
	words []deciderWord
	rest  []remainder
}

// remainder is conjuncts of one outcome that are on no plane.
type remainder struct {
	finding
	boxes []box
}

// minPlane is how many bits make a plane worth while.
const minPlane = 16

// add takes the conjuncts of one outcome of all requirements. The first conjuncts of 64 requirements make a plane, whose bits need not
// be looked at one by one; so do the second ones while enough requirements have that many.
func (p *packing) add(set outcomeSet, boxes [][]box) {
	for from := 0; from < len(boxes); from += 64 {
		part := boxes[from:min(from+64, len(boxes))]
		depth := 0
		for ; ; depth++ {
			w := deciderWord{set: set, part: uint8(from / 64)}
			bits := 0
			for i, bs := range part {
				if depth < len(bs) {
					w.boxes[i] = bs[depth]
					w.plane |= 1 << i
					bits++
				}
			}
			if bits < minPlane {
				break
			}
			w.all = w.plane
			p.words = append(p.words, w)
		}
		for i, bs := range part {
			if depth < len(bs) {
				p.rest = append(p.rest, remainder{finding{set: set, part: uint8(from / 64), shift: uint8(i)}, bs[depth:]})
			}
		}
	}
}

// fill puts the remainders into the free bits, each into one word when it has room.
func (p *packing) fill() {
	for _, r := range p.rest {
		for len(r.boxes) > 0 {
			n := min(len(r.boxes), 64)
			at := 0
			for at < len(p.words) && free(p.words[at].all) < n {
				at++
			}
			if at == len(p.words) {
				p.words = append(p.words, deciderWord{})
			}
			w := &p.words[at]
			f := r.finding
			for bit := 0; n > 0; bit++ {
				if w.all>>bit&1 == 0 {
					w.boxes[bit] = r.boxes[0]
					w.all |= 1 << bit
					f.mask |= 1 << bit
					r.boxes = r.boxes[1:]
					n--
				}
			}
			w.into = append(w.into, f)
		}
	}
}

func free(used uint64) int { return 64 - bits.OnesCount64(used) }

// blocks makes blocks of the packed words, with a row for every value of the groups and computed slots that they depend on.
func (d *Decider) blocks(p *packing, full bool) []deciderBlock {
	p.fill()
	out := make([]deciderBlock, (len(p.words)+blockWords-1)/blockWords)
	for i := range p.words {
		out[i/blockWords].words[i%blockWords] = p.words[i]
	}
	for i := range out {
		d.makeRows(&out[i], full)
		for j := range out[i].words {
			out[i].words[j].boxes = [64]box{}
		}
	}
	return out
}

func (d *Decider) makeRows(b *deciderBlock, full bool) {
	read := map[int]*[blockWords]uint64{} // by slot: the bits that depend on it
	each := func(slot int, do func(word, bit int, l literal)) {
		for word := range b.words {
			for bit, box := range b.words[word].boxes {
				for _, l := range box {
					if l.slot == slot {
						do(word, bit, l)
					}
				}
			}
		}
	}
	for s := range d.model.slots {
		each(s, func(word, bit int, _ literal) {
			if read[s] == nil {
				read[s] = &[blockWords]uint64{}
			}
			read[s][word] |= 1 << bit
		})
	}
	rows := func(n int) (base int) {
		base = len(d.table)
		for range n {
			d.table = append(d.table, [blockWords]uint64{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)})
		}
		return base
	}
	// forbid takes the conjuncts out of a row that a cell of a slot rules out.
	forbid := func(row, slot, cell int) {
		each(slot, func(word, bit int, l literal) {
			if !l.set.has(cell) {
				d.table[row][word] &^= 1 << bit
			}
		})
	}
	for g := range d.groups {
		group := &d.groups[g]
		if full != (&group.places[0] == &d.fullPlace[0]) {
			continue
		}
		if !slices.ContainsFunc(group.slots, func(s int) bool { return read[s] != nil }) {
			continue
		}
		base := rows(group.size)
		b.rows = append(b.rows, groupRow{uint32(g), uint32(base)})
		for _, s := range group.slots {
			for v := range group.size {
				if cell := group.places[s].cellAt(v); cell >= 0 && read[s] != nil {
					forbid(base+v, s, cell)
				}
			}
		}
	}
	for _, s := range d.model.computed {
		if read[s.index] == nil {
			continue
		}
		base := rows(s.cells + 1)
		for c := range s.cells {
			forbid(base+c+1, s.index, c)
		}
		b.late = append(b.late, lateRow{int32(s.index), uint32(base), *read[s.index]})
	}
}

// decide adds to the sets what the surviving conjuncts of the blocks mean.
func (d *Decider) decide(blocks []deciderBlock, sets *[5][]uint64) {
	values, table := d.row, d.table
	for i := range blocks {
		b := &blocks[i]
		a0, a1, a2, a3 := b.words[0].all, b.words[1].all, b.words[2].all, b.words[3].all
		for _, r := range b.rows {
			row := &table[r.base+uint32(values[r.group])]
			a0 &= row[0]
			a1 &= row[1]
			a2 &= row[2]
			a3 &= row[3]
		}
		for j := range b.late {
			l := &b.late[j]
			if a0&l.touch[0]|a1&l.touch[1]|a2&l.touch[2]|a3&l.touch[3] == 0 {
				continue
			}
			var row *[blockWords]uint64
			if c := d.computed(int(l.slot)); c >= 0 || len(d.work.partial) == 0 {
				row = &table[l.base+uint32(c+1)]
			} else {
				row = d.lateRow(l)
			}
			a0 &= row[0]
			a1 &= row[1]
			a2 &= row[2]
			a3 &= row[3]
		}
		b.words[0].say(a0, sets)
		b.words[1].say(a1, sets)
		b.words[2].say(a2, sets)
		b.words[3].say(a3, sets)
	}
}

func (w *deciderWord) say(alive uint64, sets *[5][]uint64) {
	if alive == 0 {
		return
	}
	if w.plane != 0 {
		sets[w.set][w.part] |= alive & w.plane
	}
	for i := range w.into {
		f := &w.into[i]
		// One or zero without a branch: which outcomes there are is as good as random.
		x := alive & f.mask
		sets[f.set][f.part] |= (x | -x) >> 63 << f.shift
	}
}

// lateRow returns what the possible cells of a computed slot allow that is unknown or known in part.
func (d *Decider) lateRow(l *lateRow) *[blockWords]uint64 {
	row := func(cell int32) *[blockWords]uint64 {
		return &d.table[l.base+uint32(cell+1)]
	}
	for _, p := range d.work.partial {
		if p.slot != l.slot {
			continue
		}
		d.allowed = [blockWords]uint64{}
		allow := func(r *[blockWords]uint64) {
			for i := range r {
				d.allowed[i] |= r[i]
			}
		}
		for c := p.from; c <= p.to; c++ {
			allow(row(c))
		}
		if p.none {
			allow(row(int32(d.model.slots[l.slot].cells - 1)))
		}
		return &d.allowed
	}
	return row(-1)
}
