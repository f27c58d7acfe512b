package casefile

import (
	"regexp"
	"strings"
	"unicode"

	"luvat/definitions"
)

// Texts is a text for people by language, as it stood when the entry was written.
type Texts map[definitions.Lang]string

// In returns the text in a language, or in the first language that has it.
func (t Texts) In(lang definitions.Lang) string {
	return definitions.Text{By: t}.In(lang)
}

// texts takes the words of a definition without their place in its file.
func texts(t definitions.Text) Texts {
	out := make(Texts, len(t.By))
	for lang, s := range t.By {
		out[lang] = s
	}
	return out
}

// personalID is the form of a Finnish personal identity code, with the separators in use since 2024 (128/2010 2 §, as amended); the check
// character is not computed, since a mistyped code is somebody's too.
var personalID = regexp.MustCompile(`(?i)\b(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])\d\d[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]\b`)

// title makes what somebody wrote fit to be the title of a case: one line, at most 120 characters, and without a personal identity
// code, since titles stand in lists, in indexes and in the subjects of letters.
func title(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	s = personalID.ReplaceAllString(s, "…")
	if r := []rune(s); len(r) > maxTitle {
		s = strings.TrimSpace(string(r[:maxTitle-1])) + "…"
	}
	return s
}

const maxTitle = 120

// words returns the words of a text as they are searched for: lower case, letters without marks, each once, in order.
func words(s string) []string {
	var out []string
	seen := map[string]bool{}
	for _, w := range strings.FieldsFunc(plain.Replace(strings.ToLower(s)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if r := []rune(w); len(r) > maxWord {
			w = string(r[:maxWord])
		}
		if !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out
}

// maxWord bounds the length of a key.
const maxWord = 40

var plain = strings.NewReplacer("ä", "a", "å", "a", "ö", "o", "é", "e", "è", "e",
	"ü", "u", "š", "s", "ž", "z", "á", "a", "đ", "d", "č", "c", "ŋ", "n", "â", "a")
