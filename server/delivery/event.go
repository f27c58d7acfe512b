package delivery

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"luvat/definitions"
	"luvat/server/casefile"
	"luvat/server/delivery/webhook"
	"luvat/server/locale"
)

// The types of events.
const (
	FilingSubmitted = "fi.luvat.filing.submitted"
	FilingChanged   = "fi.luvat.filing.changed"
	FilingWithdrawn = "fi.luvat.filing.withdrawn"
	MessageSent     = "fi.luvat.message.sent"
)

// Filing is the data of events about a filing: what its form declares, and nothing of the case beside it.
type Filing struct {
	Reference   string           `json:"reference"` // of the case
	Filing      string           `json:"filing"`    // id of the filing
	Version     int              `json:"version"`   // from 1
	Requirement string           `json:"requirement"`
	Kind        definitions.Kind `json:"kind"`
	Name        casefile.Texts   `json:"name"`
	Authority   string           `json:"authority"`
	Bundle      string           `json:"bundle"`
	Edition     string           `json:"edition"` // of the definitions that governed it
	Lang        definitions.Lang `json:"lang"`    // of the customer
	SubmittedAt time.Time        `json:"submitted_at"`
	Due         string           `json:"due,omitempty"` // the last day on which it could be sent, "YYYY-MM-DD"

	Form        string            `json:"form,omitempty"`
	Schema      json.RawMessage   `json:"schema,omitempty"` // JSON Schema 2020-12 of data, in the customer's language
	Data        json.RawMessage   `json:"data"`
	Attachments []Attachment      `json:"attachments"`
	Changes     *casefile.Changes `json:"changes,omitempty"` // from the version before
}

// Attachment is a document that goes with a filing.
type Attachment struct {
	ID     string `json:"id"`
	Slot   string `json:"slot"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	Href   string `json:"href"` // fetches it until Until
	Until  string `json:"until"`
}

// Withdrawal is the data of FilingWithdrawn.
type Withdrawal struct {
	Reference   string    `json:"reference"`
	Filing      string    `json:"filing"`
	Requirement string    `json:"requirement"`
	Authority   string    `json:"authority"`
	WithdrawnAt time.Time `json:"withdrawn_at"`
	Reason      string    `json:"reason,omitempty"`
}

// Message is the data of MessageSent.
type Message struct {
	Reference   string           `json:"reference"`
	Filing      string           `json:"filing"`
	Message     string           `json:"message"`
	Authority   string           `json:"authority"`
	SentAt      time.Time        `json:"sent_at"`
	Lang        definitions.Lang `json:"lang"`
	Text        string           `json:"text"`
	Attachments []Attachment     `json:"attachments"`
}

// linkLife is how long an attachment can be fetched by the address in an event: longer than a weekend with a holiday at each end.
const linkLife = 14 * 24 * time.Hour

func (w *Worker) event(p *casefile.Parcel, c Channel) (webhook.Event, error) {
	e := webhook.Event{ID: p.Task.ID, Source: w.BaseURL, Subject: p.Filing.ID, Time: p.At}
	var data any
	switch {
	case p.Version != nil:
		e.Type = FilingSubmitted
		if p.Version.Number > 1 {
			e.Type = FilingChanged
		}
		filing, err := w.filing(p, c)
		if err != nil {
			return e, err
		}
		data = filing
	case p.Withdrawal != nil:
		e.Type = FilingWithdrawn
		data = Withdrawal{p.Case.Reference, p.Filing.ID, p.Filing.Requirement, p.Filing.Authority.ID, p.At, p.Withdrawal.Reason}
	default:
		e.Type = MessageSent
		m := Message{Reference: p.Case.Reference, Filing: p.Filing.ID, Message: p.Message.ID, Authority: p.Filing.Authority.ID, SentAt: p.At,
			Lang: p.Case.Lang, Text: p.Message.Text, Attachments: []Attachment{}}
		for _, id := range p.Message.Attachments {
			if a := p.Case.Attachment(id); a != nil {
				m.Attachments = append(m.Attachments, w.attachment(p.Filing.ID, a, c))
			}
		}
		data = m
	}
	raw, err := json.Marshal(data)
	e.Data = raw
	return e, err
}

func (w *Worker) filing(p *casefile.Parcel, c Channel) (*Filing, error) {
	v := p.Version
	edition := p.Case.EditionAt(v.Seq)
	out := &Filing{Reference: p.Case.Reference, Filing: p.Filing.ID, Version: v.Number, Requirement: p.Filing.Requirement, Kind: p.Filing.Kind,
		Name: p.Filing.Name, Authority: p.Filing.Authority.ID, Bundle: p.Case.Bundle, Edition: edition, Lang: p.Case.Lang, SubmittedAt: v.At,
		Due: p.Filing.Due, Form: v.Form, Data: v.Data, Attachments: []Attachment{}, Changes: v.Changes}
	if v.Form != "" {
		ed, err := w.Editions.Edition(edition)
		if err != nil {
			return nil, err
		}
		if out.Schema = ed.Book.Schema(v.Form, p.Case.Lang); out.Schema == nil {
			return nil, fmt.Errorf("edition %s has no form %s", edition, v.Form)
		}
	}
	for _, a := range v.Attachments {
		out.Attachments = append(out.Attachments, w.attachment(p.Filing.ID, a, c))
	}
	return out, nil
}

func (w *Worker) attachment(filing string, a *casefile.Attachment, c Channel) Attachment {
	until := w.Clock().Add(linkLife).UTC().Truncate(time.Second)
	return Attachment{ID: a.ID, Slot: a.Slot, Name: a.Name, Type: a.Type, Size: a.Size, SHA256: a.SHA256,
		Href: w.BaseURL + AttachmentPath(filing, a.ID) + "?" + c.signLink(filing, a.ID, until).Encode(), Until: until.Format(time.RFC3339)}
}

// AttachmentPath is where an authority's system fetches a document of a filing.
func AttachmentPath(filing, attachment string) string {
	return "/deliveries/" + url.PathEscape(filing) + "/" + url.PathEscape(attachment)
}

// signLink returns the query that lets whoever has it fetch one document until a time. It is signed with the channel's secret, so a
// secret that is changed ends all links that were signed with it.
func (c Channel) signLink(filing, attachment string, until time.Time) url.Values {
	return url.Values{"until": {strconv.FormatInt(until.Unix(), 10)}, "signature": {c.Endpoint.Secrets[0].Sign("attachment."+filing+"."+attachment, until, nil)}}
}

// CheckLink reports whether a query lets its bearer fetch a document of a filing that the authority has.
func (d *Directory) CheckLink(authority, filing, attachment string, q url.Values) bool {
	seconds, err := strconv.ParseInt(q.Get("until"), 10, 64)
	until := time.Unix(seconds, 0)
	c, ok := d.channels[authority]
	if err != nil || !ok || d.clock().After(until) {
		return false
	}
	for _, secret := range c.Endpoint.Secrets {
		want := secret.Sign("attachment."+filing+"."+attachment, until, nil)
		if subtle.ConstantTimeCompare([]byte(want), []byte(q.Get("signature"))) == 1 {
			return true
		}
	}
	return false
}

func roleName(r casefile.Role, lang definitions.Lang) string {
	return locale.In(lang).Say("letter.role." + string(r))
}

func untilDay(t time.Time, lang definitions.Lang) string {
	return locale.In(lang).Date(definitions.DateOf(t))
}
