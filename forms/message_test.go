package forms

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"luvat/definitions"
)

var updateMessages = flag.Bool("update-messages", false, "write testdata/messages.txt anew")

// libraryKeywords are the keywords that jsonschema v5.3.1 reports (its schema.go, every call of validationError), with the names that
// Faults gives to those without one.
var libraryKeywords = []string{"false", "type", "const", "enum", "format", "minProperties", "maxProperties", "required", "additionalProperties",
	"dependentRequired", "minItems", "maxItems", "uniqueItems", "additionalItems", "items", "minContains", "maxContains", "minLength", "maxLength",
	"pattern", "contentEncoding", "contentMediaType", "contentSchema", "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf",
	"not", "anyOf", "oneOf", "unevaluatedProperties", "unevaluatedItems", "propertyNames", "$ref"}

// allFaults is one fault of every kind that a person may read of.
func allFaults() Faults {
	var all Faults
	limits := map[string][]string{"minLength": {"1", "2", "20", "12000"}, "maxLength": {"1", "4000"}, "minItems": {"1", "2"}, "maxItems": {"1", "10"},
		"minContains": {"1", "2"}, "maxContains": {"1", "2"}, "minProperties": {"1", "2"}, "maxProperties": {"1", "2"},
		"minimum": {"0", "-12.5", "1000000"}, "maximum": {"12345.75"}, "exclusiveMinimum": {"0"}, "exclusiveMaximum": {"100"}, "multipleOf": {"1", "0.1", "0.01", "0.5", "5"}}
	for _, k := range libraryKeywords {
		switch k {
		case "type":
			for _, t := range []string{"string", "number", "integer", "boolean", "array", "object", "null"} {
				all = append(all, Fault{Keyword: k, Types: []string{t}})
			}
			all = append(all, Fault{Keyword: k, Types: []string{"integer", "boolean", "null"}})
		case "const":
			for _, v := range []any{true, false, nil, json.Number("2500.5"), "2026-06-01", "x"} {
				all = append(all, Fault{Keyword: k, Allowed: []any{v}})
			}
		case "enum":
			all = append(all, Fault{Keyword: k, Allowed: []any{"none", "grid"}}, Fault{Keyword: k, Allowed: []any{json.Number("1"), json.Number("2.5"), json.Number("10000")}},
				Fault{Keyword: k, Allowed: []any{"2026-06-01", "2026-12-24"}})
		case "pattern":
			all = append(all, Fault{Keyword: k, Pattern: "^[A-Z]{2}-[0-9]+$"}, Fault{Keyword: k, Pattern: "^[A-Z]{2}-[0-9]+$", Example: "TK-2026"},
				Fault{Keyword: k, Pattern: "^[0-9]{8}$"}, Fault{Keyword: k, Pattern: "^[0-9]{3,5}$", Example: "0123"})
		case "format":
			for i := range Formats {
				for _, why := range reasonsOf(&Formats[i]) {
					all = append(all, Fault{Keyword: k, Format: Formats[i].Name, Reason: why})
				}
			}
			for name := range jsonschema.Formats {
				if formatByName[name] == nil {
					all = append(all, Fault{Keyword: k, Format: name, Reason: WrongForm})
				}
			}
		default:
			for _, l := range limits[k] {
				all = append(all, Fault{Keyword: k, Limit: l})
			}
			if limits[k] == nil {
				all = append(all, Fault{Keyword: k})
			}
		}
	}
	all = append(all, Fault{Keyword: "maximum", Limit: "12345.75", Unit: "m²"})
	slices.SortStableFunc(all, func(a, b Fault) int { return strings.Compare(a.Keyword+" "+a.Format, b.Keyword+" "+b.Format) })
	return all
}

// reasonsOf returns what a format finds wrong with its faulty examples; those of formatVectors show each reason.
func reasonsOf(f *Format) []Reason {
	var found []Reason
	for _, v := range formatVectors[f.Name].bad {
		if why := f.wrong(v); !slices.Contains(found, why) {
			found = append(found, why)
		}
	}
	slices.Sort(found)
	return found
}

func TestMessages(t *testing.T) {
	var b strings.Builder
	for _, f := range allFaults() {
		values := ""
		for _, v := range f.Allowed {
			values += fmt.Sprintf(" %v", v)
		}
		fmt.Fprintln(&b, strings.Join(strings.Fields(fmt.Sprint(f.Keyword, " ", f.Limit, " ", f.Unit, " ", strings.Join(f.Types, "|"), " ", values, " ", f.Pattern, " ", f.Format, " ", f.Reason)), " "))
		for _, lang := range definitions.Languages {
			fmt.Fprintf(&b, "  %s\n", Message(f, map[definitions.Lang]string{"fi": "Kenttä", "sv": "Fält", "en": "Field"}[lang], lang))
		}
	}
	const file = "testdata/messages.txt"
	if *updateMessages {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the messages are not those of %s; go test ./forms -run TestMessages -update-messages writes it anew, then read the difference:\n%s", file, b.String())
	}
}

