package server

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/net/html"

	"luvat/definitions"
	"luvat/engine"
	"luvat/server/casefile"
	"luvat/server/locale"
)

func rows(v *visitor) []string {
	var all []string
	for _, n := range find(v.doc, func(n *html.Node) bool { return n.Data == "tr" }) {
		if link := find(n, isLinkTo("/my/")); len(link) > 0 {
			all = append(all, text(link[0]))
		}
	}
	return all
}

func TestTheFolder(t *testing.T) {
	w := newWorld(t)
	v := w.login("citizen").get("/fi/my", http.StatusOK)
	v.mustSay(text(v.one("main")), "Kansiossa ei ole vielä asioita", "Katso palvelut")

	me := w.actor("citizen", "")
	first := w.open(me, "Kesäjuhla", smallConcert())
	w.clock.move(time.Minute)
	w.open(me, "Talvitapahtuma", map[string]any{"municipality": []any{"091"}})
	v.get("/fi/my", http.StatusOK)
	if got := rows(v); fmt.Sprint(got) != "[Talvitapahtuma Kesäjuhla]" {
		t.Errorf("the folder has %q, the last changed first", got)
	}
	v.mustSay(text(v.one("main")), "Luonnos", "Tapahtuman järjestäminen", "Ensimmäinen määräpäivä", "24.11.2026 klo 00.30", "Tulee, kun lähetät")

	v.get("/fi/my?q=kesa", http.StatusOK)
	if got := rows(v); fmt.Sprint(got) != "[Kesäjuhla]" {
		t.Errorf("the search finds %q", got)
	}
	v.get("/fi/my?q=zzzz", http.StatusOK).mustSay(text(v.one("main")), "Haku ei löytänyt asioita", "Poista rajaukset")
	if _, err := w.cases.Service.Withdraw(t.Context(), me, first.ID, casefile.Withdraw{}); err != nil {
		t.Fatal(err)
	}
	v.get("/fi/my?phase=withdrawn", http.StatusOK)
	if got := rows(v); fmt.Sprint(got) != "[Kesäjuhla]" {
		t.Errorf("withdrawn are %q", got)
	}
	v.get("/fi/my?bundle=events&phase=draft", http.StatusOK)
	if got := rows(v); fmt.Sprint(got) != "[Talvitapahtuma]" {
		t.Errorf("drafts of events are %q", got)
	}
	v.get("/fi/my?bundle=nothing&phase=nothing", http.StatusOK) // what does not exist filters nothing
	if len(rows(v)) != 2 {
		t.Error("a filter that does not exist hides cases")
	}
	if other := w.login("consultant").get("/fi/my", http.StatusOK); len(rows(other)) != 0 {
		t.Error("somebody else sees the cases")
	}
	w.visitor().get("/fi/my", http.StatusSeeOther)
	if v.get("/fi/my/", http.StatusMovedPermanently); v.answer.Header.Get("Location") != "/fi/my" {
		t.Error("the folder has two addresses")
	}
}

func TestTheFolderInPages(t *testing.T) {
	w := newWorld(t)
	me := w.actor("citizen", "")
	for i := range 45 {
		w.open(me, fmt.Sprintf("Asia %02d", i), nil)
		w.clock.move(time.Second)
	}
	v := w.login("citizen").get("/fi/my?phase=draft", http.StatusOK)
	seen := map[string]bool{}
	for range 3 {
		for _, title := range rows(v) {
			if seen[title] {
				t.Errorf("%s is on two pages", title)
			}
			seen[title] = true
		}
		next := find(v.one("main"), func(n *html.Node) bool { return n.Data == "a" && text(n) == "Seuraava sivu" })
		if len(next) == 0 {
			break
		}
		v.get(attr(next[0], "href"), http.StatusOK)
	}
	if len(seen) != 45 {
		t.Errorf("%d cases over all pages, want 45", len(seen))
	}
	v.mustSay(text(v.one("main")), "Ensimmäiselle sivulle")
}

