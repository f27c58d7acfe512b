package definitions

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// syntax goes over the lines of a file before the YAML parser does. It counts how deep lists and mappings stand in one another,
// and it notes what a lawyer gets wrong in YAML with the exact place: the parser itself stops at the first fault, knows only its
// line, and speaks of tokens. The notes are used only when the parser refuses the file.
type syntax struct {
	src    *Source
	line   int // counted from 1
	text   string
	levels []level // block lists and mappings around
	empty  bool    // the last key or dash has no value yet
	faults Diagnostics
	deep   Position
}

type level struct {
	column int // counted from 0, in bytes: indentation is ASCII
	dash   bool
}

// maxSyntaxFaults is how many faults of one file are noted: after some, later ones follow from earlier ones.
const maxSyntaxFaults = 20

func (s *syntax) fault(line, offset int, rule, suggestion, format string, args ...any) {
	if len(s.faults) >= maxSyntaxFaults {
		return
	}
	s.faults = append(s.faults, Diagnostic{At: s.position(line, offset), Severity: Error, Rule: rule, Message: fmt.Sprintf(format, args...), Suggestion: suggestion})
}

// position turns a byte offset of a line into a place.
func (s *syntax) position(line, offset int) Position {
	text := s.src.line(line)
	column := 1 + utf8.RuneCountInString(text[:min(offset, len(text))])
	return Position{File: s.src.Path, Line: line, Column: column, End: column + 1}
}

func (s *syntax) depth(extra, offset int) {
	if len(s.levels)+extra > maxDepth && !s.deep.Valid() {
		s.deep = s.position(s.line, offset)
	}
}

// next goes to the next line.
func (s *syntax) next() bool {
	if s.line >= len(s.src.Lines) {
		return false
	}
	s.line++
	s.text = s.src.Lines[s.line-1]
	return true
}

func scanSyntax(src *Source) *syntax {
	s := &syntax{src: src, empty: true}
	for s.next() && !s.deep.Valid() {
		trimmed := strings.TrimLeft(s.text, " \t")
		switch {
		case trimmed == "" || trimmed[0] == '#':
		case strings.HasPrefix(s.text, "---") || strings.HasPrefix(s.text, "...") || s.text[0] == '%':
			s.levels, s.empty = nil, true
		default:
			s.blockLine()
		}
	}
	return s
}

var keyPattern = regexp.MustCompile(`^\s*(- +)*("[^"]*"|'[^']*'|[A-Za-zÅÄÖåäö0-9_./-]+):( |$)`)

// blockLine reads a line that begins outside brackets, quotes and blocks.
func (s *syntax) blockLine() {
	indent := len(s.text) - len(strings.TrimLeft(s.text, " "))
	if s.text[indent] == '\t' {
		s.fault(s.line, indent, "bad-indentation", "use spaces", "a tab stands where the line is set in")
		return
	}
	if !s.place(indent) {
		return
	}
	i := indent
	for strings.HasPrefix(s.text[i:], "- ") || s.text[i:] == "-" {
		s.open(i, true)
		i++
		i += len(s.text[i:]) - len(strings.TrimLeft(s.text[i:], " "))
		s.empty = true
		if i >= len(s.text) || s.text[i] == '#' || s.deep.Valid() {
			return
		}
	}
	s.entry(i)
}

// open notes a list or a mapping that has an entry at a column.
func (s *syntax) open(column int, dash bool) {
	if n := len(s.levels); n > 0 && s.levels[n-1].column == column && s.levels[n-1].dash == dash {
		return
	}
	s.levels = append(s.levels, level{column, dash})
	s.depth(0, column)
}

// place finds the list or mapping that a line belongs to by how far it is set in.
func (s *syntax) place(indent int) bool {
	isDash := strings.HasPrefix(s.text[indent:], "- ") || s.text[indent:] == "-"
	n := len(s.levels)
	if n == 0 {
		return true
	}
	top := s.levels[n-1]
	if indent > top.column {
		if s.empty {
			return true
		}
		if keyPattern.MatchString(s.text) {
			s.fault(s.line, indent, "bad-indentation", fmt.Sprintf("let it begin in column %d like the line it belongs with, or remove the value above", top.column+1), "the line stands deeper than the one above, which has a value already")
		}
		return false // the text above goes on
	}
	for n > 0 && s.levels[n-1].column > indent {
		n--
	}
	if n > 0 && s.levels[n-1] == (level{indent, false}) && isDash && !s.empty && n == len(s.levels) {
		s.fault(s.line, indent, "bad-indentation", "remove the value above, or give the list a key", "a list begins here, but the key above has a value already")
		return false
	}
	// A list may stand at the column of its key.
	if n > 0 && s.levels[n-1].column == indent && s.levels[n-1].dash && !isDash {
		n--
	}
	if n == 0 || s.levels[n-1].column < indent && !isDash {
		var columns []string
		for _, l := range s.levels {
			columns = append(columns, strconv.Itoa(l.column+1))
		}
		s.fault(s.line, indent, "bad-indentation", "the lines above begin in column "+listed(columns, 8), "the line begins in column %d, where nothing around it begins", indent+1)
		s.levels = s.levels[:n]
		return true
	}
	s.levels = s.levels[:n]
	return true
}

