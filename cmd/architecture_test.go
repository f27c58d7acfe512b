package cmd

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// layers are the top folders of the module, from what knows nothing to what knows everything. Imports point to the left.
var layers = []string{"definitions", "engine", "forms", "server", "cmd"}

type goPackage struct {
	ImportPath, Name                   string
	Imports, TestImports, XTestImports []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	list := exec.Command("go", "list", "-json=ImportPath,Name,Imports,TestImports,XTestImports", "./...")
	list.Dir = ".."
	out, err := list.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		t.Fatalf("go list: %s", exit.Stderr)
	} else if err != nil {
		t.Fatal(err)
	}
	var all []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < len(layers) {
		t.Fatalf("go list names %d packages", len(all))
	}
	return all
}

func layerOf(path string) int {
	top, _, _ := strings.Cut(strings.TrimPrefix(path, "luvat/"), "/")
	return slices.Index(layers, top)
}

func TestImportsPointOneWay(t *testing.T) {
	for _, p := range packages(t) {
		layer := layerOf(p.ImportPath)
		if layer < 0 {
			t.Errorf("%s is in none of the layers %v", p.ImportPath, layers)
		}
		for _, i := range p.Imports {
			if strings.HasPrefix(i, "luvat/") && layerOf(i) > layer {
				t.Errorf("%s imports %s: imports go %s", p.ImportPath, i, strings.Join(layers, " ◀ "))
			}
		}
	}
}

func TestOneLibraryOnePackage(t *testing.T) {
	used := map[string][]string{}
	for _, p := range packages(t) {
		for _, i := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			host, _, _ := strings.Cut(i, "/")
			if !strings.Contains(host, ".") {
				continue // of the standard library, or ours
			}
			library := libraryOf(i)
			if !slices.Contains(used[library], p.ImportPath) {
				used[library] = append(used[library], p.ImportPath)
			}
		}
	}
	if len(used) < 4 {
		t.Errorf("only %d libraries are found: %v", len(used), used)
	}
	for library, by := range used {
		if len(by) > 1 && !slices.Contains(testLibraries, library) {
			t.Errorf("%s is imported by %s: one library, one package", library, strings.Join(by, " and "))
		}
	}
}

// testLibraries may be used by the tests of any package: they are nowhere in the program.
var testLibraries = []string{"pgregory.net/rapid", "github.com/anishathalye/porcupine", "github.com/standard-webhooks/standard-webhooks"}

func TestTestLibrariesStayInTests(t *testing.T) {
	for _, p := range packages(t) {
		for _, i := range p.Imports {
			if slices.Contains(testLibraries, libraryOf(i)) && !slices.Contains(p.Imports, "testing") {
				t.Errorf("%s imports %s outside its tests", p.ImportPath, i)
			}
		}
	}
}

// libraryOf returns the library of a package: the module as far as its path tells, without its major version.
func libraryOf(path string) string {
	parts := strings.Split(path, "/")
	n := 3
	if parts[0] == "gopkg.in" || parts[0] == "pgregory.net" {
		n = 2
	}
	return strings.Join(parts[:min(n, len(parts))], "/")
}

// TestLibrariesStayOutOfTheCore holds that whoever imports definitions and engine as a library gets no HTTP, no processes and no clock
// that ticks by itself.
func TestLibrariesStayOutOfTheCore(t *testing.T) {
	for _, p := range packages(t) {
		if layerOf(p.ImportPath) > 1 {
			continue
		}
		for _, i := range p.Imports {
			if slices.Contains([]string{"net", "net/http", "os/exec", "os/signal", "log/slog"}, i) {
				t.Errorf("%s imports %s", p.ImportPath, i)
			}
		}
	}
}

func TestTopLevel(t *testing.T) {
	allowed := append([]string{"testdata", "docs", "go.mod", "go.sum", "Makefile", "README.md", "CHANGELOG.md", "LICENSE",
		".ci", ".editorconfig", ".gitignore", ".golangci.yml",
		".git", "luvat", "luvat-data", // not of the project: the repository itself, what `make build` leaves, and what `make run` keeps
	}, layers...)
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
		if strings.HasSuffix(e.Name(), ".test") || strings.HasSuffix(e.Name(), ".prof") {
			continue // what profiling leaves behind
		}
		if !slices.Contains(allowed, e.Name()) {
			t.Errorf("%s does not belong at the top of the project", e.Name())
		}
	}
	for _, must := range append([]string{"testdata", "docs", "go.mod", "Makefile", "README.md", "LICENSE", "CHANGELOG.md"}, layers...) {
		if !slices.Contains(names, must) {
			t.Errorf("%s is missing at the top of the project", must)
		}
	}
}

// TestMainIsShort holds that the program is a function and main only calls it.
func TestMainIsShort(t *testing.T) {
	if lines := strings.Count(readFile(t, "luvat/main.go"), "\n"); lines > 20 {
		t.Errorf("luvat/main.go has %d lines, at most 20 are allowed", lines)
	}
}
