package engine_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"luvat/definitions"
	"luvat/engine"
	"luvat/engine/bench"
	"luvat/engine/bench/event"
)

var compileShipped = sync.OnceValues(func() (*engine.Engine, definitions.Diagnostics) {
	lib, _ := loadShipped()
	return engine.Compile(lib)
})

// eventsProgram returns the events bundle as the hand-written decision knows it.
func eventsProgram(t testing.TB) *engine.Program {
	t.Helper()
	shipped(t)
	compiled, found := compileShipped()
	p, err := compiled.Bundle("events", day(t, event.Day))
	if err != nil {
		t.Fatalf("%v %+v", err, found)
	}
	return p
}

// eventCases are the cases that tests and benchmarks share; making them takes a second.
var eventCases = sync.OnceValues(func() (*bench.Events, error) {
	compiled, _ := compileShipped()
	on, _ := definitions.ParseDate(event.Day)
	p, err := compiled.Bundle("events", on)
	if err != nil {
		return nil, err
	}
	return bench.NewEvents(p, bench.Cases)
})

func cases(t testing.TB) *bench.Events {
	t.Helper()
	eventsProgram(t)
	e, err := eventCases()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// order gives the place in the bundle of each bit of the hand-written decision.
func order(t testing.TB, p *engine.Program) (requirements, impossible []int) {
	t.Helper()
	place := map[string]int{}
	for i, r := range p.Bundle.Requirements {
		place[r.ID] = i
	}
	for i, r := range p.Bundle.Impossible {
		place[r.ID] = i
	}
	find := func(ids []string, count int) []int {
		if len(ids) != count {
			t.Errorf("by hand %d are decided, the bundle has %d", len(ids), count)
		}
		var out []int
		for _, id := range ids {
			i, ok := place[id]
			if !ok {
				t.Fatalf("the bundle has no %s", id)
			}
			out = append(out, i)
		}
		return out
	}
	return find(event.Requirements, len(p.Bundle.Requirements)), find(event.ImpossibleRules, len(p.Bundle.Impossible))
}

// gather returns the bits of a set in the hand-written order.
func gather(set []uint64, order []int) uint64 {
	out := uint64(0)
	for bit, place := range order {
		out |= set[place>>6] >> (place & 63) & 1 << bit
	}
	return out
}

// differ lists the ids whose bits differ.
func differ(ids []string, a, b uint64) (out []string) {
	for i, id := range ids {
		if (a^b)>>i&1 == 1 {
			out = append(out, id)
		}
	}
	return out
}

func TestTheEngineDecidesAsByHand(t *testing.T) {
	e := cases(t)
	requirements, impossible := order(t, e.Program)
	out := e.Decider.NewOutcome()
	decided := map[event.Decision]bool{}
	check := func(i int, how string) {
		t.Helper()
		want := event.Decide(&e.Answers[i])
		decided[want] = true
		needed, ask := gather(out.Needed, requirements), gather(out.Ask, requirements)
		if needed != want.Needed || ask != want.Ask || gather(out.Impossible, impossible) != uint64(want.Impossible) {
			t.Fatalf("%s: needed differs in %v, ask in %v, impossible %b, want %b: %s", how, differ(event.Requirements, needed, want.Needed),
				differ(event.Requirements, ask, want.Ask), out.Impossible, want.Impossible, e.Documents[i])
		}
		for _, open := range out.Open {
			if open != 0 {
				t.Fatalf("%s, %s: open %b", how, e.Documents[i], out.Open)
			}
		}
	}
	for i := range e.Answers {
		e.Decider.Decide(e.Slots[i], out)
		check(i, "complete")
		e.Decider.DecideThreeValued(e.Slots[i], out)
		check(i, "three-valued")
		if err := e.Decider.DecideJSON(e.Documents[i], out); err != nil {
			t.Fatal(err)
		}
		check(i, "from JSON")
	}
	if len(decided) < 60_000 {
		t.Errorf("the cases have only %d different decisions", len(decided))
	}
}

// Analyse explains what the decider only decides: both must find the same, and warnings besides.
func TestTheAnalysisFindsTheSame(t *testing.T) {
	e := cases(t)
	for i := range 300 {
		answers, err := e.Program.ParseAnswers(e.Documents[i])
		if err != nil {
			t.Fatal(err)
		}
		analysis := e.Program.Analyse(answers, day(t, event.Day), definitions.English)
		want := event.Decide(&e.Answers[i])
		var got event.Decision
		for _, r := range analysis.Requirements {
			bit := slices.Index(event.Requirements, r.ID)
			switch r.Status {
			case engine.Needed:
				got.Needed |= 1 << bit
			case engine.Ask:
				got.Ask |= 1 << bit
			case engine.Open:
				t.Errorf("%s is open: %s", r.ID, e.Documents[i])
			}
		}
		for _, f := range analysis.Impossible {
			got.Impossible |= 1 << slices.Index(event.ImpossibleRules, f.ID)
		}
		for _, f := range analysis.Warnings {
			got.Warnings |= 1 << slices.Index(event.WarningRules, f.ID)
		}
		if got != want {
			t.Fatalf("needed differs in %v, ask in %v, impossible %b, warnings in %v: %s", differ(event.Requirements, got.Needed, want.Needed),
				differ(event.Requirements, got.Ask, want.Ask), got.Impossible^want.Impossible,
				differ(event.WarningRules, uint64(got.Warnings), uint64(want.Warnings)), e.Documents[i])
		}
	}
}

// What is said of partial answers must be true however they are completed; each case knows one way.
func TestPartialAnswersSayNothingUntrue(t *testing.T) {
	e := cases(t)
	requirements, impossible := order(t, e.Program)
	out := e.Decider.NewOutcome()
	said := 0
	for i := range e.Answers {
		e.Decider.Decide(e.Partial[i], out)
		want := event.Decide(&e.Answers[i])
		needed, ask, open := gather(out.Needed, requirements), gather(out.Ask, requirements), gather(out.Open, requirements)
		if needed&^want.Needed != 0 || ask&^want.Ask != 0 || (want.Needed|want.Ask)&^(needed|ask|open) != 0 ||
			gather(out.Impossible, impossible)&^uint64(want.Impossible) != 0 {
			t.Fatalf("needed %v, ask %v, missed %v: a part of %s", differ(event.Requirements, needed&^want.Needed, 0),
				differ(event.Requirements, ask&^want.Ask, 0), differ(event.Requirements, (want.Needed|want.Ask)&^(needed|ask|open), 0), e.Documents[i])
		}
		if needed != 0 && open != 0 {
			said++
		}
	}
	if said < bench.Cases/4 {
		t.Errorf("only %d cases are decided in part", said)
	}
}

// With one answer missing, a requirement is open exactly when its outcome depends on that answer.
func TestOneMissingAnswer(t *testing.T) {
	e := cases(t)
	requirements, _ := order(t, e.Program)
	out := e.Decider.NewOutcome()
	random := rand.New(rand.NewPCG(3, 3))
	open := 0
	for range 400 {
		a := event.Random(random)
		for _, question := range event.Independent {
			variants := a.Variants(question)
			if variants == nil {
				continue // not asked in this case
			}
			first := event.Decide(&variants[0])
			needed, ask := first.Needed, first.Ask // in every variant
			any, anyAsk := first.Needed, first.Ask // in some
			for i := range variants {
				d := event.Decide(&variants[i])
				needed, ask, any, anyAsk = needed&d.Needed, ask&d.Ask, any|d.Needed, anyAsk|d.Ask
			}
			answers, err := e.Program.ParseAnswers(a.JSON(func(q string) bool { return q != question }))
			if err != nil {
				t.Fatal(err)
			}
			e.Decider.Decide(e.Decider.Slots(answers), out)
			want := (any | anyAsk) &^ (needed | ask)
			if got := gather(out.Open, requirements); got != want || gather(out.Needed, requirements) != needed || gather(out.Ask, requirements) != ask {
				t.Fatalf("without %s: open differs in %v, needed in %v, ask in %v: %s", question, differ(event.Requirements, got, want),
					differ(event.Requirements, gather(out.Needed, requirements), needed), differ(event.Requirements, gather(out.Ask, requirements), ask), a.JSON(nil))
			}
			if want != 0 {
				open++
			}
		}
	}
	if open < 1000 {
		t.Errorf("only %d decisions were open", open)
	}
}

// An answer to a question that is not asked changes nothing.
func TestAnswersThatAreNotAskedForChangeNothing(t *testing.T) {
	e := cases(t)
	requirements, _ := order(t, e.Program)
	out := e.Decider.NewOutcome()
	random := rand.New(rand.NewPCG(4, 4))
	stray := 0
	for i := range 4000 {
		answers, err := e.Program.ParseAnswers(e.Documents[i])
		if err != nil {
			t.Fatal(err)
		}
		for question, v := range event.Stray(random, &e.Answers[i]) {
			if err := answers.Set(question, v); err != nil {
				t.Fatal(err)
			}
			stray++
		}
		e.Decider.Decide(e.Decider.Slots(answers), out)
		want := event.Decide(&e.Answers[i])
		if needed := gather(out.Needed, requirements); needed != want.Needed || gather(out.Ask, requirements) != want.Ask {
			t.Fatalf("differs in %v: %s", differ(event.Requirements, needed, want.Needed), answers.JSON())
		}
	}
	if stray < 4000 {
		t.Errorf("only %d stray answers", stray)
	}
}

// The decider's own reader must read nothing that ParseAnswers refuses, and read it the same way.
func TestTheQuickReaderIsNoLaxer(t *testing.T) {
	e := cases(t)
	random := rand.New(rand.NewPCG(5, 5))
	quick, slow := e.Decider.NewOutcome(), e.Decider.NewOutcome()
	read, refused := 0, 0
	for i := range 20_000 {
		data := slices.Clone(e.Documents[i])
		for range random.IntN(3) {
			at := random.IntN(len(data))
			switch random.IntN(4) {
			case 0:
				data[at] = `{}[]":,0123456789.eE-+ntrufalse \`[random.IntN(33)]
			case 1:
				data = slices.Delete(data, at, min(at+1+random.IntN(8), len(data)))
			case 2:
				data = slices.Insert(data, at, " \n0\",[]{}9"[random.IntN(10)])
			default:
				other := e.Documents[random.IntN(len(e.Documents))]
				data = append(data[:at], other[min(at, len(other)):]...)
			}
			if len(data) == 0 {
				data = []byte("{}")
			}
		}
		slots, ok := e.Decider.ReadPlain(data)
		if !ok {
			refused++
			continue
		}
		read++
		answers, err := e.Program.ParseAnswers(data)
		if err != nil {
			t.Fatalf("read, but: %v: %s", err, data)
		}
		e.Decider.Decide(slots, quick)
		e.Decider.Decide(e.Decider.Slots(answers), slow)
		if !slices.Equal(quick.Needed, slow.Needed) || !slices.Equal(quick.Ask, slow.Ask) || !slices.Equal(quick.Open, slow.Open) || !slices.Equal(quick.Impossible, slow.Impossible) {
			t.Fatalf("read otherwise: %s", data)
		}
	}
	if read < 5000 || refused < 5000 {
		t.Errorf("%d read, %d refused", read, refused)
	}
}
