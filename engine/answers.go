package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"luvat/definitions"
)

// Answers are the answers to a program's questions. A question without an answer is unknown.
type Answers struct {
	program *Program
	values  []value
	passed  []bool // answered "I don't know yet": unknown, and not asked again
}

// NewAnswers returns answers in which everything is unknown.
func (p *Program) NewAnswers() *Answers {
	return &Answers{program: p, values: make([]value, len(p.questions)), passed: make([]bool, len(p.questions))}
}

// AnswerCode says what is wrong with an answer. The codes are stable.
type AnswerCode string

// The problems of answers.
const (
	BadJSON             AnswerCode = "bad-json"             // the answers are not a JSON object
	UnknownQuestion     AnswerCode = "unknown-question"     // no question has the id
	DuplicateAnswer     AnswerCode = "duplicate-answer"     // the question is answered twice
	WrongType           AnswerCode = "wrong-type"           // such as text for a number
	NotAnOption         AnswerCode = "not-an-option"        // the option does not exist
	OutOfRange          AnswerCode = "out-of-range"         // below min or above max
	BadDate             AnswerCode = "bad-date"             // a date, time or period that does not exist or is written otherwise
	UnknownMunicipality AnswerCode = "unknown-municipality" // no municipality has the code
)

// AnswerProblem is one thing that is wrong with a set of answers.
type AnswerProblem struct {
	Question string     `json:"question,omitempty"`
	Code     AnswerCode `json:"code"`
	Allowed  []string   `json:"allowed,omitempty"` // option ids or near question ids, when there are few
	Given    string     `json:"given,omitempty"`   // what was given, shortened

	expected definitions.Text
}

// Message says the problem in a language.
func (p AnswerProblem) Message(lang definitions.Lang) string {
	given := p.Given
	switch p.Code {
	case BadJSON:
		return byLang(lang, "Vastaukset eivät ole kelvollinen JSON-olio: "+given, "Svaren är inte ett giltigt JSON-objekt: "+given, "the answers are not a JSON object: "+given)
	case UnknownQuestion:
		text := byLang(lang, "Kysymystä ei ole.", "Frågan finns inte.", "there is no such question")
		if len(p.Allowed) > 0 {
			near := "`" + strings.Join(p.Allowed, "`, `") + "`"
			text += byLang(lang, " Tarkoititko: "+near+"?", " Menade du: "+near+"?", "; did you mean "+near+"?")
		}
		return text
	case DuplicateAnswer:
		return byLang(lang, "Kysymykseen on vastattu kahdesti.", "Frågan har besvarats två gånger.", "the question is answered twice")
	case NotAnOption:
		return byLang(lang, given+" ei ole vaihtoehto. Vaihtoehdot: ", given+" är inte ett alternativ. Alternativen: ", given+" is not an option; the options are: ") + strings.Join(p.Allowed, ", ")
	case UnknownMunicipality:
		return byLang(lang, "Kuntaa "+given+" ei ole. Anna kolminumeroinen kuntakoodi, esimerkiksi \"091\".", "Kommunen "+given+" finns inte. Ange en tresiffrig kommunkod, t.ex. \"091\".",
			"there is no municipality "+given+"; give a three-digit code such as \"091\"")
	}
	return byLang(lang, given+": odotettiin ", given+": väntade ", given+" was given; expected ") + p.expected.In(lang)
}

// AnswerErrors is everything that is wrong with a set of answers.
type AnswerErrors struct{ Problems []AnswerProblem }

func (e *AnswerErrors) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		if p.Question != "" {
			b.WriteString("answer `" + p.Question + "`: ")
		}
		b.WriteString(p.Message(definitions.English))
	}
	return b.String()
}

// maxAnswers is the most bytes that a set of answers may have.
const maxAnswers = 1 << 20

// ParseAnswers reads a JSON object of answers by question id; null is "I don't know yet". The error is an *AnswerErrors with all
// problems, and nothing of the answers is used then.
func (p *Program) ParseAnswers(data []byte) (*Answers, error) {
	a := p.NewAnswers()
	if a.scan(data) {
		return a, nil
	}
	// Something is not as it should be, or is rare: the slow way says what.
	a = p.NewAnswers()
	problems := a.decode(data)
	if len(problems) > 0 {
		return nil, &AnswerErrors{problems}
	}
	return a, nil
}

