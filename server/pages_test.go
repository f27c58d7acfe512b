package server

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestFrontDoorSpeaksTheBrowsersLanguage(t *testing.T) {
	for header, want := range map[string]string{"": "/fi", "sv-FI,sv;q=0.9,fi;q=0.8": "/sv", "de, en;q=0.5, fi;q=0.4": "/en", "fr": "/fi", "sv;q=x, en": "/en"} {
		v := newVisitor(t)
		r, _ := http.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept-Language", header)
		v.do(r)
		if got := v.answer.Header.Get("Location"); got != want {
			t.Errorf("%q leads to %s, want %s", header, got, want)
		}
	}
}

func TestSearchForgives(t *testing.T) {
	for query, want := range map[string]string{
		"markkinat": "Markkinat", "MYYJÄISET": "Markkinat", "myyjaiset": "Markkinat", "kirppu": "Markkinat", "loppis": "Markkinat", "flea": "Markkinat",
		"marknader": "Markkinat", "kirputori": "Markkinat", "1/2000": "Markkinat", "festivaalit": "Tapahtuman järjestäminen", "ilotuliyus": "Tapahtuman järjestäminen",
	} {
		v := newVisitor(t).get("/fi?q="+url.QueryEscape(query), http.StatusOK)
		found := ""
		for _, c := range v.class("card") {
			found += text(c)
		}
		if !strings.Contains(found, want) {
			t.Errorf("%q finds %q, not %s", query, found, want)
		}
	}
	v := newVisitor(t).get("/fi?q=qqqq", http.StatusOK)
	v.mustSay(text(v.one("main")), "Haku ei löytänyt mitään.")
	if v.get("/fi?q=markkinalupa", http.StatusOK); !strings.Contains(text(v.class("card")[0]), "Markkinalupa") {
		t.Error("a requirement that was searched for is not named in its bundle")
	}
}

// firstPage is the first page of the fair, filled in.
func firstPage() map[string]string {
	return map[string]string{"towns.add": "vanda; Helsinki", "opens.date": "5.3.2027", "opens.time": "klo 10", "closes.date": "2027-03-05", "closes.time": "18:30", "visitors": "1 250", "music": "yes"}
}

func TestWalkWithoutScripts(t *testing.T) {
	v := newVisitor(t).get("/fi/fair", http.StatusOK)
	v.get("/fi/fair/questions/first", http.StatusOK)
	if v.one("q-loud") != nil {
		t.Error("a question that is not relevant yet is shown")
	}
	v.send("next", firstPage()).follow()

	// The music made a question relevant that was not on the page: the same page comes again, and says so.
	if !strings.Contains(v.at, "/questions/first") || v.one("q-loud") == nil {
		t.Fatalf("the new question is not asked; at %s", v.at)
	}
	v.mustSay(text(v.one("notices")), "lisäkysymyksiä")
	for id, want := range map[string]string{"opens-date": "5.3.2027", "opens-time": "10.00", "closes-time": "18.30", "visitors": "1250"} {
		if got := attr(v.one(id), "value"); got != want {
			t.Errorf("%s has %q, want %q", id, got, want)
		}
	}
	if v.one("towns-091") == nil || v.one("towns-092") == nil {
		t.Error("the two municipalities are not chosen")
	}
	v.send("next", map[string]string{"loud": "yes"}).follow()
	v.mustSay(v.at, "/questions/second")
	v.mustSay(text(v.one("panel")), "Tarvitset", "Markkinalupa", "viimeistään ke 3.2.2027", "Meluilmoitus")
	v.send("next", map[string]string{"kind": "o.food"})
	form := url.Values{"shown": {"kind", "structures", "area", "rent"}, "kind": {"o.food"}, "structures": {"o.tent", "o.stage"}, "area": {"12,5"}, "rent": {"1 200,50 €"}, "do": {"next"}}
	v.post(attr(v.get("/fi/fair/questions/second?"+query(v.at), 200).one("ask"), "action"), form).follow()

	// The third page changes nothing in the result, so it is passed over.
	v.mustSay(v.at, "/fi/fair/result")
	v.mustSay(text(v.one("needed")), "Markkinalupa", "Kävijöitä on paljon.", "1250", "vähintään 200", "Lupa- ja valvontavirasto", "ke 3.2.2027", "38 €", "Laskutetaan jälkikäteen.",
		"Markkinalaki 1/2000 1 §", "Kartta", "tarkistettu", "Meluilmoitus")
	v.mustSay(text(v.one("ask-authority")), "Ruokasuunnitelma")
	v.mustSay(text(v.one("warnings")), "Kiinnitä teltta")
	v.mustSay(text(v.one("main")), "Tulos on lopullinen", "Helsinki", "Vantaa")
}

