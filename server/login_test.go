package server

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"luvat/server/identity"
)

// login walks the pages from a page that asks for a login to the callback, and leaves the visitor where the callback leads.
func walkLogin(t *testing.T, v *visitor, persona string) {
	t.Helper()
	v.follow() // the login page
	begin := attr(find(v.one("main"), isLinkTo("/login/persona"))[0], "href")
	v.get(begin, http.StatusSeeOther).follow()
	form := url.Values{"state": {attr(find(v.doc, named("state"))[0], "value")}, "persona": {persona}}
	v.post(identity.CallbackPath("persona"), form)
	if v.answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("the callback answers %d\n%s", v.answer.StatusCode, cut(v.body, 500))
	}
}

func TestLoginLeadsBack(t *testing.T) {
	w := newWorld(t)
	v := w.visitor().get("/sv/my?phase=draft", http.StatusSeeOther)
	walkLogin(t, v, "citizen")
	v.follow()
	v.mustSay(v.at, "/sv/my?phase=draft")
	v.mustSay(text(v.class("member")[0]), "Aino Lahtinen", "för egen del", "Logga ut")
	if v.get("/sv/login?to=/sv/profile", http.StatusSeeOther); v.answer.Header.Get("Location") != "/sv/profile" {
		t.Error("somebody who is logged in is asked to log in")
	}
}

func TestWhoMayActForOthersIsAsked(t *testing.T) {
	w := newWorld(t)
	v := w.visitor().get("/fi/profile", http.StatusSeeOther)
	walkLogin(t, v, "representative")
	v.follow()
	v.mustSay(v.at, "/fi/party?to=%2Ffi%2Fprofile")
	v.mustSay(text(v.one("main")), "omasta puolestani", "Aurajoen Tapahtumat Oy", "Y-tunnus 9001001-7", "Activenakusteri Oy")
	to := attr(find(v.doc, named("to"))[0], "value")
	v.post("/fi/party", url.Values{"to": {to}, "party": {aurajoki}}).follow()
	v.mustSay(v.at, "/fi/profile")
	v.mustSay(text(v.class("member")[0]), "Elina Koskela", "Asioit puolesta: Aurajoen Tapahtumat Oy")

	v.post("/fi/party", url.Values{"party": {"1234567-1"}})
	if v.answer.StatusCode != http.StatusForbidden {
		t.Errorf("acting for somebody else's company: %d", v.answer.StatusCode)
	}
	v.mustSay(text(v.one("errors")), "Sinulla ei ole oikeutta")
	if v.post("/fi/party", url.Values{}); v.answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("no choice at all: %d", v.answer.StatusCode)
	}
	v.post("/fi/party", url.Values{"party": {""}}).follow()
	v.mustSay(text(v.class("member")[0]), "Asioit omasta puolestasi")
}

func TestLoginLeadsToThisServiceOnly(t *testing.T) {
	w := newWorld(t)
	for _, to := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "/\t/evil.example", "javascript:alert(1)", "evil"} {
		v := w.visitor().get("/fi/login?"+url.Values{"to": {to}}.Encode(), http.StatusOK)
		if strings.Contains(v.body, "evil") || strings.Contains(v.body, "javascript:") {
			t.Errorf("the login page passes %q on", to)
		}
		v.get("/fi/login/persona?"+url.Values{"to": {to}}.Encode(), http.StatusSeeOther).follow()
		v.post(identity.CallbackPath("persona"), url.Values{"state": {attr(find(v.doc, named("state"))[0], "value")}, "persona": {"citizen"}})
		if got := v.answer.Header.Get("Location"); got != "/fi/my" {
			t.Errorf("a login with to=%q leads to %s", to, got)
		}
		v.post("/fi/party", url.Values{"party": {""}, "to": {to}})
		if got := v.answer.Header.Get("Location"); got != "/fi/my" {
			t.Errorf("choosing a party with to=%q leads to %s", to, got)
		}
	}
}

