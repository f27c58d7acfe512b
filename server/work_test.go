package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"luvat/definitions"
	"luvat/forms"
	"luvat/server/casefile"
	"luvat/server/content"
	"luvat/server/locale"
	"luvat/server/register"
)

// filled returns what the form of a section would send as it stands, without any button.
func filled(v *visitor) url.Values {
	v.t.Helper()
	form := v.one("fill")
	if form == nil {
		v.t.Fatalf("%s has no form to fill in:\n%s", v.at, cut(text(v.one("main")), 800))
	}
	values := url.Values{}
	for _, n := range find(form, func(n *html.Node) bool { return n.Data == "input" || n.Data == "textarea" || n.Data == "select" }) {
		switch kind := attr(n, "type"); {
		case (kind == "radio" || kind == "checkbox") && !has(n, "checked"):
		case n.Data == "textarea":
			content := ""
			if n.FirstChild != nil {
				content = n.FirstChild.Data
			}
			values.Add(attr(n, "name"), content)
		case n.Data == "select":
			chosen := ""
			for _, o := range find(n, func(o *html.Node) bool { return has(o, "selected") }) {
				chosen = attr(o, "value")
			}
			values.Add(attr(n, "name"), chosen)
		default:
			values.Add(attr(n, "name"), attr(n, "value"))
		}
	}
	return values
}

// fill sends the form of a section with changes, by a button: "do=continue", or the name of a button.
func fillIn(v *visitor, button string, changes map[string]string) *visitor {
	v.t.Helper()
	form := filled(v)
	for name, value := range changes {
		form.Set(name, value)
	}
	name, value, _ := strings.Cut(button, "=")
	form.Set(name, value)
	return v.post(attr(v.one("fill"), "action"), form)
}

func sectionPath(id, section string) string { return "/fi/my/" + id + "/form/" + section }

func TestRegistersFillInWhatTheyKnow(t *testing.T) {
	w := newWorld(t)
	elina := w.actor("representative", aurajoki)
	c := w.open(elina, "Kesäkonsertti", smallConcert())
	v := w.loginFor("representative", aurajoki)
	v.get("/fi/my/"+c.ID, http.StatusOK)
	v.mustSay(text(v.one("main")), "Kesäkonsertti", "Asiakas: Aurajoen Tapahtumat Oy", "Ilmoitus yleisötilaisuudesta", "Tarkista ja lähetä", "Odottaa muita kohtia", "Hae tiedot uudelleen")

	c = w.read(elina, c.ID)
	for key, want := range map[string]string{"term/organiser.name": "mandate", "term/organiser.address": "ytj", "term/contact.name": "person"} {
		if value := c.Values[key]; value == nil || value.Source == nil || value.Source.ID != want {
			t.Errorf("%s is not from %s: %+v", key, want, value)
		}
	}
	if value := c.Values["term/organiser.personal_id"]; value != nil {
		t.Error("a company's case has the personal identity code of its representative")
	}
	seq := c.Seq
	v.get("/fi/my/"+c.ID, http.StatusOK)
	if again := w.read(elina, c.ID); again.Seq != seq {
		t.Errorf("opening the case again wrote %d entries more", again.Seq-seq)
	}

	v.get(sectionPath(c.ID, "common-organiser"), http.StatusOK)
	v.mustSay(text(v.one("f:term:organiser:address")), "Lähde: Yritys- ja yhteisötietojärjestelmä", "24.11.2026 klo 00.30", "Kuka näkee tämän?", "Turku")
	fillIn(v, "do=continue", map[string]string{"term:organiser:address": "Linnankatu 1"}).follow()
	v.get(sectionPath(c.ID, "common-organiser"), http.StatusOK)
	v.mustSay(text(v.one("f:term:organiser:address")), "Muutit tietoa. Rekisterin mukaan: PL 55")

	v.post("/fi/my/"+c.ID+"/prefill", nil).follow()
	if value := w.read(elina, c.ID).Values["term/organiser.address"]; value.Value != "Linnankatu 1" {
		t.Errorf("a correction was lost to the register: %v", value.Value)
	}
}

func TestAnOutageIsSaidAndStopsNobody(t *testing.T) {
	w := newWorld(t)
	down, err := register.NewPool(register.Config{StandIns: map[string]string{"ytj": "http://127.0.0.1:1"}, Now: w.clock.time})
	if err != nil {
		t.Fatal(err)
	}
	w.cases.Registers = down
	elina := w.actor("representative", aurajoki)
	c := w.open(elina, "Kesäkonsertti", smallConcert())
	v := w.loginFor("representative", aurajoki)
	began := time.Now()
	v.get("/fi/my/"+c.ID, http.StatusOK)
	if took := time.Since(began); took > register.Deadline+time.Second {
		t.Errorf("the page came after %s", took)
	}
	v.mustSay(text(v.one("main")), "Emme saaneet tietoja lähteestä Yritys- ja yhteisötietojärjestelmä", "klo 00.30", "palveluun ei saatu yhteyttä")
	if c = w.read(elina, c.ID); c.Data["term/organiser.name"] != "Aurajoen Tapahtumat Oy" || c.Data["term/organiser.address"] != nil {
		t.Errorf("with the register down: %v, %v", c.Data["term/organiser.name"], c.Data["term/organiser.address"])
	}
}

