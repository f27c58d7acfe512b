package engine

import (
	"math"
	"slices"

	"luvat/definitions"
)

// changes finds, for every needed requirement, the smallest change of one answer that would free the customer of it.
//
// For each answered question the rows of all others are ANDed; what then survives of the outcome "not needed" is where a change of
// this answer alone leads. Every change found is decided again before it is told, so it is never an artefact.
func (x *analysis) changes(rs []Requirement) {
	type best struct {
		cost   float64
		change *Change
	}
	found := make([]best, len(rs))
	var needed []int
	for i := range rs {
		if rs[i].Status == Needed {
			needed = append(needed, i)
			found[i].cost = math.Inf(1)
		}
	}
	if len(needed) == 0 {
		return
	}
	trial := x.m.work.Get().(*work)
	defer trial.done()
	values := slices.Clone(x.a.values)
	trial.set(values)
	for qi, q := range x.p.questions {
		if x.a.values[qi].st != known || x.relevance(qi) != yes {
			continue
		}
		decides := slices.DeleteFunc(slices.Clone(needed), func(i int) bool { return !x.m.requirements[i].reads[qi] })
		if len(decides) == 0 {
			continue
		}
		values[qi] = unknownValue
		trial.setQuestion(qi)
		trial.compute()
		trial.decide(x.m.words)
		for _, i := range decides {
			b := &x.m.requirements[i]
			trial.each(b.not, func(bit int) bool {
				v, cost, ok := x.candidate(q, x.m.box[bit])
				if !ok || cost > found[i].cost { // of equal ones the question asked last: earlier ones say more of what the plan is
					return true
				}
				values[qi] = v
				check := x.m.start(values)
				brings := x.brings(check, rs)
				if cost += costDuty * float64(len(brings)); cost > found[i].cost {
					check.done()
					values[qi] = unknownValue
					return true
				}
				if check.status(b) == NotNeeded && !x.p.requirements[i].displaced(check) {
					found[i] = best{cost, &Change{Brings: brings, Question: q.def.ID, Label: x.fill(q.def.Ask), From: x.p.answerText(q, x.a.values[qi], x.lang),
						To: x.changeText(q, x.m.box[bit], v), Value: jsonValue(q, v)}}
				}
				check.done()
				values[qi] = unknownValue
				return true
			})
		}
		values[qi] = x.a.values[qi]
		trial.setQuestion(qi)
	}
	for _, i := range needed {
		rs[i].Change = found[i].change
	}
}

// brings returns the requirements that a change makes needed, or leaves to the authority.
func (x *analysis) brings(check *work, rs []Requirement) []string {
	var ids []string
	for i := range rs {
		if st := check.status(&x.m.requirements[i]); rs[i].Status != Needed && rs[i].Status != st && (st == Needed || st == Ask) {
			ids = append(ids, rs[i].ID)
		}
	}
	return ids
}

// displaced reports whether another requirement covers or excludes this one: that frees nobody, it brings the other.
func (r *requirement) displaced(w *work) bool {
	return slices.ContainsFunc(r.displacedBy, func(o *requirement) bool { return w.status(&w.m.requirements[o.index]) == Needed })
}

// The costs of changes that are not of size. A number changes by its share, so a visitor less costs less than an option, and the place
// and the time of a plan are changed last.
const (
	costOption = 0.5
	costPlace  = 4
	costEmpty  = 2 // a set from which nothing is left: most plans are at some place
	costDuty   = 3 // for every requirement that the change brings
)

// candidate is the answer to a question, near the given one, that a conjunct allows, and what the change costs.
func (x *analysis) candidate(q *question, b box) (value, float64, bool) {
	old := x.a.values[q.index]
	v, cost := old, 0.0
	touched := false
	for _, l := range b {
		s := x.m.slots[l.slot]
		if s.q != q {
			if s.q == nil && slices.Contains(s.inputs, q.index) {
				moved, ok := x.solve(s, l.set, q)
				if !ok {
					return old, 0, false
				}
				v, touched = moved, true
				cost += relative(old.n, v.n)
			}
			continue
		}
		if l.set.has(x.m.cell(s, &v)) {
			continue
		}
		touched = true
		switch s.kind {
		case slotBool:
			v = boolValue(v.n == 0)
			cost += costOption
		case slotOption:
			v = textValue(q.def.Options[l.set.first()].ID)
			cost += costOption
		case slotHas:
			id := q.def.Options[s.option].ID
			v.set = slices.Clone(v.set)
			if l.set.has(1) {
				v.set = append(v.set, id)
				slices.SortFunc(v.set, func(a, b string) int { return q.option[a] - q.option[b] })
			} else {
				v.set = slices.DeleteFunc(v.set, func(o string) bool { return o == id })
				if len(v.set) == 0 {
					cost += costEmpty
				}
			}
			cost += costOption
		case slotNumber:
			if s.part != opQuestion {
				return old, 0, false
			}
			n, ok := nearest(s, l.set, old.n)
			if !ok {
				return old, 0, false
			}
			v = numberValue(n)
			if s.q.kind.code == kindNumber {
				cost += relative(old.n, n)
			} else {
				cost += costPlace
			}
		default:
			return old, 0, false
		}
	}
	return v, cost, touched
}

