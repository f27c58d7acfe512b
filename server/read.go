package server

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"luvat/definitions"
	"luvat/engine"
)

// What people type becomes an answer here: Finnish dates and times, decimal commas, municipality names in any language and case.

// problem is why what was typed is not an answer, as a key of the texts with what fills its gaps.
type problem struct {
	key   string
	args  []any
	text  string // said as it is instead of the key
	quiet bool   // not said yet: the customer is still filling the question in
}

func (p *problem) Error() string { return p.key }

func wrong(key string, args ...any) *problem { return &problem{key: key, args: args} }

func (v *visit) say(p *problem) string {
	if p.text != "" {
		return p.text
	}
	return v.texts.Say(p.key, p.args...)
}

// errUnsure is said by a reader when nothing was answered.
var errUnsure = errors.New("not answered")

// readForm takes the answers of a page's form into the visit. Only questions that the form showed are touched: the answers to others
// are kept aside. It returns what is wrong, by question; such a question counts as not answered.
func (v *visit) readForm(form url.Values, shown []*definitions.Question) map[string]*problem {
	wrongs := map[string]*problem{}
	given := v.given()
	for _, q := range shown {
		unsure := form.Get(q.ID+".unsure") != "" || slices.Contains(form[q.ID], "unsure")
		value, err := v.read(q, q.ID, form)
		var p *problem
		switch {
		case unsure && (!v.unsure(q.ID) || err == errUnsure):
			given[q.ID] = nil
		case err == errUnsure:
			delete(given, q.ID)
		case errors.As(err, &p):
			delete(given, q.ID)
			wrongs[q.ID] = p
		default:
			given[q.ID] = value
			if p := v.refused(q, value); p != nil {
				delete(given, q.ID)
				wrongs[q.ID] = p
			}
		}
	}
	v.take(given)
	v.checkOrder(wrongs, shown)
	return wrongs
}

// refused asks the engine whether a value is an answer to the question.
func (v *visit) refused(q *definitions.Question, value any) *problem {
	err := v.program.NewAnswers().Set(q.ID, value)
	if err == nil {
		return nil
	}
	var many *engine.AnswerErrors
	if errors.As(err, &many) && len(many.Problems) > 0 {
		return &problem{text: v.limitText(q, many.Problems[0])}
	}
	return wrong("field.error.value")
}

// limitText says what is allowed in the words of the page.
func (v *visit) limitText(q *definitions.Question, p engine.AnswerProblem) string {
	if p.Code == engine.OutOfRange && (q.Min != nil || q.Max != nil) && q.Type != definitions.List {
		switch {
		case q.Min != nil && q.Max != nil:
			return v.texts.Say("field.error.between", v.limit(q, q.Min), v.limit(q, q.Max))
		case q.Min != nil:
			return v.texts.Say("field.error.min", v.limit(q, q.Min))
		default:
			return v.texts.Say("field.error.max", v.limit(q, q.Max))
		}
	}
	return p.Message(v.lang())
}

func (v *visit) limit(q *definitions.Question, s *definitions.Scalar) string {
	if f, err := strconv.ParseFloat(s.Value, 64); err == nil {
		return v.texts.Number(f)
	}
	if d, ok := definitions.ParseDate(s.Value); ok {
		return v.texts.Date(d)
	}
	return s.Value
}

// checkOrder refuses an end before the start, on the field that was on the page.
func (v *visit) checkOrder(wrongs map[string]*problem, shown []*definitions.Question) {
	b := v.bundle()
	start, ok1 := v.answers.Get(b.Starts.ID())
	end, ok2 := v.answers.Get(b.Ends.ID())
	s, isText1 := start.(string)
	e, isText2 := end.(string)
	if !ok1 || !ok2 || !isText1 || !isText2 || len(s) != len(e) || e >= s {
		return
	}
	guilty := b.Ends.ID()
	if !slices.ContainsFunc(shown, func(q *definitions.Question) bool { return q.ID == guilty }) {
		guilty = b.Starts.ID()
	}
	wrongs[guilty] = wrong("field.error.order")
	v.answers.Clear(guilty)
}

