package engine

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"luvat/definitions"
)

// reference evaluates checked expressions by walking the tree, as plainly as it can be written. It is what the fast ways of
// deciding are tested against, and it is used where speed does not matter: for amounts, routes and texts.
//
// Over unknown answers it follows Kleene's strong three-valued logic. docs/semantics.md is its specification.
type reference struct {
	program      *Program
	answers      []value
	on           definitions.Date
	municipality string // the place for which local parameters are read; "" for none
	item         *record
	element      []elementValue
}

type elementValue struct {
	option string
	record *record
}

// relevance is whether a question is asked at all.
func (r *reference) relevance(q *question) tri {
	if q.when == nil {
		return yes
	}
	return r.truth(q.when)
}

func (r *reference) answer(q *question) value {
	switch r.relevance(q) {
	case yes:
		return r.answers[q.index]
	case no:
		return noneValue
	}
	return unknownValue
}

// truth evaluates a condition. A test of a value that is none is false; `not` turns it around.
func (r *reference) truth(n *node) tri {
	switch n.op {
	case opConst:
		return triOf(n.val.n != 0)
	case opAnd:
		return r.truth(n.args[0]).and(r.truth(n.args[1]))
	case opOr:
		return r.truth(n.args[0]).or(r.truth(n.args[1]))
	case opNot:
		return r.truth(n.args[0]).not()
	case opNeeded:
		return r.needed(n.req)
	case opExists:
		return triOf(n.param.at(r.municipality, r.on).st == known)
	case opFact:
		return r.truth(n.fact.tree)
	case opEq, opLess, opLessEq:
		a, b := r.eval(n.args[0]), r.eval(n.args[1])
		if a.st == none || b.st == none {
			return no
		}
		if a.st == unknown || b.st == unknown {
			return maybe
		}
		switch n.op {
		case opLess:
			return triOf(a.n < b.n)
		case opLessEq:
			return triOf(a.n <= b.n)
		}
		return triOf(equal(n.args[0].kind, a, b))
	case opIn:
		a := r.eval(n.args[0])
		if a.st == none {
			return no
		}
		t := no
		for _, c := range n.args[1:] {
			v := r.eval(c)
			if v.st == none {
				continue
			}
			if a.st == unknown {
				t = t.or(maybe)
				continue
			}
			t = t.or(triOf(equal(n.args[0].kind, a, v)))
		}
		return t
	case opHas:
		set, one := r.eval(n.args[0]), r.eval(n.args[1])
		if set.st == none || one.st == none {
			return no
		}
		if set.st == unknown || one.st == unknown {
			return maybe
		}
		return triOf(slices.Contains(set.set, one.s))
	case opSetEq:
		set := r.eval(n.args[0])
		if set.st == none {
			return no
		}
		if set.st == unknown {
			return maybe
		}
		var want []string
		for _, c := range n.args[1:] {
			want = append(want, r.eval(c).s)
		}
		return triOf(slices.Equal(sortedSet(set.set), sortedSet(want)))
	case opAny, opAll, opNone, opOne:
		return r.quantified(n)
	case opEach:
		list := r.eval(n.args[0])
		if list.st != known {
			return map[state]tri{none: no, unknown: maybe}[list.st]
		}
		t := no
		for i := range list.items {
			t = t.or(r.withItem(&list.items[i]).truth(n.args[1]))
		}
		return t
	case opOutsideHours:
		a, b, h := r.eval(n.args[0]), r.eval(n.args[1]), r.eval(n.args[2])
		if a.st == none || b.st == none || h.st == none {
			return no
		}
		if a.st == unknown || b.st == unknown {
			return maybe
		}
		return triOf(outsideHours(a.n, b.n, h.hours))
	}
	// A boolean answer, field, parameter, table output or the result of a text test.
	v := r.eval(n)
	switch v.st {
	case none:
		return no
	case unknown:
		return maybe
	}
	return triOf(v.n != 0)
}

