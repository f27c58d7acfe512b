package casefile

import (
	"encoding/json"
	"fmt"

	"luvat/definitions"
	"luvat/server/store"
)

// Move is one step of a filing in its process. The entry says where it led, so that a ledger can be read without the definitions.
type Move struct {
	Action string `json:"action,omitempty"` // "" when the filing stays where it is
	State  string `json:"state,omitempty"`  // after it
	Status string `json:"status,omitempty"` // the customer-facing status of that state
	Ended  bool   `json:"ended,omitempty"`
}

func (f *Filing) move(m Move) { f.State, f.Status, f.Ended = m.State, m.Status, m.Ended }

// Submitted sends the case: everything that went where, whole.
type Submitted struct {
	Token     string       `json:"token"` // of the check page: the same token never sends twice
	Reference string       `json:"reference"`
	Day       string       `json:"day"` // "YYYY-MM-DD"
	Due       string       `json:"due,omitempty"`
	Filings   []SentFiling `json:"filings"`
}

// SentFiling is one filing as it was sent.
type SentFiling struct {
	ID          string                      `json:"id"`
	Requirement string                      `json:"requirement"`
	Kind        definitions.Kind            `json:"kind"`
	Name        Texts                       `json:"name"`
	Authority   Recipient                   `json:"authority"`
	Channel     Channel                     `json:"channel"`
	Process     string                      `json:"process,omitempty"`
	Move        Move                        `json:"move"`
	Due         string                      `json:"due,omitempty"`
	Grounds     []string                    `json:"grounds"` // ids of the grounds for which it is needed
	Form        string                      `json:"form,omitempty"`
	Schema      map[definitions.Lang]string `json:"schema,omitempty"` // SHA-256; the schema itself is found by edition and form
	Data        json.RawMessage             `json:"data"`
	Attachments []string                    `json:"attachments"`
}

// Kind is "submitted".
func (*Submitted) Kind() string { return "submitted" }

func (v *Submitted) apply(c *Case, e *store.Entry) error {
	c.Phase, c.Reference, c.Due = Sent, v.Reference, v.Due
	c.done[v.Token] = e.Seq
	sent := &Submission{Token: v.Token, Day: v.Day, At: e.At, By: e.By, For: e.For, Seq: e.Seq}
	for i := range v.Filings {
		s := &v.Filings[i]
		f := &Filing{ID: s.ID, Requirement: s.Requirement, Kind: s.Kind, Name: s.Name, Authority: s.Authority,
			Channel: s.Channel, Process: s.Process, Due: s.Due}
		f.move(s.Move)
		attached, err := c.resolve(s.Attachments)
		if err != nil {
			return fmt.Errorf("filing %s: %w", s.ID, err)
		}
		f.Versions = []Version{{Number: 1, At: e.At, By: e.By, Seq: e.Seq, Form: s.Form, Schema: s.Schema, Data: s.Data, Attachments: attached}}
		c.Filings = append(c.Filings, f)
		sent.Filings = append(sent.Filings, f.ID)
	}
	c.Submissions = append(c.Submissions, sent)
	return nil
}

func (c *Case) resolve(ids []string) ([]*Attachment, error) {
	out := make([]*Attachment, 0, len(ids))
	for _, id := range ids {
		a := c.added[id]
		if a == nil {
			return nil, fmt.Errorf("there is no attachment %s", id)
		}
		out = append(out, a)
	}
	return out, nil
}

// Changed sends a new version of a filing.
type Changed struct {
	Token       string                      `json:"token"`
	Filing      string                      `json:"filing"`
	Version     int                         `json:"version"`
	Move        Move                        `json:"move"`
	Schema      map[definitions.Lang]string `json:"schema,omitempty"`
	Data        json.RawMessage             `json:"data"`
	Attachments []string                    `json:"attachments"`
	Changes     Changes                     `json:"changes"`
}

// Kind is "changed".
func (*Changed) Kind() string { return "changed" }

