package engine

import (
	"strings"

	"luvat/definitions"
)

// checkCycles refuses questions that depend on themselves through `when`, and requirements through needed(…), covered-by and excludes.
func (c *compiler) checkCycles() {
	c.questionCycles()
	c.requirementCycles()
}

func (c *compiler) questionCycles() {
	state := map[*question]visit{}
	var path []*question
	var visitQuestion func(q *question)
	visitQuestion = func(q *question) {
		switch state[q] {
		case visited:
			return
		case visiting:
			ids := []string{}
			for i := len(path) - 1; i >= 0; i-- {
				ids = append([]string{path[i].def.ID}, ids...)
				if path[i] == q {
					break
				}
			}
			c.report(definitions.Diagnostic{At: q.def.When.At, Severity: definitions.Error, Rule: "when-cycle",
				Message:    "whether `" + q.def.ID + "` is relevant depends on itself: " + strings.Join(append(ids, q.def.ID), " → "),
				Suggestion: "a `when` reads only questions that do not depend on this one"})
			return
		}
		state[q] = visiting
		path = append(path, q)
		if q.when != nil {
			for _, r := range c.program.reads(q.when) {
				visitQuestion(r)
			}
		}
		path = path[:len(path)-1]
		state[q] = visited
	}
	for _, q := range c.program.questions {
		visitQuestion(q)
	}
	for _, q := range c.program.questions {
		if q.when != nil && state[q] == visited {
			q.when.deep(func(n *node) {
				if n.op == opNeeded {
					c.problem(q.def.When.At, "when-needed", "write the condition itself", "whether a question is relevant cannot depend on whether a requirement is needed")
				}
			})
		}
	}
	if c.found.HasErrors() { // a cycle must not be walked again
		for _, d := range c.found {
			if d.Rule == "when-cycle" || d.Rule == "when-needed" {
				for _, q := range c.program.questions {
					q.when = nil
				}
				return
			}
		}
	}
}

// reads returns the questions that a condition reads itself, through facts and tables.
func (p *Program) reads(n *node) []*question {
	var out []*question
	seen := map[*question]bool{}
	add := func(q *question) {
		if q != nil && !seen[q] {
			seen[q] = true
			out = append(out, q)
		}
	}
	n.deep(func(n *node) {
		if n.op == opQuestion {
			add(n.q)
		}
		if (n.op == opParam || n.op == opExists) && n.param.local() {
			add(p.place)
		}
	})
	return out
}

func (c *compiler) requirementCycles() {
	var path []*requirement
	var visitRequirement func(r *requirement)
	follow := func(n *node) {
		if n == nil {
			return
		}
		n.deep(func(n *node) {
			if n.op == opNeeded {
				visitRequirement(n.req)
			}
		})
	}
	cyclic := false
	visitRequirement = func(r *requirement) {
		switch r.visited {
		case visited:
			return
		case visiting:
			ids := []string{}
			for i := len(path) - 1; i >= 0; i-- {
				ids = append([]string{path[i].def.ID}, ids...)
				if path[i] == r {
					break
				}
			}
			cyclic = true
			c.report(definitions.Diagnostic{At: r.def.At, Severity: definitions.Error, Rule: "requirement-cycle",
				Message:    "whether `" + r.def.ID + "` is needed depends on itself: " + strings.Join(append(ids, r.def.ID), " → "),
				Suggestion: "take one of needed(…), covered-by or excludes out of the circle"})
			return
		}
		r.visited = visiting
		path = append(path, r)
		for _, g := range append(append([]*ground(nil), r.needed...), r.unless...) {
			follow(g.when)
		}
		for _, o := range r.displacedBy {
			visitRequirement(o)
		}
		path = path[:len(path)-1]
		r.visited = visited
	}
	for _, r := range c.program.requirements {
		visitRequirement(r)
	}
	if cyclic {
		for _, r := range c.program.requirements {
			r.displacedBy = nil
		}
	}
	c.orderCycles()
}

// orderCycles refuses requirements that are each to be settled after the other.
func (c *compiler) orderCycles() {
	state := map[*requirement]visit{}
	var visitRequirement func(r *requirement) bool
	visitRequirement = func(r *requirement) bool {
		if state[r] == visiting {
			return true
		}
		if state[r] == visited {
			return false
		}
		state[r] = visiting
		for _, ref := range r.def.After {
			if o := c.scope.requirements[ref.ID()]; o != nil && visitRequirement(o) {
				c.problem(ref.At, "order-cycle", "take one of the two out of `after`", "`%s` comes after `%s`, which comes after it", r.def.ID, o.def.ID)
				break
			}
		}
		state[r] = visited
		return false
	}
	for _, r := range c.program.requirements {
		visitRequirement(r)
	}
}
