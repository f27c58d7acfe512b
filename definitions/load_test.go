package definitions

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// fair is a small bundle without a fault; tests add to it.
const fair = `bundle: fair
version: "1"
title: {fi: Markkinat, sv: Marknad, en: Fair}
owner: police-a
from: 2026-01-01
place: municipality
starts: starts_on
groups:
  - {id: basics, title: {fi: a, sv: b, en: c}}
questions:
  - {id: municipality, group: basics, type: municipality, many: true, ask: {fi: a, sv: b, en: c}}
  - {id: starts_on, group: basics, type: date, ask: {fi: a, sv: b, en: c}}
  - {id: visitors, group: basics, type: integer, min: 0, ask: {fi: a, sv: b, en: c}}
  - {id: food, group: basics, type: choice, ask: {fi: a, sv: b, en: c}, options: {none: {fi: a, sv: b, en: c}, hot: {fi: a, sv: b, en: c}}}
  - id: stalls
    group: basics
    type: list
    ask: {fi: a, sv: b, en: c}
    of: [{id: goods, type: text, ask: {fi: a, sv: b, en: c}}]
requirements:
  - id: rescue-plan
    kind: plan
    name: {fi: a, sv: b, en: c}
    law: 379/2011 16 §
    needed:
      - {when: visitors >= 200}
      - {id: hot, when: food == "hot"}
    authority: event_police
`

var fairShared = map[string]string{
	"shared/municipalities.csv": "code,name_fi,name_sv,region_code,region_name_fi,region_name_sv\n091,Helsinki,Helsingfors,01,Uusimaa,Nyland\n092,Vantaa,Vanda,01,Uusimaa,Nyland\n837,Tampere,Tammerfors,06,Pirkanmaa,Birkaland\n",
	"shared/authorities.csv":    "id,type,name_fi,name_sv,name_en,valid_to,successor\npolice-a,police,A,A,A,,\npolice-b,police,B,B,B,,\n",
	"shared/areas.csv":          "authority_type,municipality_code,authority_id,valid_from,valid_to\npolice,091,police-a,,\npolice,092,police-a,,\npolice,837,police-b,,\n",
	"shared/roles.csv":          "role,valid_from,valid_to,authority_type,authority_id,name_fi,name_sv,name_en\nevent_police,,,police,,P,P,P\n",
	"shared/laws.yaml":          "laws:\n  379/2011: {fi: Pelastuslaki, sv: Räddningslag, en: Rescue Act}\n",
}

