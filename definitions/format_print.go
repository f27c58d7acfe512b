package definitions

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// printer writes layouts.
type printer struct{ strings.Builder }

func printLayout(top *layout) []byte {
	root := top.entries[0].value
	p := &printer{}
	for _, line := range fileHead(root) {
		p.WriteString(line + "\n")
	}
	p.collection(root, 0, false)
	return []byte(p.String())
}

// fileHead takes the comments at the top of a file that belong to the file and not to its first key: those before an empty line,
// the line that names the schema for editors, and all of them when the first key moves down. They stay on top.
func fileHead(root *layout) []string {
	if len(root.entries) == 0 {
		return nil
	}
	first := root.entries[0]
	cut := 0
	for i, line := range first.lead {
		if line == "" {
			cut = i + 1
		}
	}
	if cut == 0 && len(first.lead) > 0 && strings.Contains(first.lead[0], "yaml-language-server") {
		cut = 1
	}
	if root.order(); root.entries[0] != first {
		cut = len(first.lead)
	}
	head := first.lead[:cut]
	first.lead = first.lead[cut:]
	root.entries[0].blank = false
	return head
}

func (p *printer) indent(n int) { p.WriteString(strings.Repeat(" ", n)) }

// collection writes a list or mapping with an entry on each line. Inline, its first line continues the one before.
func (p *printer) collection(n *layout, indent int, inline bool) {
	n.order()
	apart := n.apart(indent)
	widths := n.columns()
	for i, e := range n.entries {
		if n.kind == yaml.SequenceNode {
			e.raise()
		}
		if i > 0 && (e.blank || apart && (!n.entries[i-1].short() || !e.short())) {
			p.WriteByte('\n')
		}
		if i > 0 || !inline {
			for _, line := range e.lead {
				p.commentLine(line, indent)
			}
			p.indent(indent)
		}
		if n.kind == yaml.MappingNode {
			p.WriteString(e.key + ":")
		} else {
			p.WriteString("-")
		}
		p.entry(n, e, indent, widths)
	}
	for _, line := range n.tail {
		p.commentLine(line, indent)
	}
}

func (p *printer) commentLine(line string, indent int) {
	if line != "" {
		p.indent(indent)
		p.WriteString(line)
	}
	p.WriteByte('\n')
}

// entry writes what follows a key or a dash, to the end of its last line.
func (p *printer) entry(n *layout, e *entryLayout, indent int, widths []int) {
	v := e.value
	switch {
	case v == nil:
		p.WriteString(e.note + e.trail + "\n")
	case v.flow || v.kind == yaml.ScalarNode:
		if e.note != "" { // the value begins on the next line only because of the comment
			p.WriteString(e.note + "\n")
			p.indent(indent + 1)
		}
		p.WriteByte(' ')
		if widths != nil && v.flow && !v.several {
			p.aligned(v, widths)
		} else {
			p.value(v, indent)
		}
		p.WriteString(e.trail + "\n")
	case n.kind == yaml.MappingNode || e.note != "" || len(v.entries) == 0:
		p.WriteString(e.note + "\n")
		p.collection(v, indent+2, false)
	default:
		p.WriteByte(' ')
		p.collection(v, indent+2, true)
	}
}

// raise moves the comments before the first part of an item to before its dash: after the dash there is no line for them.
func (e *entryLayout) raise() {
	v := e.value
	if v == nil || v.flow || v.kind == yaml.ScalarNode || e.note != "" {
		return
	}
	v.order()
	if len(v.entries) == 0 {
		return
	}
	first := v.entries[0]
	if v.kind == yaml.SequenceNode {
		first.raise()
	}
	e.lead = append(e.lead, first.lead...)
	first.lead = nil
}

// value writes a scalar or brackets, without a line break at the end.
func (p *printer) value(v *layout, indent int) {
	if v.kind == yaml.ScalarNode {
		p.WriteString(v.lines[0])
		for _, line := range v.lines[1:] {
			p.WriteByte('\n')
			if line != "" {
				p.indent(indent + 2)
				p.WriteString(line)
			}
		}
		return
	}
	v.order()
	open, end := "[", "]"
	if v.kind == yaml.MappingNode {
		open, end = "{", "}"
	}
	p.WriteString(open)
	if !v.several && !v.commented() {
		for i, e := range v.entries {
			if i > 0 {
				p.WriteString(", ")
			}
			p.flowEntry(v, e, indent)
		}
		p.WriteString(end)
		return
	}
	broken := false // the line so far ends in a comment
	for i, e := range v.entries {
		starts := e.starts || len(e.lead) > 0 || broken
		if starts {
			p.WriteByte('\n')
		} else if i > 0 {
			p.WriteByte(' ')
		}
		for _, line := range e.lead {
			p.commentLine(line, indent+2)
		}
		if starts {
			p.indent(indent + 2)
		}
		p.flowEntry(v, e, indent+2)
		if i < len(v.entries)-1 {
			p.WriteByte(',')
		}
		p.WriteString(e.trail)
		broken = e.trail != ""
	}
	if v.closes || broken || len(v.tail) > 0 {
		p.WriteByte('\n')
		for _, line := range v.tail {
			p.commentLine(line, indent+2)
		}
		p.indent(indent)
	}
	p.WriteString(end)
}

