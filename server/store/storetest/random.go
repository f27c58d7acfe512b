package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"luvat/server/store"
)

// random does the same random actions on a backend and on Memory, closing and opening among them, and compares every answer and, after
// every action, all that can be seen.
func random(t *testing.T, start func(*testing.T) Opener) {
	rapid.Check(t, func(r *rapid.T) {
		o := start(t)
		s, err := o.Open()
		if err != nil {
			r.Fatal(err)
		}
		m := &machine{opener: o, real: s, model: NewMemory()}
		defer func() { m.real.Close() }()
		r.Repeat(map[string]func(*rapid.T){
			"":       m.compare,
			"append": m.append,
			"claim":  m.claim,
			"settle": m.settle,
			"revive": m.revive,
			"put":    m.put,
			"delete": m.delete,
			"sweep":  m.sweep,
			"list":   m.list,
			"reopen": m.reopen,
		})
	})
}

type machine struct {
	opener Opener
	real   store.Store
	model  *Memory
	claims []pair // every claim ever made, also those that are lost
}

// pair is one claim, by the names that the two stores gave it.
type pair struct{ real, model store.Work }

// Few names, so that the actions meet.
var (
	caseNames  = rapid.SampledFrom([]string{"a", "a/", "b"})
	indexNames = rapid.SampledFrom([]string{"i", "ii"})
	queueNames = rapid.SampledFrom([]string{"q", "r"})
	laneNames  = rapid.SampledFrom([]string{"", "l", "l", "m"})
	ids        = rapid.Map(rapid.IntRange(0, 11), func(n int) string { return fmt.Sprintf("w%d", n) })
	keys       = rapid.SampledFrom([]string{"a", "a\x00", "a/1", "b", "\xff", "\xff\xff"})
	keyParts   = rapid.SampledFrom([]string{"", "a", "a/", "a/1", "b", "\xff", "z"})
	values     = rapid.SliceOfN(rapid.Byte(), 0, 5)
	times      = rapid.Map(rapid.IntRange(-5, 20), func(n int) time.Time { return second(n).Add(time.Duration(n) * 100 * time.Nanosecond) }) // the clock jumps
)

// after is the last entry of a case, and now and then another.
func (m *machine) after(r *rapid.T, caseID string) uint64 {
	last := len(m.model.Cases[caseID])
	if rapid.IntRange(0, 5).Draw(r, "stale") == 0 {
		last = rapid.IntRange(0, last+1).Draw(r, "after")
	}
	return uint64(last)
}

func (m *machine) change(r *rapid.T) store.Change {
	c := store.Change{Case: caseNames.Draw(r, "case")}
	c.After = m.after(r, c.Case)
	for range rapid.IntRange(0, 2).Draw(r, "entries") {
		e := entry(rapid.SampledFrom([]string{"saved", "sent"}).Draw(r, "kind"))
		e.At = times.Draw(r, "at")
		c.Entries = append(c.Entries, e)
	}
	for range rapid.IntRange(0, 3).Draw(r, "rows") {
		c.Rows = append(c.Rows, store.RowChange{
			Index: indexNames.Draw(r, "index"), Key: keys.Draw(r, "key"), Value: values.Draw(r, "value"), Delete: rapid.Bool().Draw(r, "delete"),
		})
	}
	for range rapid.IntRange(0, 3).Draw(r, "works") {
		c.Work = append(c.Work, store.NewWork{
			ID: c.Case + ids.Draw(r, "id"), Queue: queueNames.Draw(r, "queue"), Lane: laneNames.Draw(r, "lane"), Due: times.Draw(r, "due"),
		})
	}
	return c
}

