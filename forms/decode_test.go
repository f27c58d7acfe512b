package forms_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"luvat/definitions"
	"luvat/forms"
)

func TestDecode(t *testing.T) {
	b, p := book(t, twoForms)
	u := b.Union(needs)
	for _, c := range []struct {
		name, section, form, data, changes, problems string
	}{
		{"text is trimmed", "common-organiser", "term:organiser:name=+Juhlat+Oy%0D%0A", `{}`, `{"term/organiser.name":"Juhlat Oy"}`, ``},
		{"what is the same is no change", "common-organiser", "term:organiser:name=Juhlat", `{"term/organiser.name": "Juhlat"}`, `{}`, ``},
		{"an emptied field is unknown", "common-organiser", "term:organiser:name=+", `{"term/organiser.name": "Juhlat"}`, `{"term/organiser.name":null}`, ``},
		{"what is not posted stays", "common-organiser", "", `{"term/organiser.name": "Juhlat"}`, `{}`, ``},
		{"other sections' fields are not read", "common-organiser", "form:plan:exits=x&form:plan:none=1", `{}`, `{}`, ``},
		{"lines", "own-rescue-plan", "form:plan:exits=a%0D%0Ab%0Dc%00", `{}`, `{"form/plan/exits":"a\nb\nc"}`, ``},
		{"an identifier in its one spelling", "common-organiser", "term:organiser:business_id=+fi01120389+", `{}`, `{"term/organiser.business_id":"0112038-9"}`, ``},
		{"money", "own-noise-notice", "form:noise:price=1+200,50+%E2%82%AC", `{}`, `{"form/noise/price":1200.5}`, ``},
		{"money that may mean two things", "own-noise-notice", "form:noise:price=1.200", `{}`, `{}`, `form:noise:price "1.200" Price: write an amount in euro, such as 1200.50.`},
		{"a number with its unit", "own-rescue-plan", "form:plan:kw=12,5+kW", `{}`, `{"form/plan/kw":12.5}`, ``},
		{"no number", "own-rescue-plan", "form:plan:kw=much", `{"form/plan/kw": 3}`, `{}`, `form:plan:kw "much" Power: write the number in digits.`},
		{"yes", "own-noise-notice", "form:noise:loud=true", `{}`, `{"form/noise/loud":true}`, ``},
		{"no", "own-noise-notice", "form:noise:loud=false&seen:form:noise:loud=1", `{}`, `{"form/noise/loud":false}`, ``},
		{"neither", "own-noise-notice", "seen:form:noise:loud=1", `{"form/noise/loud": true}`, `{"form/noise/loud":null}`, ``},
		{"maybe", "own-noise-notice", "form:noise:loud=maybe", `{}`, `{}`, `form:noise:loud "maybe" Loud: choose one of the options.`},
		{"boxes", "own-rescue-plan", "form:plan:kinds=cold&form:plan:kinds=hot", `{}`, `{"form/plan/kinds":["hot","cold"]}`, ``},
		{"no boxes", "own-rescue-plan", "seen:form:plan:kinds=1", `{"form/plan/kinds": ["hot"]}`, `{"form/plan/kinds":null}`, ``},
		{"boxes that were not on the page", "own-rescue-plan", "form:plan:kw=1", `{"form/plan/kinds": ["hot"], "form/plan/kw": 1}`, `{}`, ``},
		{"a day with a time", "common-times", "term:times:start.date=1.6.2027&term:times:start.time=18.30", `{}`, `{"term/times.start":"2027-06-01T18:30"}`, ``},
		{"the browser's own", "common-times", "term:times:start.date=2027-06-01&term:times:start.time=18:30", `{}`, `{"term/times.start":"2027-06-01T18:30"}`, ``},
		{"a full hour", "common-times", "term:times:start.date=01.06.2027&term:times:start.time=9", `{}`, `{"term/times.start":"2027-06-01T09:00"}`, ``},
		{"a day without a time", "common-times", "term:times:start.date=1.6.2027&term:times:start.time=", `{}`, `{}`, `term:times:start "1.6.2027" Starts: write the time too.`},
		{"no such day", "common-times", "term:times:start.date=31.6.2027&term:times:start.time=9", `{}`, `{}`, `term:times:start "31.6.2027 9" Starts: write the date as 1.6.2027.`},
		{"a group", "own-rescue-plan", "form:plan:address.street=Katu+1&form:plan:address.floor=2", `{}`, `{"form/plan/address":{"floor":2,"street":"Katu 1"}}`, ``},
		{"a part of a group", "own-rescue-plan", "form:plan:address.floor=", `{"form/plan/address": {"floor": 2, "street": "Katu 1"}}`, `{"form/plan/address":{"street":"Katu 1"}}`, ``},
		{"an emptied group", "own-rescue-plan", "form:plan:address.floor=", `{"form/plan/address": {"floor": 2}}`, `{"form/plan/address":null}`, ``},
		{"a place", "common-place", "term:place:where.municipality=853&term:place:where.point.lat=60,45&term:place:where.point.lon=22,26", `{}`,
			`{"term/place.where":{"municipality":"853","point":[60.45,22.26]}}`, ``},
		{"half a point", "common-place", "term:place:where.point.lat=60,45&term:place:where.point.lon=", `{}`, `{}`,
			`term:place:where.point "60,45" Position: write latitude and longitude, such as 60.17 and 24.94.`},
		{"items", "own-rescue-plan", "form:plan:crew.0.name=Aino&form:plan:crew.0.card=&form:plan:crew.1.name=&form:plan:crew.2.name=Eino", `{}`,
			`{"form/plan/crew":[{"name":"Aino"},{"name":"Eino"}]}`, ``},
		{"an item after a gap keeps its own", "own-rescue-plan", "form:plan:crew.1.name=Eino", `{"form/plan/crew": [{"name": "Aino", "card": "1"}, {"name": "Eero", "card": "2"}]}`,
			`{"form/plan/crew":[{"card":"2","name":"Eino"}]}`, ``},
		{"an item more", "own-rescue-plan", "form:plan:crew.0.name=Aino&add:form:plan:crew=1", `{}`, `{"form/plan/crew":[{"name":"Aino"},{}]}`, ``},
		{"an item less", "own-rescue-plan", "form:plan:crew.0.name=Aino&form:plan:crew.1.name=Eino&remove:form:plan:crew.0=1", `{}`, `{"form/plan/crew":[{"name":"Eino"}]}`, ``},
		{"the last item", "own-rescue-plan", "form:plan:crew.0.name=Aino&remove:form:plan:crew.0=1", `{"form/plan/crew": [{"name": "Aino"}]}`, `{"form/plan/crew":null}`, ``},
		{"a button alone", "own-rescue-plan", "remove:form:plan:crew.0=1", `{"form/plan/crew": [{"name": "Aino"}, {"name": "Eino"}]}`, `{"form/plan/crew":[{"name":"Eino"}]}`, ``},
		{"no items", "own-rescue-plan", "seen:form:plan:crew=1", `{"form/plan/crew": [{"name": "Aino"}]}`, `{"form/plan/crew":null}`, ``},
		{"a far item", "own-rescue-plan", "form:plan:crew.99999999.name=Aino&form:plan:crew.-1.name=x&form:plan:crew.01.name=y", `{}`, `{}`, ``},
		{"answers are changed elsewhere", "common-answers", "answer:visitors=5", `{}`, `{}`, ``},
		{"a file", "own-noise-notice", "form:noise:site=a1b2", `{}`, `{"form/noise/site":"a1b2"}`, ``},
	} {
		form, err := url.ParseQuery(c.form)
		if err != nil {
			t.Fatal(err)
		}
		in := forms.Input{Answers: p.NewAnswers(), On: on, Data: fromJSON(t, c.data), Lang: definitions.English}
		changes, problems := u.Decode(u.Section(c.section), form, in)
		var said []string
		for _, pr := range problems {
			if pr.Section != c.section || pr.Keyword != "unreadable" || u.Field(pr.Key) == nil {
				t.Errorf("%s: %+v", c.name, pr)
			}
			said = append(said, pr.Name+` "`+pr.Typed+`" `+pr.Message)
		}
		if got := asJSON(t, changes); got != c.changes || strings.Join(said, "\n") != c.problems {
			t.Errorf("%s: %s, %v\nwant %s, %s", c.name, got, said, c.changes, c.problems)
		}
	}
}

