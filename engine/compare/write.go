package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// infix writes formulas as one expression, in the grammar of expr or of CEL.
type infix struct {
	and, or, not string
	length       string
	number       func(float64) string
	anyOf        func(list, condition string) string
	item         string
}

var exprText = infix{
	and: " and ", or: " or ", not: "not ", length: "len",
	number: func(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) },
	anyOf:  func(list, condition string) string { return "any(" + list + ", " + condition + ")" },
	item:   "#",
}

// CEL does not compare whole numbers with others, so every number is a double.
var celText = infix{
	and: " && ", or: " || ", not: "!", length: "size",
	number: func(x float64) string {
		s := strconv.FormatFloat(x, 'f', -1, 64)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	},
	anyOf: func(list, condition string) string { return list + ".exists(item, " + condition + ")" },
	item:  "item",
}

func (w infix) formula(f formula) string {
	switch f.op {
	case '!':
		return w.not + "(" + w.formula(f.parts[0]) + ")"
	case '&', '|':
		parts := make([]string, len(f.parts))
		for i, p := range f.parts {
			parts[i] = "(" + w.formula(p) + ")"
		}
		return strings.Join(parts, map[byte]string{'&': w.and, '|': w.or}[f.op])
	default:
		return w.leaf(f.leaf)
	}
}

func (w infix) leaf(n ast.Node) string {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return n.Value
	case *ast.PointerNode:
		return w.item
	case *ast.StringNode:
		return strconv.Quote(n.Value)
	case *ast.BoolNode:
		return strconv.FormatBool(n.Value)
	case *ast.IntegerNode:
		return w.number(float64(n.Value))
	case *ast.FloatNode:
		return w.number(n.Value)
	case *ast.ArrayNode:
		return "[" + list(n, w.leaf) + "]"
	case *ast.PredicateNode:
		return w.leaf(n.Node)
	case *ast.UnaryNode:
		return w.not + "(" + w.leaf(n.Node) + ")"
	case *ast.BuiltinNode:
		if n.Name == "len" {
			return w.length + "(" + w.leaf(n.Arguments[0]) + ")"
		}
		return w.anyOf(w.leaf(n.Arguments[0]), w.leaf(n.Arguments[1]))
	case *ast.BinaryNode:
		operator := map[string]string{"and": w.and, "&&": w.and, "or": w.or, "||": w.or}[n.Operator]
		if operator == "" {
			operator = " " + n.Operator + " "
		}
		left, right := w.leaf(n.Left), w.leaf(n.Right)
		if counted(n.Left) {
			right = strings.TrimSuffix(right, ".0")
		}
		return "(" + left + operator + right + ")"
	}
	panic(fmt.Sprintf("translate lets nothing else through: %T", n))
}

// counted is whether a value is a length, which is a whole number in CEL too.
func counted(n ast.Node) bool {
	b, ok := n.(*ast.BuiltinNode)
	return ok && b.Name == "len"
}

func list(n *ast.ArrayNode, write func(ast.Node) string) string {
	parts := make([]string, len(n.Nodes))
	for i, x := range n.Nodes {
		parts[i] = write(x)
	}
	return strings.Join(parts, ", ")
}

// rego writes formulas as rules: an alternative is a rule of its own with several bodies.
type rego struct {
	text    strings.Builder
	helpers int
}

// statements returns the lines of a body that holds when the formula does.
func (w *rego) statements(f formula) []string {
	switch f.op {
	case '&':
		var lines []string
		for _, p := range f.parts {
			lines = append(lines, w.statements(p)...)
		}
		return lines
	case '|':
		name := w.name()
		for _, p := range f.parts {
			w.rule(name, w.statements(p))
		}
		return []string{name}
	case '!':
		lines := w.statements(f.parts[0])
		if len(lines) == 1 && !strings.HasPrefix(lines[0], "not ") && !strings.HasPrefix(lines[0], "some ") {
			return []string{"not " + lines[0]}
		}
		name := w.name()
		w.rule(name, lines)
		return []string{"not " + name}
	default:
		return w.test(f.leaf)
	}
}

func (w *rego) name() string {
	w.helpers++
	return "h" + strconv.Itoa(w.helpers)
}

func (w *rego) rule(name string, lines []string) {
	fmt.Fprintf(&w.text, "%s if {\n\t%s\n}\n\n", name, strings.Join(lines, "\n\t"))
}

func (w *rego) test(n ast.Node) []string {
	switch n := n.(type) {
	case *ast.UnaryNode:
		return w.statements(not(formula{leaf: n.Node}))
	case *ast.BuiltinNode:
		if n.Name == "any" {
			body := append([]string{"some item in " + w.value(n.Arguments[0])}, w.test(n.Arguments[1].(*ast.PredicateNode).Node)...)
			name := w.name()
			w.rule(name, body)
			return []string{name}
		}
	case *ast.BinaryNode:
		switch n.Operator {
		case "and", "&&":
			return append(w.test(n.Left), w.test(n.Right)...)
		case "or", "||":
			return w.statements(some(formula{leaf: n.Left}, formula{leaf: n.Right}))
		case "in":
			if set, ok := n.Right.(*ast.ArrayNode); ok {
				return []string{w.value(n.Left) + " in {" + list(set, w.value) + "}"}
			}
		}
	}
	return []string{w.value(n)}
}

func (w *rego) value(n ast.Node) string {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		if strings.HasPrefix(n.Value, "n_") {
			return n.Value
		}
		return "input." + n.Value
	case *ast.PointerNode:
		return "item"
	case *ast.BuiltinNode:
		return "count(" + w.value(n.Arguments[0]) + ")"
	case *ast.ArrayNode:
		return "[" + list(n, w.value) + "]"
	case *ast.BinaryNode:
		// Rego has no brackets around comparisons; only sums need any.
		if strings.Contains("+-*/", n.Operator) {
			return "(" + w.value(n.Left) + " " + n.Operator + " " + w.value(n.Right) + ")"
		}
		return w.value(n.Left) + " " + n.Operator + " " + w.value(n.Right)
	default:
		return exprText.leaf(n)
	}
}

// module writes all rules, and sets of the names of those that hold.
func (w *rego) module(rules []rule) string {
	for _, r := range rules {
		w.rule(r.name, w.statements(r.condition))
		set := []string{"needed", "ask", "impossible", "warnings"}[r.output]
		fmt.Fprintf(&w.text, "%s contains %d if %s\n\n", set, r.bit, r.name)
	}
	return "package events\n\n" + w.text.String()
}
