package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"luvat/definitions"
)

// smallShared is a country of four municipalities, enough for routing and local parameters.
var smallShared = map[string]string{
	"shared/municipalities.csv": "code,name_fi,name_sv,region_code,region_name_fi,region_name_sv,language_status,url,population_2025\n" +
		"001,Alku,Alku,01,Maa,Land,fi,,10\n002,Keski,Keski,01,Maa,Land,fi,,10\n003,Loppu,Loppu,02,Muu,Annan,fi,,10\n004,Laita,Laita,02,Muu,Annan,fi,,10\n",
	"shared/authorities.csv": "id,type,name_fi,name_sv,name_en,email,email_source,url,url_status,valid_from,valid_to,successor,names_status,note\n" +
		"kunta-001,municipality,Alku,Alku,Alku,,,,,,,,,\nkunta-002,municipality,Keski,Keski,Keski,,,,,,,,,\nkunta-003,municipality,Loppu,Loppu,Loppu,,,,,,,,,\nkunta-004,municipality,Laita,Laita,Laita,,,,,,,,,\n" +
		"poliisi,police,Poliisi,Polisen,Police,,,,,,,,,\n",
	"shared/areas.csv": "authority_type,municipality_code,authority_id,valid_from,valid_to,status\n" +
		"police,001,poliisi,,,verified\npolice,002,poliisi,,,verified\npolice,003,poliisi,,,verified\npolice,004,poliisi,,,verified\n",
	"shared/roles.csv":    "role,valid_from,valid_to,authority_type,authority_id,status,note,name_fi,name_sv,name_en\nlocal,,,municipality,,verified,,Kunta,Kommun,Municipality\npolice,,,police,,verified,,Poliisi,Polis,Police\n",
	"shared/holidays.csv": "name_fi,name_sv,name_en,type,rule,basis\nUudenvuodenpäivä,Nyårsdagen,New Year's Day,public,fixed 01-01,\n",
}

// compileText compiles one bundle beside the small shared definitions; it fails the test when anything is wrong with it.
func compileText(t testing.TB, bundle string) *Program {
	t.Helper()
	e, found := compileBundle(bundle)
	if found.HasErrors() {
		t.Fatalf("%v\n%s", found, bundle)
	}
	return e.programs[0]
}

