package engine

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/file"
)

// slip is a way of writing that people bring from elsewhere, and what to write instead. The text before the place of the fault, or from
// it on, is looked at.
type slip struct {
	before, from *regexp.Regexp // nil: anything
	message      string         // %s is the word at the fault; "" keeps the general message
	hint         string
}

var slips = []slip{
	{from: regexp.MustCompile(`^=[<>]`), message: "the comparison is turned round", hint: "write `>=` or `<=`"},
	{before: regexp.MustCompile(`<$`), from: regexp.MustCompile(`^>`), message: "`<>` does not compare", hint: "write `!=`"},
	{from: regexp.MustCompile(`^=([^=]|$)`), message: "`=` does not compare", hint: "write `==` to compare"},
	{from: regexp.MustCompile(`^(AND|OR|NOT)\b`), hint: "write it in small letters"},
	{before: regexp.MustCompile(`(^|[ (])(AND|OR|NOT)[ ]+$`), hint: "write it in small letters"},
	{from: regexp.MustCompile(`^(and|or|in)\b`), hint: "something is missing before it"},
	{from: regexp.MustCompile(`^(ja|och)\b`), hint: "write `and`"},
	{from: regexp.MustCompile(`^(tai|eller)\b`), hint: "write `or`"},
	{before: regexp.MustCompile(`(^|[ (])(ei|inte|icke)[ ]+$`), hint: "write `not` before it"},
	{before: regexp.MustCompile(`(^|[ (])(jos|om)[ ]+$`), hint: "leave the word out: the condition stands alone"},
	{before: regexp.MustCompile(`\{$|^$`), from: regexp.MustCompile(`^\{`), message: "a condition names things without braces", hint: "write `parameters.x`, not `{{parameters.x}}`"},
	{from: regexp.MustCompile(`^\{\{`), message: "a condition names things without braces", hint: "write `parameters.x`, not `{{parameters.x}}`"},
	{before: regexp.MustCompile(`\bin[ ]*\([^)]*$`), from: regexp.MustCompile(`^,`), hint: "write the list in square brackets: `in [\"a\", \"b\"]`"},
	{before: regexp.MustCompile(`[0-9][ \x{a0}]+$`), from: regexp.MustCompile(`^[0-9]`), hint: "write the number without spaces"},
	{before: regexp.MustCompile(`[0-9][ \x{a0}]*$`), from: regexp.MustCompile(`^\p{L}`), hint: "write the number without a unit, or is `and` or `or` missing?"},
	{from: regexp.MustCompile(`^€`), hint: "write the number without a unit"},
	{from: regexp.MustCompile(`^[–—−]`), hint: "write a hyphen `-` for minus"},
	{from: regexp.MustCompile(`^×`), hint: "write `*`"},
	{from: regexp.MustCompile(`^[‘’´]`), hint: "write straight quotation marks: \"…\""},
	{from: regexp.MustCompile(`^≥`), hint: "write `>=`"},
	{from: regexp.MustCompile(`^≤`), hint: "write `<=`"},
	{from: regexp.MustCompile(`^≠`), hint: "write `!=`"},
}

// syntax says a parser's error in the words of an author.
func (k *checker) syntax(err error) {
	var fe *file.Error
	if !errors.As(err, &fe) {
		k.report(k.e.At, "bad-expression", "this expression cannot be read", "")
		return
	}
	at, text := k.place(fe.Location), k.e.Value
	from := min(max(fe.From, 0), len(k.runes))
	before, rest := string(k.runes[:from]), string(k.runes[from:])
	message, hint := "this expression cannot be read here", ""
	switch {
	case strings.Contains(fe.Message, "maximum allowed nodes"):
		message, hint = "this expression is too large", "cut it into facts"
	case strings.ContainsAny(text, "“”"):
		message, hint = "a text starts and ends with straight quotation marks", "write \"…\" instead of “…”"
	case strings.Contains(fe.Message, "literal not terminated"):
		message, hint = "a text that starts here does not end", "close it with the same quotation mark"
	case strings.Contains(fe.Message, "EOF"):
		message, hint = "the expression ends too early", "something is missing after the last word or operator"
		switch {
		case strings.HasSuffix(strings.TrimSpace(text), "%"):
			hint = "there are no percent signs: write `0.1` for ten per cent"
		case strings.Count(text, "(") > strings.Count(text, ")"):
			hint = "a bracket `(` is not closed"
		}
	case strings.Contains(fe.Message, `Bracket(")")`):
		hint = "there is a `)` too many, or something is missing before it"
	case strings.Contains(fe.Message, "invalid integer literal"), strings.Contains(fe.Message, "invalid float literal"), strings.Contains(fe.Message, "too large"):
		message = "this number is too large"
	case strings.Contains(fe.Message, "unexpected token"):
		message, hint = fmt.Sprintf("`%s` does not belong here", firstWord(rest)), "is `and` or `or` missing before it?"
		if h := betweenDigits(k.runes, fe.From); h != "" {
			hint = h
		}
	case strings.Contains(fe.Message, "unrecognized character"):
		message = fmt.Sprintf("`%s` has no meaning in an expression", firstWord(rest))
	}
	if !strings.ContainsAny(text, "“”") && !strings.HasSuffix(message, "too large") {
		if i := slices.IndexFunc(slips, func(s slip) bool {
			return (s.before == nil || s.before.MatchString(before)) && (s.from == nil || s.from.MatchString(rest))
		}); i >= 0 && from < len(k.runes) && betweenDigits(k.runes, fe.From) == "" {
			hint = slips[i].hint
			if slips[i].message != "" {
				message = slips[i].message
			}
		}
	}
	k.report(at, "bad-expression", message, hint)
}

func firstWord(s string) string {
	s = strings.TrimLeft(s, " ")
	isWord := func(r rune) bool {
		return r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r > 127
	}
	for i, r := range s {
		if !isWord(r) {
			if i == 0 {
				if strings.HasPrefix(s, "=>") || strings.HasPrefix(s, "=<") {
					return s[:2]
				}
				return string(r)
			}
			return s[:i]
		}
	}
	return s
}
