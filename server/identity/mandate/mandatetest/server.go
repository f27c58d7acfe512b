// Package mandatetest is a stand-in for Suomi.fi e-Authorizations: the calls that package mandate makes, with checksums, the clock and
// the order of calls verified as the real one does, and with its ways to fail.
package mandatetest

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"
)

// Organisation is one that a person may choose, in the register's JSON.
type Organisation struct {
	Name       string   `json:"name"`
	Identifier string   `json:"identifier"`
	Complete   bool     `json:"complete"`
	Roles      []string `json:"roles"`
}

// Server is the stand-in. Its fields may be changed between requests, under Lock.
type Server struct {
	sync.Mutex
	ClientID, Key, Password string
	Return                  string                    // the registered return address
	People                  map[string][]Organisation // by personal identity code
	Clock                   func() time.Time
	TokenFor                time.Duration // how long a token is valid
	DropState               bool          // the real one is not known to send state back

	Denied  bool   // the person chooses nothing: error=access_denied
	Ended   bool   // sessions have ended: 401 to everything that needs one
	Broken  int    // a status with which every call is answered; 0: none
	Garbage bool   // answers that are no JSON
	Slow    func() // runs before every answer

	Requests []string // method and path of each call, with the personal identity code left out
	sessions map[string]*session
	codes    map[string]string // code to session
	tokens   map[string]token

	http *httptest.Server
}

type session struct {
	person, user string
	chosen       bool
}

type token struct {
	session string
	ends    time.Time
}

// New starts a stand-in with credentials of its own.
func New() *Server {
	s := &Server{
		ClientID: "ed4b7ae7", Key: rand.Text(), Password: rand.Text(), People: map[string][]Organisation{}, Clock: time.Now,
		TokenFor: 599 * time.Second, sessions: map[string]*session{}, codes: map[string]string{}, tokens: map[string]token{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /service/ypa/user/register/{client}/{person}", s.checked(s.register))
	mux.HandleFunc("GET /oauth/authorize", s.authorize)
	mux.HandleFunc("POST /oauth/token", s.token)
	mux.HandleFunc("GET /service/ypa/api/organizationRoles/{session}", s.checked(s.roles))
	mux.HandleFunc("GET /service/ypa/user/unregister/{session}", s.checked(s.unregister))
	s.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Lock()
		slow := s.Slow
		s.Unlock()
		if slow != nil {
			slow()
		}
		s.Lock()
		defer s.Unlock()
		s.Requests = append(s.Requests, r.Method+" "+personalID.ReplaceAllString(r.URL.Path, "…"))
		switch {
		case s.Broken != 0:
			w.WriteHeader(s.Broken)
		case s.Garbage:
			_, _ = w.Write([]byte("<html>maintenance</html>"))
		default:
			mux.ServeHTTP(w, r)
		}
	}))
	return s
}

var personalID = regexp.MustCompile(`[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Y]`)

// URL is the base address.
func (s *Server) URL() string { return s.http.URL }

// Close stops the stand-in.
func (s *Server) Close() { s.http.Close() }

// checked lets calls through whose checksum is right and whose time is at most five minutes off.
func (s *Server) checked(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		parts := strings.Split(r.Header.Get("X-AsiointivaltuudetAuthorization"), " ")
		if len(parts) != 3 || parts[0] != s.ClientID {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		at, err := time.Parse(time.RFC3339Nano, parts[1])
		if off := s.Clock().Sub(at); err != nil || off > 5*time.Minute || off < -5*time.Minute {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		h := hmac.New(sha256.New, []byte(s.Key))
		h.Write([]byte(r.RequestURI + " " + parts[1]))
		if want := base64.StdEncoding.EncodeToString(h.Sum(nil)); parts[2] != want {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if r.URL.Query().Get("requestId") == "" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		next(w, r)
	}
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_ = json.NewEncoder(w).Encode(v)
}

func (s *Server) register(w http.ResponseWriter, r *http.Request) {
	if r.PathValue("client") != s.ClientID || !personalID.MatchString(r.PathValue("person")) {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	id, user := rand.Text(), rand.Text()
	s.sessions[id] = &session{person: r.PathValue("person"), user: user}
	answer(w, map[string]string{"sessionId": id, "userId": user})
}

// authorize stands for the page: the person chooses everything at once.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	id := ""
	for known, session := range s.sessions {
		if session.user == q.Get("user") {
			id = known
		}
	}
	if id == "" || q.Get("client_id") != s.ClientID || q.Get("response_type") != "code" || q.Get("redirect_uri") != s.Return {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	back := url.Values{}
	if s.Denied {
		back.Set("error", "access_denied")
	} else {
		code := rand.Text()
		s.codes[code] = id
		s.sessions[id].chosen = true
		back.Set("code", code)
	}
	if state := q.Get("state"); state != "" && !s.DropState {
		back.Set("state", state)
	}
	http.Redirect(w, r, s.Return+"?"+back.Encode(), http.StatusFound)
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	id, password, ok := r.BasicAuth()
	if !ok || id != s.ClientID || password != s.Password {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	q := r.URL.Query()
	session, known := s.codes[q.Get("code")]
	if !known || q.Get("grant_type") != "authorization_code" || q.Get("redirect_uri") != s.Return {
		w.WriteHeader(http.StatusBadRequest)
		answer(w, map[string]string{"error": "invalid_grant"})
		return
	}
	delete(s.codes, q.Get("code"))
	value := rand.Text()
	s.tokens[value] = token{session, s.Clock().Add(s.TokenFor)}
	answer(w, map[string]any{
		"access_token": value, "token_type": "bearer", "refresh_token": rand.Text(), "expires_in": int(s.TokenFor.Seconds()),
		"scope": "read write trust",
	})
}

func (s *Server) roles(w http.ResponseWriter, r *http.Request) {
	bearer, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	t, ok := s.tokens[bearer]
	session := s.sessions[r.PathValue("session")]
	if s.Ended || !ok || session == nil || t.session != r.PathValue("session") || !session.chosen || s.Clock().After(t.ends) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	list := s.People[session.person]
	if list == nil {
		list = []Organisation{}
	}
	answer(w, list)
}

func (s *Server) unregister(w http.ResponseWriter, r *http.Request) {
	if s.Ended || s.sessions[r.PathValue("session")] == nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	delete(s.sessions, r.PathValue("session"))
	w.WriteHeader(http.StatusOK)
}

// Sessions says how many sessions are open.
func (s *Server) Sessions() int {
	s.Lock()
	defer s.Unlock()
	return len(s.sessions)
}
