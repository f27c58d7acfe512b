package definitions

import (
	"testing"
	"testing/fstest"
)

// seeds are the texts from which fuzzing starts: one of each thing that the language has.
func seeds(f *testing.F) {
	for _, text := range []string{
		fair, "a: b: c\n", "facts:\n  a: >-\n    visitors > 1\n  b: 'x'\n", "warnings: [{id: w, because: {fi: \"{{x}}\"}}]\n",
		"questions:\n  - id: a # c\n    ask: |\n      x\n", "overlay: x\nof: fair\nwhere: [\"091\"]\n", "a: &x [*x]\n", "{a: [b, {c: d}]}", "- - - a\n", "? a\n: b\n",
		"tables:\n  t: {hit: first, given: [a], gives: [b], rows: [['-', c]]}\n", "\ufeff---\r\na: \"\\u00e4\\\n b\"\r\n",
	} {
		f.Add([]byte(text))
	}
}

// FuzzLoad holds that no text makes the reader panic, and that every finding has a place in the file and a registered rule.
func FuzzLoad(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, name := range []string{"bundles/fair/x.yaml", "overlays/x.yaml", "shared/x.yaml", "shared/areas.csv"} {
			lib, found := Load(Root{FS: fstest.MapFS{"bundles/fair/bundle.yaml": {Data: []byte(fair)}, name: {Data: text}}})
			if len(found) > 2*(maxFindings+1) {
				t.Errorf("%d findings", len(found))
			}
			for _, d := range found {
				if !d.At.Valid() || d.At.Column < 1 || d.Message == "" {
					t.Errorf("%+v has no place or no words", d)
				}
				if src := lib.Sources[d.At.File]; src != nil && d.At.Line > len(src.Lines)+1 {
					t.Errorf("%s is after the end of the file", d.At)
				}
				if _, ok := RuleByID(d.Rule); !ok {
					t.Errorf("the rule %s is not registered", d.Rule)
				}
			}
			for _, b := range lib.Bundles {
				for _, fact := range b.Facts {
					for i := range []rune(fact.Is.Value) {
						fact.Is.PositionAt(i)
					}
				}
			}
		}
	})
}

// FuzzFormat holds that formatting never fails on what it has formatted itself, and never changes it again.
func FuzzFormat(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		out, err := Format(text)
		if err != nil {
			return
		}
		again, err := Format(out)
		if err != nil {
			t.Fatalf("%q becomes %q, which is refused: %v", text, out, err)
		}
		if string(again) != string(out) {
			t.Fatalf("%q becomes %q, then %q", text, out, again)
		}
	})
}
