package server

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"luvat/definitions"
	"luvat/engine"
	"luvat/server/casefile"
	"luvat/server/locale"
)

// visit is all that a request says: the language, the bundle in force on the day, and the answers so far.
type visit struct {
	texts   locale.Texts
	program *engine.Program
	today   definitions.Date
	on      definitions.Date // the day of handling; today unless the address says otherwise
	answers *engine.Answers
	dropped []string // the questions whose answer in the address fits the bundle no more

	of  *casefile.Case // whose answers are being changed; nil in most visits
	seq uint64         // the number of the case's last entry when that began
}

func (v *visit) lang() definitions.Lang      { return v.texts.Lang }
func (v *visit) bundle() *definitions.Bundle { return v.program.Bundle }

// visit reads a request for a page of a bundle.
func (s *site) visit(r *http.Request) (*visit, error) {
	v, err := s.visitDay(r)
	if err != nil {
		return nil, err
	}
	if err := s.fromCase(r, v); err != nil {
		return nil, err
	}
	if v.program == nil {
		if v.program, err = s.engine.Bundle(r.PathValue("bundle"), v.on); err != nil {
			return nil, s.noBundle(v, r.PathValue("bundle"))
		}
	}
	if err := v.takeFrom(r); err != nil {
		return nil, err
	}
	return v, nil
}

// takeFrom reads the answers of a request.
func (v *visit) takeFrom(r *http.Request) error {
	given := map[string]any{}
	for _, name := range []string{"a", "t"} { // t last: it holds the whole of what a only holds in part
		part, err := unpack(first(r, name))
		if err != nil {
			return pageError{http.StatusBadRequest, "error.answers"}
		}
		for id, value := range part {
			given[id] = value
		}
	}
	v.take(given)
	return nil
}

// visitDay reads the language and the day of handling only.
func (s *site) visitDay(r *http.Request) (*visit, error) {
	lang := definitions.Lang(r.PathValue("lang"))
	if !slices.Contains(definitions.Languages, lang) {
		return nil, pageError{http.StatusNotFound, "error.404"}
	}
	v := &visit{texts: locale.In(lang), today: s.today()}
	v.on = v.today
	if on := first(r, "on"); on != "" {
		day, ok := readDate(on)
		if !ok {
			return nil, pageError{http.StatusBadRequest, "error.on"}
		}
		v.on = day
	}
	return v, nil
}

// first returns a value of the form of a POST, or else of the address.
func first(r *http.Request, name string) string {
	if values := r.PostForm[name]; len(values) > 0 {
		return values[0]
	}
	return r.URL.Query().Get(name)
}

func (v *visit) take(given map[string]any) {
	v.answers = v.program.NewAnswers()
	for _, q := range v.bundle().Questions {
		value, ok := given[q.ID]
		if !ok {
			continue
		}
		delete(given, q.ID)
		if err := v.answers.Set(q.ID, value); err != nil {
			v.dropped = append(v.dropped, q.ID)
		}
	}
	for id := range given { // a question that this version of the bundle does not have
		v.dropped = append(v.dropped, id)
	}
	slices.Sort(v.dropped)
}

// given returns the answers as JSON values by question id, null for "I don't know yet".
func (v *visit) given() map[string]any {
	m := map[string]any{}
	for _, q := range v.bundle().Questions {
		if value, ok := v.answers.Get(q.ID); ok {
			m[q.ID] = value
		}
	}
	return m
}

// has reports whether a question is answered.
func (v *visit) has(id string) bool {
	value, ok := v.answers.Get(id)
	return ok && value != nil
}

// unsure reports whether a question is answered with "I don't know yet".
func (v *visit) unsure(id string) bool {
	value, ok := v.answers.Get(id)
	return ok && value == nil
}

// with returns the visit with one answer changed.
func (v *visit) with(question string, value any) (*visit, error) {
	changed := *v
	given := v.given()
	given[question] = value
	changed.dropped = nil
	changed.take(given)
	if len(changed.dropped) > 0 {
		return nil, errors.New("the answer does not fit the question")
	}
	return &changed, nil
}

// query returns what an address must carry for the answers to come along.
func (v *visit) query() url.Values {
	q := url.Values{}
	if v.program != nil {
		shared, private := divide(v.bundle(), v.given())
		set(q, "a", pack(shared))
		set(q, "t", pack(private))
	}
	if v.on != v.today {
		q.Set("on", v.on.String())
	}
	if v.of != nil {
		q.Set("case", v.of.ID)
		q.Set("seq", strconv.FormatUint(v.seq, 10))
	}
	return q
}

// shareQuery is query without what may be about a person, and without the way back to a case.
func (v *visit) shareQuery() url.Values {
	q := v.query()
	for _, name := range []string{"t", "case", "seq"} {
		q.Del(name)
	}
	return q
}

func set(q url.Values, name, value string) {
	if value != "" {
		q.Set(name, value)
	}
}

// path returns the address of a page of the bundle in the visit's language, without answers.
func (v *visit) path(page string) string {
	p := "/" + string(v.lang()) + "/" + v.bundle().ID
	if page != "" {
		p += "/" + page
	}
	return p
}

// url returns the address of a page of the bundle with the answers.
func (v *visit) url(page string) string { return address(v.path(page), v.query()) }

func address(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// question returns a question of the bundle, nil when there is none.
func (v *visit) question(id string) *definitions.Question {
	for _, q := range v.bundle().Questions {
		if q.ID == id {
			return q
		}
	}
	return nil
}

// questionURL returns the address at which a question is asked.
func (v *visit) questionURL(id string) string {
	q := v.question(id)
	if q == nil {
		return ""
	}
	return v.url("questions/"+q.Group.ID()) + "#q-" + id
}
