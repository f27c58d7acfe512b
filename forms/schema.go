package forms

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// Schema is a compiled JSON Schema. It is immutable and safe for concurrent use.
type Schema struct {
	compiled *jsonschema.Schema
}

// Fault is one thing that is wrong with a schema or with data held against one.
type Fault struct {
	Pointer string // JSON pointer to the guilty value: "" is the whole
	Keyword string // the keyword that says so: "type", "required", "pattern" …
	Message string // English, without full stop
}

// Faults is all that is wrong, by pointer.
type Faults []Fault

func (fs Faults) Error() string {
	var lines []string
	for _, f := range fs {
		lines = append(lines, cmp.Or(f.Pointer, "/")+": "+f.Message)
	}
	return strings.Join(lines, "\n")
}

// Compile compiles a JSON Schema 2020-12 given as decoded JSON (map[string]any and so on). Its `$ref`s must stay inside it.
// The error is Faults, with pointers into the schema.
func Compile(schema any) (*Schema, error) {
	text, err := json.Marshal(schema)
	if err != nil {
		return nil, Faults{{Message: "is not JSON"}}
	}
	// A relative name would be resolved against the working directory and leak it into messages.
	const name = "urn:luvat:schema"
	c := jsonschema.NewCompiler()
	c.Draft = jsonschema.Draft2020
	c.AssertFormat = true
	c.LoadURL = func(string) (io.ReadCloser, error) { return nil, errOutside }
	if err := c.AddResource(name, bytes.NewReader(text)); err != nil {
		return nil, Faults{{Message: "is not JSON"}}
	}
	compiled, err := c.Compile(name)
	if err != nil {
		return nil, compileFaults(err)
	}
	return &Schema{compiled}, nil
}

var errOutside = errors.New("a reference leads out of the schema")

// Validate holds decoded JSON against the schema. Nil means that it is valid.
func (s *Schema) Validate(data any) Faults {
	err := s.compiled.Validate(data)
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if errors.As(err, &invalid) {
		return leaves(invalid)
	}
	return Faults{{Message: "cannot be checked: the schema refers to itself without end"}}
}

func compileFaults(err error) Faults {
	var invalid *jsonschema.ValidationError
	var loop jsonschema.InfiniteLoopError
	switch {
	case errors.As(err, &invalid):
		return leaves(invalid)
	case errors.As(err, &loop):
		return Faults{{Keyword: "$ref", Message: "refers to itself without end"}}
	case errors.Is(err, errOutside):
		return Faults{{Keyword: "$ref", Message: errOutside.Error()}}
	}
	return Faults{{Keyword: "$ref", Message: "has a `$ref` that names nothing in this schema"}}
}

// leaves returns the innermost causes in a stable order: the library's order varies from run to run.
func leaves(e *jsonschema.ValidationError) Faults {
	var all Faults
	var walk func(*jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		if len(e.Causes) == 0 {
			all = append(all, Fault{e.InstanceLocation, keyword(e.KeywordLocation), e.Message})
		}
		for _, c := range e.Causes {
			walk(c)
		}
	}
	walk(e)
	slices.SortFunc(all, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Pointer, b.Pointer), cmp.Compare(a.Keyword, b.Keyword), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(all)
}

func keyword(location string) string {
	parts := strings.Split(location, "/")
	return parts[len(parts)-1]
}
