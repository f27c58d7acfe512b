package definitions

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Format rewrites a YAML file of definitions in its canonical form: keys in the order of the language, two spaces for every
// step in, empty lines between sections and between their larger items, table columns aligned. It changes no value, keeps every
// comment with what it stands beside, and leaves quotes, blocks and the choice between lines and brackets as they are. A file
// that has been formatted stays as it is. The error says why a file cannot be formatted; its text begins with line and column.
func Format(src []byte) ([]byte, error) {
	log := newLog()
	text := bytes.TrimPrefix(src, []byte("\ufeff"))
	if len(text) > maxFile {
		return nil, fmt.Errorf("the file is larger than %d MB", maxFile>>20)
	}
	source := newSource("", text)
	if !checkCharacters(source, log) {
		return nil, formatError(log)
	}
	if blank(source) {
		return onlyComments(source), nil
	}
	root := parseYAML(source, log)
	if found := log.all(); root == nil || found.HasErrors() {
		return nil, formatError(log)
	}
	l := &layouter{cursor: cursor{src: source}}
	if err := l.check(root, 0); err != nil {
		return nil, err
	}
	if root.Kind != yaml.MappingNode || root.Style&yaml.FlowStyle != 0 {
		return nil, fmt.Errorf("%d:%d: expected `key: value` at the top of the file", root.Line, root.Column)
	}
	l.extents(root, 0)
	l.findComments()
	top := &layout{kind: yaml.MappingNode, column: -1}
	top.entries = []*entryLayout{{value: l.layout(root, fileShape(root))}}
	l.rest(top)
	out := printLayout(top)
	if err := same(root, out, l.comments); err != nil {
		return nil, err
	}
	return out, nil
}

func formatError(log *log) error {
	for _, d := range log.all() {
		if d.Severity == Error {
			text := fmt.Sprintf("%d:%d: %s", d.At.Line, d.At.Column, d.Message)
			if d.Suggestion != "" {
				text += "; " + d.Suggestion
			}
			return errors.New(text)
		}
	}
	return errors.New("1:1: the file is not a definition")
}

// onlyComments formats a file without a definition.
func onlyComments(src *Source) []byte {
	var b strings.Builder
	for _, line := range src.Lines {
		b.WriteString(strings.TrimSpace(line) + "\n")
	}
	text := strings.Trim(b.String(), "\n")
	if text == "" {
		return nil
	}
	return []byte(text + "\n")
}

// fileShape tells from the top-level keys what a file is.
func fileShape(root *yaml.Node) *shape {
	switch {
	case valueOf(root, "overlay") != nil:
		return overlayFile
	case root.Kind == yaml.MappingNode:
		return bundleFile // a shared file has no other keys than a bundle
	}
	return aFree
}

// layout is a value as it stands in the file: its lines, its comments, its parts.
type layout struct {
	kind    yaml.Kind
	flow    bool     // in brackets
	several bool     // brackets over several lines
	closes  bool     // the closing bracket has a line of its own
	lines   []string // of a scalar, as written; continuation lines without their indentation
	block   bool     // a literal or folded scalar: lines[0] is its head
	entries []*entryLayout
	tail    []string // comments after the last entry
	column  int      // of the entries of a block list or mapping
	shape   *shape
}

// entryLayout is an item of a list or a key with its value.
type entryLayout struct {
	lead   []string // comment lines before it, "" for an empty line
	blank  bool     // an empty line stands before it and its comments
	key    string   // as written; "" for an item
	name   string   // the key itself
	note   string   // a comment on the key's line when the value begins on a later one, with the spaces before it
	value  *layout  // nil: nothing is written
	trail  string   // a comment after the value, with the spaces before it
	starts bool     // in brackets: it begins a line
	line   int
}

// comment is a comment of the file.
type comment struct {
	line, column int
	text         string
	own          bool   // nothing else stands on its line
	spaces       string // between the text and the comment
}

type extent struct{ from, to spot } // columns are byte offsets here

// layouter finds the layout of a file from its nodes and its lines.
type layouter struct {
	cursor
	parts    []extent
	ends     map[*yaml.Node]spot
	comments []*comment
	next     int // the first comment that is not given to anything
}

