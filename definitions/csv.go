package definitions

import (
	"fmt"
	"iter"
	"strings"
	"unicode/utf8"
)

// column is a column that a CSV file has, found by its name in the header.
type column struct {
	name     string
	required bool // the header must have it
}

// record is one row of a CSV file. Its cells keep their places.
type record struct {
	at    Position
	src   *Source
	cells []cell
	index []int // of each column, the cell; -1 when the file has no such column
}

type cell struct {
	value        string
	line, column int
	end          int
	quoted       bool
}

func (r *record) cell(i int) Scalar {
	j := r.index[i]
	if j < 0 || j >= len(r.cells) {
		return Scalar{At: r.at}
	}
	c := r.cells[j]
	s := Scalar{Value: c.value, At: Position{File: r.src.Path, Line: c.line, Column: c.column, End: c.end}, Quoted: c.quoted}
	if c.quoted {
		src := r.src
		s.place = func(i int) Position { return quotedCell(src, c, i) }
	}
	return s
}

// place returns where a column's cell stands, without what a Scalar needs to point inside it.
func (r *record) place(i int) Position {
	if j := r.index[i]; j >= 0 && j < len(r.cells) {
		return Position{File: r.src.Path, Line: r.cells[j].line, Column: r.cells[j].column, End: r.cells[j].end}
	}
	return r.at
}

// value returns the text of a column, "" when the file has no such column.
func (r *record) value(i int) string {
	if j := r.index[i]; j >= 0 && j < len(r.cells) {
		return r.cells[j].value
	}
	return ""
}

// quotedCell finds a rune of a cell in quotes, in which a quote is written twice and lines may break.
func quotedCell(src *Source, c cell, i int) Position {
	p := &reading{src: src, at: spot{c.line, c.column}}
	cur := cursor{src: src}
	p.offset = cur.to(c.line, c.column)
	p.skip(p.peek())
	for {
		r, n := p.peek()
		if n == 0 {
			if i == 0 || !p.nextLine() {
				break
			}
			i--
			continue
		}
		if i <= 0 {
			break
		}
		p.skip(r, n)
		if r == '"' {
			if q, m := p.peek(); q == '"' {
				p.skip(q, m)
			}
		}
		i--
	}
	return Position{File: src.Path, Line: p.at.line, Column: p.at.column}
}

// maxRows is how many rows of a CSV file are read.
const maxRows = 200_000

// readCSV reads the rows of a CSV file (RFC 4180) whose first row names the columns. Columns that are not asked for are passed
// over, unless the file may have no others.
func readCSV(src *Source, columns []column, only bool, log *log) iter.Seq[*record] {
	return func(yield func(*record) bool) {
		fault := func(at Position, rule, suggestion, format string, args ...any) {
			log.add(Diagnostic{At: at, Severity: Error, Rule: rule, Message: fmt.Sprintf(format, args...), Suggestion: suggestion})
		}
		p := &csvReader{src: src, fault: fault}
		header, ok := p.next()
		if !ok {
			fault(Position{File: src.Path, Line: 1, Column: 1}, "empty-file", "the first line names the columns", "the file is empty")
			return
		}
		if h := header[0]; len(header) == 1 && len(columns) > 1 && strings.Contains(h.value, ";") {
			at := Position{File: src.Path, Line: h.line, Column: h.column + utf8.RuneCountInString(h.value[:strings.Index(h.value, ";")])}
			fault(at, "bad-csv", "save it with commas", "the cells are separated by semicolons")
			log.lose(src.Path)
			return
		}
		index := make([]int, len(columns))
		names := make([]string, len(header))
		seen := map[string]bool{}
		for j, h := range header {
			names[j] = strings.TrimSpace(h.value)
			at := Position{File: src.Path, Line: h.line, Column: h.column, End: h.end}
			if seen[names[j]] {
				fault(at, "duplicate-key", "remove one of them", "the column `%s` is there twice", cut(names[j]))
			}
			seen[names[j]] = true
			if only && !hasColumn(columns, names[j]) {
				suggestion := ""
				if near := Nearest(names[j], columnNames(columns)); near != "" {
					suggestion = "did you mean `" + near + "`?"
				}
				fault(at, "unknown-key", suggestion, "the table has no column `%s`", cut(names[j]))
			}
		}
		missing := false
		for i, c := range columns {
			index[i] = -1
			for j, name := range names {
				if name == c.name && index[i] < 0 {
					index[i] = j
				}
			}
			if index[i] < 0 && c.required {
				missing = true
				fault(Position{File: src.Path, Line: 1, Column: 1}, "missing-key", "", "the header has no column `%s`", c.name)
			}
		}
		if missing {
			log.lose(src.Path)
			return
		}
		for n := 0; ; n++ {
			cells, ok := p.next()
			if !ok {
				return
			}
			at := Position{File: src.Path, Line: cells[0].line, Column: 1}
			if n == maxRows {
				fault(at, "file-too-large", "", "the file has more than %d rows", maxRows)
				return
			}
			if len(cells) != len(header) {
				fault(at, "row-length", "a cell with a comma in it must stand in quotes", "the row has %d cells; expected %d, as many as the header", len(cells), len(header))
				continue
			}
			if !yield(&record{at: at, src: src, cells: cells, index: index}) {
				return
			}
		}
	}
}