func compileBundle(bundle string) (*Engine, definitions.Diagnostics) {
	files := fstest.MapFS{"bundles/small/bundle.yaml": {Data: []byte(bundle)}}
	for name, text := range smallShared {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	lib, found := definitions.Load(definitions.Root{FS: files})
	e, more := Compile(lib)
	return e, append(found, more...)
}

// randomBundle writes bundles at random. Transparent ones use only what the engine decides exactly.
type randomBundle struct {
	r           *rand.Rand
	transparent bool
	b           strings.Builder
	later       string // a condition that only later requirements may use
}

func (g *randomBundle) pick(s ...string) string { return s[g.r.IntN(len(s))] }

var smallQuestions = []struct{ id, kind, extra string }{
	{"b1", "boolean", ""}, {"b2", "boolean", ""}, {"c1", "choice", "    options: {a: A, b: B, c: C}\n"},
	{"s1", "choices", "    options: {x: Ex, y: Why}\n"}, {"n1", "integer", "    min: 0\n    max: 3\n"}, {"n2", "integer", "    min: 0\n    max: 3\n"},
	{"place", "municipality", "    many: true\n"},
}

// condition writes a condition over the questions before number `upto`.
func (g *randomBundle) condition(depth, upto int) string {
	if depth > 0 && g.r.IntN(3) > 0 {
		switch g.r.IntN(3) {
		case 0:
			return "(" + g.condition(depth-1, upto) + " and " + g.condition(depth-1, upto) + ")"
		case 1:
			return "(" + g.condition(depth-1, upto) + " or " + g.condition(depth-1, upto) + ")"
		}
		return "not " + "(" + g.condition(depth-1, upto) + ")"
	}
	full := upto == len(smallQuestions)
	if full && g.r.IntN(6) == 0 {
		return g.pick(`n1 >= parameters.limit`, `n2 < parameters.limit`, `exists(parameters.limit)`, `tables.class.level == "high"`, `tables.class.level != "low"`,
			`tables.prio.level == "low"`, `"high" in tables.list.level`, `small`, `not small`)
	}
	if full && !g.transparent && g.r.IntN(4) == 0 {
		return g.pick(`n1 + n2 >= 4`, `n1 - n2 > 0`, `2 * n1 + n2 / 2 < 3`, `n1 < n2`, `n1 == n2`, `len(s1) + n1 >= 2`, `one(s1, # == "x")`, `abs(n1 - n2) > 1`,
			`tables.sum.points >= 3`, `n1 % 2 == 1`, `(b1 ? n1 : n2) > 1`, `count(s1, # == "x" or b1) > 0`, g.later)
	}
	q := g.r.IntN(upto)
	switch smallQuestions[q].id {
	case "b1", "b2":
		return g.pick(smallQuestions[q].id, "not "+smallQuestions[q].id, smallQuestions[q].id+" == false", smallQuestions[q].id+" != true")
	case "c1":
		return g.pick(`c1 == "a"`, `c1 != "b"`, `c1 in ["a", "c"]`, `c1 not in ["a", "b"]`)
	case "s1":
		return g.pick(`"x" in s1`, `"y" not in s1`, `len(s1) > 0`, `any(s1, # in ["x", "y"])`, `none(s1, # == "y")`, `all(s1, # == "x")`, `s1 == ["x"]`, `s1 != ["x", "y"]`)
	case "place":
		return g.pick(`"001" in place`, `"003" not in place`)
	}
	n := smallQuestions[q].id
	return fmt.Sprintf("%s %s %d", n, g.pick(">=", "<", "==", "!=", "<=", ">"), g.r.IntN(5)-0)
}

func (g *randomBundle) write() string {
	b := &g.b
	g.later = `n1 * n2 > 2`
	b.WriteString("bundle: small\nversion: \"1\"\ntitle: Small\nfrom: 2020-01-01\nlanguages: [en]\nowner: poliisi\nplace: place\ngroups:\n  - {id: g, title: G}\nquestions:\n")
	for i, q := range smallQuestions {
		fmt.Fprintf(b, "  - id: %s\n    ask: %s?\n    group: g\n    type: %s\n%s", q.id, q.id, q.kind, q.extra)
		if i > 0 && q.id != "place" && g.r.IntN(3) == 0 {
			fmt.Fprintf(b, "    when: '%s'\n", g.condition(1, i))
		}
	}
	fmt.Fprintf(b, "facts:\n  small: '%s'\n", g.condition(1, 6))
	b.WriteString("parameters:\n  limit:\n    values:\n      - {value: 1, where: [\"001\"]}\n      - {value: 2, where: [\"02\"]}\n")
	if g.r.IntN(2) == 0 {
		b.WriteString("      - {value: 3}\n")
	}
	row := func() string {
		return "[" + g.pick("'-'", "'true'", "'false'") + ", " + g.pick("'-'", "'> 1'", "'[0..2)'", "'1, 3'", "'not(2)'") + ", " + g.pick("high", "low", "none") + "]"
	}
	for _, hit := range []string{"first", "rule-order"} {
		fmt.Fprintf(b, "%s", map[string]string{"first": "tables:\n  class:\n", "rule-order": "  list:\n"}[hit])
		fmt.Fprintf(b, "    hit: %s\n    given: [b1, n1]\n    gives: [level]\n    rows:\n      - %s\n      - %s\n      - ['-', '-', high]\n      - ['-', '3', low]\n", hit, row(), row())
	}
	fmt.Fprintf(b, "  prio:\n    hit: priority\n    given: [b2, n2]\n    gives: [{id: level, values: [high, low, none]}]\n    rows:\n      - %s\n      - %s\n      - ['true', '-', low]\n      - ['-', '0', high]\n", row(), row())
	b.WriteString("  sum:\n    hit: collect+\n    given: [b1, n2]\n    gives: [points]\n    rows:\n      - ['true', '-', 2]\n      - ['-', '> 1', 1]\n      - ['-', '3', 4]\n")
	b.WriteString("requirements:\n")
	for i := range 4 {
		g.later = `b1 ? n1 > n2 : n2 > 1`
		if i > 0 {
			g.later = `abs(n1 - (needed("r0") ? 1 : n2)) > 0`
		}
		fmt.Fprintf(b, "  - id: r%d\n    kind: permit\n    name: R%d\n    authority: local\n    needed:\n", i, i)
		for range 1 + g.r.IntN(2) {
			c := g.condition(2, len(smallQuestions))
			if i > 0 && g.r.IntN(3) == 0 {
				c = fmt.Sprintf("%s and needed(\"r%d\")", c, g.r.IntN(i))
			}
			fmt.Fprintf(b, "      - when: '%s'\n        because: G\n", c)
		}
		if g.r.IntN(3) == 0 {
			fmt.Fprintf(b, "    unless:\n      - when: '%s'\n        because: U\n", g.condition(1, len(smallQuestions)))
		}
		if g.r.IntN(2) == 0 {
			fmt.Fprintf(b, "    ask:\n      - when: '%s'\n        because: A\n", g.condition(1, len(smallQuestions)))
		}
		if i > 0 && g.r.IntN(5) == 0 {
			fmt.Fprintf(b, "    covered-by: [r%d]\n", g.r.IntN(i))
		}
	}
	return b.String()
}

// completions returns every set of answers to the small questions.
func completions() [][]value {
	bools := []value{boolValue(false), boolValue(true)}
	var numbers []value
	for n := range 4 {
		numbers = append(numbers, numberValue(float64(n)))
	}
	sets := func(ids ...string) []value {
		var out []value
		for mask := range 1 << len(ids) {
			v := value{st: known, set: []string{}}
			for i, id := range ids {
				if mask>>i&1 != 0 {
					v.set = append(v.set, id)
				}
			}
			out = append(out, v)
		}
		return out
	}
	domains := [][]value{bools, bools, {textValue("a"), textValue("b"), textValue("c")}, sets("x", "y"), numbers, numbers, sets("001", "002", "003")[1:]}
	all := [][]value{nil}
	for _, d := range domains {
		var next [][]value
		for _, a := range all {
			for _, v := range d {
				next = append(next, append(slices.Clip(a), v))
			}
		}
		all = next
	}
	return all
}

func sameValue(a, b value) bool {
	return a.st == b.st && a.n == b.n && a.s == b.s && slices.Equal(a.set, b.set)
}

// TestExactOverPartialAnswers checks, for random transparent bundles and random partial answers, what the engine says of every
// requirement against all ways to complete the answers, each decided by the reference: a status is given exactly when all completions
// have it, and a question is named exactly when changing its answer alone changes some completion's status.
func TestExactOverPartialAnswers(t *testing.T) {
	checkRandomBundles(t, true, 12)
}

// TestSoundOverPartialAnswers checks the same for bundles with arithmetic and other computed conditions, where the engine may leave
// open what is decided, but may never decide what is open, nor forget a question that matters.
func TestSoundOverPartialAnswers(t *testing.T) {
	checkRandomBundles(t, false, 12)
}

func checkRandomBundles(t *testing.T, transparent bool, bundles int) {
	all := completions()
	on, _ := definitions.ParseDate("2026-01-01")
	open, decided := 0, 0
	for seed := range bundles {
		g := &randomBundle{r: rand.New(rand.NewPCG(uint64(seed), 7)), transparent: transparent}
		text := g.write()
		p := compileText(t, text)
		m := p.model(on)
		tiers := []*model{m, newModel(p, on, tierFormulas), newModel(p, on, tierClosures)}
		truth := make([][]Status, len(p.requirements))
		for i := range truth {
			truth[i] = make([]Status, len(all))
		}
		for k, answers := range all {
			ref := reference{program: p, answers: answers, on: on}
			for i, r := range p.requirements {
				truth[i][k] = ref.status(r)
			}
			for _, m := range tiers {
				w := m.start(answers)
				for i, r := range p.requirements {
					if got := w.status(&m.requirements[i]); got != truth[i][k] {
						t.Fatalf("seed %d, complete answers %v: %s is %s by tier %d, the reference says %s\n%s", seed, answers, r.def.ID, got, m.fastest, truth[i][k], text)
					}
				}
				w.done()
			}
		}
		for range 25 {
			pattern := slices.Clone(all[g.r.IntN(len(all))])
			share := 1 + g.r.IntN(4)
			for q := range pattern {
				if g.r.IntN(5) < share {
					pattern[q] = value{}
				}
			}
			var fits []int
			for k, answers := range all {
				ok := true
				for q := range answers {
					ok = ok && (pattern[q].st != known || sameValue(pattern[q], answers[q]))
				}
				if ok {
					fits = append(fits, k)
				}
			}
			for _, m := range tiers[1:] {
				w := m.start(pattern)
				for i, r := range p.requirements {
					for _, k := range fits {
						if got := w.status(&m.requirements[i]); got != Open && got != truth[i][k] {
							t.Fatalf("seed %d, %v: %s is %s by tier %d, but may be %s\n%s", seed, pattern, r.def.ID, got, m.fastest, truth[i][k], text)
						}
					}
				}
				w.done()
			}
			w := m.start(pattern)
			ref := reference{program: p, answers: pattern, on: on}
			for i, r := range p.requirements {
				want := truth[i][fits[0]]
				for _, k := range fits {
					if truth[i][k] != want {
						want = Open
					}
				}
				got := w.status(&m.requirements[i])
				if transparent && got != want || got != Open && got != want {
					t.Fatalf("seed %d, %v: %s is %s; over all completions it is %s\n%s", seed, pattern, r.def.ID, got, want, text)
				}
				if kleene := ref.status(r); kleene != Open && kleene != got && (transparent || got != Open) {
					t.Fatalf("seed %d, %v: %s is %s; Kleene's logic says %s\n%s", seed, pattern, r.def.ID, got, kleene, text)
				}
				matters := mattering(all, truth[i], fits, pattern)
				mark := make([]bool, len(pattern))
				w.matter(m.requirements[i].pairs, mark)
				for q := range pattern {
					says := mark[q] && pattern[q].st != known && got == Open
					if matters[q] && !says || transparent && says && !matters[q] {
						t.Fatalf("seed %d, %v: %s depends on %s: %v, the engine says %v\n%s", seed, pattern, r.def.ID, smallQuestions[q].id, matters[q], says, text)
					}
				}
				if got == Open {
					open++
				} else {
					decided++
				}
			}
			w.done()
		}
	}
	if open < 100 || decided < 100 {
		t.Fatalf("the bundles are no test: %d open and %d decided requirements", open, decided)
	}
}

// mattering finds the unanswered questions of which a change alone changes the status in some completion.
func mattering(all [][]value, truth []Status, fits []int, pattern []value) []bool {
	out := make([]bool, len(pattern))
	for q := range pattern {
		if pattern[q].st == known {
			continue
		}
		seen := map[string]Status{}
		for _, k := range fits {
			var key strings.Builder
			for o, v := range all[k] {
				if o != q {
					fmt.Fprint(&key, v.n, v.s, v.set, ";")
				}
			}
			s, ok := seen[key.String()]
			if ok && s != truth[k] {
				out[q] = true
				break
			}
			seen[key.String()] = truth[k]
		}
	}
	return out
}