// check refuses what cannot be rewritten without risk.
func (l *layouter) check(n *yaml.Node, depth int) error {
	at := fmt.Sprintf("%d:%d: ", n.Line, n.Column)
	switch {
	case depth > maxDepth:
		return errors.New(at + "lists and mappings stand too deep in one another")
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return errors.New(at + "anchors and aliases are not part of the language")
	case n.Style&yaml.TaggedStyle != 0:
		return errors.New(at + "tags are not part of the language")
	}
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && (c.Kind != yaml.ScalarNode || !isWritten(c) || c.Line != n.Content[i+1].Line && c.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0) {
			return fmt.Errorf("%d:%d: a key is one word", c.Line, c.Column)
		}
		if err := l.check(c, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// isWritten reports whether a node stands in the text: the value of a key without one does not.
func isWritten(n *yaml.Node) bool {
	return !(n.Kind == yaml.ScalarNode && n.Style == 0 && n.Value == "")
}

// extents finds where every scalar begins and ends. The text of a block is set in deeper than the column of what is around it.
func (l *layouter) extents(n *yaml.Node, around int) {
	if l.ends == nil {
		l.ends = map[*yaml.Node]spot{}
	}
	if n.Kind != yaml.ScalarNode {
		if n.Style&yaml.FlowStyle == 0 {
			around = n.Column
		}
		for _, c := range n.Content {
			l.extents(c, around)
		}
		return
	}
	if !isWritten(n) {
		return
	}
	offset := l.to(n.Line, n.Column)
	end := spot{n.Line, offset}
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		end = l.blockEnd(n.Line, around)
	} else if w, ok := readWritten(l.src, spot{n.Line, n.Column}, offset, n.Style, n.Value); ok {
		c := cursor{src: l.src}
		if w.end.line == n.Line {
			c = l.cursor
		}
		end = spot{w.end.line, c.to(w.end.line, w.end.column)}
	}
	l.ends[n] = end
	l.parts = append(l.parts, extent{spot{n.Line, offset}, end})
}

// blockEnd returns the end of the last line of a block scalar that begins on a line.
func (l *layouter) blockEnd(head, around int) spot {
	end, content := spot{head, len(l.src.line(head))}, -1
	for i := head + 1; i <= len(l.src.Lines); i++ {
		text := l.src.line(i)
		indent := len(text) - len(strings.TrimLeft(text, " "))
		if indent == len(text) && (content < 0 || indent <= content) {
			continue
		}
		if content < 0 {
			content = indent
		}
		if indent < content || indent < around {
			break
		}
		end = spot{i, len(text)}
	}
	return end
}

// findComments finds the comments between the scalars.
func (l *layouter) findComments() {
	slices.SortFunc(l.parts, func(a, b extent) int {
		if a.from.line != b.from.line {
			return a.from.line - b.from.line
		}
		return a.from.column - b.from.column
	})
	part := 0
	for n := 1; n <= len(l.src.Lines); n++ {
		text := l.src.line(n)
		i := 0
		for i < len(text) {
			for part < len(l.parts) && (l.parts[part].to.line < n || l.parts[part].to.line == n && l.parts[part].to.column <= i) {
				part++
			}
			if part < len(l.parts) {
				p := l.parts[part]
				if p.from.line < n || p.from.line == n && p.from.column <= i {
					if p.to.line > n {
						i = len(text)
					} else {
						i = p.to.column
					}
					continue
				}
			}
			if text[i] == '#' && (i == 0 || text[i-1] == ' ' || text[i-1] == '\t') {
				before := strings.TrimRight(text[:i], " \t")
				l.comments = append(l.comments, &comment{line: n, column: i, text: strings.TrimRight(text[i:], " \t"), own: before == "" || before == "---",
					spaces: strings.ReplaceAll(text[len(before):i], "\t", " ")})
				break
			}
			i++
		}
	}
}

// before takes the comments on lines of their own before a line.
func (l *layouter) before(line int) []*comment {
	var list []*comment
	for l.next < len(l.comments) && l.comments[l.next].line < line {
		list = append(list, l.comments[l.next])
		l.next++
	}
	return list
}

// beside takes the comment on a line after a column.
func (l *layouter) beside(at spot) string {
	if l.next < len(l.comments) {
		c := l.comments[l.next]
		if c.line == at.line && c.column >= at.column && !c.own && strings.Trim(l.src.line(at.line)[at.column:c.column], " \t-:") == "" {
			l.next++
			return c.spaces + c.text
		}
	}
	return ""
}

func (l *layouter) emptyLine(n int) bool { return strings.TrimSpace(l.src.line(n)) == "" }

// layout reads the layout of a node.
func (l *layouter) layout(n *yaml.Node, s *shape) *layout {
	if s != nil && s.kind == oneOfKind {
		s = choose(n, s)
	}
	out := &layout{kind: n.Kind, flow: n.Style&yaml.FlowStyle != 0, shape: s, column: n.Column}
	switch {
	case n.Kind == yaml.ScalarNode:
		if !isWritten(n) {
			return nil
		}
		l.scalarLayout(n, out)
	case out.flow:
		l.flowLayout(n, out)
	default:
		l.blockLayout(n, out)
	}
	return out
}

func (l *layouter) scalarLayout(n *yaml.Node, out *layout) {
	from, to := l.to(n.Line, n.Column), l.ends[n]
	out.block = n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0
	if to.line == n.Line {
		out.lines = []string{strings.TrimRight(l.src.line(n.Line)[from:to.column], " \t")}
		return
	}
	out.lines = []string{strings.TrimRight(l.src.line(n.Line)[from:], " \t")}
	content := -1
	for i := n.Line + 1; i <= to.line; i++ {
		text := l.src.line(i)
		if !out.block {
			if i == to.line {
				text = text[:to.column]
			}
			out.lines = append(out.lines, strings.TrimSpace(text))
			continue
		}
		indent := len(text) - len(strings.TrimLeft(text, " "))
		if content < 0 && indent < len(text) {
			content = indent
		}
		if content < 0 {
			text = ""
		}
		out.lines = append(out.lines, text[min(len(text), max(content, 0)):])
	}
}

// shapeOf returns the shape of the value of a key of a mapping.
func (s *shape) shapeOf(key string) *shape {
	switch {
	case s == nil:
		return nil
	case s.kind == objectKind:
		if k := s.key(key); k != nil {
			return k.shape
		}
	case s.kind == mapKind || s.kind == listKind:
		return s.of
	}
	return nil
}

func (l *layouter) blockLayout(n *yaml.Node, out *layout) {
	step := 1
	if n.Kind == yaml.MappingNode {
		step = 2
	}
	for i := 0; i+step-1 < len(n.Content); i += step {
		first := n.Content[i]
		line := first.Line
		if step == 1 {
			line = l.dashLine(first, out.column, i == 0, n)
		}
		e := &entryLayout{line: line}
		l.lead(e, out, line)
		value := first
		if step == 2 {
			value = n.Content[i+1]
			e.key, e.name = l.layout(first, nil).lines[0], first.Value
			begins := value.Line
			if !isWritten(value) {
				begins = first.Line + 1
			}
			if begins > first.Line {
				e.note = l.beside(l.ends[first])
			}
		} else if value.Line > line || !isWritten(value) {
			e.note = l.beside(spot{line, out.column})
		}
		out.entries = append(out.entries, e)
		e.value = l.layout(value, out.shape.shapeOf(first.Value))
		if e.value != nil && (e.value.flow || e.value.kind == yaml.ScalarNode) && e.trail == "" {
			e.trail = l.beside(l.ends[value])
		}
	}
}

// dashLine finds the line of the dash of an item: its value may begin on a later one.
func (l *layouter) dashLine(item *yaml.Node, column int, first bool, list *yaml.Node) int {
	if first {
		return list.Line
	}
	for n := item.Line; n > 0; n-- {
		text := l.src.line(n)
		if column-1 < len(text) && text[column-1] == '-' && strings.Trim(text[:column-1], " -") == "" && (n < item.Line || item.Column > column || !isWritten(item)) {
			return n
		}
	}
	return item.Line
}

// lead gives an entry the comments before it; those that are set in deeper belong to the end of the entry before.
func (l *layouter) lead(e *entryLayout, in *layout, line int) {
	comments := l.before(line)
	if len(in.entries) > 0 {
		last := in.entries[len(in.entries)-1]
		for len(comments) > 0 && comments[0].column+1 > in.column {
			to := last.value.deepest(comments[0].column + 1)
			if to == nil {
				break
			}
			l.addTail(to, comments[0])
			comments = comments[1:]
		}
	}
	start := line
	for i, c := range comments {
		if i == 0 {
			start = c.line
		} else if c.line > comments[i-1].line+1 {
			e.lead = append(e.lead, "")
		}
		e.lead = append(e.lead, c.text)
	}
	if n := len(comments); n > 0 && line > comments[n-1].line+1 {
		e.lead = append(e.lead, "")
	}
	e.blank = start > 1 && l.emptyLine(start-1)
}

func (l *layouter) addTail(to *layout, c *comment) {
	if l.emptyLine(c.line - 1) {
		to.tail = append(to.tail, "")
	}
	to.tail = append(to.tail, c.text)
}

// deepest returns the innermost last block list or mapping whose entries begin at or before a column.
func (n *layout) deepest(column int) *layout {
	if n == nil || n.flow || n.kind == yaml.ScalarNode || n.column > column {
		return nil
	}
	if len(n.entries) > 0 {
		if inner := n.entries[len(n.entries)-1].value.deepest(column); inner != nil {
			return inner
		}
	}
	return n
}

// rest gives the comments after the last entry of the file to what they are set in like.
func (l *layouter) rest(top *layout) {
	root := top.entries[0].value
	for _, c := range l.before(len(l.src.Lines) + 1) {
		to := root.deepest(c.column + 1)
		if to == nil {
			to = root
		}
		l.addTail(to, c)
	}
}
