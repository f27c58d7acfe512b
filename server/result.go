package server

import (
	"encoding/json"
	"net/http"
)

// resultPage is the whole result: what is needed, why, from whom and by when.
type resultPage struct {
	page
	Heading   string
	Tabs      []tab
	Results   results
	Summary   string
	NextURL   string // the page of the questionnaire on which something is still open; "" when nothing is
	StartURL  string
	PrintURL  string
	ShareURL  string
	ICSURL    string
	JSONURL   string
	EventText string // when and where, in the customer's words
	Count     int
	DayURL    string
	DayFields []link // what the form that changes the day must carry along
	OnText    string
	OnISO     string
	Dropped   bool
	Begin     *begin // how to go on to a case; nil where there are none
}

// tab is one of the views of a result.
type tab struct {
	Title, URL string
	Current    bool
}

func (v *visit) tabs(current string) []tab {
	var tabs []tab
	for _, name := range []string{"result", "timeline", "overview", "answers"} {
		tabs = append(tabs, tab{v.texts.Say("tab." + name), v.url(name), name == current})
	}
	return tabs
}

func (s *site) getResult(w http.ResponseWriter, r *http.Request) error {
	p, err := s.resultPage(r, "result")
	if err != nil {
		return err
	}
	return s.show(w, http.StatusOK, "result", p)
}

// getPrint is the result with everything opened, the timeline and the answers on one page.
func (s *site) getPrint(w http.ResponseWriter, r *http.Request) error {
	p, err := s.resultPage(r, "")
	if err != nil {
		return err
	}
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	for _, n := range p.Results.all() {
		n.Opened = true
	}
	return s.show(w, http.StatusOK, "print", printPage{*p, newTimeline(v, p.Results), v.sections(), p.ShareURL})
}

// printPage is the page for paper.
type printPage struct {
	resultPage
	Timeline timeline
	Sections []section
	Source   string // the address at which the same result can be seen
}

func (s *site) resultPage(r *http.Request, name string) (*resultPage, error) {
	v, err := s.visit(r)
	if err != nil {
		return nil, err
	}
	analysis := v.program.Analyse(v.answers, v.on, v.lang())
	c := v.course(analysis, "")
	t := v.texts
	p := &resultPage{page: s.bundlePage(r, v, t.Say("result.title", v.bundle().Title.In(v.lang()))), Heading: t.Say("result.heading")}
	p.Tabs = v.tabs(name)
	p.Results = v.results(analysis, c)
	p.Summary = v.summary(p.Results)
	p.Count = len(analysis.Requirements)
	for _, step := range c.steps {
		if p.StartURL == "" {
			p.StartURL = step.URL
		}
		if (step.State == "todo" || step.State == "part") && p.NextURL == "" && !p.Results.Done {
			p.NextURL = step.URL
		}
	}
	share := v.shareQuery()
	p.ShareURL = origin(r) + address(v.path("result"), share)
	p.PrintURL = v.url("print")
	p.ICSURL = address(v.path("deadlines.ics"), share)
	p.JSONURL = address(v.path("result.json"), share)
	p.EventText = v.eventText()
	p.OnText, p.OnISO = t.DayAndDate(v.on), v.on.String()
	p.DayURL = v.path("result")
	for name, values := range v.query() {
		if name != "on" {
			p.DayFields = append(p.DayFields, link{name, values[0]})
		}
	}
	p.Dropped = len(v.dropped) > 0
	if p.Results.Started {
		p.Begin = s.begin(v)
	}
	p.Crumbs = append(p.Crumbs, link{v.url("result"), t.Say("tab.result")})
	return p, nil
}

// origin returns the scheme and host under which the customer sees the service.
func origin(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

// eventText says where and when, as answered.
func (v *visit) eventText() string {
	text := ""
	for _, id := range []string{v.bundle().Place.ID(), v.bundle().Starts.ID()} {
		value, _ := v.answers.Get(id)
		if value == nil {
			continue
		}
		if text != "" {
			text += " · "
		}
		text += v.program.AnswerText(id, value, v.lang())
	}
	return text
}

// section is a page of the questionnaire with the answers given on it.
type section struct {
	Title, URL string
	Answers    []given
}

type given struct {
	ID, Ask, Text, URL string
	Aside              bool // kept, but of no meaning under the other answers
	Unsure             bool
}

// sections lists the answers by page of the questionnaire.
func (v *visit) sections() []section {
	var all []section
	l := newLinks(v)
	analysis := v.program.Analyse(v.answers, v.on, v.lang())
	c := v.course(analysis, "")
	for _, g := range v.bundle().Groups {
		s := section{Title: g.Title.In(v.lang()), URL: v.url("questions/" + g.ID)}
		for _, q := range v.inGroup(g.ID) {
			value, ok := v.answers.Get(q.ID)
			if !ok {
				continue
			}
			a := given{ID: q.ID, Ask: q.Ask.In(v.lang()), URL: l.question(q.ID).URL, Aside: !c.visible[q.ID], Unsure: value == nil}
			if value != nil {
				a.Text = v.program.AnswerText(q.ID, value, v.lang())
			} else {
				a.Text = v.texts.Say("answer.unsure")
			}
			s.Answers = append(s.Answers, a)
		}
		if len(s.Answers) > 0 {
			all = append(all, s)
		}
	}
	return all
}

// answersPage shows every answer with the way to change it.
type answersPage struct {
	resultPage
	Sections []section
}

func (s *site) getAnswers(w http.ResponseWriter, r *http.Request) error {
	p, err := s.resultPage(r, "answers")
	if err != nil {
		return err
	}
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	p.Title = v.texts.Say("answers.title", v.bundle().Title.In(v.lang()))
	p.Heading = v.texts.Say("tab.answers")
	return s.show(w, http.StatusOK, "answers", answersPage{*p, v.sections()})
}

// getJSON is the same object that the API answers with.
func (s *site) getJSON(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v.program.Analyse(v.answers, v.on, v.lang())) // the customer went away; nothing is left to do
	return nil
}
