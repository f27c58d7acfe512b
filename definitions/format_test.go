package definitions

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// yamlFiles lists all YAML files of the project's definitions and test data.
func yamlFiles(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for _, dir := range []string{".", "../testdata"} {
		err := fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(name, ".yaml") {
				var text []byte
				if text, err = fs.ReadFile(os.DirFS(dir), name); err == nil {
					files[dir+"/"+name] = text
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// TestFormatAll formats every file there is: what comes out says the same, and is left alone the second time.
func TestFormatAll(t *testing.T) {
	formatted := 0
	for name, text := range yamlFiles(t) {
		out, err := Format(text)
		if err != nil {
			if strings.Contains(err.Error(), "safely") {
				t.Errorf("%s: %v", name, err)
			}
			continue // it is not YAML at all
		}
		formatted++
		again, err := Format(out)
		if err != nil || string(again) != string(out) {
			t.Errorf("%s: formatting twice is not the same as once: %v", name, err)
		}
		var before, after yaml.Node
		if yaml.Unmarshal(text, &before) != nil || yaml.Unmarshal(out, &after) != nil {
			t.Errorf("%s: the formatted text cannot be read", name)
			continue
		}
		if len(before.Content) > 0 && !equal(before.Content[0], after.Content[0]) {
			t.Errorf("%s: the formatted text says something else", name)
		}
		if a, b := strings.Count(string(text), "#"), strings.Count(string(out), "#"); a != b {
			t.Errorf("%s: %d of %d number signs are left", name, b, a)
		}
	}
	if formatted < 30 {
		t.Errorf("only %d files were formatted", formatted)
	}
}

func TestFormat(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"keys in order, comments beside them", `# yaml-language-server: $schema=x.json
# about the file
questions:
    - type: integer   # a number
      # its id
      id: visitors
      ask: {sv: b,fi:   a , en: "c" }
    # the next one
    - id: food
      options:
        # first
        none: {fi: a}

        hot: {fi: b}
      # at the end of the question

# at the end of the list
groups:
- {title: {fi: a}, id: basics}
`, `# yaml-language-server: $schema=x.json
# about the file
# at the end of the list
groups:
  - {id: basics, title: {fi: a}}

questions:
  # its id
  - id: visitors
    type: integer   # a number
    ask: {sv: b, fi: a, en: "c"}

  # the next one
  - id: food
    options:
      # first
      none: {fi: a}

      hot: {fi: b}
    # at the end of the question
`},
		{"table rows in columns", `tables:
  t:
    hit: first
    rows:
      - ['"amplified"', '> "22:00"', heavy]
      - ['-','-',none]   # otherwise
    given: [sound, time(ends_at)]
    gives: [class]
`, `tables:
  t:
    hit: first
    given: [sound, time(ends_at)]
    gives: [class]
    rows:
      - ['"amplified"', '> "22:00"', heavy]
      - ['-',           '-',         none]   # otherwise
`},
		{"blocks, quotes and brackets over lines", `facts:
  a: >-
     visitors > 1
       or visitors < 0


  b: |
      x
  c: 'it''s'
  d: [a,   # first
   b
  ]
  e: {a: 1,
    b: 2}
  f: long text
     over lines
`, `facts:
  a: >-
    visitors > 1
      or visitors < 0

  b: |
    x
  c: 'it''s'
  d: [a,   # first
    b
  ]
  e: {a: 1,
    b: 2}
  f: long text
    over lines
`},
		{"only comments", "\n\n# a\n  # b\n\n", "# a\n# b\n"},
		{"nothing", "\n", ""},
		{"carriage returns and a mark", "\ufefffacts:\r\n    a: true\r\n", "facts:\n  a: true\n"},
		{"lists in lists, empty values", "facts:\n    -   - a\n        - b\n    -\n      # c\n      x: y\n    - \n", "facts:\n  - - a\n    - b\n  # c\n  - x: y\n  -\n"},
	} {
		out, err := Format([]byte(tt.in))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if string(out) != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, out, tt.want)
		}
		if again, err := Format(out); err != nil || string(again) != string(out) {
			t.Errorf("%s: formatting twice gives %v\n%s", tt.name, err, again)
		}
	}
}

func TestFormatRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"a: b: c\n":         "1:5: `: ` ends a key, but this text has one already; a text with `: ` in it must stand in quotes; write the whole text in quotes",
		"a: &x b\n":         "1:4: anchors and aliases are not part of the language",
		"a: b\n---\nc: d\n": "2:1: a second document begins here; a file has only one; put it into a file of its own, or remove the line ---",
		"a: \xff\n":         "1:4: the byte FF is not UTF-8; save the file as UTF-8; was it saved as Windows-1252?",
		"# c\n[a]\n":        "2:1: expected `key: value` at the top of the file",
		"? [a]\n: b\n":      "1:3: a key is one word",
	} {
		if out, err := Format([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%q: got %q, %v\nwant %s", text, out, err, want)
		}
	}
}
