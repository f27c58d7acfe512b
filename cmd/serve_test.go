package cmd

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// stream is a buffer that is written and read at the same time.
type stream struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *stream) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

var servedAt = regexp.MustCompile(`url=(http://\S+)`)

func TestServe(t *testing.T) {
	ctx, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	var out bytes.Buffer
	errs := &stream{}
	ended := make(chan int, 1)
	go func() {
		ended <- Run([]string{"serve", "--addr", "127.0.0.1:0"}, Env{In: strings.NewReader(""), Out: &out, Err: errs, Dir: t.TempDir(), Now: time.Now, Context: ctx})
	}()
	var url string
	for end := time.Now().Add(30 * time.Second); url == ""; time.Sleep(10 * time.Millisecond) {
		if m := servedAt.FindStringSubmatch(errs.String()); m != nil {
			url = m[1]
		}
		select {
		case code := <-ended:
			t.Fatalf("it ended with exit code %d before it listened: %s", code, errs)
		default:
		}
		if time.Now().After(end) {
			t.Fatalf("it does not listen: %s", errs)
		}
	}
	for path, want := range map[string]string{"/healthz": "ok", "/version": version, "/api/openapi.json": `"3.1.`, "/fi": "<html"} {
		r, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil || r.StatusCode != http.StatusOK || !strings.Contains(string(body), want) {
			t.Errorf("%s: %s, %v; %q is not in it", path, r.Status, err, want)
		}
	}
	interrupt()
	select {
	case code := <-ended:
		if code != exitFine {
			t.Errorf("exit code %d after an interrupt: %s", code, errs)
		}
	case <-time.After(15 * time.Second):
		t.Error("it does not end at an interrupt")
	}
}
