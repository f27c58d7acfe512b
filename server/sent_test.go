package server

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/html"

	"luvat/definitions"
	"luvat/server/casefile"
	"luvat/server/delivery/counterpart"
	"luvat/server/delivery/webhook"
	"luvat/server/locale"
)

// The authorities of a small concert in Turku: the police have a system of their own, the rescue department and the city read in the
// portal, and nobody else has joined.
const police, rescue, city = "pol-lounais-suomi", "pel-varsinais-suomi", "kunta-853"

// joined is a world in which authorities have joined, with the system of the police.
type joined struct {
	*world
	system *counterpart.System
	answer atomic.Int32 // what the system of the police answers; 0: it takes what comes
}

func newJoined(t testing.TB) *joined {
	t.Helper()
	j := &joined{world: &world{t: t, clock: &hands{now: today}}}
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status := int(j.answer.Load()); status != 0 {
			w.WriteHeader(status)
			return
		}
		j.system.ServeHTTP(w, r)
	}))
	t.Cleanup(door.Close)
	secret := "whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("k"), 32))
	in := Installation{Engine: library(), Dir: t.TempDir(), BaseURL: worldURL, Dev: true, Clock: j.clock.time,
		Channels: map[string]*definitions.Channel{
			police: {Authority: police, Address: door.URL, Secret: "police", Language: definitions.Finnish},
			rescue: {Authority: rescue, Email: "rescue@example.com", Language: definitions.Finnish},
			city:   {Authority: city, Email: "city@example.com", Language: definitions.Finnish}},
		Secret: func(name string) (string, bool) { return secret, name == "police" }}
	var err error
	if j.cases, err = in.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.cases.Close(); err != nil {
			t.Error(err)
		}
	})
	key, err := webhook.ParseSecret(secret)
	if err != nil {
		t.Fatal(err)
	}
	j.system = counterpart.New(j.cases.Store, police, key, j.clock.time)
	j.cases.Counterparts = map[string]*counterpart.System{police: j.system}
	if j.handler, err = New(Config{Engine: library(), Clock: j.clock.time, Version: "test", Cases: j.cases}); err != nil {
		t.Fatal(err)
	}
	return j
}

// personalCodeGiven is the code of the citizen, who organises a concert as a private person.
const personalCodeGiven = "100190-999P"

// concert is a case of the citizen's that has been sent, with a personal identity code in a field and, as people do, in a free text.
func (j *joined) concert() (casefile.Actor, *casefile.Sending) {
	j.t.Helper()
	a := j.actor("citizen", "")
	answers := smallConcert()
	answers["organiser_type"] = "person"
	c := j.fill(a, j.open(a, "Puistokonsertti", answers))
	c, err := j.cases.Service.Save(context.Background(), a, c.ID, casefile.Save{Base: c.Seq,
		Changes: map[string]any{"term/organiser.personal_id": personalCodeGiven, "term/event.programme": "Esiintyjän tunnus on 010180-9026, soittoa illalla."}})
	if err != nil {
		j.t.Fatal(err)
	}
	return a, j.send(a, c)
}

// deliver does all the work that is due.
func (j *joined) deliver() {
	j.t.Helper()
	if _, err := j.cases.Worker.Once(context.Background()); err != nil {
		j.t.Fatal(err)
	}
}

// filingTo returns the first filing of a case to an authority.
func filingTo(t testing.TB, c *casefile.Case, authority string) *casefile.Filing {
	t.Helper()
	for _, f := range c.Filings {
		if f.Authority.ID == authority {
			return f
		}
	}
	t.Fatalf("nothing went to %s", authority)
	return nil
}