func (r *reference) withItem(it *record) *reference {
	w := *r
	w.item = it
	return &w
}

func equal(k kind, a, b value) bool {
	if k.numeric() {
		return a.n == b.n
	}
	return a.s == b.s
}

// needed is whether a requirement is needed: one of its grounds holds, no exception does, and nothing covers or excludes it.
func (r *reference) needed(q *requirement) tri {
	return r.anyItem(q, func(w *reference) tri { return w.grounded(q) }).and(r.displaced(q).not())
}

// anyItem is whether something holds for an item of the requirement's list, or by itself when it has none.
func (r *reference) anyItem(q *requirement, holds func(*reference) tri) tri {
	if q.list == nil {
		return holds(r)
	}
	list := r.answer(q.list)
	switch list.st {
	case none:
		return no
	case unknown:
		return maybe
	}
	t := no
	for i := range list.items {
		t = t.or(holds(r.withItem(&list.items[i])))
	}
	return t
}

// grounded is whether a ground of needed holds and no exception, at one of the places, for the item in scope.
func (r *reference) grounded(q *requirement) tri {
	return r.somewhere(q.local, q.localGrounds, func(w *reference) tri {
		t := no
		for _, g := range q.needed {
			t = t.or(w.holdsHere(g))
		}
		for _, g := range q.unless {
			t = t.and(w.holdsHere(g).not())
		}
		return t
	})
}

// displaced is whether another requirement covers or excludes this one.
func (r *reference) displaced(q *requirement) tri {
	t := no
	for _, c := range q.displacedBy {
		t = t.or(r.needed(c))
	}
	return t
}

// asked is whether the law leaves a requirement to the authority: an `ask` ground holds and it is not needed anyway.
func (r *reference) asked(q *requirement) tri {
	t := r.anyItem(q, func(w *reference) tri {
		t := no
		for _, g := range q.ask {
			t = t.or(w.holds(g))
		}
		return t
	})
	return t.and(r.needed(q).not()).and(r.displaced(q).not())
}

// status decides a requirement.
func (r *reference) status(q *requirement) Status {
	n, a := r.needed(q), r.asked(q)
	switch {
	case n == yes:
		return Needed
	case n == no && a == yes:
		return Ask
	case n == no && a == no:
		return NotNeeded
	}
	return Open
}

// holds is whether a ground holds at one of the case's places.
func (r *reference) holds(g *ground) tri {
	return r.somewhere(g.local, []*ground{g}, func(w *reference) tri { return w.holdsHere(g) })
}

// somewhere evaluates what reads local parameters for each place by itself: it holds when it holds at one of them.
func (r *reference) somewhere(local bool, grounds []*ground, holds func(*reference) tri) tri {
	if !local {
		return holds(r)
	}
	at := func(m string) tri {
		w := *r
		w.municipality = m
		return holds(&w)
	}
	places, st := r.places()
	if st == none {
		return no
	}
	t := no
	if st == unknown { // it may be any place, and several
		t = 0
		places = r.program.onePlaceOfEachKind(grounds, r.on)
		for _, m := range places {
			t |= at(m)
		}
		return t
	}
	for _, m := range places {
		t = t.or(at(m))
	}
	return t
}

// holdsHere is whether a ground holds with the parameters of the place in scope.
func (r *reference) holdsHere(g *ground) tri {
	if g.where != nil && (!g.where[r.municipality] || !g.inForce(r.on)) {
		return no
	}
	if g.when == nil {
		return yes
	}
	return r.truth(g.when)
}

// places returns the municipalities of the case.
func (r *reference) places() ([]string, state) {
	q := r.program.place
	if q == nil {
		return []string{""}, known
	}
	v := r.answer(q)
	if v.st == known && len(v.set) == 0 && v.s != "" {
		return []string{v.s}, known
	}
	return v.set, v.st
}

