package cmd

import (
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is the version of the program, as in CHANGELOG.md.
const version = "0.1.0"

func versionVerb() *verb {
	return &verb{
		name:     "version",
		summary:  "prints the version",
		examples: []example{{"luvat version", "the version, the commit it was built from and the Go release"}},
		arguments: func(*flag.FlagSet) func(*call) error {
			return func(c *call) error {
				if err := c.noArguments(); err != nil {
					return err
				}
				text := "luvat " + version
				if commit := builtFrom(); commit != "" {
					text += " (" + commit + ")"
				}
				_, err := fmt.Fprintln(c.Out, text, runtime.Version())
				return err
			}
		},
	}
}

// builtFrom returns the commit the program was built from, "" when the build does not say.
func builtFrom() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	commit, changed := "", ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value[:min(12, len(s.Value))]
		case "vcs.modified":
			if s.Value == "true" {
				changed = ", changed"
			}
		}
	}
	if commit == "" {
		return ""
	}
	return commit + changed
}
