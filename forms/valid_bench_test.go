package forms

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
	"unicode/utf8"
)

// filledSchema is a form as an event organiser meets one: 43 fields, nested, with lists, formats, choices and patterns.
const filledSchema = `{
"type":"object","additionalProperties":false,
"required":["organiser","contact","event","place","times","people","invoicing","consent"],
"properties":{
 "organiser":{"type":"object","additionalProperties":false,"required":["name","business_id","kind","address","postal_code","city"],"properties":{
  "name":{"type":"string","minLength":1,"maxLength":200},"business_id":{"type":"string","format":"business-id"},
  "kind":{"type":"string","enum":["company","association","public-body","person"]},
  "address":{"type":"string","minLength":1,"maxLength":200},"postal_code":{"type":"string","format":"postal-code"},
  "city":{"type":"string","minLength":1,"maxLength":100},"phone":{"type":"string","format":"phone"},"email":{"type":"string","format":"email"}}},
 "contact":{"type":"object","additionalProperties":false,"required":["name","personal_id","phone","email"],"properties":{
  "name":{"type":"string","minLength":1,"maxLength":200},"personal_id":{"type":"string","format":"personal-id"},
  "phone":{"type":"string","format":"phone"},"email":{"type":"string","format":"email"},"reachable":{"type":"boolean"}}},
 "event":{"type":"object","additionalProperties":false,"required":["name","description","kind"],"properties":{
  "name":{"type":"string","minLength":1,"maxLength":200},"description":{"type":"string","minLength":20,"maxLength":4000},
  "kind":{"enum":["concert","market","sports","fair","other"]},"reference":{"type":"string","pattern":"^[A-Z]{2}-[0-9]{4,6}$"},
  "audience":{"type":"array","uniqueItems":true,"items":{"enum":["children","young","adults","all"]}}}},
 "place":{"type":"object","additionalProperties":false,"required":["municipality","address"],"properties":{
  "municipality":{"type":"string","format":"municipality"},"address":{"type":"string","maxLength":200},"property":{"type":"string","format":"property-id"},
  "point":{"type":"array","prefixItems":[{"type":"number","minimum":59,"maximum":71},{"type":"number","minimum":19,"maximum":32}],"minItems":2,"maxItems":2}}},
 "times":{"type":"object","additionalProperties":false,"required":["start","end","daily"],"properties":{
  "build_up":{"type":"string","format":"date"},"start":{"type":"string","format":"date"},"end":{"type":"string","format":"date"},"dismantling":{"type":"string","format":"date"},
  "daily":{"type":"array","minItems":1,"maxItems":60,"items":{"type":"object","additionalProperties":false,"required":["day","opens","closes"],"properties":{
   "day":{"type":"string","format":"date"},"opens":{"type":"string","format":"clock"},"closes":{"type":"string","pattern":"^([01][0-9]|2[0-3]):[0-5][0-9]$"}}}}}},
 "people":{"type":"object","additionalProperties":false,"required":["peak","total"],"properties":{
  "peak":{"type":"integer","minimum":1,"maximum":1000000},"total":{"type":"integer","minimum":1},"staff":{"type":"integer","minimum":0},
  "area_m2":{"type":"number","exclusiveMinimum":0},"budget":{"type":"number","minimum":0,"multipleOf":0.01},
  "stewards":{"type":"array","items":{"type":"object","required":["name"],"properties":{"name":{"type":"string","minLength":1},"card":{"type":"string","pattern":"^[0-9]{8}$"}}}}}},
 "invoicing":{"type":"object","additionalProperties":false,"required":["way"],"properties":{
  "way":{"enum":["e-invoice","paper","e-mail"]},"e_invoice_address":{"type":"string","format":"e-invoice"},"operator":{"type":"string","maxLength":50},"iban":{"type":"string","format":"iban"},"reference":{"type":"string","maxLength":50}},
  "if":{"required":["way"],"properties":{"way":{"const":"e-invoice"}}},"then":{"required":["e_invoice_address","operator"]}},
 "consent":{"const":true}}}`

