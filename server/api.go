package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/go-chi/chi/v5"

	"luvat/definitions"
	"luvat/engine"
	"luvat/server/locale"
)

// The types below are the API's: what they say is what /api/openapi.json says.

// BundleList is the catalogue.
type BundleList struct {
	On      string       `json:"on"`
	Bundles []BundleItem `json:"bundles"`
}

// BundleItem is a bundle in the catalogue.
type BundleItem struct {
	ID           string `json:"id"`
	Version      string `json:"version"`
	Title        string `json:"title"`
	Summary      string `json:"summary,omitempty"`
	From         string `json:"from,omitempty"`
	Until        string `json:"until,omitempty"`
	Requirements int    `json:"requirements"`
	Questions    int    `json:"questions"`
}

// BundleDetail is a bundle with all that it asks.
type BundleDetail struct {
	ID           string            `json:"id"`
	Version      string            `json:"version"`
	Title        string            `json:"title"`
	Summary      string            `json:"summary,omitempty"`
	From         string            `json:"from,omitempty"`
	Until        string            `json:"until,omitempty"`
	On           string            `json:"on"`
	Lang         definitions.Lang  `json:"lang"`
	Place        string            `json:"place,omitempty"`
	Starts       string            `json:"starts,omitempty"`
	Ends         string            `json:"ends,omitempty"`
	Groups       []GroupItem       `json:"groups"`
	Questions    []QuestionItem    `json:"questions"`
	Requirements []RequirementItem `json:"requirements"`
}

// GroupItem is a page of the questionnaire.
type GroupItem struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Intro string `json:"intro,omitempty"`
}

// QuestionItem is a question.
type QuestionItem struct {
	ID      string           `json:"id"`
	Group   string           `json:"group,omitempty"`
	Type    definitions.Type `json:"type"`
	Ask     string           `json:"ask"`
	Help    string           `json:"help,omitempty"`
	Unit    string           `json:"unit,omitempty"`
	Options []OptionItem     `json:"options,omitempty"`
	Min     string           `json:"min,omitempty"`
	Max     string           `json:"max,omitempty"`
	Many    bool             `json:"many,omitempty"`
	Of      []QuestionItem   `json:"of,omitempty"`
	When    string           `json:"when,omitempty"`
}

// OptionItem is an option of a choice.
type OptionItem struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	Help string `json:"help,omitempty"`
}

// RequirementItem is a requirement that a bundle knows.
type RequirementItem struct {
	ID   string           `json:"id"`
	Kind definitions.Kind `json:"kind"`
	Name string           `json:"name"`
}

// Problem is an error as RFC 9457 says.
type Problem struct {
	Type   string        `json:"type"`
	Title  string        `json:"title"`
	Status int           `json:"status"`
	Detail string        `json:"detail,omitempty"`
	Errors []AnswerError `json:"errors,omitempty"`
	Known  []string      `json:"known,omitempty"`
}

// AnswerError is what is wrong with one answer.
type AnswerError struct {
	Question string   `json:"question"`
	Code     string   `json:"code"`
	Message  string   `json:"message"`
	Allowed  []string `json:"allowed,omitempty"`
}

func (s *site) apiRoutes(r chi.Router) {
	r.Get("/api/openapi.json", s.getOpenAPI)
	r.Get("/api/v1/bundles", s.listBundles)
	r.Get("/api/v1/bundles/{id}", s.showBundle)
	r.Post("/api/v1/bundles/{id}/analyse", s.postAnalyse)
	r.Post("/api/v1/bundles/{id}/decide", s.postDecide)
	r.Options("/api/v1/*", preflight)
}

// noRoute answers what asks for something that the API does not have.
func (s *site) noRoute(w http.ResponseWriter, _ *http.Request) {
	fault(w, &Problem{Type: problemType("no-route"), Title: "The API has no such operation", Status: http.StatusNotFound, Detail: "See /api for what there is."})
}

// Header values that are set on every answer of the API, made once.
var (
	jsonType = []string{"application/json"}
	noStore  = []string{"no-store"}
	noSniff  = []string{"nosniff"}
	anybody  = []string{"*"}
)

// open lets pages of other origins use the API: it knows nobody and keeps nothing.
func open(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["X-Content-Type-Options"] = noSniff
		if r.Header["Origin"] != nil { // only browsers ask, and only for another origin
			h["Access-Control-Allow-Origin"] = anybody
		}
		next.ServeHTTP(w, r)
	})
}

