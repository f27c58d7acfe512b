package identity

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	josejwt "github.com/go-jose/go-jose/v4/jwt"
	"github.com/golang-jwt/jwt/v5"
	"github.com/oauth2-proxy/mockoidc"
)

// idp is an OpenID Connect provider in this process, whose words a test may twist.
type idp struct {
	*mockoidc.MockOIDC
	mu       sync.Mutex
	tamper   func(idToken string) string          // changes the id token on its way out
	describe map[string]any                       // more of the discovery document
	asked    url.Values                           // the last authorization request
	proof    func(t *testing.T, assertion string) // verifies private_key_jwt; then the client secret is taken as given
	down     map[string]bool                      // endpoints that answer 503
}

func startIDP(t *testing.T, address string) *idp {
	t.Helper()
	m, err := mockoidc.NewServer(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &idp{MockOIDC: m, down: map[string]bool{}}
	err = m.AddMiddleware(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.down[r.URL.Path] {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			_ = r.ParseForm()
			switch r.URL.Path {
			case mockoidc.AuthorizationEndpoint:
				p.asked = maps.Clone(r.Form)
			case mockoidc.TokenEndpoint:
				if p.proof != nil {
					p.proof(t, r.Form.Get("client_assertion"))
					if r.Form.Get("client_secret") != "" {
						t.Error("a client secret was sent beside the proof")
					}
					r.Form.Set("client_secret", m.ClientSecret)
				}
			}
			rec := httptest.NewRecorder()
			next.ServeHTTP(rec, r)
			body := rec.Body.Bytes()
			var object map[string]any
			if json.Unmarshal(body, &object) == nil {
				if token, ok := object["id_token"].(string); ok && p.tamper != nil {
					object["id_token"] = p.tamper(token)
				}
				if r.URL.Path == mockoidc.DiscoveryEndpoint {
					maps.Copy(object, p.describe)
				}
				body, _ = json.Marshal(object)
			}
			maps.Copy(w.Header(), rec.Header())
			w.WriteHeader(rec.Code)
			_, _ = w.Write(body)
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Start(ln, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Shutdown() })
	return p
}

// person is who logs in, with any claims at all.
type person struct {
	sub    string
	claims map[string]any
	info   map[string]any // what userinfo says beside
}

func (p person) ID() string { return p.sub }

func (p person) Userinfo([]string) ([]byte, error) {
	all := map[string]any{"sub": p.sub}
	maps.Copy(all, p.info)
	return json.Marshal(all)
}

func (p person) Claims(_ []string, base *mockoidc.IDTokenClaims) (jwt.Claims, error) {
	c := jwt.MapClaims{
		"iss": base.Issuer, "aud": base.Audience, "sub": base.Subject, "nonce": base.Nonce,
		"iat": base.IssuedAt.Unix(), "exp": base.ExpiresAt.Unix(), "nbf": base.NotBefore.Unix(),
	}
	for name, v := range p.claims {
		if v == nil {
			delete(c, name)
		} else {
			c[name] = v
		}
	}
	return c, nil
}

func sari() person {
	return person{sub: "sari-1", claims: map[string]any{
		"name": "Sari Suomalainen", "given_name": "Sari Säde", "family_name": "Suomalainen", "email": "sari@example.com", "locale": "sv-FI",
	}}
}

func withIDP(p *idp, change func(*OIDCConfig)) func(*Config) {
	return func(c *Config) {
		oc := OIDCConfig{
			ID: "test", Name: map[string]string{"fi": "Testitunnistus"}, Issuer: p.Issuer(), ClientID: p.ClientID, ClientSecret: p.ClientSecret,
			AuthMethod: "post",
		}
		if change != nil {
			change(&oc)
		}
		c.OIDC = []OIDCConfig{oc}
	}
}

// toIDP begins a login and goes through the provider; it returns the address or form of the callback.
func (b *browser) toIDP(back string) (callback string, answer url.Values) {
	b.t.Helper()
	w := b.get("/login/test?lang=sv&return=" + url.QueryEscape(back))
	if w.Code != http.StatusSeeOther {
		b.t.Fatalf("the login did not begin: %d %s", w.Code, w.Body)
	}
	outside := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := outside.Get(w.Header().Get("Location"))
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	u, err := resp.Location()
	if err != nil {
		b.t.Fatalf("the provider answered %d and led nowhere", resp.StatusCode)
	}
	return u.Path, u.Query()
}

func (b *browser) through(back string) *httptest.ResponseRecorder {
	b.t.Helper()
	callback, answer := b.toIDP(back)
	return b.get(callback + "?" + answer.Encode())
}

func TestOIDCRoundTrip(t *testing.T) {
	p := startIDP(t, "127.0.0.1:0")
	s, _ := newService(t, withIDP(p, func(c *OIDCConfig) {
		c.ACRValues = []string{"http://ftn.ficora.fi/2017/loa2", "http://eidas.europa.eu/LoA/substantial"}
		c.Extra = map[string]string{"ftn_spname": "luvat"}
	}))
	b := newBrowser(t, site(s))
	p.QueueUser(sari())
	w := b.through("/fi/events/result?a=x")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/fi/events/result?a=x" {
		t.Fatalf("%d %s %s", w.Code, w.Header().Get("Location"), w.Body)
	}
	if got := b.who(); got != "Sari Suomalainen|" {
		t.Errorf("logged in as %q", got)
	}
	for name, want := range map[string]string{
		"ui_locales": "sv fi en", "code_challenge_method": "S256", "response_type": "code", "scope": "openid profile email",
		"acr_values": "http://ftn.ficora.fi/2017/loa2 http://eidas.europa.eu/LoA/substantial", "ftn_spname": "luvat",
		"redirect_uri": local + "/login/test/callback",
	} {
		if got := p.asked.Get(name); got != want {
			t.Errorf("%s was %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		if len(p.asked.Get(name)) != 43 {
			t.Errorf("%s is %q, want 256 bits", name, p.asked.Get(name))
		}
	}
	// The same person comes back to the same account; another has another.
	first := accountOf(t, s, b)
	if first.Language != "sv" || first.Email != "sari@example.com" || first.Identified || time.Since(first.At) > time.Minute {
		t.Errorf("%+v", first)
	}
	p.QueueUser(sari())
	again := newBrowser(t, site(s))
	again.through("/")
	other := sari()
	other.sub = "sari-2"
	p.QueueUser(other)
	third := newBrowser(t, site(s))
	third.through("/")
	if accountOf(t, s, again).ID != first.ID {
		t.Error("the same subject has another account at the second login")
	}
	if accountOf(t, s, third).ID == first.ID {
		t.Error("another subject has the same account")
	}
}

// accountOf returns the account of a browser's session.
func accountOf(t *testing.T, s *Service, b *browser) Account {
	t.Helper()
	var account Account
	h := s.Sessions().Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		a, ok, err := s.Account(r.Context())
		if err != nil || !ok {
			t.Errorf("nobody is logged in: %v", err)
		}
		account = a
	}))
	newBrowserWith(b, h).get("/")
	return account
}

