package webhook_test

import (
	"encoding/json"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"luvat/server/delivery/webhook"
)

const key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

func secret(t *testing.T, text string) webhook.Secret {
	t.Helper()
	s, err := webhook.ParseSecret(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The vector is the one that the specification's libraries are tested with.
func TestTheSignatureIsTheStandards(t *testing.T) {
	got := secret(t, key).Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("got %s; want %s", got, want)
	}
}

func TestSecretsThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "a signing secret begins with whsec_",
		"MfKQ9r8GKYqrTwjUPD8ILPZ": "a signing secret begins with whsec_",
		"whsec_***":               "what follows whsec_ in a signing secret must be base64",
		"whsec_c2hvcnQ=":          "a signing secret has 24 to 64 bytes; this one has 5",
	} {
		if _, err := webhook.ParseSecret(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v", text, err)
		}
	}
	if s := secret(t, key); s.String() != key {
		t.Errorf("%s", s)
	}
}

func event() webhook.Event {
	return webhook.Event{ID: "evt-1", Source: "https://luvat.example.fi", Type: "fi.luvat.filing.submitted", Subject: "filing-1",
		Time: time.Date(2027, 6, 1, 9, 30, 0, 0, time.UTC), Data: json.RawMessage(`{"reference":"LV-2027-ABC"}`)}
}

func TestAReceiverCanVerifyWhatCame(t *testing.T) {
	other := "whsec_" + strings.Repeat("QUJD", 8)
	var got http.Header
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusAccepted)
	}))
	defer server.Close()
	to := webhook.Endpoint{Address: server.URL, Secrets: []webhook.Secret{secret(t, key), secret(t, other)}}
	result, err := webhook.NewSender(time.Second, nil, nil).Send(t.Context(), to, event())
	if err != nil || result.Outcome != webhook.Taken || result.Status != http.StatusAccepted {
		t.Fatalf("%+v, %v", result, err)
	}
	for _, k := range []string{key, other} { // the old and the new secret of a receiver
		wh, err := standardwebhooks.NewWebhook(k)
		if err != nil {
			t.Fatal(err)
		}
		if err := wh.Verify(body, got); err != nil {
			t.Errorf("the library of the standard refuses it: %v", err)
		}
		if err := wh.Verify(append(slices.Clone(body), ' '), got); err == nil {
			t.Error("a changed body was verified")
		}
	}
	var e map[string]any
	if err := json.Unmarshal(body, &e); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"specversion": "1.0", "id": "evt-1", "type": "fi.luvat.filing.submitted", "source": "https://luvat.example.fi",
		"subject": "filing-1", "time": "2027-06-01T09:30:00Z", "datacontenttype": "application/json"} {
		if e[name] != want {
			t.Errorf("%s: %v; want %s", name, e[name], want)
		}
	}
	if got.Get("Content-Type") != "application/cloudevents+json; charset=utf-8" {
		t.Error(got.Get("Content-Type"))
	}
}

func TestThroughXRoad(t *testing.T) {
	var path string
	var h http.Header
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, h = r.URL.EscapedPath(), r.Header
		w.Header().Set("X-Road-Error", "Server.ServerProxy.NetworkError")
		w.WriteHeader(http.StatusInternalServerError)
	}))
	defer server.Close()
	to := webhook.Endpoint{Address: server.URL, Secrets: []webhook.Secret{secret(t, key)},
		XRoad: &webhook.XRoad{Client: "FI/GOV/0245437-2/luvat", Service: "FI/GOV/1234567-1/asiat/vastaanota ilmoitus", Issue: "LV-2027-ABC"}}
	result, err := webhook.NewSender(time.Second, nil, nil).Send(t.Context(), to, event())
	if err != nil {
		t.Fatal(err)
	}
	if path != "/r1/FI/GOV/1234567-1/asiat/vastaanota%20ilmoitus" {
		t.Error(path)
	}
	if h.Get("X-Road-Client") != "FI/GOV/0245437-2/luvat" || h.Get("X-Road-Issue") != "LV-2027-ABC" || h.Get("X-Road-Id") != "evt-1" {
		t.Error(h)
	}
	if want := "the system answered 500 Internal Server Error (X-Road: Server.ServerProxy.NetworkError)"; result.Outcome != webhook.Again || result.Reason != want {
		t.Errorf("%+v", result)
	}
}

