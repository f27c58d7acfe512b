package engine_test

import (
	"sync"
	"testing"

	"luvat/definitions"
	"luvat/engine"
	"luvat/engine/bench"
	"luvat/engine/bench/event"
)

// Benchmarks of single ways, for profiles. Ratios are measured in one run of all ways, by `make bench`: see docs/performance.md.

func run(b *testing.B, w bench.Way) {
	b.Helper()
	b.ReportAllocs()
	b.ResetTimer()
	i := 0
	for b.Loop() {
		w.Run(i)
		if i++; i == w.Cases {
			i = 0
		}
	}
}

func BenchmarkEventsByHand(b *testing.B)       { run(b, cases(b).ByHand()) }
func BenchmarkEventsSlots(b *testing.B)        { run(b, cases(b).BySlots()) }
func BenchmarkEventsPartial(b *testing.B)      { run(b, cases(b).ByPartialSlots()) }
func BenchmarkEventsJSONByHand(b *testing.B)   { run(b, cases(b).ByHandFromJSON()) }
func BenchmarkEventsJSON(b *testing.B)         { run(b, cases(b).FromJSON()) }
func BenchmarkPermitsGeneratedGo(b *testing.B) { run(b, permitCases(b).ByGeneratedGo()) }
func BenchmarkPermitsSlots(b *testing.B)       { run(b, permitCases(b).BySlots()) }

// BenchmarkLoadAndCompile is what a start of the program costs: reading, checking and compiling all shipped definitions.
func BenchmarkLoadAndCompile(b *testing.B) {
	for b.Loop() {
		lib, found := definitions.Load(definitions.Embedded())
		if found.HasErrors() {
			b.Fatal(found[0])
		}
		if _, found := engine.Compile(lib); found.HasErrors() {
			b.Fatal(found[0])
		}
	}
}

// BenchmarkAnalyse is the whole analysis with its reasons, texts and deadlines, from JSON.
func BenchmarkAnalyse(b *testing.B) {
	e, on := cases(b), day(b, event.Day)
	b.ReportAllocs()
	b.ResetTimer()
	i := 0
	for b.Loop() {
		answers, err := e.Program.ParseAnswers(e.Documents[i])
		if err != nil {
			b.Fatal(err)
		}
		e.Program.Analyse(answers, on, definitions.Finnish)
		if i++; i == len(e.Documents) {
			i = 0
		}
	}
}

// BenchmarkNewDecider is what a decider costs when another one has laid out the tables.
func BenchmarkNewDecider(b *testing.B) {
	p, on := eventsProgram(b), day(b, event.Day)
	b.ReportAllocs()
	for b.Loop() {
		p.NewDecider(on)
	}
}

var makePermitCases = sync.OnceValues(func() (*bench.PermitCases, error) {
	return bench.NewPermitCases(1 << 14)
})

func permitCases(t testing.TB) *bench.PermitCases {
	t.Helper()
	c, err := makePermitCases()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheEngineDecidesAsGeneratedGo(t *testing.T) {
	c := permitCases(t)
	out := c.Decider.NewOutcome()
	var want [8]uint64
	for i := range c.Answers {
		bench.DecidePermits(&c.Answers[i], &want)
		c.Decider.Decide(c.Slots[i], out)
		if [8]uint64(out.Needed) != want {
			t.Fatalf("%s: %x, want %x", c.Documents[i], out.Needed, want)
		}
		c.Decider.DecideThreeValued(c.Slots[i], out)
		if [8]uint64(out.Needed) != want {
			t.Fatalf("three-valued, %s: %x, want %x", c.Documents[i], out.Needed, want)
		}
	}
}

func TestDecidingAllocatesNothing(t *testing.T) {
	e := cases(t)
	out := e.Decider.NewOutcome()
	for name, decide := range map[string]func(i int){
		"from JSON": func(i int) {
			if err := e.Decider.DecideJSON(e.Documents[i], out); err != nil {
				t.Fatal(err)
			}
		},
		"complete": func(i int) { e.Decider.Decide(e.Slots[i], out) },
		"partial":  func(i int) { e.Decider.Decide(e.Partial[i], out) },
	} {
		i := 0
		if n := testing.AllocsPerRun(2000, func() { decide(i); i++ }); n != 0 {
			t.Errorf("%s: %v allocations a decision", name, n)
		}
	}
}

// Deciders share their tables: each must still decide by itself.
func TestDecidersAtTheSameTime(t *testing.T) {
	e := cases(t)
	on := day(t, event.Day)
	var all sync.WaitGroup
	for start := range 4 {
		all.Go(func() {
			d := e.Program.NewDecider(on)
			out := d.NewOutcome()
			requirements, _ := order(t, e.Program)
			for i := start; i < 2000; i += 2 {
				if err := d.DecideJSON(e.Documents[i], out); err != nil {
					t.Error(err)
					return
				}
				if want := event.Decide(&e.Answers[i]); gather(out.Needed, requirements) != want.Needed || gather(out.Ask, requirements) != want.Ask {
					t.Errorf("differs: %s", e.Documents[i])
					return
				}
			}
		})
	}
	all.Wait()
}
