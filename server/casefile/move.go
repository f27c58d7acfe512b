package casefile

import (
	"context"
	"slices"
)

// MovePreview is what moving a case to another edition would change.
type MovePreview struct {
	From, To string
	New      []string // requirements that appear, by the other edition's order
	Gone     []string // requirements that lapse
	Fields   []string // keys of fields that are asked only there
	Lost     []string // keys of fields that have a value and are not asked there; the value stays with the case, aside
	Dropped  []string // questions whose answer is not taken there
	Asked    []string // questions to answer there
}

// Nothing reports whether moving changes nothing that the customer sees.
func (m *MovePreview) Nothing() bool {
	return len(m.New)+len(m.Gone)+len(m.Fields)+len(m.Lost)+len(m.Dropped)+len(m.Asked) == 0
}

// PreviewMove shows what would change under the edition that is in force for the case's day; nil when the case has that one already.
func (s *Service) PreviewMove(ctx context.Context, a Actor, id string) (*MovePreview, error) {
	c, err := s.load(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := may(a, c, Moving); err != nil {
		return nil, err
	}
	current, err := s.editions.Current(c.Bundle, s.day(c))
	if err != nil || current.ID == c.Edition {
		return nil, err
	}
	own, err := s.editions.Edition(c.Edition)
	if err != nil {
		return nil, err
	}
	before, after := s.standing(c, own, c.Lang), s.standing(c, current, c.Lang)
	out := &MovePreview{From: own.ID, To: current.ID}
	_, out.Dropped = c.answers(current.Program)
	was, is := needed(before), needed(after)
	out.New = without(is, func(r string) bool { return slices.Contains(was, r) })
	out.Gone = without(was, func(r string) bool { return slices.Contains(is, r) })
	out.Asked = without(after.Analysis.Next, func(q string) bool { return slices.Contains(before.Analysis.Next, q) })
	had, has := keys(before), keys(after)
	out.Fields = without(has, func(k string) bool { return slices.Contains(had, k) })
	out.Lost = without(had, func(k string) bool { return slices.Contains(has, k) || c.Data[k] == nil })
	return out, nil
}

// MoveEdition puts a draft under another edition, the one that PreviewMove showed. When another has come into force since, the error is
// an *Invalid and the preview must be shown again.
func (s *Service) MoveEdition(ctx context.Context, a Actor, id, to string) (*Case, error) {
	return s.act(ctx, a, id, Moving, func(d *draft) error {
		if d.c.Edition == to {
			return nil
		}
		current, err := s.editions.Current(d.c.Bundle, s.day(d.c))
		if err != nil {
			return err
		}
		if current.ID != to {
			return &Invalid{What: "edition", Code: Unknown, Given: to}
		}
		answers, dropped := d.c.answers(current.Program)
		return d.add(&Moved{From: d.c.Edition, To: to, Dropped: dropped, Due: due(current, answers, s.day(d.c))})
	})
}

func needed(st *Standing) []string {
	var out []string
	for _, n := range st.Needs {
		out = append(out, n.Requirement)
	}
	return append(out, st.Duties...)
}

// keys lists the keys of the fields that are asked, whether shown at this moment or not.
func keys(st *Standing) []string {
	var out []string
	for _, section := range st.Union.Sections {
		for _, f := range section.Fields {
			out = append(out, f.Key)
		}
	}
	return out
}
