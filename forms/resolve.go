package forms

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"luvat/definitions"
)

// schema is a form's or term's schema on its way from YAML to plain JSON Schema.
type schema struct {
	bundle *definitions.Bundle // whose questions x-answer names; nil for what is shared
	terms  map[string]*definitions.Term
	lang   definitions.Lang

	places   map[string]definitions.Position // by JSON pointer, for findings of the compiler
	findings definitions.Diagnostics
	within   []string // the terms that are being resolved, to notice one that contains itself
}

// localised are the annotations that may be written by language.
var localised = []string{"title", "description", "x-help", "x-unit", "x-item-title", "examples", "enumNames", "x-enum-names"}

// holders are the keywords whose value is a mapping from a name of the author's to a schema.
var holders = []string{"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"}

// literals are the keywords whose value is data, not a schema.
var literals = []string{"const", "enum", "default", "examples", "x-sections"}

func (s *schema) bad(at definitions.Position, suggestion, format string, args ...any) {
	s.findings = append(s.findings, definitions.Diagnostic{At: at, Severity: definitions.Error, Rule: "bad-schema",
		Message: fmt.Sprintf(format, args...), Suggestion: suggestion})
}

// resolve returns the plain JSON Schema of a value that stands where a schema is expected.
func (s *schema) resolve(v *definitions.Value, pointer string) any {
	s.places[pointer] = v.At
	if v.Kind != definitions.MapValue {
		return s.data(v, pointer)
	}
	out := map[string]any{}
	if ref := v.Get("$ref"); ref != nil && strings.HasPrefix(ref.Scalar.Value, "term:") {
		if m, ok := s.term(ref, pointer).(map[string]any); ok {
			out = m
		}
	}
	if answer := v.Get("x-answer"); answer != nil {
		for k, x := range s.answer(answer) {
			out[k] = x
		}
	}
	for i, key := range v.Keys {
		item, at := v.Items[i], pointer+"/"+escape(key.Value)
		switch k := key.Value; {
		case k == "$ref" && strings.HasPrefix(item.Scalar.Value, "term:"):
		case slices.Contains(localised, k) && byLanguage(item):
			out[k] = s.localise(item, at)
		case slices.Contains(literals, k) || strings.HasPrefix(k, "x-"):
			out[k] = s.data(item, at)
		case slices.Contains(holders, k):
			out[k] = s.hold(item, at, k == "patternProperties")
		case k == "pattern":
			s.pattern(item.Scalar)
			out[k] = s.data(item, at)
		case k == "$ref":
			s.local(item)
			out[k] = s.data(item, at)
		default:
			out[k] = s.nested(item, at)
		}
	}
	return out
}

// nested resolves the value of any other keyword: a schema, a list of schemas, or plain data such as a number.
func (s *schema) nested(v *definitions.Value, pointer string) any {
	if v.Kind != definitions.ListValue {
		return s.resolve(v, pointer)
	}
	s.places[pointer] = v.At
	list := []any{}
	for i, item := range v.Items {
		list = append(list, s.resolve(item, pointer+"/"+strconv.Itoa(i)))
	}
	return list
}

func (s *schema) hold(v *definitions.Value, pointer string, patterns bool) any {
	if v.Kind != definitions.MapValue {
		return s.data(v, pointer)
	}
	s.places[pointer] = v.At
	out := map[string]any{}
	for i, key := range v.Keys {
		if patterns {
			s.pattern(key)
		}
		out[key.Value] = s.resolve(v.Items[i], pointer+"/"+escape(key.Value))
	}
	return out
}

// term returns the schema of the term that a reference names.
func (s *schema) term(ref *definitions.Value, pointer string) any {
	id := strings.TrimPrefix(ref.Scalar.Value, "term:")
	t := s.terms[id]
	switch {
	case t == nil || t.Schema == nil:
		return s.whole(t, id, pointer)
	case slices.Contains(s.within, id):
		s.bad(ref.At, "leave one of the references out", "the term `%s` contains itself", id)
		return nil
	}
	return s.one(t, pointer)
}