func TestAFailedLoginIsTold(t *testing.T) {
	w := newWorld(t)
	v := w.visitor().get("/en/login/persona?to=/en/profile", http.StatusSeeOther).follow()
	state := attr(find(v.doc, named("state"))[0], "value")

	stranger := w.visitor() // another browser cannot finish the login
	stranger.post(identity.CallbackPath("persona"), url.Values{"state": {state}, "persona": {"citizen"}}, "Accept-Language", "en").follow()
	stranger.mustSay(text(stranger.one("errors")), "took too long or had been used already")

	v.post(identity.CallbackPath("persona"), url.Values{"state": {state}, "persona": {"nobody"}}).follow()
	v.mustSay(text(v.one("errors")), "The identification was cancelled.", "try again")
	v.mustSay(v.at, "to=%2Fen%2Fprofile")
	if len(find(v.one("main"), isLinkTo("/en/login/persona"))) == 0 {
		t.Error("there is no way to try again")
	}
	v.post(identity.CallbackPath("persona"), url.Values{"state": {state}, "persona": {"citizen"}}, "Accept-Language", "en").follow()
	v.mustSay(text(v.one("errors")), "used already")
	if v.get("/en/login?why=<script>", http.StatusOK); v.one("errors") != nil {
		t.Error("a reason that does not exist is told")
	}
	v.get("/en/login/nowhere", http.StatusNotFound)
	v.get("/login/jwks.json", http.StatusNotFound) // personas have no keys
}

func TestLogout(t *testing.T) {
	w := newWorld(t)
	v := w.login("citizen")
	v.get("/fi/logout", http.StatusOK)
	v.mustSay(text(v.one("main")), "Haluatko kirjautua ulos?")
	v.post("/fi/logout", nil).follow()
	v.mustSay(text(v.one("main")), "Olet kirjautunut ulos")
	v.get("/fi/my", http.StatusSeeOther)
	if v.post("/fi/keep", nil); v.answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("keeping a session alive that has ended: %d", v.answer.StatusCode)
	}
	in := w.login("citizen")
	if in.post("/fi/logout", nil, "Sec-Fetch-Site", "cross-site"); in.answer.StatusCode != http.StatusForbidden {
		t.Errorf("another site can log people out: %d", in.answer.StatusCode)
	}
	if in.post("/fi/keep", nil); in.answer.StatusCode != http.StatusNoContent || in.answer.Header.Get("Session-Left") != "1799" && in.answer.Header.Get("Session-Left") != "1800" {
		t.Errorf("keeping a session alive: %d %q", in.answer.StatusCode, in.answer.Header.Get("Session-Left"))
	}
	in.get("/fi/my", http.StatusOK)
	if left := attr(in.one("session"), "data-left"); left != "1799" && left != "1800" {
		t.Errorf("the page says that the session ends in %q seconds", left)
	}
}

func TestProfile(t *testing.T) {
	w := newWorld(t)
	v := w.login("citizen").get("/fi/profile", http.StatusOK)
	main := text(v.one("main"))
	v.mustSay(main, "Aino Lahtinen", "Esimerkkikatu 1 A 2, 20100 TURKU", "Turku", "Tallennettu salattuna")
	if strings.Contains(v.body, "100190-999P") {
		t.Error("the page shows the personal identity code")
	}
	if v.post("/fi/profile", url.Values{"email": {"aino@"}, "language": {"sv"}}); v.answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a bad address: %d", v.answer.StatusCode)
	}
	v.mustSay(text(v.one("errors")), "sähköpostiosoite kokonaan")
	if attr(v.one("email"), "value") != "aino@" {
		t.Error("what was typed is lost")
	}
	v.post("/fi/profile", url.Values{"email": {"uusi@example.com"}, "language": {"sv"}}).follow()
	v.mustSay(text(v.one("main")), "Tiedot on tallennettu.")
	if attr(v.one("email"), "value") != "uusi@example.com" || !has(v.one("language-sv"), "checked") {
		t.Error("the details are not saved")
	}

	hidden := w.login("protected").get("/en/profile", http.StatusOK)
	hidden.mustSay(text(hidden.one("main")), "Safety ban")
}