func query(at string) string {
	_, q, _ := strings.Cut(at, "?")
	return q
}

func TestMistakesKeepWhatWasTyped(t *testing.T) {
	v := newVisitor(t).get("/sv/fair/questions/first", http.StatusOK)
	v.send("next", map[string]string{"towns.add": "Helsingbors", "opens.date": "31.2.2027", "opens.time": "25", "visitors": "många", "closes.date": "5.3.2027"})
	if v.answer.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("%d, want 422", v.answer.StatusCode)
	}
	v.mustSay(text(v.one("errors")), "4 punkter", "Menade du Helsingfors?", "dd.mm.åååå", "heltal", "klockslaget")
	for id, want := range map[string]string{"towns-add": "Helsingbors", "opens-date": "31.2.2027", "opens-time": "25", "visitors": "många"} {
		if n := v.one(id); attr(n, "value") != want || attr(n, "aria-invalid") != "true" {
			t.Errorf("%s has %q, invalid %q; want %q and invalid", id, attr(n, "value"), attr(n, "aria-invalid"), want)
		}
	}
	for _, a := range find(v.one("errors"), func(n *html.Node) bool { return n.Data == "a" }) {
		if v.one(strings.TrimPrefix(attr(a, "href"), "#")) == nil {
			t.Errorf("the mistake %q leads nowhere: %s", text(a), attr(a, "href"))
		}
	}
	v.get("/en/fair/questions/first", http.StatusOK).send("next", map[string]string{"visitors": "100001"})
	v.mustSay(text(v.one("errors")), "at least 0 and at most 100000")
	v.get("/en/fair/questions/first", http.StatusOK).send("next", map[string]string{"opens.date": "5.3.2027", "opens.time": "10", "closes.date": "4.3.2027", "closes.time": "10"})
	v.mustSay(text(v.one("errors")), "before the start")
}

func TestAnAnswerPutAsideComesBack(t *testing.T) {
	v := newVisitor(t).get("/fi/fair/questions/first", http.StatusOK)
	v.send("next", map[string]string{"music": "yes"}).follow().send("stay", map[string]string{"loud": "yes"}).follow()
	v.mustSay(text(v.one("panel")), "Meluilmoitus")
	v.send("stay", map[string]string{"music": "no"}).follow()
	if v.one("q-loud") != nil {
		t.Error("the question is still shown")
	}
	v.get("/fi/fair/answers?"+query(v.at), http.StatusOK)
	v.mustSay(text(v.one("main")), "Kuuluuko musiikki kauas?", "Ei vaikuta nyt")
	v.get("/fi/fair/questions/first?"+query(v.at), http.StatusOK).send("stay", map[string]string{"music": "yes"}).follow()
	if !has(v.one("loud-yes"), "checked") {
		t.Error("the answer did not come back")
	}
}

func TestIDontKnowYet(t *testing.T) {
	v := newVisitor(t).get("/fi/fair/questions/first", http.StatusOK)
	v.send("stay", map[string]string{"visitors": "300"}).follow()
	v.send("stay", map[string]string{"visitors.unsure": "1", "music": "unsure"}).follow()
	if attr(v.one("visitors"), "value") != "" || !has(v.one("visitors-unsure"), "checked") || !has(v.one("music-unsure"), "checked") {
		t.Error("“I don't know yet” did not replace the number")
	}
	form := v.form()
	form.Set("visitors", "400") // without scripts the tick stays when a number is typed
	form.Set("do", "stay")
	v.post(attr(v.one("ask"), "action"), form).follow()
	if attr(v.one("visitors"), "value") != "400" {
		t.Error("a number that was typed after “I don't know yet” is lost")
	}
}

