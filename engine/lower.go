package engine

import (
	"slices"
	"strconv"
	"strings"

	"luvat/definitions"
)

// lowering turns checked expressions into formulas over slots, for one time between changes of parameters.
type lowering struct {
	m       *model
	place   string // municipality whose local parameters stand in for parameters
	gates   map[*question]*formula
	needs   map[*requirement]*formula
	replace map[replaced]*node
	facts   map[replaced]*formula
	element string // the option that `#` stands for while a quantifier is written out
}

type replaced struct {
	n     *node
	place string
}

// gate is the formula of a question's relevance.
func (l *lowering) gate(q *question) *formula {
	if q.when == nil {
		return always
	}
	if f, ok := l.gates[q]; ok {
		return f
	}
	place := l.place
	l.place = ""
	f := l.truth(q.when)
	l.place = place
	l.gates[q] = f
	return f
}

// tested puts a question's relevance beside a test of its answer.
func (l *lowering) tested(q *question, slot int, t test) *formula {
	return fand(l.gate(q), &formula{op: fTest, slot: slot, test: t})
}

func (l *lowering) needed(r *requirement) *formula {
	if f, ok := l.needs[r]; ok {
		return f
	}
	place := l.place
	l.place = ""
	f := l.grounded(r)
	for _, o := range r.displacedBy {
		f = fand(f, fnot(l.needed(o)))
	}
	l.place = place
	l.needs[r] = f
	return f
}

// grounded: a ground of needed holds and no exception, at one of the places.
func (l *lowering) grounded(r *requirement) *formula {
	if r.list != nil {
		return l.eachItem(r, r.needed, r.unless)
	}
	any := func(grounds []*ground) *formula {
		var fs []*formula
		for _, g := range grounds {
			fs = append(fs, l.here(g))
		}
		return forAny(fs...)
	}
	exceptions := func(f *formula) *formula { return fand(f, fnot(any(r.unless))) }
	if slices.ContainsFunc(r.unless, func(g *ground) bool { return g.local }) {
		return l.somewhere(true, r.localGrounds, func() *formula { return exceptions(any(r.needed)) })
	}
	// Grounds that are the same everywhere need not be written out for every kind of place.
	var everywhere, local []*ground
	for _, g := range r.needed {
		if g.local {
			local = append(local, g)
		} else {
			everywhere = append(everywhere, g)
		}
	}
	return exceptions(forAny(any(everywhere), l.somewhere(len(local) > 0, local, func() *formula { return any(local) })))
}

// asked: the law leaves the requirement to the authority, and it is not needed anyway.
func (l *lowering) asked(r *requirement) *formula {
	if len(r.ask) == 0 {
		return never
	}
	var f *formula
	if r.list != nil {
		f = l.eachItem(r, r.ask, nil)
	} else {
		var grounds []*formula
		for _, g := range r.ask {
			grounds = append(grounds, l.holds(g))
		}
		f = forAny(grounds...)
	}
	for _, o := range r.displacedBy {
		f = fand(f, fnot(l.needed(o)))
	}
	return fand(f, fnot(l.needed(r)))
}

// eachItem: the grounds of a requirement of a list hold for one of its items. Lists have no cells: a computed slot.
func (l *lowering) eachItem(r *requirement, grounds, except []*ground) *formula {
	body := falseNode
	for _, g := range grounds {
		when := g.when
		if when == nil {
			when = trueNode
		}
		body = orNode(body, when)
	}
	for _, g := range except {
		if g.when == nil {
			return never
		}
		body = andNode(body, notNode(g.when))
	}
	list := &node{op: opQuestion, kind: r.list.kind, q: r.list}
	return l.computed(&node{op: opEach, kind: boolKind, args: []*node{list, body}})
}

// holds: one ground or rule, at one of the places.
func (l *lowering) holds(g *ground) *formula {
	return l.somewhere(g.local, []*ground{g}, func() *formula { return l.here(g) })
}

