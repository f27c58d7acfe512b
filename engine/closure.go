package engine

import (
	"math"
	"slices"
)

// The second tier: closures over answers, for what no test of a single slot can say. Over unknown answers numbers are intervals, so a
// sum that is already large enough stays so whatever the rest will be.

// frame is what closures read.
type frame struct {
	answers []value
	program *Program
	item    *record
	element []elementValue
	work    *work // the cells of the slots known so far
}

// span is what a number may be: from lo to hi, or none.
type span struct {
	lo, hi float64
	number bool // it may be a number
	none   bool // it may be none
}

func point(x float64) span { return span{lo: x, hi: x, number: true} }

func (s span) known() bool { return s.number && !s.none && s.lo == s.hi }

type (
	numberFunc func(*frame) span
	truthFunc  func(*frame) tri
	valueFunc  func(*frame) value
)

// relevance is whether a question is asked, by its compiled `when`.
func (f *frame) relevance(q *question) tri {
	if when := f.work.m.relevant[q.index]; when != nil {
		return when(f)
	}
	return yes
}

func (f *frame) value(q *question) value {
	switch f.relevance(q) {
	case yes:
		return f.answers[q.index]
	case no:
		return noneValue
	}
	return unknownValue
}

func (f *frame) span(q *question) span {
	relevant := f.relevance(q)
	s := span{none: relevant != yes, number: relevant != no}
	if !s.number {
		return s
	}
	s.lo, s.hi = q.lo, q.hi
	if v := &f.answers[q.index]; v.st == known {
		s.lo, s.hi = v.n, v.n
	}
	return s
}

// compileNumber compiles an expression of an ordered kind. Parameters, facts and constants are already in place (see subst).
func (p *Program) compileNumber(n *node) numberFunc {
	switch n.op {
	case opConst:
		if n.val.st != known {
			return func(*frame) span { return span{none: true} }
		}
		s := point(n.val.n)
		return func(*frame) span { return s }
	case opQuestion:
		q := n.q
		return func(f *frame) span { return f.span(q) }
	case opAdd, opSub, opMul, opDiv:
		a, b, o := p.compileNumber(n.args[0]), p.compileNumber(n.args[1]), n.op
		return func(f *frame) span { return spanArithmetic(o, a(f), b(f)) }
	case opNeg:
		a := p.compileNumber(n.args[0])
		return func(f *frame) span {
			s := a(f)
			s.lo, s.hi = -s.hi, -s.lo
			return s
		}
	case opDateOf, opAt:
		a := p.compileNumber(n.args[0])
		day := func(x float64) float64 { return x }
		if n.args[0].kind.code == kindDateTime {
			day = func(x float64) float64 { return math.Floor(x / minutesPerDay) }
		}
		if n.op == opDateOf {
			return func(f *frame) span { return mapSpan(a(f), day) }
		}
		b := p.compileNumber(n.args[1])
		return func(f *frame) span {
			return spanArithmetic(opAdd, mapSpan(a(f), func(x float64) float64 { return day(x) * minutesPerDay }), b(f))
		}
	case opDaysBetween, opHoursBetween:
		a, b := p.compileNumber(n.args[0]), p.compileNumber(n.args[1])
		x, y := func(v float64) float64 { return v / 60 }, func(v float64) float64 { return v / 60 }
		if n.op == opDaysBetween {
			x, y = dayOf(n.args[0]), dayOf(n.args[1])
		}
		return func(f *frame) span {
			s, t := mapSpan(a(f), x), mapSpan(b(f), y)
			if !s.number || !t.number {
				return span{none: true}
			}
			return span{lo: t.lo - s.hi, hi: t.hi - s.lo, number: true, none: s.none || t.none}
		}
	}
	// Whatever else: known or not.
	v := p.compileValue(n)
	return func(f *frame) span {
		switch x := v(f); x.st {
		case known:
			return point(x.n)
		case none:
			return span{none: true}
		}
		return span{lo: math.Inf(-1), hi: math.Inf(1), number: true, none: true}
	}
}

