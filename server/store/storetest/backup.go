package storetest

import (
	"bytes"
	"fmt"
	"sync"
	"testing"

	"luvat/server/store"
)

// backup: a copy that is taken while others write is the store as it was at one instant: every entry has its row and its work.
func backup(t *testing.T, start func(*testing.T) Opener) {
	o := start(t)
	s := open(t, o)
	stop := make(chan struct{})
	var writing, begun sync.WaitGroup
	const cases = 6
	for k := range cases {
		begun.Add(1)
		writing.Go(func() {
			name := fmt.Sprintf("c%d", k)
			for seq := uint64(0); ; seq++ {
				if seq == 3 {
					begun.Done()
				}
				select {
				case <-stop:
					return
				default:
				}
				c := work(name, seq, "q", "", fmt.Sprintf("%s/%d", name, seq))
				c.Rows = []store.RowChange{{Index: "i", Key: fmt.Sprintf("%s/%05d", name, seq)}}
				if _, err := s.Append(ctx, c); err != nil {
					t.Errorf("append: %v", err)
					return
				}
			}
		})
	}
	begun.Wait()
	if _, err := s.Put(ctx, "b", store.Record{Key: "k", Value: []byte("before")}, 0); err != nil {
		t.Fatal(err)
	}
	var copies [3]bytes.Buffer
	for i := range copies {
		if err := s.Backup(ctx, &copies[i]); err != nil {
			t.Errorf("backup: %v", err)
		}
	}
	close(stop)
	writing.Wait()
	if _, err := s.Put(ctx, "b", store.Record{Key: "k", Value: []byte("after")}, 0); err != nil {
		t.Fatal(err)
	}

	last := 0
	for i := range copies {
		restored, err := o.Restore(&copies[i])
		if err != nil {
			t.Fatalf("restore: %v", err)
		}
		entries := 0
		for k := range cases {
			entries += len(mustRead(t, restored, fmt.Sprintf("c%d", k)))
		}
		equal(t, "rows of a copy", len(mustList(t, restored, "i", store.Page{Limit: 1 << 20})), entries)
		got, _ := claim(t, restored, "q", second(0), 1<<20)
		equal(t, "work of a copy", len(got), entries)
		r, err := restored.Get(ctx, "b", "k", day)
		if err != nil || string(r.Value) != "before" {
			t.Errorf("record of a copy: %q, %v", r.Value, err)
		}
		if entries < last || entries < 3*cases {
			t.Errorf("copy %d has %d entries, the one before had %d", i, entries, last)
		}
		last = entries
		mustAppend(t, restored, change("new", 0)) // and it can be written
		if err := restored.Close(); err != nil {
			t.Error(err)
		}
	}
}
