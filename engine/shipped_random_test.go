package engine

import (
	"math/rand/v2"
	"testing"

	"luvat/definitions"
)

// randomAnswer answers a question with a value on one of the sides of the bounds that the model cuts, or at random.
func randomAnswer(r *rand.Rand, m *model, q *question) value {
	pick := func(n int) int { return r.IntN(n) }
	number := func() float64 {
		for _, s := range m.ofQuestion[q.index] {
			if s.kind == slotNumber && s.part == opQuestion && len(s.bounds) > 0 && pick(4) > 0 {
				return max(q.lo, s.bounds[pick(len(s.bounds))].c+float64(pick(3)-1))
			}
		}
		return max(q.lo, float64(pick(2000)))
	}
	switch q.def.Type {
	case definitions.Boolean:
		return boolValue(pick(2) == 0)
	case definitions.Choice:
		return textValue(q.def.Options[pick(len(q.def.Options))].ID)
	case definitions.Choices:
		v := value{st: known, set: []string{}}
		for _, o := range q.def.Options {
			if pick(4) == 0 {
				v.set = append(v.set, o.ID)
			}
		}
		return v
	case definitions.Municipality:
		all := m.program.engine.Library.Shared.Municipalities
		code := all[pick(len(all))].Code
		if kinds := m.kinds[q]; len(kinds) > 0 && pick(3) > 0 { // the places with rules of their own are few
			code = kinds[pick(len(kinds))].any()
		}
		if !q.def.Many {
			return textValue(code)
		}
		v := value{st: known, set: []string{code}}
		if pick(4) == 0 {
			if second := all[pick(len(all))].Code; second != code {
				v.set = append(v.set, second)
			}
		}
		return v
	case definitions.DateTime:
		return numberValue(float64(20600*minutesPerDay + pick(30)*minutesPerDay + pick(48)*30))
	}
	return numberValue(number())
}

// TestShippedBundlesDecideAsTheReference decides random answers, complete and partial, to every shipped bundle on days before and after
// the reform of 2026, by the engine and by the reference.
func TestShippedBundlesDecideAsTheReference(t *testing.T) {
	lib, found := definitions.Load(definitions.Embedded())
	e, more := Compile(lib)
	if found.HasErrors() || more.HasErrors() {
		t.Fatal(found, more)
	}
	for _, p := range e.Programs() {
		r := rand.New(rand.NewPCG(1, 2))
		for _, day := range []string{"2019-07-31", "2025-12-31", "2026-01-01", "2026-11-24"} {
			on, _ := definitions.ParseDate(day)
			m := p.model(on)
			closures := newModel(p, on, tierClosures)
			open, needed := 0, 0
			for n := range 1500 {
				answers := make([]value, len(p.questions))
				for i, q := range p.questions {
					if n%2 == 0 || r.IntN(3) > 0 {
						answers[i] = randomAnswer(r, m, q)
					}
				}
				ref := reference{program: p, answers: answers, on: on}
				w, c := m.start(answers), closures.start(answers)
				for i, q := range p.requirements {
					got, slow, want := w.status(&m.requirements[i]), c.status(&closures.requirements[i]), ref.status(q)
					if want != got && (want != Open || n%2 == 0) || slow != Open && slow != got {
						t.Fatalf("%s on %s: %s is %s by cells, %s by closures and %s by the reference for %s", p.Bundle.ID, day, q.def.ID, got, slow, want,
							(&Answers{program: p, values: answers, passed: make([]bool, len(answers))}).JSON())
					}
					switch got {
					case Open:
						open++
					case Needed:
						needed++
					}
				}
				for i, rule := range p.impossible {
					if got, want := w.truthOf(&m.impossible[i]), ref.holds(rule.ground); want != maybe && got != want {
						t.Fatalf("%s on %s: rule %s is %d, the reference says %d", p.Bundle.ID, day, rule.ground.def.ID, got, want)
					}
				}
				w.done()
				c.done()
			}
			if open < 1000 || needed < 1000 {
				t.Errorf("%s on %s is hardly tested: %d open, %d needed", p.Bundle.ID, day, open, needed)
			}
		}
	}
}
