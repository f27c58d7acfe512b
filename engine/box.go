package engine

import "math/bits"

// cellset is a set of cells of one slot. Sets are never changed once they are shared.
type cellset []uint64

func newCellset(cells int) cellset { return make(cellset, (cells+63)/64) }

func fullCellset(cells int) cellset {
	s := newCellset(cells)
	for c := range cells {
		s.add(c)
	}
	return s
}

func (s cellset) add(c int)      { s[c/64] |= 1 << (c % 64) }
func (s cellset) has(c int) bool { return s[c/64]>>(c%64)&1 != 0 }

func (s cellset) empty() bool {
	for _, w := range s {
		if w != 0 {
			return false
		}
	}
	return true
}

func (s cellset) count() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

func (s cellset) and(t cellset) cellset {
	r := make(cellset, len(s))
	for i := range s {
		r[i] = s[i] & t[i]
	}
	return r
}

func (s cellset) or(t cellset) cellset {
	r := make(cellset, len(s))
	for i := range s {
		r[i] = s[i] | t[i]
	}
	return r
}

func (s cellset) without(t cellset) cellset {
	r := make(cellset, len(s))
	for i := range s {
		r[i] = s[i] &^ t[i]
	}
	return r
}

func (s cellset) within(t cellset) bool {
	for i := range s {
		if s[i]&^t[i] != 0 {
			return false
		}
	}
	return true
}

func (s cellset) meets(t cellset) bool {
	for i := range s {
		if s[i]&t[i] != 0 {
			return true
		}
	}
	return false
}

func (s cellset) equal(t cellset) bool {
	for i := range s {
		if s[i] != t[i] {
			return false
		}
	}
	return true
}

func (s cellset) first() int {
	for i, w := range s {
		if w != 0 {
			return i*64 + bits.TrailingZeros64(w)
		}
	}
	return -1
}

// literal allows some cells of a slot.
type literal struct {
	slot int
	set  cellset
}

// box is a conjunction of literals on different slots, ordered by slot: the answers for which it holds form a box. The box without
// literals always holds.
type box []literal

// within reports whether every answer in b is in c.
func (b box) within(c box) bool {
	i := 0
	for _, l := range c {
		for i < len(b) && b[i].slot < l.slot {
			i++
		}
		if i == len(b) || b[i].slot != l.slot || !b[i].set.within(l.set) {
			return false
		}
	}
	return true
}

// meet returns the answers in both, false when there are none.
func (b box) meet(c box) (box, bool) {
	r := make(box, 0, len(b)+len(c))
	i, j := 0, 0
	for i < len(b) || j < len(c) {
		switch {
		case j == len(c) || i < len(b) && b[i].slot < c[j].slot:
			r = append(r, b[i])
			i++
		case i == len(b) || c[j].slot < b[i].slot:
			r = append(r, c[j])
			j++
		default:
			s := b[i].set.and(c[j].set)
			if s.empty() {
				return nil, false
			}
			r = append(r, literal{b[i].slot, s})
			i++
			j++
		}
	}
	return r, true
}

// apart returns the slots on which two boxes share no cell.
func (b box) apart(c box, to []int) []int {
	i, j := 0, 0
	for i < len(b) && j < len(c) {
		switch {
		case b[i].slot < c[j].slot:
			i++
		case c[j].slot < b[i].slot:
			j++
		default:
			if !b[i].set.meets(c[j].set) {
				to = append(to, b[i].slot)
			}
			i++
			j++
		}
	}
	return to
}

// join returns the one box that holds exactly the answers of both, when there is one: they differ on one slot only.
func (b box) join(c box, domain func(int) cellset) (box, bool) {
	if len(b) != len(c) {
		return nil, false
	}
	differs := -1
	for i := range b {
		if b[i].slot != c[i].slot {
			return nil, false
		}
		if !b[i].set.equal(c[i].set) {
			if differs >= 0 {
				return nil, false
			}
			differs = i
		}
	}
	if differs < 0 {
		return b, true
	}
	r := make(box, 0, len(b))
	for i, l := range b {
		if i == differs {
			l.set = l.set.or(c[i].set)
			if domain(l.slot).within(l.set) {
				continue
			}
		}
		r = append(r, l)
	}
	return r, true
}

// boxes is a disjunction of boxes, none within another.
type boxes []box

func (bs boxes) add(b box) boxes {
	for _, o := range bs {
		if b.within(o) {
			return bs
		}
	}
	kept := bs[:0]
	for _, o := range bs {
		if !o.within(b) {
			kept = append(kept, o)
		}
	}
	return append(kept, b)
}

// maxJoin is the most boxes among which joins are looked for: the search looks at every pair.
const maxJoin = 160

// joined replaces pairs of boxes by their join while there are any. It only makes the disjunction shorter.
func (bs boxes) joined(domain func(int) cellset) boxes {
	if len(bs) > maxJoin {
		return bs
	}
	for again := true; again; {
		again = false
	search:
		for i := range bs {
			for j := i + 1; j < len(bs); j++ {
				if b, ok := bs[i].join(bs[j], domain); ok {
					rest := make(boxes, 0, len(bs))
					for k := range bs {
						if k != i && k != j {
							rest = append(rest, bs[k])
						}
					}
					bs = rest.add(b)
					again = true
					break search
				}
			}
		}
	}
	return bs
}