// here: one ground with the parameters of the place in scope.
func (l *lowering) here(g *ground) *formula {
	if g.where != nil && (!g.where[l.place] || !g.inForce(l.m.on)) {
		return never
	}
	if g.when == nil {
		return always
	}
	return l.truth(g.when)
}

// somewhere writes out what reads local parameters: for every kind of place, that the case is at one and the condition holds there.
func (l *lowering) somewhere(local bool, grounds []*ground, condition func() *formula) *formula {
	if !local {
		return condition()
	}
	outer := l.place
	defer func() { l.place = outer }()
	var kinds []*formula
	for _, k := range l.m.program.placeKinds(grounds, l.m.on) {
		l.place = k.any()
		kinds = append(kinds, fand(l.at(k.codes), condition()))
	}
	return forAny(kinds...)
}

// at: one of the case's places is among these.
func (l *lowering) at(codes map[string]bool) *formula {
	q := l.m.program.place
	return l.tested(q, l.m.municipalitySlot(q, codes), test{codes: codes})
}

func (k placeKind) any() string {
	first := ""
	for c := range k.codes {
		if first == "" || c < first {
			first = c
		}
	}
	return first
}

// placeKinds divides the municipalities into those for which the grounds read the same parameters in the same overlays, in order of
// their first code.
func (p *Program) placeKinds(grounds []*ground, on definitions.Date) []placeKind {
	var params []*param
	for _, g := range grounds {
		for _, q := range localParams(g.when) {
			if !slices.Contains(params, q) {
				params = append(params, q)
			}
		}
	}
	byKey := map[string]int{}
	var kinds []placeKind
	for _, m := range p.engine.Library.Shared.Municipalities {
		var key strings.Builder
		for _, q := range params {
			v := q.at(m.Code, on)
			key.WriteString(strconv.Itoa(int(v.st)))
			key.WriteString(strconv.FormatFloat(v.n, 'g', -1, 64))
			key.WriteString(v.s)
			if v.hours != nil {
				for _, h := range v.hours {
					key.WriteString(strconv.Itoa(h.From) + "-" + strconv.Itoa(h.To) + " ")
				}
			}
			key.WriteByte('|')
		}
		for _, g := range grounds {
			if g.where != nil {
				key.WriteString(strconv.FormatBool(g.where[m.Code] && g.inForce(on)))
			}
		}
		i, ok := byKey[key.String()]
		if !ok {
			i = len(kinds)
			byKey[key.String()] = i
			kinds = append(kinds, placeKind{codes: map[string]bool{}})
		}
		kinds[i].codes[m.Code] = true
	}
	return kinds
}

// subst puts constants in place of parameters and trees in place of facts, so that what remains reads answers only.
func (l *lowering) subst(n *node) *node {
	key := replaced{n, l.place}
	if r, ok := l.replace[key]; ok && l.element == "" {
		return r
	}
	var r *node
	switch n.op {
	case opParam:
		r = constant(n.kind, n.param.at(l.place, l.m.on))
	case opExists:
		r = constant(boolKind, boolValue(n.param.at(l.place, l.m.on).st == known))
	case opFact:
		r = l.subst(n.fact.tree)
	case opTable:
		c := *n
		c.args = nil
		for _, row := range n.table.rows {
			c.args = append(c.args, l.subst(row.match))
		}
		r = &c
	case opElement:
		r = n
		if l.element != "" {
			r = constant(n.kind, textValue(l.element))
		}
	case opNeeded:
		r = &node{op: opFormula, kind: boolKind, formula: l.needed(n.req), name: n.req.def.ID}
	default:
		c := *n
		c.args = make([]*node, len(n.args))
		same := true
		for i, a := range n.args {
			c.args[i] = l.subst(a)
			same = same && c.args[i] == a
		}
		r = &c
		if same {
			r = n
		}
	}
	if l.element == "" {
		l.replace[key] = r
	}
	return r
}
