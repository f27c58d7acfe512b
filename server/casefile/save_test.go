package casefile

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"luvat/engine"
	"luvat/forms"
)

func TestSavesMergeByKey(t *testing.T) {
	w := newWorld(t, nil)
	c := w.open(company, 300)
	colleague := company
	colleague.Account, colleague.Name = "acc-aku", "Aku Salo"
	base := c.Seq
	first := w.must(w.Save(w.ctx, company, c.ID, Save{Base: base, Changes: forms.Data{"term/organiser.name": "Juhlat Oy", "form/rescue/exits": 4}}))
	second, err := w.Save(w.ctx, colleague, c.ID, Save{Base: base, Changes: forms.Data{"form/notice/summary": "Juhlat torilla", "form/rescue/exits": 5, "term/organiser.name": "Juhlat Oy"}})
	var clash *MergeConflict
	if !errors.As(err, &clash) {
		t.Fatalf("the other's number of exits was overwritten: %v", err)
	}
	want := &MergeConflict{Keys: []string{"form/rescue/exits"}, Theirs: map[string]any{"form/rescue/exits": 4.0}, Mine: map[string]any{"form/rescue/exits": 5.0},
		By: map[string]string{"form/rescue/exits": "acc-eeva"}, At: clash.At, Seq: second.Seq, Saved: []string{"form/notice/summary"}}
	if !reflect.DeepEqual(clash, want) || !clash.At["form/rescue/exits"].Equal(w.clock.now) {
		t.Errorf("the conflict is\n%+v, not\n%+v", clash, want)
	}
	if second.Data["form/notice/summary"] != "Juhlat torilla" || second.Data["form/rescue/exits"] != 4.0 || second.Seq != first.Seq+1 {
		t.Errorf("after the conflict the data is %v", second.Data)
	}
	third := w.must(w.Save(w.ctx, colleague, c.ID, Save{Base: clash.Seq, Changes: clash.Mine}))
	if third.Data["form/rescue/exits"] != 5.0 {
		t.Errorf("who has seen the other's value may replace it; it is %v", third.Data["form/rescue/exits"])
	}
	w.verify(third)
}

func TestSave(t *testing.T) {
	for _, test := range []struct {
		name   string
		before forms.Data
		base   func(seq uint64) uint64
		save   forms.Data
		want   forms.Data
		clash  []string
		grows  bool
	}{
		{name: "new value", save: forms.Data{"term/a": "x"}, want: forms.Data{"term/a": "x"}, grows: true},
		{name: "same value", before: forms.Data{"term/a": "x"}, save: forms.Data{"term/a": "x"}, want: forms.Data{"term/a": "x"}},
		{name: "same value, seen before it was there", before: forms.Data{"term/a": "x"}, base: zero, save: forms.Data{"term/a": "x"}, want: forms.Data{"term/a": "x"}},
		{name: "clear", before: forms.Data{"term/a": "x"}, save: forms.Data{"term/a": nil}, want: forms.Data{}, grows: true},
		{name: "clear what is not there", save: forms.Data{"term/a": nil}, want: forms.Data{}},
		{name: "clear what another changed", before: forms.Data{"term/a": "x"}, base: zero, save: forms.Data{"term/a": nil}, want: forms.Data{"term/a": "x"}, clash: []string{"term/a"}},
		{name: "empty text is a value", save: forms.Data{"term/a": ""}, want: forms.Data{"term/a": ""}, grows: true},
		{name: "order of properties is none", before: forms.Data{"term/a": map[string]any{"x": 1.0, "y": 2.0}}, base: zero,
			save: forms.Data{"term/a": map[string]any{"y": 2, "x": 1}}, want: forms.Data{"term/a": map[string]any{"x": 1.0, "y": 2.0}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, nil)
			c := w.open(maija, 30)
			if test.before != nil {
				c = w.must(w.Save(w.ctx, maija, c.ID, Save{Base: c.Seq, Changes: test.before}))
			}
			base := c.Seq
			if test.base != nil {
				base = test.base(base)
			}
			after, err := w.Save(w.ctx, maija, c.ID, Save{Base: base, Changes: test.save})
			var clash *MergeConflict
			if errors.As(err, &clash) {
				err = nil
			}
			if err != nil || (clash != nil) != (test.clash != nil) || clash != nil && !reflect.DeepEqual(clash.Keys, test.clash) {
				t.Fatalf("got %v and %v, not a conflict over %v", err, clash, test.clash)
			}
			if !reflect.DeepEqual(after.Data, test.want) {
				t.Errorf("the data is %v, not %v", after.Data, test.want)
			}
			if grew := after.Seq > c.Seq; grew != test.grows {
				t.Errorf("an entry was added: %v", grew)
			}
			w.verify(after)
		})
	}
}

func zero(uint64) uint64 { return 0 }

