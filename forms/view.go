package forms

import (
	"strconv"

	"luvat/engine"
)

// view is one object of a form held against the values of a case: what of it is shown, and what its value is then.
//
// It decides by need and remembers: a property is shown when a clause that declares it holds and its x-when does; both read other
// properties, which are decided first. A property that is not shown has no value for anybody, whatever is kept for it.
type view struct {
	in     *Input
	object *object
	key    string         // of the object, when its properties' values are parts of one
	whole  map[string]any // that one value; nil when each property has a key of its own
	inside bool           // whether it is a part of one value
	root   *view

	shown  []decision
	holds  []decision // by clause
	values []any
	read   []bool
	subs   []*view
	lists  [][]*view
}

type decision uint8

const (
	undecided decision = iota
	deciding
	negative
	positive
)

func newView(f *form, in Input) *view {
	v := &view{in: &in, object: f.root.object}
	v.root = v
	v.room()
	return v
}

func (v *view) room() {
	n := len(v.object.props)
	decisions := make([]decision, n+len(v.object.clauses))
	v.shown, v.holds = decisions[:n], decisions[n:]
	v.values, v.read, v.subs = make([]any, n), make([]bool, n), make([]*view, n)
}

// keyOf returns the key of a property's value.
func (v *view) keyOf(i int) string {
	p := v.object.props[i]
	if !v.inside {
		return p.key
	}
	return v.key + "/" + escape(p.name)
}

// itemKey returns the key of item n of a list.
func itemKey(list string, n int) string { return list + "/" + strconv.Itoa(n) }

// raw returns what is kept for a property, shown or not; nil when nothing is.
func (v *view) raw(i int) any {
	p := v.object.props[i]
	switch {
	case v.inside:
		return v.whole[p.name]
	case p.shape.question != nil:
		if v.in.Answers == nil {
			return nil
		}
		a, _ := v.in.Answers.Get(p.shape.question.ID)
		return a
	}
	return v.in.Data[p.key]
}

// visible decides whether a property is shown.
func (v *view) visible(i int) bool {
	switch v.shown[i] {
	case positive:
		return true
	case negative, deciding: // a circle of conditions is reported when the form is checked; here it shows nothing
		return false
	}
	v.shown[i] = deciding
	shown := v.declared(i) && v.relevant(i) && v.when(i)
	v.shown[i] = negative
	if shown {
		v.shown[i] = positive
	}
	return shown
}

// declared decides whether a property is declared: always, or by a clause that holds.
func (v *view) declared(i int) bool {
	p := v.object.props[i]
	if p.base {
		return true
	}
	for _, c := range p.clauses {
		if v.active(c) {
			return true
		}
	}
	return false
}

// relevant decides whether the question of an answer is asked.
func (v *view) relevant(i int) bool {
	p := v.object.props[i]
	if p.shape.question == nil {
		return true
	}
	return v.in.Answers != nil && v.in.Answers.Asked(p.shape.question.ID, v.in.On) == engine.True
}

// when decides an x-when. While it is not known whether it holds, the field is not shown: a field that comes is better than one that
// is filled in and then goes.
func (v *view) when(i int) bool {
	c := v.object.props[i].when
	if c == nil {
		return true
	}
	if v.in.Answers == nil {
		return false
	}
	var fields map[string]any
	if reads := c.Reads(); len(reads) > 0 {
		fields = make(map[string]any, len(reads))
		for _, name := range reads {
			j, ok := v.root.object.index[name]
			switch {
			case !ok:
			case v.root.visible(j):
				fields[name] = v.root.val(j)
			default:
				fields[name] = engine.None
			}
		}
	}
	return c.Holds(v.in.Answers, v.in.On, fields) == engine.True
}

// active decides whether a clause holds.
func (v *view) active(c int) bool {
	switch v.holds[c] {
	case positive:
		return true
	case negative, deciding:
		return false
	}
	v.holds[c] = deciding
	clause := &v.object.clauses[c]
	holds := clause.parent < 0 || v.active(clause.parent)
	if holds {
		holds = v.test(clause)
	}
	v.holds[c] = negative
	if holds {
		v.holds[c] = positive
	}
	return holds
}

