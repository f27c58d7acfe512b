package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"luvat/server/store"
)

// concurrent: of many writers at one place exactly one wins; many writers of many cases lose nothing; every piece of work is claimed by
// one claimant.
func concurrent(t *testing.T, start func(*testing.T) Opener) {
	o := start(t)
	s := open(t, o)
	const writers, rounds = 16, 12
	for round := range rounds {
		var won, lost atomic.Int64
		var all sync.WaitGroup
		for w := range writers {
			all.Go(func() {
				c := work("one", uint64(round), "one", "", fmt.Sprintf("one-%d-%d", round, w))
				c.Rows = []store.RowChange{{Index: "one", Key: fmt.Sprintf("%d/%d", round, w)}}
				_, err := s.Append(ctx, c)
				var conflict *store.ConflictError
				switch {
				case err == nil:
					won.Add(1)
				case errors.As(err, &conflict) && conflict.Last == uint64(round+1):
					lost.Add(1)
				default:
					t.Errorf("round %d: %v", round, err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 || lost.Load() != writers-1 {
			t.Fatalf("round %d: %d won and %d lost", round, won.Load(), lost.Load())
		}
	}
	equal(t, "entries", len(mustRead(t, s, "one")), rounds)
	equal(t, "rows", len(mustList(t, s, "one", store.Page{})), rounds)
	all, _ := claim(t, s, "one", second(0), 1000)
	equal(t, "work", len(all), rounds)

	var appending sync.WaitGroup
	const cases, entries = 24, 15
	for c := range cases {
		appending.Go(func() {
			name := fmt.Sprintf("case-%d", c)
			for seq := range entries {
				if _, err := s.Append(ctx, work(name, uint64(seq), "many", fmt.Sprintf("lane-%d", c), fmt.Sprintf("%s/%d", name, seq))); err != nil {
					t.Errorf("append to %s: %v", name, err)
					return
				}
			}
		})
	}
	// While they append, others claim and settle, each adding an entry to a case of its own.
	var mu sync.Mutex
	order := map[string][]string{}
	var settled atomic.Int64
	var claiming sync.WaitGroup
	for k := range 6 {
		claiming.Go(func() {
			own := fmt.Sprintf("own-%d", k)
			after := uint64(0)
			for deadline := time.Now().Add(time.Minute); settled.Load() < cases*entries; {
				got, err := s.Claim(ctx, "many", second(1), time.Hour, 3)
				if err != nil || time.Now().After(deadline) {
					t.Errorf("claim: %v; %d of %d were settled", err, settled.Load(), cases*entries)
					return
				}
				for _, w := range got {
					mu.Lock()
					order[w.Lane] = append(order[w.Lane], w.ID)
					mu.Unlock()
					if _, err := s.Settle(ctx, w, second(2), store.Outcome{Done: true}, change(own, after)); err != nil {
						t.Errorf("settle %s: %v", w.ID, err)
						return
					}
					after++
					settled.Add(1)
				}
			}
		})
	}
	appending.Wait()
	claiming.Wait()
	s = reopen(t, o, s)
	total := 0
	for k := range 6 {
		total += len(mustRead(t, s, fmt.Sprintf("own-%d", k)))
	}
	equal(t, "entries added by settling", total, cases*entries)
	for c := range cases {
		equal(t, "entries", len(mustRead(t, s, fmt.Sprintf("case-%d", c))), entries)
		var want []string
		for seq := range entries {
			want = append(want, fmt.Sprintf("case-%d/%d", c, seq))
		}
		equal(t, "the order in which a lane was worked off", order[fmt.Sprintf("lane-%d", c)], want)
	}
}

// What the clients of the linearizability test ask of one case, and what they hear.
type (
	appendIn struct {
		after int
		token string
	}
	appendOut struct {
		ok   bool
		last int // of a conflict
	}
	readIn   struct{ after int }
	readOut  struct{ tokens string }
	claimIn  struct{}
	claimOut struct{ token string } // "" for nothing
	// ledgerState is the case: the tokens of its entries, each of one letter-and-digits and a space, and how many pieces of work are claimed.
	ledgerState struct {
		tokens  string
		entries int
		claimed int
	}
)

const tokenSize = 5 // "c3-7 " padded

func token(client, step int) string {
	return fmt.Sprintf("%-*s", tokenSize, fmt.Sprintf("%d-%d", client, step))
}

// caseModel is a case as one writer at a time would see it. Every entry brings work with its token, all due at the same time, so that
// claims must come in the order of the entries.
var caseModel = porcupine.Model{
	Init: func() any { return ledgerState{} },
	Step: func(state, input, output any) (bool, any) {
		s := state.(ledgerState)
		switch in := input.(type) {
		case appendIn:
			out := output.(appendOut)
			if in.after != s.entries {
				return !out.ok && out.last == s.entries, s
			}
			s.tokens, s.entries = s.tokens+in.token, s.entries+1
			return out.ok, s
		case readIn:
			return output.(readOut).tokens == s.tokens[min(in.after*tokenSize, len(s.tokens)):], s
		case claimIn:
			got := output.(claimOut).token
			if s.claimed == s.entries {
				return got == "", s
			}
			want := s.tokens[s.claimed*tokenSize : (s.claimed+1)*tokenSize]
			s.claimed++
			return got == want, s
		}
		return false, s
	},
	DescribeOperation: func(in, out any) string { return fmt.Sprintf("%T%v → %v", in, in, out) },
}

// linearizable: what concurrent clients of one case hear is what they could have heard one after the other.
func linearizable(t *testing.T, start func(*testing.T) Opener) {
	s := open(t, start(t))
	const clients, steps = 6, 40
	var mu sync.Mutex
	var history []porcupine.Operation
	begin := time.Now()
	record := func(client int, input any, call func() any) {
		from := time.Since(begin).Nanoseconds()
		output := call()
		op := porcupine.Operation{ClientId: client, Input: input, Call: from, Output: output, Return: time.Since(begin).Nanoseconds()}
		mu.Lock()
		history = append(history, op)
		mu.Unlock()
	}
	var all sync.WaitGroup
	for client := range clients {
		all.Go(func() {
			seen := 0
			for step := range steps {
				switch (step + client) % 4 {
				case 0, 1:
					in := appendIn{seen, token(client, step)}
					record(client, in, func() any {
						c := work("case", uint64(in.after), "q", "", in.token)
						c.Entries[0].Kind = in.token
						_, err := s.Append(ctx, c)
						var conflict *store.ConflictError
						if errors.As(err, &conflict) {
							seen = int(conflict.Last)
							return appendOut{last: seen}
						}
						if err != nil {
							t.Errorf("append: %v", err)
						}
						seen++
						return appendOut{ok: true}
					})
				case 2:
					in := readIn{after: seen / 2}
					record(client, in, func() any {
						entries, err := s.Read(ctx, "case", uint64(in.after))
						if err != nil {
							t.Errorf("read: %v", err)
						}
						var out readOut
						for _, e := range entries {
							out.tokens += e.Kind
						}
						seen = in.after + len(entries)
						return out
					})
				case 3:
					record(client, claimIn{}, func() any {
						got, err := s.Claim(ctx, "q", second(1), time.Hour, 1)
						if err != nil {
							t.Errorf("claim: %v", err)
						}
						if len(got) == 0 {
							return claimOut{}
						}
						return claimOut{got[0].ID}
					})
				}
			}
		})
	}
	all.Wait()
	if result, _ := porcupine.CheckOperationsVerbose(caseModel, history, 30*time.Second); result != porcupine.Ok {
		t.Errorf("the history of %d operations by %d clients: %s", len(history), clients, result)
		for _, op := range history {
			t.Logf("client %d %s [%d, %d]", op.ClientId, caseModel.DescribeOperation(op.Input, op.Output), op.Call, op.Return)
		}
	}
	equal(t, "operations", len(history), clients*steps)
}

// contexts: a context that has ended changes nothing, one that ends later leaves all or nothing, and a closed store says so.
func contexts(t *testing.T, start func(*testing.T) Opener) {
	o := start(t)
	s := open(t, o)
	ended, cancel := context.WithCancel(ctx)
	cancel()
	calls := map[string]func(context.Context, store.Store) error{
		"Append": func(ctx context.Context, s store.Store) error { _, err := s.Append(ctx, change("c", 0)); return err },
		"Read":   func(ctx context.Context, s store.Store) error { _, err := s.Read(ctx, "c", 0); return err },
		"List":   func(ctx context.Context, s store.Store) error { _, err := s.List(ctx, "i", store.Page{}); return err },
		"Claim": func(ctx context.Context, s store.Store) error {
			_, err := s.Claim(ctx, "q", day, time.Hour, 1)
			return err
		},
		"Dead":    func(ctx context.Context, s store.Store) error { _, err := s.Dead(ctx, "q", store.Page{}); return err },
		"Revive":  func(ctx context.Context, s store.Store) error { return s.Revive(ctx, "w", day) },
		"NextDue": func(ctx context.Context, s store.Store) error { _, _, err := s.NextDue(ctx, "q"); return err },
		"Put": func(ctx context.Context, s store.Store) error {
			_, err := s.Put(ctx, "b", store.Record{Key: "k"}, 0)
			return err
		},
		"Get":    func(ctx context.Context, s store.Store) error { _, err := s.Get(ctx, "b", "k", day); return err },
		"Delete": func(ctx context.Context, s store.Store) error { return s.Delete(ctx, "b", "k") },
		"Records": func(ctx context.Context, s store.Store) error {
			_, err := s.Records(ctx, "b", day, store.Page{})
			return err
		},
		"Sweep":  func(ctx context.Context, s store.Store) error { _, err := s.Sweep(ctx, day, 1); return err },
		"Backup": func(ctx context.Context, s store.Store) error { return s.Backup(ctx, discard{}) },
		"Settle": func(ctx context.Context, s store.Store) error {
			_, err := s.Settle(ctx, store.Work{ID: "w", Lease: "l"}, day, store.Outcome{Done: true}, store.Change{})
			return err
		},
	}
	for name, call := range calls {
		if err := call(ended, s); !errors.Is(err, context.Canceled) {
			t.Errorf("%s with a context that has ended: %v", name, err)
		}
	}
	equal(t, "entries", len(mustRead(t, s, "c")), 0)

	// Contexts that end at any moment: who hears an error of the context finds nothing, who hears none finds all.
	var all sync.WaitGroup
	var went atomic.Int64
	var mu sync.Mutex
	var gaveUp []string
	for k := range 8 {
		all.Go(func() {
			for i := range 30 {
				name := fmt.Sprintf("case-%d-%d", k, i)
				short, cancel := context.WithTimeout(ctx, time.Duration(i*k)*20*time.Microsecond)
				_, err := s.Append(short, change(name, 0))
				cancel()
				entries, readErr := s.Read(ctx, name, 0)
				switch {
				case readErr != nil:
					t.Errorf("read: %v", readErr)
				case err == nil && len(entries) == 1:
					went.Add(1)
				case errors.Is(err, context.DeadlineExceeded) && len(entries) == 0:
					mu.Lock()
					gaveUp = append(gaveUp, name)
					mu.Unlock()
				default:
					t.Errorf("%s: append said %v, and there are %d entries", name, err, len(entries))
				}
			}
		})
	}
	all.Wait()
	if len(gaveUp) == 0 || went.Load() == 0 {
		t.Errorf("%d gave up and %d went through: neither should be none", len(gaveUp), went.Load())
	}
	mustAppend(t, s, change("later", 0))
	for _, name := range gaveUp { // nor does it come afterwards
		equal(t, "entries of "+name+", whose writer gave up", len(mustRead(t, s, name)), 0)
	}

	// Closing while others write: whoever heard nil finds it after opening again, whoever heard ErrClosed does not.
	results := make([]error, 64)
	var started, done sync.WaitGroup
	for k := range results {
		started.Add(1)
		done.Go(func() {
			started.Done()
			for seq := uint64(0); results[k] == nil; seq++ {
				_, results[k] = s.Append(ctx, change(fmt.Sprintf("closing-%d", k), seq))
			}
		})
	}
	started.Wait()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	done.Wait()
	for name, call := range calls {
		if err := call(ctx, s); !errors.Is(err, store.ErrClosed) {
			t.Errorf("%s of a closed store: %v", name, err)
		}
	}
	s = open(t, o)
	for k, err := range results {
		if !errors.Is(err, store.ErrClosed) {
			t.Errorf("append while closing: %v", err)
		}
		mustRead(t, s, fmt.Sprintf("closing-%d", k))
	}
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }
