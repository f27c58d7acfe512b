package forms

import (
	"regexp"
	"regexp/syntax"
	"unicode/utf8"
)

// Most patterns of forms are a few character classes with counts between ^ and $: `^[0-9]{5}$`, `^([01][0-9]|2[0-3]):[0-5][0-9]$`.
// Those are matched by a walk over the text, which takes a quarter to an eighth of the time of
// package regexp (BenchmarkPattern).

// matcher returns a test that matches exactly what the expression matches.
func matcher(r *regexp.Regexp) func(string) bool {
	if ways, ok := simple(r.String()); ok {
		if len(ways) == 1 {
			return ways[0].match
		}
		return func(s string) bool {
			for _, w := range ways {
				if w.match(s) {
					return true
				}
			}
			return false
		}
	}
	return r.MatchString
}

// sequence is character classes with counts, one after another, that make up a whole text.
type sequence []span

// span is a run of characters of one class.
type span struct {
	ascii    [2]uint64 // the class's ASCII characters as bits
	beyond   []rune    // the others, as pairs of first and last
	min, max int       // how many; max -1 is any number
}

// mostWays bounds the sequences that alternatives are multiplied out to; beyond it package regexp is quicker.
const mostWays = 8

// simple takes an expression apart. It refuses every one for which taking as many characters as possible could be wrong.
func simple(expression string) ([]sequence, bool) {
	tree, err := syntax.Parse(expression, syntax.Perl)
	if err != nil || tree.Op != syntax.OpConcat || len(tree.Sub) < 2 {
		return nil, false
	}
	last := len(tree.Sub) - 1
	if tree.Sub[0].Op != syntax.OpBeginText || tree.Sub[last].Op != syntax.OpEndText {
		return nil, false
	}
	ways, ok := sequences(&syntax.Regexp{Op: syntax.OpConcat, Sub: tree.Sub[1:last]})
	if !ok {
		return nil, false
	}
	for _, w := range ways {
		if !w.clear() {
			return nil, false
		}
	}
	return ways, true
}

// sequences returns the sequences that an expression stands for, one for each combination of its alternatives.
func sequences(r *syntax.Regexp) ([]sequence, bool) {
	one := func(s span) ([]sequence, bool) { return []sequence{{s}}, true }
	switch r.Op {
	case syntax.OpEmptyMatch:
		return []sequence{{}}, true
	case syntax.OpCapture:
		return sequences(r.Sub[0])
	case syntax.OpLiteral:
		if r.Flags&syntax.FoldCase != 0 {
			return nil, false
		}
		var s sequence
		for _, c := range r.Rune {
			s = append(s, class([]rune{c, c}))
		}
		return []sequence{s}, true
	case syntax.OpCharClass:
		return one(class(r.Rune))
	case syntax.OpAnyChar:
		return one(class([]rune{0, utf8.MaxRune}))
	case syntax.OpAnyCharNotNL:
		return one(class([]rune{0, '\n' - 1, '\n' + 1, utf8.MaxRune}))
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		return repeated(r)
	case syntax.OpAlternate:
		var all []sequence
		for _, sub := range r.Sub {
			ways, ok := sequences(sub)
			if !ok || len(all)+len(ways) > mostWays {
				return nil, false
			}
			all = append(all, ways...)
		}
		return all, true
	case syntax.OpConcat:
		all := []sequence{{}}
		for _, sub := range r.Sub {
			ways, ok := sequences(sub)
			if !ok || len(all)*len(ways) > mostWays {
				return nil, false
			}
			var longer []sequence
			for _, head := range all {
				for _, tail := range ways {
					longer = append(longer, append(head[:len(head):len(head)], tail...))
				}
			}
			all = longer
		}
		return all, true
	}
	return nil, false
}

// repeated is one character class with a count.
func repeated(r *syntax.Regexp) ([]sequence, bool) {
	ways, ok := sequences(r.Sub[0])
	if !ok || len(ways) != 1 || len(ways[0]) != 1 || ways[0][0].min != 1 || ways[0][0].max != 1 {
		return nil, false
	}
	s := ways[0][0]
	switch r.Op {
	case syntax.OpStar:
		s.min, s.max = 0, -1
	case syntax.OpPlus:
		s.min, s.max = 1, -1
	case syntax.OpQuest:
		s.min, s.max = 0, 1
	default:
		s.min, s.max = r.Min, r.Max
	}
	return []sequence{{s}}, true
}

func class(pairs []rune) span {
	s := span{min: 1, max: 1}
	for i := 0; i < len(pairs); i += 2 {
		for c := pairs[i]; c <= pairs[i+1] && c < utf8.RuneSelf; c++ {
			s.ascii[c>>6] |= 1 << (c & 63)
		}
		if first := max(pairs[i], utf8.RuneSelf); first <= pairs[i+1] {
			s.beyond = append(s.beyond, first, pairs[i+1])
		}
	}
	return s
}

// clear tells whether every span may take all the characters it can: none of them could be one that a later span needs.
func (q sequence) clear() bool {
	for i, s := range q {
		if s.min == s.max {
			continue
		}
		for _, next := range q[i+1:] {
			if s.meets(next) {
				return false
			}
			if next.min > 0 {
				break
			}
		}
	}
	return true
}

func (s span) meets(t span) bool {
	if s.ascii[0]&t.ascii[0]|s.ascii[1]&t.ascii[1] != 0 {
		return true
	}
	for i := 0; i < len(s.beyond); i += 2 {
		for j := 0; j < len(t.beyond); j += 2 {
			if s.beyond[i] <= t.beyond[j+1] && t.beyond[j] <= s.beyond[i+1] {
				return true
			}
		}
	}
	return false
}

func (q sequence) match(text string) bool {
	at := 0
	for i := range q {
		s := &q[i]
		n := 0
		for n != s.max && at < len(text) {
			width := 1
			if c := text[at]; c < utf8.RuneSelf {
				if s.ascii[c>>6&1]>>(c&63)&1 == 0 {
					break
				}
			} else {
				var r rune
				if r, width = utf8.DecodeRuneInString(text[at:]); !s.far(r) {
					break
				}
			}
			at += width
			n++
		}
		if n < s.min {
			return false
		}
	}
	return at == len(text)
}

func (s *span) far(r rune) bool {
	for i := 0; i < len(s.beyond); i += 2 {
		if r >= s.beyond[i] && r <= s.beyond[i+1] {
			return true
		}
	}
	return false
}
