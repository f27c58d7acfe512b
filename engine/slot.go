package engine

import (
	"slices"
	"sort"
)

// slotKind says how the value of a slot comes about and what its cells are.
type slotKind uint8

const (
	slotBool        slotKind = iota // a boolean answer: cells false, true
	slotOption                      // a choice: a cell for each option
	slotHas                         // an option of a choices question, chosen or not: cells false, true
	slotNumber                      // a number, date or time of one answer: cells are the intervals between bounds
	slotKinds                       // a municipality: a cell for each kind of place
	slotKindOfPlace                 // whether one of several municipalities is of a kind: cells false, true
	slotText                        // a text: a cell for each constant, and one for all others
	slotSum                         // a number computed from several answers: intervals, and a last cell for none
	slotComputed                    // a condition computed from several answers: cells false, true
)

// slot is one thing that conditions test. Its value is a cell.
type slot struct {
	kind   slotKind
	q      *question // of one answer
	part   op        // slotNumber: opQuestion for the answer itself, or opDateOf opTimeOf opHour opWeekday opLen opFrom opTo
	option int       // slotHas: the option
	among  []int     // slotKindOfPlace: the kinds of places
	texts  []string  // slotText: the constants
	bounds []bound   // slotNumber, slotSum: sorted
	cells  int
	domain cellset    // the cells that some answer can have
	inputs []int      // the questions that the value depends on, by index, sorted
	key    string     // identity, and for computed slots the expression
	tree   *node      // slotSum, slotComputed: the expression
	number numberFunc // slotSum
	truth  truthFunc  // slotComputed
	rule   *formula   // slotComputed: a rule with too many conjuncts, evaluated as it stands
	index  int        // in the model
	offset int        // of its rows in the model's table
}

// placeKind is a set of municipalities that no condition tells apart.
type placeKind struct {
	codes map[string]bool
}

// cellsOf returns the cells in which a test holds.
func (s *slot) cellsOf(t test) cellset {
	set := newCellset(s.cells)
	switch s.kind {
	case slotNumber, slotSum:
		first, last := 0, len(s.bounds)
		if !t.below {
			first = sort.Search(len(s.bounds), func(i int) bool { return !s.bounds[i].less(t.lo) }) + 1
		}
		if !t.above {
			last = sort.Search(len(s.bounds), func(i int) bool { return !s.bounds[i].less(t.hi) })
		}
		for c := first; c <= last; c++ {
			set.add(c)
		}
		return set
	}
	for _, c := range t.cells {
		set.add(c)
	}
	return set
}

// rangeTest tests a number for being between two bounds; nil is no bound.
func rangeTest(lo, hi *bound) test {
	t := test{below: lo == nil, above: hi == nil}
	if lo != nil {
		t.lo = *lo
	}
	if hi != nil {
		t.hi = *hi
	}
	return t
}

// numberCell returns the interval in which a number lies: the number of bounds it has passed.
func (s *slot) numberCell(x float64) int {
	lo, hi := 0, len(s.bounds)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if b := &s.bounds[mid]; x > b.c || x == b.c && !b.after {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// interval returns the numbers of a cell: from lo, open or closed, to hi, open or closed.
func (s *slot) interval(cell int) (lo, hi bound, below, above bool) {
	below, above = cell == 0, cell == len(s.bounds)
	if !below {
		lo = s.bounds[cell-1]
	}
	if !above {
		hi = s.bounds[cell]
	}
	return
}

// finish sets cells and domain once every test is known.
func (s *slot) finish(kinds int) {
	switch s.kind {
	case slotBool, slotHas, slotKindOfPlace, slotComputed:
		s.cells = 2
	case slotOption:
		s.cells = len(s.q.def.Options)
	case slotText:
		s.cells = len(s.texts) + 1
	case slotKinds:
		s.cells = kinds
	case slotNumber, slotSum:
		slices.SortFunc(s.bounds, func(a, b bound) int {
			if a.less(b) {
				return -1
			}
			if b.less(a) {
				return 1
			}
			return 0
		})
		s.bounds = slices.Compact(s.bounds)
		s.cells = len(s.bounds) + 1
		if s.kind == slotSum {
			s.cells++
		}
	}
	s.domain = fullCellset(max(s.cells, 1))
	if s.kind == slotNumber {
		s.limit()
	}
}

// limit takes out of the domain the intervals in which no answer lies.
func (s *slot) limit() {
	lo, hi := s.q.lo, s.q.hi
	whole := true // minutes, days, hours and counts are whole numbers; only number and money are not
	switch s.part {
	case opQuestion:
		whole = s.q.def.Type != "number" && s.q.def.Type != "money"
	case opTimeOf:
		lo, hi = 0, minutesPerDay-1
	case opHour:
		lo, hi = 0, 23
	case opWeekday:
		lo, hi = 1, 7
	case opDateOf:
		lo, hi = floorDiv(lo, minutesPerDay), floorDiv(hi, minutesPerDay)
	case opLen:
		lo, hi = 0, 1000
		if n := len(s.q.def.Options); n > 0 {
			hi = float64(n)
		}
		if s.q.kind.code == kindMunicipalities || s.q.kind.code == kindPlaces {
			lo = 1
		}
	case opFrom, opTo:
	}
	domain := newCellset(s.cells)
	for c := range s.cells {
		from, to, below, above := s.interval(c)
		x, y := lo, hi // the smallest and the largest number of the cell within the limits
		if !below && from.c >= x {
			x = from.c
			if from.after {
				x = nextAbove(x, whole)
			}
		}
		if !above && to.c <= y {
			y = to.c
			if !to.after {
				y = nextBelow(y, whole)
			}
		}
		if whole {
			x, y = ceil(x), floor(y)
		}
		if x <= y {
			domain.add(c)
		}
	}
	s.domain = domain
}
