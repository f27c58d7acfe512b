package engine

import (
	"slices"
	"strconv"

	"luvat/definitions"
)

// slotReader reads answers from JSON straight into slots. It knows only what is written plainly and right; everything else it leaves
// to Program.ParseAnswers, which also says what is wrong.
type slotReader struct {
	questions []questionReader
	byID      map[string]int
}

// questionReader is what an answer to one question does to the slots.
type questionReader struct {
	key     string   // the id as it stands before an answer, with quotes and colon
	quoted  []string // the ids of the options, with quotes
	q       *question
	plain   bool          // it is of a type that is read here
	numeric int           // where the answer goes among the numbers, -1 for nowhere
	always  []digit       // with every answer: that nothing is chosen yet
	options [][]digit     // by option, truth value or kind of place, when it is chosen
	values  []numberSlot  // slots of a number
	lengths []numberSlot  // slots of how many are chosen
	places  []placeDigits // of several municipalities, when one of the kinds is among them
	kinds   []int16       // by municipality code: the kind of place, -1 for no municipality
}

// digit is a summand of a group.
type digit struct {
	group int32
	add   uint16
}

// placeDigits are summands for one of several municipalities being of some kinds.
type placeDigits struct {
	digits []digit
	among  []int
}

type numberSlot struct {
	slot        *slot
	place, full slotPlace
}

func (d *Decider) newReader() *slotReader {
	questions := d.model.program.questions
	r := &slotReader{byID: map[string]int{}}
	for i, q := range questions {
		r.byID[q.def.ID] = i
		r.questions = append(r.questions, d.newQuestionReader(q))
	}
	return r
}

func (d *Decider) newQuestionReader(q *question) questionReader {
	m := d.model
	r := questionReader{key: `"` + q.def.ID + `":`, q: q, numeric: slices.Index(d.numeric, int32(q.index)), plain: !slices.Contains(d.other, int32(q.index))}
	for _, o := range q.def.Options {
		r.quoted = append(r.quoted, `"`+o.ID+`"`)
	}
	options := max(len(q.def.Options), 2)
	if q.def.Type == definitions.Municipality {
		options = max(len(m.kinds[q]), 1)
		r.kinds = make([]int16, 1000)
		for i := range r.kinds {
			r.kinds[i] = -1
		}
		for _, mu := range m.program.engine.Library.Shared.Municipalities {
			if n, err := strconv.Atoi(mu.Code); err == nil && len(mu.Code) == 3 && n >= 0 {
				r.kinds[n] = int16(m.kindOf[q][mu.Code])
			}
		}
	}
	r.options = make([][]digit, options)
	for _, s := range m.ofQuestion[q.index] {
		p, f := d.place[s.index], d.fullPlace[s.index]
		one := []digit{{p.group, uint16(p.stride)}, {f.group, uint16(f.stride)}} // from the cell for no to that for yes
		switch {
		case p.group < 0:
		case s.kind == slotBool || s.kind == slotOption || s.kind == slotKinds:
			for c := range s.cells {
				r.options[c] = append(r.options[c], p.add(c), f.add(c))
			}
		case s.kind == slotKindOfPlace:
			r.always = append(r.always, p.add(0), f.add(0))
			r.places = append(r.places, placeDigits{one, s.among})
		case s.kind == slotHas:
			r.always = append(r.always, p.add(0), f.add(0))
			r.options[s.option] = append(r.options[s.option], one...)
		case s.kind == slotNumber && s.part == opQuestion:
			r.values = append(r.values, numberSlot{s, p, f})
		case s.kind == slotNumber && s.part == opLen:
			r.lengths = append(r.lengths, numberSlot{s, p, f})
		default:
			r.plain = false
		}
	}
	return r
}

// read returns false when the document has anything that is not read here.
func (r *slotReader) read(data []byte, to *Slots) bool {
	if len(data) > maxAnswers {
		return false
	}
	clear(to.groups)
	clear(to.answered)
	to.missing = 1<<len(to.numbers) - 1
	s := scanner{data: data}
	if !s.token('{') {
		return false
	}
	if s.token('}') {
		return s.end()
	}
	next := 0
	for {
		var ok bool
		if next, ok = r.find(&s, next); !ok || to.answered[next>>6]>>(next&63)&1 != 0 {
			return false
		}
		to.answered[next>>6] |= 1 << (next & 63)
		q := &r.questions[next]
		if s.space(); !q.plain || !q.read(&s, to) {
			return false
		}
		next++
		if s.token(',') {
			continue
		}
		return s.token('}') && s.end()
	}
}

