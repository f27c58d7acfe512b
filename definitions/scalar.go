package definitions

import (
	"bytes"
	"strings"
	"sync"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// newSource cuts a file into lines. A line keeps neither its line break nor a carriage return before it.
func newSource(path string, text []byte) *Source {
	s := &Source{Path: path, Text: text}
	s.Lines = make([]string, 0, bytes.Count(text, []byte("\n"))+1)
	for line := range strings.Lines(string(text)) {
		s.Lines = append(s.Lines, strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"))
	}
	return s
}

// line returns the text of a line counted from 1, "" beyond the end.
func (s *Source) line(n int) string {
	if n < 1 || n > len(s.Lines) {
		return ""
	}
	return s.Lines[n-1]
}

// cursor finds byte offsets in lines. Nodes come in the order of the text, so it goes on from where it last was:
// otherwise a line of a megabyte with a hundred thousand values would be read a hundred thousand times.
type cursor struct {
	src          *Source
	line, column int
	offset       int
}

// to returns the byte offset of a rune column within its line.
func (c *cursor) to(line, column int) int {
	text := c.src.line(line)
	if line != c.line || column < c.column {
		c.line, c.column, c.offset = line, 1, 0
	}
	for c.column < column && c.offset < len(text) {
		_, n := utf8.DecodeRuneInString(text[c.offset:])
		c.offset += n
		c.column++
	}
	return c.offset
}

// written is a scalar as it stands in the source: where each rune of its value was written.
type written struct {
	value  []rune
	places []spot // of each rune of the value
	end    spot   // after the last character, closing quote included
	broken bool   // it goes over several lines
}

type spot struct{ line, column int }

func (w *written) add(r rune, at spot) {
	w.value = append(w.value, r)
	w.places = append(w.places, at)
}

// chop drops the last n runes.
func (w *written) chop(n int) {
	w.value = w.value[:len(w.value)-n]
	w.places = w.places[:len(w.places)-n]
}

// reading walks the characters of a source.
type reading struct {
	src    *Source
	at     spot
	offset int // in the line of at
}

func (p *reading) rest() string { return p.src.line(p.at.line)[p.offset:] }

func (p *reading) peek() (rune, int) {
	rest := p.rest()
	if rest == "" {
		return 0, 0
	}
	return utf8.DecodeRuneInString(rest)
}

func (p *reading) skip(r rune, size int) {
	p.offset += size
	p.at.column++
}

func (p *reading) nextLine() bool {
	if p.at.line >= len(p.src.Lines) {
		return false
	}
	p.at = spot{p.at.line + 1, 1}
	p.offset = 0
	return true
}

func (p *reading) blanks() {
	for {
		r, n := p.peek()
		if r != ' ' && r != '\t' {
			return
		}
		p.skip(r, n)
	}
}

// fold reads the line breaks inside a quoted or plain scalar: one is a space, more are one less. It reports false at the end.
func (p *reading) fold(w *written, joined bool) bool {
	w.broken = true
	at := p.at
	breaks := []spot{}
	for {
		if !p.nextLine() {
			return false
		}
		p.blanks()
		if _, n := p.peek(); n > 0 {
			break
		}
		breaks = append(breaks, p.at)
	}
	if len(breaks) == 0 && !joined {
		w.add(' ', at)
	}
	for _, b := range breaks {
		w.add('\n', b)
	}
	return true
}

// trimBlanks drops the blanks before a line break, which are not part of a folded scalar.
func (w *written) trimBlanks(since int) {
	n := 0
	for len(w.value)-n > since && (w.value[len(w.value)-1-n] == ' ' || w.value[len(w.value)-1-n] == '\t') {
		n++
	}
	w.chop(n)
}

var escapes = map[rune]rune{'0': 0, 'a': 7, 'b': 8, 't': 9, '\t': 9, 'n': 10, 'v': 11, 'f': 12, 'r': 13, 'e': 27, ' ': ' ',
	'"': '"', '/': '/', '\\': '\\', 'N': 0x85, '_': 0xa0, 'L': 0x2028, 'P': 0x2029}

func (p *reading) doubleQuoted() (w written, ok bool) {
	p.skip(p.peek())
	protected := 0 // runes before this came from escapes and are not trimmed
	for {
		r, n := p.peek()
		at := p.at
		switch {
		case n == 0:
			w.trimBlanks(protected)
			if !p.fold(&w, false) {
				return w, false
			}
		case r == '"':
			p.skip(r, n)
			w.end = p.at
			return w, true
		case r == '\\':
			p.skip(r, n)
			e, size := p.peek()
			if size == 0 {
				if !p.fold(&w, true) {
					return w, false
				}
				protected = len(w.value)
				continue
			}
			p.skip(e, size)
			if digits := map[rune]int{'x': 2, 'u': 4, 'U': 8}[e]; digits > 0 {
				var code rune
				for range digits {
					d, size := p.peek()
					v := hexDigit(d)
					if size == 0 || v < 0 {
						return w, false
					}
					code = code<<4 | rune(v)
					p.skip(d, size)
				}
				w.add(code, at)
			} else if v, known := escapes[e]; known {
				w.add(v, at)
			} else {
				return w, false
			}
			protected = len(w.value)
		default:
			w.add(r, at)
			p.skip(r, n)
		}
	}
}

func hexDigit(r rune) int {
	switch {
	case '0' <= r && r <= '9':
		return int(r - '0')
	case 'a' <= r && r <= 'f':
		return int(r-'a') + 10
	case 'A' <= r && r <= 'F':
		return int(r-'A') + 10
	}
	return -1
}

func (p *reading) singleQuoted() (w written, ok bool) {
	p.skip(p.peek())
	for {
		r, n := p.peek()
		at := p.at
		switch {
		case n == 0:
			w.trimBlanks(0)
			if !p.fold(&w, false) {
				return w, false
			}
		case r == '\'':
			p.skip(r, n)
			if q, m := p.peek(); q == '\'' {
				p.skip(q, m)
				w.add('\'', at)
				continue
			}
			w.end = p.at
			return w, true
		default:
			w.add(r, at)
			p.skip(r, n)
		}
	}
}

// plain reads a plain scalar whose value is known: its end cannot be told from the characters alone.
func (p *reading) plain(value string) (w written, ok bool) {
	want := []rune(value)
	for len(w.value) < len(want) {
		r, n := p.peek()
		if n == 0 || (r == ' ' || r == '\t') && strings.TrimLeft(p.rest(), " \t") == "" {
			if !p.fold(&w, false) {
				return w, false
			}
			continue
		}
		w.add(r, p.at)
		p.skip(r, n)
	}
	w.end = p.at
	return w, true
}

// block reads a literal or folded block scalar. A block with an indentation digit is not part of the language.
func (p *reading) block(folded bool) (w written, ok bool) {
	chomp := byte(0)
	p.skip(p.peek())
	for {
		r, n := p.peek()
		if r == '-' || r == '+' {
			chomp = byte(r)
		} else if '0' <= r && r <= '9' {
			return w, false
		} else {
			break
		}
		p.skip(r, n)
	}
	w.end = p.at
	w.broken = true
	indent := -1
	var breaks []spot // line breaks since the last line with content
	var lead *spot    // the line break after the last line with content
	leadBlank := false
	for p.nextLine() {
		text := p.rest()
		spaces := len(text) - len(strings.TrimLeft(text, " "))
		if spaces == len(text) && (indent < 0 || spaces <= indent) {
			breaks = append(breaks, p.at)
			continue
		}
		if indent < 0 {
			indent = spaces
			if indent == 0 {
				break
			}
		}
		if spaces < indent {
			break
		}
		p.offset, p.at.column = indent, indent+1
		first, _ := p.peek()
		blank := first == ' ' || first == '\t'
		if lead != nil {
			if folded && !leadBlank && !blank {
				if len(breaks) == 0 {
					w.add(' ', *lead)
				}
			} else {
				w.add('\n', *lead)
			}
		}
		for _, b := range breaks {
			w.add('\n', b)
		}
		breaks, leadBlank = breaks[:0], blank
		for {
			r, n := p.peek()
			if n == 0 {
				break
			}
			w.add(r, p.at)
			p.skip(r, n)
		}
		at := p.at
		lead = &at
	}
	if lead != nil && chomp != '-' {
		w.add('\n', *lead)
	}
	if chomp == '+' {
		for _, b := range breaks {
			w.add('\n', b)
		}
	}
	return w, true
}

// readWritten reads the scalar that stands at a place of the source.
func readWritten(src *Source, at spot, offset int, style yaml.Style, value string) (written, bool) {
	if offset > len(src.line(at.line)) {
		return written{}, false
	}
	p := &reading{src: src, at: at, offset: offset}
	switch {
	case style&yaml.DoubleQuotedStyle != 0:
		return p.doubleQuoted()
	case style&yaml.SingleQuotedStyle != 0:
		return p.singleQuoted()
	case style&yaml.LiteralStyle != 0:
		return p.block(false)
	case style&yaml.FoldedStyle != 0:
		return p.block(true)
	}
	return p.plain(value)
}

// scalar makes a Scalar of a scalar node. The places of its runes are found again in the source when they are asked for.
func (c *cursor) scalar(n *yaml.Node) Scalar {
	at := spot{n.Line, n.Column}
	offset := c.to(n.Line, n.Column)
	s := Scalar{Value: n.Value, At: Position{File: c.src.Path, Line: n.Line, Column: n.Column},
		Quoted: n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0}
	s.At.End = c.end(n, offset)
	if s.Quoted || s.At.End == 0 {
		src, style, value := c.src, n.Style, n.Value
		// Few scalars are asked for places inside them, but those are asked for many.
		read := sync.OnceValue(func() *written {
			w, ok := readWritten(src, at, offset, style, value)
			if !ok || string(w.value) != value {
				return nil
			}
			return &w
		})
		s.place = func(i int) Position {
			w := read()
			if w == nil {
				return Position{File: src.Path, Line: at.line, Column: at.column}
			}
			place := w.end
			if i < len(w.places) {
				place = w.places[max(i, 0)]
			} else if style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 && len(w.places) > 0 {
				place = w.places[len(w.places)-1]
				if w.value[len(w.value)-1] != '\n' {
					place.column++
				}
			} else if style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
				place.column--
			}
			return Position{File: src.Path, Line: place.line, Column: place.column}
		}
	}
	return s
}

// end returns the column after a scalar that stands on one line, or after the mark of a block; 0 for one over several lines.
func (c *cursor) end(n *yaml.Node, offset int) int {
	text := c.src.line(n.Line)
	if offset >= len(text) {
		return 0
	}
	rest := text[offset:]
	runes := func(size int) int { return n.Column + utf8.RuneCountInString(rest[:size]) }
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		for i := 1; i < len(rest); i++ {
			if rest[i] == '\\' {
				i++
			} else if rest[i] == '"' {
				return runes(i + 1)
			}
		}
		return 0
	case n.Style&yaml.SingleQuotedStyle != 0:
		for i := 1; i < len(rest); i++ {
			if rest[i] != '\'' {
				continue
			}
			if i+1 < len(rest) && rest[i+1] == '\'' {
				i++
				continue
			}
			return runes(i + 1)
		}
		return 0
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return runes(1 + len(rest[1:]) - len(strings.TrimLeft(rest[1:], "+-0123456789")))
	}
	if strings.HasPrefix(rest, n.Value) && n.Value != "" {
		return runes(len(n.Value))
	}
	return 0
}
