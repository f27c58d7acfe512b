package casefile

import (
	"encoding/json"
	"fmt"

	"luvat/definitions"
	"luvat/server/store"
)

// Opened begins a case.
type Opened struct {
	Bundle  string                     `json:"bundle"`
	On      string                     `json:"on"` // the day of handling asked for, "YYYY-MM-DD"
	Lang    definitions.Lang           `json:"lang"`
	Title   string                     `json:"title"`
	Holder  Holder                     `json:"holder"`
	Answers map[string]json.RawMessage `json:"answers"`       // by question; null is "I don't know yet"
	Due     string                     `json:"due,omitempty"` // the earliest last day of what is needed
}

// Kind is "opened".
func (*Opened) Kind() string { return "opened" }

func (v *Opened) apply(c *Case, e *store.Entry) error {
	if e.Seq != 1 {
		return fmt.Errorf("a case is opened by its first entry only")
	}
	on, _ := definitions.ParseDate(v.On)
	c.Bundle, c.On, c.Lang, c.Title, c.Holder, c.Due, c.Opened = v.Bundle, on, v.Lang, v.Title, v.Holder, v.Due, e.At
	return c.answer(v.Answers, nil, e)
}

// Renamed gives a case another title.
type Renamed struct {
	Title string `json:"title"`
}

// Kind is "renamed".
func (*Renamed) Kind() string { return "renamed" }

func (v *Renamed) apply(c *Case, _ *store.Entry) error {
	c.Title = v.Title
	return nil
}

// Answered changes answers of the questionnaire.
type Answered struct {
	Answers map[string]json.RawMessage `json:"answers"`           // by question; null is "I don't know yet"
	Cleared []string                   `json:"cleared,omitempty"` // questions whose answer is taken away
	Due     string                     `json:"due,omitempty"`     // as in Opened
}

// Kind is "answered".
func (*Answered) Kind() string { return "answered" }

func (v *Answered) apply(c *Case, e *store.Entry) error {
	c.Due = v.Due
	return c.answer(v.Answers, v.Cleared, e)
}

func (c *Case) answer(answers map[string]json.RawMessage, cleared []string, e *store.Entry) error {
	for q, raw := range answers {
		value, err := decodeValue(raw)
		if err != nil {
			return fmt.Errorf("the answer to %s cannot be read", q)
		}
		c.Answers[q] = &Value{Value: value, Seq: e.Seq, At: e.At, By: e.By}
	}
	for _, q := range cleared {
		c.Answers[q] = &Value{Cleared: true, Seq: e.Seq, At: e.At, By: e.By}
	}
	return nil
}

// Prefilled brings what registers say. A value that somebody typed, or took away, stays; what the register says is kept beside it.
type Prefilled struct {
	Values  map[string]Told `json:"values"` // by field key
	Outages []Outage        `json:"outages,omitempty"`
}

// Kind is "prefilled".
func (*Prefilled) Kind() string { return "prefilled" }

func (v *Prefilled) apply(c *Case, e *store.Entry) error {
	c.Outages = v.Outages
	for key, told := range v.Values {
		told := told
		old := c.Values[key]
		if old != nil && old.Source == nil {
			kept := *old
			kept.Told = &told
			c.Values[key] = &kept
			continue
		}
		c.Values[key] = &Value{Value: told.Value, Seq: e.Seq, At: e.At, By: e.By, Source: &told.Source, Told: &told}
		c.Data[key] = told.Value
	}
	return nil
}

// Saved changes values of the form, each key on its own. What a register had said of a key stays in the case beside the new value.
type Saved struct {
	Changes map[string]any `json:"changes"` // by field key; null takes the value away
}

// Kind is "saved".
func (*Saved) Kind() string { return "saved" }

func (v *Saved) apply(c *Case, e *store.Entry) error {
	for key, value := range v.Changes {
		next := &Value{Value: value, Cleared: value == nil, Seq: e.Seq, At: e.At, By: e.By}
		if old := c.Values[key]; old != nil {
			next.Told = old.Told
		}
		c.Values[key] = next
		if value == nil {
			delete(c.Data, key)
		} else {
			c.Data[key] = value
		}
	}
	return nil
}

// Attached adds a document.
type Attached struct {
	ID     string `json:"id"`
	Slot   string `json:"slot"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Kind is "attached".
func (*Attached) Kind() string { return "attached" }

func (v *Attached) apply(c *Case, e *store.Entry) error {
	a := &Attachment{ID: v.ID, Slot: v.Slot, Name: v.Name, Type: v.Type, Size: v.Size, SHA256: v.SHA256, By: e.By, At: e.At}
	c.added[a.ID] = a
	c.Attachments = append(c.Attachments, a)
	return nil
}

// Detached takes a document away. A filing that it went with keeps it.
type Detached struct {
	ID string `json:"id"`
}

// Kind is "detached".
func (*Detached) Kind() string { return "detached" }

func (v *Detached) apply(c *Case, _ *store.Entry) error {
	c.Attachments = without(c.Attachments, func(a *Attachment) bool { return a.ID == v.ID })
	return nil
}

// Moved puts the case under another edition of the definitions.
type Moved struct {
	From    string   `json:"from"`
	To      string   `json:"to"`
	Dropped []string `json:"dropped,omitempty"` // questions whose answer the other edition does not take
	Due     string   `json:"due,omitempty"`     // as in Opened
}

// Kind is "moved".
func (*Moved) Kind() string { return "moved" }

func (v *Moved) apply(c *Case, e *store.Entry) error {
	c.Edition, c.Due = v.To, v.Due
	return c.answer(nil, v.Dropped, e)
}

// Messaged is a message of the customer to authorities, or of an authority to the customer.
type Messaged struct {
	ID          string   `json:"id"`
	Filing      string   `json:"filing,omitempty"` // "" for all authorities of the case
	Text        string   `json:"text"`
	Attachments []string `json:"attachments,omitempty"`
}

// Kind is "message".
func (*Messaged) Kind() string { return "message" }

func (v *Messaged) apply(c *Case, e *store.Entry) error {
	c.Messages = append(c.Messages, &Message{ID: v.ID, From: e.By, Filing: v.Filing, Text: v.Text, Attachments: v.Attachments, At: e.At, Seq: e.Seq})
	return nil
}