const filledForm = `{
"organiser":{"name":"Aurajoen Festivaalit Oy","business_id":"2646674-9","kind":"company","address":"Linnankatu 1","postal_code":"20100","city":"Turku","phone":"+358401234567","email":"toimisto@festivaalit.example.fi"},
"contact":{"name":"Maija Meikäläinen","personal_id":"131052-308T","phone":"0401234567","email":"maija.meikalainen@example.fi","reachable":true},
"event":{"name":"Jokirannan kesäfestivaali","description":"Kolmipäiväinen musiikkifestivaali Aurajoen rannassa: kaksi lavaa, ruokakojuja ja lasten alue. Alueelle myydään liput ennakkoon.","kind":"concert","reference":"TK-20261","audience":["adults","young"]},
"place":{"municipality":"853","address":"Läntinen Rantakatu 10","property":"853-1-20-3","point":[60.4489,22.2603]},
"times":{"build_up":"2026-07-01","start":"2026-07-03","end":"2026-07-05","dismantling":"2026-07-06","daily":[{"day":"2026-07-03","opens":"15:00","closes":"23:30"},{"day":"2026-07-04","opens":"12:00","closes":"23:30"},{"day":"2026-07-05","opens":"12:00","closes":"20:00"}]},
"people":{"peak":5000,"total":13500,"staff":120,"area_m2":8400.5,"budget":249999.95,"stewards":[{"name":"Matti Virtanen","card":"12345678"},{"name":"Liisa Korhonen","card":"87654321"},{"name":"Pekka Nieminen","card":"11223344"}]},
"invoicing":{"way":"e-invoice","e_invoice_address":"003726466749","operator":"BAWCFI22","iban":"FI2112345600000785","reference":"Festivaali 2026"},
"consent":true}`