func TestScriptsGetOnlyTheChangedParts(t *testing.T) {
	v := newVisitor(t).get("/en/fair/questions/first", http.StatusOK)
	form := v.form()
	form.Set("music", "yes")
	form.Set("visitors", "abc")
	v.post(attr(v.one("ask"), "action"), form, "X-Part", "live")
	if v.answer.StatusCode != http.StatusOK || strings.Contains(v.body, "<html") {
		t.Fatalf("%d\n%s", v.answer.StatusCode, cut(v.body, 300))
	}
	if v.one("q-loud") == nil {
		t.Error("the question that became relevant is missing")
	}
	form.Set("opens.date", "5.3.2027") // the time comes next: nothing is said yet, and the date stays
	v.post("/en/fair/questions/first", form, "X-Part", "live")
	if attr(v.one("opens-date"), "value") != "5.3.2027" || strings.Contains(text(v.one("q-opens")), "Error") {
		t.Errorf("half of a date and time: %s", text(v.one("q-opens")))
	}
	v.mustSay(text(v.one("q-visitors")), "whole number")
	live := find(v.doc, func(n *html.Node) bool { return has(n, "data-live") })
	if len(live) != 1 || !strings.Contains(attr(live[0], "data-address"), "?a=1") || attr(live[0], "data-summary") == "" {
		t.Error("the part does not say its address and its summary")
	}
}

func TestQuestionsThatCannotChangeAnythingAreMarked(t *testing.T) {
	v := newVisitor(t).get("/fi/fair/questions/third", http.StatusOK)
	if len(v.class("is-moot")) != len(find(v.one("fields"), func(n *html.Node) bool { return has(n, "data-question") })) {
		t.Error("no requirement of the fair reads the third page, yet some of its questions are not marked")
	}
	v.mustSay(text(v.one("steps")), "Ei vaikuta tulokseen")
}

func TestEveryTypeOfQuestionIsAskedAndRead(t *testing.T) {
	v := newVisitor(t).get("/en/fair/questions/third", http.StatusOK)
	form := url.Values{"do": {"stay"}, "shown": {"inspected", "quiet_from", "build_up", "contact", "site", "stalls"},
		"inspected": {"1.2.2026"}, "quiet_from": {"22"}, "build_up.from": {"1.3.2027"}, "build_up.to": {"4.3.2027"}, "contact": {"Matti Meikäläinen"},
		"site.municipality.add": {"Nagu"}, "site.address": {"Tori 1"}, "stalls.0": {"1"}, "stalls.0.label": {"Makkara"}, "stalls.0.width": {"2,5"}, "stalls.1": {"1"}}
	form.Set("site.municipality.add", "pargas")
	v.post("/en/fair/questions/third", form).follow()
	for id, want := range map[string]string{"inspected": "1.2.2026", "quiet_from": "22.00", "build_up-from": "1.3.2027", "build_up-to": "4.3.2027", "contact": "Matti Meikäläinen",
		"site-address": "Tori 1", "stalls.0.label": "Makkara", "stalls.0.width": "2.5", "stalls.1.label": ""} {
		if got := attr(v.one(id), "value"); got != want {
			t.Errorf("%s has %q, want %q", id, got, want)
		}
	}
	if !has(v.one("site.municipality-445"), "checked") {
		t.Error("the municipality of the place was not read")
	}
	// Free text and addresses travel apart, and not at all in the link to share.
	v.get("/en/fair/result?"+query(v.at), http.StatusOK)
	v.get(strings.TrimPrefix(attr(v.one("share"), "value"), "http://example.com"), http.StatusOK)
	v.get("/en/fair/answers?"+query(v.at), http.StatusOK)
	said := text(v.one("main"))
	v.mustSay(said, "Parainen")
	for _, secret := range []string{"Meikäläinen", "Tori 1", "Makkara"} {
		if strings.Contains(said, secret) {
			t.Errorf("the shared link says %q", secret)
		}
	}
	// A mistake in one of them keeps the others.
	form.Set("stalls.0.width", "leveä")
	form.Set("build_up.to", "1.1.2027")
	v.post("/en/fair/questions/third", form)
	if v.answer.StatusCode != http.StatusUnprocessableEntity || attr(v.one("stalls.0.width"), "value") != "leveä" || attr(v.one("build_up-to"), "value") != "1.1.2027" {
		t.Error("a mistake in a record or a period is not shown again")
	}
}

