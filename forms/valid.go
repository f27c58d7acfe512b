package forms

import (
	"io"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// Validator holds values against one JSON Schema 2020-12, with formats checked. It is immutable and safe for concurrent use.
//
// Two ways give one verdict. Valid walks nodes made from the library's compiled schema, which allocate nothing and stop at the
// first thing that is wrong; Faults asks the library for everything that is wrong, and does so only when something is. What the
// nodes do not know (unevaluatedProperties, $dynamicRef, limits that no float64 holds …) they ask the library too.
//
// Values are decoded JSON: nil, bool, string, float64 or json.Number, []any, map[string]any.
type Validator struct {
	doc     any // as given, for what the library does not keep: units and examples
	library *jsonschema.Schema
	schemas map[string]*jsonschema.Schema // by absolute location
	root    *node
}

// NewValidator compiles a JSON Schema 2020-12 given as decoded JSON. Its `$ref`s must stay inside it.
// The error is Faults, with pointers into the schema.
func NewValidator(doc any) (*Validator, error) { return newValidator(doc, true, noOther) }

func newValidator(doc any, asserted bool, load func(string) (io.ReadCloser, error)) (*Validator, error) {
	library, others, err := compile(doc, asserted, load)
	if err != nil {
		return nil, err
	}
	v := &Validator{doc: doc, library: library}
	v.root, v.schemas = build(library, others, asserted, foreign(doc))
	return v, nil
}

// Valid tells whether the value fulfils the schema.
func (v *Validator) Valid(value any) bool { return v.root.valid(value) }

// Faults returns everything that is wrong with the value, by pointer and keyword; nil when it is valid.
func (v *Validator) Faults(value any) Faults {
	if v.root.valid(value) {
		return nil
	}
	return v.explain(value)
}

// foreign tells whether a document names a dialect of its own, whose vocabularies the compiled schema does not show.
func foreign(doc any) bool {
	m, _ := doc.(map[string]any)
	named, ok := m["$schema"]
	return ok && named != dialect && named != dialect+"#"
}
