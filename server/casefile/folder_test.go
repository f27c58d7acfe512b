package casefile

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"luvat/definitions"
	"luvat/server/store/boltstore"
)

func titles(l *Listing) []string {
	out := []string{}
	for _, s := range l.Cases {
		out = append(out, s.Title)
	}
	return out
}

func TestFolder(t *testing.T) {
	w := newWorld(t, nil)
	var want []string
	for i := range 45 {
		w.clock.move(time.Second)
		c := w.open(company, 30)
		name := fmt.Sprintf("Tori %02d", i)
		w.must(w.Rename(w.ctx, company, c.ID, name))
		if i%9 == 0 {
			w.must(w.Withdraw(w.ctx, company, c.ID, Withdraw{}))
		}
		want = append([]string{name}, want...)
	}
	w.open(maija, 30)
	var got []string
	pages := 0
	for after := ""; ; pages++ {
		l, err := w.Folder(w.ctx, company, Query{After: after})
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, titles(l)...)
		if after = l.Next; after == "" {
			break
		}
	}
	if !slices.Equal(got, want) || pages != 2 {
		t.Errorf("over %d pages the folder has\n%v, not\n%v", pages+1, got, want)
	}
	l, err := w.Folder(w.ctx, company, Query{Phase: Closed, Limit: 3})
	if err != nil || !slices.Equal(titles(l), []string{"Tori 36", "Tori 27", "Tori 18"}) || l.Next == "" {
		t.Errorf("given up are %v (%v)", titles(l), err)
	}
	l, err = w.Folder(w.ctx, company, Query{Phase: Closed, Limit: 3, After: l.Next})
	if err != nil || !slices.Equal(titles(l), []string{"Tori 09", "Tori 00"}) || l.Next != "" {
		t.Errorf("given up are also %v, next %q (%v)", titles(l), l.Next, err)
	}
	if l, err = w.Folder(w.ctx, company, Query{Bundle: "other"}); err != nil || len(l.Cases) != 0 {
		t.Errorf("of another bundle there are %v (%v)", titles(l), err)
	}
	for words, want := range map[string][]string{
		"tori 44": {"Tori 44"}, "TOR 0": {"Tori 09", "Tori 08", "Tori 07", "Tori 06", "Tori 05", "Tori 04", "Tori 03", "Tori 02", "Tori 01", "Tori 00"}, "ori": {}, "44 tori kylä": {},
	} {
		if l, err = w.Folder(w.ctx, company, Query{Words: words, Limit: 50}); err != nil || !slices.Equal(titles(l), want) || l.More {
			t.Errorf("%q finds %v, not %v (%v)", words, titles(l), want, err)
		}
	}
	if l, err = w.Folder(w.ctx, company, Query{Words: "tori", Limit: 10}); err != nil || len(l.Cases) != 10 || !l.More {
		t.Errorf("a search for what all have finds %v, more %v (%v)", titles(l), l.More, err)
	}
	if l, err = w.Folder(w.ctx, maija, Query{}); err != nil || !slices.Equal(titles(l), []string{"Kyläjuhla"}) {
		t.Errorf("one's own folder has %v (%v)", titles(l), err)
	}
	employee := company
	employee.Party = ""
	if l, err = w.Folder(w.ctx, employee, Query{}); err != nil || len(l.Cases) != 0 {
		t.Errorf("for oneself the folder has %v (%v)", titles(l), err)
	}
	var forbidden *Forbidden
	if _, err = w.Folder(w.ctx, Actor{Authority: "lvv"}, Query{}); !errors.As(err, &forbidden) {
		t.Errorf("an authority lists folders: %v", err)
	}
}

func TestShared(t *testing.T) {
	w := newWorld(t, nil)
	c := w.open(company, 30)
	c, token, err := w.Invite(w.ctx, company, c.ID, Invite{Email: "olli@example.fi", Role: RoleEdit})
	w.must(c, err)
	w.must(w.Accept(w.ctx, olli, token))
	for _, q := range []Query{{Shared: true}, {Shared: true, Words: "kylä"}} {
		l, err := w.Folder(w.ctx, olli, q)
		if err != nil || len(l.Cases) != 1 || l.Cases[0].Holder != "Juhlat Oy" {
			t.Errorf("%+v lists %+v (%v)", q, l, err)
		}
	}
	w.must(w.Revoke(w.ctx, company, c.ID, olli.Account))
	for _, q := range []Query{{Shared: true}, {Shared: true, Words: "kylä"}} {
		if l, err := w.Folder(w.ctx, olli, q); err != nil || len(l.Cases) != 0 {
			t.Errorf("after it was revoked %+v lists %+v (%v)", q, l, err)
		}
	}
}

func TestSummary(t *testing.T) {
	w := newWorld(t, nil)
	c := w.open(maija, 300, "private_land")
	if s := c.Summary(); s.Due != "2026-08-01" || s.Phase != Draft || s.Holder != "" {
		t.Errorf("the summary of a draft is %+v", s)
	}
	c = w.send(maija, w.ready(maija, c)).Case
	if s := c.Summary(); s.Due != "" || s.Reference != c.Reference || s.Filings["sent"] != 2 || s.Filings["draft"] != 1 {
		t.Errorf("the summary of what was sent is %+v", s)
	}
	if l, err := w.Folder(w.ctx, maija, Query{Words: c.Reference[8:12]}); err != nil || len(l.Cases) != 1 {
		t.Errorf("by a part of its reference it is not found: %v", err)
	}
	if c.Lang != definitions.Finnish {
		t.Errorf("the language is %q", c.Lang)
	}
}

// BenchmarkFolder lists a folder of 50 cases on the embedded store, among more and more cases of others: the time must stay the same.
func BenchmarkFolder(b *testing.B) {
	for _, others := range []int{100, 10000} {
		b.Run(fmt.Sprint(others), func(b *testing.B) {
			st, err := boltstore.Open(filepath.Join(b.TempDir(), "cases.db"))
			if err != nil {
				b.Fatal(err)
			}
			defer st.Close()
			w := newWorld(b, st)
			for range 50 {
				w.open(company, 30)
			}
			var wait sync.WaitGroup
			for part := range 100 {
				wait.Go(func() {
					for i := range others / 100 {
						a := Actor{Account: fmt.Sprintf("acc-%d-%d", part, i%50)}
						if _, err := w.Service.Open(w.ctx, a, Open{Bundle: "fete", Title: "Muu juhla", Answers: answersOf(30)}); err != nil {
							b.Error(err)
						}
					}
				})
			}
			wait.Wait()
			b.ResetTimer()
			for b.Loop() {
				for _, q := range []Query{{}, {Phase: Sent}, {Words: "kylä"}} {
					if _, err := w.Folder(w.ctx, company, q); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
