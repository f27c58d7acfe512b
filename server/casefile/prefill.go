package casefile

import (
	"context"
)

// Prefill is what registers said, and which could not be asked.
type Prefill struct {
	Values  map[string]Told // by field key
	Outages []Outage
}

// Prefill puts in what registers say where nobody has typed anything; elsewhere it keeps what they say beside what was typed. It never
// collides with anybody. What says nothing new appends nothing.
func (s *Service) Prefill(ctx context.Context, a Actor, id string, in Prefill) (*Case, error) {
	told := make(map[string]Told, len(in.Values))
	for key, t := range in.Values {
		if !fieldKey(key) {
			return nil, &Invalid{What: "field", Code: Unknown, Given: key}
		}
		value, err := settled(t.Value)
		if err != nil || value == nil {
			return nil, &Invalid{What: "field", Code: Wrong, Given: key}
		}
		t.Value = value
		told[key] = t
	}
	return s.act(ctx, a, id, Prefilling, func(d *draft) error {
		event := &Prefilled{Values: map[string]Told{}, Outages: in.Outages}
		for key, t := range told {
			old := d.c.Values[key]
			if old == nil || old.Told == nil || old.Told.Source.ID != t.Source.ID || !same(old.Told.Value, t.Value) {
				event.Values[key] = t
			}
		}
		if len(event.Values) == 0 && sameOutages(d.c.Outages, in.Outages) {
			return nil
		}
		return d.add(event)
	})
}

// sameOutages reports whether the same sources were out for the same reasons.
func sameOutages(a, b []Outage) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].ID != b[i].ID || a[i].Why != b[i].Why {
			return false
		}
	}
	return true
}
