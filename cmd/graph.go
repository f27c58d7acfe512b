package cmd

import (
	"flag"

	"luvat/definitions"
	"luvat/engine/picture"
)

func graphVerb() *verb {
	return &verb{
		name:    "graph",
		summary: "draws a bundle: questions, grounds, requirements, authorities",
		usage:   "BUNDLE",
		reads:   true,
		examples: []example{
			{"luvat graph events > events.svg", "a picture for a browser"},
			{"luvat graph events --lang en --format dot | dot -Tpdf -o events.pdf", "with Graphviz, in English"},
		},
		arguments: func(f *flag.FlagSet) func(*call) error {
			format := choiceFlag(f, "format", "what to print", "svg", "dot")
			lang, on := langFlag(f), dayOf(f)
			return func(c *call) error { return c.graph(*format, definitions.Lang(*lang), on.day) }
		},
	}
}

func (c *call) graph(format string, lang definitions.Lang, on definitions.Date) error {
	name, err := c.oneArgument("the bundle")
	if err != nil {
		return err
	}
	if on == definitions.NoDate {
		on = c.today()
	}
	_, p, err := c.bundle(name, on)
	if err != nil {
		return err
	}
	g := p.Graph(on, lang)
	drawing := picture.SVG(g, lang)
	if format == "dot" {
		drawing = picture.DOT(g)
	}
	_, err = c.Out.Write(drawing)
	return err
}
