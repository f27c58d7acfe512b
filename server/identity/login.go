package identity

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"luvat/definitions"
	"luvat/server/store"
)

// Start is what a login or a choice of mandates begins with and comes back with.
type Start struct {
	Return string           `json:"return"` // where to go on; anything but an address of this service becomes "/"
	Lang   definitions.Lang `json:"lang"`   // of the pages; anything but a language of the service becomes Finnish
}

// sound returns the start as a page may use it in addresses.
func (s Start) sound() Start {
	s.Return = LocalPath(s.Return)
	if !slices.Contains(definitions.Languages, s.Lang) {
		s.Lang = definitions.Finnish
	}
	return s
}

const (
	loginBucket = "login"
	loginFor    = 10 * time.Minute // from Begin to the callback
)

// login is the value of a record, before sealing.
type login struct {
	Provider string  `json:"provider"`
	Attempt  Attempt `json:"attempt"`
	Start    Start   `json:"start"`
	Browser  string  `json:"browser"` // hash of the cookie
	Used     bool    `json:"used"`
}

// CallbackPath is where the browser comes back from a provider, by GET or POST. A POST comes from another site: the protection
// against cross-origin requests must let this path through; the state protects it.
func CallbackPath(provider string) string { return "/login/" + provider + "/callback" }

// MandateCallbackPath is where the browser comes back from the mandate register, by GET.
const MandateCallbackPath = "/login/mandates/callback"

// JWKSPath is where the public keys of Service.JWKS are served.
const JWKSPath = "/login/jwks.json"

// Begin starts a login with a provider: it leads the browser there. On error it has written nothing; a *LoginError says why.
func (s *Service) Begin(w http.ResponseWriter, r *http.Request, provider string, start Start) error {
	p := s.provider(provider)
	if p == nil {
		return failed(Unavailable, "there is no provider %q", provider)
	}
	start = start.sound()
	browser, known := s.browser(r)
	if !known {
		browser = newToken()
	}
	l := login{
		Provider: provider,
		Attempt: Attempt{
			State: newToken(), Nonce: newToken(), Verifier: newToken(), Lang: start.Lang, Callback: s.base + CallbackPath(provider),
		},
		Start:   start,
		Browser: digest(browser),
	}
	key := digest(l.Attempt.State)
	if err := s.putLogin(r.Context(), key, l, store.New); err != nil {
		return err
	}
	// The cookie goes first: Begin writes the answer. When it fails, a cookie without a login does no harm.
	http.SetCookie(w, &http.Cookie{
		Name: s.loginCookie(), Value: browser, Path: "/", MaxAge: int(loginFor / time.Second),
		Secure: s.secure, HttpOnly: true, SameSite: s.sameSite(),
	})
	return p.Begin(w, r, l.Attempt)
}

// sameSite is Lax, which lets the cookie come along when the browser is led back by GET; a POST from another site needs None.
func (s *Service) sameSite() http.SameSite {
	for _, p := range s.providers {
		if p.Posts() && s.secure {
			return http.SameSiteNoneMode
		}
	}
	return http.SameSiteLaxMode
}

func (s *Service) loginCookie() string { return cookieName("luvat-login", s.secure) }

// browser returns the token by which the logins under way know this browser.
func (s *Service) browser(r *http.Request) (string, bool) {
	c, err := r.Cookie(s.loginCookie())
	if err != nil || !isToken(c.Value) {
		return "", false
	}
	return c.Value, true
}

func (s *Service) putLogin(ctx context.Context, key string, l login, version uint64) error {
	plain, err := json.Marshal(l)
	if err != nil {
		return err
	}
	sealed, err := s.vault.seal(loginBucket, key, plain)
	if err != nil {
		return err
	}
	_, err = s.store.Put(ctx, loginBucket, store.Record{Key: key, Value: sealed, Expires: time.Now().Add(loginFor)}, version)
	return err
}

