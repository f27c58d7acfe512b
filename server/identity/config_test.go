package identity

import (
	"bytes"
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"luvat/server/identity/mandate"
)

func good() Config {
	return Config{
		BaseURL: "https://luvat.example.fi", Keys: []string{NewKey()},
		OIDC: []OIDCConfig{{ID: "suomifi", Name: map[string]string{"fi": "Suomi.fi-tunnistus"}, Issuer: "https://idp.example.fi/oidc",
			ClientID: "luvat", ClientSecret: "secret"}},
	}
}

func TestConfigurationErrors(t *testing.T) {
	if err := good().Validate(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		change func(*Config)
		want   string
	}{
		{"no address", func(c *Config) { c.BaseURL = "" }, "base URL"},
		{"address without scheme", func(c *Config) { c.BaseURL = "luvat.example.fi" }, "base URL"},
		{"address with a path", func(c *Config) { c.BaseURL += "/luvat" }, "at the root"},
		{"http in production", func(c *Config) { c.BaseURL = "http://luvat.example.fi" }, "https://"},
		{"no key", func(c *Config) { c.Keys = nil }, "openssl rand -base64 32"},
		{"short key", func(c *Config) { c.Keys = []string{"c2hvcnQ="} }, "key 1 is not 32 bytes"},
		{"second key wrong", func(c *Config) { c.Keys = append(c.Keys, "?") }, "key 2 is not 32 bytes"},
		{"nobody can log in", func(c *Config) { c.OIDC = nil }, "nobody can log in"},
		{"no id", func(c *Config) { c.OIDC[0].ID = "" }, "provider 1 (): id:"},
		{"id of ours", func(c *Config) { c.OIDC[0].ID = "persona" }, "(persona): id:"},
		{"id with a slash", func(c *Config) { c.OIDC[0].ID = "a/b" }, "id:"},
		{"id twice", func(c *Config) { c.OIDC = append(c.OIDC, c.OIDC[0]) }, "used twice"},
		{"no name", func(c *Config) { c.OIDC[0].Name = nil }, "name:"},
		{"name in German", func(c *Config) { c.OIDC[0].Name["de"] = "x" }, `"de" is not one of`},
		{"issuer over http", func(c *Config) { c.OIDC[0].Issuer = "http://idp.example.fi" }, "issuer: it must begin with https"},
		{"no issuer", func(c *Config) { c.OIDC[0].Issuer = "" }, "issuer:"},
		{"no client", func(c *Config) { c.OIDC[0].ClientID = "" }, "client_id:"},
		{"no proof", func(c *Config) { c.OIDC[0].ClientSecret = "" }, "client_secret or private_key"},
		{"two proofs", func(c *Config) { c.OIDC[0].PrivateKey = "x" }, "give one of them"},
		{"no key in it", func(c *Config) { c.OIDC[0].ClientSecret, c.OIDC[0].PrivateKey = "", "x" }, "private_key: write a private"},
		{"no decryption key", func(c *Config) { c.OIDC[0].DecryptionKey = "x" }, "decryption_key: write a private"},
		{"method", func(c *Config) { c.OIDC[0].AuthMethod = "jwt" }, "auth_method"},
		{"parameter of ours", func(c *Config) { c.OIDC[0].Extra = map[string]string{"state": "x"} }, "state is set by luvat"},
		{"form over http", func(c *Config) {
			c.BaseURL, c.Development, c.OIDC[0].FormPost = local, ForDevelopment(true), true
		}, "form_post needs https"},
		{"mandates", func(c *Config) { c.Authorizations = &mandate.Config{} }, "e-authorizations: api_key"},
	} {
		c := good()
		tt.change(&c)
		err := c.Validate()
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if strings.Contains(err.Error(), "secret\"") || strings.Contains(err.Error(), "identity.") {
			t.Errorf("%s: %v", tt.name, err)
		}
		if _, err := New(nil, c); err == nil {
			t.Errorf("%s: the service was made all the same", tt.name)
		}
	}
}

