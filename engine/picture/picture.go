// Package picture draws a bundle: questions → facts → grounds → requirements → authorities.
//
// An engine.Graph goes in, SVG or DOT comes out. The drawing is made here, without a browser or a layout program:
//
//	engine.Graph ──columns by kind──▶ arrange (layout.go) ──▶ SVG
//	engine.Graph ──▶ DOT, for Graphviz and its relatives
package picture

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"luvat/definitions"
	"luvat/engine"
)

// kinds are the kinds of nodes in order from left to right.
var kinds = []string{"question", "fact", "ground", "requirement", "authority"}

// knownKind gives a kind that is not known here the place of the last one.
func knownKind(kind string) string {
	if slices.Contains(kinds, kind) {
		return kind
	}
	return kinds[len(kinds)-1]
}

type colors struct{ fill, stroke string }

// The colours keep text at a contrast of more than 12 to 1 and frames at more than 4.5 to 1 against white (WCAG 2.2, 1.4.3 and 1.4.11).
var colorsOf = map[string]colors{
	"question":    {"#eaf2fb", "#2a5d9f"},
	"fact":        {"#f1edf9", "#6344a3"},
	"ground":      {"#fdf3e3", "#96580a"},
	"requirement": {"#e6f4ec", "#17704a"},
	"authority":   {"#f0f0f0", "#4a4a4a"},
}

type captions struct {
	heading map[string]string // over the column, by kind
	count   map[string]string // in the description, by kind
	reads   string
	unless  string // what a broken line means
}

var captionsIn = map[definitions.Lang]captions{
	definitions.Finnish: {
		map[string]string{"question": "Kysymykset", "fact": "Päättelyt", "ground": "Perusteet", "requirement": "Luvantarpeet", "authority": "Viranomaiset"},
		map[string]string{"question": "kysymystä", "fact": "päättelyä", "ground": "perustetta", "requirement": "luvantarvetta", "authority": "viranomaista"},
		"Kuva luetaan vasemmalta oikealle: mistä vastauksista kukin luvantarve riippuu ja kuka on toimivaltainen.",
		"katkoviiva: poikkeus, joka vapauttaa luvantarpeesta",
	},
	definitions.Swedish: {
		map[string]string{"question": "Frågor", "fact": "Slutsatser", "ground": "Grunder", "requirement": "Tillståndsbehov", "authority": "Myndigheter"},
		map[string]string{"question": "frågor", "fact": "slutsatser", "ground": "grunder", "requirement": "tillståndsbehov", "authority": "myndigheter"},
		"Bilden läses från vänster till höger: vilka svar varje tillståndsbehov beror på och vem som är behörig.",
		"streckad linje: undantag som befriar från tillståndsbehovet",
	},
	definitions.English: {
		map[string]string{"question": "Questions", "fact": "Facts", "ground": "Grounds", "requirement": "Requirements", "authority": "Authorities"},
		map[string]string{"question": "questions", "fact": "facts", "ground": "grounds", "requirement": "requirements", "authority": "authorities"},
		"Read it from left to right: on which answers each requirement depends, and who is competent.",
		"broken line: an exception that frees of the requirement",
	},
}

// Measures in pixels.
const (
	columnGap  = 90.0
	margin     = 20.0
	headHeight = 60.0
	fontSize   = 13.0
	lineHeight = 17.0
	padding    = 9.0
)

// boxWidths are the widths of boxes by kind: grounds are whole sentences.
var boxWidths = map[string]float64{"question": 250, "fact": 250, "ground": 330, "requirement": 250, "authority": 260}

