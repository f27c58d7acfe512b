package forms

import (
	"encoding/json"

	"luvat/definitions"
	"luvat/engine"
)

// Data holds the values of a case by field key, as decoded JSON. A key that is missing, or nil, is unknown: it is neither none nor
// empty text. See docs/forms.md.
type Data map[string]any

// Book is all forms of one bundle version, compiled, in every language. It is immutable and safe for concurrent use.
type Book struct {
	program *engine.Program
	forms   map[string]*form
	terms   []*definitions.Term // shared ones first, then the bundle's and its overlays', in authored order
	groups  []group             // of terms, in the order in which they appear on the page
}

// Need is one requirement that a case needs, with who reads its form and on what legal ground.
type Need struct {
	Requirement string
	Form        string // "" when the requirement has no data of its own
	Title       definitions.Text
	Authorities []Reader
	Law         []string // references such as "379/2011 16 §"
}

// Reader is an authority that reads a field, for one requirement.
type Reader struct {
	Requirement string
	Authority   string // its id
	Name        definitions.Text
	Law         []string
}

// Schema returns the plain JSON Schema 2020-12 of a form in a language, as an authority gets it with the data; nil when there is no
// such form.
func (b *Book) Schema(form string, lang definitions.Lang) json.RawMessage {
	f := b.forms[form]
	if f == nil {
		return nil
	}
	return f.plain[lang]
}

// Title returns what a form is called; empty when there is no such form or it has no title.
func (b *Book) Title(form string) definitions.Text {
	if f := b.forms[form]; f != nil {
		return f.title
	}
	return definitions.Text{}
}

// Forms lists the ids of the forms in authored order.
func (b *Book) Forms() []string {
	var ids []string
	for _, f := range b.program.Bundle.Forms {
		ids = append(ids, f.ID)
	}
	return ids
}
