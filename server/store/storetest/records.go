package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"luvat/server/store"
)

func records(t *testing.T, start func(*testing.T) Opener) {
	s := open(t, start(t))
	put := func(key, value string, expires time.Time, version uint64) (uint64, error) {
		return s.Put(ctx, "b", store.Record{Key: key, Value: []byte(value), Version: 77, Expires: expires}, version)
	}
	for i, c := range []struct {
		value   string
		version uint64
		want    uint64 // 0 for stale
	}{
		{"none yet", 1, 0}, {"first", store.New, 1}, {"new again", store.New, 0}, {"second", 1, 2}, {"late", 1, 0}, {"ahead", 3, 0}, {"any", 0, 3}, {"fourth", 3, 4},
	} {
		got, err := put("k", c.value, time.Time{}, c.version)
		if got != c.want || (c.want == 0) != errors.Is(err, store.ErrStale) {
			t.Errorf("put %d (%s) with version %d: %d, %v; want %d", i, c.value, c.version, got, err, c.want)
		}
	}
	r, err := s.Get(ctx, "b", "k", day)
	if err != nil || string(r.Value) != "fourth" || r.Version != 4 || r.Key != "k" || !r.Expires.IsZero() {
		t.Errorf("get: %+v, %v", r, err)
	}
	for _, at := range [][2]string{{"b", "kk"}, {"b", "K"}, {"other", "k"}} {
		if _, err := s.Get(ctx, at[0], at[1], day); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("get of %q: %v", at, err)
		}
	}
	for range 2 { // the second time there is none
		if err := s.Delete(ctx, "b", "k"); err != nil {
			t.Errorf("delete: %v", err)
		}
	}
	if v, err := put("k", "again", time.Time{}, store.New); v != 1 || err != nil {
		t.Errorf("put after delete: %d, %v", v, err)
	}

	// Expiry: given up, prolonged, and swept.
	for i := range 10 {
		if _, err := put(fmt.Sprintf("e%d", i), "x", second(i), 0); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := put("e3", "prolonged", second(100), 1); err != nil {
		t.Fatal(err)
	}
	if _, err := put("e4", "for ever", time.Time{}, 0); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(ctx, "b", "e1"); err != nil {
		t.Fatal(err)
	}
	keys := func(now time.Time, p store.Page) (out []string) {
		list, err := s.Records(ctx, "b", now, p)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			out = append(out, r.Key)
		}
		return out
	}
	equal(t, "records at second 6", keys(second(6), store.Page{}), []string{"e3", "e4", "e7", "e8", "e9", "k"})
	equal(t, "two of them after e3", keys(second(6), store.Page{After: "e3", Limit: 2}), []string{"e4", "e7"})
	equal(t, "with a prefix, from the end", keys(second(6), store.Page{Prefix: "e", Reverse: true, Limit: 3}), []string{"e9", "e8", "e7"})
	equal(t, "long before", len(keys(day.AddDate(-300, 0, 0), store.Page{})), 10)
	if _, err := put("e5", "while expired", second(200), store.New); !errors.Is(err, store.ErrStale) {
		t.Errorf("an expired record is there until it is swept: %v", err)
	}
	sweep := func(now time.Time, limit, want int) {
		t.Helper()
		if n, err := s.Sweep(ctx, now, limit); n != want || err != nil {
			t.Errorf("sweep at %s up to %d: %d, %v; want %d", now, limit, n, err, want)
		}
	}
	sweep(second(6), 0, 0)
	sweep(second(6), 2, 2) // e0 and e2
	equal(t, "at the beginning of time after a sweep", keys(time.Time{}, store.Page{}), []string{"e3", "e4", "e5", "e6", "e7", "e8", "e9", "k"})
	sweep(second(6), 100, 2) // e5 and e6
	sweep(second(6), 100, 0)
	sweep(second(99), 100, 3)
	equal(t, "after all sweeping", keys(second(0), store.Page{}), []string{"e3", "e4", "k"})
	sweep(second(100), 100, 1)
	if v, err := put("e5", "anew", second(200), store.New); v != 1 || err != nil {
		t.Errorf("put after the sweep: %d, %v", v, err)
	}

	compareAndSet(t, s)
}

// compareAndSet: of many that put after having seen the same version exactly one wins, and the others are told.
func compareAndSet(t *testing.T, s store.Store) {
	const workers, rounds = 8, 10
	for round := range rounds {
		version := uint64(round)
		if round == 0 {
			version = store.New
		}
		var won, stale atomic.Int64
		var all sync.WaitGroup
		for w := range workers {
			all.Go(func() {
				_, err := s.Put(ctx, "counter", store.Record{Key: "n", Value: fmt.Append(nil, w)}, version)
				switch {
				case err == nil:
					won.Add(1)
				case errors.Is(err, store.ErrStale):
					stale.Add(1)
				default:
					t.Errorf("put: %v", err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 || stale.Load() != workers-1 {
			t.Errorf("round %d: %d won and %d were told that the record had changed", round, won.Load(), stale.Load())
		}
	}
}