// entry reads `key: value` or a value from a place of a block line.
func (s *syntax) entry(i int) {
	start, line := i, s.line
	end, ok := s.node(i, false)
	if !ok {
		return
	}
	if s.line != line { // a text over several lines is no key
		s.empty = false
		return
	}
	rest := strings.TrimLeft(s.text[end:], " \t")
	if !strings.HasPrefix(rest, ":") {
		s.noKey(start)
		return
	}
	s.open(start, false)
	i = len(s.text) - len(rest) + 1
	i += len(s.text[i:]) - len(strings.TrimLeft(s.text[i:], " \t"))
	if i >= len(s.text) || s.text[i] == '#' {
		s.empty = true
		return
	}
	s.empty = false
	if s.text[i] == '|' || s.text[i] == '>' {
		s.block(start)
		return
	}
	if strings.HasPrefix(s.text[i:], "- ") {
		s.fault(s.line, i, "bad-indentation", "begin the list on a line of its own, or write it in [ ]", "a list does not begin on the line of its key")
		return
	}
	end, ok = s.node(i, true)
	if !ok {
		return
	}
	rest = strings.TrimLeft(s.text[end:], " \t")
	if strings.HasPrefix(rest, ":") {
		at := len(s.text) - len(rest)
		s.fault(s.line, at, "colon-in-text", "write the whole text in quotes", "`: ` ends a key, but this text has one already; a text with `: ` in it must stand in quotes")
	}
}

// noKey looks at a line that has no key: an item of a list, or a mistake.
func (s *syntax) noKey(start int) {
	wasEmpty := s.empty
	s.empty = false
	n := len(s.levels)
	if n == 0 && start == 0 {
		s.noColon(start)
		return
	}
	if n > 0 && s.levels[n-1].dash && s.levels[n-1].column < start || wasEmpty && n > 0 && s.levels[n-1].column < start || n == 0 {
		if s.text[start] == '|' || s.text[start] == '>' {
			s.block(s.column(n))
		}
		return
	}
	s.noColon(start)
}

func (s *syntax) noColon(start int) {
	word := s.text[start:]
	if before, after, ok := strings.Cut(word, ":"); ok && after != "" && !strings.ContainsAny(before, " \"'") {
		s.fault(s.line, start+len(before), "bad-yaml", "write `"+cut(before)+": "+strings.TrimSpace(cut(after))+"`", "a space must follow the colon after a key")
		return
	}
	s.fault(s.line, start, "bad-yaml", "write `key: value`, or set it in deeper than the text it goes on", "the line has no key")
}

func (s *syntax) column(n int) int {
	if n == 0 {
		return -1
	}
	return s.levels[n-1].column
}

// block passes over the lines of a literal or folded text: those set in deeper than the key.
func (s *syntax) block(column int) {
	content := -1
	for s.line < len(s.src.Lines) {
		text := s.src.Lines[s.line]
		indent := len(text) - len(strings.TrimLeft(text, " "))
		if indent < len(text) && indent <= column {
			return
		}
		s.next()
		switch {
		case indent == len(text):
		case content < 0:
			content = indent
		case indent < content:
			s.fault(s.line, indent, "bad-indentation", fmt.Sprintf("let it begin in column %d", content+1), "the line is set in less than the text it goes on")
			return
		}
	}
}

// node reads one value from a place and returns the place after it; for brackets and quotes that may be on a later line.
// It reports false when there is nothing more to be read on this line.
func (s *syntax) node(i int, value bool) (int, bool) {
	for s.text[i] == '&' || s.text[i] == '!' {
		if word := strings.IndexAny(s.text[i:], " \t"); word >= 0 {
			i += word
			i += len(s.text[i:]) - len(strings.TrimLeft(s.text[i:], " \t"))
		} else {
			i = len(s.text)
		}
		if i >= len(s.text) {
			return i, false
		}
	}
	switch c := s.text[i]; c {
	case '"', '\'':
		line := s.line
		end, ok := s.quoted(i)
		if !ok {
			return end, false
		}
		return end, s.follows(line, end, "the closing quote", quoteAdvice(c))
	case '[', '{':
		if strings.HasPrefix(s.text[i:], "{{") {
			s.fault(s.line, i, "unquoted-text", "write the whole text in quotes", "a text that begins with `{{` must stand in quotes; without them it is read as a mapping")
			return len(s.text), false
		}
		end, ok := s.flow(i)
		if !ok {
			return end, false
		}
		return end, s.follows(s.line, end, "the closing bracket", "write the whole text in quotes if it is one")
	case '@', '`', '%', ']', '}', ',':
		s.fault(s.line, i, "unquoted-text", "write the whole text in quotes", "a text may not begin with `%c` unless it stands in quotes", c)
		return len(s.text), false
	case '*':
		if !aliasPattern.MatchString(s.text[i:]) {
			s.fault(s.line, i, "unquoted-text", "write the whole text in quotes", "a text may not begin with `*` unless it stands in quotes")
			return len(s.text), false
		}
		s.alias(i, strings.Fields(s.text[i:])[0])
	case '|', '>':
		if !value {
			return i, true
		}
	}
	return i + plainEnd(s.text[i:], false), true
}

