package cmd

import (
	"strings"
	"testing"

	"luvat/definitions"
	"luvat/engine"
)

func reportIn(lang definitions.Lang) *report {
	return &report{lang: lang, words: reportWords[lang], on: "2026-07-01"}
}

func TestFeeSaysNothingTwice(t *testing.T) {
	amount := func(x float64) *float64 { return &x }
	for _, c := range []struct {
		fee  *engine.Fee
		lang definitions.Lang
		want string
	}{
		{nil, "fi", ""},
		{&engine.Fee{Amount: amount(38)}, "fi", "38 €"},
		{&engine.Fee{Amount: amount(38), Text: "taksan mukaan"}, "fi", "38 € – taksan mukaan"},
		{&engine.Fee{Amount: amount(38), Text: "38\u00a0€ sähköisesti"}, "fi", "38\u00a0€ sähköisesti"},
		{&engine.Fee{Amount: amount(38), Text: "paperilla 138 €"}, "fi", "38 € – paperilla 138 €"},
		{&engine.Fee{Amount: amount(12.5), Text: "per item"}, "en", "€12.50 – per item"},
		{&engine.Fee{Amount: amount(0)}, "sv", "avgiftsfri"},
		{&engine.Fee{Amount: amount(0), Text: "Maksuton, jos haet ajoissa"}, "fi", "Maksuton, jos haet ajoissa"},
		{&engine.Fee{Amount: amount(0), Text: "for associations"}, "en", "free of charge – for associations"},
		{&engine.Fee{Text: "enligt taxan", Unverified: true}, "sv", "enligt taxan (ej kontrollerad uppgift)"},
	} {
		if got := reportIn(c.lang).fee(c.fee); got != c.want {
			t.Errorf("%s: got %q, want %q", c.lang, got, c.want)
		}
	}
}

func TestDueSaysWhatStillHelps(t *testing.T) {
	day := func(s string) *string { return &s }
	for name, c := range map[string]struct {
		of         engine.Requirement
		says, lack []string
	}{
		"in time":              {engine.Requirement{Due: day("2026-07-12"), OpenDay: "2026-07-10", Recommended: day("2026-07-05")}, []string{"Viimeistään     12.7.2026\n", "ennen sitä 10.7.2026", "Suositus        5.7.2026\n"}, []string{"mennyt"}},
		"late":                 {engine.Requirement{Due: day("2026-06-21"), OpenDay: "2026-06-18", Recommended: day("2026-06-01"), Late: true, LateAdvice: "Soita."}, []string{"21.6.2026 – määräaika on mennyt\n", "Soita."}, []string{"18.6.2026", "Suositus"}},
		"recommended is over":  {engine.Requirement{Due: day("2026-07-12"), Recommended: day("2026-06-20")}, []string{"20.6.2026 – päivä on jo mennyt"}, nil},
		"recommended is later": {engine.Requirement{Due: day("2026-07-12"), Recommended: day("2026-07-12")}, nil, []string{"Suositus"}},
	} {
		r := reportIn("fi")
		r.due(c.of)
		for _, text := range c.says {
			if !strings.Contains(r.String(), text) {
				t.Errorf("%s: %q is missing in\n%s", name, text, r)
			}
		}
		for _, text := range c.lack {
			if strings.Contains(r.String(), text) {
				t.Errorf("%s: %q should not be in\n%s", name, text, r)
			}
		}
	}
}

func TestRequirementIsTold(t *testing.T) {
	law := engine.Law{Ref: "1/2000 3 §", Name: "Marknadslag"}
	r := reportIn("sv")
	r.requirement(1, engine.Requirement{Name: "Marknadslov", Kind: definitions.Permit, Status: engine.Needed, Law: []engine.Law{law},
		Grounds:      []engine.Ground{{Because: "Det är marknad.", Law: []engine.Law{law, {Ref: "2/2000"}}, Answers: []engine.Condition{{Label: "Vad säljs?", Answer: "Mat", Test: "”Mat”"}}}},
		Instructions: "Fyll i blanketten.", Appeal: "Besvär anförs.", Links: []engine.Link{{URL: "https://example.org/", Title: "Blankett"}}}, nil)
	for _, text := range []string{"Så här gör du   Fyll i blanketten.", "Ändringssökande Besvär anförs.", "Länkar          Blankett https://example.org/", "· Vad säljs? Mat\n", "                    2/2000\n"} {
		if !strings.Contains(r.String(), text) {
			t.Errorf("%q is missing in\n%s", text, r)
		}
	}
	if n := strings.Count(r.String(), "1/2000"); n != 1 {
		t.Errorf("the law is told %d times in\n%s", n, r)
	}
}
