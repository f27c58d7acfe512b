package storetest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"luvat/server/store"
)

// refused: what breaks a rule is refused with the place, and what came with it is not written either.
func refused(t *testing.T, start func(*testing.T) Opener) {
	s := open(t, start(t))
	long := strings.Repeat("x", store.MaxName+1)
	base := func() store.Change {
		c := work("c", 0, "q", "lane", "w0", "w1")
		c.Rows = []store.RowChange{{Index: "i", Key: "k"}, {Index: "i", Key: "l"}}
		return c
	}
	for _, c := range []struct {
		break_ func(*store.Change)
		says   string
	}{
		{func(c *store.Change) { c.Case = "" }, "the name of the case is missing"},
		{func(c *store.Change) { c.Case = "a\x00b" }, "is not plain text"},
		{func(c *store.Change) { c.Case = "a\xff" }, "is not plain text"},
		{func(c *store.Change) { c.Case = long }, "has 256 bytes, more than 255"},
		{func(c *store.Change) { c.Entries[0].Kind = "" }, "entry 1 of 1 of the change: its kind is missing"},
		{func(c *store.Change) { c.Entries[0].By = "a\x00" }, "who did it is not plain text"},
		{func(c *store.Change) { c.Entries[0].For = long }, "on whose behalf has 256 bytes"},
		{func(c *store.Change) { c.Entries[0].Edition = "\xc3" }, "its edition is not plain text"},
		{func(c *store.Change) { c.Entries[0].Data = json.RawMessage(`{"a":}`) }, "the data is not JSON: something is wrong at byte 6 of 6"},
		{func(c *store.Change) { c.Entries[0].At = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }, "its time is in the year 10000"},
		{func(c *store.Change) { c.Rows[1].Index = "" }, "row 2 of 2 of the change: the name of its index is missing"},
		{func(c *store.Change) { c.Rows[1].Index = "i\x00" }, "the name of its index is not plain text"},
		{func(c *store.Change) { c.Rows[1].Key = "" }, "its key is missing"},
		{func(c *store.Change) { c.Rows[1].Key = strings.Repeat("k", store.MaxKey+1) }, "its key has 1025 bytes, more than 1024"},
		{func(c *store.Change) { c.Work[1].ID = "" }, "work 2 of 2 of the change: its id is missing"},
		{func(c *store.Change) { c.Work[1].ID = long }, "its id has 256 bytes"},
		{func(c *store.Change) { c.Work[1].Queue = "" }, "its queue is missing"},
		{func(c *store.Change) { c.Work[1].Lane = "l\x00" }, "its lane is not plain text"},
		{func(c *store.Change) { c.Work[1].Data = json.RawMessage(`nul`) }, "the data is not JSON"},
		{func(c *store.Change) { c.Work[1].Due = time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC) }, "the time it is due is in the year -1"},
	} {
		change := base()
		c.break_(&change)
		if _, err := s.Append(ctx, change); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("append: got the error %v, want one that says %q", err, c.says)
		}
	}
	equal(t, "entries", len(mustRead(t, s, "c")), 0)
	equal(t, "rows", len(mustList(t, s, "i", store.Page{})), 0)
	if _, ok, _ := s.NextDue(ctx, "q"); ok {
		t.Error("refused work is there")
	}
	mustAppend(t, s, base())
	got, _ := claim(t, s, "q", second(0), 1)
	for _, c := range []struct {
		outcome store.Outcome
		change  store.Change
		says    string
	}{
		{store.Outcome{}, store.Change{}, "exactly one of: done, again at a time, dead"},
		{store.Outcome{Done: true, Again: day}, store.Change{}, "exactly one of"},
		{store.Outcome{Done: true}, store.Change{Entries: []store.NewEntry{entry("e")}}, "names no case"},
		{store.Outcome{Dead: true, Error: "a\x00"}, store.Change{}, "what went wrong is not plain text"},
		{store.Outcome{Done: true}, store.Change{Case: "c", After: 1, Entries: []store.NewEntry{{}}}, "its kind is missing"},
	} {
		if _, err := s.Settle(ctx, got[0], second(1), c.outcome, c.change); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("settle: got the error %v, want one that says %q", err, c.says)
		}
	}
	mustSettle(t, s, got[0], second(1), store.Outcome{Done: true})

	// A bucket and a key are two names: no spelling of one reaches into the other.
	if _, err := s.Put(ctx, "a", store.Record{Key: "b\x00c"}, 0); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"get":     func() error { _, err := s.Get(ctx, "a\x00b", "c", day); return err }(),
		"delete":  s.Delete(ctx, "a\x00b", "c"),
		"put":     func() error { _, err := s.Put(ctx, "a\x00b", store.Record{Key: "c"}, 0); return err }(),
		"records": func() error { _, err := s.Records(ctx, "a\x00b", day, store.Page{}); return err }(),
		"read":    func() error { _, err := s.Read(ctx, "c\x00", 0); return err }(),
		"list":    func() error { _, err := s.List(ctx, "", store.Page{}); return err }(),
		"claim":   func() error { _, err := s.Claim(ctx, "q\x00", day, time.Hour, 1); return err }(),
		"dead":    func() error { _, err := s.Dead(ctx, "", store.Page{}); return err }(),
		"next":    func() error { _, _, err := s.NextDue(ctx, ""); return err }(),
		"revive":  s.Revive(ctx, "", day),
	} {
		if err == nil {
			t.Errorf("%s took a name that cannot be one", name)
		}
	}
	for _, r := range []store.Record{{}, {Key: strings.Repeat("k", store.MaxKey+1)}, {Key: "k", Expires: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}} {
		if _, err := s.Put(ctx, "b", r, 0); err == nil {
			t.Errorf("put took a record with a key of %d bytes that expires in %s", len(r.Key), r.Expires)
		}
	}
	if r, err := s.Get(ctx, "a", "b\x00c", day); err != nil || r.Version != 1 {
		t.Errorf("the record whose name others tried to reach: %+v, %v", r, err)
	}
}
