package engine

import (
	"bufio"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"luvat/definitions"
)

var semanticsRow = regexp.MustCompile("^\\| `(\\{.*\\})` \\| `(.+)` \\| (yes|no|open) \\|$")

// TestSemantics executes the tables of docs/semantics.md, by the engine and by the reference.
func TestSemantics(t *testing.T) {
	file, err := os.Open("../docs/semantics.md")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	type row struct{ answers, condition, holds string }
	var rows []row
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if m := semanticsRow.FindStringSubmatch(lines.Text()); m != nil {
			rows = append(rows, row{m[1], m[2], m[3]})
		}
	}
	if len(rows) < 50 {
		t.Fatalf("only %d cases were read", len(rows))
	}
	var b strings.Builder
	b.WriteString(`bundle: small
version: "1"
title: Small
owner: poliisi
from: 2020-01-01
languages: [en]
groups: [{id: g, title: G}]
questions:
  - {id: gate, ask: Gate, group: g, type: boolean}
  - {id: flag, ask: Flag, group: g, type: boolean, when: gate}
  - {id: amount, ask: Amount, group: g, type: integer, min: 0, when: gate}
  - {id: kind, ask: Kind, group: g, type: choice, options: {a: A, b: B}, when: gate}
  - {id: parts, ask: Parts, group: g, type: choices, options: {x: Ex, z: Zed}, when: gate}
  - {id: day, ask: Day, group: g, type: date, when: gate}
  - {id: weight, ask: Weight, group: g, type: integer, min: 0}
  - {id: free, ask: Free, group: g, type: boolean}
requirements:
`)
	for i, r := range rows {
		fmt.Fprintf(&b, "  - {id: r%d, kind: permit, name: R, authority: poliisi, needed: [{when: '%s', because: G}]}\n", i, r.condition)
	}
	p := compileText(t, b.String())
	on, _ := definitions.ParseDate("2026-01-01")
	says := map[Status]string{Needed: "yes", NotNeeded: "no", Open: "open"}
	for i, r := range rows {
		a, err := p.ParseAnswers([]byte(r.answers))
		if err != nil {
			t.Fatalf("%s: %v", r.answers, err)
		}
		if got := says[p.Analyse(a, on, definitions.English).Requirements[i].Status]; got != r.holds {
			t.Errorf("%s, %s: %s, but the page says %s", r.answers, r.condition, got, r.holds)
		}
		ref := reference{program: p, answers: a.values, on: on}
		if got := says[ref.status(p.requirements[i])]; got != "open" && got != r.holds {
			t.Errorf("%s, %s: the reference says %s, but the page says %s", r.answers, r.condition, got, r.holds)
		}
	}
}
