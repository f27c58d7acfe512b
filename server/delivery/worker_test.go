package delivery_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"luvat/definitions"
	"luvat/engine"
	"luvat/forms"
	"luvat/server/casefile"
	"luvat/server/delivery"
	"luvat/server/delivery/mail"
	"luvat/server/delivery/webhook"
	"luvat/server/edition"
	"luvat/server/store"
	"luvat/server/store/boltstore"
)

// fetes is the engine over the small bundle that the tests of package casefile have too.
var fetes = sync.OnceValues(func() (*engine.Engine, error) {
	files := fstest.MapFS{}
	for _, tree := range []struct {
		from fs.FS
		dirs []string
	}{{definitions.Embedded().FS, []string{"shared"}}, {os.DirFS("../casefile/testdata"), []string{"shared", "bundles"}}} {
		for _, dir := range tree.dirs {
			err := fs.WalkDir(tree.from, dir, func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), "registers") {
					return err
				}
				text, err := fs.ReadFile(tree.from, path)
				files[path] = &fstest.MapFile{Data: text}
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	lib, found := definitions.Load(definitions.Root{Name: "test", FS: files})
	if found.HasErrors() {
		return nil, fmt.Errorf("%v", found)
	}
	e, found := engine.Compile(lib)
	if found.HasErrors() {
		return nil, fmt.Errorf("%v", found)
	}
	return e, nil
})

// system is an authority's system that answers as it is told and remembers what it took.
type system struct {
	t      *testing.T
	mu     sync.Mutex
	answer func(w http.ResponseWriter) // nil: it takes everything
	taken  []string                    // ids of events, in the order of taking
	bodies map[string]map[string]any
}

func (s *system) set(answer func(http.ResponseWriter)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

func (s *system) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Error(err)
	}
	verifier, err := standardwebhooks.NewWebhook(secret)
	if err == nil {
		err = verifier.VerifyIgnoringTimestamp(body, r.Header)
	}
	if err != nil {
		s.t.Errorf("the library of the standard refuses the event: %v", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.answer != nil {
		s.answer(w)
		return
	}
	var event map[string]any
	if err := json.Unmarshal(body, &event); err != nil {
		s.t.Error(err)
	}
	s.taken = append(s.taken, fmt.Sprint(event["id"]))
	s.bodies[fmt.Sprint(event["id"])] = event
}

const (
	secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	police = "pol-lounais-suomi"
	rescue = "pel-varsinais-suomi"
)

// world is a worker with all that it needs: a store in a file, a system of the police, a mailbox for everybody else.
type world struct {
	*delivery.Worker
	t       *testing.T
	ctx     context.Context
	now     time.Time
	store   store.Store
	cases   *casefile.Service
	dir     *delivery.Directory
	system  *system
	letters *letters
}

// letters are a mailbox that can be down.
type letters struct {
	mu     sync.Mutex
	fault  error
	taken  []mail.Letter
	before int
}

func (l *letters) Send(_ context.Context, x mail.Letter) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fault != nil {
		l.before++
		return l.fault
	}
	l.taken = append(l.taken, x)
	return nil
}

var maija = casefile.Actor{Account: "acc-maija", Name: "Maija Virtanen"}

func newWorld(t *testing.T) *world {
	t.Helper()
	e, err := fetes()
	if err != nil {
		t.Fatalf("%.1000s", err)
	}
	w := &world{t: t, ctx: t.Context(), now: time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC), system: &system{t: t, bodies: map[string]map[string]any{}}, letters: &letters{}}
	clock := func() time.Time { return w.now }
	s, err := boltstore.Open(filepath.Join(t.TempDir(), "luvat.db"))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(w.system)
	t.Cleanup(func() {
		server.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	w.store = s
	keeper, err := edition.New(w.ctx, s, e)
	if err != nil {
		t.Fatal(err)
	}
	key, err := webhook.ParseSecret(secret)
	if err != nil {
		t.Fatal(err)
	}
	w.dir = delivery.NewDirectory(s, map[string]delivery.Channel{
		police: {Authority: police, Kind: casefile.Integration, Endpoint: webhook.Endpoint{Address: server.URL, Secrets: []webhook.Secret{key}}},
		rescue: {Authority: rescue, Kind: casefile.Light, Email: "pelastus@example.fi", Lang: definitions.Swedish},
	}, clock)
	w.cases = casefile.New(s, keeper, w.dir, clock, rand.Reader)
	w.Worker = delivery.New(delivery.Config{Store: s, Cases: w.cases, Editions: keeper, Directory: w.dir, Events: webhook.NewSender(time.Second, clock, nil),
		Letters: w.letters, BaseURL: "https://luvat.example.fi", Operator: "operator@example.fi", Clock: clock,
		Account: func(_ context.Context, id string) (delivery.Account, error) {
			if id != maija.Account {
				return delivery.Account{}, errors.New("somebody else was asked for")
			}
			return delivery.Account{Email: "maija@example.fi", Lang: definitions.Finnish}, nil
		}})
	return w
}

const sum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// sent is a case of two filings, sent: a notice to the police and a plan to the rescue department.
func (w *world) sent() *casefile.Case {
	w.t.Helper()
	c, err := w.cases.Open(w.ctx, maija, casefile.Open{Bundle: "fete", Lang: definitions.Finnish, Title: "Kyläjuhla",
		Answers: map[string]any{"town": "853", "opens": "2026-08-15", "visitors": 300.0, "lasers": false, "private_land": false}})
	if err == nil {
		c, err = w.cases.Save(w.ctx, maija, c.ID, casefile.Save{Base: c.Seq, Changes: forms.Data{
			"term/organiser.name": "Kyläyhdistys ry", "form/notice/summary": "Kyläjuhla rannassa", "form/rescue/exits": 4.0}})
	}
	if err == nil {
		c, _, err = w.cases.Attach(w.ctx, maija, c.ID, casefile.File{Slot: "site_map", Name: "kartta.pdf", Type: "application/pdf", Size: 10, SHA256: sum})
	}
	var check *casefile.Check
	if err == nil {
		check, err = w.cases.Check(w.ctx, maija, c.ID, definitions.Finnish)
	}
	var sending *casefile.Sending
	if err == nil {
		sending, err = w.cases.Submit(w.ctx, maija, c.ID, casefile.Submit{Ticket: check.Ticket, Lang: definitions.Finnish})
	}
	if err != nil {
		w.t.Fatalf("%v %+v", err, check)
	}
	return sending.Case
}

// work does all that is due.
func (w *world) work() int {
	w.t.Helper()
	n, err := w.Once(w.ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *world) read(c *casefile.Case) *casefile.Case {
	w.t.Helper()
	c, err := w.cases.Read(w.ctx, maija, c.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func filing(c *casefile.Case, authority string) *casefile.Filing {
	i := slices.IndexFunc(c.Filings, func(f *casefile.Filing) bool { return f.Authority.ID == authority })
	return c.Filings[i]
}

func TestBothChannels(t *testing.T) {
	w := newWorld(t)
	c := w.sent()
	if n := w.work(); n != 3 {
		t.Errorf("%d pieces of work; want a filing, an alert and a receipt", n)
	}
	if n := w.work(); n != 0 {
		t.Errorf("%d pieces of work are left", n)
	}
	c = w.read(c)
	f := filing(c, police)
	if len(w.system.taken) != 1 || w.system.taken[0] != f.ID+"/1" || !f.Reached(1) {
		t.Fatalf("the system of the police has %v; reached: %v", w.system.taken, f.Reached(1))
	}
	event := w.system.bodies[f.ID+"/1"]
	data := event["data"].(map[string]any)
	if event["type"] != delivery.FilingSubmitted || data["reference"] != c.Reference || data["requirement"] != "notice" || data["version"] != 1.0 {
		t.Errorf("the event: %v", event)
	}
	values, err := json.Marshal(data["data"])
	if want := `{"organiser":"Kyläyhdistys ry","summary":"Kyläjuhla rannassa","visitors":300}`; string(values) != want || err != nil {
		t.Errorf("the police got %s; want %s", values, want)
	}
	schema, err := forms.NewValidator(data["schema"])
	if err != nil || !schema.Valid(data["data"]) {
		t.Errorf("the data do not follow the schema that came with them (%v)", err)
	}
	attached := data["attachments"].([]any)[0].(map[string]any)
	link, err := url.Parse(attached["href"].(string))
	if err != nil || link.Path != delivery.AttachmentPath(f.ID, attached["id"].(string)) || attached["sha256"] != sum {
		t.Fatalf("the attachment: %v, %v", attached, err)
	}
	id := attached["id"].(string)
	if !w.dir.CheckLink(police, f.ID, id, link.Query()) {
		t.Error("the link of the event does not open the document")
	}
	for name, open := range map[string]bool{
		"another document":  w.dir.CheckLink(police, f.ID, "other", link.Query()),
		"another filing":    w.dir.CheckLink(police, f.ID+"9", id, link.Query()),
		"another authority": w.dir.CheckLink(rescue, f.ID, id, link.Query()),
		"a longer time":     w.dir.CheckLink(police, f.ID, id, url.Values{"until": {"99999999999"}, "signature": link.Query()["signature"]}),
		"nothing":           w.dir.CheckLink(police, f.ID, id, url.Values{}),
	} {
		if open {
			t.Errorf("the link opens %s", name)
		}
	}
	w.now = w.now.Add(15 * 24 * time.Hour)
	if w.dir.CheckLink(police, f.ID, id, link.Query()) {
		t.Error("the link opens for ever")
	}
	w.lettersAre(c)
}

// lettersAre checks the alert and the receipt: their readers, their language, and that nothing of the case is in them.
func (w *world) lettersAre(c *casefile.Case) {
	w.t.Helper()
	by := map[string]mail.Letter{}
	for _, l := range w.letters.taken {
		by[l.To] = l
		for _, secret := range []string{"Kyläyhdistys", "Kyläjuhla", "Maija", "rannassa"} {
			if strings.Contains(l.Subject+l.Text, secret) {
				w.t.Errorf("the letter to %s says %q:\n%s", l.To, secret, l.Text)
			}
		}
	}
	plan := filing(c, rescue)
	alert, receipt := by["pelastus@example.fi"], by["maija@example.fi"]
	if alert.Lang != "sv" || !strings.Contains(alert.Text, "Räddningsplan") || !strings.Contains(alert.Text, "https://luvat.example.fi/sv/office/"+plan.ID) || !plan.Reached(1) {
		w.t.Errorf("the alert: %+v", alert)
	}
	if receipt.Lang != "fi" || !strings.Contains(receipt.Subject, c.Reference) || !strings.Contains(receipt.Text, "https://luvat.example.fi/fi/my/"+c.ID) {
		w.t.Errorf("the receipt: %+v", receipt)
	}
}

func TestASystemThatFailsForAWhile(t *testing.T) {
	w := newWorld(t)
	status := func(code int, header ...string) func(http.ResponseWriter) {
		return func(r http.ResponseWriter) {
			for i := 0; i+1 < len(header); i += 2 {
				r.Header().Set(header[i], header[i+1])
			}
			r.WriteHeader(code)
		}
	}
	hang := func(r http.ResponseWriter) {
		conn, _, err := r.(http.Hijacker).Hijack()
		if err == nil {
			_, _ = conn.Write([]byte("HTTP/1.1 "))
			_ = conn.Close()
		}
	}
	c := w.sent()
	for i, answer := range []func(http.ResponseWriter){status(500), hang, status(429, "Retry-After", "7200"), status(404)} {
		w.system.set(answer)
		w.work()
		if f := filing(w.read(c), police); f.Reached(1) || f.Trouble() == nil || f.Trouble().GaveUp || len(f.Deliveries) != 1 {
			t.Errorf("after failure %d: %+v", i+1, f.Deliveries)
		}
		due, ok, err := w.store.NextDue(w.ctx, casefile.DeliverQueue)
		if err != nil || !ok || !due.After(w.now) {
			t.Fatalf("after failure %d the next attempt is at %v (%v, %v)", i+1, due, ok, err)
		}
		if i == 2 && due.Sub(w.now) < 2*time.Hour {
			t.Errorf("the system asked for two hours, and is tried after %s", due.Sub(w.now))
		}
		w.now = due
	}
	w.system.set(nil)
	w.work()
	f := filing(w.read(c), police)
	if !f.Reached(1) || f.Trouble() != nil || len(w.system.taken) != 1 {
		t.Errorf("taken %v, deliveries %+v", w.system.taken, f.Deliveries)
	}
}

func TestWhatIsGivenUpWaitsAndGoesOn(t *testing.T) {
	w := newWorld(t)
	w.system.set(func(r http.ResponseWriter) { r.WriteHeader(http.StatusBadGateway) })
	c := w.sent()
	for attempt := 0; ; attempt++ {
		w.work()
		due, ok, err := w.store.NextDue(w.ctx, casefile.DeliverQueue)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			break
		}
		if attempt > webhook.Attempts {
			t.Fatal("it is never given up")
		}
		w.now = due
	}
	f := filing(w.read(c), police)
	if f.Trouble() == nil || !f.Trouble().GaveUp || len(f.Deliveries) != 2 {
		t.Errorf("the ledger tells of the first failure and of the end: %+v", f.Deliveries)
	}
	dead, err := w.store.Dead(w.ctx, casefile.DeliverQueue, store.Page{})
	if err != nil || len(dead) != 1 || dead[0].Attempt != webhook.Attempts || dead[0].Error != "the system answered 502 Bad Gateway" {
		t.Fatalf("given up: %+v, %v", dead, err)
	}
	w.system.set(nil)
	if err := w.Revive(w.ctx, dead[0].ID); err != nil {
		t.Fatal(err)
	}
	w.work()
	if f := filing(w.read(c), police); !f.Reached(1) || f.Trouble() != nil || len(w.system.taken) != 1 {
		t.Errorf("after the revival: taken %v, %+v", w.system.taken, f.Deliveries)
	}
}

func TestASystemThatWantsNothingMore(t *testing.T) {
	w := newWorld(t)
	w.system.set(func(r http.ResponseWriter) { r.WriteHeader(http.StatusGone) })
	first, second := w.sent(), w.sent()
	w.work()
	stops, err := w.dir.AllStopped(w.ctx)
	if err != nil || len(stops) != 1 || stops[0].Authority != police {
		t.Fatalf("stopped: %+v, %v", stops, err)
	}
	told := 0
	for _, l := range w.letters.taken {
		if l.To == "operator@example.fi" {
			told++
		}
	}
	if told != 1 {
		t.Errorf("the operator was told %d times", told)
	}
	w.system.set(nil)
	third := w.sent()
	w.work()
	if len(w.system.taken) != 0 {
		t.Errorf("a system that wants nothing more was sent %v", w.system.taken)
	}
	if err := w.dir.Start(w.ctx, police); err != nil {
		t.Fatal(err)
	}
	dead, err := w.store.Dead(w.ctx, casefile.DeliverQueue, store.Page{})
	if err != nil || len(dead) != 3 {
		t.Fatalf("given up: %+v, %v", dead, err)
	}
	for _, x := range dead {
		if err := w.Revive(w.ctx, x.ID); err != nil {
			t.Fatal(err)
		}
	}
	w.work()
	for _, c := range []*casefile.Case{first, second, third} {
		if f := filing(w.read(c), police); !f.Reached(1) {
			t.Errorf("filing %s has not arrived: %+v", f.ID, f.Deliveries)
		}
	}
}

func TestWhatIsOfOneFilingKeepsItsOrder(t *testing.T) {
	w := newWorld(t)
	w.system.set(func(r http.ResponseWriter) { r.WriteHeader(http.StatusInternalServerError) })
	c := w.sent()
	f := filing(c, police)
	w.work()
	c, err := w.cases.Save(w.ctx, maija, c.ID, casefile.Save{Base: c.Seq, Changes: forms.Data{"form/notice/summary": "Kyläjuhla torilla"}})
	if err != nil {
		t.Fatal(err)
	}
	token, err := w.cases.NewToken()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.cases.Change(w.ctx, maija, c.ID, casefile.Change{Token: token, Lang: definitions.Finnish}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.cases.Message(w.ctx, maija, c.ID, casefile.Send{Filing: f.ID, Text: "Vaihdoimme paikkaa."}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.cases.Withdraw(w.ctx, maija, c.ID, casefile.Withdraw{Filings: []string{f.ID}, Reason: "Sade"}); err != nil {
		t.Fatal(err)
	}
	w.system.set(nil)
	w.work() // the first attempt waits for its time, and everything behind it with it
	if len(w.system.taken) != 0 {
		t.Fatalf("something overtook the filing: %v", w.system.taken)
	}
	w.now = w.now.Add(time.Minute)
	for w.work() > 0 {
	}
	var types []string
	for _, id := range w.system.taken {
		types = append(types, fmt.Sprint(w.system.bodies[id]["type"]))
	}
	if want := []string{delivery.FilingSubmitted, delivery.FilingChanged, delivery.MessageSent, delivery.FilingWithdrawn}; !slices.Equal(types, want) {
		t.Errorf("the system got %v; want %v", types, want)
	}
	changed := w.system.bodies[f.ID+"/2"]["data"].(map[string]any)["changes"].(map[string]any)
	if fields := fmt.Sprint(changed["fields"]); fields != "[/summary]" {
		t.Errorf("changed fields: %s", fields)
	}
}

func TestAMailServerThatIsDown(t *testing.T) {
	w := newWorld(t)
	w.letters.fault = errors.New("dial tcp: connection refused")
	c := w.sent()
	w.work()
	if f := filing(w.read(c), rescue); f.Reached(1) || f.Trouble() == nil || f.Trouble().Failed != "the mail server could not take the letter" {
		t.Errorf("%+v", f.Deliveries)
	}
	w.letters.fault = nil
	w.now = w.now.Add(time.Minute)
	w.work()
	if f := filing(w.read(c), rescue); !f.Reached(1) || len(w.letters.taken) != 2 {
		t.Errorf("%+v; letters %d", f.Deliveries, len(w.letters.taken))
	}
	w.letters.fault = &mail.RefusedError{Reason: "550 5.1.1"}
	c = w.sent()
	w.work()
	if f := filing(w.read(c), rescue); f.Trouble() == nil || !f.Trouble().GaveUp {
		t.Errorf("a letter that will never be taken is tried again: %+v", f.Deliveries)
	}
}

func TestRunningWorkersShareTheWork(t *testing.T) {
	w := newWorld(t)
	ctx, stop := context.WithCancel(w.ctx)
	var workers sync.WaitGroup
	for range 3 {
		workers.Go(func() { delivery.New(w.Config).Run(ctx) })
	}
	var cases []*casefile.Case
	for range 10 {
		cases = append(cases, w.sent())
	}
	arrived := func() bool {
		return !slices.ContainsFunc(cases, func(c *casefile.Case) bool {
			c = w.read(c)
			return !filing(c, police).Reached(1) || !filing(c, rescue).Reached(1)
		})
	}
	for deadline := time.Now().Add(20 * time.Second); !arrived(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not everything has arrived after 20 seconds")
		}
	}
	stop()
	workers.Wait()
	slices.Sort(w.system.taken)
	if len(w.system.taken) != 10 || len(slices.Compact(slices.Clone(w.system.taken))) != 10 {
		t.Errorf("the system took %v", w.system.taken)
	}
}
