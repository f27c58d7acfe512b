package bench

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing/fstest"

	"luvat/definitions"
	"luvat/engine"
	"luvat/engine/bench/event"
	"luvat/engine/bench/permit"
)

// Cases is how many different sets of answers are decided in turn: too many for a branch predictor to learn.
const Cases = 65536

// Events are cases of the events bundle in every form in which they are decided.
type Events struct {
	Program   *engine.Program
	Decider   *engine.Decider
	Answers   []event.Answers // complete
	Documents [][]byte        // the same as JSON
	Slots     []*engine.Slots // the same in slots
	Partial   []*engine.Slots // the same, with a part of the answers left out
}

// NewEvents makes different cases, the same ones each time. The program is the events bundle in force on event.Day.
func NewEvents(p *engine.Program, count int) (*Events, error) {
	on, _ := definitions.ParseDate(event.Day)
	e := &Events{Program: p, Decider: p.NewDecider(on)}
	random := rand.New(rand.NewPCG(2026, 11))
	seen := make(map[string]bool, count)
	for len(e.Answers) < count {
		a := event.Random(random)
		document := a.JSON(nil)
		if seen[string(document)] {
			continue
		}
		seen[string(document)] = true
		slots, err := e.slots(document)
		if err != nil {
			return nil, err
		}
		share := random.IntN(100)
		partial, err := e.slots(a.JSON(func(string) bool { return random.IntN(100) < share }))
		if err != nil {
			return nil, err
		}
		e.Answers = append(e.Answers, a)
		e.Documents = append(e.Documents, document)
		e.Slots = append(e.Slots, slots)
		e.Partial = append(e.Partial, partial)
	}
	return e, nil
}

func (e *Events) slots(document []byte) (*engine.Slots, error) {
	answers, err := e.Program.ParseAnswers(document)
	if err != nil {
		return nil, fmt.Errorf("the answers of a case cannot be read: %w", err)
	}
	return e.Decider.Slots(answers), nil
}

// PermitCases are cases of the generated permits.
type PermitCases struct {
	Program   *engine.Program
	Decider   *engine.Decider
	Answers   []PermitAnswers
	Documents [][]byte
	Slots     []*engine.Slots
}

// NewPermitCases compiles the generated permits and makes cases of them, the same ones each time.
func NewPermitCases(count int) (*PermitCases, error) {
	set := permit.New()
	own, found := definitions.Load(definitions.Root{FS: fstest.MapFS{
		"bundles/permits/bundle.yaml": {Data: set.YAML()},
		"shared/authorities.csv":      {Data: []byte("id,type,name_fi,name_sv,name_en\nowner,national,O,O,O\n")},
	}})
	if found.HasErrors() {
		return nil, fmt.Errorf("the generated permits cannot be read: %s: %s", found[0].At, found[0].Message)
	}
	compiled, found := engine.Compile(own)
	if found.HasErrors() {
		return nil, fmt.Errorf("the generated permits cannot be compiled: %s: %s", found[0].At, found[0].Message)
	}
	on, _ := definitions.ParseDate(event.Day)
	program, err := compiled.Bundle("permits", on)
	if err != nil {
		return nil, err
	}
	c := &PermitCases{Program: program, Decider: program.NewDecider(on)}
	c.Answers, c.Documents = RandomPermitAnswers(set, count)
	for _, document := range c.Documents {
		answers, err := program.ParseAnswers(document)
		if err != nil {
			return nil, fmt.Errorf("the answers of a case cannot be read: %w", err)
		}
		c.Slots = append(c.Slots, c.Decider.Slots(answers))
	}
	return c, nil
}

// Names of the ways, as they stand in the table.
const (
	eventsByHand     = "events, by hand in Go"
	eventsSlots      = "events, answers in slots"
	eventsPartial    = "events, partial answers, three-valued"
	eventsJSONByHand = "events, encoding/json + by hand in Go"
	eventsJSON       = "events, from JSON bytes"
	permitsGenerated = "500 permits, generated Go"
	permitsSlots     = "500 permits, answers in slots"
)

// Sink keeps results alive, so that no compiler leaves a decision out.
var Sink uint64

// ByHand decides the cases with the hand-written Go.
func (e *Events) ByHand() Way {
	return Way{Name: eventsByHand, Cases: len(e.Answers), Run: func(i int) { Sink += event.Decide(&e.Answers[i]).Needed }}
}

// BySlots decides the cases with the engine, over answers in slots.
func (e *Events) BySlots() Way {
	out := e.Decider.NewOutcome()
	return Way{Name: eventsSlots, Cases: len(e.Slots), Run: func(i int) { e.Decider.Decide(e.Slots[i], out); Sink += out.Needed[0] }}
}

// ByPartialSlots decides the cases with the engine when answers are missing.
func (e *Events) ByPartialSlots() Way {
	out := e.Decider.NewOutcome()
	return Way{Name: eventsPartial, Cases: len(e.Partial), Run: func(i int) { e.Decider.Decide(e.Partial[i], out); Sink += out.Needed[0] }}
}

// ByHandFromJSON reads the cases into the struct and decides them with the hand-written Go.
func (e *Events) ByHandFromJSON() Way {
	return Way{Name: eventsJSONByHand, Cases: len(e.Documents), Run: func(i int) {
		var a event.Answers
		if json.Unmarshal(e.Documents[i], &a) == nil {
			Sink += event.Decide(&a).Needed
		}
	}}
}

// FromJSON decides the cases with the engine from their JSON.
func (e *Events) FromJSON() Way {
	out := e.Decider.NewOutcome()
	return Way{Name: eventsJSON, Cases: len(e.Documents), Run: func(i int) {
		if e.Decider.DecideJSON(e.Documents[i], out) == nil {
			Sink += out.Needed[0]
		}
	}}
}

// ByGeneratedGo decides the cases with the Go that was generated from the permits.
func (c *PermitCases) ByGeneratedGo() Way {
	var needed [(permit.Count + 63) / 64]uint64
	return Way{Name: permitsGenerated, Cases: len(c.Answers), Run: func(i int) { DecidePermits(&c.Answers[i], &needed); Sink += needed[0] }}
}

// BySlots decides the cases with the engine.
func (c *PermitCases) BySlots() Way {
	out := c.Decider.NewOutcome()
	return Way{Name: permitsSlots, Cases: len(c.Slots), Run: func(i int) { c.Decider.Decide(c.Slots[i], out); Sink += out.Needed[0] }}
}
