package definitions

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// loadOne loads a single file that may hold anything.
func loadOne(text string) (*Library, Diagnostics) {
	return Load(Root{FS: fstest.MapFS{"x.yaml": {Data: []byte(text)}}, Only: []string{"x.yaml"}})
}

const head = "bundle: x\nversion: \"1\"\ntitle: {fi: a, sv: b, en: c}\nowner: lvv\nfrom: 2026-01-01\n"

// TestHostile holds that what is meant to exhaust the reader ends in a few words. Each limit is a number in the code: what lies
// beyond it is not parsed, or is not worded.
func TestHostile(t *testing.T) {
	var bomb strings.Builder
	bomb.WriteString(head + "summary: &a0 {fi: x}\n")
	for i := 1; i < 40; i++ {
		fmt.Fprintf(&bomb, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d]\n", i, i, i-1, i-1, i-1, i-1)
	}
	var keys, nested, ids strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&keys, "k%d: true\n", i)
		fmt.Fprintf(&ids, "  - {id: q%d, type: boolean, ask: {fi: a, sv: b, en: c}, when: q%d}\n", i, i)
	}
	for i := range 10_000 {
		nested.WriteString(strings.Repeat(" ", min(i, 300)) + "a:\n")
	}
	tests := []struct{ name, text, said string }{
		{"alias bomb", bomb.String(), "x.yaml:6:10-0 error no-anchors: `&a0` names a place"},
		{"nested brackets", head + "summary: " + strings.Repeat("[", 10_000), "x.yaml:6:73-74 error too-deep: lists and mappings stand more than 64 deep in one another"},
		{"nested braces", head + "summary: " + strings.Repeat("{a: ", 10_000), "error too-deep"},
		{"nested dashes", strings.Repeat("- ", 10_000), "x.yaml:1:129-130 error too-deep"},
		{"nested keys", nested.String(), "x.yaml:65:65-66 error too-deep"},
		{"large file", strings.Repeat("# c\n", maxFile/4+1), "x.yaml:1:1-0 error file-too-large: the file is larger than 4 MB"},
		{"many unknown keys", head + keys.String(), "note too-many: 19800 more findings in this file are not shown"},
		{"many questions", head + "questions:\n" + ids.String(), ""},
		{"huge text", head + "summary: {fi: " + strings.Repeat("x", 1<<20) + ", sv: b, en: c}\n", ""},
		{"many braces", head + "summary: \"" + strings.Repeat("{{x}}", 50_000) + "\"\n", "note too-many"},
		{"huge expression", head + "facts:\n  a: '" + strings.Repeat("((", 1<<19) + "'\n", ""},
		{"long line", head + "keywords: {fi: [" + strings.Repeat("a, ", 50_000) + "a]}\n", ""},
		{"not UTF-8", head + "summary: p\xe4iv\xe4\n", "x.yaml:6:11-12 error bad-encoding: the byte E4 is not UTF-8, and 1 more; save the file as UTF-8; was it saved as Windows-1252?"},
		{"only bytes", strings.Repeat("\xff\n", 10_000), "the byte FF is not UTF-8, and 9999 more; save the file as UTF-8; was it saved as Windows-1252?"},
		{"control character", head + "icon: a\x00b\n", "x.yaml:6:8-9 error bad-character: here is a character that cannot be seen: U+0000"},
		{"line separator", head + "icon: a\u2028b\n", "x.yaml:6:8-9 error bad-character: here is a character that cannot be seen: U+2028"},
		{"documents", strings.Repeat("---\n", 10_000), "error"},
		{"stars", "a: " + strings.Repeat("*", 10_000), "x.yaml:1:4-5 error unquoted-text"},
		{"open quote", "bundle: \"" + strings.Repeat("x\n", 10_000), "x.yaml:1:9-10 error unclosed"},
		{"open bracket", "bundle: [" + strings.Repeat("x,\n ", 10_000), "x.yaml:1:9-10 error unclosed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, found := loadOne(tt.text)
			if len(found) > maxFindings+1 {
				t.Errorf("%d findings in one file, want at most %d", len(found), maxFindings+1)
			}
			got := told(found)
			if tt.said == "" && found.HasErrors() {
				t.Errorf("it is large but not wrong:\n%.500s", got)
			}
			if !strings.Contains(got, tt.said) {
				t.Errorf("got\n%.500s\nwant in it\n%s", got, tt.said)
			}
			for _, d := range found {
				if len(d.Message)+len(d.Suggestion) > 1000 {
					t.Errorf("a message of %d characters", len(d.Message)+len(d.Suggestion))
				}
			}
		})
	}
}

// TestHarmlessForms holds that what editors and systems do to a file does not matter.
func TestHarmlessForms(t *testing.T) {
	for name, text := range map[string]string{
		"byte order mark": "\ufeff" + fair, "carriage returns": strings.ReplaceAll(fair, "\n", "\r\n"), "document mark": "---\n" + fair,
		"no end of line": strings.TrimSuffix(fair, "\n"),
	} {
		lib, found := loadOne(text)
		if len(found) > 0 || len(lib.Bundles) != 1 {
			t.Errorf("%s:\n%s", name, told(found))
			continue
		}
		line := 20
		if name == "document mark" {
			line++
		}
		if at := lib.Bundles[0].Requirements[0].Name.At; at.Line != line+3 || at.Column != 11 {
			t.Errorf("%s: the name is at %s", name, at)
		}
	}
}

func TestLargeTable(t *testing.T) {
	rows := strings.Repeat("police,091,police-a,,\n", maxRows+5)
	_, found := loadFair(map[string]string{"shared/areas.csv": "authority_type,municipality_code,authority_id,valid_from,valid_to\n" + rows})
	if got := told(found); !strings.Contains(got, "file-too-large") {
		t.Errorf("%.500s", got)
	}
}

func TestMissingFolder(t *testing.T) {
	_, found := Load(DirRoot("testdata/no-such-folder"))
	if got, want := told(found), "no-such-folder:1:1-0 error unreadable-file: the folder cannot be read: there is no such file\n"; got != want {
		t.Errorf("got %swant %s", got, want)
	}
}