func TestASentCaseSaysWhereItStands(t *testing.T) {
	j := newJoined(t)
	a, sent := j.concert()
	me := j.login("citizen")
	mine := "/fi/my/" + sent.Case.ID
	me.get(mine, http.StatusOK)
	me.mustSay(text(me.one("main")), sent.Case.Reference, "Toimitetaan", "Varsinais-Suomen pelastuslaitos")
	if !has(me.one("sent-live"), "data-poll") {
		t.Error("the page does not ask again while deliveries are under way")
	}

	j.answer.Store(http.StatusServiceUnavailable)
	j.deliver()
	me.get(mine, http.StatusOK)
	me.mustSay(text(me.one("main")), "Toimitus viivästyy", "Ilmoitettu viranomaiselle sähköpostilla", "Toimitettu")
	if strings.Contains(text(me.one("main")), "answered") {
		t.Error("the customer is told what programs say to each other")
	}

	j.answer.Store(0)
	j.clock.move(time.Hour)
	j.deliver()
	me.get(mine, http.StatusOK)
	main := text(me.one("main"))
	me.mustSay(main, "Toimitettu viranomaisen järjestelmään")
	if strings.Contains(main, "Toimitus viivästyy") || has(me.one("sent-live"), "data-poll") {
		t.Errorf("everything has arrived, but the page says\n%s", main)
	}

	// The fragment that the page fetches is the same without what stands around it.
	r := httptest.NewRequest(http.MethodGet, mine, nil)
	r.Header.Set("X-Part", "live")
	me.do(r)
	if strings.Contains(me.body, "<html") || !strings.Contains(me.body, "Toimitettu viranomaisen järjestelmään") {
		t.Errorf("the fragment is\n%s", cut(me.body, 500))
	}

	for _, f := range j.read(a, sent.Case.ID).Filings {
		me.get(mine+"/filings/"+f.ID, http.StatusOK)
		me.mustSay(text(me.one("main")), f.ID, f.Name.In(definitions.Finnish))
	}
}

func TestGivenUpIsSaidToTheCustomerAndMendedByAnOperator(t *testing.T) {
	j := newJoined(t)
	a, sent := j.concert()
	j.answer.Store(http.StatusGone)
	j.deliver()
	mine := "/fi/my/" + sent.Case.ID
	me := j.login("citizen").get(mine, http.StatusOK)
	me.mustSay(text(me.one("main")), "Toimitus ei onnistunut", "Palvelun ylläpito tietää tästä")

	op := j.login("operator").get("/fi/office/deliveries", http.StatusOK)
	f := filingTo(t, sent.Case, police)
	op.mustSay(text(op.one("main")), "Lounais-Suomen poliisilaitos", "410", f.ID, "Kanava on pysäytetty")
	if strings.Contains(op.body, "Puistokonsertti") || strings.Contains(op.body, "Aino") {
		t.Error("the operator sees what is in a case")
	}
	j.answer.Store(0)
	op.post("/fi/office/deliveries/start", url.Values{"authority": {police}}).follow()
	op.mustSay(text(op.one("main")), "Kanava on käynnistetty", "Kaikki kanavat toimivat")
	var works []string
	for _, n := range find(op.doc, func(n *html.Node) bool { return attr(n, "name") == "work" }) {
		works = append(works, attr(n, "value"))
	}
	if len(works) == 0 {
		t.Fatal("there is nothing to try again")
	}
	op.post("/fi/office/deliveries/revive", url.Values{"work": append(works, "LV-none/1")}).follow()
	j.deliver()
	op.get("/fi/office/deliveries", http.StatusOK)
	op.mustSay(text(op.one("filings").Parent), "Kaikki on toimitettu")
	for _, f := range j.read(a, sent.Case.ID).Filings {
		if f.Channel != casefile.Direct && !f.Reached(1) {
			t.Errorf("%s has not arrived", f.ID)
		}
	}
	op.post("/fi/office/deliveries/start", url.Values{"authority": {"nobody"}})
	if op.answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("starting the channel of nobody: %d", op.answer.StatusCode)
	}
}

// TestWhatIsNeededSinceIsSaid changes an answer after sending: another notification is needed, and the page says so.
func TestWhatIsNeededSinceIsSaid(t *testing.T) {
	j := newJoined(t)
	a, sent := j.concert()
	mine := "/fi/my/" + sent.Case.ID
	me := j.login("citizen").get(mine, http.StatusOK)
	if strings.Contains(text(me.one("main")), "ei ole vielä lähetetty") {
		t.Fatal("something is to be sent already")
	}
	_, err := j.cases.Service.Answer(context.Background(), a, sent.Case.ID, casefile.Answers{Base: j.read(a, sent.Case.ID).Seq, Answers: map[string]any{"noise_disturbing": true}})
	if err != nil {
		t.Fatal(err)
	}
	me.get(mine, http.StatusOK)
	me.mustSay(text(me.one("main")), "ei ole vielä lähetetty", "Vastauksesi ovat muuttuneet")
	if len(find(me.doc, func(n *html.Node) bool { return n.Data == "a" && attr(n, "href") == mine+"/check" })) == 0 {
		t.Error("nothing leads to the check page")
	}
}