func (a *Answers) decode(data []byte) []AnswerProblem {
	bad := func(given string) []AnswerProblem { return []AnswerProblem{{Code: BadJSON, Given: given}} }
	if len(data) > maxAnswers {
		return bad(fmt.Sprintf("%d bytes, at most %d are read", len(data), maxAnswers))
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	t, err := dec.Token()
	if err != nil || t != json.Delim('{') {
		return bad(jsonFault(data, err, "it does not begin with {"))
	}
	var problems []AnswerProblem
	seen := map[string]bool{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return bad(jsonFault(data, err, ""))
		}
		id, _ := key.(string)
		var v any
		if err := dec.Decode(&v); err != nil {
			return bad(jsonFault(data, err, ""))
		}
		if seen[id] {
			problems = append(problems, AnswerProblem{Question: id, Code: DuplicateAnswer})
			continue
		}
		seen[id] = true
		if p := a.set(id, v); p != nil {
			problems = append(problems, *p)
		}
	}
	if _, err := dec.Token(); err != nil {
		return bad(jsonFault(data, err, ""))
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return bad("there is more after the closing }")
	}
	return problems
}

// jsonFault says in our words, with line and column, why data is not JSON; otherwise is for data that is, but not as it has to be.
func jsonFault(data []byte, err error, otherwise string) string {
	if len(bytes.TrimSpace(data)) == 0 {
		return "it is empty; without any answers it is {}"
	}
	// The decoder of tokens counts from where it last stood; reading all of it at once gives the place in the whole.
	var all json.RawMessage
	var syntax *json.SyntaxError
	if !errors.As(json.Unmarshal(data, &all), &syntax) {
		if otherwise == "" && err != nil {
			return "it cannot be read"
		}
		return otherwise
	}
	at := int(syntax.Offset) - 1
	if strings.Contains(syntax.Error(), "unexpected end") || at < 0 || at >= len(data) {
		return "it ends too early; a }, ] or \" is missing"
	}
	before := data[:at]
	sign, _ := utf8.DecodeRune(data[at:])
	last, _ := utf8.DecodeLastRune(bytes.TrimSpace(before))
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	text := fmt.Sprintf("%q does not belong here", string(sign))
	switch {
	case strings.ContainsRune("“”„‟‘’«»'", sign):
		text = fmt.Sprintf("%c is not the straight quote \" that JSON uses", sign)
	case (sign == '}' || sign == ']') && last == ',':
		text = fmt.Sprintf("the comma before %c is one too many", sign)
	case strings.Contains(syntax.Error(), "in literal"), sign >= 'A' && sign <= 'z':
		text = "a word without quotes can be true, false or null only"
	case sign < ' ' && strings.Contains(syntax.Error(), "string literal"):
		text = "a text between quotes goes on over the end of the line, or has a tab in it"
	case sign == '/' || sign == '#':
		text = "JSON has no comments"
	case sign == '\uFEFF':
		text = "an invisible mark stands before the text; save the file as UTF-8 without a byte order mark"
	case sign == '"' && last != ',' && last != '{' && last != ':':
		text = "a comma is missing before this quote"
	}
	return fmt.Sprintf("line %d, column %d: %s", bytes.Count(before, []byte("\n"))+1, column, text)
}

// Set answers a question with a value as encoding/json decodes it: bool, float64 or json.Number, string, []any, map[string]any; nil is
// "I don't know yet". The error is an *AnswerErrors; the earlier answer stays then.
func (a *Answers) Set(question string, v any) error {
	if p := a.set(question, v); p != nil {
		return &AnswerErrors{[]AnswerProblem{*p}}
	}
	return nil
}

// Clear makes a question unknown again.
func (a *Answers) Clear(question string) {
	if q := a.program.byID[question]; q != nil {
		a.values[q.index], a.passed[q.index] = value{}, false
	}
}

// Clone returns a copy that can be changed on its own.
func (a *Answers) Clone() *Answers {
	return &Answers{program: a.program, values: slices.Clone(a.values), passed: slices.Clone(a.passed)}
}

// Len returns how many questions are answered, "I don't know yet" not counted.
func (a *Answers) Len() int {
	n := 0
	for i := range a.values {
		if a.values[i].st == known {
			n++
		}
	}
	return n
}