// same compares two answers and the kinds of their errors.
func same(r *rapid.T, what string, got any, gotErr error, want any, wantErr error) {
	r.Helper()
	kind := func(err error) string {
		var conflict *store.ConflictError
		for _, known := range []error{store.ErrNotFound, store.ErrStale, store.ErrLeaseLost, store.ErrClosed, store.ErrFull} {
			if errors.Is(err, known) {
				return known.Error()
			}
		}
		if err != nil && !errors.As(err, &conflict) {
			return "refused"
		}
		return fmt.Sprint(err)
	}
	if g, w := kind(gotErr), kind(wantErr); g != w {
		r.Fatalf("%s: the error is %q (%v), the model's %q (%v)", what, g, gotErr, w, wantErr)
	}
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); gotErr == nil && g != w {
		r.Fatalf("%s:\n got %s\nwant %s", what, g, w)
	}
}

// plain is work without the name of the claim, which is each store's own.
func plain(list []store.Work) []store.Work {
	out := make([]store.Work, len(list))
	for i, w := range list {
		out[i] = w
		out[i].Lease = ""
	}
	return out
}

func (m *machine) append(r *rapid.T) {
	c := m.change(r)
	got, gotErr := m.real.Append(ctx, c)
	want, wantErr := m.model.Append(ctx, c)
	same(r, "append", len(got), gotErr, len(want), wantErr)
	for i := range want {
		same(r, "appended entry", got[i], nil, want[i], nil)
	}
}

func (m *machine) claim(r *rapid.T) {
	queue, now, n := queueNames.Draw(r, "queue"), times.Draw(r, "now"), rapid.IntRange(1, 3).Draw(r, "n")
	lease := time.Duration(rapid.IntRange(1, 8).Draw(r, "lease")) * time.Second
	got, gotErr := m.real.Claim(ctx, queue, now, lease, n)
	want, wantErr := m.model.Claim(ctx, queue, now, lease, n)
	same(r, "claim", plain(got), gotErr, plain(want), wantErr)
	for i := range got {
		m.claims = append(m.claims, pair{got[i], want[i]})
	}
}

func (m *machine) settle(r *rapid.T) {
	if len(m.claims) == 0 {
		return
	}
	// Mostly one of the last claims, which may still hold.
	back := rapid.IntRange(1, min(len(m.claims), 4)).Draw(r, "back")
	if rapid.IntRange(0, 5).Draw(r, "old") == 0 {
		back = rapid.IntRange(1, len(m.claims)).Draw(r, "back")
	}
	p := m.claims[len(m.claims)-back]
	o := rapid.SampledFrom([]store.Outcome{
		{Done: true}, {Again: second(3), Error: "503"}, {Again: second(12)}, {Dead: true, Error: "410"}, {Dead: true}, {Done: true, Dead: true},
	}).Draw(r, "outcome")
	var c store.Change
	if rapid.Bool().Draw(r, "with a change") {
		c = m.change(r)
	}
	now := times.Draw(r, "now")
	got, gotErr := m.real.Settle(ctx, p.real, now, o, c)
	want, wantErr := m.model.Settle(ctx, p.model, now, o, c)
	same(r, "settle", len(got), gotErr, len(want), wantErr)
}

func (m *machine) revive(r *rapid.T) {
	id, due := "a"+ids.Draw(r, "id"), times.Draw(r, "due")
	if all := append(m.dead(r, "q"), m.dead(r, "r")...); len(all) > 0 {
		id = rapid.SampledFrom(all).Draw(r, "dead")
	}
	same(r, "revive", nil, m.real.Revive(ctx, id, due), nil, m.model.Revive(ctx, id, due))
}

func (m *machine) dead(r *rapid.T, queue string) (out []string) {
	list, err := m.model.Dead(ctx, queue, store.Page{})
	if err != nil {
		r.Fatal(err)
	}
	for _, w := range list {
		out = append(out, w.ID)
	}
	return out
}

