package server

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"luvat/definitions"
	"luvat/engine"
	"luvat/server/casefile"
	"luvat/server/content"
	"luvat/server/delivery"
	"luvat/server/delivery/counterpart"
	"luvat/server/delivery/mail"
	"luvat/server/delivery/webhook"
	"luvat/server/edition"
	"luvat/server/identity"
	"luvat/server/identity/mandate"
	"luvat/server/register"
	"luvat/server/register/ytjtest"
	"luvat/server/store"
	"luvat/server/store/boltstore"
)

// Installation says how the cases of one installation are kept and where things go.
type Installation struct {
	Engine   *engine.Engine
	Dir      string // the folder of all that is kept: the store, documents, the key
	BaseURL  string // as browsers see it: "https://luvat.example.fi"
	Dev      bool   // development: personas, a mailbox instead of a mail server, stand-ins instead of registers
	Channels map[string]*definitions.Channel
	Secret   func(name string) (string, bool) // by the name that channels and registers use

	OIDC           []identity.OIDCConfig
	Authorizations *mandate.Config // Suomi.fi e-Authorizations; nil: none
	Mail           mail.Sender     // nil in development: a mailbox
	Operator       string          // e-mail address of those who keep the service running; "" for none
	Operators      []string        // accounts that see the pages of operators
	Scanner        content.Scanner // nil: documents are not scanned

	Clock func() time.Time // nil: the machine's
	Log   *slog.Logger
}

// Cases is what the pages of cases need. Without it a server has the analyser only, and asks nobody who they are.
type Cases struct {
	Service   *casefile.Service
	Store     store.Store
	Content   *content.Store
	Identity  *identity.Service
	Editions  *edition.Keeper
	Registers *register.Pool
	Directory *delivery.Directory
	Worker    *delivery.Worker

	Dev          bool
	Mailbox      *mail.Mailbox                  // nil outside development
	Counterparts map[string]*counterpart.System // by authority; empty outside development
	Operators    []string

	clock   func() time.Time
	log     *slog.Logger
	failed  func(http.ResponseWriter, *http.Request, error) // shows an error of sessions as a page; set by New
	closing []func() error
}

// Open opens an installation, making what is not there yet. The caller runs Run and, at the end, Close.
func (in Installation) Open(ctx context.Context) (c *Cases, err error) {
	helsinki, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		return nil, err
	}
	clock := in.Clock
	if clock == nil {
		clock = time.Now
	}
	now := func() time.Time { return clock().In(helsinki) }
	c = &Cases{Dev: in.Dev, Operators: in.Operators, clock: now, log: in.Log}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Close())
			c = nil
		}
	}()
	if err := os.MkdirAll(in.Dir, 0o700); err != nil {
		return c, fmt.Errorf("the data folder cannot be made: %w", err)
	}
	if err := c.openStores(ctx, in); err != nil {
		return c, err
	}
	if err := c.mark(ctx, in.Dev); err != nil {
		return c, err
	}
	if c.Editions, err = edition.New(ctx, c.Store, in.Engine); err != nil {
		return c, err
	}
	if c.Identity, err = in.identity(c); err != nil {
		return c, err
	}
	if err := c.openRegisters(in); err != nil {
		return c, err
	}
	channels, err := in.channels(c)
	if err != nil {
		return c, err
	}
	c.Directory = delivery.NewDirectory(c.Store, channels, now)
	c.Service = casefile.New(c.Store, c.Editions, c.Directory, now, rand.Reader)
	letters := in.Mail
	if letters == nil {
		c.Mailbox = mail.NewMailbox(c.Store, now)
		letters = c.Mailbox
	}
	c.Worker = delivery.New(delivery.Config{Store: c.Store, Cases: c.Service, Editions: c.Editions, Directory: c.Directory,
		Events: webhook.NewSender(time.Minute, now, nil), Letters: letters, Account: c.account, BaseURL: strings.TrimSuffix(in.BaseURL, "/"),
		Operator: in.Operator, Clock: now, Log: c.log})
	return c, nil
}

