package bench

import (
	"errors"
	"time"

	"luvat/definitions"
	"luvat/engine"
	"luvat/engine/bench/event"
)

// Other is another way to decide the cases of the events bundle, compared with the engine.
type Other struct {
	Way
	Goal Goal
}

// Table measures everything in one run and returns the lines of the table. Others are made from the cases, so that all decide the
// same ones.
func Table(lib *definitions.Library, rounds Rounds, others func(*Events) ([]Other, error)) ([]Row, error) {
	compiled, found := engine.Compile(lib)
	on, _ := definitions.ParseDate(event.Day)
	program, err := compiled.Bundle("events", on)
	if err != nil {
		if found.HasErrors() {
			err = errors.Join(err, errors.New(found[0].At.String()+": "+found[0].Message))
		}
		return nil, err
	}
	events, err := NewEvents(program, Cases)
	if err != nil {
		return nil, err
	}
	permits, err := NewPermitCases(Cases)
	if err != nil {
		return nil, err
	}
	lines := []struct {
		way     Way
		against string
		goal    Goal
	}{
		{events.ByHand(), "", Goal{}},
		{events.BySlots(), eventsByHand, Goal{AtMost: 1}},
		{events.ByPartialSlots(), eventsByHand, Goal{AtMost: 3}},
		{events.ByHandFromJSON(), "", Goal{}},
		{events.FromJSON(), eventsJSONByHand, Goal{AtMost: 0.25}},
		{permits.ByGeneratedGo(), "", Goal{}},
		{permits.BySlots(), permitsGenerated, Goal{AtMost: 0.33}},
	}
	if others != nil {
		more, err := others(events)
		if err != nil {
			return nil, err
		}
		for _, o := range more {
			lines = append(lines, struct {
				way     Way
				against string
				goal    Goal
			}{o.Way, eventsSlots, o.Goal})
		}
	}
	ways := make([]Way, len(lines))
	for i, l := range lines {
		ways[i] = l.way
	}
	medians := Measure(rounds, ways...)
	median := map[string]time.Duration{}
	rows := make([]Row, len(lines))
	for i, l := range lines {
		median[l.way.Name] = medians[i]
		rows[i] = Row{Name: l.way.Name, Against: l.against, Median: medians[i], Goal: l.goal}
		if l.against != "" {
			rows[i].Ratio = float64(medians[i]) / float64(median[l.against])
		}
	}
	return rows, nil
}
