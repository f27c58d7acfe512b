package server

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestServeLetsRequestsFinish(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	began, goOn := make(chan bool), make(chan bool)
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(began)
		<-goOn
		_, _ = io.WriteString(w, "finished")
	})
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, listener, handler, slog.New(slog.DiscardHandler)) }()
	answered := make(chan string, 1)
	go func() {
		resp, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			answered <- err.Error()
			return
		}
		defer func() { _ = resp.Body.Close() }()
		body, _ := io.ReadAll(resp.Body)
		answered <- string(body)
	}()
	<-began
	stop()
	close(goOn)
	if got := <-answered; got != "finished" {
		t.Errorf("the request under way got %q", got)
	}
	if err := <-ended; err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

func TestServeSaysThatItCannotListen(t *testing.T) {
	err := Serve(context.Background(), "256.0.0.1:http", http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "cannot listen at 256.0.0.1:http") {
		t.Errorf("error: %v", err)
	}
}

func TestURL(t *testing.T) {
	for addr, want := range map[string]string{":8080": "http://localhost:8080", "[::]:80": "http://localhost:80", "0.0.0.0:1": "http://localhost:1", "127.0.0.1:2": "http://127.0.0.1:2", "example.org:3": "http://example.org:3"} {
		if got := URL(addr); got != want {
			t.Errorf("URL(%q) = %q, want %q", addr, got, want)
		}
	}
}

func TestNewNeedsAnEngine(t *testing.T) {
	if _, err := New(Config{}); err == nil {
		t.Error("no error without an engine")
	}
}

// TestLogsSayNothingOfTheAnswers looks into the log of a request with answers in its address, and of one that panics.
func TestLogsSayNothingOfTheAnswers(t *testing.T) {
	var log strings.Builder
	s := &site{log: slog.New(slog.NewTextHandler(&log, nil)), clock: func() time.Time { return today }, engine: library(), helsinki: time.UTC}
	var err error
	if s.templates, err = loadTemplates(embedded); err != nil {
		t.Fatal(err)
	}
	v := &visitor{t: t, handler: s.access(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("panic") {
			panic("a fault of ours")
		}
		w.WriteHeader(http.StatusTeapot)
	}))}
	v.get("/fi/fair/result?a=1secret", http.StatusTeapot)
	v.get("/sv/fair/result?panic=1&a=1secret", http.StatusInternalServerError)
	v.mustSay(text(v.one("main")), "Felet är hos oss")
	if got := log.String(); strings.Contains(got, "secret") || !strings.Contains(got, "status=418") || !strings.Contains(got, "a fault of ours") {
		t.Errorf("the log:\n%s", got)
	}
}

// TestTheDayChangesInHelsinki asks around midnight: the day of handling is Finland's, whatever the machine's zone.
func TestTheDayChangesInHelsinki(t *testing.T) {
	for at, want := range map[string]string{"2026-11-24T21:59:59Z": "2026-11-24", "2026-11-24T22:00:00Z": "2026-11-25", "2026-07-01T20:59:59Z": "2026-07-01", "2026-07-01T21:00:00Z": "2026-07-02"} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		helsinki, err := time.LoadLocation("Europe/Helsinki")
		if err != nil {
			t.Fatal(err)
		}
		s := &site{clock: func() time.Time { return now }, helsinki: helsinki}
		if got := s.today().String(); got != want {
			t.Errorf("at %s the day is %s, want %s", at, got, want)
		}
	}
}