// pdfText is what a reader of a PDF gets, asked of a program that reads PDFs for a living.
func pdfText(t *testing.T, pdf string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "paper.pdf")
	if err := os.WriteFile(name, []byte(pdf), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", name, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext (Debian package poppler-utils, installed by .ci/tools): %v\n%s", err, out)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

func TestReceipt(t *testing.T) {
	j := newJoined(t)
	_, sent := j.concert()
	c := sent.Case
	me := j.login("citizen")
	for _, lang := range definitions.Languages {
		at := fmt.Sprintf("/%s/my/%s/receipt/%d", lang, c.ID, sent.Submission.Seq)
		me.get(at, http.StatusOK)
		main := text(me.one("main"))
		me.mustSay(main, c.Reference, "Aino Lahtinen")
		for _, f := range sent.Filings {
			me.mustSay(main, f.Name.In(lang))
		}
		me.get(at+".pdf", http.StatusOK)
		if got := me.answer.Header.Get("Content-Type"); got != "application/pdf" {
			t.Errorf("%s.pdf is of the type %s", at, got)
		}
		paper := pdfText(t, me.body)
		want := []string{c.Reference, locale.In(lang).Say("receipt.heading"), "Aino Lahtinen", "******-***P", "******-***6, soittoa illalla"}
		for _, f := range sent.Filings {
			want = append(want, f.ID, strings.Fields(f.Name.In(lang))[0])
			for _, doc := range f.Versions[0].Attachments {
				want = append(want, doc.SHA256[:30])
			}
		}
		for _, w := range want {
			if !strings.Contains(paper, w) {
				t.Errorf("%s.pdf does not say %q:\n%s", at, w, cut(paper, 3000))
			}
		}
		if strings.Contains(paper, "-999P") || strings.Contains(paper, "-9026") {
			t.Errorf("%s.pdf has a personal identity code", at)
		}
	}
	for _, f := range sent.Filings {
		me.get("/fi/my/"+c.ID+"/filings/"+f.ID+".pdf", http.StatusOK)
		paper := pdfText(t, me.body)
		if !strings.Contains(paper, f.ID) || strings.Contains(paper, "-999P") || strings.Contains(paper, "-9026") {
			t.Errorf("the paper of %s is\n%s", f.ID, cut(paper, 1000))
		}
	}
	me.get("/fi/my/"+c.ID+"/receipt/1", http.StatusNotFound)
	me.get("/fi/my/"+c.ID+"/receipt/99999999999999999999", http.StatusNotFound)
}

// TestTheReceiptStaysAsItWas holds that a receipt is of what was sent then.
func TestTheReceiptStaysAsItWas(t *testing.T) {
	j := newJoined(t)
	a, sent := j.concert()
	me := j.login("citizen")
	at := fmt.Sprintf("/fi/my/%s/receipt/%d.pdf", sent.Case.ID, sent.Submission.Seq)
	before := me.get(at, http.StatusOK).body
	j.change(a, sent.Case.ID, "Uusi nimi")
	if after := me.get(at, http.StatusOK).body; after != before {
		t.Error("a change afterwards changes the receipt")
	}
}

// change changes the event's name and sends it.
func (j *joined) change(a casefile.Actor, id, name string) {
	j.t.Helper()
	ctx := context.Background()
	c, err := j.cases.Service.Save(ctx, a, id, casefile.Save{Base: j.read(a, id).Seq, Changes: map[string]any{"term/event.name": name}})
	if err != nil {
		j.t.Fatal(err)
	}
	if _, err := j.cases.Service.Change(ctx, a, c.ID, casefile.Change{Token: "t-" + name, Lang: definitions.Finnish}); err != nil {
		j.t.Fatal(err)
	}
}

