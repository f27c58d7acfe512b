package definitions

import "strings"

// Nearest returns the known word that is most likely meant by a misspelt one, "" when none is near.
// The distance counts insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
func Nearest(word string, known []string) string {
	var longer []string
	for _, k := range known {
		if k == word {
			return k
		}
		if len(word) >= 3 && strings.HasPrefix(k, word) {
			longer = append(longer, k)
		}
	}
	if len(longer) == 1 {
		return longer[0] // an abbreviation
	}
	best, bestDistance := "", len([]rune(word))/3+1
	if bestDistance > 3 {
		bestDistance = 3
	}
	for _, k := range known {
		if d := distance(word, k, bestDistance); d < bestDistance || d == bestDistance && best == "" {
			best, bestDistance = k, d
		}
	}
	return best
}

// distance returns the optimal string alignment distance of a and b, or limit+1 when it is larger than limit.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > limit || len(y)-len(x) > limit || len(x) > 200 || len(y) > 200 {
		return limit + 1
	}
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
