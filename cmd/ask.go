package cmd

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"luvat/definitions"
	"luvat/engine"
)

func askVerb() *verb {
	return &verb{
		name:    "ask",
		summary: "asks about a plan, one question at a time, and says what it needs",
		usage:   "BUNDLE",
		reads:   true,
		examples: []example{
			{"luvat ask events", "an interview in Finnish"},
			{"luvat ask events --lang en --save plan.json", "in English; the answers are kept in a file"},
			{"luvat ask events --answers plan.json", "go on from answers that were kept"},
		},
		notes: `Only what can still change the result is asked. An empty line means that you do not know yet;
? helps, < goes back to the question before, ! shows the whole result so far, q ends.`,
		arguments: func(f *flag.FlagSet) func(*call) error {
			answers := f.String("answers", "", "begin with the answers of a `FILE`")
			save := f.String("save", "", "write the answers to a `FILE` at the end")
			lang, on := langFlag(f), dayOf(f)
			return func(c *call) error { return c.ask(*answers, *save, definitions.Lang(*lang), on.day) }
		},
	}
}

func (c *call) ask(file, save string, lang definitions.Lang, on definitions.Date) error {
	name, err := c.oneArgument("the bundle")
	if err != nil {
		return err
	}
	if on == definitions.NoDate {
		on = c.today()
	}
	var known []byte
	if file == "-" {
		return usagef("--answers cannot be standard input: the answers to the questions come from there")
	} else if file != "" {
		if known, err = c.readAnswers(file); err != nil {
			return err
		}
	}
	l, p, err := c.bundle(name, on)
	if err != nil {
		return err
	}
	i := newInterview(c.Env, l, p, lang, on)
	if known != nil {
		if i.answers, err = p.ParseAnswers(known); err != nil {
			return answersProblem(file, err)
		}
	}
	if err := i.run(); err != nil {
		return err
	}
	if save != "" {
		if err := os.WriteFile(c.path(save), append(i.answers.JSON(), '\n'), 0o644); err != nil {
			return fmt.Errorf("%s cannot be written: %w", save, cause(err))
		}
		fmt.Fprintf(c.Out, "\n%s %s\n", i.words.saved, save)
	}
	return nil
}

// interview is a conversation about one plan.
type interview struct {
	Env
	lines     *bufio.Scanner
	program   *engine.Program
	reading   reading
	answers   *engine.Answers
	lang      definitions.Lang
	words     interviewWords
	on        definitions.Date
	questions map[string]*definitions.Question
	groups    map[string]*definitions.Group
	history   []string // the questions in the order in which they were answered or skipped
	group     string   // the group whose heading was shown last
	before    *engine.Analysis
}

var (
	errEnd  = errors.New("end of the interview")
	errBack = errors.New("back")
)

func newInterview(env Env, l *library, p *engine.Program, lang definitions.Lang, on definitions.Date) *interview {
	i := &interview{Env: env, lines: bufio.NewScanner(env.In), program: p, answers: p.NewAnswers(), lang: lang, words: interviewWordsIn[lang], on: on,
		reading: reading{lang: lang, shared: l.Shared}, questions: map[string]*definitions.Question{}, groups: map[string]*definitions.Group{}}
	for _, q := range p.Bundle.Questions {
		i.questions[q.ID] = q
	}
	for _, g := range p.Bundle.Groups {
		i.groups[g.ID] = g
	}
	return i
}

func (i *interview) run() error {
	fmt.Fprintf(i.Out, "%s\n%s\n", i.program.Bundle.Title.In(i.lang), i.words.keys)
	i.before = i.analyse()
	for {
		q := i.next()
		if q == nil {
			break
		}
		err := i.answer(q)
		if errors.Is(err, errEnd) {
			break
		}
		if err != nil && !errors.Is(err, errBack) {
			return err
		}
		i.changes()
	}
	if err := i.lines.Err(); err != nil {
		return fmt.Errorf("standard input cannot be read: %w", err)
	}
	fmt.Fprintln(i.Out)
	if err := i.result(); err != nil {
		return err
	}
	i.missing()
	return nil
}

