package engine

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"luvat/definitions"
)

const fairBundle = `bundle: small
version: "1"
title: {fi: Tori, sv: Torg, en: Fair}
owner: poliisi
from: 2020-01-01
languages: [en]
place: place
starts: starts
groups: [{id: g, title: G}]
questions:
  - {id: place, ask: Where, group: g, type: municipality, many: true}
  - {id: starts, ask: When, group: g, type: datetime}
  - {id: visitors, ask: Visitors, group: g, type: integer, min: 0}
  - {id: fire, ask: Open fire, group: g, type: boolean}
  - {id: private, ask: Private, group: g, type: boolean}
  - {id: gas, ask: Gas, group: g, type: number, min: 0, unit: kg}
  - {id: diesel, ask: Diesel, group: g, type: number, min: 0, unit: l}
  - id: rides
    ask: Rides
    group: g
    type: list
    of:
      - {id: name, ask: Name, type: text}
      - {id: height, ask: Height, type: number}
parameters:
  waste_limit:
    values:
      - {value: 500, where: ["001"]}
      - {value: 1000, where: ["02"]}
  days:
    values:
      - {from: 2020-01-01, value: 7}
      - {from: 2026-01-01, value: 14}
requirements:
  - id: rescue
    kind: plan
    name: Rescue plan
    authority: police
    needed:
      - {id: many, when: visitors >= 200, because: "There are {{visitors}} people"}
      - {id: fire, when: fire, because: There is fire}
    unless:
      - {id: private, when: private, because: It is private}
    send: {days: parameters.days}
    recommended: {months: 1}
    late: Call them
    after: [land]
  - id: waste
    kind: plan
    name: Waste plan
    authority: local
    needed:
      - {id: over, when: visitors > parameters.waste_limit, because: "Over {{parameters.waste_limit}}"}
    ask:
      - {id: unknown-limit, when: visitors > 400 and not exists(parameters.waste_limit), because: The limit is not known}
    send: {working-days: 4}
  - id: fuel
    kind: notification
    name: Fuel
    authority:
      - {when: len(place) > 1, to: poliisi}
      - {to: local}
    needed:
      - {id: sum, when: gas / 200 + diesel / 10000 >= 1, because: Much fuel}
    send: {hours: 24}
  - id: inspection
    kind: inspection
    name: Inspection of rides
    authority: poliisi
    for: rides
    needed:
      - {id: high, when: item.height > 5, because: It is high}
  - id: land
    kind: agreement
    name: Land
    authority: local
    needed:
      - {id: always, because: Somebody owns it}
  - id: small
    kind: notification
    name: Small notice
    authority: local
    covered-by: [rescue]
    needed:
      - {id: some, when: visitors > 10, because: Some people}
impossible:
  - {id: too-many, when: visitors > 100000, because: That is too many}
warnings:
  - {id: wildfire, when: fire, because: Not during a wildfire warning}
`

// summary writes an analysis as lines that a person can check.
func summary(a *Analysis) string {
	var b strings.Builder
	for _, r := range a.Requirements {
		fmt.Fprintf(&b, "%s: %s", r.ID, r.Status)
		for _, g := range r.Grounds {
			fmt.Fprintf(&b, " | %s: %s", g.ID, g.Because)
			for _, c := range g.Answers {
				fmt.Fprintf(&b, " [%s = %s: %s]", c.Label, c.Answer, c.Test)
			}
		}
		if w := r.WhyNot; w != nil {
			fmt.Fprintf(&b, " | because %s", w.Because)
			if w.By != "" {
				fmt.Fprintf(&b, " by %s", w.By)
			}
		}
		if len(r.DependsOn) > 0 {
			fmt.Fprintf(&b, " | on %s", strings.Join(r.DependsOn, ", "))
		}
		for _, i := range r.Items {
			fmt.Fprintf(&b, " | %d %s %s", i.Index, i.Label, i.Status)
		}
		for _, au := range r.Authorities {
			fmt.Fprintf(&b, " | to %s for %s", au.ID, strings.Join(au.Places, "+"))
		}
		if r.Due != nil {
			fmt.Fprintf(&b, " | due %s", *r.Due)
			if r.DueAt != "" {
				fmt.Fprintf(&b, " at %s", r.DueAt)
			}
			fmt.Fprintf(&b, " (%s)", r.DueRule)
			if r.OpenDay != "" {
				fmt.Fprintf(&b, " open %s", r.OpenDay)
			}
		}
		if r.Late {
			fmt.Fprintf(&b, " LATE %s", r.LateAdvice)
		}
		if r.Recommended != nil {
			fmt.Fprintf(&b, " recommended %s", *r.Recommended)
		}
		if c := r.Change; c != nil {
			fmt.Fprintf(&b, " | change %s from %s to %s, say %v", c.Question, c.From, c.To, c.Value)
		}
		b.WriteByte('\n')
	}
	for _, f := range a.Impossible {
		fmt.Fprintf(&b, "impossible %s\n", f.ID)
	}
	for _, f := range a.Warnings {
		fmt.Fprintf(&b, "warning %s\n", f.ID)
	}
	fmt.Fprintf(&b, "next %s\n", strings.Join(a.Next, ", "))
	return b.String()
}

