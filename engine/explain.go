package engine

import (
	"math"
	"slices"
	"strings"

	"luvat/definitions"
)

// grounds returns the grounds of a section that certainly hold, or that may.
func (x *analysis) grounds(r *requirement, section []*ground, want tri) []Ground {
	out := []Ground{}
	for _, g := range section {
		b := &x.m.grounds[g.index]
		t := x.w.truthOf(b)
		if t == no || want == yes && t != yes {
			continue
		}
		if want == yes || t == yes {
			x.atPlaceOf(g)
		}
		out = append(out, Ground{ID: g.def.ID, Because: x.fill(g.def.Because), Law: x.laws(g.def.Law), Answers: x.conditions(b.yes), Unverified: x.unverified(g)})
		x.ref.municipality = ""
	}
	return out
}

// unverified reports whether a ground, or a parameter that it reads at the place in scope, is not checked against its source.
func (x *analysis) unverified(g *ground) bool {
	is := g.def.Marked
	if g.when != nil {
		g.when.deep(func(n *node) {
			if n.op == opParam {
				v := n.param.valueAt(x.ref.municipality, x.on)
				is = is || v != nil && v.unverified
			}
		})
	}
	return is
}

// atPlaceOf puts the first place at which a local ground holds in scope, so that its text shows that place's numbers.
func (x *analysis) atPlaceOf(g *ground) {
	if !g.local {
		return
	}
	places, st := x.ref.places()
	if st != known {
		return
	}
	for _, m := range places {
		w := x.ref
		w.municipality = m
		if w.holdsHere(g) == yes {
			x.ref.municipality = m
			return
		}
	}
}

// conditions says the conjunct that makes a rule hold: the shortest of those that survive whose tests are all answered, otherwise the
// answered tests of the shortest.
func (x *analysis) conditions(s bitSpan) []Condition {
	out := []Condition{}
	bit := x.shortest(s)
	if bit < 0 {
		return out
	}
	for _, l := range x.inOrder(x.m.box[bit]) {
		if c, ok := x.condition(l, true); ok {
			out = append(out, c)
		}
	}
	return out
}

// inOrder returns the tests of a conjunct in the order in which their questions are asked.
func (x *analysis) inOrder(b box) box {
	b = slices.Clone(b)
	slices.SortStableFunc(b, func(l, o literal) int {
		return slices.Compare(x.m.slots[l.slot].inputs, x.m.slots[o.slot].inputs)
	})
	return b
}

// shortest returns the surviving conjunct with the fewest open tests, then with the fewest tests beside those of the place, then the one
// that asks for least: the place is given, so the limits of other places explain nothing. -1 when none survives.
func (x *analysis) shortest(s bitSpan) int {
	type rank struct {
		open, tests int
		room        float64
	}
	var best rank
	bit := -1
	x.w.each(s, func(b int) bool {
		var r rank
		for _, l := range x.m.box[b] {
			sl := x.m.slots[l.slot]
			if x.w.cells[l.slot] < 0 {
				r.open++
			}
			if !sl.ofPlace() {
				r.tests++
				r.room += float64(l.set.count()) / float64(sl.cells)
			}
		}
		if bit < 0 || r.open < best.open || r.open == best.open && (r.tests < best.tests || r.tests == best.tests && r.room > best.room) {
			bit, best = b, r
		}
		return true
	})
	return bit
}

// ofPlace reports whether the slot says where something is.
func (s *slot) ofPlace() bool { return s.kind == slotKinds || s.kind == slotKindOfPlace }