// loadFair loads the small bundle with more files, by path; a file of shared definitions takes the place of the one of the fair.
func loadFair(files map[string]string) (*Library, Diagnostics) {
	fsys := fstest.MapFS{"bundles/fair/bundle.yaml": {Data: []byte(fair)}}
	for name, text := range fairShared {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return Load(Root{FS: fsys})
}

// told writes findings one a line, as short as can be.
func told(found Diagnostics) string {
	var b strings.Builder
	for _, d := range found {
		file := d.At.File[strings.LastIndexByte(d.At.File, '/')+1:]
		fmt.Fprintf(&b, "%s:%d:%d-%d %s %s: %s", file, d.At.Line, d.At.Column, d.At.End, d.Severity, d.Rule, d.Message)
		if d.Suggestion != "" {
			fmt.Fprintf(&b, "; %s", d.Suggestion)
		}
		for _, r := range d.Related {
			fmt.Fprintf(&b, " (%d:%d %s)", r.At.Line, r.At.Column, r.Message)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestLoad(t *testing.T) {
	lib, found := loadFair(nil)
	if len(found) > 0 {
		t.Fatalf("the fair has no fault:\n%s", told(found))
	}
	b := lib.InForce("fair", mustDate(t, "2026-05-01"))
	if b == nil {
		t.Fatal("the fair is in force in May 2026")
	}
	q := b.Requirements[0]
	if q.Kind != Plan || q.Name.In(Swedish) != "b" || len(q.Law) != 1 || q.Law[0].Act != "379/2011" || q.Law[0].Section != "16 §" {
		t.Errorf("requirement %+v", q)
	}
	if q.Needed[0].ID != "1" || q.Needed[1].ID != "hot" || q.Needed[0].When.Value != "visitors >= 200" {
		t.Errorf("grounds %+v %+v", q.Needed[0], q.Needed[1])
	}
	if len(q.Authority) != 1 || q.Authority[0].To[0].ID() != "event_police" {
		t.Errorf("authority %+v", q.Authority)
	}
	food := b.Questions[3]
	if food.ID != "food" || len(food.Options) != 2 || food.Options[1].ID != "hot" || food.Options[1].Text.In(English) != "c" {
		t.Errorf("question %+v", food)
	}
	if m := lib.Shared.Municipality("091"); m == nil || m.Name.In(Swedish) != "Helsingfors" || m.Name.In(English) != "Helsinki" || m.Region != "01" {
		t.Errorf("municipality %+v", m)
	}
	if lib.InForce("fair", mustDate(t, "2025-12-31")) != nil {
		t.Error("the fair is not in force before it begins")
	}
}

func mustDate(t *testing.T, s string) Date {
	t.Helper()
	d, ok := ParseDate(s)
	if !ok {
		t.Fatalf("%s is no date", s)
	}
	return d
}

var update = flag.Bool("update", false, "write what is said into testdata/findings.txt")

// TestFindings holds the whole text of what the reader says, for each thing that it refuses.
func TestFindings(t *testing.T) {
	const name = "testdata/findings.txt"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	cases := strings.Split(string(text), "\n=== ")
	out := cases[0]
	for _, c := range cases[1:] {
		file, rest, _ := strings.Cut(c, "\n")
		written, want, _ := strings.Cut(rest, "--- said\n")
		_, found := loadFair(map[string]string{file: written})
		got := told(found)
		out += "\n=== " + file + "\n" + written + "--- said\n" + got
		if strings.TrimSpace(got) == "" {
			t.Errorf("%s: nothing is said of\n%s", file, written)
		}
		if !*update && strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("%s\n%s\ngot:\n%swant:\n%s", file, written, got, want)
		}
	}
	if *update {
		if err := os.WriteFile(name, []byte(out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMarks(t *testing.T) {
	lib, found := loadFair(map[string]string{"bundles/fair/x.yaml": `parameters:
  limit:
    law: {act: 379/2011, unverified: true, note: from memory}
    values:
      - {value: 1}
      - {from: 2027-01-01, value: 2, unverified: true}
requirements:
  - id: b
    kind: permit
    name: {fi: a, sv: b, en: c}
    law: [379/2011 1 §, {act: 379/2011, unverified: true}]
    unverified: true
    ask: [{}]
`})
	if len(found) > 0 {
		t.Fatal(told(found))
	}
	var got []string
	for _, m := range lib.Bundles[0].Marks {
		got = append(got, fmt.Sprintf("%d:%d %s %q", m.At.Line, m.At.Column, m.What, m.Note))
	}
	want := []string{`3:38 parameters.limit.law "from memory"`, `6:50 parameters.limit.values[2] ""`, `11:53 requirements.b.law[2] ""`, `12:17 requirements.b ""`}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestOverlay(t *testing.T) {
	lib, found := loadFair(map[string]string{
		"bundles/fair/p.yaml": "parameters:\n  days: {type: integer, values: [{value: 30}]}\n",
		"overlays/helsinki.yaml": `overlay: helsinki
of: fair
where: ["091"]
parameters:
  days: {values: [{value: 14}]}
requirements:
  - id: rescue-plan
    needed: [{when: visitors > 100}]
    instructions: {fi: a, sv: b, en: c}
  - id: beach
    kind: permit
    name: {fi: a, sv: b, en: c}
    needed: [{when: visitors > 1}]
`})
	if len(found) > 0 {
		t.Fatal(told(found))
	}
	b := lib.Bundles[0]
	if len(b.Overlays) != 1 || b.Overlays[0].ID != "helsinki" {
		t.Fatalf("overlays %+v", b.Overlays)
	}
	o := b.Overlays[0]
	plan, beach := b.Requirements[0], b.Requirements[1]
	if g := plan.Needed[2]; g.Overlay != o || g.ID != "helsinki-1" {
		t.Errorf("added ground %+v", g)
	}
	if plan.Needed[0].Overlay != nil || plan.Overlay != nil {
		t.Error("what the bundle needs became the overlay's")
	}
	if len(plan.Additions) != 1 || plan.Additions[0].Overlay != o || plan.Additions[0].Instructions.In(Finnish) != "a" {
		t.Errorf("additions %+v", plan.Additions)
	}
	if beach.Overlay != o || beach.Needed[0].Overlay != o {
		t.Errorf("own requirement %+v", beach)
	}
	p := b.Parameters[1]
	if p.Overlay != o || p.Type != IntegerParameter || p.Values[0].Value != 14.0 || len(p.Values[0].Where) != 1 || p.Values[0].Where[0].ID() != "091" {
		t.Errorf("parameter %+v", p)
	}
}

// TestRoots holds that a later root's bundle of the same version takes the place of an earlier one's, and its shared ids too.
func TestRoots(t *testing.T) {
	first := fstest.MapFS{"bundles/fair/bundle.yaml": {Data: []byte(fair)}}
	for name, text := range fairShared {
		first[name] = &fstest.MapFile{Data: []byte(text)}
	}
	second := fstest.MapFS{
		"bundles/fair/bundle.yaml": {Data: []byte(strings.Replace(fair, "Markkinat", "Torimarkkinat", 1))},
		"shared/authorities.csv":   {Data: []byte("id,type,name_fi,name_sv,name_en\npolice-a,police,Uusi,Ny,New\n")},
	}
	lib, found := Load(Root{Name: "a", FS: first}, Root{Name: "b", FS: second})
	if len(found) > 0 {
		t.Fatal(told(found))
	}
	if len(lib.Bundles) != 1 || lib.Bundles[0].Title.In(Finnish) != "Torimarkkinat" || lib.Bundles[0].At.File != "b/bundles/fair/bundle.yaml" {
		t.Errorf("bundles %+v", lib.Bundles[0])
	}
	if a := lib.Shared.AuthorityByID("police-a"); a.Name.In(English) != "New" || len(lib.Shared.Authorities) != 2 {
		t.Errorf("authority %+v", a)
	}
}

func TestSingleFile(t *testing.T) {
	fsys := fstest.MapFS{"one.yaml": {Data: []byte(fair)}, "other.yaml": {Data: []byte("not: read")}}
	lib, found := Load(Root{Name: "here", FS: fsys, Only: []string{"one.yaml"}})
	if len(found) > 0 || len(lib.Bundles) != 1 || lib.Bundles[0].At.File != "here/one.yaml" {
		t.Errorf("%d bundles\n%s", len(lib.Bundles), told(found))
	}
	if lib.Sources["here/one.yaml"] == nil {
		t.Error("the source of the file is kept for showing its lines")
	}
}

func TestTableFile(t *testing.T) {
	lib, found := loadFair(map[string]string{
		"bundles/fair/t.yaml":          "tables:\n  size:\n    hit: first\n    given: [visitors]\n    gives: [class]\n    rows: tables/size.csv\n",
		"bundles/fair/tables/size.csv": "class,visitors\nbig,>= 200\n\"small, or none\",-\n",
	})
	if len(found) > 0 {
		t.Fatal(told(found))
	}
	rows := lib.Bundles[0].Tables[0].Rows
	if len(rows) != 2 || rows[0].Tests[0].Value != ">= 200" || rows[1].Gives[0].Value != "small, or none" {
		t.Fatalf("rows %+v", rows)
	}
	if p := rows[1].Gives[0].PositionAt(7); p.Line != 3 || p.Column != 9 {
		t.Errorf("rune 7 of the quoted cell is at %s", p)
	}
	if p := rows[0].Tests[0].PositionAt(3); p.Line != 2 || p.Column != 8 {
		t.Errorf("rune 3 of the cell is at %s", p)
	}
}

// TestShipped holds that the definitions that come with the program are read whole and without a fault.
func TestShipped(t *testing.T) {
	lib, found := Load(Embedded())
	if len(found) > 0 {
		t.Errorf("%s", told(found))
	}
	if n := len(lib.Shared.Municipalities); n != 308 {
		t.Errorf("%d municipalities, want 308", n)
	}
	if lib.Shared.Municipality("091") == nil || lib.Shared.AuthorityByID("lvv") == nil || len(lib.Shared.AreaOf("police", "091")) == 0 {
		t.Error("the look-ups are not built")
	}
}
