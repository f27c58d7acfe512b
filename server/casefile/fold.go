package casefile

import (
	"bytes"
	"encoding/json"
	"fmt"

	"luvat/server/store"
)

// apply adds entries, which follow those the case has.
func (c *Case) apply(entries []store.Entry) error {
	for i := range entries {
		e := &entries[i]
		event, err := decode(e)
		if err != nil {
			return err
		}
		if err := c.step(e, event); err != nil {
			return err
		}
	}
	return nil
}

func (c *Case) step(e *store.Entry, event Event) error {
	if e.Seq != c.Seq+1 {
		return fmt.Errorf("case %s: entry %d follows entry %d", e.Case, e.Seq, c.Seq)
	}
	if e.Seq == 1 {
		c.ID, c.Edition = e.Case, e.Edition
	}
	c.Seq, c.Head, c.Changed = e.Seq, e.Hash, e.At
	c.History = append(c.History, Line{Seq: e.Seq, Kind: e.Kind, At: e.At, By: e.By, For: e.For, Edition: e.Edition, Event: event})
	if event == nil {
		return nil
	}
	if err := event.apply(c, e); err != nil {
		return fmt.Errorf("case %s, entry %d (%s): %w", e.Case, e.Seq, e.Kind, err)
	}
	return nil
}

func decodeValue(raw json.RawMessage) (any, error) {
	var v any
	err := json.Unmarshal(raw, &v)
	return v, err
}

// settled returns a value as it will be when it is read from the ledger: numbers as float64, nothing shared with the caller.
func settled(v any) (any, error) {
	switch v := v.(type) {
	case nil, bool, string, float64:
		return v, nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return decodeValue(raw)
}

func same(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