// TestAHelperBringsNothingOfTheirOwn opens the case of a private person as a consultant first.
func TestAHelperBringsNothingOfTheirOwn(t *testing.T) {
	w := newWorld(t)
	aino := w.actor("citizen", "")
	answers := smallConcert()
	answers["organiser_type"] = "person"
	c := w.open(aino, "Naapuruston konsertti", answers)
	w.invite(aino, c.ID, "consultant", casefile.RoleEdit)
	w.login("consultant").get("/fi/my/"+c.ID, http.StatusOK)
	for key, value := range w.read(aino, c.ID).Data {
		if s, ok := value.(string); ok && strings.Contains(s, "Rantala") {
			t.Errorf("%s is of the consultant", key)
		}
	}
	w.login("citizen").post("/fi/my/"+c.ID+"/prefill", nil).follow()
	if got := w.read(aino, c.ID).Data["term/organiser.name"]; got != "Aino Lahtinen" {
		t.Errorf("the organiser is %v", got)
	}
}

func TestWhatIsWrongIsSavedAndSaid(t *testing.T) {
	w := newWorld(t)
	elina := w.actor("representative", aurajoki)
	c := w.open(elina, "Kesäkonsertti", smallConcert())
	v := w.loginFor("representative", aurajoki)
	v.get(sectionPath(c.ID, "common-contact"), http.StatusOK)
	fillIn(v, "do=continue", map[string]string{"term:contact:name": "Elina Koskela", "term:contact:phone": "numero", "term:contact:email": "elina@example.com"})
	if v.answer.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("%d, want 422", v.answer.StatusCode)
	}
	v.mustSay(text(v.one("errors")), "Yhteyshenkilön puhelinnumero")
	v.mustSay(text(v.one("main")), "Jatka silti")
	for _, a := range find(v.one("errors"), func(n *html.Node) bool { return n.Data == "a" }) {
		id, err := url.PathUnescape(strings.TrimPrefix(attr(a, "href"), "#"))
		target := v.one(id)
		if err != nil || target == nil || attr(target, "aria-invalid") != "true" || !strings.Contains(attr(target, "aria-describedby"), ":error") {
			t.Errorf("the mistake %q leads to no field that says it", text(a))
		}
	}
	c = w.read(elina, c.ID)
	if c.Data["term/contact.email"] != "elina@example.com" || c.Data["term/contact.phone"] != "numero" {
		t.Errorf("not all was saved: %v", c.Data)
	}

	// What cannot be read at all is not saved; it stays in its field.
	v.get(sectionPath(c.ID, "common-times"), http.StatusOK)
	fillIn(v, "do=list", map[string]string{"term:times:build_up.date": "31.6.2027", "term:times:build_up.time": "8", "term:times:dismantling.date": "4.7.2027", "term:times:dismantling.time": "klo 18.30"})
	if v.answer.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("%d, want 422", v.answer.StatusCode)
	}
	if got := attr(v.one("term:times:build_up"), "value"); got != "31.6.2027" {
		t.Errorf("the field has %q", got)
	}
	if got := w.read(elina, c.ID).Data["term/times.dismantling"]; got != "2027-07-04T18:30" {
		t.Errorf("the other time is %v", got)
	}
}

func TestListsWorkWithoutScripts(t *testing.T) {
	w := newWorld(t)
	elina := w.actor("representative", aurajoki)
	answers := smallConcert()
	answers["ends_at"] = "2027-07-05T20:00" // of several days
	c := w.open(elina, "Kesäkonsertti", answers)
	v := w.loginFor("representative", aurajoki)
	here := sectionPath(c.ID, "common-times")
	v.get(here, http.StatusOK)
	fillIn(v, "add:term:times:daily=1", nil)
	if to := v.answer.Header.Get("Location"); !strings.HasSuffix(to, "#"+url.PathEscape("term:times:daily.0.date")) {
		t.Errorf("after adding the keyboard goes to %s", to)
	}
	v.follow()
	fillIn(v, "add:term:times:daily=1", map[string]string{"term:times:daily.0.date": "3.7.2027", "term:times:daily.0.opens": "17", "term:times:daily.0.closes": "20"}).follow()
	fillIn(v, "do=update", map[string]string{"term:times:daily.1.date": "4.7.2027", "term:times:daily.1.opens": "12", "term:times:daily.1.closes": "18"}).follow()
	if got := len(find(v.one("term:times:daily:items"), func(n *html.Node) bool { return n.Data == "tr" })); got != 2 {
		t.Fatalf("%d rows, want 2", got)
	}
	// What cannot be read moves up with its row.
	fillIn(v, "add:term:times:daily=1", map[string]string{"term:times:daily.1.opens": "aamulla"})
	if got := attr(v.one("term:times:daily.1.opens"), "value"); got != "aamulla" {
		t.Fatalf("the field has %q", got)
	}
	fillIn(v, "remove:term:times:daily.0=1", nil)
	if got := attr(v.one("term:times:daily.0.opens"), "value"); got != "aamulla" || v.one("errors") == nil {
		t.Fatalf("after removing the row before, the field has %q", got)
	}
	fillIn(v, "do=update", map[string]string{"term:times:daily.0.date": "3.7.2027", "term:times:daily.0.opens": "17", "term:times:daily.1.date": "4.7.2027", "term:times:daily.1.opens": "12"}).follow()
	fillIn(v, "remove:term:times:daily.0=1", nil)
	if to := v.answer.Header.Get("Location"); !strings.HasSuffix(to, "#"+url.PathEscape("term:times:daily.0")) {
		t.Errorf("after removing the first the keyboard goes to %s", to)
	}
	v.follow()
	if got := attr(v.one("term:times:daily.0.date"), "value"); got != "4.7.2027" {
		t.Errorf("the row that is left has %q", got)
	}
	fillIn(v, "remove:term:times:daily.0=1", nil)
	if to := v.answer.Header.Get("Location"); !strings.HasSuffix(to, "#"+url.PathEscape("add:term:times:daily")) {
		t.Errorf("after removing the last the keyboard goes to %s", to)
	}
	if _, there := w.read(elina, c.ID).Data["term/times.daily"]; there {
		t.Error("a list without rows is still there")
	}
}