func (v *view) test(c *clause) bool {
	if c.has != "" {
		return len(c.reads) > 0 && v.visible(c.reads[0]) && v.val(c.reads[0]) != nil
	}
	if c.test == nil {
		return false
	}
	instance := make(map[string]any, len(c.reads))
	for _, i := range c.reads {
		if v.visible(i) {
			if x := v.val(i); x != nil {
				instance[v.object.props[i].name] = x
			}
		}
	}
	return c.test.Valid(instance) != c.negate
}

// required decides whether a shown property has to have a value when its object has one.
func (v *view) required(i int) bool {
	p := v.object.props[i]
	if p.required {
		return true
	}
	for _, c := range p.demand {
		if v.active(c) {
			return true
		}
	}
	return false
}

// val returns the value of a property as a filing has it, of shown parts only; nil when there is none. The property itself has to be
// shown.
func (v *view) val(i int) any {
	if v.read[i] {
		return v.values[i]
	}
	v.read[i] = true
	p := v.object.props[i]
	var out any
	switch s := p.shape; {
	case s.object != nil && s.question == nil:
		// An object that has to be there is there even when it is empty: what it lacks is then said field by field.
		if sub := v.sub(i); sub.filled() || v.required(i) {
			out = sub.value()
		}
	case s.items != nil && s.question == nil:
		out = v.list(i)
	default:
		raw := v.raw(i)
		switch raw.(type) {
		case map[string]any, []any:
			if s.question != nil || s.kind == "" {
				out = raw
			}
		case string:
			if raw != "" { // emptied: unknown
				out = raw
			}
		default:
			out = raw
		}
	}
	v.values[i] = out
	return out
}

// list returns the items of a list, empty ones left out; nil when there are none.
func (v *view) list(i int) any {
	p := v.object.props[i]
	raw, ok := v.raw(i).([]any)
	if !ok {
		return nil
	}
	var out []any
	if p.shape.items.object == nil {
		for _, item := range raw {
			switch item.(type) {
			case nil, map[string]any, []any: // no item, or none of a shape that the form declares
			default:
				out = append(out, item)
			}
		}
	} else {
		for _, row := range v.rows(i) {
			if row.filled() {
				out = append(out, row.value())
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// value returns the object as a filing has it: what is declared, shown and known, and nothing else.
func (v *view) value() map[string]any {
	out := make(map[string]any, len(v.object.props))
	for i, p := range v.object.props {
		if v.visible(i) {
			if x := v.val(i); x != nil {
				out[p.name] = x
			}
		}
	}
	return out
}

// filled reports whether anything in the object has a value; empty objects do not count.
func (v *view) filled() bool {
	for i := range v.object.props {
		if !v.visible(i) {
			continue
		}
		if sub := v.sub(i); sub != nil {
			if sub.filled() {
				return true
			}
		} else if v.val(i) != nil {
			return true
		}
	}
	return false
}

// sub returns the view of a property that is an object, nil for any other.
func (v *view) sub(i int) *view {
	p := v.object.props[i]
	if p.shape.object == nil || p.shape.question != nil {
		return nil
	}
	if v.subs[i] == nil {
		sub := &view{in: v.in, object: p.shape.object, root: v.root}
		if !p.shape.split {
			sub.inside, sub.key = true, v.keyOf(i)
			sub.whole, _ = v.raw(i).(map[string]any)
		}
		sub.room()
		v.subs[i] = sub
	}
	return v.subs[i]
}

// rows returns the views of a list's items, each at its index in what is kept; nil for a list of single values.
func (v *view) rows(i int) []*view {
	if v.lists == nil {
		v.lists = make([][]*view, len(v.object.props))
	}
	if v.lists[i] == nil {
		raw, _ := v.raw(i).([]any)
		if len(raw) > maxRows {
			raw = raw[:maxRows]
		}
		for n, item := range raw {
			v.lists[i] = append(v.lists[i], v.row(i, n, item))
		}
	}
	return v.lists[i]
}

// row returns the view of one item, nil when items are single values.
func (v *view) row(i, n int, item any) *view {
	o := v.object.props[i].shape.items.object
	if o == nil {
		return nil
	}
	row := &view{in: v.in, object: o, root: v.root, inside: true, key: itemKey(v.keyOf(i), n)}
	row.whole, _ = item.(map[string]any)
	row.room()
	return row
}