func TestDecodeLimits(t *testing.T) {
	b, p := book(t, twoForms)
	u := b.Union(needs)
	in := forms.Input{Answers: p.NewAnswers(), On: on, Data: forms.Data{}}
	long := strings.Repeat("ä", 3<<20)
	changes, problems := u.Decode(u.Section("common-organiser"), url.Values{"term:organiser:name": {long}}, in)
	if len(changes) != 0 || len(problems) != 1 || problems[0].Message != "Lomakkeessa on liikaa tekstiä: enintään 4 megatavua voi tallentaa kerralla." {
		t.Errorf("%d changes, %v", len(changes), problems)
	}
	changes, problems = u.Decode(u.Section("common-organiser"), url.Values{"term:organiser:name": {long[:100_000]}}, in)
	if len(changes) != 0 || len(problems) != 1 || problems[0].Typed != "" {
		t.Errorf("%d changes, %d problems", len(changes), len(problems))
	}
	if changes, problems := u.Decode(nil, url.Values{"a": {"b"}}, in); len(changes)+len(problems) > 0 {
		t.Errorf("a section that there is not gives %v, %v", changes, problems)
	}
}

// FuzzDecode posts anything to every section: nothing may panic, and what is read can be shown, checked and sent.
func FuzzDecode(f *testing.F) {
	b, p := book(f, twoForms)
	u := b.Union(needs)
	for _, seed := range []string{"form:plan:crew.0.name=Aino&add:form:plan:crew=1&remove:form:plan:crew.1=", "term:times:start.date=1.6.2027&term:times:start.time=9",
		"form:noise:price=1+200,50&form:noise:loud=true", "term:place:where.point.lat=1&term:place:where.point.lon=-,", "form:plan:crew.0=x&form:plan:crew.0.name.1=&seen:form:plan:kinds=",
		"form:plan:kw=%C2%A01.234.567,8&form:plan:address.floor=−2"} {
		f.Add(seed, "600")
	}
	f.Fuzz(func(t *testing.T, posted, visitors string) {
		form, _ := url.ParseQuery(posted)
		a := p.NewAnswers()
		if visitors == "600" {
			a = answers(t, p, `{"visitors": 600}`)
		}
		in := forms.Input{Answers: a, On: on, Data: forms.Data{"form/plan/crew": visitors, "form/plan/address": []any{visitors}}}
		for range 2 { // over what was there, and over what the first reading gave
			for _, s := range u.Sections {
				changes, problems := u.Decode(s, form, in)
				for k, v := range changes {
					if !strings.HasPrefix(k, "term/") && !strings.HasPrefix(k, "form/") || u.Field(k) == nil {
						t.Fatalf("the form changed %q", k)
					}
					if s, ok := v.(string); ok && !utf8.ValidString(s) {
						t.Fatalf("%q is no text", s)
					}
					in.Data[k] = v
				}
				for _, pr := range problems {
					if pr.Message == "" {
						t.Fatal("a problem says nothing")
					}
				}
			}
			u.Show(in)
			u.Check(in, definitions.Swedish)
			if _, err := u.Filing("rescue-plan", in); err != nil {
				t.Fatal(err)
			}
		}
	})
}
