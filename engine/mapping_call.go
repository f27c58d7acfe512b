package engine

import (
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"unicode"

	"github.com/expr-lang/expr/ast"
)

// mappingFunction is a function of mappings. It looks at nothing but its arguments.
type mappingFunction struct {
	least, most int // arguments
	usage       string
	do          func(r *evaluation, args []any) any
}

var mappingFunctions = map[string]mappingFunction{
	"len":     {1, 1, "len(reply.companies)", func(r *evaluation, a []any) any { return lengthOf(a[0]) }},
	"first":   {1, 1, "first(reply.names)", func(r *evaluation, a []any) any { return itemAt(a[0], 0.0) }},
	"last":    {1, 1, "last(reply.names)", func(r *evaluation, a []any) any { return itemAt(a[0], -1.0) }},
	"lower":   {1, 1, "lower(x)", onText(strings.ToLower)},
	"upper":   {1, 1, "upper(x)", onText(strings.ToUpper)},
	"trim":    {1, 1, "trim(x)", onText(strings.TrimSpace)},
	"proper":  {1, 1, `proper("HELSINKI")`, onText(proper)},
	"join":    {1, 2, `join([a.street, a.number], " ")`, joinedText},
	"split":   {2, 2, `split(x, ",")`, splitText},
	"replace": {3, 3, `replace(x, "-", "")`, replacedText},
	"string":  {1, 1, "string(x)", func(r *evaluation, a []any) any { return textOf(r, a[0]) }},
	"number":  {1, 1, "number(x)", func(r *evaluation, a []any) any { return numberOf(a[0]) }},
	"abs":     {1, 1, "abs(x)", onNumber(math.Abs)},
	"ceil":    {1, 1, "ceil(x)", onNumber(math.Ceil)},
	"floor":   {1, 1, "floor(x)", onNumber(math.Floor)},
	"round":   {1, 1, "round(x)", onNumber(math.Round)},
	"min":     {1, 9, "min(a, b)", func(r *evaluation, a []any) any { return extreme(a, math.Min) }},
	"max":     {1, 9, "max(a, b)", func(r *evaluation, a []any) any { return extreme(a, math.Max) }},
}

// mappingLoops are the functions that look at every item of a list, which `#` means; `.name` is short for `#.name`.
var mappingLoops = []string{"filter", "map", "find", "any", "all", "none", "one", "count", "sum"}

func mappingFunctionNames() []string {
	names := append(sortedKeys(mappingFunctions), mappingLoops...)
	sort.Strings(names)
	return names
}

func (k *mapper) callOf(n ast.Node, name string, args []ast.Node) evalFunc {
	for _, loop := range mappingLoops {
		if name == loop {
			return k.loop(n, name, args)
		}
	}
	f, ok := mappingFunctions[name]
	if !ok {
		suggestion := didYouMean(name, mappingFunctionNames())
		if name == "now" || name == "date" {
			suggestion = "a mapping never reads the clock"
		}
		eval, _ := k.mark(n, "unknown-function", fmt.Sprintf("there is no function `%s` here", name), suggestion)
		return eval
	}
	if len(args) < f.least || len(args) > f.most {
		eval, _ := k.mark(n, "wrong-type", fmt.Sprintf("%s does not take %d values", name, len(args)), "write `"+f.usage+"`")
		return eval
	}
	parts := k.values(args)
	return func(r *evaluation) any {
		if !r.step(1) {
			return nil
		}
		values := make([]any, len(parts))
		for i, part := range parts {
			values[i] = part(r)
		}
		return f.do(r, values)
	}
}

func (k *mapper) loop(n ast.Node, name string, args []ast.Node) evalFunc {
	if len(args) == 0 || len(args) == 1 && name != "count" && name != "sum" || len(args) > 2 {
		eval, _ := k.mark(n, "wrong-type", name+"(…) takes a list and what to look at in it", fmt.Sprintf("write `%s(reply.names, .type == \"1\")`", name))
		return eval
	}
	list := k.value(args[0])
	if len(args) == 1 {
		if name == "count" {
			return func(r *evaluation) any { return float64(len(listOf(list(r)))) }
		}
		return func(r *evaluation) any {
			return r.each(list(r), func(r *evaluation) any { return r.item[len(r.item)-1] }, &summed{})
		}
	}
	predicate, ok := args[1].(*ast.PredicateNode)
	if !ok {
		eval, _ := k.mark(args[1], "wrong-type", name+"(…) takes a condition", "")
		return eval
	}
	body := k.value(predicate.Node)
	makers := map[string]func() gatherer{
		"filter": func() gatherer { return &filtered{list: []any{}} }, "map": func() gatherer { return &mapped{list: []any{}} },
		"find": func() gatherer { return &foundFirst{} }, "sum": func() gatherer { return &summed{} },
		"any":   func() gatherer { return &counted{gives: func(yes, all int) any { return yes > 0 }} },
		"all":   func() gatherer { return &counted{gives: func(yes, all int) any { return yes == all }} },
		"none":  func() gatherer { return &counted{gives: func(yes, all int) any { return yes == 0 }} },
		"one":   func() gatherer { return &counted{gives: func(yes, all int) any { return yes == 1 }} },
		"count": func() gatherer { return &counted{gives: func(yes, all int) any { return float64(yes) }} },
	}
	newGatherer := makers[name]
	return func(r *evaluation) any { return r.each(list(r), body, newGatherer()) }
}

