package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"luvat/definitions"
	"luvat/server/casefile"
	"luvat/server/locale"
)

// folderRoutes are the pages of all cases of somebody, and those of a case that are the same before and after it was sent: its
// answers, who has access, what has happened.
func (s *site) folderRoutes(r chi.Router) {
	r.Get(inLanguage+"/my", s.asMember(s.getFolder))
	r.Get(inLanguage+"/my/", s.handle(func(w http.ResponseWriter, r *http.Request) error {
		http.Redirect(w, r, strings.TrimSuffix(r.URL.Path, "/"), http.StatusMovedPermanently)
		return nil
	}))
	r.Get(inLanguage+"/my/{case}/delete", s.inCase(s.getDelete))
	r.Post(inLanguage+"/my/{case}/delete", s.inCase(s.postDelete))
	s.startRoutes(r)
	s.answerRoutes(r)
	s.accessRoutes(r)
	s.historyRoutes(r)
}

// folderPage is the transaction folder: the cases of whoever acts, or those that others share with them.
type folderPage struct {
	page
	Heading  string
	Tabs     []tab
	Shared   bool
	Query    string
	Phase    string
	Bundle   string
	Phases   []option
	Bundles  []option
	Filtered bool
	Rows     []folderRow
	More     bool   // a search found more than it shows
	NextURL  string // "" on the last page
	FirstURL string // "" on the first
	Clear    string // the folder without filters
}

// folderRow is a case in a list.
type folderRow struct {
	Title, URL, Bundle, Phase, PhaseText, Reference, Holder string
	Due                                                     string // the nearest last day, in words
	Late                                                    bool
	Changed                                                 string
	Statuses                                                []string // how many filings stand how
}

// phases are the choices of the filter, in the order of a case's life.
var phases = []casefile.Phase{casefile.Draft, casefile.Sent, casefile.Closed}

func (s *site) getFolder(w http.ResponseWriter, r *http.Request, m *member) error {
	t, in := m.texts, r.URL.Query()
	q := casefile.Query{Shared: in.Get("tab") == "shared", Words: cut(strings.TrimSpace(in.Get("q")), 100), After: in.Get("after"), Limit: 20}
	if phase := casefile.Phase(in.Get("phase")); slices.Contains(phases, phase) {
		q.Phase = phase
	}
	bundles := s.bundleNames(t.Lang)
	if id := in.Get("bundle"); bundles[id] != "" {
		q.Bundle = id
	}
	listing, err := s.cases.Service.Folder(r.Context(), m.actor, q)
	if err != nil {
		return caseError(err)
	}
	p := folderPage{page: s.memberPage(r, m, t.Say("folder.title")), Heading: t.Say("folder.heading"), Shared: q.Shared, Query: q.Words, Phase: string(q.Phase),
		Bundle: q.Bundle, More: listing.More, Filtered: q.Words != "" || q.Phase != "" || q.Bundle != ""}
	own, shared := "/"+string(t.Lang)+"/my", "/"+string(t.Lang)+"/my?tab=shared"
	p.Tabs = []tab{{t.Say("folder.own"), own, !q.Shared}, {t.Say("folder.shared"), shared, q.Shared}}
	if !m.party.Self() {
		p.Tabs[0].Title = t.Say("folder.party")
	}
	p.Clear = p.Tabs[0].URL
	if q.Shared {
		p.Clear = p.Tabs[1].URL
	}
	for _, phase := range phases {
		p.Phases = append(p.Phases, option{Value: string(phase), Text: t.Say("phase." + string(phase)), Checked: phase == q.Phase})
	}
	for id, name := range bundles {
		p.Bundles = append(p.Bundles, option{Value: id, Text: name, Checked: id == q.Bundle})
	}
	slices.SortFunc(p.Bundles, func(a, b option) int { return strings.Compare(alphabetical(a.Text), alphabetical(b.Text)) })
	for _, c := range listing.Cases {
		p.Rows = append(p.Rows, s.folderRow(m, c, bundles))
	}
	page := func(after string) string {
		next := url.Values{}
		for _, name := range []string{"tab", "q", "phase", "bundle"} {
			set(next, name, in.Get(name))
		}
		set(next, "after", after)
		return address(own, next)
	}
	if listing.Next != "" {
		p.NextURL = page(listing.Next)
	}
	if q.After != "" {
		p.FirstURL = page("")
	}
	return s.show(w, http.StatusOK, "folder", p)
}

// bundleNames returns the title of each bundle that there is or was, by id.
func (s *site) bundleNames(lang definitions.Lang) map[string]string {
	names := map[string]string{}
	for _, p := range s.engine.Programs() { // of several versions the last one counts
		names[p.Bundle.ID] = p.Bundle.Title.In(lang)
	}
	return names
}

func (s *site) folderRow(m *member, c casefile.Summary, bundles map[string]string) folderRow {
	t := m.texts
	row := folderRow{Title: c.Title, URL: caseURL(t.Lang, c.Case, ""), Bundle: bundles[c.Bundle], Phase: string(c.Phase), PhaseText: t.Say("phase." + string(c.Phase)),
		Reference: c.Reference, Holder: c.Holder, Changed: s.clockTime(t, c.Changed), Statuses: statuses(t, c.Filings)}
	if c.Holder == m.party.Name {
		row.Holder = ""
	}
	if due, ok := readDate(c.Due); ok {
		row.Due = t.Say("folder.due", t.DayAndDate(due), t.Distance(due, m.today))
		row.Late = due < m.today
	}
	return row
}

// standings are the customer-facing statuses of filings, what needs the customer first.
var standings = []string{"needs-you", "draft", "sent", "in-handling", "ready"}

// statuses says how many filings stand how.
func statuses(t locale.Texts, filings map[string]int) []string {
	var words []string
	for _, status := range standings {
		if n := filings[status]; n > 0 {
			words = append(words, t.Count("standing."+status, n))
		}
	}
	return words
}

// deletePage asks whether a draft should be given up.
type deletePage struct {
	page
	Name    string
	Action  string
	CaseURL string
}

func (s *site) getDelete(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	if err := v.mayDelete(); err != nil {
		return err
	}
	p := deletePage{page: s.casePage(r, v, v.texts.Say("delete.title")), Name: v.c.Title, Action: v.url("delete"), CaseURL: v.url("")}
	return s.show(w, http.StatusOK, "delete", p)
}

// mayDelete lets those give a draft up who may withdraw it. What has been sent is withdrawn on a page of its own.
func (v *caseVisit) mayDelete() error {
	role := v.c.RoleOf(v.actor)
	switch {
	case v.c.Phase != casefile.Draft:
		return &casefile.NotNow{Action: casefile.Withdrawing, Phase: v.c.Phase}
	case !v.c.May(v.actor, casefile.Withdrawing):
		return &casefile.Forbidden{Action: casefile.Withdrawing, Role: role, Least: casefile.RoleSubmit}
	}
	return nil
}

func (s *site) postDelete(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	if err := v.mayDelete(); err != nil {
		return err
	}
	if _, err := s.cases.Service.Withdraw(r.Context(), v.actor, v.c.ID, casefile.Withdraw{}); err != nil {
		return err
	}
	http.Redirect(w, r, "/"+string(v.texts.Lang)+"/my", http.StatusSeeOther)
	return nil
}
