package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"luvat/server/store"
)

// durable: what was acknowledged is there after the store was closed and opened again. (That it survives a kill is shown with a process
// to kill, in the backend's own test.)
func durable(t *testing.T, start func(*testing.T) Opener) {
	o := start(t)
	s := open(t, o)
	c := work("case-1", 0, "deliver", "", "w1", "w2", "w3", "w4")
	c.Rows = []store.RowChange{{Index: "folder", Key: "anna/1", Value: []byte("Festival")}}
	mustAppend(t, s, c)
	if _, err := s.Put(ctx, "session", store.Record{Key: "k", Value: []byte("v"), Expires: second(60)}, 0); err != nil {
		t.Fatal(err)
	}
	got, _ := claim(t, s, "deliver", second(0), 3)
	mustSettle(t, s, got[0], second(1), store.Outcome{Done: true})
	mustSettle(t, s, got[1], second(1), store.Outcome{Dead: true, Error: "410"})
	before := mustRead(t, s, "case-1")

	s = reopen(t, o, s)
	equal(t, "entries", mustRead(t, s, "case-1"), before)
	equal(t, "rows", mustList(t, s, "folder", store.Page{}), []store.Row{{Key: "anna/1", Value: []byte("Festival")}})
	r, err := s.Get(ctx, "session", "k", second(59))
	if err != nil || string(r.Value) != "v" || r.Version != 1 || !r.Expires.Equal(second(60)) {
		t.Errorf("record: %+v, %v", r, err)
	}
	if _, err := s.Get(ctx, "session", "k", second(60)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("expired record: %v", err)
	}
	equal(t, "dead", deadIDs(t, s, "deliver", store.Page{}), []string{"w2"})
	_, ids := claim(t, s, "deliver", second(9), 10)
	equal(t, "claimable while w3 is under its lease", ids, []string{"w4"})
	mustSettle(t, s, got[2], second(9), store.Outcome{Done: true}) // a claim outlives the store's closing
	c.After = 1
	mustAppend(t, s, c) // the ids are known, w1 as done
	_, ids = claim(t, s, "deliver", second(100), 10)
	equal(t, "claimable after the same ids were added again", ids, []string{"w4"})
}

func numbered(t *testing.T, start func(*testing.T) Opener) {
	o := start(t)
	s := open(t, o)
	if got := mustRead(t, s, "nobody"); len(got) != 0 {
		t.Errorf("a case that does not exist has %d entries", len(got))
	}
	for seq := range 20 {
		if seq == 10 {
			s = reopen(t, o, s)
		}
		entries := mustAppend(t, s, change("case-1", uint64(seq)))
		if len(entries) != 1 || entries[0].Seq != uint64(seq+1) {
			t.Fatalf("append after %d returned %+v", seq, entries)
		}
	}
	several := store.Change{Case: "case-1", After: 20, Entries: []store.NewEntry{entry("a"), entry("b"), entry("c")}}
	equal(t, "what Append returned and what Read returns", mustAppend(t, s, several), mustRead(t, s, "case-1")[20:])

	for _, after := range []uint64{0, 1, 22, 24, 1000, math.MaxUint64} {
		c := change("case-1", after)
		c.Rows = []store.RowChange{{Index: "i", Key: "k", Value: []byte("v")}}
		c.Work = []store.NewWork{{ID: "w", Queue: "q"}}
		_, err := s.Append(ctx, c)
		var conflict *store.ConflictError
		if !errors.As(err, &conflict) || *conflict != (store.ConflictError{Case: "case-1", After: after, Last: 23}) {
			t.Errorf("append after %d of 23: %v", after, err)
		}
	}
	equal(t, "entries after the conflicts", len(mustRead(t, s, "case-1")), 23)
	equal(t, "rows after the conflicts", len(mustList(t, s, "i", store.Page{})), 0)
	if _, ok, _ := s.NextDue(ctx, "q"); ok {
		t.Error("a conflict left work behind")
	}

	for _, c := range []struct {
		after uint64
		want  int
	}{{0, 23}, {1, 22}, {22, 1}, {23, 0}, {24, 0}, {math.MaxUint64, 0}} {
		entries, err := s.Read(ctx, "case-1", c.after)
		if err != nil || len(entries) != c.want || c.want > 0 && entries[0].Seq != c.after+1 {
			t.Errorf("read after %d: %d entries, %v; want %d", c.after, len(entries), err, c.want)
		}
	}

	// A name that begins as another, or sorts next to it, is another case.
	for i, name := range []string{"case", "case-", "case-10", "case-1/", "case-1\x01", "case-1\u00ff", "CASE-1"} {
		mustAppend(t, s, change(name, 0))
		equal(t, fmt.Sprintf("entries of case-1 beside %d others", i+1), len(mustRead(t, s, "case-1")), 23)
		equal(t, "entries of "+name, len(mustRead(t, s, name)), 1)
	}
}

