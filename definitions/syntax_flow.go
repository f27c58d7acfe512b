package definitions

import "strings"

// bracket is an opened [ or { and what has been read in it since the last comma.
type bracket struct {
	open         byte
	line, offset int
	colon        bool // a key was read
	filled       bool // something was read
}

// flow passes over a list in [ ] or a mapping in { } and returns the place after it.
func (s *syntax) flow(i int) (int, bool) {
	var stack []bracket
	for {
		for i < len(s.text) {
			c := s.text[i]
			switch {
			case c == ' ' || c == '\t':
				i++
				continue
			case c == '#' && (i == 0 || s.text[i-1] == ' ' || s.text[i-1] == '\t'):
				i = len(s.text)
				continue
			case c == '[' || c == '{':
				if c == '{' && strings.HasPrefix(s.text[i:], "{{") && len(stack) > 0 {
					i = s.braces(i)
					continue
				}
				stack = append(stack, bracket{open: c, line: s.line, offset: i})
				s.depth(len(stack), i)
				if s.deep.Valid() {
					return len(s.text), false
				}
				i++
				continue
			case c == ']' || c == '}':
				top := stack[len(stack)-1]
				if want := closing(top.open); c != want {
					s.fault(s.line, i, "unclosed", "", "`%c` closes nothing here; expected `%c` for the `%c` in line %d", c, want, top.open, top.line)
					return len(s.text), false
				}
				stack = stack[:len(stack)-1]
				i++
				if len(stack) == 0 {
					return i, true
				}
				stack[len(stack)-1].filled = true
				continue
			}
			top := &stack[len(stack)-1]
			switch {
			case c == ',':
				if !top.filled && !top.colon {
					s.fault(s.line, i, "bad-yaml", "remove it", "nothing stands before this comma")
				}
				top.colon, top.filled = false, false
				i++
			case c == ':' && (i+1 == len(s.text) || strings.ContainsRune(" \t,[]{}", rune(s.text[i+1])) || top.filled):
				if top.colon {
					s.fault(s.line, i, "colon-in-text", "write the whole text in quotes", "`: ` ends a key, but this text has one already; a text with `: ` in it must stand in quotes")
				}
				top.colon = true
				i++
			case c == '"' || c == '\'':
				end, ok := s.quoted(i)
				if !ok {
					return end, false
				}
				top.filled = true
				i = end
				if rest := strings.TrimLeft(s.text[i:], " \t"); rest != "" && !strings.ContainsRune(",]}:#", rune(rest[0])) {
					s.fault(s.line, len(s.text)-len(rest), "bad-yaml", quoteAdvice(c), "there is more text after the closing quote")
					return len(s.text), false
				}
			default:
				n := max(plainEnd(s.text[i:], true), 1)
				if text := strings.TrimSpace(s.text[i : i+n]); strings.ContainsAny(text, "?") {
					s.fault(s.line, i+strings.Index(text, "?"), "unquoted-text", s.requoted(i, n, text), "inside [ ] or { } a text with `?` must stand in quotes")
				} else if c == '>' || c == '|' {
					what := "text"
					rows := strings.HasPrefix(strings.TrimLeft(s.text, " -"), "[")
					if n := len(stack); top.open == '[' && (rows || n > 1 && stack[n-2].open == '[') {
						what = "cell"
					}
					s.fault(s.line, i, "unquoted-text", "write "+inQuotes(text), "a %s that begins with `%c` must stand in quotes inside [ ] or { }", what, c)
				} else if c == '*' {
					s.alias(i, text)
				}
				if c == '@' || c == '`' || c == '%' {
					s.fault(s.line, i, "unquoted-text", "write the whole text in quotes", "a text may not begin with `%c` unless it stands in quotes", c)
				}
				i += n
				top.filled = true
				i = s.inText(i, top)
			}
		}
		if more := s.next(); !more || s.begins() {
			top := stack[len(stack)-1]
			s.fault(top.line, top.offset, "unclosed", "write `"+string(closing(top.open))+"` at its end", "the `%c` that opens here is never closed", top.open)
			s.again(more)
			return 0, false
		}
		i = 0
	}
}

// inText looks at a bracket within an unquoted text inside brackets: there it ends the text.
func (s *syntax) inText(i int, top *bracket) int {
	switch {
	case strings.HasPrefix(s.text[i:], "{{"):
		return s.braces(i)
	case i < len(s.text) && (s.text[i] == '[' || s.text[i] == '{'):
		s.fault(s.line, i, "unquoted-text", "write the whole text in quotes", "`%c` ends an unquoted text inside [ ] or { }", s.text[i])
	}
	return i
}

// braces notes {{name}} in an unquoted text and passes over it.
func (s *syntax) braces(i int) int {
	s.fault(s.line, i, "unquoted-text", "write the whole text in quotes", "a text with `{{` in it must stand in quotes inside [ ] or { }")
	if end := strings.Index(s.text[i:], "}}"); end >= 0 {
		i += end + 2
		return i + plainEnd(s.text[i:], true)
	}
	return len(s.text)
}

// requoted says how to quote a text that goes on for n bytes, if that is where it ends.
func (s *syntax) requoted(i, n int, text string) string {
	if i+n < len(s.text) && strings.IndexByte(",]}", s.text[i+n]) < 0 {
		return "write the whole text in quotes"
	}
	return "write " + inQuotes(text)
}

// inQuotes writes a text as it should have been written. An expression keeps its own double quotes in single ones.
func inQuotes(text string) string {
	if strings.Contains(text, `"`) {
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	return `"` + strings.ReplaceAll(text, `\`, `\\`) + `"`
}

// alias notes *name, to which the parser objects when nothing is called so.
func (s *syntax) alias(i int, text string) {
	s.fault(s.line, i, "no-anchors", "write the value out here, or put the text in quotes", "`%s` refers to another place; anchors and aliases are not part of the language", cut(text))
}

func closing(open byte) byte {
	if open == '[' {
		return ']'
	}
	return '}'
}
