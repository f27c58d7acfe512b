package server

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"luvat/server/casefile"
	"luvat/server/content"
	"luvat/server/store"
)

// systems is what the systems of authorities use: programs, without a session and without a language, that come from anywhere. nil
// without cases.
func (s *site) systems() http.Handler {
	if s.cases == nil {
		return nil
	}
	r := chi.NewRouter()
	r.Use(s.access, secure)
	r.Get("/deliveries/{filing}/{attachment}", s.getDelivery)
	r.Head("/deliveries/{filing}/{attachment}", s.getDelivery)
	if s.cases.Dev {
		r.Post("/dev/systems/{authority}", s.postSystem)
	}
	missing := func(w http.ResponseWriter, _ *http.Request) {
		linkProblem(w, http.StatusNotFound, "There is nothing at this address", "Take the address as it stands in the event.")
	}
	r.NotFound(missing)
	r.MethodNotAllowed(missing)
	return r
}

// ofSystems reports whether a request is one of programs.
func ofSystems(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/deliveries/") || r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/dev/systems/")
}

// getDelivery sends a document to the system of the authority that has the filing, by the link in the event. Its answers are problem
// documents: there is nobody who would read a page.
func (s *site) getDelivery(w http.ResponseWriter, r *http.Request) {
	c, f, err := s.cases.Service.DeliveredFiling(r.Context(), r.PathValue("filing"))
	id := r.PathValue("attachment")
	switch {
	case errors.Is(err, casefile.ErrNoCase), err == nil && !s.cases.Directory.CheckLink(f.Authority.ID, f.ID, id, r.URL.Query()):
		linkProblem(w, http.StatusForbidden, "The link does not open this document", "It is not signed for it, or its time is over. Ask for the filing to be delivered again.")
		return
	case err != nil:
		s.log.Error("a document could not be sent to an authority", "path", r.URL.Path, "error", err)
		linkProblem(w, http.StatusInternalServerError, "The document cannot be sent just now", "Try again later.")
		return
	}
	a := filedDocument(c, f, id)
	if a == nil {
		linkProblem(w, http.StatusNotFound, "The filing has no such document", "It was not sent with any version of the filing.")
		return
	}
	file, err := s.cases.Content.Get(a.SHA256)
	if err != nil {
		if !errors.Is(err, content.ErrNotFound) {
			s.log.Error("a document could not be sent to an authority", "path", r.URL.Path, "error", err)
		}
		linkProblem(w, http.StatusInternalServerError, "The document cannot be sent just now", "Try again later.")
		return
	}
	defer func() { _ = file.Close() }() // it was only read
	h := w.Header()
	h.Set("Content-Type", a.Type)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Name}))
	h.Set("Content-Security-Policy", documentPolicy)
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", `"`+a.SHA256+`"`)
	if sum, err := hex.DecodeString(a.SHA256); err == nil {
		h.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":") // RFC 9530: of the whole, also with a part
	}
	// 100 MB over a slow line take longer than a page.
	if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Hour)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		s.log.Warn("a slow reader of a document may be cut off", "error", err)
	}
	http.ServeContent(w, r, "", a.At, file)
}

// linkProblem writes a problem document (RFC 9457).
func linkProblem(w http.ResponseWriter, status int, title, detail string) {
	text, _ := json.Marshal(map[string]any{"title": title, "detail": detail, "status": status}) // texts and a number
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n')) // whoever asked went away; nothing is left to do
}

// operatorRoutes are the pages of those who keep the service running.
func (s *site) operatorRoutes(r chi.Router) {
	const in = inLanguage + "/office/deliveries"
	r.Get(in, s.asOperator(s.getDeliveries))
	r.Post(in+"/start", s.asOperator(s.postStartChannel))
	r.Post(in+"/revive", s.asOperator(s.postRevive))
}

// asOperator lets operators through. To everybody else the pages do not exist.
func (s *site) asOperator(do func(http.ResponseWriter, *http.Request, *member) error) http.HandlerFunc {
	return s.asMember(func(w http.ResponseWriter, r *http.Request, m *member) error {
		if !s.operates(m) {
			return pageError{http.StatusNotFound, "error.404"}
		}
		return do(w, r, m)
	})
}

// operates reports whether somebody keeps the service running: the accounts that were named at its start, and in development a persona.
func (s *site) operates(m *member) bool {
	return slices.Contains(s.cases.Operators, m.account.ID) || s.cases.Dev && m.account.Operator
}

// deliveriesPage lists what did not arrive. It shows ids, authorities and reasons, and nothing of what is in a case.
type deliveriesPage struct {
	page
	Done    string
	Stopped []stoppedRow
	Filings []deadRow // to authorities
	Letters []deadRow // to people
	More    bool      // there are more than are shown
}

