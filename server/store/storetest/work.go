package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"luvat/server/store"
)

func claimed(t *testing.T, start func(*testing.T) Opener) {
	s := open(t, start(t))
	c := change("c", 0)
	for _, due := range []int{5, 1, 3} {
		c.Work = append(c.Work, store.NewWork{
			ID: fmt.Sprintf("w%d", due), Queue: "q", Due: second(due).Add(999 * time.Nanosecond), Data: []byte(`{"a": 1}`),
		})
	}
	c.Work = append(c.Work, store.NewWork{ID: "other", Queue: "q2", Due: second(-5)}, store.NewWork{ID: "w1", Queue: "q", Due: second(-9)})
	mustAppend(t, s, c)
	nextDue := func(queue string, want int) {
		t.Helper()
		due, ok, err := s.NextDue(ctx, queue)
		if err != nil || !ok || !due.Equal(second(want)) {
			t.Errorf("next of %s is due at %v, %t, %v; want second %d", queue, due, ok, err, want)
		}
	}
	nothing := func(now time.Time) {
		t.Helper()
		if _, ids := claim(t, s, "q", now, 10); len(ids) > 0 {
			t.Errorf("at %s %q could be claimed", now, ids)
		}
	}
	nothing(second(1).Add(-time.Microsecond))
	nextDue("q", 1)
	nextDue("q2", -5)
	if _, ok, err := s.NextDue(ctx, "q3"); ok || err != nil {
		t.Errorf("a queue without work: %t, %v", ok, err)
	}

	first, ids := claim(t, s, "q", second(4), 1)
	equal(t, "the earliest", ids, []string{"w1"})
	w := first[0]
	if w.Queue != "q" || w.Case != "c" || w.Lane != "" || !w.Due.Equal(second(1)) || w.Attempt != 1 || !w.Added.Equal(day) || string(w.Data) != `{"a":1}` || w.Error != "" || w.Lease == "" {
		t.Errorf("claimed work: %+v", w)
	}
	_, ids = claim(t, s, "q", second(4), 10)
	equal(t, "the rest that is due", ids, []string{"w3"})
	nothing(second(4))
	nextDue("q", 5)
	claim(t, s, "q", second(5), 10)
	nextDue("q", 14)

	// The lease runs out: somebody else gets it, the earlier claimant nothing more.
	nothing(second(14).Add(-time.Microsecond))
	again, ids := claim(t, s, "q", second(14), 10)
	equal(t, "after the leases, which were taken at the same time", ids, []string{"w1", "w3"})
	equal(t, "attempt", again[0].Attempt, 2)
	for _, now := range []int{3, 13, 14, 20} {
		if _, err := s.Settle(ctx, w, second(now), store.Outcome{Done: true}, store.Change{}); !errors.Is(err, store.ErrLeaseLost) {
			t.Errorf("the earlier claimant settled at second %d: %v", now, err)
		}
	}
	if _, err := s.Settle(ctx, again[0], second(24), store.Outcome{Done: true}, store.Change{}); !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("settled when the lease had run out: %v", err)
	}
	for _, wrong := range []store.Work{{}, {ID: "w1"}, {ID: "never", Lease: again[0].Lease}, {ID: "w3", Lease: again[0].Lease}} {
		if _, err := s.Settle(ctx, wrong, second(15), store.Outcome{Done: true}, store.Change{}); err == nil {
			t.Errorf("settled %+v, which was never claimed", wrong)
		}
	}
	mustSettle(t, s, again[0], second(23), store.Outcome{Done: true})
	mustSettle(t, s, again[1], second(23), store.Outcome{Again: second(60).Add(time.Nanosecond), Error: "503"})
	if _, err := s.Settle(ctx, again[1], second(23), store.Outcome{Done: true}, store.Change{}); !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("settled again: %v", err)
	}
	_, ids = claim(t, s, "q", second(59), 10) // w5, whose lease ran out
	equal(t, "before the second try", ids, []string{"w5"})
	third, ids := claim(t, s, "q", second(60), 10)
	equal(t, "the second try", ids, []string{"w3"})
	if w := third[0]; w.Attempt != 3 || w.Error != "503" || !w.Due.Equal(second(60)) {
		t.Errorf("tried again: %+v", w)
	}

	for _, c := range []struct {
		lease time.Duration
		n     int
	}{{time.Second, 0}, {time.Second, -1}, {0, 1}, {-time.Second, 1}} {
		if _, err := s.Claim(ctx, "q", second(0), c.lease, c.n); err == nil {
			t.Errorf("a claim of %d for %s was accepted", c.n, c.lease)
		}
	}

	// Of the same time, the order of adding; many of them, claimed in parts.
	c = change("d", 0)
	var want []string
	for i := range 50 {
		id := fmt.Sprintf("m%d", (i*37)%50)
		want = append(want, id)
		c.Work = append(c.Work, store.NewWork{ID: id, Queue: "many", Due: second(0)})
	}
	mustAppend(t, s, c)
	var got []string
	for range 8 {
		_, ids := claim(t, s, "many", second(1), 7)
		got = append(got, ids...)
	}
	equal(t, "work of the same time", got, want)
}

