package forms_test

import (
	"net/url"
	"strings"
	"testing"

	"luvat/definitions"
	"luvat/forms"
)

const rareForms = head + `forms:
  rare:
    title: Rare
    type: object
    required: [sure, level]
    $defs: {street: {title: Street, type: string}}
    properties:
      sure: {title: Sure, type: boolean, const: true}
      level: {title: Level, type: integer, enum: [1, 2, 30], x-enum-names: {1: One, 2: Two, 30: Thirty}}
      colour: {title: Colour, oneOf: [{const: red, title: Red}, {const: blue, title: Blue}]}
      street: {$ref: '#/$defs/street', minLength: 3}
      names: {title: Names, x-item-title: Name, type: array, items: {type: string, minLength: 2}}
      maps: {title: Maps, type: array, items: {type: string, format: attachment}, x-accept: [pdf]}
      quick: {title: Quick, type: boolean, x-widget: checkbox}
      long: {title: Long, type: string, maxLength: 500}
      day: {title: Day, type: [string, "null"], format: date}
      bill: {title: Bill, type: string}
      box: {title: Box, type: object, properties: {open: {title: Open, type: boolean}}, dependentSchemas: {open: {properties: {lid: {title: Lid, type: string}}}}}
      tests: {title: Tests, x-widget: table, type: array, items: {type: object, properties: {n: {title: N, type: number}}}}
    dependentRequired: {bill: [street]}
    allOf:
      - if: {properties: {level: {const: 30}}, required: [level]}
        then:
          required: [reason]
          properties: {reason: {title: Reason, type: string}, proof: {title: Proof, type: boolean}}
          if: {properties: {proof: {const: true}}, required: [proof]}
          then: {properties: {number: {title: Number, type: string}}}
`

func TestRareShapes(t *testing.T) {
	b, p := book(t, rareForms)
	u := b.Union([]forms.Need{{Requirement: "r", Form: "rare"}})
	order := "sure level reason proof number colour street names maps quick long day bill box tests"
	if got := keys(u.Sections[0]); got != "form/rare/"+strings.ReplaceAll(order, " ", " form/rare/") {
		t.Errorf("fields: %s", got)
	}
	for name, want := range map[string]forms.Control{"sure": forms.CheckboxControl, "level": forms.RadiosControl, "colour": forms.RadiosControl, "names": forms.ListControl,
		"maps": forms.FileControl, "quick": forms.CheckboxControl, "long": forms.TextareaControl, "day": forms.DateControl, "tests": forms.TableControl, "names/2": forms.TextControl} {
		if f := u.Field("form/rare/" + name); f == nil || f.Control != want {
			t.Errorf("%s: %+v", name, f)
		}
	}
	in := forms.Input{Answers: p.NewAnswers(), On: on, Data: forms.Data{}, Lang: definitions.English}
	decode := func(text string) {
		t.Helper()
		form, err := url.ParseQuery(text)
		if err != nil {
			t.Fatal(err)
		}
		changes, problems := u.Decode(u.Sections[0], form, in)
		if len(problems) > 0 {
			t.Errorf("%s: %v", text, problems)
		}
		for k, v := range changes {
			in.Data[k] = v
		}
	}
	sent := func() string {
		v, err := u.Filing("r", in)
		if err != nil {
			t.Fatal(err)
		}
		return asJSON(t, v)
	}
	wrong := func() string {
		var out []string
		for _, pr := range u.Check(in, definitions.English) {
			out = append(out, strings.TrimPrefix(pr.Key, "form/rare/")+":"+pr.Keyword)
		}
		return strings.Join(out, " ")
	}
	decode("seen:form:rare:sure=1&form:rare:level=30&form:rare:colour=blue&form:rare:names.0=Aino&form:rare:names.1=&form:rare:names.2=B&form:rare:maps=f1&form:rare:maps=f2&seen:form:rare:quick=1&form:rare:day=1.6.2027&form:rare:bill=x")
	if got := sent(); got != `{"bill":"x","colour":"blue","day":"2027-06-01","level":30,"maps":["f1","f2"],"names":["Aino","B"],"quick":false}` {
		t.Errorf("sends %s", got)
	}
	if got := wrong(); got != "sure:required reason:required street:dependentRequired names/1:minLength" {
		t.Errorf("wrong: %s", got)
	}
	if u.Show(in).Visible("form/rare/number") || !u.Show(in).Required("form/rare/street") || u.Show(in).Visible("form/rare/box/lid") {
		t.Error("what is shown does not follow the conditions")
	}
	decode("form:rare:sure=on&form:rare:proof=true&form:rare:box.open=false&form:rare:level=30")
	if s := u.Show(in); !s.Visible("form/rare/number") || !s.Visible("form/rare/box/lid") {
		t.Error("a condition inside another, or inside a group, does not show its field")
	}
	decode("form:rare:number=5&form:rare:level=2&form:rare:box.lid=Tin")
	if got := sent(); got != `{"bill":"x","box":{"lid":"Tin","open":false},"colour":"blue","day":"2027-06-01","level":2,"maps":["f1","f2"],"names":["Aino","B"],"quick":false,"sure":true}` {
		t.Errorf("sends %s", got)
	}
	decode("form:rare:level=30")
	if got := sent(); !strings.Contains(got, `"number":"5"`) || !strings.Contains(got, `"proof":true`) {
		t.Errorf("what was kept aside does not come back: %s", got)
	}
}

