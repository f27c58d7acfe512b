package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"luvat/server/store"
	"luvat/server/store/boltstore"
)

// span is how long each throughput is measured in each round.
const span = 2 * time.Second

// row is a line of the table: a way of writing, with the rates of the rounds.
type row struct {
	name   string
	goal   string
	do     func() (float64, error)
	rates  []float64
	ratios []float64 // to the fsync rate around it in the same round
}

// throughput measures everything by turns, so that what else the machine does meets all of them alike: before and after each store the
// disk itself.
func throughput(dir, programs string, rounds int) error {
	s, err := boltstore.Open(filepath.Join(dir, "throughput.db"))
	if err != nil {
		return err
	}
	defer s.Close()
	pg, err := startPostgres(filepath.Join(dir, "postgres"), programs)
	if err != nil {
		return err
	}
	defer pg.stop()

	bolt := func(clients int) func() (float64, error) {
		return func() (float64, error) {
			return rate(clients, func(ctx context.Context, _ int) error {
				_, err := s.Append(ctx, submission(caseName()))
				return err
			})
		}
	}
	save := func(clients int) func() (float64, error) {
		return func() (float64, error) {
			cases := make([]store.Change, clients)
			for k := range cases {
				cases[k] = draft(caseName())
			}
			return rate(clients, func(ctx context.Context, client int) error {
				_, err := s.Append(ctx, cases[client])
				cases[client].After++
				return err
			})
		}
	}
	rows := []*row{
		{name: "luvat, a submission, 1 client", goal: "≥ 0.35", do: bolt(1)},
		{name: "luvat, a submission, 64 clients", goal: "≥ 5", do: bolt(64)},
		{name: "luvat, a submission, 256 clients", goal: "≥ 9", do: bolt(256)},
		{name: "luvat, a field of a draft saved, 1 client", do: save(1)},
		{name: "luvat, a field of a draft saved, 64 clients", do: save(64)},
		{name: "luvat, a field of a draft saved, 256 clients", do: save(256)},
		{name: "PostgreSQL, 64 clients, one row of the same bytes", do: func() (float64, error) { return rate(64, pg.insertRow) }},
		{name: "PostgreSQL, 64 clients, the same rows in one transaction", do: func() (float64, error) { return rate(64, pg.insertSubmission) }},
	}
	var syncs []float64
	disk := func() (float64, error) {
		r, err := fsyncRate(dir)
		syncs = append(syncs, r)
		return r, err
	}
	for round := range rounds {
		before, err := disk()
		if err != nil {
			return err
		}
		for _, r := range rows {
			got, err := r.do()
			if err != nil {
				return fmt.Errorf("%s: %w", r.name, err)
			}
			after, err := disk()
			if err != nil {
				return err
			}
			r.rates = append(r.rates, got)
			r.ratios = append(r.ratios, got/((before+after)/2))
			before = after
			fmt.Fprintf(os.Stderr, "round %d: %s: %.0f a second, fsync %.0f\n", round+1, r.name, got, after)
		}
	}
	fmt.Printf("Committed submissions (an entry of %d bytes, 3 index rows, %d deliveries), medians of %d rounds of %s:\n\n", len(filled), deliveries, rounds, span)
	fmt.Println("| | a second | × fsync | goal |")
	fmt.Println("|---|--:|--:|---|")
	fmt.Printf("| append 4 KiB and fdatasync | %.0f | 1 | |\n", median(syncs))
	for _, r := range rows {
		fmt.Printf("| %s | %.0f | %.2f | %s |\n", r.name, median(r.rates), median(r.ratios), r.goal)
	}
	over := func(pg *row) float64 {
		var out []float64
		for i, r := range pg.rates {
			out = append(out, rows[1].rates[i]/r)
		}
		return median(out)
	}
	fmt.Printf("\nAt 64 clients luvat commits %.1f × what PostgreSQL inserts as one row of the same bytes (goal ≥ 3), and %.1f × what it inserts as the same rows in one transaction.\n", over(rows[6]), over(rows[7]))
	return nil
}

func median(values []float64) float64 {
	s := slices.Sorted(slices.Values(values))
	return s[len(s)/2]
}

// rate runs clients that each do one thing after the other, and returns how many were done a second. What was begun in the span is
// waited for and counts, with its time.
func rate(clients int, do func(ctx context.Context, client int) error) (float64, error) {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	var done atomic.Int64
	var all sync.WaitGroup
	begin := time.Now()
	for k := range clients {
		all.Go(func() {
			for ctx.Err() == nil && time.Since(begin) < span {
				if err := do(ctx, k); err != nil {
					cancel(err)
					return
				}
				done.Add(1)
			}
		})
	}
	all.Wait()
	return float64(done.Load()) / time.Since(begin).Seconds(), context.Cause(ctx)
}

// fsyncRate is how often a second the disk takes 4 KiB at the end of a file for good.
func fsyncRate(dir string) (float64, error) {
	f, err := os.CreateTemp(dir, "fsync-")
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	block := make([]byte, 4096)
	begin, n := time.Now(), 0
	for ; time.Since(begin) < span/2; n++ {
		if _, err := f.Write(block); err != nil {
			return 0, err
		}
		if err := syscall.Fdatasync(int(f.Fd())); err != nil {
			return 0, err
		}
	}
	return float64(n) / time.Since(begin).Seconds(), nil
}
