// Package permit makes a large set of permits, all invented by a fixed sequence of random numbers: as a bundle (Set.YAML), and as
// the Go that a generator makes of the same rules (Set.Go). One permit has one to three grounds of one to three tests, and every
// fifth has an exception; tests are of the kinds that real bundles have, and neighbouring permits read the same questions.
package permit

import (
	"bytes"
	"fmt"
	"go/format"
	"math/rand/v2"
	"slices"
	"strings"
)

// The size of the set.
const (
	Count   = 500 // permits
	Options = 5   // of each choice
	yesNo   = 100 // questions, by type
	numbers = 50
	choices = 50
	seed    = 20261124
)

// Set is the generated set.
type Set struct {
	Questions []Question
	rules     []rule
}

// Question is a question of the set.
type Question struct {
	ID         string
	Kind       byte  // 'b' yes or no, 'n' number, 'c' choice of the options o0, o1, …
	thresholds []int // number
}

type rule struct {
	needed, unless [][]test // any of these, all of whose tests hold
}

type test struct {
	question int
	operator string // "" and "not" of yes or no; >= < of a number; == != in of a choice
	number   int    // the threshold, or the option
	more     int    // in: a second option
}

// New makes the set; it is the same each time.
func New() *Set {
	random := rand.New(rand.NewPCG(seed, seed))
	p := &Set{}
	for i := range yesNo + numbers + choices {
		q := Question{ID: fmt.Sprintf("q%03d", i), Kind: 'b'}
		p.Questions = append(p.Questions, q)
	}
	// Types in a mixed order, so that neighbours differ.
	order := random.Perm(len(p.Questions))
	for n, i := range order {
		switch {
		case n < numbers:
			p.Questions[i].Kind = 'n'
			for range 3 {
				p.Questions[i].thresholds = append(p.Questions[i].thresholds, 10*(1+random.IntN(50)))
			}
		case n < numbers+choices:
			p.Questions[i].Kind = 'c'
		}
	}
	for i := range Count {
		var r rule
		for range 1 + random.IntN(3) {
			ground := p.conjunction(random, i, 1+random.IntN(3))
			if !slices.ContainsFunc(r.needed, func(other []test) bool { return slices.Equal(other, ground) }) {
				r.needed = append(r.needed, ground)
			}
		}
		if random.IntN(5) == 0 {
			r.unless = append(r.unless, p.conjunction(random, i, 1+random.IntN(2)))
		}
		p.rules = append(p.rules, r)
	}
	return p
}

func (p *Set) conjunction(random *rand.Rand, rule, tests int) []test {
	var all []test
	seen := map[int]bool{}
	for len(all) < tests {
		// Mostly questions of the permit's own topic, now and then one from anywhere.
		q := (rule*len(p.Questions)/Count + random.IntN(12)) % len(p.Questions)
		if random.IntN(4) == 0 {
			q = random.IntN(len(p.Questions))
		}
		if seen[q] {
			continue
		}
		seen[q] = true
		t := test{question: q}
		switch question := p.Questions[q]; question.Kind {
		case 'b':
			t.operator = []string{"", "", "", "not"}[random.IntN(4)]
		case 'n':
			t.operator = []string{">=", ">=", "<"}[random.IntN(3)]
			t.number = question.thresholds[random.IntN(len(question.thresholds))]
		case 'c':
			t.operator = []string{"==", "==", "!=", "in"}[random.IntN(4)]
			t.number = random.IntN(Options)
			t.more = (t.number + 1 + random.IntN(Options-1)) % Options
		}
		all = append(all, t)
	}
	return all
}

