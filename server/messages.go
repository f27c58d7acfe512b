package server

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"luvat/definitions"
	"luvat/server/casefile"
	"luvat/server/locale"
	"luvat/server/store"
)

// messagesPage is what the customer and the authorities have written to each other.
type messagesPage struct {
	page
	Sent      bool
	Kept      bool
	Errors    []fieldError
	Threads   []thread
	Write     bool // the visitor may write, and there is somebody to write to
	Action    string
	To        []recipientChoice
	Text      string
	Limit     int
	Documents []documentChoice
	People    []string // who sees what is written, beside the authority
	AddURL    string   // where documents are added
}

// thread is the messages of one filing, or those to all.
type thread struct {
	ID, Title, Authority string
	Messages             []messageRow
}

type messageRow struct {
	From, To, At string
	Lang         definitions.Lang
	Text         string
	Authority    bool // an authority wrote it
	Documents    []filedPaper
}

type recipientChoice struct {
	Value, ID, Title, Authority string
	Checked                     bool
}

type documentChoice struct {
	ID, Name, Size string
	Checked        bool
}

// maxMessageShown is how long a message may be, in characters; package casefile holds the same.
const maxMessageShown = 10000

func (s *site) getMessages(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	typed, err := s.kept(r)
	if err != nil {
		return err
	}
	form := typed
	if form == nil {
		form = url.Values{"to": r.URL.Query()["filing"]}
	}
	p := s.messagesPage(r, v, form)
	p.Sent, p.Kept = r.URL.Query().Has("sent"), typed != nil
	if err := s.haveRead(r.Context(), v); err != nil {
		return err
	}
	return s.show(w, http.StatusOK, "messages", p)
}

func (s *site) messagesPage(r *http.Request, v *caseVisit, form url.Values) *messagesPage {
	t, c := v.texts, v.c
	say := s.teller(r.Context(), t)
	p := &messagesPage{page: s.casePage(r, v, t.Say("messages.title")), Action: v.url("messages"), Text: form.Get("text"), Limit: maxMessageShown, AddURL: v.url("attachments")}
	add := func(id, title, authority string) {
		rows := s.messageRows(t, c, say, v.url("attachments"), func(m *casefile.Message) bool { return m.Filing == id })
		if len(rows) > 0 {
			p.Threads = append(p.Threads, thread{"thread-" + id, title, authority, rows})
		}
	}
	add("", t.Say("messages.to-all"), "")
	for _, f := range c.Filings {
		add(f.ID, f.Name.In(t.Lang), v.authorityOf(f))
		if f.Channel != casefile.Direct {
			p.To = append(p.To, recipientChoice{Value: f.ID, ID: "to-" + strconv.Itoa(len(p.To)), Title: f.Name.In(t.Lang), Authority: v.authorityOf(f), Checked: form.Get("to") == f.ID})
		}
	}
	if len(p.To) > 1 {
		p.To = append(p.To, recipientChoice{Value: "all", ID: "to-" + strconv.Itoa(len(p.To)), Title: t.Say("messages.all"), Checked: form.Get("to") == "all"})
	} else if len(p.To) == 1 {
		p.To[0].Checked = true
	}
	p.Write = len(p.To) > 0 && c.May(v.actor, casefile.Messaging)
	for _, a := range c.Attachments {
		p.Documents = append(p.Documents, documentChoice{a.ID, a.Name, sizeText(a.Size, t.Lang), slices.Contains(form["document"], a.ID)})
	}
	p.People = append(p.People, c.Holder.Name)
	for _, person := range c.People {
		p.People = append(p.People, person.Name)
	}
	return p
}

// messageRows writes the messages that one may see, the oldest first. under is the address below which their documents are fetched.
func (s *site) messageRows(t locale.Texts, c *casefile.Case, say teller, under string, shown func(*casefile.Message) bool) []messageRow {
	var out []messageRow
	for _, m := range c.Messages {
		if !shown(m) {
			continue
		}
		row := messageRow{From: say.name(m.From), At: say.moment(m.At), Text: m.Text, Authority: isAuthority(m.From)}
		switch f := c.Filing(m.Filing); {
		case row.Authority:
			row.To = c.Holder.Name
		case f == nil:
			row.To = t.Say("messages.to-all")
		default:
			row.To = f.Authority.Name.In(t.Lang)
		}
		var attached []*casefile.Attachment
		for _, id := range m.Attachments {
			if a := c.Attachment(id); a != nil {
				attached = append(attached, a)
			}
		}
		row.Documents = documents(attached, t, under)
		out = append(out, row)
	}
	return out
}

