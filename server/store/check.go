package store

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// The sizes that every backend takes, in bytes.
const (
	MaxName  = 255      // the name of a case, an index, a queue, a lane or a bucket, and an id of work
	MaxKey   = 1024     // a key of a row or a record
	MaxValue = 64 << 20 // the value of a row or a record, the data of an entry or of work
)

// Check says what of a Change a store refuses: a name, key or value that is missing, too long or not plain text, a time that cannot be
// kept, or data that is not JSON. A name and a text is UTF-8 without the character NUL; a key of a row is any bytes, at least one.
func (c Change) Check() error {
	_, err := c.Prepared()
	return err
}

// Prepared is the Change as it is kept: checked, data in the form of Canonical, times in UTC to the microsecond. It is for backends.
func (c Change) Prepared() (Change, error) {
	if err := CheckName("the name of the case", c.Case); err != nil {
		return Change{}, err
	}
	fail := func(what string, i int, err error) (Change, error) {
		return Change{}, fmt.Errorf("case %s, %s %d of %d of the change: %w", c.Case, what, i+1, c.count(what), err)
	}
	out := c
	out.Entries = make([]NewEntry, len(c.Entries))
	for i, e := range c.Entries {
		data, err := Canonical(e.Data)
		err = errors.Join(err, CheckName("its kind", e.Kind), checkOptional("who did it", e.By),
			checkOptional("on whose behalf", e.For), checkOptional("its edition", e.Edition), checkTime("its time", e.At), checkSize("its data", len(data)))
		if err != nil {
			return fail("entry", i, err)
		}
		e.Data, e.At = data, Micro(e.At)
		out.Entries[i] = e
	}
	for i, r := range c.Rows {
		err := errors.Join(CheckName("the name of its index", r.Index), checkKey(r.Key), checkSize("its value", len(r.Value)))
		if err != nil {
			return fail("row", i, err)
		}
	}
	out.Work = make([]NewWork, len(c.Work))
	for i, w := range c.Work {
		data, err := Canonical(w.Data)
		err = errors.Join(err, CheckName("its id", w.ID), CheckName("its queue", w.Queue), checkOptional("its lane", w.Lane),
			checkTime("the time it is due", w.Due), checkSize("its data", len(data)))
		if err != nil {
			return fail("work", i, err)
		}
		w.Data, w.Due = data, Micro(w.Due)
		out.Work[i] = w
	}
	return out, nil
}

func (c Change) count(what string) int {
	return map[string]int{"entry": len(c.Entries), "row": len(c.Rows), "work": len(c.Work)}[what]
}

// Empty tells whether the Change names no case, as one for Settle may.
func (c Change) Empty() bool { return c.Case == "" }

// Check refuses an Outcome that is not exactly one of Done, Again and Dead, and a Change with content but without a case.
func (o Outcome) Check(c Change) error {
	n := 0
	for _, is := range []bool{o.Done, !o.Again.IsZero(), o.Dead} {
		if is {
			n++
		}
	}
	switch {
	case n != 1:
		return errors.New("what became of the work must be exactly one of: done, again at a time, dead")
	case c.Case == "" && len(c.Entries)+len(c.Rows)+len(c.Work) > 0:
		return errors.New("the change that goes with the work names no case")
	}
	return errors.Join(checkTime("the time to try again", o.Again), checkText("what went wrong", o.Error), checkSize("what went wrong", len(o.Error)))
}

// Check refuses a record that cannot be kept.
func (r Record) Check(bucket string) error {
	err := errors.Join(CheckName("the name of the bucket", bucket), checkKey(r.Key), checkTime("when it expires", r.Expires), checkSize("its value", len(r.Value)))
	if err != nil {
		return fmt.Errorf("record %q of %q: %w", clip(r.Key), clip(bucket), err)
	}
	return nil
}

// Micro is a time as it is kept: in UTC, to the microsecond.
func Micro(t time.Time) time.Time { return time.UnixMicro(t.UnixMicro()).UTC() }

// CheckName refuses a name that cannot be one: empty, longer than MaxName, not UTF-8, or with the character NUL. It is for backends, whose
// keys rest on it; what is what the name is of, for the error.
func CheckName(what, name string) error {
	switch {
	case name == "":
		return fmt.Errorf("%s is missing", what)
	case len(name) > MaxName:
		return fmt.Errorf("%s has %d bytes, more than %d: %q…", what, len(name), MaxName, clip(name))
	}
	return checkText(what, name)
}

func checkOptional(what, name string) error {
	if name == "" {
		return nil
	}
	return CheckName(what, name)
}

func checkText(what, text string) error {
	if !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 {
		return fmt.Errorf("%s is not plain text: %q", what, clip(text))
	}
	return nil
}

func checkKey(key string) error {
	switch {
	case key == "":
		return errors.New("its key is missing")
	case len(key) > MaxKey:
		return fmt.Errorf("its key has %d bytes, more than %d: %q…", len(key), MaxKey, clip(key))
	}
	return nil
}

func checkSize(what string, n int) error {
	if n > MaxValue {
		return fmt.Errorf("%s has %d bytes, more than %d", what, n, MaxValue)
	}
	return nil
}

// Times are written as RFC 3339 in the JSON form of an entry, which has four digits for the year.
func checkTime(what string, t time.Time) error {
	if y := t.UTC().Year(); y < 1 || y > 9999 {
		return fmt.Errorf("%s is in the year %d", what, y)
	}
	return nil
}

func clip(s string) string { return s[:min(len(s), 60)] }
