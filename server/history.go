package server

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"luvat/definitions"
	"luvat/server/casefile"
	"luvat/server/edition"
	"luvat/server/store"
)

// historyRoutes are the pages of what has happened in a case, and under which edition of the definitions it is.
func (s *site) historyRoutes(r chi.Router) {
	r.Get(inLanguage+"/my/{case}/history", s.viewing(s.getHistory))
	r.Get(inLanguage+"/my/{case}/export.json", s.viewing(s.getExport))
	r.Get(inLanguage+"/my/{case}/move", s.inCase(s.getMove))
	r.Post(inLanguage+"/my/{case}/move", s.inCase(s.postMove))
}

// historyPage is the ledger of a case in words, and for its owner the log of who has read it.
type historyPage struct {
	page
	Entries   []historyEntry
	Older     string // address of the entries before these; "" when there are none
	Newest    string // address of the newest entries; "" when these are
	Sound     bool   // the chain of hashes is whole
	Checked   int    // how many entries there are
	Head      string // hash of the last entry, which a receipt may have too
	Mine      bool   // the visitor owns the case
	Readers   []readerRow
	MoreRead  string
	FirstRead string
	ExportURL string
}

type historyEntry struct {
	Number                uint64
	Text, By, At, Edition string
	For                   string
}

type readerRow struct{ Name, Role, At string }

// How many lines a page shows.
const (
	entriesShown = 50
	readersShown = 50
)

func (s *site) getHistory(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	t, c := v.texts, v.c
	p := historyPage{page: s.casePage(r, v, t.Say("history.title", c.Title)), Checked: len(c.History), Head: c.Head.String(), Mine: c.May(v.actor, casefile.Auditing),
		ExportURL: v.url("export.json")}
	entries, err := s.cases.Store.Read(r.Context(), c.ID, 0)
	if err != nil {
		return err
	}
	p.Sound = true
	if err := store.VerifyChain(entries); err != nil {
		s.log.Error("the ledger of a case does not verify", "case", c.ID, "error", err)
		p.Sound = false
	}
	say := s.teller(r.Context(), t)
	q := r.URL.Query()
	last := len(c.History)
	if n, err := strconv.Atoi(q.Get("before")); err == nil && n >= 1 && n <= last {
		last = n - 1
		p.Newest = v.url("history")
	}
	first := max(0, last-entriesShown)
	if first > 0 {
		p.Older = v.url("history") + "?before=" + strconv.Itoa(first+1)
	}
	for _, line := range slices.Backward(c.History[first:last]) {
		e := historyEntry{Number: line.Seq, Text: v.eventText(line, say), By: say.name(line.By), At: say.moment(line.At), Edition: edition.Version(line.Edition)}
		if line.For != "" && line.For == c.Holder.Party {
			e.For = c.Holder.Name
		}
		p.Entries = append(p.Entries, e)
	}
	if p.Mine {
		if err := s.addReaders(r, v, &p, q.Get("read")); err != nil {
			return err
		}
	}
	return s.show(w, http.StatusOK, "history", p)
}

func (s *site) addReaders(r *http.Request, v *caseVisit, p *historyPage, after string) error {
	readers, next, err := s.cases.Service.Readers(r.Context(), v.actor, v.c.ID, after, readersShown)
	if err != nil {
		return err
	}
	say := s.teller(r.Context(), v.texts)
	for _, reader := range readers {
		row := readerRow{Name: reader.Name, At: say.moment(reader.First)}
		if row.Name == "" {
			row.Name = say.name(reader.By)
		}
		if reader.Role != casefile.NoRole {
			row.Role = v.texts.Say("role." + string(reader.Role))
		}
		p.Readers = append(p.Readers, row)
	}
	if next != "" {
		p.MoreRead = address(v.url("history"), url.Values{"read": {next}}) + "#readers"
	}
	if after != "" {
		p.FirstRead = v.url("history") + "#readers"
	}
	return nil
}

