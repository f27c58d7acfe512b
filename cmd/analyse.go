package cmd

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"luvat/definitions"
	"luvat/engine"
)

// An answers file larger than this is refused unread.
const maxAnswers = 1 << 20

func analyseVerb() *verb {
	return &verb{
		name:    "analyse",
		summary: "says what a plan needs: which permits, why, from whom, by when",
		usage:   "BUNDLE --answers FILE|-",
		reads:   true,
		examples: []example{
			{"luvat analyse events --answers plan.json", "a report in Finnish, as of today"},
			{"luvat analyse events --answers plan.json --lang en --on 2026-05-01", "in English, for a case handled on that day"},
			{"luvat analyse events --answers - --format json < plan.json", "for programs"},
			{"luvat analyse my-bundle/ --answers plan.json", "with a bundle of one's own; the / matters only when a built-in bundle has the same name"},
		},
		notes: `The answers are a JSON object by question id: true, 250, "option", ["option", "option"], "2026-07-05",
"2026-07-05T18:00", a municipality by its code: "091". What is left out is unknown.`,
		arguments: func(f *flag.FlagSet) func(*call) error {
			answers := f.String("answers", "", "the `FILE` with the answers, - for standard input")
			format := choiceFlag(f, "format", "what to print", "text", "json")
			lang, on := langFlag(f), dayOf(f)
			return func(c *call) error { return c.analyse(*answers, *format, definitions.Lang(*lang), on.day) }
		},
	}
}

func langFlag(f *flag.FlagSet) *string {
	return choiceFlag(f, "lang", "the language of the texts", "fi", "sv", "en")
}

func dayOf(f *flag.FlagSet) *dayFlag {
	on := &dayFlag{}
	f.Var(on, "on", "the `DAY` on which the case is handled, like 2026-05-01; today unless given")
	return on
}

func (c *call) analyse(file, format string, lang definitions.Lang, on definitions.Date) error {
	name, err := c.oneArgument("the bundle")
	if err != nil {
		return err
	}
	if file == "" {
		return usagef("--answers FILE is missing; --answers - reads them from standard input")
	}
	if on == definitions.NoDate {
		on = c.today()
	}
	text, err := c.readAnswers(file)
	if err != nil {
		return err
	}
	_, p, err := c.bundle(name, on)
	if err != nil {
		return err
	}
	answers, err := p.ParseAnswers(text)
	if err != nil {
		return answersProblem(file, err)
	}
	a := p.Analyse(answers, on, lang)
	if format == "json" {
		e := json.NewEncoder(c.Out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(a)
	}
	r := newReport(lang, p)
	r.analysis(a)
	_, err = io.WriteString(c.Out, r.String())
	return err
}

func (c *call) readAnswers(file string) ([]byte, error) {
	in := c.In
	if file != "-" {
		f, err := os.Open(c.path(file))
		if errors.Is(err, os.ErrNotExist) {
			return nil, usagef("--answers: there is no file %s", file)
		}
		if err != nil {
			return nil, fmt.Errorf("%s cannot be read: %w", file, cause(err))
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, maxAnswers+1))
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", nameOf(file), cause(err))
	}
	if len(text) > maxAnswers {
		return nil, inputf("%s is larger than a megabyte; answers never are", nameOf(file))
	}
	return text, nil
}

func nameOf(file string) string {
	if file == "-" {
		return "standard input"
	}
	return file
}

// answersProblem says everything that is wrong with a set of answers, a line for each.
func answersProblem(file string, err error) error {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	for i, line := range lines {
		lines[i] = nameOf(file) + ": " + line
	}
	return inputf("%s", strings.Join(lines, "\nluvat: "))
}

// newReport begins a report in a language on what a program decided.
func newReport(lang definitions.Lang, p *engine.Program) *report {
	r := &report{lang: lang, words: reportWords[lang], asks: map[string]string{}}
	for _, q := range p.Bundle.Questions {
		r.asks[q.ID] = q.Ask.In(lang)
	}
	r.title = p.Bundle.Title.In(lang)
	return r
}
