package forms_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"luvat/definitions"
	"luvat/forms"
)

// twoForms are the forms of two requirements that share terms and an answer.
const twoForms = head + `forms:
  plan:
    title: Rescue plan
    type: object
    required: [organiser, exits]
    properties:
      visitors: {x-answer: visitors}
      organiser: {$ref: "term:organiser", required: [name]}
      exits: {title: Exits, description: All of them, x-help: Draw a map., type: string, minLength: 20, maxLength: 4000, x-widget: textarea, examples: [North door]}
      kinds: {title: Kinds, type: array, items: {type: string, enum: [hot, cold], x-enum-names: {hot: Hot, cold: Cold}}, uniqueItems: true}
      crew:
        title: Crew
        x-item-title: Steward
        type: array
        items:
          type: object
          required: [name]
          properties:
            name: {$ref: "term:person.name"}
            card: {title: Card, type: string}
      site:
        title: Site
        type: object
        properties:
          where: {$ref: "term:place.where"}
          gate: {title: Gate, type: string}
      address: {title: Address, type: object, properties: {street: {title: Street, type: string}, floor: {title: Floor, type: integer}}}
      kw: {title: Power, type: number, x-unit: kW, minimum: 0, x-when: large}
    x-sections:
      - {title: How people get out, fields: [exits, crew]}
      - {title: Where, fields: [site, address]}
  noise:
    title: Noise notice
    type: object
    properties:
      visitors: {x-answer: visitors}
      who: {$ref: "term:organiser"}
      starts: {$ref: "term:times.start"}
      price: {title: Price, type: number, multipleOf: 0.01, x-widget: money}
      loud: {title: Loud, type: boolean}
      site: {title: Map, type: string, format: attachment, x-accept: [pdf, png]}
`

var needs = []forms.Need{
	{Requirement: "rescue-plan", Form: "plan", Title: text("Rescue plan"), Law: []string{"379/2011 16 §"},
		Authorities: []forms.Reader{{Authority: "rescue", Name: text("Rescue department")}}},
	{Requirement: "noise-notice", Form: "noise", Title: text("Noise notice"), Law: []string{"527/2014 118 §"},
		Authorities: []forms.Reader{{Authority: "city", Name: text("City")}, {Authority: "town", Name: text("Town")}}},
	{Requirement: "talk", Title: text("A talk")},
}

func text(s string) definitions.Text {
	return definitions.Text{By: map[definitions.Lang]string{definitions.English: s}}
}

