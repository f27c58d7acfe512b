package cmd

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
)

func help(env Env, all []*verb, rest []string) error {
	if len(rest) == 0 {
		overview(env.Out, all)
		return nil
	}
	v, err := verbNamed(all, rest[0])
	if err != nil {
		return err
	}
	flags, _ := v.flags(&call{})
	helpOn(env.Out, v, flags)
	return nil
}

func overview(w io.Writer, all []*verb) {
	fmt.Fprint(w, `luvat says which permits, notifications and plans a plan needs, from whom, by when, and why.

  luvat serve                                    the service in a browser
  luvat ask events                               the same as an interview in the terminal
  luvat analyse events --answers plan.json       the same from a file
  luvat validate my-bundle                       check definitions
  luvat test --coverage                          run the scenarios of the authors

The verbs:

`)
	for _, v := range all {
		fmt.Fprintf(w, "  %-11s %s\n", v.name, v.summary)
	}
	fmt.Fprint(w, `
`+"`luvat help VERB`"+` shows the examples and flags of a verb.
Exit codes: 0 fine, 1 problems found, 2 wrong usage, 3 fatal.
`)
}

// helpOn shows a verb: examples first.
func helpOn(w io.Writer, v *verb, flags *flag.FlagSet) {
	width := 0
	for _, e := range v.examples {
		width = max(width, len([]rune(e.line)))
	}
	for _, e := range v.examples {
		fmt.Fprintf(w, "  %s%s   %s\n", e.line, strings.Repeat(" ", width-len([]rune(e.line))), e.says)
	}
	fmt.Fprintf(w, "\nluvat %s\n\n%s.\n", strings.TrimSpace(v.name+" "+v.usage), sentence(v.summary))
	if v.notes != "" {
		fmt.Fprintf(w, "\n%s\n", v.notes)
	}
	var rows [][2]string
	flags.VisitAll(func(f *flag.Flag) {
		name, usage := flag.UnquoteUsage(f)
		if b, ok := f.Value.(interface{ IsBoolFlag() bool }); ok && b.IsBoolFlag() {
			name = ""
		}
		row := [2]string{strings.TrimSpace("--" + f.Name + " " + name), usage}
		if f.DefValue != "" && f.DefValue != "false" {
			row[1] += " (" + f.DefValue + " unless given)"
		}
		rows = append(rows, row)
	})
	if len(rows) == 0 {
		return
	}
	slices.SortFunc(rows, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	width = 0
	for _, r := range rows {
		width = max(width, len(r[0]))
	}
	fmt.Fprintln(w)
	for _, r := range rows {
		fmt.Fprintf(w, "  %-*s   %s\n", width, r[0], r[1])
	}
}

func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
