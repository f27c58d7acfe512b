package forms

import (
	"errors"
	"fmt"
	"strings"

	"luvat/definitions"
)

// CheckTerm holds a value against the schema of a term, as a value from a register must fit before it is shown. A value is decoded
// JSON. The error says what is wrong in the language, without the value; it is an *UnknownTermError for a term that the bundle has not.
func (b *Book) CheckTerm(id string, value any, lang definitions.Lang) error {
	terms := make(map[string]*definitions.Term, len(b.terms))
	for _, t := range b.terms {
		terms[t.ID] = t
	}
	t := terms[id]
	if t == nil || t.Schema == nil {
		return &UnknownTermError{id}
	}
	s := &schema{bundle: b.program.Bundle, terms: terms, lang: lang, places: map[string]definitions.Position{}}
	v, err := NewValidator(plain(s.one(t, "")))
	if err != nil {
		return fmt.Errorf("the schema of term %s cannot be used: %w", id, err)
	}
	if v.Valid(value) {
		return nil
	}
	var said []string
	for _, f := range v.Faults(value) {
		said = append(said, Message(f, t.Title.In(lang), lang))
	}
	return errors.New(strings.Join(said, " "))
}

// UnknownTermError says that a bundle has no term, or none with a value of its own, by an id.
type UnknownTermError struct{ Term string }

func (e *UnknownTermError) Error() string { return fmt.Sprintf("there is no term `%s`", e.Term) }
