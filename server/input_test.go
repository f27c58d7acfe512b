package server

import (
	"maps"
	"reflect"
	"strings"
	"testing"

	"luvat/definitions"
	"luvat/server/locale"
)

func fairVisit(t testing.TB) *visit {
	t.Helper()
	on, _ := definitions.ParseDate("2026-11-24")
	p, err := library().Bundle("fair", on)
	if err != nil {
		t.Fatal(err)
	}
	return &visit{texts: locale.In(definitions.Finnish), program: p, today: on, on: on, answers: p.NewAnswers()}
}

func TestWhatPeopleTypeIsRead(t *testing.T) {
	v := fairVisit(t)
	number, integer := &definitions.Question{Type: definitions.Number}, &definitions.Question{Type: definitions.Integer}
	day := func(s string) (any, error) { return readDay(s) }
	clock := func(s string) (any, error) { return readClock(s) }
	decimal := func(s string) (any, error) { return v.readNumber(number, s) }
	whole := func(s string) (any, error) { return v.readNumber(integer, s) }
	for _, c := range []struct {
		read  func(string) (any, error)
		typed string
		want  any // nil: refused
	}{
		{day, "5.7.2027", "2027-07-05"}, {day, " 05.07.2027 ", "2027-07-05"}, {day, "5/7/2027", "2027-07-05"}, {day, "2027-07-05", "2027-07-05"}, {day, "5. 7. 2027", "2027-07-05"},
		{day, "31.2.2027", nil}, {day, "5.7.27", nil}, {day, "heinäkuu", nil}, {day, "0.0.0000", nil}, {day, "5.7.9999", nil}, {day, "29.2.2028", "2028-02-29"},
		{clock, "18", "18:00"}, {clock, "18.30", "18:30"}, {clock, "18:30", "18:30"}, {clock, "klo 9.05", "09:05"}, {clock, "kl. 9", "09:00"}, {clock, "0930", "09:30"}, {clock, "930", "09:30"},
		{clock, "24.00", nil}, {clock, "12.60", nil}, {clock, "iltapäivä", nil},
		{decimal, "12,5", 12.5}, {decimal, "12.5", 12.5}, {decimal, "1 200,50 €", 1200.5}, {decimal, "1\u00a0200", 1200.0}, {decimal, "−3", -3.0}, {decimal, "1e3", nil}, {decimal, "0x10", nil},
		{decimal, "NaN", nil}, {decimal, "Inf", nil}, {decimal, "kymmenen", nil}, {decimal, "1,2,3", nil}, {decimal, "99999999999999999999", nil},
		{whole, "250", 250.0}, {whole, "1 250", 1250.0}, {whole, "2,5", nil}, {whole, "2,0", 2.0},
	} {
		got, err := c.read(c.typed)
		if c.want == nil && err == nil || c.want != nil && (err != nil || got != c.want) {
			t.Errorf("%q is read as %v, %v; want %v", c.typed, got, err, c.want)
		}
	}
}

func TestMunicipalitiesAreFoundByAnyName(t *testing.T) {
	v := fairVisit(t)
	for typed, want := range map[string]string{"Helsinki": "091", "helsingfors": "091", "091": "091", "91": "091", "Ahtari": "989", "ÄHTÄRI": "989", "Esbo": "049", "jyväsk": "179", "Mariehamn": "478", "koski tl": "284"} {
		m, _ := v.findMunicipality(typed)
		if m == nil || m.Code != want {
			t.Errorf("%q finds %v, want %s", typed, m, want)
		}
	}
	for typed, want := range map[string]string{"Helsnki": "Helsinki", "Tampre": "Tampere", "xxxxxx": ""} {
		m, near := v.findMunicipality(typed)
		if m != nil || near != want {
			t.Errorf("%q finds %v and suggests %q, want %q", typed, m, near, want)
		}
	}
}

func TestPackingGoesThereAndBack(t *testing.T) {
	in := map[string]any{"visitors": 250.0, "music": true, "kind": "food", "structures": []any{}, "towns": []any{"091", "092"}, "area": nil, "contact": "Ääni & <öljy>"}
	packed := pack(in)
	out, err := unpack(packed)
	if err != nil || !reflect.DeepEqual(in, out) {
		t.Errorf("%v came back as %v, %v", in, out, err)
	}
	if strings.ContainsAny(packed, "+/=&%") {
		t.Errorf("%s cannot stand in an address as it is", packed)
	}
	if pack(out) != packed {
		t.Error("the same answers are not packed alike")
	}
	bomb := pack(map[string]any{"contact": strings.Repeat("a", 10*maxUnpacked)})
	for _, bad := range []string{"2" + packed[1:], packed[:len(packed)/2], "1", "1!!!", bomb, "1" + strings.Repeat("A", maxPacked), pack(map[string]any{"x": 1.0})[:3]} {
		if _, err := unpack(bad); err == nil {
			t.Errorf("%.40s… is read", bad)
		}
	}
}

func TestWhatMayBePersonalIsNotShared(t *testing.T) {
	v := fairVisit(t)
	all := map[string]any{"visitors": 5.0, "contact": "Matti", "site": map[string]any{"municipality": "091", "address": "Tori 1"},
		"stalls": []any{map[string]any{"label": "Matin makkara", "width": 2.0}, map[string]any{"width": 3.0}}, "music": nil}
	shared, private := divide(v.bundle(), all)
	want := map[string]any{"visitors": 5.0, "site": map[string]any{"municipality": "091"}, "stalls": []any{map[string]any{"width": 2.0}, map[string]any{"width": 3.0}}, "music": nil}
	if !reflect.DeepEqual(shared, want) {
		t.Errorf("shared: %v, want %v", shared, want)
	}
	back := maps.Clone(shared)
	maps.Copy(back, private)
	if !reflect.DeepEqual(back, all) {
		t.Errorf("together they are %v, want %v", back, all)
	}
}

func TestWordsSortAsInFinnish(t *testing.T) {
	words := []string{"Öja", "Äänekoski", "Zug", "Akaa", "Åland", "espoo"}
	sortWords(words)
	if got := strings.Join(words, " "); got != "Akaa espoo Zug Åland Äänekoski Öja" {
		t.Errorf("sorted: %s", got)
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(pack(map[string]any{"visitors": 5.0}))
	f.Add("1")
	f.Fuzz(func(t *testing.T, packed string) {
		answers, err := unpack(packed)
		if err == nil && answers == nil {
			t.Error("no answers and no error")
		}
	})
}