func TestUnion(t *testing.T) {
	b, _ := book(t, twoForms)
	u := b.Union(needs)
	var got []string
	for _, s := range u.Sections {
		got = append(got, s.ID+" ("+s.Title.In(definitions.English)+"): "+keys(s))
	}
	want := []string{
		"common-answers (What you have already answered): answer/visitors",
		"common-organiser (Organiser): term/organiser.name term/organiser.business_id term/organiser.personal_id",
		"common-place (Other common details): term/place.where",
		"common-times (Other common details): term/times.start",
		"own-rescue-plan (Rescue plan): form/plan/exits form/plan/crew form/plan/site/gate form/plan/address form/plan/kinds form/plan/kw",
		"own-noise-notice (Noise notice): form/noise/price form/noise/loud form/noise/site",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("sections:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	readers := func(key string) string {
		var out []string
		for _, r := range u.Field(key).Readers {
			out = append(out, r.Requirement+":"+r.Authority+":"+strings.Join(r.Law, ","))
		}
		return strings.Join(out, " ")
	}
	const rescue, noise = "rescue-plan:rescue:379/2011 16 §", "noise-notice:city:527/2014 118 § noise-notice:town:527/2014 118 §"
	for key, want := range map[string]string{"term/organiser.name": rescue + " " + noise, "form/plan/exits": rescue, "form/noise/price": noise, "answer/visitors": rescue + " " + noise} {
		if got := readers(key); got != want {
			t.Errorf("%s is read by %s, want %s", key, got, want)
		}
	}
	if u.Section("own-talk") != nil || u.Section("own-rescue-plan") == nil {
		t.Error("a requirement without a form has a section, or one with a form has none")
	}
}

func TestFields(t *testing.T) {
	b, _ := book(t, twoForms)
	u := b.Union(needs)
	for key, want := range map[string]struct {
		name    string
		control forms.Control
	}{
		"term/organiser.name":        {"term:organiser:name", forms.TextControl},
		"term/place.where":           {"term:place:where", forms.PlaceControl},
		"term/place.where/address":   {"term:place:where.address", forms.TextControl},
		"term/place.where/point":     {"term:place:where.point", forms.PointControl},
		"term/times.start":           {"term:times:start", forms.DateTimeControl},
		"form/plan/exits":            {"form:plan:exits", forms.TextareaControl},
		"form/plan/kinds":            {"form:plan:kinds", forms.CheckboxesControl},
		"form/plan/crew":             {"form:plan:crew", forms.ListControl},
		"form/plan/crew/3/name":      {"form:plan:crew.3.name", forms.TextControl},
		"form/plan/site/gate":        {"form:plan:site:gate", forms.TextControl},
		"form/plan/address":          {"form:plan:address", forms.GroupControl},
		"form/plan/address/floor":    {"form:plan:address.floor", forms.NumberControl},
		"form/plan/kw":               {"form:plan:kw", forms.NumberControl},
		"form/noise/price":           {"form:noise:price", forms.MoneyControl},
		"form/noise/loud":            {"form:noise:loud", forms.RadiosControl},
		"form/noise/site":            {"form:noise:site", forms.FileControl},
		"answer/visitors":            {"answer:visitors", forms.AnswerControl},
		"term/organiser.personal_id": {"term:organiser:personal_id", forms.TextControl},
	} {
		f := u.Field(key)
		if f == nil {
			t.Errorf("there is no field %s", key)
			continue
		}
		if f.Name != want.name || f.Control != want.control || f.Key != key {
			t.Errorf("%s: %s, %s, %s; want %v", key, f.Key, f.Name, f.Control, want)
		}
	}
	for _, key := range []string{"form/plan/none", "form/plan/crew/name", "form/plan/crew/0", "term/organiser", ""} {
		if u.Field(key) != nil {
			t.Errorf("there is a field %s", key)
		}
	}
	exits := u.Field("form/plan/exits")
	if exits.Heading.In("en") != "How people get out" || exits.Hint.In("en") != "All of them" || exits.Help.In("en") != "Draw a map." ||
		exits.MinLength != 20 || exits.MaxLength != 4000 || strings.Join(exits.Examples, "") != "North door" {
		t.Errorf("exits: %+v", exits)
	}
	if h := u.Field("form/plan/crew").Heading; !h.Empty() {
		t.Errorf("a heading is said twice: %v", h)
	}
	if h := u.Field("form/plan/site/gate").Heading.In("en"); h != "Site" {
		t.Errorf("the heading of an object's part is %q", h)
	}
	if !u.Field("term/organiser.personal_id").Personal || u.Field("term/organiser.name").Personal {
		t.Error("a personal identity code is not marked")
	}
	if u.Field("term/organiser.name").Autocomplete != "organization" || u.Field("form/plan/crew/0/name").Title.In("en") != "Name" {
		t.Error("a term's texts are lost")
	}
}

// TestSchemas holds that what an authority gets is JSON Schema without anything that only luvat knows.
func TestSchemas(t *testing.T) {
	b, _ := book(t, twoForms)
	for _, id := range b.Forms() {
		for _, lang := range definitions.Languages {
			schema := b.Schema(id, lang)
			var doc map[string]any
			if err := json.Unmarshal(schema, &doc); err != nil {
				t.Fatal(err)
			}
			if doc["$schema"] != "https://json-schema.org/draft/2020-12/schema" || doc["$id"] != "urn:luvat:test:1:"+id+":"+string(lang) {
				t.Errorf("%s: $schema %v, $id %v", id, doc["$schema"], doc["$id"])
			}
			for _, word := range []string{`"x-`, `term:`, `"fi":`, `"en":`} {
				if bytes.Contains(schema, []byte(word)) {
					t.Errorf("%s holds %s: %s", id, word, schema)
				}
			}
			c := jsonschema.NewCompiler()
			c.Draft = jsonschema.Draft2020
			if err := c.AddResource("urn:test:schema", bytes.NewReader(schema)); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Compile("urn:test:schema"); err != nil {
				t.Errorf("%s in %s: %v", id, lang, err)
			}
		}
	}
	var plan struct {
		Required   []string
		Properties map[string]struct {
			Title      string
			Required   []string
			Properties map[string]struct{ Title, Pattern, Format string }
		}
	}
	if err := json.Unmarshal(b.Schema("plan", definitions.Swedish), &plan); err != nil {
		t.Fatal(err)
	}
	organiser := plan.Properties["organiser"]
	if organiser.Title != "Arrangör" || organiser.Properties["name"].Title != "Namn" || strings.Join(organiser.Required, "") != "name" {
		t.Errorf("organiser: %+v", organiser)
	}
	if organiser.Properties["business_id"].Pattern == "" {
		t.Error("a format that only luvat knows has no pattern for others")
	}
	if b.Schema("none", definitions.Finnish) != nil {
		t.Error("a form that there is not has a schema")
	}
}

func TestShown(t *testing.T) {
	b, p := book(t, twoForms)
	u := b.Union(needs)
	in := forms.Input{Answers: answers(t, p, `{}`), On: on, Data: forms.Data{}}
	s := u.Show(in)
	for key, want := range map[string]bool{"term/organiser.name": true, "term/organiser.business_id": false, "form/plan/exits": true, "form/plan/crew/0/name": true,
		"term/place.where/municipality": false, "form/noise/price": false} {
		if !s.Visible(key) || s.Required(key) != want {
			t.Errorf("%s: shown %v, required %v, want %v", key, s.Visible(key), s.Required(key), want)
		}
	}
	if s.Visible("form/plan/kw") || s.Visible("form/plan/crew/1/name") {
		t.Error("a field is shown that should not be")
	}
	in.Data["term/place.where"] = map[string]any{"address": "Kauppatori 1"}
	in.Data["form/plan/crew"] = []any{map[string]any{"name": "Aino"}}
	in.Answers = answers(t, p, `{"visitors": 600}`)
	s = u.Show(in)
	if !s.Required("term/place.where/municipality") || !s.Visible("form/plan/crew/1/name") || !s.Visible("form/plan/kw") {
		t.Error("what is shown and required does not follow the data")
	}
	if got := s.Readers("term/organiser.name"); len(got) != 3 {
		t.Errorf("read by %v", got)
	}
	if got := s.Readers("term/place.where"); len(got) != 1 || got[0].Authority != "rescue" {
		t.Errorf("read by %v", got)
	}
	if !s.Section(u.Section("common-organiser")) {
		t.Error("a section with fields is not shown")
	}
}

func TestCheck(t *testing.T) {
	b, p := book(t, twoForms)
	u := b.Union(needs)
	in := forms.Input{Answers: answers(t, p, `{"visitors": 600}`), On: on, Files: map[string][]forms.File{"x": {{ID: "a1", Type: "image/png"}, {ID: "a2", Type: "text/html"}}}, Data: forms.Data{
		"term/organiser.business_id": "0112038-0",
		"term/place.where":           map[string]any{"address": "Kauppatori 1"},
		"form/plan/exits":            "North",
		"form/plan/crew":             []any{map[string]any{}, map[string]any{"name": "A", "card": "1"}, map[string]any{"card": "2"}},
		"form/plan/kw":               -1.0,
		"form/noise/price":           1.234,
		"form/noise/site":            "a2",
	}}
	problems := u.Check(in, definitions.English)
	var got []string
	for _, pr := range problems {
		got = append(got, pr.Section+" "+pr.Key+" "+pr.Name+" "+pr.Keyword+" "+pr.Pointer)
		if pr.Message == "" {
			t.Errorf("%s: no message", pr.Key)
		}
	}
	want := []string{
		"common-organiser term/organiser.name term:organiser:name required /organiser/name",
		"common-organiser term/organiser.business_id term:organiser:business_id format /organiser/business_id",
		"common-place term/place.where/municipality term:place:where.municipality required /site/where/municipality",
		"own-rescue-plan form/plan/exits form:plan:exits minLength /exits",
		"own-rescue-plan form/plan/crew/1/name form:plan:crew.1.name minLength /crew/0/name",
		"own-rescue-plan form/plan/crew/2/name form:plan:crew.2.name required /crew/1/name",
		"own-rescue-plan form/plan/kw form:plan:kw minimum /kw",
		"own-noise-notice form/noise/price form:noise:price multipleOf /price",
		"own-noise-notice form/noise/site form:noise:site attachment /site",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("problems:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := u.CheckSection("own-noise-notice", in, definitions.English); len(got) != 2 {
		t.Errorf("section: %v", got)
	}
	for _, pr := range problems {
		if pr.Key == "form/plan/crew/1/name" && !strings.HasPrefix(pr.Message, "Steward 2, Name: ") {
			t.Errorf("an item's message is %q", pr.Message)
		}
	}
}

func TestFiling(t *testing.T) {
	b, p := book(t, twoForms)
	u := b.Union(needs)
	in := forms.Input{Answers: answers(t, p, `{"visitors": 100}`), On: on, Data: forms.Data{
		"term/organiser.name": "Juhlat Oy", "term/person.name": "Aino", "term/times.start": "2026-06-01T12:00",
		"term/place.where": map[string]any{"municipality": "853", "secret": "x"}, "form/plan/site/gate": "West", "form/plan/kw": 5.0,
		"form/noise/price": 3.5, "form/plan/address": map[string]any{"street": "Katu 1", "door": "B"},
	}}
	for requirement, want := range map[string]string{
		"rescue-plan":  `{"address":{"street":"Katu 1"},"organiser":{"name":"Juhlat Oy"},"site":{"gate":"West","where":{"municipality":"853"}},"visitors":100}`,
		"noise-notice": `{"price":3.5,"starts":"2026-06-01T12:00","visitors":100,"who":{"name":"Juhlat Oy"}}`,
		"talk":         `{}`,
	} {
		got, err := u.Filing(requirement, in)
		if err != nil || asJSON(t, got) != want {
			t.Errorf("%s: %s, %v; want %s", requirement, asJSON(t, got), err, want)
		}
	}
	if _, err := u.Filing("other", in); err == nil || err.Error() != "the form of the case was made without requirement `other`" {
		t.Errorf("a filing of another requirement: %v", err)
	}
}
