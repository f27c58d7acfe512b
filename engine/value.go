package engine

import (
	"slices"
	"strconv"
	"strings"

	"luvat/definitions"
)

// state says whether a value is known. See docs/semantics.md.
type state uint8

const (
	unknown state = iota // not answered, or "I don't know yet"
	none                 // not relevant: its question is not asked
	known
)

// value is the value of an answer or an expression. The zero value is unknown.
//
// n holds numbers, booleans (0 or 1), dates (days since 1970-01-01), times (minutes since midnight) and dates with times
// (minutes since 1970-01-01 00:00, local). s holds texts, option ids and municipality codes. set holds several of those.
type value struct {
	st    state
	n     float64
	s     string
	set   []string
	items []record
	hours *definitions.Hours
}

// record is an item of a list, by field in the order of the question's `of`.
type record []value

var (
	unknownValue = value{}
	noneValue    = value{st: none}
)

func boolValue(b bool) value {
	if b {
		return value{st: known, n: 1}
	}
	return value{st: known}
}

func numberValue(n float64) value { return value{st: known, n: n} }
func textValue(s string) value    { return value{st: known, s: s} }

// tri is a truth value as the set of what it may be.
type tri uint8

const (
	no    tri = 1
	yes   tri = 2
	maybe tri = no | yes
)

func (t tri) not() tri { return t>>1&1 | t<<1&2 }

func (t tri) and(u tri) tri {
	r := (t | u) & no
	if t&yes != 0 && u&yes != 0 {
		r |= yes
	}
	return r
}

func (t tri) or(u tri) tri { return t.not().and(u.not()).not() }

func triOf(b bool) tri {
	if b {
		return yes
	}
	return no
}

const minutesPerDay = 1440

// parseTime reads "22:30" into minutes; "24:00" is the end of the day.
func parseTime(s string) (float64, bool) {
	h, m, ok := strings.Cut(s, ":")
	if !ok || len(h) != 2 || len(m) != 2 {
		return 0, false
	}
	hours, err1 := strconv.ParseUint(h, 10, 8)
	minutes, err2 := strconv.ParseUint(m, 10, 8)
	if err1 != nil || err2 != nil || minutes > 59 || hours > 24 || hours == 24 && minutes > 0 {
		return 0, false
	}
	return float64(hours*60 + minutes), true
}

// parseDateTime reads "2026-07-05T18:00", seconds allowed and dropped, into minutes since 1970-01-01.
func parseDateTime(s string) (float64, bool) {
	day, clock, ok := strings.Cut(s, "T")
	if !ok {
		return 0, false
	}
	d, ok := definitions.ParseDate(day)
	if !ok {
		return 0, false
	}
	if len(clock) == 8 && clock[5] == ':' {
		if sec, err := strconv.ParseUint(clock[6:], 10, 8); err != nil || sec > 59 {
			return 0, false
		}
		clock = clock[:5]
	}
	m, ok := parseTime(clock)
	if !ok || m == minutesPerDay {
		return 0, false
	}
	return float64(d)*minutesPerDay + m, true
}

func formatTime(minutes float64) string {
	m := int(minutes)
	return twoDigits(m/60) + ":" + twoDigits(m%60)
}

func formatDateTime(minutes float64) string {
	day := floorDiv(minutes, minutesPerDay)
	return definitions.Date(day).Time().Format("2006-01-02") + "T" + formatTime(minutes-day*minutesPerDay)
}

func formatDate(days float64) string {
	return definitions.Date(days).Time().Format("2006-01-02")
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

func floorDiv(a, b float64) float64 {
	if a-a != 0 { // no limit: an infinity is no int64
		return a
	}
	q := float64(int64(a / b))
	if a < 0 && q*b != a {
		q--
	}
	return q
}

// weekday returns 1 for Monday to 7 for Sunday.
func weekday(day float64) int { return weekdayOf(definitions.Date(day)) }

// outsideHours reports whether any of the time from a to b (minutes) is outside the daily hours.
func outsideHours(a, b float64, h *definitions.Hours) bool {
	if b < a {
		a, b = b, a
	}
	for day := floorDiv(a, minutesPerDay); day*minutesPerDay <= b; day++ {
		midnight := day * minutesPerDay
		from, to := max(a, midnight), min(b, midnight+minutesPerDay)
		if from >= to && !(a == b && from == to) {
			continue
		}
		span := h[weekday(day)]
		if from < midnight+float64(span.From) || to > midnight+float64(span.To) {
			return true
		}
		if day-floorDiv(a, minutesPerDay) > 7 {
			break // every weekday was inside from midnight to midnight: so is the rest
		}
	}
	return false
}

func sortedSet(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return slices.Compact(s)
}
