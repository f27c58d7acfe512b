package server

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"luvat/server/casefile"
)

// resultURL is the address of the result for answers.
func resultURL(answers map[string]any) string {
	return address("/fi/events/result", url.Values{"a": {pack(answers)}})
}

// hidden returns what the hidden fields of an element would send.
func hidden(n *html.Node) url.Values {
	form := url.Values{}
	for _, f := range find(n, func(n *html.Node) bool { return n.Data == "input" && attr(n, "type") == "hidden" }) {
		form.Add(attr(f, "name"), attr(f, "value"))
	}
	return form
}

func TestACaseBeginsFromTheResult(t *testing.T) {
	w := newWorld(t)
	v := w.loginFor("representative", aurajoki).get(resultURL(smallConcert()), http.StatusOK)
	box := v.class("begin")[0]
	v.mustSay(text(box), "Aloita asiointi")
	form := find(box, func(n *html.Node) bool { return n.Data == "form" })[0]
	v.post(attr(form, "action"), hidden(form)).follow()
	v.mustSay(text(v.one("main")), "Aurajoen Tapahtumat Oy", "Tapahtuman järjestäminen")
	v.mustSay(attr(v.one("title"), "value"), "Tapahtuman järjestäminen, Turku")

	sheet := v.class("sheet")[0]
	filled := hidden(sheet)
	filled.Set("title", "  ")
	if v.post(attr(sheet, "action"), filled); v.answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a case without a name: %d", v.answer.StatusCode)
	}
	v.mustSay(text(v.one("errors")), "Anna asialle nimi.")
	filled.Set("title", strings.Repeat("x", 121))
	v.post(attr(sheet, "action"), filled).mustSay(text(v.one("errors")), "120")

	filled.Set("title", "Jokiranta soi")
	v.post(attr(sheet, "action"), filled)
	id := strings.TrimPrefix(v.answer.Header.Get("Location"), "/fi/my/")
	c := w.read(w.actor("colleague", aurajoki), id) // the company's, not the person's
	if c.Title != "Jokiranta soi" || c.Holder.Party != aurajoki || len(c.Answers) != len(smallConcert()) || c.Answers["attendees_peak"].Value != 600.0 {
		t.Errorf("the case is %q of %+v with %d answers", c.Title, c.Holder, len(c.Answers))
	}
	w.login("representative").get("/fi/my/"+id, http.StatusNotFound) // for herself it is not hers
}

func TestACaseBeginsAfterALogin(t *testing.T) {
	w := newWorld(t)
	v := w.visitor().get(resultURL(smallConcert())+"&on=2027-02-01", http.StatusOK)
	form := find(v.class("begin")[0], func(n *html.Node) bool { return n.Data == "form" })[0]
	v.post(attr(form, "action"), hidden(form))
	if to := v.answer.Header.Get("Location"); strings.Contains(to, "a%3D1") || !strings.Contains(to, "kept=1") {
		t.Errorf("the answers do not wait on the server: %s", to)
	}
	walkLogin(t, v, "citizen")
	v.follow()
	v.mustSay(v.at, "/fi/events/start")
	sheet := v.class("sheet")[0]
	filled := hidden(sheet)
	filled.Set("title", "Kesäjuhla")
	v.post(attr(sheet, "action"), filled)
	c := w.read(w.actor("citizen", ""), strings.TrimPrefix(v.answer.Header.Get("Location"), "/fi/my/"))
	if c.On.String() != "2027-02-01" || len(c.Answers) != len(smallConcert()) {
		t.Errorf("the case is of %s with %d answers", c.On, len(c.Answers))
	}
	if v.get("/fi/events/start", http.StatusOK); len(hidden(v.class("sheet")[0])) > 0 {
		t.Error("the answers still wait after the case was begun")
	}
}

func TestTheAnalyserAloneOffersNoCase(t *testing.T) {
	v := newVisitor(t).get(resultURL(smallConcert()), http.StatusOK)
	if len(v.class("begin")) > 0 || len(v.class("member")) > 0 {
		t.Error("a server without cases offers to begin one")
	}
	if v.post("/fi/events/start", url.Values{}); v.answer.StatusCode == http.StatusSeeOther {
		t.Error("a server without cases begins one")
	}
}

