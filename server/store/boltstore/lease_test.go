package boltstore_test

import (
	"path/filepath"
	"testing"
	"time"

	"luvat/server/store"
	"luvat/server/store/boltstore"
)

// After a crash the work that was claimed can be claimed at once, and by its old claim it can no longer be settled.
func TestLeasesEndWithTheirProcess(t *testing.T) {
	path, ctx, now := filepath.Join(t.TempDir(), "x.db"), t.Context(), time.Date(2027, 6, 1, 9, 0, 0, 0, time.UTC)
	open := func() *boltstore.Store {
		s, err := boltstore.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open()
	change := store.Change{Case: "a", Entries: []store.NewEntry{{Kind: "submitted", At: now, By: "x", Edition: "e", Data: []byte(`{}`)}},
		Work: []store.NewWork{{ID: "1", Queue: "deliver", Lane: "a/1", Due: now}, {ID: "2", Queue: "deliver", Lane: "a/1", Due: now}, {ID: "3", Queue: "deliver", Due: now}}}
	if _, err := s.Append(ctx, change); err != nil {
		t.Fatal(err)
	}
	claimed, err := s.Claim(ctx, "deliver", now, time.Hour, 10)
	if err != nil || len(claimed) != 2 {
		t.Fatalf("%+v, %v", claimed, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open()
	defer s.Close()
	if n, err := s.EndLeases(ctx); n != 2 || err != nil {
		t.Errorf("%d leases ended, %v", n, err)
	}
	again, err := s.Claim(ctx, "deliver", now, time.Hour, 10)
	if err != nil || len(again) != 2 || again[0].ID != "1" || again[0].Attempt != 2 || again[1].ID != "3" {
		t.Fatalf("%+v, %v", again, err)
	}
	if _, err := s.Settle(ctx, claimed[0], now, store.Outcome{Done: true}, store.Change{}); err != store.ErrLeaseLost {
		t.Errorf("the old claim: %v", err)
	}
	if _, err := s.Settle(ctx, again[0], now, store.Outcome{Done: true}, store.Change{}); err != nil {
		t.Error(err)
	}
	if rest, err := s.Claim(ctx, "deliver", now, time.Hour, 10); err != nil || len(rest) != 1 || rest[0].ID != "2" {
		t.Errorf("the next in the lane: %+v, %v", rest, err)
	}
}