func lanes(t *testing.T, start func(*testing.T) Opener) {
	s := open(t, start(t))
	mustAppend(t, s, work("c", 0, "q", "lane", "a"))
	c := work("c", 1, "q", "lane", "b", "c", "d")
	c.Work[0].Due = second(-100) // due before the head: it waits all the same
	mustAppend(t, s, c)
	mustAppend(t, s, work("c", 2, "q", "lane-2", "x"))
	mustAppend(t, s, work("c", 3, "q2", "lane", "e"))     // the lane is one, whatever the queue
	mustAppend(t, s, work("other", 0, "q4", "lane", "o")) // another case's lane
	expect := func(queue string, now int, want ...string) []store.Work {
		t.Helper()
		got, ids := claim(t, s, queue, second(now), 10)
		equal(t, fmt.Sprintf("claimed of %s at second %d", queue, now), ids, want)
		return got
	}
	got := expect("q", 0, "a", "x")
	expect("q4", 0, "o")
	expect("q", 5)
	expect("q2", 5)
	if _, ok, _ := s.NextDue(ctx, "q2"); ok {
		t.Error("work behind others in its lane is said to be due")
	}
	mustSettle(t, s, got[0], second(5), store.Outcome{Again: second(50), Error: "503"})
	expect("q", 49, "x") // its lease ran out; nobody of the lane overtakes while the head waits
	got = expect("q", 50, "a")
	mustSettle(t, s, got[0], second(50), store.Outcome{Done: true})
	got = expect("q", 50, "b")
	equal(t, "the due time of one that had to wait", got[0].Due, second(-100))
	expect("q", 55)
	got = expect("q", 60, "x", "b") // the lease of x ran out at 59, that of b at 60
	mustSettle(t, s, got[1], second(61), store.Outcome{Dead: true, Error: "410"})
	got = expect("q", 61, "c") // a dead head lets the next go on
	mustSettle(t, s, got[0], second(61), store.Outcome{Done: true})
	got = expect("q", 61, "d")
	mustSettle(t, s, got[0], second(61), store.Outcome{Done: true})
	expect("q", 61)
	got = expect("q2", 61, "e")

	// b comes back while e, which was added later, is under its lease: it waits for that, and then goes first.
	mustAppend(t, s, work("c", 4, "q", "lane", "f"))
	if err := s.Revive(ctx, "b", second(62)); err != nil {
		t.Fatal(err)
	}
	expect("q", 69)
	mustSettle(t, s, got[0], second(70), store.Outcome{Again: second(70)})
	expect("q2", 70)
	got = expect("q", 70, "b", "x")
	equal(t, "attempts go on counting after reviving", got[0].Attempt, 3)
	mustSettle(t, s, got[0], second(71), store.Outcome{Done: true})
	expect("q", 71)
	got = expect("q2", 71, "e")
	// The lease of e runs out while it is the head; f still waits.
	expect("q", 95, "x")
	mustSettle(t, s, expect("q2", 95, "e")[0], second(96), store.Outcome{Done: true})
	expect("q", 96, "f")
	if _, err := s.Settle(ctx, got[0], second(72), store.Outcome{Done: true}, store.Change{}); !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("settled by an earlier claimant: %v", err)
	}

	// y has a lease, the older z is revived and claimed when that lease has run out; then the clock is set back. The lease stays lost.
	mustAppend(t, s, work("b", 0, "q5", "back", "z", "y"))
	mustSettle(t, s, expect("q5", 100, "z")[0], second(100), store.Outcome{Dead: true})
	got = expect("q5", 100, "y")
	if err := s.Revive(ctx, "z", second(100)); err != nil {
		t.Fatal(err)
	}
	expect("q5", 109)
	expect("q5", 110, "z")
	if _, err := s.Settle(ctx, got[0], second(105), store.Outcome{Done: true}, store.Change{}); !errors.Is(err, store.ErrLeaseLost) {
		t.Errorf("settled at a time before the lease had run out, after another of the lane was claimed: %v", err)
	}

	// What came after a lane was empty begins it anew, and Settle may add to the lane of what it settles.
	mustAppend(t, s, work("l", 0, "q3", "third", "s1"))
	got = expect("q3", 0, "s1")
	if _, err := s.Settle(ctx, got[0], second(1), store.Outcome{Done: true}, work("l", 1, "q3", "third", "s2", "s3")); err != nil {
		t.Fatal(err)
	}
	got = expect("q3", 1, "s2")
	if _, err := s.Settle(ctx, got[0], second(1), store.Outcome{Again: second(1)}, work("l", 2, "q3", "third", "s4")); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"s2", "s3", "s4"} {
		mustSettle(t, s, expect("q3", 2, want)[0], second(2), store.Outcome{Done: true})
	}
	expect("q3", 1000)
}