func TestSaveRefuses(t *testing.T) {
	w := newWorld(t, nil)
	c := w.open(maija, 30)
	for _, key := range []string{"", "term/", "organiser.name", "form/notice", "form//", "answer/visitors"} {
		var invalid *Invalid
		if _, err := w.Save(w.ctx, maija, c.ID, Save{Changes: forms.Data{key: "x"}}); !errors.As(err, &invalid) || invalid.What != "field" {
			t.Errorf("the key %q gives %v", key, err)
		}
	}
	big := forms.Data{"term/a": strings.Repeat("x", maxSaved)}
	var invalid *Invalid
	if _, err := w.Save(w.ctx, maija, c.ID, Save{Changes: big}); !errors.As(err, &invalid) || invalid.Code != TooLong {
		t.Errorf("a megabyte gives %v", err)
	}
}

func TestPrefillNeverOverwrites(t *testing.T) {
	w := newWorld(t, nil)
	c := w.open(maija, 30)
	at := w.clock.now
	told := func(v any) Told {
		return Told{Value: v, Source: Source{ID: "ytj", Title: Texts{"fi": "Yritystietojärjestelmä"}, At: at}}
	}
	c = w.must(w.Save(w.ctx, maija, c.ID, Save{Changes: forms.Data{"term/b": "typed", "term/c": "typed"}}))
	c = w.must(w.Save(w.ctx, maija, c.ID, Save{Base: c.Seq, Changes: forms.Data{"term/c": nil}}))
	c = w.must(w.Prefill(w.ctx, maija, c.ID, Prefill{Values: map[string]Told{"term/a": told("A"), "term/b": told("B"), "term/c": told("C")},
		Outages: []Outage{{ID: "land", Why: "slow", At: at}}}))
	if want := (forms.Data{"term/a": "A", "term/b": "typed"}); !reflect.DeepEqual(c.Data, want) {
		t.Errorf("the data is %v, not %v", c.Data, want)
	}
	if a, b := c.Values["term/a"], c.Values["term/b"]; a.Source == nil || a.Corrected() || !b.Corrected() || b.Told.Value != "B" {
		t.Errorf("a is %+v and b is %+v", a, b)
	}
	if len(c.Outages) != 1 {
		t.Errorf("the outages are %v", c.Outages)
	}
	seq := c.Seq
	c = w.must(w.Prefill(w.ctx, maija, c.ID, Prefill{Values: map[string]Told{"term/a": told("A")}, Outages: []Outage{{ID: "land", Why: "slow", At: at.Add(time.Second)}}}))
	if c.Seq != seq {
		t.Error("the same again was written again")
	}
	c = w.must(w.Prefill(w.ctx, maija, c.ID, Prefill{Values: map[string]Told{"term/a": told("A2")}}))
	if c.Data["term/a"] != "A2" || len(c.Outages) != 0 {
		t.Errorf("what a register said anew is %v, outages %v", c.Data["term/a"], c.Outages)
	}
	c = w.must(w.Save(w.ctx, maija, c.ID, Save{Base: c.Seq, Changes: forms.Data{"term/a": "mine"}}))
	if v := c.Values["term/a"]; v.Value != "mine" || !v.Corrected() || v.Told.Value != "A2" {
		t.Errorf("a corrected value keeps both: %+v", v)
	}
	w.verify(c)
}

func TestAnswersMergeAndAreChecked(t *testing.T) {
	w := newWorld(t, nil)
	c := w.open(maija, 30)
	if c.Due != "2026-08-10" {
		t.Errorf("the case is due %q, not five days before it opens", c.Due)
	}
	base := c.Seq
	c = w.must(w.Answer(w.ctx, maija, c.ID, Answers{Base: base, Answers: map[string]any{"visitors": 500.0}, Cleared: []string{"lasers"}}))
	if c.Due != "2026-08-01" || c.Answers["visitors"].Value != 500.0 || !c.Answers["lasers"].Cleared {
		t.Errorf("due %q, answers %v", c.Due, c.Answers)
	}
	_, err := w.Answer(w.ctx, maija, c.ID, Answers{Base: base, Answers: map[string]any{"visitors": 10.0, "private_land": nil}})
	var clash *MergeConflict
	if !errors.As(err, &clash) || !reflect.DeepEqual(clash.Keys, []string{"visitors"}) || !reflect.DeepEqual(clash.Saved, []string{"private_land"}) {
		t.Errorf("an answer given meanwhile gives %v", err)
	}
	_, err = w.Answer(w.ctx, maija, c.ID, Answers{Base: c.Seq, Answers: map[string]any{"visitors": "many", "nothing": 1}})
	var invalid *Invalid
	var problems *engine.AnswerErrors
	if !errors.As(err, &invalid) || !errors.As(err, &problems) || len(problems.Problems) != 2 {
		t.Errorf("answers that are none give %v", err)
	}
	c = w.must(w.Read(w.ctx, maija, c.ID))
	if v := c.Answers["private_land"]; v.Value != nil || v.Cleared {
		t.Errorf("\"I don't know yet\" is kept as %+v", v)
	}
	w.verify(c)
}