type stoppedRow struct{ Authority, Name, At, Why string }

type deadRow struct {
	ID, What, Authority, Since, Why string
	Attempts                        int
	Stopped                         bool // its channel is stopped: trying again would fail
}

// deadShown is how much of each queue is shown.
const deadShown = 200

func (s *site) getDeliveries(w http.ResponseWriter, r *http.Request, m *member) error {
	t, ctx := m.texts, r.Context()
	say := s.teller(ctx, t)
	p := deliveriesPage{page: s.memberPage(r, m, t.Say("deliveries.title"))}
	p.Broad = true
	switch q := r.URL.Query(); {
	case q.Has("started"):
		p.Done = t.Say("deliveries.done-started")
	case q.Has("revived"):
		p.Done = t.Say("deliveries.done-revived")
	}
	stops, err := s.cases.Directory.AllStopped(ctx)
	if err != nil {
		return err
	}
	stopped := map[string]bool{}
	for _, stop := range stops {
		stopped[stop.Authority] = true
		p.Stopped = append(p.Stopped, stoppedRow{stop.Authority, s.authorityName(t.Lang, stop.Authority), say.moment(stop.At), stop.Why})
	}
	for _, queue := range []struct {
		name string
		rows *[]deadRow
	}{{casefile.DeliverQueue, &p.Filings}, {casefile.MailQueue, &p.Letters}} {
		work, err := s.cases.Store.Dead(ctx, queue.name, store.Page{Limit: deadShown + 1})
		if err != nil {
			return err
		}
		if len(work) > deadShown {
			p.More, work = true, work[:deadShown]
		}
		for _, x := range work {
			*queue.rows = append(*queue.rows, s.deadRow(ctx, m, x, stopped, say))
		}
	}
	return s.show(w, http.StatusOK, "deliveries", p)
}

// deadRow writes work that was given up. Work that cannot be read is shown by its id.
func (s *site) deadRow(ctx context.Context, m *member, x store.Work, stopped map[string]bool, say teller) deadRow {
	t := m.texts
	row := deadRow{ID: x.ID, What: x.ID, Since: say.moment(x.Added), Why: x.Error, Attempts: x.Attempt}
	if x.Queue == casefile.MailQueue {
		letter, err := casefile.ReadMail(x)
		if err == nil {
			row.What = map[string]string{casefile.MailReceipt: t.Say("deliveries.letter-receipt"), casefile.MailInvitation: t.Say("deliveries.letter-invitation"),
				casefile.MailMessage: t.Say("deliveries.letter-message")}[letter.What]
		}
		return row
	}
	task, err := casefile.ReadTask(x)
	if err != nil {
		return row
	}
	row.What = map[string]string{casefile.TaskFiling: t.Say("deliveries.filing", task.Filing, task.Version), casefile.TaskWithdrawal: t.Say("deliveries.withdrawal", task.Filing),
		casefile.TaskMessage: t.Say("deliveries.message", task.Filing)}[task.What]
	if _, f, err := s.cases.Service.DeliveredFiling(ctx, task.Filing); err == nil {
		row.Authority, row.Stopped = s.authorityName(t.Lang, f.Authority.ID), stopped[f.Authority.ID]
	}
	return row
}

func (s *site) postStartChannel(w http.ResponseWriter, r *http.Request, m *member) error {
	if err := r.ParseForm(); err != nil {
		return pageError{http.StatusBadRequest, "error.form"}
	}
	authority := strings.TrimSpace(r.PostForm.Get("authority"))
	if _, known := s.cases.Directory.Of(authority); !known {
		return pageError{http.StatusUnprocessableEntity, "error.invalid"}
	}
	if err := s.cases.Directory.Start(r.Context(), authority); err != nil {
		return err
	}
	s.log.Info("a channel was started again", "authority", authority, "account", m.account.ID)
	http.Redirect(w, r, "/"+string(m.texts.Lang)+"/office/deliveries?started=1", http.StatusSeeOther)
	return nil
}

func (s *site) postRevive(w http.ResponseWriter, r *http.Request, m *member) error {
	if err := r.ParseForm(); err != nil {
		return pageError{http.StatusBadRequest, "error.form"}
	}
	for _, id := range r.PostForm["work"] {
		// What another operator revived meanwhile is no longer dead, and that is what was wanted.
		if err := s.cases.Worker.Revive(r.Context(), id); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		s.log.Info("work that had been given up is tried again", "work", id, "account", m.account.ID)
	}
	http.Redirect(w, r, "/"+string(m.texts.Lang)+"/office/deliveries?revived=1", http.StatusSeeOther)
	return nil
}