func chained(t *testing.T, start func(*testing.T) Opener) {
	s := open(t, start(t))
	data := []json.RawMessage{
		nil, json.RawMessage(`null`), json.RawMessage(" {\n \"b\" : 1 , \"a\":\t[ ] } "), json.RawMessage(`{"html":"<b>&</b>","long":1e400,"n":0.10}`),
		json.RawMessage("\"\u2028 ääkköset \\u0041\""), json.RawMessage(`"` + strings.Repeat("x", 200_000) + `"`),
	}
	for i, d := range data {
		e := entry("saved")
		e.At = time.Date(2027, 3, 1, 14, 0, i, 123456789, time.FixedZone("EET", 2*3600))
		e.Data = d
		got := mustAppend(t, s, store.Change{Case: "c", After: uint64(i), Entries: []store.NewEntry{e}})[0]
		if want := time.Date(2027, 3, 1, 12, 0, i, 123456000, time.UTC); got.At != want {
			t.Errorf("entry %d: at %s, want %s", i+1, got.At, want)
		}
	}
	entries := mustRead(t, s, "c")
	equal(t, "data as kept", string(entries[2].Data), `{"b":1,"a":[]}`)
	equal(t, "data that is nothing", string(entries[0].Data), `null`)
	equal(t, "the numbers of data", string(entries[3].Data), `{"html":"\u003cb\u003e\u0026\u003c/b\u003e","long":1e400,"n":0.10}`)
	for i, e := range entries {
		if e.Hash != e.Digest() {
			t.Errorf("entry %d has not the hash of its content", i+1)
		}
		if i > 0 && e.Prev != entries[i-1].Hash {
			t.Errorf("entry %d does not name the one before", i+1)
		}
	}

	// Written out, read by somebody else, and verified there.
	for _, indent := range []string{"", "  "} {
		text, err := json.MarshalIndent(entries, "", indent)
		if err != nil {
			t.Fatal(err)
		}
		var again []store.Entry
		if err := json.Unmarshal(text, &again); err != nil {
			t.Fatal(err)
		}
		if err := store.VerifyChain(again); err != nil || len(again) != len(entries) {
			t.Errorf("the chain as JSON with indentation %q: %v", indent, err)
		}
	}
}

// together: entries, rows and work of one change are there together or not at all, from Settle as from Append.
func together(t *testing.T, start func(*testing.T) Opener) {
	s := open(t, start(t))
	full := func(caseID string, after uint64) store.Change {
		c := work(caseID, after, "q", "", fmt.Sprintf("%s-w%d", caseID, after))
		c.Rows = []store.RowChange{{Index: "i", Key: caseID, Value: fmt.Appendf(nil, "%d", after+1)}, {Index: "j", Key: caseID, Value: []byte("x")}}
		return c
	}
	now := 1000
	sizes := func() string {
		now += 10 // the leases of the last look have run out
		_, ids := claim(t, s, "q", second(now), 100)
		slices.Sort(ids)
		return fmt.Sprint(len(mustRead(t, s, "c")), len(mustList(t, s, "i", store.Page{})), len(mustList(t, s, "j", store.Page{})), ids)
	}
	mustAppend(t, s, full("c", 0))
	equal(t, "after one change", sizes(), "1 1 1 [c-w0]")

	if _, err := s.Append(ctx, full("c", 7)); err == nil {
		t.Fatal("a conflict was accepted")
	}
	equal(t, "after a conflict", sizes(), "1 1 1 [c-w0]")

	// The last change of a row counts, and a row can go.
	c := full("c", 1)
	c.Rows = []store.RowChange{
		{Index: "i", Key: "c", Delete: true}, {Index: "j", Key: "c", Delete: true}, {Index: "j", Key: "c", Value: nil}, {Index: "i", Key: "never", Delete: true},
	}
	mustAppend(t, s, c)
	equal(t, "after deleting a row and one written again", sizes(), "2 0 1 [c-w0 c-w1]")

	// Rows and work without an entry, if the case is where it was.
	c = full("c", 2)
	c.Entries = nil
	if got := mustAppend(t, s, c); len(got) != 0 {
		t.Errorf("no entries were appended but %d returned", len(got))
	}
	c.After = 1
	if _, err := s.Append(ctx, c); err == nil {
		t.Error("rows were written for a case that has gone on")
	}

	got, err := s.Claim(ctx, "q", second(2000), 10*time.Second, 10)
	if err != nil || len(got) != 3 {
		t.Fatalf("claim: %d, %v", len(got), err)
	}
	if _, err := s.Settle(ctx, got[0], second(2001), store.Outcome{Done: true}, full("c", 1)); err == nil {
		t.Error("settled with a change that conflicts")
	}
	entries, err := s.Settle(ctx, got[0], second(2001), store.Outcome{Done: true}, full("c", 2)) // so the claim stood
	if err != nil || len(entries) != 1 || entries[0].Seq != 3 {
		t.Fatalf("settle with a change: %+v, %v", entries, err)
	}
	if _, err := s.Settle(ctx, got[0], second(2001), store.Outcome{Done: true}, full("c", 3)); !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("settled twice: %v", err)
	}
	if _, err := s.Settle(ctx, got[1], second(2020), store.Outcome{Done: true}, full("c", 3)); !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("settled after the lease: %v", err)
	}
	if _, err := s.Settle(ctx, got[1], second(2001), store.Outcome{Done: true, Dead: true}, full("c", 3)); err == nil {
		t.Error("settled as done and dead")
	}
	if _, err := s.Settle(ctx, got[1], second(2001), store.Outcome{}, full("c", 3)); err == nil {
		t.Error("settled as nothing")
	}
	equal(t, "entries after refused settling", len(mustRead(t, s, "c")), 3)
	equal(t, "row after refused settling", mustList(t, s, "i", store.Page{})[0].Value, []byte("3"))
}
