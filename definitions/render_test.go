package definitions

import (
	"bytes"
	"strings"
	"testing"
)

func sourcesOf(path, text string) map[string]*Source {
	return map[string]*Source{path: {Path: path, Text: []byte(text), Lines: strings.Split(text, "\n")}}
}

func at(line, column, end int) Position { return Position{"a.yaml", line, column, end} }

func TestText(t *testing.T) {
	long := "    when: " + strings.Repeat("visitors > 10 or ", 40) + "vistors > 10" + strings.Repeat(" or large", 60)
	tests := []struct {
		name   string
		source string
		found  Diagnostics
		want   string
	}{
		{"nothing is wrong", "a: b", nil, ""},
		{
			"a word, a suggestion",
			"questions:\n  - id: visitors\n    when: vistors > 10",
			Diagnostics{{At: at(3, 11, 18), Severity: Error, Rule: "unknown-name", Message: "there is no question `vistors`", Suggestion: "did you mean `visitors`?"}},
			`
a.yaml:3:11: error: there is no question ~vistors~ [unknown-name]
   3 |     when: vistors > 10
     |           ^~~~~~~
  = did you mean ~visitors~?

1 error in 1 file
`,
		},
		{
			"only the start is known, and a related place",
			"a: 1\nb: 2\na: 3",
			Diagnostics{{At: at(3, 1, 0), Severity: Warning, Rule: "r", Message: "twice", Related: []Related{{at(1, 1, 2), "first here"}}}},
			`
a.yaml:3:1: warning: twice [r]
   3 | a: 3
     | ^
a.yaml:1:1: note: first here
   1 | a: 1
     | ^

1 warning in 1 file
`,
		},
		{
			"letters beyond ASCII take one column, wide ones two, marks none",
			"é: päätös 漢字 e\u0301x",
			Diagnostics{{At: at(1, 11, 13), Severity: Error, Rule: "r", Message: "wide"}, {At: at(1, 16, 17), Severity: Error, Rule: "r", Message: "mark"}},
			`
a.yaml:1:11: error: wide [r]
   1 | é: päätös 漢字 ex
     |           ^~~~
a.yaml:1:16: error: mark [r]
   1 | é: päätös 漢字 ex
     |                 ^

2 errors in 1 file
`,
		},
		{
			"a tab, a carriage return, a control character, a directional mark",
			"\ta\x1b[31m\u202e: b\r",
			Diagnostics{{At: at(1, 1, 2), Severity: Error, Rule: "r", Message: "tab"}, {At: at(1, 3, 0), Severity: Error, Rule: "r", Message: "escape"}, {At: at(1, 8, 0), Severity: Error, Rule: "r", Message: "mark"}},
			`
a.yaml:1:1: error: tab [r]
   1 |     a␛[31m�: b
     | ^~~~
a.yaml:1:3: error: escape [r]
   1 |     a␛[31m�: b
     |      ^
a.yaml:1:8: error: mark [r]
   1 |     a␛[31m�: b
     |           ^

3 errors in 1 file
`,
		},
		{
			"bytes that are not UTF-8",
			"a: \xff\xfeb",
			Diagnostics{{At: at(1, 5, 0), Severity: Error, Rule: "r", Message: "bytes \xff"}},
			`
a.yaml:1:5: error: bytes � [r]
   1 | a: ��b
     |     ^

1 error in 1 file
`,
		},
		{
			"behind the end of the line, and of the file",
			"a:",
			Diagnostics{{At: at(1, 4, 0), Severity: Error, Rule: "r", Message: "value"}, {At: at(7, 1, 0), Severity: Error, Rule: "r", Message: "end"}},
			`
a.yaml:1:4: error: value [r]
   1 | a:
     |    ^
a.yaml:7:1: error: end [r]

2 errors in 1 file
`,
		},
		{
			"a file as a whole, and nothing at all",
			"",
			Diagnostics{{At: Position{File: "b.yaml"}, Severity: Error, Rule: "r", Message: "is too large"}, {Severity: Note, Rule: "s", Message: "just so"}},
			`
b.yaml: error: is too large [r]

note: just so [s]

1 error and 1 note in 2 files
`,
		},
		{
			"a column that is no column",
			"a: b",
			Diagnostics{{At: at(1, 0, 0), Severity: Error, Rule: "r", Message: "zero"}, {At: at(1, 3, 2), Severity: Error, Rule: "r", Message: "backwards"}},
			`
a.yaml:1:0: error: zero [r]
   1 | a: b
     | ^
a.yaml:1:3: error: backwards [r]
   1 | a: b
     |   ^

2 errors in 1 file
`,
		},
		{
			"a long line is cut on both sides",
			long,
			Diagnostics{{At: at(1, 691, 698), Severity: Error, Rule: "r", Message: "far"}},
			`
a.yaml:1:691: error: far [r]
   1 | …10 or visitors > 10 or visitors > 10 or vistors > 10 or large or large or large or large or large or large or large or l…
     |                                          ^~~~~~~

1 error in 1 file
`,
		},
		{
			"a message with line breaks stays on its line",
			"a",
			Diagnostics{{At: at(1, 1, 0), Severity: Error, Rule: "r", Message: "one\ntwo\tthree", Suggestion: "x\r\ny\x07"}},
			`
a.yaml:1:1: error: one two three [r]
   1 | a
     | ^
  = x  y␇

1 error in 1 file
`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			if err := (Renderer{Sources: sourcesOf("a.yaml", test.source)}).Text(&b, test.found); err != nil {
				t.Fatal(err)
			}
			want := strings.ReplaceAll(strings.TrimPrefix(test.want, "\n"), " ~vistors~", " `vistors`")
			want = strings.ReplaceAll(want, "~visitors~?", "`visitors`?")
			got := strings.ReplaceAll(b.String(), "\n\n"+"a.yaml", "\na.yaml")
			if got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func TestManyRelatedPlacesAreCounted(t *testing.T) {
	d := Diagnostic{At: at(1, 1, 0), Severity: Error, Rule: "r", Message: "m"}
	for range 9 {
		d.Related = append(d.Related, Related{at(1, 1, 0), "here"})
	}
	var b strings.Builder
	if err := (Renderer{}).Text(&b, Diagnostics{d}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "note: here"); n != shownRelated {
		t.Errorf("%d related places are shown, want %d", n, shownRelated)
	}
	if !strings.Contains(b.String(), "and 3 more places") {
		t.Errorf("the rest is not counted:\n%s", b.String())
	}
}

func TestColourOnlyWhenAsked(t *testing.T) {
	found := Diagnostics{{At: at(1, 4, 5), Severity: Error, Rule: "r", Message: "m", Suggestion: "s", Related: []Related{{at(1, 1, 2), "here"}}}}
	var plain, colored bytes.Buffer
	for _, r := range []struct {
		renderer Renderer
		to       *bytes.Buffer
	}{{Renderer{Sources: sourcesOf("a.yaml", "a: b")}, &plain}, {Renderer{Sources: sourcesOf("a.yaml", "a: b"), Color: true}, &colored}} {
		if err := r.renderer.Text(r.to, found); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(plain.String(), "\x1b") {
		t.Errorf("colour without being asked: %q", plain.String())
	}
	if !strings.Contains(colored.String(), "\x1b[1;31merror:\x1b[0m") {
		t.Errorf("no colour: %q", colored.String())
	}
	var stripped strings.Builder
	for i, part := range strings.Split(colored.String(), "\x1b[") {
		if i > 0 {
			_, part, _ = strings.Cut(part, "m")
		}
		stripped.WriteString(part)
	}
	if stripped.String() != plain.String() {
		t.Errorf("colour changes the text:\n%s\nwant:\n%s", stripped.String(), plain.String())
	}
}

func TestCount(t *testing.T) {
	e, w, n := Diagnostic{At: at(1, 1, 0), Severity: Error}, Diagnostic{At: at(1, 1, 0), Severity: Warning}, Diagnostic{At: Position{File: "b"}, Severity: Note}
	for want, ds := range map[string]Diagnostics{
		"1 error in 1 file": {e}, "2 errors and 1 warning in 1 file": {e, w, e}, "1 error, 1 warning and 2 notes in 2 files": {n, e, w, n},
	} {
		if got := ds.Count(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