// eventText says what an entry says, in one sentence.
func (v *caseVisit) eventText(line casefile.Line, say teller) string {
	t, lang := v.texts, v.texts.Lang
	role := func(r casefile.Role) string { return t.Say("role." + string(r)) }
	filing := func(id string) string {
		if f := v.c.Filing(id); f != nil {
			return f.Name.In(lang)
		}
		return id
	}
	switch e := line.Event.(type) {
	case *casefile.Opened:
		return t.Say("event.opened", e.Title)
	case *casefile.Renamed:
		return t.Say("event.renamed", e.Title)
	case *casefile.Answered:
		return t.Count("event.answered", len(e.Answers)+len(e.Cleared))
	case *casefile.Prefilled:
		return v.prefilledText(e)
	case *casefile.Saved:
		return t.Count("event.saved", len(e.Changes))
	case *casefile.Attached:
		return t.Say("event.attached", e.Name)
	case *casefile.Detached:
		if a := v.c.Attachment(e.ID); a != nil {
			return t.Say("event.detached", a.Name)
		}
		return t.Say("event.detached-unknown")
	case *casefile.Invited:
		return t.Say("event.invited", e.Hint, role(e.Role))
	case *casefile.Joined:
		return t.Say("event.joined", e.Name, role(e.Role))
	case *casefile.RoleChanged:
		return t.Say("event.role-changed", say.name(e.Account), role(e.Role))
	case *casefile.Revoked:
		if e.Account != "" {
			return t.Say("event.revoked", say.name(e.Account))
		}
		return t.Say("event.taken-back")
	case *casefile.Moved:
		return t.Say("event.moved", edition.Version(e.From), edition.Version(e.To))
	case *casefile.Submitted:
		return t.Count("event.submitted", len(e.Filings), e.Reference)
	case *casefile.Changed:
		return t.Say("event.changed", filing(e.Filing), e.Version)
	case *casefile.Withdrawn:
		if len(e.Filings) == 0 {
			return t.Say("event.given-up")
		}
		var names []string
		for _, f := range e.Filings {
			names = append(names, filing(f.ID))
		}
		return t.Say("event.withdrawn", strings.Join(names, ", "))
	case *casefile.Messaged:
		if e.Filing != "" {
			return t.Say("event.message-about", filing(e.Filing))
		}
		return t.Say("event.message")
	case *casefile.Delivered:
		return t.Say("event.delivered", filing(e.Task.Filing))
	case *casefile.DeliveryFailed:
		if e.GaveUp {
			return t.Say("event.gave-up", filing(e.Task.Filing))
		}
		return t.Say("event.delivery-failed", filing(e.Task.Filing))
	case *casefile.Received:
		if e.OwnID != "" {
			return t.Say("event.received-as", filing(e.Filing), e.OwnID)
		}
		return t.Say("event.received", filing(e.Filing))
	}
	return t.Say("event.unknown", line.Kind)
}

// prefilledText names the registers that gave something.
func (v *caseVisit) prefilledText(e *casefile.Prefilled) string {
	var sources []string
	for _, told := range e.Values {
		if title := told.Source.Title.In(v.texts.Lang); !slices.Contains(sources, title) {
			sources = append(sources, title)
		}
	}
	slices.Sort(sources)
	if len(sources) == 0 {
		return v.texts.Say("event.prefilled-none")
	}
	return v.texts.Count("event.prefilled", len(e.Values), strings.Join(sources, ", "))
}

// getExport gives the owner everything that is kept of the case, as one document.
func (s *site) getExport(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	document, err := s.cases.Service.Export(r.Context(), v.actor, v.c.ID)
	if err != nil {
		return err
	}
	name := v.c.ID
	if v.c.Reference != "" {
		name = v.c.Reference
	}
	return download(w, name+".json", document)
}

