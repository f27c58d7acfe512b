package main

import (
	"context"
	"path/filepath"
	"testing"

	"luvat/server/store"
	"luvat/server/store/boltstore"
)

// What is measured is what is said: a submission is of the size and the parts that the tables name, and a built store holds what the
// figures expect of it.
func TestSubmission(t *testing.T) {
	c := submission(caseName())
	if n := len(c.Entries[0].Data); n < entrySize || n > entrySize+200 {
		t.Errorf("an entry has %d bytes, want about %d", n, entrySize)
	}
	if len(c.Entries) != 1 || len(c.Rows) != 3 || len(c.Work) != deliveries {
		t.Errorf("a submission has %d entries, %d rows and %d works", len(c.Entries), len(c.Rows), len(c.Work))
	}
	if err := c.Check(); err != nil {
		t.Error(err)
	}
}

func TestBuild(t *testing.T) {
	path := filepath.Join(t.TempDir(), "built.db")
	s, err := boltstore.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const cases = 200
	if err := build(s, 0, cases/2); err != nil {
		t.Fatal(err)
	}
	if err := build(s, cases/2, cases); err != nil {
		t.Fatal(err)
	}
	for i := range cases {
		entries, err := s.Read(context.Background(), builtName(i), 0)
		if err != nil || len(entries) != 2 {
			t.Errorf("case %d has %d entries, %v", i, len(entries), err)
		}
	}
	rows, err := s.List(context.Background(), "status", store.Page{Limit: 2 * cases})
	if err != nil || len(rows) != cases {
		t.Errorf("%d rows of %d cases, %v", len(rows), cases, err)
	}
	if due, ok, err := s.NextDue(context.Background(), "deliver"); ok || err != nil {
		t.Errorf("a delivery is left, due at %s, %v", due, err)
	}
	if due, ok, err := s.NextDue(context.Background(), "timer"); !ok || err != nil || due.Before(at) {
		t.Errorf("no timer waits: %s, %t, %v", due, ok, err)
	}
}
