package engine

import (
	"strings"
	"testing"

	"luvat/definitions"
)

const conditionBundle = `bundle: small
version: "1"
title: Small
owner: poliisi
from: 2020-01-01
languages: [en]
groups: [{id: g, title: G}]
place: town
questions:
  - {id: town, ask: Town, group: g, type: municipality}
  - {id: visitors, ask: Visitors, group: g, type: integer, min: 0}
  - {id: music, ask: Music, group: g, type: boolean}
  - {id: hours, ask: Hours, group: g, type: integer, min: 0, when: music}
facts:
  large: visitors >= parameters.many
parameters:
  many:
    values: [{from: 2020-01-01, value: 200}, {from: 2020-01-01, value: 50, where: ["001"]}]
requirements:
  - {id: plan, kind: plan, name: Plan, authority: poliisi, needed: [{when: visitors > 100, because: Many}]}
`

var conditionFields = map[string]FormField{
	"power": {Type: definitions.Choice, Options: []string{"grid", "own"}},
	"kw":    {Type: definitions.Number},
	"roof":  {Type: definitions.Boolean},
	"name":  {Type: definitions.TextType},
	"kinds": {Type: definitions.Choices, Options: []string{"hot", "cold"}},
	"day":   {Type: definitions.DateType},
	"opens": {Type: definitions.Time},
	"from":  {Type: definitions.DateTime},
	"town":  {Type: definitions.Municipality},
}

func condition(t *testing.T, p *Program, text string) (*FormCondition, definitions.Diagnostics) {
	t.Helper()
	at := definitions.Position{File: "form.yaml", Line: 7, Column: 11}
	return p.FormCondition(definitions.Expr{Scalar: definitions.Scalar{Value: text, At: at}}, conditionFields)
}

func TestFormCondition(t *testing.T) {
	p := compileText(t, conditionBundle)
	on, _ := definitions.ParseDate("2026-01-01")
	for _, c := range []struct {
		condition, answers string
		fields             map[string]any
		want               Truth
	}{
		{`form.power == "own"`, `{}`, nil, Unknown},
		{`form.power == "own"`, `{}`, map[string]any{"power": "own"}, True},
		{`form.power == "own"`, `{}`, map[string]any{"power": "grid"}, False},
		{`form.power == "own"`, `{}`, map[string]any{"power": None}, False},
		{`form.power != "own"`, `{}`, map[string]any{"power": None}, True},
		{`form.power in ["own", "grid"]`, `{}`, map[string]any{"power": "grid"}, True},
		{`form.kw > 100`, `{}`, map[string]any{"kw": 150.0}, True},
		{`form.kw > 100`, `{}`, map[string]any{"kw": "much"}, Unknown},
		{`form.kw / 2 + hours > 100`, `{"music": false}`, map[string]any{"kw": 250.0}, True},
		{`form.roof and music`, `{"music": true}`, map[string]any{"roof": true}, True},
		{`form.roof and music`, `{"music": false}`, nil, False},
		{`form.roof or music`, `{"music": true}`, nil, True},
		{`not form.roof`, `{}`, map[string]any{"roof": false}, True},
		{`"hot" in form.kinds`, `{}`, map[string]any{"kinds": []any{"cold", "hot"}}, True},
		{`len(form.kinds) == 2`, `{}`, map[string]any{"kinds": []any{"cold", "hot", "cold"}}, True},
		{`any(form.kinds, # == "hot")`, `{}`, map[string]any{"kinds": []any{"hot"}}, True},
		{`form.name contains "Oy"`, `{}`, map[string]any{"name": "Juhlat Oy"}, True},
		{`form.day >= "2026-05-01"`, `{}`, map[string]any{"day": "2026-06-01"}, True},
		{`form.opens > "22:00"`, `{}`, map[string]any{"opens": "23:30"}, True},
		{`hour(form.from) < 7`, `{}`, map[string]any{"from": "2026-06-01T06:00"}, True},
		{`form.town == "001"`, `{}`, map[string]any{"town": "001"}, True},
		{`large`, `{"visitors": 100, "town": "001"}`, nil, True},
		{`large`, `{"visitors": 100, "town": "002"}`, nil, False},
		{`large`, `{"visitors": 100}`, nil, Unknown},
		{`large`, `{"visitors": 10}`, nil, False},
		{`needed("plan") and form.roof`, `{"visitors": 101}`, map[string]any{"roof": true}, True},
	} {
		f, found := condition(t, p, c.condition)
		if f == nil {
			t.Errorf("%s: %v", c.condition, found)
			continue
		}
		a, err := p.ParseAnswers([]byte(c.answers))
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Holds(a, on, c.fields); got != c.want {
			t.Errorf("%s over %s and %v: %v, want %v", c.condition, c.answers, c.fields, got, c.want)
		}
	}
}

func TestFormConditionFaults(t *testing.T) {
	p := compileText(t, conditionBundle)
	for _, c := range []struct {
		condition, rule, message, suggestion string
		column                               int
	}{
		{`form.kv > 3`, "unknown-name", "the form has no property with a single value called `kv`", "did you mean `kw`?", 16},
		{`music and visitrs > 3`, "unknown-name", "there is no question or fact `visitrs`", "did you mean `visitors`?", 21},
		{`form.power == "own" or form.power == "gird"`, "not-an-option", "`power` has no option \"gird\"", "did you mean `grid`?", 48},
		{`form.kw`, "wrong-type", "a condition is true or false, but this is a number", "compare it, as in `kw > 0`", 16},
		{`form.kw == "3"`, "wrong-type", "a number is compared with a number, not with the text \"3\"", "write the number without quotation marks: `3`", 22},
		{`form.day > "soon"`, "bad-constant", "\"soon\" is not a date", "a date is written \"2026-07-05\"", 22},
		{`form.roof an music`, "bad-expression", "`an` does not belong here", "is `and` or `or` missing before it?", 21},
	} {
		f, found := condition(t, p, c.condition)
		if f != nil || len(found) == 0 {
			t.Errorf("%s is accepted", c.condition)
			continue
		}
		d := found[0]
		if d.Rule != c.rule || d.Message != c.message || d.At.Column != c.column || d.At.Line != 7 {
			t.Errorf("%s: %s at %s: %s; want %s at column %d: %s", c.condition, d.Rule, d.At, d.Message, c.rule, c.column, c.message)
		}
		if c.rule != "wrong-type" && d.Suggestion != c.suggestion {
			t.Errorf("%s: suggests %q, want %q", c.condition, d.Suggestion, c.suggestion)
		}
	}
	_, found := condition(t, p, `form.a > 1 and form.b and parameters.c > 1`)
	if len(found) != 3 {
		t.Errorf("three faults are said as %d", len(found))
	}
}

func TestFormConditionReads(t *testing.T) {
	p := compileText(t, conditionBundle)
	f, _ := condition(t, p, `form.kw > 3 and (music or form.roof) and form.kw < 9`)
	if got := strings.Join(f.Reads(), " "); got != "kw roof" {
		t.Errorf("reads %s", got)
	}
}

func TestAsked(t *testing.T) {
	p := compileText(t, conditionBundle)
	on, _ := definitions.ParseDate("2026-01-01")
	for text, want := range map[string]Truth{`{}`: Unknown, `{"music": true}`: True, `{"music": false, "hours": 3}`: False} {
		a, err := p.ParseAnswers([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := a.Asked("hours", on); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
		if a.Asked("visitors", on) != True || a.Asked("nothing", on) != False {
			t.Error("a question without a condition is always asked, and one that is not there never")
		}
	}
}