func TestAmend(t *testing.T) {
	j := newJoined(t)
	a, sent := j.concert()
	ctx := context.Background()
	mine := "/fi/my/" + sent.Case.ID
	me := j.login("citizen").get(mine+"/amend", http.StatusOK)
	me.mustSay(text(me.one("main")), "Kaikki tiedot on lähetetty")

	old, _ := j.read(a, sent.Case.ID).Data["term/event.name"].(string)
	save := func(key string, value any) {
		t.Helper()
		if _, err := j.cases.Service.Save(ctx, a, sent.Case.ID, casefile.Save{Base: j.read(a, sent.Case.ID).Seq, Changes: map[string]any{key: value}}); err != nil {
			t.Fatal(err)
		}
	}
	save("term/event.name", "Puistokonsertti kahdesti")
	me.get(mine, http.StatusOK)
	me.mustSay(text(me.one("main")), "Olet muuttanut tietoja, joita ei ole lähetetty")
	me.get(mine+"/amend", http.StatusOK)
	me.mustSay(text(me.one("main")), old, "Puistokonsertti kahdesti")
	form := url.Values{"token": {attr(me.field("token"), "value")}}
	if me.post(mine+"/amend", form); me.answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("nothing chosen: %d", me.answer.StatusCode)
	}
	me.mustSay(text(me.one("errors")), "Valitse ainakin yksi")
	f := filingTo(t, sent.Case, rescue)
	form.Add("filing", f.ID)
	me.post(mine+"/amend", form).follow()
	me.mustSay(text(me.one("main")), "Muutokset on lähetetty")
	me.post(mine+"/amend", form) // an impatient second click
	c := j.read(a, sent.Case.ID)
	if n := len(c.Filing(f.ID).Versions); n != 2 {
		t.Errorf("the filing has %d versions", n)
	}
	if n := len(filingTo(t, c, police).Versions); n != 1 {
		t.Errorf("a filing that was not chosen has %d versions", n)
	}
	me.get(mine+"/filings/"+f.ID, http.StatusOK)
	me.mustSay(text(me.one("versions").Parent), "Versio 2", old, "Puistokonsertti kahdesti")

	save("term/event.name", nil)
	me.get(mine+"/amend", http.StatusOK)
	form = url.Values{"token": {attr(me.field("token"), "value")}, "filing": {f.ID}}
	if me.post(mine+"/amend", form); me.answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("with a gap: %d", me.answer.StatusCode)
	}
	links := find(me.one("errors"), func(n *html.Node) bool { return n.Data == "a" })
	if len(links) == 0 || !strings.Contains(attr(links[0], "href"), "/form/common-event#") {
		t.Errorf("the summary does not lead to the field: %s", text(me.one("errors")))
	}
}

// field returns the first input of a name.
func (v *visitor) field(name string) *html.Node {
	for _, n := range find(v.doc, func(n *html.Node) bool { return attr(n, "name") == name }) {
		return n
	}
	return nil
}

func TestWithdraw(t *testing.T) {
	j := newJoined(t)
	a, sent := j.concert()
	mine := "/fi/my/" + sent.Case.ID
	f := filingTo(t, sent.Case, rescue)
	me := j.login("citizen").get(mine+"/withdraw?filing="+f.ID, http.StatusOK)
	checked := find(me.doc, func(n *html.Node) bool { return attr(n, "name") == "filing" && has(n, "checked") })
	if len(checked) != 1 || attr(checked[0], "value") != f.ID {
		t.Errorf("%d filings are chosen beforehand", len(checked))
	}
	if me.post(mine+"/withdraw", url.Values{"reason": {strings.Repeat("x", 2001)}}); me.answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("none chosen: %d", me.answer.StatusCode)
	}
	me.mustSay(text(me.one("errors")), "valitse ainakin yksi", "enintään 2000 merkkiä")
	me.post(mine+"/withdraw", url.Values{"filing": {f.ID}, "reason": {"Sade"}}).follow()
	me.mustSay(text(me.one("main")), "Valitsemasi on peruttu", "Peruttu")
	c := j.read(a, sent.Case.ID)
	if !c.Filing(f.ID).Withdrawn || filingTo(t, c, police).Withdrawn {
		t.Error("it was not exactly the chosen filing that was withdrawn")
	}
	j.deliver()
	officer := j.login("rescue").get("/fi/office/"+f.ID, http.StatusOK)
	officer.mustSay(text(officer.one("main")), "Asiakas on perunut asian", "Sade")

	// A draft is given up.
	draft := j.open(a, "Luonnos", smallConcert())
	me.get("/fi/my/"+draft.ID+"/withdraw", http.StatusOK)
	me.post("/fi/my/"+draft.ID+"/withdraw", nil)
	if me.answer.StatusCode != http.StatusSeeOther || j.read(a, draft.ID).Phase != casefile.Closed {
		t.Errorf("the draft is not given up: %d", me.answer.StatusCode)
	}
}

