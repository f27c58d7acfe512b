package casefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"luvat/server/store"
)

// Event is what an entry says happened. Each kind of entry has one struct, which is its JSON.
type Event interface {
	Kind() string
	apply(c *Case, e *store.Entry) error
}

// kinds makes an empty event of each kind that this version knows.
var kinds = map[string]func() Event{
	"opened":          func() Event { return new(Opened) },
	"renamed":         func() Event { return new(Renamed) },
	"answered":        func() Event { return new(Answered) },
	"prefilled":       func() Event { return new(Prefilled) },
	"saved":           func() Event { return new(Saved) },
	"attached":        func() Event { return new(Attached) },
	"detached":        func() Event { return new(Detached) },
	"invited":         func() Event { return new(Invited) },
	"joined":          func() Event { return new(Joined) },
	"role-changed":    func() Event { return new(RoleChanged) },
	"revoked":         func() Event { return new(Revoked) },
	"moved":           func() Event { return new(Moved) },
	"submitted":       func() Event { return new(Submitted) },
	"changed":         func() Event { return new(Changed) },
	"withdrawn":       func() Event { return new(Withdrawn) },
	"message":         func() Event { return new(Messaged) },
	"delivered":       func() Event { return new(Delivered) },
	"delivery-failed": func() Event { return new(DeliveryFailed) },
	"received":        func() Event { return new(Received) },
}

// decode reads the event of an entry. An entry of a kind that this version does not know gives nil: it is kept and shown as it is.
// A known kind with a field that it does not have, or with anything after its end, is an error: it was not written by this service.
func decode(e *store.Entry) (Event, error) {
	empty, known := kinds[e.Kind]
	if !known {
		return nil, nil
	}
	if e.Kind == "saved" {
		if event, ok := readSaved(e.Data); ok {
			return event, nil
		}
	}
	event := empty()
	d := json.NewDecoder(bytes.NewReader(e.Data))
	d.DisallowUnknownFields()
	if err := d.Decode(event); err != nil {
		return nil, fmt.Errorf("case %s, entry %d (%s): %w", e.Case, e.Seq, e.Kind, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("case %s, entry %d (%s): there is more after its end", e.Case, e.Seq, e.Kind)
	}
	return event, nil
}

// encode writes an event as the data of an entry.
func encode(event Event) (json.RawMessage, error) {
	data, err := json.Marshal(event)
	if err != nil {
		return nil, fmt.Errorf("an entry %q cannot be written: %w", event.Kind(), err)
	}
	return data, nil
}
