package engine

import (
	"slices"

	"luvat/definitions"
)

// Truth is what is known of a condition over answers of which some may be unknown.
type Truth uint8

// The three truths. Unknown means that there is an answer still to come on which it depends.
const (
	Unknown Truth = iota
	False
	True
)

func truthOf(t tri) Truth {
	switch t {
	case yes:
		return True
	case no:
		return False
	}
	return Unknown
}

// FormField is what a condition may know of a property of the form that it stands in: its type, and for Choice and Choices the
// options. The types that a condition can read are Boolean, Integer, Number, Money, TextType, Choice, Choices, DateType, Time,
// DateTime and Municipality.
type FormField struct {
	Type    definitions.Type
	Options []string
}

// None is the value of a form's field that is not shown: a test of it does not hold, whatever it was filled in with.
var None any = hidden{}

type hidden struct{}

// FormCondition is the condition on which a field of a form is shown (x-when). It is immutable and safe for concurrent use.
type FormCondition struct {
	program *Program
	form    *question // a list question of which the form is the only item
	tree    *node
	local   bool
	grounds []*ground // the condition as a ground, for places that are not known yet
	reads   []string
}

// FormCondition checks and compiles a condition over the questions, facts, parameters and tables of the bundle and, as
// `form.<name>`, the given fields of one form. Everything that is wrong is reported; the condition is nil when anything is.
func (p *Program) FormCondition(e definitions.Expr, fields map[string]FormField) (*FormCondition, definitions.Diagnostics) {
	form := newForm(fields)
	c := &compiler{lib: p.engine.Library, engine: p.engine, bundle: p.Bundle, program: p}
	s := *p.scope
	s.c = c
	s.questions, s.facts = without(p.scope.questions, "form"), without(p.scope.facts, "form")
	s.names = append(slices.Clone(p.scope.names), "form")
	// `form` reads as a fact whose value is an item: the item in scope, which is the form.
	item := kind{code: kindItem, options: form}
	s.facts["form"] = &fact{def: &definitions.Fact{ID: "form"}, tree: &node{op: opItem, kind: item, q: form}, visited: visited}
	tree := s.check(e, wantBool, nil)
	if c.found.HasErrors() || tree.kind.code != kindBool {
		c.found.Sort()
		return nil, c.found
	}
	f := &FormCondition{program: p, form: form, tree: tree, local: len(localParams(tree)) > 0}
	f.grounds = []*ground{{def: &definitions.Ground{}, when: tree}}
	tree.walk(func(n *node) {
		if n.op == opField && n.args[0].op == opFact && n.args[0].fact.def.ID == "form" && !slices.Contains(f.reads, n.q.def.ID) {
			n.q.index = len(f.reads) // only what is read has a place in the record
			f.reads = append(f.reads, n.q.def.ID)
		}
	})
	return f, nil
}

func without[V any](m map[string]V, key string) map[string]V {
	out := make(map[string]V, len(m)+1)
	for k, v := range m {
		if k != key {
			out[k] = v
		}
	}
	return out
}

// newForm makes of a form's fields the fields of a list question, so that the checker treats `form.x` as it does `item.x`.
func newForm(fields map[string]FormField) *question {
	form := &question{def: &definitions.Question{ID: "form", Type: definitions.List}, field: map[string]*question{}, form: true}
	for _, name := range sortedKeys(fields) {
		d := &definitions.Question{ID: name, Type: fields[name].Type}
		for _, o := range fields[name].Options {
			d.Options = append(d.Options, definitions.Option{ID: o})
		}
		q := &question{def: d, option: make(map[string]int, len(d.Options))}
		for i, o := range d.Options {
			q.option[o.ID] = i
		}
		q.kind = questionKind(q)
		form.fields = append(form.fields, q)
		form.field[name] = q
	}
	form.kind = kind{code: kindList, options: form}
	return form
}

// Reads lists the fields of the form that the condition reads, in the order in which they stand in it.
func (f *FormCondition) Reads() []string { return f.reads }

// Holds evaluates the condition over answers, the day of handling and the form's values as JSON: bool, float64, string, []any of
// strings, or None for a field that is not shown. A value that is missing, nil or of another type than the field's is unknown.
func (f *FormCondition) Holds(a *Answers, on definitions.Date, fields map[string]any) Truth {
	rec := make(record, len(f.reads))
	for i, name := range f.reads {
		rec[i] = formValue(f.form.field[name], fields[name])
	}
	r := &reference{program: f.program, answers: a.values, on: on, item: &rec}
	return truthOf(r.somewhere(f.local, f.grounds, func(w *reference) tri { return w.truth(f.tree) }))
}

// Asked tells whether a question is relevant: one that is not has no value, whatever was answered before. A question that there is
// not is not relevant.
func (a *Answers) Asked(question string, on definitions.Date) Truth {
	q := a.program.byID[question]
	if q == nil {
		return False
	}
	r := &reference{program: a.program, answers: a.values, on: on}
	return truthOf(r.relevance(q))
}

// formValue turns a JSON value of a form into a value. It is lenient where read is strict: a form may be half filled in.
func formValue(q *question, v any) value {
	if v == None {
		return noneValue
	}
	text, isText := v.(string)
	switch q.kind.code {
	case kindBool:
		if b, ok := v.(bool); ok {
			return boolValue(b)
		}
	case kindNumber:
		if x, ok := jsonNumber(v); ok {
			return numberValue(x)
		}
	case kindText, kindChoice, kindMunicipality:
		if isText {
			return textValue(text)
		}
	case kindChoices:
		if list, ok := v.([]any); ok {
			out := value{st: known, set: make([]string, 0, len(list))}
			for _, e := range list {
				if s, ok := e.(string); ok && !slices.Contains(out.set, s) {
					out.set = append(out.set, s)
				}
			}
			return out
		}
	case kindDate:
		if d, ok := definitions.ParseDate(text); ok {
			return numberValue(float64(d))
		}
	case kindTime:
		if m, ok := parseTime(text); ok {
			return numberValue(m)
		}
	case kindDateTime:
		if m, ok := parseDateTime(text); ok {
			return numberValue(m)
		}
	}
	return unknownValue
}
