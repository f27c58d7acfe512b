package engine

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"strings"

	"github.com/expr-lang/expr/ast"
)

func (k *mapper) unaryOf(n *ast.UnaryNode) evalFunc {
	x := k.value(n.Node)
	switch n.Operator {
	case "not", "!":
		return func(r *evaluation) any { return x(r) != true }
	case "-":
		return func(r *evaluation) any {
			if v, ok := x(r).(float64); ok {
				return -v
			}
			return nil
		}
	}
	return x
}

// binaryOf compiles an operator. What does not fit together gives nil, which is not true.
func (k *mapper) binaryOf(n *ast.BinaryNode) evalFunc {
	a, b := k.value(n.Left), k.value(n.Right)
	switch n.Operator {
	case "and", "&&":
		return func(r *evaluation) any { return a(r) == true && b(r) == true }
	case "or", "||":
		return func(r *evaluation) any { return a(r) == true || b(r) == true }
	case "??":
		return func(r *evaluation) any {
			if v := a(r); v != nil {
				return v
			}
			return b(r)
		}
	case "==":
		return func(r *evaluation) any { return r.same(a(r), b(r)) }
	case "!=":
		return func(r *evaluation) any { return !r.same(a(r), b(r)) }
	case "<":
		return compared(a, b, func(c int) bool { return c < 0 })
	case "<=":
		return compared(a, b, func(c int) bool { return c <= 0 })
	case ">":
		return compared(a, b, func(c int) bool { return c > 0 })
	case ">=":
		return compared(a, b, func(c int) bool { return c >= 0 })
	case "in":
		return func(r *evaluation) any { return r.within(a(r), b(r)) }
	case "contains":
		return onTexts(a, b, strings.Contains)
	case "startsWith":
		return onTexts(a, b, strings.HasPrefix)
	case "endsWith":
		return onTexts(a, b, strings.HasSuffix)
	case "matches":
		return k.matches(n, a)
	case "+":
		return func(r *evaluation) any { return r.plus(a(r), b(r)) }
	case "-":
		return onNumbers(a, b, func(x, y float64) float64 { return x - y })
	case "*":
		return onNumbers(a, b, func(x, y float64) float64 { return x * y })
	case "/":
		return onNumbers(a, b, func(x, y float64) float64 { return x / y })
	case "%":
		return onNumbers(a, b, math.Mod)
	}
	eval, _ := k.mark(n, "bad-expression", fmt.Sprintf("`%s` is not part of the language", n.Operator), "see `Expressions` in docs/registers.md")
	return eval
}

func (k *mapper) matches(n *ast.BinaryNode, a evalFunc) evalFunc {
	text, ok := n.Right.(*ast.StringNode)
	if !ok {
		eval, _ := k.mark(n.Right, "wrong-type", "a pattern stands in quotation marks", `write matches "^[0-9]+$"`)
		return eval
	}
	pattern, err := regexp.Compile(text.Value)
	if err != nil {
		eval, _ := k.mark(n.Right, "bad-constant", "this pattern cannot be read", "")
		return eval
	}
	return func(r *evaluation) any {
		s, ok := a(r).(string)
		return ok && r.step(len(s)/16) && pattern.MatchString(s)
	}
}

func compared(a, b evalFunc, holds func(int) bool) evalFunc {
	return func(r *evaluation) any {
		r.step(1)
		switch x := a(r).(type) {
		case float64:
			if y, ok := b(r).(float64); ok {
				return holds(cmp.Compare(x, y))
			}
		case string: // also days and times as JSON writes them
			if y, ok := b(r).(string); ok {
				return holds(strings.Compare(x, y))
			}
		}
		return nil
	}
}

func onTexts(a, b evalFunc, holds func(s, t string) bool) evalFunc {
	return func(r *evaluation) any {
		s, ok := a(r).(string)
		t, also := b(r).(string)
		return ok && also && r.step(len(s)/16) && holds(s, t)
	}
}

func onNumbers(a, b evalFunc, do func(x, y float64) float64) evalFunc {
	return func(r *evaluation) any {
		x, ok := a(r).(float64)
		y, also := b(r).(float64)
		if !ok || !also || !r.step(1) {
			return nil
		}
		return clean(do(x, y))
	}
}

// plus adds numbers and joins texts; a number beside a text is written out.
func (r *evaluation) plus(a, b any) any {
	x, ok := a.(float64)
	y, also := b.(float64)
	if ok && also {
		return clean(x + y)
	}
	s, ok := writtenValue(a)
	t, also := writtenValue(b)
	if !ok || !also || !r.step(1) {
		return nil
	}
	return r.text(s + t)
}

func (r *evaluation) within(x, of any) bool {
	switch of := of.(type) {
	case []any:
		for _, item := range of {
			if r.same(x, item) {
				return true
			}
		}
	case map[string]any:
		name, ok := x.(string)
		_, has := of[name]
		return ok && has
	}
	return false
}