func newBrowserWith(b *browser, h http.Handler) *browser {
	return &browser{t: b.t, handler: h, cookies: b.cookies, set: b.set}
}

func sessionOf(s *Service, b *browser) (current Session) {
	h := s.Sessions().Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		current, _ = s.Sessions().Current(r.Context())
	}))
	newBrowserWith(b, h).get("/")
	return current
}

func TestOIDCRefuses(t *testing.T) {
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Unix()
	claim := func(name string, value any) func(*person) { return func(p *person) { p.claims[name] = value } }
	for _, tt := range []struct {
		name   string
		person func(*person)
		config func(*OIDCConfig)
		idp    func(*idp)
		change func(answer url.Values)
		want   Reason // "": the login succeeds
	}{
		{name: "all is well"},
		{name: "wrong nonce", person: claim("nonce", "another"), want: Rejected},
		{name: "no nonce", person: claim("nonce", nil), want: Rejected},
		{name: "wrong audience", person: claim("aud", "another"), want: Rejected},
		{name: "several audiences, another authorized", person: func(p *person) { p.claims["azp"] = "another" }, want: Rejected},
		{name: "wrong issuer", person: claim("iss", "https://example.com"), want: Rejected},
		{name: "expired", person: claim("exp", now-300), want: Rejected},
		{name: "expired within the tolerance", person: claim("exp", now-60)},
		{name: "clock a minute ahead", person: func(p *person) { p.claims["iat"], p.claims["nbf"] = now+60, now+60 }},
		{name: "clock an hour ahead", person: func(p *person) {
			p.claims["iat"], p.claims["nbf"], p.claims["exp"] = now+3600, now+3600, now+7200
		}, want: Rejected},
		{name: "issued an hour ahead", person: claim("iat", now+3600), want: Rejected},
		{name: "clock an hour behind", person: func(p *person) { p.claims["iat"], p.claims["exp"] = now-3600, now-3000 }, want: Rejected},
		{name: "old token that is valid long", person: func(p *person) { p.claims["iat"], p.claims["exp"] = now-3600, now+3600 }, want: Rejected},
		{name: "no name", person: func(p *person) {
			p.claims["name"], p.claims["given_name"], p.claims["family_name"] = nil, nil, nil
		}, want: Incomplete},
		{name: "name of its parts only", person: claim("name", nil)},
		{name: "no subject", person: claim("sub", ""), want: Incomplete},
		{name: "another token's access token", person: claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"), want: Rejected},
		{name: "not signed", idp: func(p *idp) {
			p.tamper = func(token string) string {
				parts := strings.Split(token, ".")
				return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + parts[1] + "."
			}
		}, want: Rejected},
		{name: "signed by a stranger", idp: func(p *idp) {
			p.tamper = func(token string) string {
				payload, _ := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
				return sign(t, stranger, payload)
			}
		}, want: Rejected},
		{name: "changed on the way", idp: func(p *idp) {
			p.tamper = func(token string) string {
				parts := strings.Split(token, ".")
				payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
				payload = bytes.Replace(payload, []byte("sari-1"), []byte("sari-2"), 1)
				return parts[0] + "." + base64.RawURLEncoding.EncodeToString(payload) + "." + parts[2]
			}
		}, want: Rejected},
		{name: "no id token", idp: func(p *idp) { p.tamper = func(string) string { return "" } }, want: Rejected},
		{name: "no JWT", idp: func(p *idp) { p.tamper = func(string) string { return "garbage" } }, want: Rejected},
		{name: "encrypted without a key", idp: func(p *idp) { p.tamper = func(string) string { return "a.b.c.d.e" } }, want: Rejected},
		{name: "token endpoint down", idp: func(p *idp) { p.down[mockoidc.TokenEndpoint] = true }, want: Unavailable},
		{name: "expired code", idp: func(p *idp) {
			p.QueueError(&mockoidc.ServerError{Code: 400, Error: mockoidc.InvalidGrant})
		}, want: Expired},
		{name: "client unknown", idp: func(p *idp) {
			p.QueueError(&mockoidc.ServerError{Code: 401, Error: mockoidc.InvalidClient})
		}, want: Rejected},
		{name: "token endpoint fails", idp: func(p *idp) {
			p.QueueError(&mockoidc.ServerError{Code: 500, Error: mockoidc.InternalServerError})
		}, want: Unavailable},
		{name: "wrong code", change: func(a url.Values) { a.Set("code", "another") }, want: Expired},
		{name: "no code", change: func(a url.Values) { a.Del("code") }, want: Rejected},
		{name: "wrong state", change: func(a url.Values) { a.Set("state", newToken()) }, want: Expired},
		{name: "no state", change: func(a url.Values) { a.Del("state") }, want: Expired},
		{name: "turned back", change: func(a url.Values) { a.Del("code"); a.Set("error", "access_denied") }, want: Cancelled},
		{name: "provider busy", change: func(a url.Values) { a.Del("code"); a.Set("error", "temporarily_unavailable") }, want: Unavailable},
		{name: "misconfigured", change: func(a url.Values) { a.Del("code"); a.Set("error", "invalid_scope") }, want: Rejected},
		{name: "answer of another issuer", change: func(a url.Values) { a.Set("iss", "https://example.com") }, want: Rejected},
		{name: "answer without its issuer", idp: func(p *idp) {
			p.describe = map[string]any{"authorization_response_iss_parameter_supported": true}
		}, want: Rejected},
		{name: "weak", config: func(c *OIDCConfig) { c.AcceptACR = []string{"high"} }, person: claim("acr", "low"), want: Weak},
		{name: "level not said", config: func(c *OIDCConfig) { c.AcceptACR = []string{"high"} }, want: Weak},
		{name: "strong", config: func(c *OIDCConfig) { c.AcceptACR = []string{"high"} }, person: claim("acr", "high")},
		{name: "userinfo of another", config: func(c *OIDCConfig) { c.UserInfo = true },
			person: func(p *person) { p.info = map[string]any{"sub": "sari-2"} }, want: Rejected},
		{name: "userinfo down", config: func(c *OIDCConfig) { c.UserInfo = true },
			idp: func(p *idp) { p.down[mockoidc.UserinfoEndpoint] = true }, want: Unavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := startIDP(t, "127.0.0.1:0")
			who := sari()
			if tt.person != nil {
				tt.person(&who)
			}
			s, m := newService(t, withIDP(p, tt.config))
			if tt.idp != nil && strings.HasPrefix(tt.name, "answer") {
				tt.idp(p) // before the discovery
			}
			b := newBrowser(t, site(s))
			p.QueueUser(who)
			callback, answer := b.toIDP("/fi/back")
			if tt.change != nil {
				tt.change(answer)
			}
			if tt.idp != nil {
				p.mu.Lock()
				tt.idp(p)
				p.mu.Unlock()
			}
			w := b.get(callback + "?" + answer.Encode())
			if tt.want == "" {
				if w.Code != http.StatusSeeOther || b.who() == "" {
					t.Fatalf("%d %s", w.Code, w.Body)
				}
				return
			}
			reason, rest, _ := strings.Cut(w.Body.String(), "|")
			if Reason(reason) != tt.want {
				t.Errorf("got %s, want %s: %s", reason, tt.want, rest)
			}
			if strings.Contains(rest, answer.Get("code")) && answer.Get("code") != "" || strings.Contains(rest, "Sari") {
				t.Errorf("the error gives something away: %s", rest)
			}
			if b.who() != "" || len(m.Buckets[accountBucket]) != 0 {
				t.Error("somebody is logged in, or has an account")
			}
			if !strings.HasSuffix(tt.name, "state") && !strings.HasPrefix(rest, "/fi/back|") {
				t.Errorf("the way back is lost: %s", rest)
			}
		})
	}
}