func (v *Changed) apply(c *Case, e *store.Entry) error {
	f := c.Filing(v.Filing)
	if f == nil || v.Version != len(f.Versions)+1 {
		return fmt.Errorf("version %d of filing %s does not follow what there is", v.Version, v.Filing)
	}
	attached, err := c.resolve(v.Attachments)
	if err != nil {
		return fmt.Errorf("filing %s: %w", v.Filing, err)
	}
	c.done[v.Token] = e.Seq
	f.move(v.Move)
	f.Versions = append(f.Versions, Version{Number: v.Version, At: e.At, By: e.By, Seq: e.Seq, Form: f.Versions[0].Form, Schema: v.Schema,
		Data: v.Data, Attachments: attached, Changes: &v.Changes})
	return nil
}

// Withdrawn takes filings back, or ends a case of which nothing was sent.
type Withdrawn struct {
	Token   string            `json:"token,omitempty"`
	Filings []WithdrawnFiling `json:"filings"` // empty for a draft
	Reason  string            `json:"reason,omitempty"`
}

// WithdrawnFiling is one filing taken back.
type WithdrawnFiling struct {
	ID   string `json:"id"`
	Move Move   `json:"move"`
}

// Kind is "withdrawn".
func (*Withdrawn) Kind() string { return "withdrawn" }

func (v *Withdrawn) apply(c *Case, e *store.Entry) error {
	if v.Token != "" {
		c.done[v.Token] = e.Seq
	}
	for _, w := range v.Filings {
		f := c.Filing(w.ID)
		if f == nil {
			return fmt.Errorf("there is no filing %s", w.ID)
		}
		f.move(w.Move)
		f.Withdrawn = true
	}
	for _, f := range c.Filings {
		if !f.Withdrawn {
			return nil
		}
	}
	c.Phase = Closed
	return nil
}

// Delivered says that something of a filing reached its authority.
type Delivered struct {
	Task    Task    `json:"task"`
	Channel Channel `json:"channel"`
	Attempt int     `json:"attempt"`
}

// Kind is "delivered".
func (*Delivered) Kind() string { return "delivered" }

func (v *Delivered) apply(c *Case, e *store.Entry) error {
	return c.attempt(v.Task.Filing, Attempt{Task: v.Task, Channel: v.Channel, At: e.At, Number: v.Attempt})
}

// DeliveryFailed says that something of a filing did not reach its authority: at the first failed attempt, and when it is given up.
type DeliveryFailed struct {
	Task    Task    `json:"task"`
	Channel Channel `json:"channel"`
	Attempt int     `json:"attempt"`
	Why     string  `json:"why"`
	GaveUp  bool    `json:"gave_up,omitempty"`
}

// Kind is "delivery-failed".
func (*DeliveryFailed) Kind() string { return "delivery-failed" }

func (v *DeliveryFailed) apply(c *Case, e *store.Entry) error {
	return c.attempt(v.Task.Filing, Attempt{Task: v.Task, Channel: v.Channel, At: e.At, Number: v.Attempt, Failed: v.Why, GaveUp: v.GaveUp})
}

func (c *Case) attempt(filing string, a Attempt) error {
	f := c.Filing(filing)
	if f == nil {
		return fmt.Errorf("there is no filing %s", filing)
	}
	f.Deliveries = append(f.Deliveries, a)
	return nil
}

// Received says that an authority has a filing, and under what number of its own.
type Received struct {
	Filing string `json:"filing"`
	OwnID  string `json:"own_id,omitempty"`
}

// Kind is "received".
func (*Received) Kind() string { return "received" }

func (v *Received) apply(c *Case, e *store.Entry) error {
	f := c.Filing(v.Filing)
	if f == nil {
		return fmt.Errorf("there is no filing %s", v.Filing)
	}
	f.Received = &Receipt{At: e.At, OwnID: v.OwnID}
	return nil
}
