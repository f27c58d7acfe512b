package server

import (
	"context"
	"errors"
	"strings"
	"time"

	"luvat/definitions"
	"luvat/server/identity"
	"luvat/server/locale"
)

// teller says, on one page, who did something and when: a ledger has ids.
type teller struct {
	ctx   context.Context
	site  *site
	texts locale.Texts
	known map[string]string
}

func (s *site) teller(ctx context.Context, t locale.Texts) teller {
	return teller{ctx, s, t, map[string]string{}}
}

// name returns the name of an actor as the ledger has it: an account, "system" or "authority:<id>".
func (w teller) name(by string) string {
	if name, ok := w.known[by]; ok {
		return name
	}
	name := w.find(by)
	w.known[by] = name
	return name
}

func (w teller) find(by string) string {
	if by == "system" {
		return w.texts.Say("who.system")
	}
	if id, ok := strings.CutPrefix(by, "authority:"); ok {
		if a := w.site.engine.Library.Shared.AuthorityByID(id); a != nil {
			return a.Name.In(w.texts.Lang)
		}
		return w.texts.Say("who.authority")
	}
	account, err := w.site.cases.Identity.Accounts().Get(w.ctx, by)
	switch {
	case errors.Is(err, identity.ErrNoAccount):
		return w.texts.Say("who.erased")
	case err != nil:
		w.site.log.Warn("the name of an account cannot be read", "error", err)
		return w.texts.Say("who.unknown")
	}
	return account.Name
}

func (w teller) moment(at time.Time) string { return w.site.clockTime(w.texts, at) }

// clockTime writes a time as it is in Finland: "24.11.2026 klo 0.30".
func (s *site) clockTime(t locale.Texts, at time.Time) string {
	local := at.In(s.helsinki)
	return t.Date(definitions.DateOf(local)) + " " + t.Clock(local.Format("15:04"))
}
