package casefile

import (
	"context"
	"fmt"

	"luvat/server/store"
)

// Summary returns what lists show of a case, for a worker that writes a letter about it; ErrNoCase when there is none.
func (s *Service) Summary(ctx context.Context, id string) (Summary, error) {
	rows, err := s.store.List(ctx, caseIndex, store.Page{Prefix: id, Limit: 1})
	if err != nil {
		return Summary{}, fmt.Errorf("the list of cases cannot be read: %w", err)
	}
	if len(rows) == 0 || rows[0].Key != id {
		return Summary{}, ErrNoCase
	}
	return readSummary(rows[0])
}

// EditionAt returns the edition that governed an entry, "" when there is no such entry.
func (c *Case) EditionAt(seq uint64) string {
	if seq < 1 || seq > uint64(len(c.History)) {
		return ""
	}
	return c.History[seq-1].Edition
}

// Documented reports whether the content of a document belongs to any case, also to one from which it was taken away: the ledger
// names it for ever.
func (s *Service) Documented(ctx context.Context, sha256 string) (bool, error) {
	rows, err := s.store.List(ctx, documentIndex, store.Page{Prefix: sha256 + "/", Limit: 1})
	if err != nil {
		return false, fmt.Errorf("the list of documents cannot be read: %w", err)
	}
	return len(rows) > 0, nil
}
