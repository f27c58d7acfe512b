// Package mandate asks Suomi.fi e-Authorizations (Valtuudet) for which organisations a person may act, by its Web API. In go a
// personal identity code and what the browser brings back; out come organisations with roles.
//
//	Register ──▶ AuthorizeURL ──browser──▶ code ──Token──▶ Organisations … Unregister
//
// Every call but the one for the token carries a checksum of its path and time under a shared key; a clock that is more than five
// minutes off is refused. The register wants the personal identity code in the path of Register: no error of this package repeats an
// address. Source: the interface description of the Web API at palveluhallinta.suomi.fi and its example client (2026-03).
package mandate

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Config is what the register's operator gave at registration.
type Config struct {
	BaseURL      string `json:"base_url"`  // "https://asiointivaltuustarkistus.suomi.fi"
	ClientID     string `json:"client_id"` // eight characters
	APIKey       string `json:"api_key"`   // for the checksums
	APIKeyFile   string `json:"api_key_file"`
	Password     string `json:"oauth_password"` // for the token
	PasswordFile string `json:"oauth_password_file"`

	Return string           `json:"-"` // absolute address at which the browser comes back; it is registered
	HTTP   *http.Client     `json:"-"` // nil: one with a timeout of 10 s
	Clock  func() time.Time `json:"-"` // nil: the clock of the machine
}

// Problems says what is wrong with the configuration.
func (c Config) Problems() []error {
	var errs []error
	u, err := url.Parse(c.BaseURL)
	local := err == nil && (u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1")
	if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && local) {
		errs = append(errs, errors.New("base_url: write the address of the Web API, such as https://asiointivaltuustarkistus.suomi.fi"))
	}
	for _, secret := range []struct{ name, value string }{
		{"client_id", c.ClientID}, {"api_key", c.APIKey}, {"oauth_password", c.Password},
	} {
		if secret.value == "" {
			errs = append(errs, fmt.Errorf("%s: write what the register's operator gave", secret.name))
		}
	}
	return errs
}

// Client calls the Web API. Its methods may be called by any number of goroutines.
type Client struct {
	config Config
	base   string
	http   *http.Client
	clock  func() time.Time
}

// Session is a person registered with the Web API.
type Session struct {
	ID   string `json:"sessionId"`
	User string `json:"userId"` // names the person to the page of the register
}

// Token lets Organisations be asked until Expires, about ten minutes.
type Token struct {
	Value   string    `json:"value"`
	Expires time.Time `json:"expires"`
}

// Organisation is one for which the person may act.
type Organisation struct {
	Name       string   `json:"name"`
	Identifier string   `json:"identifier"` // business id
	Complete   bool     `json:"complete"`   // false: a register did not answer, there may be more roles
	Roles      []string `json:"roles"`      // TJ, NIMKO, … and URIs of mandate themes
}

// Answer is what Organisations found, and the request id under which the register's own log has it.
type Answer struct {
	Organisations []Organisation
	Request       string
}

// ErrSession says that the register does not know the session or the token, or no more: the person must choose again.
var ErrSession = errors.New("the mandate register's session has ended")

// ErrRefused says that the register does not believe that it is us who ask.
var ErrRefused = errors.New("the mandate register refused our credentials: look at client_id, api_key, oauth_password and the clock, " +
	"which may be at most five minutes off")

// maxAnswer bounds an answer, in bytes: a person with a thousand organisations fits.
const maxAnswer = 1 << 20

// New makes a client. The error says what is wrong with the configuration.
func New(c Config) (*Client, error) {
	if err := errors.Join(c.Problems()...); err != nil {
		return nil, err
	}
	client := &Client{config: c, base: strings.TrimSuffix(c.BaseURL, "/"), clock: c.Clock}
	asker := http.Client{Timeout: 10 * time.Second}
	if c.HTTP != nil {
		asker = *c.HTTP
	}
	// A redirect would carry the checksum, and with it our right to ask, to wherever it leads. The Web API has none.
	asker.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client.http = &asker
	if client.clock == nil {
		client.clock = time.Now
	}
	return client, nil
}

// Checksum is the value of the header X-AsiointivaltuudetAuthorization for a path, which is all of an address after the host.
func Checksum(clientID, key, path string, at time.Time) string {
	// The official example has microseconds and an offset in numbers; the register reads any ISO 8601.
	timestamp := at.UTC().Format("2006-01-02T15:04:05.000000-07:00")
	return clientID + " " + timestamp + " " + Sum(key, path, timestamp)
}

