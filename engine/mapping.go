package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"

	"luvat/definitions"
)

// Mapping is a compiled expression over JSON values that somebody else made: a register's answer, what a login says of a person. Unlike
// a condition it has no types to lean on, so it never fails on the shape of what it meets: what is not there is nil, and nil goes on to
// be nil. It is immutable and safe for concurrent use.
type Mapping struct {
	eval evalFunc
	uses []string // the longest paths of names that it reads: "person.name", "registers.ytj.city", "reply.companies"
	from []string // those of uses whose values the result is made of: not those that are only asked about in `a ? b : c`
	vars int      // slots for `let`
}

// Names are the names that an expression may use, each with those that may follow it after a dot. Nil means that anything may follow,
// an empty map that nothing may.
type Names map[string]Names

// The bounds of one evaluation. A real mapping takes a few hundred steps; a reply of a megabyte that is walked once, a hundred thousand.
const (
	maxMappingSteps = 500_000
	maxMappingBytes = 1 << 20 // of texts that the expression makes
)

// ErrMappingTooLong says that an evaluation was given up because it took too many steps or made too much text.
var ErrMappingTooLong = errors.New("the expression takes too long on this data")

// evaluation is one run of a mapping.
type evaluation struct {
	env   map[string]any
	vars  []any
	item  []any // what `#` means, innermost last
	steps int
	bytes int
	over  bool
}

type evalFunc func(*evaluation) any

// step counts work and reports whether there may be more of it.
func (r *evaluation) step(n int) bool {
	r.steps += n
	r.over = r.over || r.steps > maxMappingSteps
	return !r.over
}

// text counts a text that was made and returns it, or nil when there is too much of it.
func (r *evaluation) text(s string) any {
	r.bytes += len(s)
	if r.over = r.over || r.bytes > maxMappingBytes; r.over {
		return nil
	}
	return s
}

// Eval evaluates the mapping. The values of env are what encoding/json makes of JSON; the result is a copy made of the same. The only
// error is ErrMappingTooLong.
func (m *Mapping) Eval(env map[string]any) (any, error) {
	r := &evaluation{env: env, vars: make([]any, m.vars)}
	v := r.copied(m.eval(r), 0)
	if r.over {
		return nil, ErrMappingTooLong
	}
	return v, nil
}

// True reports whether the mapping gives true; anything else, also what is not there, is not.
func (m *Mapping) True(env map[string]any) (bool, error) {
	v, err := m.Eval(env)
	return v == true, err
}

// Uses lists what the mapping reads, as far as it is known before it runs: "person.name", "registers.ytj.city". Each once, in order.
func (m *Mapping) Uses() []string { return slices.Clone(m.uses) }

// static is what is known of a part of an expression before it runs.
type static struct {
	path  string // "registers.ytj"; "" when it is not a path of names
	names Names  // what may follow
	text  *string
}

// mapper compiles one expression.
type mapper struct {
	*checker
	names Names
	uses  []string
	from  []string
	asked int      // conditions that the part stands in
	let   []string // names of variables in scope, by slot; "" is out of scope
}

// CompileMapping compiles an expression. The findings have the rules of expressions, with the place inside the source; with an error
// among them the mapping is nil.
func CompileMapping(e definitions.Expr, names Names) (*Mapping, definitions.Diagnostics) {
	c := &compiler{}
	k := &mapper{checker: &checker{s: &scope{c: c}, e: e, runes: []rune(e.Value)}, names: names}
	if len(k.runes) > maxExpression {
		k.report(e.At, "expression-too-long", fmt.Sprintf("this expression has %d characters; at most %d are read", len(k.runes), maxExpression), "cut it into names under `let`")
		return nil, c.found
	}
	if strings.TrimSpace(e.Value) == "" {
		k.report(e.At, "empty-expression", "an expression is missing here", "write one such as `reply.name`")
		return nil, c.found
	}
	tree, err := parser.Parse(e.Value)
	if err != nil {
		var fe *file.Error
		if errors.As(err, &fe) && strings.Contains(fe.Message, "coalesce") {
			k.report(k.place(fe.Location), "bad-expression", "`??` beside another operator needs brackets", "write `(a ?? b) + c`")
		} else {
			k.syntax(err)
		}
		return nil, c.found
	}
	eval, is := k.part(tree.Node)
	if len(is.names) > 0 {
		k.mark(tree.Node, "wrong-type", fmt.Sprintf("`%s` is no single value", is.path), fmt.Sprintf("write `%s.%s`", is.path, sortedKeys(is.names)[0]))
	}
	if c.found.HasErrors() {
		return nil, c.found
	}
	return &Mapping{eval: eval, uses: once(k.uses), from: once(k.from), vars: len(k.let)}, c.found
}

