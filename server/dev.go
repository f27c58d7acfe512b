package server

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"luvat/definitions"
	"luvat/server/delivery/counterpart"
	"luvat/server/locale"
)

// devRoutes are the pages that exist in development only: letters that were not sent, and what the systems of authorities received.
func (s *site) devRoutes(r chi.Router) {
	if !s.cases.Dev {
		return
	}
	r.Get("/dev/mailbox", s.handle(s.getMailbox))
	r.Get("/dev/systems", s.handle(s.getSystems))
	r.Get("/dev/systems/{authority}", s.handle(s.getSystem))
}

// devPage is the common part of a page that is in the language of the browser: its address says none.
func (s *site) devPage(r *http.Request, t locale.Texts, title string) page {
	p := s.page(r, t, title)
	p.Noindex, p.Switch = true, nil
	return p
}

// mailboxPage shows letters, the newest first.
type mailboxPage struct {
	page
	Letters []letterRow
}

type letterRow struct {
	ID, To, Subject, At, Lang string
	Text                      []textPart
}

// textPart is a piece of a text: a link, or what stands between links.
type textPart struct{ Text, URL string }

// lettersShown is how many letters the mailbox shows.
const lettersShown = 100

func (s *site) getMailbox(w http.ResponseWriter, r *http.Request) error {
	t := locale.In(languageOf(r))
	p := mailboxPage{page: s.devPage(r, t, t.Say("dev.mailbox"))}
	if s.cases.Mailbox != nil { // without one letters go to a real mail server
		letters, err := s.cases.Mailbox.Letters(r.Context(), lettersShown)
		if err != nil {
			return err
		}
		say := s.teller(r.Context(), t)
		for _, l := range letters {
			p.Letters = append(p.Letters, letterRow{l.ID, l.To, l.Subject, say.moment(l.At), l.Lang, linked(l.Text)})
		}
	}
	return s.show(w, http.StatusOK, "mailbox", p)
}

var webAddress = regexp.MustCompile(`https?://[^\s<>"]*[^\s<>".,;:!?)]`)

// linked parts a text at the addresses in it.
func linked(text string) []textPart {
	var out []textPart
	from := 0
	for _, at := range webAddress.FindAllStringIndex(text, -1) {
		if at[0] > from {
			out = append(out, textPart{Text: text[from:at[0]]})
		}
		out = append(out, textPart{text[at[0]:at[1]], text[at[0]:at[1]]})
		from = at[1]
	}
	if from < len(text) {
		out = append(out, textPart{Text: text[from:]})
	}
	return out
}

// systemsPage lists the systems of authorities that stand on this server, or shows what one received.
type systemsPage struct {
	page
	Systems []link
	Name    string // of the system whose events are shown; "" for the list
	Events  []systemEvent
}

type systemEvent struct{ ID, Type, Subject, At, Body string }

func (s *site) getSystems(w http.ResponseWriter, r *http.Request) error {
	t := locale.In(languageOf(r))
	p := systemsPage{page: s.devPage(r, t, t.Say("dev.systems"))}
	for id := range s.cases.Counterparts {
		p.Systems = append(p.Systems, link{"/dev/systems/" + id, s.authorityName(t.Lang, id)})
	}
	slices.SortFunc(p.Systems, func(a, b link) int { return cmp.Compare(a.URL, b.URL) })
	return s.show(w, http.StatusOK, "systems", p)
}

func (s *site) getSystem(w http.ResponseWriter, r *http.Request) error {
	t := locale.In(languageOf(r))
	id := r.PathValue("authority")
	system := s.cases.Counterparts[id]
	if system == nil {
		return pageError{http.StatusNotFound, "error.404"}
	}
	events, err := system.Events(r.Context())
	if err != nil {
		return err
	}
	name := s.authorityName(t.Lang, id)
	p := systemsPage{page: s.devPage(r, t, t.Say("dev.system", name)), Name: name}
	p.Crumbs = []link{{"/dev/systems", t.Say("dev.systems")}}
	slices.SortStableFunc(events, func(a, b counterpart.Received) int { return cmp.Compare(b.Order, a.Order) })
	say := s.teller(r.Context(), t)
	for _, e := range events {
		var body bytes.Buffer
		if err := json.Indent(&body, e.Body, "", "  "); err != nil {
			return err
		}
		p.Events = append(p.Events, systemEvent{e.ID, e.Type, e.Subject, say.moment(time.UnixMicro(e.Order)), body.String()})
	}
	return s.show(w, http.StatusOK, "systems", p)
}

// postSystem is the door of an authority's system.
func (s *site) postSystem(w http.ResponseWriter, r *http.Request) {
	system := s.cases.Counterparts[r.PathValue("authority")]
	if system == nil {
		http.Error(w, "there is no such system", http.StatusNotFound)
		return
	}
	system.ServeHTTP(w, r)
}

// authorityName returns what an authority is called, its id when the definitions do not know it any more.
func (s *site) authorityName(lang definitions.Lang, id string) string {
	if a := s.engine.Library.Shared.AuthorityByID(id); a != nil {
		return a.Name.In(lang)
	}
	return id
}

// oneLine makes what was typed one line.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