// condition says one test of a conjunct. For a failing condition the test says what would be needed instead.
func (x *analysis) condition(l literal, holds bool) (Condition, bool) {
	s := x.m.slots[l.slot]
	set := l.set
	if holds && x.ordinary(s, set) {
		return Condition{}, false
	}
	if !holds {
		set = s.domain.without(set)
	}
	c := Condition{Holds: holds, Test: x.m.testText(s, set, x.lang), Questions: []string{}}
	if s.q != nil {
		q := s.q
		c.Questions = []string{q.def.ID}
		c.Label = x.fill(q.def.Ask)
		c.Answer = x.p.answerText(q, x.a.values[q.index], x.lang)
		switch s.kind {
		case slotHas:
			option := q.def.Options[s.option].Text.In(x.lang)
			c.Test = byLang(x.lang, "mukana ", "med ", "includes ") + quoted(option, x.lang)
			if !set.has(1) {
				c.Test = byLang(x.lang, "ei mukana ", "utan ", "without ") + quoted(option, x.lang)
			}
		case slotNumber:
			if s.part == opLen && q.kind.code == kindChoices {
				c.Test = byLang(x.lang, "valittuja: ", "valda: ", "chosen: ") + c.Test
			}
		}
		return c, true
	}
	if s.tree == nil { // a rule that is too large to be said
		return Condition{}, false
	}
	var labels, answers []string
	for _, q := range x.p.reads(s.tree) {
		c.Questions = append(c.Questions, q.def.ID)
		labels = append(labels, x.fill(q.def.Ask))
		if text := x.p.answerText(q, x.a.values[q.index], x.lang); text != "" {
			answers = append(answers, text)
		}
	}
	c.Label = strings.Join(labels, " · ")
	c.Answer = strings.Join(answers, " · ")
	if s.kind == slotSum && s.tree.kind.code == kindNumber {
		if v := s.number(&x.w.frame); v.known() {
			c.Answer += " → " + numberText(math.Round(v.lo*1000)/1000, x.lang)
		}
	}
	if s.kind == slotComputed {
		c.Test = x.comparisonText(s.tree, set.has(1))
	}
	return c, len(c.Questions) > 0
}

// ordinary reports whether a test says only that the place is one of the many to which no local rule applies.
func (x *analysis) ordinary(s *slot, set cellset) bool {
	if s.kind != slotKindOfPlace && s.kind != slotKinds {
		return false
	}
	n := 0
	for i, k := range x.m.kinds[s.q] {
		if s.kind == slotKindOfPlace && slices.Contains(s.among, i) && set.has(1) || s.kind == slotKinds && set.has(i) {
			n += len(k.codes)
		}
	}
	return 2*n > len(x.p.engine.Library.Shared.Municipalities)
}

// comparisonText says a computed comparison: the relation between the answers.
func (x *analysis) comparisonText(n *node, holds bool) string {
	relation := func(fi, sv, en, notFi, notSv, notEn string) string {
		if holds {
			return byLang(x.lang, fi, sv, en)
		}
		return byLang(x.lang, notFi, notSv, notEn)
	}
	switch n.op {
	case opLess, opLessEq:
		if n.args[0].kind.code == kindNumber {
			return relation("ensimmäinen on pienempi", "det första är mindre", "the first is smaller", "ensimmäinen ei ole pienempi", "det första är inte mindre", "the first is not smaller")
		}
		a, b := x.sideText(n.args[0]), x.sideText(n.args[1])
		strict := n.op == opLess
		if !holds { // not (a < b) is b <= a
			a, b, strict = b, a, !strict
		}
		if strict {
			return b + byLang(x.lang, " on myöhemmin kuin ", " är senare än ", " is after ") + a
		}
		return b + byLang(x.lang, " on aikaisintaan ", " är tidigast ", " is not before ") + a
	case opEq:
		return relation("ovat samat", "är lika", "are the same", "ovat eri", "är olika", "differ")
	case opEach, opAny, opOne:
		return relation("jokin kohde täyttää ehdon", "någon post uppfyller villkoret", "an item meets the condition",
			"mikään kohde ei täytä ehtoa", "ingen post uppfyller villkoret", "no item meets the condition")
	case opOutsideHours:
		if h := n.args[2].val.hours; h != nil {
			text := hoursText(h, x.lang)
			return relation("ajan "+text+" ulkopuolella", "utanför tiden "+text, "outside "+text, "ajan "+text+" sisällä", "inom tiden "+text, "within "+text)
		}
	}
	return relation("kyllä", "ja", "yes", "ei", "nej", "no")
}