func (p *printer) flowEntry(in *layout, e *entryLayout, indent int) {
	if in.kind == yaml.MappingNode {
		p.WriteString(e.key)
		if e.value == nil {
			return
		}
		p.WriteString(": ")
	}
	if e.value != nil {
		p.value(e.value, indent)
	}
}

func (n *layout) commented() bool {
	return len(n.tail) > 0 || slices.ContainsFunc(n.entries, func(e *entryLayout) bool { return len(e.lead) > 0 || e.trail != "" })
}

// order puts the keys of an object in the order of the grammar; unknown ones stay behind, in their own order.
func (n *layout) order() {
	if n.shape == nil || n.shape.kind != objectKind || n.kind != yaml.MappingNode {
		return
	}
	rank := func(e *entryLayout) int {
		for i, k := range n.shape.keys {
			if k.name == e.name {
				return i
			}
		}
		return len(n.shape.keys)
	}
	first := n.entries
	n.entries = slices.Clone(first)
	slices.SortStableFunc(n.entries, func(a, b *entryLayout) int { return cmp.Compare(rank(a), rank(b)) })
	if len(first) > 0 && n.entries[0] != first[0] {
		first[0].blank = false // it had no line before it
		n.entries[0].blank = false
	}
}

// apart reports whether an empty line stands between the entries.
func (n *layout) apart(indent int) bool {
	if n.shape == nil {
		return false
	}
	return n.kind == yaml.MappingNode && (n.shape == bundleFile || n.shape == sharedFile || n.shape == overlayFile) || n.shape.big
}

// short reports whether an entry fills one line.
func (e *entryLayout) short() bool {
	return e.value == nil || e.value.kind == yaml.ScalarNode && len(e.value.lines) == 1 || e.value.flow && !e.value.several
}

// columns returns the widths of the columns of a table's rows, nil for anything else.
func (n *layout) columns() []int {
	if n.shape != rowsShape || len(n.entries) < 2 {
		return nil
	}
	var widths []int
	for _, e := range n.entries {
		if e.value == nil || !e.value.flow || e.value.several || e.value.commented() {
			continue
		}
		for i, cell := range e.value.entries {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cellText(cell)))
		}
	}
	return widths
}

func cellText(e *entryLayout) string {
	p := &printer{}
	if e.value != nil {
		p.value(e.value, 0)
	}
	return p.String()
}

// aligned writes a row so that its columns stand under those of the other rows.
func (p *printer) aligned(v *layout, widths []int) {
	p.WriteByte('[')
	for i, e := range v.entries {
		text := cellText(e)
		p.WriteString(text)
		if i < len(v.entries)-1 {
			p.WriteByte(',')
			p.indent(1 + widths[i] - utf8.RuneCountInString(text))
		}
	}
	p.WriteByte(']')
}

// same checks that the formatted text says what the text before said, comments included. It guards the author's work against a
// mistake of the formatter.
func same(before *yaml.Node, out []byte, comments []*comment) error {
	failed := errors.New("1:1: the file cannot be formatted safely; it is left as it is")
	var doc yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(out)).Decode(&doc); err != nil || len(doc.Content) == 0 {
		return failed
	}
	if !equal(before, doc.Content[0]) {
		return failed
	}
	l := &layouter{cursor: cursor{src: newSource("", out)}}
	l.extents(doc.Content[0], 0)
	l.findComments()
	texts := func(list []*comment) []string {
		var texts []string
		for _, c := range list {
			texts = append(texts, c.text)
		}
		slices.Sort(texts)
		return texts
	}
	if !slices.Equal(texts(comments), texts(l.comments)) {
		return failed
	}
	return nil
}

// equal reports whether two nodes hold the same data. The order of the keys of a mapping does not count.
func equal(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.Value != b.Value || a.Tag != b.Tag || len(a.Content) != len(b.Content) {
		return false
	}
	if a.Kind != yaml.MappingNode {
		for i := range a.Content {
			if !equal(a.Content[i], b.Content[i]) {
				return false
			}
		}
		return true
	}
	pairs := func(n *yaml.Node) [][2]*yaml.Node {
		var list [][2]*yaml.Node
		for i := 0; i+1 < len(n.Content); i += 2 {
			list = append(list, [2]*yaml.Node{n.Content[i], n.Content[i+1]})
		}
		slices.SortStableFunc(list, func(x, y [2]*yaml.Node) int { return strings.Compare(x[0].Value, y[0].Value) })
		return list
	}
	x, y := pairs(a), pairs(b)
	for i := range x {
		if !equal(x[i][0], y[i][0]) || !equal(x[i][1], y[i][1]) {
			return false
		}
	}
	return true
}