func (k *mapper) mark(n ast.Node, rule, message, suggestion string) (evalFunc, static) {
	k.checker.at(n, rule, message, suggestion)
	return nothing, static{}
}

func nothing(*evaluation) any { return nil }

func constantly(v any) evalFunc { return func(*evaluation) any { return v } }

// part compiles a part of the expression.
func (k *mapper) part(n ast.Node) (evalFunc, static) {
	switch n := n.(type) {
	case *ast.NilNode:
		return nothing, static{}
	case *ast.BoolNode:
		return constantly(n.Value), static{}
	case *ast.IntegerNode:
		return constantly(float64(n.Value)), static{}
	case *ast.FloatNode:
		if _, ok := clean(n.Value).(float64); !ok {
			return k.mark(n, "bad-constant", "this number is too large", "")
		}
		return constantly(n.Value), static{}
	case *ast.StringNode:
		return constantly(n.Value), static{text: &n.Value}
	case *ast.IdentifierNode:
		return k.name(n)
	case *ast.PointerNode:
		if n.Name != "" {
			return k.mark(n, "unknown-name", fmt.Sprintf("`#%s` has no meaning", n.Name), "`#` is the item that is looked at")
		}
		return func(r *evaluation) any { return r.item[len(r.item)-1] }, static{}
	case *ast.ChainNode:
		return k.part(n.Node)
	case *ast.MemberNode:
		return k.memberOf(n)
	case *ast.UnaryNode:
		return k.unaryOf(n), static{}
	case *ast.BinaryNode:
		return k.binaryOf(n), static{}
	case *ast.ConditionalNode:
		k.asked++
		when := k.value(n.Cond)
		k.asked--
		then, otherwise := k.value(n.Exp1), k.value(n.Exp2)
		return func(r *evaluation) any {
			if when(r) == true {
				return then(r)
			}
			return otherwise(r)
		}, static{}
	case *ast.VariableDeclaratorNode:
		return k.variable(n), static{}
	case *ast.ArrayNode:
		items := k.values(n.Nodes)
		return func(r *evaluation) any {
			list := make([]any, len(items))
			for i, item := range items {
				list[i] = item(r)
			}
			return list
		}, static{}
	case *ast.MapNode:
		return k.mapOf(n), static{}
	case *ast.BuiltinNode:
		return k.callOf(n, n.Name, n.Arguments), static{}
	case *ast.CallNode:
		if id, ok := n.Callee.(*ast.IdentifierNode); ok {
			return k.callOf(n, id.Value, n.Arguments), static{}
		}
		return k.mark(n, "bad-expression", "only a function can be called", "")
	}
	return k.mark(n, "bad-expression", "this construct is not part of the language", "see `Expressions` in docs/registers.md")
}

// value compiles a part that stands for one value.
func (k *mapper) value(n ast.Node) evalFunc {
	eval, _ := k.part(n)
	return eval
}

func (k *mapper) values(nodes []ast.Node) []evalFunc {
	list := make([]evalFunc, len(nodes))
	for i, n := range nodes {
		list[i] = k.value(n)
	}
	return list
}

func (k *mapper) name(n *ast.IdentifierNode) (evalFunc, static) {
	for i := len(k.let) - 1; i >= 0; i-- {
		if k.let[i] == n.Value {
			return func(r *evaluation) any { return r.vars[i] }, static{}
		}
	}
	is, ok := k.follow(n, static{names: k.names}, n.Value)
	if !ok {
		return nothing, static{}
	}
	return func(r *evaluation) any { return clean(r.env[n.Value]) }, is
}

