package cmd

import (
	"errors"
	"flag"
	"fmt"
	"regexp"
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
			return nil, usagef("%s", flagProblem(flags, err))
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

// The flag package's own words name its types; from them only the flag, the value and what our flags say of it are used.
var (
	lacksValue  = regexp.MustCompile(`^flag needs an argument: -(\S+)$`)
	badValue    = regexp.MustCompile(`^invalid value (".*") for flag -(\S+): (.*)$`)
	badSwitch   = regexp.MustCompile(`^invalid boolean value .* for -(\S+): `)
	unknownName = regexp.MustCompile(`^flag provided but not defined: -(\S+)$`)
)

// flagProblem says what is wrong with a flag.
func flagProblem(flags *flag.FlagSet, err error) string {
	text := err.Error()
	if m := lacksValue.FindStringSubmatch(text); m != nil {
		name, _ := flag.UnquoteUsage(flags.Lookup(m[1]))
		return fmt.Sprintf("--%s needs a value: --%s %s", m[1], m[1], name)
	}
	if m := badValue.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("--%s cannot be %s: %s", m[2], m[1], m[3])
	}
	if m := badSwitch.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("--%s takes no value", m[1])
	}
	if m := unknownName.FindStringSubmatch(text); m != nil {
		return unknownFlag(flags, m[1]).Error()
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