// sign makes a JWT of a payload.
func sign(t *testing.T, key any, payload []byte) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, nil)
	if err != nil {
		t.Fatal(err)
	}
	jws, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jws.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestCallbackIsBoundToTheBrowserAndGoodOnce(t *testing.T) {
	p := startIDP(t, "127.0.0.1:0")
	s, m := newService(t, withIDP(p, nil))
	h := site(s)
	b := newBrowser(t, h)
	p.QueueUser(sari())
	callback, answer := b.toIDP("/")
	// Login CSRF: an attacker's own callback in the victim's browser.
	victim := newBrowser(t, h)
	if w := victim.get(callback + "?" + answer.Encode()); !strings.HasPrefix(w.Body.String(), string(Expired)) || victim.who() != "" {
		t.Errorf("another browser's callback: %d %s", w.Code, w.Body)
	}
	victim.get("/login/test") // now the victim's browser has a cookie for logins of its own
	if w := victim.get(callback + "?" + answer.Encode()); !strings.HasPrefix(w.Body.String(), string(Expired)) || victim.who() != "" {
		t.Errorf("another browser's callback, with a cookie: %d %s", w.Code, w.Body)
	}
	// A state of one provider is no state of another.
	if w := b.get(CallbackPath(PersonaProvider) + "?" + answer.Encode()); !strings.HasPrefix(w.Body.String(), string(Rejected)) {
		t.Errorf("another provider's callback: %d %s", w.Code, w.Body)
	}
	if w := b.get(callback + "?" + answer.Encode()); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if w := b.get(callback + "?" + answer.Encode()); !strings.HasPrefix(w.Body.String(), string(Expired)) {
		t.Errorf("the second time: %d %s", w.Code, w.Body)
	}
	if _, there := m.Buckets[loginBucket][digest(answer.Get("state"))]; there || len(m.Buckets[loginBucket]) != 1 {
		t.Error("the login is still stored, or the victim's own is not")
	}
	if holds(t, m, answer.Get("state")) {
		t.Error("the state is stored as it is")
	}
}

