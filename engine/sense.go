package engine

import (
	"fmt"
	"strings"

	"luvat/definitions"
)

// checkTexts checks the {{…}} of texts.
func (c *compiler) checkTexts() {
	for _, q := range c.program.questions {
		c.checkText(q.def.Ask)
		c.checkText(q.def.Help)
	}
	for _, r := range c.program.requirements {
		for _, t := range []definitions.Text{r.def.Why, r.def.Late, r.def.Appeal, r.def.Instructions} {
			c.checkText(t)
		}
		for _, l := range append(append([]definitions.Lead(nil), r.def.Send...), r.def.Recommended...) {
			c.checkText(l.Because)
		}
		if r.def.Fee != nil {
			c.checkText(r.def.Fee.Text)
		}
	}
	for _, g := range c.program.all() {
		c.checkText(g.def.Because)
	}
}

func (c *compiler) checkText(t definitions.Text) {
	for _, lang := range definitions.Languages {
		text := t.By[lang]
		for {
			_, rest, ok := strings.Cut(text, "{{")
			if !ok {
				break
			}
			name, after, ok := strings.Cut(rest, "}}")
			if !ok {
				c.problem(t.At, "unknown-placeholder", "close it with `}}`", "a `{{` is not closed in the %s text", lang)
				break
			}
			c.checkPlaceholder(t.At, strings.TrimSpace(name))
			text = after
		}
	}
}

func (c *compiler) checkPlaceholder(at definitions.Position, name string) {
	s := c.scope
	if id, ok := strings.CutPrefix(name, "parameters."); ok {
		if s.params[id] == nil {
			c.problem(at, "unknown-placeholder", didYouMean(id, sortedKeys(s.params)), "`{{%s}}` shows a parameter that does not exist", name)
		}
		return
	}
	if s.questions[name] != nil || s.facts[name] != nil {
		return
	}
	hint := didYouMean(name, s.names)
	if s.params[name] != nil {
		hint = fmt.Sprintf("did you mean `{{parameters.%s}}`?", name)
	}
	c.problem(at, "unknown-placeholder", hint, "`{{%s}}` shows a question or fact that does not exist", name)
}

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
			hint := ""
			if p.Code == UnknownQuestion && len(p.Allowed) > 0 {
				hint = fmt.Sprintf("did you mean `%s`?", p.Allowed[0])
				p.Allowed = nil
			}
			c.problem(at, "scenario-answer", hint, "scenario answer `%s`: %s", p.Question, p.Message(definitions.English))
		})
	}
}
