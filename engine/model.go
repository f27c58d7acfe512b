package engine

import (
	"slices"
	"sync"
	"sync/atomic"

	"luvat/definitions"
)

// model decides a program for one time between changes of parameters.
//
// Every answer is cut into slots, every slot into cells: the sets of values that no condition tells apart. Every outcome that a rule
// can have is a disjunction of conjuncts over cells, and every conjunct owns a bit. table holds, for every cell of every slot, the
// words of the conjuncts that the cell allows; deciding is one AND for every answered slot. An unanswered slot allows everything and
// is left out. (Packet classification by bit vectors: Lakshman and Stiliadis, SIGCOMM 1998.)
//
// Because the conjuncts of all outcomes of a rule cover all answers, and slots do not depend on each other, an outcome is possible
// exactly when one of its conjuncts survives, and a question can still change the outcome exactly when two survivors of different
// outcomes are apart on its slots only. Which conjuncts are apart on what is found when the model is built.
type model struct {
	program    *Program
	on         definitions.Date
	fastest    tier
	slots      []*slot
	byKey      map[string]int
	codes      map[*question][]map[string]bool
	kinds      map[*question][]placeKind
	kindOf     map[*question]map[string]int
	divisions  map[*question][]int // while a rule is worked on: the slots of the kinds of places it tells apart
	base       []*slot             // slots of one answer, by question
	computed   []*slot             // in order of evaluation
	ofQuestion [][]*slot
	decided    []*slot // those that a conjunct reads

	requirements []requirementBits
	impossible   []ruleBits
	warnings     []ruleBits
	grounds      []ruleBits          // by ground.index
	relevance    []ruleBits          // by question; without bits for those that are always relevant
	relevant     []truthFunc         // the same for computed slots; nil: always
	conditions   map[*node]*ruleBits // of routes, leads, attachments

	bits    int
	first   int // words that decide complete answers: the bits of needed, ask and impossible
	words   int
	table   []uint64
	all     []uint64                 // the words with every bit of the model set
	box     []box                    // by bit
	normals map[normalKey]normalForm // while the model is built
	effort  int                      // comparisons of boxes for the rule in work
	total   int                      // and for all
	work    sync.Pool

	decider atomic.Pointer[Decider] // one whose tables others share
}

// span of bits.
type bitSpan struct{ from, to int }

// ruleBits are the conjuncts in which a condition holds and those in which it does not.
type ruleBits struct {
	yes, no bitSpan
	pairs   []pair
}

// requirementBits are the conjuncts of the outcomes of a requirement.
type requirementBits struct {
	needed, ask, not bitSpan
	pairs            []pair
	reads            []bool // by question: whether "not needed" depends on it
}

// pair is two conjuncts of different outcomes that are apart only on what the questions decide.
type pair struct {
	a, b      int32
	questions []int32
}

// tier is the fastest way of deciding that a model may use. All but the first exist as fallbacks of it, for what it cannot say;
// a test decides everything by each.
type tier uint8

const (
	tierCells    tier = iota // conjunct bits over cells
	tierFormulas             // rules evaluated as formulas over cells, as when they have too many conjuncts
	tierClosures             // conditions evaluated by closures over answers, as when they are computed
)

func newModel(p *Program, on definitions.Date, fastest tier) *model {
	m, l := emptyModel(p, on, fastest)
	m.build(l)
	m.normals, m.divisions = nil, nil
	m.work.New = func() any { return m.newWork() }
	return m
}

// emptyModel returns a model without rules, and the lowering that makes its formulas.
func emptyModel(p *Program, on definitions.Date, fastest tier) (*model, *lowering) {
	m := &model{program: p, on: on, fastest: fastest, byKey: map[string]int{}, codes: map[*question][]map[string]bool{}, kinds: map[*question][]placeKind{},
		kindOf: map[*question]map[string]int{}, conditions: map[*node]*ruleBits{}, normals: map[normalKey]normalForm{}}
	return m, &lowering{m: m, gates: map[*question]*formula{}, needs: map[*requirement]*formula{}, replace: map[replaced]*node{}, facts: map[replaced]*formula{}}
}

// outcomes are formulas of which exactly one holds, with where their bits go.
type outcomes struct {
	formulas []*formula
	spans    []*bitSpan
	pairs    *[]pair
}

