package picture

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"luvat/definitions"
	"luvat/engine"
)

func node(kind, id, label string) engine.GraphNode {
	return engine.GraphNode{ID: kind + ":" + id, Kind: kind, Label: label}
}

// small has every kind of edge: along the columns, over one, within one, back, and to nowhere.
func small() *engine.Graph {
	return &engine.Graph{
		Title: "Fair & \"co\" <now>",
		Nodes: []engine.GraphNode{
			node("question", "visitors", "Kuinka monta kävijää on enintään paikalla yhtä aikaa?"), node("question", "food", "Ruokaa?"),
			node("fact", "large", "Suuri"), node("fact", "huge", "Valtava"),
			node("ground", "many", "Kävijöitä on paljon."), node("ground", "small", "Tapahtuma on pieni."), node("ground", "plan", "Suunnitelma tarvitaan."),
			node("requirement", "plan", "Pelastussuunnitelma"), node("requirement", "notice", "Ilmoitus"),
			node("authority", "rescue", "Alueen pelastusviranomainen"),
		},
		Edges: []engine.GraphEdge{
			{From: "question:visitors", To: "fact:large", Kind: "reads"}, {From: "fact:large", To: "fact:huge", Kind: "reads"},
			{From: "fact:huge", To: "ground:many", Kind: "reads"}, {From: "question:food", To: "ground:small", Kind: "reads"},
			{From: "ground:many", To: "requirement:plan", Kind: "needed"}, {From: "ground:small", To: "requirement:plan", Kind: "unless"},
			{From: "requirement:plan", To: "ground:plan", Kind: "needed"}, {From: "ground:plan", To: "requirement:notice", Kind: "needed"},
			{From: "requirement:plan", To: "requirement:notice", Kind: "after"}, {From: "requirement:plan", To: "authority:rescue", Kind: "to"},
			{From: "requirement:plan", To: "authority:nobody", Kind: "to"}, {From: "fact:large", To: "fact:large", Kind: "reads"},
		},
	}
}

// wellFormed parses a picture and returns the text of its elements by name.
func wellFormed(t *testing.T, svg []byte) map[string][]string {
	t.Helper()
	texts := map[string][]string{}
	var open []string
	for d := xml.NewDecoder(strings.NewReader(string(svg))); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return texts
		}
		if err != nil {
			t.Fatalf("not XML: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			open = append(open, token.Name.Local)
			texts[token.Name.Local] = append(texts[token.Name.Local], "")
			for _, a := range token.Attr {
				if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
					t.Errorf("%s has %s=%q", token.Name.Local, a.Name.Local, a.Value)
				}
				if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") {
					t.Errorf("%s has the attribute %s, which a strict page refuses", token.Name.Local, a.Name.Local)
				}
			}
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				list := texts[open[len(open)-1]]
				list[len(list)-1] += string(token)
			}
		}
	}
}

func TestSVG(t *testing.T) {
	g := small()
	texts := wellFormed(t, SVG(g, definitions.Finnish))
	if titles := texts["title"]; titles[0] != g.Title || len(titles) != 1+len(g.Nodes) {
		t.Errorf("titles %q: want the picture's and one for each node", titles)
	}
	if d := texts["desc"]; len(d) != 1 || !strings.HasPrefix(d[0], "2 kysymystä, 2 päättelyä, 3 perustetta, 2 luvantarvetta, 1 viranomaista.") {
		t.Errorf("description %q", d)
	}
	shown := strings.Join(texts["tspan"], " ")
	for _, n := range g.Nodes {
		if !strings.Contains(shown, n.Label) {
			t.Errorf("%q is not shown whole", n.Label)
		}
	}
	for _, heading := range []string{"Kysymykset", "Päättelyt", "Perusteet", "Luvantarpeet", "Viranomaiset", "Katkoviiva: poikkeus, joka vapauttaa luvantarpeesta."} {
		if !strings.Contains(strings.Join(texts["text"], "\n"), heading) {
			t.Errorf("%q is missing", heading)
		}
	}
	// The marker's path is one; of the edges one leads nowhere and one to itself.
	if n := len(texts["path"]); n != 1+len(g.Edges)-2 {
		t.Errorf("%d paths", n)
	}
	for _, lang := range definitions.Languages {
		wellFormed(t, SVG(g, lang))
	}
	wellFormed(t, SVG(&engine.Graph{}, definitions.English))
	wellFormed(t, SVG(&engine.Graph{Nodes: []engine.GraphNode{{ID: "x", Kind: "unheard-of", Label: "\x00\u202e<"}}}, "xx"))
}

