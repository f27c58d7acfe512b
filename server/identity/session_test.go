package identity

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"luvat/server/store"
	"luvat/server/store/boltstore"
	"luvat/server/store/storetest"
)

func TestSessionEndsWhenIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := newService(t, nil)
		b := newBrowser(t, site(s))
		b.asPersona("citizen", "/")
		for range 8 { // four hours, each request a little before the end
			time.Sleep(IdleTimeout - time.Second)
			if b.who() == "" {
				t.Fatal("the session ended before it was idle for so long")
			}
		}
		time.Sleep(IdleTimeout + slack + time.Second)
		if b.who() != "" {
			t.Error("the session did not end")
		}
	})
}

func TestSessionEndsAtTheLatest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := newService(t, nil)
		b := newBrowser(t, site(s))
		b.asPersona("citizen", "/")
		began := time.Now()
		for time.Since(began) < Lifetime-20*time.Minute {
			time.Sleep(20 * time.Minute)
			if b.who() == "" {
				t.Fatalf("the session ended after %v", time.Since(began))
			}
		}
		time.Sleep(20*time.Minute + time.Second)
		if b.who() != "" {
			t.Errorf("the session goes on after %v", time.Since(began))
		}
	})
}

func TestExpiresWarnsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := newService(t, nil)
		var at time.Time
		var ok bool
		inner := site(s)
		h := s.Sessions().Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			at, ok = s.Sessions().Expires(r.Context())
		}))
		b := newBrowser(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/expires" {
				h.ServeHTTP(w, r)
				return
			}
			inner.ServeHTTP(w, r)
		}))
		if b.get("/expires"); ok {
			t.Error("a session that is none expires")
		}
		b.asPersona("citizen", "/")
		began := time.Now()
		for _, after := range []time.Duration{0, 30 * time.Second, 10 * time.Minute, 29 * time.Minute} {
			time.Sleep(after)
			b.get("/expires")
			if want := time.Now().Add(IdleTimeout); !ok || !at.Equal(want) {
				t.Errorf("expires at %v, want %v", at, want)
			}
		}
		// What it says holds: one second before, the session is there.
		time.Sleep(time.Until(at) - time.Second)
		if b.who() == "" {
			t.Error("the session ended before the time that was said")
		}
		for time.Since(began) < Lifetime-10*time.Minute {
			time.Sleep(9 * time.Minute)
			b.get("/expires")
		}
		if want := began.Add(Lifetime); !at.Equal(want) {
			t.Errorf("near the end of its life it expires at %v, want %v", at, want)
		}
	})
}

// counting counts the writes of sessions.
type counting struct {
	store.Store
	mu   sync.Mutex
	puts int
}

func (c *counting) Put(ctx context.Context, bucket string, r store.Record, version uint64) (uint64, error) {
	if bucket == sessionBucket {
		c.mu.Lock()
		c.puts++
		c.mu.Unlock()
	}
	return c.Store.Put(ctx, bucket, r, version)
}

func TestRequestsWriteNothingWithinAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &counting{Store: storetest.NewMemory()}
		s, err := New(c, Config{BaseURL: local, Keys: []string{NewKey()}, Development: ForDevelopment(true)})
		if err != nil {
			t.Fatal(err)
		}
		b := newBrowser(t, site(s))
		b.get("/who")
		if c.puts != 0 {
			t.Error("a visitor who did not log in has a session")
		}
		b.asPersona("citizen", "/")
		after := c.puts
		for range 50 {
			time.Sleep(time.Second)
			b.get("/who")
		}
		if c.puts != after {
			t.Errorf("%d writes in 50 s of requests", c.puts-after)
		}
		time.Sleep(slack)
		b.get("/who")
		if c.puts != after+1 {
			t.Errorf("%d writes after more than a minute, want 1", c.puts-after)
		}
	})
}

func TestCookies(t *testing.T) {
	key := NewKey()
	for _, tt := range []struct {
		base, name string
		secure     bool
	}{{local, "luvat", false}, {"https://localhost", "__Host-luvat", true}} {
		s, m := newService(t, func(c *Config) { c.BaseURL, c.Keys = tt.base, []string{key} })
		b := newBrowser(t, site(s))
		b.asPersona("citizen", "/")
		b.cookies[tt.name] = b.cookies[tt.name] + "x" // ended
		b.do("POST", "/save", url.Values{"a": {"1"}})
		for _, name := range []string{tt.name, tt.name + "-login", tt.name + "-kept"} {
			c := b.set[name]
			if c == nil {
				t.Errorf("%s: there is no cookie %s", tt.base, name)
				continue
			}
			if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure != tt.secure || c.Path != "/" || c.Domain != "" {
				t.Errorf("%s: %s", tt.base, c)
			}
			if holds(t, m, c.Value) {
				t.Errorf("%s: the store knows the value of %s", tt.base, name)
			}
		}
		if c := b.set[tt.name]; c.MaxAge != 0 || !c.Expires.IsZero() {
			t.Errorf("the session's cookie outlives the browser: %s", c)
		}
	}
}

