package casefile

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"luvat/definitions"
	"luvat/server/store"
)

// The indexes of the other side of the counter.
const (
	officeIndex   = "office"   // <authority>/<time>/<filing>/<case> → FilingSummary; <time> as in folders
	filingIndex   = "filing"   // <filing>/<case> → nothing
	documentIndex = "document" // <SHA-256>/<case> → nothing: who uses the content of a document
)

// FilingSummary is what an authority's list shows of a filing. It holds no personal data.
type FilingSummary struct {
	Filing      string           `json:"filing"`
	Case        string           `json:"case"`
	Reference   string           `json:"reference"`
	Requirement string           `json:"requirement"`
	Kind        definitions.Kind `json:"kind"`
	Name        Texts            `json:"name"`
	Status      string           `json:"status"`
	Version     int              `json:"version"`
	Sent        time.Time        `json:"sent"`    // the first version
	Changed     time.Time        `json:"changed"` // the last version, or the withdrawal
	Due         string           `json:"due,omitempty"`
	Withdrawn   bool             `json:"withdrawn,omitempty"`
}

// officeRows are the rows of the filings that a channel leads to, and of the documents.
func (c *Case) officeRows() []IndexRow {
	var rows []IndexRow
	for _, f := range c.Filings {
		rows = append(rows, IndexRow{filingIndex, f.ID + "/" + c.ID, nil})
		if f.Channel == Direct || f.Authority.ID == "" {
			continue
		}
		s := FilingSummary{Filing: f.ID, Case: c.ID, Reference: c.Reference, Requirement: f.Requirement, Kind: f.Kind, Name: f.Name, Status: f.Status,
			Version: len(f.Versions), Sent: f.Versions[0].At, Changed: f.Last().At, Due: f.Due, Withdrawn: f.Withdrawn}
		if f.Withdrawn {
			_, s.Changed = c.withdrawal(f.ID)
		}
		value, err := json.Marshal(s)
		if err != nil { // as in Rows: there is nothing in it that JSON has no form for
			value = nil
		}
		rows = append(rows, IndexRow{officeIndex, fmt.Sprintf("%s/%016x/%s/%s", f.Authority.ID, math.MaxInt64-s.Changed.UnixMicro(), f.ID, c.ID), value})
	}
	sums := map[string]bool{}
	for _, a := range c.added {
		sums[a.SHA256] = true
	}
	for _, sum := range slices.Sorted(maps.Keys(sums)) {
		rows = append(rows, IndexRow{documentIndex, sum + "/" + c.ID, nil})
	}
	return rows
}

// Office lists the filings of an authority, the one changed last first, after the key that the page before returned; next is "" at the
// end.
func (s *Service) Office(ctx context.Context, a Actor, after string, limit int) (filings []FilingSummary, next string, err error) {
	if a.Authority == "" {
		return nil, "", &Forbidden{Action: Reading}
	}
	prefix := a.Authority + "/"
	page := store.Page{Prefix: prefix, Limit: limit + 1}
	if after != "" {
		page.After = prefix + after
	}
	rows, err := s.store.List(ctx, officeIndex, page)
	if err != nil {
		return nil, "", fmt.Errorf("the list of filings cannot be read: %w", err)
	}
	for i, row := range rows {
		if i == limit {
			next = strings.TrimPrefix(rows[i-1].Key, prefix)
			break
		}
		var f FilingSummary
		if err := json.Unmarshal(row.Value, &f); err != nil {
			return nil, "", fmt.Errorf("the list of filings cannot be read: row %s: %w", row.Key, err)
		}
		filings = append(filings, f)
	}
	return filings, next, nil
}

// OfficeFiling returns a filing to the authority that it was sent to, and leaves a line in the log of readers. Of the case the
// authority sees what was sent to it; the Case is for looking up its messages and documents, not for showing. The error is ErrNoCase
// for everybody else.
func (s *Service) OfficeFiling(ctx context.Context, a Actor, filing string) (*Case, *Filing, error) {
	id, err := s.caseOf(ctx, filing)
	if err != nil {
		return nil, nil, err
	}
	c, err := s.load(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if err := may(a, c, Handling); err != nil {
		return nil, nil, err
	}
	f := c.Filing(filing)
	if f == nil || f.Authority.ID != a.Authority || f.Channel == Direct {
		return nil, nil, ErrNoCase
	}
	return c, f, s.noteReader(ctx, a, c)
}

// DeliveredFiling returns a filing with its case to the worker's own pages: the address in an event says which filing it is of.
func (s *Service) DeliveredFiling(ctx context.Context, filing string) (*Case, *Filing, error) {
	id, err := s.caseOf(ctx, filing)
	if err != nil {
		return nil, nil, err
	}
	c, err := s.load(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if err := may(worker, c, Delivering); err != nil {
		return nil, nil, err
	}
	f := c.Filing(filing)
	if f == nil {
		return nil, nil, ErrNoCase
	}
	return c, f, nil
}

func (s *Service) caseOf(ctx context.Context, filing string) (string, error) {
	rows, err := s.store.List(ctx, filingIndex, store.Page{Prefix: filing + "/", Limit: 1})
	if err != nil {
		return "", fmt.Errorf("the filing cannot be found: %w", err)
	}
	if len(rows) == 0 {
		return "", ErrNoCase
	}
	return strings.TrimPrefix(rows[0].Key, filing+"/"), nil
}
