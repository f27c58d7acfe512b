package definitions

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// maxFile is the size of the largest file that is read. The largest shipped one has a tenth of it.
const maxFile = 4 << 20

// readFile reads a file and checks that it is text that can be read at all. It returns nil after reporting that it is not.
func readFile(fsys fs.FS, name, shown string, log *log) *Source {
	at := Position{File: shown, Line: 1, Column: 1}
	fail := func(rule, suggestion, format string, args ...any) *Source {
		log.add(Diagnostic{At: at, Severity: Error, Rule: rule, Message: fmt.Sprintf(format, args...), Suggestion: suggestion})
		return nil
	}
	info, err := fs.Stat(fsys, name)
	if err == nil && !info.Mode().IsRegular() {
		return fail("unreadable-file", "remove it, or give it another ending", "this is not an ordinary file")
	}
	f, err := fsys.Open(name)
	if err != nil {
		return fail("unreadable-file", "", "the file cannot be read: %s", reason(err))
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return fail("unreadable-file", "", "the file cannot be read: %s", reason(err))
	}
	if len(text) > maxFile {
		return fail("file-too-large", "cut it into several files of the same folder", "the file is larger than %d MB", maxFile>>20)
	}
	if message, suggestion := foreign(text); message != "" {
		return fail("bad-encoding", suggestion, "%s", message)
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	src := newSource(shown, text)
	if !checkCharacters(src, log) {
		return nil
	}
	return src
}

// foreign says what a file is that is not a text of lines in one byte a character or UTF-8, and what to do; "" when it may be.
func foreign(text []byte) (message, suggestion string) {
	switch {
	case bytes.HasPrefix(text, []byte("PK\x03\x04")):
		return "this is a Word or Excel file, or another packed one; expected plain text", "save it as plain text in UTF-8; a table as CSV in UTF-8"
	case bytes.HasPrefix(text, []byte{0xff, 0xfe}), bytes.HasPrefix(text, []byte{0xfe, 0xff}), bytes.Count(text, []byte{0})*3 > len(text):
		return "the file is saved as UTF-16", "save it as UTF-8"
	case bytes.IndexByte(text, '\r') >= 0 && bytes.IndexByte(text, '\n') < 0:
		return "the lines of the file end in a carriage return alone, as on old Macintoshes; it reads as one line", "save it with line ends of Unix or Windows"
	}
	return "", ""
}

// reason says why a file cannot be read, without the names of functions and without the path, which the position has.
func reason(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file"
	case errors.Is(err, fs.ErrPermission):
		return "no permission"
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return "reading failed"
}

// checkCharacters refuses bytes that are not UTF-8 and characters that cannot be seen.
func checkCharacters(src *Source, log *log) bool {
	if plain(src.Text) {
		return true
	}
	ok := true
	var first *Diagnostic // of the bytes that are not UTF-8
	more := 0
	for i, line := range src.Lines {
		column := 0
		for j, c := range line {
			column++
			at := Position{File: src.Path, Line: i + 1, Column: column, End: column + 1}
			switch {
			case c == utf8.RuneError && !strings.HasPrefix(line[j:], "\ufffd"):
				if first == nil {
					first = &Diagnostic{At: at, Severity: Error, Rule: "bad-encoding", Message: fmt.Sprintf("the byte %02X is not UTF-8", line[j]),
						Suggestion: "save the file as UTF-8; was it saved as Windows-1252?"}
				} else {
					more++
				}
				ok = false
			case c < ' ' && c != '\t', c == 0x7f, c == 0x85, c == 0x2028, c == 0x2029, c == 0xfffe, c == 0xffff,
				unicode.Is(unicode.Cf, c) && c != 0xad: // marks that turn or join text; a soft hyphen is of use in long words
				log.add(Diagnostic{At: at, Severity: Error, Rule: "bad-character", Message: fmt.Sprintf("here is a character that cannot be seen: U+%04X", c),
					Suggestion: "remove it"})
				ok = false
			}
		}
	}
	if first != nil {
		if more > 0 {
			first.Message += fmt.Sprintf(", and %d more", more)
		}
		log.add(*first)
	}
	return ok
}

// plain reports whether a text has nothing that checkCharacters would look at more closely.
func plain(text []byte) bool {
	if !utf8.Valid(text) {
		return false
	}
	for _, b := range text {
		if b < ' ' && b != '\n' && b != '\t' || b == 0x7f || b == 0xe2 || b == 0xc2 || b == 0xef {
			return false
		}
	}
	return true
}

// parseYAML parses a source into its one document. It returns nil after reporting what keeps it from being parsed.
func parseYAML(src *Source, log *log) (root *yaml.Node) {
	fault := func(at Position, rule, suggestion, format string, args ...any) {
		log.add(Diagnostic{At: at, Severity: Error, Rule: rule, Message: fmt.Sprintf(format, args...), Suggestion: suggestion})
	}
	lines := scanSyntax(src)
	if lines.deep.Valid() {
		fault(lines.deep, "too-deep", "", "lists and mappings stand more than %d deep in one another", maxDepth)
		return nil
	}
	defer func() {
		if recover() != nil {
			fault(Position{File: src.Path, Line: 1, Column: 1}, "bad-yaml", "", "the file is not YAML that can be read")
			root = nil
		}
	}()
	d := yaml.NewDecoder(bytes.NewReader(src.Text))
	var doc, second yaml.Node
	if err := d.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			fault(Position{File: src.Path, Line: 1, Column: 1}, "empty-file", "write the definition, or remove the file", "the file is empty")
			return nil
		}
		lines.explain(err, log)
		return nil
	}
	err := d.Decode(&second)
	switch {
	case err == nil:
		at := Position{File: src.Path, Line: max(second.Line, 1), Column: max(second.Column, 1)}
		if line := documentMark(src, at.Line); line > 0 {
			at = Position{File: src.Path, Line: line, Column: 1, End: 4}
		}
		fault(at, "second-document", "put it into a file of its own, or remove the line ---", "a second document begins here; a file has only one")
	case !errors.Is(err, io.EOF):
		lines.explain(err, log)
		return nil
	}
	if len(doc.Content) == 0 {
		return nil
	}
	return doc.Content[0]
}

// documentMark returns the last line --- before a line, 0 when there is none.
func documentMark(src *Source, line int) int {
	for n := min(line, len(src.Lines)); n > 1; n-- {
		if strings.HasPrefix(src.line(n), "---") {
			return n
		}
	}
	return 0
}
