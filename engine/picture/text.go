package picture

import (
	"strings"
	"unicode"
)

// width estimates the width of a rune in ems of a sans-serif face, on the wide side: text must never leave its box.
func width(c rune) float64 {
	switch {
	case strings.ContainsRune("iljtfrI.,:;!|'()[]{}/ ", c):
		return 0.36
	case strings.ContainsRune("mwMW@%—", c):
		return 0.95
	case unicode.IsUpper(c):
		return 0.72
	case c > 0x2e80:
		return 1
	}
	return 0.58
}

func textWidth(s string) float64 {
	sum := 0.0
	for _, c := range s {
		sum += width(c)
	}
	return sum
}

// wrap breaks text into lines of at most so many ems. A word that is too long by itself is broken with a hyphen.
func wrap(text string, ems float64) []string {
	var lines []string
	line := ""
	flush := func() {
		if line != "" {
			lines = append(lines, line)
			line = ""
		}
	}
	for word := range strings.FieldsSeq(text) {
		if line != "" && textWidth(line+" "+word) <= ems {
			line += " " + word
			continue
		}
		flush()
		for textWidth(word) > ems {
			head, used := 0, width('-')
			for i, c := range word {
				if used+width(c) > ems && head > 0 {
					break
				}
				used += width(c)
				head = i + len(string(c))
			}
			lines = append(lines, word[:head]+"-")
			word = word[head:]
		}
		line = word
	}
	flush()
	if len(lines) == 0 {
		return []string{""}
	}
	return lines
}
