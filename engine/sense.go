package engine

import (
	"luvat/definitions"
)

// maxSensed is the most times between changes of parameters, the latest ones, for which conditions are checked for sense.
const maxSensed = 16

// checkSense reports conditions that never or always hold, on the day the bundle comes into force and after every change of parameters.
func (c *compiler) checkSense() {
	if c.found.HasErrors() {
		return
	}
	p := c.program
	grounds := p.all()
	sometimes, otherwise := make([]bool, len(grounds)), make([]bool, len(grounds))
	asked := make([]bool, len(p.questions))
	for i := max(0, len(p.epochs)-maxSensed); i < len(p.epochs); i++ {
		day := p.epochs[i]
		if p.Bundle.Until != definitions.NoDate && day > p.Bundle.Until || i+1 < len(p.epochs) && p.Bundle.From != definitions.NoDate && p.epochs[i+1] <= p.Bundle.From {
			continue // this version does not govern then
		}
		if i == 0 {
			day = p.Bundle.From
			if len(p.epochs) > 1 && (day == definitions.NoDate || day >= p.epochs[1]) {
				day = p.epochs[1] - 1
			}
		}
		m := p.model(day)
		for g := range grounds {
			b := m.bitsOfGround(g)
			sometimes[g] = sometimes[g] || b.yes.from < b.yes.to
			otherwise[g] = otherwise[g] || b.no.from < b.no.to
		}
		for q := range p.questions {
			b := m.relevance[q]
			asked[q] = asked[q] || p.questions[q].when == nil || b.yes.from < b.yes.to
		}
	}
	for i, g := range grounds {
		if g.def.When.Absent() {
			continue
		}
		if !sometimes[i] {
			c.advise(g.def.When.At, "never-true", "is one of its conditions the opposite of another?", "this condition never holds, whatever is answered")
		} else if !otherwise[i] {
			c.advise(g.def.When.At, "always-true", "leave `when` out if that is meant", "this condition always holds, whatever is answered")
		}
	}
	for i, q := range p.questions {
		if !asked[i] {
			c.advise(q.def.When.At, "never-true", "", "question `%s` is never relevant, whatever is answered", q.def.ID)
		}
	}
}

// bitsOfGround returns the bits of a ground or rule by its index.
func (m *model) bitsOfGround(index int) *ruleBits {
	n := len(m.grounds) - len(m.impossible) - len(m.warnings)
	switch {
	case index < n:
		return &m.grounds[index]
	case index < n+len(m.impossible):
		return &m.impossible[index-n]
	}
	return &m.warnings[index-n-len(m.impossible)]
}

// checkScenarios checks that the answers of scenarios are answers.
func (c *compiler) checkScenarios() {
	for _, s := range c.bundle.Scenarios {
		c.program.scenarioAnswers(s, func(at definitions.Position, p AnswerProblem) {
			if p.Code == UnknownQuestion {
				return // the reader has said so, and at the key
			}
			c.problem(at, "scenario-answer", "", "scenario answer `%s`: %s", p.Question, p.Message(definitions.English))
		})
	}
}
