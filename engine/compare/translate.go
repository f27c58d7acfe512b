package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"

	"luvat/definitions"
	"luvat/engine/bench/event"
)

// The conditions of the bundle are carried over to each rule engine as they stand, with facts written out. What only the rule
// language of the bundle has is given to the engines as an input that is computed beforehand, which costs them nothing:
//
//	p_x   the value of the parameter x at the case's place   e_x   whether there is one
//	o_x   outside_hours(starts_at, ends_at, parameters.x)    d_q   the beginning of the day of the question q, in minutes
//	b_q_r days_between(q, r)                                 w_x   whether the case's place is in the area of the overlay x
//	n_x   whether the requirement x is needed
//
// Inputs that have no value get one with which the test fails, as it does in the bundle.

// rule is something to decide: a requirement's need or question, or an impossible rule or warning.
type rule struct {
	output    output
	bit       int
	name      string // n_x or a_x for requirements, r_x for rules
	condition formula
}

// output is the set that a rule belongs to.
type output int

const (
	needed output = iota
	ask
	impossible
	warnings
)

// formula is a condition that is built of others.
type formula struct {
	op    byte // '&' '|' '!' or 0 for a leaf
	parts []formula
	leaf  ast.Node
}

func all(parts ...formula) formula { return formula{op: '&', parts: parts} }
func some(parts ...formula) formula {
	if len(parts) == 1 {
		return parts[0]
	}
	return formula{op: '|', parts: parts}
}
func not(part formula) formula { return formula{op: '!', parts: []formula{part}} }

func named(name string) formula { return formula{leaf: &ast.IdentifierNode{Value: name}} }

type translation struct {
	bundle *definitions.Bundle
	facts  map[string]definitions.Expr
	bit    map[string]int // of requirements and rules, as in package event
	rules  []rule         // each after those it reads
	inputs []string       // in order of first use
	areas  map[string][]definitions.Ref
}

// translate reads the rules of a bundle. Its error names a condition that uses what is not carried over.
func translate(b *definitions.Bundle) (*translation, error) {
	t := &translation{bundle: b, facts: map[string]definitions.Expr{}, bit: map[string]int{}, areas: map[string][]definitions.Ref{}}
	for _, f := range b.Facts {
		t.facts[f.ID] = f.Is
	}
	requirement := map[string]*definitions.Requirement{}
	for _, r := range b.Requirements {
		requirement[r.ID] = r
	}
	for _, ids := range [][]string{event.Requirements, event.ImpossibleRules, event.WarningRules} {
		for i, id := range ids {
			t.bit[id] = i
		}
	}
	state := map[string]int{}
	var visit func(id string) error
	visit = func(id string) error {
		if state[id] != 0 {
			return nil
		}
		state[id] = 1
		r := requirement[id]
		grounds, reads, err := t.grounds(r.Needed)
		if err != nil {
			return err
		}
		exceptions, more, err := t.grounds(r.Unless)
		if err != nil {
			return err
		}
		asks, evenMore, err := t.grounds(r.Ask)
		if err != nil {
			return err
		}
		condition := []formula{some(grounds...)}
		for _, e := range exceptions {
			condition = append(condition, not(e))
		}
		var displaced []formula
		for _, other := range b.Requirements {
			excludes := slices.ContainsFunc(other.Excludes, func(x definitions.Ref) bool { return x.ID() == id })
			covers := slices.ContainsFunc(r.CoveredBy, func(x definitions.Ref) bool { return x.ID() == other.ID })
			if excludes || covers {
				displaced = append(displaced, not(named(inputName('n', other.ID))))
				reads = append(reads, other.ID)
			}
		}
		for _, other := range append(append(reads, more...), evenMore...) {
			if err := visit(other); err != nil {
				return err
			}
		}
		t.rules = append(t.rules, rule{needed, t.bit[id], inputName('n', id), all(append(condition, displaced...)...)})
		if len(asks) > 0 {
			t.rules = append(t.rules, rule{ask, t.bit[id], inputName('a', id),
				all(append([]formula{some(asks...), not(named(inputName('n', id)))}, displaced...)...)})
		}
		return nil
	}
	for _, r := range b.Requirements {
		if err := visit(r.ID); err != nil {
			return nil, err
		}
	}
	for out, list := range map[output][]*definitions.Rule{impossible: b.Impossible, warnings: b.Warnings} {
		for _, r := range list {
			c, _, err := t.condition(r.When)
			if err != nil {
				return nil, err
			}
			t.rules = append(t.rules, rule{out, t.bit[r.ID], inputName('r', r.ID), t.within(r.Overlay, c)})
		}
	}
	return t, nil
}

func inputName(kind byte, id string) string {
	return string(kind) + "_" + strings.ReplaceAll(id, "-", "_")
}

func (t *translation) grounds(list []*definitions.Ground) (out []formula, reads []string, err error) {
	for _, g := range list {
		c, r, err := t.condition(g.When)
		if err != nil {
			return nil, nil, err
		}
		out, reads = append(out, t.within(g.Overlay, c)), append(reads, r...)
	}
	return out, reads, nil
}

// within adds to a condition of an overlay that the case is in its area.
func (t *translation) within(o *definitions.Overlay, c formula) formula {
	if o == nil {
		return c
	}
	name := inputName('w', o.ID)
	if !slices.Contains(t.inputs, name) {
		t.inputs = append(t.inputs, name)
		t.areas[name] = o.Where
	}
	return all(named(name), c)
}

