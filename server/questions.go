package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"luvat/definitions"
)

// questionsPage is one page of the questionnaire with the result so far beside it.
type questionsPage struct {
	page
	Heading, Intro string
	Action         string // where the form is sent
	Address        string // of this page with the answers, for the browser's history
	Steps          []step
	Number, Of     int
	Percent        int
	Fields         []*field
	Errors         []fieldError
	More           bool // new questions came to the page because of the last answers
	Dropped        bool // some answers of the link fit no more
	Back           string
	Last           bool // the result is next
	Results        results
	ResultURL      string
	Summary        string // the result in one sentence, for those who hear the page
	Municipalities []string
}

type fieldError struct{ ID, Target, Ask, Text string }

func (s *site) getQuestions(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	group := r.PathValue("group")
	if !v.hasGroup(group) {
		return pageError{http.StatusNotFound, "error.404"}
	}
	p := s.questionsPage(r, v, group, nil, nil)
	p.More = r.URL.Query().Has("more")
	return s.show(w, http.StatusOK, "questions", p)
}

func (v *visit) hasGroup(id string) bool {
	return slices.ContainsFunc(v.bundle().Groups, func(g *definitions.Group) bool { return g.ID == id })
}

// postQuestions takes the answers of a page. What the button says decides where to go: next, back, result, or the same page again.
// A script asks for the changed parts of the page only (the header X-Part), and gets them without being sent elsewhere.
func (s *site) postQuestions(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return pageError{http.StatusBadRequest, "error.form"}
	}
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	group := r.PathValue("group")
	if !v.hasGroup(group) {
		return pageError{http.StatusNotFound, "error.404"}
	}
	shown := v.shown(group, r.PostForm["shown"])
	wrongs := v.readForm(r.PostForm, shown)
	if r.Header.Get("X-Part") != "" {
		for _, p := range wrongs {
			p.quiet = strings.HasSuffix(p.key, "-missing")
		}
		return s.showPart(w, http.StatusOK, "questions", "live", s.questionsPage(r, v, group, wrongs, r.PostForm))
	}
	do := r.PostForm.Get("do")
	if len(wrongs) > 0 && do != "back" {
		p := s.questionsPage(r, v, group, wrongs, r.PostForm)
		p.Title = v.texts.Say("error.title-prefix") + " " + p.Title
		return s.show(w, http.StatusUnprocessableEntity, "questions", p)
	}
	http.Redirect(w, r, v.nextURL(group, do, shown), http.StatusSeeOther)
	return nil
}

// shown returns the questions that the form says it showed, in the page's order.
func (v *visit) shown(group string, ids []string) []*definitions.Question {
	return slices.DeleteFunc(v.inGroup(group), func(q *definitions.Question) bool { return !slices.Contains(ids, q.ID) })
}

func (v *visit) nextURL(group, do string, shown []*definitions.Question) string {
	c := v.course(v.program.Analyse(v.answers, v.on, v.lang()), group)
	switch do {
	case "stay":
		return v.url("questions/" + group)
	case "back":
		if before := c.before(group); before != "" {
			return v.url("questions/" + before)
		}
		return v.url("")
	case "result":
		return v.url("result")
	}
	for _, q := range v.inGroup(group) { // questions that became relevant by the answers just given come first
		if c.visible[q.ID] && c.matters[q.ID] && !v.has(q.ID) && !v.unsure(q.ID) && !slices.Contains(shown, q) {
			query := v.query()
			query.Set("more", "1")
			return address(v.path("questions/"+group), query) + "#q-" + q.ID
		}
	}
	if next := c.after(group); next != "" {
		return v.url("questions/" + next)
	}
	return v.url("result")
}

// questionsPage builds the page; wrongs and typed are of a form that was just sent, nil otherwise.
func (s *site) questionsPage(r *http.Request, v *visit, group string, wrongs map[string]*problem, typed url.Values) *questionsPage {
	analysis := v.program.Analyse(v.answers, v.on, v.lang())
	c := v.course(analysis, group)
	p := &questionsPage{page: s.bundlePage(r, v, ""), Address: v.url("questions/" + group), Steps: c.steps, Of: len(c.steps)}
	p.Action = p.Address
	for i, g := range v.bundle().Groups {
		if g.ID == group {
			p.Heading, p.Intro, p.Number = g.Title.In(v.lang()), g.Intro.In(v.lang()), i+1
		}
	}
	p.Title = v.texts.Say("questions.title", p.Heading, p.Number, p.Of, v.bundle().Title.In(v.lang()))
	if c.total > 0 {
		p.Percent = 100 * c.answered / c.total
	}
	for _, q := range v.inGroup(group) {
		if !c.visible[q.ID] {
			continue
		}
		f := v.field(q, typed, wrongs[q.ID], !c.matters[q.ID] && !v.unsure(q.ID) && wrongs[q.ID] == nil)
		p.Fields = append(p.Fields, f)
		if f.Error != "" {
			p.Errors = append(p.Errors, fieldError{q.ID, f.target(), f.Ask, f.Error})
		}
		if (q.Type == definitions.Municipality || q.Type == definitions.PlaceType) && p.Municipalities == nil {
			p.Municipalities = v.municipalityNames()
		}
	}
	p.Dropped = len(v.dropped) > 0
	p.Back = c.before(group)
	p.Last = c.after(group) == ""
	p.Results = v.results(analysis, c)
	p.ResultURL = v.url("result")
	p.Summary = v.summary(p.Results)
	return p
}

// target is the id of the first field of a question, where a link to it should lead the keyboard.
func (f *field) target() string {
	switch f.Type {
	case "radio", "checks":
		if len(f.Options) > 0 {
			return f.Options[0].ID
		}
	case "datetime":
		return f.Name + "-date"
	case "period":
		return f.Name + "-from"
	case "municipality", "municipalities":
		return f.Name + "-add"
	case "place":
		return f.Name + ".municipality-add"
	case "list":
		return "q-" + f.ID
	}
	return f.Name
}

// Target is target for the templates.
func (f *field) Target() string { return f.target() }

func (v *visit) municipalityNames() []string {
	var names []string
	for _, m := range v.bundle().Shared.Municipalities {
		names = append(names, m.Name.In(v.lang()))
	}
	sortWords(names)
	return names
}

// summary says the result in one sentence.
func (v *visit) summary(r results) string {
	t := v.texts
	parts := []string{t.Say("summary.nothing")}
	if len(r.Needed) > 0 {
		parts[0] = t.Count("summary.needed", len(r.Needed))
	}
	for _, p := range []struct {
		key string
		n   int
	}{{"summary.ask", len(r.Ask)}, {"summary.open", len(r.Open)}, {"summary.impossible", len(r.Impossible)}} {
		if p.n > 0 {
			parts = append(parts, t.Count(p.key, p.n))
		}
	}
	return strings.Join(parts, ", ") + "."
}
