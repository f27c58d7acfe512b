package cmd_test

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"luvat/definitions"
	"luvat/engine"
	"luvat/server"
	"luvat/server/casefile"
	"luvat/server/content"
	"luvat/server/store"
	"luvat/server/store/boltstore"
)

// kills is how often the server is killed: LUVAT_KILLS, or enough to notice a fault that is not rare.
func kills(t *testing.T) int {
	text := os.Getenv("LUVAT_KILLS")
	if text == "" {
		return 12
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("LUVAT_KILLS=%s is no number of kills", text)
	}
	return n
}

const (
	killSecret  = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	killPolice  = "pol-lounais-suomi"
	killRescue  = "pel-varsinais-suomi"
	killClients = 6
)

// TestKill kills the server with SIGKILL at random instants while customers begin cases, fill them in, add documents and send them, and
// authorities take what is sent. Afterwards: everything that a customer was told to be sent is there, whole, and has reached each of its
// authorities exactly once by its id; what nobody was told of is whole or absent; every ledger's chain of hashes is unbroken; and every
// document that a ledger names has the content that its sum says.
func TestKill(t *testing.T) {
	h := newHarness(t, killClients, filepath.Join(t.TempDir(), "data"))
	rounds := kills(t)
	began := time.Now()
	for round := 1; round <= rounds; round++ {
		h.start()
		time.Sleep(time.Duration(30+rand.IntN(450)) * time.Millisecond)
		h.kill()
		if round%50 == 0 {
			t.Logf("%d kills in %s: %d cases sent, %d documents, %d events taken", round, time.Since(began).Round(time.Second), len(h.acks()), h.documents.Load(), h.taken())
		}
	}
	h.stopClients()
	h.settle()
	h.finish()
	h.verify()
	t.Logf("%d kills in %s: %d cases were sent and acknowledged, %d documents; the system of the police took %d events, of them %d again", rounds,
		time.Since(began).Round(time.Second), len(h.acks()), h.documents.Load(), h.taken(), h.again.Load())
	if least := rounds / 4; len(h.acks()) < least {
		t.Errorf("only %d cases were sent in %d rounds: the test hardly tests anything", len(h.acks()), rounds)
	}
}

// harness is a server that is killed, and those who use it.
type harness struct {
	t       *testing.T
	binary  string
	data    string
	address string
	args    []string
	process *exec.Cmd
	output  *bytes.Buffer
	police  *httptest.Server

	mu        sync.Mutex
	up        bool
	acked     []acknowledged
	events    map[string][]byte // by id: the data, without the addresses of documents, which are signed anew each time
	again     atomic.Int64
	documents atomic.Int64
	stop      chan struct{}
	clients   sync.WaitGroup
}

// acknowledged is a case of which a customer was told that it has been sent.
type acknowledged struct {
	id       string
	summary  string
	document string // the content of its document
}

func newHarness(t *testing.T, clients int, data string) *harness {
	t.Helper()
	h := &harness{t: t, data: data, events: map[string][]byte{}, stop: make(chan struct{}), output: &bytes.Buffer{}}
	h.binary = filepath.Join(t.TempDir(), "luvat")
	if out, err := exec.Command("go", "build", "-o", h.binary, "./luvat").CombinedOutput(); err != nil {
		t.Fatalf("the program cannot be built: %v\n%s", err, out)
	}
	h.police = httptest.NewServer(http.HandlerFunc(h.take))
	t.Cleanup(h.police.Close)
	channels := filepath.Join(t.TempDir(), "channels.yaml")
	text := fmt.Sprintf("channels:\n  %s: {integration: %q, secret: police}\n  %s: {light: pelastus@example.fi, language: fi}\n", killPolice, h.police.URL, killRescue)
	if err := os.WriteFile(channels, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.address = l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	h.args = []string{"serve", "--definitions", "../server/casefile/testdata", "--dev", "--addr", h.address, "--data", h.data, "--channels", channels}
	for i := range clients {
		h.clients.Go(func() { h.customer(i) })
	}
	return h
}

// take is the system of the police: it is told of some things twice, and must be able to tell.
func (h *harness) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the sender was killed
	}
	verifier, err := standardwebhooks.NewWebhook(killSecret)
	if err == nil {
		err = verifier.VerifyIgnoringTimestamp(body, r.Header) // finish lets days pass
	}
	var event struct {
		ID   string
		Data map[string]any
	}
	if err == nil {
		err = json.Unmarshal(body, &event)
	}
	if err != nil {
		h.t.Errorf("an event that cannot be taken: %v", err)
		return
	}
	delete(event.Data, "attachments")
	data, err := json.Marshal(event.Data)
	if err != nil {
		h.t.Error(err)
	}
	if rand.IntN(20) == 0 && !h.stopped() { // it is not always well either
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	before, had := h.events[event.ID]
	if had {
		h.again.Add(1)
		if !bytes.Equal(before, data) {
			h.t.Errorf("event %s came twice, with different data:\n%s\n%s", event.ID, before, data)
		}
	}
	h.events[event.ID] = data
}

