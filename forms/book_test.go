package forms_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"

	"luvat/definitions"
	"luvat/engine"
	"luvat/forms"
)

// program compiles a bundle that must be without errors.
func program(t testing.TB, text string) *engine.Program {
	t.Helper()
	lib, found := load(text)
	e, more := engine.Compile(lib)
	for _, d := range append(found, more...) {
		if d.Severity == definitions.Error {
			t.Errorf("%s: %s [%s]", d.At, d.Message, d.Rule)
		}
	}
	if len(e.Programs()) != 1 {
		t.Fatal("the test bundle was not compiled")
	}
	return e.Programs()[0]
}

// load reads a bundle beside the small vocabulary.
func load(text string) (*definitions.Library, definitions.Diagnostics) {
	return definitions.Load(definitions.Root{FS: fstest.MapFS{
		"shared/terms.yaml":        {Data: []byte(sharedTerms)},
		"bundles/test/bundle.yaml": {Data: []byte(text)},
	}})
}

// book compiles the forms of a bundle that must be without findings.
func book(t testing.TB, text string) (*forms.Book, *engine.Program) {
	t.Helper()
	p := program(t, text)
	b, found := forms.Compile(p)
	for _, d := range found {
		t.Errorf("%s: %s [%s]", d.At, d.Message, d.Rule)
	}
	return b, p
}

// sharedTerms is a small vocabulary.
const sharedTerms = `terms:
  organiser:
    title: {fi: Järjestäjä, sv: Arrangör, en: Organiser}
    help: {fi: Kuka vastaa tapahtumasta., sv: Vem som ansvarar för evenemanget., en: Who answers for the event.}
  organiser.name:
    title: {fi: Nimi, sv: Namn, en: Name}
    schema: {type: string, minLength: 2, maxLength: 200, x-autocomplete: organization}
  organiser.business_id:
    title: {fi: Y-tunnus, sv: FO-nummer, en: Business ID}
    schema: {type: string, format: business-id}
  organiser.personal_id:
    title: {fi: Henkilötunnus, sv: Personbeteckning, en: Personal identity code}
    schema: {type: string, format: personal-id}
  person.name:
    title: {fi: Nimi, sv: Namn, en: Name}
    schema: {type: string, minLength: 2, maxLength: 200}
  place.where:
    title: {fi: Paikka, sv: Plats, en: Place}
    schema:
      type: object
      format: place
      required: [municipality]
      properties:
        municipality: {type: string, pattern: '^[0-9]{3}$', title: {fi: Kunta, sv: Kommun, en: Municipality}}
        address: {type: string, title: {fi: Osoite, sv: Adress, en: Address}}
        point: {type: array, items: {type: number}, minItems: 2, maxItems: 2, title: {fi: Sijainti, sv: Läge, en: Position}}
  times.start:
    title: {fi: Alkaa, sv: Börjar, en: Starts}
    schema: {type: string, format: date-time}
`

// head is the beginning of a test bundle.
const head = `bundle: test
version: "1"
title: Test
owner: "test"
from: 2020-01-01
languages: [en]
groups: [{id: g, title: G}]
questions:
  - {id: visitors, ask: Visitors, group: g, type: integer, min: 0}
  - {id: music, ask: Music, group: g, type: boolean}
  - {id: loud, ask: Loud, group: g, type: boolean, when: music}
  - {id: food, ask: Food, group: g, type: choices, options: {hot: Hot, cold: Cold}}
facts:
  large: visitors >= 500
`

var on, _ = definitions.ParseDate("2026-05-01")

func answers(t testing.TB, p *engine.Program, text string) *engine.Answers {
	t.Helper()
	a, err := p.ParseAnswers([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func fromJSON(t testing.TB, text string) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func keys(s *forms.Section) string {
	var out []string
	for _, f := range s.Fields {
		out = append(out, f.Key)
	}
	return strings.Join(out, " ")
}
