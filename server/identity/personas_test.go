package identity

import (
	"io/fs"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"luvat/definitions"
)

func TestPersonasRefuseOutsideDevelopment(t *testing.T) {
	for _, tt := range []struct {
		dev  Development
		base string
		ok   bool
	}{
		{Development{}, local, false},
		{ForDevelopment(false), local, false},
		{ForDevelopment(true), "https://luvat.example.fi", false},
		{ForDevelopment(true), "http://8.8.8.8", false},
		{ForDevelopment(true), "http://localhost.example.fi", false},
		{ForDevelopment(true), local, true},
		{ForDevelopment(true), "http://127.0.0.1:9000", true},
		{ForDevelopment(true), "http://192.168.1.20:8080", true},
		{ForDevelopment(true), "http://[::1]:8080", true},
	} {
		p, err := NewPersonas(tt.dev, tt.base)
		if (err == nil) != tt.ok || (p != nil) != tt.ok {
			t.Errorf("dev %v at %s: %v", tt.dev.On(), tt.base, err)
		}
	}
	// The same through a whole configuration, with another way to log in there.
	c := Config{BaseURL: "https://luvat.example.fi", Keys: []string{NewKey()}, Development: ForDevelopment(true),
		OIDC: []OIDCConfig{{ID: "x", Name: map[string]string{"fi": "X"}, Issuer: "https://idp.example.fi", ClientID: "c", ClientSecret: "s"}}}
	if _, err := New(nil, c); err == nil || !strings.Contains(err.Error(), "--dev") {
		t.Errorf("--dev in production: %v", err)
	}
	c.Development = ForDevelopment(false)
	s, err := New(nil, c)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Personas()) != 0 || s.provider(PersonaProvider) != nil {
		t.Error("there are personas in production")
	}
}

// Development is said by the command line's --dev only. It comes in through cmd, or through the one place where an installation is put
// together from what cmd says; nowhere is it written down as a fact.
func TestNobodyElseSaysDevelopment(t *testing.T) {
	root := os.DirFS("../..")
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := fs.ReadFile(root, path)
		if err != nil || !strings.Contains(string(text), "identity.ForDevelopment(") {
			return err
		}
		if !strings.HasPrefix(path, "cmd/") && path != "server/installation.go" {
			t.Errorf("%s says whether this is development; only the command line may", path)
		}
		if strings.Contains(string(text), "identity.ForDevelopment(true)") {
			t.Errorf("%s says that this is development whatever the command line says", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// businessID reports whether the check digit of a business id is right.
func businessID(s string) bool {
	if len(s) != 9 || s[7] != '-' {
		return false
	}
	sum := 0
	for i, weight := range []int{7, 9, 10, 5, 8, 4, 2} {
		sum += int(s[i]-'0') * weight
	}
	check := map[bool]int{true: 0, false: 11 - sum%11}[sum%11 == 0]
	return check < 10 && int(s[8]-'0') == check
}

func TestPersonas(t *testing.T) {
	p, err := NewPersonas(ForDevelopment(true), local)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range p.List() {
		if q.ID != q.Identity.Subject || q.Identity.Name != q.Identity.GivenName+" "+q.Identity.FamilyName {
			t.Errorf("%+v", q)
		}
		for _, lang := range definitions.Languages {
			if q.About[lang] == "" {
				t.Errorf("%s: nothing is said in %s", q.ID, lang)
			}
		}
		if !strings.HasSuffix(q.Identity.Email, "@example.com") {
			t.Errorf("%s: %s may be somebody's", q.ID, q.Identity.Email)
		}
		if id := q.Identity.PersonalID; id != "" {
			n, err := strconv.Atoi(id[:6] + id[7:10])
			if err != nil || !IsPersonalID(id) || id[10] != "0123456789ABCDEFHJKLMNPRSTUVWXY"[n%31] || id[7] != '9' {
				t.Errorf("%s: %s is not a personal identity code for tests", q.ID, id)
			}
		}
		for _, party := range q.Parties {
			if !businessID(party.ID) || len(party.Roles) == 0 {
				t.Errorf("%s: %+v", q.ID, party)
			}
		}
	}
}

func TestEveryPersonaLogsIn(t *testing.T) {
	s, m := newService(t, nil)
	h := site(s)
	ids := map[string]bool{}
	for _, q := range s.Personas() {
		b := newBrowser(t, h)
		b.asPersona(q.ID, "/fi")
		if got := b.who(); got != q.Identity.Name+"|" {
			t.Errorf("%s is %q", q.ID, got)
		}
		a := accountOf(t, s, b)
		ids[a.ID] = true
		parties, err := s.Parties(t.Context(), a)
		if err != nil || len(parties) != len(q.Parties)+1 || !parties[0].Self() {
			t.Errorf("%s may act for %+v %v", q.ID, parties, err)
		}
		for _, party := range q.Parties {
			if w := b.do("POST", "/act", url.Values{"party": {party.ID}}); w.Code != 200 || b.who() != q.Identity.Name+"|"+party.ID {
				t.Errorf("%s acts for %s: %d %s", q.ID, party.ID, w.Code, w.Body)
			}
			if e, err := s.Check(t.Context(), a, party); err != nil || e.Source != SourcePersona {
				t.Errorf("%s for %s: %+v %v", q.ID, party.ID, e, err)
			}
		}
		before := b.who()
		if w := b.do("POST", "/act", url.Values{"party": {"0112038-9"}}); w.Code == 200 || b.who() != before {
			t.Errorf("%s acts for a company of others", q.ID)
		}
		if a.Protected && (a.Address != nil || a.Municipality != "") {
			t.Errorf("%s: %+v", q.ID, a)
		}
		if q.Identity.PersonalID != "" && holds(t, m, q.Identity.PersonalID) {
			t.Errorf("%s: the personal identity code is stored as it is", q.ID)
		}
	}
	if len(ids) != len(s.Personas()) {
		t.Errorf("%d accounts", len(ids))
	}
	if !slices.ContainsFunc(s.Personas(), func(q Persona) bool { return q.Identity.Protected }) {
		t.Error("nobody has a safety ban")
	}
}

func TestNoPersonaChosen(t *testing.T) {
	s, _ := newService(t, nil)
	b := newBrowser(t, site(s))
	for _, id := range []string{"", "admin"} {
		w := b.get("/login/persona?lang=/evil.example")
		u, _ := url.Parse(w.Header().Get("Location"))
		if u.Path != "/fi/login/persona" || u.Host != "" {
			t.Errorf("a language that is none led to %s", u)
		}
		w = b.do("POST", CallbackPath(PersonaProvider), url.Values{"state": {u.Query().Get("state")}, "persona": {id}})
		if !strings.HasPrefix(w.Body.String(), string(Cancelled)) || b.who() != "" {
			t.Errorf("%q: %d %s", id, w.Code, w.Body)
		}
	}
	// By address alone nobody is logged in.
	u, _ := url.Parse(b.get("/login/persona").Header().Get("Location"))
	b.get(CallbackPath(PersonaProvider) + "?persona=citizen&state=" + u.Query().Get("state"))
	if b.who() != "" {
		t.Error("a link logs in")
	}
}
