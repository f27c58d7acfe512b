// Command compare measures the engine on the events bundle against other rule engines that decide the same rules with the same
// results: expr's virtual machine, cel-go and OPA. It prints the whole table of package bench, with theirs, from one run. It is a
// module of its own so that the program itself does not depend on them.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/open-policy-agent/opa/v1/ast"

	"luvat/definitions"
	"luvat/engine/bench"
	"luvat/engine/bench/event"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	lib, found := definitions.Load(definitions.Embedded())
	if found.HasErrors() {
		return errors.New("the shipped definitions have errors: run luvat validate")
	}
	rows, err := bench.Table(lib, bench.Thorough, others)
	if err != nil {
		return err
	}
	return bench.Print(os.Stdout, rows)
}

// engines are the other engines, ready to decide the same cases.
type engines struct {
	answers []event.Answers
	values  []map[string]any
	inputs  []ast.Value
	expr    decider
	cel     decider
	opa     func(ast.Value) (event.Decision, error)
}

// compareCases is how many cases the others decide in turn; their inputs are large.
const compareCases = 4096

func newEngines(e *bench.Events) (*engines, error) {
	t, err := translate(e.Program.Bundle)
	if err != nil {
		return nil, err
	}
	on, _ := definitions.ParseDate(event.Day)
	var out engines
	for i := range e.Answers {
		a := &e.Answers[i]
		if len(a.Municipality) > 1 { // what differs by place is given to the others for one place
			continue
		}
		values, err := t.input(a, on)
		if err != nil {
			return nil, err
		}
		out.answers, out.values = append(out.answers, *a), append(out.values, values)
		if len(out.values) == compareCases {
			break
		}
	}
	var input func(map[string]any) (ast.Value, error)
	if out.opa, input, err = newOPA(t.rules); err != nil {
		return nil, err
	}
	for _, values := range out.values {
		v, err := input(values)
		if err != nil {
			return nil, err
		}
		out.inputs = append(out.inputs, v)
	}
	if out.expr, err = newExpr(t.rules, out.values[0]); err != nil {
		return nil, err
	}
	if out.cel, err = newCEL(t.rules, out.values[0]); err != nil {
		return nil, err
	}
	return &out, nil
}

func others(e *bench.Events) ([]bench.Other, error) {
	x, err := newEngines(e)
	if err != nil {
		return nil, err
	}
	way := func(name string, decide func(i int) (event.Decision, error)) bench.Other {
		return bench.Other{Goal: bench.Goal{AtLeast: 10}, Way: bench.Way{Name: name, Cases: len(x.values), Run: func(i int) {
			d, err := decide(i)
			if err == nil {
				bench.Sink += d.Needed
			}
		}}}
	}
	return []bench.Other{
		way("events, expr VM (typed map, one VM kept)", func(i int) (event.Decision, error) { return x.expr(x.values[i]) }),
		way("events, cel-go (optimised)", func(i int) (event.Decision, error) { return x.cel(x.values[i]) }),
		way("events, OPA (prepared query)", func(i int) (event.Decision, error) { return x.opa(x.inputs[i]) }),
	}, nil
}
