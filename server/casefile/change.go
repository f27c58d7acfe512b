package casefile

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"luvat/definitions"
)

// Amendment is how the case differs by now from what was last sent in a filing.
type Amendment struct {
	Filing  *Filing
	Changes Changes

	data        json.RawMessage
	schema      map[definitions.Lang]string
	attachments []string
	move        Move
}

// Amendments returns the filings that a new version could be sent of, and how it would differ: those that stand, whose process allows
// it, that are still needed, and whose data or attachments are no longer what was sent.
func (st *Standing) Amendments(c *Case) ([]Amendment, error) {
	var out []Amendment
	for _, f := range c.Filings {
		def := st.Edition.requirement(f.Requirement)
		if def == nil || st.Needed(f.Requirement) == nil {
			continue
		}
		move, possible := change(processOf(st.Edition.Program.Bundle, def), f)
		if !possible {
			continue
		}
		data, _, schema, err := st.content(f.Requirement)
		if err != nil {
			return nil, fmt.Errorf("the data for %s cannot be put together: %w", f.Requirement, err)
		}
		raw, err := json.Marshal(data)
		if err != nil {
			return nil, fmt.Errorf("the data for %s cannot be put together: %w", f.Requirement, err)
		}
		attachments := st.attachmentsOf(c, f.Requirement, data)
		changes, err := changesOf(f.Last(), raw, attachments)
		if err != nil {
			return nil, fmt.Errorf("filing %s: %w", f.ID, err)
		}
		if changes.Empty() {
			continue
		}
		out = append(out, Amendment{Filing: f, Changes: changes, data: raw, schema: schema, attachments: attachments, move: move})
	}
	return out, nil
}

func changesOf(last *Version, data json.RawMessage, attachments []string) (Changes, error) {
	before, err := decodeValue(last.Data)
	if err != nil {
		return Changes{}, err
	}
	after, err := decodeValue(data)
	if err != nil {
		return Changes{}, err
	}
	out := Changes{Fields: []string{}, Added: []string{}, Removed: []string{}}
	differing(before, after, "", &out.Fields)
	slices.Sort(out.Fields)
	had := make([]string, len(last.Attachments))
	for i, a := range last.Attachments {
		had[i] = a.ID
	}
	out.Added = append(out.Added, without(attachments, func(id string) bool { return slices.Contains(had, id) })...)
	out.Removed = append(out.Removed, without(had, func(id string) bool { return slices.Contains(attachments, id) })...)
	return out, nil
}

// differing collects the JSON pointers of what differs. Objects are compared by property, lists as a whole: after an item is taken out
// of the middle, pointers to items would name others than they seem to.
func differing(a, b any, at string, out *[]string) {
	x, isX := a.(map[string]any)
	y, isY := b.(map[string]any)
	if !isX || !isY {
		if !same(a, b) {
			*out = append(*out, at)
		}
		return
	}
	for key, v := range x {
		if w, there := y[key]; there {
			differing(v, w, at+"/"+pointer.Replace(key), out)
		} else {
			*out = append(*out, at+"/"+pointer.Replace(key))
		}
	}
	for key := range y {
		if _, there := x[key]; !there {
			*out = append(*out, at+"/"+pointer.Replace(key))
		}
	}
}

var pointer = strings.NewReplacer("~", "~0", "/", "~1")

// Change sends new versions of filings that differ from what was sent.
type Change struct {
	Token   string           // made when the page was shown (NewToken): the same token changes once
	Filings []string         // ids; none for all that differ
	Lang    definitions.Lang // of the messages in an *Incomplete
}

// NewToken makes the token of a page on which something is done once.
func (s *Service) NewToken() (string, error) { return s.id() }

// Change amends filings that have been sent: of each, a new version with the data and attachments as they are in the case now goes the
// way that the first went, after it. The error is an *Incomplete when what would be sent is not right, a *NotNow when a filing named
// has gone too far, and ErrNothingToSend when nothing differs.
func (s *Service) Change(ctx context.Context, a Actor, id string, in Change) (*Case, error) {
	if in.Token == "" || len(in.Token) > 40 {
		return nil, &Invalid{What: "ticket", Code: Missing}
	}
	return s.act(ctx, a, id, Changing, func(d *draft) error {
		if d.c.done[in.Token] != 0 {
			return nil
		}
		st, err := s.Standing(d.c, in.Lang)
		if err != nil {
			return err
		}
		amendments, err := st.Amendments(d.c)
		if err != nil {
			return err
		}
		if len(in.Filings) > 0 {
			if err := d.c.changeable(st, in.Filings); err != nil {
				return err
			}
			amendments = without(amendments, func(a Amendment) bool { return !slices.Contains(in.Filings, a.Filing.ID) })
		}
		if len(amendments) == 0 {
			return ErrNothingToSend
		}
		amended := func(requirement string) bool {
			return slices.ContainsFunc(amendments, func(a Amendment) bool { return a.Filing.Requirement == requirement })
		}
		way := st.inTheWay(amended, in.Lang)
		way.Questions = nil // what else might be needed is asked when it is sent
		if !way.Empty() {
			return way
		}
		for _, m := range amendments {
			version := len(m.Filing.Versions) + 1
			if err := d.add(&Changed{Token: in.Token, Filing: m.Filing.ID, Version: version, Move: m.move, Schema: m.schema, Data: m.data,
				Attachments: m.attachments, Changes: m.Changes}); err != nil {
				return err
			}
			if err := d.deliver(m.Filing, Task{ID: fmt.Sprintf("%s/%d", m.Filing.ID, version), What: TaskFiling, Version: version}); err != nil {
				return err
			}
		}
		return nil
	})
}

// changeable holds filings that are to be changed against what there is.
func (c *Case) changeable(st *Standing, filings []string) error {
	for _, id := range filings {
		f := c.Filing(id)
		if f == nil {
			return &Invalid{What: "filing", Code: Unknown, Given: id}
		}
		if def := st.Edition.requirement(f.Requirement); def != nil {
			if _, possible := change(processOf(st.Edition.Program.Bundle, def), f); possible {
				continue
			}
		}
		return &NotNow{Action: Changing, Phase: c.Phase, Filing: id, State: f.State}
	}
	return nil
}