// Somebody who planted a token in a browser must not be logged in when its owner logs in.
func TestFixation(t *testing.T) {
	s, m := newService(t, nil)
	h := site(s)
	attacker := newBrowser(t, h)
	attacker.asPersona("consultant", "/")
	planted := attacker.cookies["luvat"]

	victim := newBrowser(t, h)
	victim.cookies["luvat"] = planted
	victim.asPersona("citizen", "/")
	if victim.cookies["luvat"] == planted {
		t.Fatal("the token is the one from before the login")
	}
	if who := attacker.who(); who != "" {
		t.Errorf("with the planted token one is %s", who)
	}
	if got := victim.who(); got != "Aino Lahtinen|" {
		t.Errorf("the victim is %q", got)
	}
	// A token that this service never gave is not taken either.
	victim.cookies["luvat"] = "invented"
	if victim.who() != "" || len(m.Buckets[sessionBucket]) != 1 {
		t.Error("an invented token made a session")
	}
}

func TestLogoutEndsTheSessionAtOnce(t *testing.T) {
	s, _ := newService(t, nil)
	b := newBrowser(t, site(s))
	b.asPersona("citizen", "/")
	token := b.cookies["luvat"]
	b.do("POST", "/logout", url.Values{})
	if b.cookies["luvat"] != "" {
		t.Error("the cookie is still there")
	}
	b.cookies["luvat"] = token
	if b.who() != "" {
		t.Error("the token is still good")
	}
}

// A request that began before another changed the session, or ended it, must not undo that when it is done.
func TestConcurrentRequests(t *testing.T) {
	s, _ := newService(t, nil)
	inner := site(s)
	inside, goOn := make(chan bool), make(chan bool)
	slow := s.Sessions().Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		inside <- true
		<-goOn
	}))
	b := newBrowser(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { inner.ServeHTTP(w, r) }))
	b.asPersona("representative", "/")
	token := b.cookies["luvat"]
	during := func(f func()) {
		done := make(chan bool)
		r := httptest.NewRequest("GET", "/slow", nil)
		r.AddCookie(&http.Cookie{Name: "luvat", Value: token})
		go func() {
			slow.ServeHTTP(httptest.NewRecorder(), r)
			done <- true
		}()
		<-inside
		f()
		goOn <- true
		<-done
	}
	during(func() { b.do("POST", "/act", url.Values{"party": {"9001001-7"}}) })
	if got := b.who(); got != "Elina Koskela|9001001-7" {
		t.Errorf("the choice of the party was undone: %q", got)
	}
	during(func() { b.do("POST", "/logout", url.Values{}) })
	b.cookies["luvat"] = token
	if got := b.who(); got != "" {
		t.Errorf("the logout was undone: %q", got)
	}
}

func TestStoreDown(t *testing.T) {
	m := storetest.NewMemory()
	var told error
	s, err := New(m, Config{BaseURL: local, Keys: []string{NewKey()}, Development: ForDevelopment(true),
		Failed: func(w http.ResponseWriter, _ *http.Request, err error) {
			told = err
			w.WriteHeader(http.StatusServiceUnavailable)
		}})
	if err != nil {
		t.Fatal(err)
	}
	b := newBrowser(t, site(s))
	b.asPersona("citizen", "/")
	_ = m.Close()
	if w := b.get("/who"); w.Code != http.StatusServiceUnavailable || !errors.Is(told, store.ErrClosed) {
		t.Errorf("answered %d, told %v", w.Code, told)
	}
}

func TestSessionIsSealed(t *testing.T) {
	s, m := newService(t, nil)
	b := newBrowser(t, site(s))
	b.asPersona("representative", "/")
	b.do("POST", "/act", url.Values{"party": {"7769480-5"}})
	for key, r := range m.Buckets[sessionBucket] {
		if strings.Contains(string(r.Value), "7769480-5") || strings.Contains(string(r.Value), `"account"`) {
			t.Error("the session is stored as it is")
		}
		if _, err := s.vault.open(sessionBucket, key, r.Value); err != nil {
			t.Error(err)
		}
		if _, err := s.vault.open(sessionBucket, "another key", r.Value); err == nil {
			t.Error("the session of one token opens as that of another")
		}
		if _, err := s.vault.open(loginBucket, key, r.Value); err == nil {
			t.Error("a session opens as a login")
		}
	}
}

// With the store that is shipped: a restart logs nobody out, and loses no form that waits for its login.
func TestRestart(t *testing.T) {
	path, key := filepath.Join(t.TempDir(), "luvat.db"), NewKey()
	open := func() (http.Handler, func()) {
		m, err := boltstore.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		s, err := New(m, Config{BaseURL: local, Keys: []string{key}, Development: ForDevelopment(true)})
		if err != nil {
			t.Fatal(err)
		}
		return site(s), func() {
			if err := m.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	h, stop := open()
	b, late := newBrowser(t, h), newBrowser(t, h)
	b.asPersona("representative", "/")
	b.do("POST", "/act", url.Values{"party": {"9001001-7"}})
	late.do("POST", "/save", typed)
	stop()
	b.handler, stop = open()
	defer stop()
	late.handler = b.handler
	if got := b.who(); got != "Elina Koskela|9001001-7" {
		t.Errorf("after the restart: %q", got)
	}
	late.asPersona("citizen", "/save")
	if got := late.get("/save").Body.String(); got != typed.Encode() {
		t.Errorf("the form after the restart: %q", got)
	}
}