func (k *mapper) variable(n *ast.VariableDeclaratorNode) evalFunc {
	value := k.value(n.Value)
	slot := len(k.let)
	k.let = append(k.let, n.Name)
	rest := k.value(n.Expr)
	k.let[slot] = ""
	return func(r *evaluation) any {
		r.vars[slot] = value(r)
		return rest(r)
	}
}

// follow takes one step along a path of names, and reports a name that is not there.
func (k *mapper) follow(n ast.Node, from static, name string) (static, bool) {
	path := name
	if from.path != "" {
		path = from.path + "." + name
	}
	if from.names == nil { // anything may follow
		k.use(from.path, path)
		return static{path: path}, true
	}
	next, ok := from.names[name]
	if !ok {
		k.unknown(n, from, name)
		return static{}, false
	}
	k.use(from.path, path)
	return static{path: path, names: next}, true
}

// use notes that a path is read, in the place of the shorter one that led to it.
func (k *mapper) use(before, path string) {
	lists := []*[]string{&k.uses, &k.from}
	if k.asked > 0 {
		lists = lists[:1]
	}
	for _, list := range lists {
		if i := len(*list) - 1; i >= 0 && before != "" && (*list)[i] == before {
			*list = (*list)[:i]
		}
		*list = append(*list, path)
	}
}

// once returns a list without repetitions.
func once(list []string) []string {
	var single []string
	for _, s := range list {
		if !slices.Contains(single, s) {
			single = append(single, s)
		}
	}
	return single
}

func (k *mapper) unknown(n ast.Node, from static, name string) {
	known := sortedKeys(from.names)
	suggestion := didYouMean(name, known)
	root, below, _ := strings.Cut(from.path, ".")
	switch {
	case from.path == "":
		if _, isRegister := from.names["registers"][name]; isRegister {
			suggestion = fmt.Sprintf("did you mean `registers.%s`?", name)
		} else if name == "registers" {
			suggestion = "registers are all asked at the same time: one cannot use what another says"
		} else if name == "reply" {
			suggestion = "nothing has been answered yet where this is evaluated"
		}
		k.mark(n, "unknown-name", fmt.Sprintf("there is no name `%s` here", name), suggestion)
	case from.path == "registers":
		k.mark(n, "unknown-register", fmt.Sprintf("there is no register `%s`", name), suggestion)
	case from.path == "answers":
		k.mark(n, "unknown-question", fmt.Sprintf("there is no question `%s`", name), suggestion)
	case root == "registers":
		k.mark(n, "unknown-field", fmt.Sprintf("the register `%s` does not give `%s`", below, name), suggestion)
	case len(known) == 0:
		k.mark(n, "unknown-field", fmt.Sprintf("`%s` is a single value: it has no `%s`", from.path, name), "")
	default:
		k.mark(n, "unknown-field", fmt.Sprintf("`%s` has no field `%s`", from.path, name), suggestion)
	}
}

func (k *mapper) memberOf(n *ast.MemberNode) (evalFunc, static) {
	base, is := k.part(n.Node)
	property, key := k.part(n.Property)
	if key.text != nil {
		name, next := *key.text, static{}
		if is.path != "" {
			var ok bool
			if next, ok = k.follow(n.Property, is, name); !ok {
				return nothing, static{}
			}
		}
		return func(r *evaluation) any {
			r.step(1)
			if m, ok := base(r).(map[string]any); ok {
				return clean(m[name])
			}
			return nil
		}, next
	}
	return func(r *evaluation) any {
		r.step(1)
		return itemAt(base(r), property(r))
	}, static{}
}

func (k *mapper) mapOf(n *ast.MapNode) evalFunc {
	type pair struct{ key, value evalFunc }
	var pairs []pair
	for _, p := range n.Pairs {
		if p, ok := p.(*ast.PairNode); ok {
			pairs = append(pairs, pair{k.value(p.Key), k.value(p.Value)})
		}
	}
	return func(r *evaluation) any {
		m := make(map[string]any, len(pairs))
		for _, p := range pairs {
			if key, ok := p.key(r).(string); ok {
				m[key] = p.value(r)
			}
		}
		return m
	}
}