func TestAnswersOfACaseChange(t *testing.T) {
	w := newWorld(t)
	owner := w.actor("citizen", "")
	c := w.open(owner, "Kesäjuhla", smallConcert())
	v := w.login("citizen").get("/fi/my/"+c.ID+"/answers?q=fireworks", http.StatusSeeOther).follow()
	v.mustSay(v.at, "/fi/events/questions/", "case="+c.ID, "seq=1")
	form := v.form()
	form.Set("fireworks", "o.professional")
	form.Set("do", "result")
	v.post(attr(v.one("ask"), "action"), form).follow()
	v.mustSay(v.at, "case="+c.ID)
	v.mustSay(text(v.class("begin")[0]), "Kesäjuhla", "Tallenna vastaukset asiaan")
	if share := attr(v.one("share"), "value"); strings.Contains(share, "case=") {
		t.Errorf("the link to share leads to the case: %s", share)
	}
	v.get(attr(find(v.class("begin")[0], isLinkTo("/answers?"))[0], "href"), http.StatusOK)
	main := text(v.one("main"))
	v.mustSay(main, "Yksi vastaus muuttuu", "Uutena tarvitaan", "Mitään ei ole vielä tallennettu")
	if got := w.read(owner, c.ID); got.Seq != 1 {
		t.Errorf("looking has written %d entries", got.Seq-1)
	}
	save := find(v.one("main"), func(n *html.Node) bool { return n.Data == "form" })[0]
	v.post(attr(save, "action"), hidden(save))
	if v.answer.StatusCode != http.StatusSeeOther || v.answer.Header.Get("Location") != "/fi/my/"+c.ID {
		t.Fatalf("saving: %d %s", v.answer.StatusCode, v.answer.Header.Get("Location"))
	}
	if got := w.read(owner, c.ID); got.Answers["fireworks"].Value != "professional" || got.Seq != 2 {
		t.Errorf("the answer is %v after %d entries", got.Answers["fireworks"].Value, got.Seq)
	}
}

func TestTwoWhoChangeAnswers(t *testing.T) {
	w := newWorld(t)
	owner := w.actor("citizen", "")
	c := w.open(owner, "Kesäjuhla", smallConcert())
	guest := w.invite(owner, c.ID, "consultant", casefile.RoleEdit)
	seq := w.read(owner, c.ID).Seq
	if _, err := w.cases.Service.Answer(t.Context(), guest, c.ID, casefile.Answers{Base: seq, Answers: map[string]any{"attendees_peak": 900, "paid_entry": true}}); err != nil {
		t.Fatal(err)
	}

	mine := smallConcert()
	mine["attendees_peak"], mine["area_enclosed"] = 700, true // one collides, one does not
	query := url.Values{"a": {pack(mine)}, "seq": {strconv.FormatUint(seq, 10)}}
	v := w.login("citizen").get("/fi/my/"+c.ID+"/answers?"+query.Encode(), http.StatusOK)
	v.mustSay(text(v.one("main")), "2 vastausta muuttuu") // and not the one that the other changed
	v.post("/fi/my/"+c.ID+"/answers", query)
	if v.answer.StatusCode != http.StatusConflict {
		t.Fatalf("a collision: %d\n%s", v.answer.StatusCode, cut(text(v.one("main")), 500))
	}
	v.mustSay(text(v.one("main")), "Veikko Rantala", "900", "700", "Muut muutoksesi on tallennettu")
	if got := w.read(owner, c.ID); got.Answers["attendees_peak"].Value != 900.0 || got.Answers["area_enclosed"].Value != true || got.Answers["paid_entry"].Value != true {
		t.Errorf("after the collision: %v %v %v", got.Answers["attendees_peak"].Value, got.Answers["area_enclosed"].Value, got.Answers["paid_entry"].Value)
	}
	sheet := v.class("sheet")[0]
	choice := hidden(sheet)
	choice.Set("keep.attendees_peak", "theirs")
	if v.post(attr(sheet, "action"), choice); v.answer.StatusCode != http.StatusSeeOther || w.read(owner, c.ID).Answers["attendees_peak"].Value != 900.0 {
		t.Error("choosing the other's answer did not leave it")
	}
	choice.Set("keep.attendees_peak", "mine")
	if v.post(attr(sheet, "action"), choice); v.answer.StatusCode != http.StatusSeeOther || w.read(owner, c.ID).Answers["attendees_peak"].Value != 700.0 {
		t.Error("choosing one's own answer did not save it")
	}
}

