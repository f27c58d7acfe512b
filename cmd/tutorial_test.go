package cmd

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"luvat/definitions"
)

// TestTutorial does what docs/authoring.md tells a reader to do: it writes the files of the page, makes its edits, runs its commands
// in order, and compares what they print with what the page says. `go test ./cmd -run TestTutorial -update` writes the outputs anew.
func TestTutorial(t *testing.T) {
	if !*update {
		t.Parallel()
	}
	const page = "../docs/authoring.md"
	r := reader{t: t, dir: t.TempDir()}
	text := r.follow(page, readFile(t, page))
	if r.commands < 20 || r.edits < 6 {
		t.Errorf("the page has %d commands and %d edits; the tutorial has lost some", r.commands, r.edits)
	}
	if *update && text != readFile(t, page) {
		if err := os.WriteFile(page, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// reader is somebody who follows a page to the letter.
type reader struct {
	t               *testing.T
	dir             string
	silent          bool // writes and edits files only
	code            int  // exit code of the last command
	commands, edits int
}

var fenced = regexp.MustCompile("(?ms)^```([a-z]+)(?: ([^\n]+))?\n(.*?)^```$")

var trailing = regexp.MustCompile(" +\n")

// follow does what the blocks of a page say, and returns the page with what was printed:
//
//	```yaml PATH       write a file (also csv, json)
//	```diff PATH       replace the lines with - by those with +
//	```console         run each line that begins with $, and compare what follows it; … stands for any lines
//	```yaml example    definitions that fit the village fair of the checks' pages, without a finding
func (r *reader) follow(page, text string) string {
	return fenced.ReplaceAllStringFunc(text, func(block string) string {
		m := fenced.FindStringSubmatch(block)
		language, path, body := m[1], m[2], m[3]
		switch {
		case r.silent && (language == "console" || path == "example" || path == "rejected"):
		case path == "example":
			r.example(body)
		case path == "rejected":
			r.rejected(body)
		case language == "diff" && path != "":
			r.edit(path, body)
		case language == "console":
			return "```console\n" + r.console(page, body) + "```"
		case path != "":
			r.write(path, body)
		}
		return block
	})
}

func (r *reader) write(path, text string) {
	full := filepath.Join(r.dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// edit replaces lines of a file. Lines without a sign show where: they must stand in the file as well.
func (r *reader) edit(path, body string) {
	r.edits++
	full := filepath.Join(r.dir, filepath.FromSlash(path))
	var old, new strings.Builder
	for line := range strings.Lines(body) {
		switch line[0] {
		case '-':
			old.WriteString(line[1:])
		case '+':
			new.WriteString(line[1:])
		default:
			old.WriteString(line[1:])
			new.WriteString(line[1:])
		}
	}
	text := readFile(r.t, full)
	if strings.Count(text, old.String()) != 1 {
		r.t.Fatalf("%s: the lines to replace are there %d times:\n%s\nin\n%s", path, strings.Count(text, old.String()), old.String(), text)
	}
	r.write(path, strings.Replace(text, old.String(), new.String(), 1))
}

// console runs the commands of a block and returns it with what they print.
func (r *reader) console(page, body string) string {
	var out strings.Builder
	var command, want string
	run := func() {
		if command == "" {
			return
		}
		got := trailing.ReplaceAllString(r.run(command), "\n") // editors take spaces at the ends of lines away
		out.WriteString("$ " + command + "\n")
		elided := strings.Contains("\n"+want, "\n…\n")
		switch {
		case *update && !elided:
			want = got
		case elided && !printed(want, got), !elided && got != want:
			r.t.Errorf("%s: `%s` prints\n%s\nbut the page says\n%s", page, command, got, want)
		}
		out.WriteString(want)
		command, want = "", ""
	}
	for line := range strings.Lines(body) {
		if next, ok := strings.CutPrefix(line, "$ "); ok {
			run()
			command = strings.TrimSpace(next)
			continue
		}
		want += line
	}
	run()
	return out.String()
}

// printed reports whether a text with … for any lines stands for what was printed.
func printed(want, got string) bool {
	parts := strings.Split("\n"+want, "\n…\n")
	got = "\n" + got
	for i, p := range parts {
		at := strings.Index(got, p)
		last := i == len(parts)-1
		if at < 0 || i == 0 && at != 0 || last && !strings.HasSuffix(got, p) {
			return false
		}
		got = got[at+len(p):]
		if !last && !strings.HasPrefix(got, "\n") {
			return false
		}
	}
	return true
}

// run runs one line as a shell would: words, quotes, and < and > with a file.
func (r *reader) run(line string) string {
	r.commands++
	if line == "echo $?" {
		return fmt.Sprintln(r.code)
	}
	var args []string
	for _, m := range regexp.MustCompile(`'([^']*)'|"([^"]*)"|(\S+)`).FindAllStringSubmatch(line, -1) {
		args = append(args, m[1]+m[2]+m[3])
	}
	if args[0] != "luvat" {
		r.t.Fatalf("the page runs `%s`, which is not luvat", line)
	}
	in, to := "", ""
	for n := len(args); n > 2 && (args[n-2] == "<" || args[n-2] == ">"); n = len(args) {
		if args[n-2] == "<" {
			in = readFile(r.t, filepath.Join(r.dir, args[n-1]))
		} else {
			to = args[n-1]
		}
		args = args[:n-2]
	}
	var both, out bytes.Buffer
	env := Env{In: strings.NewReader(in), Out: &both, Err: &both, Dir: r.dir, Now: func() time.Time { return time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC) }}
	if to != "" {
		env.Out = &out
	}
	r.code = Run(args[1:], env)
	if to != "" {
		r.write(to, out.String())
	}
	return both.String()
}

// example holds that definitions fit the village fair, or are a bundle of their own, without a finding, and that their scenarios hold.
func (r *reader) example(text string) {
	found, l := loadText(text)
	found = slices.DeleteFunc(found, func(d definitions.Diagnostic) bool { return d.Severity == definitions.Note })
	if len(found) > 0 {
		r.t.Errorf("the example\n%s\nis not silent:\n%s", text, textOf(found, l))
	}
	for _, p := range l.engine.Programs() {
		for _, s := range p.Bundle.Scenarios {
			if result := p.RunScenario(s); len(result.Failures) > 0 {
				r.t.Errorf("the example\n%s\nhas a scenario that fails:\n%s", text, failures(result))
			}
		}
	}
}

// rejected holds that every rule id that a comment of the example names is found, and nothing else.
func (r *reader) rejected(text string) {
	found, l := loadText(text)
	want := map[string]bool{}
	for _, m := range regexp.MustCompile(`# \[([a-z-]+)\]`).FindAllStringSubmatch(text, -1) {
		want[m[1]] = true
	}
	got := map[string]bool{}
	for _, d := range found {
		got[d.Rule] = true
	}
	if fmt.Sprint(want) != fmt.Sprint(got) {
		r.t.Errorf("the example\n%s\ngives other findings than it says:\n%s", text, textOf(found, l))
	}
}

func loadText(text string) (definitions.Diagnostics, *library) {
	base := definitions.Embedded()
	base.FS = without{base.FS, []string{"bundles", "overlays"}}
	fsys := fstest.MapFS{}
	addExample(fsys, "", text)
	return loadExample(base, fsys)
}