func deadAndRevived(t *testing.T, start func(*testing.T) Opener) {
	s := open(t, start(t))
	mustAppend(t, s, work("c", 0, "q", "", "e1", "a2", "d3", "b4", "a5"))
	mustAppend(t, s, work("c", 1, "r", "", "z"))
	if err := s.Revive(ctx, "e1", second(0)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("revived what waits: %v", err)
	}
	for _, queue := range []string{"q", "r"} {
		got, _ := claim(t, s, queue, second(0), 10)
		for i := len(got) - 1; i >= 0; i-- {
			mustSettle(t, s, got[i], second(1), store.Outcome{Dead: true, Error: "gave up on " + got[i].ID})
		}
	}
	equal(t, "dead, oldest first", deadIDs(t, s, "q", store.Page{}), []string{"e1", "a2", "d3", "b4", "a5"})
	equal(t, "from the newest", deadIDs(t, s, "q", store.Page{Reverse: true, Limit: 2}), []string{"a5", "b4"})
	equal(t, "after one", deadIDs(t, s, "q", store.Page{After: "a2", Limit: 2}), []string{"d3", "b4"})
	equal(t, "before one", deadIDs(t, s, "q", store.Page{After: "a2", Reverse: true}), []string{"e1"})
	equal(t, "with a prefix", deadIDs(t, s, "q", store.Page{Prefix: "a"}), []string{"a2", "a5"})
	equal(t, "of another queue", deadIDs(t, s, "r", store.Page{}), []string{"z"})
	if _, err := s.Dead(ctx, "q", store.Page{After: "never"}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("after what never was: %v", err)
	}
	list, _ := s.Dead(ctx, "q", store.Page{Limit: 1})
	if w := list[0]; w.Error != "gave up on e1" || w.Attempt != 1 || w.Lease != "" || w.Case != "c" || string(w.Data) != `{"do":"e1"}` {
		t.Errorf("dead work: %+v", w)
	}
	if _, ok, _ := s.NextDue(ctx, "q"); ok {
		t.Error("dead work is said to be due")
	}
	if _, ids := claim(t, s, "q", second(1000), 10); len(ids) > 0 {
		t.Errorf("dead work was claimed: %q", ids)
	}
	mustAppend(t, s, work("c", 2, "q", "", "d3")) // adding it again does not revive it
	equal(t, "dead after adding one again", len(deadIDs(t, s, "q", store.Page{})), 5)

	if err := s.Revive(ctx, "d3", second(30)); err != nil {
		t.Fatal(err)
	}
	if err := s.Revive(ctx, "d3", second(30)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("revived twice: %v", err)
	}
	equal(t, "dead after reviving one", deadIDs(t, s, "q", store.Page{}), []string{"e1", "a2", "b4", "a5"})
	if _, err := s.Dead(ctx, "q", store.Page{After: "d3"}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("after what was revived: %v", err)
	}
	if _, err := s.Dead(ctx, "q", store.Page{After: "z"}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("after what is dead in another queue: %v", err)
	}
	if _, ids := claim(t, s, "q", second(29), 10); len(ids) > 0 {
		t.Errorf("claimed before it was due: %q", ids)
	}
	got, ids := claim(t, s, "q", second(30), 10)
	equal(t, "revived", ids, []string{"d3"})
	equal(t, "attempt after reviving", got[0].Attempt, 2)
	equal(t, "its error", got[0].Error, "gave up on d3")
	mustSettle(t, s, got[0], second(31), store.Outcome{Done: true})
	for _, id := range []string{"d3", "never"} {
		if err := s.Revive(ctx, id, second(30)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("revived %s: %v", id, err)
		}
	}
}