func dayOf(n *node) func(float64) float64 {
	if n.kind.code == kindDateTime {
		return func(x float64) float64 { return math.Floor(x / minutesPerDay) }
	}
	return func(x float64) float64 { return x }
}

// mapSpan applies a function that never decreases.
func mapSpan(s span, f func(float64) float64) span {
	if !math.IsInf(s.lo, 0) {
		s.lo = f(s.lo)
	}
	if !math.IsInf(s.hi, 0) {
		s.hi = f(s.hi)
	}
	return s
}

// spanArithmetic follows arithmetic: a sum skips none, everything else with none is none.
func spanArithmetic(o op, a, b span) span {
	r := span{none: a.none && b.none}
	hull := func(lo, hi float64) {
		if math.IsNaN(lo) {
			lo = math.Inf(-1)
		}
		if math.IsNaN(hi) {
			hi = math.Inf(1)
		}
		if !r.number {
			r.lo, r.hi, r.number = lo, hi, true
			return
		}
		r.lo, r.hi = min(r.lo, lo), max(r.hi, hi)
	}
	switch o {
	case opAdd, opSub:
		if o == opSub {
			b.lo, b.hi = -b.hi, -b.lo
		}
		if a.number && b.number {
			hull(a.lo+b.lo, a.hi+b.hi)
		}
		if a.number && b.none {
			hull(a.lo, a.hi)
		}
		if b.number && a.none {
			hull(b.lo, b.hi)
		}
		return r
	}
	r.none = a.none || b.none
	if !a.number || !b.number {
		r.none = true
		return r
	}
	if o == opDiv {
		if b.lo <= 0 && b.hi >= 0 {
			r.none = true
			if b.lo == 0 && b.hi == 0 {
				return r
			}
			hull(math.Inf(-1), math.Inf(1))
			return r
		}
		corners(hull, a, b, func(x, y float64) float64 { return x / y })
		return r
	}
	corners(hull, a, b, func(x, y float64) float64 {
		if x == 0 || y == 0 {
			return 0 // also beside infinity
		}
		return x * y
	})
	return r
}

func corners(hull func(lo, hi float64), a, b span, f func(x, y float64) float64) {
	v := []float64{f(a.lo, b.lo), f(a.lo, b.hi), f(a.hi, b.lo), f(a.hi, b.hi)}
	hull(slices.Min(v), slices.Max(v))
}