// relative is a change of a number as its share of the larger side, at most 1, plus the least so that no change is free.
func relative(old, new float64) float64 {
	return math.Abs(new-old)/max(math.Abs(old), math.Abs(new), 1) + 1e-9
}

// nearest returns the number nearest to x in a set of intervals, with the precision of the question.
func nearest(s *slot, set cellset, x float64) (float64, bool) {
	best, ok := 0.0, false
	step := 1.0
	if s.q.def.Type == definitions.Number || s.q.def.Type == definitions.Money {
		step = 0.01
	}
	for c := range len(s.bounds) + 1 {
		if !set.has(c) || !s.domain.has(c) {
			continue
		}
		lo, hi, below, above := s.interval(c)
		n := x
		if !below && (n < lo.c || n == lo.c && lo.after) {
			n = lo.c
			if lo.after {
				n = math.Floor(lo.c/step+1e-9)*step + step
			}
		}
		if !above && (n > hi.c || n == hi.c && !hi.after) {
			n = hi.c
			if !hi.after {
				n = math.Ceil(hi.c/step-1e-9)*step - step
			}
		}
		n = math.Round(n/step) * step
		if n < s.q.lo || n > s.q.hi || s.numberCell(n) != c {
			continue
		}
		if !ok || math.Abs(n-x) < math.Abs(best-x) {
			best, ok = n, true
		}
	}
	return best, ok
}

// solve finds the value of one answer with which a sum, linear in it, falls into a set of intervals.
func (x *analysis) solve(s *slot, set cellset, q *question) (value, bool) {
	if s.kind != slotSum || q.kind.code != kindNumber {
		return value{}, false
	}
	values := slices.Clone(x.a.values)
	at := func(n float64) (float64, bool) {
		values[q.index] = numberValue(n)
		f := frame{answers: values, program: x.p, work: x.w}
		r := s.number(&f)
		return r.lo, r.known()
	}
	old := x.a.values[q.index].n
	y0, ok0 := at(old)
	y1, ok1 := at(old + 1)
	y2, ok2 := at(old + 2)
	slope := y1 - y0
	if !ok0 || !ok1 || !ok2 || slope == 0 || math.Abs((y2-y1)-slope) > 1e-9*max(1, math.Abs(slope)) {
		return value{}, false
	}
	step := 1.0
	if q.def.Type != definitions.Integer {
		step = 0.01
	}
	best, found := 0.0, false
	for _, b := range s.bounds {
		n := old + (b.c-y0)/slope
		for _, try := range []float64{math.Floor(n/step) * step, math.Ceil(n/step) * step, math.Floor(n/step)*step - step, math.Ceil(n/step)*step + step} {
			y, ok := at(try)
			if ok && try >= q.lo && try <= q.hi && set.has(s.numberCell(y)) && (!found || math.Abs(try-old) < math.Abs(best-old)) {
				best, found = try, true
			}
		}
	}
	return numberValue(best), found
}

// changeText says the new answer: a limit for a number, the answer itself otherwise.
func (x *analysis) changeText(q *question, b box, v value) string {
	if q.kind.code == kindNumber {
		for _, l := range b {
			if s := x.m.slots[l.slot]; s.q == q && s.kind == slotNumber && s.part == opQuestion {
				return x.m.rangesText(s, l.set, x.lang)
			}
		}
		whole := q.def.Type == definitions.Integer
		switch less := v.n < x.a.values[q.index].n; {
		case less && !whole: // the answer told is the nearest cent below the limit
			return byLang(x.lang, "vähemmän kuin ", "mindre än ", "less than ") + x.p.answerText(q, numberValue(math.Round(v.n*100+1)/100), x.lang)
		case less:
			return byLang(x.lang, "enintään ", "högst ", "at most ") + x.p.answerText(q, v, x.lang)
		}
		return byLang(x.lang, "vähintään ", "minst ", "at least ") + x.p.answerText(q, v, x.lang)
	}
	return x.p.answerText(q, v, x.lang)
}