// YAML returns the set as a bundle.
func (p *Set) YAML() []byte {
	var b bytes.Buffer
	text := func(s string) string { return fmt.Sprintf("{fi: %[1]s, sv: %[1]s, en: %[1]s}", s) }
	fmt.Fprintf(&b, "bundle: permits\nversion: \"1\"\ntitle: %s\nowner: owner\nfrom: 2020-01-01\nlanguages: [fi, sv, en]\ngroups:\n  - {id: all, title: %s}\nquestions:\n", text("Permits"), text("All"))
	for _, q := range p.Questions {
		fmt.Fprintf(&b, "  - id: %s\n    group: all\n    ask: %s\n", q.ID, text(q.ID))
		switch q.Kind {
		case 'b':
			b.WriteString("    type: boolean\n")
		case 'n':
			b.WriteString("    type: integer\n    min: 0\n")
		case 'c':
			b.WriteString("    type: choice\n    options: {")
			for o := range Options {
				if o > 0 {
					b.WriteString(", ")
				}
				fmt.Fprintf(&b, "o%d: %s", o, text(fmt.Sprintf("o%d", o)))
			}
			b.WriteString("}\n")
		}
	}
	b.WriteString("requirements:\n")
	for i, r := range p.rules {
		fmt.Fprintf(&b, "  - id: p%03d\n    kind: permit\n    name: %s\n", i, text(fmt.Sprintf("p%03d", i)))
		p.yamlGrounds(&b, "needed", r.needed)
		p.yamlGrounds(&b, "unless", r.unless)
	}
	return b.Bytes()
}

func (p *Set) yamlGrounds(b *bytes.Buffer, key string, grounds [][]test) {
	if len(grounds) == 0 {
		return
	}
	fmt.Fprintf(b, "    %s:\n", key)
	for _, ground := range grounds {
		tests := make([]string, len(ground))
		for i, t := range ground {
			id := p.Questions[t.question].ID
			switch {
			case t.operator == "":
				tests[i] = id
			case t.operator == "not":
				tests[i] = "not " + id
			case t.operator == "in":
				tests[i] = fmt.Sprintf(`%s in ["o%d", "o%d"]`, id, t.number, t.more)
			case p.Questions[t.question].Kind == 'c':
				tests[i] = fmt.Sprintf(`%s %s "o%d"`, id, t.operator, t.number)
			default:
				tests[i] = fmt.Sprintf("%s %s %d", id, t.operator, t.number)
			}
		}
		fmt.Fprintf(b, "      - when: '%s'\n        because: {fi: b, sv: b, en: b}\n", strings.Join(tests, " and "))
	}
}

// Go returns the source of a Go file that decides the set over a struct of answers.
func (p *Set) Go() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("// Code generated by luvat/engine/bench/permit/generate; DO NOT EDIT.\n\npackage bench\n\n")
	b.WriteString("// PermitAnswers are the answers to the questions of the generated permits; a choice is the number of its option.\ntype PermitAnswers struct {\n")
	for _, q := range p.Questions {
		fmt.Fprintf(&b, "\t%s %s `json:\"%s\"`\n", strings.ToUpper(q.ID), map[byte]string{'b': "bool", 'n': "int32", 'c': "PermitOption"}[q.Kind], q.ID)
	}
	fmt.Fprintf(&b, "}\n\n// DecidePermits sets the bits of the permits that are needed.\nfunc DecidePermits(a *PermitAnswers, needed *[%d]uint64) {\n", (Count+63)/64)
	fmt.Fprintf(&b, "\t*needed = [%d]uint64{}\n", (Count+63)/64)
	for i, r := range p.rules {
		condition := p.goGrounds(r.needed)
		if len(r.unless) > 0 {
			condition = "(" + condition + ") && !(" + p.goGrounds(r.unless) + ")"
		}
		fmt.Fprintf(&b, "\tif %s {\n\t\tneeded[%d] |= 1 << %d\n\t}\n", condition, i/64, i%64)
	}
	b.WriteString("}\n")
	return format.Source(b.Bytes())
}

func (p *Set) goGrounds(grounds [][]test) string {
	all := make([]string, len(grounds))
	for g, ground := range grounds {
		tests := make([]string, len(ground))
		for i, t := range ground {
			field := "a." + strings.ToUpper(p.Questions[t.question].ID)
			switch t.operator {
			case "":
				tests[i] = field
			case "not":
				tests[i] = "!" + field
			case "in":
				tests[i] = fmt.Sprintf("(%[1]s == %[2]d || %[1]s == %[3]d)", field, t.number, t.more)
			default:
				tests[i] = fmt.Sprintf("%s %s %d", field, t.operator, t.number)
			}
		}
		all[g] = strings.Join(tests, " && ")
	}
	return strings.Join(all, " || ")
}
