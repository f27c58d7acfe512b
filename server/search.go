package server

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"luvat/definitions"
	"luvat/engine"
)

// index is the words of the bundles of a day in all languages. A catalogue is tens of bundles: nothing cleverer is needed.
type index struct {
	entries []entry
}

// entry is what can be found: a bundle, or a requirement of one.
type entry struct {
	program     *engine.Program
	requirement *definitions.Requirement // nil for the bundle itself
	words       []weighted
}

type weighted struct {
	word   string
	weight int
}

// indexes keeps the index of each set of programs that was in force on some day.
type indexes struct {
	mu  sync.Mutex
	all map[string]*index
}

func (x *indexes) of(programs []*engine.Program) *index {
	key := ""
	for _, p := range programs {
		key += p.Bundle.ID + " " + p.Bundle.Version + "\n"
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.all == nil {
		x.all = map[string]*index{}
	}
	if x.all[key] == nil {
		x.all[key] = newIndex(programs)
	}
	return x.all[key]
}

func newIndex(programs []*engine.Program) *index {
	x := &index{}
	for _, p := range programs {
		b := p.Bundle
		e := entry{program: p}
		e.add(b.Title, 8)
		e.add(b.Summary, 2)
		for _, words := range b.Keywords {
			for _, w := range words {
				e.addWords(w, 6)
			}
		}
		x.entries = append(x.entries, e)
		for _, r := range b.Requirements {
			e := entry{program: p, requirement: r}
			e.add(r.Name, 5)
			e.add(r.Why, 1)
			for _, l := range r.Law {
				e.addWords(l.Act, 3)
			}
			x.entries = append(x.entries, e)
		}
	}
	return x
}

func (e *entry) add(t definitions.Text, weight int) {
	for _, s := range t.By {
		e.addWords(s, weight)
	}
}

func (e *entry) addWords(s string, weight int) {
	for _, w := range searchWords(s) {
		e.words = append(e.words, weighted{w, weight})
	}
}

func searchWords(s string) []string {
	return strings.FieldsFunc(fold(s), func(r rune) bool { return strings.ContainsRune(" ,.;:()!?\"'/\n\t–-", r) })
}

type hit struct {
	program      *engine.Program
	requirements []*definitions.Requirement
	score        int
}

// find returns the bundles that match every word of a query, best first, each with its requirements that match.
func (x *index) find(query string) []hit {
	words := searchWords(query)
	if len(words) == 0 {
		return nil
	}
	byProgram := map[*engine.Program]*hit{}
	var hits []*hit
	for _, e := range x.entries {
		score := e.score(words)
		if score == 0 {
			continue
		}
		h := byProgram[e.program]
		if h == nil {
			h = &hit{program: e.program}
			byProgram[e.program] = h
			hits = append(hits, h)
		}
		h.score = max(h.score, score)
		if e.requirement != nil {
			h.requirements = append(h.requirements, e.requirement)
		}
	}
	slices.SortStableFunc(hits, func(a, b *hit) int { return cmp.Compare(b.score, a.score) })
	out := make([]hit, len(hits))
	for i, h := range hits {
		out[i] = *h
	}
	return out
}

// score is 0 unless every word of the query is found.
func (e entry) score(words []string) int {
	total := 0
	for _, w := range words {
		best := 0
		for _, have := range e.words {
			best = max(best, match(w, have.word)*have.weight)
		}
		if best == 0 {
			return 0
		}
		total += best
	}
	return total
}

// match says how well a typed word fits a word: 4 the same, 3 its beginning, 2 the end of a compound or an inflected form, 1 a slip of the finger.
func match(typed, word string) int {
	switch n := len(typed); {
	case typed == word:
		return 4
	case n >= 2 && strings.HasPrefix(word, typed):
		return 3
	case n >= 4 && strings.Contains(word, typed), n >= 6 && sameStem(typed, word):
		return 2
	case n >= 4 && definitions.Nearest(typed, []string{word}) == word:
		return 1
	}
	return 0
}

// sameStem forgives Finnish and Swedish endings: the words begin alike but for the last three letters.
func sameStem(a, b string) bool {
	n := min(len(a), len(b))
	stem := max(5, n-3)
	return n >= stem && len(a)-stem <= 4 && len(b)-stem <= 4 && a[:stem] == b[:stem]
}