// find reads the id of a question. Mostly the answers come in the order of the questions, with some left out, and without spaces.
func (r *slotReader) find(s *scanner, next int) (int, bool) {
	s.space()
	for i := next; i < min(next+4, len(r.questions)); i++ {
		if s.word(r.questions[i].key) {
			return i, true
		}
	}
	id, ok := s.text()
	if !ok || !s.token(':') {
		return 0, false
	}
	i, ok := r.byID[string(id)]
	return i, ok
}

func (q *questionReader) read(s *scanner, to *Slots) bool {
	switch q.q.def.Type {
	case definitions.Boolean:
		choice := 0
		switch {
		case s.word("true"):
			choice = 1
		case !s.word("false"):
			return false
		}
		to.addAll(q.options[choice])
		q.keep(float64(choice), to)
		return true
	case definitions.Integer, definitions.Number, definitions.Money:
		x, ok := s.whole()
		return ok && q.number(x, to)
	case definitions.DateTime:
		t, ok := s.text()
		if !ok || len(t) != 16 {
			return false
		}
		x, ok := scanDateTime(t)
		return ok && q.number(x, to)
	case definitions.Choice:
		i := q.option(s, 0)
		if i < 0 {
			return false
		}
		to.addAll(q.options[i])
		return true
	case definitions.Choices:
		return q.choices(s, to)
	case definitions.Municipality:
		return q.municipality(s, to)
	}
	return false
}

func (to *Slots) add(d digit) { to.groups[d.group] += d.add }

func (to *Slots) addAll(digits []digit) {
	for _, d := range digits {
		to.add(d)
	}
}

func (to *Slots) put(slots []numberSlot, x float64) {
	for i := range slots {
		n := &slots[i]
		cell := n.slot.numberCell(x)
		to.add(n.place.add(cell))
		to.add(n.full.add(cell))
	}
}

func (q *questionReader) number(x float64, to *Slots) bool {
	if x < q.q.lo || x > q.q.hi {
		return false
	}
	to.put(q.values, x)
	q.keep(x, to)
	return true
}

func (q *questionReader) keep(x float64, to *Slots) {
	if q.numeric >= 0 {
		to.numbers[q.numeric] = x
		to.missing &^= 1 << q.numeric
	}
}

// option reads an option's id and returns its number, -1 when it is none from the first one on.
func (q *questionReader) option(s *scanner, first int) int {
	s.space()
	for i := first; i < len(q.quoted); i++ {
		if s.word(q.quoted[i]) {
			return i
		}
	}
	return -1
}

func (q *questionReader) choices(s *scanner, to *Slots) bool {
	if !s.token('[') {
		return false
	}
	to.addAll(q.always)
	count, last := 0, -1
	for !s.token(']') {
		if count > 0 && !s.token(',') {
			return false
		}
		if last = q.option(s, last+1); last < 0 { // in the order of the options, each once
			return false
		}
		to.addAll(q.options[last])
		count++
	}
	to.put(q.lengths, float64(count))
	return true
}

func (q *questionReader) municipality(s *scanner, to *Slots) bool {
	many := q.q.def.Many
	if s.token('[') != many {
		return false
	}
	to.addAll(q.always)
	var chosen [1000]bool // by kind of place
	count := 0
	var codes [8]int // as many as a plain list has
	for {
		t, ok := s.text()
		if !ok || len(t) != 3 {
			return false
		}
		code := 0
		for _, c := range t {
			if c < '0' || c > '9' {
				return false
			}
			code = 10*code + int(c-'0')
		}
		kind := q.kinds[code]
		if kind < 0 || count == len(codes) || slices.Contains(codes[:count], code) {
			return false
		}
		codes[count] = code
		count++
		if !chosen[kind] {
			chosen[kind] = true
			to.addAll(q.options[kind])
		}
		if !many {
			return true
		}
		if !s.token(',') {
			break
		}
	}
	for i := range q.places {
		p := &q.places[i]
		for _, k := range p.among {
			if chosen[k] {
				to.addAll(p.digits)
				break
			}
		}
	}
	to.put(q.lengths, float64(count))
	return s.token(']')
}
