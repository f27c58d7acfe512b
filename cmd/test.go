package cmd

import (
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"regexp/syntax"
	"strings"

	"luvat/engine"
)

func testVerb() *verb {
	return &verb{
		name:    "test",
		summary: "runs the scenarios of the authors",
		usage:   "[PATH…]",
		reads:   true,
		examples: []example{
			{"luvat test", "every scenario that is built in"},
			{"luvat test my-bundle", "the scenarios of one bundle"},
			{"luvat test --run fair my-bundle", "those whose name matches a regular expression"},
			{"luvat test --coverage my-bundle", "also name each condition that no scenario shows true, or false"},
			{"luvat test --junit report.xml", "also write a report for a build server"},
		},
		notes: "It exits with 1 when a scenario fails, and with --coverage also when a condition is not shown both ways.",
		arguments: func(f *flag.FlagSet) func(*call) error {
			run := f.String("run", "", "only the scenarios whose name matches the regular expression `RE`")
			coverage := f.Bool("coverage", false, "say which conditions no scenario shows true, or false")
			junit := f.String("junit", "", "write a JUnit report to `FILE`")
			return func(c *call) error { return c.test(*run, *coverage, *junit) }
		},
	}
}

func (c *call) test(run string, coverage bool, junit string) error {
	only, err := regexp.Compile(run)
	if err != nil {
		return usagef("--run: %s", patternFault(run, err))
	}
	l, err := c.load(c.args)
	if err != nil {
		return err
	}
	if err := l.sound(c); err != nil {
		return err
	}
	t := tally{call: c}
	for _, p := range l.engine.Programs() {
		results := []engine.ScenarioResult{}
		for _, s := range p.Bundle.Scenarios {
			if l.asked(s.At.File) && only.MatchString(s.Name) {
				results = append(results, p.RunScenario(s))
			}
		}
		t.add(p, results)
		if coverage && l.asked(p.Bundle.At.File) {
			t.cover(p.Coverage(results))
		}
	}
	if t.ran == 0 && run != "" {
		return inputf("no scenario has a name that matches %q", run)
	}
	if junit != "" {
		if err := t.write(junit); err != nil {
			return fmt.Errorf("%s cannot be written: %w", junit, cause(err))
		}
	}
	t.sum(coverage)
	if t.failed > 0 || t.lacking > 0 {
		return errProblems
	}
	return nil
}

// tally counts how the scenarios go, and prints those that fail.
type tally struct {
	*call
	ran, failed    int
	conditions     int // whose coverage was asked for
	shown, lacking int // sides of conditions: each has two, true and false
	suites         []junitSuite
}

func (t *tally) add(p *engine.Program, results []engine.ScenarioResult) {
	if len(results) == 0 {
		return
	}
	suite := junitSuite{Name: p.Bundle.ID + " " + p.Bundle.Version, Tests: len(results)}
	for _, r := range results {
		t.ran++
		one := junitCase{Name: r.Scenario.Name, Class: p.Bundle.ID, File: r.Scenario.At.File, Line: r.Scenario.At.Line}
		if len(r.Failures) > 0 {
			t.failed++
			suite.Failures++
			text := failures(r)
			fmt.Fprintf(t.Out, "FAIL %s %s: %s\n%s\n", p.Bundle.ID, p.Bundle.Version, r.Scenario.Name, text)
			one.Failure = &junitFailure{Message: fmt.Sprintf("%d of what was expected did not come", len(r.Failures)), Text: text}
		}
		suite.Cases = append(suite.Cases, one)
	}
	t.suites = append(t.suites, suite)
}

// failures says what was expected, what came, and why.
func failures(r engine.ScenarioResult) string {
	var b strings.Builder
	for _, f := range r.Failures {
		at := f.At
		if !at.Valid() {
			at = r.Scenario.At
		}
		fmt.Fprintf(&b, "  %s: %s\n    expected  %s\n    but it is %s\n", at, f.What, orNothing(f.Expected), orNothing(f.Got))
		if f.Because != "" {
			fmt.Fprintf(&b, "    because   %s\n", f.Because)
		}
	}
	return b.String()
}

func orNothing(text string) string {
	if text == "" {
		return "nothing"
	}
	return text
}

// patternFaults says in our words what makes a regular expression unreadable.
var patternFaults = map[syntax.ErrorCode]string{
	syntax.ErrMissingParen: "a ( is not closed", syntax.ErrUnexpectedParen: "a ) has no ( before it",
	syntax.ErrMissingBracket: "a [ is not closed", syntax.ErrMissingRepeatArgument: "*, + or ? has nothing before it to repeat",
	syntax.ErrInvalidRepeatOp: "two signs of repetition stand together", syntax.ErrInvalidRepeatSize: "a number of repetitions is too large",
	syntax.ErrTrailingBackslash: "nothing follows the last \\", syntax.ErrInvalidCharRange: "a range between [ and ] runs backwards",
	syntax.ErrInvalidEscape: "what follows a \\ has no meaning",
}

func patternFault(pattern string, err error) string {
	text := "it cannot be read"
	var fault *syntax.Error
	if errors.As(err, &fault) && patternFaults[fault.Code] != "" {
		text = patternFaults[fault.Code]
	}
	return fmt.Sprintf("%q is no regular expression: %s; put \\ before a sign that means itself", pattern, text)
}

func (t *tally) cover(conditions []engine.Covered) {
	for _, c := range conditions {
		t.conditions++
		for _, side := range []struct {
			shown bool
			name  string
		}{{c.True, "true"}, {c.False, "false"}} {
			if side.shown {
				t.shown++
				continue
			}
			t.lacking++
			of := c.Section
			if c.Requirement != "" {
				of = c.Requirement + ", " + c.Section
			}
			fmt.Fprintf(t.Out, "%s: %s `%s` lacks '%s'\n", c.At, of, c.Ground, side.name)
		}
	}
}

func (t *tally) sum(coverage bool) {
	if t.failed == 0 {
		fmt.Fprintf(t.Out, "%s passed\n", scenarios(t.ran))
	} else {
		fmt.Fprintf(t.Out, "%d of %s failed\n", t.failed, scenarios(t.ran))
	}
	if !coverage {
		return
	}
	percent := 100.0
	if t.conditions > 0 {
		percent = 100 * float64(t.shown) / float64(2*t.conditions)
	}
	// Rounded down: 100 % means all of them.
	fmt.Fprintf(t.Out, "coverage %.1f %%: %d of %d sides of %d conditions are shown\n", float64(int(percent*10))/10, t.shown, 2*t.conditions, t.conditions)
}

func scenarios(n int) string {
	if n == 1 {
		return "1 scenario"
	}
	return fmt.Sprintf("%d scenarios", n)
}

// The shapes below are the JUnit XML that build servers read.
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr"`
	Line    int           `xml:"line,attr"`
	Failure *junitFailure `xml:"failure"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func (t *tally) write(file string) error {
	text, err := xml.MarshalIndent(junitSuites{Tests: t.ran, Failures: t.failed, Suites: t.suites}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(t.path(file), append([]byte(xml.Header), append(text, '\n')...), 0o644)
}
