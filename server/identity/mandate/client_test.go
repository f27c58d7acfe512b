package mandate_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"luvat/server/identity/mandate"
	"luvat/server/identity/mandate/mandatetest"
)

// The official test vector of the interface description.
func TestChecksumIsTheOfficialOne(t *testing.T) {
	const (
		path = "/service/hpa/user/register/ed4b7ae7/080297-915A?requestId=02fd35dc-99e6-477b-b6e2-03f02cbf3666"
		key  = "3ba56df8-88b8-4805-9b04-2f8e7a61"
		want = "ed4b7ae7 2017-02-09T10:29:42.090000+00:00 GeRKoGmGd0RFk33s2vNHutJf/TrEdwSM2Vb7qWXLESY="
	)
	at := time.Date(2017, 2, 9, 12, 29, 42, 90e6, time.FixedZone("EET", 2*3600))
	if got := mandate.Checksum("ed4b7ae7", key, path, at); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

const (
	elina     = "010180-9026"
	returning = "https://luvat.example.fi/login/mandates/callback"
)

func start(t *testing.T, change func(*mandate.Config)) (*mandatetest.Server, *mandate.Client) {
	t.Helper()
	s := mandatetest.New()
	t.Cleanup(s.Close)
	s.Return = returning
	s.People[elina] = []mandatetest.Organisation{
		{Name: "Activenakusteri Oy", Identifier: "7769480-5", Complete: true, Roles: []string{"NIMKO"}},
		{Name: "Aurajoen Tapahtumat Oy", Identifier: "9001001-7", Complete: false, Roles: []string{"TJ", "http://valtuusrekisteri.suomi.fi/avustushakemuksen_tekeminen"}},
	}
	c := mandate.Config{BaseURL: s.URL(), ClientID: s.ClientID, APIKey: s.Key, Password: s.Password, Return: returning}
	if change != nil {
		change(&c)
	}
	client, err := mandate.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s, client
}

// visit goes to the register's page as a browser does and returns the query that it brings back.
func visit(t *testing.T, address string) url.Values {
	t.Helper()
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := browser.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	location, err := resp.Location()
	if err != nil {
		t.Fatalf("the page answered with status %d and led nowhere", resp.StatusCode)
	}
	if !strings.HasPrefix(location.String(), returning+"?") {
		t.Fatalf("the page led to %s", location)
	}
	return location.Query()
}

func TestRoundTrip(t *testing.T) {
	s, c := start(t, nil)
	ctx := t.Context()
	session, err := c.Register(ctx, elina)
	if err != nil {
		t.Fatal(err)
	}
	address := c.AuthorizeURL(session, "sv", "the state")
	if u, _ := url.Parse(address); u.Query().Get("lang") != "sv" {
		t.Errorf("the page is not asked for in Swedish: %s", address)
	}
	back := visit(t, address)
	if back.Get("state") != "the state" {
		t.Errorf("state came back as %q", back.Get("state"))
	}
	before := time.Now()
	token, err := c.Token(ctx, back.Get("code"))
	if err != nil {
		t.Fatal(err)
	}
	if left := token.Expires.Sub(before); left < 590*time.Second || left > 610*time.Second {
		t.Errorf("the token is valid for %v, want about 599 s", left)
	}
	answer, err := c.Organisations(ctx, session, token)
	if err != nil {
		t.Fatal(err)
	}
	want := []mandate.Organisation{
		{Name: "Activenakusteri Oy", Identifier: "7769480-5", Complete: true, Roles: []string{"NIMKO"}},
		{Name: "Aurajoen Tapahtumat Oy", Identifier: "9001001-7", Complete: false, Roles: []string{"TJ", "http://valtuusrekisteri.suomi.fi/avustushakemuksen_tekeminen"}},
	}
	if !reflect.DeepEqual(answer.Organisations, want) {
		t.Errorf("got  %+v\nwant %+v", answer.Organisations, want)
	}
	if len(answer.Request) != 36 {
		t.Errorf("the request id %q is no UUID", answer.Request)
	}
	if _, err := c.Token(ctx, back.Get("code")); err == nil {
		t.Error("the code was good twice")
	}
	if err := c.Unregister(ctx, session); err != nil {
		t.Error(err)
	}
	if s.Sessions() != 0 {
		t.Error("the session is still open")
	}
	if _, err := c.Organisations(ctx, session, token); !errors.Is(err, mandate.ErrSession) {
		t.Errorf("after its end the session gives %v, want ErrSession", err)
	}
}

func TestClock(t *testing.T) {
	for off, refused := range map[time.Duration]bool{
		0: false, 4*time.Minute + 50*time.Second: false, -4*time.Minute - 50*time.Second: false, 5*time.Minute + 10*time.Second: true,
		-5*time.Minute - 10*time.Second: true,
	} {
		_, c := start(t, func(c *mandate.Config) { c.Clock = func() time.Time { return time.Now().Add(off) } })
		_, err := c.Register(t.Context(), elina)
		if errors.Is(err, mandate.ErrRefused) != refused {
			t.Errorf("a clock %v off: %v", off, err)
		}
	}
}

func TestFailures(t *testing.T) {
	for _, tt := range []struct {
		name   string
		config func(*mandate.Config)
		server func(*mandatetest.Server)
		want   error // nil: any
	}{
		{name: "wrong key", config: func(c *mandate.Config) { c.APIKey = "another" }, want: mandate.ErrRefused},
		{name: "wrong client", config: func(c *mandate.Config) { c.ClientID = "00000000" }, want: mandate.ErrRefused},
		{name: "error", server: func(s *mandatetest.Server) { s.Broken = 500 }},
		{name: "maintenance page", server: func(s *mandatetest.Server) { s.Garbage = true }},
		{name: "down", server: func(s *mandatetest.Server) { s.Unlock(); s.Close(); s.Lock() }},
		{name: "redirect into nothing", server: func(s *mandatetest.Server) { s.Broken = 302 }},
		{name: "slow", config: func(c *mandate.Config) { c.HTTP = &http.Client{Timeout: 50 * time.Millisecond} },
			server: func(s *mandatetest.Server) { s.Slow = func() { time.Sleep(300 * time.Millisecond) } }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, c := start(t, tt.config)
			if tt.server != nil {
				s.Lock()
				tt.server(s)
				s.Unlock()
			}
			_, err := c.Register(t.Context(), elina)
			if err == nil {
				t.Fatal("no error")
			}
			if tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if strings.Contains(err.Error(), elina) || strings.Contains(err.Error(), "010180") {
				t.Errorf("the error gives the personal identity code away: %v", err)
			}
		})
	}
}

