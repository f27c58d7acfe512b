package engine

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"luvat/definitions"
)

// ScenarioResult is how an author's scenario went.
type ScenarioResult struct {
	Scenario *definitions.Scenario
	Program  *Program
	Failures []ScenarioFailure // none: it passed
	Analysis *Analysis         // nil when the answers could not be read
}

// ScenarioFailure is one expectation that was not met.
type ScenarioFailure struct {
	At       definitions.Position
	What     string // "needs", "routes.rescue-plan", …
	Expected string
	Got      string
	Because  string // why it came so
}

// RunScenario runs one scenario in English.
func (p *Program) RunScenario(s *definitions.Scenario) ScenarioResult {
	out := ScenarioResult{Scenario: s, Program: p}
	fail := func(at definitions.Position, what, expected, got, because string) {
		out.Failures = append(out.Failures, ScenarioFailure{at, what, expected, got, because})
	}
	a := p.scenarioAnswers(s, func(at definitions.Position, problem AnswerProblem) {
		fail(at, "answers", "an answer to `"+problem.Question+"`", problem.Message(definitions.English), "")
	})
	if len(out.Failures) > 0 {
		return out
	}
	on := s.On
	r := p.Analyse(a, on, definitions.English)
	out.Analysis = r
	byID := map[string]*Requirement{}
	for i := range r.Requirements {
		byID[r.Requirements[i].ID] = &r.Requirements[i]
	}
	withStatus := func(st Status) []string {
		var ids []string
		for _, q := range r.Requirements {
			if q.Status == st {
				ids = append(ids, q.ID)
			}
		}
		return ids
	}
	found := func(fs []Finding) []string {
		var ids []string
		for _, f := range fs {
			ids = append(ids, f.ID)
		}
		return ids
	}
	exactly := func(key string, want []definitions.Ref, got []string) {
		if !s.Has[key] && key != "needs" {
			return
		}
		wanted := refIDs(want)
		for _, w := range want {
			if !slices.Contains(got, w.ID()) {
				fail(w.At, key, w.ID(), p.stateText(byID[w.ID()]), whyText(byID[w.ID()]))
			}
		}
		for _, g := range got {
			if !slices.Contains(wanted, g) {
				state := "it fires"
				if byID[g] != nil {
					state = p.stateText(byID[g])
				}
				fail(s.At, key, "not "+g, state, whyText(byID[g]))
			}
		}
	}
	exactly("needs", s.Needs, withStatus(Needed))
	exactly("ask", s.Ask, withStatus(Ask))
	exactly("open", s.Open, withStatus(Open))
	exactly("impossible", s.Impossible, found(r.Impossible))
	exactly("warnings", s.Warnings, found(r.Warnings))
	if s.Has["next"] && !slices.Equal(refIDs(s.Next), r.Next) {
		fail(s.At, "next", strings.Join(refIDs(s.Next), ", "), strings.Join(r.Next, ", "), "")
	}
	if s.Has["late"] {
		var late []string
		for _, q := range r.Requirements {
			if q.Late {
				late = append(late, q.ID)
			}
		}
		exactly("late", s.Late, late)
	}
	for _, id := range sortedKeys(s.Routes) {
		want := refIDs(s.Routes[id])
		slices.Sort(want)
		var got []string
		if q := byID[id]; q != nil {
			for _, au := range q.Authorities {
				got = append(got, au.ID)
			}
		}
		slices.Sort(got)
		if !slices.Equal(want, got) {
			because := ""
			if q := byID[id]; q != nil {
				because = q.Unrouted
			}
			fail(at(s.Routes[id], s), "routes."+id, strings.Join(want, ", "), orNothing(strings.Join(got, ", ")), because)
		}
	}
	for _, id := range sortedKeys(s.Why) {
		var got []string
		if q := byID[id]; q != nil {
			for _, g := range q.Grounds {
				got = append(got, g.ID)
			}
		}
		for _, w := range s.Why[id] {
			if !slices.Contains(got, w.ID()) {
				fail(w.At, "why."+id, "ground "+w.ID(), orNothing(strings.Join(got, ", ")), "")
			}
		}
	}
	for _, id := range sortedKeys(s.Due) {
		got := "no day"
		if q := byID[id]; q != nil && q.Due != nil {
			got = *q.Due
		}
		if got != s.Due[id].String() {
			fail(s.At, "due."+id, s.Due[id].String(), got, "")
		}
	}
	return out
}

