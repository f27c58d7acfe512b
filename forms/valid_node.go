package forms

import (
	"encoding/json"
	"errors"
	"math"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// kinds is a set of JSON types.
type kinds uint8

const (
	nullKind kinds = 1 << iota
	booleanKind
	numberKind
	integerKind // numbers without decimals, where numberKind is not in the set
	stringKind
	arrayKind
	objectKind
	anyKind = nullKind | booleanKind | numberKind | stringKind | arrayKind | objectKind
)

// node is one schema, laid out for a quick yes. Each part is nil where the schema says nothing.
type node struct {
	library *jsonschema.Schema
	ask     bool // the library judges

	types  kinds
	choice *choiceRule
	text   *textRule
	number *numberRule
	object *objectRule
	list   *listRule
	more   []func(any) bool // $ref, allOf, anyOf, oneOf, not, if: what applies to the same value
}

func (n *node) valid(value any) bool {
	if n.ask {
		return judge(n.library, value) == nil
	}
	switch v := value.(type) {
	case string:
		if n.types&stringKind == 0 || n.text != nil && !n.text.valid(v) || n.choice != nil && !n.choice.text(v) {
			return false
		}
	case float64:
		if !n.float(v, value) {
			return false
		}
	case map[string]any:
		if n.types&objectKind == 0 || n.object != nil && !n.object.valid(v) || n.choice != nil {
			return false
		}
	case []any:
		if n.types&arrayKind == 0 || n.choice != nil {
			return false
		}
		if n.list != nil {
			if ok, sure := n.list.valid(v); !sure {
				return judge(n.library, value) == nil
			} else if !ok {
				return false
			}
		}
	case bool:
		if n.types&booleanKind == 0 || n.choice != nil && !n.choice.boolean(v) {
			return false
		}
	case nil:
		if n.types&nullKind == 0 || n.choice != nil && !n.choice.null {
			return false
		}
	case json.Number:
		f, ok := short(string(v))
		if !ok {
			return judge(n.library, value) == nil
		}
		if !n.float(f, value) {
			return false
		}
	default: // numbers of other Go types, and what is not JSON
		return judge(n.library, value) == nil
	}
	for _, also := range n.more {
		if !also(value) {
			return false
		}
	}
	return true
}

// float checks a number. value is the same number as it came, for the library.
func (n *node) float(f float64, value any) bool {
	if n.types&numberKind == 0 && (n.types&integerKind == 0 || f != math.Trunc(f)) {
		return false
	}
	if n.number != nil {
		if ok, sure := n.number.valid(f); !sure {
			return judge(n.library, value) == nil
		} else if !ok {
			return false
		}
	}
	return n.choice == nil || n.choice.number(f)
}

// judge asks the library. It panics on numbers that are none (NaN, json.Number("x")), which JSON cannot hold: those are refused.
func judge(s *jsonschema.Schema, value any) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errNotJSON
		}
	}()
	return s.Validate(value)
}

var errNotJSON = errors.New("a value is not JSON")

// choiceRule is `enum` or `const` over scalars.
type choiceRule struct {
	texts   []string
	many    map[string]bool // instead of texts, when there are many
	numbers []float64
	null    bool
	yes, no bool // true and false
}

// fewTexts is how many texts are compared one by one; with more a map is quicker (BenchmarkChoice).
const fewTexts = 4

func (c *choiceRule) text(s string) bool {
	if c.many != nil {
		return c.many[s]
	}
	for _, t := range c.texts {
		if t == s {
			return true
		}
	}
	return false
}

func (c *choiceRule) number(f float64) bool {
	for _, n := range c.numbers {
		if n == f {
			return true
		}
	}
	return false
}

func (c *choiceRule) boolean(b bool) bool {
	if b {
		return c.yes
	}
	return c.no
}

// textRule is what a schema asks of texts. Lengths are in characters (code points); -1 is no limit.
type textRule struct {
	min, max int
	pattern  func(string) bool
	format   func(string) Reason
}

