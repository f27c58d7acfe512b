package casefile

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing/fstest"
	"time"

	"luvat/definitions"
	"luvat/engine"
	"luvat/forms"
	"luvat/server/store"
	"luvat/server/store/storetest"
)

// fetes are the editions of the bundle in testdata, over the authorities, laws and processes that come with the program.
type fetes struct {
	all []Edition
}

var loadFetes = sync.OnceValues(func() (*fetes, error) {
	files := fstest.MapFS{}
	for _, tree := range []struct {
		from fs.FS
		dirs []string
	}{{definitions.Embedded().FS, []string{"shared"}}, {os.DirFS("testdata"), []string{"shared", "bundles"}}} {
		for _, dir := range tree.dirs {
			err := fs.WalkDir(tree.from, dir, func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), "registers") {
					return err
				}
				text, err := fs.ReadFile(tree.from, path)
				files[path] = &fstest.MapFile{Data: text}
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	lib, found := definitions.Load(definitions.Root{Name: "test", FS: files})
	if found.HasErrors() {
		return nil, fmt.Errorf("%v", found)
	}
	e, found := engine.Compile(lib)
	if found.HasErrors() {
		return nil, fmt.Errorf("%v", found)
	}
	out := &fetes{}
	for _, p := range e.Programs() {
		book, found := forms.Compile(p)
		if found.HasErrors() {
			return nil, fmt.Errorf("%v", found)
		}
		out.all = append(out.all, Edition{ID: p.Bundle.ID + "@" + p.Bundle.Version, Program: p, Book: book})
	}
	return out, nil
})

func (f *fetes) Current(bundle string, on definitions.Date) (Edition, error) {
	for _, e := range f.all {
		b := e.Program.Bundle
		if b.ID == bundle && b.From <= on && (b.Until == definitions.NoDate || on <= b.Until) {
			return e, nil
		}
	}
	return Edition{}, fmt.Errorf("no bundle %s on %s", bundle, on)
}

func (f *fetes) Edition(id string) (Edition, error) {
	for _, e := range f.all {
		if e.ID == id {
			return e, nil
		}
	}
	return Edition{}, fmt.Errorf("no edition %s", id)
}

// channelsBy gives channels by the beginning of an authority's id; Direct for all others.
type channelsBy map[string]Channel

func (c channelsBy) Channel(_ context.Context, authority string) (Channel, error) {
	for begin, channel := range c {
		if authority != "" && strings.HasPrefix(authority, begin) {
			return channel, nil
		}
	}
	return Direct, nil
}

// hands is a clock that a test sets.
type hands struct {
	mu  sync.Mutex
	now time.Time
}

func (h *hands) time() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hands) move(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

// world is a service on a store with a clock.
type world struct {
	*Service
	t     tester
	store store.Store
	clock *hands
	ctx   context.Context
}

// tester is what *testing.T, *testing.B and *rapid.T have in common here.
type tester interface {
	Helper()
	Error(...any)
	Errorf(string, ...any)
	Fatal(...any)
	Fatalf(string, ...any)
}

func newWorld(t tester, st store.Store) *world {
	t.Helper()
	editions, err := loadFetes()
	if err != nil {
		t.Fatalf("%.1000s", err)
	}
	if st == nil {
		st = storetest.NewMemory()
	}
	w := &world{t: t, store: st, clock: &hands{now: time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)}, ctx: context.Background()}
	channels := channelsBy{"pol-": Integration, "pel-": Light, "traficom": Light}
	w.Service = New(st, editions, channels, w.clock.time, rand.Reader)
	return w
}

var (
	maija   = Actor{Account: "acc-maija", Name: "Maija Virtanen"}
	olli    = Actor{Account: "acc-olli", Name: "Olli Laine"}
	company = Actor{Account: "acc-eeva", Name: "Eeva Salo", Party: "1234567-1", PartyName: "Juhlat Oy"}
)

func answersOf(visitors int, more ...string) map[string]any {
	out := map[string]any{"town": "853", "opens": "2026-08-15", "visitors": float64(visitors), "lasers": false, "private_land": false}
	for _, q := range more {
		out[q] = true
	}
	return out
}

