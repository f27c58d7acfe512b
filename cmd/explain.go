package cmd

import (
	"flag"
	"fmt"
	"strings"

	"luvat/definitions"
)

func explainVerb() *verb {
	return &verb{
		name:    "explain",
		summary: "tells what a finding of validate means, with a faulty and a mended example",
		usage:   "[ID]",
		examples: []example{
			{"luvat explain unknown-key", "the page of one finding"},
			{"luvat explain", "list all of them"},
		},
		arguments: func(*flag.FlagSet) func(*call) error { return (*call).explain },
	}
}

func (c *call) explain() error {
	if len(c.args) == 0 {
		width := 0
		for _, r := range definitions.Rules {
			width = max(width, len(r.ID))
		}
		for _, r := range definitions.Rules {
			fmt.Fprintf(c.Out, "%-*s  %-7s  %s\n", width, r.ID, r.Severity, r.Title)
		}
		return nil
	}
	arg, err := c.oneArgument("the id of a finding")
	if err != nil {
		return err
	}
	id := strings.ToLower(strings.Trim(arg, "[]"))
	r, ok := definitions.RuleByID(id)
	if !ok {
		var ids, begin []string
		for _, r := range definitions.Rules {
			ids = append(ids, r.ID)
			if id != "" && strings.HasPrefix(r.ID, id) {
				begin = append(begin, r.ID)
			}
		}
		if len(begin) > 0 && len(begin) <= 6 {
			return inputf("there is no finding %q; did you mean %s?", id, strings.Join(begin, ", "))
		}
		if near := definitions.Nearest(id, ids); near != "" {
			return inputf("there is no finding %q; did you mean %s?", id, near)
		}
		return inputf("there is no finding %q; `luvat explain` lists all of them", id)
	}
	_, err = fmt.Fprint(c.Out, r.Page())
	return err
}