func (t *textRule) valid(s string) bool {
	// A character takes one to four bytes: most lengths need no counting.
	if t.max >= 0 && len(s) > t.max && utf8.RuneCountInString(s) > t.max {
		return false
	}
	if t.min > 0 && len(s) < 4*t.min && utf8.RuneCountInString(s) < t.min {
		return false
	}
	return (t.format == nil || t.format(s) == "") && (t.pattern == nil || t.pattern(s))
}

// objectRule is what a schema asks of objects. Counts are -1 where there is no limit.
type objectRule struct {
	min, max   int
	required   []string // those that are not among properties
	properties []property
	closed     bool // nothing else is allowed
	patterns   []patternProperty
	rest       *node // what else there is must fulfil this
	known      map[string]bool
	names      *node
	dependent  []dependency
}

type property struct {
	name     string
	required bool
	text     *textRule // the node's, if that is all that it asks of texts: most properties are such texts
	node     *node
}

type patternProperty struct {
	match func(string) bool
	node  *node
}

type dependency struct {
	name     string
	required []string
}

func (o *objectRule) valid(v map[string]any) bool {
	if o.min > len(v) || o.max >= 0 && o.max < len(v) {
		return false
	}
	found := 0
	for i := range o.properties {
		p := &o.properties[i]
		value, there := v[p.name]
		if !there {
			if p.required {
				return false
			}
			continue
		}
		found++
		if text, ok := value.(string); ok && p.text != nil {
			if !p.text.valid(text) {
				return false
			}
		} else if !p.node.valid(value) {
			return false
		}
	}
	for _, name := range o.required {
		if _, there := v[name]; !there {
			return false
		}
	}
	if (found < len(v) || o.patterns != nil) && !o.others(v) {
		return false
	}
	for _, d := range o.dependent {
		if _, there := v[d.name]; !there {
			continue
		}
		for _, name := range d.required {
			if _, there := v[name]; !there {
				return false
			}
		}
	}
	if o.names != nil {
		for name := range v {
			if !o.names.valid(name) {
				return false
			}
		}
	}
	return true
}

// others checks what is not a declared property, and the patterns on every property.
func (o *objectRule) others(v map[string]any) bool {
	if o.patterns == nil && o.rest == nil {
		return !o.closed // called only when there are others
	}
	for name, value := range v {
		known := o.known[name]
		for _, p := range o.patterns {
			if p.match(name) {
				known = true
				if !p.node.valid(value) {
					return false
				}
			}
		}
		if !known && (o.closed || o.rest != nil && !o.rest.valid(value)) {
			return false
		}
	}
	return true
}

// listRule is what a schema asks of lists. Counts are -1 where there is no limit.
type listRule struct {
	min, max int
	unique   bool
	prefix   []*node
	items    *node
	contains *node
	least    int
	most     int
}

// valid is unsure of lists in which it would have to compare more than a few scalars with each other.
func (l *listRule) valid(v []any) (ok, sure bool) {
	if l.min > len(v) || l.max >= 0 && l.max < len(v) {
		return false, true
	}
	for i, item := range v {
		if i < len(l.prefix) {
			if !l.prefix[i].valid(item) {
				return false, true
			}
		} else if l.items == nil {
			break
		} else if !l.items.valid(item) {
			return false, true
		}
	}
	if l.contains != nil {
		matched := 0
		for _, item := range v {
			if l.contains.valid(item) {
				matched++
			}
		}
		if matched < l.least || l.most >= 0 && matched > l.most {
			return false, true
		}
	}
	if l.unique {
		return distinct(v)
	}
	return true, true
}

// distinct tells whether no two items are equal. It is sure of up to 32 texts only.
func distinct(v []any) (ok, sure bool) {
	if len(v) < 2 {
		return true, true
	}
	if len(v) > 32 {
		return false, false
	}
	for i, item := range v {
		s, text := item.(string)
		if !text {
			return false, false
		}
		for _, before := range v[:i] {
			if before.(string) == s {
				return false, true
			}
		}
	}
	return true, true
}
