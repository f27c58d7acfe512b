package engine

import (
	"slices"
	"strconv"
)

// slotFor returns the slot with a key, making it when there is none.
func (m *model) slotFor(key string, make func() *slot) int {
	if i, ok := m.byKey[key]; ok {
		return i
	}
	s := make()
	s.key = key
	i := len(m.slots)
	m.byKey[key] = i
	s.index = i
	m.slots = append(m.slots, s)
	return i
}

func (m *model) simpleSlot(k slotKind, q *question, option int) int {
	return m.slotFor(strconv.Itoa(int(k))+" "+q.def.ID+" "+strconv.Itoa(option), func() *slot {
		return &slot{kind: k, q: q, option: option, inputs: []int{q.index}}
	})
}

func (m *model) numberSlot(q *question, part op) int {
	return m.slotFor("number "+q.def.ID+" "+strconv.Itoa(int(part)), func() *slot {
		return &slot{kind: slotNumber, q: q, part: part, inputs: []int{q.index}}
	})
}

// municipalitySlot notes that a condition tells the codes from the rest.
func (m *model) municipalitySlot(q *question, codes map[string]bool) int {
	m.codes[q] = append(m.codes[q], codes)
	return m.simpleSlot(slotKinds, q, 0)
}

// several reports whether the slot is of a question with several municipalities, which is written out into a slot for each kind.
func (s *slot) several() bool {
	return s.kind == slotKinds && (s.q.kind.code == kindMunicipalities || s.q.kind.code == kindPlaces)
}

func (m *model) addBounds(i int, t test) {
	s := m.slots[i]
	if !t.below {
		s.bounds = append(s.bounds, t.lo)
	}
	if !t.above {
		s.bounds = append(s.bounds, t.hi)
	}
}

// sumSlot is a number computed from several answers.
func (m *model) sumSlot(tree *node) int {
	return m.slotFor("sum "+tree.show(), func() *slot {
		return &slot{kind: slotSum, tree: tree, number: m.program.compileNumber(tree), inputs: m.inputs(tree)}
	})
}

// computedSlot is a condition computed from several answers.
func (m *model) computedSlot(tree *node) int {
	return m.slotFor("computed "+tree.show(), func() *slot {
		return &slot{kind: slotComputed, tree: tree, truth: m.program.compileTruth(tree), inputs: m.inputs(tree)}
	})
}

// ruleSlot is a rule with too many conjuncts: it is evaluated as it stands, by Kleene's logic over its slots.
func (m *model) ruleSlot(f *formula) int {
	i := m.slotFor("rule "+strconv.Itoa(len(m.slots)), func() *slot {
		in := map[int]bool{}
		m.formulaInputs(f, in)
		return &slot{kind: slotComputed, rule: f, inputs: sortedInts(in)}
	})
	s := m.slots[i]
	s.truth = func(fr *frame) tri { return fr.work.truth(f) }
	m.divisions = nil
	m.placeSlots(f)
	s.finish(0)
	m.computed = append(m.computed, s)
	return i
}

// placeSlots makes the slots that a rule's tests of several municipalities read when it is evaluated as it stands.
func (m *model) placeSlots(f *formula) {
	if f.op == fTest && m.slots[f.slot].several() {
		m.someOfKinds(f)
	}
	for _, a := range f.args {
		m.placeSlots(a)
	}
}

// inputs are the questions that an expression depends on, with those that decide their relevance.
func (m *model) inputs(n *node) []int {
	set := map[int]bool{}
	var add func(q *question)
	visit := func(n *node) {
		n.deep(func(n *node) {
			if n.op == opQuestion {
				add(n.q)
			}
			if n.op == opFormula {
				m.formulaInputs(n.formula, set)
			}
		})
	}
	add = func(q *question) {
		if set[q.index] {
			return
		}
		set[q.index] = true
		if q.when != nil {
			visit(q.when)
		}
	}
	visit(n)
	return sortedInts(set)
}

func (m *model) formulaInputs(f *formula, set map[int]bool) {
	if f.op == fTest {
		for _, q := range m.slots[f.slot].inputs {
			set[q] = true
		}
	}
	for _, a := range f.args {
		m.formulaInputs(a, set)
	}
}

// finishSlots cuts every slot into its cells. No test may be added afterwards.
func (m *model) finishSlots() {
	for q, sets := range m.codes {
		m.kinds[q] = m.divide(sets)
		m.kindOf[q] = map[string]int{}
		for i, k := range m.kinds[q] {
			for c := range k.codes {
				m.kindOf[q][c] = i
			}
		}
	}
	m.ofQuestion = make([][]*slot, len(m.program.questions))
	for _, s := range m.slots {
		s.finish(len(m.kinds[s.q]))
		switch s.kind {
		case slotSum, slotComputed:
			m.computed = append(m.computed, s)
		default:
			m.addBase(s)
		}
	}
}

// addBase adds a finished slot to those that an answer fills. One of several municipalities is written out into others.
func (m *model) addBase(s *slot) {
	if !s.several() {
		m.base = append(m.base, s)
		m.ofQuestion[s.q.index] = append(m.ofQuestion[s.q.index], s)
	}
}

// divide returns the sets of municipalities that none of some sets divides further, in order of their first code.
func (m *model) divide(sets []map[string]bool) []placeKind {
	var kinds []placeKind
	byKey := map[string]int{}
	for _, mu := range m.program.engine.Library.Shared.Municipalities {
		key := make([]byte, len(sets))
		for i, s := range sets {
			if s[mu.Code] {
				key[i] = 1
			}
		}
		k, ok := byKey[string(key)]
		if !ok {
			k = len(kinds)
			byKey[string(key)] = k
			kinds = append(kinds, placeKind{codes: map[string]bool{}})
		}
		kinds[k].codes[mu.Code] = true
	}
	return kinds
}

// setCell gives the cell of a slot for a known answer, -1 when the answer says nothing about it.
func (m *model) cell(s *slot, v *value) int {
	switch s.kind {
	case slotBool:
		return int(v.n)
	case slotOption:
		return s.q.option[v.s]
	case slotHas:
		if slices.Contains(v.set, s.q.def.Options[s.option].ID) {
			return 1
		}
		return 0
	case slotKinds:
		return m.kindOf[s.q][v.s]
	case slotKindOfPlace:
		for _, c := range v.set {
			if slices.Contains(s.among, m.kindOf[s.q][c]) {
				return 1
			}
		}
		return 0
	case slotText:
		return slices.Index(s.texts, v.s) + 1
	case slotNumber:
		x := v.n
		switch s.part {
		case opDateOf:
			x = floorDiv(x, minutesPerDay)
		case opTimeOf:
			x -= floorDiv(x, minutesPerDay) * minutesPerDay
		case opHour:
			x = floor((x - floorDiv(x, minutesPerDay)*minutesPerDay) / 60)
		case opWeekday:
			if s.q.kind.code == kindDateTime {
				x = floorDiv(x, minutesPerDay)
			}
			x = float64(weekday(x))
		case opLen:
			x = float64(len(v.set) + len(v.items))
		case opFrom:
			x = v.items[0][0].n
		case opTo:
			x = v.items[0][1].n
		}
		return s.numberCell(x)
	}
	return -1
}
