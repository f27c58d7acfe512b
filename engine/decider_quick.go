package engine

import (
	"math"
	"slices"
)

// quick computes the cell of a slot that depends on several numbers, when all of them are there: the same arithmetic as the closures
// of closure.go, without what they do for unknown answers.
type quick struct {
	slot   *slot
	inputs uint64 // of Decider.numeric; all of them are always asked
	number func([]float64) float64
	truth  func([]float64) bool
	blank  bool // without any of the inputs nothing is known of the slot
}

func (d *Decider) newQuick(s *slot) quick {
	q := quick{slot: s}
	possible := true
	s.tree.walk(func(n *node) {
		if n.op == opQuestion {
			i := slices.Index(d.numeric, int32(n.q.index))
			possible = possible && n.q.when == nil && i >= 0
			q.inputs |= 1 << max(i, 0)
		}
	})
	if !possible {
		return q
	}
	if s.kind == slotSum {
		q.number = d.quickNumber(s.tree)
	} else {
		q.truth = d.quickTruth(s.tree)
	}
	d.work.frame.answers = d.read // still without any answer
	q.blank = d.work.computedCell(s) < 0 && len(d.work.partial) == 0
	d.work.partial = d.work.partial[:0]
	return q
}

// quickCell returns the cell of a computed slot, -1 when it is unknown or known in part.
func (d *Decider) quickCell(q *quick) int32 {
	missing := d.missing & q.inputs
	switch {
	case missing == 0 && q.truth != nil:
		if q.truth(d.numbers) {
			return 1
		}
		return 0
	case missing == 0 && q.number != nil:
		if x := q.number(d.numbers); x-x == 0 { // no division by zero, and not too large
			return int32(q.slot.numberCell(x))
		}
	case missing == q.inputs && q.blank:
		return -1
	}
	d.spread()
	return d.work.computedCell(q.slot)
}

func (d *Decider) quickNumber(n *node) func([]float64) float64 {
	arg := func(i int) func([]float64) float64 { return d.quickNumber(n.args[i]) }
	two := func(compute func(x, y float64) float64) func([]float64) float64 {
		a, b := arg(0), arg(1)
		if a == nil || b == nil {
			return nil
		}
		return func(v []float64) float64 { return compute(a(v), b(v)) }
	}
	if sum := d.quickSum(n); sum != nil {
		return sum
	}
	switch n.op {
	case opConst:
		if x := n.val.n; n.val.st == known && n.kind.ordered() {
			return func([]float64) float64 { return x }
		}
	case opQuestion:
		if i := slices.Index(d.numeric, int32(n.q.index)); n.kind.ordered() {
			return func(v []float64) float64 { return v[i] }
		}
	case opAdd:
		return two(func(x, y float64) float64 { return x + y })
	case opSub:
		return two(func(x, y float64) float64 { return x - y })
	case opMul:
		return two(func(x, y float64) float64 { return x * y })
	case opDiv:
		if c := n.args[1]; c.op == opConst && c.val.st == known && c.val.n != 0 {
			a, by := arg(0), c.val.n
			if a == nil {
				return nil
			}
			return func(v []float64) float64 { return a(v) / by }
		}
		return two(func(x, y float64) float64 { return x / y })
	case opAt:
		day, clock := d.quickDay(n.args[0]), arg(1)
		if day == nil || clock == nil {
			return nil
		}
		if c := n.args[1]; c.op == opConst {
			return func(v []float64) float64 { return day(v)*minutesPerDay + c.val.n }
		}
		return func(v []float64) float64 { return day(v)*minutesPerDay + clock(v) }
	case opDaysBetween:
		a, b := d.quickDay(n.args[0]), d.quickDay(n.args[1])
		if a == nil || b == nil {
			return nil
		}
		return func(v []float64) float64 { return b(v) - a(v) }
	case opHoursBetween:
		return two(func(x, y float64) float64 { return (y - x) / 60 })
	}
	return nil
}

// quickSum is a sum of shares, x / limit + y / limit, as acts like to have them: without a closure for each part.
func (d *Decider) quickSum(n *node) func([]float64) float64 {
	type share struct {
		number int
		of     float64
	}
	var shares []share
	for n.op == opAdd || n.op == opDiv {
		last := n
		if n.op == opAdd {
			last = n.args[1]
		}
		if last.op != opDiv || last.args[0].op != opQuestion || !last.args[0].kind.ordered() || last.args[1].op != opConst ||
			last.args[1].val.st != known || last.args[1].val.n == 0 {
			return nil
		}
		shares = append(shares, share{slices.Index(d.numeric, int32(last.args[0].q.index)), last.args[1].val.n})
		if n.op == opDiv {
			slices.Reverse(shares) // added from the left, as it is written: rounding depends on it
			return func(v []float64) float64 {
				x := v[shares[0].number] / shares[0].of
				for _, s := range shares[1:] {
					x += v[s.number] / s.of
				}
				return x
			}
		}
		n = n.args[0]
	}
	return nil
}

// quickDay is the day of a date or of a date with a time.
func (d *Decider) quickDay(n *node) func([]float64) float64 {
	a := d.quickNumber(n)
	if a == nil || n.kind.code != kindDateTime {
		return a
	}
	if n.op == opQuestion {
		i := slices.Index(d.numeric, int32(n.q.index))
		return func(v []float64) float64 { return math.Floor(v[i] / minutesPerDay) }
	}
	return func(v []float64) float64 { return math.Floor(a(v) / minutesPerDay) }
}

func (d *Decider) quickTruth(n *node) func([]float64) bool {
	switch n.op {
	case opLess, opLessEq:
		a, b := d.quickNumber(n.args[0]), d.quickNumber(n.args[1])
		if a == nil || b == nil {
			return nil
		}
		if n.op == opLess {
			return func(v []float64) bool { return a(v) < b(v) }
		}
		return func(v []float64) bool { return a(v) <= b(v) }
	case opOutsideHours:
		a, b, h := d.quickNumber(n.args[0]), d.quickNumber(n.args[1]), n.args[2].val.hours
		if a == nil || b == nil || h == nil {
			return nil
		}
		return func(v []float64) bool { return outsideHours(a(v), b(v), h) }
	}
	return nil
}