// open begins a case of Maija's.
func (w *world) open(a Actor, visitors int, more ...string) *Case {
	w.t.Helper()
	c, err := w.Service.Open(w.ctx, a, Open{Bundle: "fete", Lang: definitions.Finnish, Title: "Kyläjuhla", Answers: answersOf(visitors, more...)})
	return w.must(c, err)
}

func (w *world) must(c *Case, err error) *Case {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

const sum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// ready fills everything that sending asks for.
func (w *world) ready(a Actor, c *Case) *Case {
	w.t.Helper()
	c = w.must(w.Save(w.ctx, a, c.ID, Save{Base: c.Seq, Changes: forms.Data{
		"term/organiser.name": "Kyläyhdistys ry", "form/notice/summary": "Kyläjuhla rannassa", "form/rescue/exits": 4.0, "form/beams/power": 2.5}}))
	c, _, err := w.Attach(w.ctx, a, c.ID, File{Slot: "site_map", Name: "kartta.pdf", Type: "application/pdf", Size: 10, SHA256: sum})
	return w.must(c, err)
}

// send checks and submits.
func (w *world) send(a Actor, c *Case) *Sending {
	w.t.Helper()
	check, err := w.Check(w.ctx, a, c.ID, definitions.English)
	if err != nil {
		w.t.Fatal(err)
	}
	sent, err := w.Submit(w.ctx, a, c.ID, Submit{Ticket: check.Ticket, Lang: definitions.English})
	if err != nil {
		w.t.Fatalf("%v: %+v", err, check.InTheWay)
	}
	return sent
}

// works lists all work of a queue without taking it for good.
func (w *world) works(queue string) []store.Work {
	w.t.Helper()
	var out []store.Work
	for {
		got, err := w.store.Claim(w.ctx, queue, w.clock.time(), time.Hour, 100)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(got) == 0 {
			return out
		}
		out = append(out, got...)
	}
}

// verify holds the case against its ledger: the chain, the fold, the rows, the times.
func (w *world) verify(c *Case) {
	w.t.Helper()
	entries, err := w.store.Read(w.ctx, c.ID, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := store.VerifyChain(entries); err != nil {
		w.t.Error(err)
	}
	folded := w.must(Fold(entries))
	if a, b := dump(folded), dump(c); a != b {
		w.t.Errorf("the case and the fold of its ledger differ:\n%s\n%s", b, a)
	}
	for i := 1; i < len(entries); i++ {
		if entries[i].At.Before(entries[i-1].At) {
			w.t.Errorf("entry %d is of %s, before the one before it", i+1, entries[i].At)
		}
	}
	want := map[string]string{}
	for _, r := range Rows(folded) {
		want[r.Index+" "+r.Key] = string(r.Value)
	}
	for _, index := range []string{caseIndex, folderIndex, sharedIndex, textIndex, referenceIndex, officeIndex, filingIndex, documentIndex} {
		for _, r := range w.rows(index) {
			if !strings.Contains(r.Key, c.ID) && !strings.Contains(string(r.Value), c.ID) {
				continue
			}
			if v, ok := want[index+" "+r.Key]; !ok || v != string(r.Value) {
				w.t.Errorf("index %s has the row %s %s; from scratch it is %q", index, r.Key, r.Value, v)
			}
			delete(want, index+" "+r.Key)
		}
	}
	for key := range want {
		w.t.Errorf("the row %s is missing", key)
	}
}

func (w *world) rows(index string) []store.Row {
	w.t.Helper()
	var all []store.Row
	for page := (store.Page{Limit: 1000}); ; {
		rows, err := w.store.List(w.ctx, index, page)
		if err != nil {
			w.t.Fatal(err)
		}
		all = append(all, rows...)
		if len(rows) < 1000 {
			return all
		}
		page.After = rows[len(rows)-1].Key
	}
}

// dump writes out a case, with what is not exported.
func dump(c *Case) string {
	raw, err := json.Marshal(struct {
		*Case
		Added map[string]*Attachment
		Done  map[string]uint64
	}{c, c.added, c.done})
	if err != nil {
		panic(err)
	}
	return string(raw)
}
