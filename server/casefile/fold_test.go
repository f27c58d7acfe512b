package casefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"luvat/forms"
	"luvat/server/store"
)

func entriesOf(events ...Event) []store.Entry {
	var out []store.Entry
	for i, event := range events {
		data, err := encode(event)
		if err != nil {
			panic(err)
		}
		out = append(out, store.Entry{Case: "c", Seq: uint64(i + 1), Kind: event.Kind(), At: time.Unix(int64(i), 0).UTC(), By: "a", Edition: "e", Data: data})
	}
	return out
}

func opened() *Opened {
	return &Opened{Bundle: "fete", On: "2026-05-04", Lang: "fi", Title: "T", Holder: Holder{Account: "a"}, Answers: map[string]json.RawMessage{}}
}

func TestUnknownKindsAreKept(t *testing.T) {
	entries := append(entriesOf(opened()), store.Entry{Case: "c", Seq: 2, Kind: "decided", Data: json.RawMessage(`{"outcome":"positive"}`)})
	c, err := Fold(entries)
	if err != nil || len(c.History) != 2 || c.History[1].Kind != "decided" || c.History[1].Event != nil || c.Seq != 2 {
		t.Errorf("%v, %+v", err, c.History)
	}
}

func TestFoldRefuses(t *testing.T) {
	filing := SentFiling{ID: "f", Data: json.RawMessage(`{}`)}
	for _, test := range []struct {
		name    string
		entries []store.Entry
		want    string
	}{
		{"a gap", entriesOf(opened(), &Renamed{})[1:], "entry 2 follows entry 0"},
		{"opened twice", entriesOf(opened(), opened()), "first entry only"},
		{"an unknown field", []store.Entry{{Case: "c", Seq: 1, Kind: "renamed", Data: json.RawMessage(`{"title":"x","colour":"y"}`)}}, "colour"},
		{"more after its end", []store.Entry{{Case: "c", Seq: 1, Kind: "renamed", Data: json.RawMessage(`{"title":"x"} {}`)}}, "more after its end"},
		{"a filing with an attachment that is not there", entriesOf(opened(), &Submitted{Filings: []SentFiling{{ID: "f", Attachments: []string{"x"}, Data: json.RawMessage(`{}`)}}}), "no attachment x"},
		{"a version too many", entriesOf(opened(), &Submitted{Filings: []SentFiling{filing}}, &Changed{Filing: "f", Version: 3, Data: json.RawMessage(`{}`)}), "version 3"},
		{"a delivery of nothing", entriesOf(opened(), &Delivered{Task: Task{Filing: "x"}}), "no filing x"},
		{"a withdrawal of nothing", entriesOf(opened(), &Withdrawn{Filings: []WithdrawnFiling{{ID: "x"}}}), "no filing x"},
		{"a receipt of nothing", entriesOf(opened(), &Received{Filing: "x"}), "no filing x"},
	} {
		if _, err := Fold(test.entries); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestEveryKindIsListed(t *testing.T) {
	for kind, empty := range kinds {
		if got := empty().Kind(); got != kind {
			t.Errorf("the kind %q makes an event of kind %q", kind, got)
		}
	}
}

func TestTimeNeverRunsBackwards(t *testing.T) {
	w := newWorld(t, nil)
	c := w.open(maija, 30)
	began := w.clock.time()
	w.clock.move(-48 * time.Hour)
	c = w.must(w.Save(w.ctx, maija, c.ID, Save{Base: c.Seq, Changes: forms.Data{"term/a": "x"}}))
	c = w.ready(maija, c)
	c = w.send(maija, c).Case
	w.verify(c)
	if !c.Changed.Equal(began) {
		t.Errorf("the last entry is of %s, the clock stood at %s before it was set back", c.Changed, began)
	}
	w.clock.move(96 * time.Hour)
	c = w.must(w.Rename(w.ctx, maija, c.ID, "Later"))
	if !c.Changed.After(began) {
		t.Error("time stands still")
	}
}

func TestTitlesHoldNoPersonalIdentityCode(t *testing.T) {
	for given, want := range map[string]string{
		"  Häät\n 2026 ":             "Häät 2026",
		"Häät 131052-308T":           "Häät …",
		"131052A308t ja 010594Y9032": "… ja …",
		"Tilaus 123456-7890":         "Tilaus 123456-7890",
		strings.Repeat("ä", 200):     strings.Repeat("ä", 119) + "…",
	} {
		if got := title(given); got != want {
			t.Errorf("%q becomes %q, not %q", given, got, want)
		}
	}
	for given, want := range map[string]string{
		`C:\docs\a.pdf`: "a.pdf", "../../etc/passwd": "passwd", "": "file", "131052-308T.pdf": "….pdf", "a\u202Efdp.exe": "afdp.exe",
		strings.Repeat("x", 300) + ".pdf": strings.Repeat("x", 196) + ".pdf",
	} {
		if got := fileName(given); got != want {
			t.Errorf("%q becomes %q, not %q", given, got, want)
		}
	}
}

func TestReference(t *testing.T) {
	seen := map[string]bool{}
	source := &counting{}
	for range 200 {
		r, err := newReference(2026, source)
		if err != nil {
			t.Fatal(err)
		}
		if seen[r] && len(seen) < 32 {
			t.Fatalf("%s came twice", r)
		}
		seen[r] = true
		for _, as := range []string{r, strings.ToLower(r), strings.ReplaceAll(r, "-", ""), " " + r + " ", strings.ReplaceAll(strings.ReplaceAll(r, "0", "o"), "1", "l"), r[3:]} {
			if got, err := ParseReference(as); err != nil || got != r {
				t.Fatalf("%q is read as %q (%v)", as, got, err)
			}
		}
		// Every wrong sign and every two neighbours in the wrong order are found.
		signs := []byte(strings.ReplaceAll(r[3:], "-", ""))
		for i := range signs {
			for _, other := range []byte(referenceSigns) {
				if other == signs[i] {
					continue
				}
				wrong := slices.Clone(signs)
				wrong[i] = other
				if _, err := ParseReference(string(wrong)); err == nil {
					t.Fatalf("%s is taken for %s", wrong, r)
				}
			}
			if i > 0 && signs[i] != signs[i-1] {
				wrong := slices.Clone(signs)
				wrong[i], wrong[i-1] = wrong[i-1], wrong[i]
				if _, err := ParseReference(string(wrong)); err == nil {
					t.Fatalf("%s is taken for %s", wrong, r)
				}
			}
		}
	}
	for _, s := range []string{"", "LV-2026", "LV-2026-7K4M-9QX", "LV-2026-7K4M-9QXU", "LV-2026-7K4M-9QXCC", "ÅÄ-2026-7K4M-9QXC"} {
		if got, err := ParseReference(s); err == nil {
			t.Errorf("%q is read as %q", s, got)
		}
	}
}

func TestMoveEdition(t *testing.T) {
	w := newWorld(t, nil)
	c := w.open(maija, 150, "lasers")
	if m, err := w.PreviewMove(w.ctx, maija, c.ID); m != nil || err != nil {
		t.Fatalf("under the edition in force moving changes %+v (%v)", m, err)
	}
	c = w.must(w.Save(w.ctx, maija, c.ID, Save{Base: c.Seq, Changes: forms.Data{"form/beams/power": 2.0, "form/notice/summary": "Kyläjuhla"}}))
	w.clock.move(365 * 24 * time.Hour)
	if c = w.must(w.Read(w.ctx, maija, c.ID)); c.Edition != "fete@1" {
		t.Fatalf("the case moved by itself to %s", c.Edition)
	}
	m, err := w.PreviewMove(w.ctx, maija, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%+v", *m)
	want := "{From:fete@1 To:fete@2 New:[rescue] Gone:[beams] Fields:[form/rescue/exits form/rescue/tents form/rescue/marshals] Lost:[form/beams/power] Dropped:[lasers] Asked:[]}"
	if got != want {
		t.Errorf("moving changes\n%s, not\n%s", got, want)
	}
	var invalid *Invalid
	if _, err := w.MoveEdition(w.ctx, maija, c.ID, "fete@3"); err == nil || !asInvalid(err, &invalid) {
		t.Errorf("moving to another edition than was shown: %v", err)
	}
	for range 2 {
		c = w.must(w.MoveEdition(w.ctx, maija, c.ID, m.To))
	}
	if c.Edition != "fete@2" || !c.Answers["lasers"].Cleared || c.Data["form/beams/power"] != 2.0 {
		t.Errorf("after moving: %s, %+v, %v", c.Edition, c.Answers["lasers"], c.Data)
	}
	w.verify(c)
	st, err := w.Standing(c, "en")
	if err != nil || st.Union.Field("form/beams/power") != nil {
		t.Errorf("what was kept aside is asked (%v)", err)
	}
}

func asInvalid(err error, as **Invalid) bool {
	return errors.As(err, as)
}

// FuzzReadSaved holds that the quick way of reading a save gives what encoding/json gives, or nothing.
func FuzzReadSaved(f *testing.F) {
	for _, s := range []string{`{"changes":{}}`, `{"changes":{"a":"x"}}`, `{"changes":{"a":"x","b":12,"c":null,"d":true,"e":false}}`, `{"changes":{"a":-1.5e3,"b":0,"c":00}}`,
		`{"changes":{"a":{"x":[1,"}",{"y":"\\""}]},"b":["]"]}}`, `{"changes":{"a\u0041":"\n"}}`, `{"changes":{"a":1,"a":2}}`, `{"changes":{"a":1},"b":2}`, `{"changes":{"a":1}`,
		`{"changes":{,"a":1}}`, `{"changes":{"a":1,}}`, `{"changes":{"a":123456789012345678}}`, `{"changes":{"a":1}} `, `{"changes":{"a":"\xff"}}`, `{"changes":{"a":tru}}`, `{"changes":{"a":1 2}}`, `{"changes":{}}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		quick, ok := readSaved(data)
		if !ok {
			return
		}
		exact := new(Saved)
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		if err := d.Decode(exact); err != nil || d.More() {
			t.Fatalf("%q is read as %v, but: %v", data, quick, err)
		}
		if !reflect.DeepEqual(quick, exact) {
			t.Fatalf("%q is read as %v, not %v", data, quick, exact)
		}
	})
}

// long is a ledger of a thousand entries: what a case may come to when a form is saved field by field.
func long(n int) []store.Entry {
	events := []Event{opened()}
	for i := 1; i < n; i++ {
		events = append(events, &Saved{Changes: map[string]any{fmt.Sprintf("form/rescue/field_%d", i%120): fmt.Sprintf("a value of some length, number %d", i)}})
	}
	return entriesOf(events...)
}

// BenchmarkFold1000 folds a thousand entries.
func BenchmarkFold1000(b *testing.B) {
	entries := long(1000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Fold(entries); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSave saves one field of a case of 100 entries, on the model store: what the action itself costs.
func BenchmarkSave(b *testing.B) {
	w := newWorld(b, nil)
	c := w.open(maija, 300)
	for i := range 98 {
		c = w.must(w.Save(w.ctx, maija, c.ID, Save{Base: c.Seq, Changes: forms.Data{fmt.Sprintf("form/rescue/f%d", i): i}}))
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		d, err := w.load(w.ctx, c.ID)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := w.change(d, maija, func(d *draft) error { return d.add(&Saved{Changes: map[string]any{"term/a": i}}) }); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStanding works out what a case needs.
func BenchmarkStanding(b *testing.B) {
	w := newWorld(b, nil)
	c := w.ready(maija, w.open(maija, 300, "lasers", "private_land"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.Standing(c, "fi"); err != nil {
			b.Fatal(err)
		}
	}
}
