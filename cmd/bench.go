package cmd

import (
	"flag"

	"luvat/engine/bench"
)

func benchVerb() *verb {
	return &verb{
		name:    "bench",
		summary: "measures how long a decision takes, against the same rules in hand-written Go",
		examples: []example{
			{"luvat bench", "a table of ratios, in some seconds"},
			{"luvat bench --thorough", "the same with more rounds, to publish"},
		},
		notes: "Every ratio is of one run on one machine; the ways to decide take turns. It measures the definitions that are built in.",
		arguments: func(f *flag.FlagSet) func(*call) error {
			thorough := f.Bool("thorough", false, "take more rounds")
			return func(c *call) error { return c.bench(*thorough) }
		},
	}
}

func (c *call) bench(thorough bool) error {
	if err := c.noArguments(); err != nil {
		return err
	}
	l, err := c.load(nil)
	if err != nil {
		return err
	}
	if err := l.sound(c); err != nil {
		return err
	}
	rounds := bench.Quick
	if thorough {
		rounds = bench.Thorough
	}
	rows, err := bench.Table(l.Library, rounds, nil)
	if err != nil {
		return err
	}
	return bench.Print(c.Out, rows)
}
