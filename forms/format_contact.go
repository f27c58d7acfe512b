package forms

import (
	"regexp"
	"strings"
)

var standardEmail = standard("email")

// email is an e-mail address as JSON Schema defines it. Ordinary addresses are recognised here; the library, which parses the whole
// grammar, judges the others.
func email(s string) Reason {
	if ordinaryEmail(s) {
		return ""
	}
	return standardEmail(s)
}

// ordinaryEmail tells whether a text is ASCII words with dots, @ and a domain of labels. It is never true of what is no address.
func ordinaryEmail(s string) bool {
	at := strings.IndexByte(s, '@')
	if at < 1 || at > 64 || len(s) > 254 {
		return false
	}
	before := byte('.')
	for i := range at {
		c := s[i]
		if c == '.' && before == '.' || c != '.' && !digit(c) && !letter(c&^0x20) && c != '-' && c != '_' && c != '+' {
			return false
		}
		before = c
	}
	if before == '.' {
		return false
	}
	length := 0 // of the label
	before = '-'
	for i := at + 1; i < len(s); i++ {
		switch c := s[i]; {
		case digit(c) || letter(c&^0x20) || c == '-' && length > 0:
			length++
			before = c
		case c == '.' && length > 0 && before != '-':
			length, before = 0, '-'
		default:
			return false
		}
		if length > 63 {
			return false
		}
	}
	return length > 0 && before != '-' && len(s)-at-1 <= 253
}

// normalEmail takes away the space around and "mailto:", which comes along when an address is copied from a page. Letters stay as
// they are: the part before @ may tell them apart.
func normalEmail(typed string) string {
	s := strings.TrimSpace(typed)
	if len(s) > 7 && strings.EqualFold(s[:7], "mailto:") {
		return s[7:]
	}
	return s
}

// phone is a telephone number: in Finland from its 0, or with + and the code of the country; no spaces.
func phone(s string) Reason {
	rest, abroad := strings.CutPrefix(s, "+")
	least, most := 6, 13
	if abroad {
		least, most = 7, 15 // E.164
	} else if !strings.HasPrefix(s, "0") {
		return WrongForm
	}
	if !allDigits(rest) || len(rest) < least || len(rest) > most {
		return WrongForm
	}
	// +0 is no country, and 00 is the way to dial +.
	if abroad {
		return unless(rest[0] != '0', WrongForm)
	}
	return unless(rest[1] != '0', WrongForm)
}

// normalPhone takes away what people put between digits, "(0)" of numbers for callers from abroad, and writes + for a leading 00.
func normalPhone(typed string) string {
	s := strings.TrimSpace(hyphens(typed))
	s = strings.TrimPrefix(s, "tel:")
	s = strings.ReplaceAll(s, "(0)", "")
	s = betweenDigits.ReplaceAllString(s, "")
	if rest, ok := strings.CutPrefix(s, "00"); ok {
		s = "+" + rest
	}
	if rest, ok := strings.CutPrefix(s, "+3580"); ok {
		s = "+358" + rest
	}
	return s
}

var betweenDigits = regexp.MustCompile(`[\s()./\-\x{a0}]+`)

// normalPostalCode takes away spaces and the country's letters: FI-20100 is 20100.
func normalPostalCode(typed string) string {
	s := hyphens(compact(typed))
	s = strings.TrimPrefix(strings.TrimPrefix(s, "FI-"), "FIN-")
	return s
}

// normalURI adds https:// to an address that is written as people say it: www.example.fi.
func normalURI(typed string) string {
	s := strings.TrimSpace(typed)
	if bareHost.MatchString(s) {
		return "https://" + s
	}
	return s
}

var bareHost = regexp.MustCompile(`^(?i)[a-z0-9åäö-]+(\.[a-z0-9åäö-]+)*\.[a-z]{2,}(/\S*)?$`)