func TestADraftIsGivenUp(t *testing.T) {
	w := newWorld(t)
	me := w.actor("citizen", "")
	c := w.open(me, "Kesäjuhla", smallConcert())
	w.invite(me, c.ID, "consultant", casefile.RoleEdit)
	w.login("eidas").get("/fi/my/"+c.ID+"/delete", http.StatusNotFound)
	guest := w.login("consultant").get("/fi/my/"+c.ID+"/delete", http.StatusForbidden)
	if guest.post("/fi/my/"+c.ID+"/delete", nil); guest.answer.StatusCode != http.StatusForbidden {
		t.Errorf("an editor gives the draft up: %d", guest.answer.StatusCode)
	}
	v := w.login("citizen").get("/fi/my/"+c.ID+"/delete", http.StatusOK)
	v.mustSay(text(v.one("main")), "Kesäjuhla", "Haluatko luopua luonnoksesta?")
	v.post("/fi/my/"+c.ID+"/delete", nil).follow()
	v.mustSay(text(v.one("main")), "Peruttu")
	v.get("/fi/my/"+c.ID+"/delete", http.StatusConflict)
}

func TestAccess(t *testing.T) {
	w := newWorld(t)
	me := w.actor("citizen", "")
	c := w.open(me, "Kesäjuhla", smallConcert())
	page := "/fi/my/" + c.ID + "/access"
	v := w.login("citizen").get(page, http.StatusOK)
	v.mustSay(text(v.one("main")), "Aino Lahtinen", "Omistaja", "Kenellekään muulle ei ole annettu pääsyä", "Ei voi lähettää asiaa")

	for _, form := range []url.Values{{"do": {"invite"}, "email": {"ei osoite"}, "role": {"edit"}}, {"do": {"invite"}, "email": {"a@example.com"}, "role": {"owner"}}} {
		if v.post(page, form); v.answer.StatusCode != http.StatusUnprocessableEntity || attr(v.one("email"), "value") != form.Get("email") {
			t.Errorf("%v: %d, and the page has %q", form, v.answer.StatusCode, attr(v.one("email"), "value"))
		}
	}
	v.post(page, url.Values{"do": {"invite"}, "email": {"veikko@example.com"}, "role": {"read"}}).follow()
	v.mustSay(text(v.one("main")), "Kutsu on lähetetty.", "v…@e….com", "Lukija", "8.12.2026")
	if strings.Contains(v.body, "veikko@example.com") {
		t.Error("the page shows the address that was invited")
	}
	key := w.read(me, c.ID).Invitations[0].Key
	record, err := w.cases.Service.InvitationByKey(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}

	// The invited one logs in and accepts.
	guest := w.visitor().get("/fi/invitation/"+record.Token, http.StatusSeeOther)
	walkLogin(t, guest, "consultant")
	guest.follow()
	guest.mustSay(text(guest.one("main")), "Kutsuja: Aino Lahtinen", "Kesäjuhla", "Lukija", "Veikko Rantala")
	guest.get("/fi/my/"+c.ID+"/history", http.StatusNotFound) // an invitation is no access yet
	guest.post("/fi/invitation/"+record.Token, nil)
	if to := guest.answer.Header.Get("Location"); to != "/fi/my/"+c.ID {
		t.Fatalf("accepting leads to %q (%d)", to, guest.answer.StatusCode)
	}
	guest.get("/fi/invitation/"+record.Token, http.StatusNotFound).mustSay(text(guest.one("main")), "Kutsu ei ole enää voimassa")
	guest.get("/fi/my?tab=shared", http.StatusOK)
	if got := rows(guest); fmt.Sprint(got) != "[Kesäjuhla]" {
		t.Errorf("shared with the guest are %q", got)
	}

	// Who reads may look at who has access, and change nothing of it.
	guest.get(page, http.StatusOK).mustSay(text(guest.one("main")), "Oma roolisi: Lukija", "Luovu pääsystä")
	account := w.actor("consultant", "").Account
	for _, form := range []url.Values{{"do": {"invite"}, "email": {"b@example.com"}, "role": {"read"}}, {"do": {"invite"}, "email": {"väärin"}, "role": {"read"}},
		{"do": {"role"}, "person": {account}, "role": {"submit"}}, {"do": {"take-back"}, "invitation": {key}}, {"do": {"revoke"}, "person": {me.Account}}} {
		if guest.post(page, form); guest.answer.StatusCode != http.StatusForbidden {
			t.Errorf("a reader does %v: %d, want 403", form, guest.answer.StatusCode)
		}
	}
	v.post(page, url.Values{"do": {"role"}, "person": {account}, "role": {"submit"}}).follow()
	v.mustSay(text(v.one("main")), "Rooli on vaihdettu.", "Veikko Rantala", "Lähettäjä")
	if role := w.read(me, c.ID).Person(account).Role; role != casefile.RoleSubmit {
		t.Errorf("the role is %s", role)
	}
	guest.post(page, url.Values{"do": {"leave"}}).follow()
	guest.get(page, http.StatusNotFound)

	// A person is thrown out, an invitation taken back, and nobody else may look.
	again := w.invite(me, c.ID, "consultant", casefile.RoleEdit)
	v.post(page, url.Values{"do": {"revoke"}, "person": {again.Account}}).follow()
	v.mustSay(text(v.one("main")), "Pääsy on poistettu.")
	v.post(page, url.Values{"do": {"invite"}, "email": {"x@example.com"}, "role": {"read"}})
	v.post(page, url.Values{"do": {"take-back"}, "invitation": {w.read(me, c.ID).Invitations[0].Key}}).follow()
	v.mustSay(text(v.one("main")), "Kutsu on peruttu.")
	w.login("eidas").get(page, http.StatusNotFound)
	if v.post(page, url.Values{"do": {"something"}}); v.answer.StatusCode != http.StatusBadRequest {
		t.Errorf("something that does not exist: %d", v.answer.StatusCode)
	}
}