func TestMessages(t *testing.T) {
	j := newJoined(t)
	a, sent := j.concert()
	mine := "/fi/my/" + sent.Case.ID
	plan, notice := filingTo(t, sent.Case, rescue), filingTo(t, sent.Case, police)
	c, id := j.attach(a, j.read(a, sent.Case.ID), casefile.MessageSlot, "viestin-kartta.pdf")
	me := j.login("citizen").get(mine+"/messages?filing="+plan.ID, http.StatusOK)
	me.mustSay(text(me.one("write")), "Viestin näkevät", "Aino Lahtinen")
	if me.post(mine+"/messages", url.Values{"text": {"  "}}); me.answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an empty message to nobody: %d", me.answer.StatusCode)
	}
	me.mustSay(text(me.one("errors")), "valitse vastaanottaja", "kirjoita viesti")
	me.post(mine+"/messages", url.Values{"to": {plan.ID}, "text": {"Vain pelastuslaitokselle <b>"}, "document": {id}}).follow()
	me.mustSay(me.body, "Vain pelastuslaitokselle &lt;b&gt;")
	me.post(mine+"/messages", url.Values{"to": {"all"}, "text": {"Kaikille tiedoksi"}}).follow()
	j.deliver()

	officer := j.login("rescue").get("/fi/office/"+plan.ID, http.StatusOK)
	officer.mustSay(text(officer.one("messages")), "Vain pelastuslaitokselle", "Kaikille tiedoksi", "viestin-kartta.pdf")
	officer.get("/fi/office/"+plan.ID+"/attachments/"+id, http.StatusOK)
	if !strings.HasPrefix(officer.body, "%PDF-") {
		t.Error("the document of the message is not what was sent")
	}
	other := j.login("police").get("/fi/office/"+notice.ID, http.StatusOK)
	if got := text(other.one("messages")); strings.Contains(got, "Vain pelastuslaitokselle") || !strings.Contains(got, "Kaikille tiedoksi") {
		t.Errorf("the police see %s", got)
	}
	other.get("/fi/office/"+notice.ID+"/attachments/"+id, http.StatusNotFound)

	officer.post("/fi/office/"+plan.ID+"/receive", url.Values{"own": {" VSPEL/2027/ 17 "}}).follow()
	officer.post("/fi/office/"+plan.ID+"/message", url.Values{"text": {"Salainen vastaus"}}).follow()
	j.deliver()
	me.get(mine, http.StatusOK)
	me.mustSay(text(me.one("main")), "Sinulle on 1 uusi viesti", "VSPEL/2027/ 17", "Vastaanotettu")
	me.get(mine+"/messages", http.StatusOK)
	me.mustSay(text(me.one("main")), "Salainen vastaus")
	me.get(mine, http.StatusOK)
	if strings.Contains(text(me.one("main")), "uusi viesti") {
		t.Error("a message that was read is still new")
	}
	letters, err := j.cases.Mailbox.Letters(context.Background(), 100)
	if err != nil || len(letters) < 4 {
		t.Fatalf("%d letters, %v", len(letters), err)
	}
	toCustomer := false
	for _, l := range letters {
		toCustomer = toCustomer || l.To == "aino.lahtinen@example.com" && strings.Contains(l.Subject, "viesti")
		for _, secret := range []string{"Salainen", "Vain pelastus", personalCodeGiven, "010180-9026", "Puistokonsertti", "Aino"} {
			if strings.Contains(l.Subject+l.Text, secret) {
				t.Errorf("the letter %q has %q in it", l.Subject, secret)
			}
		}
	}
	if !toCustomer {
		t.Error("nobody told the customer that there is a message")
	}
	if officer.post("/fi/office/"+plan.ID+"/receive", url.Values{"own": {strings.Repeat("9", 300)}}); officer.answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a number without end: %d", officer.answer.StatusCode)
	}
	if len(j.read(a, c.ID).Filing(plan.ID).Received.OwnID) > 100 {
		t.Error("it was taken")
	}
}

