package identity

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var typed = url.Values{"name": {"Kesätori & jäätelö"}, "stewards": {"1", "2"}}

func TestKeptFormComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, m := newService(t, nil)
		b := newBrowser(t, site(s))
		b.asPersona("citizen", "/")
		time.Sleep(15 * time.Hour) // over the night
		if w := b.do("POST", "/save", typed); w.Code != http.StatusSeeOther {
			t.Fatalf("posted too late: %d %s", w.Code, w.Body)
		}
		if holds(t, m, "jäätelö") || holds(t, m, url.QueryEscape("jäätelö")) {
			t.Error("the form is stored as it is")
		}
		if got := b.get("/save").Body.String(); got != "" {
			t.Errorf("before the login: %q", got)
		}
		b.asPersona("citizen", "/save")
		for range 2 { // reloading loses nothing
			if got := b.get("/save").Body.String(); got != typed.Encode() {
				t.Errorf("after the login: %q", got)
			}
		}
		if got := b.do("POST", "/save", typed).Body.String(); got != "saved" {
			t.Fatalf("saving again: %q", got)
		}
		if got := b.get("/save").Body.String(); got != "" {
			t.Errorf("after saving: %q", got)
		}
	})
}

func TestKeptFormIsNotForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := newService(t, nil)
		h := site(s)
		b := newBrowser(t, h)
		b.asPersona("citizen", "/")
		time.Sleep(time.Hour)
		b.do("POST", "/save", typed)
		b.asPersona("consultant", "/save")
		if got := b.get("/save").Body.String(); got != "" {
			t.Errorf("another person with the same browser: %q", got)
		}
		other := newBrowser(t, h)
		other.asPersona("citizen", "/save")
		if got := other.get("/save").Body.String(); got != "" {
			t.Errorf("the same person with another browser: %q", got)
		}
		b.asPersona("citizen", "/save")
		if got := b.get("/save").Body.String(); got != typed.Encode() {
			t.Errorf("the person who typed it: %q", got)
		}
		time.Sleep(keptFor + time.Second)
		b.asPersona("citizen", "/save")
		if got := b.get("/save").Body.String(); got != "" {
			t.Errorf("after an hour: %q", got)
		}
	})
}

func TestKeptFormOfAVisitor(t *testing.T) {
	s, _ := newService(t, nil)
	b := newBrowser(t, site(s))
	b.do("POST", "/save", typed)
	b.asPersona("eidas", "/save")
	if got := b.get("/save").Body.String(); got != typed.Encode() {
		t.Errorf("whoever logs in: %q", got)
	}
}

func TestKeptFormsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, m := newService(t, nil)
		h := site(s)
		large := url.Values{"a": {strings.Repeat("ä", maxKept/6+1)}} // three bytes as posted for each of two
		if w := newBrowser(t, h).do("POST", "/save", large); !strings.Contains(w.Body.String(), ErrFormTooLarge.Error()) {
			t.Errorf("a large form: %d %s", w.Code, w.Body)
		}
		refused := 0
		for range anonymousForms + 20 {
			if w := newBrowser(t, h).do("POST", "/save", typed); strings.Contains(w.Body.String(), ErrTooManyForms.Error()) {
				refused++
			}
		}
		if refused != 20 || len(m.Buckets[keptBucket]) != anonymousForms {
			t.Errorf("%d were refused and %d kept", refused, len(m.Buckets[keptBucket]))
		}
		known := newBrowser(t, h)
		known.asPersona("citizen", "/")
		time.Sleep(time.Hour)
		for range 3 { // somebody who had logged in is not stopped by strangers
			if w := known.do("POST", "/save", typed); w.Code != http.StatusSeeOther {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		}
		if w := newBrowser(t, h).do("POST", "/save", typed); w.Code != http.StatusSeeOther {
			t.Errorf("an hour later strangers are still refused: %d %s", w.Code, w.Body)
		}
	})
}
