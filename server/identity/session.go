package identity

import (
	"context"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"luvat/server/store"
)

// Session is what a browser that has logged in carries on the server's side. The browser has only a random token.
type Session struct {
	Account  string    `json:"account"` // account id
	Party    Party     `json:"party"`   // on whose behalf it acts now
	Provider string    `json:"provider"`
	IDToken  string    `json:"id_token,omitempty"` // the provider wants it back at logout
	Began    time.Time `json:"began"`
}

// How long a session lasts.
const (
	IdleTimeout = 30 * time.Minute // since the last request
	Lifetime    = 12 * time.Hour   // since the login
)

// slack is how stale the stored end of a session may be: a request within slack of the last renewal writes nothing. Sessions are
// stored to end that much later, so that nobody is thrown out before IdleTimeout.
const slack = time.Minute

// sessionKey is the one value that a session of scs has here.
const sessionKey = "session"

// Sessions keeps who has logged in. Its Middleware must be around every handler that asks.
type Sessions struct {
	scs     *scs.SessionManager
	records *sessionRecords
	store   store.Store
	secure  bool
	budget  *budget
}

// newSessions makes the sessions. secure says that the service is reached by https only. failed answers when the store cannot be
// read or written; nil: a plain 500.
func newSessions(s store.Store, v *vault, secure bool, failed func(http.ResponseWriter, *http.Request, error)) *Sessions {
	records := &sessionRecords{store: s, vault: v}
	// Not scs.New, which starts a goroutine for a store in memory that nobody uses. Without it the manager's key in a context is the
	// zero one, and that is the only one there is: a process has one Sessions around a request.
	m := &scs.SessionManager{
		Store: records, Codec: sessionCodec{}, IdleTimeout: IdleTimeout + slack, Lifetime: Lifetime,
		Cookie: scs.SessionCookie{
			Name: cookieName("luvat", secure), Secure: secure, HttpOnly: true, Path: "/", SameSite: http.SameSiteLaxMode,
			Persist: false, // gone when the browser closes: computers are shared
		},
	}
	m.ErrorFunc = failed
	if failed == nil {
		m.ErrorFunc = func(w http.ResponseWriter, _ *http.Request, _ error) {
			http.Error(w, "the sessions cannot be read or written just now", http.StatusInternalServerError)
		}
	}
	return &Sessions{scs: m, records: records, store: s, secure: secure, budget: newBudget(anonymousForms, anonymousEvery)}
}

// cookieName returns the name of a cookie. With the prefix __Host- a browser takes it from this host only, over https only, for the
// whole site: neither a neighbouring host nor a page without https can plant one.
func cookieName(name string, secure bool) string {
	if secure {
		return "__Host-" + name
	}
	return name
}

// Middleware loads the session of each request and stores it again when it changed or is about to end.
func (s *Sessions) Middleware(next http.Handler) http.Handler {
	inner := s.scs.LoadAndSave(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inner.ServeHTTP(w, r.WithContext(withLoaded(r.Context())))
	})
}

// Current returns the session of a request that passed the Middleware; ok is false when nobody is logged in.
func (s *Sessions) Current(ctx context.Context) (current Session, ok bool) {
	current, ok = s.scs.Get(ctx, sessionKey).(Session)
	return current, ok
}

// Expires returns when the session ends unless another request comes before; ok is false when nobody is logged in. The request that
// asks counts: a page may print it, and a keep-alive is any request at all.
func (s *Sessions) Expires(ctx context.Context) (at time.Time, ok bool) {
	if _, ok := s.Current(ctx); !ok {
		return time.Time{}, false
	}
	at = time.Now().Add(IdleTimeout)
	if end := s.scs.Deadline(ctx); end.Before(at) {
		at = end
	}
	return at.UTC(), true
}

// begin logs somebody in. The token is a new one, so that nobody can log a browser in whose token they know.
func (s *Sessions) begin(ctx context.Context, session Session) error {
	if err := s.scs.Clear(ctx); err != nil {
		return err
	}
	if err := s.scs.RenewToken(ctx); err != nil {
		return err
	}
	s.scs.Put(ctx, sessionKey, session)
	return nil
}

// act changes on whose behalf the session acts.
func (s *Sessions) act(ctx context.Context, p Party) error {
	current, ok := s.Current(ctx)
	if !ok {
		return ErrNoSession
	}
	current.Party = p
	s.scs.Put(ctx, sessionKey, current)
	return nil
}

// End logs out: the record is gone at once, and the cookie with the answer.
func (s *Sessions) End(ctx context.Context) error { return s.scs.Destroy(ctx) }
