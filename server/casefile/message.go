package casefile

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maxMessage            = 10000
	maxMessageAttachments = 20
)

// Send is a message to write.
type Send struct {
	Filing      string // to the authority of one filing; "" to all authorities of the case. An authority writes about its own filing.
	Text        string
	Attachments []string // ids of attachments of the case
}

// Message writes a message: of the customer to the authorities, which get it the way that their filings went, or of an authority to the
// customer, whose people are told by letter that there is one.
func (s *Service) Message(ctx context.Context, a Actor, id string, in Send) (*Case, error) {
	in.Text = strings.TrimSpace(strings.ToValidUTF8(in.Text, ""))
	switch {
	case in.Text == "":
		return nil, &Invalid{What: "text", Code: Missing}
	case utf8.RuneCountInString(in.Text) > maxMessage:
		return nil, &Invalid{What: "text", Code: TooLong, Limit: maxMessage}
	case len(in.Attachments) > maxMessageAttachments:
		return nil, &Invalid{What: "attachment", Code: TooMany, Limit: maxMessageAttachments}
	}
	message, err := s.id()
	if err != nil {
		return nil, err
	}
	return s.act(ctx, a, id, Messaging, func(d *draft) error {
		f := d.c.Filing(in.Filing)
		if f == nil && (in.Filing != "" || a.Authority != "") {
			return &Invalid{What: "filing", Code: Unknown, Given: in.Filing}
		}
		if a.Authority != "" && f.Authority.ID != a.Authority {
			return &Forbidden{Action: Messaging}
		}
		for _, x := range in.Attachments {
			if !slices.ContainsFunc(d.c.Attachments, func(there *Attachment) bool { return there.ID == x }) {
				return &Invalid{What: "attachment", Code: Unknown, Given: x}
			}
		}
		if err := d.add(&Messaged{ID: message, Filing: in.Filing, Text: in.Text, Attachments: in.Attachments}); err != nil {
			return err
		}
		if a.Authority != "" {
			return d.tell(message)
		}
		for _, f := range d.c.Filings {
			if in.Filing != "" && f.ID != in.Filing || in.Filing == "" && f.Withdrawn {
				continue
			}
			if err := d.deliver(f, Task{ID: f.ID + "/" + message, What: TaskMessage, Message: message}); err != nil {
				return err
			}
		}
		return nil
	})
}

// tell has the people of a case told that an authority has written: who opened it and who may send.
func (d *draft) tell(message string) error {
	told := []string{d.c.Holder.Account}
	for _, p := range d.c.People {
		if p.Role == RoleSubmit {
			told = append(told, p.Account)
		}
	}
	for _, account := range told {
		if err := d.mail(fmt.Sprintf("message/%s/%s", message, account), Mail{What: MailMessage, Account: account, Lang: d.c.Lang}, d.now); err != nil {
			return err
		}
	}
	return nil
}