func TestAMessageOutlivesTheSession(t *testing.T) {
	j := newJoined(t)
	_, sent := j.concert()
	at := "/fi/my/" + sent.Case.ID + "/messages"
	to := filingTo(t, sent.Case, rescue).ID
	me := j.login("citizen").get(at, http.StatusOK)
	j.sessionEnds(me)
	if me.post(at, url.Values{"to": {to}, "text": {"Pitkä ja harkittu viesti"}}); !strings.Contains(me.answer.Header.Get("Location"), "/fi/login") {
		t.Fatalf("without a session the message leads to %s", me.answer.Header.Get("Location"))
	}
	j.loginIn(me, "citizen", "").get(at, http.StatusOK)
	me.mustSay(text(me.one("main")), "Pitkä ja harkittu viesti", "viestiä ei ole vielä lähetetty")
	if len(find(me.doc, func(n *html.Node) bool { return attr(n, "value") == to && has(n, "checked") })) != 1 {
		t.Error("the recipient was not kept")
	}
	me.post(at, url.Values{"to": {to}, "text": {"Pitkä ja harkittu viesti"}}).follow()
	if strings.Contains(text(me.one("main")), "viestiä ei ole vielä lähetetty") || len(j.read(j.actor("citizen", ""), sent.Case.ID).Messages) != 1 {
		t.Error("a message that was sent is still kept")
	}
}

// TestOnlyWhoHasGroundSeesAPersonalCode walks every office page of a case.
func TestOnlyWhoHasGroundSeesAPersonalCode(t *testing.T) {
	j := newJoined(t)
	_, sent := j.concert()
	j.deliver()
	seen := map[string]bool{}
	for _, persona := range []string{"police", "rescue", "city"} {
		officer := j.login(persona)
		officer.get("/fi/office", http.StatusOK)
		if strings.Contains(officer.body, personalCodeGiven) || strings.Contains(officer.body, "Aino") {
			t.Errorf("the list that %s sees names a person", persona)
		}
		for _, f := range sent.Filings {
			r := httptest.NewRequest(http.MethodGet, "/fi/office/"+f.ID, nil)
			officer.do(r)
			if officer.answer.StatusCode == http.StatusNotFound {
				continue
			}
			ground := bytes.Contains(f.Last().Data, []byte(personalCodeGiven))
			if shown := strings.Contains(officer.body, personalCodeGiven); shown != ground {
				t.Errorf("%s sees the code in %s: %v, though its form has it: %v", persona, f.Requirement, shown, ground)
			}
			seen[fmt.Sprint(ground)] = true
		}
	}
	if !seen["true"] || !seen["false"] {
		t.Errorf("not both kinds of filings were looked at: %v", seen)
	}
	system := j.login("police").get("/dev/systems/"+police, http.StatusOK)
	system.mustSay(text(system.one("main")), "fi.luvat.filing.submitted", filingTo(t, sent.Case, police).ID)
	box := j.visitor().get("/dev/mailbox", http.StatusOK)
	if strings.Contains(box.body, personalCodeGiven) || !strings.Contains(box.body, "rescue@example.com") || !strings.Contains(box.body, `href="`+worldURL+`/fi/office/`) {
		t.Errorf("the mailbox shows\n%s", cut(text(box.one("main")), 800))
	}
}

