package casefile

import (
	"errors"
	"testing"
	"time"
)

func TestOffice(t *testing.T) {
	w := newWorld(t, nil)
	police, rescue := Actor{Authority: "pol-lounais-suomi"}, Actor{Authority: "pel-varsinais-suomi"}
	var last *Case
	for range 3 {
		w.clock.move(time.Minute)
		last = w.send(maija, w.ready(maija, w.open(maija, 300, "private_land"))).Case
	}
	first, next, err := w.Office(w.ctx, police, "", 2)
	if err != nil || len(first) != 2 || next == "" || first[0].Case != last.ID || first[0].Requirement != "notice" {
		t.Fatalf("the list is %+v, next %q (%v)", first, next, err)
	}
	second, next, err := w.Office(w.ctx, police, next, 2)
	if err != nil || len(second) != 1 || next != "" {
		t.Errorf("the second page is %+v, next %q (%v)", second, next, err)
	}
	c, f, err := w.OfficeFiling(w.ctx, police, first[0].Filing)
	if err != nil || c.ID != last.ID || f.Authority.ID != police.Authority {
		t.Errorf("the filing is %+v (%v)", f, err)
	}
	readers, _, err := w.Readers(w.ctx, maija, last.ID, "", 10)
	if err != nil || len(readers) != 1 || readers[0].By != "authority:pol-lounais-suomi" {
		t.Errorf("the readers are %+v (%v)", readers, err)
	}
	for who, a := range map[string]Actor{"the owner": maija, "another authority": rescue, "an authority without a filing": {Authority: "lvv"}, "the land owner": {Authority: "landowner"}} {
		if _, _, err := w.OfficeFiling(w.ctx, a, first[0].Filing); err == nil {
			t.Errorf("%s read the filing of the police", who)
		}
	}
	if _, _, err := w.OfficeFiling(w.ctx, police, "LV-2026-0000-0000-1"); !errors.Is(err, ErrNoCase) {
		t.Errorf("a filing that is not there: %v", err)
	}
	if list, _, err := w.Office(w.ctx, Actor{Authority: "landowner"}, "", 10); err != nil || len(list) != 0 {
		t.Errorf("who is told directly has a list: %v (%v)", list, err)
	}
	if _, _, err := w.Office(w.ctx, maija, "", 10); err == nil {
		t.Error("a customer lists an authority's filings")
	}
	if used, err := w.Documented(w.ctx, sum); err != nil || !used {
		t.Errorf("a document in use is not found (%v)", err)
	}
	if used, err := w.Documented(w.ctx, hash([]byte("other"))); err != nil || used {
		t.Errorf("a document that nobody has is found (%v)", err)
	}
}
