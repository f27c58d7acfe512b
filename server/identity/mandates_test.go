package identity

import (
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"luvat/definitions"
	"luvat/server/identity/mandate"
	"luvat/server/identity/mandate/mandatetest"
	"luvat/server/store/storetest"
)

const elinas = "010180-9026"

// register is a service with e-authorizations, a stand-in for them, and Elina, who is identified.
type register struct {
	*mandatetest.Server
	t       *testing.T
	service *Service
	memory  *storetest.Memory
	account Account
}

func newRegister(t *testing.T) *register {
	t.Helper()
	stand := mandatetest.New()
	t.Cleanup(stand.Close)
	stand.Return = production + MandateCallbackPath
	stand.People[elinas] = []mandatetest.Organisation{
		{Name: "Aurajoen Tapahtumat Oy", Identifier: "9001001-7", Complete: true, Roles: []string{"TJ", "NIMKO"}},
		{Name: "Activenakusteri Oy", Identifier: "7769480-5", Complete: false, Roles: []string{}},
		{Name: "Ei mitään Oy", Identifier: "0112038-9", Complete: true, Roles: []string{}},
	}
	m := storetest.NewMemory()
	s, err := New(m, Config{
		BaseURL: production, Keys: []string{NewKey()},
		OIDC:           []OIDCConfig{{ID: "suomifi", Name: map[string]string{"fi": "Suomi.fi"}, Issuer: "https://idp.example.fi", ClientID: "c", ClientSecret: "s"}},
		Authorizations: &mandate.Config{BaseURL: stand.URL(), ClientID: stand.ClientID, APIKey: stand.Key, Password: stand.Password},
	})
	if err != nil {
		t.Fatal(err)
	}
	account, err := s.Accounts().SignIn(t.Context(), "suomifi", Identity{Subject: "elina", Name: "Elina Koskela", PersonalID: elinas})
	if err != nil {
		t.Fatal(err)
	}
	return &register{stand, t, s, m, account}
}

// choose goes through the register's page and returns the request with which the browser comes back.
func (r *register) choose() *http.Request {
	r.t.Helper()
	b := newBrowser(r.t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		start := Start{Return: "/sv/case/1", Lang: definitions.Swedish}
		if err := r.service.Choose(w, q, r.account, start); err != nil {
			r.t.Error(err)
		}
	}))
	address := b.get("/").Header().Get("Location")
	if strings.Contains(address, elinas) || strings.Contains(address, "010180") {
		r.t.Errorf("the browser is led to an address with the personal identity code: %s", address)
	}
	if u, err := url.Parse(address); err != nil || u.Query().Get("lang") != "sv" {
		r.t.Errorf("led to %s", address)
	}
	outside := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := outside.Get(address)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	back, err := resp.Location()
	if err != nil {
		r.t.Fatalf("the page answered %d", resp.StatusCode)
	}
	q, err := http.NewRequestWithContext(r.t.Context(), "GET", back.String(), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return q
}

func (r *register) set(f func()) {
	r.Lock()
	defer r.Unlock()
	f()
}

var elinasParties = []Party{
	{ID: "9001001-7", Name: "Aurajoen Tapahtumat Oy", Roles: []string{"TJ", "NIMKO"}, Complete: true},
	{ID: "7769480-5", Name: "Activenakusteri Oy"},
}

func TestAuthorizations(t *testing.T) {
	for _, drop := range []bool{false, true} {
		r := newRegister(t)
		r.DropState = drop
		if !r.service.CanChoose(r.account) {
			t.Fatal("Elina cannot choose")
		}
		parties, err := r.service.Parties(t.Context(), r.account)
		if err != nil || !reflect.DeepEqual(parties, []Party{Oneself}) {
			t.Errorf("before the choice: %+v %v", parties, err)
		}
		back := r.choose()
		parties, start, err := r.service.Chosen(back, r.account)
		if err != nil || !reflect.DeepEqual(parties, elinasParties) || start.Return != "/sv/case/1" || start.Lang != "sv" {
			t.Errorf("%+v %+v %v", parties, start, err)
		}
		parties, err = r.service.Parties(t.Context(), r.account)
		if err != nil || !reflect.DeepEqual(parties, append([]Party{Oneself}, elinasParties...)) {
			t.Errorf("after the choice: %+v %v", parties, err)
		}
		if _, start, err := r.service.Chosen(back, r.account); reasonOf(err) != Expired || start != (Start{Return: "/", Lang: "fi"}) {
			t.Errorf("coming back twice: %+v %v", start, err)
		}
		if holds(t, r.memory, "9001001-7") || holds(t, r.memory, elinas) {
			t.Error("the mandates are stored as they are")
		}
		for _, line := range r.Requests {
			if strings.Contains(line, elinas) {
				t.Fatal("the stand-in's own log is wrong")
			}
		}
	}
}

func reasonOf(err error) Reason {
	var le *LoginError
	if errors.As(err, &le) {
		return le.Reason
	}
	return ""
}