// TestWhoMayOpenWhat is the matrix of the pages after sending.
func TestWhoMayOpenWhat(t *testing.T) {
	j := newJoined(t)
	a, sent := j.concert()
	c := sent.Case
	j.invite(a, c.ID, "consultant", casefile.RoleRead)
	j.invite(a, c.ID, "colleague", casefile.RoleEdit)
	j.invite(a, c.ID, "eidas", casefile.RoleSubmit)
	j.deliver()
	mine := "/fi/my/" + c.ID
	plan := filingTo(t, c, rescue)
	doc := plan.Last().Attachments[0].ID
	who := []string{"citizen", "eidas", "colleague", "consultant", "protected", "police", "rescue", "operator", ""}
	const ok, no, none, in, bad = http.StatusOK, http.StatusForbidden, http.StatusNotFound, http.StatusSeeOther, http.StatusUnprocessableEntity
	browsers := map[string]*visitor{"": j.visitor()}
	for _, persona := range who[:len(who)-1] {
		browsers[persona] = j.login(persona)
	}
	for _, row := range []struct {
		method, path string
		want         []int
	}{
		//                                                    owner submit edit read stranger police rescue operator nobody
		{"GET", mine, []int{ok, ok, ok, ok, none, none, none, none, in}},
		{"GET", fmt.Sprintf("%s/receipt/%d", mine, sent.Submission.Seq), []int{ok, ok, ok, ok, none, none, none, none, in}},
		{"GET", fmt.Sprintf("%s/receipt/%d.pdf", mine, sent.Submission.Seq), []int{ok, ok, ok, ok, none, none, none, none, in}},
		{"GET", mine + "/filings/" + plan.ID, []int{ok, ok, ok, ok, none, none, none, none, in}},
		{"GET", mine + "/filings/" + plan.ID + ".pdf", []int{ok, ok, ok, ok, none, none, none, none, in}},
		{"GET", mine + "/filings/LV-2026-AAAA-AAAA-1", []int{none, none, none, none, none, none, none, none, in}},
		{"GET", mine + "/messages", []int{ok, ok, ok, ok, none, none, none, none, in}},
		{"POST", mine + "/messages", []int{bad, bad, bad, no, none, none, none, none, in}},
		{"GET", mine + "/amend", []int{ok, ok, no, no, none, none, none, none, in}},
		{"POST", mine + "/amend", []int{bad, bad, no, no, none, none, none, none, in}},
		{"GET", mine + "/withdraw", []int{ok, ok, no, no, none, none, none, none, in}},
		{"POST", mine + "/withdraw", []int{bad, bad, no, no, none, none, none, none, in}},
		{"GET", "/fi/office", []int{none, none, none, none, none, ok, ok, none, in}},
		{"GET", "/fi/office?authority=" + rescue, []int{none, none, none, none, none, none, ok, none, in}},
		{"GET", "/fi/office/" + plan.ID, []int{none, none, none, none, none, none, ok, none, in}},
		{"GET", "/fi/office/" + plan.ID + "/attachments/" + doc, []int{none, none, none, none, none, none, ok, none, in}},
		{"GET", "/fi/office/" + plan.ID + "/attachments/none", []int{none, none, none, none, none, none, none, none, in}},
		{"POST", "/fi/office/" + plan.ID + "/message", []int{none, none, none, none, none, none, bad, none, in}},
		{"POST", "/fi/office/" + plan.ID + "/receive", []int{none, none, none, none, none, none, in, none, in}},
		{"GET", "/fi/office/deliveries", []int{none, none, none, none, none, none, none, ok, in}},
		{"POST", "/fi/office/deliveries/start", []int{none, none, none, none, none, none, none, bad, in}},
		{"POST", "/fi/office/deliveries/revive", []int{none, none, none, none, none, none, none, in, in}},
	} {
		for i, persona := range who {
			b := browsers[persona]
			r := httptest.NewRequest(row.method, row.path, strings.NewReader(""))
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if b.do(r); b.answer.StatusCode != row.want[i] {
				t.Errorf("%s %s as %q: %d, want %d", row.method, row.path, persona, b.answer.StatusCode, row.want[i])
			}
		}
	}
	// The log of readers says who of which authority looked.
	readers, _, err := j.cases.Service.Readers(context.Background(), a, c.ID, "", 100)
	if err != nil || !slices.ContainsFunc(readers, func(r casefile.Reader) bool { return r.By == "authority:"+rescue && r.Name == "Petri Kallio" }) {
		t.Errorf("the readers are %+v, %v", readers, err)
	}
}

