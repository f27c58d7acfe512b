package cmd

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"luvat/definitions"
	"luvat/server"
	"luvat/server/content"
	"luvat/server/delivery/mail"
	"luvat/server/identity"
)

func serveVerb() *verb {
	return &verb{
		name:    "serve",
		summary: "serves the questionnaire, the cases and the API over HTTP",
		usage:   "[PATH…]",
		reads:   true,
		examples: []example{
			{"luvat serve --dev", "everything on this computer: development users, a mailbox, stand-ins; then open http://localhost:8080"},
			{"luvat serve", "the questionnaire alone: nobody logs in, nothing is kept"},
			{"luvat serve --base-url https://luvat.example.fi --oidc oidc.json --channels channels.yaml", "a real installation"},
			{"luvat serve my-bundle --dev", "a bundle of one's own; it uses the shared definitions built in"},
		},
		notes: "Each flag may be given in the environment: --base-url as LUVAT_BASE_URL. Secrets are only there: LUVAT_SECRET_<NAME> holds the " +
			"secret that a channel or a register names, LUVAT_SECRET_<NAME>_FILE the path of a file that holds it. docs/operating.md tells all.\n" +
			"It ends at an interrupt, after the requests under way.",
		arguments: func(f *flag.FlagSet) func(*call) error {
			var o serveOptions
			f.StringVar(&o.addr, "addr", "", "listen at `HOST:PORT`; :8080 when it is not given, localhost:8080 with --dev")
			f.BoolVar(&o.dev, "dev", false, "development: anybody logs in as anybody, letters stay in a mailbox, registers are stand-ins")
			f.BoolVar(&o.reload, "reload", false, "for those who change the pages: templates are read anew for each page")
			f.StringVar(&o.data, "data", "luvat-data", "the `FOLDER` in which cases and documents are kept")
			f.StringVar(&o.baseURL, "base-url", "", "the `ADDRESS` of the service as browsers see it, such as https://luvat.example.fi")
			f.StringVar(&o.oidc, "oidc", "", "a JSON `FILE` of the OpenID Connect providers with which people log in")
			f.StringVar(&o.authorizations, "authorizations", "", "a JSON `FILE` for Suomi.fi e-Authorizations: for which organisations people may act")
			f.StringVar(&o.channels, "channels", "", "a YAML `FILE` that says how authorities receive filings")
			f.StringVar(&o.smtp, "smtp", "", "the mail server: smtps://user:password@`HOST`")
			f.StringVar(&o.mailFrom, "mail-from", "", "the sender of letters: an e-mail `ADDRESS`")
			f.StringVar(&o.operator, "operator", "", "the e-mail `ADDRESS` of those who keep the service running")
			f.StringVar(&o.operators, "operators", "", "the `ACCOUNTS` that see the pages of operators, with commas between")
			f.StringVar(&o.clamd, "clamd", "", "scan documents with a ClamAV daemon at a socket or `HOST:PORT`")
			return func(c *call) error { return c.serve(f, &o) }
		},
	}
}

// serveOptions are the flags of serve.
type serveOptions struct {
	addr, data, baseURL, oidc, authorizations, channels, smtp, mailFrom, operator, operators, clamd string
	dev, reload                                                                                     bool
}

// fromEnvironment fills in the flags that were not given from LUVAT_<FLAG>.
func (c *call) fromEnvironment(f *flag.FlagSet) error {
	given := map[string]bool{}
	f.Visit(func(x *flag.Flag) { given[x.Name] = true })
	var wrong error
	f.VisitAll(func(x *flag.Flag) {
		name := "LUVAT_" + strings.ToUpper(strings.ReplaceAll(x.Name, "-", "_"))
		value, ok := c.lookup(name)
		if !ok || given[x.Name] || wrong != nil {
			return
		}
		if err := x.Value.Set(value); err != nil {
			wrong = usagef("%s: %q is not what --%s takes", name, value, x.Name)
		}
	})
	return wrong
}

func (c *call) lookup(name string) (string, bool) {
	if c.Variable != nil {
		return c.Variable(name)
	}
	return os.LookupEnv(name)
}

// secret returns a secret of the installation: LUVAT_SECRET_<NAME>, or what the file holds that LUVAT_SECRET_<NAME>_FILE names.
func (c *call) secret(name string) (string, bool) {
	variable := definitions.SecretVariable(name)
	if value, ok := c.lookup(variable); ok {
		return value, true
	}
	path, ok := c.lookup(variable + "_FILE")
	if !ok {
		return "", false
	}
	text, err := os.ReadFile(c.path(path))
	if err != nil {
		fmt.Fprintf(c.Err, "luvat: %s_FILE: the file %s cannot be read: %v\n", variable, path, cause(err))
		return "", false
	}
	return strings.TrimSpace(string(text)), true
}