func TestTwoLoginsInTwoTabs(t *testing.T) {
	p := startIDP(t, "127.0.0.1:0")
	s, _ := newService(t, withIDP(p, nil))
	b := newBrowser(t, site(s))
	p.QueueUser(sari())
	p.QueueUser(sari())
	callback, one := b.toIDP("/fi/one")
	_, two := b.toIDP("/fi/two")
	if w := b.get(callback + "?" + one.Encode()); w.Header().Get("Location") != "/fi/one" {
		t.Errorf("the first tab: %d %s", w.Code, w.Body)
	}
	if w := b.get(callback + "?" + two.Encode()); w.Header().Get("Location") != "/fi/two" {
		t.Errorf("the second tab: %d %s", w.Code, w.Body)
	}
}

func TestProviderDownAtTheStart(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := ln.Addr().String()
	_ = ln.Close()
	var s *Service
	s, _ = newService(t, func(c *Config) {
		c.OIDC = []OIDCConfig{{ID: "test", Name: map[string]string{"fi": "T"}, Issuer: "http://" + address + "/oidc", ClientID: "c",
			ClientSecret: "s", AuthMethod: "post"}}
	})
	b := newBrowser(t, site(s))
	for range 3 {
		if w := b.get("/login/test?return=/fi/x"); !strings.HasPrefix(w.Body.String(), string(Unavailable)+"|/fi/x|") {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	if got := b.asPersona("citizen", "/"); got != "/" || b.who() == "" {
		t.Error("the other ways to log in do not work")
	}
	p := startIDP(t, address)
	o := s.provider("test").(*OIDC)
	o.mu.Lock()
	o.missed = o.missed.Add(-discoverAgain)
	o.config.ClientID, o.config.ClientSecret = p.ClientID, p.ClientSecret
	o.mu.Unlock()
	p.QueueUser(sari())
	fresh := newBrowser(t, site(s))
	if w := fresh.through("/"); w.Code != http.StatusSeeOther {
		t.Errorf("after it came up: %d %s", w.Code, w.Body)
	}
}

func TestFormPost(t *testing.T) {
	p := startIDP(t, "127.0.0.1:0")
	s, _ := newService(t, func(c *Config) {
		withIDP(p, func(oc *OIDCConfig) { oc.FormPost = true })(c)
		c.BaseURL = "https://localhost"
	})
	b := newBrowser(t, site(s))
	p.QueueUser(sari())
	callback, answer := b.toIDP("/fi/back")
	if p.asked.Get("response_mode") != "form_post" {
		t.Error("form_post was not asked for")
	}
	if c := b.set["__Host-luvat-login"]; c.SameSite != http.SameSiteNoneMode || !c.Secure || !c.HttpOnly {
		t.Errorf("the login cookie would not come with a POST from another site: %s", c)
	}
	if w := b.do("POST", callback, answer); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/fi/back" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if b.set["__Host-luvat"].SameSite != http.SameSiteLaxMode {
		t.Error("the session's cookie is not Lax")
	}
	// A code in an address is not taken when the form was agreed on.
	p.QueueUser(sari())
	callback, answer = b.toIDP("/")
	if w := b.get(callback + "?" + answer.Encode()); !strings.HasPrefix(w.Body.String(), string(Rejected)) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func pemKey(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func TestPrivateKeyJWT(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]any{"RSA": rsaKey, "P-256": ecKey} {
		t.Run(name, func(t *testing.T) {
			p := startIDP(t, "127.0.0.1:0")
			s, _ := newService(t, withIDP(p, func(c *OIDCConfig) { c.ClientSecret, c.PrivateKey, c.AuthMethod = "", pemKey(t, key), "" }))
			seen := map[string]bool{}
			p.proof = func(t *testing.T, assertion string) {
				var set jose.JSONWebKeySet
				if err := json.Unmarshal(s.JWKS(), &set); err != nil {
					t.Fatalf("the published keys: %v", err)
				}
				for _, k := range set.Keys {
					if !k.IsPublic() {
						t.Fatal("a private key is published")
					}
				}
				token, err := josejwt.ParseSigned(assertion, []jose.SignatureAlgorithm{jose.RS256, jose.ES256})
				if err != nil {
					t.Fatal(err)
				}
				var c josejwt.Claims
				if err := token.Claims(set.Key(token.Headers[0].KeyID)[0], &c); err != nil {
					t.Fatalf("the proof is not signed with the published key: %v", err)
				}
				want := josejwt.Expected{Issuer: p.ClientID, Subject: p.ClientID, AnyAudience: josejwt.Audience{p.TokenEndpoint()}, Time: time.Now()}
				if err := c.ValidateWithLeeway(want, 0); err != nil {
					t.Error(err)
				}
				if c.ID == "" || seen[c.ID] || c.Expiry.Time().After(time.Now().Add(5*time.Minute)) {
					t.Errorf("the proof could be used again: %+v", c)
				}
				seen[c.ID] = true
			}
			for range 2 {
				p.QueueUser(sari())
				b := newBrowser(t, site(s))
				if w := b.through("/"); w.Code != http.StatusSeeOther {
					t.Fatalf("%d %s", w.Code, w.Body)
				}
			}
			if len(seen) != 2 {
				t.Errorf("%d proofs", len(seen))
			}
		})
	}
}

func TestEncryptedIDToken(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := startIDP(t, "127.0.0.1:0")
	p.describe = map[string]any{"end_session_endpoint": p.Addr() + "/oidc/logout"}
	p.tamper = func(token string) string {
		e, err := jose.NewEncrypter(jose.A256GCM, jose.Recipient{Algorithm: jose.RSA_OAEP_256, Key: &key.PublicKey},
			(&jose.EncrypterOptions{}).WithContentType("JWT"))
		if err != nil {
			t.Fatal(err)
		}
		jwe, err := e.Encrypt([]byte(token))
		if err != nil {
			t.Fatal(err)
		}
		s, err := jwe.CompactSerialize()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s, _ := newService(t, withIDP(p, func(c *OIDCConfig) { c.DecryptionKey = pemKey(t, key) }))
	b := newBrowser(t, site(s))
	p.QueueUser(sari())
	if w := b.through("/"); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if sessionOf(s, b).IDToken != "" {
		t.Error("what came encrypted would go back in an address")
	}
}

// What a service of the Finnish Trust Network or Suomi.fi says, by its own names.
func TestFinnishClaims(t *testing.T) {
	const hetu = "210281-9988"
	for _, tt := range []struct {
		name   string
		person person
		config func(*OIDCConfig)
		want   Account
		id     string
	}{
		{
			name: "attributes of Suomi.fi", person: person{sub: "a", claims: map[string]any{
				"urn:oid:1.2.246.21": hetu, "urn:oid:2.5.4.3": "Demo Nordea", "urn:oid:2.16.840.1.113730.3.1.241": "Nordea Demo",
				"urn:oid:2.5.4.42": "Nordea", "urn:oid:2.5.4.4": "Demo", "urn:oid:1.2.246.517.2002.2.18": "853",
				"urn:oid:1.2.246.517.2002.2.4": "Mansikkatie 11", "urn:oid:1.2.246.517.2002.2.6": "20006", "urn:oid:1.2.246.517.2002.2.7": "TURKU",
				"acr": "http://ftn.ficora.fi/2017/loa2",
			}},
			want: Account{Name: "Nordea Demo", GivenName: "Nordea", FamilyName: "Demo", Municipality: "853", Identified: true,
				Address: &Address{Street: "Mansikkatie 11", PostalCode: "20006", City: "TURKU"}, Assurance: "http://ftn.ficora.fi/2017/loa2"},
			id: hetu,
		},
		{
			name: "safety ban", person: person{sub: "a", claims: map[string]any{
				"name": "Eero Salmi", "national_id_num": hetu, "urn:oid:1.2.246.517.2002.2.27": "1",
				"urn:oid:1.2.246.517.2002.2.4": "Mansikkatie 11", "urn:oid:1.2.246.517.2002.2.18": "853",
			}},
			want: Account{Name: "Eero Salmi", Protected: true, Identified: true}, id: hetu,
		},
		{
			name: "eIDAS", person: person{sub: "a", claims: map[string]any{
				"http://eidas.europa.eu/attributes/naturalperson/CurrentGivenName":  []any{"Marta"},
				"http://eidas.europa.eu/attributes/naturalperson/CurrentFamilyName": []any{"Kowalska"},
				"http://eidas.europa.eu/attributes/naturalperson/PersonIdentifier":  "PL/FI/12345",
			}},
			want: Account{Name: "Marta Kowalska", GivenName: "Marta", FamilyName: "Kowalska", Foreign: true},
		},
		{
			name: "another country's number", person: person{sub: "a", claims: map[string]any{"name": "Lars Svensson", "nin": "198112289874"}},
			want: Account{Name: "Lars Svensson"},
		},
		{
			name: "names of one's own", person: person{sub: "rotating", claims: map[string]any{
				"who": map[string]any{"full": "Liisa Ahti", "no": "e-77"}, "ftn_hetu": "100190Y999P",
			}},
			config: func(c *OIDCConfig) {
				c.Claims = ClaimMap{Name: Claim{"who.full"}, PersonalID: Claim{"ftn_hetu"}, Subject: Claim{"who.no"}}
			},
			want: Account{Name: "Liisa Ahti", Identified: true}, id: "100190Y999P",
		},
		{
			name: "userinfo", person: person{sub: "a", claims: map[string]any{"name": "Signed Name"},
				info: map[string]any{"name": "Other Name", "email": "a@example.com", "national_id_num": hetu,
					"address": map[string]any{"street_address": "Katu 1", "postal_code": "00100", "locality": "HELSINKI"}}},
			config: func(c *OIDCConfig) { c.UserInfo = true },
			want: Account{Name: "Signed Name", Email: "a@example.com", Identified: true,
				Address: &Address{Street: "Katu 1", PostalCode: "00100", City: "HELSINKI"}}, id: hetu,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := startIDP(t, "127.0.0.1:0")
			p.describe = map[string]any{"end_session_endpoint": p.Addr() + "/oidc/logout"}
			s, m := newService(t, withIDP(p, tt.config))
			b := newBrowser(t, site(s))
			p.QueueUser(tt.person)
			if w := b.through("/"); w.Code != http.StatusSeeOther {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			got := accountOf(t, s, b)
			id, err := s.Accounts().PersonalID(t.Context(), got.ID)
			if err != nil || id != tt.id {
				t.Errorf("personal identity code %q %v, want %q", id, err, tt.id)
			}
			tt.want.ID, tt.want.Provider, tt.want.At, tt.want.Created = got.ID, "test", got.At, got.Created
			if g, w := string(mustJSON(t, got)), string(mustJSON(t, tt.want)); g != w {
				t.Errorf("got  %s\nwant %s", g, w)
			}
			if tt.id != "" && holds(t, m, tt.id) {
				t.Error("the personal identity code is stored as it is")
			}
			if tt.want.Protected && holds(t, m, "Mansikkatie") {
				t.Error("the address of a protected person is stored")
			}
			away := b.do("POST", "/logout", url.Values{}).Body.String()
			u, _ := url.Parse(away)
			hint := u.Query().Get("id_token_hint")
			payload, _, _ := strings.Cut(strings.TrimPrefix(hint[strings.IndexByte(hint, '.')+1:], "."), ".")
			said, _ := base64.RawURLEncoding.DecodeString(payload)
			if tt.id != "" && bytes.Contains(said, []byte(tt.id)) || strings.Contains(string(said), "PL/FI") {
				t.Errorf("the address of the logout has the personal identity code: %s", said)
			}
		})
	}
}

func TestLogoutAtTheProvider(t *testing.T) {
	p := startIDP(t, "127.0.0.1:0")
	p.describe = map[string]any{"end_session_endpoint": p.Addr() + "/oidc/logout?tenant=1"}
	s, _ := newService(t, withIDP(p, nil))
	b := newBrowser(t, site(s))
	p.QueueUser(sari())
	b.through("/")
	hint := sessionOf(s, b).IDToken
	if strings.Count(hint, ".") != 2 {
		t.Fatalf("the session has no id token: %q", hint)
	}
	u, err := url.Parse(b.do("POST", "/logout", url.Values{}).Body.String())
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{"tenant": {"1"}, "client_id": {p.ClientID}, "post_logout_redirect_uri": {local + "/fi"}, "id_token_hint": {hint}}
	if u.Path != "/oidc/logout" || u.Query().Encode() != want.Encode() {
		t.Errorf("got %s\nwant %s", u, want.Encode())
	}
	if b.who() != "" {
		t.Error("still logged in")
	}
}

func TestKeyForms(t *testing.T) {
	rsaKey, _ := rsa.GenerateKey(rand.Reader, 2048)
	ecKey, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	sec1, _ := x509.MarshalECPrivateKey(ecKey)
	jwk, _ := json.Marshal(jose.JSONWebKey{Key: ecKey, KeyID: "my-key"})
	public, _ := json.Marshal(jose.JSONWebKey{Key: ecKey.Public()})
	for name, text := range map[string]string{
		"PKCS 8": pemKey(t, rsaKey), "SEC 1": string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: sec1})),
		"PKCS 1": string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(rsaKey)})), "JWK": string(jwk),
	} {
		k, err := parseKey(text, signing)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		again, _ := parseKey(text, signing)
		if k.jwk.KeyID == "" || k.jwk.KeyID != again.jwk.KeyID {
			t.Errorf("%s: key id %q and %q", name, k.jwk.KeyID, again.jwk.KeyID)
		}
		if _, err := k.assertion("c", "https://a", time.Now()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	small, _ := rsa.GenerateKey(rand.Reader, 1024)
	for name, text := range map[string]string{
		"nothing": "", "garbage": "abc", "public": string(public), "empty PEM": "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
		"HMAC": `{"kty":"oct","k":"AAAA"}`,
	} {
		if _, err := parseKey(text, signing); err == nil {
			t.Errorf("%s was taken as a private key", name)
		}
	}
	if small != nil {
		if _, err := parseKey(pemKey(t, small), signing); err == nil {
			t.Error("an RSA key of 1024 bits was taken")
		}
	}
}
