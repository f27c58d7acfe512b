package main

import (
	"testing"

	"luvat/definitions"
	"luvat/engine"
	"luvat/engine/bench"
	"luvat/engine/bench/event"
)

func TestAllDecideTheSame(t *testing.T) {
	lib, found := definitions.Load(definitions.Embedded())
	if found.HasErrors() {
		t.Fatal(found[0])
	}
	compiled, _ := engine.Compile(lib)
	on, _ := definitions.ParseDate(event.Day)
	program, err := compiled.Bundle("events", on)
	if err != nil {
		t.Fatal(err)
	}
	cases, err := bench.NewEvents(program, 2*compareCases)
	if err != nil {
		t.Fatal(err)
	}
	x, err := newEngines(cases)
	if err != nil {
		t.Fatal(err)
	}
	if len(x.answers) != compareCases {
		t.Errorf("%d cases, want %d", len(x.answers), compareCases)
	}
	for i := range x.answers {
		want := event.Decide(&x.answers[i])
		check := func(name string, got event.Decision, err error) {
			t.Helper()
			if err != nil || got != want {
				t.Fatalf("%s: %v: needed %x, ask %x, impossible %x, warnings %x differ: %s", name, err, got.Needed^want.Needed,
					got.Ask^want.Ask, got.Impossible^want.Impossible, got.Warnings^want.Warnings, x.answers[i].JSON(nil))
			}
		}
		got, err := x.expr(x.values[i])
		check("expr", got, err)
		got, err = x.cel(x.values[i])
		check("cel-go", got, err)
		if i < 500 { // OPA is slow
			got, err = x.opa(x.inputs[i])
			check("OPA", got, err)
		}
	}
}
