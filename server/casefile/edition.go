package casefile

import (
	"context"

	"luvat/definitions"
	"luvat/engine"
	"luvat/forms"
)

// Edition is one exact version of the definitions that governs cases.
type Edition struct {
	ID      string
	Program *engine.Program
	Book    *forms.Book
}

// Editions finds editions. Its methods may be called by any number of goroutines.
type Editions interface {
	// Current returns the edition that governs cases of a bundle begun on a day.
	Current(bundle string, on definitions.Date) (Edition, error)
	// Edition returns an edition by id; those that govern a case are kept for as long as the case.
	Edition(id string) (Edition, error)
}

// Channels says how filings reach an authority. Its methods may be called by any number of goroutines.
type Channels interface {
	// Channel returns the channel of an authority, Direct for one that has not joined, is none, or is "".
	Channel(ctx context.Context, authority string) (Channel, error)
}