func TestWhoMayChangeAnswers(t *testing.T) {
	w := newWorld(t)
	owner := w.actor("citizen", "")
	c := w.open(owner, "Kesäjuhla", smallConcert())
	w.invite(owner, c.ID, "consultant", casefile.RoleRead)
	post := url.Values{"a": {pack(festival())}, "seq": {"1"}}
	for persona, want := range map[string]int{"consultant": http.StatusForbidden, "eidas": http.StatusNotFound} {
		v := w.login(persona).get("/fi/my/"+c.ID+"/answers", want)
		if v.post("/fi/my/"+c.ID+"/answers", post); v.answer.StatusCode != want {
			t.Errorf("%s posts answers: %d, want %d", persona, v.answer.StatusCode, want)
		}
		// In the questionnaire a case that is not theirs is no case at all.
		if v.get(resultURL(smallConcert())+"&case="+c.ID+"&seq=1", http.StatusOK); persona == "eidas" && strings.Contains(v.body, "Kesäjuhla") {
			t.Error("the questionnaire tells the title of a case to somebody else")
		}
	}
	own := w.login("citizen")
	for _, seq := range []string{"0", "99", "x", "-1", ""} {
		own.get("/fi/my/"+c.ID+"/answers?seq="+seq, http.StatusBadRequest)
	}
	own.get(resultURL(smallConcert())+"&case="+c.ID+"&seq=x", http.StatusBadRequest)
}

func TestAnswersWaitForTheLogin(t *testing.T) {
	w := newWorld(t)
	c := w.open(w.actor("citizen", ""), "Kesäjuhla", smallConcert())
	v := w.login("citizen")
	w.sessionEnds(v)
	changed := smallConcert()
	changed["paid_entry"] = true
	v.post("/fi/my/"+c.ID+"/answers", url.Values{"a": {pack(changed)}, "seq": {"1"}})
	w.loginIn(v, "citizen", "")
	v.get("/fi/my/"+c.ID+"/answers", http.StatusOK)
	v.mustSay(text(v.one("main")), "Yksi vastaus muuttuu", "ei ole vielä tallennettu")
	save := find(v.one("main"), func(n *html.Node) bool { return n.Data == "form" })[0]
	v.post(attr(save, "action"), hidden(save))
	if w.read(w.actor("citizen", ""), c.ID).Answers["paid_entry"].Value != true {
		t.Error("the answer was not saved")
	}
	v.get("/fi/my/"+c.ID+"/answers", http.StatusSeeOther) // nothing waits any more
}

// TestThePlansOfTheTestsFitTheQuestions holds the answers that the tests begin with against the bundle of today.
func TestThePlansOfTheTestsFitTheQuestions(t *testing.T) {
	w := newWorld(t)
	for name, answers := range map[string]map[string]any{"small concert": smallConcert(), "festival": festival()} {
		c := w.open(w.actor("citizen", ""), name, answers)
		standing, err := w.cases.Service.Standing(c, "fi")
		if err != nil {
			t.Fatal(err)
		}
		if len(standing.Analysis.Next) > 0 || len(standing.Analysis.Impossible) > 0 || len(standing.Needs) < 3 {
			t.Errorf("%s: open %v, impossible %v, %d needs", name, standing.Analysis.Next, standing.Analysis.Impossible, len(standing.Needs))
		}
	}
}