func TestTheOwnersOwnInvitation(t *testing.T) {
	w := newWorld(t)
	me := w.actor("citizen", "")
	c := w.open(me, "Kesäjuhla", nil)
	_, token, err := w.cases.Service.Invite(t.Context(), me, c.ID, casefile.Invite{Email: "a@example.com", Role: casefile.RoleRead, Lang: "fi"})
	if err != nil {
		t.Fatal(err)
	}
	v := w.login("citizen").get("/fi/invitation/"+token, http.StatusOK)
	v.mustSay(text(v.one("main")), "Tämä asia on jo sinun")
	if v.post("/fi/invitation/"+token, nil); v.answer.StatusCode != http.StatusConflict {
		t.Errorf("the owner accepts: %d", v.answer.StatusCode)
	}
	v.get("/fi/invitation/nothing", http.StatusNotFound)
}

func TestAnInvitationWaitsForTheLogin(t *testing.T) {
	w := newWorld(t)
	c := w.open(w.actor("citizen", ""), "Kesäjuhla", nil)
	v := w.login("citizen")
	w.sessionEnds(v)
	v.post("/fi/my/"+c.ID+"/access", url.Values{"do": {"invite"}, "email": {"kesken@example.com"}, "role": {"submit"}})
	w.loginIn(v, "citizen", "")
	v.get("/fi/my/"+c.ID+"/access", http.StatusOK)
	v.mustSay(text(v.one("main")), "ei ole vielä tallennettu")
	if attr(v.one("email"), "value") != "kesken@example.com" || !has(v.one("role-submit"), "checked") {
		t.Error("what was typed is lost")
	}
}

