package engine

import "luvat/definitions"

// scan reads answers straight from JSON when all is well, without building values in between. It returns false for whatever it
// does not handle, faults among it, and leaves the answers in any state then: decode handles everything and names the fault.
func (a *Answers) scan(data []byte) bool {
	if len(data) > maxAnswers {
		return false
	}
	s := scanner{data: data, shared: a.program.engine.Library.Shared}
	if !s.token('{') {
		return false
	}
	if s.token('}') {
		return s.end()
	}
	for {
		key, ok := s.text()
		if !ok || !s.token(':') {
			return false
		}
		q := a.program.byID[string(key)]
		if q == nil || a.values[q.index].st != unknown || a.passed[q.index] {
			return false
		}
		if !s.answer(q, &a.values[q.index]) {
			return false
		}
		if s.token(',') {
			continue
		}
		return s.token('}') && s.end()
	}
}

type scanner struct {
	data   []byte
	i      int
	shared *definitions.Shared
}

func (s *scanner) space() {
	for s.i < len(s.data) {
		switch s.data[s.i] {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return
		}
	}
}

func (s *scanner) token(c byte) bool {
	s.space()
	if s.i < len(s.data) && s.data[s.i] == c {
		s.i++
		return true
	}
	return false
}

func (s *scanner) end() bool {
	s.space()
	return s.i == len(s.data)
}

// text reads a string without escapes and without characters beyond ASCII.
func (s *scanner) text() ([]byte, bool) {
	if !s.token('"') {
		return nil, false
	}
	start := s.i
	for s.i < len(s.data) {
		switch c := s.data[s.i]; {
		case c == '"':
			s.i++
			return s.data[start : s.i-1], true
		case c == '\\', c < ' ', c >= 0x80:
			return nil, false
		}
		s.i++
	}
	return nil, false
}

func (s *scanner) word(w string) bool {
	if len(s.data)-s.i >= len(w) && string(s.data[s.i:s.i+len(w)]) == w {
		s.i += len(w)
		return true
	}
	return false
}

// whole reads a whole number of at most 15 digits that is not followed by a fraction or an exponent.
func (s *scanner) whole() (float64, bool) {
	start, n := s.i, int64(0)
	for s.i < len(s.data) && s.data[s.i] >= '0' && s.data[s.i] <= '9' {
		n = n*10 + int64(s.data[s.i]-'0')
		s.i++
	}
	digits := s.i - start
	if digits == 0 || digits > 15 || digits > 1 && s.data[start] == '0' {
		return 0, false
	}
	if s.i < len(s.data) && (s.data[s.i] == '.' || s.data[s.i] == 'e' || s.data[s.i] == 'E') {
		return 0, false
	}
	return float64(n), true
}

func (s *scanner) answer(q *question, v *value) bool {
	s.space()
	switch q.def.Type {
	case definitions.Boolean:
		switch {
		case s.word("true"):
			v.st, v.n = known, 1
		case s.word("false"):
			v.st = known
		default:
			return false
		}
		return true
	case definitions.Integer, definitions.Number, definitions.Money:
		n, ok := s.whole()
		if !ok || n < q.lo || n > q.hi {
			return false
		}
		v.st, v.n = known, n
		return true
	case definitions.Choice:
		t, ok := s.text()
		if !ok {
			return false
		}
		i, ok := q.option[string(t)]
		if !ok {
			return false
		}
		v.st, v.s = known, q.def.Options[i].ID
		return true
	case definitions.Choices:
		return s.choices(q, v)
	case definitions.DateTime:
		t, ok := s.text()
		if !ok || len(t) != 16 {
			return false
		}
		m, ok := scanDateTime(t)
		if !ok || m < q.lo || m > q.hi {
			return false
		}
		v.st, v.n = known, m
		return true
	case definitions.Municipality:
		return s.municipality(q, v)
	}
	return false
}

func (s *scanner) choices(q *question, v *value) bool {
	if !s.token('[') {
		return false
	}
	v.st = known
	if s.token(']') {
		v.set = []string{}
		return true
	}
	last := -1
	v.set = make([]string, 0, 4)
	for {
		t, ok := s.text()
		if !ok {
			return false
		}
		i, ok := q.option[string(t)]
		if !ok || i <= last { // in the order of the options, each once: otherwise they must be sorted
			return false
		}
		last = i
		v.set = append(v.set, q.def.Options[i].ID)
		if !s.token(',') {
			return s.token(']')
		}
	}
}

func (s *scanner) municipality(q *question, v *value) bool {
	list := s.token('[')
	if list != q.def.Many {
		return false
	}
	v.st = known
	for {
		t, ok := s.text()
		if !ok {
			return false
		}
		m := s.shared.MunicipalityBytes(t)
		if m == nil {
			return false
		}
		if !list {
			v.s = m.Code
			return true
		}
		for _, c := range v.set {
			if c == m.Code {
				return false
			}
		}
		v.set = append(v.set, m.Code)
		if !s.token(',') {
			return s.token(']')
		}
	}
}

// scanDateTime reads "2026-07-05T18:00".
func scanDateTime(t []byte) (float64, bool) {
	digits := func(i, n int) (int, bool) {
		x := 0
		for _, c := range t[i : i+n] {
			if c < '0' || c > '9' {
				return 0, false
			}
			x = x*10 + int(c-'0')
		}
		return x, true
	}
	y, ok1 := digits(0, 4)
	mo, ok2 := digits(5, 2)
	d, ok3 := digits(8, 2)
	h, ok4 := digits(11, 2)
	mi, ok5 := digits(14, 2)
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || t[4] != '-' || t[7] != '-' || t[10] != 'T' || t[13] != ':' ||
		mo < 1 || mo > 12 || d < 1 || d > daysIn(y, mo) || h > 23 || mi > 59 || y < 1 {
		return 0, false
	}
	return float64(daysFromCivil(y, mo, d)*minutesPerDay + h*60 + mi), true
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// daysFromCivil counts the days from 1970-01-01 (H. Hinnant, chrono-compatible low-level date algorithms).
func daysFromCivil(y, m, d int) int {
	if m <= 2 {
		y--
	}
	era := y / 400
	yoe := y - era*400
	mp := (m + 9) % 12
	doy := (153*mp+2)/5 + d - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return era*146097 + doe - 719468
}
