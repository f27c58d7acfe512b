package register_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"luvat/definitions"
	"luvat/server/register"
	"luvat/server/register/ytjtest"
)

// stage is the shipped register over a stand-in, with a clock that goes on when it is told to.
type stage struct {
	*register.Client
	ytj   *ytjtest.Register
	clock *clock
	log   *journal
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{ytj: ytjtest.New(), clock: newClock(), log: &journal{}}
	server, roots := tlsServer(t, s.ytj)
	s.Client = client(t, register.Config{Roots: roots, Now: s.clock.now, Log: s.log.logger()}, shipped(t, server.URL), "ytj")
	return s
}

// ask asks about a company and fails unless the outcome is this one and the register has been asked so often in all.
func (s *stage) ask(t *testing.T, id string, want register.Outcome, asked int) register.Reply {
	t.Helper()
	r := s.Ask(context.Background(), company(id, "fi"))
	if r.Outcome != want {
		t.Errorf("%s: %s (%s), want %s", id, r.Outcome, r.Reason, want)
	}
	if s.ytj.Asked() != asked {
		t.Errorf("%s: the register was asked %d times in all, want %d", id, s.ytj.Asked(), asked)
	}
	return r
}

func TestAnswersAreKept(t *testing.T) {
	s := newStage(t)
	first := s.ask(t, "9001001-7", register.Found, 1)
	s.clock.pass(23 * time.Hour)
	again := s.ask(t, "9001001-7", register.Found, 1)
	if !again.At.Equal(first.At) || again.Stale {
		t.Errorf("an answer of %v is said to be of %v, stale %v", first.At, again.At, again.Stale)
	}
	s.ask(t, "9001002-5", register.Found, 2) // another question
	s.clock.pass(2 * time.Hour)
	if r := s.ask(t, "9001001-7", register.Found, 3); !r.At.Equal(s.clock.now()) {
		t.Errorf("after a day the answer is still of %v", r.At)
	}
	again.Values["name"] = "changed by a caller"
	if r := s.ask(t, "9001001-7", register.Found, 3); r.Values["name"] != "Aurajoen Tapahtumat Oy" {
		t.Errorf("a caller changed what is kept: %v", r.Values["name"])
	}
}

func TestAMissIsKeptShortly(t *testing.T) {
	s := newStage(t)
	s.ask(t, "9001007-6", register.NotFound, 1)
	s.clock.pass(4 * time.Minute)
	s.ask(t, "9001007-6", register.NotFound, 1)
	s.clock.pass(2 * time.Minute)
	s.ask(t, "9001007-6", register.NotFound, 2)
}

// TestAnOldAnswerStandsIn holds that what a register said before is used while it is down, and is said to be old.
func TestAnOldAnswerStandsIn(t *testing.T) {
	s := newStage(t)
	old := s.ask(t, "9001001-7", register.Found, 1)
	s.clock.pass(25 * time.Hour)
	s.ytj.Fail(ytjtest.ServerError)
	r := s.ask(t, "9001001-7", register.Found, 2)
	if !r.Stale || r.Trouble != register.Outage || !r.At.Equal(old.At) || r.Values["name"] != old.Values["name"] || r.Reason != "answered 500" {
		t.Errorf("%+v", r)
	}
	if troubles := (register.Result{"ytj": r}).Troubles(); len(troubles) != 1 {
		t.Errorf("nobody is told that the register is down: %v", troubles)
	}
	s.ask(t, "9001002-5", register.Outage, 3) // nothing is known of this one
	s.clock.pass(8 * 24 * time.Hour)
	s.ask(t, "9001001-7", register.Outage, 4) // by now it is too old
	s.ytj.Fail(ytjtest.None)
	if r := s.ask(t, "9001001-7", register.Found, 5); r.Stale {
		t.Error("a new answer is said to be old")
	}
}

func TestAFailingRegisterIsLeftAlone(t *testing.T) {
	s := newStage(t)
	s.ytj.Fail(ytjtest.ServerError)
	for i := range 5 {
		s.ask(t, "9001001-7", register.Outage, i+1)
	}
	for range 20 {
		s.ask(t, "9001001-7", register.Outage, 5)
	}
	s.clock.pass(31 * time.Second)
	s.ask(t, "9001001-7", register.Outage, 6) // one try, which fails: the next pause is a minute
	s.clock.pass(31 * time.Second)
	s.ask(t, "9001001-7", register.Outage, 6)
	s.clock.pass(31 * time.Second)
	s.ytj.Fail(ytjtest.None)
	s.ask(t, "9001001-7", register.Found, 7)
	s.ask(t, "9001002-5", register.Found, 8) // and it is asked as before
	if n := strings.Count(s.log.String(), "pauses=true"); n != 2 {
		t.Errorf("the log tells of %d pauses, want 2:\n%s", n, s.log.String())
	}
}