// Sum is the checksum itself.
func Sum(key, path, timestamp string) string {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(path + " " + timestamp))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// Register tells the register who is about to choose an organisation.
func (c *Client) Register(ctx context.Context, personalID string) (Session, error) {
	var s Session
	path := "/service/ypa/user/register/" + url.PathEscape(c.config.ClientID) + "/" + url.PathEscape(personalID)
	_, err := c.get(ctx, "registering a person", path, "", &s)
	if err == nil && (s.ID == "" || s.User == "") {
		err = errors.New("registering a person: the mandate register's answer has no session")
	}
	return s, err
}

// AuthorizeURL is the address of the page on which the person chooses. lang is fi, sv or en.
func (c *Client) AuthorizeURL(s Session, lang, state string) string {
	q := url.Values{
		"client_id": {c.config.ClientID}, "response_type": {"code"}, "redirect_uri": {c.config.Return}, "user": {s.User}, "state": {state},
	}
	if lang != "" {
		q.Set("lang", lang)
	}
	return c.base + "/oauth/authorize?" + q.Encode()
}

// Token changes the code that the browser brought for a token.
func (c *Client) Token(ctx context.Context, code string) (Token, error) {
	const what = "fetching a token"
	q := url.Values{"code": {code}, "grant_type": {"authorization_code"}, "redirect_uri": {c.config.Return}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/oauth/token?"+q.Encode(), http.NoBody)
	if err != nil {
		return Token{}, fmt.Errorf("%s: the address cannot be made", what)
	}
	req.SetBasicAuth(c.config.ClientID, c.config.Password)
	var answer struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"` // seconds
	}
	if err := c.do(req, what, &answer); err != nil {
		return Token{}, err
	}
	if answer.AccessToken == "" {
		return Token{}, fmt.Errorf("%s: the mandate register's answer has no token", what)
	}
	return Token{answer.AccessToken, c.clock().Add(time.Duration(answer.ExpiresIn) * time.Second).UTC()}, nil
}

// Organisations asks for which of the organisations that the person chose they may act, and in which roles.
func (c *Client) Organisations(ctx context.Context, s Session, t Token) (Answer, error) {
	path := "/service/ypa/api/organizationRoles/" + url.PathEscape(s.ID)
	var answer Answer
	var err error
	answer.Request, err = c.get(ctx, "asking for organisations", path, t.Value, &answer.Organisations)
	return answer, err
}

// Unregister ends the register's session.
func (c *Client) Unregister(ctx context.Context, s Session) error {
	_, err := c.get(ctx, "ending a session", "/service/ypa/user/unregister/"+url.PathEscape(s.ID), "", nil)
	return err
}

// get calls a path with a checksum and returns the request id.
func (c *Client) get(ctx context.Context, what, path, token string, into any) (string, error) {
	request := newRequestID()
	path += "?requestId=" + request
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, http.NoBody)
	if err != nil {
		return "", fmt.Errorf("%s: the address cannot be made", what)
	}
	// The checksum is of the path as it goes over the wire, with what the base address has before it.
	req.Header.Set("X-AsiointivaltuudetAuthorization",
		Checksum(c.config.ClientID, c.config.APIKey, req.URL.RequestURI(), c.clock()))
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return request, c.do(req, what, into)
}

func (c *Client) do(req *http.Request, what string, into any) error {
	resp, err := c.http.Do(req)
	if err != nil {
		var inner *url.Error // its text has the address, and that may have a personal identity code
		if errors.As(err, &inner) {
			err = inner.Err
		}
		return fmt.Errorf("%s: the mandate register does not answer: %w", what, err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusUnauthorized && strings.HasPrefix(req.Header.Get("Authorization"), "Bearer "):
		return fmt.Errorf("%s: %w", what, ErrSession)
	case resp.StatusCode == http.StatusUnauthorized:
		return fmt.Errorf("%s: %w", what, ErrRefused)
	case resp.StatusCode != http.StatusOK:
		return fmt.Errorf("%s: the mandate register answered with status %d", what, resp.StatusCode)
	case into == nil:
		return nil
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return fmt.Errorf("%s: the mandate register's answer broke off", what)
	}
	if len(data) > maxAnswer {
		return fmt.Errorf("%s: the mandate register's answer is too long", what)
	}
	if json.Unmarshal(data, into) != nil {
		return fmt.Errorf("%s: the mandate register's answer is not what its description says", what)
	}
	return nil
}

// newRequestID returns a random UUID (RFC 9562, version 4).
func newRequestID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
