package identity

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"luvat/definitions"
)

// OIDC is a Provider that speaks OpenID Connect: authorization code with PKCE, the token fetched server to server.
type OIDC struct {
	config     OIDCConfig
	claims     ClaimMap
	key        *clientKey // private_key_jwt; nil: client secret
	decryption *clientKey // nil: id tokens are not encrypted
	http       *http.Client

	mu     sync.Mutex
	found  *discovered
	err    error     // of the last attempt to discover
	missed time.Time // when that was
}

// discovered is what the provider says of itself.
type discovered struct {
	provider *oidc.Provider
	verifier *oidc.IDTokenVerifier
	logout   string // end_session_endpoint
	issues   bool   // the callback must have iss (RFC 9207)
}

// Tolerances.
const (
	clockSkew      = 2 * time.Minute        // how far the provider's clock may be off
	discoverAgain  = 3 * time.Second        // after a failure, so that a provider that is down is not asked by every browser
	discoverFor    = 8 * time.Second        // one discovery, with its second try
	discoverPause  = 250 * time.Millisecond // before the second try
	defaultTimeout = 10 * time.Second       // of one request
)

// ownParameters are those of the authorization request that a configuration may not set.
var ownParameters = []string{"client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "code_challenge",
	"code_challenge_method", "response_mode", "request", "request_uri"}

// NewOIDC makes a provider from a configuration. It asks nobody anything yet.
func NewOIDC(c OIDCConfig, client *http.Client) (*OIDC, error) {
	if err := errors.Join(c.problems()...); err != nil {
		return nil, fmt.Errorf("OpenID Connect provider %s: %w", c.ID, err)
	}
	o := &OIDC{config: c, claims: c.Claims.filled(), http: client}
	if o.http == nil {
		o.http = &http.Client{Timeout: defaultTimeout}
	}
	var err error
	if c.PrivateKey != "" {
		if o.key, err = parseKey(c.PrivateKey, signing); err != nil {
			return nil, err
		}
	}
	if c.DecryptionKey != "" {
		if o.decryption, err = parseKey(c.DecryptionKey, decrypting); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// ID is the configured id.
func (o *OIDC) ID() string { return o.config.ID }

// Name is the configured name in lang, or in the first language that has one.
func (o *OIDC) Name(lang definitions.Lang) string {
	for _, l := range append([]definitions.Lang{lang}, definitions.Languages...) {
		if name := o.config.Name[string(l)]; name != "" {
			return name
		}
	}
	return o.config.ID
}

// Posts reports whether the callback comes by POST.
func (o *OIDC) Posts() bool { return o.config.FormPost }

// discover returns what the provider says of itself, and asks it the first time. It tries twice, and then not again for a while.
func (o *OIDC) discover(ctx context.Context) (*discovered, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.found != nil {
		return o.found, nil
	}
	if o.err != nil && time.Since(o.missed) < discoverAgain {
		return nil, o.err
	}
	// What one browser began serves the next, so it goes on when that browser goes away.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), discoverFor)
	defer cancel()
	for try := range 2 {
		if try > 0 {
			time.Sleep(discoverPause)
		}
		if o.found, o.err = o.ask(ctx); o.err == nil {
			return o.found, nil
		}
	}
	o.missed = time.Now()
	return nil, o.err
}

func (o *OIDC) ask(ctx context.Context) (*discovered, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, o.http), o.config.Issuer)
	var other *oidc.IssuerMismatchError
	switch {
	case errors.As(err, &other):
		return nil, failed(Unavailable, "%s: the service at this issuer calls itself something else: configure exactly what it says", o.config.Issuer)
	case err != nil:
		return nil, failed(Unavailable, "%s does not answer as an OpenID Connect provider: %w", o.config.Issuer, bare(err))
	}
	var said struct {
		Logout string   `json:"end_session_endpoint"`
		Issues bool     `json:"authorization_response_iss_parameter_supported"`
		Algs   []string `json:"id_token_signing_alg_values_supported"`
	}
	if err := provider.Claims(&said); err != nil {
		return nil, failed(Unavailable, "%s: its description of itself cannot be read", o.config.Issuer)
	}
	d := &discovered{provider: provider, issues: said.Issues}
	if u, err := url.Parse(said.Logout); err == nil && u.Host != "" && (u.Scheme == "https" || loopback(u.Hostname())) {
		d.logout = said.Logout
	}
	d.verifier = provider.VerifierContext(oidc.ClientContext(context.Background(), o.http), &oidc.Config{
		ClientID: o.config.ClientID,
		Now:      func() time.Time { return time.Now().Add(-clockSkew) }, // it has a tolerance of its own for "not before"
	})
	return d, nil
}

// bare returns an error without the address that was asked: with a code or a token in it, it has no place in a log.
func bare(err error) error {
	var inner *url.Error
	if errors.As(err, &inner) {
		return inner.Err
	}
	return err
}

