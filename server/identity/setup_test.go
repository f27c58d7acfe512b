package identity

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"luvat/definitions"
	"luvat/server/store/storetest"
)

const (
	production = "https://luvat.example.fi"
	local      = "http://localhost:8080"
)

// newService makes a service over a store in memory. Without providers it is one for development, with personas.
func newService(t *testing.T, change func(*Config)) (*Service, *storetest.Memory) {
	t.Helper()
	m := storetest.NewMemory()
	c := Config{BaseURL: local, Keys: []string{NewKey()}, Development: ForDevelopment(true)}
	if change != nil {
		change(&c)
	}
	s, err := New(m, c)
	if err != nil {
		t.Fatal(err)
	}
	return s, m
}

// site is a small server as package server builds one of this package.
func site(s *Service) http.Handler {
	mux := http.NewServeMux()
	fail := func(w http.ResponseWriter, err error, start Start) {
		reason := "internal"
		var le *LoginError
		if errors.As(err, &le) {
			reason = string(le.Reason)
		}
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, "%s|%s|%v", reason, start.Return, err)
	}
	mux.HandleFunc("GET /login/{provider}", func(w http.ResponseWriter, r *http.Request) {
		start := Start{Return: r.URL.Query().Get("return"), Lang: definitions.Lang(r.URL.Query().Get("lang"))}
		if err := s.Begin(w, r, r.PathValue("provider"), start); err != nil {
			fail(w, err, start)
		}
	})
	mux.HandleFunc("/login/{provider}/callback", func(w http.ResponseWriter, r *http.Request) {
		_, start, err := s.Complete(r, r.PathValue("provider"))
		if err != nil {
			fail(w, err, start)
			return
		}
		http.Redirect(w, r, start.Return, http.StatusSeeOther)
	})
	mux.HandleFunc("GET /who", func(w http.ResponseWriter, r *http.Request) {
		account, ok, err := s.Account(r.Context())
		if err != nil {
			fail(w, err, Start{})
			return
		}
		if !ok {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprint(w, account.Name, "|", s.Acting(r.Context()).ID)
	})
	mux.HandleFunc("POST /act", func(w http.ResponseWriter, r *http.Request) {
		account, _, _ := s.Account(r.Context())
		if _, err := s.Act(r.Context(), account, r.PostFormValue("party")); err != nil {
			fail(w, err, Start{})
		}
	})
	mux.HandleFunc("POST /save", func(w http.ResponseWriter, r *http.Request) {
		_, ok, _ := s.Account(r.Context())
		_ = r.ParseForm()
		if ok {
			_ = s.Sessions().Release(r, "/save")
			fmt.Fprint(w, "saved")
			return
		}
		if err := s.Sessions().Keep(w, r, "/save", r.PostForm); err != nil {
			fail(w, err, Start{})
			return
		}
		http.Redirect(w, r, "/login", http.StatusSeeOther)
	})
	mux.HandleFunc("GET /save", func(w http.ResponseWriter, r *http.Request) {
		form, ok, err := s.Sessions().Kept(r, "/save")
		if err != nil {
			fail(w, err, Start{})
			return
		}
		if ok {
			fmt.Fprint(w, form.Encode())
		}
	})
	mux.HandleFunc("POST /logout", func(w http.ResponseWriter, r *http.Request) {
		away, err := s.Logout(r.Context(), "/fi")
		if err != nil {
			fail(w, err, Start{})
			return
		}
		fmt.Fprint(w, away)
	})
	return s.Sessions().Middleware(mux)
}

// browser keeps cookies as a browser does, and what was said of them.
type browser struct {
	t       *testing.T
	handler http.Handler
	cookies map[string]string
	set     map[string]*http.Cookie // as last set
}

func newBrowser(t *testing.T, h http.Handler) *browser {
	return &browser{t: t, handler: h, cookies: map[string]string{}, set: map[string]*http.Cookie{}}
}

func (b *browser) do(method, address string, form url.Values) *httptest.ResponseRecorder {
	b.t.Helper()
	body := bytes.NewReader([]byte(form.Encode()))
	r := httptest.NewRequestWithContext(b.t.Context(), method, address, body)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.set[c.Name] = c
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	return w
}

func (b *browser) get(address string) *httptest.ResponseRecorder {
	b.t.Helper()
	return b.do("GET", address, nil)
}

// asPersona logs in and returns where the login led.
func (b *browser) asPersona(id, back string) string {
	b.t.Helper()
	w := b.get("/login/persona?lang=fi&return=" + url.QueryEscape(back))
	location, err := url.Parse(w.Header().Get("Location"))
	if w.Code != http.StatusSeeOther || err != nil || location.Path != "/fi/login/persona" {
		b.t.Fatalf("the login led to %d %s", w.Code, w.Header().Get("Location"))
	}
	w = b.do("POST", CallbackPath(PersonaProvider), url.Values{"state": {location.Query().Get("state")}, "persona": {id}})
	if w.Code != http.StatusSeeOther {
		b.t.Fatalf("the callback answered %d %s", w.Code, w.Body)
	}
	return w.Header().Get("Location")
}

// who returns the name and the party of the session, "" when nobody is logged in.
func (b *browser) who() string {
	b.t.Helper()
	w := b.get("/who")
	if w.Code == http.StatusUnauthorized {
		return ""
	}
	if w.Code != http.StatusOK {
		b.t.Fatalf("/who answered %d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

// holds reports whether the text stands anywhere in the store as it is.
func holds(t *testing.T, m *storetest.Memory, text string) bool {
	t.Helper()
	for bucket, records := range m.Buckets {
		for key, r := range records {
			if strings.Contains(key, text) || bytes.Contains(r.Value, []byte(text)) {
				t.Logf("found in bucket %s", bucket)
				return true
			}
		}
	}
	return false
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
