package server

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/go-chi/chi/v5"

	"luvat/definitions"
	"luvat/server/casefile"
	"luvat/server/locale"
)

// officeRoutes are the pages of what authorities and operators see.
func (s *site) officeRoutes(r chi.Router) {
	const in = inLanguage + "/office"
	r.Get(in, s.asMember(s.getOffice))
	s.operatorRoutes(r)
	r.Get(in+"/{filing}", s.inOffice(s.getOfficeFiling))
	r.Post(in+"/{filing}/receive", s.inOffice(s.postReceive))
	r.Post(in+"/{filing}/message", s.inOffice(s.postOfficeMessage))
	r.Get(in+"/{filing}/attachments/{document}", s.inOffice(s.getOfficeDocument))
	s.devRoutes(r)
}

// duties returns in the service of which authorities somebody handles filings. It is the one place that decides it.
func (m *member) duties(shared *definitions.Shared) []*definitions.Authority {
	var out []*definitions.Authority
	for _, id := range m.account.Authorities {
		if a := shared.AuthorityByID(id); a != nil && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// officer is the actor of an authority: what is done is done by the authority, and the log of readers says by whom.
func (m *member) officer(a *definitions.Authority) casefile.Actor {
	return casefile.Actor{Authority: a.ID, Name: m.account.Name}
}

// officePage lists what was sent to an authority.
type officePage struct {
	page
	Authority string
	Others    []officeTab
	Filings   []officeRow
	Next      string
	First     string // address of the first page; "" when this is it
}

type officeTab struct {
	URL, Name string
	Current   bool
}

type officeRow struct {
	ID, URL, Name, Kind, Status, Sent, Changed, Due string
	Version                                         int
	Withdrawn                                       bool
}

// officeShown is how many filings a page lists.
const officeShown = 50

func (s *site) getOffice(w http.ResponseWriter, r *http.Request, m *member) error {
	t, q := m.texts, r.URL.Query()
	duties := m.duties(s.engine.Library.Shared)
	if len(duties) == 0 {
		return pageError{http.StatusNotFound, "error.404"}
	}
	current := duties[0]
	if asked := q.Get("authority"); asked != "" {
		i := slices.IndexFunc(duties, func(a *definitions.Authority) bool { return a.ID == asked })
		if i < 0 {
			return pageError{http.StatusNotFound, "error.404"}
		}
		current = duties[i]
	}
	here := "/" + string(t.Lang) + "/office"
	list := func(a *definitions.Authority) string { return address(here, url.Values{"authority": {a.ID}}) }
	p := officePage{page: s.memberPage(r, m, t.Say("office.title", current.Name.In(t.Lang))), Authority: current.Name.In(t.Lang)}
	p.Broad = true
	if len(duties) > 1 {
		for _, a := range duties {
			p.Others = append(p.Others, officeTab{list(a), a.Name.In(t.Lang), a == current})
		}
	}
	filings, next, err := s.cases.Service.Office(r.Context(), m.officer(current), q.Get("after"), officeShown)
	if err != nil {
		return err
	}
	say := s.teller(r.Context(), t)
	for _, f := range filings {
		row := officeRow{ID: f.Filing, URL: here + "/" + f.Filing, Name: f.Name.In(t.Lang), Kind: t.Say("kind." + string(f.Kind)), Status: officeStatus(t, f.Status, f.Withdrawn),
			Sent: say.moment(f.Sent), Version: f.Version, Withdrawn: f.Withdrawn}
		if !f.Changed.Equal(f.Sent) {
			row.Changed = say.moment(f.Changed)
		}
		if day, ok := definitions.ParseDate(f.Due); ok {
			row.Due = t.DayAndDate(day)
		}
		p.Filings = append(p.Filings, row)
	}
	if next != "" {
		p.Next = address(here, url.Values{"authority": {current.ID}, "after": {next}})
	}
	if q.Get("after") != "" {
		p.First = list(current)
	}
	return s.show(w, http.StatusOK, "office", p)
}

// officeStatus says where a filing stands, in an authority's words.
func officeStatus(t locale.Texts, status string, withdrawn bool) string {
	if withdrawn {
		return t.Say("sent.state.withdrawn")
	}
	switch status {
	case "in-handling", "ready":
		return t.Say("sent.state." + status)
	case "needs-you":
		return t.Say("office.waits-for-customer")
	}
	return t.Say("office.arrived")
}

// officeVisit is a request of an officer for a filing that was sent to their authority.
type officeVisit struct {
	member
	authority *definitions.Authority
	actor     casefile.Actor
	c         *casefile.Case // for looking up, not for showing: see casefile.Service.OfficeFiling
	f         *casefile.Filing
}

func (v *officeVisit) url() string { return "/" + string(v.texts.Lang) + "/office/" + v.f.ID }

// inOffice lets those through in whose service the filing of the address is handled. To everybody else it does not exist.
func (s *site) inOffice(do func(http.ResponseWriter, *http.Request, *officeVisit) error) http.HandlerFunc {
	return s.asMember(func(w http.ResponseWriter, r *http.Request, m *member) error {
		for _, a := range m.duties(s.engine.Library.Shared) {
			actor := m.officer(a)
			c, f, err := s.cases.Service.OfficeFiling(r.Context(), actor, r.PathValue("filing"))
			if errors.Is(err, casefile.ErrNoCase) {
				continue
			}
			if err != nil {
				return err
			}
			return caseError(do(w, r, &officeVisit{*m, a, actor, c, f}))
		}
		return pageError{http.StatusNotFound, "error.404"}
	})
}

// officeFilingPage is a filing as its authority sees it: what was sent to it, and nothing else of the case.
type officeFilingPage struct {
	page
	ID, Name, Kind, Authority string
	Status                    string
	Reference                 string
	SentAt, Due               string
	Withdrawn, Reason         string
	OwnID, ReceivedAt         string
	Data                      []said
	Documents                 []filedPaper
	Versions                  []versionRow
	Messages                  []messageRow
	Done                      string
	Kept                      bool
	Errors                    []fieldError
	TypedID, Text             string
	Receive, Write            string // addresses of the forms
}

func (s *site) getOfficeFiling(w http.ResponseWriter, r *http.Request, v *officeVisit) error {
	p, err := s.officeFilingPage(r, v)
	if err != nil {
		return err
	}
	switch q := r.URL.Query(); {
	case q.Has("received"):
		p.Done = v.texts.Say("office.done-received")
	case q.Has("written"):
		p.Done = v.texts.Say("office.done-written")
	}
	return s.show(w, http.StatusOK, "office-filing", p)
}

func (s *site) officeFilingPage(r *http.Request, v *officeVisit) (*officeFilingPage, error) {
	t, f := v.texts, v.f
	say := s.teller(r.Context(), t)
	p := &officeFilingPage{page: s.memberPage(r, &v.member, f.Name.In(t.Lang)+" "+f.ID), ID: f.ID, Name: f.Name.In(t.Lang), Kind: t.Say("kind." + string(f.Kind)),
		Authority: v.authority.Name.In(t.Lang), Status: officeStatus(t, f.Status, f.Withdrawn), Reference: v.c.Reference, SentAt: say.moment(f.Versions[0].At),
		Documents: documents(f.Last().Attachments, t, v.url()+"/attachments"), Receive: v.url() + "/receive", Write: v.url() + "/message"}
	p.Crumbs = []link{{address("/"+string(t.Lang)+"/office", url.Values{"authority": {v.authority.ID}}), t.Say("office.title", p.Authority)}}
	if day, ok := definitions.ParseDate(f.Due); ok {
		p.Due = t.DayAndDate(day)
	}
	if f.Received != nil {
		p.OwnID, p.ReceivedAt = f.Received.OwnID, say.moment(f.Received.At)
		p.TypedID = p.OwnID
	}
	for _, line := range v.c.History {
		e, is := line.Event.(*casefile.Withdrawn)
		if is && slices.ContainsFunc(e.Filings, func(w casefile.WithdrawnFiling) bool { return w.ID == f.ID }) {
			p.Withdrawn, p.Reason = say.moment(line.At), e.Reason
		}
	}
	x, fields, err := s.sentData(t, v.c, f.Last(), false)
	if err != nil {
		return nil, err
	}
	p.Data = x.all(fields)
	if p.Versions, err = s.sentVersions(t, v.c, f, say, false); err != nil {
		return nil, err
	}
	p.Messages = s.messageRows(t, v.c, say, v.url()+"/attachments", v.sees)
	return p, nil
}

// sees reports whether a message went to the authority or came from it: those of its filing, and those to all that were written after
// the filing was sent.
func (v *officeVisit) sees(m *casefile.Message) bool {
	return m.Filing == v.f.ID || m.Filing == "" && m.Seq > v.f.Versions[0].Seq
}

// has returns a document that went with the filing or with a message that its authority got, nil when there is none.
func filedDocument(c *casefile.Case, f *casefile.Filing, id string) *casefile.Attachment {
	for _, version := range f.Versions {
		for _, a := range version.Attachments {
			if a.ID == id {
				return a
			}
		}
	}
	for _, m := range c.Messages {
		if (m.Filing == f.ID || m.Filing == "" && m.Seq > f.Versions[0].Seq) && slices.Contains(m.Attachments, id) {
			return c.Attachment(id)
		}
	}
	return nil
}

func (s *site) getOfficeDocument(w http.ResponseWriter, r *http.Request, v *officeVisit) error {
	a := filedDocument(v.c, v.f, r.PathValue("document"))
	if a == nil {
		return pageError{http.StatusNotFound, "error.404"}
	}
	return s.sendDocument(w, r, a)
}

func (s *site) postReceive(w http.ResponseWriter, r *http.Request, v *officeVisit) error {
	if err := r.ParseForm(); err != nil {
		return pageError{http.StatusBadRequest, "error.form"}
	}
	own := oneLine(r.PostForm.Get("own"))
	_, err := s.cases.Service.Receive(r.Context(), v.actor, v.c.ID, v.f.ID, own)
	var invalid *casefile.Invalid
	if errors.As(err, &invalid) && invalid.Code == casefile.TooLong {
		p, failed := s.officeFilingPage(r, v)
		if failed != nil {
			return failed
		}
		p.TypedID = own
		p.Errors = []fieldError{{"own", "own", v.texts.Say("office.own"), v.texts.Say("office.own-too-long", invalid.Limit)}}
		p.Title = v.texts.Say("error.title-prefix") + " " + p.Title
		return s.show(w, http.StatusUnprocessableEntity, "office-filing", p)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, v.url()+"?received=1", http.StatusSeeOther)
	return nil
}

func (s *site) postOfficeMessage(w http.ResponseWriter, r *http.Request, v *officeVisit) error {
	if err := r.ParseForm(); err != nil {
		return pageError{http.StatusBadRequest, "error.form"}
	}
	text := r.PostForm.Get("text")
	if problem := messageProblem(v.texts, text); problem != "" {
		p, err := s.officeFilingPage(r, v)
		if err != nil {
			return err
		}
		p.Text, p.Errors = text, []fieldError{{"text", "text", v.texts.Say("messages.text"), problem}}
		p.Title = v.texts.Say("error.title-prefix") + " " + p.Title
		return s.show(w, http.StatusUnprocessableEntity, "office-filing", p)
	}
	if _, err := s.cases.Service.Message(r.Context(), v.actor, v.c.ID, casefile.Send{Filing: v.f.ID, Text: text}); err != nil {
		return err
	}
	s.cases.Worker.Wake()
	http.Redirect(w, r, v.url()+"?written=1#messages", http.StatusSeeOther)
	return nil
}
