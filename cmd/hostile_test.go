package cmd

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// What a file that was made to hurt may cost, with room for a slow machine: an ordinary file takes a tenth of it.
const (
	hostileTime   = 10 * time.Second
	hostileMemory = 1 << 30 // bytes allocated in all, most of them given back on the way
	hostileOutput = 1 << 20
)

// TestHostile holds that no file brings the program down, keeps it busy or fills the memory: each ends in findings.
func TestHostile(t *testing.T) {
	head := fair[:strings.Index(fair, "requirements:")]
	condition := func(c string) string {
		return head + "requirements:\n  - id: a\n    kind: plan\n    name: A\n    authority: lvv\n    needed:\n      - when: '" + c + "'\n"
	}
	bomb := head + "forms:\n  a: &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c <= 'k'; c++ {
		bomb += fmt.Sprintf("  %c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	facts := "facts:\n  f0: visitors > 1\n"
	for i := 1; i < 200; i++ {
		facts += fmt.Sprintf("  f%d: f%d and f%d or not f%d\n", i, i-1, i-1, i-1)
	}
	tests := map[string]struct{ text, rule string }{
		"fifty megabytes":           {head + "# " + strings.Repeat("x", 50<<20), "file-too-large"},
		"fifty megabytes of lines":  {head + strings.Repeat("# x\n", 50<<18), "file-too-large"},
		"aliases of aliases":        {bomb, "no-anchors"},
		"lists in lists":            {head + "forms: {a: " + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + "}\n", "too-deep"},
		"mappings in mappings":      {head + "forms:\n" + nested(10000), "too-deep"},
		"brackets that never close": {head + "forms: {a: " + strings.Repeat("[{", 100000), ""},
		"bytes that are no text":    {head + "facts:\n  a: \xff\xfe\xfd\n", "bad-encoding"},
		"zero bytes":                {head + "facts:\n  a: \x00\x00\n", "bad-character"},
		"UTF-16":                    {"\xff\xfeb\x00u\x00n\x00d\x00l\x00e\x00", "bad-encoding"},
		"a giant expression":        {condition(strings.Repeat("visitors > 1 or ", 100000) + "music"), "expression-too-long"},
		"an expression in brackets": {condition(strings.Repeat("(", 3000) + "music" + strings.Repeat(")", 3000)), ""},
		"not not not":               {condition(strings.Repeat("not ", 1500) + "music"), ""},
		"a pattern that backtracks": {condition(`food matches "(a+)+$"`) + "# RE2 does not backtrack", ""},
		"a giant pattern":           {condition(`"x" matches "` + strings.Repeat("(x{1000}){1000}", 5) + `"`), ""},
		"facts that double":         {head + facts + "requirements:\n  - {id: a, kind: plan, name: A, authority: lvv, needed: [{when: f199}]}\n", ""},
		"a million findings":        {head + "facts:\n" + strings.Repeat("  A: \n", 200000), "too-many"},
		"one line":                  {head + "groups: [" + strings.Repeat("{id: A}, ", 100000) + "]\n", ""},
		"a number without end":      {condition("visitors > " + strings.Repeat("9", 3000)), ""},
		"a table of many rows":      {head + "tables:\n  t:\n    hit: first\n    given: [visitors]\n    gives: [x]\n    rows:\n" + strings.Repeat("      - ['> 1', a]\n", 50000) + "          - [x\n", ""},
		"a key without end":         {head + strings.Repeat("k", 2<<20) + ": 1\n", ""},
		"question marks":            {head + strings.Repeat("? ", 10000) + "\n", ""},
		"dashes":                    {head + "forms:\n  " + strings.Repeat("- ", 10000) + "x\n", ""},
		"only brackets":             {strings.Repeat("[", 1<<20), ""},
		"only quotes":               {strings.Repeat("\"", 1<<20), ""},
		"only colons":               {strings.Repeat(": ", 1<<19), ""},
		"only ampersands":           {strings.Repeat("&a ", 1<<19), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "bundle.yaml"), []byte(test.text), 0o644); err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			begin := time.Now()
			out, stderr, code := runAt(dir, "", "validate", "--strict", "bundle.yaml")
			took := time.Since(begin)
			runtime.ReadMemStats(&after)
			if code != exitProblems || stderr != "" {
				t.Errorf("exit code %d, want %d: %.300s%.300s", code, exitProblems, out, stderr)
			}
			if test.rule != "" && !strings.Contains(out, "["+test.rule+"]") {
				t.Errorf("%s is not among the findings:\n%.2000s", test.rule, out)
			}
			if took > hostileTime {
				t.Errorf("it took %v", took)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > hostileMemory {
				t.Errorf("it allocated %d MB", used>>20)
			}
			if len(out) > hostileOutput {
				t.Errorf("it wrote %d bytes", len(out))
			}
		})
	}
}

func nested(depth int) string {
	var b strings.Builder
	for i := range depth {
		b.WriteString("a: {")
		if i%100 == 99 {
			b.WriteByte('\n')
		}
	}
	return "  " + b.String() + strings.Repeat("}", depth) + "\n"
}
