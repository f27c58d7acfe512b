package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"cel.dev/cel-go/cel"
	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"
	"github.com/open-policy-agent/opa/v1/ast"
	opa "github.com/open-policy-agent/opa/v1/rego"

	"luvat/engine/bench/event"
)

// decider decides the case with these values.
type decider func(values map[string]any) (event.Decision, error)

func set(d *event.Decision, r rule) {
	switch r.output {
	case needed:
		d.Needed |= 1 << r.bit
	case ask:
		d.Ask |= 1 << r.bit
	case impossible:
		d.Impossible |= 1 << r.bit
	case warnings:
		d.Warnings |= 1 << r.bit
	}
}

// newExpr compiles the rules with expr, against a typed map, and runs them on one virtual machine that is used again and again.
func newExpr(rules []rule, example map[string]any) (decider, error) {
	env := types.Map{}
	for name, v := range example {
		env[name] = types.TypeOf(v)
	}
	programs := make([]*vm.Program, len(rules))
	for i, r := range rules {
		source := exprText.formula(r.condition)
		p, err := expr.Compile(source, expr.Env(env), expr.AsBool())
		if err != nil {
			return nil, fmt.Errorf("%s: %w\n%s", r.name, err, source)
		}
		programs[i] = p
		env[r.name] = types.Bool
	}
	machine := &vm.VM{}
	return func(values map[string]any) (event.Decision, error) {
		var d event.Decision
		for i, p := range programs {
			holds, err := machine.Run(p, values)
			if err != nil {
				return d, err
			}
			if values[rules[i].name] = holds; holds == true {
				set(&d, rules[i])
			}
		}
		return d, nil
	}, nil
}

// newCEL compiles the rules with cel-go, constants folded in advance.
func newCEL(rules []rule, example map[string]any) (decider, error) {
	kinds := map[string]*cel.Type{"bool": cel.BoolType, "number": cel.DoubleType, "text": cel.StringType, "texts": cel.ListType(cel.StringType)}
	var options []cel.EnvOption
	for _, name := range slices.Sorted(maps.Keys(example)) {
		options = append(options, cel.Variable(name, kinds[kindOf(example[name])]))
	}
	for _, r := range rules {
		options = append(options, cel.Variable(r.name, cel.BoolType))
	}
	env, err := cel.NewEnv(options...)
	if err != nil {
		return nil, err
	}
	programs := make([]cel.Program, len(rules))
	for i, r := range rules {
		source := celText.formula(r.condition)
		checked, issues := env.Compile(source)
		if issues.Err() != nil {
			return nil, fmt.Errorf("%s: %w\n%s", r.name, issues.Err(), source)
		}
		if programs[i], err = env.Program(checked, cel.EvalOptions(cel.OptOptimize)); err != nil {
			return nil, err
		}
	}
	return func(values map[string]any) (event.Decision, error) {
		var d event.Decision
		for i, p := range programs {
			out, _, err := p.Eval(values)
			if err != nil {
				return d, err
			}
			holds := out.Value() == true
			if values[rules[i].name] = holds; holds {
				set(&d, rules[i])
			}
		}
		return d, nil
	}, nil
}

// newOPA compiles the rules as one module of a prepared query; input turns the values of a case into OPA's own, which is not a
// part of deciding.
func newOPA(rules []rule) (decide func(ast.Value) (event.Decision, error), input func(map[string]any) (ast.Value, error), err error) {
	var w rego
	module := w.module(rules)
	ctx := context.Background()
	query, err := opa.New(opa.Query("x := [data.events.needed, data.events.ask, data.events.impossible, data.events.warnings]"),
		opa.Module("events.rego", module)).PrepareForEval(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("%w\n%s", err, module)
	}
	input = func(values map[string]any) (ast.Value, error) { return ast.InterfaceToValue(values) }
	decide = func(values ast.Value) (event.Decision, error) {
		var d event.Decision
		results, err := query.Eval(ctx, opa.EvalParsedInput(values))
		if err != nil {
			return d, err
		}
		for out, bits := range results[0].Bindings["x"].([]any) {
			for _, bit := range bits.([]any) {
				number, err := bit.(interface{ Int64() (int64, error) }).Int64()
				if err != nil {
					return d, err
				}
				set(&d, rule{output: output(out), bit: int(number)})
			}
		}
		return d, nil
	}
	return decide, input, nil
}