func (m *model) build(l *lowering) {
	p := m.program
	var first, second []outcomes
	rule := func(b *ruleBits, f *formula) outcomes {
		return outcomes{[]*formula{f, fnot(f)}, []*bitSpan{&b.yes, &b.no}, &b.pairs}
	}
	m.requirements = make([]requirementBits, len(p.requirements))
	for i, r := range p.requirements {
		b := &m.requirements[i]
		needed, asked := l.needed(r), l.asked(r)
		first = append(first, outcomes{[]*formula{needed, asked, fnot(forAny(needed, asked))}, []*bitSpan{&b.needed, &b.ask, &b.not}, &b.pairs})
	}
	m.impossible = make([]ruleBits, len(p.impossible))
	for i, r := range p.impossible {
		first = append(first, rule(&m.impossible[i], l.holds(r.ground)))
	}
	all := p.all()
	m.grounds = make([]ruleBits, len(all))
	m.warnings = make([]ruleBits, len(p.warnings))
	for i, r := range p.warnings {
		second = append(second, rule(&m.warnings[i], l.holds(r.ground)))
	}
	for _, r := range p.requirements {
		for _, g := range slices.Concat(r.needed, r.unless, r.ask) {
			var f *formula
			if r.list != nil {
				f = l.eachItem(r, []*ground{g}, nil)
			} else {
				f = l.holds(g)
			}
			second = append(second, rule(&m.grounds[g.index], f))
		}
	}
	m.relevance = make([]ruleBits, len(p.questions))
	m.relevant = make([]truthFunc, len(p.questions))
	for i, q := range p.questions {
		if q.when != nil {
			m.relevant[i] = p.compileTruth(l.subst(q.when))
			second = append(second, rule(&m.relevance[i], l.gate(q)))
		}
	}
	for _, n := range p.conditionsOf() {
		b := &ruleBits{}
		m.conditions[n] = b
		second = append(second, rule(b, l.truth(n)))
	}
	m.finishSlots()

	// The bits that decide complete answers come first, so that they can be read without the rest.
	type covered struct {
		o     outcomes
		boxes []boxes
	}
	lists := [2][]covered{}
	for k, list := range [2][]outcomes{first, second} {
		for _, o := range list {
			c := covered{o: o, boxes: make([]boxes, len(o.formulas))}
			m.cover(o.formulas, c.boxes)
			lists[k] = append(lists[k], c)
		}
	}
	place := func(span *bitSpan, bs boxes) {
		span.from = len(m.box)
		m.box = append(m.box, bs...)
		span.to = len(m.box)
	}
	for _, c := range lists[0] { // needed and ask, or yes
		for i := range len(c.boxes) - 1 {
			place(c.o.spans[i], c.boxes[i])
		}
	}
	m.first = (len(m.box) + 63) / 64
	for _, c := range lists[0] {
		last := len(c.boxes) - 1
		place(c.o.spans[last], c.boxes[last])
	}
	for _, c := range lists[1] {
		for i := range c.boxes {
			place(c.o.spans[i], c.boxes[i])
		}
	}
	for _, list := range lists {
		for _, c := range list {
			*c.o.pairs = m.pairsOf(c.o.spans)
		}
	}
	for i := range m.requirements {
		b := &m.requirements[i]
		b.reads = make([]bool, len(p.questions))
		for bit := b.not.from; bit < b.not.to; bit++ {
			for _, l := range m.box[bit] {
				for _, q := range m.slots[l.slot].inputs {
					b.reads[q] = true
				}
			}
		}
	}
	m.fillTable()
}

// cover finds the boxes of every outcome. When one has too many, the outcomes are decided by computed slots instead.
func (m *model) cover(fs []*formula, to []boxes) {
	ok := m.fastest != tierFormulas
	m.effort = 0
	m.divideFor(fs)
	m.normals = map[normalKey]normalForm{}
	for i, f := range fs {
		var good bool
		to[i], good = m.normal(f, false)
		ok = ok && good && len(to[i]) <= maxBoxes
	}
	if ok {
		return
	}
	var literals []literal
	for i, f := range fs[:len(fs)-1] {
		s := m.ruleSlot(f)
		yes, no := newCellset(2), newCellset(2)
		yes.add(1)
		no.add(0)
		b := append(box(nil), literals...)
		to[i] = boxes{append(b, literal{s, yes})}
		literals = append(literals, literal{s, no})
	}
	to[len(fs)-1] = boxes{box(literals)}
}

// conditionsOf returns the conditions beside the grounds: of routes, leads and attachments.
func (p *Program) conditionsOf() []*node {
	var out []*node
	add := func(n *node) {
		if n != nil && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	for _, r := range p.requirements {
		for i := range r.routes {
			add(r.routes[i].when)
		}
		for i := range r.send {
			add(r.send[i].when)
		}
		for i := range r.recommended {
			add(r.recommended[i].when)
		}
		if r.list == nil {
			for i := range r.attachments {
				add(r.attachments[i].required)
			}
		}
	}
	return out
}

// pairsOf finds the pairs of conjuncts of different outcomes between which only some question's answer stands.
func (m *model) pairsOf(spans []*bitSpan) []pair {
	var out []pair
	var apart []int
	for i, s := range spans {
		for _, t := range spans[i+1:] {
			m.worked((s.to - s.from) * (t.to - t.from))
			for a := s.from; a < s.to; a++ {
				for b := t.from; b < t.to; b++ {
					apart = m.box[a].apart(m.box[b], apart[:0])
					if qs := m.common(apart); len(qs) > 0 {
						out = append(out, pair{int32(a), int32(b), qs})
					}
				}
			}
		}
	}
	return out
}

// common returns the questions on which all of some slots depend.
func (m *model) common(slots []int) []int32 {
	if len(slots) == 0 {
		return nil
	}
	var out []int32
next:
	for _, q := range m.slots[slots[0]].inputs {
		for _, s := range slots[1:] {
			if _, ok := slices.BinarySearch(m.slots[s].inputs, q); !ok {
				continue next
			}
		}
		out = append(out, int32(q))
	}
	return out
}

func (m *model) fillTable() {
	m.bits = len(m.box)
	m.words = (m.bits + 63) / 64
	m.all = make([]uint64, m.words)
	for b := range m.bits {
		m.all[b/64] |= 1 << (b % 64)
	}
	size := 0
	for _, s := range m.slots {
		s.offset = size
		if !s.several() {
			size += (s.cells + 1) * m.words
		}
	}
	m.table = make([]uint64, size)
	for _, s := range m.slots {
		if s.several() {
			continue
		}
		for c := range s.cells + 1 { // the row after the last cell is for an unanswered slot
			copy(m.table[s.offset+c*m.words:], m.all)
		}
	}
	read := make([]bool, len(m.slots))
	for bit, b := range m.box {
		for _, l := range b {
			s := m.slots[l.slot]
			read[l.slot] = true
			for c := range s.cells {
				if !l.set.has(c) {
					m.table[s.offset+c*m.words+bit/64] &^= 1 << (bit % 64)
				}
			}
		}
	}
	for i, s := range m.slots {
		if read[i] {
			m.decided = append(m.decided, s)
		}
	}
}
