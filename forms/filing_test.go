package forms_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"luvat/definitions"
	"luvat/engine"
	"luvat/forms"
)

// randomForms writes a bundle with some forms at random. Every scalar property may hang on others, by x-when, by if/then/else or by
// dependentSchemas; terms are shared between the forms.
type randomForms struct {
	t       *rapid.T
	b       strings.Builder
	allowed map[string]map[string]bool // by form: the paths that it declares
}

var randomTerms = []string{"organiser.name", "organiser.business_id", "person.name", "place.where", "times.start"}

func (r *randomForms) some(label string) bool          { return rapid.Bool().Draw(r.t, label) }
func (r *randomForms) below(n int, l string) int       { return rapid.IntRange(0, n-1).Draw(r.t, l) }
func (r *randomForms) allow(form, path string)         { r.allowed[form][path] = true }
func (r *randomForms) line(d int, s string)            { r.b.WriteString(strings.Repeat("  ", d) + s + "\n") }
func (r *randomForms) linef(d int, f string, a ...any) { r.line(d, fmt.Sprintf(f, a...)) }

func (r *randomForms) write(n int) string {
	r.b.WriteString(head + "forms:\n")
	r.allowed = map[string]map[string]bool{}
	for i := range n {
		form := fmt.Sprintf("f%d", i)
		r.allowed[form] = map[string]bool{}
		r.line(1, form+":")
		r.linef(2, "title: Form")
		r.linef(2, "type: object")
		if r.some("required") {
			r.linef(2, "required: [a]")
		}
		r.linef(2, "properties:")
		names := []string{"a", "b", "c", "d"}
		for k, name := range names {
			r.allow(form, name)
			when := ""
			if k > 0 && r.some("when") {
				when = ", x-when: " + r.condition(names[:k])
			}
			r.linef(3, "%s: {title: T, type: %s%s}", name, []string{"string", "boolean", "number", "string"}[k], when)
		}
		r.allow(form, "answer")
		r.linef(3, "answer: {x-answer: %s}", []string{"visitors", "loud", "food"}[r.below(3, "answer")])
		for k := range r.below(4, "terms") {
			term := randomTerms[r.below(len(randomTerms), "term")]
			when := ""
			if r.some("term when") {
				when = ", x-when: " + r.condition(names)
			}
			path := fmt.Sprintf("t%d", k)
			r.allow(form, path)
			if term == "place.where" {
				for _, part := range []string{"municipality", "address", "point"} {
					r.allow(form, path+"/"+part)
				}
			}
			r.linef(3, `%s: {$ref: "term:%s"%s}`, path, term, when)
		}
		r.linef(3, "whole: {$ref: \"term:organiser\"}")
		for _, path := range []string{"whole", "whole/name", "whole/business_id", "whole/personal_id", "group", "group/x", "group/y", "rows", "rows/p", "rows/q"} {
			r.allow(form, path)
		}
		r.linef(3, "group: {title: G, type: object, properties: {x: {title: X, type: string, x-when: %s}, y: {title: Y, type: integer}}}", r.condition(names))
		r.linef(3, "rows: {title: R, type: array, items: {type: object, properties: {p: {title: P, type: boolean}}, if: {properties: {p: {const: true}}, required: [p]}, then: {properties: {q: {title: Q, type: string}}}}}")
		if r.some("if") {
			r.allow(form, "then")
			r.allow(form, "else")
			r.linef(2, "if: {properties: {b: {const: true}}, required: [b]}")
			r.linef(2, `then: {properties: {then: {title: T, type: string}}}`)
			r.linef(2, `else: {properties: {else: {$ref: "term:person.name"}}}`)
		}
		if r.some("depends") {
			r.allow(form, "extra")
			r.linef(2, `dependentSchemas: {a: {properties: {extra: {title: E, type: string}}}}`)
		}
	}
	return r.b.String()
}

func (r *randomForms) condition(names []string) string {
	name := names[r.below(len(names), "of")]
	c := map[string]string{"a": `form.a == "x"`, "b": "form.b", "c": "form.c > 3", "d": `form.d != "x"`}[name]
	if r.some("not") {
		c = "not (" + c + ")"
	}
	if r.some("and") {
		c += " and " + []string{"large", "music", "loud", `"hot" in food`}[r.below(4, "fact")]
	}
	return "'" + c + "'"
}

// randomValue is any JSON value, most often of a shape that some field has.
func randomValue() *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			return nil
		case 1:
			return rapid.Bool().Draw(t, "bool")
		case 2:
			return float64(rapid.IntRange(-1, 6).Draw(t, "number"))
		case 3:
			return map[string]any{"x": "1", "y": 2.0, "municipality": "853", "secret": "s", "point": []any{1.0, 2.0}}
		case 4:
			return []any{map[string]any{"p": rapid.Bool().Draw(t, "p"), "q": "kept", "secret": "s"}, map[string]any{}, nil, "s", map[string]any{"p": true, "q": map[string]any{"secret": 1.0}}}
		case 5:
			return []any{"a", nil, []any{}}
		case 6:
			return map[string]any{"secret": map[string]any{"secret": "s"}}
		}
		return rapid.SampledFrom([]string{"x", "y", "", "Juhlat Oy"}).Draw(t, "text")
	})
}