// read reads the fields of a question. The error is errUnsure or a *problem.
func (v *visit) read(q *definitions.Question, name string, form url.Values) (any, error) {
	text := strings.TrimSpace(form.Get(name))
	switch q.Type {
	case definitions.Boolean:
		switch text {
		case "yes":
			return true, nil
		case "no":
			return false, nil
		}
		return nil, errUnsure
	case definitions.Choice:
		if text == "" || text == "unsure" {
			return nil, errUnsure
		}
		return strings.TrimPrefix(text, optionPrefix), nil
	case definitions.Choices:
		return v.readChoices(form[name])
	case definitions.Integer, definitions.Number, definitions.Money:
		return v.readNumber(q, text)
	case definitions.DateType:
		return readDay(text)
	case definitions.Time:
		return readClock(text)
	case definitions.DateTime:
		return readDateTime(form.Get(name+".date"), form.Get(name+".time"))
	case definitions.Period:
		return readPeriod(form.Get(name+".from"), form.Get(name+".to"))
	case definitions.Municipality:
		return v.readMunicipality(q, form[name], form.Get(name+".add"))
	case definitions.PlaceType:
		if q.Many {
			return v.readItems(q, name, form, v.readPlace)
		}
		return v.readPlace(name, form)
	case definitions.List:
		return v.readItems(q, name, form, func(name string, form url.Values) (any, error) { return v.readRecord(q, name, form) })
	}
	if text == "" {
		return nil, errUnsure
	}
	return text, nil
}

// optionPrefix keeps an option's id apart from the values "unsure" and "none" of the form itself.
const optionPrefix = "o."

func (v *visit) readChoices(values []string) (any, error) {
	chosen := []any{}
	none, unsure := false, false
	for _, s := range values {
		switch s {
		case "none":
			none = true
		case "unsure":
			unsure = true
		default:
			chosen = append(chosen, strings.TrimPrefix(s, optionPrefix))
		}
	}
	switch {
	case none && len(chosen) > 0:
		return nil, wrong("field.error.none-and-some")
	case len(chosen) > 0:
		return chosen, nil
	case none:
		return chosen, nil
	case unsure:
		return nil, errUnsure
	}
	return nil, errUnsure
}

var blanks = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "€", "", "−", "-")

func (v *visit) readNumber(q *definitions.Question, text string) (any, error) {
	if text == "" {
		return nil, errUnsure
	}
	s := strings.Replace(blanks.Replace(text), ",", ".", 1)
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != f || f > 1e15 || f < -1e15 || strings.ContainsAny(s, "eExXpP_iI") {
		if q.Type == definitions.Integer {
			return nil, wrong("field.error.integer")
		}
		return nil, wrong("field.error.number")
	}
	if q.Type == definitions.Integer && f != float64(int64(f)) {
		return nil, wrong("field.error.integer")
	}
	return f, nil
}

var (
	finnishDay = regexp.MustCompile(`^(\d{1,2})[./ -]+(\d{1,2})[./ -]+(\d{4})\.?$`)
	isoDay     = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	clock      = regexp.MustCompile(`^(?:kl[o.]{0,2}\s*)?(\d{1,2})(?:[.:]?(\d{2}))?$`)
)

func readDate(text string) (definitions.Date, bool) {
	d, ok := definitions.ParseDate(text)
	return d, ok && isoDay.MatchString(text) && d.Time().Year() >= 1900 && d.Time().Year() <= 2199
}

func readDay(text string) (any, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, errUnsure
	}
	if m := finnishDay.FindStringSubmatch(text); m != nil {
		text = m[3] + "-" + two(m[2]) + "-" + two(m[1])
	}
	if _, ok := readDate(text); !ok {
		return nil, wrong("field.error.date")
	}
	return text, nil
}

func two(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

func readClock(text string) (any, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return nil, errUnsure
	}
	m := clock.FindStringSubmatch(text)
	if m == nil {
		return nil, wrong("field.error.time")
	}
	h, minutes := two(m[1]), m[2]
	if minutes == "" {
		minutes = "00"
	}
	if h > "23" || minutes > "59" {
		return nil, wrong("field.error.time")
	}
	return h + ":" + minutes, nil
}

func readDateTime(date, time string) (any, error) {
	d, err := readDay(date)
	if err == errUnsure {
		if strings.TrimSpace(time) != "" {
			return nil, wrong("field.error.date-missing")
		}
		return nil, errUnsure
	}
	if err != nil {
		return nil, err
	}
	t, err := readClock(time)
	if err == errUnsure {
		return nil, wrong("field.error.time-missing")
	}
	if err != nil {
		return nil, err
	}
	return d.(string) + "T" + t.(string), nil
}

