package locale_test

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"luvat/definitions"
	"luvat/server/locale"
)

// families are the keys whose end is a value known only at run time.
var families = []string{"kind.", "kinds.", "decision.", "status.", "step.", "tab.", "error.heading.", "letter.", "sent.state.", "sent.meaning.", "login.why.", "role.", "phase.", "standing.", "access.done."}

// used are the ways in which the pages and the Go code name a key.
var used = regexp.MustCompile(`(?:Say|Count|wrong)[ (]"([a-z][a-z0-9.-]*[a-z0-9])"|pageError\{[^,}]+, "([a-z0-9.-]+)"|"((?:summary|home)\.[a-z.-]+)"|key:? ?"([a-z0-9.-]+)"`)

func keysInUse(t *testing.T) map[string]bool {
	t.Helper()
	keys := map[string]bool{}
	err := fs.WalkDir(os.DirFS(".."), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "e2e" || d.Name() == "asset") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".html") && (!strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go")) {
			return nil
		}
		text, err := os.ReadFile("../" + path)
		for _, m := range used.FindAllStringSubmatch(string(text), -1) {
			keys[m[1]+m[2]+m[3]+m[4]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(keys) < 150 {
		t.Fatalf("only %d keys were found in the pages: the pattern no longer fits how they are written", len(keys))
	}
	return keys
}

func TestEveryLanguageSaysEverything(t *testing.T) {
	finnish := locale.In(definitions.Finnish)
	for _, lang := range definitions.Languages {
		texts := locale.In(lang)
		if texts.Lang != lang {
			t.Errorf("there are no texts in %s", lang)
		}
		for _, key := range finnish.Keys() {
			if !texts.Has(key) {
				t.Errorf("%s does not say %s", lang, key)
				continue
			}
			if strings.TrimSpace(texts.Say(key)) == "" {
				t.Errorf("%s says nothing for %s", lang, key)
			}
			if got, want := gaps(texts.Say(key)), gaps(finnish.Say(key)); !slices.Equal(got, want) {
				t.Errorf("%s fills other gaps than Finnish in %s: %v, not %v", lang, key, got, want)
			}
		}
		for _, key := range texts.Keys() {
			if !finnish.Has(key) {
				t.Errorf("%s says %s, which Finnish does not", lang, key)
			}
		}
	}
}

var gap = regexp.MustCompile(`\{[0-9]\}`)

func gaps(s string) []string {
	found := gap.FindAllString(s, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// same are the texts that are the same word in two languages.
var same = []string{"kind.plan", "need.why", "timeline.days.one", "timeline.days.many", "money.euro", "step.done", "bundle.start", "take.print", "foot.version", "kind.inspection"}

func TestNothingIsLeftUntranslated(t *testing.T) {
	fi, sv, en := locale.In(definitions.Finnish), locale.In(definitions.Swedish), locale.In(definitions.English)
	for _, key := range fi.Keys() {
		if slices.Contains(same, key) {
			continue
		}
		if fi.Say(key) == sv.Say(key) || fi.Say(key) == en.Say(key) || sv.Say(key) == en.Say(key) {
			t.Errorf("%s is the same in two languages: %q %q %q", key, fi.Say(key), sv.Say(key), en.Say(key))
		}
	}
}

func TestEveryTextIsUsedAndEveryUsedTextIsThere(t *testing.T) {
	fi := locale.In(definitions.Finnish)
	keys := keysInUse(t)
	for key := range keys {
		if !fi.Has(key) && !fi.Has(key+".one") {
			t.Errorf("the pages say %s, which has no text", key)
		}
	}
	for _, key := range fi.Keys() {
		name := strings.TrimSuffix(strings.TrimSuffix(key, ".one"), ".many")
		if keys[name] || slices.ContainsFunc(families, func(f string) bool { return strings.HasPrefix(key, f) }) {
			continue
		}
		t.Errorf("no page says %s", key)
	}
}

func TestEveryFamilyIsWhole(t *testing.T) {
	fi := locale.In(definitions.Finnish)
	for _, kind := range []definitions.Kind{definitions.Permit, definitions.Notification, definitions.Registration, definitions.Plan,
		definitions.Agreement, definitions.Report, definitions.Obligation, definitions.Inspection} {
		for _, family := range []string{"kind.", "kinds."} {
			if !fi.Has(family + string(kind)) {
				t.Errorf("there is no text %s%s", family, kind)
			}
		}
	}
	for _, decision := range []string{"permit", "decision-if-needed", "acknowledgement", "agreement"} {
		if !fi.Has("decision." + decision) {
			t.Errorf("there is no text decision.%s", decision)
		}
	}
}

func TestDatesAndNumbers(t *testing.T) {
	day, _ := definitions.ParseDate("2027-07-05")
	today, _ := definitions.ParseDate("2027-06-21")
	for _, c := range []struct {
		lang                           definitions.Lang
		date, far, gone, clock, number string
	}{
		{definitions.Finnish, "ma 5.7.2027", "14 päivän päästä", "14 päivää sitten", "klo 18.00", "12,50"},
		{definitions.Swedish, "må 5.7.2027", "om 14 dagar", "för 14 dagar sedan", "kl. 18.00", "12,50"},
		{definitions.English, "Mon 5 July 2027", "in 14 days", "14 days ago", "at 18:00", "12.50"},
	} {
		x := locale.In(c.lang)
		got := []string{x.DayAndDate(day), x.Distance(day, today), x.Distance(today, day), x.Clock("18:00"), x.Number(12.5)}
		if want := []string{c.date, c.far, c.gone, c.clock, c.number}; !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", c.lang, got, want)
		}
	}
	if got := locale.In(definitions.English).Euro(38); got != "€38" {
		t.Errorf("38 euro in English: %q", got)
	}
}