func (r *reference) quantified(n *node) tri {
	v := r.eval(n.args[0])
	switch v.st {
	case none: // nothing is there: no item fulfils, and none fails
		return triOf(n.op == opAll || n.op == opNone)
	case unknown:
		return maybe
	}
	hold, open := 0, 0
	each := func(e elementValue) {
		r.element = append(r.element, e)
		switch r.truth(n.args[1]) {
		case yes:
			hold++
		case maybe:
			open++
		}
		r.element = r.element[:len(r.element)-1]
	}
	total := len(v.set) + len(v.items)
	for _, s := range v.set {
		each(elementValue{option: s})
	}
	for i := range v.items {
		each(elementValue{record: &v.items[i]})
	}
	return quantify(n.op, total, hold, open)
}

// quantify gives the truth of a quantifier of which some conditions hold and some are open.
func quantify(o op, total, hold, open int) tri {
	between := func(test func(int) bool) tri {
		t := tri(0)
		for h := hold; h <= hold+open; h++ {
			t |= triOf(test(h))
		}
		return t
	}
	switch o {
	case opAny:
		return between(func(h int) bool { return h > 0 })
	case opAll:
		return between(func(h int) bool { return h == total })
	case opNone:
		return between(func(h int) bool { return h == 0 })
	}
	return between(func(h int) bool { return h == 1 })
}

// eval evaluates an expression of any kind.
func (r *reference) eval(n *node) value {
	switch n.op {
	case opConst:
		return n.val
	case opQuestion:
		return r.answer(n.q)
	case opItem:
		return value{st: known}
	case opElement:
		e := r.element[len(r.element)-1]
		return textValue(e.option)
	case opField:
		rec := r.item
		if n.args[0].op == opElement {
			rec = r.element[len(r.element)-1].record
		}
		return (*rec)[n.q.index]
	case opParam:
		return n.param.at(r.municipality, r.on)
	case opFact:
		if n.kind.code == kindBool {
			break
		}
		return r.eval(n.fact.tree)
	case opTable:
		return r.lookUp(n.table, n.column)
	case opAdd, opSub, opMul, opDiv, opMod, opPow:
		return arithmetic(n.op, r.eval(n.args[0]), r.eval(n.args[1]))
	case opNeg:
		v := r.eval(n.args[0])
		if v.st == known {
			v.n = -v.n
		}
		return v
	case opLen, opCount, opSum:
		return r.counted(n)
	case opIf:
		switch r.truth(n.args[0]) {
		case yes:
			return r.eval(n.args[1])
		case no:
			return r.eval(n.args[2])
		}
		return unknownValue
	case opAt, opDaysBetween, opHoursBetween, opDateOf, opTimeOf, opHour, opWeekday, opFrom, opTo, opMunicipalityOf, opCall:
		return r.function(n)
	}
	switch r.truth(n) { // a condition used as a value
	case yes:
		return boolValue(true)
	case no:
		return boolValue(false)
	}
	return unknownValue
}

func (r *reference) counted(n *node) value {
	v := r.eval(n.args[0])
	if v.st != known {
		if v.st == none {
			return numberValue(0)
		}
		return v
	}
	if n.op == opLen {
		return numberValue(float64(len(v.set) + len(v.items)))
	}
	total := numberValue(0)
	each := func(e elementValue) {
		r.element = append(r.element, e)
		if n.op == opSum {
			total = arithmetic(opAdd, total, r.eval(n.args[1]))
		} else {
			switch r.truth(n.args[1]) {
			case yes:
				total = arithmetic(opAdd, total, numberValue(1))
			case maybe:
				total = unknownValue
			}
		}
		r.element = r.element[:len(r.element)-1]
	}
	for _, s := range v.set {
		each(elementValue{option: s})
	}
	for i := range v.items {
		each(elementValue{record: &v.items[i]})
	}
	return total
}