func TestWhatWouldChangeIt(t *testing.T) {
	v := newVisitor(t).get("/en/fair/result?a="+pack(map[string]any{"visitors": 250}), http.StatusOK)
	v.mustSay(text(v.one("r-fair-permit")), "would not be needed", "less than 200")
	for _, a := range find(v.class("change")[0], func(n *html.Node) bool { return n.Data == "a" }) {
		v.get(attr(a, "href"), http.StatusOK)
	}
	v.mustSay(text(v.one("not-needed")), "Fair permit", "at least 200")
}

func TestImpossible(t *testing.T) {
	v := newVisitor(t).get("/sv/fair/result?a="+pack(map[string]any{"kind": "weapons"}), http.StatusOK)
	v.mustSay(text(v.one("impossible")), "Vapen får inte säljas", "1/2000 3 §")
}

func TestTimelineCountsBack(t *testing.T) {
	a := pack(map[string]any{"visitors": 250, "music": true, "loud": true, "opens": "2026-12-10T10:00", "towns": []any{"091"}})
	v := newVisitor(t).get("/fi/fair/timeline?a="+a, http.StatusOK)
	v.mustSay(text(v.one("main")), "to 10.12.2026", "ti 10.11.2026", "30 päivää ennen", "Myöhässä", "Soita heti.", "1 päivä ennen", "Yksi määräpäivä on mennyt.")
	if n := len(find(v.doc, func(n *html.Node) bool { return n.Data == "svg" && attr(n, "role") == "img" })); n != 2 {
		t.Errorf("%d pictures, want a wide and a slim one", n)
	}
	v.get("/fi/fair/timeline?a="+pack(map[string]any{"visitors": 250}), http.StatusOK)
	v.mustSay(text(v.one("main")), "Alkamispäivä puuttuu.")
}

func TestOverviewIsAPictureAndAList(t *testing.T) {
	a := pack(map[string]any{"visitors": 250, "kind": "food", "opens": "2027-03-05T10:00"})
	v := newVisitor(t).get("/en/fair/overview?a="+a, http.StatusOK)
	v.mustSay(text(v.one("main")), "Your answers", "Fair permit", "Finnish Supervisory Agency", "By authority")
	keys := map[string]bool{}
	for _, n := range find(v.doc, func(n *html.Node) bool { return has(n, "data-key") }) {
		keys[attr(n, "data-key")] = true
	}
	for _, n := range find(v.doc, func(n *html.Node) bool { return has(n, "data-from") }) {
		if !keys[attr(n, "data-from")] || !keys[attr(n, "data-to")] {
			t.Errorf("a line joins %s and %s, which are not both in the picture", attr(n, "data-from"), attr(n, "data-to"))
		}
	}
}

func TestLanguageSwitchStaysOnThePage(t *testing.T) {
	a := pack(map[string]any{"visitors": 250})
	v := newVisitor(t).get("/fi/fair/questions/second?a="+a+"&on=2026-05-04", http.StatusOK)
	for _, n := range find(v.one("languages"), func(n *html.Node) bool { return n.Data == "a" }) {
		v.get(attr(n, "href"), http.StatusOK)
		v.mustSay(v.at, "/fair/questions/second", "a="+a, "on=2026-05-04")
		html := find(v.doc, func(n *html.Node) bool { return n.Data == "html" })[0]
		if attr(html, "lang") != attr(n, "lang") {
			t.Errorf("%s is in %s", v.at, attr(html, "lang"))
		}
	}
	v.mustSay(text(v.one("main")), "Mon 4 May 2026")
}