// one returns the schema of a declared term, with the term's texts where the schema has none.
func (s *schema) one(t *definitions.Term, pointer string) any {
	s.within = append(s.within, t.ID)
	defer func() { s.within = s.within[:len(s.within)-1] }()
	out := s.resolve(t.Schema, pointer)
	if m, ok := out.(map[string]any); ok {
		s.name(m, t.Title, t.Help)
	}
	return out
}

// name gives a schema texts that it lacks.
func (s *schema) name(m map[string]any, title, help definitions.Text) {
	for key, text := range map[string]definitions.Text{"title": title, "description": help} {
		if _, has := m[key]; !has && !text.Empty() {
			m[key] = text.In(s.lang)
		}
	}
}

// whole returns the schema of a term that is declared in parts only: `organiser` for organiser.name and organiser.business_id. t is
// the term that gives them a common title, nil when there is none.
func (s *schema) whole(t *definitions.Term, id, pointer string) any {
	parts := map[string]any{}
	for other, t := range s.terms {
		if part, ok := strings.CutPrefix(other, id+"."); ok && t.Schema != nil && !slices.Contains(s.within, other) {
			parts[part] = s.one(t, pointer+"/properties/"+escape(part))
		}
	}
	if len(parts) == 0 {
		return nil // package definitions has said so: unknown-term
	}
	out := map[string]any{"type": "object", "properties": parts}
	if t != nil {
		s.name(out, t.Title, t.Help)
	}
	return out
}

// local checks a reference to a place in the same form; those are the only others that there are.
func (s *schema) local(ref *definitions.Value) {
	if target := ref.Scalar.Value; !strings.HasPrefix(target, "#") {
		s.bad(ref.At, "write `term:` and the id of a term, or `#/$defs/` and a name", "a form cannot refer to `%s`", target)
	}
}

func (s *schema) pattern(text definitions.Scalar) {
	if _, err := regexp.Compile(text.Value); err != nil {
		s.bad(text.At, "try it with the RE2 syntax of regular expressions, which has no look-around and no back-references",
			"the pattern `%s` is not a regular expression that can be used", text.Value)
	}
}

// answer returns the schema of a question's answers.
func (s *schema) answer(v *definitions.Value) map[string]any {
	if s.bundle == nil {
		s.bad(v.At, "leave `x-answer` to the form that uses the term", "a shared term cannot name a question")
		return nil
	}
	for _, q := range s.bundle.Questions {
		if q.ID == v.Scalar.Value {
			out := AnswerSchema(q)
			s.name(out, q.Ask, definitions.Text{})
			if !q.When.Absent() {
				out["x-when"] = q.When.Value // sometimes there is no such answer
			}
			return out
		}
	}
	return nil // package definitions has said so: unknown-question
}

func byLanguage(v *definitions.Value) bool {
	if v.Kind != definitions.MapValue || len(v.Keys) == 0 {
		return false
	}
	for _, k := range v.Keys {
		if !slices.Contains(definitions.Languages, definitions.Lang(k.Value)) {
			return false
		}
	}
	return true
}

func (s *schema) localise(v *definitions.Value, pointer string) any {
	for _, lang := range append([]definitions.Lang{s.lang}, definitions.Languages...) {
		if text := v.Get(string(lang)); text != nil {
			return s.data(text, pointer)
		}
	}
	return nil
}

// data returns a value as decoded JSON.
func (s *schema) data(v *definitions.Value, pointer string) any {
	s.places[pointer] = v.At
	switch v.Kind {
	case definitions.ListValue:
		list := []any{}
		for i, item := range v.Items {
			list = append(list, s.data(item, pointer+"/"+strconv.Itoa(i)))
		}
		return list
	case definitions.MapValue:
		m := map[string]any{}
		for i, key := range v.Keys {
			m[key.Value] = s.data(v.Items[i], pointer+"/"+escape(key.Value))
		}
		return m
	}
	return scalar(v.Scalar)
}

// scalar types a scalar as JSON would: what is quoted stays text.
func scalar(s definitions.Scalar) any {
	if s.Quoted {
		return s.Value
	}
	switch s.Value {
	case "", "null", "~":
		return nil
	case "true":
		return true
	case "false":
		return false
	}
	if number.MatchString(s.Value) {
		if f, err := strconv.ParseFloat(s.Value, 64); err == nil {
			return f
		}
	}
	return s.Value
}

var number = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

func escape(key string) string {
	return strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
}