func decoded(t testing.TB, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// written is an object of the form for the checks that follow: the same rules as an engineer would write them for this one form, in
// plain Go. Only the formats are checked by the same functions.
type written map[string]any

func (m written) text(name string, required bool, least, most int) bool {
	v, there := m[name]
	if !there {
		return !required
	}
	s, ok := v.(string)
	return ok && (most >= len(s) || utf8.RuneCountInString(s) <= most) && (least <= 1 && len(s) >= least || utf8.RuneCountInString(s) >= least)
}

func (m written) format(name string, required bool, wrong func(string) Reason) bool {
	v, there := m[name]
	if !there {
		return !required
	}
	s, ok := v.(string)
	return ok && wrong(s) == ""
}

func (m written) number(name string, required, whole bool, least, most float64) bool {
	v, there := m[name]
	if !there {
		return !required
	}
	f, ok := v.(float64)
	return ok && f >= least && f <= most && (!whole || f == math.Trunc(f))
}

func (m written) object(name string, most int) (written, bool) {
	o, ok := m[name].(map[string]any)
	return o, ok && len(o) <= most
}

// only tells whether an object has no other keys than these.
func (m written) only(names ...string) bool {
	found := 0
	for _, n := range names {
		if _, ok := m[n]; ok {
			found++
		}
	}
	return found == len(m)
}

func reference(s string) bool {
	return len(s) >= 7 && len(s) <= 9 && letter(s[0]) && letter(s[1]) && s[2] == '-' && allDigits(s[3:])
}

var digits3, digits5, digits8 = digits(3), digits(5), digits(8)

func handWritten(v any) bool {
	root, ok := v.(map[string]any)
	m := written(root)
	return ok && len(m) == 8 && m["consent"] == true && m.organiser() && m.contact() && m.event() && m.place() && m.times() && m.people() && m.invoicing()
}

func (m written) organiser() bool {
	o, ok := m.object("organiser", 8)
	if !ok || !o.text("name", true, 1, 200) || !o.format("business_id", true, businessID) || !o.text("address", true, 1, 200) ||
		!o.format("postal_code", true, digits5) || !o.text("city", true, 1, 100) || !o.format("phone", false, phone) || !o.format("email", false, email) {
		return false
	}
	switch o["kind"] {
	case "company", "association", "public-body", "person":
	default:
		return false
	}
	return o.only("name", "business_id", "kind", "address", "postal_code", "city", "phone", "email")
}

func (m written) contact() bool {
	c, ok := m.object("contact", 5)
	if !ok || !c.text("name", true, 1, 200) || !c.format("personal_id", true, personalID) || !c.format("phone", true, phone) || !c.format("email", true, email) {
		return false
	}
	if b, there := c["reachable"]; there {
		if _, ok := b.(bool); !ok {
			return false
		}
	}
	return c.only("name", "personal_id", "phone", "email", "reachable")
}

func (m written) event() bool {
	e, ok := m.object("event", 5)
	if !ok || !e.text("name", true, 1, 200) || !e.text("description", true, 20, 4000) {
		return false
	}
	switch e["kind"] {
	case "concert", "market", "sports", "fair", "other":
	default:
		return false
	}
	if r, there := e["reference"]; there {
		if s, ok := r.(string); !ok || !reference(s) {
			return false
		}
	}
	if a, there := e["audience"]; there {
		list, ok := a.([]any)
		if !ok {
			return false
		}
		for i, item := range list {
			switch item {
			case "children", "young", "adults", "all":
			default:
				return false
			}
			if slices.Contains(list[:i], item) {
				return false
			}
		}
	}
	return e.only("name", "description", "kind", "reference", "audience")
}

func (m written) place() bool {
	p, ok := m.object("place", 4)
	if !ok || !p.format("municipality", true, digits3) || !p.text("address", true, 0, 200) || !p.format("property", false, propertyID) {
		return false
	}
	if at, there := p["point"]; there {
		point, ok := at.([]any)
		if !ok || len(point) != 2 {
			return false
		}
		lat, ok := point[0].(float64)
		lon, ok2 := point[1].(float64)
		if !ok || !ok2 || lat < 59 || lat > 71 || lon < 19 || lon > 32 {
			return false
		}
	}
	return p.only("municipality", "address", "property", "point")
}

func (m written) times() bool {
	t, ok := m.object("times", 5)
	if !ok || !t.format("build_up", false, date) || !t.format("start", true, date) || !t.format("end", true, date) || !t.format("dismantling", false, date) {
		return false
	}
	days, ok := t["daily"].([]any)
	if !ok || len(days) < 1 || len(days) > 60 {
		return false
	}
	for _, item := range days {
		d, ok := item.(map[string]any)
		day := written(d)
		if !ok || len(d) != 3 || !day.format("day", true, date) || !day.format("opens", true, clock) || !day.format("closes", true, clock) {
			return false
		}
	}
	return t.only("build_up", "start", "end", "dismantling", "daily")
}

func (m written) people() bool {
	n, ok := m.object("people", 6)
	if !ok || !n.number("peak", true, true, 1, 1e6) || !n.number("total", true, true, 1, math.Inf(1)) || !n.number("staff", false, true, 0, math.Inf(1)) ||
		!n.number("area_m2", false, false, math.SmallestNonzeroFloat64, math.Inf(1)) || !n.number("budget", false, false, 0, math.Inf(1)) {
		return false
	}
	if b, there := n["budget"]; there && math.Round(b.(float64)*100)/100 != b {
		return false
	}
	if s, there := n["stewards"]; there {
		list, ok := s.([]any)
		if !ok {
			return false
		}
		for _, item := range list {
			one, ok := item.(map[string]any)
			if !ok || !written(one).text("name", true, 1, math.MaxInt) || !written(one).format("card", false, digits8) {
				return false
			}
		}
	}
	return n.only("peak", "total", "staff", "area_m2", "budget", "stewards")
}

func (m written) invoicing() bool {
	i, ok := m.object("invoicing", 5)
	if !ok || !i.format("e_invoice_address", false, eInvoice) || !i.text("operator", false, 0, 50) || !i.format("iban", false, iban) || !i.text("reference", false, 0, 50) {
		return false
	}
	switch i["way"] {
	case "e-invoice":
		if !i.format("e_invoice_address", true, eInvoice) || !i.text("operator", true, 0, 50) {
			return false
		}
	case "paper", "e-mail":
	default:
		return false
	}
	return i.only("way", "e_invoice_address", "operator", "iban", "reference")
}

// spoilt returns copies of a value with one thing changed in each: a key left out, a key too many, a value of another kind.
func spoilt(v any) []any {
	var out []any
	switch v := v.(type) {
	case map[string]any:
		with := func(key string, value any) map[string]any {
			changed := map[string]any{key: value}
			for k, x := range v {
				if k != key {
					changed[k] = x
				}
			}
			return changed
		}
		for k, inner := range v {
			less := with(k, nil)
			delete(less, k)
			out = append(out, less)
			for _, s := range spoilt(inner) {
				out = append(out, with(k, s))
			}
		}
		out = append(out, with("needless", true))
	case []any:
		out = append(out, []any{}, append(slices.Clone(v), v...))
		for i, inner := range v {
			for _, s := range spoilt(inner) {
				changed := slices.Clone(v)
				changed[i] = s
				out = append(out, changed)
			}
		}
	case string:
		out = append(out, "", v+"x", "1"+v[1:], 1.0)
	case float64:
		out = append(out, -v, v+0.001, v*1e9, "x")
	}
	return append(out, nil, true, false)
}

// TestWrittenByHandIsTheSame makes sure that the benchmark compares like with like.
func TestWrittenByHandIsTheSame(t *testing.T) {
	v := mustValidator(t, decoded(t, filledSchema))
	good := decoded(t, filledForm)
	if !v.Valid(good) || !handWritten(good) {
		t.Fatalf("the filled form is not valid: %v, by hand %v", v.Faults(good), handWritten(good))
	}
	all := spoilt(good)
	valid := 0
	for _, s := range all {
		library := v.library.Validate(s) == nil
		if got, by := v.Valid(s), handWritten(s); got != library || by != library {
			text, _ := json.Marshal(s)
			t.Errorf("%v, by hand %v, the library says %v: %s", got, by, library, text)
		}
		if library {
			valid++
		}
	}
	if len(all) < 500 || valid < 50 || valid > len(all)/2 {
		t.Errorf("%d spoilt forms, %d of them still valid: too few of one kind to tell", len(all), valid)
	}
}

func TestAValidFormAllocatesNothing(t *testing.T) {
	v := mustValidator(t, decoded(t, filledSchema))
	good := decoded(t, filledForm)
	if n := testing.AllocsPerRun(100, func() { v.Valid(good) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkValidate measures a valid form in turns: the library, nodes, and Go written by hand, some rounds of each, so that a busy
// machine slows all three alike. It reports the medians, and the medians of the rounds' ratios.
func BenchmarkValidate(b *testing.B) {
	v := mustValidator(b, decoded(b, filledSchema))
	good := decoded(b, filledForm)
	per := func(times int, check func() bool) float64 {
		start := time.Now()
		for range times {
			if !check() {
				b.Fatal("the form is not valid")
			}
		}
		return float64(time.Since(start).Nanoseconds()) / float64(times)
	}
	var library, nodes, hand, faster, slower []float64
	for range max(b.N, 41) {
		l := per(100, func() bool { return v.library.Validate(good) == nil })
		n := per(4000, func() bool { return v.Valid(good) })
		h := per(4000, func() bool { return handWritten(good) })
		library, nodes, hand = append(library, l), append(nodes, n), append(hand, h)
		faster, slower = append(faster, l/n), append(slower, n/h)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(library), "ns/library")
	b.ReportMetric(median(nodes), "ns/nodes")
	b.ReportMetric(median(hand), "ns/hand")
	b.ReportMetric(median(faster), "×faster-than-library")
	b.ReportMetric(median(slower), "×hand-written")
	b.ReportMetric(testing.AllocsPerRun(100, func() { v.Valid(good) }), "allocs/form")
}

func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}

// BenchmarkPattern shows why plain patterns are walked: nanoseconds a match, against package regexp.
func BenchmarkPattern(b *testing.B) {
	for _, c := range []struct{ pattern, text string }{{`^[0-9]{5}$`, "20100"}, {`^([01][0-9]|2[0-3]):[0-5][0-9]$`, "23:30"}} {
		r := mustValidator(b, map[string]any{"pattern": c.pattern}).library.Pattern
		walked := matcher(r)
		for _, way := range []struct {
			name  string
			match func(string) bool
		}{{"walked", walked}, {"regexp", r.MatchString}} {
			b.Run(fmt.Sprintf("%s/%s", way.name, c.pattern), func(b *testing.B) {
				for b.Loop() {
					if !way.match(c.text) {
						b.Fatal("no match")
					}
				}
			})
		}
	}
}

// BenchmarkChoice shows from how many options on a map is quicker than a line of comparisons (see fewTexts).
func BenchmarkChoice(b *testing.B) {
	for _, n := range []int{5, 10, 20, 40} {
		line, mapped := &choiceRule{}, &choiceRule{many: map[string]bool{}}
		for i := range n {
			option := fmt.Sprintf("option-%d", i)
			line.texts = append(line.texts, option)
			mapped.many[option] = true
		}
		for _, c := range []struct {
			name string
			rule *choiceRule
		}{{"line", line}, {"map", mapped}} {
			b.Run(fmt.Sprintf("%d/%s", n, c.name), func(b *testing.B) {
				for i := 0; b.Loop(); i++ {
					if !c.rule.text(line.texts[i%n]) {
						b.Fatal("not found")
					}
				}
			})
		}
	}
}