func (c *Cases) openStores(ctx context.Context, in Installation) error {
	s, err := boltstore.Open(filepath.Join(in.Dir, "luvat.db"))
	if err != nil {
		return err
	}
	c.Store = s
	c.closing = append(c.closing, s.Close)
	if n, err := s.EndLeases(ctx); err != nil {
		return err
	} else if n > 0 {
		c.log.Info("work that was under way when the service ended is taken up again", "works", n)
	}
	if c.Content, err = content.Open(filepath.Join(in.Dir, "documents"), in.Scanner); err != nil {
		return err
	}
	c.closing = append(c.closing, c.Content.Close)
	return nil
}

// The record that says what a data folder is for.
const (
	installationBucket = "installation"
	modeKey            = "mode"
	development        = "development"
	production         = "production"
)

// mark notes at the first start whether a data folder is of development, and refuses the other use ever after: everybody can log in as
// anybody in development.
func (c *Cases) mark(ctx context.Context, dev bool) error {
	mode := production
	if dev {
		mode = development
	}
	_, err := c.Store.Put(ctx, installationBucket, store.Record{Key: modeKey, Value: []byte(mode)}, store.New)
	if !errors.Is(err, store.ErrStale) {
		return err
	}
	r, err := c.Store.Get(ctx, installationBucket, modeKey, c.clock())
	switch {
	case err != nil:
		return err
	case string(r.Value) == mode:
		return nil
	case dev:
		return errors.New("the data folder is of a real installation; --dev, in which anybody can log in as anybody, needs a folder of its own (--data)")
	}
	return errors.New("the data folder was made with --dev, and has cases of development users in it; give a real installation a folder of its own (--data)")
}

func (in Installation) identity(c *Cases) (*identity.Service, error) {
	key, err := identity.KeyFile(filepath.Join(in.Dir, "key"))
	if err != nil {
		return nil, err
	}
	return identity.New(c.Store, identity.Config{BaseURL: in.BaseURL, Keys: []string{key}, Development: identity.ForDevelopment(in.Dev),
		OIDC: in.OIDC, Authorizations: in.Authorizations, Log: c.log,
		Failed: func(w http.ResponseWriter, r *http.Request, err error) { c.failed(w, r, err) }})
}

// openRegisters makes the clients of registers. In development the company register is a stand-in on this machine.
func (c *Cases) openRegisters(in Installation) (err error) {
	config := register.Config{Secret: in.Secret, Log: c.log, Now: c.clock}
	if in.Dev {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return fmt.Errorf("the stand-in of the company register cannot listen: %w", err)
		}
		stand := &http.Server{Handler: ytjtest.New(), ReadHeaderTimeout: 5 * time.Second}
		go func() { _ = stand.Serve(listener) }() // it ends with Close, which it says by an error
		c.closing = append(c.closing, stand.Close)
		config.StandIns = map[string]string{"ytj": "http://" + listener.Addr().String()}
	}
	if c.Registers, err = register.NewPool(config); err != nil {
		return err
	}
	for _, name := range c.Registers.MissingSecrets(in.Engine.Library.Shared.Registers) {
		c.log.Warn("a register cannot be asked: its secret is not set", "secret", name, "variable", definitions.SecretVariable(name))
	}
	return nil
}

// devIntegration are the authorities that in development have a system of their own, so that both ways of delivery can be seen.
var devIntegration = []string{"pol-lounais-suomi", "pol-helsinki"}

// channels makes the channels of authorities that have joined. In development, without a file of channels, all authorities have.
func (in Installation) channels(c *Cases) (map[string]delivery.Channel, error) {
	all := map[string]delivery.Channel{}
	for id, d := range in.Channels {
		channel := delivery.Channel{Authority: id, Kind: casefile.Light, Email: d.Email, Lang: d.Language}
		if d.Address != "" {
			secrets, err := in.secrets(id, d.Secret)
			if err != nil {
				return nil, err
			}
			channel.Kind, channel.Endpoint = casefile.Integration, webhook.Endpoint{Address: d.Address, Secrets: secrets}
			if d.XRoad != nil {
				channel.Endpoint.XRoad = &webhook.XRoad{Client: d.XRoad.Client, Service: d.XRoad.Service}
			}
		}
		all[id] = channel
	}
	if !in.Dev || in.Channels != nil {
		return all, nil
	}
	return all, in.devChannels(c, all)
}