// missing names the questions that were passed over, and what each of them keeps open.
func (i *interview) missing() {
	said := false
	for _, q := range i.program.Bundle.Questions {
		if v, passed := i.answers.Get(q.ID); !passed || v != nil {
			continue
		}
		var open []string
		for _, r := range i.before.Requirements {
			if r.Status == engine.Open && slices.Contains(r.DependsOn, q.ID) {
				open = append(open, r.Name)
			}
		}
		if len(open) == 0 {
			continue
		}
		if !said {
			fmt.Fprintf(i.Out, "\n%s:\n", i.words.missing)
			said = true
		}
		i.wrapped("  – ", "    ", q.Ask.In(i.lang))
		i.wrapped("    → ", "      ", strings.Join(open, ", "))
	}
}

func (i *interview) analyse() *engine.Analysis { return i.program.Analyse(i.answers, i.on, i.lang) }

// next returns the first question worth asking, nil when there is none. One that was answered with "I don't know yet" is none.
func (i *interview) next() *definitions.Question {
	for _, id := range i.before.Next {
		if q := i.questions[id]; q != nil {
			return q
		}
	}
	return nil
}

func (i *interview) result() error {
	r := newReport(i.lang, i.program)
	r.analysis(i.analyse())
	_, err := io.WriteString(i.Out, r.String())
	return err
}

// answer asks one question until there is an answer, or the customer does not know, goes back or ends.
func (i *interview) answer(q *definitions.Question) error {
	if g := i.groups[q.Group.ID()]; g != nil && g.ID != i.group {
		i.group = g.ID
		title := g.Title.In(i.lang)
		fmt.Fprintf(i.Out, "\n%s\n%s\n", title, strings.Repeat("─", len([]rune(title))))
	}
	i.pose(q)
	for {
		v, err := i.read(q)
		var refused inputError
		switch {
		case errors.As(err, &refused):
			fmt.Fprintln(i.Out, "  "+refused.text)
			continue
		case errors.Is(err, errBack):
			if i.back() {
				return errBack
			}
			fmt.Fprintln(i.Out, "  "+i.words.first)
			continue
		case err != nil:
			return err
		}
		i.history = append(i.history, q.ID)
		if err := i.answers.Set(q.ID, v); err != nil {
			i.history = i.history[:len(i.history)-1]
			fmt.Fprintln(i.Out, "  "+i.problem(err))
			continue
		}
		said := i.words.unknown
		if v != nil {
			said = i.program.AnswerText(q.ID, v, i.lang)
		}
		fmt.Fprintln(i.Out, "  = "+said)
		return nil
	}
}

// back takes the last answer back; false when there is none.
func (i *interview) back() bool {
	n := len(i.history) - 1
	if n < 0 {
		return false
	}
	id := i.history[n]
	i.history = i.history[:n]
	i.answers.Clear(id)
	return true
}

// pose writes a question with its options.
func (i *interview) pose(q *definitions.Question) {
	text := q.Ask.In(i.lang)
	if u := q.Unit.In(i.lang); u != "" {
		text += " (" + u + ")"
	}
	fmt.Fprintf(i.Out, "\n%s\n", text)
	for n, o := range q.Options {
		fmt.Fprintf(i.Out, "  %d  %s\n", n+1, o.Text.In(i.lang))
	}
}

// read reads the answer to a question; nil means that the customer does not know yet.
func (i *interview) read(q *definitions.Question) (any, error) {
	if q.Type == definitions.List {
		return i.records(q)
	}
	for {
		line, err := i.line(i.words.how[howOf(q)])
		if err != nil {
			return nil, err
		}
		switch line {
		case "":
			return nil, nil
		case "<":
			return nil, errBack
		case "q", "quit":
			return nil, errEnd
		case "?":
			i.help(q)
			continue
		case "!":
			if err := i.result(); err != nil {
				return nil, err
			}
			i.pose(q)
			continue
		}
		return i.reading.value(q, line, i.words)
	}
}