func (o *OIDC) oauth(d *discovered, callback string) *oauth2.Config {
	endpoint := d.provider.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if o.key != nil || o.config.AuthMethod == "post" {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	scopes := o.config.Scopes
	if len(scopes) == 0 {
		scopes = []string{"profile", "email"}
	}
	if !slices.Contains(scopes, oidc.ScopeOpenID) {
		scopes = append([]string{oidc.ScopeOpenID}, scopes...)
	}
	return &oauth2.Config{
		ClientID: o.config.ClientID, ClientSecret: o.config.ClientSecret, Endpoint: endpoint, RedirectURL: callback, Scopes: scopes,
	}
}

// Begin leads to the provider's authorization endpoint.
func (o *OIDC) Begin(w http.ResponseWriter, r *http.Request, a Attempt) error {
	d, err := o.discover(r.Context())
	if err != nil {
		return err
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)}
	set := func(name, value string) {
		if value != "" {
			options = append(options, oauth2.SetAuthURLParam(name, value))
		}
	}
	for name, value := range o.config.Extra {
		set(name, value)
	}
	set("ui_locales", uiLocales(a.Lang))
	set("acr_values", strings.Join(o.config.ACRValues, " "))
	set("prompt", o.config.Prompt)
	if o.config.FormPost {
		set("response_mode", "form_post")
	}
	http.Redirect(w, r, o.oauth(d, a.Callback).AuthCodeURL(a.State, options...), http.StatusSeeOther)
	return nil
}

// uiLocales is the language of the page and then the others, so that a provider without the first takes the next.
func uiLocales(lang definitions.Lang) string {
	locales := []string{string(lang)}
	for _, l := range definitions.Languages {
		if l != lang {
			locales = append(locales, string(l))
		}
	}
	return strings.Join(locales, " ")
}

// Complete changes the code for a token and verifies it.
func (o *OIDC) Complete(r *http.Request, a Attempt) (Identity, error) {
	if err := r.ParseForm(); err != nil {
		return Identity{}, failed(Rejected, "the callback cannot be read")
	}
	// With form_post only the body counts, otherwise only the address.
	answer := r.URL.Query()
	if o.config.FormPost {
		answer = r.PostForm
	}
	d, err := o.discover(r.Context())
	if err != nil {
		return Identity{}, err
	}
	if iss := answer.Get("iss"); iss != o.config.Issuer && (iss != "" || d.issues) {
		return Identity{}, failed(Rejected, "the callback comes from another issuer than %s", o.config.Issuer)
	}
	switch code := answer.Get("error"); code {
	case "":
	case "access_denied", "interaction_required", "login_required", "consent_required":
		return Identity{}, failed(Cancelled, "the identification service answered %s", code)
	case "temporarily_unavailable", "server_error":
		return Identity{}, failed(Unavailable, "the identification service answered %s", code)
	case "unmet_authentication_requirements":
		return Identity{}, failed(Weak, "the identification service answered %s", code)
	default:
		return Identity{}, failed(Rejected, "the identification service answered %.100q: look at what luvat asks for in its configuration", code)
	}
	if answer.Get("code") == "" {
		return Identity{}, failed(Rejected, "the identification service sent no code")
	}
	ctx := oidc.ClientContext(r.Context(), o.http)
	token, err := o.exchange(ctx, d, answer.Get("code"), a)
	if err != nil {
		return Identity{}, err
	}
	raw, _ := token.Extra("id_token").(string)
	if raw == "" {
		return Identity{}, failed(Rejected, "the identification service sent no id token")
	}
	return o.verify(ctx, d, raw, token, a)
}

