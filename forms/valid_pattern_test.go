package forms

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// plainPatterns must be walked, not left to package regexp: forms are full of them.
var plainPatterns = []string{
	`^[0-9]{5}$`, `^[0-9]{3}$`, `^([01][0-9]|2[0-3]):[0-5][0-9]$`, `^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]$`,
	`^[A-Z]{2,3}-?[0-9]{1,3}$`, `^[a-zåäöA-ZÅÄÖ]+$`, `^(a|bc|d)$`, `^x*$`, `^.{2,10}$`, `^[^0-9]{1,4}[0-9]$`, `^\d+(,)?$`, `^$`,
}

// otherPatterns could be misread by a walk that takes as many characters as it can.
var otherPatterns = []string{
	`[0-9]`, `^[0-9]*[0-9]$`, `^[a-z]{1,3}[a-f]$`, `(?i)^abc$`, `^(?:ab)+$`, `^a.*b$`, `^[a-z]*-?[a-z]$`, `^a|b$`, `(?m)^a$`, `^\w+\b$`, `^[0-9]{1,3}.?1$`, `^(a?|b)c*$|d`,
}

func TestPlainPatternsAreWalked(t *testing.T) {
	for _, p := range plainPatterns {
		if _, ok := simple(p); !ok {
			t.Errorf("%s is left to package regexp", p)
		}
	}
}

func TestPatternsMatchWhatRegexpMatches(t *testing.T) {
	texts := []string{"", "a", "b", "d", "bc", "abab", "ab", "12345", "1234", "123456", "09:30", "24:00", "23:59", "2026-06-01T09:30", "AB-1", "ABC123",
		"ÅÄÖåäö", "xxx", "å1", "\xff1", "\xff", "�", "a\nb", "12,", "12,,", "abc1", "ABC", "a1", "\n", "12345\n", "9x1", "91"}
	for _, p := range append(append([]string{}, plainPatterns...), otherPatterns...) {
		r := regexp.MustCompile(p)
		match := matcher(r)
		for _, s := range texts {
			if match(s) != r.MatchString(s) {
				t.Errorf("%s on %q: %v, regexp says %v", p, s, match(s), r.MatchString(s))
			}
		}
	}
}

// pattern generates anchored expressions, most of them plain.
func pattern() *rapid.Generator[string] {
	piece := rapid.SampledFrom([]string{"a", "b", "-", "[0-9]", "[a-c]", "[^a]", "å", "[à-ö]", ".", `\d`, "(a|b-)", "(?:b|cd|)", `\s`, "[b-]"})
	count := rapid.SampledFrom([]string{"", "", "", "{2}", "{0,2}", "{1,3}", "*", "+", "?", "+?"})
	return rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		b.WriteString("^")
		for range rapid.IntRange(0, 4).Draw(t, "pieces") {
			b.WriteString(piece.Draw(t, "piece") + count.Draw(t, "count"))
		}
		return b.String() + "$"
	})
}

func TestAnyPatternMatchesWhatRegexpMatches(t *testing.T) {
	text := rapid.StringOfN(rapid.SampledFrom([]rune("aabbcd-019åö \n�")), 0, 8, -1)
	walked := 0
	rapid.Check(t, func(t *rapid.T) {
		p := pattern().Draw(t, "pattern")
		r := regexp.MustCompile(p)
		match := matcher(r)
		if _, ok := simple(p); ok {
			walked++
		}
		for range 20 {
			if s := text.Draw(t, "text"); match(s) != r.MatchString(s) {
				t.Fatalf("%s on %q: %v, regexp says %v", p, s, match(s), r.MatchString(s))
			}
		}
	})
	if walked == 0 {
		t.Error("no pattern was walked: nothing was compared")
	}
}
