package server

import (
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestFragments compares what the key parts of the pages say, line by line as it is read aloud, with golden files.
func TestFragments(t *testing.T) {
	plan := map[string]any{"towns": []any{"091", "049"}, "opens": "2026-12-10T10:00", "closes": "2026-12-10T16:00", "visitors": 250, "music": true, "loud": true, "kind": "food", "structures": []any{"tent"}}
	stopped := map[string]any{"kind": "weapons", "visitors": nil}
	for name, c := range map[string]struct {
		path, id string
		answers  map[string]any
	}{
		"result-fi":     {"/fi/fair/result", "main", plan},
		"result-sv":     {"/sv/fair/result", "main", plan},
		"result-en":     {"/en/fair/result", "main", plan},
		"impossible-fi": {"/fi/fair/result", "main", stopped},
		"questions-fi":  {"/fi/fair/questions/first", "ask", plan},
		"panel-sv":      {"/sv/fair/questions/first", "panel", plan},
		"timeline-en":   {"/en/fair/timeline", "main", plan},
		"overview-fi":   {"/fi/fair/overview", "main", plan},
		"empty-fi":      {"/fi/fair/result", "main", nil},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVisitor(t).get(address(c.path, map[string][]string{"a": {pack(c.answers)}}), http.StatusOK)
			got := lines(v.one(c.id))
			file := filepath.Join("testdata", "golden", name+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s says something else than %s (go test ./server -run Fragments -update writes it anew):\n%s", v.at, file, got)
			}
		})
	}
}

// blocks are the elements that begin a line.
const blocks = " address article aside dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 header label legend li nav ol p section summary svg table text tr ul "

// lines returns what an element says, a block a line, with what is not text in brackets: fields, pictures, addresses outside.
func lines(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			if words := strings.Join(strings.Fields(n.Data), " "); words != "" {
				b.WriteString(words + " ")
			}
			return
		}
		switch {
		case n.Data == "datalist", attr(n, "aria-hidden") == "true", n.Data == "input" && (attr(n, "type") == "hidden" || attr(n, "id") == "share"):
			return
		case n.Data == "input":
			mark := attr(n, "value")
			if kind := attr(n, "type"); kind == "radio" || kind == "checkbox" {
				mark = map[bool]string{true: "x", false: " "}[has(n, "checked")]
			}
			b.WriteString("[" + mark + "] ")
		case n.Data == "a" && strings.HasPrefix(attr(n, "href"), "http"):
			b.WriteString("<" + attr(n, "href") + "> ")
		case n.Data == "svg":
			b.WriteString("\n(picture)")
		}
		block := strings.Contains(blocks, " "+n.Data+" ")
		if block {
			b.WriteByte('\n')
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if block {
			b.WriteByte('\n')
		}
	}
	walk(n)
	var out []string
	for _, line := range strings.Split(b.String(), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n") + "\n"
}
