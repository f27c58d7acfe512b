// Package bench measures how long a decision takes, against the same rules written in Go by hand or by a generator. In goes
// nothing but the compiled definitions; out comes a table of ratios, all of one run.
//
// The ways to decide take turns, a slice of a millisecond each, many rounds, and the median slice of each way counts: what
// else the machine does meets all of them alike, and only their ratios are told.
package bench

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// Way is one way to decide the same thing.
type Way struct {
	Name string
	// Run decides the i-th case, for i from 0 up to Cases-1.
	Run   func(i int)
	Cases int
}

// Row is a line of the table: what one way costs, and how that compares with another of the same run.
type Row struct {
	Name    string
	Against string        // the way it is compared with
	Median  time.Duration // a thousand decisions
	Ratio   float64       // of the medians
	Goal    Goal
}

// Goal is what a ratio is meant to be. The zero Goal asks for nothing.
type Goal struct {
	AtMost  float64
	AtLeast float64
}

// Met reports whether a ratio is as it should be.
func (g Goal) Met(ratio float64) bool {
	return (g.AtMost == 0 || ratio <= g.AtMost) && (g.AtLeast == 0 || ratio >= g.AtLeast)
}

func (g Goal) String() string {
	switch {
	case g.AtMost != 0:
		return fmt.Sprintf("≤ %.2f", g.AtMost)
	case g.AtLeast != 0:
		return fmt.Sprintf("≥ %.0f", g.AtLeast)
	default:
		return ""
	}
}

// Rounds says how long to measure: each way has one slice in each round.
type Rounds struct {
	Count int
	Slice time.Duration
}

// The measurements of `luvat bench` and `make bench`; the latter are the ones to publish.
var (
	Quick    = Rounds{Count: 101, Slice: time.Millisecond}
	Thorough = Rounds{Count: 501, Slice: time.Millisecond}
)

// Measure returns the median cost of a thousand decisions in each way, in their order.
func Measure(rounds Rounds, ways ...Way) []time.Duration {
	type turn struct {
		next, batch int
		costs       []time.Duration
	}
	turns := make([]turn, len(ways))
	slice := func(w Way, t *turn) time.Duration {
		begin := time.Now()
		for range t.batch {
			w.Run(t.next)
			if t.next++; t.next == w.Cases {
				t.next = 0
			}
		}
		return time.Since(begin)
	}
	for i, w := range ways {
		// So many decisions that they fill a slice; the first ones also warm up what there is to warm up.
		t := &turns[i]
		for t.batch = 1; ; t.batch *= 2 {
			if took := slice(w, t); took >= rounds.Slice {
				t.batch = max(1, int(float64(t.batch)*float64(rounds.Slice)/float64(took)))
				break
			}
		}
	}
	for range rounds.Count {
		for i, w := range ways {
			t := &turns[i]
			t.costs = append(t.costs, slice(w, t)*1000/time.Duration(t.batch))
		}
	}
	medians := make([]time.Duration, len(ways))
	for i := range turns {
		slices.Sort(turns[i].costs)
		medians[i] = turns[i].costs[len(turns[i].costs)/2]
	}
	return medians
}

// Print writes the table.
func Print(w io.Writer, rows []Row) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "one decision\tns\tratio\tagainst\tgoal\t")
	for _, r := range rows {
		ratio, met := "", ""
		if r.Against != "" {
			ratio = strings.TrimRight(fmt.Sprintf("%.3g", r.Ratio), ".")
			if goal := r.Goal.String(); goal != "" {
				met = goal
				if !r.Goal.Met(r.Ratio) {
					met += " MISSED"
				}
			}
		}
		// A thousand decisions in microseconds are one in nanoseconds.
		fmt.Fprintf(table, "%s\t%.1f\t%s\t%s\t%s\t\n", r.Name, float64(r.Median)/float64(time.Microsecond), ratio, r.Against, met)
	}
	return table.Flush()
}