func TestHistory(t *testing.T) {
	w := newWorld(t)
	me := w.actor("citizen", "")
	c := w.open(me, "Kesäjuhla", smallConcert())
	guest := w.invite(me, c.ID, "consultant", casefile.RoleEdit)
	if _, err := w.cases.Service.Save(t.Context(), guest, c.ID, casefile.Save{Changes: map[string]any{"term/event.name": "Jokiranta soi", "term/event.website": "https://example.com"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.cases.Service.Rename(t.Context(), me, c.ID, "Jokiranta soi"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.cases.Service.View(t.Context(), guest, c.ID); err != nil {
		t.Fatal(err)
	}
	v := w.login("citizen").get("/fi/my/"+c.ID+"/history", http.StatusOK)
	main := text(v.one("main"))
	v.mustSay(main, "Asia aloitettiin: ”Kesäjuhla”", "Veikko Rantala hyväksyi kutsun, rooli Muokkaaja", "2 tietoa tallennettiin", "nimeksi vaihdettiin ”Jokiranta soi”",
		"Tapahtumaketju on ehjä: 5 merkintää", w.read(me, c.ID).Head.String(), "Kuka on lukenut asian")
	v.mustSay(text(find(v.doc, func(n *html.Node) bool { return attr(n, "aria-labelledby") == "readers" })[0]), "Veikko Rantala", "Muokkaaja", "24.11.2026 klo 00.30")
	if strings.Contains(v.body, guest.Account) {
		t.Error("the page shows the id of an account")
	}
	v.get("/fi/my/"+c.ID+"/history?before=3", http.StatusOK)
	if main := text(v.one("main")); strings.Contains(main, "tietoa tallennettiin") || !strings.Contains(main, "Asia aloitettiin") {
		t.Error("the entries before the third are not what is shown")
	}
	v.get("/fi/my/"+c.ID+"/export.json", http.StatusOK).mustSay(v.body, `"luvat-case/1"`, "Jokiranta soi")

	other := w.login("consultant").get("/fi/my/"+c.ID+"/history", http.StatusOK)
	if strings.Contains(text(other.one("main")), "Kuka on lukenut asian") {
		t.Error("an editor sees who has read the case")
	}
	other.get("/fi/my/"+c.ID+"/export.json", http.StatusForbidden)
	stranger := w.login("eidas").get("/fi/my/"+c.ID+"/history", http.StatusNotFound)
	stranger.get("/fi/my/"+c.ID+"/export.json", http.StatusNotFound)
}

// TestEveryKindOfEntryIsSaid fails when an entry is shown by its name in the program.
func TestEveryKindOfEntryIsSaid(t *testing.T) {
	w := newWorld(t)
	me := w.actor("citizen", "")
	c := w.open(me, "Kesäjuhla", smallConcert())
	s := &site{cases: w.cases, engine: library(), helsinki: today.Location()}
	for _, lang := range []string{"fi", "sv", "en"} {
		v := caseVisitIn(s, me, c, lang)
		for _, e := range []casefile.Event{&casefile.Opened{}, &casefile.Renamed{}, &casefile.Answered{}, &casefile.Prefilled{}, &casefile.Saved{}, &casefile.Attached{}, &casefile.Detached{},
			&casefile.Invited{Role: "read"}, &casefile.Joined{Role: "edit"}, &casefile.RoleChanged{Role: "submit"}, &casefile.Revoked{}, &casefile.Moved{}, &casefile.Submitted{}, &casefile.Changed{},
			&casefile.Withdrawn{}, &casefile.Messaged{}, &casefile.Delivered{}, &casefile.DeliveryFailed{}, &casefile.Received{}} {
			said := v.eventText(casefile.Line{Kind: e.Kind(), Event: e}, s.teller(t.Context(), v.texts))
			if said == "" || strings.Contains(said, "event.") || strings.Contains(said, "role.") || strings.Contains(said, e.Kind()+")") || strings.Contains(said, "{") {
				t.Errorf("%s in %s: %q", e.Kind(), lang, said)
			}
		}
	}
}

func caseVisitIn(s *site, a casefile.Actor, c *casefile.Case, lang string) *caseVisit {
	return &caseVisit{member: member{texts: locale.In(definitions.Lang(lang)), actor: a}, c: c}
}

// reopened is the world after an upgrade of the program that changed the fair: half as many visitors need a permit.
func reopened(t *testing.T, dir string, changed bool) *world {
	t.Helper()
	e := library()
	if changed {
		text, err := os.ReadFile("testdata/bundles/fair/fair.yaml")
		if err != nil {
			t.Fatal(err)
		}
		files := fstest.MapFS{"bundles/fair/fair.yaml": {Data: []byte(strings.Replace(string(text), "visitors >= 200", "visitors >= 100", 1))}}
		lib, found := definitions.Load(definitions.Embedded(), definitions.Root{Name: "testdata", FS: files})
		if found.HasErrors() {
			t.Fatal(found[0].Message)
		}
		if e, found = engine.Compile(lib); found.HasErrors() {
			t.Fatal(found[0].Message)
		}
	}
	w := &world{t: t, clock: &hands{now: today}}
	in := Installation{Engine: e, Dir: dir, BaseURL: worldURL, Dev: true, Clock: w.clock.time}
	var err error
	if w.cases, err = in.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w.handler, err = New(Config{Engine: e, Clock: w.clock.time, Cases: w.cases}); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestACaseMovesToANewEdition(t *testing.T) {
	dir := t.TempDir()
	w := reopened(t, dir, false)
	me := w.actor("citizen", "")
	c, err := w.cases.Service.Open(t.Context(), me, casefile.Open{Bundle: "fair", Lang: "fi", Title: "Tori", Answers: map[string]any{"visitors": 150}})
	if err != nil {
		t.Fatal(err)
	}
	guest := w.invite(me, c.ID, "consultant", casefile.RoleRead)
	w.login("citizen").get("/fi/my/"+c.ID+"/move", http.StatusOK).get("/fi/my/"+c.ID+"/move", http.StatusOK)
	if err := w.cases.Close(); err != nil {
		t.Fatal(err)
	}

	w = reopened(t, dir, true)
	defer w.cases.Close()
	if !strings.Contains(guest.Name, "Veikko") {
		t.Fatal("the guest is somebody else")
	}
	w.login("consultant").get("/fi/my/"+c.ID+"/move", http.StatusForbidden)
	w.login("eidas").get("/fi/my/"+c.ID+"/move", http.StatusNotFound)
	v := w.login("citizen").get("/fi/my/"+c.ID+"/move", http.StatusOK)
	v.mustSay(text(v.one("main")), "Siirrä asia uusiin sääntöihin", "Uutena tarvitaan", "Markkinalupa")
	if v.post("/fi/my/"+c.ID+"/move", url.Values{"edition": {"fair@none+0"}}); v.answer.StatusCode != http.StatusConflict {
		t.Errorf("moving to an edition that was not shown: %d", v.answer.StatusCode)
	}
	v.mustSay(text(v.one("main")), "Tarkista muutokset uudelleen")
	form := find(v.one("main"), func(n *html.Node) bool { return n.Data == "form" })[0]
	if v.post(attr(form, "action"), hidden(form)); v.answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("moving: %d", v.answer.StatusCode)
	}
	if got := w.read(me, c.ID).Edition; got == c.Edition {
		t.Error("the case is where it was")
	}
	v.get("/fi/my/"+c.ID+"/move", http.StatusOK).mustSay(text(v.one("main")), "jo uusimmassa")
}

func TestPagesOfMembersUseNothingInline(t *testing.T) {
	w := newWorld(t)
	me := w.actor("representative", aurajoki)
	c := w.open(me, "Kesäjuhla", festival())
	w.invite(me, c.ID, "consultant", casefile.RoleRead)
	if _, _, err := w.cases.Service.Invite(t.Context(), me, c.ID, casefile.Invite{Email: "a@example.com", Role: casefile.RoleRead, Lang: "fi"}); err != nil {
		t.Fatal(err)
	}
	changed := festival()
	changed["open_fire"] = true
	query := url.Values{"a": {pack(changed)}, "seq": {"1"}}.Encode()
	for _, lang := range []string{"fi", "sv", "en"} {
		w.visitor().get("/"+lang+"/login?why=weak&kept=1", http.StatusOK).mustBePlain()
		v := w.visitor().get("/"+lang+"/login/persona", http.StatusSeeOther).follow()
		v.mustBePlain()
		v = w.loginFor("representative", aurajoki)
		for _, path := range []string{"/party", "/profile", "/profile/erase", "/logout", "/my", "/my?tab=shared", "/my?q=zz", "/my/" + c.ID + "/access?done=invited", "/my/" + c.ID + "/history",
			"/my/" + c.ID + "/answers?" + query, "/my/" + c.ID + "/move", "/my/" + c.ID + "/delete", "/events/start?a=" + pack(smallConcert()), "/events/result?a=" + pack(smallConcert())} {
			v.get("/"+lang+path, http.StatusOK).mustBePlain()
			if n := len(find(v.doc, func(n *html.Node) bool { return n.Data == "h1" })); n != 1 {
				t.Errorf("%s has %d main headings", v.at, n)
			}
			if !strings.HasPrefix(path, "/events") && !strings.Contains(v.body, `content="noindex"`) {
				t.Errorf("%s may be indexed", v.at)
			}
			if !strings.Contains(v.body, `<html lang="`+lang) {
				t.Errorf("%s is not in %s", v.at, lang)
			}
		}
	}
}
