package forms

import (
	"math"
	"strconv"
	"strings"
	"unicode"
)

// maxFigures is the most characters of a number that is read.
const maxFigures = 40

// readNumber reads a number as people in Finland and elsewhere write it: "1 200,50", "1200.5", "1.200,50", "1,200.50", "−3", "5 m²".
// units are the words that may follow. Of money three digits after a single sign are refused: "1.200" may mean either.
func readNumber(text string, units []string, money bool) (float64, bool) {
	text = strings.TrimSpace(text)
	lower := strings.ToLower(text)
	for _, u := range units {
		if u = strings.ToLower(u); u != "" && strings.HasSuffix(lower, u) && len(lower) == len(text) {
			text = text[:len(text)-len(u)]
			break
		}
	}
	var figures strings.Builder
	negative := false
	last, signs, kinds := -1, 0, map[rune]int{}
	groups := []int{0} // digits between the signs
	for i, c := range strings.TrimSpace(text) {
		switch {
		case c >= '0' && c <= '9':
			figures.WriteRune(c)
			groups[len(groups)-1]++
		case c == ',' || c == '.':
			kinds[c]++
			last, signs = figures.Len(), signs+1
			groups = append(groups, 0)
		case unicode.IsSpace(c) || c == '\u202f' || c == '\'' || c == '’':
		case (c == '-' || c == '−' || c == '–') && i == 0:
			negative = true
		case c == '+' && i == 0:
		default:
			return 0, false
		}
	}
	all := figures.String()
	if all == "" || len(all) > maxFigures {
		return 0, false
	}
	whole, fraction := all, ""
	switch {
	case signs == 0:
	case len(kinds) == 1 && signs > 1: // 1.200.000: thousands only
		if !thousands(groups) {
			return 0, false
		}
	case len(kinds) == 2 && !oneLast(text, kinds): // the sign of decimals stands once, after those of thousands
		return 0, false
	default:
		whole, fraction = all[:last], all[last:]
		if signs > 1 && !thousands(groups[:len(groups)-1]) || fraction == "" {
			return 0, false
		}
		if money && (len(fraction) > 2 || whole == "") {
			return 0, false
		}
	}
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		whole += "." + fraction
	}
	x, err := strconv.ParseFloat(whole, 64)
	if err != nil || math.IsInf(x, 0) || math.Abs(x) > 1e15 {
		return 0, false
	}
	if negative && x != 0 {
		x = -x
	}
	return x, true
}

// thousands reports whether all groups of digits but the first have three.
func thousands(groups []int) bool {
	for i, n := range groups {
		if i == 0 && (n == 0 || n > 3) || i > 0 && n != 3 {
			return false
		}
	}
	return true
}

// oneLast reports whether the last of two kinds of signs stands once.
func oneLast(text string, kinds map[rune]int) bool {
	i := strings.LastIndexAny(text, ",.")
	return i >= 0 && kinds[rune(text[i])] == 1
}

// readDate reads a day as "1.6.2027", "01.06.2027" or "2027-06-01" and returns the last form.
func readDate(text string) (string, bool) { return readFormat("date", text) }

// readTime reads a time of day as "18.30", "18:30", "18" or "klo 18.30" and returns "18:30".
func readTime(text string) (string, bool) { return readFormat("clock", text) }

func readFormat(format, text string) (string, bool) {
	f := formatByName[format]
	s := f.normal(text)
	return s, f.Valid(s)
}