func TestOwnDataAndErasing(t *testing.T) {
	w := newWorld(t)
	v := w.login("citizen").get("/fi/profile/export.json", http.StatusOK)
	v.mustSay(v.body, `"luvat-person/1"`, `"personal_id": "100190-999P"`, `"cases": []`)
	v.mustSay(v.answer.Header.Get("Content-Disposition"), "attachment")

	c := w.open(w.actor("citizen", ""), "Kesäjuhla", smallConcert())
	v.get("/fi/profile/export.json", http.StatusOK).mustSay(v.body, c.ID)
	v.get("/fi/profile/erase", http.StatusOK).mustSay(text(v.one("main")), "Tiliä ei voi vielä poistaa")
	v.post("/fi/profile/erase", nil).follow() // leads back to the page that says why
	v.mustSay(text(v.one("main")), "Tiliä ei voi vielä poistaa")

	other := w.login("eidas").get("/en/profile/erase", http.StatusOK)
	id := w.actor("eidas", "").Account
	other.post("/en/profile/erase", nil).follow()
	other.mustSay(text(other.one("main")), "You are logged out")
	if _, err := w.cases.Identity.Accounts().Get(t.Context(), id); err != identity.ErrNoAccount {
		t.Errorf("the account is still there: %v", err)
	}
}

func TestAFormWaitsForTheLogin(t *testing.T) {
	w := newWorld(t)
	v := w.login("citizen")
	w.sessionEnds(v)
	v.post("/fi/profile", url.Values{"email": {"kesken@example.com"}, "language": {"en"}}).follow()
	v.mustSay(text(v.one("main")), "Istunto oli päättynyt", "tallessa tunnin ajan")
	w.loginIn(v, "citizen", "")
	v.get("/fi/profile", http.StatusOK)
	v.mustSay(text(v.one("main")), "ei ole vielä tallennettu")
	if attr(v.one("email"), "value") != "kesken@example.com" {
		t.Error("what was typed is lost")
	}
	v.post("/fi/profile", url.Values{"email": {"kesken@example.com"}, "language": {"en"}}).follow()
	if v.get("/fi/profile", http.StatusOK); strings.Contains(text(v.one("main")), "ei ole vielä tallennettu") {
		t.Error("the form still waits after it was saved")
	}
}

func TestAPageThatIsNotThereSaysWhoIsLoggedIn(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/fi/nowhere/at/all", "/nowhere", "/fi/my/no-such-case"} {
		v := w.login("citizen").get(path, http.StatusNotFound)
		v.mustSay(text(v.class("member")[0]), "Aino Lahtinen")
		w.visitor().get("/fi/nowhere/at/all", http.StatusNotFound)
	}
}

// TestAProviderThatPostsIsLetThrough is about services that send the browser back by a form of their own site: that form alone passes the
// protection against forms of other sites.
func TestAProviderThatPostsIsLetThrough(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	provider := identity.OIDCConfig{ID: "tunnistus", Name: map[string]string{"fi": "Vahva tunnistautuminen"}, Issuer: "http://127.0.0.1:1", ClientID: "luvat", FormPost: true,
		PrivateKey: string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded}))}
	in := Installation{Engine: library(), Dir: t.TempDir(), BaseURL: "https://localhost:8443", Dev: true, OIDC: []identity.OIDCConfig{provider}}
	w := &world{t: t}
	if w.cases, err = in.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer w.cases.Close()
	if w.handler, err = New(Config{Engine: library(), Cases: w.cases}); err != nil {
		t.Fatal(err)
	}
	v := w.visitor()
	v.post(identity.CallbackPath("tunnistus"), url.Values{"state": {"x"}, "code": {"y"}}, "Sec-Fetch-Site", "cross-site", "Accept-Language", "en").follow()
	v.mustSay(text(v.one("errors")), "took too long")
	if v.post(identity.CallbackPath("persona"), url.Values{"state": {"x"}}, "Sec-Fetch-Site", "cross-site"); v.answer.StatusCode != http.StatusForbidden {
		t.Errorf("another site can post to our own page's callback: %d", v.answer.StatusCode)
	}
	v.get("/login/jwks.json", http.StatusOK).mustSay(v.body, `"keys"`, `"RSA"`)
	v.get("/fi/login", http.StatusOK).mustSay(text(v.one("main")), "Vahva tunnistautuminen", "Kehityskäyttäjät")

	// Nothing answers at the issuer's address: the customer is told, and may choose another way.
	v.get("/fi/login/tunnistus?to=/fi/profile", http.StatusSeeOther).follow()
	v.mustSay(text(v.one("errors")), "Tunnistuspalvelu ei vastaa juuri nyt.")
	v.mustSay(v.at, "to=%2Ffi%2Fprofile")
}
