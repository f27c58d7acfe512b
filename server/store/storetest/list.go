package storetest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"luvat/server/store"
)

func listed(t *testing.T, start func(*testing.T) Opener) {
	s := open(t, start(t))
	keys := []string{
		"a", "a\x00", "a\x00b", "a/", "a/1", "a/10", "a/2", "aa", "b", "\x00", "\x01", "\xff", "\xff\xff", "\xff\xffa", "ä", "z\xff", "z\xff\xff", "z\xffa", strings.Repeat("k", store.MaxKey),
	}
	c := change("c", 0)
	for i, key := range keys {
		c.Rows = append(c.Rows, store.RowChange{Index: "i", Key: key, Value: fmt.Append(nil, i)})
	}
	// The neighbours in byte order must not be seen in i.
	for _, other := range []string{"h", "i0", "i\x01", "j", "ia"} {
		c.Rows = append(c.Rows, store.RowChange{Index: other, Key: "a/1"}, store.RowChange{Index: other, Key: "\xff\xff\xff"})
	}
	mustAppend(t, s, c)
	slices.Sort(keys)

	list := func(p store.Page) []string {
		var out []string
		for _, r := range mustList(t, s, "i", p) {
			out = append(out, r.Key)
		}
		return out
	}
	want := func(p store.Page) []string { return pageOf(slices.Clone(keys), p) }
	befores := append([]string{"", "a/1\x00", "c", "\xff\xff\xff"}, keys...)
	for _, prefix := range []string{"", "a", "a/", "a/1", "a\x00", "\xff", "\xff\xff", "z\xff", "none", "zz"} {
		for _, after := range befores {
			for _, limit := range []int{0, 1, 3} {
				for _, reverse := range []bool{false, true} {
					p := store.Page{Prefix: prefix, After: after, Limit: limit, Reverse: reverse}
					if got := list(p); !slices.Equal(got, want(p)) {
						t.Errorf("list of %+v: got %q, want %q", p, got, want(p))
					}
				}
			}
		}
	}
	for _, r := range mustList(t, s, "i", store.Page{Prefix: "a/1", Limit: 1}) {
		equal(t, "a value", string(r.Value), fmt.Sprint(4))
	}
	equal(t, "an index that does not exist", len(mustList(t, s, "never", store.Page{})), 0)

	for i := range 150 {
		mustAppend(t, s, store.Change{Case: "c", After: 1, Rows: []store.RowChange{{Index: "many", Key: fmt.Sprintf("%03d", i)}}})
	}
	equal(t, "a page without a limit", len(mustList(t, s, "many", store.Page{})), 100)
	pagesWhileWriting(t, s)
}

// pagesWhileWriting reads an index by pages while others add and remove rows between: the rows that stay are seen once each, in order.
func pagesWhileWriting(t *testing.T, s store.Store) {
	staying := change("steady", 0)
	for i := range 60 {
		staying.Rows = append(staying.Rows, store.RowChange{Index: "p", Key: fmt.Sprintf("%03d-stays", i), Value: []byte("stays")})
	}
	mustAppend(t, s, staying)
	stop := make(chan struct{})
	var writers sync.WaitGroup
	for w := range 2 {
		writers.Go(func() {
			name := fmt.Sprintf("comes-%d", w)
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				key := fmt.Sprintf("%03d-%s", i*7%60, name)
				if _, err := s.Append(ctx, store.Change{Case: name, Rows: []store.RowChange{{Index: "p", Key: key, Value: []byte("goes"), Delete: i%3 == 2}}}); err != nil {
					t.Errorf("append meanwhile: %v", err)
					return
				}
			}
		})
	}
	for round := range 20 {
		reverse := round%2 == 1
		var seen []string
		var last string
		for {
			rows := mustList(t, s, "p", store.Page{After: last, Limit: 7, Reverse: reverse})
			if len(rows) == 0 {
				break
			}
			for _, r := range rows {
				if last != "" && (r.Key <= last) != reverse {
					t.Fatalf("key %q comes after %q", r.Key, last)
				}
				last = r.Key
				if bytes.Equal(r.Value, []byte("stays")) {
					seen = append(seen, r.Key)
				}
			}
		}
		if reverse {
			slices.Reverse(seen)
		}
		if len(seen) != 60 || !slices.IsSorted(seen) {
			t.Fatalf("round %d: of 60 rows that stay %d were seen", round, len(seen))
		}
	}
	close(stop)
	writers.Wait()
}
