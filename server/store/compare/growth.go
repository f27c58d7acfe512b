package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"luvat/server/store"
	"luvat/server/store/boltstore"
)

// person is whose folder is listed; it always has folderCases cases, however many there are in all.
const (
	person      = "account/4711"
	folderCases = 60
	readEntries = 40 // of the case that is read
)

// figure is a line of the table of growth that is measured again and again.
type figure struct {
	name string
	get  func(s *boltstore.Store) error
}

// growth builds one store to each number of cases in turn and measures opening it and what pages and workers ask of it.
func growth(dir string, sizes []int) error {
	slices.Sort(sizes)
	path := filepath.Join(dir, "growth.db")
	s, err := boltstore.Open(path)
	if err != nil {
		return err
	}
	if err := special(s); err != nil {
		return err
	}
	figures := []figure{
		{fmt.Sprintf("the first page (50) of a folder of %d cases", folderCases), func(s *boltstore.Store) error {
			rows, err := s.List(context.Background(), "folder", store.Page{Prefix: person + "/", Limit: 50})
			return expect(len(rows), 50, err)
		}},
		{fmt.Sprintf("a case of %d entries", readEntries), func(s *boltstore.Store) error {
			entries, err := s.Read(context.Background(), "long", 0)
			return expect(len(entries), readEntries, err)
		}},
		{"a case at random", func(s *boltstore.Store) error {
			entries, err := s.Read(context.Background(), builtName(rand.IntN(sizes[0])), 0)
			return expect(len(entries), 2, err)
		}},
		{"a claim when nothing is due (every delivery is done, every timer waits)", func(s *boltstore.Store) error {
			works, err := s.Claim(context.Background(), "timer", at, time.Minute, 10)
			return expect(len(works), 0, err)
		}},
		{"a save (one client, with its fsync)", func(s *boltstore.Store) error {
			_, err := s.Append(context.Background(), submission(caseName()))
			return err
		}},
	}
	table := make([][]string, 3+len(figures))
	built := 0
	for _, size := range sizes {
		begin := time.Now()
		if err := build(s, built, size); err != nil {
			return err
		}
		built = size
		fmt.Fprintf(os.Stderr, "%d cases built in %s\n", size, time.Since(begin).Round(time.Second))
		if err := s.Close(); err != nil {
			return err
		}
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if err := forget(path); err != nil {
			return err
		}
		begin = time.Now()
		if s, err = boltstore.Open(path); err != nil {
			return err
		}
		opened := time.Since(begin)
		begin = time.Now()
		if err := figures[0].get(s); err != nil {
			return err
		}
		first := time.Since(begin)
		table[0] = append(table[0], fmt.Sprintf("%.1f GB", float64(info.Size())/1e9))
		table[1] = append(table[1], show(opened))
		table[2] = append(table[2], show(first))
		for i, f := range figures {
			const times = 300
			var took []time.Duration
			for range times {
				begin := time.Now()
				if err := f.get(s); err != nil {
					return fmt.Errorf("%s with %d cases: %w", f.name, size, err)
				}
				took = append(took, time.Since(begin))
			}
			slices.Sort(took)
			table[3+i] = append(table[3+i], show(took[times/2]))
		}
	}
	fmt.Printf("\nWith more and more cases (2 entries, 3 index rows, a delivery that is done and a timer that waits); medians of 300:\n\n|")
	for _, size := range sizes {
		fmt.Printf(" | %d cases", size)
	}
	fmt.Print(" |\n|---|")
	for range sizes {
		fmt.Print("--:|")
	}
	names := []string{"size of the file", "opening it, nothing in memory (goal ≤ 2 s)", "the first list after that"}
	for _, f := range figures {
		names = append(names, f.name)
	}
	for i, name := range names {
		fmt.Printf("\n| %s", name)
		for _, cell := range table[i] {
			fmt.Printf(" | %s", cell)
		}
		fmt.Print(" |")
	}
	fmt.Println()
	return s.Close()
}

func expect(got, want int, err error) error {
	if err == nil && got != want {
		err = fmt.Errorf("got %d, want %d", got, want)
	}
	return err
}

func show(d time.Duration) string {
	switch {
	case d < 10*time.Microsecond:
		return fmt.Sprintf("%.1f µs", float64(d.Nanoseconds())/1e3)
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.0f µs", float64(d.Nanoseconds())/1e3)
	}
	return fmt.Sprintf("%.0f ms", float64(d.Microseconds())/1e3)
}

// forget makes the system drop what it holds of a file in memory, so that opening begins at the disk.
func forget(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return dropPages(f)
}

// special adds what is read at every size: a folder and a long case.
func special(s *boltstore.Store) error {
	for i := range folderCases {
		c := submission(fmt.Sprintf("folder-%d", i))
		c.Rows[0].Key = fmt.Sprintf("%s/%03d", person, i)
		c.Work = nil
		if _, err := s.Append(context.Background(), c); err != nil {
			return err
		}
	}
	c := submission("long")
	c.Work = nil
	for len(c.Entries) < readEntries {
		c.Entries = append(c.Entries, store.NewEntry{Kind: "saved", At: at, By: person, Data: json.RawMessage(`{"form/plan/field":"arvo"}`)})
	}
	_, err := s.Append(context.Background(), c)
	return err
}

func builtName(i int) string { return fmt.Sprintf("case-%010d", i) }

// builders is how many do something at once while a store is built, so that a thousand share a commit.
const builders = 1000

// build adds the cases from number from up to number to, and does their deliveries.
func build(s *boltstore.Store, from, to int) error {
	ctx := context.Background()
	err := inParallel(to-from, func(i int) error {
		_, err := s.Append(ctx, builtCase(from+i))
		return err
	})
	for err == nil {
		var works []store.Work
		if works, err = s.Claim(ctx, "deliver", at, time.Hour, builders); err != nil || len(works) == 0 {
			return err
		}
		err = inParallel(len(works), func(i int) error {
			_, err := s.Settle(ctx, works[i], at, store.Outcome{Done: true}, store.Change{})
			return err
		})
	}
	return err
}

// inParallel does a thing for each number below n and returns the first error.
func inParallel(n int, do func(int) error) error {
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	for range builders {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && failed.Load() == nil; i = int(next.Add(1)) - 1 {
				if err := do(i); err != nil {
					failed.CompareAndSwap(nil, &err)
				}
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}

// builtCase is a case with an opening and a submission, one delivery, and a timer that waits.
func builtCase(i int) store.Change {
	c := submission(builtName(i))
	c.Rows[0].Key = fmt.Sprintf("account/%d/%s", 100_000+i/20, c.Case)
	c.Entries = append([]store.NewEntry{{Kind: "opened", At: at, By: person, Data: json.RawMessage(`{"bundle":"events"}`)}}, c.Entries...)
	c.Entries[1].Data = short
	c.Work = append(c.Work[:1], store.NewWork{ID: c.Case + "/timer", Queue: "timer", Due: at.Add(time.Hour + time.Duration(i)*time.Second)})
	return c
}

// short is the data of a submission, of about 1 KB, so that a million cases fit on the disk of a laptop.
var short = json.RawMessage(`{"reference":"LV-2027-000123","data":"` + strings.Repeat("teksti ", 130) + `"}`)
