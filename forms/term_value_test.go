package forms

import (
	"errors"
	"strings"
	"testing"

	"luvat/definitions"
	"luvat/engine"
)

// TestValuesOfTermsAreHeldAgainstTheirSchema takes what registers might say of the terms of the project's own library.
func TestValuesOfTermsAreHeldAgainstTheirSchema(t *testing.T) {
	lib, found := definitions.Load(definitions.Embedded())
	if found.HasErrors() {
		t.Fatal(found)
	}
	e, found := engine.Compile(lib)
	if found.HasErrors() {
		t.Fatal(found)
	}
	book, found := Compile(e.Programs()[0])
	if found.HasErrors() {
		t.Fatal(found)
	}
	for _, c := range []struct {
		term  string
		value any
		says  string // part of the error; "" when the value fits
	}{
		{"organiser.business_id", "0112038-9", ""},
		{"organiser.business_id", "0112038-8", "Y-tunnus"},
		{"organiser.name", "A", "vähintään 2"},
		{"organiser.name", 12.0, "Järjestäjän nimi"},
		{"organiser.postal_code", "20100", ""},
		{"organiser.postal_code", "2010", "Postinumero"},
		{"times.build_up", "2027-07-03T17:00", ""},
		{"times.build_up", "yesterday", "Rakentaminen alkaa"},
		{"place.where", map[string]any{"address": "Kauppatori 1"}, ""},
		{"place.where", map[string]any{"postal_code": "20100"}, "Sijainti: tämä tieto on pakollinen"},
	} {
		err := book.CheckTerm(c.term, c.value, definitions.Finnish)
		if c.says == "" && err != nil {
			t.Errorf("%s does not take %v: %v", c.term, c.value, err)
		}
		if c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s says %v of %v, which has not %q", c.term, err, c.value, c.says)
		}
	}
	var unknown *UnknownTermError
	for _, id := range []string{"organiser", "organiser.shoe_size"} { // a heading, and none
		if err := book.CheckTerm(id, "44", definitions.Finnish); !errors.As(err, &unknown) || unknown.Term != id {
			t.Errorf("%s: %v", id, err)
		}
	}
}