// takeLogin returns the login that a callback belongs to, once.
func (s *Service) takeLogin(r *http.Request, provider string) (login, error) {
	ctx := r.Context()
	if err := r.ParseForm(); err != nil {
		return login{}, failed(Rejected, "the callback cannot be read")
	}
	state := r.Form.Get("state")
	if state == "" {
		state = r.Form.Get("RelayState")
	}
	if !isToken(state) {
		return login{}, failed(Expired, "the callback has no state of ours")
	}
	key := digest(state)
	record, err := s.store.Get(ctx, loginBucket, key, time.Now())
	if errors.Is(err, store.ErrNotFound) {
		return login{}, failed(Expired, "the login began more than %v ago, or was completed already", loginFor)
	}
	if err != nil {
		return login{}, err
	}
	plain, err := s.vault.open(loginBucket, key, record.Value)
	if err != nil {
		return login{}, failed(Expired, "%w", err)
	}
	var l login
	if err := json.Unmarshal(plain, &l); err != nil {
		return login{}, err
	}
	browser, ok := s.browser(r)
	if !ok || subtle.ConstantTimeCompare([]byte(digest(browser)), []byte(l.Browser)) == 0 {
		return login{}, failed(Expired, "the login began in another browser")
	}
	if l.Provider != provider {
		return login{}, failed(Rejected, "a login with %q came back as one with %q", l.Provider, provider)
	}
	if l.Used {
		return login{}, failed(Expired, "the login was completed already")
	}
	l.Used = true
	if err := s.putLogin(ctx, key, l, record.Version); errors.Is(err, store.ErrStale) {
		return login{}, failed(Expired, "the login was completed already")
	} else if err != nil {
		return login{}, err
	}
	if err := s.store.Delete(ctx, loginBucket, key); err != nil && !errors.Is(err, store.ErrNotFound) {
		return login{}, err
	}
	return l, nil
}

// Complete ends a login at CallbackPath: the session is a new one, of the account that the provider named, acting for oneself. The
// Start of Begin is returned also when the login failed, so that the page can offer to try again; it leads to "/" in Finnish when
// even that is not known.
func (s *Service) Complete(r *http.Request, provider string) (Account, Start, error) {
	start := Start{}.sound()
	p := s.provider(provider)
	if p == nil {
		return Account{}, start, failed(Unavailable, "there is no provider %q", provider)
	}
	l, err := s.takeLogin(r, provider)
	if err != nil {
		return Account{}, start, err
	}
	start = l.Start
	identity, err := p.Complete(r, l.Attempt)
	if err != nil {
		return Account{}, start, err
	}
	account, err := s.accounts.SignIn(r.Context(), provider, identity)
	if err != nil {
		return Account{}, start, fmt.Errorf("the account cannot be stored: %w", err)
	}
	err = s.sessions.begin(r.Context(), Session{
		Account: account.ID, Provider: provider, IDToken: identity.IDToken, Began: time.Now().UTC(),
	})
	return account, start, err
}

// Logout ends the session. away is the address at which the browser should also end its session with the provider; "" when there is
// none. From there it is led to back, a path of this service. A form may not lead to another site under the pages' content policy:
// show a page with a link, or with a Refresh header.
func (s *Service) Logout(ctx context.Context, back string) (away string, err error) {
	current, ok := s.sessions.Current(ctx)
	if !ok {
		return "", nil
	}
	if err := s.sessions.End(ctx); err != nil {
		return "", err
	}
	if c, is := s.mandates.(Chooser); is {
		if account, err := s.accounts.Get(ctx, current.Account); err == nil {
			// The register ends its own session by time; failing to tell it keeps nobody logged in here.
			if err := c.Forget(ctx, account); err != nil {
				s.log.Warn("the mandate register was not told of a logout", "error", err)
			}
		}
	}
	if p := s.provider(current.Provider); p != nil {
		away = p.Logout(current.IDToken, s.base+LocalPath(back))
	}
	return away, nil
}

// Account returns who is logged in; ok is false when nobody is. A session of an account that was erased is ended.
func (s *Service) Account(ctx context.Context) (account Account, ok bool, err error) {
	current, ok := s.sessions.Current(ctx)
	if !ok {
		return Account{}, false, nil
	}
	account, err = s.accounts.Get(ctx, current.Account)
	if errors.Is(err, ErrNoAccount) {
		return Account{}, false, s.sessions.End(ctx)
	}
	return account, err == nil, err
}

// Acting returns on whose behalf the session acts.
func (s *Service) Acting(ctx context.Context) Party {
	current, _ := s.sessions.Current(ctx)
	return current.Party
}