// TestRetryAfter holds that a register which asks to be left alone for two minutes is.
func TestRetryAfter(t *testing.T) {
	s := newStage(t)
	s.ytj.Fail(ytjtest.Busy)
	s.ask(t, "9001001-7", register.Outage, 1)
	s.ytj.Fail(ytjtest.None)
	s.clock.pass(119 * time.Second)
	s.ask(t, "9001001-7", register.Outage, 1)
	s.clock.pass(2 * time.Second)
	s.ask(t, "9001001-7", register.Found, 2)
}

// TestAClockThatJumpsBack holds that no answer is kept for ever and no register left alone for ever.
func TestAClockThatJumpsBack(t *testing.T) {
	s := newStage(t)
	s.ask(t, "9001001-7", register.Found, 1)
	s.ytj.Fail(ytjtest.Busy)
	s.ask(t, "9001002-5", register.Outage, 2)
	s.ytj.Fail(ytjtest.None)
	s.clock.pass(-365 * 24 * time.Hour)
	s.ask(t, "9001002-5", register.Found, 3)
	s.ask(t, "9001001-7", register.Found, 4)
}

// TestAQuestionOnItsWayIsJoined holds that who asks what is being asked waits for the same answer.
func TestAQuestionOnItsWayIsJoined(t *testing.T) {
	s := newStage(t)
	s.ytj.Fail(ytjtest.Slow)
	s.ytj.Delay(300 * time.Millisecond)
	var found atomic.Int32
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if s.Ask(context.Background(), company("9001001-7", "fi")).Outcome == register.Found {
				found.Add(1)
			}
		})
	}
	wg.Wait()
	if found.Load() != 20 || s.ytj.Asked() != 1 {
		t.Errorf("%d of 20 got the answer, the register was asked %d times", found.Load(), s.ytj.Asked())
	}
}

// TestSomebodyWhoLeaves holds that a customer who closes the page does not take the answer away from the one who waits beside them.
func TestSomebodyWhoLeaves(t *testing.T) {
	s := newStage(t)
	s.ytj.Fail(ytjtest.Slow)
	s.ytj.Delay(300 * time.Millisecond)
	ctx, leave := context.WithCancel(context.Background())
	done := make(chan register.Reply)
	go func() { done <- s.Ask(ctx, company("9001001-7", "fi")) }()
	for s.ytj.Asked() == 0 {
		time.Sleep(time.Millisecond)
	}
	leave()
	if r := <-done; r.Outcome != register.Slow {
		t.Errorf("who left got %s", r.Outcome)
	}
	s.ask(t, "9001001-7", register.Found, 1)
}

// TestNothingPersonalIsTold drives a register that is asked with a personal identity code through every fault and looks for the code, the
// name and the secret in the log and in what a caller could print.
func TestNothingPersonalIsTold(t *testing.T) {
	const code, name, token = "131052-308T", "Maija Meikäläinen", "token-of-the-installation"
	log := &journal{}
	var told strings.Builder
	faults := append([]ytjtest.Fault{"echo"}, ytjtest.Faults...)
	for _, f := range faults {
		ytj := ytjtest.New()
		ytj.Delay(5 * time.Second)
		ytj.Fail(f)
		asked := make(chan string, 4)
		server, roots := tlsServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body := make([]byte, 200)
			n, _ := r.Body.Read(body)
			got := r.Method + " " + r.URL.String() + " " + r.Header.Get("Authorization") + " " + string(body[:n])
			asked <- got
			if f == "echo" {
				http.Error(w, got+name, http.StatusBadGateway)
				return
			}
			r.Method, r.URL.Path = http.MethodGet, ytjtest.Path
			ytj.ServeHTTP(w, r)
		}))
		b := declared(t, server.URL)
		if f == ytjtest.Slow {
			for _, d := range b.Shared.Registers {
				d.Timeout = 200 * time.Millisecond
			}
		}
		c := client(t, register.Config{Roots: roots, Log: log.logger(), Secret: func(string) (string, bool) { return token, true }}, b, "people")
		r := c.Ask(context.Background(), register.Known{Person: map[string]any{"personal_id": code, "name": name}, Lang: "fi"})
		fmt.Fprintf(&told, "%s %s %s\n", f, r.Outcome, r.Reason)
		if r.Outcome == register.Found || r.Outcome == register.Skipped {
			t.Errorf("%s: %s", f, r.Outcome)
		}
		if want := `POST /people Bearer ` + token + ` {"fields":["phone"],"id":"` + code + `"}`; want != <-asked {
			t.Errorf("%s: the register was not sent %s", f, want)
		}
	}
	for _, secret := range []string{code, name, token, "127.0.0.1"} {
		if strings.Contains(log.String()+told.String(), secret) {
			t.Errorf("%q is told:\n%s%s", secret, log.String(), told.String())
		}
	}
	if strings.Count(log.String(), "register=people") != len(faults) {
		t.Errorf("the log does not tell of every fault:\n%s", log.String())
	}
}

