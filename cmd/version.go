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
		examples: []example{{"luvat version", "the version and the commit it was built from"}, {"luvat version --verbose", "also the Go release and the machine it was built for"}},
		arguments: func(f *flag.FlagSet) func(*call) error {
			verbose := f.Bool("verbose", false, "also print the Go release and the machine it was built for")
			return func(c *call) error {
				if err := c.noArguments(); err != nil {
					return err
				}
				text := "luvat " + version
				if commit := builtFrom(); commit != "" {
					text += " (" + commit + ")"
				}
				if *verbose {
					text += " " + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
				}
				_, err := fmt.Fprintln(c.Out, text)
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