func TestParseOIDC(t *testing.T) {
	list, err := ParseOIDC([]byte(`[{"id": "suomifi", "name": {"fi": "Suomi.fi"}, "issuer": "https://idp.example.fi", "client_id": "c",
		"client_secret_file": "/run/secrets/idp", "claims": {"personal_id": "nin", "name": ["a", "b"], "language": []}}]`))
	if err != nil {
		t.Fatal(err)
	}
	m := list[0].Claims.filled()
	if m.PersonalID[0] != "nin" || len(m.PersonalID) != 1 || m.Name[1] != "b" || len(m.Language) != 0 || m.Subject[0] != "sub" {
		t.Errorf("%+v", m)
	}
	for text, want := range map[string]string{
		`[{"accept_acrs": []}]`:     `there is no setting "accept_acrs"`,
		"[\n{\"id\": \n1}]":         "line 3: ",
		"[\n\n{]":                   "line 3: this is not JSON",
		`{"id": "x"}`:               "write an array of providers",
		`[] []`:                     "more after",
		`[{"claims": {"name": 1}}]`: "a claim is named by",
		``:                          "not JSON to its end",
	} {
		if _, err := ParseOIDC([]byte(text)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "identity.") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// The examples of the page for operators are taken as they stand.
func TestDocumentedExamples(t *testing.T) {
	page, err := os.ReadFile("../../docs/identity.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?ms)^```json\n(.*?)^```$").FindAllSubmatch(page, -1)
	if len(blocks) != 3 {
		t.Fatalf("%d examples", len(blocks))
	}
	for i, block := range blocks {
		c := good()
		if block[1][0] == '[' {
			c.OIDC, err = ParseOIDC(block[1])
		} else {
			c.Authorizations, err = ParseAuthorizations(block[1])
		}
		if err != nil {
			t.Errorf("example %d: %v", i+1, err)
			continue
		}
		key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		secrets := map[string]string{".pem": pemKey(t, key)}
		if err := c.ReadSecrets(func(path string) ([]byte, error) {
			return []byte(cmp.Or(secrets[filepath.Ext(path)], "a secret")), nil
		}); err != nil {
			t.Errorf("example %d: %v", i+1, err)
		}
		if err := c.Validate(); err != nil {
			t.Errorf("example %d: %v", i+1, err)
		}
	}
	// Every setting is told of, and every default claim.
	for _, kind := range []reflect.Type{reflect.TypeFor[OIDCConfig](), reflect.TypeFor[ClaimMap](), reflect.TypeFor[mandate.Config]()} {
		for field := range kind.Fields() {
			if name := field.Tag.Get("json"); name != "-" && !bytes.Contains(page, []byte("`"+name+"`")) {
				t.Errorf("the page does not say what %s is", name)
			}
		}
	}
	defaults := reflect.ValueOf(DefaultClaims())
	for i := range defaults.NumField() {
		for _, name := range defaults.Field(i).Interface().(Claim) {
			if !bytes.Contains(page, []byte("`"+name+"`")) {
				t.Errorf("the page does not say that %s is read by default", name)
			}
		}
	}
}

func TestReadSecrets(t *testing.T) {
	files := map[string]string{"/s": " from a file\n", "/empty": "\n"}
	read := func(path string) ([]byte, error) {
		text, ok := files[path]
		if !ok {
			return nil, errors.New("no")
		}
		return []byte(text), nil
	}
	c := good()
	c.OIDC[0].ClientSecret, c.OIDC[0].ClientSecretFile = "", "/s"
	c.Authorizations = &mandate.Config{APIKeyFile: "/s", PasswordFile: "/s"}
	if err := c.ReadSecrets(read); err != nil {
		t.Fatal(err)
	}
	if c.OIDC[0].ClientSecret != "from a file" || c.Authorizations.APIKey != "from a file" || c.Authorizations.Password != "from a file" {
		t.Errorf("%+v %+v", c.OIDC[0], c.Authorizations)
	}
	for path, want := range map[string]string{"/none": "cannot be read", "/empty": "is empty"} {
		c := good()
		c.OIDC[0].ClientSecret, c.OIDC[0].ClientSecretFile = "", path
		if err := c.ReadSecrets(read); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	c = good()
	c.OIDC[0].ClientSecretFile = "/s"
	if err := c.ReadSecrets(read); err == nil || !strings.Contains(err.Error(), "give one of them") {
		t.Errorf("both: %v", err)
	}
}
