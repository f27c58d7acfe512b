package forms

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"strconv"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// dialect is the only JSON Schema that authors write; a document that names another is judged by the library alone.
const dialect = "https://json-schema.org/draft/2020-12/schema"

// source is where a schema is compiled from. A relative name would be resolved against the working directory and leak it into messages.
const source = "urn:luvat:schema"

var errOutside = errors.New("a reference leads out of the schema")

// noOther is the loader of a schema that has to stand alone.
func noOther(string) (io.ReadCloser, error) { return nil, errOutside }

// compile compiles a schema with the library. load opens what `$ref`s outside the document name; asserted is whether `format` is
// a check or a remark. The other schemas are those that only dynamic references lead to.
func compile(doc any, asserted bool, load func(string) (io.ReadCloser, error)) (root *jsonschema.Schema, others []*jsonschema.Schema, err error) {
	text, err := json.Marshal(doc)
	if err != nil {
		return nil, nil, Faults{{Message: "is not JSON"}}
	}
	c := jsonschema.NewCompiler()
	c.Draft = jsonschema.Draft2020
	c.AssertFormat = asserted
	for _, f := range Formats {
		c.Formats[f.Name] = f.any
	}
	c.LoadURL = load
	if err := c.AddResource(source, bytes.NewReader(text)); err != nil {
		return nil, nil, Faults{{Message: "is not JSON"}}
	}
	if root, err = c.Compile(source); err != nil {
		return nil, nil, compileFaults(err)
	}
	for _, at := range anchors(doc, "") {
		if s, err := c.Compile(source + "#" + at); err == nil {
			others = append(others, s)
		}
	}
	return root, others, nil
}

// anchors returns the places of a document that have a `$dynamicAnchor`, as the library writes pointers.
func anchors(doc any, at string) []string {
	var found []string
	switch doc := doc.(type) {
	case map[string]any:
		if _, ok := doc["$dynamicAnchor"]; ok {
			found = append(found, at)
		}
		for key, inner := range doc {
			found = append(found, anchors(inner, at+"/"+url.PathEscape(escape(key)))...)
		}
	case []any:
		for i, inner := range doc {
			found = append(found, anchors(inner, at+"/"+strconv.Itoa(i))...)
		}
	}
	return found
}

// compileFaults says what is wrong with a schema; pointers lead into the schema.
func compileFaults(err error) Faults {
	var invalid *jsonschema.ValidationError
	var loop jsonschema.InfiniteLoopError
	switch {
	case errors.As(err, &invalid):
		faults := Faults{}
		for _, e := range leaves(invalid) {
			faults = append(faults, Fault{Pointer: plainPointer(e.InstanceLocation), Keyword: lastToken(e.KeywordLocation), Message: e.Message})
		}
		return faults.sorted()
	case errors.As(err, &loop):
		return Faults{{Keyword: "$ref", Message: "refers to itself without end"}}
	case errors.Is(err, errOutside):
		return Faults{{Keyword: "$ref", Message: errOutside.Error()}}
	}
	return Faults{{Keyword: "$ref", Message: "has a `$ref` that names nothing in this schema"}}
}