func (m *machine) put(r *rapid.T) {
	bucket := indexNames.Draw(r, "bucket")
	rec := store.Record{Key: keys.Draw(r, "key"), Value: values.Draw(r, "value")}
	if rapid.Bool().Draw(r, "expires") {
		rec.Expires = times.Draw(r, "at")
	}
	version := rapid.SampledFrom([]uint64{0, store.New, 1, 2, 3, m.model.Buckets[bucket][rec.Key].Version}).Draw(r, "version")
	got, gotErr := m.real.Put(ctx, bucket, rec, version)
	want, wantErr := m.model.Put(ctx, bucket, rec, version)
	same(r, "put", got, gotErr, want, wantErr)
}

func (m *machine) delete(r *rapid.T) {
	bucket, key := indexNames.Draw(r, "bucket"), keys.Draw(r, "key")
	same(r, "delete", nil, m.real.Delete(ctx, bucket, key), nil, m.model.Delete(ctx, bucket, key))
}

func (m *machine) sweep(r *rapid.T) {
	now, limit := times.Draw(r, "now"), rapid.IntRange(0, 3).Draw(r, "limit")
	got, gotErr := m.real.Sweep(ctx, now, limit)
	want, wantErr := m.model.Sweep(ctx, now, limit)
	same(r, "sweep", got, gotErr, want, wantErr)
}

func (m *machine) list(r *rapid.T) {
	p := store.Page{
		Prefix: keyParts.Draw(r, "prefix"), After: keyParts.Draw(r, "after"), Limit: rapid.IntRange(0, 3).Draw(r, "limit"), Reverse: rapid.Bool().Draw(r, "reverse"),
	}
	name, now := indexNames.Draw(r, "name"), times.Draw(r, "now")
	rows, rowsErr := m.real.List(ctx, name, p)
	wantRows, wantRowsErr := m.model.List(ctx, name, p)
	same(r, "list", rows, rowsErr, wantRows, wantRowsErr)
	records, recordsErr := m.real.Records(ctx, name, now, p)
	wantRecords, wantRecordsErr := m.model.Records(ctx, name, now, p)
	same(r, "records", records, recordsErr, wantRecords, wantRecordsErr)
}

func (m *machine) reopen(r *rapid.T) {
	if err := m.real.Close(); err != nil {
		r.Fatalf("close: %v", err)
	}
	s, err := m.opener.Open()
	if err != nil {
		r.Fatalf("open: %v", err)
	}
	m.real = s
}

// compare looks at all that can be seen without changing anything.
func (m *machine) compare(r *rapid.T) {
	for _, name := range []string{"a", "a/", "b"} {
		got, gotErr := m.real.Read(ctx, name, 0)
		want, wantErr := m.model.Read(ctx, name, 0)
		same(r, "read "+name, got, gotErr, want, wantErr)
		if err := store.VerifyChain(got); err != nil {
			r.Fatal(err)
		}
	}
	for _, name := range []string{"i", "ii"} {
		rows, rowsErr := m.real.List(ctx, name, store.Page{})
		wantRows, wantRowsErr := m.model.List(ctx, name, store.Page{})
		same(r, "list "+name, rows, rowsErr, wantRows, wantRowsErr)
		records, recordsErr := m.real.Records(ctx, name, time.Time{}, store.Page{})
		wantRecords, wantRecordsErr := m.model.Records(ctx, name, time.Time{}, store.Page{})
		same(r, "records "+name, records, recordsErr, wantRecords, wantRecordsErr)
	}
	for _, name := range []string{"q", "r"} {
		dead, deadErr := m.real.Dead(ctx, name, store.Page{})
		wantDead, wantDeadErr := m.model.Dead(ctx, name, store.Page{})
		same(r, "dead "+name, plain(dead), deadErr, plain(wantDead), wantDeadErr)
		due, ok, dueErr := m.real.NextDue(ctx, name)
		wantDue, wantOK, wantDueErr := m.model.NextDue(ctx, name)
		same(r, "next due of "+name, fmt.Sprint(due, ok), dueErr, fmt.Sprint(wantDue, wantOK), wantDueErr)
	}
}
