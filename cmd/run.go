// Package cmd is the command line as a function: arguments, files and streams go in; text and an exit code come out.
//
//	arguments ──verb──▶ definitions.Load ──▶ engine.Compile ──▶ engine, definitions or server ──▶ text, JSON, SARIF, SVG
//
// Nothing here knows a permit, and nothing here decides: each verb reads its arguments, calls the package that does the work
// and prints what came back.
package cmd

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // the clock is Finland's, also on a machine without a time zone database

	"luvat/definitions"
)

// The exit codes.
const (
	exitFine     = 0
	exitProblems = 1 // the program did its work and found problems
	exitUsage    = 2 // the arguments make no sense
	exitFatal    = 3 // something outside the definitions kept the program from its work
)

// Env is everything the program touches outside itself.
type Env struct {
	In       io.Reader
	Out, Err io.Writer
	Color    bool                             // Out is a terminal, where colour helps
	Keyboard bool                             // In is a terminal: what is written is seen already
	Dir      string                           // the folder to which relative paths are relative
	Now      func() time.Time                 // the clock
	Variable func(name string) (string, bool) // the environment; nil: that of the process
	Context  context.Context                  // ends when the user interrupts the program; nil: never
}

// System returns the environment of the process; an interrupt ends its context, a second one the process. Colour is off when NO_COLOR is set (no-color.org) or TERM is dumb.
func System() Env {
	dir, err := os.Getwd()
	if err != nil {
		dir = "."
	}
	color := terminal(os.Stdout) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return Env{Context: ctx, In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Color: color, Keyboard: terminal(os.Stdin), Dir: dir, Now: time.Now}
}

func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// path makes a path from the command line one that can be opened.
func (e Env) path(p string) string {
	if filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(e.Dir, p)
}

// today returns the day it is in Finland.
func (e Env) today() definitions.Date {
	now := e.Now()
	if finland, err := time.LoadLocation("Europe/Helsinki"); err == nil {
		now = now.In(finland)
	}
	return definitions.DateOf(now)
}

// verb is one subcommand.
type verb struct {
	name     string
	summary  string
	usage    string // what follows the name
	examples []example
	notes    string // what the examples and flags do not say
	// arguments declares the flags and returns what runs once they are parsed.
	arguments func(f *flag.FlagSet) func(c *call) error
	reads     bool // takes --definitions
}

type example struct{ line, says string }

// call is one run of a verb.
type call struct {
	Env
	verb        *verb
	args        []string // the arguments that are not flags
	definitions string   // --definitions
}

// errProblems is the error of a verb that did its work and found problems, all of them already printed.
var errProblems = errors.New("problems were found")

// usageError is an error in the arguments.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// inputError is what is wrong with something the user wrote, other than a definition: an answers file, an id.
type inputError struct{ text string }

func (e inputError) Error() string { return e.text }

func inputf(format string, args ...any) error { return inputError{fmt.Sprintf(format, args...)} }

// verbs lists the subcommands in the order in which help shows them.
func verbs() []*verb {
	return []*verb{
		serveVerb(), askVerb(), analyseVerb(),
		validateVerb(), testVerb(), explainVerb(), formatVerb(), schemaVerb(), graphVerb(),
		benchVerb(), versionVerb(), completionVerb(),
	}
}

// Run runs the program and returns its exit code: 0 fine, 1 problems found, 2 wrong usage, 3 fatal.
func Run(args []string, env Env) int {
	err := run(args, env)
	var usage usageError
	var input inputError
	switch {
	case err == nil:
		return exitFine
	case errors.Is(err, errProblems):
		return exitProblems
	case errors.As(err, &usage):
		fmt.Fprintln(env.Err, "luvat:", usage.text)
		return exitUsage
	case errors.As(err, &input):
		fmt.Fprintln(env.Err, "luvat:", input.text)
		return exitProblems
	}
	fmt.Fprintln(env.Err, "luvat:", err)
	return exitFatal
}

func run(args []string, env Env) error {
	all := verbs()
	if len(args) == 0 {
		overview(env.Err, all)
		return usagef("say what to do: a verb is missing")
	}
	name, rest := args[0], args[1:]
	switch name {
	case "help", "-h", "-help", "--help":
		return help(env, all, rest)
	case "-version", "--version":
		name = "version"
	}
	v, err := verbNamed(all, name)
	if err != nil {
		return err
	}
	c := &call{Env: env, verb: v}
	flags, do := v.flags(c)
	c.args, err = parse(flags, rest)
	if errors.Is(err, flag.ErrHelp) {
		helpOn(env.Out, v, flags)
		return nil
	}
	if err != nil {
		return err
	}
	return do(c)
}

// flags declares the flags of a verb and returns what runs once they are parsed into c.
func (v *verb) flags(c *call) (*flag.FlagSet, func(*call) error) {
	flags := flag.NewFlagSet(v.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	do := v.arguments(flags)
	if v.reads {
		flags.StringVar(&c.definitions, "definitions", "", "read the definitions of the folder `DIR` instead of the ones built in")
	}
	return flags, do
}

func verbNamed(all []*verb, name string) (*verb, error) {
	names := []string{"help"}
	for _, v := range all {
		if v.name == name {
			return v, nil
		}
		names = append(names, v.name)
	}
	text := fmt.Sprintf("there is no verb %q", name)
	if strings.HasPrefix(name, "-") {
		text = fmt.Sprintf("the verb comes first, before %s", name)
	} else if near := definitions.Nearest(name, names); near != "" {
		text += fmt.Sprintf("; did you mean `luvat %s`?", near)
	}
	return nil, usagef("%s\nThe verbs are: %s.", text, strings.Join(names[1:], " "))
}

// oneArgument returns the only argument of a verb that takes exactly one.
func (c *call) oneArgument(what string) (string, error) {
	switch len(c.args) {
	case 0:
		return "", usagef("%s is missing: luvat %s %s", what, c.verb.name, c.verb.usage)
	case 1:
		return c.args[0], nil
	}
	return "", usagef("%q is one argument too many: luvat %s %s", c.args[1], c.verb.name, c.verb.usage)
}

func (c *call) noArguments() error {
	if len(c.args) > 0 {
		return usagef("%q is an argument too many: luvat %s", c.args[0], strings.TrimSpace(c.verb.name+" "+c.verb.usage))
	}
	return nil
}
