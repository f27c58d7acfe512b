package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"luvat/definitions"
)

const hostileHead = `bundle: small
version: "1"
title: Small
owner: poliisi
from: 2020-01-01
languages: [en]
groups: [{id: g, title: G}]
questions:
  - {id: a, ask: A, group: g, type: boolean}
  - {id: b, ask: B, group: g, type: boolean}
  - {id: n, ask: N, group: g, type: integer, min: 0}
  - {id: c, ask: C, group: g, type: choice, options: {left: Left, right: Right}}
  - {id: s, ask: S, group: g, type: choices, options: {one: One, two: Two}}
  - {id: t, ask: T, group: g, type: text}
`

func hostileBundle(facts, condition string) string {
	return hostileHead + facts + "requirements:\n  - {id: r, kind: permit, name: R, authority: poliisi, needed: [{when: " + quoteYAML(condition) + ", because: G}]}\n"
}

func quoteYAML(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// TestHostileConditions gives the compiler conditions that would take for ever or all memory if they were only followed.
func TestHostileConditions(t *testing.T) {
	doubling := func(join string) string {
		var b strings.Builder
		b.WriteString("facts:\n  f0: a " + join + " b\n")
		for i := 1; i < 60; i++ {
			fmt.Fprintf(&b, "  f%d: (f%d %s n > %d) and (f%d or n < %d)\n", i, i-1, join, i, i-1, i)
		}
		return b.String()
	}
	var pairs, wide []string
	for i := range 40 {
		pairs = append(pairs, fmt.Sprintf("(n == %d or n > %d and a)", 3*i, 200+i))
		wide = append(wide, fmt.Sprintf("(n != %d or b)", i))
	}
	for _, c := range []struct{ name, facts, condition, rule string }{
		{"a condition too long to read", "", strings.Repeat("a or ", 2000) + "a", "expression-too-long"},
		{"brackets as deep as they may be", "", strings.Repeat("(", 1900) + "a" + strings.Repeat(")", 1900), ""},
		{"negations as deep as they may be", "", strings.Repeat("not ", 900) + "a", ""},
		{"brackets that do not close", "", strings.Repeat("(", 3000), "bad-expression"},
		{"facts that double", doubling("or"), "f59", "too-complex"},
		{"facts that double differently", doubling("and"), "f59", "too-complex"},
		{"a product of sums", "", strings.Join(pairs, " and "), ""},
		{"many inequalities", "", strings.Join(wide, " and "), ""},
		{"a pattern that backtracks elsewhere", "", `t matches "^(a+)+$" and t matches "(x+x+)+y"`, ""},
		{"a pattern that is no RE2", "", `t matches "(?=a)"`, "bad-constant"},
		{"a number beyond all numbers", "", "n > 1e999", "bad-expression"},
		{"an integer beyond all integers", "", "n > 99999999999999999999999", "bad-expression"},
		{"a division by zero", "", "n / 0 > 1", "bad-constant"},
	} {
		start := time.Now()
		_, found := compileBundle(hostileBundle(c.facts, c.condition))
		took := time.Since(start)
		rules := []string{}
		for _, d := range found {
			if d.Severity == definitions.Error {
				rules = append(rules, d.Rule)
			}
		}
		if c.rule == "" && len(rules) > 0 || c.rule != "" && !strings.Contains(strings.Join(rules, " "), c.rule) {
			t.Errorf("%s: %v, want %q: %v", c.name, rules, c.rule, found)
		}
		if took > 20*time.Second { // not a measurement: without bounds it never ends
			t.Errorf("%s took %s", c.name, took)
		}
	}
}

// FuzzExpression compiles any text as a condition: it ends in a program or in findings that stand in the file, and never panics. What
// compiles decides as the reference does.
func FuzzExpression(f *testing.F) {
	for _, s := range []string{"a", "a and not b", "n >= 200 or c == \"left\"", `"one" in s`, "len(s) > 0", "any(s, # in [\"one\"])", "n / 2 + 1 > 3", "t contains \"x\"",
		"a ? b : a", "needed(\"r\")", "1 < n < 5", "n in 1..5", "item.x", "parameters.p", "n = 3", "(", "t matches \"[\"", "nil == a", "{a: 1}", "n ** 2 > 3", "s == []",
		"abs(n) > 1", "a and", "\"", "not", "#", "a|len()", "let x = 1; x", "n not in [1,2]", "b == true", "count(s) > 1", "'ä' == t"} {
		f.Add(s)
	}
	on, _ := definitions.ParseDate("2026-01-01")
	f.Fuzz(func(t *testing.T, condition string) {
		if strings.ContainsAny(condition, "\n\r") {
			return // an expression stands on one line
		}
		e, found := compileBundle(hostileBundle("", condition))
		for _, d := range found {
			if !d.At.Valid() || d.Message == "" || d.Rule == "" {
				t.Fatalf("%q: a finding without place or words: %+v", condition, d)
			}
		}
		if len(e.programs) == 0 {
			if !found.HasErrors() {
				t.Fatalf("%q: neither a program nor an error", condition)
			}
			return
		}
		p := e.programs[0]
		for _, answers := range []string{`{}`, `{"a":true,"b":false,"n":3,"c":"left","s":["one"],"t":"x"}`, `{"a":false,"b":true,"n":0,"c":"right","s":[],"t":""}`, `{"n":5}`} {
			a, err := p.ParseAnswers([]byte(answers))
			if err != nil {
				t.Fatal(err)
			}
			got := p.Analyse(a, on, definitions.English).Requirements[0].Status
			ref := reference{program: p, answers: a.values, on: on}
			if want := ref.status(p.requirements[0]); want != Open && got != want && got != Open || a.Len() == 6 && got != want {
				t.Fatalf("%q with %s: %s, the reference says %s", condition, answers, got, want)
			}
		}
	})
}

// FuzzCell compiles any text as a cell of a decision table.
func FuzzCell(f *testing.F) {
	for _, s := range []string{"-", "5", "> 5", "[1..10)", "]1..3[", "not(2)", "1, 2", "", "\"a", "[5..1]", "not(not(1))", ">=", "parameters.x", "true", "..", "[1..", "< 3, > 7", "1e3", "-5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		if strings.ContainsAny(cell, "\n\r") {
			return
		}
		e, found := compileBundle(hostileBundle("tables:\n  k:\n    hit: first\n    given: [n]\n    gives: [x]\n    rows:\n      - ["+quoteYAML(cell)+", yes_]\n      - ['-', no_]\n",
			`tables.k.x == "yes_"`))
		for _, d := range found {
			if !d.At.Valid() || d.Message == "" || d.Rule == "" {
				t.Fatalf("%q: a finding without place or words: %+v", cell, d)
			}
		}
		if len(e.programs) == 0 && !found.HasErrors() {
			t.Fatalf("%q: neither a program nor an error", cell)
		}
	})
}
