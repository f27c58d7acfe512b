package casefile

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"luvat/definitions"
	"luvat/server/store"
)

// Service does the actions. It may be used by any number of goroutines, and by any number of processes on one store.
type Service struct {
	store    store.Store
	editions Editions
	channels Channels
	clock    func() time.Time
	random   io.Reader
	unions   unions
	seen     seen
}

// New returns a service. clock's zone is that in which a day begins and ends: Finland's. random is crypto/rand.Reader outside tests; it
// is read by any number of goroutines.
func New(st store.Store, editions Editions, channels Channels, clock func() time.Time, random io.Reader) *Service {
	return &Service{store: st, editions: editions, channels: channels, clock: clock, random: random}
}

// Read returns a case to somebody who may read it. The error is ErrNoCase for everybody else.
func (s *Service) Read(ctx context.Context, a Actor, id string) (*Case, error) {
	c, err := s.load(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := may(a, c, Reading); err != nil {
		return nil, err
	}
	return c, nil
}

func (s *Service) load(ctx context.Context, id string) (*Case, error) {
	entries, err := s.store.Read(ctx, id, 0)
	if err != nil {
		return nil, fmt.Errorf("the ledger of a case cannot be read: %w", err)
	}
	return Fold(entries)
}

// draft is a change of a case under way: each event added is part of the case at once, so that what is added next builds on it.
type draft struct {
	c       *Case
	actor   Actor
	now     time.Time
	entries []store.NewEntry
	work    []store.NewWork
}

// add appends an event. It goes through its JSON, so that the case is exactly what will be read from the ledger.
func (d *draft) add(event Event) error {
	data, err := encode(event)
	if err != nil {
		return err
	}
	e := store.Entry{Case: d.c.ID, Seq: d.c.Seq + 1, Kind: event.Kind(), At: d.now,
		By: d.actor.By(), For: d.actor.Party, Edition: d.c.Edition, Data: data}
	if err := d.c.apply([]store.Entry{e}); err != nil {
		return err
	}
	d.entries = append(d.entries, store.NewEntry{Kind: e.Kind, At: e.At, By: e.By, For: e.For, Edition: e.Edition, Data: data})
	return nil
}

// attempts is how often an action is tried when others are faster each time. Every failure is another's success, so this many in a row
// mean that a program is writing to the case without pause.
const attempts = 64

// act does an action: it reads the case, asks may, lets build add events, and appends them with the rows that differ and the work. When
// somebody else was faster it starts anew from what there is then, so build must do the same thing however often it is called, and may
// be refused by what it finds. An action that adds no events changes nothing and is no error.
func (s *Service) act(ctx context.Context, a Actor, id string, do Action, build func(*draft) error) (*Case, error) {
	return s.append(ctx, a, id, func(d *draft) error {
		if err := may(a, d.c, do); err != nil {
			return err
		}
		return build(d)
	})
}

// append is act for whom build itself knows to be permitted.
func (s *Service) append(ctx context.Context, a Actor, id string, build func(*draft) error) (*Case, error) {
	for range attempts {
		c, err := s.load(ctx, id)
		if err != nil {
			return nil, err
		}
		change, err := s.change(c, a, build)
		if err != nil {
			return nil, err
		}
		if change == nil {
			return c, nil
		}
		entries, err := s.store.Append(ctx, *change)
		var conflict *store.ConflictError
		switch {
		case errors.As(err, &conflict):
			continue
		case err != nil:
			return nil, fmt.Errorf("the case could not be saved: %w", err)
		}
		c.Head = entries[len(entries)-1].Hash
		return c, nil
	}
	return nil, ErrBusy
}

// change builds a Change on a case, which is in the state after it then; nil when there is nothing to change.
func (s *Service) change(c *Case, a Actor, build func(*draft) error) (*store.Change, error) {
	before, after := Rows(c), c.Seq
	d := &draft{c: c, actor: a, now: s.now(c)}
	if err := build(d); err != nil {
		return nil, err
	}
	if len(d.entries) == 0 {
		return nil, nil
	}
	return &store.Change{Case: c.ID, After: after, Entries: d.entries, Rows: difference(before, Rows(c)), Work: d.work}, nil
}

// now is the time of the next entry: the clock's, or that of the last entry when the clock has been set back, so that time never runs
// backwards within a case.
func (s *Service) now(c *Case) time.Time {
	now := s.clock().UTC().Truncate(time.Microsecond)
	if now.Before(c.Changed) {
		return c.Changed
	}
	return now
}

// Open begins a case: of an organisation when the actor acts for one, otherwise of the actor's own.
type Open struct {
	Bundle  string
	On      definitions.Date // day of handling that was asked for; NoDate for today
	Lang    definitions.Lang
	Title   string
	Answers map[string]any // by question; nil is "I don't know yet"
}

// Open begins a case under the edition in force. The error is that of Editions when there is none, or an *Invalid for an answer.
func (s *Service) Open(ctx context.Context, a Actor, o Open) (*Case, error) {
	if a.Account == "" {
		return nil, &Forbidden{Action: "open"}
	}
	if !slices.Contains(definitions.Languages, o.Lang) {
		o.Lang = definitions.Finnish
	}
	on := o.On
	if on == definitions.NoDate {
		on = definitions.DateOf(s.clock())
	}
	edition, err := s.editions.Current(o.Bundle, on)
	if err != nil {
		return nil, err
	}
	answers, given, err := readAnswers(edition, o.Answers)
	if err != nil {
		return nil, err
	}
	id, err := s.caseID()
	if err != nil {
		return nil, err
	}
	holder := Holder{Party: a.Party, Account: a.Account, Name: a.Name}
	if a.Party != "" {
		holder.Name = a.PartyName
	}
	c := newCase(1)
	c.ID, c.Edition = id, edition.ID
	change, err := s.change(c, a, func(d *draft) error {
		event := &Opened{Bundle: o.Bundle, On: on.String(), Lang: o.Lang, Title: title(o.Title), Holder: holder, Answers: answers,
			Due: due(edition, given, max(on, definitions.DateOf(s.clock())))}
		return d.add(event)
	})
	if err != nil {
		return nil, err
	}
	entries, err := s.store.Append(ctx, *change)
	if err != nil {
		return nil, fmt.Errorf("the case could not be begun: %w", err)
	}
	c.Head = entries[len(entries)-1].Hash
	return c, nil
}

// Rename gives a case another title.
func (s *Service) Rename(ctx context.Context, a Actor, id, to string) (*Case, error) {
	to = title(to)
	if to == "" {
		return nil, &Invalid{What: "title", Code: Missing}
	}
	return s.act(ctx, a, id, Renaming, func(d *draft) error {
		if d.c.Title == to {
			return nil
		}
		return d.add(&Renamed{Title: to})
	})
}

// caseID makes the id of a case: the time in milliseconds, then 16 characters that nobody can guess (80 bits), as a ULID has them. Cases of
// one time lie side by side in a store, so those that are saved together share its pages.
func (s *Service) caseID() (string, error) {
	rest, err := s.id()
	if err != nil {
		return "", err
	}
	var when [8]byte
	binary.BigEndian.PutUint64(when[:], uint64(s.clock().UnixMilli())<<14) // 50 bits of time fill ten characters
	return strings.ToLower(ids.EncodeToString(when[:])[:10]) + rest[:16], nil
}

// id makes the id of a part of a case: 20 characters that nobody can guess (100 bits).
func (s *Service) id() (string, error) {
	var b [13]byte
	if _, err := io.ReadFull(s.random, b[:]); err != nil {
		return "", fmt.Errorf("no random numbers: %w", err)
	}
	return strings.ToLower(ids.EncodeToString(b[:])[:20]), nil
}

// ids has no letters that are taken for digits.
var ids = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