func TestErrorPages(t *testing.T) {
	v := newVisitor(t)
	for path, want := range map[string]struct {
		status int
		says   string
	}{
		"/fi/nowhere":                {404, "Sivua ei löytynyt"},
		"/sv/fair/nowhere":           {404, "Sidan hittades inte"},
		"/en/fair/questions/nowhere": {404, "The page was not found"},
		"/de":                        {404, "Sivua ei löytynyt"},
		"/en/fair?on=2019-01-01":     {404, "No version of the service"},
		"/en/fair/result?a=1broken!": {400, "cannot be read"},
		"/fi/fair/result?a=2abc":     {400, "ei voi lukea"},
		"/sv/fair?on=yesterday":      {400, "åååå-mm-dd"},
		"/assets/nothing/here.css":   {404, "Sivua ei löytynyt"},
	} {
		v.get(path, want.status)
		v.mustSay(text(v.one("main")), want.says)
	}
	v.do(mustRequest(http.MethodDelete, "/fi/fair"))
	if v.answer.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("DELETE: %d", v.answer.StatusCode)
	}
	v.get("/en/fair/result?a="+pack(map[string]any{"visitors": "many", "gone": 1}), http.StatusOK)
	v.mustSay(text(v.one("main")), "no longer fit")
	v.post("/fi/fair/questions/first", url.Values{"contact": {strings.Repeat("x", maxBody)}})
	if v.answer.StatusCode != http.StatusBadRequest && v.answer.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a body that is too large: %d", v.answer.StatusCode)
	}
}

func mustRequest(method, path string) *http.Request {
	r, err := http.NewRequest(method, path, nil)
	if err != nil {
		panic(err)
	}
	return r
}

func TestAFormOfAnotherSiteIsRefused(t *testing.T) {
	v := newVisitor(t)
	v.post("/en/fair/questions/first", url.Values{"do": {"next"}}, "Sec-Fetch-Site", "cross-site")
	if v.answer.StatusCode != http.StatusForbidden {
		t.Errorf("%d, want 403", v.answer.StatusCode)
	}
	v.mustSay(text(v.one("main")), "another site")
}

func TestPagesUseNothingInline(t *testing.T) {
	v := newVisitor(t)
	a := pack(map[string]any{"visitors": 250, "music": true, "loud": true, "kind": "food", "opens": "2027-03-05T10:00", "structures": []any{"tent"}})
	for _, path := range []string{"/fi", "/fi/fair", "/fi/fair/questions/first", "/fi/fair/result", "/fi/fair/timeline", "/fi/fair/overview", "/fi/fair/answers", "/fi/fair/print", "/api"} {
		v.get(path+"?a="+a, http.StatusOK)
		v.mustBePlain()
	}
}

// mustBePlain holds what is so of every page: nothing inline, nothing from elsewhere, no id twice, and no reference to what is not there.
func (v *visitor) mustBePlain() {
	v.t.Helper()
	if policy := v.answer.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "script-src 'self'") || strings.Contains(policy, "unsafe") {
		v.t.Errorf("%s: policy %q", v.at, policy)
	}
	ids := map[string]bool{}
	for _, n := range find(v.doc, func(*html.Node) bool { return true }) {
		for _, b := range n.Attr {
			if b.Key == "style" || strings.HasPrefix(b.Key, "on") {
				v.t.Errorf("%s: <%s> has %s", v.at, n.Data, b.Key)
			}
		}
		if n.Data == "style" || n.Data == "script" && attr(n, "src") == "" {
			v.t.Errorf("%s has an inline %s", v.at, n.Data)
		}
		if id := attr(n, "id"); id != "" {
			if ids[id] {
				v.t.Errorf("%s has the id %s twice", v.at, id)
			}
			ids[id] = true
		}
		if src := attr(n, "src") + attr(n, "href"); n.Data != "a" && strings.Contains(src, "//") {
			v.t.Errorf("%s fetches from elsewhere: %s", v.at, src)
		}
		for _, ref := range strings.Fields(attr(n, "aria-describedby") + " " + attr(n, "aria-labelledby") + " " + attr(n, "for")) {
			if !regexp.MustCompile(`\bid="` + regexp.QuoteMeta(ref) + `"`).MatchString(v.body) {
				v.t.Errorf("%s: <%s> points to %s, which is not there", v.at, n.Data, ref)
			}
		}
	}
}

func TestStaticFiles(t *testing.T) {
	v := newVisitor(t).get("/fi", http.StatusOK)
	for _, n := range find(v.doc, func(n *html.Node) bool { return n.Data == "link" || n.Data == "script" }) {
		w := newVisitor(t).get(attr(n, "href")+attr(n, "src"), http.StatusOK)
		if !strings.Contains(w.answer.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s is not kept by browsers", w.at)
		}
	}
	for path, says := range map[string]string{"/healthz": "ok", "/readyz": "ready", "/version": "test", "/robots.txt": "Disallow"} {
		v.get(path, http.StatusOK)
		v.mustSay(v.body, says)
	}
}
