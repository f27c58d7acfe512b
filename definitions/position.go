package definitions

import (
	"fmt"
	"time"
)

// Position is a place in a source file. Lines and columns count from 1, columns in runes.
type Position struct {
	File   string // path as the reader was given it, with forward slashes
	Line   int
	Column int
	End    int // column after the last rune on the same line; 0 when only the start is known
}

// Valid reports whether the position names a place.
func (p Position) Valid() bool { return p.Line > 0 }

func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Scalar is a YAML scalar that keeps its place and how it was written.
type Scalar struct {
	Value  string
	At     Position
	Quoted bool // written in quotes or as a block: never a number, boolean or null
	place  func(rune int) Position
}

// PositionAt returns the place in the source of the i-th rune (from 0) of the scalar's value, also inside quoted and block scalars.
func (s Scalar) PositionAt(i int) Position {
	if s.place != nil {
		return s.place(i)
	}
	p := s.At
	p.Column += i
	p.End = 0
	return p
}

// Date is a day of the Gregorian calendar, counted in days from 1970-01-01 so that dates compare with < and subtract.
// NoDate, the zero value of the type, means that no date was given; 1970-01-01 itself is not used by any law here.
type Date int32

// NoDate means that no date was given.
const NoDate Date = 0

// DateOf returns the day of a time in its own zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// ParseDate reads "2006-01-02".
func ParseDate(s string) (Date, bool) {
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		return NoDate, false
	}
	return DateOf(t), true
}

// Time returns midnight UTC of the day.
func (d Date) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

func (d Date) String() string {
	if d == NoDate {
		return ""
	}
	return d.Time().Format("2006-01-02")
}
