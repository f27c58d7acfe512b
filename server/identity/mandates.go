package identity

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"
)

// Mandates says for which organisations a person may act. Oneself is not its business.
type Mandates interface {
	// Parties returns the organisations known now, without leading the browser anywhere.
	Parties(ctx context.Context, a Account) ([]Party, error)
	// Check asks again whether the account may act for p. The evidence has the roles as they are now. The error is ErrNoMandate,
	// ErrAskAgain or ErrMandatesDown, or wraps one of them.
	Check(ctx context.Context, a Account, p Party) (Evidence, error)
}

// Chooser is Mandates that people choose from on a page of the mandate register.
type Chooser interface {
	Mandates
	// CanChoose reports whether the register can be asked about this account at all.
	CanChoose(a Account) bool
	// Choose leads the browser to the register. When it returns an error it has written nothing.
	Choose(w http.ResponseWriter, r *http.Request, a Account, start Start) error
	// Chosen reads what the browser brought back and returns where the person wanted to go on. It may fail with a *LoginError.
	Chosen(r *http.Request, a Account) ([]Party, Start, error)
	// Forget ends the register's session at logout.
	Forget(ctx context.Context, a Account) error
}

// The answers of Check that a page tells apart.
var (
	ErrNoMandate    = errors.New("this person may not act for the organisation, or may no more")
	ErrAskAgain     = errors.New("the mandate register must be asked again, by the person")
	ErrMandatesDown = errors.New("the mandate register does not answer")
)

// oneselfOnly is the Mandates of an installation without a mandate register.
type oneselfOnly struct{}

func (oneselfOnly) Parties(context.Context, Account) ([]Party, error) { return nil, nil }
func (oneselfOnly) Check(context.Context, Account, Party) (Evidence, error) {
	return Evidence{}, ErrNoMandate
}

// Parties returns on whose behalf an account may act: oneself first, then what the mandate register gives, then what invitations
// gave. When the register fails, the list has the rest and the error says so: nobody is stopped from acting for themselves.
func (s *Service) Parties(ctx context.Context, a Account) ([]Party, error) {
	parties := []Party{Oneself}
	given, failure := s.mandates.Parties(ctx, a)
	granted, err := s.grants.Of(ctx, a.ID)
	if err != nil {
		return parties, err
	}
	for _, p := range append(given, granted...) {
		if !slices.ContainsFunc(parties, func(q Party) bool { return q.ID == p.ID }) {
			parties = append(parties, p)
		}
	}
	return parties, failure
}

// Check asks again, at the moment of an act that binds, whether the account may act for p. See Mandates.Check for the errors.
func (s *Service) Check(ctx context.Context, a Account, p Party) (Evidence, error) {
	if p.Self() {
		return Evidence{Party: Oneself, Source: SourceOneself, At: time.Now().UTC()}, nil
	}
	evidence, failure := s.mandates.Check(ctx, a, p)
	if failure == nil {
		return evidence, nil
	}
	granted, err := s.grants.Of(ctx, a.ID)
	if err != nil {
		return Evidence{}, err
	}
	for _, g := range granted {
		if g.ID == p.ID {
			return Evidence{Party: g, Source: SourceInvitation, At: time.Now().UTC()}, nil
		}
	}
	return Evidence{}, failure
}

// Act makes the session act for the party with this id, "" for oneself. It returns ErrNoMandate when it is not one of Parties.
func (s *Service) Act(ctx context.Context, a Account, id string) (Party, error) {
	parties, failure := s.Parties(ctx, a)
	for _, p := range parties {
		if p.ID == id {
			return p, s.sessions.act(ctx, p)
		}
	}
	if failure != nil {
		return Party{}, failure
	}
	return Party{}, ErrNoMandate
}

// CanChoose reports whether there is a mandate register whose page this account may be led to.
func (s *Service) CanChoose(a Account) bool {
	c, ok := s.mandates.(Chooser)
	return ok && c.CanChoose(a)
}

// Choose leads the browser to the mandate register's page, where the person chooses for whom to act.
func (s *Service) Choose(w http.ResponseWriter, r *http.Request, a Account, start Start) error {
	c, ok := s.mandates.(Chooser)
	if !ok {
		return failed(Unavailable, "no mandate register is configured")
	}
	return c.Choose(w, r, a, start.sound())
}

// Chosen is the other half of Choose, at MandateCallbackPath: it returns the organisations that the register gave, and the Start of
// Choose also when it fails.
func (s *Service) Chosen(r *http.Request, a Account) ([]Party, Start, error) {
	c, ok := s.mandates.(Chooser)
	if !ok {
		return nil, Start{Lang: a.Language}.sound(), failed(Unavailable, "no mandate register is configured")
	}
	return c.Chosen(r, a)
}
