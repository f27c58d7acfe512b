package cmd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"luvat/definitions"
	"luvat/server"
)

// TestResultsPage executes the examples of docs/analysis.md in the folder that the tutorial leaves behind.
func TestResultsPage(t *testing.T) {
	if !*update {
		t.Parallel()
	}
	const page = "../docs/analysis.md"
	r := reader{t: t, dir: t.TempDir(), silent: true}
	r.follow("../docs/authoring.md", readFile(t, "../docs/authoring.md"))
	r.silent = false
	text := r.follow(page, readFile(t, page))
	handler := r.serve("own")
	text = httpBlock.ReplaceAllStringFunc(text, func(block string) string {
		request, want, _ := strings.Cut(httpBlock.FindStringSubmatch(block)[1], "\nHTTP/1.1 ")
		request = strings.TrimSpace(request)
		got := answered(t, handler, request)
		if !*update && "HTTP/1.1 "+want != got {
			t.Errorf("%s: the answer is\n%s\nbut the page says\nHTTP/1.1 %s", request, got, want)
		}
		return "```http\n" + request + "\n\n" + got + "```"
	})
	save(t, page, text)
}

var httpBlock = regexp.MustCompile("(?ms)^```http\n(.*?)^```$")

func save(t *testing.T, page, text string) {
	t.Helper()
	if *update && text != readFile(t, page) {
		if err := os.WriteFile(page, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// serve returns the server over the definitions at a path.
func (r *reader) serve(path string) http.Handler {
	r.t.Helper()
	env := Env{Dir: r.dir, Out: io.Discard, Err: io.Discard}
	l, err := (&call{Env: env}).load([]string{path})
	if err != nil {
		r.t.Fatal(err)
	}
	handler, err := server.New(server.Config{Engine: l.engine, Version: version, Clock: func() time.Time { return time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC) }})
	if err != nil {
		r.t.Fatal(err)
	}
	return handler
}

// answered sends a request that is written as `METHOD path`, an empty line and a body, and returns the answer with its JSON set out.
func answered(t *testing.T, h http.Handler, request string) string {
	t.Helper()
	line, body, _ := strings.Cut(request, "\n\n")
	method, path, _ := strings.Cut(line, " ")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	var out bytes.Buffer
	if err := json.Indent(&out, w.Body.Bytes(), "", "  "); err != nil {
		t.Fatalf("%s: the answer is not JSON: %v", line, err)
	}
	return fmt.Sprintf("HTTP/1.1 %d %s\nContent-Type: %s\n\n%s\n", w.Code, http.StatusText(w.Code), w.Header().Get("Content-Type"), strings.TrimSpace(out.String()))
}

// TestResultFields holds that docs/analysis.md has every path of the API and describes every field of every type of it, and no other:
// the types of the API's own description, among which is the analysis.
func TestResultFields(t *testing.T) {
	page := readFile(t, "../docs/analysis.md")
	handler := (&reader{t: t, dir: "../testdata/silent/every-feature"}).serve(".")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest("GET", "/api/openapi.json", nil))
	var api struct {
		Paths      map[string]any
		Components struct {
			Schemas map[string]struct {
				Properties map[string]any
				Required   []string
			}
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &api); err != nil {
		t.Fatal(err)
	}
	if len(api.Components.Schemas) < 20 || len(api.Paths) < 4 {
		t.Errorf("the API has %d types and %d paths; that cannot be all", len(api.Components.Schemas), len(api.Paths))
	}
	for path := range api.Paths {
		if !strings.Contains(page, path) {
			t.Errorf("the page does not speak of %s", path)
		}
	}
	for name, schema := range api.Components.Schemas {
		_, section, ok := strings.Cut(page, "\n### "+name+"\n")
		if !ok {
			t.Errorf("there is no section on %s", name)
			continue
		}
		section, _, _ = strings.Cut(section, "\n\n| `") // of a second table, which has codes
		section, _, _ = strings.Cut(section, "\n#")
		got := map[string]bool{} // by name: whether it is always there
		for _, m := range fieldRow.FindAllStringSubmatch(section, -1) {
			got[m[1]] = m[2] != ""
		}
		want := map[string]bool{}
		for field := range schema.Properties {
			want[field] = slices.Contains(schema.Required, field)
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s: the page describes (true: always there)\n%v, the API has\n%v", name, got, want)
		}
	}
}

var fieldRow = regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| (always)? ?\\|")

// TestChecksPage holds the list of docs/checks.md to the registered rules.
func TestChecksPage(t *testing.T) {
	const page, begin, end = "../docs/checks.md", "<!-- rules -->\n", "<!-- end of rules -->"
	var list strings.Builder
	list.WriteString("| id | severity | what it is |\n|---|---|---|\n")
	for _, r := range definitions.Rules {
		fmt.Fprintf(&list, "| [%s](../definitions/rules/%s.md) | %s | %s |\n", r.ID, r.ID, r.Severity, r.Title)
	}
	text := readFile(t, page)
	before, rest, ok := strings.Cut(text, begin)
	got, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no place for the rules", page)
	}
	if !*update && got != list.String() {
		t.Errorf("the list is not that of definitions.Rules; `go test ./cmd -run TestChecksPage -update` writes it anew")
	}
	r := reader{t: t, dir: t.TempDir()}
	save(t, page, r.follow(page, before)+begin+list.String()+end+r.follow(page, after))
}

// TestLanguagePage executes the examples of the reference and holds that it names every key of the language.
func TestLanguagePage(t *testing.T) {
	const page = "../docs/language.md"
	text := readFile(t, page)
	r := reader{t: t, dir: t.TempDir()}
	r.follow(page, text)
	if n := strings.Count(text, "\n```yaml example\n"); n < 10 {
		t.Errorf("the page has %d executed examples, want at least 10", n)
	}
	var schema any
	if err := json.Unmarshal(definitions.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	for key := range keysOf(schema) {
		if !regexp.MustCompile("(^|[^a-z-])" + regexp.QuoteMeta(key) + "($|[^a-z-])").MatchString(text) {
			t.Errorf("the key `%s` is nowhere in the reference", key)
		}
	}
	words := regexp.MustCompile("[a-z_]+").FindAllString(strings.Join(regexp.MustCompile("`[^`]*`").FindAllString(text, -1), " "), -1)
	for _, f := range []string{"needed", "exists", "len", "any", "all", "none", "one", "count", "sum", "date", "time", "hour", "weekday", "at", "days_between",
		"hours_between", "outside_hours", "abs", "floor", "ceil", "round", "min", "max", "lower", "upper", "trim"} {
		if !slices.Contains(words, f) {
			t.Errorf("the function %s is nowhere in the reference", f)
		}
	}
}

// keysOf collects the keys of definitions from their JSON Schema.
func keysOf(schema any) map[string]bool {
	keys := map[string]bool{}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if properties, ok := v["properties"].(map[string]any); ok {
				for k := range properties {
					keys[k] = true
				}
			}
			for _, e := range v {
				walk(e)
			}
		case []any:
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(schema)
	return keys
}

// TestDocLinks holds that every link between the pages, and from them to files, leads somewhere.
func TestDocLinks(t *testing.T) {
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, "../README.md", "../definitions/shared/README.md") {
		text := fenced.ReplaceAllString(readFile(t, page), "")
		for _, m := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(text, -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			file := page
			if target != "" {
				file = filepath.Join(filepath.Dir(page), target)
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s: %s leads nowhere", page, m[1])
				continue
			}
			if anchor != "" && filepath.Ext(file) == ".md" && !slices.Contains(anchorsOf(readFile(t, file)), anchor) {
				t.Errorf("%s: there is no heading for #%s in %s", page, anchor, file)
			}
		}
	}
}

// TestArchitecturePage holds the page's table of the compiler's stages to the list in the code, in its order.
func TestArchitecturePage(t *testing.T) {
	page := readFile(t, "../docs/architecture.md")
	_, table, _ := strings.Cut(page, "\n| stage | what it does |\n|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	var got, want []string
	for line := range strings.Lines(table) {
		got = append(got, strings.Split(strings.TrimSpace(strings.Split(line, "|")[1]), ", ")...)
	}
	for _, m := range regexp.MustCompile(`(?m)^\t\{"([a-z ]+)", \(\*compiler\)`).FindAllStringSubmatch(readFile(t, "../engine/compile.go"), -1) {
		want = append(want, m[1])
	}
	if len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("the page has the stages\n%q, engine/compile.go has\n%q", got, want)
	}
}

var codePath = regexp.MustCompile("`((?:cmd|definitions|engine|forms|server|testdata|docs)/[A-Za-z0-9_./-]+)`")

// TestDocPaths holds that the files that the pages name are there.
func TestDocPaths(t *testing.T) {
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, "../README.md") {
		for _, m := range codePath.FindAllStringSubmatch(readFile(t, page), -1) {
			if _, err := os.Stat("../" + m[1]); err != nil {
				t.Errorf("%s: there is no %s", page, m[1])
			}
		}
	}
}

// anchorsOf lists the anchors that forges make of the headings of a page.
func anchorsOf(text string) []string {
	var anchors []string
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
		heading := strings.ToLower(strings.TrimSpace(m[1]))
		anchors = append(anchors, strings.ReplaceAll(regexp.MustCompile(`[^\p{L}\p{N}\- _]`).ReplaceAllString(heading, ""), " ", "-"))
	}
	return anchors
}
