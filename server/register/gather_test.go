package register_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"luvat/engine"
	"luvat/server/register"
)

// sites answers as the authority's register of testdata does, and notes what it was asked.
type sites struct {
	asked chan string
	wait  time.Duration
}

func (s *sites) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	user, password, _ := r.BasicAuth()
	s.asked <- fmt.Sprintf("%s %s %s:%s %s %s %s", r.Method, r.URL.RequestURI(), user, password, r.Header.Get("X-Road-Client"), r.Header.Get("X-Site-Key"), body)
	select {
	case <-time.After(s.wait):
	case <-r.Context().Done():
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if strings.HasPrefix(r.URL.Path, "/people") {
		fmt.Fprint(w, `{"phone": "050 765 4321"}`)
		return
	}
	fmt.Fprint(w, `{"items": [
		{"current": false, "names": {"fi": "Vanha halli"}},
		{"current": true, "names": {"fi": "Logomo", "sv": "Logomo på svenska"}, "capacity": "3500", "contact": {"phone": "040 123 4567"},
		 "doors": [{"kind": "exit", "height_cm": 210}, {"kind": "fire-exit", "height_cm": 240}, {"kind": "service", "height_cm": 190}, {"kind": 7}]}
	]}`)
}

var secrets = func(name string) (string, bool) { return "secret of " + name, true }

var customer = register.Known{
	Person:   map[string]any{"personal_id": "131052-308T", "given_name": "Maija", "family_name": "Meikäläinen", "name": "Maija Meikäläinen", "email": "  "},
	Mandate:  map[string]any{"organisation": map[string]any{"id": "9001001-7", "name": "Aurajoen Tapahtumat Oy"}},
	Answers:  map[string]any{"visitors": 800.0, "place": map[string]any{"municipality": "853", "address": "Köydenpunojankatu 14 / B"}},
	Lang:     "sv",
	SignedIn: time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC),
	Answered: time.Date(2026, 5, 4, 7, 0, 0, 0, time.UTC),
	Earlier: map[string]register.Earlier{
		"term/contact.email": {Value: "maija@example.fi", At: time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC), Case: "c-17"},
		"term/contact.phone": {Value: "09 1", At: time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC), Case: "c-17"},
	},
}

// TestDeclaredRegister asks a register that exists only in YAML: path parts, a list in the query, basic authentication, a secret in a
// header, an answer of another shape than the company register's.
func TestDeclaredRegister(t *testing.T) {
	s := &sites{asked: make(chan string, 4)}
	server, roots := tlsServer(t, s)
	p := newPool(t, register.Config{Roots: roots, Secret: secrets, Now: newClock().now})
	result := register.Gather(context.Background(), p.Of(declared(t, server.URL)), customer, register.Deadline)
	want := map[string]any{"name": "Logomo på svenska", "people": 3500.0, "exits": 2.0, "phone": "0401234567", "heights": []any{2.1, 2.4}}
	if r := result["sites"]; r.Outcome != register.Found || !reflect.DeepEqual(r.Values, want) {
		t.Errorf("%s %s %v", r.Outcome, r.Reason, r.Values)
	}
	asked := map[string]bool{<-s.asked: true, <-s.asked: true}
	for _, want := range []string{
		"GET /r1/853/owners/9001001-7/sites?address=K%C3%B6ydenpunojankatu+14+%2F+B&status=active&status=planned luvat:secret of site-password FI/COM/1234567-1/luvat key secret of site-key ",
		`POST /people :   {"fields":["phone"],"id":"131052-308T"}`,
	} {
		if !asked[want] {
			t.Errorf("not asked: %s\nasked: %v", want, asked)
		}
	}
}

// TestPathParts holds that no value of a customer leads the question to another place of the register.
func TestPathParts(t *testing.T) {
	s := &sites{asked: make(chan string, 1)}
	server, roots := tlsServer(t, s)
	c := client(t, register.Config{Roots: roots, Secret: secrets}, declared(t, server.URL), "sites")
	for id, want := range map[string]string{"../../admin": "/r1/853/owners/..%2F..%2Fadmin/sites", "a b?x=1#y": "/r1/853/owners/a%20b%3Fx=1%23y/sites", "..": "", ".": "", "": ""} {
		k := customer
		k.Mandate = map[string]any{"organisation": map[string]any{"id": id}}
		r := c.Ask(context.Background(), k)
		if want == "" {
			if r.Outcome != register.Skipped {
				t.Errorf("%q: %s", id, r.Outcome)
			}
			continue
		}
		if asked := <-s.asked; !strings.HasPrefix(asked, "GET "+want+"?") {
			t.Errorf("%q asks %s, want %s", id, asked, want)
		}
	}
}

