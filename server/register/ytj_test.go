package register_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"luvat/definitions"
	"luvat/server/register"
	"luvat/server/register/ytjtest"
)

// TestYTJ asks the shipped register of the stand-in: every company in every language, then one company in every way of failing. The
// golden file shows what the customer gets, and what the log says of it.
func TestYTJ(t *testing.T) {
	var out strings.Builder
	ask := func(title string, c register.Config, host string, k register.Known) {
		t.Helper()
		log := &journal{}
		c.Log, c.Now = log.logger(), newClock().now
		b := shipped(t, host)
		if title == "fault: slow" {
			b.Registers[0].Timeout = 200 * time.Millisecond
		}
		r := client(t, c, b, "ytj").Ask(context.Background(), k)
		values, err := json.MarshalIndent(r.Values, "  ", "  ")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "== %s\n  %s", title, r.Outcome)
		if r.Reason != "" {
			fmt.Fprintf(&out, ": %s", r.Reason)
		}
		if r.Values != nil {
			fmt.Fprintf(&out, "\n  %s", values)
		}
		if log.String() != "" {
			fmt.Fprintf(&out, "\n  log: %s", strings.TrimSpace(log.String()))
		}
		out.WriteString("\n\n")
	}

	ytj := ytjtest.New()
	ytj.Delay(5 * time.Second)
	server, roots := tlsServer(t, ytj)
	trusting := register.Config{Roots: roots}
	for _, c := range ytjtest.Companies() {
		for _, lang := range definitions.Languages {
			ask(c.BusinessID.Value+" in "+string(lang), trusting, server.URL, company(c.BusinessID.Value, lang))
		}
	}
	ask("a company that is in no register", trusting, server.URL, company("7769480-5", "fi"))
	ask("something that is no business id", trusting, server.URL, company("12", "fi"))
	ask("a person who acts for themselves", trusting, server.URL, register.Known{Lang: "fi"})
	for _, f := range ytjtest.Faults {
		ytj.Fail(f)
		ask("fault: "+string(f), trusting, server.URL, company("9001001-7", "fi"))
	}
	ytj.Fail(ytjtest.None)
	ask("a certificate that nobody vouches for", register.Config{}, server.URL, company("9001001-7", "fi"))
	ask("a server that does not speak TLS", trusting, "https://"+strings.TrimPrefix(plainServer(t, ytj), "http://"), company("9001001-7", "fi"))
	ask("nobody listens", trusting, "https://"+closedPort(t), company("9001001-7", "fi"))

	const golden = "testdata/ytj.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if out.String() != string(want) {
		t.Errorf("the replies are not those of %s; run with -update and look at the difference:\n%s", golden, out.String())
	}
	for _, secret := range []string{server.URL, "9001001", "businessId", "luvat/", "x509", "http"} {
		for _, line := range strings.Split(out.String(), "\n") {
			if strings.Contains(line, "log:") && strings.Contains(line, secret) {
				t.Errorf("the log holds %q: %s", secret, line)
			}
		}
	}
}

func plainServer(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s.Start()
	t.Cleanup(s.Close)
	return s.URL
}

// closedPort returns an address of this machine at which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestStandIn asks as the development environment does: the shipped address is replaced by that of the stand-in, and the title says so.
func TestStandIn(t *testing.T) {
	address, stop, err := ytjtest.New().Listen()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	}()
	c := client(t, register.Config{StandIns: map[string]string{"ytj": address}}, shipped(t, ""), "ytj")
	r := c.Ask(context.Background(), company("2646674-9", "sv"))
	if r.Outcome != register.Found || r.Values["name"] != "Wolt Oy" || r.Values["city"] != "Helsingfors" || !r.StandIn {
		t.Errorf("%+v", r)
	}
	for lang, want := range map[definitions.Lang]string{"fi": "sijainen", "sv": "ersättare", "en": "stand-in"} {
		if title := r.Title.In(lang); !strings.Contains(title, want) {
			t.Errorf("the title in %s does not say that a stand-in answered: %s", lang, title)
		}
	}
}

// TestStandInSearch holds the parts of the interface that the shipped register does not use.
func TestStandInSearch(t *testing.T) {
	for query, want := range map[string]string{
		"name=wolt":                       "1 2646674-9",
		"location=%C3%85bo":               "1 9001001-7",
		"companyForm=29":                  "1 9001002-5",
		"companyForm=16&location=tampere": "2 9001003-3 9001004-1",
		"name=nobody":                     "0",
		"page=2":                          "6",
		"page=0":                          "400",
		"businessId=123":                  "400",
	} {
		w := httptest.NewRecorder()
		ytjtest.New().ServeHTTP(w, httptest.NewRequest(http.MethodGet, ytjtest.Path+"?"+query, nil))
		got := fmt.Sprint(w.Code)
		if w.Code == http.StatusOK {
			var a struct {
				TotalResults int
				Companies    []struct{ BusinessID struct{ Value string } }
			}
			if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
				t.Fatal(err)
			}
			got = fmt.Sprint(a.TotalResults)
			for _, c := range a.Companies {
				got += " " + c.BusinessID.Value
			}
		}
		if got != want {
			t.Errorf("%s gives %s, want %s", query, got, want)
		}
	}
}

// TestBusinessIDs holds that the ids of the stand-in's companies have right check digits (weights 7 9 10 5 8 4 2, modulo 11).
func TestBusinessIDs(t *testing.T) {
	for _, c := range ytjtest.Companies() {
		id, sum := c.BusinessID.Value, 0
		for i, w := range []int{7, 9, 10, 5, 8, 4, 2} {
			sum += w * int(id[i]-'0')
		}
		if check := (11 - sum%11) % 11; check != int(id[8]-'0') {
			t.Errorf("%s: the check digit is %d", id, check)
		}
	}
}