// compileTruth compiles a condition.
func (p *Program) compileTruth(n *node) truthFunc {
	switch n.op {
	case opConst:
		t := triOf(n.val.st == known && n.val.n != 0)
		return func(*frame) tri { return t }
	case opAnd:
		a, b := p.compileTruth(n.args[0]), p.compileTruth(n.args[1])
		return func(f *frame) tri {
			x := a(f)
			if x == no {
				return no
			}
			return x.and(b(f))
		}
	case opOr:
		a, b := p.compileTruth(n.args[0]), p.compileTruth(n.args[1])
		return func(f *frame) tri {
			x := a(f)
			if x == yes {
				return yes
			}
			return x.or(b(f))
		}
	case opNot:
		a := p.compileTruth(n.args[0])
		return func(f *frame) tri { return a(f).not() }
	case opFact:
		return p.compileTruth(n.fact.tree)
	case opEq, opLess, opLessEq:
		return p.compileComparison(n)
	case opIn:
		a, k := p.compileValue(n.args[0]), n.args[0].kind
		var among []value
		for _, c := range n.args[1:] {
			if c.val.st == known {
				among = append(among, c.val)
			}
		}
		return func(f *frame) tri {
			x := a(f)
			if x.st == none {
				return no
			}
			if x.st == unknown {
				return maybe
			}
			for i := range among {
				if equal(k, x, among[i]) {
					return yes
				}
			}
			return no
		}
	case opHas, opSetEq:
		set := p.compileValue(n.args[0])
		var want []string
		for _, c := range n.args[1:] {
			want = append(want, c.val.s)
		}
		absent := n.op == opHas && n.args[1].op == opConst && n.args[1].val.st == none
		equalSets, element := n.op == opSetEq, n.op == opHas && n.args[1].op != opConst
		var one valueFunc
		if element {
			one = p.compileValue(n.args[1])
		}
		want = sortedSet(want)
		return func(f *frame) tri {
			x := set(f)
			if x.st == none || absent {
				return no
			}
			if x.st == unknown {
				return maybe
			}
			if equalSets {
				return triOf(slices.Equal(sortedSet(x.set), want))
			}
			if element {
				return triOf(slices.Contains(x.set, one(f).s))
			}
			return triOf(slices.Contains(x.set, want[0]))
		}
	case opAny, opAll, opNone, opOne:
		of, body, o := p.compileValue(n.args[0]), p.compileTruth(n.args[1]), n.op
		return func(f *frame) tri {
			x := of(f)
			switch x.st {
			case none:
				return triOf(o == opAll || o == opNone)
			case unknown:
				return maybe
			}
			hold, open := 0, 0
			f.each(x, func() {
				switch body(f) {
				case yes:
					hold++
				case maybe:
					open++
				}
			})
			return quantify(o, len(x.set)+len(x.items), hold, open)
		}
	case opEach:
		of, body := p.compileValue(n.args[0]), p.compileTruth(n.args[1])
		return func(f *frame) tri {
			x := of(f)
			if x.st != known {
				return map[state]tri{none: no, unknown: maybe}[x.st]
			}
			t, outer := no, f.item
			for i := range x.items {
				f.item = &x.items[i]
				t = t.or(body(f))
			}
			f.item = outer
			return t
		}
	case opOutsideHours:
		a, b, h := p.compileValue(n.args[0]), p.compileValue(n.args[1]), n.args[2].val.hours
		return func(f *frame) tri {
			x, y := a(f), b(f)
			if x.st == none || y.st == none || h == nil {
				return no
			}
			if x.st == unknown || y.st == unknown {
				return maybe
			}
			return triOf(outsideHours(x.n, y.n, h))
		}
	case opCall:
		return p.compileCall(n).truth
	case opFormula:
		formula := n.formula
		return func(f *frame) tri { return f.work.truth(formula) }
	}
	v := p.compileValue(n)
	return func(f *frame) tri {
		switch x := v(f); x.st {
		case none:
			return no
		case known:
			return triOf(x.n != 0)
		}
		return maybe
	}
}

func (f *frame) each(x value, do func()) {
	for _, s := range x.set {
		f.element = append(f.element, elementValue{option: s})
		do()
		f.element = f.element[:len(f.element)-1]
	}
	for i := range x.items {
		f.element = append(f.element, elementValue{record: &x.items[i]})
		do()
		f.element = f.element[:len(f.element)-1]
	}
}

func (p *Program) compileComparison(n *node) truthFunc {
	o := n.op
	if !n.args[0].kind.ordered() {
		a, b, k := p.compileValue(n.args[0]), p.compileValue(n.args[1]), n.args[0].kind
		return func(f *frame) tri {
			x, y := a(f), b(f)
			if x.st == none || y.st == none {
				return no
			}
			if x.st == unknown || y.st == unknown {
				return maybe
			}
			return triOf(equal(k, x, y))
		}
	}
	a, b := p.compileNumber(n.args[0]), p.compileNumber(n.args[1])
	return func(f *frame) tri {
		x, y := a(f), b(f)
		t := tri(0)
		if x.none || y.none {
			t = no
		}
		if !x.number || !y.number {
			return no
		}
		switch o {
		case opLess:
			return t | compareSpans(x.hi < y.lo, x.lo >= y.hi)
		case opLessEq:
			return t | compareSpans(x.hi <= y.lo, x.lo > y.hi)
		}
		return t | compareSpans(x.lo == x.hi && y.lo == y.hi && x.lo == y.lo, x.hi < y.lo || y.hi < x.lo)
	}
}