// Get returns an answer as JSON values, and whether there is one: nil, true is "I don't know yet".
func (a *Answers) Get(question string) (any, bool) {
	q := a.program.byID[question]
	if q == nil {
		return nil, false
	}
	if a.passed[q.index] {
		return nil, true
	}
	if a.values[q.index].st != known {
		return nil, false
	}
	return jsonValue(q, a.values[q.index]), true
}

// JSON returns the answers in canonical form: keys in the order of the questions, no space.
func (a *Answers) JSON() []byte {
	out := []byte{'{'}
	for _, q := range a.program.questions {
		v, ok := a.Get(q.def.ID)
		if !ok {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		key, _ := json.Marshal(q.def.ID)
		val, _ := json.Marshal(v)
		out = append(append(append(out, key...), ':'), val...)
	}
	return append(out, '}')
}

func jsonValue(q *question, v value) any {
	list := func() []any {
		out := make([]any, len(v.set))
		for i, s := range v.set {
			out[i] = s
		}
		return out
	}
	switch q.def.Type {
	case definitions.Boolean:
		return v.n != 0
	case definitions.Integer, definitions.Number, definitions.Money:
		return v.n
	case definitions.DateType:
		return formatDate(v.n)
	case definitions.Time:
		return formatTime(v.n)
	case definitions.DateTime:
		return formatDateTime(v.n)
	case definitions.Period:
		return map[string]any{"from": formatDate(v.items[0][0].n), "to": formatDate(v.items[0][1].n)}
	case definitions.Choices:
		return list()
	case definitions.Municipality:
		if q.def.Many {
			return list()
		}
		return v.s
	case definitions.PlaceType:
		places := make([]any, len(v.items))
		for i, it := range v.items {
			place := map[string]any{"municipality": it[0].s}
			for k, field := range []string{"address", "property"} {
				if it[k+1].st == known {
					place[field] = it[k+1].s
				}
			}
			if it[3].st == known {
				place["point"] = []any{it[3].n, it[4].n}
			}
			places[i] = place
		}
		if q.def.Many {
			return places
		}
		return places[0]
	case definitions.List:
		items := make([]any, len(v.items))
		for i, it := range v.items {
			m := map[string]any{}
			for k, f := range q.fields {
				if it[k].st == known {
					m[f.def.ID] = jsonValue(f, it[k])
				}
			}
			items[i] = m
		}
		return items
	}
	return v.s
}

func (a *Answers) set(id string, v any) *AnswerProblem {
	q := a.program.byID[id]
	if q == nil {
		p := &AnswerProblem{Question: id, Code: UnknownQuestion}
		if near := definitions.Nearest(id, sortedKeys(a.program.byID)); near != "" {
			p.Allowed = []string{near}
		}
		return p
	}
	if v == nil {
		a.values[q.index], a.passed[q.index] = value{}, true
		return nil
	}
	val, problem := a.program.read(q, v)
	if problem != nil {
		problem.Question = id
		return problem
	}
	a.values[q.index], a.passed[q.index] = val, false
	return nil
}

// maxItems is the most items of an answered list, maxText the longest answered text in bytes.
const (
	maxItems = 1000
	maxText  = 10000
)

// read turns a JSON value into an answer.
func (p *Program) read(q *question, v any) (value, *AnswerProblem) {
	wrong := func(code AnswerCode, fi, sv, en string) (value, *AnswerProblem) {
		return value{}, &AnswerProblem{Code: code, Given: shorten(v),
			expected: definitions.Text{By: map[definitions.Lang]string{definitions.Finnish: fi, definitions.Swedish: sv, definitions.English: en}}}
	}
	text, isText := v.(string)
	switch q.def.Type {
	case definitions.Boolean:
		if b, ok := v.(bool); ok {
			return boolValue(b), nil
		}
		return wrong(WrongType, "true tai false", "true eller false", "true or false")
	case definitions.Integer, definitions.Number, definitions.Money:
		x, ok := jsonNumber(v)
		if !ok {
			return wrong(WrongType, "luku", "ett tal", "a number")
		}
		if q.def.Type == definitions.Integer && x != math.Trunc(x) {
			return wrong(WrongType, "kokonaisluku", "ett heltal", "a whole number")
		}
		if x < q.lo || x > q.hi || math.Abs(x) > 1e15 {
			return value{}, outOfRange(q, v, func(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) })
		}
		return numberValue(x), nil
	case definitions.Choice:
		if !isText {
			ids := ": " + strings.Join(q.kind.optionIDs(), ", ")
			return wrong(WrongType, "vaihtoehdon tunnus"+ids, "ett alternativs id"+ids, "an option's id"+ids)
		}
		if _, ok := q.option[text]; !ok {
			return value{}, &AnswerProblem{Code: NotAnOption, Given: shorten(v), Allowed: q.kind.optionIDs()}
		}
		return textValue(text), nil
	case definitions.Choices:
		list, ok := v.([]any)
		if !ok {
			ids := ": " + strings.Join(q.kind.optionIDs(), ", ")
			return wrong(WrongType, "lista vaihtoehtojen tunnuksia"+ids, "en lista med alternativens id"+ids, "a list of options' ids"+ids)
		}
		out := value{st: known, set: make([]string, 0, len(list))}
		for _, e := range list {
			s, ok := e.(string)
			if _, exists := q.option[s]; !ok || !exists {
				return value{}, &AnswerProblem{Code: NotAnOption, Given: shorten(e), Allowed: q.kind.optionIDs()}
			}
			if !slices.Contains(out.set, s) {
				out.set = append(out.set, s)
			}
		}
		sort.Slice(out.set, func(i, j int) bool { return q.option[out.set[i]] < q.option[out.set[j]] })
		return out, nil
	case definitions.DateType, definitions.Time, definitions.DateTime:
		x, ok := 0.0, false
		format := formatDate
		switch q.def.Type {
		case definitions.DateType:
			var d definitions.Date
			d, ok = definitions.ParseDate(text)
			x = float64(d)
		case definitions.Time:
			x, ok = parseTime(text)
			format = formatTime
		default:
			x, ok = parseDateTime(text)
			format = formatDateTime
		}
		if !isText || !ok {
			example := map[definitions.Type]string{definitions.DateType: `"2026-07-05"`, definitions.Time: `"22:00"`, definitions.DateTime: `"2026-07-05T18:00"`}[q.def.Type]
			return wrong(BadDate, "muoto "+example, "formen "+example, "the form "+example)
		}
		if x < q.lo || x > q.hi {
			return value{}, outOfRange(q, v, format)
		}
		return numberValue(x), nil
	case definitions.Period:
		m, ok := v.(map[string]any)
		from, ok1 := m["from"].(string)
		to, ok2 := m["to"].(string)
		a, ok3 := definitions.ParseDate(from)
		b, ok4 := definitions.ParseDate(to)
		if !ok || !ok1 || !ok2 || !ok3 || !ok4 || len(m) != 2 || b < a {
			return wrong(BadDate, `{"from": "2026-07-05", "to": "2026-07-07"}`, `{"from": "2026-07-05", "to": "2026-07-07"}`, `{"from": "2026-07-05", "to": "2026-07-07"}`)
		}
		return value{st: known, items: []record{{numberValue(float64(a)), numberValue(float64(b))}}}, nil
	case definitions.TextType:
		if !isText || len(text) > maxText {
			return wrong(WrongType, "teksti", "text", "text")
		}
		return textValue(text), nil
	case definitions.Municipality:
		return p.readMunicipality(q, v)
	case definitions.PlaceType:
		return p.readPlaces(q, v)
	case definitions.List:
		list, ok := v.([]any)
		if !ok || len(list) > maxItems {
			return wrong(WrongType, "lista", "en lista", "a list")
		}
		out := value{st: known, items: make([]record, 0, len(list))}
		for _, e := range list {
			m, ok := e.(map[string]any)
			if !ok {
				return wrong(WrongType, "lista olioita", "en lista med objekt", "a list of objects")
			}
			item := make(record, len(q.fields))
			for key, fv := range m {
				f := q.field[key]
				if f == nil {
					return value{}, &AnswerProblem{Code: UnknownQuestion, Given: key, Allowed: fieldNames(q)}
				}
				if fv == nil {
					continue
				}
				x, problem := p.read(f, fv)
				if problem != nil {
					return value{}, problem
				}
				item[f.index] = x
			}
			out.items = append(out.items, item)
		}
		return out, nil
	}
	return wrong(WrongType, "muu arvo", "ett annat värde", "another value")
}

