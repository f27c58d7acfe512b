package server

import "strings"

// fold makes words comparable: lower case, letters without marks, as somebody types them on a foreign keyboard.
func fold(s string) string { return folding.Replace(strings.ToLower(strings.TrimSpace(s))) }

var folding = strings.NewReplacer("ä", "a", "å", "a", "ö", "o", "é", "e", "è", "e", "ü", "u", "š", "s", "ž", "z", "á", "a",
	"ŋ", "n", "č", "c", "đ", "d", "â", "a", "-", " ", "–", " ", "’", "'")
