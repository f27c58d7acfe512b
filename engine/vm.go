package engine

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
)

// The third tier: what neither cells nor closures can say runs in expr's virtual machine. Its parts that are not opaque are evaluated
// by closures and handed over as variables, so the machine never sees an unknown answer.

type call struct {
	truth truthFunc
	value valueFunc
}

func (p *Program) compileCall(n *node) call {
	var parts []*node
	source := vmSource(n, &parts)
	env := map[string]any{}
	for i, a := range parts {
		env[variable(i)] = vmZero(a)
	}
	program, err := expr.Compile(source, expr.Env(env), expr.DisableBuiltin("now"))
	if err != nil { // the checker let something through that expr refuses: the condition then never holds and never fails
		return call{truth: func(*frame) tri { return maybe }, value: func(*frame) value { return unknownValue }}
	}
	compiled := make([]valueFunc, len(parts))
	for i, a := range parts {
		compiled[i] = p.compileValue(a)
	}
	run := func(f *frame) value {
		args := make(map[string]any, len(parts))
		gone := false
		for i := range compiled {
			v := compiled[i](f)
			switch v.st {
			case unknown:
				return unknownValue
			case none:
				gone = true
			}
			args[variable(i)] = vmValue(parts[i], v)
		}
		if gone {
			return noneValue
		}
		machine := vm.VM{}
		out, err := machine.Run(program, args)
		if err != nil {
			return noneValue
		}
		switch out := out.(type) {
		case bool:
			return boolValue(out)
		case string:
			return textValue(out)
		case int:
			return numberValue(float64(out))
		case float64:
			return numberValue(out)
		}
		return noneValue
	}
	return call{value: run, truth: func(f *frame) tri {
		switch v := run(f); v.st {
		case known:
			return triOf(v.n != 0)
		case none:
			return no
		}
		return maybe
	}}
}

func variable(i int) string { return "v" + strconv.Itoa(i) }

func vmZero(n *node) any {
	switch {
	case n.kind.code == kindBool:
		return false
	case n.kind.ordered():
		return 0.0
	}
	return ""
}

func vmValue(n *node, v value) any {
	switch {
	case n.kind.code == kindBool:
		return v.n != 0
	case n.kind.ordered():
		return v.n
	}
	return v.s
}

// vmSource writes an opaque expression with its other parts as variables.
func vmSource(n *node, parts *[]*node) string {
	if n.op == opConst && n.val.st == known {
		switch {
		case n.kind.code == kindBool:
			return strconv.FormatBool(n.val.n != 0)
		case n.kind.ordered():
			return "(" + strconv.FormatFloat(n.val.n, 'f', -1, 64) + ")"
		}
		return strconv.Quote(n.val.s)
	}
	if n.op != opCall {
		*parts = append(*parts, n)
		return variable(len(*parts) - 1)
	}
	args := make([]string, len(n.args))
	for i, a := range n.args {
		args[i] = vmSource(a, parts)
	}
	switch n.name {
	case "contains", "startsWith", "endsWith", "matches":
		return fmt.Sprintf("(%s %s %s)", args[0], n.name, args[1])
	}
	return n.name + "(" + strings.Join(args, ", ") + ")"
}