func TestDOT(t *testing.T) {
	dot := string(DOT(small()))
	for _, want := range []string{`label="Fair & \"co\" <now>"`, `"question:food" [label="Ruokaa?"`, `"question:visitors" -> "fact:large";`,
		`"ground:small" -> "requirement:plan" [style=dashed];`, `"Kuinka monta kävijää on enintään\npaikalla yhtä aikaa?"`} {
		if !strings.Contains(dot, want) {
			t.Errorf("%s is missing in\n%s", want, dot)
		}
	}
}

// TestArrange draws random graphs: boxes of a column never overlap, every long edge has a bend in each column that it crosses, and
// nothing stands outside the picture.
func TestArrange(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 200 {
		n := 1 + random.IntN(40)
		columns, heights := make([]int, n), make([]float64, n)
		for i := range n {
			columns[i], heights[i] = random.IntN(5), 20+float64(random.IntN(60))
		}
		var edges [][2]int
		for range random.IntN(3 * n) {
			edges = append(edges, [2]int{random.IntN(n), random.IntN(n)})
		}
		boxes, lines, height := arrange(columns, heights, edges)
		byColumn := map[int][]*box{}
		seen := map[*box]bool{}
		add := func(b *box) {
			if !seen[b] {
				seen[b] = true
				byColumn[b.column] = append(byColumn[b.column], b)
			}
		}
		for _, b := range boxes {
			add(b)
		}
		for i, l := range lines {
			if want := max(0, l.to.column-l.from.column-1); len(l.through) != want {
				t.Fatalf("round %d: edge %d has %d bends, want %d", round, i, len(l.through), want)
			}
			for _, b := range l.through {
				add(b)
			}
		}
		for column, list := range byColumn {
			for _, a := range list {
				if a.y-a.height/2 < -0.01 || a.y+a.height/2 > height+0.01 {
					t.Fatalf("round %d: a box at %.1f is outside the height %.1f", round, a.y, height)
				}
				for _, b := range list {
					if a != b && a.order < b.order && a.y+a.height/2 > b.y-b.height/2+0.01 {
						t.Fatalf("round %d, column %d: boxes overlap: %v and %v", round, column, a.y, b.y)
					}
				}
			}
		}
	}
}

func TestCrossings(t *testing.T) {
	build := func(edges [][2]int) [][]*box {
		layers := [][]*box{{{}, {}, {}}, {{}, {}, {}}}
		for _, e := range edges {
			join(layers[0][e[0]], layers[1][e[1]])
		}
		for _, l := range layers {
			number(l)
		}
		return layers
	}
	for _, test := range []struct {
		edges [][2]int
		want  int
	}{
		{[][2]int{{0, 0}, {1, 1}, {2, 2}}, 0}, {[][2]int{{0, 2}, {1, 1}, {2, 0}}, 3}, {[][2]int{{0, 1}, {1, 0}}, 1}, {[][2]int{{0, 0}, {0, 2}, {1, 0}}, 1},
		{[][2]int{{0, 0}, {1, 0}, {2, 0}}, 0},
	} {
		if got := crossings(build(test.edges)); got != test.want {
			t.Errorf("%v: %d crossings, want %d", test.edges, got, test.want)
		}
	}
	layers := build([][2]int{{0, 2}, {1, 1}, {2, 0}})
	if order(layers); crossings(layers) != 0 {
		t.Errorf("order leaves %d crossings", crossings(layers))
	}
}

func TestWrap(t *testing.T) {
	for _, test := range []struct {
		text string
		ems  float64
		want []string
	}{
		{"", 10, []string{""}},
		{"a b", 10, []string{"a b"}},
		{"one two three", 5, []string{"one two", "three"}},
		{"  spaces \n and lines ", 20, []string{"spaces and lines"}},
	} {
		if got := wrap(test.text, test.ems); fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("%q in %v: %q, want %q", test.text, test.ems, got, test.want)
		}
	}
	// Nothing is lost and no line is too wide, however long the words and however narrow the box.
	for _, text := range []string{"Liikenteenohjaussuunnitelmaehdotuksen hyväksyminen", "漢字漢字漢字漢字漢字", "wwwwwwwwwwwwwwwwwwwww"} {
		for _, ems := range []float64{3, 5, 9, 40} {
			lines := wrap(text, ems)
			joined := ""
			for _, l := range lines {
				if textWidth(l) > ems+0.001 {
					t.Errorf("%q is %.1f ems wide, more than %.1f", l, textWidth(l), ems)
				}
				joined += strings.TrimSuffix(l, "-")
			}
			if joined != strings.ReplaceAll(text, " ", "") && ems < 20 {
				t.Errorf("%q became %q", text, lines)
			}
		}
	}
}