// TestFilingsHoldNothingElse holds that no authority gets what its form does not declare or does not show, and that a term has one
// value in all filings, whatever the forms, the answers and the data are.
func TestFilingsHoldNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := &randomForms{t: t}
		text := r.write(1 + r.below(3, "forms"))
		p := quietProgram(t, text)
		b, found := forms.Compile(p)
		if found.HasErrors() {
			t.Fatalf("%v\n%s", found, text)
		}
		var needs []forms.Need
		for _, id := range b.Forms() {
			needs = append(needs, forms.Need{Requirement: "need-" + id, Form: id})
		}
		u := b.Union(needs)
		data := forms.Data{"form/f0/secret": "s", "term/secret": "s"}
		var all []string
		for _, s := range u.Sections {
			for _, f := range s.Fields {
				all = append(all, f.Key)
				if f.Kind != forms.AnswerField && r.some("filled") {
					data[f.Key] = randomValue().Draw(t, f.Key)
				}
			}
		}
		a := p.NewAnswers()
		for q, v := range map[string][]any{"visitors": {nil, 10.0, 600.0}, "music": {nil, true, false}, "loud": {nil, true, false}, "food": {nil, []any{"hot"}, []any{}}} {
			if err := a.Set(q, v[r.below(3, q)]); err != nil {
				t.Fatal(err)
			}
		}
		in := forms.Input{Answers: a, On: on, Data: data}
		shown := u.Show(in)
		seen := map[string]any{}
		for _, n := range needs {
			filing, err := u.Filing(n.Requirement, in)
			if err != nil {
				t.Fatal(err)
			}
			var walk func(v any, path string)
			walk = func(v any, path string) {
				switch v := v.(type) {
				case map[string]any:
					for k, x := range v {
						below := strings.TrimPrefix(path+"/"+k, "/")
						if path != "answer" && !r.allowed[n.Form][below] {
							t.Fatalf("%s sends %s, which it does not declare: %v", n.Form, below, filing)
						}
						walk(x, below)
					}
				case []any:
					for _, x := range v {
						walk(x, path)
					}
				case string:
					if v == "s" {
						t.Fatalf("%s sends the secret of %s", n.Form, path)
					}
				}
			}
			walk(filing, "")
			for _, key := range all {
				field := u.Field(key)
				path, ok := strings.CutPrefix(key, "form/"+n.Form+"/")
				if ok {
					if _, sent := filing[path]; sent && !shown.Visible(key) {
						t.Fatalf("%s sends %s, which is hidden", n.Form, path)
					}
				}
				if field.Kind != forms.TermField {
					continue
				}
				for property, x := range sentTerms(text, n.Form, field.Term, filing) {
					if !shown.Visible(key) {
						t.Fatalf("%s sends %s, which is hidden", n.Form, property)
					}
					if old, twice := seen[field.Term]; twice && !reflect.DeepEqual(old, x) {
						t.Fatalf("the term %s is %v and %v", field.Term, old, x)
					}
					seen[field.Term] = x
				}
			}
			if schema, err := forms.NewValidator(fromText(t, b.Schema(n.Form, definitions.English))); err != nil {
				t.Fatal(err)
			} else if len(u.Check(in, definitions.English)) == 0 && !schema.Valid(filing) {
				t.Fatalf("what is ready to be sent is refused by the schema that goes with it: %v", schema.Faults(filing))
			}
			for _, problem := range u.Check(in, definitions.English) {
				if problem.Keyword == "required" && !shown.Visible(problem.Key) {
					t.Fatalf("%s is hidden and missing", problem.Key)
				}
			}
		}
	})
}

// sentTerms returns what a filing holds of a term, by the property that refers to it in the form's text.
func sentTerms(text, form, term string, filing map[string]any) map[string]any {
	out := map[string]any{}
	_, body, _ := strings.Cut(text, "\n  "+form+":\n")
	body, _, _ = strings.Cut(body, "\n  f")
	for _, line := range strings.Split(body, "\n") {
		line = strings.TrimSpace(line)
		name, rest, _ := strings.Cut(line, ":")
		if strings.HasPrefix(rest, ` {$ref: "term:`+term+`"`) {
			if x, ok := filing[name]; ok {
				out[name] = x
			}
		}
	}
	if whole, ok := filing["whole"].(map[string]any); ok {
		if part, isPart := strings.CutPrefix(term, "organiser."); isPart {
			if x, ok := whole[part]; ok {
				out["whole/"+part] = x
			}
		}
	}
	return out
}

// quietProgram is program for a property test.
func quietProgram(t *rapid.T, text string) *engine.Program {
	lib, found := load(text)
	e, more := engine.Compile(lib)
	found = append(slices.Clone(found), more...)
	if found.HasErrors() || len(e.Programs()) != 1 {
		t.Fatalf("%v\n%s", found, text)
	}
	return e.Programs()[0]
}

func fromText(t *rapid.T, text []byte) any {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