func TestAuthorizationsCheckedAtSubmission(t *testing.T) {
	r := newRegister(t)
	ctx := t.Context()
	if _, err := r.service.Check(ctx, r.account, elinasParties[0]); !errors.Is(err, ErrAskAgain) {
		t.Errorf("without a choice: %v", err)
	}
	if _, _, err := r.service.Chosen(r.choose(), r.account); err != nil {
		t.Fatal(err)
	}
	e, err := r.service.Check(ctx, r.account, Party{ID: "9001001-7"})
	if err != nil || e.Source != SourceAuthorizations || len(e.Request) != 36 || !reflect.DeepEqual(e.Party, elinasParties[0]) || time.Since(e.At) > time.Minute {
		t.Errorf("%+v %v", e, err)
	}
	if _, err := r.service.Check(ctx, r.account, Party{ID: "0877830-0"}); !errors.Is(err, ErrNoMandate) {
		t.Errorf("a company that was not chosen: %v", err)
	}
	if _, err := r.service.Check(ctx, r.account, Party{ID: "0112038-9"}); !errors.Is(err, ErrNoMandate) {
		t.Errorf("a company without a role: %v", err)
	}
	r.set(func() { r.People[elinas][0].Roles = []string{"J"} })
	if e, err := r.service.Check(ctx, r.account, Party{ID: "9001001-7"}); err != nil || !reflect.DeepEqual(e.Party.Roles, []string{"J"}) {
		t.Errorf("after the roles changed: %+v %v", e, err)
	}
	r.set(func() { r.People[elinas] = r.People[elinas][1:] })
	if _, err := r.service.Check(ctx, r.account, Party{ID: "9001001-7"}); !errors.Is(err, ErrNoMandate) {
		t.Errorf("after the mandate ended: %v", err)
	}
	r.set(func() { r.People[elinas] = nil })
	if _, err := r.service.Check(ctx, r.account, Party{ID: "9001001-7"}); !errors.Is(err, ErrNoMandate) {
		t.Errorf("after all mandates ended: %v", err)
	}
	r.set(func() { r.Broken = 503 })
	if _, err := r.service.Check(ctx, r.account, Party{ID: "9001001-7"}); !errors.Is(err, ErrMandatesDown) {
		t.Errorf("the register is down: %v", err)
	}
	if e, err := r.service.Check(ctx, r.account, Oneself); err != nil || e.Source != SourceOneself {
		t.Errorf("for oneself nobody is asked: %+v %v", e, err)
	}
	r.set(func() { r.Broken, r.Ended = 0, true })
	if _, err := r.service.Check(ctx, r.account, Party{ID: "9001001-7"}); !errors.Is(err, ErrAskAgain) {
		t.Errorf("the session has ended: %v", err)
	}
}

func TestTheTokenOfTheRegisterRunsOut(t *testing.T) {
	r := newRegister(t)
	if _, _, err := r.service.Chosen(r.choose(), r.account); err != nil {
		t.Fatal(err)
	}
	m := r.service.mandates.(*Authorizations)
	record, err := m.read(t.Context(), r.account.ID)
	if err != nil {
		t.Fatal(err)
	}
	if left := time.Until(record.Token.Expires); left < 9*time.Minute || left > 10*time.Minute {
		t.Errorf("the token is good for %v more", left)
	}
	record.Token.Expires = time.Now()
	if err := m.write(t.Context(), r.account.ID, record); err != nil {
		t.Fatal(err)
	}
	r.set(func() { r.Requests = nil })
	if _, err := r.service.Check(t.Context(), r.account, Party{ID: "9001001-7"}); !errors.Is(err, ErrAskAgain) {
		t.Errorf("got %v", err)
	}
	if len(r.Requests) != 0 {
		t.Errorf("the register was asked with a token that has run out: %v", r.Requests)
	}
}

func TestAuthorizationsFail(t *testing.T) {
	for _, tt := range []struct {
		name   string
		before func(*register)
		change func(url.Values)
		want   Reason
		empty  bool
	}{
		{name: "turned back", before: func(r *register) { r.Denied = true }, want: Cancelled},
		{name: "empty list", before: func(r *register) { r.People[elinas] = nil }, empty: true},
		{name: "session ended", before: func(r *register) { r.Ended = true }, want: Expired},
		{name: "wrong state", change: func(q url.Values) { q.Set("state", "another") }, want: Expired},
		{name: "no code", change: func(q url.Values) { q.Del("code") }, want: Rejected},
		{name: "wrong code", change: func(q url.Values) { q.Set("code", "another") }, want: Unavailable},
		{name: "other error", change: func(q url.Values) { q.Set("error", "server_error") }, want: Unavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t)
			if tt.before != nil {
				r.set(func() { tt.before(r) })
			}
			q := r.choose()
			if tt.change != nil {
				values := q.URL.Query()
				tt.change(values)
				q.URL.RawQuery = values.Encode()
			}
			parties, start, err := r.service.Chosen(q, r.account)
			if tt.empty {
				if err != nil || len(parties) != 0 {
					t.Errorf("%+v %v", parties, err)
				}
				return
			}
			if reasonOf(err) != tt.want || start.Return != "/sv/case/1" {
				t.Errorf("got %v, back to %s; want %s", err, start.Return, tt.want)
			}
			all, err := r.service.Parties(t.Context(), r.account)
			if err != nil || !reflect.DeepEqual(all, []Party{Oneself}) {
				t.Errorf("parties after it failed: %+v %v", all, err)
			}
		})
	}
}

