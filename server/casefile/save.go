package casefile

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"luvat/forms"
)

// The limits of one save. They keep one entry, and with it every reading of the case, small.
const (
	maxKeys  = 1000
	maxSaved = 1 << 20 // bytes of JSON
	maxKey   = 400     // bytes of a field key
)

// Save changes values of the form.
type Save struct {
	Base    uint64     // number of the last entry that the writer had seen: 0 when the writer has seen nothing
	Changes forms.Data // by field key; nil takes the value away
}

// Save saves each key on its own. A key that somebody else, or the same person in another window, has changed since Base is not
// overwritten: it is named in a *MergeConflict, which is returned together with the case as it is then; the other keys are saved. Two
// who give the same value do not collide. A save that changes nothing appends nothing.
func (s *Service) Save(ctx context.Context, a Actor, id string, in Save) (*Case, error) {
	changes, err := saved(in.Changes)
	if err != nil {
		return nil, err
	}
	var conflict *MergeConflict
	c, err := s.act(ctx, a, id, Saving, func(d *draft) error {
		merge := merging{values: d.c.Values, base: in.Base}
		event := &Saved{Changes: map[string]any{}}
		for key, value := range changes {
			if merge.take(key, value, value == nil) {
				event.Changes[key] = value
			}
		}
		conflict = merge.conflict(d.c.Seq)
		if len(event.Changes) == 0 {
			return nil
		}
		if err := d.add(event); err != nil {
			return err
		}
		if conflict != nil {
			conflict.Seq = d.c.Seq
		}
		return nil
	})
	if err == nil && conflict != nil {
		err = conflict
	}
	return c, err
}

// saved checks the keys and makes the values what they will be when they are read from the ledger.
func saved(changes forms.Data) (map[string]any, error) {
	if len(changes) > maxKeys {
		return nil, &Invalid{What: "field", Code: TooMany, Limit: maxKeys}
	}
	out := make(map[string]any, len(changes))
	for key, value := range changes {
		if !fieldKey(key) {
			return nil, &Invalid{What: "field", Code: Unknown, Given: key}
		}
		kept, err := settled(value)
		if err != nil {
			return nil, &Invalid{What: "field", Code: Wrong, Given: key}
		}
		out[key] = kept
	}
	if raw, err := json.Marshal(out); err != nil || len(raw) > maxSaved {
		return nil, &Invalid{What: "field", Code: TooLong, Limit: maxSaved}
	}
	return out, nil
}

// fieldKey reports whether a key is of the kind that forms use: "term/<id>" or "form/<form>/<property>…".
func fieldKey(key string) bool {
	parts := strings.Split(key, "/")
	least := map[string]int{"term": 2, "form": 3}[parts[0]]
	return least > 0 && len(parts) >= least && !slices.Contains(parts, "") && len(key) <= maxKey
}

// merging sorts the changes of one writer into those that can be taken and those that collide with what others did since base.
type merging struct {
	values map[string]*Value
	base   uint64
	taken  []string
	clash  *MergeConflict
}

// take reports whether a change is to be made. It is not when the value is that already, and not when it collides.
func (m *merging) take(key string, value any, clear bool) bool {
	old := m.values[key]
	switch {
	case old == nil:
		if clear {
			return false
		}
	case old.Cleared == clear && same(old.Value, value):
		return false
	case old.Seq > m.base:
		if m.clash == nil {
			m.clash = &MergeConflict{Theirs: map[string]any{}, Mine: map[string]any{}, By: map[string]string{}, At: map[string]time.Time{}}
		}
		m.clash.Keys = append(m.clash.Keys, key)
		m.clash.Theirs[key], m.clash.Mine[key], m.clash.By[key], m.clash.At[key] = old.Value, value, old.By, old.At
		return false
	}
	m.taken = append(m.taken, key)
	return true
}

// conflict returns what collided, nil when nothing did.
func (m *merging) conflict(seq uint64) *MergeConflict {
	if m.clash == nil {
		return nil
	}
	slices.Sort(m.clash.Keys)
	slices.Sort(m.taken)
	m.clash.Seq, m.clash.Saved = seq, m.taken
	return m.clash
}