func fieldNames(q *question) []string {
	names := make([]string, len(q.fields))
	for i, f := range q.fields {
		names[i] = f.def.ID
	}
	return names
}

func jsonNumber(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	case int:
		return float64(v), true
	case json.Number:
		x, err := v.Float64()
		return x, err == nil
	}
	return 0, false
}

func outOfRange(q *question, v any, format func(float64) string) *AnswerProblem {
	text := definitions.Text{By: map[definitions.Lang]string{}}
	for _, lang := range definitions.Languages {
		parts := []string{}
		if q.hasLo {
			parts = append(parts, byLang(lang, "vähintään ", "minst ", "at least ")+format(q.lo))
		}
		if q.hasHi {
			parts = append(parts, byLang(lang, "enintään ", "högst ", "at most ")+format(q.hi))
		}
		if len(parts) == 0 {
			parts = append(parts, byLang(lang, "pienempi luku", "ett mindre tal", "a smaller number"))
		}
		text.By[lang] = strings.Join(parts, ", ")
	}
	return &AnswerProblem{Code: OutOfRange, Given: shorten(v), expected: text}
}

func shorten(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return "?"
	}
	s := []rune(string(data))
	if len(s) > 60 {
		return string(s[:59]) + "…"
	}
	return string(s)
}

func (p *Program) readMunicipality(q *question, v any) (value, *AnswerProblem) {
	one := func(v any) (string, *AnswerProblem) {
		s, ok := v.(string)
		if !ok || p.engine.Library.Shared.Municipality(s) == nil {
			return "", &AnswerProblem{Code: UnknownMunicipality, Given: shorten(v)}
		}
		return s, nil
	}
	if !q.def.Many {
		s, problem := one(v)
		return textValue(s), problem
	}
	list, ok := v.([]any)
	if !ok { // one municipality may be given without a list
		list = []any{v}
	}
	out := value{st: known}
	for _, e := range list {
		s, problem := one(e)
		if problem != nil {
			return value{}, problem
		}
		if !slices.Contains(out.set, s) {
			out.set = append(out.set, s)
		}
	}
	if len(out.set) == 0 {
		return value{}, nil // no municipality yet: unknown
	}
	return out, nil
}

