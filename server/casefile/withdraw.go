package casefile

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

const maxReason = 2000

// Withdraw takes filings back, or ends a draft.
type Withdraw struct {
	Filings []string // ids; none for the whole case
	Reason  string   // goes to the authorities
}

// Withdraw takes back the filings named, or everything that stands. Filings taken back already are passed over. The error is a *NotNow
// when a filing has gone so far that its process lets the customer take it back no more; of the whole case, only when that is so of
// every filing that stands.
func (s *Service) Withdraw(ctx context.Context, a Actor, id string, in Withdraw) (*Case, error) {
	in.Reason = strings.TrimSpace(in.Reason)
	if utf8.RuneCountInString(in.Reason) > maxReason {
		return nil, &Invalid{What: "text", Code: TooLong, Limit: maxReason}
	}
	return s.act(ctx, a, id, Withdrawing, func(d *draft) error {
		edition, err := s.editions.Edition(d.c.Edition)
		if err != nil {
			return err
		}
		for _, id := range in.Filings {
			if d.c.Filing(id) == nil {
				return &Invalid{What: "filing", Code: Unknown, Given: id}
			}
		}
		event := &Withdrawn{Filings: []WithdrawnFiling{}, Reason: in.Reason}
		var stuck *NotNow
		for _, f := range d.c.Filings {
			if f.Withdrawn || len(in.Filings) > 0 && !slices.Contains(in.Filings, f.ID) {
				continue
			}
			if move, possible := edition.withdraw(f); possible {
				event.Filings = append(event.Filings, WithdrawnFiling{ID: f.ID, Move: move})
			} else if stuck = (&NotNow{Action: Withdrawing, Phase: d.c.Phase, Filing: f.ID, State: f.State}); len(in.Filings) > 0 {
				return stuck
			}
		}
		switch {
		case len(event.Filings) > 0 || d.c.Phase == Draft:
		case stuck != nil:
			return stuck
		default:
			return nil
		}
		if err := d.add(event); err != nil {
			return err
		}
		for _, w := range event.Filings {
			if err := d.deliver(d.c.Filing(w.ID), Task{ID: fmt.Sprintf("%s/withdrawal", w.ID), What: TaskWithdrawal}); err != nil {
				return err
			}
		}
		return nil
	})
}

// withdraw returns how a filing is taken back, and whether it can be.
func (e Edition) withdraw(f *Filing) (Move, bool) {
	def := e.requirement(f.Requirement)
	if def == nil {
		return withdraw(nil, f)
	}
	return withdraw(processOf(e.Program.Bundle, def), f)
}

// CanWithdraw reports whether the customer can take a filing back.
func (e Edition) CanWithdraw(f *Filing) bool {
	_, possible := e.withdraw(f)
	return possible
}