func preflight(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Headers", "Content-Type")
	h.Set("Access-Control-Allow-Methods", "GET, POST")
	w.WriteHeader(http.StatusNoContent)
}

// asked reads the day and the language of an API request.
func (s *site) asked(r *http.Request) (definitions.Date, definitions.Lang, *Problem) {
	on, lang := s.today(), definitions.Finnish
	if r.URL.RawQuery == "" {
		return on, lang, nil
	}
	q := r.URL.Query()
	if text := q.Get("on"); text != "" {
		day, ok := readDate(text)
		if !ok {
			return on, lang, &Problem{Type: problemType("bad-day"), Title: "The day cannot be read", Status: http.StatusBadRequest,
				Detail: "The parameter `on` must be a day of the form YYYY-MM-DD."}
		}
		on = day
	}
	if text := q.Get("lang"); text != "" {
		if !slices.Contains(definitions.Languages, definitions.Lang(text)) {
			return on, lang, &Problem{Type: problemType("bad-language"), Title: "There is no such language", Status: http.StatusBadRequest,
				Detail: "The parameter `lang` must be fi, sv or en."}
		}
		lang = definitions.Lang(text)
	}
	return on, lang, nil
}

// problemType returns the identifier of a kind of problem: the place in the API's page that explains it.
func problemType(name string) string { return "/api#" + name }

func (s *site) listBundles(w http.ResponseWriter, r *http.Request) {
	on, lang, bad := s.asked(r)
	if bad != nil {
		fault(w, bad)
		return
	}
	list := BundleList{On: on.String(), Bundles: []BundleItem{}}
	for _, p := range s.engine.Bundles(on) {
		b := p.Bundle
		list.Bundles = append(list.Bundles, BundleItem{ID: b.ID, Version: b.Version, Title: b.Title.In(lang), Summary: b.Summary.In(lang),
			From: b.From.String(), Until: b.Until.String(), Requirements: len(b.Requirements), Questions: len(b.Questions)})
	}
	answer(w, http.StatusOK, "application/json", list)
}

// programOf finds the bundle of a request.
func (s *site) programOf(r *http.Request) (*engine.Program, definitions.Date, definitions.Lang, *Problem) {
	on, lang, bad := s.asked(r)
	if bad != nil {
		return nil, on, lang, bad
	}
	p, err := s.engine.Bundle(r.PathValue("id"), on)
	if err != nil {
		known := []string{}
		for _, p := range s.engine.Bundles(on) {
			known = append(known, p.Bundle.ID)
		}
		return nil, on, lang, &Problem{Type: problemType("no-bundle"), Title: "There is no such bundle", Status: http.StatusNotFound,
			Detail: "No bundle `" + r.PathValue("id") + "` is in force on " + on.String() + ".", Known: known}
	}
	return p, on, lang, nil
}

func (s *site) showBundle(w http.ResponseWriter, r *http.Request) {
	p, on, lang, bad := s.programOf(r)
	if bad != nil {
		fault(w, bad)
		return
	}
	b := p.Bundle
	d := BundleDetail{ID: b.ID, Version: b.Version, Title: b.Title.In(lang), Summary: b.Summary.In(lang), From: b.From.String(), Until: b.Until.String(),
		On: on.String(), Lang: lang, Place: b.Place.ID(), Starts: b.Starts.ID(), Ends: b.Ends.ID(),
		Groups: []GroupItem{}, Questions: []QuestionItem{}, Requirements: []RequirementItem{}}
	for _, g := range b.Groups {
		d.Groups = append(d.Groups, GroupItem{g.ID, g.Title.In(lang), g.Intro.In(lang)})
	}
	for _, q := range b.Questions {
		if !q.Form {
			d.Questions = append(d.Questions, questionItem(q, lang))
		}
	}
	for _, r := range b.Requirements {
		d.Requirements = append(d.Requirements, RequirementItem{r.ID, r.Kind, r.Name.In(lang)})
	}
	answer(w, http.StatusOK, "application/json", d)
}

