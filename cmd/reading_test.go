package cmd

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"luvat/definitions"
)

func TestReading(t *testing.T) {
	shared := &definitions.Shared{Municipalities: []*definitions.Municipal{
		{Code: "091", Name: name("Helsinki", "Helsingfors")}, {Code: "049", Name: name("Espoo", "Esbo")}, {Code: "092", Name: name("Vantaa", "Vanda")},
	}}
	shared.Index()
	options := []definitions.Option{{ID: "cold", Text: name("Kylmää", "Kallt")}, {ID: "hot", Text: name("Lämmintä", "Varmt")}}
	type place = map[string]any
	refused := errors.New("refused")
	for _, test := range []struct {
		q    definitions.Question
		line string
		want any // refused: a line that is no answer
	}{
		{definitions.Question{Type: definitions.Boolean}, "K", true},
		{definitions.Question{Type: definitions.Boolean}, "nej", false},
		{definitions.Question{Type: definitions.Boolean}, "ehkä", refused},
		{definitions.Question{Type: definitions.Integer}, "1 250", 1250.0},
		{definitions.Question{Type: definitions.Integer}, "-3", -3.0},
		{definitions.Question{Type: definitions.Integer}, "1e9", refused},
		{definitions.Question{Type: definitions.Integer}, "0x10", refused},
		{definitions.Question{Type: definitions.Integer}, "Inf", refused},
		{definitions.Question{Type: definitions.Number}, "12,5", 12.5},
		{definitions.Question{Type: definitions.Number}, "1.2.3", refused},
		{definitions.Question{Type: definitions.Money}, "1\u00a0000,50 €", 1000.5},
		{definitions.Question{Type: definitions.Choice, Options: options}, "2", "hot"},
		{definitions.Question{Type: definitions.Choice, Options: options}, "hot", "hot"},
		{definitions.Question{Type: definitions.Choice, Options: options}, "LÄMMINTÄ", "hot"},
		{definitions.Question{Type: definitions.Choice, Options: options}, "3", refused},
		{definitions.Question{Type: definitions.Choice, Options: options}, "0", refused},
		{definitions.Question{Type: definitions.Choices, Options: options}, "2, 1", []any{"hot", "cold"}},
		{definitions.Question{Type: definitions.Choices, Options: options}, "0", []any{}},
		{definitions.Question{Type: definitions.Choices, Options: options}, "1 9", refused},
		{definitions.Question{Type: definitions.DateType}, "5.7.2026", "2026-07-05"},
		{definitions.Question{Type: definitions.DateType}, "05. 07. 2026", "2026-07-05"},
		{definitions.Question{Type: definitions.DateType}, "2026-07-05", "2026-07-05"},
		{definitions.Question{Type: definitions.DateType}, "31.2.2026", refused},
		{definitions.Question{Type: definitions.DateType}, "5/7/2026", refused},
		{definitions.Question{Type: definitions.Time}, "22", "22:00"},
		{definitions.Question{Type: definitions.Time}, "klo 7.05", "07:05"},
		{definitions.Question{Type: definitions.Time}, "7:5", refused},
		{definitions.Question{Type: definitions.Time}, "24.00", refused},
		{definitions.Question{Type: definitions.DateTime}, "5.7.2026 18", "2026-07-05T18:00"},
		{definitions.Question{Type: definitions.DateTime}, "5.7.2026 klo 18.30", "2026-07-05T18:30"},
		{definitions.Question{Type: definitions.DateTime}, "5.7.2026 kl. 18.30", "2026-07-05T18:30"},
		{definitions.Question{Type: definitions.DateTime}, "2026-07-05T18:30", "2026-07-05T18:30"},
		{definitions.Question{Type: definitions.DateTime}, "5.7.2026", refused},
		{definitions.Question{Type: definitions.DateTime}, "T", refused},
		{definitions.Question{Type: definitions.Period}, "1.7.2026 - 3.7.2026", map[string]any{"from": "2026-07-01", "to": "2026-07-03"}},
		{definitions.Question{Type: definitions.Period}, "2026-07-01–2026-07-03", map[string]any{"from": "2026-07-01", "to": "2026-07-03"}},
		{definitions.Question{Type: definitions.Period}, "1.7.2026", refused},
		{definitions.Question{Type: definitions.Municipality}, "esbo", "049"},
		{definitions.Question{Type: definitions.Municipality}, "091", "091"},
		{definitions.Question{Type: definitions.Municipality}, "Turku", refused},
		{definitions.Question{Type: definitions.Municipality, Many: true}, "Vantaa, Esbo,", []any{"092", "049"}},
		{definitions.Question{Type: definitions.PlaceType}, "Espoo, Rantatie 1, talo B", place{"municipality": "049", "address": "Rantatie 1, talo B"}},
		{definitions.Question{Type: definitions.PlaceType, Many: true}, "Espoo; Vantaa, Tie 2", []any{place{"municipality": "049"}, place{"municipality": "092", "address": "Tie 2"}}},
		{definitions.Question{Type: definitions.TextType}, "mitä vain", "mitä vain"},
	} {
		r := reading{lang: definitions.Finnish, shared: shared}
		got, err := r.value(&test.q, test.line, interviewWordsIn[definitions.Finnish])
		if test.want == refused {
			var said inputError
			if !errors.As(err, &said) || said.text == "" {
				t.Errorf("%s %q gives %v, %v; it should be refused in words", test.q.Type, test.line, got, err)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s %q gives %#v, %v; want %#v", test.q.Type, test.line, got, err, test.want)
		}
	}
}

func name(fi, sv string) definitions.Text {
	return definitions.Text{By: map[definitions.Lang]string{definitions.Finnish: fi, definitions.Swedish: sv}}
}

func TestNearMunicipalities(t *testing.T) {
	shared := &definitions.Shared{Municipalities: []*definitions.Municipal{{Code: "1", Name: name("Pori", "Björneborg")}, {Code: "2", Name: name("Porvoo", "Borgå")}}}
	shared.Index()
	r := reading{lang: definitions.Finnish, shared: shared}
	for line, want := range map[string]string{"por": `Tarkoititko: Pori, Porvoo?`, "prvoo": "Tarkoititko: Porvoo?", "xyzzy": `Kuntaa "xyzzy" ei ole.`} {
		_, err := r.municipality(line, interviewWordsIn[definitions.Finnish])
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", line, err, want)
		}
	}
}

// TestWordsAreInEveryLanguage holds that the report and the interview lack no word in any language.
func TestWordsAreInEveryLanguage(t *testing.T) {
	for _, lang := range definitions.Languages {
		for _, v := range []reflect.Value{reflect.ValueOf(reportWords[lang]), reflect.ValueOf(interviewWordsIn[lang])} {
			for i := range v.NumField() {
				if v.Field(i).Len() == 0 {
					t.Errorf("%s: %s has no word for %s", lang, v.Type(), v.Type().Field(i).Name)
				}
			}
		}
		for _, other := range definitions.Languages {
			for key := range interviewWordsIn[other].how {
				if _, ok := interviewWordsIn[lang].how[key]; !ok {
					t.Errorf("%s: nothing is said of how to write %s", lang, key)
				}
			}
			if a, b := len(reportWords[lang].kinds), len(reportWords[other].kinds); a != b {
				t.Errorf("%s names %d kinds, %s names %d", lang, a, other, b)
			}
		}
	}
}
