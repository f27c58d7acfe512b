package forms

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"luvat/definitions"
	"luvat/engine"
)

// Compile compiles the forms of one bundle version. The findings are those of Check for this bundle's forms; a form with errors is
// in the book as far as it can be read.
func Compile(p *engine.Program) (*Book, definitions.Diagnostics) {
	r := shaperOf(p.Bundle, p)
	b := &Book{program: p, forms: map[string]*form{}, terms: r.order}
	for _, f := range p.Bundle.Forms {
		b.forms[f.ID] = r.compile(f)
	}
	b.groups = groupsOf(r.order, r.terms)
	r.found.Sort()
	return b, r.found
}

// shaperOf returns a shaper of a bundle's forms.
func shaperOf(b *definitions.Bundle, p *engine.Program) *shaper {
	r := &shaper{bundle: b, program: p, terms: map[string]*definitions.Term{}, langs: b.Languages}
	if len(r.langs) == 0 {
		r.langs = definitions.Languages
	}
	var all []*definitions.Term
	if b.Shared != nil {
		all = append(all, b.Shared.Terms...)
	}
	for _, t := range append(all, b.Terms...) {
		if old := r.terms[t.ID]; old != nil {
			r.order[slices.Index(r.order, old)] = t
		} else {
			r.order = append(r.order, t)
		}
		r.terms[t.ID] = t
	}
	return r
}

// compile compiles one form.
func (r *shaper) compile(f *definitions.Form) *form {
	out := &form{id: f.ID, plain: map[definitions.Lang][]byte{}}
	if f.Schema == nil {
		out.root = &shape{kind: "object", split: true, object: &object{index: map[string]int{}}}
		return out
	}
	r.form, r.root, r.whens, r.depth = f.ID, f.Schema, nil, 0
	root := &shape{at: f.Schema.At}
	r.keywords(f.Schema)
	root.describe(r, r.layers(f.Schema))
	root.kind, root.split = "object", true
	root.object = r.object(f.Schema, place{key: "form/" + f.ID, apart: true})
	out.root, out.title = root, root.title
	r.conditions(root.object)
	order, headings := r.sections(f.Schema, root.object)
	out.fields = r.fields(out, root.object, order, headings, definitions.Text{})
	for _, lang := range definitions.Languages {
		s := &schema{bundle: r.bundle, terms: r.terms, lang: lang, places: map[string]definitions.Position{}}
		doc, ok := plain(s.resolve(f.Schema, "")).(map[string]any)
		if !ok {
			continue
		}
		if lang == definitions.Finnish {
			out.validator, _ = NewValidator(doc) // the check of the schema says what is wrong with it
		}
		sent, _ := spelled(doc).(map[string]any)
		sent["$schema"], sent["$id"] = dialect, r.urn(f.ID, lang)
		if text, err := json.Marshal(sent); err == nil {
			out.plain[lang] = text
		}
	}
	return out
}

// urn names one form of one bundle version in one language.
func (r *shaper) urn(form string, lang definitions.Lang) string {
	parts := []string{"urn", "luvat", r.bundle.ID, r.bundle.Version, form, string(lang)}
	for i, p := range parts[2:] {
		parts[i+2] = url.PathEscape(p)
	}
	return strings.Join(parts, ":")
}

// groupsOf returns the groups of terms in the order in which they are asked. A term without a schema titles the group of its id.
func groupsOf(order []*definitions.Term, terms map[string]*definitions.Term) []group {
	var out []group
	for _, t := range order {
		id := groupOf(t.ID)
		if slices.ContainsFunc(out, func(g group) bool { return g.id == id }) {
			continue
		}
		g := group{id: id}
		if head := terms[id]; head != nil {
			g.title, g.help = head.Title, head.Help
		}
		out = append(out, g)
	}
	return out
}

// groupOf returns the group of a term: its id up to the first dot.
func groupOf(term string) string {
	id, _, _ := strings.Cut(term, ".")
	return id
}
