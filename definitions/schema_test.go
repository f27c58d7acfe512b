package definitions

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestSchema holds that the schema is made of the whole grammar: every key of every object with its sentence.
func TestSchema(t *testing.T) {
	var schema struct {
		Schema string `json:"$schema"`
		Defs   map[string]struct {
			Properties map[string]struct {
				Description string
			}
			Required []string
		} `json:"$defs"`
	}
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	if schema.Schema != "https://json-schema.org/draft/2020-12/schema" {
		t.Error(schema.Schema)
	}
	for name, s := range map[string]*shape{"a-bundle-file": bundleFile, "an-overlay": overlayFile, "a-question": questionShape, "a-requirement": requirementShape, "a-ground": groundShape} {
		def := schema.Defs[name]
		if len(def.Properties) != len(s.keys) {
			t.Errorf("%s has %d keys, want %d", name, len(def.Properties), len(s.keys))
		}
		for _, k := range s.keys {
			if def.Properties[k.name].Description != k.doc {
				t.Errorf("%s of %s is described as %q, want %q", k.name, name, def.Properties[k.name].Description, k.doc)
			}
			if k.required != slices.Contains(def.Required, k.name) {
				t.Errorf("%s of %s: required is %v in the grammar", k.name, name, k.required)
			}
		}
	}
	if again := Schema(); string(again) != string(Schema()) {
		t.Error("the schema differs from run to run")
	}
}

// TestGrammar holds what the walk, the schema and the formatter take for granted of the table.
func TestGrammar(t *testing.T) {
	seen := map[*shape]bool{}
	var visit func(path string, s *shape)
	visit = func(path string, s *shape) {
		if seen[s] {
			return
		}
		seen[s] = true
		if s.what == "" {
			t.Errorf("%s has no name for messages", path)
		}
		names := map[string]bool{}
		for _, k := range s.keys {
			if names[k.name] {
				t.Errorf("%s has the key %s twice", path, k.name)
			}
			names[k.name] = true
			if !strings.HasSuffix(k.doc, ".") || k.doc == "." {
				t.Errorf("the key %s of %s has no sentence: %q", k.name, path, k.doc)
			}
			visit(path+"."+k.name, k.shape)
		}
		for _, p := range s.pair {
			for _, n := range append(p.oneOf, p.any...) {
				if !names[n] {
					t.Errorf("%s pairs the key %s, which it has not", path, n)
				}
			}
		}
		for _, alt := range s.alts {
			visit(path, alt)
		}
		for _, part := range []*shape{s.of, s.name} {
			if part != nil {
				visit(path+"[]", part)
			}
		}
	}
	visit("bundle", bundleFile)
	visit("overlay", overlayFile)
	visit("shared", sharedFile)
	for _, k := range sharedFile.keys {
		if bundleFile.key(k.name) == nil {
			t.Errorf("a shared file has the key %s, which the schema's bundle has not", k.name)
		}
	}
	for _, k := range additionShape.keys {
		if requirementShape.key(k.name) == nil {
			t.Errorf("an addition has the key %s, which a requirement has not", k.name)
		}
	}
}

// TestSchemaFile holds that the file that the shipped definitions name in their first line is the schema of this grammar.
func TestSchemaFile(t *testing.T) {
	const name = "luvat.schema.json"
	if *update {
		if err := os.WriteFile(name, Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(Schema()) {
		t.Errorf("%s is not what `luvat schema` prints; run the test with -update", name)
	}
}
