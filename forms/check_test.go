package forms_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"luvat/definitions"
	"luvat/engine"
	"luvat/forms"
)

const bundle = `bundle: test
version: "1"
title: {fi: Koe, sv: Prov, en: Test}
from: 2020-01-01
languages: [fi, sv, en]
groups:
  - {id: all, title: {fi: Kaikki, sv: Alla, en: All}}
questions:
  - {id: visitors, group: all, type: integer, min: 1, max: 500, ask: {fi: Kävijöitä, sv: Besökare, en: Visitors}}
  - id: kinds
    group: all
    type: choices
    ask: {fi: Lajit, sv: Slag, en: Kinds}
    options:
      food: {fi: Ruoka, sv: Mat, en: Food}
terms:
  person:
    title: {fi: Henkilö, sv: Person, en: Person}
    schema:
      type: object
      properties:
        name: {type: string, title: {fi: Nimi, sv: Namn, en: Name}}
`

// check returns the findings of forms.Check for the test bundle with forms, one a line.
func check(t *testing.T, forms_ string) string {
	t.Helper()
	lib, _ := definitions.Load(definitions.Root{FS: fstest.MapFS{"bundle.yaml": {Data: []byte(bundle + forms_)}}})
	if len(lib.Bundles) != 1 {
		t.Fatal("the test bundle was not read")
	}
	var lines []string
	e, _ := engine.Compile(lib)
	for _, d := range forms.Check(lib, e) {
		if rule, ok := definitions.RuleByID(d.Rule); !ok || d.Severity != rule.Severity {
			t.Errorf("rule %s, severity %s", d.Rule, d.Severity)
		}
		line := strings.Split(bundle+forms_, "\n")[d.At.Line-1]
		lines = append(lines, strings.TrimSpace(string([]rune(line)[d.At.Column-1:]))+" <- "+d.Message)
	}
	return strings.Join(lines, "\n")
}

func TestGoodFormsAreSilent(t *testing.T) {
	for _, form := range []string{
		"forms:\n  a:\n    type: object\n    properties:\n      who: {$ref: \"term:person\"}\n      n: {x-answer: visitors}\n      k: {x-answer: kinds}\n    required: [who]\n",
		"forms:\n  a:\n    type: object\n    title: {fi: Lomake, sv: Blankett, en: Form}\n    properties:\n      size: {type: number, title: {fi: Koko, sv: Storlek, en: Size}, minimum: 0, description: {fi: Koko, sv: Storlek, en: Size}}\n      code: {type: string, title: {fi: Koodi, sv: Kod, en: Code}, pattern: '^[0-9]{3}$'}\n",
		"forms:\n  a:\n    $defs:\n      part: {type: string, title: {fi: Osa, sv: Del, en: Part}, enum: [a, b], x-enum-names: {a: {fi: A, sv: A, en: A}, b: {fi: B, sv: B, en: B}}}\n    type: object\n    properties:\n      p: {$ref: '#/$defs/part', x-widget: radios}\n      title: {type: object, title: {fi: Nimi, sv: Namn, en: Name}, properties: {fi: {type: string, title: {fi: Suomeksi, sv: På finska, en: In Finnish}}}}\n",
	} {
		if got := check(t, form); got != "" {
			t.Errorf("%s\nfound:\n%s", form, got)
		}
	}
}

func TestBadFormsAreShownWhereTheyAreWrong(t *testing.T) {
	for form, want := range map[string]string{
		"forms:\n  a:\n    type: objekt\n": "objekt <- `type` of the form `a` is not JSON Schema",
		"forms:\n  a:\n    type: object\n    properties:\n      size: {type: number, minimum: many}\n":    "many} <- `properties.size.minimum` of the form `a` is not JSON Schema",
		"forms:\n  a:\n    type: object\n    properties:\n      code: {type: string, pattern: '(?=x)'}\n": "'(?=x)'} <- the pattern `(?=x)` is not a regular expression that can be used",
		"forms:\n  a:\n    type: object\n    properties:\n      p: {$ref: '#/$defs/none'}\n":              "has a `$ref` that names nothing",
		"forms:\n  a:\n    type: object\n    properties:\n      p: {$ref: 'https://example.org/x'}\n":     "a form cannot refer to `https://example.org/x`",
		"forms:\n  a:\n    type: object\n    required: name\n":                                            "name <- `required` of the form `a` is not JSON Schema",
	} {
		got := check(t, form)
		if !strings.Contains(got, want) {
			t.Errorf("%s\nfound:\n%s\nwant it to say %q", form, got, want)
		}
		for _, leak := range []string{"jsonschema", "urn:luvat", "map[", "interface", "<nil>", "file://"} {
			if strings.Contains(got, leak) {
				t.Errorf("the finding says %q: %s", leak, got)
			}
		}
	}
}

func TestATermThatContainsItself(t *testing.T) {
	got := check(t, "  loop:\n    title: {fi: Silmukka, sv: Slinga, en: Loop}\n    schema: {type: object, properties: {again: {$ref: \"term:loop\"}}}\n")
	if !strings.Contains(got, "the term `loop` contains itself") {
		t.Errorf("found: %s", got)
	}
}

func TestATermInParts(t *testing.T) {
	parts := "  firm.name:\n    title: {fi: Nimi, sv: Namn, en: Name}\n    schema: {type: %s}\n"
	form := "forms:\n  a:\n    type: object\n    properties:\n      f: {$ref: \"term:firm\"}\n"
	if got := check(t, strings.Replace(parts, "%s", "string", 1)+form); got != "" {
		t.Errorf("found: %s", got)
	}
	if got := check(t, strings.Replace(parts, "%s", "strnig", 1)+form); !strings.Contains(got, "strnig} <- `properties.f.properties.name.type` of the form `a`") {
		t.Errorf("found: %s", got)
	}
}

func TestAnswersHaveTheSchemaOfTheirQuestion(t *testing.T) {
	lib, _ := definitions.Load(definitions.Root{FS: fstest.MapFS{"bundle.yaml": {Data: []byte(bundle)}}})
	for _, q := range lib.Bundles[0].Questions {
		schema, err := forms.NewValidator(forms.AnswerSchema(q))
		if err != nil {
			t.Fatal(err)
		}
		good, bad := map[string]any{"visitors": 500.0, "kinds": []any{"food"}}[q.ID], map[string]any{"visitors": 501.0, "kinds": []any{"fud"}}[q.ID]
		if faults := schema.Faults(good); faults != nil {
			t.Errorf("%s: %v is refused: %v", q.ID, good, faults)
		}
		if schema.Faults(bad) == nil {
			t.Errorf("%s: %v passes", q.ID, bad)
		}
	}
}

func TestFaultsComeInOneOrder(t *testing.T) {
	schema, err := forms.NewValidator(map[string]any{"type": "object", "required": []any{"a", "b"}, "properties": map[string]any{"c": map[string]any{"type": "string"}, "d": map[string]any{"type": "integer"}}})
	if err != nil {
		t.Fatal(err)
	}
	first := schema.Faults(map[string]any{"c": 1.0, "d": "x"}).Error()
	for range 50 {
		if got := schema.Faults(map[string]any{"c": 1.0, "d": "x"}).Error(); got != first {
			t.Fatalf("%s\nthen\n%s", first, got)
		}
	}
	if !strings.Contains(first, "/c: ") || !strings.Contains(first, "/d: ") {
		t.Errorf("faults: %s", first)
	}
}