func compareSpans(surely, never bool) tri {
	switch {
	case surely:
		return yes
	case never:
		return no
	}
	return maybe
}

// compileValue compiles an expression of any kind to its value: known, none, or unknown.
func (p *Program) compileValue(n *node) valueFunc {
	switch n.op {
	case opConst:
		v := n.val
		return func(*frame) value { return v }
	case opQuestion:
		q := n.q
		return func(f *frame) value { return f.value(q) }
	case opItem:
		return func(*frame) value { return value{st: known} }
	case opElement:
		return func(f *frame) value { return textValue(f.element[len(f.element)-1].option) }
	case opField:
		i, element := n.q.index, n.args[0].op == opElement
		return func(f *frame) value {
			if element {
				return (*f.element[len(f.element)-1].record)[i]
			}
			return (*f.item)[i]
		}
	case opFact:
		return p.compileValue(n.fact.tree)
	case opTable:
		t, column := n.table, n.column
		rows := make([]truthFunc, len(t.rows))
		for i := range t.rows {
			rows[i] = p.compileTruth(n.args[i])
		}
		return func(f *frame) value {
			match := make([]tri, len(rows))
			for i := range rows {
				match[i] = rows[i](f)
			}
			return t.result(match, column)
		}
	case opLen, opCount, opSum:
		return p.compileCount(n)
	case opMod, opPow:
		a, b, o := p.compileValue(n.args[0]), p.compileValue(n.args[1]), n.op
		return func(f *frame) value { return arithmetic(o, a(f), b(f)) }
	case opHour, opWeekday, opTimeOf, opFrom, opTo, opMunicipalityOf:
		a := p.compileValue(n.args[0])
		return func(f *frame) value {
			x := a(f)
			if x.st != known {
				return x
			}
			return apply(n, []value{x})
		}
	case opAdd, opSub, opMul, opDiv, opNeg, opDateOf, opAt, opDaysBetween, opHoursBetween:
		number := p.compileNumber(n)
		return func(f *frame) value {
			s := number(f)
			switch {
			case s.known():
				return numberValue(s.lo)
			case !s.number:
				return noneValue
			}
			return unknownValue
		}
	case opIf:
		condition, then, otherwise := p.compileTruth(n.args[0]), p.compileValue(n.args[1]), p.compileValue(n.args[2])
		return func(f *frame) value {
			switch condition(f) {
			case yes:
				return then(f)
			case no:
				return otherwise(f)
			}
			return unknownValue
		}
	case opCall:
		return p.compileCall(n).value
	}
	truth := p.compileTruth(n)
	return func(f *frame) value {
		switch truth(f) {
		case yes:
			return boolValue(true)
		case no:
			return boolValue(false)
		}
		return unknownValue
	}
}

func (p *Program) compileCount(n *node) valueFunc {
	of, o := p.compileValue(n.args[0]), n.op
	var truth truthFunc
	var number valueFunc
	switch o {
	case opCount:
		truth = p.compileTruth(n.args[1])
	case opSum:
		number = p.compileValue(n.args[1])
	}
	return func(f *frame) value {
		x := of(f)
		if x.st == none {
			return numberValue(0)
		}
		if x.st == unknown {
			return unknownValue
		}
		if o == opLen {
			return numberValue(float64(len(x.set) + len(x.items)))
		}
		total := numberValue(0)
		f.each(x, func() {
			if o == opSum {
				total = arithmetic(opAdd, total, number(f))
				return
			}
			switch truth(f) {
			case yes:
				total = arithmetic(opAdd, total, numberValue(1))
			case maybe:
				total = unknownValue
			}
		})
		return total
	}
}
