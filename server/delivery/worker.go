package delivery

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"luvat/definitions"
	"luvat/server/casefile"
	"luvat/server/delivery/mail"
	"luvat/server/delivery/webhook"
	"luvat/server/store"
)

// Account is whom a letter goes to.
type Account struct {
	Email string // "" when the person gave none
	Lang  definitions.Lang
}

// Config is what a worker needs.
type Config struct {
	Store     store.Store
	Cases     *casefile.Service
	Editions  casefile.Editions
	Directory *Directory
	Events    *webhook.Sender
	Letters   mail.Sender
	Account   func(ctx context.Context, id string) (Account, error)
	BaseURL   string // of the service, without a slash at its end
	Operator  string // the e-mail address of those who keep the service running; "" for none
	Clock     func() time.Time
	Log       *slog.Logger
}

// Worker delivers. Any number of them may run on one store.
type Worker struct {
	Config
	wake map[string]chan struct{} // by queue
}

// New makes a worker.
func New(c Config) *Worker {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Worker{c, map[string]chan struct{}{casefile.DeliverQueue: make(chan struct{}, 1), casefile.MailQueue: make(chan struct{}, 1)}}
}

// How work is claimed.
const (
	lease    = 2 * time.Minute  // longer than any attempt takes
	together = 8                // so many attempts at once
	idle     = 15 * time.Second // another worker, or another process, may have added work of which this one was not told
)

// Wake says that there may be new work.
func (w *Worker) Wake() {
	for _, c := range w.wake {
		select {
		case c <- struct{}{}:
		default: // it has been told already
		}
	}
}

// Run delivers until the context ends; attempts under way are finished first.
func (w *Worker) Run(ctx context.Context) {
	var both sync.WaitGroup
	both.Go(func() { w.serve(ctx, casefile.DeliverQueue, w.deliver) })
	both.Go(func() { w.serve(ctx, casefile.MailQueue, w.write) })
	both.Wait()
}

func (w *Worker) serve(ctx context.Context, queue string, do func(context.Context, store.Work) error) {
	for ctx.Err() == nil {
		n, err := w.round(ctx, queue, do)
		if err != nil {
			w.Log.Error("work cannot be claimed", "queue", queue, "error", err)
		}
		if n == 0 {
			w.rest(ctx, queue)
		}
	}
}

// Once does all the work that is due now, and reports how much there was. It is Run for tests and for the command line.
func (w *Worker) Once(ctx context.Context) (int, error) {
	total := 0
	for {
		n := 0
		for queue, do := range map[string]func(context.Context, store.Work) error{casefile.DeliverQueue: w.deliver, casefile.MailQueue: w.write} {
			done, err := w.round(ctx, queue, do)
			if err != nil {
				return total, err
			}
			n += done
		}
		if total += n; n == 0 {
			return total, nil
		}
	}
}

// round claims what is due and does it, several at a time.
func (w *Worker) round(ctx context.Context, queue string, do func(context.Context, store.Work) error) (int, error) {
	work, err := w.Store.Claim(ctx, queue, w.Clock(), lease, together)
	if err != nil {
		return 0, err
	}
	var all sync.WaitGroup
	for _, x := range work {
		all.Go(func() {
			// What has been claimed is finished also when the service is stopping: an attempt takes a minute at most.
			err := do(context.WithoutCancel(ctx), x)
			switch {
			case errors.Is(err, store.ErrLeaseLost):
				w.Log.Warn("work took longer than its lease, and may be done twice", "queue", queue, "work", x.ID)
			case err != nil:
				w.Log.Error("work could not be done; it comes again when its lease has run out", "queue", queue, "work", x.ID, "error", err)
			}
		})
	}
	all.Wait()
	return len(work), nil
}

// rest waits until there may be work.
func (w *Worker) rest(ctx context.Context, queue string) {
	wait := idle
	if due, ok, err := w.Store.NextDue(ctx, queue); err == nil && ok {
		wait = min(max(due.Sub(w.Clock()), 10*time.Millisecond), idle)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-w.wake[queue]:
	case <-timer.C:
	}
}

// deliver makes one attempt to bring something of a filing to its authority.
func (w *Worker) deliver(ctx context.Context, x store.Work) error {
	p, err := w.Cases.Parcel(ctx, x)
	if err != nil {
		return err
	}
	channel, joined := w.Directory.Of(p.Filing.Authority.ID)
	if !joined {
		return w.Cases.RecordFailed(ctx, x, casefile.Failure{Why: "the authority has no channel any more"})
	}
	if channel.Kind == casefile.Light {
		return w.alert(ctx, x, p, channel)
	}
	stopped, err := w.Directory.Stopped(ctx, channel.Authority)
	if err != nil {
		return err
	}
	if stopped != nil {
		return w.Cases.RecordFailed(ctx, x, casefile.Failure{Why: stopped.Why})
	}
	event, err := w.event(p, channel)
	if err != nil {
		return err
	}
	to := channel.Endpoint
	if to.XRoad != nil {
		road := *to.XRoad
		road.Issue = p.Case.Reference
		to.XRoad = &road
	}
	result, err := w.Events.Send(ctx, to, event)
	if err != nil {
		return w.Cases.RecordFailed(ctx, x, casefile.Failure{Why: err.Error()})
	}
	switch result.Outcome {
	case webhook.Taken:
		return w.Cases.RecordDelivered(ctx, x)
	case webhook.Gone:
		if err := w.gone(ctx, channel, result.Reason); err != nil {
			return err
		}
		return w.Cases.RecordFailed(ctx, x, casefile.Failure{Why: result.Reason})
	}
	return w.Cases.RecordFailed(ctx, x, casefile.Failure{Why: result.Reason, Again: w.again(x.Attempt, result.Wait)})
}

