package definitions

import (
	"strings"
	"testing"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"
)

// parsedScalar parses `key: <written>` and returns the node of the value and its scalar.
func parsedScalar(text string) (*yaml.Node, Scalar, *Source, bool) {
	src := newSource("f.yaml", []byte(text))
	var doc yaml.Node
	if err := yaml.Unmarshal(src.Text, &doc); err != nil || len(doc.Content) == 0 {
		return nil, Scalar{}, src, false
	}
	n := valueOf(doc.Content[0], "key")
	if n == nil || n.Kind != yaml.ScalarNode {
		return nil, Scalar{}, src, false
	}
	c := cursor{src: src}
	return n, c.scalar(n), src, true
}

// runeAt returns the rune of a source at a place, '\n' at the end of a line.
func runeAt(src *Source, p Position) rune {
	runes := []rune(src.line(p.Line))
	switch {
	case p.Column < 1 || p.Column > len(runes)+1:
		return -1
	case p.Column == len(runes)+1:
		return '\n'
	}
	return runes[p.Column-1]
}

// TestPositionAt writes random text in every style and looks up every rune of the value in the source.
func TestPositionAt(t *testing.T) {
	piece := rapid.SampledFrom([]string{"a", "ä", "€", "😀", " ", "  ", `"`, "'", "''", `\n`, `\t`, `\\`, `\"`, `\x41`, `\u00e4`, `\U0001F600`, "\\\n", "\n", "\n\n", "#", ":", "x y", "(", "]", "- "})
	for _, s := range []string{"plain", "single", "double", "|", "|-", "|+", ">", ">-", ">+"} {
		t.Run(s, func(t *testing.T) {
			read := 0
			rapid.Check(t, func(t *rapid.T) {
				body := strings.Join(rapid.SliceOfN(piece, 1, 12).Draw(t, "pieces"), "")
				text := "first: 1\nkey: "
				switch s {
				case "plain":
					text += strings.ReplaceAll(body, "\n", "\n   ") + "\n"
				case "single":
					text += "'" + strings.ReplaceAll(body, "\n", "\n   ") + "'\n"
				case "double":
					text += `"` + strings.ReplaceAll(body, "\n", "\n   ") + "\"\n"
				default:
					text += s + "\n   " + strings.ReplaceAll(body, "\n", "\n   ") + "\nlast: 2\n"
				}
				n, sc, src, ok := parsedScalar(text)
				if !ok || n.Value == "" {
					return // not what was meant: YAML reads it as something else
				}
				read++
				value := []rune(n.Value)
				last := Position{}
				for i, want := range value {
					p := sc.PositionAt(i)
					got := runeAt(src, p)
					escaped := got == '\\' && n.Style&yaml.DoubleQuotedStyle != 0
					folded := want == ' ' && (got == '\n' || got == ' ')
					broken := want == '\n' && (got == '\n' || got == ' ')
					if got != want && !escaped && !folded && !broken {
						t.Fatalf("%q: rune %d of %q is %q, but at %s stands %q", text, i, n.Value, want, p, got)
					}
					if i > 0 && (p.Line < last.Line || p.Line == last.Line && p.Column <= last.Column) {
						t.Fatalf("%q: rune %d of %q is at %s, not after %s", text, i, n.Value, p, last)
					}
					last = p
				}
			})
			if read < 5 {
				t.Errorf("only %d samples were read", read)
			}
		})
	}
}

func TestPositionAtByHand(t *testing.T) {
	tests := []struct {
		text         string
		rune         int
		line, column int
		end          int
	}{
		{"key: abc # c\n", 2, 1, 8, 9},
		{"key: 'it''s'\n", 3, 1, 11, 13},
		{"key: \"a\\u00e4b\"\n", 2, 1, 14, 16},
		{"key: \"ä\\\"b\"\n", 2, 1, 10, 12},
		{"key: |\n  ab\n  cd\n", 4, 3, 4, 7},
		{"key: >-\n  ab\n  cd\n", 2, 2, 5, 8},
		{"key: >-\n  ab\n  cd\n", 3, 3, 3, 8},
		{"key: >-\n  ab\n  cd\n", 5, 3, 5, 8},
		{"key: 'ab'\n", 2, 1, 9, 10},
		{"ä: {key: ö}\n", 0, 1, 10, 11},
	}
	for _, tt := range tests {
		src := newSource("f.yaml", []byte(tt.text))
		var doc yaml.Node
		if err := yaml.Unmarshal(src.Text, &doc); err != nil {
			t.Fatal(err)
		}
		n := valueOf(doc.Content[0], "key")
		if n == nil {
			n = valueOf(doc.Content[0].Content[1], "key")
		}
		c := cursor{src: src}
		s := c.scalar(n)
		if p := s.PositionAt(tt.rune); p.Line != tt.line || p.Column != tt.column {
			t.Errorf("%q: rune %d is at %d:%d, want %d:%d", tt.text, tt.rune, p.Line, p.Column, tt.line, tt.column)
		}
		if s.At.End != tt.end {
			t.Errorf("%q: ends at %d, want %d", tt.text, s.At.End, tt.end)
		}
	}
}

// TestCursor holds that going back on a line is as exact as going on.
func TestCursor(t *testing.T) {
	src := newSource("f", []byte("äöå\nabc\n"))
	c := cursor{src: src}
	for _, tt := range []struct{ line, column, offset int }{{1, 3, 4}, {1, 1, 0}, {2, 2, 1}, {1, 2, 2}, {9, 9, 0}} {
		if got := c.to(tt.line, tt.column); got != tt.offset {
			t.Errorf("offset of %d:%d is %d, want %d", tt.line, tt.column, got, tt.offset)
		}
	}
	if utf8.RuneCountInString(src.line(1)) != 3 {
		t.Error("the first line has three runes")
	}
}