// gatherer takes the items of a list one by one, each with what was said of it, until it has enough.
type gatherer interface {
	take(item, said any) (enough bool)
	result() any
}

func (r *evaluation) each(list any, body evalFunc, g gatherer) any {
	r.item = append(r.item, nil)
	for _, item := range listOf(list) {
		if !r.step(2) {
			break
		}
		item = clean(item)
		r.item[len(r.item)-1] = item
		if g.take(item, body(r)) {
			break
		}
	}
	r.item = r.item[:len(r.item)-1]
	return g.result()
}

type filtered struct{ list []any }

func (f *filtered) take(item, said any) bool {
	if said == true {
		f.list = append(f.list, item)
	}
	return false
}
func (f *filtered) result() any { return f.list }

type mapped struct{ list []any }

func (m *mapped) take(_, said any) bool { m.list = append(m.list, said); return false }
func (m *mapped) result() any           { return m.list }

type foundFirst struct{ item any }

func (f *foundFirst) take(item, said any) bool {
	if said == true {
		f.item = item
	}
	return said == true
}
func (f *foundFirst) result() any { return f.item }

type counted struct {
	yes, all int
	gives    func(yes, all int) any
}

func (c *counted) take(_, said any) bool {
	c.all++
	if said == true {
		c.yes++
	}
	return false
}
func (c *counted) result() any { return c.gives(c.yes, c.all) }

type summed struct{ total float64 }

func (s *summed) take(_, said any) bool {
	x, _ := said.(float64)
	s.total += x
	return false
}
func (s *summed) result() any { return clean(s.total) }

func onText(do func(string) string) func(*evaluation, []any) any {
	return func(r *evaluation, a []any) any {
		if s, ok := a[0].(string); ok && r.step(len(s)/16) {
			return r.text(do(s))
		}
		return nil
	}
}

func onNumber(do func(float64) float64) func(*evaluation, []any) any {
	return func(r *evaluation, a []any) any {
		if x, ok := a[0].(float64); ok {
			return do(x)
		}
		return nil
	}
}

// lengthOf counts items, or the characters of a text; nothing has the length 0.
func lengthOf(v any) any {
	switch v := v.(type) {
	case []any:
		return float64(len(v))
	case map[string]any:
		return float64(len(v))
	case string:
		return float64(len([]rune(v)))
	}
	return 0.0
}

// joinedText joins the texts and numbers of a list that are there and not empty.
func joinedText(r *evaluation, a []any) any {
	between := ""
	if len(a) > 1 {
		between, _ = a[1].(string)
	}
	var parts []string
	size := 0
	for _, item := range listOf(a[0]) {
		if s, ok := writtenValue(clean(item)); ok && strings.TrimSpace(s) != "" && r.step(1) {
			if size += len(s) + len(between); size > maxMappingBytes {
				r.over = true
				return nil
			}
			parts = append(parts, strings.TrimSpace(s))
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return r.text(strings.Join(parts, between))
}

func splitText(r *evaluation, a []any) any {
	s, ok := a[0].(string)
	by, also := a[1].(string)
	if !ok || !also || by == "" || !r.step(1+len(s)/16+strings.Count(s, by)) {
		return nil
	}
	parts := strings.Split(s, by)
	list := make([]any, len(parts))
	for i, p := range parts {
		list[i] = p
	}
	return list
}

func replacedText(r *evaluation, a []any) any {
	s, ok := a[0].(string)
	from, also := a[1].(string)
	to, too := a[2].(string)
	if !ok || !also || !too || from == "" {
		return nil
	}
	if grown := len(s) + strings.Count(s, from)*max(0, len(to)-len(from)); grown > maxMappingBytes || !r.step(1+len(s)/16) {
		r.over = true
		return nil
	}
	return r.text(strings.ReplaceAll(s, from, to))
}

func textOf(r *evaluation, v any) any {
	if b, ok := v.(bool); ok {
		return strconv.FormatBool(b)
	}
	if s, ok := writtenValue(v); ok {
		return r.text(s)
	}
	return nil
}

// numberOf reads a number from a text, also one with a decimal comma.
func numberOf(v any) any {
	switch v := v.(type) {
	case float64:
		return v
	case string:
		if x, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(v), ",", ".", 1), 64); err == nil {
			return clean(x)
		}
	}
	return nil
}

func extreme(a []any, choose func(x, y float64) float64) any {
	if len(a) == 1 {
		a = listOf(a[0])
	}
	var best any
	for _, v := range a {
		if x, ok := v.(float64); ok && best == nil {
			best = x
		} else if ok {
			best = choose(best.(float64), x)
		}
	}
	return best
}

// proper writes a name that is all in capitals as names are written: HELSINKI, MAARIANHAMINA - MARIEHAMN. Other texts stay as they are.
func proper(s string) string {
	if s != strings.ToUpper(s) {
		return s
	}
	begins := true
	return strings.Map(func(c rune) rune {
		if !begins {
			c = unicode.ToLower(c)
		}
		begins = !unicode.IsLetter(c) && c != '\''
		return c
	}, s)
}
