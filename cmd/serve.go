package cmd

import (
	"context"
	"flag"
	"log/slog"
	"net"
	"strconv"

	"luvat/server"
)

func serveVerb() *verb {
	return &verb{
		name:    "serve",
		summary: "serves the questionnaire, its results and the API over HTTP",
		usage:   "[PATH…]",
		reads:   true,
		examples: []example{
			{"luvat serve", "then open http://localhost:8080"},
			{"luvat serve --addr localhost:9000", "only for this machine, at another port"},
			{"luvat serve my-bundle", "a bundle of one's own; it uses the shared definitions built in"},
			{"luvat serve --definitions ./definitions --dev", "with definitions of one's own, pages read anew for each request"},
		},
		notes: "It ends at an interrupt, after the requests under way.",
		arguments: func(f *flag.FlagSet) func(*call) error {
			addr := f.String("addr", server.DefaultAddress, "listen at `HOST:PORT`")
			dev := f.Bool("dev", false, "for those who change the pages: templates are read anew for each page")
			return func(c *call) error { return c.serve(*addr, *dev) }
		},
	}
}

func (c *call) serve(addr string, dev bool) error {
	if err := checkAddress(addr); err != nil {
		return err
	}
	l, err := c.load(c.args)
	if err != nil {
		return err
	}
	if err := l.sound(c); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(c.Err, nil))
	handler, err := server.New(server.Config{Engine: l.engine, Clock: c.Now, Dev: dev, Version: version, Logger: log})
	if err != nil {
		return err
	}
	ctx := c.Context
	if ctx == nil {
		ctx = context.Background()
	}
	return server.Serve(ctx, addr, handler, log)
}

// checkAddress refuses what cannot be listened at, before anything is read.
func checkAddress(addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return usagef("--addr: %q is no HOST:PORT; write it like :8080 or localhost:9000", addr)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return usagef("--addr: %q is no port; a port is a number from 0 to 65535, such as :8080", port)
	}
	return nil
}