func TestHowAttemptsEnd(t *testing.T) {
	now := time.Date(2027, 6, 1, 12, 0, 0, 0, time.UTC)
	answer := func(status int, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i+1 < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(status)
		}
	}
	redirected := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { redirected = true }))
	defer elsewhere.Close()
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    webhook.Result
	}{
		"taken":           {answer(204), webhook.Result{Status: 204}},
		"failing":         {answer(500), webhook.Result{Outcome: webhook.Again, Status: 500, Reason: "the system answered 500 Internal Server Error"}},
		"not understood":  {answer(400), webhook.Result{Outcome: webhook.Again, Status: 400, Reason: "the system answered 400 Bad Request"}},
		"busy, seconds":   {answer(429, "Retry-After", "90"), webhook.Result{Outcome: webhook.Again, Status: 429, Wait: 90 * time.Second, Reason: "the system answered 429 Too Many Requests"}},
		"busy, a date":    {answer(503, "Retry-After", "Tue, 01 Jun 2027 12:10:00 GMT"), webhook.Result{Outcome: webhook.Again, Status: 503, Wait: 10 * time.Minute, Reason: "the system answered 503 Service Unavailable"}},
		"busy for a year": {answer(429, "Retry-After", "31536000"), webhook.Result{Outcome: webhook.Again, Status: 429, Wait: 24 * time.Hour, Reason: "the system answered 429 Too Many Requests"}},
		"busy, nonsense":  {answer(429, "Retry-After", "soon"), webhook.Result{Outcome: webhook.Again, Status: 429, Reason: "the system answered 429 Too Many Requests"}},
		"gone":            {answer(410), webhook.Result{Outcome: webhook.Gone, Status: 410, Reason: "the system answered 410: it wants nothing more"}},
		"elsewhere":       {answer(307, "Location", elsewhere.URL), webhook.Result{Outcome: webhook.Again, Status: 307, Reason: "the system answered 307 Temporary Redirect"}},
		"garbage": {func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			_, _ = conn.Write([]byte("\x00\x01garbage\r\n\r\n"))
			_ = conn.Close()
		}, webhook.Result{Outcome: webhook.Again, Reason: "the connection broke before the system had answered"}},
		"closing half-way": {func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			_, _ = conn.Write([]byte("HTTP/1.1 20"))
			_ = conn.Close()
		}, webhook.Result{Outcome: webhook.Again, Reason: "the connection broke before the system had answered"}},
		"taken, closing half-way through its words": {func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			_, _ = conn.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nthank"))
			_ = conn.Close()
		}, webhook.Result{Status: 200}},
		"slow": {func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.ReadAll(r.Body)
			<-r.Context().Done()
		}, webhook.Result{Outcome: webhook.Again, Reason: "the system did not answer in time"}},
	} {
		server := httptest.NewServer(c.handler)
		s := webhook.NewSender(300*time.Millisecond, func() time.Time { return now }, nil)
		got, err := s.Send(t.Context(), webhook.Endpoint{Address: server.URL, Secrets: []webhook.Secret{secret(t, key)}}, event())
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		server.Close()
	}
	if redirected {
		t.Error("a signed body followed a redirect")
	}
}

func TestASystemThatIsAway(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	to := webhook.Endpoint{Address: address, Secrets: []webhook.Secret{secret(t, key)}}
	got, err := webhook.NewSender(time.Second, nil, nil).Send(t.Context(), to, event())
	if want := (webhook.Result{Outcome: webhook.Again, Reason: "the system cannot be reached"}); got != want || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestACertificateThatNobodyTrusts(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the body was sent") }))
	defer server.Close()
	to := webhook.Endpoint{Address: server.URL, Secrets: []webhook.Secret{secret(t, key)}}
	got, err := webhook.NewSender(time.Second, nil, nil).Send(t.Context(), to, event())
	if err != nil || got.Outcome != webhook.Again || !strings.HasPrefix(got.Reason, "the certificate of the system is not trusted") {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestTheScheduleIsOfDaysAndEnds(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var total, before time.Duration
	for attempt := 1; ; attempt++ {
		wait, ok := webhook.Next(attempt, 0, random)
		if !ok {
			if attempt != webhook.Attempts {
				t.Errorf("the last attempt is %d", attempt)
			}
			break
		}
		if wait < before && wait < 24*time.Hour {
			t.Errorf("attempt %d waits less than the one before", attempt)
		}
		total, before = total+wait, wait
	}
	if total < 3*24*time.Hour || total > 6*24*time.Hour {
		t.Errorf("in all %s", total)
	}
	if wait, _ := webhook.Next(1, time.Hour, random); wait != time.Hour {
		t.Errorf("asked to wait an hour, waits %s", wait)
	}
	seen := map[time.Duration]bool{}
	for range 20 {
		wait, _ := webhook.Next(3, 0, random)
		seen[wait] = true
	}
	if len(seen) < 15 {
		t.Error("there is no jitter")
	}
}
