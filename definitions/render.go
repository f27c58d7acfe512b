package definitions

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Renderer writes findings for a person at a terminal or for a log: the place, what is wrong, the source line with a caret
// under the exact character, what to do, and the other places that belong to it.
type Renderer struct {
	Sources map[string]*Source // by path, as in Library.Sources; a finding in a file that is not there has no source line
	Color   bool               // only for a terminal
}

// A source line is cut to this many columns around its caret, so that a line of a megabyte does not drown the message.
const shownColumns = 120

// A finding shows at most this many related places; the rest is counted.
const shownRelated = 6

// Text writes the findings in their order and ends with a count. It writes nothing when there are none.
func (r Renderer) Text(w io.Writer, ds Diagnostics) error {
	if len(ds) == 0 {
		return nil
	}
	var b strings.Builder
	for _, d := range ds {
		r.finding(&b, d)
	}
	b.WriteString(ds.Count())
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}

// Count says how many findings there are of each severity, and in how many files: "2 errors and 1 warning in 2 files".
func (ds Diagnostics) Count() string {
	files := map[string]bool{}
	by := map[Severity]int{}
	for _, d := range ds {
		by[d.Severity]++
		files[d.At.File] = true
	}
	var parts []string
	for _, s := range []Severity{Error, Warning, Note} {
		if by[s] > 0 {
			parts = append(parts, plural(by[s], string(s)))
		}
	}
	text := strings.Join(parts, ", ")
	if i := strings.LastIndex(text, ", "); i >= 0 {
		text = text[:i] + " and " + text[i+2:]
	}
	return text + " in " + plural(len(files), "file")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func (r Renderer) finding(b *strings.Builder, d Diagnostic) {
	r.heading(b, d.At, d.Severity, d.Message, d.Rule)
	r.excerpt(b, d.At, severityColor(d.Severity))
	if d.Suggestion != "" {
		fmt.Fprintf(b, "%s %s\n", r.paint(blue, "  ="), visible(d.Suggestion))
	}
	for i, rel := range d.Related {
		if i == shownRelated {
			fmt.Fprintf(b, "%s %s\n", r.paint(blue, "  ="), "and "+plural(len(d.Related)-i, "more place"))
			break
		}
		r.heading(b, rel.At, Note, rel.Message, "")
		r.excerpt(b, rel.At, blue)
	}
	b.WriteByte('\n')
}

func (r Renderer) heading(b *strings.Builder, at Position, s Severity, message, rule string) {
	switch {
	case at.Valid():
		b.WriteString(r.paint(bold, visible(at.String())))
		b.WriteString(": ")
	case at.File != "":
		b.WriteString(r.paint(bold, visible(at.File)))
		b.WriteString(": ")
	}
	b.WriteString(r.paint(severityColor(s), string(s)+":"))
	b.WriteByte(' ')
	b.WriteString(visible(message))
	if rule != "" {
		b.WriteString(" " + r.paint(grey, "["+rule+"]"))
	}
	b.WriteByte('\n')
}

// excerpt writes the source line of a place and a caret line below it.
func (r Renderer) excerpt(b *strings.Builder, at Position, color string) {
	src := r.Sources[at.File]
	if src == nil || !at.Valid() || at.Line > len(src.Lines) {
		return
	}
	line, before, under := marked(src.Lines[at.Line-1], at.Column, at.End)
	number := fmt.Sprint(at.Line)
	gutter := strings.Repeat(" ", max(4, len(number)))
	fmt.Fprintf(b, "%s %s\n", r.paint(blue, fmt.Sprintf("%*s |", len(gutter), number)), line)
	caret := strings.Repeat(" ", before) + r.paint(color, "^"+strings.Repeat("~", max(0, under-1)))
	fmt.Fprintf(b, "%s %s\n", r.paint(blue, gutter+" |"), caret)
}

// marked makes a source line visible and says how many columns stand before the rune at column (from 1) and how many the runes
// up to end (0: just the one) take. A long line is cut on both sides of the caret.
func marked(source string, column, end int) (line string, before, under int) {
	source = strings.TrimRight(source, "\r\n")
	column = max(1, column)
	if end <= column {
		end = column + 1
	}
	var cells []string
	at, stop, more := -1, -1, false
	number := 1
	for i := 0; i < len(source); number++ {
		if at >= 0 && len(cells) > at+2*shownColumns {
			more = true // what lies far behind the caret is cut anyway
			break
		}
		if number == column {
			at = len(cells)
		}
		if number == end {
			stop = len(cells)
		}
		c, size := utf8.DecodeRuneInString(source[i:])
		cells = append(cells, cellsOf(c, size == 1 && c == utf8.RuneError)...)
		i += size
	}
	if at < 0 { // behind the last rune of the line
		cells = append(cells, slices.Repeat([]string{" "}, min(column-number, shownColumns))...)
		at = len(cells)
	}
	if stop < 0 {
		stop = max(len(cells), at+1)
	}
	from, to := 0, len(cells)
	if len(cells) > shownColumns {
		from = max(0, min(at-shownColumns/3, len(cells)-shownColumns))
		to = from + shownColumns
	}
	line = strings.TrimRight(strings.Join(cells[from:to], ""), " ")
	before, under = at-from, max(1, min(stop, to)-at)
	if more || to < len(cells) {
		line += "…"
	}
	if from > 0 {
		line = "…" + line
		before++
	}
	return line, before, under
}

// cellsOf returns what to show for a rune, one string for each column of the terminal that it takes.
// A combining mark takes no column and is left out: it could only stick to the wrong letter.
func cellsOf(c rune, invalid bool) []string {
	switch {
	case invalid:
		return []string{"\uFFFD"}
	case c == '\t':
		return []string{" ", " ", " ", " "}
	case c < ' ':
		return []string{string(0x2400 + c)} // the picture of the control character
	case c == 0x7f:
		return []string{"␡"}
	case unsafe(c):
		return []string{"\uFFFD"}
	case unicode.In(c, unicode.Mn, unicode.Me):
		return nil
	case wide(c):
		return []string{string(c), ""}
	}
	return []string{string(c)}
}

// unsafe reports whether a rune would change how the rest of the line is shown: directional marks and other invisible ones.
func unsafe(c rune) bool {
	return unicode.Is(unicode.Cf, c) || unicode.Is(unicode.Cc, c) || unicode.Is(unicode.Zl, c) || unicode.Is(unicode.Zp, c) ||
		unicode.Is(unicode.Cs, c) || unicode.Is(unicode.Co, c)
}

// wide reports whether a terminal gives a rune two columns (Unicode TR 11, the blocks in everyday use).
func wide(c rune) bool {
	return c >= 0x1100 && (c <= 0x115f || c >= 0x2e80 && c <= 0x303e || c >= 0x3041 && c <= 0xa4cf || c >= 0xac00 && c <= 0xd7a3 ||
		c >= 0xf900 && c <= 0xfaff || c >= 0xfe30 && c <= 0xfe6f || c >= 0xff00 && c <= 0xff60 || c >= 0xffe0 && c <= 0xffe6 ||
		c >= 0x1f300 && c <= 0x1f64f || c >= 0x1f900 && c <= 0x1f9ff || c >= 0x20000 && c <= 0x3fffd)
}

// visible makes text from a definition safe to print: nothing in it can move the cursor or begin a new line.
func visible(s string) string {
	clean := true
	for _, c := range s {
		if c == utf8.RuneError || c < ' ' || unsafe(c) {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var b strings.Builder
	for _, c := range s {
		switch {
		case c == '\n' || c == '\t' || c == '\r':
			b.WriteByte(' ')
		case c < ' ':
			b.WriteRune(0x2400 + c)
		case unsafe(c):
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

const (
	bold   = "1"
	red    = "1;31"
	yellow = "1;33"
	blue   = "34"
	cyan   = "1;36"
	grey   = "2"
)

func severityColor(s Severity) string {
	switch s {
	case Error:
		return red
	case Warning:
		return yellow
	}
	return cyan
}

func (r Renderer) paint(color, s string) string {
	if !r.Color {
		return s
	}
	return "\x1b[" + color + "m" + s + "\x1b[0m"
}