// readPlaces reads a place, or several. A place is held as a record of municipality, address, property and point (latitude, longitude).
func (p *Program) readPlaces(q *question, v any) (value, *AnswerProblem) {
	wrong := &AnswerProblem{Code: WrongType, Given: shorten(v), expected: definitions.Text{By: map[definitions.Lang]string{
		definitions.English: `{"municipality": "091", "address": "…"}`}}}
	list, ok := v.([]any)
	if !q.def.Many || !ok {
		list = []any{v}
	}
	out := value{st: known}
	for _, e := range list {
		m, ok := e.(map[string]any)
		if !ok {
			return value{}, wrong
		}
		code, ok := m["municipality"].(string)
		if !ok || p.engine.Library.Shared.Municipality(code) == nil {
			return value{}, &AnswerProblem{Code: UnknownMunicipality, Given: shorten(m["municipality"])}
		}
		place := make(record, 5)
		place[0] = textValue(code)
		for key, fv := range m {
			switch key {
			case "municipality":
			case "address", "property":
				s, ok := fv.(string)
				if !ok || len(s) > maxText {
					return value{}, wrong
				}
				place[map[string]int{"address": 1, "property": 2}[key]] = textValue(s)
			case "point":
				pair, ok := fv.([]any)
				if !ok || len(pair) != 2 {
					return value{}, wrong
				}
				lat, ok1 := jsonNumber(pair[0])
				lon, ok2 := jsonNumber(pair[1])
				if !ok1 || !ok2 || math.Abs(lat) > 90 || math.Abs(lon) > 180 {
					return value{}, wrong
				}
				place[3], place[4] = numberValue(lat), numberValue(lon)
			default:
				return value{}, wrong
			}
		}
		out.items = append(out.items, place)
		if !slices.Contains(out.set, code) {
			out.set = append(out.set, code)
		}
	}
	if len(out.items) == 0 {
		return value{}, nil
	}
	if !q.def.Many {
		out.s = out.set[0]
	}
	return out, nil
}