// line shows what can be written and reads a line.
func (i *interview) line(how string) (string, error) {
	fmt.Fprintf(i.Out, "%s> ", how)
	if !i.lines.Scan() {
		fmt.Fprintln(i.Out)
		return "", errEnd
	}
	if !i.Keyboard { // nobody has seen it yet
		fmt.Fprintln(i.Out, strings.ToValidUTF8(i.lines.Text(), "\uFFFD"))
	}
	return strings.TrimSpace(strings.ToValidUTF8(i.lines.Text(), "\uFFFD")), nil
}

// records reads the records of a list, field by field, until there are no more.
func (i *interview) records(q *definitions.Question) (any, error) {
	records := []any{}
	for {
		more := i.words.anotherOne
		if len(records) == 0 {
			more = i.words.anyOf
		}
		line, err := i.line("  " + more + " " + i.words.how["boolean"])
		if err != nil {
			return nil, err
		}
		switch line {
		case "":
			if len(records) == 0 {
				return nil, nil
			}
			return records, nil
		case "<":
			return nil, errBack
		case "q", "quit":
			return nil, errEnd
		case "?":
			i.help(q)
			continue
		}
		yes, ok := yesNo(line)
		if !ok {
			fmt.Fprintln(i.Out, "  "+i.words.notYesNo)
			continue
		}
		if !yes {
			return records, nil
		}
		record, err := i.record(q)
		if err != nil {
			return nil, err
		}
		records = append(records, record)
	}
}

func (i *interview) record(q *definitions.Question) (map[string]any, error) {
	record := map[string]any{}
	for _, field := range q.Of {
		i.pose(field)
		for {
			v, err := i.read(field)
			var said inputError
			if errors.As(err, &said) {
				fmt.Fprintln(i.Out, "  "+said.text)
				continue
			}
			if err != nil {
				return nil, err
			}
			if v != nil {
				record[field.ID] = v
			}
			break
		}
	}
	return record, nil
}

func (i *interview) help(q *definitions.Question) {
	shown := false
	if h := q.Help.In(i.lang); h != "" {
		i.wrapped("  ", "  ", h)
		shown = true
	}
	for n, o := range q.Options {
		if h := o.Help.In(i.lang); h != "" {
			i.wrapped(fmt.Sprintf("  %d  ", n+1), "     ", h)
			shown = true
		}
	}
	for _, l := range q.Links {
		fmt.Fprintln(i.Out, "  "+strings.TrimSpace(l.Title.In(i.lang)+" "+l.URL))
		shown = true
	}
	if !shown {
		fmt.Fprintln(i.Out, "  "+i.words.noHelp)
	}
	fmt.Fprintln(i.Out, "  "+i.words.keys)
}

func (i *interview) wrapped(head, indent, text string) {
	var r report
	r.wrap(head, indent, text)
	fmt.Fprint(i.Out, r.String())
}

// problem says in the customer's language why an answer cannot be.
func (i *interview) problem(err error) string {
	var problems *engine.AnswerErrors
	if errors.As(err, &problems) && len(problems.Problems) > 0 {
		return problems.Problems[0].Message(i.lang)
	}
	return err.Error()
}

// changes says what the last answer changed in the result.
func (i *interview) changes() {
	now := i.analyse()
	was := map[string]engine.Status{}
	for _, q := range i.before.Requirements {
		was[q.ID] = q.Status
	}
	for _, q := range now.Requirements {
		if q.Status != was[q.ID] {
			fmt.Fprintf(i.Out, "  %s: %s\n", i.words.status[q.Status], q.Name)
		}
	}
	for _, f := range now.Impossible {
		if !slices.ContainsFunc(i.before.Impossible, func(g engine.Finding) bool { return g.ID == f.ID }) {
			fmt.Fprintf(i.Out, "  %s: %s\n", i.words.impossible, f.Because)
		}
	}
	i.before = now
}
