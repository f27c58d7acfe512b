package cmd

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files anew")

// runAt runs the program in a folder and returns everything it wrote, and its exit code.
func runAt(dir, in string, args ...string) (out, err string, code int) {
	var o, e bytes.Buffer
	code = Run(args, Env{In: strings.NewReader(in), Out: &o, Err: &e, Dir: dir, Now: func() time.Time { return time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC) }})
	return o.String(), e.String(), code
}

// TestFaulty compares the whole output of `luvat validate` for each faulty definition with the golden file beside it.
func TestFaulty(t *testing.T) {
	var names []string
	err := filepath.WalkDir("../testdata/faulty", func(p string, d fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(p) == ".yaml" && !strings.Contains(p, ".d/") {
			names = append(names, p)
		}
		if err == nil && d.IsDir() && strings.HasSuffix(p, ".d") {
			names = append(names, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(names) < 100 {
		t.Errorf("there are %d faulty definitions, want at least 100", len(names))
	}
	seen := map[string]bool{}
	for _, name := range names {
		t.Run(strings.TrimPrefix(name, "../testdata/faulty/"), func(t *testing.T) {
			t.Parallel()
			golden := strings.TrimSuffix(strings.TrimSuffix(name, ".yaml"), ".d") + ".out"
			out, stderr, code := runAt(filepath.Dir(name), "", "validate", "--strict", filepath.Base(name))
			if code != exitProblems || stderr != "" {
				t.Errorf("exit code %d, want %d; on the error stream: %s", code, exitProblems, stderr)
			}
			if *update {
				if err := os.WriteFile(golden, []byte(out), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if out != string(want) {
				t.Errorf("got:\n%s\nwant (go test ./cmd -run TestFaulty -update writes it anew, then read the difference):\n%s", out, want)
			}
			for _, leak := range []string{" yaml:", "yaml.v3", "expr.", "*definitions", "map[", "<nil>", "!!", "interface {}", "runtime error", "goroutine"} {
				if strings.Contains(out, leak) && !strings.Contains(readFile(t, name), leak) {
					t.Errorf("the message speaks of the program's insides: %q in\n%s", leak, out)
				}
			}
		})
		seen[strings.TrimSuffix(strings.TrimSuffix(name, ".yaml"), ".d")+".out"] = true
	}
	goldens, err := filepath.Glob("../testdata/faulty/*.out")
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range goldens {
		if !seen[g] {
			t.Errorf("%s belongs to no faulty definition", g)
		}
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return ""
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestSilent holds that good definitions pass without a word, strictly, and that their scenarios pass.
func TestSilent(t *testing.T) {
	entries, err := os.ReadDir("../testdata/silent")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Run(e.Name(), func(t *testing.T) {
			t.Parallel()
			out, stderr, code := runAt("../testdata/silent", "", "validate", e.Name())
			if code != exitFine || out+stderr != "" {
				t.Errorf("validate: exit code %d:\n%s%s", code, out, stderr)
			}
			out, stderr, code = runAt("../testdata/silent", "", "fmt", "--diff", e.Name())
			if code != exitFine || out+stderr != "" {
				t.Errorf("fmt: exit code %d:\n%s%s", code, out, stderr)
			}
			out, stderr, code = runAt("../testdata/silent", "", "test", e.Name())
			if code != exitFine || !strings.Contains(out, "passed") || stderr != "" {
				t.Errorf("test: exit code %d:\n%s%s", code, out, stderr)
			}
		})
	}
}
