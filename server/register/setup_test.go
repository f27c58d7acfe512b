package register_test

import (
	"bytes"
	"crypto/x509"
	"flag"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"luvat/definitions"
	"luvat/engine"
	"luvat/server/register"
	"luvat/server/register/ytjtest"
)

var update = flag.Bool("update", false, "write golden files")

// clock is a clock that goes on only when it is told to.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// journal is a log that can be read while it is written.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

func (j *journal) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(j, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "ms" {
			return slog.Attr{}
		}
		return a
	}}))
}

// load reads definitions and fails on any finding.
func load(t *testing.T, root definitions.Root) *definitions.Library {
	t.Helper()
	lib, found := definitions.Load(root)
	_, more := engine.Compile(lib)
	if found = append(found, more...); found.HasErrors() {
		var b strings.Builder
		_ = definitions.Renderer{Sources: lib.Sources}.Text(&b, found)
		t.Fatal(b.String())
	}
	return lib
}

// declared reads testdata/shared/registers.yaml with its host replaced by that of a server.
func declared(t *testing.T, host string) *definitions.Bundle {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "shared", "registers.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return written(t, strings.ReplaceAll(string(text), "https://sites.example.fi", host))
}

// written reads shared definitions.
func written(t *testing.T, text string) *definitions.Bundle {
	t.Helper()
	var fsys fs.FS = fstest.MapFS{"shared/registers.yaml": {Data: []byte(text)}}
	lib := load(t, definitions.Root{FS: fsys})
	return &definitions.Bundle{Shared: lib.Shared}
}

// patient is a timeout that no machine, however busy, reaches by itself.
const patient = 30 * time.Second

// embedded are the shipped definitions, read once.
var embedded = sync.OnceValue(func() *definitions.Library {
	lib, _ := definitions.Load(definitions.Embedded())
	return lib
})

// shipped returns a bundle with the shipped register ytj and nothing else, at another host when one is given.
func shipped(t *testing.T, host string) *definitions.Bundle {
	t.Helper()
	for _, d := range embedded().Shared.Registers {
		if d.ID == "ytj" {
			moved := *d
			moved.Timeout = patient
			if host != "" {
				moved.URL.Value = host + ytjtest.Path
			}
			return &definitions.Bundle{Registers: []*definitions.Register{&moved}}
		}
	}
	t.Fatal("no register ytj is shipped")
	return nil
}

// tlsServer serves a handler over TLS and returns the authorities that make its certificate good.
func tlsServer(t *testing.T, h http.Handler) (*httptest.Server, *x509.CertPool) {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s.StartTLS()
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return s, roots
}

func newPool(t *testing.T, c register.Config) *register.Pool {
	t.Helper()
	p, err := register.NewPool(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// client returns the client of the only register, or of the one with an id.
func client(t *testing.T, c register.Config, b *definitions.Bundle, id string) *register.Client {
	t.Helper()
	for _, c := range newPool(t, c).Of(b) {
		if c.ID() == id {
			return c
		}
	}
	t.Fatalf("there is no register %s", id)
	return nil
}

func company(id string, lang definitions.Lang) register.Known {
	return register.Known{Mandate: map[string]any{"organisation": map[string]any{"id": id, "name": "From the mandate"}}, Lang: lang}
}