const byAuthority = "authority:" // begins the actors of the ledger that are authorities

func isAuthority(by string) bool {
	return len(by) > len(byAuthority) && by[:len(byAuthority)] == byAuthority
}

func (s *site) postMessage(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	if err := v.permits(casefile.Messaging); err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return pageError{http.StatusBadRequest, "error.form"}
	}
	t, form := v.texts, r.PostForm
	send := casefile.Send{Filing: form.Get("to"), Text: form.Get("text"), Attachments: form["document"]}
	var wrong []fieldError
	if send.Filing == "" {
		wrong = append(wrong, fieldError{"to", "to-0", t.Say("messages.to"), t.Say("messages.no-one")})
	}
	if send.Filing == "all" {
		send.Filing = ""
	}
	if p := messageProblem(t, send.Text); p != "" {
		wrong = append(wrong, fieldError{"text", "text", t.Say("messages.text"), p})
	}
	var err error
	if len(wrong) == 0 {
		_, err = s.cases.Service.Message(r.Context(), v.actor, v.c.ID, send)
		var invalid *casefile.Invalid
		if errors.As(err, &invalid) {
			switch invalid.What {
			case "attachment":
				wrong = append(wrong, fieldError{"document", "document-0", t.Say("messages.documents"), t.Say("messages.documents-wrong", 20)})
			case "filing":
				wrong = append(wrong, fieldError{"to", "to-0", t.Say("messages.to"), t.Say("messages.no-one")})
			default:
				wrong = append(wrong, fieldError{"text", "text", t.Say("messages.text"), t.Say("messages.empty")})
			}
		}
	}
	if len(wrong) > 0 {
		p := s.messagesPage(r, v, form)
		p.Errors, p.Title = wrong, t.Say("error.title-prefix")+" "+p.Title
		return s.show(w, http.StatusUnprocessableEntity, "messages", p)
	}
	if err != nil {
		return err
	}
	s.cases.Worker.Wake()
	s.released(r)
	http.Redirect(w, r, v.url("messages")+"?sent=1", http.StatusSeeOther)
	return nil
}

// messageProblem says what is wrong with the text of a message, "" when nothing is.
func messageProblem(t locale.Texts, text string) string {
	switch n := utf8.RuneCountInString(text); {
	case strings.TrimSpace(text) == "":
		return t.Say("messages.empty")
	case n > maxMessageShown:
		return t.Say("messages.too-long", maxMessageShown)
	}
	return ""
}

// readMessagesBucket keeps up to which entry of a case an account has read the messages of authorities: "<case>/<account>" → the entry's number.
const readMessagesBucket = "messages-read"

// unread returns how many messages of authorities the visitor has not opened the page of messages after.
func (s *site) unread(ctx context.Context, v *caseVisit) (int, error) {
	record, err := s.cases.Store.Get(ctx, readMessagesBucket, v.c.ID+"/"+v.account.ID, s.clock())
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return 0, err
	}
	read, _ := strconv.ParseUint(string(record.Value), 10, 64) // none: nothing was read
	n := 0
	for _, m := range v.c.Messages {
		if isAuthority(m.From) && m.Seq > read {
			n++
		}
	}
	return n, nil
}

func (s *site) haveRead(ctx context.Context, v *caseVisit) error {
	n, err := s.unread(ctx, v)
	if err != nil || n == 0 {
		return err
	}
	last := v.c.Messages[len(v.c.Messages)-1].Seq
	_, err = s.cases.Store.Put(ctx, readMessagesBucket, store.Record{Key: v.c.ID + "/" + v.account.ID, Value: []byte(strconv.FormatUint(last, 10))}, 0)
	return err
}