func TestAnalyse(t *testing.T) {
	p := compileText(t, fairBundle)
	for _, c := range []struct{ name, on, answers, want string }{
		{"nothing is known", "2026-03-02", `{}`, `rescue: open | many: There are … people [Visitors = : at least 200] | fire: There is fire [Open fire = : yes] | on visitors, fire, private
waste: open | over: Over … [Where = : Alku] [Visitors = : more than 500] | unknown-limit: The limit is not known [Where = : Keski] [Visitors = : more than 400] | on place, visitors
fuel: open | sum: Much fuel [Gas · Diesel = : at least 1] | on gas, diesel
inspection: open | high: It is high [Rides = : an item meets the condition] | on rides | to poliisi for 
land: needed | always: Somebody owns it
small: open | some: Some people [Visitors = : more than 10] | on visitors, fire, private
next place, starts, visitors, fire, private, gas, diesel, rides
`},
		{"a large fair in two towns", "2026-06-25", `{"place":["001","003"],"starts":"2026-07-06T18:00","visitors":700,"fire":false,"private":false,"gas":150,"diesel":3000,"rides":[{"name":"Wheel","height":30},{"name":"Carousel","height":3}]}`,
			`rescue: needed | many: There are 700 people [Visitors = 700: at least 200] | to poliisi for 001+003 | due 2026-06-22 (14 days before the start) LATE Call them recommended 2026-06-06 | change private from no to yes, say true
waste: needed | over: Over 500 [Where = Alku, Loppu: Alku] [Visitors = 700: more than 500] | to kunta-001 for 001 | due 2026-06-30 (4 working days before the start) | change visitors from 700 to at most 500, say 500
fuel: needed | sum: Much fuel [Gas · Diesel = 150 kg · 3,000 l → 1.05: at least 1] | to poliisi for 001+003 | due 2026-07-05 at 2026-07-05T18:00 (24 hours before the start) open 2026-07-03 | change gas from 150 kg to less than 140 kg, say 139.99
inspection: needed | high: It is high [Rides = 2: an item meets the condition] | 0 Wheel needed | 1 Carousel not-needed | to poliisi for 001+003
land: needed | always: Somebody owns it | to kunta-001 for 001 | to kunta-003 for 003
small: not-needed | because This is replaced by: Rescue plan. by rescue
next 
`},
		{"the limit is local, and not known everywhere", "2025-12-31", `{"place":["002"],"starts":"2026-01-08T10:00","visitors":450,"fire":true,"private":true,"gas":1,"diesel":1,"rides":[]}`,
			`rescue: not-needed | because It is private
waste: ask | unknown-limit: The limit is not known [Where = Keski: Keski] [Visitors = 450: more than 400] | to kunta-002 for 002 | due 2026-01-02 (4 working days before the start)
fuel: not-needed | because Gas · Diesel 1 kg · 1 l → 0.005 (would take: at least 1)
inspection: not-needed | because Rides 0 (would take: an item meets the condition)
land: needed | always: Somebody owns it | to kunta-002 for 002
small: needed | some: Some people [Visitors = 450: more than 10] | to kunta-002 for 002 | change visitors from 450 to at most 10, say 10
warning wildfire
next 
`},
		{"already large enough, whatever the rest", "2026-03-02", `{"place":["001"],"visitors":200,"private":false,"gas":250,"diesel":null}`,
			`rescue: needed | many: There are 200 people [Visitors = 200: at least 200] | to poliisi for 001 | change private from no to yes, say true
waste: not-needed | because Visitors 200 (would take: more than 500)
fuel: needed | sum: Much fuel [Gas · Diesel = 250 kg: at least 1] | to kunta-001 for 001
inspection: open | high: It is high [Rides = : an item meets the condition] | on rides | to poliisi for 001
land: needed | always: Somebody owns it | to kunta-001 for 001
small: not-needed | because This is replaced by: Rescue plan. by rescue
next starts, fire, rides
`},
	} {
		a, err := p.ParseAnswers([]byte(c.answers))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		on, _ := definitions.ParseDate(c.on)
		if got := summary(p.Analyse(a, on, definitions.English)); strings.ReplaceAll(got, "\u00a0", " ") != c.want {
			t.Errorf("%s:\n%s\nwant:\n%s", c.name, got, c.want)
		}
	}
}

// TestOverlayAdditions checks that what a local authority adds to a requirement is said at its places and nowhere else.
func TestOverlayAdditions(t *testing.T) {
	files := fstest.MapFS{
		"bundles/small/bundle.yaml": {Data: []byte(fairBundle)},
		"overlays/keski.yaml": {Data: []byte(`overlay: keski
of: small
where: ["002"]
owner: kunta-002
requirements:
  - id: land
    instructions: Bring a map.
    links: [{url: "https://keski.example/land"}]
    attachments: [{id: map, title: Map, accept: [pdf], required: true}]
`)},
	}
	for name, text := range smallShared {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	lib, found := definitions.Load(definitions.Root{FS: files})
	e, more := Compile(lib)
	if found.HasErrors() || more.HasErrors() {
		t.Fatal(found, more)
	}
	on, _ := definitions.ParseDate("2026-03-02")
	for place, want := range map[string]string{"001": " 0 0", "002": "Bring a map. 1 1"} {
		p := e.programs[0]
		a, err := p.ParseAnswers([]byte(`{"place":["` + place + `"]}`))
		if err != nil {
			t.Fatal(err)
		}
		r := p.Analyse(a, on, definitions.English).Requirements[4]
		if got := fmt.Sprint(r.Instructions, " ", len(r.Links), " ", len(r.Attachments)); got != want {
			t.Errorf("at %s: %q, want %q", place, got, want)
		}
	}
}