func TestFieldsComeWhenTheyAreNeeded(t *testing.T) {
	w := newWorld(t)
	elina := w.actor("representative", aurajoki)
	c := w.open(elina, "Kesäkonsertti", smallConcert())
	v := w.loginFor("representative", aurajoki)
	v.get(sectionPath(c.ID, "common-invoicing"), http.StatusOK)
	if v.one("term:invoicing:email") != nil {
		t.Fatal("the address of an invoice by e-mail is asked before its way is known")
	}
	fillIn(v, "do=continue", map[string]string{"term:invoicing:way": "email"})
	if to := v.answer.Header.Get("Location"); !strings.Contains(to, "more=1#"+url.PathEscape("term:invoicing:email")) {
		t.Fatalf("sent on to %s", to)
	}
	v.follow()
	v.mustSay(text(v.one("notices")), "uusia kohtia")
	if v.one("errors") != nil {
		t.Error("a field that nobody has been asked is called a mistake")
	}
	fillIn(v, "do=continue", map[string]string{"term:invoicing:email": "lasku@example.com"}).follow()

	// A script gets the page as it is after what was just typed.
	v.get(sectionPath(c.ID, "common-invoicing"), http.StatusOK)
	form := filled(v)
	form.Set("term:invoicing:way", "paper")
	v.post(attr(v.one("fill"), "action"), form, "X-Part", "live")
	if v.one("term:invoicing:address") == nil || v.one("term:invoicing:email") != nil || strings.Contains(v.body, "<html") {
		t.Error("the part does not have the fields that are needed now")
	}
	if got := w.read(elina, c.ID).Data["term/invoicing.email"]; got != "lasku@example.com" {
		t.Errorf("a hidden field lost its value: %v", got)
	}
}

func TestTwoWhoFillInOneSection(t *testing.T) {
	w := newWorld(t)
	elina := w.actor("representative", aurajoki)
	c := w.open(elina, "Kesäkonsertti", smallConcert())
	here := sectionPath(c.ID, "common-safety")
	mine, theirs := w.loginFor("representative", aurajoki), w.loginFor("colleague", aurajoki)
	mine.get(here, http.StatusOK)
	theirs.get(here, http.StatusOK)
	fillIn(theirs, "do=continue", map[string]string{"term:safety:name": "Johan Johansson", "term:safety:phone": "0401111111", "term:safety:email": "j@example.com"}).follow()

	// A field that only the other has touched is no conflict, though the page that is sent still shows it empty.
	fillIn(mine, "do=continue", map[string]string{"term:safety:phone": "0402222222"})
	if mine.answer.StatusCode != http.StatusConflict {
		t.Fatalf("%d, want 409", mine.answer.StatusCode)
	}
	if got := len(mine.class("clash")); got != 1 {
		t.Fatalf("%d fields clash, want 1", got)
	}
	mine.mustSay(text(mine.one("f:term:safety:phone")), "Muutettu samaan aikaan: Johan Sundqvist", "0401111111")
	if got := attr(mine.one("term:safety:phone"), "value"); got != "0402222222" {
		t.Errorf("the field has %q", got)
	}
	if got := attr(mine.one("term:safety:name"), "value"); got != "Johan Johansson" {
		t.Errorf("the colleague's name is not shown: %q", got)
	}

	fillIn(mine, "do=continue", nil) // nothing chosen
	if mine.answer.StatusCode != http.StatusConflict {
		t.Fatalf("without a choice: %d, want 409", mine.answer.StatusCode)
	}
	mine.mustSay(text(mine.one("f:term:safety:phone")), "Valitse, kumpi tieto jää voimaan.")
	if got := w.read(elina, c.ID).Data["term/safety.phone"]; got != "0401111111" {
		t.Errorf("saved without a choice: %v", got)
	}
	fillIn(mine, "do=continue", map[string]string{"choose:term:safety:phone": "mine"}).follow()
	if got := w.read(elina, c.ID).Data["term/safety.phone"]; got != "0402222222" {
		t.Errorf("after choosing one's own: %v", got)
	}

	fillIn(theirs.get(here, http.StatusOK), "do=list", map[string]string{"term:safety:name": "A. Andersson"})
	fillIn(mine.get(here, http.StatusOK), "do=list", map[string]string{"term:safety:name": "B. Berg"})
	stale := filled(theirs.get(here, http.StatusOK))
	fillIn(mine.get(here, http.StatusOK), "do=list", map[string]string{"term:safety:name": "C. Carlsson"})
	stale.Set("term:safety:name", "D. Dahl")
	stale.Set("do", "continue")
	theirs.post(here, stale)
	fillIn(theirs, "do=continue", map[string]string{"choose:term:safety:name": "theirs"}).follow()
	if got := w.read(elina, c.ID).Data["term/safety.name"]; got != "C. Carlsson" {
		t.Errorf("after choosing the other's: %v", got)
	}
}