func at(refs []definitions.Ref, s *definitions.Scenario) definitions.Position {
	if len(refs) > 0 {
		return refs[0].At
	}
	return s.At
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

func refIDs(refs []definitions.Ref) []string {
	ids := make([]string, len(refs))
	for i, r := range refs {
		ids[i] = r.ID()
	}
	return ids
}

func (p *Program) stateText(r *Requirement) string {
	if r == nil {
		return "it does not fire"
	}
	text := string(r.Status)
	if r.Due != nil && r.Late {
		text += ", late since " + *r.Due
	}
	return text
}

// whyText says in a line why a requirement has its status.
func whyText(r *Requirement) string {
	if r == nil {
		return ""
	}
	switch {
	case r.WhyNot != nil:
		return r.WhyNot.Because
	case r.Status == Open:
		return "it depends on " + strings.Join(r.DependsOn, ", ")
	}
	var parts []string
	for _, g := range r.Grounds {
		parts = append(parts, fmt.Sprintf("%s (%s)", g.ID, g.Because))
	}
	return strings.Join(parts, "; ")
}

// scenarioAnswers reads the answers of a scenario, reporting what is no answer with its place.
func (p *Program) scenarioAnswers(s *definitions.Scenario, report func(definitions.Position, AnswerProblem)) *Answers {
	a := p.NewAnswers()
	if s.Answers == nil {
		return a
	}
	for i, key := range s.Answers.Keys {
		q := p.byID[key.Value]
		if q == nil {
			if problem := a.set(key.Value, nil); problem != nil {
				report(key.At, *problem)
			}
			continue
		}
		if problem := a.set(key.Value, plain(s.Answers.Items[i], q)); problem != nil {
			report(s.Answers.Items[i].At, *problem)
		}
	}
	return a
}

// plain turns YAML data into the values of JSON. A scalar is what the question's type makes of it, so that an unquoted date or code is
// the text it looks like.
func plain(v *definitions.Value, q *question) any {
	switch v.Kind {
	case definitions.ListValue:
		out := make([]any, len(v.Items))
		for i, it := range v.Items {
			out[i] = plain(it, q)
		}
		return out
	case definitions.MapValue:
		out := map[string]any{}
		for i, k := range v.Keys {
			field := q
			if q != nil && q.def.Type == definitions.List {
				field = q.field[k.Value]
			} else if q != nil {
				field = nil
			}
			out[k.Value] = plain(v.Items[i], field)
		}
		return out
	}
	text := v.Scalar.Value
	if v.Scalar.Quoted {
		return text
	}
	if text == "" || text == "null" || text == "~" {
		return nil
	}
	if q != nil {
		switch q.def.Type {
		case definitions.Boolean, definitions.Integer, definitions.Number, definitions.Money:
		default:
			return text
		}
	}
	switch text {
	case "true":
		return true
	case "false":
		return false
	}
	if x, err := strconv.ParseFloat(text, 64); err == nil {
		return x
	}
	return text
}

// Covered is a condition of a ground or rule and whether scenarios show it both ways.
type Covered struct {
	At          definitions.Position
	Requirement string // "" for a rule
	Section     string // needed unless ask impossible warnings
	Ground      string
	True, False bool
}

// Coverage says for every condition of the program's grounds and rules whether scenarios that ran show it true and false. Grounds
// that always hold have no condition and are left out.
func (p *Program) Coverage(results []ScenarioResult) []Covered {
	grounds := p.all()
	t, f := make([]bool, len(grounds)), make([]bool, len(grounds))
	for _, r := range results {
		if r.Program != p || r.Analysis == nil {
			continue
		}
		a := p.scenarioAnswers(r.Scenario, func(definitions.Position, AnswerProblem) {})
		m := p.model(r.Scenario.On)
		w := m.start(a.values)
		for i := range grounds {
			switch w.truthOf(m.bitsOfGround(i)) {
			case yes:
				t[i] = true
			case no:
				f[i] = true
			}
		}
		w.done()
	}
	var out []Covered
	add := func(requirement string, g *ground) {
		if g.when == nil && g.where == nil {
			return
		}
		out = append(out, Covered{At: g.def.At, Requirement: requirement, Section: g.section, Ground: g.def.ID, True: t[g.index], False: f[g.index]})
	}
	for _, r := range p.requirements {
		for _, g := range slices.Concat(r.needed, r.unless, r.ask) {
			add(r.def.ID, g)
		}
	}
	for _, r := range slices.Concat(p.impossible, p.warnings) {
		add("", r.ground)
	}
	return out
}
