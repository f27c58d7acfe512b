package definitions

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// flowLayout reads a list or mapping in brackets.
func (l *layouter) flowLayout(n *yaml.Node, out *layout) {
	step := 1
	if n.Kind == yaml.MappingNode {
		step = 2
	}
	end := spot{n.Line, l.to(n.Line, n.Column) + 1}
	for i := 0; i+step-1 < len(n.Content); i += step {
		first := n.Content[i]
		e := &entryLayout{line: first.Line, starts: first.Line > end.line}
		for _, c := range l.before(first.Line) {
			e.lead = append(e.lead, c.text)
		}
		value := first
		if step == 2 {
			value = n.Content[i+1]
			e.key, e.name = l.layout(first, nil).lines[0], first.Value
			end = l.ends[first]
			if isWritten(value) && value.Line > first.Line {
				for _, c := range l.before(value.Line) {
					e.lead = append(e.lead, c.text)
				}
			}
		}
		out.entries = append(out.entries, e)
		e.value = l.layout(value, out.shape.shapeOf(first.Value))
		if e.value != nil {
			end = l.ends[value]
		}
		end = l.skipTo(end, ",")
		if c := l.beside(end); c != "" {
			e.trail = c
		}
	}
	last := end.line
	end = l.skipTo(end, "]}")
	out.closes = end.line > last
	for _, c := range l.before(end.line) {
		out.tail = append(out.tail, c.text)
	}
	l.ends[n] = end
	out.several = end.line > n.Line
}

// skipTo passes over spaces, line breaks and comments and over the first of some characters, when it is next.
func (l *layouter) skipTo(at spot, chars string) spot {
	line, i := at.line, at.column
	for line <= len(l.src.Lines) {
		text := l.src.line(line)
		for i < len(text) && (text[i] == ' ' || text[i] == '\t' || text[i] == ',' && chars != ",") {
			i++
		}
		if i < len(text) && text[i] != '#' {
			if strings.IndexByte(chars, text[i]) >= 0 {
				return spot{line, i + 1}
			}
			return at
		}
		line, i = line+1, 0
	}
	return at
}