func questionItem(q *definitions.Question, lang definitions.Lang) QuestionItem {
	item := QuestionItem{ID: q.ID, Group: q.Group.ID(), Type: q.Type, Ask: q.Ask.In(lang), Help: q.Help.In(lang), Unit: q.Unit.In(lang), Many: q.Many, When: q.When.Value}
	for _, o := range q.Options {
		item.Options = append(item.Options, OptionItem{o.ID, o.Text.In(lang), o.Help.In(lang)})
	}
	if q.Min != nil {
		item.Min = q.Min.Value
	}
	if q.Max != nil {
		item.Max = q.Max.Value
	}
	for _, f := range q.Of {
		item.Of = append(item.Of, questionItem(f, lang))
	}
	return item
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// postAnalyse decides over the answers in the body: an object by question id, as `luvat analyse` reads it.
func (s *site) postAnalyse(w http.ResponseWriter, r *http.Request) {
	p, on, lang, bad := s.programOf(r)
	if bad != nil {
		fault(w, bad)
		return
	}
	body := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(body)
	if bad := readBody(r, body); bad != nil {
		fault(w, bad)
		return
	}
	answers, err := p.ParseAnswers(body.Bytes())
	if err != nil {
		fault(w, answerProblem(err, lang))
		return
	}
	answer(w, http.StatusOK, "application/json", p.Analyse(answers, on, lang))
}

func readBody(r *http.Request, into *bytes.Buffer) *Problem {
	into.Reset()
	_, err := into.ReadFrom(r.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &tooLarge):
		return &Problem{Type: problemType("too-large"), Title: "The body is too large", Status: http.StatusRequestEntityTooLarge}
	}
	return &Problem{Type: problemType("bad-json"), Title: "The body could not be read", Status: http.StatusBadRequest}
}

// answerProblem lists every bad answer; a body that is no JSON object at all is another kind of fault.
func answerProblem(err error, lang definitions.Lang) *Problem {
	p := &Problem{Type: problemType("bad-answers"), Title: "Some answers do not fit their questions", Status: http.StatusUnprocessableEntity}
	var all *engine.AnswerErrors
	if !errors.As(err, &all) {
		return &Problem{Type: problemType("bad-json"), Title: "The body is not a JSON object of answers", Status: http.StatusBadRequest, Detail: err.Error()}
	}
	for _, a := range all.Problems {
		if a.Code == engine.BadJSON {
			return &Problem{Type: problemType("bad-json"), Title: "The body is not a JSON object of answers", Status: http.StatusBadRequest, Detail: a.Message(lang)}
		}
		p.Errors = append(p.Errors, AnswerError{a.Question, string(a.Code), a.Message(lang), a.Allowed})
	}
	return p
}

func fault(w http.ResponseWriter, p *Problem) { answer(w, p.Status, "application/problem+json", p) }

func answer(w http.ResponseWriter, status int, mediaType string, v any) {
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		http.Error(w, "the answer could not be written", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h["Content-Type"], h["Cache-Control"] = []string{mediaType}, noStore
	w.WriteHeader(status)
	_, _ = w.Write(buf.Bytes()) // whoever asked went away; nothing is left to do
}

// apiPage is the API for people to read.
type apiPage struct {
	page
	Operations []operationView
	Problems   []problemView
	Bundles    []link
	Example    string
}

type operationView struct {
	Method, Path, Summary, Description string
	Parameters                         []parameterView
}

type parameterView struct{ Name, Description string }

type problemView struct{ ID, Title, Text string }

func (s *site) getAPI(w http.ResponseWriter, r *http.Request) error {
	t := locale.In(definitions.English)
	p := apiPage{page: s.page(r, t, "API")}
	p.Switch = nil
	p.Home = "/en"
	for _, o := range operations {
		view := operationView{Method: strings.ToUpper(o.method), Path: o.path, Summary: o.summary, Description: o.description}
		for _, name := range o.parameters {
			view.Parameters = append(view.Parameters, parameterView{name, parameters[name].description})
		}
		p.Operations = append(p.Operations, view)
	}
	for _, k := range problemKinds {
		p.Problems = append(p.Problems, problemView{k.id, k.title, k.text})
	}
	for _, program := range s.engine.Bundles(s.today()) {
		p.Bundles = append(p.Bundles, link{"/api/v1/bundles/" + program.Bundle.ID + "?lang=en", program.Bundle.Title.In(definitions.English)})
		if p.Example == "" {
			p.Example = "curl -X POST '" + origin(r) + "/api/v1/bundles/" + program.Bundle.ID + "/analyse?lang=en' -d '" + exampleAnswers(program) + "'"
		}
	}
	return s.show(w, http.StatusOK, "api", p)
}

// exampleAnswers answers one question of a bundle, as an example.
func exampleAnswers(p *engine.Program) string {
	for _, q := range p.Bundle.Questions {
		switch {
		case q.Type == definitions.Boolean:
			return `{"` + q.ID + `": true}`
		case q.Type == definitions.Choice && len(q.Options) > 0:
			return `{"` + q.ID + `": "` + q.Options[0].ID + `"}`
		}
	}
	return "{}"
}
