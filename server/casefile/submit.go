package casefile

import (
	"context"
	"encoding/json"
	"fmt"

	"luvat/definitions"
)

// Submit sends a case.
type Submit struct {
	Ticket string           // of the check page that the customer saw
	Lang   definitions.Lang // of the messages in an *Incomplete, and of the receipt
	// Mandate asks once more whether the actor may act for the organisation. It is called when the case is an organisation's; nil
	// means that the session's own check counts.
	Mandate func(context.Context) error
}

// Sending is what was sent at one time: what a receipt shows.
type Sending struct {
	Case       *Case
	Submission *Submission
	Filings    []*Filing
	Again      bool // it had been sent before, by this ticket or by somebody else at the same time
}

// Submit sends everything that is needed and has not been sent: one filing for each requirement and authority, all in one entry, with
// one piece of work for each that a channel leads to. Sending twice with one ticket, and two people sending at once, is sending once:
// all get the same receipt.
//
// Nothing is sent, and the error says why, when the case is not as the check page showed it: *ChangedMeanwhile, *NeedsChanged; when
// something is in the way: *Incomplete; when the mandate does not stand: *NoMandate; and ErrNothingToSend.
func (s *Service) Submit(ctx context.Context, a Actor, id string, in Submit) (*Sending, error) {
	shown, err := readTicket(in.Ticket)
	if err != nil {
		return nil, err
	}
	var sent *Submission
	again := false
	asked := false
	c, err := s.act(ctx, a, id, Submitting, func(d *draft) error {
		sent, again = d.c.sentSince(shown), true
		if sent != nil {
			return nil
		}
		again = false
		st, err := s.Standing(d.c, in.Lang)
		if err != nil {
			return err
		}
		if changed := needsChanged(shown.Needs, st.pairs()); changed != nil {
			return changed
		}
		if changed := d.c.changedSince(shown.Seq); changed != nil {
			return changed
		}
		pairs := st.unsent(d.c)
		if len(pairs) == 0 {
			return ErrNothingToSend
		}
		if in := st.inTheWay(among(pairs), in.Lang); !in.Empty() {
			return in
		}
		if d.c.Holder.Party != "" && in.Mandate != nil && !asked {
			if err := in.Mandate(ctx); err != nil {
				return &NoMandate{Party: d.c.Holder.Party, Cause: err}
			}
			asked = true
		}
		if err := s.send(ctx, d, st, shown.Token, pairs); err != nil {
			return err
		}
		sent = d.c.Submissions[len(d.c.Submissions)-1]
		return d.mail(fmt.Sprintf("receipt/%s/%d", d.c.ID, sent.Seq), Mail{What: MailReceipt, Account: a.Account, Lang: in.Lang}, d.now)
	})
	if err != nil {
		return nil, err
	}
	return c.sending(sent, again), nil
}

// sentSince returns the submission that a ticket made, or that somebody made after its check page was shown; nil when there is none.
func (c *Case) sentSince(shown ticket) *Submission {
	for _, s := range c.Submissions {
		if s.Token == shown.Token || s.Seq > shown.Seq {
			return s
		}
	}
	return nil
}

func (c *Case) sending(sent *Submission, again bool) *Sending {
	out := &Sending{Case: c, Submission: sent, Again: again}
	for _, id := range sent.Filings {
		out.Filings = append(out.Filings, c.Filing(id))
	}
	return out
}

// Sending returns what was sent by the submission of an entry, as it stands now; nil when the entry is none.
func (c *Case) Sending(seq uint64) *Sending {
	for _, s := range c.Submissions {
		if s.Seq == seq {
			return c.sending(s, true)
		}
	}
	return nil
}

// send adds the entry and the work of a submission.
func (s *Service) send(ctx context.Context, d *draft, st *Standing, token string, pairs []pair) error {
	reference := d.c.Reference
	if reference == "" {
		var err error
		if reference, err = s.freeReference(ctx, st.Day.Time().Year()); err != nil {
			return err
		}
	}
	event := &Submitted{Token: token, Reference: reference, Day: definitions.DateOf(s.clock()).String()}
	for i, p := range pairs {
		def := st.Edition.requirement(p.requirement.ID)
		channel, err := s.channels.Channel(ctx, p.authority.ID)
		if err != nil {
			return fmt.Errorf("the way to an authority is not known: %w", err)
		}
		if p.authority.ID == "" {
			channel = Direct
		}
		data, form, schema, err := st.content(def.ID)
		if err != nil {
			return fmt.Errorf("the data for %s cannot be put together: %w", def.ID, err)
		}
		raw, err := json.Marshal(data)
		if err != nil {
			return fmt.Errorf("the data for %s cannot be put together: %w", def.ID, err)
		}
		f := SentFiling{
			ID:          fmt.Sprintf("%s-%d", reference, len(d.c.Filings)+i+1),
			Requirement: def.ID, Kind: def.Kind, Name: texts(def.Name),
			Authority: recipient(st.Edition, p.authority), Channel: channel, Due: deref(p.requirement.Due),
			Grounds: []string{}, Form: form, Schema: schema, Data: raw, Attachments: st.attachmentsOf(d.c, def.ID, data),
		}
		for _, g := range p.requirement.Grounds {
			f.Grounds = append(f.Grounds, g.ID)
		}
		process := processOf(st.Edition.Program.Bundle, def)
		if process != nil {
			f.Process = process.ID
		}
		if f.Move = send(process); channel == Direct {
			f.Move = begin(process)
		}
		event.Filings = append(event.Filings, f)
	}
	first := len(d.c.Filings)
	if err := d.add(event); err != nil {
		return err
	}
	for _, f := range d.c.Filings[first:] {
		if err := d.deliver(f, Task{ID: f.ID + "/1", What: TaskFiling, Version: 1}); err != nil {
			return err
		}
	}
	return nil
}