func (h *harness) taken() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.events)
}

func (h *harness) acks() []acknowledged {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]acknowledged(nil), h.acked...)
}

// start starts the server and waits until it serves.
func (h *harness) start() {
	h.t.Helper()
	h.output.Reset()
	h.process = exec.Command(h.binary, h.args...)
	h.process.Env = append(os.Environ(), "LUVAT_SECRET_POLICE="+killSecret)
	h.process.Stderr = h.output
	if err := h.process.Start(); err != nil {
		h.t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		answer, err := http.Get("http://" + h.address + "/healthz")
		if err == nil {
			_ = answer.Body.Close()
			break
		}
		if time.Now().After(deadline) {
			_ = h.process.Process.Kill()
			_ = h.process.Wait()
			h.t.Fatalf("the server does not start:\n%s", h.output)
		}
	}
	h.mu.Lock()
	h.up = true
	h.mu.Unlock()
}

func (h *harness) kill() {
	h.t.Helper()
	if err := h.process.Process.Kill(); err != nil { // SIGKILL
		h.t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := h.process.Wait(); !errors.As(err, &exit) || exit.Exited() {
		h.t.Fatalf("the server ended by itself: %v\n%s", err, h.output)
	}
	h.mu.Lock()
	h.up = false
	h.mu.Unlock()
}

func (h *harness) stopClients() {
	close(h.stop)
	h.clients.Wait()
}

func (h *harness) stopped() bool {
	select {
	case <-h.stop:
		return true
	default:
		return false
	}
}

// customer begins, fills in and sends one case after another, with a browser whose session outlives the server.
func (h *harness) customer(number int) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Error(err)
		return
	}
	v := &visitor{h: h, client: &http.Client{Jar: jar, Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	loggedIn := false
	for i := 0; !h.stopped(); i++ {
		if !loggedIn {
			loggedIn = v.login([]string{"citizen", "consultant", "eidas"}[number%3]) == nil
			if !loggedIn {
				time.Sleep(10 * time.Millisecond)
				continue
			}
		}
		a := acknowledged{summary: fmt.Sprintf("Kyläjuhla numero %d/%d", number, i), document: fmt.Sprintf("%%PDF-1.7\n%% %d %d %s\n%%%%EOF\n", number, i, strings.Repeat("x", rand.IntN(200_000)))}
		switch err := v.sendCase(&a); {
		case err == nil:
			h.mu.Lock()
			h.acked = append(h.acked, a)
			h.mu.Unlock()
		case errors.Is(err, errBroken): // the server was killed meanwhile; nothing was acknowledged
			time.Sleep(5 * time.Millisecond)
		default:
			h.t.Errorf("%v", err)
			return
		}
	}
}

// errBroken says that the server went away.
var errBroken = errors.New("the server went away")

type visitor struct {
	h      *harness
	client *http.Client
}

// do sends a request and returns its answer; errBroken when there was none, or not a whole one.
func (v *visitor) do(method, path, kind string, body io.Reader) (status int, location, text string, err error) {
	r, err := http.NewRequestWithContext(context.Background(), method, "http://"+v.h.address+path, body)
	if err != nil {
		return 0, "", "", err
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	answer, err := v.client.Do(r)
	if err != nil {
		return 0, "", "", errBroken
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, "", "", errBroken
	}
	return answer.StatusCode, answer.Header.Get("Location"), string(page), nil
}

func (v *visitor) post(path string, form url.Values) (status int, location, text string, err error) {
	return v.do(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// unexpected is an answer that does not lead on.
type unexpected struct {
	what   string
	status int
	page   string
}

func (e *unexpected) Error() string { return fmt.Sprintf("%s: %d\n%.1500s", e.what, e.status, e.page) }

// went checks that an action led on to another page.
func went(what string, status int, page string, err error) error {
	if err == nil && status != http.StatusSeeOther {
		err = &unexpected{what, status, page}
	}
	return err
}

func (v *visitor) login(persona string) error {
	status, location, page, err := v.do(http.MethodGet, "/fi/login/persona", "", nil)
	if err := went("begin to log in", status, page, err); err != nil {
		return err
	}
	to, err := url.Parse(location)
	if err != nil {
		return err
	}
	status, _, page, err = v.post("/login/persona/callback", url.Values{"state": {to.Query().Get("state")}, "persona": {persona}})
	return went("log in", status, page, err)
}

var (
	basePattern   = regexp.MustCompile(`name="base" id="base" value="([0-9]+)"`)
	ticketPattern = regexp.MustCompile(`name="ticket" value="([^"]+)"`)
)

// sendCase does all that a customer does.
func (v *visitor) sendCase(a *acknowledged) error {
	answers := map[string]any{"town": "853", "opens": "2030-08-15", "visitors": 300, "lasers": false, "private_land": false}
	status, location, page, err := v.post("/fi/fete/start", url.Values{"a": {packed(answers)}, "title": {a.summary}})
	if err := went("begin", status, page, err); err != nil {
		return err
	}
	a.id = location[strings.LastIndexByte(location, '/')+1:]
	for section, fields := range map[string]url.Values{
		"common-organiser": {"term:organiser:name": {"Kyläyhdistys ry"}},
		"own-notice":       {"form:notice:summary": {a.summary}},
		"own-rescue":       {"form:rescue:exits": {"4"}},
	} {
		if err := v.fill(location+"/form/"+section, fields); err != nil {
			return err
		}
	}
	if err := v.upload(location, a.document); err != nil {
		return err
	}
	status, _, page, err = v.do(http.MethodGet, location+"/check", "", nil)
	if err != nil {
		return err
	}
	ticket := ticketPattern.FindStringSubmatch(page)
	if status != http.StatusOK || ticket == nil {
		return fmt.Errorf("the check page: %d\n%.3000s", status, page)
	}
	status, receipt, page, err := v.post(location+"/check", url.Values{"ticket": {ticket[1]}})
	if err := went("send", status, page, err); err != nil {
		return err
	}
	if !strings.Contains(receipt, "/receipt/") {
		return fmt.Errorf("sending leads to %s", receipt)
	}
	return nil
}

func (v *visitor) fill(path string, fields url.Values) error {
	status, _, page, err := v.do(http.MethodGet, path, "", nil)
	if err != nil {
		return err
	}
	base := basePattern.FindStringSubmatch(page)
	if status != http.StatusOK || base == nil {
		return fmt.Errorf("the page %s: %d\n%.2000s", path, status, page)
	}
	fields.Set("base", base[1])
	fields.Set("do", "continue")
	for name := range fields {
		if strings.HasPrefix(name, "term:") || strings.HasPrefix(name, "form:") {
			if !strings.Contains(page, `name="`+name+`"`) {
				return fmt.Errorf("the page %s has no field %s:\n%.6000s", path, name, page)
			}
		}
	}
	status, _, page, err = v.post(path, fields)
	return went("fill in "+path, status, page, err)
}

func (v *visitor) upload(location, document string) error {
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, err := m.CreateFormFile("file", "kartta.pdf")
	if err == nil {
		_, err = io.WriteString(part, document)
	}
	if err == nil {
		err = m.Close()
	}
	if err != nil {
		return err
	}
	status, _, page, err := v.do(http.MethodPost, location+"/attachments?slot=site_map", m.FormDataContentType(), &body)
	if err := went("add a document", status, page, err); err != nil {
		return err
	}
	v.h.documents.Add(1)
	return nil
}

// packed writes answers as addresses carry them.
func packed(answers map[string]any) string {
	text, err := json.Marshal(answers)
	if err != nil {
		return ""
	}
	var buf bytes.Buffer
	w, err := flate.NewWriter(&buf, flate.BestCompression)
	if err != nil {
		return ""
	}
	_, _ = w.Write(text) // a bytes.Buffer takes everything
	_ = w.Close()
	return "1" + base64.RawURLEncoding.EncodeToString(buf.Bytes())
}

// settle lets the server do in peace what is left to do, and ends it.
func (h *harness) settle() {
	h.t.Helper()
	h.start()
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(200 * time.Millisecond) {
		missing := 0
		h.mu.Lock()
		for _, a := range h.acked {
			if !h.has(a) {
				missing++
			}
		}
		h.mu.Unlock()
		if missing == 0 {
			break
		}
		if time.Now().After(deadline) {
			h.t.Errorf("%d cases that were sent have not reached the police after two minutes of peace", missing)
			break
		}
	}
	if err := h.process.Process.Signal(os.Interrupt); err != nil {
		h.t.Fatal(err)
	}
	if err := h.process.Wait(); err != nil {
		h.t.Errorf("the server did not end well: %v\n%.2000s", err, h.output)
	}
}

// finish lets days pass, until nothing is left to do: what failed often, because the server was killed while it was being delivered, is
// tried again hours later. It is done by a service of this process on the same data, with another library, as after an upgrade.
func (h *harness) finish() {
	h.t.Helper()
	lib, found := definitions.Load(definitions.Embedded())
	e, more := engine.Compile(lib)
	if found.HasErrors() || more.HasErrors() {
		h.t.Fatal("the definitions have errors")
	}
	var ahead time.Duration
	in := server.Installation{Engine: e, Dir: h.data, BaseURL: "http://" + h.address, Dev: true, Clock: func() time.Time { return time.Now().Add(ahead) },
		Secret: func(string) (string, bool) { return killSecret, true },
		Channels: map[string]*definitions.Channel{
			killPolice: {Authority: killPolice, Address: h.police.URL, Secret: "police", Language: definitions.Finnish},
			killRescue: {Authority: killRescue, Email: "pelastus@example.fi", Language: definitions.Finnish},
		}}
	cases, err := in.Open(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	for ; ahead < 7*24*time.Hour; ahead += 6 * time.Hour {
		if _, err := cases.Worker.Once(h.t.Context()); err != nil {
			h.t.Fatal(err)
		}
	}
	if err := cases.Close(); err != nil {
		h.t.Fatal(err)
	}
}

// has reports whether an event has the summary of a case, which no other case has.
func (h *harness) has(a acknowledged) bool {
	for _, data := range h.events {
		if bytes.Contains(data, []byte(a.summary+`"`)) {
			return true
		}
	}
	return false
}

// verify looks at what is kept, and holds it against what customers were told and authorities took.
func (h *harness) verify() {
	h.t.Helper()
	s, err := boltstore.Open(filepath.Join(h.data, "luvat.db"))
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			h.t.Error(err)
		}
	}()
	documents, err := content.Open(filepath.Join(h.data, "documents"), nil)
	if err != nil {
		h.t.Fatal(err)
	}
	defer documents.Close()
	told := map[string]acknowledged{}
	for _, a := range h.acked {
		told[a.id] = a
	}
	arrived, known := map[string]bool{}, 0
	for page := (store.Page{Limit: 500}); ; {
		rows, err := s.List(h.t.Context(), "case", page)
		if err != nil {
			h.t.Fatal(err)
		}
		for _, row := range rows {
			page.After = row.Key
			if h.verifyCase(s, documents, row.Key, told[row.Key], arrived) {
				known++
			}
		}
		if len(rows) < page.Limit {
			break
		}
	}
	if known != len(told) {
		h.t.Errorf("%d cases were acknowledged, and %d of them are there", len(told), known)
	}
	for id := range h.events {
		if !arrived[id] {
			h.t.Errorf("the police took event %s, of which no ledger knows that it was delivered", id)
		}
	}
}

// verifyCase checks one case and reports whether it was acknowledged. It notes which events the case says were delivered.
func (h *harness) verifyCase(s store.Store, documents *content.Store, id string, a acknowledged, arrived map[string]bool) bool {
	entries, err := s.Read(h.t.Context(), id, 0)
	if err == nil {
		err = store.VerifyChain(entries)
	}
	var c *casefile.Case
	if err == nil {
		c, err = casefile.Fold(entries)
	}
	if err != nil {
		h.t.Errorf("case %s: %v", id, err)
		return a.id != ""
	}
	for _, file := range c.Attachments {
		f, err := documents.Get(file.SHA256)
		if err != nil {
			h.t.Errorf("case %s names a document that is not there: %v", id, err)
			continue
		}
		text, err := io.ReadAll(f)
		if err != nil || int64(len(text)) != file.Size || a.id != "" && string(text) != a.document {
			h.t.Errorf("case %s: the document is not what was sent (%d bytes, %v)", id, len(text), err)
		}
		_ = f.Close()
	}
	if len(c.Submissions) > 1 {
		h.t.Errorf("case %s was sent %d times", id, len(c.Submissions))
	}
	if len(c.Submissions) == 0 {
		if a.id != "" {
			h.t.Errorf("case %s was acknowledged and is not sent", id)
		}
		return a.id != ""
	}
	h.verifyFilings(c, arrived)
	return a.id != ""
}

func (h *harness) verifyFilings(c *casefile.Case, arrived map[string]bool) {
	want := map[string]bool{killPolice: true, killRescue: true}
	for _, f := range c.Filings {
		delete(want, f.Authority.ID)
		delivered := 0
		for _, d := range f.Deliveries {
			if d.Failed == "" {
				delivered++
				arrived[d.Task.ID] = true
			}
		}
		if delivered != 1 || !f.Reached(1) {
			h.t.Errorf("filing %s was delivered %d times by its ledger", f.ID, delivered)
		}
		if f.Authority.ID == killPolice && h.events[f.ID+"/1"] == nil {
			h.t.Errorf("filing %s is noted as delivered, and the police does not have it", f.ID)
		}
		if len(f.Last().Attachments) != 1 || len(f.Last().Data) < 10 {
			h.t.Errorf("filing %s is not whole: %+v", f.ID, f.Last())
		}
	}
	if len(want) > 0 || len(c.Filings) != 2 {
		h.t.Errorf("case %s has %d filings; missing are those to %v", c.ID, len(c.Filings), want)
	}
}