// broken is what a message must not contain: placeholders, gaps, the words of Go and of the library.
var broken = regexp.MustCompile(`[{}|%]|  | \.|\.\.|NaN|nil|map\[|must be one of|expected|does not match pattern`)

// Every keyword and format has words of its own in each language, and nothing is left of placeholders or of the library.
func TestMessagesAreComplete(t *testing.T) {
	for _, f := range allFaults() {
		said := map[string]definitions.Lang{}
		for _, lang := range definitions.Languages {
			m := Message(f, "", lang)
			if m == Message(Fault{Keyword: "nobody-knows"}, "", lang) {
				t.Errorf("%s %s has no words in %s", f.Keyword, f.Format, lang)
			}
			if broken.MatchString(strings.ReplaceAll(m, f.Pattern, "")) {
				t.Errorf("%s %s in %s: %s", f.Keyword, f.Format, lang, m)
			}
			if other, twice := said[m]; twice {
				t.Errorf("%s and %s say the same: %s", other, lang, m)
			}
			said[m] = lang
		}
	}
}

// TestWhatTheSuiteFindsCanBeSaid: whatever the library reports on the official suite has words, and none of them are the library's.
func TestWhatTheSuiteFindsCanBeSaid(t *testing.T) {
	met := map[string]bool{}
	for _, dir := range []string{"", "optional", "optional/format"} {
		for _, c := range suiteCases(t, dir) {
			v, err := newValidator(c.schema, true, remote)
			if err != nil {
				continue
			}
			for _, f := range v.Faults(c.value) {
				met[f.Keyword] = true
				if !slices.Contains(libraryKeywords, f.Keyword) {
					t.Errorf("%s: the keyword %q of %s has no words", c.name, f.Keyword, f.SchemaPointer)
				}
				for _, lang := range definitions.Languages {
					if m := Message(f, "", lang); broken.MatchString(strings.ReplaceAll(m, f.Example, "")) {
						t.Errorf("%s: %+v reads %s", c.name, f, m)
					}
				}
				if f.Message != "" {
					t.Errorf("%s: the fault carries the library's %q", c.name, f.Message)
				}
			}
		}
	}
	if len(met) < 25 {
		t.Errorf("the suite met only %d keywords: %v", len(met), met)
	}
}

func TestMessagesReadWell(t *testing.T) {
	for _, c := range []struct {
		fault Fault
		title string
		lang  definitions.Lang
		want  string
	}{
		{Fault{Keyword: "minLength", Limit: "20"}, "Poistumistiet", "fi", "Poistumistiet: kirjoita vähintään 20 merkkiä."},
		{Fault{Keyword: "format", Format: "business-id", Reason: WrongCheck}, "Y-tunnus", "fi", "Y-tunnus: tarkista numero; tarkistusmerkki ei täsmää. Esimerkki: 0112038-9"},
		{Fault{Keyword: "maxLength", Limit: "1"}, "Koodi", "fi", "Koodi: kirjoita enintään 1 merkki."},
		{Fault{Keyword: "maximum", Limit: "1234567.5", Unit: "m²"}, "Pinta-ala", "fi", "Pinta-ala: luvun on oltava enintään 1\u00a0234\u00a0567,5\u00a0m²."},
		{Fault{Keyword: "maximum", Limit: "1234567.5"}, "Area", "en", "Area: the number must be at most 1,234,567.5."},
		{Fault{Keyword: "format", Format: "date", Reason: WrongDate}, "Startdatum", "sv", "Startdatum: kontrollera datumet. Den dagen finns inte. Exempel: 1.6.2026"},
		{Fault{Keyword: "format", Format: "date-clock", Reason: WrongForm}, "Start", "en", "Start: write the day and the time. Example: 1\u00a0June 2026, 9:30"},
		{Fault{Keyword: "type", Types: []string{"integer", "boolean"}}, "", "sv", "Skriv ett heltal eller svara ja eller nej."},
		{Fault{Keyword: "pattern", Pattern: "^[0-9]{3}$"}, "Kuntakoodi", "fi", "Kuntakoodi: kirjoita 3 numeroa."},
		{Fault{Keyword: "required", Property: "name"}, "Namn", "sv", "Namn: den här uppgiften är obligatorisk."},
		{Fault{Keyword: "required", Property: "power"}, "Tarvitaanko sähköä?", "fi", "Tarvitaanko sähköä? Tämä tieto on pakollinen."},
		{Fault{Keyword: "const", Allowed: []any{true}}, "Jag försäkrar att det är så.", "sv", "Jag försäkrar att det är så. Bekräfta detta genom att kryssa i rutan."},
		{Fault{Keyword: "multipleOf", Limit: "0.01"}, "Hinta", "fi", "Hinta: kirjoita luku, jossa on enintään 2 desimaalia."},
	} {
		if got := Message(c.fault, c.title, c.lang); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}