// TestAuthoritiesFetchDocuments fetches documents by the links in an event, as an authority's program does.
func TestAuthoritiesFetchDocuments(t *testing.T) {
	j := newJoined(t)
	_, sent := j.concert()
	j.deliver()
	events, err := j.system.Events(context.Background())
	if err != nil || len(events) == 0 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	var attached struct {
		Href, SHA256, Name string
	}
	for _, e := range events {
		var body struct {
			Data struct {
				Attachments []struct{ Href, SHA256, Name string }
			}
		}
		if err := json.Unmarshal(e.Body, &body); err != nil {
			t.Fatal(err)
		}
		if len(body.Data.Attachments) > 0 {
			attached = body.Data.Attachments[0]
		}
	}
	link, found := strings.CutPrefix(attached.Href, worldURL)
	if !found {
		t.Fatalf("no event has a document: %q", attached.Href)
	}
	program := &visitor{t: t, handler: j.handler}
	program.get(link, http.StatusOK)
	sum, _ := base64.StdEncoding.DecodeString(strings.TrimSuffix(strings.TrimPrefix(program.answer.Header.Get("Repr-Digest"), "sha-256=:"), ":"))
	if program.body != onePDF(attached.Name) || fmt.Sprintf("%x", sum) != attached.SHA256 || len(program.answer.Cookies()) != 0 {
		t.Errorf("the document came as %q with %v", program.body, program.answer.Header)
	}
	r := httptest.NewRequest(http.MethodGet, link, nil)
	r.Header.Set("Range", "bytes=0-3")
	if program.do(r); program.answer.StatusCode != http.StatusPartialContent || program.body != "%PDF" {
		t.Errorf("a part of it: %d %q", program.answer.StatusCode, program.body)
	}
	refused := func(what, link string) {
		t.Helper()
		program.get(link, http.StatusForbidden)
		if got := program.answer.Header.Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("%s is refused by a %s", what, got)
		}
	}
	path, query, _ := strings.Cut(link, "?")
	refused("a link without a signature", path)
	other := map[bool]string{true: "y", false: "x"}[strings.HasSuffix(path, "x")]
	refused("a link for another document", path[:len(path)-1]+other+"?"+query)
	refused("a link of another filing", strings.Replace(path, filingOfPath(path), filingTo(t, sent.Case, rescue).ID, 1)+"?"+query)
	refused("a link of a filing that is not there", strings.Replace(path, filingOfPath(path), "LV-2026-AAAA-AAAA-1", 1)+"?"+query)
	j.clock.move(15 * 24 * time.Hour)
	refused("an old link", link)
}

func filingOfPath(path string) string { return strings.Split(path, "/")[2] }

// TestDevelopmentPagesAreOfDevelopment holds that the pages and the systems are not there without --dev.
func TestDevelopmentPagesAreOfDevelopment(t *testing.T) {
	j := newJoined(t)
	v := j.visitor()
	for _, path := range []string{"/dev/mailbox", "/dev/systems", "/dev/systems/" + police} {
		v.get(path, http.StatusOK)
	}
	v.get("/dev/systems/nobody", http.StatusNotFound)
	if v.post("/dev/systems/"+police, url.Values{"a": {"b"}}); v.answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("an event without a signature: %d", v.answer.StatusCode)
	}
	op := j.login("operator")
	j.cases.Dev = false
	handler, err := New(Config{Engine: library(), Clock: j.clock.time, Version: "test", Cases: j.cases})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []*visitor{v, op} {
		x.handler.(*browser).handler = handler
	}
	for _, path := range []string{"/dev/mailbox", "/dev/systems", "/dev/systems/" + police} {
		v.get(path, http.StatusNotFound)
	}
	if v.post("/dev/systems/"+police, url.Values{"a": {"b"}}); v.answer.StatusCode != http.StatusNotFound {
		t.Errorf("a system without --dev: %d", v.answer.StatusCode)
	}
	op.get("/fi/office/deliveries", http.StatusNotFound)
}