func (o *OIDC) exchange(ctx context.Context, d *discovered, code string, a Attempt) (*oauth2.Token, error) {
	options := []oauth2.AuthCodeOption{oauth2.VerifierOption(a.Verifier)}
	if o.key != nil {
		assertion, err := o.key.assertion(o.config.ClientID, d.provider.Endpoint().TokenURL, time.Now())
		if err != nil {
			return nil, failed(Rejected, "the proof of who we are cannot be signed")
		}
		options = append(options,
			oauth2.SetAuthURLParam("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
			oauth2.SetAuthURLParam("client_assertion", assertion))
	}
	token, err := o.oauth(d, a.Callback).Exchange(ctx, code, options...)
	var refused *oauth2.RetrieveError
	switch {
	case errors.As(err, &refused) && refused.Response != nil && refused.Response.StatusCode >= 500:
		return nil, failed(Unavailable, "the token endpoint answered with status %d", refused.Response.StatusCode)
	case errors.As(err, &refused) && refused.ErrorCode == "invalid_grant":
		return nil, failed(Expired, "the identification service knows the code no more")
	case errors.As(err, &refused):
		return nil, failed(Rejected, "the token endpoint answered %.100q: look at client_id and its secret or key", refused.ErrorCode)
	case err != nil:
		return nil, failed(Unavailable, "the token endpoint does not answer: %w", bare(err))
	}
	return token, nil
}

// maxAge is how old an id token may be when it comes, by its own word.
const maxAge = 10 * time.Minute

func (o *OIDC) verify(ctx context.Context, d *discovered, raw string, token *oauth2.Token, a Attempt) (Identity, error) {
	encrypted := strings.Count(raw, ".") == 4
	if encrypted {
		if o.decryption == nil {
			return Identity{}, failed(Rejected, "the id token is encrypted: configure decryption_key")
		}
		var err error
		if raw, err = o.decryption.decrypt(raw); err != nil {
			return Identity{}, failed(Rejected, "%w", err)
		}
	}
	signed, err := d.verifier.Verify(ctx, raw)
	if err != nil {
		return Identity{}, failed(Rejected, "the id token: %w", bare(err))
	}
	now := time.Now()
	switch {
	case subtle.ConstantTimeCompare([]byte(signed.Nonce), []byte(a.Nonce)) == 0:
		return Identity{}, failed(Rejected, "the id token: its nonce is not that of this login")
	case signed.IssuedAt.After(now.Add(clockSkew)):
		return Identity{}, failed(Rejected, "the id token: it was issued in the future; look at the clocks")
	case signed.IssuedAt.Before(now.Add(-maxAge - clockSkew)):
		return Identity{}, failed(Rejected, "the id token: it was issued long ago; look at the clocks")
	case signed.AccessTokenHash != "" && signed.VerifyAccessToken(token.AccessToken) != nil:
		return Identity{}, failed(Rejected, "the id token belongs to another access token")
	}
	said, err := readClaims(signed.Claims)
	if err != nil {
		return Identity{}, failed(Rejected, "the id token: its claims cannot be read")
	}
	if azp := said.value(Claim{"azp"}); len(signed.Audience) > 1 && azp != o.config.ClientID || azp != "" && azp != o.config.ClientID {
		return Identity{}, failed(Rejected, "the id token was made for another client")
	}
	if o.config.UserInfo {
		info, err := d.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
		if err != nil {
			return Identity{}, failed(Unavailable, "the userinfo endpoint: %w", bare(err))
		}
		if info.Subject != signed.Subject {
			return Identity{}, failed(Rejected, "the userinfo endpoint speaks of another person")
		}
		more, err := readClaims(info.Claims)
		if err != nil {
			return Identity{}, failed(Rejected, "the userinfo endpoint: its claims cannot be read")
		}
		said = more.with(said) // what was signed counts
	}
	acr := said.value(Claim{"acr"})
	if len(o.config.AcceptACR) > 0 && !slices.Contains(o.config.AcceptACR, acr) {
		return Identity{}, failed(Weak, "identified at level %.100q, which accept_acr does not name", acr)
	}
	id, err := o.claims.identity(said)
	if err != nil {
		return Identity{}, failed(Incomplete, "%w", err)
	}
	id.Assurance, id.At = acr, now
	// At logout the id token goes back in an address. One with a national identity code in it stays here; the service then asks the
	// person whether to log out.
	if !encrypted && !tells(said, id.PersonalID) && !tells(said, id.ForeignID) {
		id.IDToken = raw
	}
	if at, ok := said["auth_time"].(json.Number); ok {
		if seconds, err := at.Int64(); err == nil && seconds > 0 && seconds <= now.Add(clockSkew).Unix() {
			id.At = time.Unix(seconds, 0)
		}
	}
	return id, nil
}

// tells reports whether secret is anywhere in the claims.
func tells(c claims, secret string) bool {
	if secret == "" {
		return false
	}
	data, err := json.Marshal(c)
	quoted, _ := json.Marshal(secret) // a text can be written as JSON
	return err != nil || strings.Contains(string(data), strings.Trim(string(quoted), `"`))
}

// readClaims reads claims with numbers as they are written.
func readClaims(into func(any) error) (claims, error) {
	var raw json.RawMessage
	if err := into(&raw); err != nil {
		return nil, err
	}
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	var c claims
	err := d.Decode(&c)
	return c, err
}

// Logout returns the address of logout by the relying party (RP-initiated logout), when the provider has one and was ever asked.
func (o *OIDC) Logout(hint, back string) string {
	o.mu.Lock()
	d := o.found
	o.mu.Unlock()
	if d == nil || d.logout == "" {
		return ""
	}
	u, err := url.Parse(d.logout)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("client_id", o.config.ClientID)
	q.Set("post_logout_redirect_uri", back)
	if hint != "" {
		q.Set("id_token_hint", hint)
	}
	u.RawQuery = q.Encode()
	return u.String()
}
