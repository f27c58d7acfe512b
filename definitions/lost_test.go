package definitions

import (
	"strings"
	"testing"
	"testing/fstest"
)

// TestUnreadable holds which findings mean that something may be declared which could not be read.
func TestUnreadable(t *testing.T) {
	tests := []struct {
		name, file, text string
		want             bool
	}{
		{"syntax", "bundles/fair/x.yaml", "questions: [", true},
		{"encoding", "bundles/fair/x.yaml", "questions: p\xe4", true},
		{"size", "bundles/fair/x.yaml", strings.Repeat("# c\n", maxFile/4+1), true},
		{"section", "bundles/fair/x.yaml", "kysymykset:\n  - {id: a}\n", true},
		{"section of an overlay", "overlays/x.yaml", "overlay: x\nof: fair\nwhere: [\"091\"]\nquestion:\n  - {id: a}\n", true},
		{"no id", "bundles/fair/x.yaml", "questions:\n  - {type: integer}\n", true},
		{"bad id", "bundles/fair/x.yaml", "facts: {stall-area: visitors}\n", true},
		{"shared file", "shared/laws.yaml", "laws: {", true},
		{"shared table", "shared/authorities.csv", "id;type\n", true},
		{"unknown word", "bundles/fair/x.yaml", "remark: none\n", false},
		{"unknown name", "bundles/fair/x.yaml", "questions:\n  - {id: a, group: none, type: integer, ask: {fi: a, sv: b, en: c}}\n", false},
		{"only a comment", "bundles/fair/x.yaml", "# nothing\n", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, found := loadFair(map[string]string{tt.file: tt.text})
			if len(found) == 0 || found.Unreadable() != tt.want {
				t.Errorf("unreadable is %v, want %v:\n%s", found.Unreadable(), tt.want, told(found))
			}
		})
	}
}

// TestUnreadableAlone holds that nothing follows from what could not be read, in the bundle and in its overlays.
func TestUnreadableAlone(t *testing.T) {
	files := map[string]string{
		"bundles/fair/lost.yaml": "questions: [\n",
		"bundles/fair/x.yaml": `requirements:
  - {id: a, kind: permit, name: {fi: "{{lost}}", sv: b, en: c}, needed: [{when: lost}], at: lost, after: gone}
`,
		"overlays/x.yaml": `overlay: x
of: fair
where: ["091"]
parameters: {days: {values: [{value: 1}]}}
requirements:
  - {id: gone, needed: [{when: lost}], instructions: {fi: "{{lost}}", sv: b, en: c}}
`,
	}
	_, found := loadFair(files)
	if len(found) != 1 || found[0].At.File != "bundles/fair/lost.yaml" || !found.Unreadable() {
		t.Errorf("want only what is wrong with the file itself:\n%s", told(found))
	}
	files["bundles/fair/lost.yaml"] = "# nothing\n"
	if _, found := loadFair(files); len(found) < 5 || found.Unreadable() {
		t.Errorf("want what is missing to be reported when every file was read:\n%s", told(found))
	}
}

// TestForeign holds that a file in a wrong encoding or of a wrong kind is one finding, whatever is in it.
func TestForeign(t *testing.T) {
	utf16 := func(text string, bom ...byte) string {
		for _, b := range []byte(text) {
			bom = append(bom, b, 0)
		}
		return string(bom)
	}
	tests := []struct{ name, text, want string }{
		{"UTF-16 with a mark", utf16(head, 0xff, 0xfe), "x.yaml:1:1-0 error bad-encoding: the file is saved as UTF-16; save it as UTF-8\n"},
		{"UTF-16 without one", utf16(head), "x.yaml:1:1-0 error bad-encoding: the file is saved as UTF-16; save it as UTF-8\n"},
		{"Excel", "PK\x03\x04\x14\x00\x06", "x.yaml:1:1-0 error bad-encoding: this is a Word or Excel file, or another packed one; expected plain text; save it as plain text in UTF-8; a table as CSV in UTF-8\n"},
		{"old line ends", strings.ReplaceAll(head, "\n", "\r"), "x.yaml:1:1-0 error bad-encoding: the lines of the file end in a carriage return alone, as on old Macintoshes; it reads as one line; save it with line ends of Unix or Windows\n"},
		{"Windows-1252", head + "icon: p\xe4\xe4t\xf6s\n", "x.yaml:6:8-9 error bad-encoding: the byte E4 is not UTF-8, and 2 more; save the file as UTF-8; was it saved as Windows-1252?\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, found := Load(Root{FS: fstest.MapFS{"x.yaml": {Data: []byte(tt.text)}}, Only: []string{"x.yaml"}})
			if got := told(found); got != tt.want {
				t.Errorf("got %swant %s", got, tt.want)
			}
		})
	}
}