// SVG draws a graph. The captions are in lang, as the graph's labels should be; the picture has a title and a
// description for those who do not see it, and no styles or scripts, so that it can stand in a page under a strict policy.
func SVG(g *engine.Graph, lang definitions.Lang) []byte {
	d := newDrawing(g)
	caption, ok := captionsIn[lang]
	if !ok {
		caption = captionsIn[definitions.English]
	}
	var b bytes.Buffer
	width := margin + d.left(max(1, d.width)) - columnGap
	height := 2*margin + headHeight + d.height
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" role="img" aria-labelledby="picture-title picture-desc" font-family="'Source Sans 3', 'Source Sans Pro', 'Segoe UI', Arial, sans-serif" font-size="%.0f">`+"\n",
		width, height, width, height, fontSize)
	fmt.Fprintf(&b, "<title id=\"picture-title\">%s</title>\n<desc id=\"picture-desc\">%s</desc>\n", escape(g.Title), escape(d.description(caption)))
	fmt.Fprintf(&b, `<rect width="%.0f" height="%.0f" fill="#ffffff"/>`+"\n", width, height)
	b.WriteString(`<defs><marker id="picture-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#5f686d"/></marker></defs>` + "\n")
	for column, kind := range d.headings {
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" font-size="18" font-weight="600" fill="#212121">%s</text>`+"\n", d.left(column), margin+16, escape(caption.heading[kind]))
	}
	if d.exceptions() {
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" fill="#212121">%s</text>`+"\n", margin, margin+36, escape(sentence(caption.unless)))
	}
	b.WriteString(`<g fill="none" stroke="#5f686d" stroke-width="1.2" marker-end="url(#picture-arrow)">` + "\n")
	for i, l := range d.lines {
		broken := ""
		if d.unless[i] {
			broken = ` stroke-dasharray="5 4"`
		}
		fmt.Fprintf(&b, "<path d=\"%s\"%s/>\n", d.path(l), broken)
	}
	b.WriteString("</g>\n")
	for i, box := range d.boxes {
		d.box(&b, i, box)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// drawing is a graph with a place for everything.
type drawing struct {
	labels   []string
	kinds    []string
	texts    [][]string
	boxes    []*box
	lines    []line
	unless   []bool         // by line: it is of an exception
	width    int            // columns
	widths   []float64      // of the columns, in pixels
	headings map[int]string // kind by its first column
	height   float64
}

func newDrawing(g *engine.Graph) *drawing {
	d := &drawing{headings: map[int]string{}}
	index := map[string]int{}
	for i, n := range g.Nodes {
		index[n.ID] = i
		d.labels = append(d.labels, n.Label)
		d.kinds = append(d.kinds, knownKind(n.Kind))
	}
	var edges [][2]int
	for _, e := range g.Edges {
		from, okFrom := index[e.From]
		to, okTo := index[e.To]
		if okFrom && okTo && from != to {
			edges = append(edges, [2]int{from, to})
			d.unless = append(d.unless, e.Kind == "unless")
		}
	}
	columns := d.columns(edges)
	d.widths = make([]float64, d.width)
	for i, kind := range d.kinds {
		d.widths[columns[i]] = boxWidths[kind]
	}
	var heights []float64
	for i, label := range d.labels {
		lines := wrap(label, (d.widths[columns[i]]-2*padding)/fontSize)
		d.texts = append(d.texts, lines)
		heights = append(heights, float64(len(lines))*lineHeight+2*padding-4)
	}
	d.boxes, d.lines, d.height = arrange(columns, heights, edges)
	return d
}

// columns gives each node its column: kinds in their order, and within a kind one column for each step of dependence,
// so that a fact built on a fact stands to the right of it. A kind without nodes takes no column.
func (d *drawing) columns(edges [][2]int) []int {
	columns := make([]int, len(d.kinds))
	for _, kind := range kinds {
		depth, deepest, any := make([]int, len(d.kinds)), 0, false
		// Only facts are spread: the other kinds read better as one list. A chain of n facts is settled after n rounds.
		for round := 0; kind == "fact" && round < len(d.kinds); round++ {
			changed := false
			for _, e := range edges {
				if d.kinds[e[0]] == kind && d.kinds[e[1]] == kind && depth[e[1]] <= depth[e[0]] {
					depth[e[1]] = depth[e[0]] + 1
					changed = true
				}
			}
			if !changed {
				break
			}
		}
		for i, k := range d.kinds {
			if k == kind {
				any = true
				columns[i] = d.width + depth[i]
				deepest = max(deepest, depth[i])
			}
		}
		if any {
			d.headings[d.width] = kind
			d.width += deepest + 1
		}
	}
	return columns
}

func (d *drawing) description(c captions) string {
	var parts []string
	for _, kind := range kinds {
		n := 0
		for _, k := range d.kinds {
			if k == kind {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, c.count[kind]))
		}
	}
	if len(parts) == 0 {
		return c.reads
	}
	return strings.Join(parts, ", ") + ". " + c.reads
}

