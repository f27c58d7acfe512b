package forms

import (
	"errors"
	"strings"

	"luvat/definitions"
	"luvat/engine"
)

// Check looks at every form and term of a library: at what is no JSON Schema (`bad-schema`), what could not be shown or filled in
// (`bad-form`, `doubtful-form`), and at the conditions of x-when, as far as the bundle's own definitions are without errors.
func Check(lib *definitions.Library, e *engine.Engine) definitions.Diagnostics {
	var found definitions.Diagnostics
	if lib.Shared != nil {
		r := shaperOf(&definitions.Bundle{Shared: lib.Shared}, nil)
		r.bundle = nil
		for _, t := range lib.Shared.Terms {
			found = append(found, r.checkTerm(t)...)
		}
	}
	for _, b := range lib.Bundles {
		r := shaperOf(b, programOf(e, b))
		for _, t := range b.Terms {
			found = append(found, r.checkTerm(t)...)
		}
		for _, f := range b.Forms {
			wrong := check(b, r.terms, f.Schema, "form `"+f.ID+"`")
			found = append(found, wrong...)
			if len(wrong) > 0 {
				continue // what else there is to say may be an echo
			}
			r.found = nil
			r.compile(f)
			found = append(found, r.found...)
		}
	}
	found.Sort()
	return found
}

// programOf returns the compiled program of a bundle, nil when it has errors.
func programOf(e *engine.Engine, b *definitions.Bundle) *engine.Program {
	for _, p := range e.Programs() {
		if p.Bundle == b {
			return p
		}
	}
	return nil
}

// checkTerm looks at one term.
func (r *shaper) checkTerm(t *definitions.Term) definitions.Diagnostics {
	if t.Schema == nil {
		return nil // the title of a group
	}
	if wrong := check(r.bundle, r.terms, t.Schema, "term `"+t.ID+"`"); len(wrong) > 0 {
		return wrong
	}
	r.found, r.form, r.root, r.depth = nil, "", t.Schema, 0
	s := r.shape(t.Schema, place{inTerm: true})
	if s.title.Empty() {
		s.title = t.Title
	}
	r.field(&prop{name: t.ID, at: t.Schema.At, shape: s}, "", "", false)
	return r.found
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
	_, err := NewValidator(plain)
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