// TestSecretsThatAreMissing holds that a register whose secret is not set is not asked without it, and that the start can tell.
func TestSecretsThatAreMissing(t *testing.T) {
	asked := false
	server, roots := tlsServer(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	b := declared(t, server.URL)
	c := register.Config{Roots: roots, Secret: func(name string) (string, bool) { return "x", name == "site-key" }}
	r := client(t, c, b, "people").Ask(context.Background(), register.Known{Person: map[string]any{"personal_id": "131052-308T"}})
	if r.Outcome != register.Outage || r.Reason != "its secret `people-token` is not set: put it in LUVAT_SECRET_PEOPLE_TOKEN" || asked {
		t.Errorf("%s: %s, asked %v", r.Outcome, r.Reason, asked)
	}
	if missing := fmt.Sprint(newPool(t, c).MissingSecrets(b.Shared.Registers)); missing != "[site-password people-token]" {
		t.Error(missing)
	}
}

// TestRedirects holds that a redirect within the host is followed, and one away from it never sees the secret.
func TestRedirects(t *testing.T) {
	var away atomic.Bool
	other, _ := tlsServer(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { away.Store(true) }))
	to := ""
	server, roots := tlsServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			w.Header().Set("Content-Type", "application/problem+json")
			fmt.Fprint(w, `{"phone": "050 123"}`)
			return
		}
		http.Redirect(w, r, to, http.StatusTemporaryRedirect)
	}))
	roots.AddCert(other.Certificate())
	c := register.Config{Roots: roots, Secret: func(string) (string, bool) { return "secret", true }}
	k := register.Known{Person: map[string]any{"personal_id": "131052-308T"}}
	to = "/moved"
	if r := client(t, c, declared(t, server.URL), "people").Ask(context.Background(), k); r.Outcome != register.Found || r.Values["phone"] != "050 123" {
		t.Errorf("within the host: %+v", r)
	}
	to = other.URL + "/people"
	if r := client(t, c, declared(t, server.URL), "people").Ask(context.Background(), k); r.Outcome != register.Outage || away.Load() {
		t.Errorf("to another host: %+v, it was asked: %v", r, away.Load())
	}
	to = "/people" // for ever
	if r := client(t, c, declared(t, server.URL), "people").Ask(context.Background(), k); r.Outcome != register.Outage {
		t.Errorf("in a circle: %+v", r)
	}
}

// TestMemoryIsBounded asks about more companies than fit and holds that the first is asked about again.
func TestMemoryIsBounded(t *testing.T) {
	big := strings.Repeat("x", 900<<10)
	var asked atomic.Int32
	server, roots := tlsServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"name": %q, "big": %q}`, r.URL.Query().Get("id"), big)
	}))
	b := written(t, "registers:\n  big: {title: {fi: a, sv: a, en: a}, url: \""+server.URL+"/x\", query: {id: answers.id}, cache: 1h, gives: {name: reply.name}}\n")
	c := client(t, register.Config{Roots: roots}, b, "big")
	ask := func(i int) {
		r := c.Ask(context.Background(), register.Known{Answers: map[string]any{"id": fmt.Sprint(i)}})
		if r.Values["name"] != fmt.Sprint(i) {
			t.Fatalf("%d: %+v", i, r)
		}
	}
	for i := range 30 { // 30 × 1.8 MB; 32 MB are kept
		ask(i)
	}
	if ask(29); asked.Load() != 30 {
		t.Errorf("the last one was not kept: %d questions", asked.Load())
	}
	if ask(0); asked.Load() != 31 {
		t.Errorf("the first one was kept still: %d questions", asked.Load())
	}
}

// TestAPoolSharesClients holds that two bundles that use one shared register have one client of it, and that an own register of the same
// id takes the place of the shared one.
func TestAPoolSharesClients(t *testing.T) {
	shared := declared(t, "https://sites.example.fi")
	own := &definitions.Bundle{Shared: shared.Shared, Registers: written(t, "registers:\n  sites: {title: {fi: a, sv: a, en: a}, url: https://a.fi/x, gives: {name: reply.name}}\n").Shared.Registers}
	p := newPool(t, register.Config{})
	a, b, o := p.Of(shared), p.Of(&definitions.Bundle{Shared: shared.Shared}), p.Of(own)
	if len(a) != 2 || len(b) != 2 || a[0] != b[0] || a[1] != b[1] {
		t.Errorf("two bundles have clients of their own: %v %v", a, b)
	}
	if len(o) != 2 || o[1].ID() != "sites" || o[1] == a[1] || o[0] != a[0] {
		t.Errorf("the bundle's own register does not take the place of the shared one: %v %v", a, o)
	}
	if _, err := register.NewPool(register.Config{StandIns: map[string]string{"sites": "localhost:1"}}); err == nil {
		t.Error("a stand-in without an address is taken")
	}
}
