package cmd

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"

	"luvat/definitions"
)

// parse reads flags wherever they stand among the arguments and returns the other arguments. After "--" nothing is a flag,
// and "-" alone never is.
func parse(flags *flag.FlagSet, args []string) ([]string, error) {
	var plain []string
	for len(args) > 0 {
		switch a := args[0]; {
		case a == "--":
			return append(plain, args[1:]...), nil
		case a == "-" || !strings.HasPrefix(a, "-"):
			plain = append(plain, a)
			args = args[1:]
			continue
		}
		word, _, _ := strings.Cut(strings.TrimLeft(args[0], "-"), "=")
		if word != "h" && word != "help" && flags.Lookup(word) == nil {
			return nil, unknownFlag(flags, word)
		}
		if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
			return nil, err
		} else if err != nil {
			return nil, usagef("%s", flagProblem(flags, word, err))
		}
		args = args[len(args)-flags.NArg():]
	}
	return plain, nil
}

func unknownFlag(flags *flag.FlagSet, word string) error {
	var known []string
	flags.VisitAll(func(f *flag.Flag) { known = append(known, f.Name) })
	text := fmt.Sprintf("`luvat %s` has no flag --%s", flags.Name(), word)
	if near := definitions.Nearest(word, known); near != "" {
		text += fmt.Sprintf("; did you mean --%s?", near)
	} else if len(known) > 0 {
		text += "; it has --" + strings.Join(known, " --")
	}
	return usagef("%s", text)
}

// flagProblem says what is wrong with a flag that exists. The flag package's own words name its types.
func flagProblem(flags *flag.FlagSet, word string, err error) string {
	if strings.Contains(err.Error(), "needs an argument") {
		name, _ := flag.UnquoteUsage(flags.Lookup(word))
		return fmt.Sprintf("--%s needs a value: --%s %s", word, word, name)
	}
	// A value that a flag of ours refuses says so itself, at the end of the package's sentence.
	text := err.Error()
	if i := strings.Index(text, ": "); i >= 0 && strings.HasPrefix(text, "invalid value") {
		value, _, _ := strings.Cut(strings.TrimPrefix(text, "invalid value "), " for flag")
		return fmt.Sprintf("--%s cannot be %s: %s", word, value, strings.TrimPrefix(text[i+2:], "parse error"))
	}
	if strings.HasPrefix(text, "invalid boolean value") {
		return fmt.Sprintf("--%s takes no value", word)
	}
	return text
}

// oneOf is a flag with a few possible values.
type oneOf struct {
	value   string
	allowed []string
}

func (o *oneOf) String() string { return o.value }

func (o *oneOf) Set(s string) error {
	if slices.Contains(o.allowed, s) {
		o.value = s
		return nil
	}
	text := "it is one of " + strings.Join(o.allowed, ", ")
	if near := definitions.Nearest(s, o.allowed); near != "" {
		text += fmt.Sprintf("; did you mean %s?", near)
	}
	return errors.New(text)
}

// dayFlag is a flag with a day, such as 2026-07-05.
type dayFlag struct{ day definitions.Date }

func (d *dayFlag) String() string { return d.day.String() }

func (d *dayFlag) Set(s string) error {
	day, ok := definitions.ParseDate(s)
	if !ok {
		return errors.New("a day is written like 2026-07-05")
	}
	d.day = day
	return nil
}

func choiceFlag(f *flag.FlagSet, name, usage string, allowed ...string) *string {
	o := &oneOf{allowed[0], allowed}
	f.Var(o, name, usage+": `"+strings.Join(allowed, "|")+"`")
	return &o.value
}