func readPeriod(from, to string) (any, error) {
	f, err1 := readDay(from)
	t, err2 := readDay(to)
	switch {
	case err1 == errUnsure && err2 == errUnsure:
		return nil, errUnsure
	case err1 == errUnsure || err2 == errUnsure:
		return nil, wrong("field.error.period-missing")
	case err1 != nil:
		return nil, err1
	case err2 != nil:
		return nil, err2
	case t.(string) < f.(string):
		return nil, wrong("field.error.order")
	}
	return map[string]any{"from": f, "to": t}, nil
}

// readMunicipality reads the municipalities that were chosen before and the name that was typed now.
func (v *visit) readMunicipality(q *definitions.Question, chosen []string, typed string) (any, error) {
	codes := []any{}
	add := func(code string) {
		if !slices.Contains(codes, any(code)) {
			codes = append(codes, code)
		}
	}
	for _, c := range chosen {
		if c != "" {
			add(c)
		}
	}
	for _, name := range splitNames(typed, q.Many) {
		m, near := v.findMunicipality(name)
		if m == nil {
			if near != "" {
				return nil, wrong("field.error.municipality-near", name, near)
			}
			return nil, wrong("field.error.municipality", name)
		}
		if !q.Many {
			codes = nil
		}
		add(m.Code)
	}
	switch {
	case len(codes) == 0:
		return nil, errUnsure
	case q.Many:
		return codes, nil
	}
	return codes[len(codes)-1], nil
}

func splitNames(typed string, many bool) []string {
	var names []string
	parts := []string{typed}
	if many {
		parts = strings.FieldsFunc(typed, func(r rune) bool { return r == ',' || r == ';' })
	}
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			names = append(names, p)
		}
	}
	return names
}

// findMunicipality finds a municipality by its name in any language, its code, or an unmistakable beginning of its name.
func (v *visit) findMunicipality(typed string) (found *definitions.Municipal, near string) {
	want := fold(typed)
	var begins []*definitions.Municipal
	var names []string
	byName := map[string]*definitions.Municipal{}
	for _, m := range v.bundle().Shared.Municipalities {
		if m.Code == typed || strings.TrimLeft(m.Code, "0") == typed {
			return m, ""
		}
		for _, name := range m.Name.By {
			f := fold(name)
			if f == want {
				return m, ""
			}
			if strings.HasPrefix(f, want) && !slices.Contains(begins, m) {
				begins = append(begins, m)
			}
			names = append(names, f)
			byName[f] = m
		}
	}
	if len(begins) == 1 {
		return begins[0], ""
	}
	if len(begins) > 1 {
		return nil, begins[0].Name.In(v.lang())
	}
	if m := byName[definitions.Nearest(want, names)]; m != nil {
		return nil, m.Name.In(v.lang())
	}
	return nil, ""
}

func (v *visit) readPlace(name string, form url.Values) (any, error) {
	place := map[string]any{}
	one := &definitions.Question{Type: definitions.Municipality}
	code, err := v.readMunicipality(one, form[name+".municipality"], form.Get(name+".municipality.add"))
	if err != nil && err != errUnsure {
		return nil, err
	}
	if err == nil {
		place["municipality"] = code
	}
	for _, part := range []string{"address", "property"} {
		if s := strings.TrimSpace(form.Get(name + "." + part)); s != "" {
			place[part] = s
		}
	}
	if len(place) == 0 {
		return nil, errUnsure
	}
	if place["municipality"] == nil {
		return nil, wrong("field.error.place-municipality")
	}
	return place, nil
}

// maxItems is how many records of a list a page takes.
const maxItems = 100

// readItems reads the numbered records of a list. A record that is empty or ticked off is left out.
func (v *visit) readItems(q *definitions.Question, name string, form url.Values, read func(string, url.Values) (any, error)) (any, error) {
	items := []any{}
	for i := range maxItems {
		prefix := name + "." + strconv.Itoa(i)
		if !form.Has(prefix) {
			break
		}
		if form.Get(prefix+".remove") != "" {
			continue
		}
		item, err := read(prefix, form)
		if err == errUnsure {
			continue
		}
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	if len(items) == 0 && form.Get(name+".none") == "" {
		return nil, errUnsure
	}
	return items, nil
}

func (v *visit) readRecord(q *definitions.Question, name string, form url.Values) (any, error) {
	record := map[string]any{}
	for _, f := range q.Of {
		value, err := v.read(f, name+"."+f.ID, form)
		if err == errUnsure {
			continue
		}
		if err != nil {
			return nil, err
		}
		record[f.ID] = value
	}
	if len(record) == 0 {
		return nil, errUnsure
	}
	return record, nil
}
