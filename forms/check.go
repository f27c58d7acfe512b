package forms

import (
	"errors"
	"strings"

	"luvat/definitions"
)

// Check compiles the schema of every form and term of a library and reports those that cannot be, as `bad-schema` at the guilty value.
func Check(lib *definitions.Library) definitions.Diagnostics {
	var found definitions.Diagnostics
	shared := map[string]*definitions.Term{}
	if lib.Shared != nil {
		for _, t := range lib.Shared.Terms {
			shared[t.ID] = t
		}
		for _, t := range lib.Shared.Terms {
			found = append(found, check(nil, shared, t.Schema, "term `"+t.ID+"`")...)
		}
	}
	for _, b := range lib.Bundles {
		terms := map[string]*definitions.Term{}
		for id, t := range shared {
			terms[id] = t
		}
		for _, t := range b.Terms {
			terms[t.ID] = t
		}
		for _, t := range b.Terms {
			found = append(found, check(b, terms, t.Schema, "term `"+t.ID+"`")...)
		}
		for _, f := range b.Forms {
			found = append(found, check(b, terms, f.Schema, "form `"+f.ID+"`")...)
		}
	}
	found.Sort()
	return found
}

// check compiles one schema; owner names it in findings.
func check(b *definitions.Bundle, terms map[string]*definitions.Term, v *definitions.Value, owner string) definitions.Diagnostics {
	if v == nil {
		return nil
	}
	s := &schema{bundle: b, terms: terms, lang: definitions.Finnish, places: map[string]definitions.Position{}}
	plain := s.resolve(v, "")
	if len(s.findings) > 0 {
		return s.findings // what the compiler would say of the same places is an echo of these
	}
	_, err := Compile(plain)
	var faults Faults
	if errors.As(err, &faults) {
		for _, f := range faults {
			at, where := s.place(f.Pointer)
			s.bad(at, "see the JSON Schema 2020-12 keyword `"+last(where, f.Keyword)+"`", "%s of the %s is not JSON Schema: %s", named(where), owner, f.Message)
		}
	}
	return s.findings
}

// place returns the place of a pointer, or of the nearest value around it.
func (s *schema) place(pointer string) (definitions.Position, string) {
	for {
		if at, ok := s.places[pointer]; ok {
			return at, pointer
		}
		i := strings.LastIndexByte(pointer, '/')
		if i < 0 {
			return s.places[""], ""
		}
		pointer = pointer[:i]
	}
}

func named(pointer string) string {
	if pointer == "" {
		return "the schema"
	}
	return "`" + strings.ReplaceAll(strings.TrimPrefix(pointer, "/"), "/", ".") + "`"
}

func last(pointer, otherwise string) string {
	if i := strings.LastIndexByte(pointer, '/'); i >= 0 {
		return pointer[i+1:]
	}
	return otherwise
}