func hasColumn(columns []column, name string) bool {
	for _, c := range columns {
		if c.name == name {
			return true
		}
	}
	return false
}

func columnNames(columns []column) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return names
}

// csvReader cuts lines into cells.
type csvReader struct {
	src   *Source
	line  int    // lines read
	cells []cell // of the last row, used again for the next
	fault func(at Position, rule, suggestion, format string, args ...any)
}

// next returns the cells of the next row that is not empty. They are good until it is called again.
func (p *csvReader) next() ([]cell, bool) {
	for p.line < len(p.src.Lines) {
		p.line++
		if p.src.Lines[p.line-1] != "" {
			return p.row(p.src.Lines[p.line-1]), true
		}
	}
	return nil, false
}

func (p *csvReader) row(text string) []cell {
	cells := p.cells[:0]
	defer func() { p.cells = cells }()
	column := 1
	for {
		if strings.HasPrefix(text, `"`) {
			c, rest := p.quoted(text, &column)
			cells = append(cells, c)
			if rest == "" {
				return cells
			}
			if rest[0] != ',' {
				p.fault(Position{File: p.src.Path, Line: p.line, Column: column}, "bad-csv", "write \"\" for a quote inside a cell, and a comma after the cell", "there is text after the closing quote of a cell")
				if i := strings.IndexByte(rest, ','); i >= 0 {
					column += utf8.RuneCountInString(rest[:i])
					rest = rest[i:]
				} else {
					return cells
				}
			}
			text = rest[1:]
			column++
			continue
		}
		value, rest, more := strings.Cut(text, ",")
		after := column + utf8.RuneCountInString(value)
		trimmed := strings.TrimLeft(value, " \t")
		begin := column + len(value) - len(trimmed)
		trimmed = strings.TrimRight(trimmed, " \t")
		cells = append(cells, cell{value: trimmed, line: p.line, column: begin, end: begin + utf8.RuneCountInString(trimmed)})
		if !more {
			return cells
		}
		text, column = rest, after+1
	}
}

// quoted reads a cell in quotes and returns what follows on its last line.
func (p *csvReader) quoted(text string, column *int) (cell, string) {
	c := cell{line: p.line, column: *column, quoted: true}
	var b strings.Builder
	rest := text[1:]
	*column++
	for {
		i := strings.IndexByte(rest, '"')
		if i < 0 {
			if p.line >= len(p.src.Lines) {
				p.fault(Position{File: p.src.Path, Line: c.line, Column: c.column}, "bad-csv", "", "the quote that opens here is not closed")
				c.value = b.String()
				return c, ""
			}
			b.WriteString(rest)
			b.WriteByte('\n')
			rest = p.src.Lines[p.line]
			p.line++
			*column = 1
			continue
		}
		b.WriteString(rest[:i])
		*column += utf8.RuneCountInString(rest[:i]) + 1
		rest = rest[i+1:]
		if !strings.HasPrefix(rest, `"`) {
			c.value = b.String()
			if c.line == p.line {
				c.end = *column
			}
			return c, rest
		}
		b.WriteByte('"')
		*column++
		rest = rest[1:]
	}
}
