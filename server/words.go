package server

import (
	"cmp"
	"slices"
	"strings"
)

// sortWords sorts as Finnish and Swedish do: å, ä and ö are letters of their own after z. ASCII { | } are the next after z.
func sortWords(words []string) {
	slices.SortFunc(words, func(a, b string) int { return cmp.Compare(alphabetical(a), alphabetical(b)) })
}

var letters = strings.NewReplacer("å", "{", "ä", "|", "ö", "}")

func alphabetical(s string) string { return letters.Replace(strings.ToLower(s)) }

// wrap breaks text into at most max lines of about width characters; what does not fit is cut with an ellipsis.
func wrap(text string, width, max int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case len([]rune(line))+1+len([]rune(word)) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	if len(lines) > max {
		lines = lines[:max]
		lines[max-1] += " …"
	}
	for i, l := range lines {
		if r := []rune(l); len(r) > width+2 {
			lines[i] = string(r[:width]) + "…"
		}
	}
	return lines
}