// secrets reads the signing secrets of a channel: one, or two with a space between while the authority changes to a new one.
func (in Installation) secrets(authority, name string) ([]webhook.Secret, error) {
	text, ok := "", false
	if in.Secret != nil {
		text, ok = in.Secret(name)
	}
	if !ok || strings.TrimSpace(text) == "" {
		return nil, fmt.Errorf("the channel of %s needs the secret %q: set %s, or %s_FILE", authority, name, definitions.SecretVariable(name), definitions.SecretVariable(name))
	}
	var all []webhook.Secret
	for _, one := range strings.Fields(text) {
		secret, err := webhook.ParseSecret(one)
		if err != nil {
			return nil, fmt.Errorf("the secret %q of the channel of %s: %w", name, authority, err)
		}
		all = append(all, secret)
	}
	return all, nil
}

// devChannels gives every public authority of the register a light channel, and some a system of their own that stands on this server.
func (in Installation) devChannels(c *Cases, all map[string]delivery.Channel) error {
	key, err := identity.KeyFile(filepath.Join(in.Dir, "key"))
	if err != nil {
		return err
	}
	c.Counterparts = map[string]*counterpart.System{}
	for _, a := range in.Engine.Library.Shared.Authorities {
		if a.Type == "private" { // whoever else must agree: the owner of the land
			continue
		}
		all[a.ID] = delivery.Channel{Authority: a.ID, Kind: casefile.Light, Email: a.ID + "@authorities.example", Lang: definitions.Finnish}
	}
	for _, id := range devIntegration {
		if in.Engine.Library.Shared.AuthorityByID(id) == nil {
			continue
		}
		mac := hmac.New(sha256.New, []byte(key))
		mac.Write([]byte("counterpart " + id))
		secret := webhook.Secret(mac.Sum(nil))
		c.Counterparts[id] = counterpart.New(c.Store, id, secret, c.clock)
		all[id] = delivery.Channel{Authority: id, Kind: casefile.Integration, Lang: definitions.Finnish,
			Endpoint: webhook.Endpoint{Address: strings.TrimSuffix(in.BaseURL, "/") + "/dev/systems/" + id, Secrets: []webhook.Secret{secret}}}
	}
	return nil
}

func (c *Cases) account(ctx context.Context, id string) (delivery.Account, error) {
	a, err := c.Identity.Accounts().Get(ctx, id)
	if errors.Is(err, identity.ErrNoAccount) {
		return delivery.Account{}, nil
	}
	return delivery.Account{Email: a.Email, Lang: a.Language}, err
}

// The rhythm of tidying up.
const (
	sweepEvery   = 10 * time.Minute
	sweepAtOnce  = 1000
	documentLife = 48 * time.Hour // of a document that was received and then named by no case
)

// Run does the work that cases cause, and tidies up, until the context ends.
func (c *Cases) Run(ctx context.Context) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.Worker.Run(ctx)
	}()
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			<-done
			return
		case <-ticker.C:
			c.sweep(ctx)
		}
	}
}

func (c *Cases) sweep(ctx context.Context) {
	if _, err := c.Store.Sweep(ctx, c.clock(), sweepAtOnce); err != nil {
		c.log.Warn("what has expired could not be removed; it is tried again", "error", err)
	}
	used := func(sum string) (bool, error) { return c.Service.Documented(ctx, sum) }
	if _, err := c.Content.Sweep(c.clock().Add(-documentLife), used); err != nil {
		c.log.Warn("documents of no case could not be removed; it is tried again", "error", err)
	}
}

// Close closes what Open opened, in the opposite order.
func (c *Cases) Close() error {
	var errs []error
	for i := len(c.closing) - 1; i >= 0; i-- {
		errs = append(errs, c.closing[i]())
	}
	c.closing = nil
	return errors.Join(errs...)
}
