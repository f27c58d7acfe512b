package forms_test

import (
	"fmt"
	"strings"
	"testing"

	"luvat/definitions"
	"luvat/forms"
)

// largest writes a bundle of 50 forms with 8 fields of their own each, the shared terms, an answer, and conditions on every third field.
func largest() (text string, needs []forms.Need) {
	var b strings.Builder
	b.WriteString(head + "forms:\n")
	for i := range 50 {
		fmt.Fprintf(&b, "  f%d:\n    title: Form\n    type: object\n    required: [p0, p1, organiser]\n    properties:\n", i)
		b.WriteString("      visitors: {x-answer: visitors}\n      organiser: {$ref: \"term:organiser\", required: [name]}\n      place: {$ref: \"term:place.where\"}\n")
		for k, field := range []string{"type: string, minLength: 2, maxLength: 400", "type: string, enum: [a, b], x-enum-names: {a: A, b: B}", "type: number, minimum: 0, x-when: visitors >= 500",
			"type: boolean", "type: string, format: date", "type: string, x-when: form.p3", "type: integer", "type: string, x-when: large and form.p6 > 3"} {
			fmt.Fprintf(&b, "      p%d: {title: P, %s}\n", k, field)
		}
		fmt.Fprintf(&b, "    if: {properties: {p1: {const: a}}, required: [p1]}\n    then: {properties: {p8: {title: P, type: string}}}\n")
		needs = append(needs, forms.Need{Requirement: fmt.Sprintf("r%d", i), Form: fmt.Sprintf("f%d", i)})
	}
	return b.String(), needs
}

func largestInput(b testing.TB) (*forms.Union, forms.Input) {
	text, needs := largest()
	book, p := book(b, text)
	u := book.Union(needs)
	in := forms.Input{Answers: answers(b, p, `{"visitors": 800, "music": true}`), On: on, Data: forms.Data{"term/organiser.name": "Juhlat Oy",
		"term/place.where": map[string]any{"municipality": "853"}}}
	for i := range 50 {
		for k, v := range []any{"Some text", "a", 5.0, true, "2026-06-01", "More text", 5.0, "Even more", "And the last"} {
			in.Data[fmt.Sprintf("form/f%d/p%d", i, k)] = v
		}
	}
	if problems := u.Check(in, definitions.Finnish); len(problems) > 0 {
		b.Fatal(problems)
	}
	return u, in
}

// BenchmarkShowAndCheck is what a page of the largest case costs here: 50 forms, 450 fields of their own, all filled in.
func BenchmarkShowAndCheck(b *testing.B) {
	u, in := largestInput(b)
	b.ResetTimer()
	for b.Loop() {
		u.Show(in)
		u.Check(in, definitions.Finnish)
	}
}

// BenchmarkCheckEmpty is the same with nothing filled in: everything that is required is missing, and said.
func BenchmarkCheckEmpty(b *testing.B) {
	u, in := largestInput(b)
	in.Data = nil
	b.ResetTimer()
	for b.Loop() {
		u.Show(in)
		u.Check(in, definitions.Finnish)
	}
}

func BenchmarkUnion(b *testing.B) {
	text, needs := largest()
	book, _ := book(b, text)
	b.ResetTimer()
	for b.Loop() {
		book.Union(needs)
	}
}

func BenchmarkCompile(b *testing.B) {
	text, _ := largest()
	p := program(b, text)
	b.ResetTimer()
	for b.Loop() {
		forms.Compile(p)
	}
}
