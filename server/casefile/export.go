package casefile

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"luvat/definitions"
	"luvat/server/store"
)

// ExportFormat names the shape of an Export. A change of the shape that readers would notice changes the number.
const ExportFormat = "luvat-case/1"

// Export is everything about a case as one JSON document: first as it stands, then entry by entry, as it came about. docs/case.md
// describes it field by field. The contents of attachments are fetched beside it, by their checksums.
type Export struct {
	Format      string                   `json:"format"` // ExportFormat
	Exported    time.Time                `json:"exported"`
	Case        string                   `json:"case"`
	Title       string                   `json:"title"`
	Bundle      string                   `json:"bundle"`
	Edition     string                   `json:"edition"`
	On          string                   `json:"on"`
	Lang        definitions.Lang         `json:"lang"`
	Holder      Holder                   `json:"holder"`
	Phase       Phase                    `json:"phase"`
	Reference   string                   `json:"reference,omitempty"`
	Opened      time.Time                `json:"opened"`
	Changed     time.Time                `json:"changed"`
	Answers     map[string]ExportedValue `json:"answers"`
	Values      map[string]ExportedValue `json:"values"`
	Attachments []*Attachment            `json:"attachments"` // also those taken away, by when they were added
	Removed     []string                 `json:"removed"`     // ids of those taken away
	People      []*Person                `json:"people"`
	Invitations []*Invitation            `json:"invitations"`
	Filings     []ExportedFiling         `json:"filings"`
	Messages    []*Message               `json:"messages"`
	Readers     []Reader                 `json:"readers"`
	Entries     []store.Entry            `json:"entries"` // with hashes: whoever has the document can verify the chain
}

// ExportedValue is a value with how it came to be.
type ExportedValue struct {
	Value   any       `json:"value"`
	Cleared bool      `json:"cleared,omitempty"`
	Seq     uint64    `json:"seq"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Source  *Source   `json:"source,omitempty"` // of a value that a register gave and nobody changed
	Told    *Told     `json:"told,omitempty"`   // what a register said, also where it was corrected
}

// ExportedFiling is a filing as it stands.
type ExportedFiling struct {
	ID          string            `json:"id"`
	Requirement string            `json:"requirement"`
	Name        Texts             `json:"name"`
	Authority   Recipient         `json:"authority"`
	Channel     Channel           `json:"channel"`
	State       string            `json:"state,omitempty"`
	Status      string            `json:"status"`
	Withdrawn   bool              `json:"withdrawn,omitempty"`
	Versions    []ExportedVersion `json:"versions"`
}

// ExportedVersion is what was sent at one time.
type ExportedVersion struct {
	Number      int       `json:"number"`
	At          time.Time `json:"at"`
	By          string    `json:"by"`
	Data        any       `json:"data"`
	Attachments []string  `json:"attachments"`
}

// Export gives a case's owner everything that is kept of it.
func (s *Service) Export(ctx context.Context, a Actor, id string) (*Export, error) {
	entries, err := s.store.Read(ctx, id, 0)
	if err != nil {
		return nil, fmt.Errorf("the ledger of a case cannot be read: %w", err)
	}
	c, err := Fold(entries)
	if err != nil {
		return nil, err
	}
	if err := may(a, c, Exporting); err != nil {
		return nil, err
	}
	out := &Export{Format: ExportFormat, Exported: s.clock().UTC().Truncate(time.Microsecond), Case: c.ID, Title: c.Title, Bundle: c.Bundle,
		Edition: c.Edition, On: c.On.String(), Lang: c.Lang, Holder: c.Holder, Phase: c.Phase, Reference: c.Reference, Opened: c.Opened,
		Changed: c.Changed, Answers: exported(c.Answers), Values: exported(c.Values), Removed: []string{}, People: list(c.People),
		Invitations: list(c.Invitations), Filings: []ExportedFiling{}, Messages: list(c.Messages), Readers: []Reader{}, Entries: entries}
	out.Attachments = list(slices.SortedFunc(maps.Values(c.added), func(a, b *Attachment) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
	}))
	for _, a := range out.Attachments {
		if !slices.Contains(c.Attachments, a) {
			out.Removed = append(out.Removed, a.ID)
		}
	}
	for _, f := range c.Filings {
		x := ExportedFiling{ID: f.ID, Requirement: f.Requirement, Name: f.Name, Authority: f.Authority, Channel: f.Channel, State: f.State,
			Status: f.Status, Withdrawn: f.Withdrawn}
		for _, v := range f.Versions {
			w := ExportedVersion{Number: v.Number, At: v.At, By: v.By, Data: v.Data, Attachments: []string{}}
			for _, a := range v.Attachments {
				w.Attachments = append(w.Attachments, a.ID)
			}
			x.Versions = append(x.Versions, w)
		}
		out.Filings = append(out.Filings, x)
	}
	for after := ""; ; {
		readers, next, err := s.readers(ctx, id, after, 1000)
		if err != nil {
			return nil, err
		}
		out.Readers = append(out.Readers, readers...)
		if after = next; next == "" {
			return out, nil
		}
	}
}

func exported(values map[string]*Value) map[string]ExportedValue {
	out := make(map[string]ExportedValue, len(values))
	for key, v := range values {
		out[key] = ExportedValue(*v)
	}
	return out
}

// list is a list that is [] in JSON when there is nothing in it.
func list[T any](items []T) []T { return append([]T{}, items...) }