func TestAFormOfAnEndedSessionIsShownAgain(t *testing.T) {
	w := newWorld(t)
	elina := w.actor("representative", aurajoki)
	c := w.open(elina, "Kesäkonsertti", smallConcert())
	here := sectionPath(c.ID, "common-safety")
	v := w.loginFor("representative", aurajoki).get(here, http.StatusOK)
	form := filled(v)
	form.Set("term:safety:name", "Maija Mallikas")
	form.Set("do", "continue")
	w.sessionEnds(v)
	v.post(here, form)
	if to := v.answer.Header.Get("Location"); !strings.Contains(to, "/fi/login") {
		t.Fatalf("sent to %s", to)
	}
	w.loginIn(v, "representative", aurajoki)
	v.get(here, http.StatusOK)
	v.mustSay(text(v.one("notices")), "Säilytimme sen, mitä kirjoitit")
	if got := attr(v.one("term:safety:name"), "value"); got != "Maija Mallikas" {
		t.Fatalf("the field has %q", got)
	}
	if got := w.read(elina, c.ID).Data["term/safety.name"]; got != nil {
		t.Errorf("it was saved without being looked at: %v", got)
	}
	fillIn(v, "do=list", nil).follow()
	if got := w.read(elina, c.ID).Data["term/safety.name"]; got != "Maija Mallikas" {
		t.Errorf("saved: %v", got)
	}
	v.get(here, http.StatusOK)
	if strings.Contains(text(v.one("notices")), "Säilytimme") {
		t.Error("the kept form comes again after it was saved")
	}
}