func TestOneOfSeveralWays(t *testing.T) {
	b, p := book(t, head+`forms:
  ways:
    title: Ways
    type: object
    properties:
      phone: {title: Phone, type: string}
      email: {title: E-mail, type: string}
      fax: {title: "Fax?", type: string, x-when: large}
    anyOf: [{required: [phone]}, {required: [email]}, {required: [fax]}]
`)
	u := b.Union([]forms.Need{{Requirement: "r", Form: "ways"}})
	in := forms.Input{Answers: p.NewAnswers(), On: on, Data: forms.Data{}}
	got := u.Check(in, definitions.English)
	if len(got) != 1 || got[0].Message != "Phone: fill in at least one of these: Phone, E-mail." && got[0].Message != "E-mail: fill in at least one of these: E-mail, Phone." {
		t.Errorf("%+v", got)
	}
	in.Data["form/ways/email"] = "a@example.fi"
	if got := u.Check(in, definitions.English); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// TestIfOverAHiddenField holds that a test keeps what it requires, in our view and in the schema that an authority gets.
func TestIfOverAHiddenField(t *testing.T) {
	b, p := book(t, head+`forms:
  tent:
    title: Tent
    type: object
    required: [size]
    properties:
      size: {title: Size, type: integer, x-when: large}
    if: {properties: {size: {minimum: 100}}, required: [size]}
    then: {required: [plan], properties: {plan: {title: Plan, type: string}}}
`)
	u := b.Union([]forms.Need{{Requirement: "r", Form: "tent"}})
	schema, err := forms.NewValidator(fromJSON(t, string(b.Schema("tent", definitions.English))))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		answers, data, wrong string
		plan                 bool
	}{
		{`{"visitors": 5}`, `{"form/tent/size": 200}`, "", false},
		{`{"visitors": 900}`, `{}`, "form/tent/size", false},
		{`{"visitors": 900}`, `{"form/tent/size": 20}`, "", false},
		{`{"visitors": 900}`, `{"form/tent/size": 200}`, "form/tent/plan", true},
		{`{"visitors": 900}`, `{"form/tent/size": 200, "form/tent/plan": "x"}`, "", true},
	} {
		in := forms.Input{Answers: answers(t, p, c.answers), On: on, Data: fromJSON(t, c.data)}
		wrong := ""
		for _, pr := range u.Check(in, definitions.English) {
			wrong += pr.Key
		}
		if got := u.Show(in).Visible("form/tent/plan"); wrong != c.wrong || got != c.plan {
			t.Errorf("%s %s: wrong is %q, want %q; the plan is shown: %v", c.answers, c.data, wrong, c.wrong, got)
		}
		if sent, _ := u.Filing("r", in); c.wrong == "" && !schema.Valid(sent) {
			t.Errorf("%s %s: an authority would refuse %v: %v", c.answers, c.data, sent, schema.Faults(sent))
		}
	}
}