// The header with the checksum lets its holder ask as us for five minutes: it goes to the register only.
func TestRedirectsAreNotFollowed(t *testing.T) {
	elsewhere := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
	defer other.Close()
	s := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusFound))
	defer s.Close()
	for _, client := range []*http.Client{nil, {}} {
		c, err := mandate.New(mandate.Config{BaseURL: s.URL, ClientID: "c", APIKey: "k", Password: "p", HTTP: client})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Register(t.Context(), elina); err == nil || elsewhere != 0 {
			t.Errorf("%v, and the other server was asked %d times", err, elsewhere)
		}
	}
}

func TestTheTokenAndTheSession(t *testing.T) {
	s, c := start(t, nil)
	ctx := context.Background()
	session, err := c.Register(ctx, elina)
	if err != nil {
		t.Fatal(err)
	}
	code := visit(t, c.AuthorizeURL(session, "", "s")).Get("code")
	token, err := c.Token(ctx, code)
	if err != nil {
		t.Fatal(err)
	}
	other, err := c.Register(ctx, elina)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Organisations(ctx, other, token); !errors.Is(err, mandate.ErrSession) {
		t.Errorf("the token of one session opened another: %v", err)
	}
	if _, err := c.Organisations(ctx, session, mandate.Token{}); err == nil {
		t.Error("organisations without a token")
	}
	s.Lock()
	s.Ended = true
	s.Unlock()
	if _, err := c.Organisations(ctx, session, token); !errors.Is(err, mandate.ErrSession) {
		t.Errorf("got %v, want ErrSession", err)
	}
}

func TestConfigurationProblems(t *testing.T) {
	_, err := mandate.New(mandate.Config{BaseURL: "http://example.fi"})
	if err == nil {
		t.Fatal("an empty configuration was accepted")
	}
	for _, name := range []string{"base_url", "client_id", "api_key", "oauth_password"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("the error does not name %s: %v", name, err)
		}
	}
}