// sideText says one side of a comparison of moments: its value when known, otherwise the question.
func (x *analysis) sideText(n *node) string {
	if v := x.ref.eval(n); v.st == known {
		return orderedText(n.kind, v.n, x.lang)
	}
	if qs := x.p.reads(n); len(qs) > 0 {
		return x.fill(qs[0].def.Ask)
	}
	return "…"
}

// whyNot says why a requirement is not needed.
func (x *analysis) whyNot(r *requirement, b *requirementBits) *WhyNot {
	out := &WhyNot{Conditions: []Condition{}}
	for _, o := range r.displacedBy {
		if x.w.status(&x.m.requirements[o.index]) == Needed && x.wouldHold(r) {
			out.By = o.def.ID
			name := o.def.Name.In(x.lang)
			out.Because = byLang(x.lang, "Tämän korvaa: "+name+".", "Detta ersätts av: "+name+".", "This is replaced by: "+name+".")
			return out
		}
	}
	for _, g := range r.unless {
		if x.w.truthOf(&x.m.grounds[g.index]) == yes && x.wouldHold(r) {
			out.Exception = &Ground{ID: g.def.ID, Because: x.fill(g.def.Because), Law: x.laws(g.def.Law), Answers: x.conditions(x.m.grounds[g.index].yes)}
			out.Because = out.Exception.Because
			return out
		}
	}
	bit := x.shortest(b.not)
	if bit >= 0 {
		tests := x.inOrder(x.m.box[bit])
		if r.def.Overlay == nil { // the place is no reason by itself, unless it is the only one
			if others := slices.DeleteFunc(slices.Clone(tests), func(l literal) bool { return x.m.slots[l.slot].ofPlace() }); len(others) > 0 {
				tests = others
			}
		}
		tests = x.obstacles(tests, b)
		for _, l := range tests {
			if c, ok := x.condition(l, false); ok {
				out.Conditions = append(out.Conditions, c)
			}
		}
		out.Conditions = mergeConditions(out.Conditions, x.lang)
	}
	if len(out.Conditions) == 0 {
		out.Because = byLang(x.lang, "Mikään peruste ei täyty.", "Ingen grund uppfylls.", "No ground holds.")
		return out
	}
	var parts []string
	for _, c := range out.Conditions {
		answer := c.Answer
		if answer == "" {
			answer = "–"
		}
		parts = append(parts, c.Label+" "+answer+byLang(x.lang, " (edellyttäisi: ", " (skulle kräva: ", " (would take: ")+c.Test+")")
	}
	out.Because = strings.Join(parts, "; ")
	return out
}

// obstacles keeps the tests of a conjunct of "not needed" that stand in the way of some conjunct of needed or ask, each with what that
// would take in place of what it allows. A test that stands in nobody's way is there only because a question depends on it.
func (x *analysis) obstacles(tests box, r *requirementBits) box {
	var out box
	for _, l := range tests {
		var would cellset
		for _, s := range []bitSpan{r.needed, r.ask} {
			for bit := s.from; bit < s.to; bit++ {
				for _, o := range x.m.box[bit] {
					if o.slot == l.slot && !o.set.meets(l.set) {
						if would == nil {
							would = o.set
						}
						would = would.or(o.set)
					}
				}
			}
		}
		if would != nil {
			out = append(out, literal{l.slot, x.m.slots[l.slot].domain.without(would)})
		}
	}
	if len(out) == 0 {
		return tests
	}
	return out
}

// wouldHold reports whether a ground of needed holds, leaving exceptions aside.
func (x *analysis) wouldHold(r *requirement) bool {
	return slices.ContainsFunc(r.needed, func(g *ground) bool { return x.w.truthOf(&x.m.grounds[g.index]) == yes })
}

// mergeConditions joins the tests of the options of one question.
func mergeConditions(cs []Condition, lang definitions.Lang) []Condition {
	var out []Condition
	for _, c := range cs {
		if len(out) > 0 {
			last := &out[len(out)-1]
			if len(c.Questions) == 1 && slices.Equal(last.Questions, c.Questions) && last.Answer == c.Answer {
				last.Test = joinOr([]string{last.Test, c.Test}, lang)
				continue
			}
		}
		out = append(out, c)
	}
	return out
}