// TestDeadline holds that registers are asked at the same time, that none costs more than the deadline, and that what comes later is there
// the next time.
func TestDeadline(t *testing.T) {
	s := &sites{asked: make(chan string, 4), wait: 400 * time.Millisecond}
	server, roots := tlsServer(t, s)
	clients := newPool(t, register.Config{Roots: roots, Secret: secrets}).Of(declared(t, server.URL))
	begun := time.Now()
	result := register.Gather(context.Background(), clients, customer, 100*time.Millisecond)
	if took := time.Since(begun); took > 350*time.Millisecond {
		t.Errorf("a deadline of 100 ms took %v", took)
	}
	for id, r := range result {
		if r.Outcome != register.Slow {
			t.Errorf("%s: %s", id, r.Outcome)
		}
	}
	if len(result) != 2 || len(result.Troubles()) != 2 {
		t.Errorf("%d replies, %d troubles", len(result), len(result.Troubles()))
	}
	begun = time.Now()
	result = register.Gather(context.Background(), clients, customer, 5*time.Second)
	if took := time.Since(begun); took > 750*time.Millisecond {
		t.Errorf("two registers of 400 ms took %v: they are not asked at once", took)
	}
	if result["sites"].Outcome != register.Found || result["people"].Outcome != register.Found {
		t.Errorf("%+v", result)
	}
	if asked := len(s.asked); asked != 2 {
		t.Errorf("%d questions were sent, want 2: the second time joins those on their way", asked)
	}
}

// TestPrefill holds the order of sources, what is passed over, and what is said of each value.
func TestPrefill(t *testing.T) {
	s := &sites{asked: make(chan string, 4)}
	server, roots := tlsServer(t, s)
	b := declared(t, server.URL)
	terms := engine.BundlePrefill(b)
	clock := newClock()
	clients := register.Named(newPool(t, register.Config{Roots: roots, Secret: secrets, Now: clock.now}).Of(b), terms)
	if len(clients) != 2 {
		t.Fatalf("%d registers are named by terms, want 2", len(clients))
	}
	check := func(key string, value any) error {
		if key == "term/people.peak" && value.(float64) > 1000 {
			return errors.New("at most 1000")
		}
		return nil
	}
	told := func(result register.Result) string {
		var out strings.Builder
		filled, dropped := register.Prefill(terms, customer, result, check)
		for _, p := range filled {
			fmt.Fprintf(&out, "%s = %v, %s %s (%s) %s stale=%v\n", p.Key, p.Value, p.Source.Kind, p.Source.ID, p.Source.Title.In("sv"), p.At.Format("2006-01-02T15"), p.Stale)
		}
		for _, d := range dropped {
			fmt.Fprintf(&out, "%s dropped, %s %s: %s\n", d.Key, d.Source.Kind, d.Source.ID, d.Why)
		}
		return out.String()
	}
	compare := func(got, want string) {
		t.Helper()
		if got != strings.TrimPrefix(want, "\n") {
			t.Errorf("got\n%swant%s", got, want)
		}
	}
	compare(told(register.Gather(context.Background(), clients, customer, register.Deadline)), `
term/place.name = Logomo på svenska, register sites (Räddningsverkets objektregister) 2026-05-04T09 stale=false
term/people.peak = 800, questionnaire visitors (Dina svar på frågorna) 2026-05-04T07 stale=false
term/contact.phone = 050 765 4321, register people (Personregistret) 2026-05-04T09 stale=false
term/contact.name = Maija Meikäläinen, identity person (Identifieringen) 2026-05-04T08 stale=false
term/organiser.name = Aurajoen Tapahtumat Oy, identity mandate (Fullmakten att företräda företaget) 2026-05-04T08 stale=false
term/contact.email = maija@example.fi, earlier c-17 (Ditt tidigare ärende) 2025-03-01T00 stale=false
term/people.peak dropped, register sites: at most 1000
`)
	server.Close()
	clock.pass(time.Hour) // what sites said is no longer new; people are never kept
	compare(told(register.Gather(context.Background(), clients, customer, register.Deadline)), `
term/place.name = Logomo på svenska, register sites (Räddningsverkets objektregister) 2026-05-04T09 stale=true
term/people.peak = 800, questionnaire visitors (Dina svar på frågorna) 2026-05-04T07 stale=false
term/contact.phone = 0401234567, register sites (Räddningsverkets objektregister) 2026-05-04T09 stale=true
term/contact.name = Maija Meikäläinen, identity person (Identifieringen) 2026-05-04T08 stale=false
term/organiser.name = Aurajoen Tapahtumat Oy, identity mandate (Fullmakten att företräda företaget) 2026-05-04T08 stale=false
term/contact.email = maija@example.fi, earlier c-17 (Ditt tidigare ärende) 2025-03-01T00 stale=false
term/people.peak dropped, register sites: at most 1000
`)
	compare(told(nil), `
term/place.name = Köydenpunojankatu 14 / B, questionnaire place (Dina svar på frågorna) 2026-05-04T07 stale=false
term/people.peak = 800, questionnaire visitors (Dina svar på frågorna) 2026-05-04T07 stale=false
term/contact.phone = 09 1, earlier c-17 (Ditt tidigare ärende) 2025-03-01T00 stale=false
term/contact.name = Maija Meikäläinen, identity person (Identifieringen) 2026-05-04T08 stale=false
term/organiser.name = Aurajoen Tapahtumat Oy, identity mandate (Fullmakten att företräda företaget) 2026-05-04T08 stale=false
term/contact.email = maija@example.fi, earlier c-17 (Ditt tidigare ärende) 2025-03-01T00 stale=false
`)
}
