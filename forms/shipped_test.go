package forms_test

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"luvat/definitions"
	"luvat/engine"
	"luvat/forms"
)

// TestShippedForms holds that every form that is shipped can be filled in, and that its schema in every language is JSON Schema that a
// validator without any of our formats accepts.
func TestShippedForms(t *testing.T) {
	lib, found := definitions.Load(definitions.Embedded())
	e, more := engine.Compile(lib)
	for _, d := range append(append(found, more...), forms.Check(lib, e)...) {
		if d.Severity != definitions.Note {
			t.Errorf("%s: %s [%s]", d.At, d.Message, d.Rule)
		}
	}
	for _, p := range e.Programs() {
		b, _ := forms.Compile(p)
		var needs []forms.Need
		for _, r := range p.Bundle.Requirements {
			needs = append(needs, forms.Need{Requirement: r.ID, Form: r.Form.ID(), Title: r.Name})
		}
		u := b.Union(needs)
		in := forms.Input{Answers: p.NewAnswers(), On: on, Data: forms.Data{}}
		u.Show(in)
		fields := 0
		for _, s := range u.Sections {
			fields += len(s.Fields)
			for _, f := range s.Fields {
				if f.Control == "" || f.Title.Empty() || len(f.Readers) == 0 || u.Field(f.Key) != f {
					t.Errorf("%s: control %q, title %q, %d readers", f.Key, f.Control, f.Title.In(definitions.Finnish), len(f.Readers))
				}
			}
		}
		t.Logf("%s %s: %d forms, %d sections, %d fields, %d problems while nothing is filled in", p.Bundle.ID, p.Bundle.Version, len(b.Forms()), len(u.Sections), fields, len(u.Check(in, definitions.Finnish)))
		for _, id := range b.Forms() {
			for _, lang := range definitions.Languages {
				c := jsonschema.NewCompiler()
				c.Draft = jsonschema.Draft2020
				if err := c.AddResource("urn:test:schema", bytes.NewReader(b.Schema(id, lang))); err != nil {
					t.Fatal(err)
				}
				if _, err := c.Compile("urn:test:schema"); err != nil {
					t.Errorf("%s in %s: %v", id, lang, err)
				}
			}
		}
	}
}