// left and right are the edges of a column.
func (d *drawing) left(column int) float64 {
	x := margin
	for _, w := range d.widths[:min(column, len(d.widths))] {
		x += w + columnGap
	}
	return x
}

func (d *drawing) right(column int) float64 { return d.left(column) + d.widths[column] }

func (d *drawing) exceptions() bool { return slices.Contains(d.unless, true) }

func sentence(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:] + "."
}

func y(b *box) float64 { return margin + headHeight + b.y }

// path draws an edge as curves from column to column. Edges within a column bow out to the right of it, edges back to an earlier
// column leave on the left.
func (d *drawing) path(l line) string {
	var b strings.Builder
	from, to := l.from.column, l.to.column
	switch {
	case to > from:
		x, h := d.right(from), y(l.from)
		fmt.Fprintf(&b, "M%.1f %.1f", x, h)
		for _, bend := range l.through {
			curve(&b, x, h, d.left(bend.column), y(bend))
			x, h = d.right(bend.column), y(bend)
			fmt.Fprintf(&b, "H%.1f", x)
		}
		curve(&b, x, h, d.left(to), y(l.to))
	case to == from:
		x, out := d.right(from), d.right(from)+columnGap*0.6
		fmt.Fprintf(&b, "M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f", x, y(l.from), out, y(l.from), out, y(l.to), x, y(l.to))
	default:
		fmt.Fprintf(&b, "M%.1f %.1f", d.left(from), y(l.from))
		curve(&b, d.left(from), y(l.from), d.right(to), y(l.to))
	}
	return b.String()
}

func curve(b *strings.Builder, fromX, fromY, toX, toY float64) {
	middle := (fromX + toX) / 2
	fmt.Fprintf(b, "C%.1f %.1f %.1f %.1f %.1f %.1f", middle, fromY, middle, toY, toX, toY)
}

func (d *drawing) box(b *bytes.Buffer, i int, at *box) {
	c := colorsOf[d.kinds[i]]
	left, top := d.left(at.column), y(at)-at.height/2
	fmt.Fprintf(b, `<g><title>%s</title><rect x="%.1f" y="%.1f" width="%.0f" height="%.1f" rx="4" fill="%s" stroke="%s"/>`,
		escape(d.labels[i]), left, top, d.widths[at.column], at.height, c.fill, c.stroke)
	fmt.Fprintf(b, `<text fill="#212121">`)
	for k, line := range d.texts[i] {
		fmt.Fprintf(b, `<tspan x="%.1f" y="%.1f">%s</tspan>`, left+padding, top+padding+fontSize-4+float64(k)*lineHeight, escape(line))
	}
	b.WriteString("</text></g>\n")
}

func escape(s string) string {
	var b bytes.Buffer
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return ""
	}
	return b.String()
}

// DOT writes a graph for Graphviz and its relatives.
func DOT(g *engine.Graph) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "digraph luvat {\n  label=%s; labelloc=t; rankdir=LR; splines=true; fontname=\"sans-serif\";\n", quote(g.Title))
	b.WriteString("  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\", fontsize=11];\n")
	for _, n := range g.Nodes {
		c := colorsOf[knownKind(n.Kind)]
		fmt.Fprintf(&b, "  %s [label=%s, fillcolor=\"%s\", color=\"%s\"];\n", quote(n.ID), quote(strings.Join(wrap(n.Label, 18), "\n")), c.fill, c.stroke)
	}
	for _, e := range g.Edges {
		broken := ""
		if e.Kind == "unless" {
			broken = " [style=dashed]"
		}
		fmt.Fprintf(&b, "  %s -> %s%s;\n", quote(e.From), quote(e.To), broken)
	}
	b.WriteString("}\n")
	return b.Bytes()
}

// quote writes a DOT string: within quotes only the quote itself and the backslash need one before them.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
