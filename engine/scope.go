package engine

import (
	"slices"
	"sort"

	"luvat/definitions"
)

// question is a question of the bundle, compiled.
type question struct {
	def    *definitions.Question
	index  int
	kind   kind
	option map[string]int
	fields []*question // list
	field  map[string]*question
	when   *node // nil: always relevant
	lo, hi float64
	hasLo  bool
	hasHi  bool
	form   bool // stands for a form: its fields are the form's
}

// fact is a named expression. Its tree is nil until it has been checked.
type fact struct {
	def     *definitions.Fact
	tree    *node
	visited visit
}

type visit uint8

const (
	unvisited visit = iota
	visiting
	visited
)

// param is a parameter with all its values, from shared, bundle and overlays.
type param struct {
	id     string
	defs   []*definitions.Parameter // in order of precedence, lowest first
	kind   kind
	values []paramValue
}

// paramValue is a value from a day on. where is nil for everywhere.
type paramValue struct {
	from, until definitions.Date
	where       map[string]bool
	rank        int // 0 shared, 1 bundle, 2 overlay
	val         value
	unverified  bool
}

// at returns the value at a municipality ("" when there is no place) on a day; none when there is none.
// A value that names places wins over one for everywhere, an overlay's over the bundle's, a later one over an earlier one.
func (p *param) at(municipality string, on definitions.Date) value {
	if v := p.valueAt(municipality, on); v != nil {
		return v.val
	}
	return noneValue
}

func (p *param) valueAt(municipality string, on definitions.Date) *paramValue {
	best := -1
	for i := range p.values {
		v := &p.values[i]
		if v.from != definitions.NoDate && on < v.from || v.until != definitions.NoDate && on > v.until {
			continue
		}
		if v.where != nil && !v.where[municipality] {
			continue
		}
		if best < 0 || v.beats(&p.values[best]) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	return &p.values[best]
}

func (v *paramValue) beats(w *paramValue) bool {
	if (v.where != nil) != (w.where != nil) {
		return v.where != nil
	}
	if v.rank != w.rank {
		return v.rank > w.rank
	}
	return v.from >= w.from
}

// local reports whether the value differs by place on some day.
func (p *param) local() bool {
	return slices.ContainsFunc(p.values, func(v paramValue) bool { return v.where != nil })
}

// scope holds what the names of a bundle mean.
type scope struct {
	c            *compiler
	bundle       *definitions.Bundle
	questions    map[string]*question
	list         []*question
	facts        map[string]*fact
	factList     []*fact
	params       map[string]*param
	tables       map[string]*table
	requirements map[string]*requirement
	names        []string // questions and facts, for suggestions
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
