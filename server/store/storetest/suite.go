// Package storetest proves of a backend what package store promises. A backend's test calls Run; there is a subtest for every promise, by
// its number. Memory is the promise as a program: slow and plain, the model that the random test compares a backend with.
package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"testing"
	"time"

	"luvat/server/store"
)

// Opener opens one and the same store again and again, the first time an empty one.
type Opener interface {
	Open() (store.Store, error)
	// Restore opens another store, whose content is that of a backup.
	Restore(backup io.Reader) (store.Store, error)
}

// Run runs the suite. start returns the opener of a new store; what it makes is removed when the test that it is given has ended.
func Run(t *testing.T, start func(t *testing.T) Opener) {
	for _, part := range []struct {
		name string
		test func(*testing.T, func(*testing.T) Opener)
	}{
		{"1-durable", durable},
		{"2-numbered", numbered},
		{"3-chained", chained},
		{"4-together", together},
		{"5-listed", listed},
		{"6-claimed", claimed},
		{"6-lanes", lanes},
		{"6-dead", deadAndRevived},
		{"8-concurrent", concurrent},
		{"8-linearizable", linearizable},
		{"8-context", contexts},
		{"9-refused", refused},
		{"records", records},
		{"backup", backup},
		{"random", random},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(t, start) })
	}
}

// Promise 7, a full disk, is the backend's own to test: how a disk is filled depends on where it keeps its data.

var ctx = context.Background()

// day is when the tests take place.
var day = time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)

func second(n int) time.Time { return day.Add(time.Duration(n) * time.Second) }

func open(t *testing.T, o Opener) store.Store {
	t.Helper()
	s, err := o.Open()
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// reopen closes a store and opens it again.
func reopen(t *testing.T, o Opener, s store.Store) store.Store {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	return open(t, o)
}

func entry(kind string) store.NewEntry {
	return store.NewEntry{Kind: kind, At: day, By: "anna", For: "2345678-9", Edition: "events@1", Data: json.RawMessage(`{"kind":"` + kind + `"}`)}
}

// change is a change with one entry.
func change(caseID string, after uint64) store.Change {
	return store.Change{Case: caseID, After: after, Entries: []store.NewEntry{entry(fmt.Sprintf("saved-%d", after+1))}}
}

// work is a change with one entry and work with these ids, due at second 0.
func work(caseID string, after uint64, queue, lane string, ids ...string) store.Change {
	c := change(caseID, after)
	for _, id := range ids {
		c.Work = append(c.Work, store.NewWork{ID: id, Queue: queue, Lane: lane, Due: second(0), Data: json.RawMessage(`{"do":"` + id + `"}`)})
	}
	return c
}

func mustAppend(t *testing.T, s store.Store, c store.Change) []store.Entry {
	t.Helper()
	entries, err := s.Append(ctx, c)
	if err != nil {
		t.Fatalf("append to %s after %d: %v", c.Case, c.After, err)
	}
	return entries
}

func mustRead(t *testing.T, s store.Store, caseID string) []store.Entry {
	t.Helper()
	entries, err := s.Read(ctx, caseID, 0)
	if err != nil {
		t.Fatalf("read %s: %v", caseID, err)
	}
	if err := store.VerifyChain(entries); err != nil {
		t.Fatalf("read %s: %v", caseID, err)
	}
	return entries
}

func mustList(t *testing.T, s store.Store, index string, p store.Page) []store.Row {
	t.Helper()
	rows, err := s.List(ctx, index, p)
	if err != nil {
		t.Fatalf("list %s: %v", index, err)
	}
	return rows
}

// claim claims up to n for ten seconds and returns what it got, and the ids.
func claim(t *testing.T, s store.Store, queue string, now time.Time, n int) ([]store.Work, []string) {
	t.Helper()
	got, err := s.Claim(ctx, queue, now, 10*time.Second, n)
	if err != nil {
		t.Fatalf("claim of %s: %v", queue, err)
	}
	var ids []string
	for _, w := range got {
		ids = append(ids, w.ID)
	}
	return got, ids
}

func mustSettle(t *testing.T, s store.Store, w store.Work, now time.Time, o store.Outcome) {
	t.Helper()
	if _, err := s.Settle(ctx, w, now, o, store.Change{}); err != nil {
		t.Fatalf("settle %s: %v", w.ID, err)
	}
}

func deadIDs(t *testing.T, s store.Store, queue string, p store.Page) []string {
	t.Helper()
	list, err := s.Dead(ctx, queue, p)
	if err != nil {
		t.Fatalf("dead of %s: %v", queue, err)
	}
	var ids []string
	for _, w := range list {
		ids = append(ids, w.ID)
	}
	return ids
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprintf("%v", got), fmt.Sprintf("%v", want); g != w {
		t.Errorf("%s: got %s, want %s", what, g, w)
	}
}