var aliasPattern = regexp.MustCompile(`^\*[^\s,\[\]{}*]+\s*(:.*| #.*)?$`)

func quoteAdvice(quote byte) string {
	if quote == '"' {
		return `write \" for a quote inside the text`
	}
	return "write '' for an apostrophe inside the text, or use double quotes around it"
}

// follows checks what comes after a closing quote or bracket: nothing, a comment or a colon.
func (s *syntax) follows(line, end int, what, advice string) bool {
	rest := strings.TrimLeft(s.text[end:], " \t")
	if rest == "" || rest[0] == ':' || rest[0] == '#' && len(rest) < len(s.text[end:]) {
		return true
	}
	s.fault(s.line, len(s.text)-len(rest), "bad-yaml", advice, "there is more text after %s", what)
	return false
}

// plainEnd returns how far an unquoted text goes on its line.
func plainEnd(text string, flow bool) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case ':':
			if i+1 == len(text) || text[i+1] == ' ' || text[i+1] == '\t' || flow && strings.ContainsRune(",[]{}", rune(text[i+1])) {
				return i
			}
		case '#':
			if i > 0 && (text[i-1] == ' ' || text[i-1] == '\t') {
				return i
			}
		case ',', '[', ']', '{', '}':
			if flow {
				return i
			}
		}
	}
	return len(text)
}

// begins reports whether the current line looks like the beginning of an entry of a list or mapping around: then a quote or
// bracket further up was left open.
func (s *syntax) begins() bool {
	indent := len(s.text) - len(strings.TrimLeft(s.text, " "))
	return indent <= s.column(len(s.levels)) && keyPattern.MatchString(s.text)
}

// quoted passes over a text in quotes and returns the place after it.
func (s *syntax) quoted(i int) (int, bool) {
	line, start, quote := s.line, i, s.text[i]
	i++
	for {
		for i < len(s.text) {
			switch {
			case s.text[i] == '\\' && quote == '"':
				if i+1 < len(s.text) {
					if r, _ := utf8.DecodeRuneInString(s.text[i+1:]); escapes[r] == 0 && !strings.ContainsRune("0xuU", r) {
						s.fault(s.line, i, "bad-yaml", `write \\ for a backslash, or use single quotes around the text`, "`\\%c` means nothing inside double quotes", r)
					}
				}
				i += 2
			case s.text[i] == quote && quote == '\'' && strings.HasPrefix(s.text[i+1:], "'"):
				i += 2
			case s.text[i] == quote:
				return i + 1, true
			default:
				i++
			}
		}
		if more := s.next(); !more || s.begins() {
			s.fault(line, start, "unclosed", "write another one at the end of the text", "the quote that opens here is never closed")
			s.again(more)
			return 0, false
		}
		i = 0
	}
}

// again lets the line that was just reached be read once more as a block line.
func (s *syntax) again(reached bool) {
	if reached {
		s.line--
	}
	s.text, s.empty = "", false
}

var parserLine = regexp.MustCompile(`line ([0-9]+)`)

// explain says in our words why the parser refused the file: what was noted, or else the line that the parser names.
func (s *syntax) explain(err error, log *log) {
	for _, d := range s.faults {
		log.add(d)
	}
	if len(s.faults) > 0 {
		return
	}
	line := 1
	if m := parserLine.FindStringSubmatch(err.Error()); m != nil {
		line, _ = strconv.Atoi(m[1])
	}
	line = max(1, min(line, len(s.src.Lines)))
	at := s.position(line, len(s.src.line(line))-len(strings.TrimLeft(s.src.line(line), " \t")))
	at.End = 0
	log.add(Diagnostic{At: at, Severity: Error, Rule: "bad-yaml", Message: "the text cannot be read from about this line on",
		Suggestion: "look for a missing quote, bracket, colon or dash, and for lines that are not set in alike"})
}