func TestAReaderReadsOnly(t *testing.T) {
	w := newWorld(t)
	aino := w.actor("citizen", "")
	answers := smallConcert()
	answers["organiser_type"] = "person"
	answers["noise_disturbing"] = true
	c := w.open(aino, "Konsertti", answers)
	owner := w.login("citizen").get("/fi/my/"+c.ID, http.StatusOK)
	w.invite(aino, c.ID, "consultant", casefile.RoleRead)
	v := w.login("consultant")
	v.get(sectionPath(c.ID, "common-organiser"), http.StatusOK)
	if v.one("fill") != nil {
		t.Error("a reader is offered a form")
	}
	v.mustSay(text(v.one("main")), "Aino Lahtinen", "et muuttaa")
	if _, asked := w.read(aino, c.ID).Data["term/organiser.personal_id"]; asked {
		if strings.Contains(v.body, "999P") {
			t.Error("a reader sees the whole personal identity code")
		}
		owner.get(sectionPath(c.ID, "common-organiser"), http.StatusOK)
		if got := attr(owner.one("term:organiser:personal_id"), "value"); got != "100190-999P" {
			t.Errorf("the owner sees %q", got)
		}
	} else {
		t.Error("the personal identity code of a private organiser is not prefilled")
	}
	v.post(sectionPath(c.ID, "common-organiser"), url.Values{"term:organiser:name": {"X"}})
	if v.answer.StatusCode != http.StatusForbidden {
		t.Errorf("a reader saves: %d", v.answer.StatusCode)
	}
	v.get("/fi/my/"+c.ID+"/check", http.StatusOK)
	v.mustSay(text(v.one("main")), "Oikeutesi ei riitä lähettämiseen")

	readers, _, err := w.cases.Service.Readers(context.Background(), aino, c.ID, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(readers, func(r casefile.Reader) bool { return r.Name == "Veikko Rantala" }) {
		t.Error("the log of readers does not name the consultant")
	}
}

// fillCase fills in everything that a case asks for, with values that fit, and adds the documents, through the service.
func fillCase(w *world, a casefile.Actor, id string) {
	w.t.Helper()
	ctx := context.Background()
	for range 6 { // what is filled in shows more
		c := w.read(a, id)
		st, err := w.cases.Service.Standing(c, definitions.Finnish)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(st.Union.Check(st.Input, definitions.Finnish)) == 0 {
			break
		}
		shown := st.Union.Show(st.Input)
		changes := forms.Data{}
		for _, s := range st.Union.Sections {
			for _, f := range s.Fields {
				if f.Kind != forms.AnswerField && shown.Required(f.Key) && c.Data[f.Key] == nil {
					changes[f.Key] = sample(f)
				}
			}
		}
		if _, err := w.cases.Service.Save(ctx, a, id, casefile.Save{Base: c.Seq, Changes: changes}); err != nil {
			w.t.Fatal(err)
		}
	}
	c := w.read(a, id)
	st, _ := w.cases.Service.Standing(c, definitions.Finnish)
	for _, p := range st.Union.Check(st.Input, definitions.Finnish) {
		w.t.Errorf("%s: %s", p.Key, p.Message)
	}
	for _, slot := range st.Slots {
		if !slot.Required || len(slot.Files) > 0 {
			continue
		}
		file, err := w.cases.Content.Put(ctx, bytes.NewReader(pdf(slot.ID)), slot.Accept)
		if err != nil {
			w.t.Fatal(err)
		}
		if _, _, err := w.cases.Service.Attach(ctx, a, id, casefile.File{Slot: slot.ID, Name: slot.ID + ".pdf", Type: file.Kind.MIME, Size: file.Size, SHA256: file.Sum}); err != nil {
			w.t.Fatal(err)
		}
	}
}

// sample is a value that fits a field.
func sample(f *forms.Field) any {
	switch f.Control {
	case forms.RadiosControl, forms.SelectControl:
		return f.Options[len(f.Options)-1].Value
	case forms.CheckboxesControl:
		return []any{f.Options[0].Value}
	case forms.CheckboxControl:
		return true
	case forms.NumberControl, forms.MoneyControl:
		if f.Min != nil && *f.Min > 10 {
			return *f.Min
		}
		return 10.0
	case forms.DateControl:
		return "2027-07-03"
	case forms.TimeControl:
		return "18:00"
	case forms.DateTimeControl:
		return "2027-07-03T18:00"
	case forms.GroupControl, forms.PlaceControl:
		parts := map[string]any{}
		for _, part := range f.Fields {
			if part.Control != forms.PointControl {
				parts[part.Property] = sample(part)
			}
		}
		return parts
	case forms.ListControl, forms.TableControl:
		fields := f.At(0)
		if len(fields) == 1 && fields[0].Property == "" {
			return []any{sample(fields[0])}
		}
		parts := map[string]any{}
		for _, part := range fields {
			parts[part.Property] = sample(part)
		}
		return []any{parts}
	}
	for _, format := range forms.Formats {
		if format.Name == f.Format {
			return forms.Normal(f.Format, format.Example)
		}
	}
	return strings.Repeat("Riittävä kuvaus. ", 1+f.MinLength/17)
}

// pdf is the smallest thing that is a PDF, with something in it that makes it different from others.
func pdf(what string) []byte { return []byte("%PDF-1.4\n% " + what + "\n%%EOF\n") }

func TestSendingACase(t *testing.T) {
	w := newWorld(t)
	elina := w.actor("representative", aurajoki)
	answers := smallConcert()
	c := w.open(elina, "Kesäkonsertti", answers)
	v := w.loginFor("representative", aurajoki)
	check := "/fi/my/" + c.ID + "/check"
	v.get("/fi/my/"+c.ID, http.StatusOK)

	v.get(check, http.StatusOK)
	v.mustSay(text(v.one("main")), "Ennen lähettämistä", "Täydennä", "Voit lähettää, kun")
	if v.class("send") != nil {
		t.Error("a case that is not complete can be sent")
	}
	var err error
	there := w.loginFor("representative", aurajoki)
	for _, a := range find(v.class("hinders")[0], func(n *html.Node) bool { return n.Data == "a" }) {
		page, id, _ := strings.Cut(attr(a, "href"), "#")
		if id, err = url.PathUnescape(id); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(page, "/answers") {
			continue
		}
		if there.get(page, http.StatusOK); id != "" && there.one(id) == nil {
			t.Errorf("%q leads to %s, where there is no %s", text(a), page, id)
		}
	}

	fillCase(w, elina, c.ID)
	v.get("/fi/my/"+c.ID, http.StatusOK)
	v.mustSay(text(v.one("main")), "Voit tarkistaa ja lähettää")
	v.get(check, http.StatusOK)
	v.mustSay(text(v.one("main")), "Lounais-Suomen poliisilaitos", "Suoraan viranomaisen omaan järjestelmään", "lukee tiedot tässä palvelussa", "Aurajoen Tapahtumat Oy", "Lähetä viranomaisille")
	ticket := func(v *visitor) url.Values {
		inputs := find(v.one("main"), func(n *html.Node) bool { return attr(n, "name") == "ticket" })
		if len(inputs) != 1 {
			t.Fatalf("%d tickets on the page:\n%s", len(inputs), cut(text(v.one("main")), 2000))
		}
		return url.Values{"ticket": {attr(inputs[0], "value")}}
	}

	// A colleague changes a field, then an answer that brings a new requirement: each is said, and nothing is sent.
	first := ticket(v)
	johan := w.actor("colleague", aurajoki)
	if _, err := w.cases.Service.Save(context.Background(), johan, c.ID, casefile.Save{Base: w.read(johan, c.ID).Seq, Changes: forms.Data{"term/event.name": "Toinen nimi"}}); err != nil {
		t.Fatal(err)
	}
	v.post(check, first)
	if v.answer.StatusCode != http.StatusConflict {
		t.Fatalf("%d, want 409", v.answer.StatusCode)
	}
	v.mustSay(text(v.one("errors")), "tietoja muutettiin samaan aikaan", "Johan Sundqvist", "Tapahtuman nimi")
	second := ticket(v)
	if _, err := w.cases.Service.Answer(context.Background(), johan, c.ID, casefile.Answers{Base: w.read(johan, c.ID).Seq, Answers: map[string]any{"noise_disturbing": true}}); err != nil {
		t.Fatal(err)
	}
	v.post(check, second)
	v.mustSay(text(v.one("errors")), "tarvittavat luvat ovat muuttuneet", "Uutta", "Meluilmoitus")
	if got := w.read(elina, c.ID).Phase; got != casefile.Draft {
		t.Fatalf("the case is %s", got)
	}
	fillCase(w, elina, c.ID)
	v.get(check, http.StatusOK)
	third := ticket(v)
	v.post(check, third)
	sent := w.read(elina, c.ID)
	if len(sent.Submissions) != 1 {
		t.Fatalf("sent %d times: %s", len(sent.Submissions), cut(text(v.one("errors")), 600))
	}
	receipt := "/fi/my/" + c.ID + "/receipt/" + strconv.FormatUint(sent.Submissions[0].Seq, 10)
	if got := v.answer.Header.Get("Location"); got != receipt {
		t.Errorf("sent on to %s, want %s", got, receipt)
	}
	v.post(check, third) // pressed twice
	if got := v.answer.Header.Get("Location"); got != receipt || len(w.read(elina, c.ID).Submissions) != 1 {
		t.Errorf("the second time: %s", got)
	}
	v.get(check, http.StatusOK)
	v.mustSay(text(v.one("main")), "Kaikki tarvittava on jo lähetetty")
}

func TestRenaming(t *testing.T) {
	w := newWorld(t)
	elina := w.actor("representative", aurajoki)
	c := w.open(elina, "Kesäkonsertti", smallConcert())
	v := w.loginFor("representative", aurajoki)
	v.post("/fi/my/"+c.ID+"/title", url.Values{"title": {"  Syyskonsertti "}}).follow()
	v.mustSay(text(v.one("heading")), "Syyskonsertti")
	v.post("/fi/my/"+c.ID+"/title", url.Values{"title": {" "}})
	if v.answer.StatusCode != http.StatusUnprocessableEntity || v.one("title") == nil || attr(v.one("title"), "aria-invalid") != "true" {
		t.Errorf("without a name: %d", v.answer.StatusCode)
	}
}

// uploaded sends files into a slot, as a browser does.
func uploaded(v *visitor, path string, files map[string][]byte, headers ...string) *visitor {
	v.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		part, err := form.CreateFormFile("file", name)
		if err == nil {
			_, err = part.Write(files[name])
		}
		if err != nil {
			v.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		v.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	v.do(r)
	return v
}

var png = append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"), make([]byte, 40)...)

func TestDocuments(t *testing.T) {
	w := newWorld(t)
	elina := w.actor("representative", aurajoki)
	c := w.open(elina, "Kesäkonsertti", festival())
	v := w.loginFor("representative", aurajoki)
	here := "/fi/my/" + c.ID + "/attachments"
	v.get(here, http.StatusOK)
	cards := v.class("slot")
	if len(cards) < 2 {
		t.Fatalf("%d cards", len(cards))
	}
	upload := find(cards[0], func(n *html.Node) bool { return n.Data == "form" && has(n, "data-upload") })
	action := attr(upload[0], "action")

	// Larger than what other pages take, and of several files: those that are fine are added whatever is wrong with others.
	large := append(pdf("kartta"), bytes.Repeat([]byte("x"), 2*maxBody)...)
	uploaded(v, action, map[string][]byte{"Kartta Åbo.pdf": large, "tyhjä.pdf": nil, "ohjelma.exe": []byte("MZ\x90\x00 not a document"), "sivu.html": []byte("<!doctype html><script>alert(1)</script>")})
	if v.answer.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("%d, want 422", v.answer.StatusCode)
	}
	v.mustSay(text(v.one("errors")), "tyhjä.pdf on tyhjä", "ohjelma.exe on tiedosto, jonka muotoa ei tunnistettu", "sivu.html")
	c = w.read(elina, c.ID)
	if len(c.Attachments) != 1 || c.Attachments[0].Name != "Kartta Åbo.pdf" || c.Attachments[0].Size != int64(len(large)) {
		t.Fatalf("added: %+v", c.Attachments)
	}
	document := here + "/" + c.Attachments[0].ID
	v.get(document, http.StatusOK)
	for name, want := range map[string]string{"Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": pdfPolicy,
		"Content-Disposition": "inline; filename*=utf-8''Kartta%20%C3%85bo.pdf", "ETag": `"` + c.Attachments[0].SHA256 + `"`, "Cache-Control": "private, no-cache"} {
		if got := v.answer.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	r := httptest.NewRequest(http.MethodGet, document, nil)
	r.Header.Set("Range", "bytes=0-7")
	if v.do(r); v.answer.StatusCode != http.StatusPartialContent || v.body != "%PDF-1.4" {
		t.Errorf("the first eight bytes: %d %q", v.answer.StatusCode, cut(v.body, 20))
	}
	r = httptest.NewRequest(http.MethodGet, document, nil)
	r.Header.Set("If-None-Match", `"`+c.Attachments[0].SHA256+`"`)
	if v.do(r); v.answer.StatusCode != http.StatusNotModified {
		t.Errorf("known already: %d", v.answer.StatusCode)
	}
	w.login("citizen").get(document, http.StatusNotFound)

	// A script sends one file and gets the card back.
	uploaded(v, action, map[string][]byte{"kuva.png": png}, "X-Part", "slot")
	if v.answer.StatusCode != http.StatusOK || len(v.class("slot")) != 1 || !strings.Contains(text(v.class("slot")[0]), "kuva.png") {
		t.Errorf("the card: %d %s", v.answer.StatusCode, cut(v.body, 300))
	}

	v.post(here+"/remove", url.Values{"id": {c.Attachments[0].ID}}).follow()
	v.mustSay(text(v.one("removed")), "Poistettu: Kartta Åbo.pdf", "Kumoa")
	if got := w.read(elina, c.ID); len(got.Attachments) != 1 {
		t.Errorf("%d documents left", len(got.Attachments))
	}
	v.post(here+"/restore", url.Values{"id": {c.Attachments[0].ID}}).follow()
	v.mustSay(text(v.one("main")), "Kartta Åbo.pdf", "2 tiedostoa")

	uploaded(v, here+"?slot=nothing", map[string][]byte{"a.pdf": pdf("a")})
	if v.answer.StatusCode != http.StatusNotFound {
		t.Errorf("a slot that nobody asks for: %d", v.answer.StatusCode)
	}
	uploaded(v, action, nil)
	v.mustSay(text(v.one("errors")), "Valitse ensin tiedosto")
}

func TestAFieldThatTakesAFile(t *testing.T) {
	w := newWorld(t)
	elina := w.actor("representative", aurajoki)
	answers := smallConcert()
	answers["films"], answers["adults_only_show"] = "unclassified", false
	c := w.open(elina, "Elokuvailta", answers)
	st, err := w.cases.Service.Standing(c, definitions.Finnish)
	if err != nil {
		t.Fatal(err)
	}
	var key, section string
	for _, s := range st.Union.Sections {
		for _, f := range s.Fields {
			if f.Control == forms.FileControl {
				key, section = f.Key, s.ID
			}
		}
	}
	name := st.Union.Field(key).Name
	v := w.loginFor("representative", aurajoki)
	v.get(sectionPath(c.ID, section), http.StatusOK)
	fillIn(v, "do=update", map[string]string{strings.TrimSuffix(name, ":programme_file") + ":list_given": "file"}).follow()
	if v.one(name) == nil {
		t.Fatalf("the field %s is not shown", name)
	}
	fillIn(v, "file="+key, nil).follow()
	upload := find(v.one("main"), func(n *html.Node) bool { return has(n, "data-upload") })
	if len(upload) != 1 || len(v.class("slot")) != 1 {
		t.Fatalf("%d places to add a file to", len(upload))
	}
	action := attr(upload[0], "action")
	uploaded(v, action, map[string][]byte{"ohjelma.png": png})
	v.mustSay(text(v.one("errors")), "ohjelma.png on PNG-tiedosto. Tähän käyvät: PDF, XLSX, ODS, CSV.")
	uploaded(v, action, map[string][]byte{"ohjelma.pdf": pdf("ohjelma")}).follow()
	c = w.read(elina, c.ID)
	if len(c.Attachments) != 1 || c.Data[key] != c.Attachments[0].ID {
		t.Fatalf("the field has %v, the case %d documents", c.Data[key], len(c.Attachments))
	}
	v.get(sectionPath(c.ID, section), http.StatusOK)
	v.mustSay(text(v.one("f:"+name)), "ohjelma.pdf")
	v.post("/fi/my/"+c.ID+"/attachments/remove", url.Values{"id": {c.Attachments[0].ID}}).follow()
	v.mustSay(text(v.one("removed")), "ohjelma.pdf")
	if got := w.read(elina, c.ID).Data[key]; got != nil {
		t.Errorf("after removing, the field has %v", got)
	}
	v.post("/fi/my/"+c.ID+"/attachments/restore", url.Values{"id": {c.Attachments[0].ID}}).follow()
	if got := w.read(elina, c.ID); got.Data[key] != got.Attachments[0].ID {
		t.Errorf("after undoing, the field has %v", got.Data[key])
	}
	uploaded(v, "/fi/my/"+c.ID+"/attachments?slot="+url.QueryEscape("term/organiser.name"), map[string][]byte{"a.pdf": pdf("a")})
	if v.answer.StatusCode != http.StatusNotFound {
		t.Errorf("a file for a field that takes none: %d", v.answer.StatusCode)
	}
}

// TestValuesAtAPath holds how a file is put into a value and taken out of it again.
func TestValuesAtAPath(t *testing.T) {
	put := func(any) any { return "file" }
	take := func(any) any { return nil }
	for _, c := range []struct {
		value any
		path  []string
		do    func(any) any
		want  string
	}{
		{nil, nil, put, `"file"`},
		{"old", nil, take, `null`},
		{nil, []string{"plan"}, put, `{"plan":"file"}`},
		{map[string]any{"plan": "old"}, []string{"plan"}, take, `null`},
		{[]any{map[string]any{"name": "A"}}, []string{"0", "card"}, put, `[{"card":"file","name":"A"}]`},
		{[]any{map[string]any{"name": "A"}}, []string{"1", "card"}, put, `[{"name":"A"},{"card":"file"}]`},
		{[]any{map[string]any{"name": "A"}}, []string{"7", "card"}, put, `[{"name":"A"}]`},
		{map[string]any{"a/b": "old"}, []string{"a~1b"}, put, `{"a/b":"file"}`},
	} {
		got, err := json.Marshal(changedAt(c.value, c.path, c.do))
		if err != nil || string(got) != c.want {
			t.Errorf("%v at %v: %s, want %s", c.value, c.path, got, c.want)
		}
	}
}

// TestASlowUploadIsWaitedFor sends a document more slowly than the server lets a form come.
func TestASlowUploadIsWaitedFor(t *testing.T) {
	w := newWorld(t)
	elina := w.actor("representative", aurajoki)
	c := w.open(elina, "Kesäkonsertti", festival())
	v := w.loginFor("representative", aurajoki).get("/fi/my/"+c.ID+"/attachments", http.StatusOK)
	action := attr(find(v.one("main"), func(n *html.Node) bool { return has(n, "data-upload") })[0], "action")
	const patience = 300 * time.Millisecond
	server := httptest.NewUnstartedServer(w.handler)
	server.Config.ReadTimeout, server.Config.WriteTimeout = patience, patience
	server.Start()
	defer server.Close()

	body, pipe := io.Pipe()
	form := multipart.NewWriter(pipe)
	go func() {
		part, err := form.CreateFormFile("file", "hidas.pdf")
		for i := 0; err == nil && i < 10; i++ {
			_, err = part.Write(bytes.Repeat(pdf("hidas"), 5000))
			time.Sleep(patience / 3)
		}
		if err == nil {
			err = form.Close()
		}
		pipe.CloseWithError(err)
	}()
	r, err := http.NewRequest(http.MethodPost, server.URL+action, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for _, cookie := range v.handler.(*browser).cookies {
		r.AddCookie(&http.Cookie{Name: cookie.Name, Value: cookie.Value})
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }() // nothing of it is read
	if answer.StatusCode != http.StatusSeeOther {
		t.Errorf("%d, want 303", answer.StatusCode)
	}
	if got := w.read(elina, c.ID).Attachments; len(got) != 1 || got[0].Size != int64(10*5000*len(pdf("hidas"))) {
		t.Errorf("received: %+v", got)
	}
}

func TestEveryFaultOfAFileIsSaidInWords(t *testing.T) {
	w := newWorld(t)
	elina := w.actor("representative", aurajoki)
	c := w.open(elina, "Kesäkonsertti", smallConcert())
	st, err := w.cases.Service.Standing(c, definitions.Swedish)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{log: slog.New(slog.DiscardHandler)}
	v := &caseVisit{member: member{texts: locale.In(definitions.Swedish), actor: elina}, c: c, standing: st}
	said := map[string]bool{}
	for _, fault := range []struct {
		err  error
		says string
	}{
		{&content.TooLargeError{Limit: content.Limit}, "högst 100 MB"},
		{fmt.Errorf("%w: %w", content.ErrCut, &http.MaxBytesError{}), "för mycket på en gång"},
		{&content.KindError{Found: "docx", Accept: []string{"pdf", "png"}}, "DOCX-fil. Här duger: PDF, PNG"},
		{&content.KindError{Accept: []string{"pdf"}}, "format inte känns igen"},
		{&content.InfectedError{Found: "Eicar"}, "skadligt program"},
		{content.ErrEmpty, "är tom"},
		{fmt.Errorf("%w: no answer", content.ErrScanner), "filer inte kan kontrolleras"},
		{fmt.Errorf("%w: no space", content.ErrFull), "lagringsutrymme är fullt"},
		{fmt.Errorf("%w: unexpected EOF", content.ErrCut), "kom inte fram i sin helhet"},
	} {
		text := s.fileFault(v, "karta.pdf", fault.err)
		if !strings.Contains(text, fault.says) || said[text] || strings.Contains(text, "Eicar") {
			t.Errorf("%v is said as %q", fault.err, text)
		}
		said[text] = true
	}
}

// What the holder wrote in an earlier case is offered in the next one, with where it is from; a colleague's other company's case is not.
func TestAnEarlierCaseOffersWhatItHas(t *testing.T) {
	w := newWorld(t)
	elina := w.actor("representative", aurajoki)
	first := w.open(elina, "Viime vuoden konsertti", smallConcert())
	if _, err := w.cases.Service.Save(t.Context(), elina, first.ID, casefile.Save{Base: first.Seq, Changes: forms.Data{"term/safety.name": "Tiina Turva"}}); err != nil {
		t.Fatal(err)
	}
	next := w.open(elina, "Tämän vuoden konsertti", smallConcert())
	v := w.loginFor("representative", aurajoki)
	v.get("/fi/my/"+next.ID, http.StatusOK)
	got := w.read(elina, next.ID).Values["term/safety.name"]
	if got == nil || got.Value != "Tiina Turva" || got.Source == nil {
		t.Fatalf("the next case has %+v", got)
	}
	v.get("/fi/my/"+next.ID+"/form/common-safety", http.StatusOK)
	v.mustSay(v.body, "Tiina Turva", "Aiempi asiointisi")
	own := w.actor("representative", "")
	private := w.open(own, "Oma konsertti", smallConcert())
	w.login("representative").get("/fi/my/"+private.ID, http.StatusOK)
	if got := w.read(own, private.ID).Values["term/safety.name"]; got != nil {
		t.Errorf("a private case was given what is the company's: %+v", got)
	}
}
