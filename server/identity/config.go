package identity

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"luvat/definitions"
	"luvat/server/identity/mandate"
)

// Config is all that the service must be told.
type Config struct {
	BaseURL        string          // address of luvat as browsers see it, "https://luvat.example.fi"
	Keys           []string        // 32 random bytes as base64 each; the first seals, the others open what they sealed before
	Development    Development     // personas; the zero value outside development
	OIDC           []OIDCConfig    // in the order in which they are offered
	Authorizations *mandate.Config // Suomi.fi e-Authorizations; nil: people act for themselves, and for whom an invitation lets them
	Log            *slog.Logger    // nil: nothing is logged
	HTTP           *http.Client    // for requests to identification services; nil: one with a timeout of 10 s

	// Failed answers a request whose session cannot be read or stored; nil: a plain 500.
	Failed func(http.ResponseWriter, *http.Request, error)
}

// Development allows personas. Only the --dev of the command line gives one that is on.
type Development struct{ on bool }

// ForDevelopment returns the Development of a command line with or without --dev.
func ForDevelopment(dev bool) Development { return Development{dev} }

// On reports whether this is development.
func (d Development) On() bool { return d.on }

// OIDCConfig is one identification service that speaks OpenID Connect. As JSON it is an object with these names; secrets are given as
// a value or as the path of a file that holds it.
type OIDCConfig struct {
	ID               string            `json:"id"`   // in addresses: "suomifi"
	Name             map[string]string `json:"name"` // what people call it, by fi, sv, en
	Issuer           string            `json:"issuer"`
	ClientID         string            `json:"client_id"`
	ClientSecret     string            `json:"client_secret"`
	ClientSecretFile string            `json:"client_secret_file"`
	PrivateKey       string            `json:"private_key"` // PEM or JWK: the client proves itself with private_key_jwt
	PrivateKeyFile   string            `json:"private_key_file"`
	DecryptionKey    string            `json:"decryption_key"` // PEM or JWK: opens id tokens that are encrypted
	DecryptionFile   string            `json:"decryption_key_file"`
	Scopes           []string          `json:"scopes"`      // beside openid; by default profile and email
	ACRValues        []string          `json:"acr_values"`  // levels of assurance to ask for
	AcceptACR        []string          `json:"accept_acr"`  // levels to accept; none: whatever the service says
	UserInfo         bool              `json:"userinfo"`    // ask the userinfo endpoint too
	FormPost         bool              `json:"form_post"`   // the callback comes by POST, so that nothing of it is in an address
	Prompt           string            `json:"prompt"`      // "login" makes people identify themselves each time
	Claims           ClaimMap          `json:"claims"`      // which claim says what; see DefaultClaims
	Extra            map[string]string `json:"parameters"`  // more parameters of the authorization request
	AuthMethod       string            `json:"auth_method"` // how client_secret goes: "basic" (default) or "post"
}

var idForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,30}$`)

// reserved are ids that the addresses under /login need themselves.
var reserved = []string{"mandates", "persona", "jwks"}

// Validate says everything that is wrong with the configuration, one line each.
func (c Config) Validate() error {
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	base, err := url.Parse(c.BaseURL)
	switch {
	case err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http":
		add("base URL %q: write the address of the service as browsers see it, such as https://luvat.example.fi", c.BaseURL)
	case strings.Trim(base.Path, "/") != "" || base.RawQuery != "" || base.Fragment != "" || base.User != nil:
		add("base URL %q: write the scheme and the host only; the service must be at the root of its host", c.BaseURL)
	case base.Scheme == "http" && !c.Development.On():
		add("base URL %q: outside development it must begin with https://, or cookies could be read on the way", c.BaseURL)
	}
	if _, err := newVault(c.Keys); err != nil {
		errs = append(errs, err)
	}
	if len(c.OIDC) == 0 && !c.Development.On() {
		add("nobody can log in: configure an OpenID Connect provider, or use --dev on a computer of your own")
	}
	seen := map[string]bool{}
	for i, oc := range c.OIDC {
		for _, err := range oc.problems() {
			add("OpenID Connect provider %d (%s): %w", i+1, oc.ID, err)
		}
		if seen[oc.ID] {
			add("OpenID Connect provider %d: the id %q is used twice", i+1, oc.ID)
		}
		seen[oc.ID] = true
		if oc.FormPost && base != nil && base.Scheme == "http" {
			add("OpenID Connect provider %d (%s): form_post needs https, because browsers send the login cookie with it over https only", i+1, oc.ID)
		}
	}
	if c.Authorizations != nil {
		for _, err := range c.Authorizations.Problems() {
			add("e-authorizations: %w", err)
		}
	}
	return errors.Join(errs...)
}

func (c OIDCConfig) problems() []error {
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !idForm.MatchString(c.ID) || slices.Contains(reserved, c.ID) {
		add("id: write a short name of a–z, 0–9 and hyphens, not one of %s", strings.Join(reserved, ", "))
	}
	for lang := range c.Name {
		if !slices.Contains(definitions.Languages, definitions.Lang(lang)) {
			add("name: %q is not one of fi, sv, en", lang)
		}
	}
	if len(c.Name) == 0 {
		add("name: write what people call the service, by fi, sv and en")
	}
	issuer, err := url.Parse(c.Issuer)
	switch {
	case err != nil || issuer.Host == "" || issuer.RawQuery != "" || issuer.Fragment != "":
		add("issuer: write the address under which /.well-known/openid-configuration is found")
	case issuer.Scheme != "https" && !(issuer.Scheme == "http" && loopback(issuer.Hostname())):
		add("issuer: it must begin with https://")
	}
	if c.ClientID == "" {
		add("client_id: write the name that the service gave to luvat")
	}
	switch {
	case c.ClientSecret == "" && c.PrivateKey == "":
		add("client_secret or private_key: luvat must be able to prove who it is")
	case c.ClientSecret != "" && c.PrivateKey != "":
		add("client_secret and private_key: give one of them")
	}
	if _, err := parseKey(c.PrivateKey, signing); c.PrivateKey != "" && err != nil {
		add("private_key: %w", err)
	}
	if _, err := parseKey(c.DecryptionKey, decrypting); c.DecryptionKey != "" && err != nil {
		add("decryption_key: %w", err)
	}
	if c.AuthMethod != "" && c.AuthMethod != "basic" && c.AuthMethod != "post" {
		add("auth_method: write basic or post")
	}
	for name := range c.Extra {
		if slices.Contains(ownParameters, name) {
			add("parameters: %s is set by luvat", name)
		}
	}
	return errs
}

// loopback reports whether a host is this machine.
func loopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// ParseOIDC reads providers from JSON, an array of objects as OIDCConfig has them. A name that is not known is an error: a misspelt
// accept_acr must not let weak identification in.
func ParseOIDC(data []byte) ([]OIDCConfig, error) {
	var list []OIDCConfig
	return list, parse(data, &list, "an array of providers: [{\"id\": …}]")
}

// ParseAuthorizations reads the settings of e-authorizations from JSON, an object as mandate.Config has it.
func ParseAuthorizations(data []byte) (*mandate.Config, error) {
	var c mandate.Config
	if err := parse(data, &c, "an object: {\"base_url\": …}"); err != nil {
		return nil, err
	}
	return &c, nil
}

func parse(data []byte, into any, expected string) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return jsonProblem(data, err, expected)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more after the end of the settings")
	}
	return nil
}

// jsonProblem says in words what is wrong with JSON, and in which line.
func jsonProblem(data []byte, err error, expected string) error {
	line := func(offset int64) int { return 1 + bytes.Count(data[:min(int(offset), len(data))], []byte("\n")) }
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, errClaim):
		return errClaim
	case errors.As(err, &syntax):
		return fmt.Errorf("line %d: this is not JSON", line(syntax.Offset))
	case errors.As(err, &kind) && kind.Field == "":
		return fmt.Errorf("line %d: write %s", line(kind.Offset), expected)
	case errors.As(err, &kind):
		return fmt.Errorf("line %d: %s cannot be a %s", line(kind.Offset), kind.Field, kind.Value)
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fmt.Errorf("there is no setting %s", name)
	}
	return errors.New("this is not JSON to its end")
}

// ReadSecrets replaces each path of a file with a secret by what the file holds.
func (c *Config) ReadSecrets(readFile func(path string) ([]byte, error)) error {
	read := func(what, path string, value *string) error {
		if path == "" {
			return nil
		}
		if *value != "" {
			return fmt.Errorf("%s is given both as a value and as a file: give one of them", what)
		}
		data, err := readFile(path)
		if err != nil {
			return fmt.Errorf("%s: the file %s cannot be read", what, path)
		}
		if *value = strings.TrimSpace(string(data)); *value == "" {
			return fmt.Errorf("%s: the file %s is empty", what, path)
		}
		return nil
	}
	var errs []error
	for i := range c.OIDC {
		oc := &c.OIDC[i]
		errs = append(errs,
			read(oc.ID+": client_secret", oc.ClientSecretFile, &oc.ClientSecret),
			read(oc.ID+": private_key", oc.PrivateKeyFile, &oc.PrivateKey),
			read(oc.ID+": decryption_key", oc.DecryptionFile, &oc.DecryptionKey))
	}
	if a := c.Authorizations; a != nil {
		errs = append(errs,
			read("e-authorizations: api_key", a.APIKeyFile, &a.APIKey),
			read("e-authorizations: oauth_password", a.PasswordFile, &a.Password))
	}
	return errors.Join(errs...)
}