// arithmetic computes with two numbers. A sum skips what is none; a product of none is none; so is a division by zero.
func arithmetic(o op, a, b value) value {
	if o == opAdd || o == opSub {
		switch {
		case a.st == none && b.st == none:
			return noneValue
		case a.st == none && b.st == known:
			if o == opSub {
				return numberValue(-b.n)
			}
			return b
		case b.st == none:
			return a
		}
	}
	if a.st == none || b.st == none {
		return noneValue
	}
	if a.st == unknown || b.st == unknown {
		return unknownValue
	}
	x := 0.0
	switch o {
	case opAdd:
		x = a.n + b.n
	case opSub:
		x = a.n - b.n
	case opMul:
		x = a.n * b.n
	case opDiv:
		x = a.n / b.n
	case opMod:
		x = math.Mod(a.n, b.n)
	case opPow:
		x = math.Pow(a.n, b.n)
	}
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return noneValue
	}
	return numberValue(x)
}

func (r *reference) function(n *node) value {
	args := make([]value, len(n.args))
	for i, a := range n.args {
		args[i] = r.eval(a)
	}
	for _, a := range args {
		if a.st == none {
			return noneValue
		}
	}
	for _, a := range args {
		if a.st == unknown {
			return unknownValue
		}
	}
	return apply(n, args)
}

// apply computes a function of known values.
func apply(n *node, args []value) value {
	a := args[0]
	dayOf := func(i int) float64 {
		if n.args[i].kind.code == kindDateTime {
			return floorDiv(args[i].n, minutesPerDay)
		}
		return args[i].n
	}
	switch n.op {
	case opDateOf:
		return numberValue(dayOf(0))
	case opTimeOf:
		return numberValue(a.n - floorDiv(a.n, minutesPerDay)*minutesPerDay)
	case opHour:
		return numberValue(math.Floor((a.n - floorDiv(a.n, minutesPerDay)*minutesPerDay) / 60))
	case opWeekday:
		return numberValue(float64(weekday(dayOf(0))))
	case opAt:
		return numberValue(dayOf(0)*minutesPerDay + args[1].n)
	case opDaysBetween:
		return numberValue(dayOf(1) - dayOf(0))
	case opHoursBetween:
		return numberValue((args[1].n - a.n) / 60)
	case opFrom:
		return numberValue(a.items[0][0].n)
	case opTo:
		return numberValue(a.items[0][1].n)
	case opMunicipalityOf:
		return value{st: known, s: a.s, set: a.set}
	}
	switch n.name {
	case "abs":
		return numberValue(math.Abs(a.n))
	case "floor":
		return numberValue(math.Floor(a.n))
	case "ceil":
		return numberValue(math.Ceil(a.n))
	case "round":
		return numberValue(math.Round(a.n))
	case "min", "max":
		x := a.n
		for _, b := range args[1:] {
			if n.name == "min" {
				x = min(x, b.n)
			} else {
				x = max(x, b.n)
			}
		}
		return numberValue(x)
	case "lower":
		return textValue(strings.ToLower(a.s))
	case "upper":
		return textValue(strings.ToUpper(a.s))
	case "trim":
		return textValue(strings.TrimSpace(a.s))
	case "contains":
		return boolValue(strings.Contains(a.s, args[1].s))
	case "startsWith":
		return boolValue(strings.HasPrefix(a.s, args[1].s))
	case "endsWith":
		return boolValue(strings.HasSuffix(a.s, args[1].s))
	case "matches":
		return boolValue(regexp.MustCompile(args[1].s).MatchString(a.s)) // the pattern was compiled when it was checked
	}
	return noneValue
}

// lookUp gives an output of a decision table by its hit policy. While a row that could matter is open, so is the output.
func (r *reference) lookUp(t *table, column int) value {
	match := make([]tri, len(t.rows))
	for i, row := range t.rows {
		match[i] = r.truth(row.match)
	}
	return t.result(match, column)
}
