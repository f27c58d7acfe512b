package engine

import (
	"fmt"

	"luvat/definitions"
)

// maxSize is the most parts that a condition may have with everything it refers to written out. Facts, `when` and needed(…) that use
// each other twice would otherwise double with every step.
const maxSize = 50_000

// checkSize refuses conditions that are too large when written out.
func (c *compiler) checkSize() {
	if c.found.HasErrors() { // a circle has no size
		return
	}
	s := &sizer{facts: map[*fact]float64{}, questions: map[*question]float64{}, requirements: map[*requirement]float64{}}
	for _, f := range c.scope.factList {
		if s.node(f.tree) > maxSize {
			c.tooLarge(f.def.Is.At, fmt.Sprintf("fact `%s`", f.def.ID))
			return // what uses it is too large as well
		}
	}
	for _, q := range c.program.questions {
		if s.node(q.when) > maxSize {
			c.tooLarge(q.def.When.At, fmt.Sprintf("the `when` of question `%s`", q.def.ID))
			return
		}
	}
	for _, r := range c.program.requirements {
		if s.requirement(r) > maxSize {
			c.tooLarge(r.def.At, fmt.Sprintf("requirement `%s`", r.def.ID))
			return
		}
	}
	for _, g := range c.program.all() {
		if s.node(g.when) > maxSize {
			c.tooLarge(g.def.When.At, "this condition")
			return
		}
	}
}

// sizer counts the parts of conditions with everything written out. Counts are floats: they may be far beyond any integer.
type sizer struct {
	facts        map[*fact]float64
	questions    map[*question]float64
	requirements map[*requirement]float64
}

func (s *sizer) node(n *node) float64 {
	if n == nil {
		return 0
	}
	size := 1.0
	for _, a := range n.args {
		size += s.node(a)
	}
	switch n.op {
	case opFact:
		if _, ok := s.facts[n.fact]; !ok {
			s.facts[n.fact] = s.node(n.fact.tree)
		}
		size += s.facts[n.fact]
	case opQuestion:
		if _, ok := s.questions[n.q]; !ok {
			s.questions[n.q] = s.node(n.q.when)
		}
		size += s.questions[n.q]
	case opNeeded:
		size += s.requirement(n.req)
	case opTable:
		for _, g := range n.table.given {
			size += s.node(g) * float64(len(n.table.rows))
		}
		for _, r := range n.table.rows {
			size += float64(len(r.tests))
		}
	}
	return size
}

func (s *sizer) requirement(r *requirement) float64 {
	if size, ok := s.requirements[r]; ok {
		return size
	}
	size := 1.0
	for _, list := range [][]*ground{r.needed, r.unless} {
		for _, g := range list {
			size += s.node(g.when)
		}
	}
	for _, o := range r.displacedBy {
		size += s.requirement(o)
	}
	s.requirements[r] = size
	return size
}

func (c *compiler) tooLarge(at definitions.Position, what string) {
	c.problem(at, "too-complex", "make the facts it uses simpler, or cut it into several requirements",
		"%s has more than %d parts when everything it refers to is written out", what, maxSize)
}
