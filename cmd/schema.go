package cmd

import (
	"flag"

	"luvat/definitions"
)

func schemaVerb() *verb {
	return &verb{
		name:    "schema",
		summary: "prints the JSON Schema of definition files, for editors",
		examples: []example{
			{"luvat schema > luvat.schema.json", "then name it in the first line of a definition:"},
			{"# yaml-language-server: $schema=luvat.schema.json", "the editor completes and checks as one writes"},
		},
		arguments: func(*flag.FlagSet) func(*call) error {
			return func(c *call) error {
				if err := c.noArguments(); err != nil {
					return err
				}
				_, err := c.Out.Write(definitions.Schema())
				return err
			}
		},
	}
}