func TestTheRegisterIsDown(t *testing.T) {
	r := newRegister(t)
	r.set(func() { r.Broken = 500 })
	b := newBrowser(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		err := r.service.Choose(w, q, r.account, Start{Return: "/"})
		if reasonOf(err) != Unavailable || strings.Contains(err.Error(), elinas) {
			t.Errorf("got %v", err)
		}
	}))
	if w := b.get("/"); w.Header().Get("Location") != "" {
		t.Error("the browser was led somewhere")
	}
}

func TestWithoutAPersonalIdentityCodeThereIsNoChoice(t *testing.T) {
	r := newRegister(t)
	marta, err := r.service.Accounts().SignIn(t.Context(), "suomifi", Identity{Subject: "m", Name: "Marta Kowalska", ForeignID: "PL/FI/1"})
	if err != nil {
		t.Fatal(err)
	}
	if r.service.CanChoose(marta) {
		t.Error("Marta is offered a choice that the register cannot give")
	}
	w := newBrowser(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if err := r.service.Choose(w, q, marta, Start{}); reasonOf(err) != Incomplete {
			t.Errorf("got %v", err)
		}
	})).get("/")
	if w.Header().Get("Location") != "" || len(r.Requests) != 0 {
		t.Error("the register was asked")
	}
	if id, err := r.service.Accounts().ForeignID(t.Context(), marta.ID); err != nil || id != "PL/FI/1" {
		t.Errorf("%q %v", id, err)
	}
}

func TestForgetEndsTheRegistersSession(t *testing.T) {
	r := newRegister(t)
	if _, _, err := r.service.Chosen(r.choose(), r.account); err != nil {
		t.Fatal(err)
	}
	c := r.service.mandates.(Chooser)
	if err := c.Forget(t.Context(), r.account); err != nil || r.Sessions() != 0 {
		t.Errorf("%v, %d sessions", err, r.Sessions())
	}
	if err := c.Forget(t.Context(), r.account); err != nil {
		t.Errorf("again: %v", err)
	}
	if len(r.memory.Buckets[mandateBucket]) != 0 {
		t.Error("the mandates are still stored")
	}
}

func TestGrants(t *testing.T) {
	m := storetest.NewMemory()
	s, err := New(m, Config{BaseURL: production, Keys: []string{NewKey()},
		OIDC: []OIDCConfig{{ID: "entra", Name: map[string]string{"fi": "E"}, Issuer: "https://idp.example.fi", ClientID: "c", ClientSecret: "s"}}})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	a, _ := s.Accounts().SignIn(ctx, "entra", Identity{Subject: "a", Name: "A"})
	b, _ := s.Accounts().SignIn(ctx, "entra", Identity{Subject: "b", Name: "B"})
	aurajoki := Party{ID: "9001001-7", Name: "Aurajoen Tapahtumat Oy"}
	if s.CanChoose(a) {
		t.Error("there is no register to choose from")
	}
	if _, err := s.Check(ctx, a, aurajoki); !errors.Is(err, ErrNoMandate) {
		t.Errorf("before the invitation: %v", err)
	}
	if err := s.Grants().Give(ctx, a.ID, aurajoki); err != nil {
		t.Fatal(err)
	}
	if e, err := s.Check(ctx, a, aurajoki); err != nil || e.Source != SourceInvitation || e.Party.Name != "Aurajoen Tapahtumat Oy" {
		t.Errorf("%+v %v", e, err)
	}
	if _, err := s.Check(ctx, b, aurajoki); !errors.Is(err, ErrNoMandate) {
		t.Errorf("somebody else: %v", err)
	}
	if parties, err := s.Parties(ctx, a); err != nil || !reflect.DeepEqual(parties, []Party{Oneself, aurajoki}) {
		t.Errorf("%+v %v", parties, err)
	}
	if err := s.Grants().Take(ctx, a.ID, aurajoki.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Check(ctx, a, aurajoki); !errors.Is(err, ErrNoMandate) {
		t.Errorf("after it was taken back: %v", err)
	}
	if err := s.Grants().Give(ctx, a.ID, Oneself); err == nil {
		t.Error("oneself was given")
	}
	for i := range 250 { // more than one page of the store
		id := string(rune('a'+i/26)) + string(rune('a'+i%26))
		if err := s.Grants().Give(ctx, b.ID, Party{ID: id}); err != nil {
			t.Fatal(err)
		}
	}
	if parties, err := s.Parties(ctx, b); err != nil || len(parties) != 251 {
		t.Errorf("%d parties %v", len(parties), err)
	}
}
