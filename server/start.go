package server

import (
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"luvat/engine"
	"luvat/server/casefile"
	"luvat/server/locale"
)

func (s *site) startRoutes(r chi.Router) {
	r.Get(inLanguage+"/{bundle}/start", s.asMember(s.getStart))
	r.Post(inLanguage+"/{bundle}/start", s.asMember(s.postStart))
}

// begin is the part of a result page from which the customer goes on to a case. In a visit that came from a case it leads back there.
type begin struct {
	Action string // where the answers are posted to begin a case; "" when the visit came from one
	Fields []link // what goes along
	Case   string // title of the case that the visit came from
	Review string // where its new answers are looked at and saved
	Back   string
}

// begin returns how a visit goes on to a case, nil where there are no cases.
func (s *site) begin(v *visit) *begin {
	if s.cases == nil {
		return nil
	}
	if v.of != nil {
		back := caseURL(v.lang(), v.of.ID, "")
		return &begin{Case: v.of.Title, Back: back, Review: address(back+"/answers", v.query())}
	}
	b := &begin{Action: v.path("start")}
	for _, name := range []string{"a", "t", "on"} {
		if value := v.query().Get(name); value != "" {
			b.Fields = append(b.Fields, link{name, value})
		}
	}
	return b
}

// startPage asks what the case is to be called, and says on whose behalf it is begun.
type startPage struct {
	page
	Kept      bool // the title was typed before the session ended
	Errors    []fieldError
	Action    string
	Fields    []link
	Name      string
	Bundle    string
	Party     string
	ChangeURL string // where to choose another party
	ResultURL string
	Needed    int
	Open      bool // questions are still open
}

// getStart shows the page after a login, with the answers that were posted before it, or with those of the address.
func (s *site) getStart(w http.ResponseWriter, r *http.Request, m *member) error {
	typed, err := s.kept(r)
	if err != nil {
		return err
	}
	if typed != nil && !r.URL.Query().Has("a") {
		r.PostForm = typed
	}
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	p := s.startPage(r, m, v)
	if title := first(r, "title"); title != "" {
		p.Name, p.Kept = title, typed != nil
	}
	return s.show(w, http.StatusOK, "start", p)
}

func (s *site) startPage(r *http.Request, m *member, v *visit) *startPage {
	t := v.texts
	p := &startPage{page: s.bundlePage(r, v, t.Say("start.title", v.bundle().Title.In(v.lang()))), Action: v.path("start"), Fields: s.begin(v).Fields,
		Name: v.caseTitle(), Bundle: v.bundle().Title.In(v.lang()), Party: m.party.Name, ResultURL: v.url("result")}
	p.Noindex = true
	p.ChangeURL = partyURL(t.Lang, v.url("start"))
	for _, q := range v.program.Analyse(v.answers, v.on, v.lang()).Requirements {
		switch q.Status {
		case engine.Needed:
			p.Needed++
		case engine.Open:
			p.Open = true
		}
	}
	p.Crumbs = append(p.Crumbs, link{v.url("result"), t.Say("tab.result")})
	return p
}

// caseTitle is what a case is called until the customer says otherwise: the service, and where and when, as answered.
func (v *visit) caseTitle() string {
	title := v.bundle().Title.In(v.lang())
	if where := v.eventText(); where != "" {
		title += ", " + where
	}
	return cut(title, maxTitle)
}

// maxTitle bounds the title of a case, in characters.
const maxTitle = 120

// postStart begins a case when it comes with a title, from the page that asks for one; a result page posts the answers alone.
func (s *site) postStart(w http.ResponseWriter, r *http.Request, m *member) error {
	if err := r.ParseForm(); err != nil {
		return pageError{http.StatusBadRequest, "error.form"}
	}
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	if !r.PostForm.Has("title") {
		http.Redirect(w, r, v.url("start"), http.StatusSeeOther)
		return nil
	}
	t := m.texts
	title := strings.Join(strings.Fields(r.PostForm.Get("title")), " ")
	if wrong := titleWrong(t, title); wrong != "" {
		p := s.startPage(r, m, v)
		p.Title = t.Say("error.title-prefix") + " " + p.Title
		p.Name = r.PostForm.Get("title")
		p.Errors = []fieldError{{"title", "title", t.Say("start.name"), wrong}}
		return s.show(w, http.StatusUnprocessableEntity, "start", p)
	}
	open := casefile.Open{Bundle: v.bundle().ID, Lang: v.lang(), Title: title, Answers: v.given()}
	if v.on != v.today {
		open.On = v.on
	}
	c, err := s.cases.Service.Open(r.Context(), m.actor, open)
	if err != nil {
		return caseError(err)
	}
	s.released(r)
	http.Redirect(w, r, caseURL(v.lang(), c.ID, ""), http.StatusSeeOther)
	return nil
}

// titleWrong says what is wrong with the title of a case, "" when nothing is.
func titleWrong(t locale.Texts, title string) string {
	switch {
	case title == "":
		return t.Say("start.name-missing")
	case len([]rune(title)) > maxTitle:
		return t.Say("start.name-long")
	}
	return ""
}