// movePage shows what changes when a case moves to the edition in force.
type movePage struct {
	page
	From, To                                string
	Nothing                                 bool // the customer sees no difference
	New, Gone, Fields, Lost, Dropped, Asked []string
	Action                                  string
	Edition                                 string // its id, which the form gives back
	CaseURL                                 string
	Newest                                  bool // there is no newer edition
	Again                                   bool // another edition came into force while the page was read
}

// newEdition returns the address at which a case moves to a newer edition, "" when there is none or the visitor may not move it.
func (s *site) newEdition(r *http.Request, v *caseVisit) (string, error) {
	if !v.c.May(v.actor, casefile.Moving) {
		return "", nil
	}
	preview, err := s.cases.Service.PreviewMove(r.Context(), v.actor, v.c.ID)
	if err != nil || preview == nil {
		return "", err
	}
	return v.url("move"), nil
}

func (s *site) getMove(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	return s.showMove(w, r, v, http.StatusOK, false)
}

func (s *site) showMove(w http.ResponseWriter, r *http.Request, v *caseVisit, status int, again bool) error {
	preview, err := s.cases.Service.PreviewMove(r.Context(), v.actor, v.c.ID)
	if err != nil {
		return err
	}
	p := movePage{page: s.casePage(r, v, v.texts.Say("move.title")), Action: v.url("move"), CaseURL: v.url(""), Newest: preview == nil, Again: again}
	if preview != nil {
		if err := s.fillMove(&p, v, preview); err != nil {
			return err
		}
	}
	return s.show(w, status, "move", p)
}

// fillMove puts names in the place of ids: of each edition what is only there.
func (s *site) fillMove(p *movePage, v *caseVisit, m *casefile.MovePreview) error {
	lang := v.texts.Lang
	moved := *v.c
	moved.Edition = m.To
	after, err := s.cases.Service.Standing(&moved, lang)
	if err != nil {
		return err
	}
	p.Edition, p.Nothing = m.To, m.Nothing()
	p.From, p.To = edition.Version(m.From), edition.Version(m.To)
	p.New, p.Gone = requirementNames(after, m.New, lang), requirementNames(v.standing, m.Gone, lang)
	p.Asked, p.Dropped = questionNames(after, m.Asked, lang), questionNames(v.standing, m.Dropped, lang)
	p.Fields, p.Lost = fieldNames(after, m.Fields, lang), fieldNames(v.standing, m.Lost, lang)
	return nil
}

func requirementNames(st *casefile.Standing, ids []string, lang definitions.Lang) []string {
	var names []string
	for _, r := range st.Edition.Program.Bundle.Requirements {
		if slices.Contains(ids, r.ID) {
			names = append(names, r.Name.In(lang))
		}
	}
	return names
}

func questionNames(st *casefile.Standing, ids []string, lang definitions.Lang) []string {
	var names []string
	for _, q := range st.Edition.Program.Bundle.Questions {
		if slices.Contains(ids, q.ID) {
			names = append(names, q.Ask.In(lang))
		}
	}
	return names
}

func fieldNames(st *casefile.Standing, keys []string, lang definitions.Lang) []string {
	var names []string
	for _, section := range st.Union.Sections {
		for _, f := range section.Fields {
			if slices.Contains(keys, f.Key) {
				names = append(names, f.Title.In(lang))
			}
		}
	}
	return names
}

// postMove moves the case to the edition that the page showed. When another one has come into force since, the page is shown again.
func (s *site) postMove(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	if err := r.ParseForm(); err != nil {
		return pageError{http.StatusBadRequest, "error.form"}
	}
	_, err := s.cases.Service.MoveEdition(r.Context(), v.actor, v.c.ID, r.PostForm.Get("edition"))
	var invalid *casefile.Invalid
	if errors.As(err, &invalid) && invalid.What == "edition" {
		return s.showMove(w, r, v, http.StatusConflict, true)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, v.url(""), http.StatusSeeOther)
	return nil
}
