package identity

import (
	"log/slog"
	"strings"

	"luvat/server/store"
)

// Service is all of this package put together: what pages use.
type Service struct {
	base      string // address of the service without a slash at the end
	secure    bool
	store     store.Store
	vault     *vault
	accounts  *Accounts
	grants    *Grants
	sessions  *Sessions
	providers []Provider
	personas  *Personas // nil outside development
	mandates  Mandates
	log       *slog.Logger
}

// New makes the service from a configuration that it validates first. It asks nobody: a provider that is down at the start is asked
// when somebody logs in.
func New(s store.Store, c Config) (*Service, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	v, err := newVault(c.Keys)
	if err != nil {
		return nil, err
	}
	service := &Service{
		base: strings.TrimSuffix(c.BaseURL, "/"), secure: strings.HasPrefix(c.BaseURL, "https:"),
		store: s, vault: v, accounts: &Accounts{s, v}, grants: &Grants{s}, mandates: oneselfOnly{}, log: c.Log,
	}
	if service.log == nil {
		service.log = slog.New(slog.DiscardHandler)
	}
	service.sessions = newSessions(s, v, service.secure, c.Failed)
	for _, oc := range c.OIDC {
		p, err := NewOIDC(oc, c.HTTP)
		if err != nil {
			return nil, err
		}
		service.providers = append(service.providers, p)
	}
	if c.Authorizations != nil {
		m, err := newAuthorizations(*c.Authorizations, service)
		if err != nil {
			return nil, err
		}
		service.mandates = m
	}
	if c.Development.On() {
		if service.personas, err = NewPersonas(c.Development, c.BaseURL); err != nil {
			return nil, err
		}
		service.providers = append(service.providers, service.personas)
		service.mandates = personaMandates{service.personas, service.accounts, service.mandates}
	}
	return service, nil
}

// Providers returns the ways to log in, in the order of the configuration.
func (s *Service) Providers() []Provider { return s.providers }

// Personas returns the people of the development page; none outside development.
func (s *Service) Personas() []Persona {
	if s.personas == nil {
		return nil
	}
	return s.personas.List()
}

// Sessions returns who is logged in. Its Middleware must be around the handlers of pages.
func (s *Service) Sessions() *Sessions { return s.sessions }

// Accounts returns the accounts.
func (s *Service) Accounts() *Accounts { return s.accounts }

// Grants returns the organisations that invitations gave.
func (s *Service) Grants() *Grants { return s.grants }

func (s *Service) provider(id string) Provider {
	for _, p := range s.providers {
		if p.ID() == id {
			return p
		}
	}
	return nil
}

// JWKS returns the public keys with which identification services check that a login is asked by us, as a JSON Web Key Set; nil when
// no provider is configured with a private key.
func (s *Service) JWKS() []byte {
	var keys []*clientKey
	for _, p := range s.providers {
		if o, ok := p.(*OIDC); ok && o.key != nil {
			keys = append(keys, o.key)
		}
	}
	return publicKeys(keys)
}
