package engine

import (
	"slices"

	"luvat/definitions"
)

// Graph is a bundle as a picture: which answers make which grounds hold, which requirements they bring, and to whom those go.
type Graph struct {
	Title string
	Nodes []GraphNode
	Edges []GraphEdge
}

// GraphNode is a question, ground, requirement or recipient.
type GraphNode struct {
	ID    string // unique in the graph: "question:visitors"
	Kind  string // question ground requirement authority
	Label string
}

// GraphEdge leads from what decides to what is decided.
type GraphEdge struct {
	From, To string
	Kind     string // reads, needed, unless, ask, to, after
}

// Graph draws the program in a language, as it is on a day.
func (p *Program) Graph(on definitions.Date, lang definitions.Lang) *Graph {
	g := &Graph{Title: p.Bundle.Title.In(lang)}
	empty := p.NewAnswers()
	x := &analysis{p: p, a: empty, on: on, lang: lang, ref: reference{program: p, answers: empty.values, on: on}}
	add := func(kind, id, label string) string {
		key := kind + ":" + id
		if !slices.ContainsFunc(g.Nodes, func(n GraphNode) bool { return n.ID == key }) {
			g.Nodes = append(g.Nodes, GraphNode{key, kind, label})
		}
		return key
	}
	edge := func(from, to, kind string) {
		e := GraphEdge{from, to, kind}
		if !slices.Contains(g.Edges, e) {
			g.Edges = append(g.Edges, e)
		}
	}
	read := map[int]bool{}
	for _, gr := range p.all() {
		if gr.when != nil {
			for _, q := range p.reads(gr.when) {
				read[q.index] = true
			}
		}
	}
	for i, q := range p.questions {
		if read[i] {
			add("question", q.def.ID, x.fill(q.def.Ask))
		}
	}
	for _, r := range p.requirements {
		to := add("requirement", r.def.ID, r.def.Name.In(lang))
		for _, section := range [][]*ground{r.needed, r.unless, r.ask} {
			for _, gr := range section {
				label := x.fill(gr.def.Because)
				if label == "" {
					label = gr.def.ID
				}
				from := add("ground", r.def.ID+"/"+gr.def.ID, label)
				edge(from, to, gr.section)
				if gr.when == nil {
					continue
				}
				for _, q := range p.reads(gr.when) {
					edge("question:"+q.def.ID, from, "reads")
				}
				gr.when.deep(func(n *node) {
					if n.op == opNeeded {
						edge("requirement:"+n.req.def.ID, from, "needed")
					}
				})
			}
		}
		for _, ro := range r.routes {
			for _, ref := range ro.def.To {
				edge(to, add("authority", ref.ID(), p.recipientText(ref.ID(), on, lang)), "to")
			}
		}
	}
	return g
}

func (p *Program) recipientText(to string, on definitions.Date, lang definitions.Lang) string {
	if a := p.engine.Library.Shared.AuthorityByID(to); a != nil {
		return a.Name.In(lang)
	}
	for _, row := range p.engine.Library.Shared.Role(to) {
		if inTime(row.From, row.Until, on) && !row.Name.Empty() {
			return row.Name.In(lang)
		}
	}
	return to
}
