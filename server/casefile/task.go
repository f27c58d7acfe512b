package casefile

import (
	"encoding/json"
	"fmt"
	"time"

	"luvat/definitions"
	"luvat/server/store"
)

// The queues of work that a case causes.
const (
	DeliverQueue = "deliver" // Task: something of a filing goes to its authority. Lane "<case>/<filing>".
	MailQueue    = "mail"    // Mail: a letter to a person. No lane.
)

// What a Task sends.
const (
	TaskFiling     = "filing"     // a version of the filing
	TaskWithdrawal = "withdrawal" // that the filing is withdrawn
	TaskMessage    = "message"
)

// Task is the work of sending something of a filing to its authority. Its id is unique for ever: the authority may take it as the key
// by which the same thing sent twice is known.
type Task struct {
	ID      string `json:"id"`
	Case    string `json:"case"`
	Filing  string `json:"filing"`
	What    string `json:"what"`
	Version int    `json:"version,omitempty"` // of TaskFiling
	Message string `json:"message,omitempty"` // id, of TaskMessage
}

// ReadTask reads the Task of claimed work.
func ReadTask(w store.Work) (Task, error) {
	var t Task
	if err := json.Unmarshal(w.Data, &t); err != nil {
		return t, fmt.Errorf("work %s of queue %s is not a delivery: %w", w.ID, w.Queue, err)
	}
	if t.ID == "" {
		return t, fmt.Errorf("work %s of queue %s is not a delivery: it names none", w.ID, w.Queue)
	}
	return t, nil
}

// What a Mail is about.
const (
	MailReceipt    = "receipt"    // to who sent the case
	MailInvitation = "invitation" // to who is invited; the address and the token are in the record of the invitation
	MailMessage    = "message"    // to the customer: an authority has written
)

// Mail is the work of writing a letter to a person. It has no address and nothing of the case's content.
type Mail struct {
	Case    string           `json:"case"`
	What    string           `json:"what"`
	Account string           `json:"account,omitempty"` // whom to write to, of MailReceipt and MailMessage
	Key     string           `json:"key,omitempty"`     // of the invitation's record, of MailInvitation
	Lang    definitions.Lang `json:"lang"`
}

// ReadMail reads the Mail of claimed work.
func ReadMail(w store.Work) (Mail, error) {
	var m Mail
	if err := json.Unmarshal(w.Data, &m); err != nil {
		return m, fmt.Errorf("work %s of queue %s is not a letter: %w", w.ID, w.Queue, err)
	}
	if m.What == "" {
		return m, fmt.Errorf("work %s of queue %s is not a letter: it does not say which", w.ID, w.Queue)
	}
	return m, nil
}

// deliver adds the sending of something of a filing; nothing when no channel leads to its authority.
func (d *draft) deliver(f *Filing, t Task) error {
	if f.Channel == Direct {
		return nil
	}
	t.Case, t.Filing = d.c.ID, f.ID
	data, err := json.Marshal(t)
	if err != nil {
		return err
	}
	d.work = append(d.work, store.NewWork{ID: t.ID, Queue: DeliverQueue, Lane: d.c.ID + "/" + f.ID, Due: d.now, Data: data})
	return nil
}

// mail adds a letter. Letters with the same id are one.
func (d *draft) mail(id string, m Mail, due time.Time) error {
	m.Case = d.c.ID
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	d.work = append(d.work, store.NewWork{ID: id, Queue: MailQueue, Due: due, Data: data})
	return nil
}
