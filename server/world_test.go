package server

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"luvat/definitions"
	"luvat/server/casefile"
	"luvat/server/identity"
)

// worldURL is the address of the service that the tests of pages of cases are of.
const worldURL = "http://localhost:8080"

// hands is a clock that a test sets. It is the clock of cases; sessions have the machine's.
type hands struct {
	mu  sync.Mutex
	now time.Time
}

func (h *hands) time() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hands) move(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

// world is a development installation on a store of its own, with all pages.
type world struct {
	t       testing.TB
	clock   *hands
	cases   *Cases
	handler http.Handler
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, clock: &hands{now: today}}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})) // why a page answers 500
	in := Installation{Engine: library(), Dir: t.TempDir(), BaseURL: worldURL, Dev: true, Clock: w.clock.time, Log: log}
	var err error
	if w.cases, err = in.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.cases.Close(); err != nil {
			t.Error(err)
		}
	})
	w.handler, err = New(Config{Engine: library(), Clock: w.clock.time, Version: "test", Cases: w.cases, Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// visitor is a browser with cookies of its own in which nobody has logged in.
func (w *world) visitor() *visitor {
	w.t.Helper()
	return &visitor{t: w.t, handler: &browser{handler: w.handler, cookies: map[string]*http.Cookie{}}}
}

// login is a browser in which a persona has logged in, through the pages, to act for themselves.
func (w *world) login(persona string) *visitor {
	w.t.Helper()
	return w.loginIn(w.visitor(), persona, "")
}

// loginFor is login to act for an organisation, by its business id.
func (w *world) loginFor(persona, party string) *visitor {
	w.t.Helper()
	return w.loginIn(w.visitor(), persona, party)
}

// loginIn logs a persona in with a browser that there is already.
func (w *world) loginIn(v *visitor, persona, party string) *visitor {
	w.t.Helper()
	v.get("/fi/login/persona", http.StatusSeeOther)
	page, err := url.Parse(v.answer.Header.Get("Location"))
	if err != nil {
		w.t.Fatal(err)
	}
	v.post(identity.CallbackPath(identity.PersonaProvider), url.Values{"state": {page.Query().Get("state")}, "persona": {persona}})
	if v.answer.StatusCode != http.StatusSeeOther {
		w.t.Fatalf("%s cannot log in: %d\n%s", persona, v.answer.StatusCode, cut(v.body, 600))
	}
	if party != "" {
		if v.post("/fi/party", url.Values{"party": {party}}); v.answer.StatusCode != http.StatusSeeOther {
			w.t.Fatalf("%s cannot act for %s: %d\n%s", persona, party, v.answer.StatusCode, cut(v.body, 600))
		}
	}
	return v
}

// sessionEnds takes the session away from a browser, as time does, and leaves the rest of its cookies.
func (w *world) sessionEnds(v *visitor) {
	w.t.Helper()
	b := v.handler.(*browser)
	old := b.cookies["luvat"]
	if old == nil {
		w.t.Fatal("nobody is logged in")
	}
	v.post("/fi/logout", nil)
	b.cookies["luvat"] = old // the browser still sends it; the server knows it no more
}

// actor is a persona as the cases know them; party is a business id, or "" for themselves.
func (w *world) actor(persona, party string) casefile.Actor {
	w.t.Helper()
	all := w.cases.Identity.Personas()
	i := slices.IndexFunc(all, func(p identity.Persona) bool { return p.ID == persona })
	if i < 0 {
		w.t.Fatalf("there is no persona %s", persona)
	}
	account, err := w.cases.Identity.Accounts().SignIn(context.Background(), identity.PersonaProvider, all[i].Identity)
	if err != nil {
		w.t.Fatal(err)
	}
	a := casefile.Actor{Account: account.ID, Name: account.Name}
	if party == "" {
		return a
	}
	j := slices.IndexFunc(all[i].Parties, func(p identity.Party) bool { return p.ID == party })
	if j < 0 {
		w.t.Fatalf("%s may not act for %s", persona, party)
	}
	a.Party, a.PartyName = party, all[i].Parties[j].Name
	return a
}

// open begins a case of the events bundle.
func (w *world) open(a casefile.Actor, title string, answers map[string]any) *casefile.Case {
	w.t.Helper()
	c, err := w.cases.Service.Open(context.Background(), a, casefile.Open{Bundle: "events", Lang: definitions.Finnish, Title: title, Answers: answers})
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// read returns a case as it stands.
func (w *world) read(a casefile.Actor, id string) *casefile.Case {
	w.t.Helper()
	c, err := w.cases.Service.Read(context.Background(), a, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// invite gives a persona a role in a case of somebody else.
func (w *world) invite(owner casefile.Actor, id, persona string, role casefile.Role) casefile.Actor {
	w.t.Helper()
	_, token, err := w.cases.Service.Invite(context.Background(), owner, id, casefile.Invite{Email: persona + "@example.com", Role: role, Lang: definitions.Finnish})
	if err != nil {
		w.t.Fatal(err)
	}
	guest := w.actor(persona, "")
	if _, err := w.cases.Service.Accept(context.Background(), guest, token); err != nil {
		w.t.Fatal(err)
	}
	return guest
}

// aurajoki is the company that the representative and the colleague may act for. It is in the stand-in of the company register.
const aurajoki = "9001001-7"

// smallConcert is an evening in a park of Turku for six hundred people: every question is answered, and little is needed.
func smallConcert() map[string]any {
	return map[string]any{"event_kind": "public_event", "organiser_type": "association", "municipality": []any{"853"}, "starts_at": "2027-07-03T17:00", "ends_at": "2027-07-03T20:00",
		"attendees_peak": 600, "attendees_total": 600, "special_group": false, "stirs_emotions": false, "place_types": []any{"street_square_park"}, "place_owner": "municipality",
		"restricts_other_use": true, "area_enclosed": false, "exits_unusual": false, "use_deviates": false, "special_danger": false, "paid_entry": false, "nature_protected": false,
		"stewards": "approved", "traffic_controllers": false, "street_use": false, "state_road_use": "none", "motor_race_on_road": false, "private_road_closed": false, "signs_by_road": false,
		"amplified_sound": true, "sound_22_07": false, "noise_disturbing": false, "music": "live", "films": "none", "food": "operator", "food_own": false, "alcohol": "none",
		"tobacco_sale": false, "open_fire": false, "fireworks": "none", "special_effects": false, "fire_show": false, "lpg_kg": 12.5, "diesel_l": 0, "laser_class": "none", "drone": "none",
		"airspace_restriction": false, "air_show": false, "structures": []any{"stage"}, "structure_days": 3, "indoor_accommodation_persons": 0, "camping_persons": 0, "animals": "none",
		"risky_activities": []any{}, "near_water": false, "motor_watercraft": false, "waterway_restricted": false, "motor_terrain": false, "lottery": "none", "money_collection": "none",
		"licensed_radio": false, "local_radio_broadcast": false, "wastewater_to_sewer": false}
}

// festival is smallConcert grown: five thousand people, loud, with a fireworks show, beer and tents.
func festival() map[string]any {
	a := smallConcert()
	for q, v := range map[string]any{"organiser_type": "company", "attendees_peak": 5000, "attendees_total": 9000, "area_enclosed": true, "paid_entry": true, "noise_disturbing": true,
		"alcohol": "over_2_8", "alcohol_area_preapproved": false, "alcohol_after_0130": false, "fireworks": "professional", "structures": []any{"stage", "audience_tent"}, "ends_at": "2027-07-03T23:30", "sound_22_07": true} {
		a[q] = v
	}
	return a
}

// browser keeps the cookies of a visitor between requests.
type browser struct {
	handler http.Handler
	cookies map[string]*http.Cookie
}

// ServeHTTP sends the cookies along and takes those that come back.
func (b *browser) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, c := range b.cookies {
		r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	answer := httptest.NewRecorder()
	b.handler.ServeHTTP(answer, r)
	for _, c := range answer.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c
		}
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes()) // a recorder takes everything
}

// isLinkTo picks the links whose address begins with, or has after its language, a path.
func isLinkTo(path string) func(*html.Node) bool {
	return func(n *html.Node) bool { return n.Data == "a" && strings.Contains(attr(n, "href"), path) }
}

// named picks the fields of a form by name.
func named(name string) func(*html.Node) bool {
	return func(n *html.Node) bool { return attr(n, "name") == name }
}
