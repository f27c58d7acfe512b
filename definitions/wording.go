package definitions

import (
	"fmt"
	"regexp"
	"strings"
)

// cut shortens what an author wrote for a message.
func cut(s string) string {
	s = strings.Map(func(c rune) rune {
		if c < ' ' {
			return ' '
		}
		return c
	}, s)
	if runes := []rune(s); len(runes) > 60 {
		return string(runes[:57]) + "…"
	}
	return s
}

// listed joins names for a message: "a, b and c", at most so many.
func listed(names []string, most int) string {
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// quoteAll joins names in backquotes: "`a`, `b` or `c`".
func quoteAll(names []string, last string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = "`" + n + "`"
	}
	if len(quoted) < 2 {
		return strings.Join(quoted, "")
	}
	return strings.Join(quoted[:len(quoted)-1], ", ") + " " + last + " " + quoted[len(quoted)-1]
}

var (
	snakePattern  = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	kebabPattern  = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)
	dottedPattern = regexp.MustCompile(`^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)*$`)
)