func (c *call) serve(f *flag.FlagSet, o *serveOptions) error {
	if err := c.fromEnvironment(f); err != nil {
		return err
	}
	if o.addr == "" {
		o.addr = server.DefaultAddress
		if o.dev {
			o.addr = "localhost" + server.DefaultAddress
		}
	}
	if err := checkAddress(o.addr); err != nil {
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
	ctx := c.Context
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	config := server.Config{Engine: l.engine, Clock: c.Now, Reload: o.reload, Version: version, Logger: log}
	if o.dev || o.oidc != "" {
		in, err := c.installation(l, o, log)
		if err != nil {
			return err
		}
		if config.Cases, err = in.Open(ctx); err != nil {
			return err
		}
	} else {
		log.Info("nobody can log in, so there are no cases: give --oidc for a real installation, or --dev to try everything on this computer")
	}
	handler, err := server.New(config)
	if err != nil {
		return err
	}
	if config.Cases == nil {
		return server.Serve(ctx, o.addr, handler, log)
	}
	var work sync.WaitGroup
	work.Go(func() { config.Cases.Run(ctx) })
	err = server.Serve(ctx, o.addr, handler, log)
	stop()
	work.Wait()
	if closing := config.Cases.Close(); err == nil {
		err = closing
	}
	return err
}

// installation makes of the flags what the server needs to keep cases.
func (c *call) installation(l *library, o *serveOptions, log *slog.Logger) (server.Installation, error) {
	in := server.Installation{Engine: l.engine, Dir: c.path(o.data), BaseURL: o.baseURL, Dev: o.dev, Secret: c.secret, Operator: o.operator, Clock: c.Now, Log: log}
	if in.BaseURL == "" {
		if !o.dev {
			return in, usagef("--base-url: give the address of the service as browsers see it, such as https://luvat.example.fi")
		}
		in.BaseURL = server.URL(o.addr)
	}
	in.Operators = strings.FieldsFunc(o.operators, func(r rune) bool { return r == ',' || r == ' ' })
	if o.clamd != "" {
		scanner, err := content.ParseClamd(o.clamd)
		if err != nil {
			return in, usagef("--clamd: %v", err)
		}
		in.Scanner = scanner
	}
	if err := c.mailServer(&in, o); err != nil {
		return in, err
	}
	if err := c.providers(&in, o); err != nil {
		return in, err
	}
	return in, c.channelFile(&in, l, o)
}

func (c *call) mailServer(in *server.Installation, o *serveOptions) error {
	switch {
	case o.smtp == "" && o.dev:
		return nil
	case o.smtp == "":
		return usagef("--smtp: give the mail server, such as smtps://user:password@mail.example.fi; without one nobody hears of anything")
	case o.mailFrom == "":
		return usagef("--mail-from: give the sender of letters, such as luvat@example.fi")
	}
	smtp, err := mail.ParseSMTP(o.smtp, o.mailFrom)
	if err != nil {
		return usagef("--smtp: %v", err)
	}
	in.Mail = smtp
	return nil
}

func (c *call) providers(in *server.Installation, o *serveOptions) error {
	var config identity.Config
	if err := c.settings("--oidc", o.oidc, func(data []byte) (err error) {
		config.OIDC, err = identity.ParseOIDC(data)
		return err
	}); err != nil {
		return err
	}
	if err := c.settings("--authorizations", o.authorizations, func(data []byte) (err error) {
		config.Authorizations, err = identity.ParseAuthorizations(data)
		return err
	}); err != nil {
		return err
	}
	if err := config.ReadSecrets(func(path string) ([]byte, error) { return os.ReadFile(c.path(path)) }); err != nil {
		return inputf("%v", err)
	}
	in.OIDC, in.Authorizations = config.OIDC, config.Authorizations
	return nil
}

// settings reads the file that a flag names, if it names one.
func (c *call) settings(flag, path string, read func([]byte) error) error {
	if path == "" {
		return nil
	}
	data, err := os.ReadFile(c.path(path))
	if err != nil {
		return usagef("%s: the file %s cannot be read: %v", flag, path, cause(err))
	}
	if err := read(data); err != nil {
		return inputf("%s: %v", path, err)
	}
	return nil
}

func (c *call) channelFile(in *server.Installation, l *library, o *serveOptions) error {
	if o.channels == "" {
		return nil
	}
	path := c.path(o.channels)
	channels, source, found := definitions.LoadChannels(os.DirFS(filepath.Dir(path)), filepath.Base(path), l.Shared)
	if len(found) > 0 {
		r := definitions.Renderer{Sources: map[string]*definitions.Source{filepath.Base(path): source}}
		if err := r.Text(c.Err, found); err != nil {
			return err
		}
		if found.HasErrors() {
			fmt.Fprintf(c.Err, "luvat: %s has errors; nothing was done\n", o.channels)
			return errProblems
		}
	}
	in.Channels = channels
	return nil
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