// condition parses an expression, writes its facts out, and returns the requirements whose need it reads.
func (t *translation) condition(e definitions.Expr) (formula, []string, error) {
	tree, err := parser.Parse(e.Value)
	if err != nil {
		return formula{}, nil, fmt.Errorf("%s: %w", e.At, err)
	}
	var reads []string
	f, err := t.formula(tree.Node, &reads)
	if err != nil {
		return formula{}, nil, fmt.Errorf("%s: %w", e.At, err)
	}
	return f, reads, nil
}

func (t *translation) formula(n ast.Node, reads *[]string) (formula, error) {
	switch n := n.(type) {
	case *ast.BinaryNode:
		if op := map[string]byte{"and": '&', "&&": '&', "or": '|', "||": '|'}[n.Operator]; op != 0 {
			left, err := t.formula(n.Left, reads)
			if err != nil {
				return formula{}, err
			}
			right, err := t.formula(n.Right, reads)
			return formula{op: op, parts: []formula{left, right}}, err
		}
	case *ast.UnaryNode:
		if n.Operator == "not" || n.Operator == "!" {
			inner, err := t.formula(n.Node, reads)
			return not(inner), err
		}
	case *ast.IdentifierNode:
		if is, ok := t.facts[n.Value]; ok {
			f, more, err := t.condition(is)
			*reads = append(*reads, more...)
			return f, err
		}
	case *ast.CallNode, *ast.BuiltinNode, *ast.MemberNode:
		// needed(…) and exists(…) are inputs; what else there is stands inside comparisons.
	}
	leaf, err := t.value(n, reads)
	return formula{leaf: leaf}, err
}

// value replaces what only the bundle's language has.
func (t *translation) value(n ast.Node, reads *[]string) (ast.Node, error) {
	input := func(kind byte, id string) (ast.Node, error) {
		name := inputName(kind, id)
		if kind != 'n' && !slices.Contains(t.inputs, name) {
			t.inputs = append(t.inputs, name)
		}
		return &ast.IdentifierNode{Value: name}, nil
	}
	replace := func(list []ast.Node) error {
		for i := range list {
			var err error
			if list[i], err = t.value(list[i], reads); err != nil {
				return err
			}
		}
		return nil
	}
	switch n := n.(type) {
	case *ast.IdentifierNode:
		if _, ok := t.facts[n.Value]; ok {
			return nil, fmt.Errorf("the fact `%s` stands inside a comparison", n.Value)
		}
		return n, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.StringNode, *ast.BoolNode, *ast.PointerNode:
		return n, nil
	case *ast.ArrayNode:
		return n, replace(n.Nodes)
	case *ast.ConstantNode:
		return n, nil
	case *ast.BinaryNode:
		both := []ast.Node{n.Left, n.Right}
		err := replace(both)
		n.Left, n.Right = both[0], both[1]
		return n, err
	case *ast.UnaryNode:
		var err error
		n.Node, err = t.value(n.Node, reads)
		return n, err
	case *ast.PredicateNode:
		var err error
		n.Node, err = t.value(n.Node, reads)
		return n, err
	case *ast.BuiltinNode:
		if n.Name == "len" || n.Name == "any" {
			return n, replace(n.Arguments)
		}
	case *ast.MemberNode:
		if id, ok := parameter(n); ok {
			return input('p', id)
		}
	case *ast.CallNode:
		name := n.Callee.String()
		switch {
		case name == "needed" && len(n.Arguments) == 1:
			id := n.Arguments[0].(*ast.StringNode).Value
			*reads = append(*reads, id)
			return input('n', id)
		case name == "exists" && len(n.Arguments) == 1:
			if id, ok := parameter(n.Arguments[0]); ok {
				return input('e', id)
			}
		case name == "outside_hours" && len(n.Arguments) == 3:
			if id, ok := parameter(n.Arguments[2]); ok && n.Arguments[0].String() == "starts_at" && n.Arguments[1].String() == "ends_at" {
				return input('o', id)
			}
		case name == "days_between" && len(n.Arguments) == 2:
			return input('b', n.Arguments[0].String()+"__"+n.Arguments[1].String())
		case name == "at" && len(n.Arguments) == 2:
			clock, ok := n.Arguments[1].(*ast.StringNode)
			if !ok || len(clock.Value) != 5 {
				break
			}
			hours, err1 := strconv.Atoi(clock.Value[:2])
			minutes, err2 := strconv.Atoi(clock.Value[3:])
			midnight, err3 := input('d', n.Arguments[0].String())
			if err1 == nil && err2 == nil && err3 == nil {
				return &ast.BinaryNode{Operator: "+", Left: midnight, Right: &ast.IntegerNode{Value: 60*hours + minutes}}, nil
			}
		}
	}
	return nil, fmt.Errorf("`%s` is not carried over to the other engines", n.String())
}

func parameter(n ast.Node) (string, bool) {
	m, ok := n.(*ast.MemberNode)
	if !ok || m.Node.String() != "parameters" {
		return "", false
	}
	s, ok := m.Property.(*ast.StringNode)
	if !ok {
		return "", false
	}
	return s.Value, true
}
