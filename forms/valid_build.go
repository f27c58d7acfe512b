package forms

import (
	"encoding/json"
	"math"
	"math/big"
	"slices"
	"sort"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// builder makes nodes of a compiled schema.
type builder struct {
	asserted bool // `format` is a check
	nodes    map[*jsonschema.Schema]*node
}

// build returns the node of a schema, and every schema that can be reached from it or the others, by location. The library judges the whole if
// whole is asked for, and where what a schema means depends on the way that leads to it.
func build(root *jsonschema.Schema, others []*jsonschema.Schema, asserted, whole bool) (*node, map[string]*jsonschema.Schema) {
	w := &walk{state: map[*jsonschema.Schema]int{}, schemas: map[string]*jsonschema.Schema{}}
	w.visit(root)
	for _, s := range others {
		if w.state[s] == 0 {
			w.visit(s)
		}
	}
	if whole || w.dynamic || w.circle {
		return &node{library: root, ask: true}, w.schemas
	}
	b := &builder{asserted: asserted, nodes: map[*jsonschema.Schema]*node{}}
	top := b.node(root)
	for _, n := range b.nodes {
		if n.object != nil {
			n.object.shorten()
		}
	}
	return top, w.schemas
}

// shorten puts the rules of texts beside their properties. It comes last: a schema may be a property of its own.
func (o *objectRule) shorten() {
	for i := range o.properties {
		p := &o.properties[i]
		if n := p.node; !n.ask && n.types&stringKind != 0 && n.choice == nil && n.more == nil {
			p.text = n.text
		}
	}
}

// walk visits all schemas that can be reached.
type walk struct {
	state   map[*jsonschema.Schema]int
	schemas map[string]*jsonschema.Schema
	dynamic bool // there are references whose target depends on the way to them
	circle  bool // a schema applies itself to the same value, without end
}

const (
	entered = 1 + iota
	left
)

func (w *walk) visit(s *jsonschema.Schema) {
	w.state[s] = entered
	w.schemas[s.Location] = s
	w.dynamic = w.dynamic || s.DynamicRef != nil || s.RecursiveRef != nil
	same, inner := children(s)
	for _, c := range same {
		switch w.state[c] {
		case entered:
			w.circle = true
		case 0:
			w.visit(c)
		}
	}
	w.state[s] = left
	// Only now: a schema may well use itself for what is inside a value.
	for _, c := range inner {
		if w.state[c] == 0 {
			w.visit(c)
		}
	}
}

// children returns the schemas that apply to the same value and those that apply to what is inside it.
func children(s *jsonschema.Schema) (same, inner []*jsonschema.Schema) {
	add := func(list *[]*jsonschema.Schema, cs ...*jsonschema.Schema) {
		for _, c := range cs {
			if c != nil {
				*list = append(*list, c)
			}
		}
	}
	add(&same, s.Ref, s.DynamicRef, s.RecursiveRef, s.Not, s.If, s.Then, s.Else)
	add(&same, s.AllOf...)
	add(&same, s.AnyOf...)
	add(&same, s.OneOf...)
	for _, c := range s.DependentSchemas {
		add(&same, c)
	}
	for _, c := range s.Dependencies {
		c, _ := c.(*jsonschema.Schema)
		add(&same, c)
	}
	add(&inner, s.PropertyNames, s.UnevaluatedProperties, s.UnevaluatedItems, s.Items2020, s.Contains, s.ContentSchema)
	add(&inner, s.PrefixItems...)
	for _, c := range s.Properties {
		add(&inner, c)
	}
	for _, c := range s.PatternProperties {
		add(&inner, c)
	}
	for _, c := range []any{s.AdditionalProperties, s.AdditionalItems, s.Items} {
		switch c := c.(type) {
		case *jsonschema.Schema:
			add(&inner, c)
		case []*jsonschema.Schema:
			add(&inner, c...)
		}
	}
	return same, inner
}

func (b *builder) node(s *jsonschema.Schema) *node {
	if n := b.nodes[s]; n != nil {
		return n
	}
	n := &node{library: s, types: anyKind}
	b.nodes[s] = n
	known := b.fill(n, s)
	if !known {
		*n = node{library: s, ask: true}
	}
	return n
}

// fill lays a schema out. False means that it says something that nodes do not know.
func (b *builder) fill(n *node, s *jsonschema.Schema) bool {
	if s.Always != nil {
		if !*s.Always {
			n.types = 0
		}
		return true
	}
	if s.Draft != jsonschema.Draft2020 || s.UnevaluatedProperties != nil || s.UnevaluatedItems != nil || s.RegexProperties ||
		s.Items != nil || s.AdditionalItems != nil || len(s.Extensions) > 0 {
		return false
	}
	if len(s.Types) > 0 {
		n.types = 0
		for _, t := range s.Types {
			n.types |= kindOf[t]
		}
	}
	n.object, n.list = b.object(s), b.list(s)
	n.text = b.text(s)
	b.same(n, s)
	return n.choose(s) && n.limit(s)
}

var kindOf = map[string]kinds{"null": nullKind, "boolean": booleanKind, "number": numberKind, "integer": integerKind,
	"string": stringKind, "array": arrayKind, "object": objectKind}

// choose lays `enum` and `const` out.
func (n *node) choose(s *jsonschema.Schema) bool {
	for _, items := range [][]any{s.Enum, s.Constant} {
		if len(items) == 0 {
			continue
		}
		c := &choiceRule{}
		for _, item := range items {
			switch item := item.(type) {
			case string:
				c.texts = append(c.texts, item)
			case nil:
				c.null = true
			case bool:
				c.yes, c.no = c.yes || item, c.no || !item
			case json.Number:
				r, _ := new(big.Rat).SetString(string(item))
				f, ok := 0.0, false
				if r != nil {
					f, ok = exact(r)
				}
				if !ok {
					return false
				}
				c.numbers = append(c.numbers, f)
			default:
				return false
			}
		}
		if len(c.texts) > fewTexts {
			c.many = map[string]bool{}
			for _, t := range c.texts {
				c.many[t] = true
			}
		}
		if n.choice != nil {
			return false // `enum` and `const` in one schema
		}
		n.choice = c
	}
	return true
}

// limit lays the keywords of numbers out.
func (n *node) limit(s *jsonschema.Schema) bool {
	r := &numberRule{min: math.Inf(-1), above: math.Inf(-1), max: math.Inf(1), below: math.Inf(1)}
	some, known := false, true
	for limit, to := range map[*big.Rat]*float64{s.Minimum: &r.min, s.Maximum: &r.max, s.ExclusiveMinimum: &r.above, s.ExclusiveMaximum: &r.below} {
		if limit == nil {
			continue
		}
		f, ok := exact(limit)
		*to, some, known = f, true, known && ok
	}
	if s.MultipleOf != nil {
		m, ok := step(s.MultipleOf)
		r.step, some, known = m, true, known && ok
	}
	if some {
		n.number = r
	}
	return known
}

func (b *builder) text(s *jsonschema.Schema) *textRule {
	t := &textRule{min: s.MinLength, max: s.MaxLength}
	if s.Pattern != nil {
		t.pattern = matcher(s.Pattern)
	}
	if b.asserted && s.Format != "" {
		t.format = formatTest(s.Format)
	}
	if t.min < 0 && t.max < 0 && t.pattern == nil && t.format == nil {
		return nil
	}
	return t
}

func (b *builder) object(s *jsonschema.Schema) *objectRule {
	o := &objectRule{min: s.MinProperties, max: s.MaxProperties, known: map[string]bool{}}
	for name, c := range s.Properties {
		o.properties = append(o.properties, property{name: name, required: slices.Contains(s.Required, name), node: b.node(c)})
		o.known[name] = true
	}
	sort.Slice(o.properties, func(i, j int) bool { return o.properties[i].name < o.properties[j].name })
	for _, name := range s.Required {
		if !o.known[name] {
			o.required = append(o.required, name)
		}
	}
	for pattern, c := range s.PatternProperties {
		o.patterns = append(o.patterns, patternProperty{matcher(pattern), b.node(c)})
	}
	switch rest := s.AdditionalProperties.(type) {
	case bool:
		o.closed = !rest
	case *jsonschema.Schema:
		o.rest = b.node(rest)
	}
	if s.PropertyNames != nil {
		o.names = b.node(s.PropertyNames)
	}
	for name, required := range s.DependentRequired {
		o.dependent = append(o.dependent, dependency{name, required})
	}
	for name, d := range s.Dependencies {
		if required, ok := d.([]string); ok {
			o.dependent = append(o.dependent, dependency{name, required})
		}
	}
	if o.min < 0 && o.max < 0 && len(s.Required)+len(o.properties)+len(o.patterns)+len(o.dependent) == 0 &&
		!o.closed && o.rest == nil && o.names == nil {
		return nil
	}
	return o
}

func (b *builder) list(s *jsonschema.Schema) *listRule {
	l := &listRule{min: s.MinItems, max: s.MaxItems, unique: s.UniqueItems, least: s.MinContains, most: s.MaxContains}
	for _, c := range s.PrefixItems {
		l.prefix = append(l.prefix, b.node(c))
	}
	if s.Items2020 != nil {
		l.items = b.node(s.Items2020)
	}
	if s.Contains != nil {
		l.contains = b.node(s.Contains)
	}
	if l.min < 0 && l.max < 0 && !l.unique && l.prefix == nil && l.items == nil && l.contains == nil {
		return nil
	}
	return l
}

// same lays out what applies to the same value.
func (b *builder) same(n *node, s *jsonschema.Schema) {
	also := func(test func(any) bool) { n.more = append(n.more, test) }
	if s.Ref != nil {
		also(b.node(s.Ref).valid)
	}
	for _, c := range s.AllOf {
		also(b.node(c).valid)
	}
	if s.Not != nil {
		not := b.node(s.Not)
		also(func(v any) bool { return !not.valid(v) })
	}
	if len(s.AnyOf) > 0 {
		any_ := b.all(s.AnyOf)
		also(func(v any) bool { return count(any_, v, 1) == 1 })
	}
	if len(s.OneOf) > 0 {
		one := b.all(s.OneOf)
		also(func(v any) bool { return count(one, v, 2) == 1 })
	}
	if s.If != nil {
		when, then, otherwise := b.node(s.If), b.optional(s.Then), b.optional(s.Else)
		also(func(v any) bool {
			if when.valid(v) {
				return then == nil || then.valid(v)
			}
			return otherwise == nil || otherwise.valid(v)
		})
	}
	for name, c := range s.DependentSchemas {
		also(whenThere(name, b.node(c)))
	}
	for name, d := range s.Dependencies {
		if c, ok := d.(*jsonschema.Schema); ok {
			also(whenThere(name, b.node(c)))
		}
	}
}

func (b *builder) all(schemas []*jsonschema.Schema) []*node {
	nodes := make([]*node, len(schemas))
	for i, s := range schemas {
		nodes[i] = b.node(s)
	}
	return nodes
}

func (b *builder) optional(s *jsonschema.Schema) *node {
	if s == nil {
		return nil
	}
	return b.node(s)
}

// count returns how many nodes a value fulfils; it stops at enough.
func count(nodes []*node, value any, enough int) int {
	found := 0
	for _, n := range nodes {
		if n.valid(value) {
			if found++; found == enough {
				break
			}
		}
	}
	return found
}

func whenThere(name string, n *node) func(any) bool {
	return func(v any) bool {
		if m, ok := v.(map[string]any); ok {
			if _, there := m[name]; there {
				return n.valid(v)
			}
		}
		return true
	}
}
