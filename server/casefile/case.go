package casefile

import (
	"time"

	"luvat/definitions"
	"luvat/forms"
	"luvat/server/store"
)

// Phase is how far a case as a whole has come.
type Phase string

// The phases.
const (
	Draft  Phase = "draft"     // nothing has been sent
	Sent   Phase = "sent"      // at least one filing has been sent and not withdrawn
	Closed Phase = "withdrawn" // everything that was sent has been taken back, or a draft was given up
)

// Holder is on whose behalf a case is: an organisation, or the account itself.
type Holder struct {
	Party   string `json:"party,omitempty"` // id of the organisation; "" for the account itself. Never a personal identity code.
	Account string `json:"account"`         // who opened the case
	Name    string `json:"name"`            // of the organisation or the person
}

// Case is the state of a case: what its entries add up to.
type Case struct {
	ID        string
	Seq       uint64     // number of the last entry
	Head      store.Hash // hash of the last entry
	Opened    time.Time
	Changed   time.Time // when the last entry was written
	Bundle    string
	Edition   string
	On        definitions.Date // the day of handling that the customer began with
	Title     string
	Lang      definitions.Lang
	Holder    Holder
	Phase     Phase
	Reference string // "" until something is sent
	Due       string // the earliest last day of what is needed, "YYYY-MM-DD", or ""

	Answers     map[string]*Value // by question id; a Value of nil with Cleared false is "I don't know yet"
	Values      map[string]*Value // by field key, cleared ones too
	Data        forms.Data        // the values that there are, by field key
	Outages     []Outage          // what could not be fetched at the last prefill
	Attachments []*Attachment     // that are there now, in the order of adding
	People      []*Person         // who was given access, in the order of joining; those whose access ended are not there
	Invitations []*Invitation     // not yet accepted
	Filings     []*Filing         // everything that was sent, in the order of sending
	Submissions []*Submission
	Messages    []*Message
	History     []Line // every entry

	added map[string]*Attachment // every attachment there ever was, by id
	done  map[string]uint64      // the entry by which an action with a token was done
}

// Line is one entry as it is shown.
type Line struct {
	Seq     uint64
	Kind    string
	At      time.Time
	By      string // account, "system", or "authority:<id>"
	For     string
	Edition string
	Event   Event // nil for a kind that this version does not know
}

// Value is a value and how it came to be.
type Value struct {
	Value   any  // JSON value
	Cleared bool // there was a value and it was taken away
	Seq     uint64
	At      time.Time
	By      string
	// Source says what register, or what else, the value is from; nil when somebody typed it.
	Source *Source
	// Told is what a register said, which stays beside the value that corrects it; nil when no register said anything.
	Told *Told
}

// Corrected reports whether somebody put another value in the place of what a register said.
func (v *Value) Corrected() bool { return v.Told != nil && v.Source == nil }

// Told is what a register said.
type Told struct {
	Value  any    `json:"value"`
	Source Source `json:"source"`
}

// Source is where a value was fetched from.
type Source struct {
	ID    string    `json:"id"`    // "ytj", "mandate", "person", "earlier-case"
	Title Texts     `json:"title"` // as shown beside the value
	At    time.Time `json:"at"`    // when it was fetched
}

// Outage is a source that could not be asked.
type Outage struct {
	ID    string    `json:"id"`
	Title Texts     `json:"title"`
	At    time.Time `json:"at"`
	Why   string    `json:"why"` // "slow", "down", "garbage"
}

// Attachment is a document of the case. Its content is kept elsewhere, under its checksum.
type Attachment struct {
	ID     string    `json:"id"`
	Slot   string    `json:"slot"` // attachment id of the definitions, a field key, or "message"
	Name   string    `json:"name"`
	Type   string    `json:"type"` // media type
	Size   int64     `json:"size"`
	SHA256 string    `json:"sha256"` // 64 hexadecimal digits
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// Person is somebody who was given access.
type Person struct {
	Account string    `json:"account"`
	Name    string    `json:"name"`
	Role    Role      `json:"role"`
	By      string    `json:"by"` // who gave it
	At      time.Time `json:"at"`
}

// Invitation is access offered.
type Invitation struct {
	Key     string    `json:"key"` // SHA-256 of the token, in hexadecimal
	Role    Role      `json:"role"`
	Hint    string    `json:"hint"` // the address with most of it left out: "m…@e….fi"
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Expires time.Time `json:"expires"`
}

// Message is a message between the customer and authorities.
type Message struct {
	ID          string    `json:"id"`
	From        string    `json:"from"` // as Line.By
	Filing      string    `json:"filing,omitempty"`
	Text        string    `json:"text"`
	Attachments []string  `json:"attachments,omitempty"`
	At          time.Time `json:"at"`
	Seq         uint64    `json:"seq"`
}

// Submission is one sending of a set of filings.
type Submission struct {
	Token   string
	Day     string // "YYYY-MM-DD", the day on which it was sent
	At      time.Time
	By      string
	For     string
	Seq     uint64
	Filings []string
}

// Attachment returns an attachment of the case by id, also one that was removed but went with a filing; nil when there is none.
func (c *Case) Attachment(id string) *Attachment { return c.added[id] }

// Filing returns a filing by id, nil when there is none.
func (c *Case) Filing(id string) *Filing {
	for _, f := range c.Filings {
		if f.ID == id {
			return f
		}
	}
	return nil
}

// Person returns who has access by account, nil when nobody has.
func (c *Case) Person(account string) *Person {
	for _, p := range c.People {
		if p.Account == account {
			return p
		}
	}
	return nil
}

// Invitation returns an open invitation by its key, nil when there is none.
func (c *Case) Invitation(key string) *Invitation {
	for _, i := range c.Invitations {
		if i.Key == key {
			return i
		}
	}
	return nil
}

// files returns the files of each slot, as forms reads them.
func (c *Case) files() map[string][]forms.File {
	out := map[string][]forms.File{}
	for _, a := range c.Attachments {
		out[a.Slot] = append(out[a.Slot], forms.File{ID: a.ID, Name: a.Name, Type: a.Type, Size: a.Size})
	}
	return out
}

// Fold makes a case of its entries, which are all of them, in order. The error says which entry cannot be read.
func Fold(entries []store.Entry) (*Case, error) {
	c := newCase(len(entries))
	return c, c.apply(entries)
}

func newCase(entries int) *Case {
	return &Case{Phase: Draft, Answers: map[string]*Value{}, Values: map[string]*Value{}, Data: forms.Data{},
		added: map[string]*Attachment{}, done: map[string]uint64{}, History: make([]Line, 0, entries+8)}
}