// again returns when to try again; zero after the last attempt.
func (w *Worker) again(attempt int, asked time.Duration) time.Time {
	wait, ok := webhook.Next(attempt, asked, rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())))
	if !ok {
		return time.Time{}
	}
	return w.Clock().Add(wait)
}

// gone stops a channel and tells the operator, once.
func (w *Worker) gone(ctx context.Context, c Channel, why string) error {
	first, err := w.Directory.stop(ctx, c.Authority, why)
	if err != nil || !first {
		return err
	}
	w.Log.Error("a channel was stopped; its filings wait for somebody to mend it", "authority", c.Authority, "why", why)
	if w.Operator == "" {
		return nil
	}
	l := letter("stopped-"+c.Authority, w.Operator, "stopped", definitions.Finnish, w.Clock(), c.Authority, why, w.BaseURL+"/fi/office/deliveries")
	if err := w.Letters.Send(ctx, l); err != nil {
		w.Log.Error("the operator could not be told by letter", "error", err)
	}
	return nil
}

// alert writes to an authority that something waits in the portal.
func (w *Worker) alert(ctx context.Context, x store.Work, p *casefile.Parcel, c Channel) error {
	kind := map[string]string{casefile.TaskFiling: "alert", casefile.TaskWithdrawal: "withdrawal", casefile.TaskMessage: "note"}[p.Task.What]
	if p.Version != nil && p.Version.Number > 1 {
		kind = "change"
	}
	where := fmt.Sprintf("%s/%s/office/%s", w.BaseURL, c.Lang, p.Filing.ID)
	err := w.Letters.Send(ctx, letter(x.ID, c.Email, kind, c.Lang, p.At, p.Filing.ID, p.Filing.Name.In(c.Lang), where))
	var refused *mail.RefusedError
	switch {
	case err == nil:
		return w.Cases.RecordDelivered(ctx, x)
	case errors.As(err, &refused):
		return w.Cases.RecordFailed(ctx, x, casefile.Failure{Why: refused.Error()})
	}
	w.Log.Warn("a letter to an authority could not be sent", "authority", c.Authority, "attempt", x.Attempt, "error", err)
	return w.Cases.RecordFailed(ctx, x, casefile.Failure{Why: "the mail server could not take the letter", Again: w.again(x.Attempt, 0)})
}

// write makes one attempt to send a letter to a person.
func (w *Worker) write(ctx context.Context, x store.Work) error {
	l, err := w.personal(ctx, x)
	if err == nil && l == nil {
		return w.settle(ctx, x, store.Outcome{Done: true})
	}
	if err == nil {
		err = w.Letters.Send(ctx, *l)
	}
	var refused *mail.RefusedError
	switch {
	case err == nil:
		return w.settle(ctx, x, store.Outcome{Done: true})
	case errors.As(err, &refused):
		return w.settle(ctx, x, store.Outcome{Dead: true, Error: refused.Error()})
	}
	w.Log.Warn("a letter could not be sent", "work", x.ID, "attempt", x.Attempt, "error", err)
	at := w.again(x.Attempt, 0)
	return w.settle(ctx, x, store.Outcome{Again: at, Dead: at.IsZero(), Error: "the letter could not be sent"})
}

func (w *Worker) settle(ctx context.Context, x store.Work, o store.Outcome) error {
	_, err := w.Store.Settle(ctx, x, w.Clock(), o, store.Change{})
	return err
}

// personal writes the letter of claimed work; nil when nobody is to be written to: the person has no address, or the invitation is no
// longer open.
func (w *Worker) personal(ctx context.Context, x store.Work) (*mail.Letter, error) {
	m, err := casefile.ReadMail(x)
	if err != nil {
		return nil, err
	}
	if m.What == casefile.MailInvitation {
		in, err := w.Cases.InvitationByKey(ctx, m.Key)
		if errors.Is(err, casefile.ErrNoInvitation) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		l := letter(x.ID, in.Email, "invitation", in.Lang, x.Added, roleName(in.Role, in.Lang),
			fmt.Sprintf("%s/%s/invitation/%s", w.BaseURL, in.Lang, in.Token), untilDay(x.Added.Add(casefile.InvitationLife), in.Lang))
		return &l, nil
	}
	to, err := w.Account(ctx, m.Account)
	if err != nil || to.Email == "" {
		return nil, err
	}
	summary, err := w.Cases.Summary(ctx, m.Case)
	if err != nil {
		return nil, err
	}
	lang := m.Lang
	if to.Lang != "" {
		lang = to.Lang
	}
	kind := map[string]string{casefile.MailReceipt: "receipt", casefile.MailMessage: "message"}[m.What]
	l := letter(x.ID, to.Email, kind, lang, x.Added, summary.Reference, fmt.Sprintf("%s/%s/my/%s", w.BaseURL, lang, m.Case))
	return &l, nil
}

// Revive makes work that was given up due again.
func (w *Worker) Revive(ctx context.Context, id string) error {
	if err := w.Store.Revive(ctx, id, w.Clock()); err != nil {
		return err
	}
	w.Wake()
	return nil
}
