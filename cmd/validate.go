package cmd

import (
	"flag"
	"slices"

	"luvat/definitions"
)

func validateVerb() *verb {
	return &verb{
		name:    "validate",
		summary: "checks definitions and says what is wrong, where, and what to do",
		usage:   "[PATH…]",
		reads:   true,
		examples: []example{
			{"luvat validate", "check everything that is built in"},
			{"luvat validate definitions", "check a folder of definitions"},
			{"luvat validate my-bundle", "check one bundle; it uses the shared definitions built in"},
			{"luvat validate helsinki.yaml", "check one file: a bundle, or an overlay of a bundle built in"},
			{"luvat validate --strict my-bundle", "let warnings fail too, and say which conditions are opaque"},
			{"luvat validate --unverified", "list what nobody has checked against its source"},
			{"luvat validate --format sarif my-bundle", "for the code-scanning page of a forge"},
		},
		notes: "It prints nothing when all is well. `luvat explain ID` tells about a finding: the id stands in [brackets].",
		arguments: func(f *flag.FlagSet) func(*call) error {
			format := choiceFlag(f, "format", "what to print", "text", "json", "sarif")
			strict := f.Bool("strict", false, "warnings fail too; notes are shown")
			unverified := f.Bool("unverified", false, "list what is marked `unverified: true`; this never fails")
			return func(c *call) error { return c.validate(*format, *strict, *unverified) }
		},
	}
}

func (c *call) validate(format string, strict, unverified bool) error {
	l, err := c.load(c.args)
	if err != nil {
		return err
	}
	found := l.found
	if !strict {
		found = slices.DeleteFunc(found, func(d definitions.Diagnostic) bool { return d.Severity == definitions.Note })
	}
	if unverified {
		found = append(found, l.unverified()...)
		found.Sort()
	}
	if err := c.report(format, found, l.Sources); err != nil {
		return err
	}
	for _, d := range found {
		if d.Severity == definitions.Error || strict && d.Severity == definitions.Warning {
			return errProblems
		}
	}
	return nil
}

func (c *call) report(format string, found definitions.Diagnostics, sources map[string]*definitions.Source) error {
	switch format {
	case "json":
		return definitions.WriteJSON(c.Out, found)
	case "sarif":
		return definitions.WriteSARIF(c.Out, found, sources, version)
	}
	return definitions.Renderer{Sources: sources, Color: c.Color}.Text(c.Out, found)
}

// unverified returns a note for every mark of the files that were asked for.
func (l *library) unverified() definitions.Diagnostics {
	marks := slices.Clone(l.Shared.Marks)
	for _, b := range l.Bundles {
		marks = append(marks, b.Marks...)
	}
	var ds definitions.Diagnostics
	for _, m := range marks {
		if !l.asked(m.At.File) {
			continue
		}
		d := definitions.Diagnostic{At: m.At, Severity: definitions.Note, Rule: "unverified", Message: "`" + m.What + "` is not checked against its source"}
		if m.Note != "" {
			d.Message += ": " + m.Note
		}
		ds = append(ds, d)
	}
	return ds
}
