package casefile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"luvat/server/store"
)

// worker is luvat itself.
var worker = Actor{System: true}

// Parcel is what a Task sends, with the case that it is of.
type Parcel struct {
	Task       Task
	Case       *Case
	Filing     *Filing
	Version    *Version   // of TaskFiling
	Message    *Message   // of TaskMessage
	Withdrawal *Withdrawn // of TaskWithdrawal
	At         time.Time  // when it happened
}

// Parcel returns what claimed work of DeliverQueue is to send. The error says that the work is not of this case, or cannot be read.
func (s *Service) Parcel(ctx context.Context, w store.Work) (*Parcel, error) {
	t, err := ReadTask(w)
	if err != nil {
		return nil, err
	}
	c, err := s.load(ctx, t.Case)
	if err != nil {
		return nil, err
	}
	if err := may(worker, c, Delivering); err != nil {
		return nil, err
	}
	p := &Parcel{Task: t, Case: c, Filing: c.Filing(t.Filing)}
	if p.Filing == nil {
		return nil, fmt.Errorf("work %s: case %s has no filing %s", w.ID, t.Case, t.Filing)
	}
	switch t.What {
	case TaskFiling:
		if p.Version = p.Filing.Version(t.Version); p.Version != nil {
			p.At = p.Version.At
			return p, nil
		}
	case TaskMessage:
		for _, m := range c.Messages {
			if m.ID == t.Message {
				p.Message, p.At = m, m.At
				return p, nil
			}
		}
	case TaskWithdrawal:
		if p.Withdrawal, p.At = c.withdrawal(t.Filing); p.Withdrawal != nil {
			return p, nil
		}
	}
	return nil, fmt.Errorf("work %s: case %s has nothing that it names", w.ID, t.Case)
}

// withdrawal returns the event by which a filing was taken back, nil when it stands.
func (c *Case) withdrawal(filing string) (*Withdrawn, time.Time) {
	for i := range c.History {
		e, is := c.History[i].Event.(*Withdrawn)
		if !is {
			continue
		}
		for _, w := range e.Filings {
			if w.ID == filing {
				return e, c.History[i].At
			}
		}
	}
	return nil, time.Time{}
}

// RecordDelivered ends a claim with the entry that its authority has been reached, in one transaction. The error is store.ErrLeaseLost
// when the claim has run out: then somebody else does the same work, which the authority knows by the task's id.
func (s *Service) RecordDelivered(ctx context.Context, w store.Work) error {
	t, err := ReadTask(w)
	if err != nil {
		return err
	}
	return s.settle(ctx, w, t, store.Outcome{Done: true}, func(d *draft, f *Filing) error {
		for _, a := range f.Deliveries {
			if a.Failed == "" && a.Task.ID == t.ID {
				return nil
			}
		}
		return d.add(&Delivered{Task: t, Channel: f.Channel, Attempt: w.Attempt})
	})
}

// Failure is an attempt to deliver that failed.
type Failure struct {
	Why   string    // said to people; without personal data
	Again time.Time // when to try again; zero to give up
}

// RecordFailed ends a claim with a failure. The ledger tells of the first failure and of giving up; what lies between is in the work
// only, so that an authority that is down for a week does not fill the ledger.
func (s *Service) RecordFailed(ctx context.Context, w store.Work, in Failure) error {
	t, err := ReadTask(w)
	if err != nil {
		return err
	}
	gaveUp := in.Again.IsZero()
	outcome := store.Outcome{Again: in.Again, Error: in.Why}
	if gaveUp {
		outcome = store.Outcome{Dead: true, Error: in.Why}
	}
	return s.settle(ctx, w, t, outcome, func(d *draft, f *Filing) error {
		for _, a := range f.Deliveries {
			if a.Task.ID == t.ID && a.Failed != "" && !gaveUp {
				return nil
			}
		}
		return d.add(&DeliveryFailed{Task: t, Channel: f.Channel, Attempt: w.Attempt, Why: in.Why, GaveUp: gaveUp})
	})
}

// settle is act for claimed work: the outcome and the entries are written together.
func (s *Service) settle(ctx context.Context, w store.Work, t Task, outcome store.Outcome, build func(*draft, *Filing) error) error {
	for range attempts {
		c, err := s.load(ctx, t.Case)
		if err != nil {
			return err
		}
		change, err := s.change(c, worker, func(d *draft) error {
			if err := may(worker, d.c, Delivering); err != nil {
				return err
			}
			f := d.c.Filing(t.Filing)
			if f == nil {
				return fmt.Errorf("work %s: case %s has no filing %s", w.ID, t.Case, t.Filing)
			}
			return build(d, f)
		})
		if err != nil {
			return err
		}
		if change == nil {
			change = &store.Change{}
		}
		_, err = s.store.Settle(ctx, w, s.clock(), outcome, *change)
		var conflict *store.ConflictError
		if !errors.As(err, &conflict) {
			return err
		}
	}
	return ErrBusy
}

// Receive records that an authority has a filing of its own, and its own number for it. Saying the same twice is saying it once.
func (s *Service) Receive(ctx context.Context, a Actor, id, filing, ownID string) (*Case, error) {
	if len(ownID) > maxTitle {
		return nil, &Invalid{What: "own id", Code: TooLong, Limit: maxTitle}
	}
	return s.act(ctx, a, id, Receiving, func(d *draft) error {
		f := d.c.Filing(filing)
		if f == nil || f.Authority.ID != a.Authority {
			return &Invalid{What: "filing", Code: Unknown, Given: filing}
		}
		if f.Received != nil && f.Received.OwnID == ownID {
			return nil
		}
		return d.add(&Received{Filing: filing, OwnID: ownID})
	})
}
