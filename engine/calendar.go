package engine

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the service-level clock runs in Europe/Helsinki, also where the machine has no time zone files

	"luvat/definitions"
)

// Calendar knows the Finnish days off of any year from their rules. There are two sets of days off and a clock over one of them:
// statutory deadlines stand still on Saturdays, Sundays, public holidays and the two eves (act 150/1930 5 §), the service-level
// clock only at weekends and on public holidays. A Calendar is immutable and safe for concurrent use.
type Calendar struct {
	rules    []dayRule
	helsinki *time.Location
}

// dayRule says on which day of each year a day off falls.
type dayRule struct {
	holiday definitions.Holiday
	kind    ruleKind
	offset  int // days after Easter Sunday
	month   time.Month
	day     int // fixed: the day; weekday: the first of the seven days
	weekday int // 1-7, Monday is 1
}

type ruleKind int

const (
	fixedRule ruleKind = iota
	easterRule
	weekdayRule
)

// The service-level clock runs from 08:00 to 16:00 on weekdays.
const (
	serviceOpens  = 8 * time.Hour
	serviceCloses = 16 * time.Hour
)

// Bounds on what a definition can make the calendar count; no law comes near them.
const (
	maxHolidayRules = 100 // leaves working days in every year, so that the search for one ends
	maxWorkingDays  = 100_000
	maxMonths       = 12_000
	maxServiceHours = 100_000
)

var weekdayNumbers = map[string]int{
	"monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6, "sunday": 7,
}

// NewCalendar reads the rules of the days off. A rule is one of
//
//	fixed 12-24                  the same day every year
//	easter  easter-2  easter+39  so many days from Easter Sunday
//	saturday 06-20..06-26        that weekday among the seven days
//
// The error names every row that cannot be read, one a line, with its place.
func NewCalendar(holidays []definitions.Holiday) (*Calendar, error) {
	helsinki, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		return nil, fmt.Errorf("the time zone Europe/Helsinki is not known to this machine: %w", err)
	}
	c := &Calendar{helsinki: helsinki}
	var problems []error
	if len(holidays) > maxHolidayRules {
		problems = append(problems, holidayProblem(holidays[maxHolidayRules], "there are %d days off; at most %d can be listed", len(holidays), maxHolidayRules))
	}
	for _, h := range holidays {
		r, problem := readDayRule(h)
		if problem != nil {
			problems = append(problems, problem)
			continue
		}
		c.rules = append(c.rules, r)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return c, nil
}

func holidayProblem(h definitions.Holiday, format string, args ...any) error {
	message := fmt.Sprintf(format, args...)
	if h.At.Valid() {
		return fmt.Errorf("%s: %s", h.At, message)
	}
	return errors.New(message)
}

func readDayRule(h definitions.Holiday) (dayRule, error) {
	r := dayRule{holiday: h}
	if h.Type != "public" && h.Type != "eve" {
		return r, holidayProblem(h, "the type of a day off is `public` or `eve`, not %q", h.Type)
	}
	word, rest, _ := strings.Cut(strings.TrimSpace(h.Rule), " ")
	rest = strings.TrimSpace(rest)
	unread := func() (dayRule, error) {
		return r, holidayProblem(h, "the rule %q cannot be read; write for example `fixed 12-24`, `easter+39` or `saturday 06-20..06-26`", h.Rule)
	}
	switch {
	case word == "fixed":
		var ok bool
		if r.month, r.day, ok = readMonthDay(rest); !ok {
			return unread()
		}
		r.kind = fixedRule
	case strings.HasPrefix(word, "easter") && rest == "":
		r.kind = easterRule
		offset := strings.TrimPrefix(word, "easter")
		if offset == "" {
			return r, nil
		}
		n, err := strconv.Atoi(offset)
		if err != nil || (offset[0] != '+' && offset[0] != '-') {
			return unread()
		}
		if n < -80 || n > 250 { // Easter Sunday is between 22 March and 25 April: beyond these the day is in another year
			return r, holidayProblem(h, "the rule %q leads out of the year of that Easter", h.Rule)
		}
		r.offset = n
	case weekdayNumbers[word] != 0:
		first, last, _ := strings.Cut(rest, "..")
		month, day, ok := readMonthDay(first)
		lastMonth, lastDay, okLast := readMonthDay(last)
		if !ok || !okLast {
			return unread()
		}
		r.kind, r.weekday, r.month, r.day = weekdayRule, weekdayNumbers[word], month, day
		// A leap day inside the range would make it seven days in one year and eight in another.
		for _, year := range []int{2023, 2024} {
			begins, ends := gregorian(year, month, day), gregorian(year, lastMonth, lastDay)
			if ends < begins {
				ends = gregorian(year+1, lastMonth, lastDay)
			}
			if ends-begins != 6 {
				return r, holidayProblem(h, "the range of %q must be seven days, so that the weekday is in it exactly once", h.Rule)
			}
		}
	default:
		return unread()
	}
	return r, nil
}

// readMonthDay reads "06-20", with 02-29.
func readMonthDay(s string) (time.Month, int, bool) {
	d, ok := definitions.ParseDate("2024-" + s) // a leap year
	if !ok {
		return 0, 0, false
	}
	_, month, day := d.Time().Date()
	return month, day, true
}

func gregorian(year int, month time.Month, day int) definitions.Date {
	return definitions.DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// easterSunday returns Easter Sunday of a year of the Gregorian calendar, by the anonymous algorithm of 1876 (Butcher), as in
// J. Meeus, Astronomical Algorithms, 2nd edition, chapter 8; the letters are the book's.
func easterSunday(year int) definitions.Date {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n, p := (h+l-7*m+114)/31, (h+l-7*m+114)%31
	return gregorian(year, time.Month(n), p+1)
}

// weekdayOf returns 1 for Monday to 7 for Sunday.
func weekdayOf(d definitions.Date) int {
	// 1970-01-01 was a Thursday.
	return ((int(d)+3)%7+7)%7 + 1
}

// dayOff returns the rule that makes a day a day off, nil when there is none. Eves count only when asked for.
func (c *Calendar) dayOff(d definitions.Date, eves bool) *dayRule {
	year, month, day := d.Time().Date()
	var sunday definitions.Date
	for i := range c.rules {
		r := &c.rules[i]
		if r.holiday.Type == "eve" && !eves {
			continue
		}
		switch r.kind {
		case fixedRule:
			if r.month == month && r.day == day {
				return r
			}
		case easterRule:
			if sunday == definitions.NoDate {
				sunday = easterSunday(year)
			}
			if int(d) == int(sunday)+r.offset {
				return r
			}
		case weekdayRule:
			if r.weekday != weekdayOf(d) {
				continue
			}
			// The seven days may begin in one year and end in the next.
			for _, y := range []int{year, year - 1} {
				if n := d - gregorian(y, r.month, r.day); n >= 0 && n < 7 {
					return r
				}
			}
		}
	}
	return nil
}

// Holiday returns the name of a public holiday or an eve, false when the day is neither. Ordinary weekends are neither.
func (c *Calendar) Holiday(d definitions.Date) (definitions.Text, bool) {
	if r := c.dayOff(d, true); r != nil {
		return r.holiday.Name, true
	}
	return definitions.Text{}, false
}

// IsWorkingDay reports whether a statutory deadline may end on a day: Monday to Friday, neither a public holiday nor Midsummer Eve
// or Christmas Eve (act 150/1930 5 §).
func (c *Calendar) IsWorkingDay(d definitions.Date) bool {
	return weekdayOf(d) <= 5 && c.dayOff(d, true) == nil
}

// AddWorkingDays returns the n-th working day after d, before d when n is negative. The day d itself is not counted, and is
// returned when n is 0, working day or not. More than 100,000 days count as 100,000.
func (c *Calendar) AddWorkingDays(d definitions.Date, n int) definitions.Date {
	step := definitions.Date(1)
	if n < 0 {
		step, n = -1, -max(n, -maxWorkingDays)
	}
	for n = min(n, maxWorkingDays); n > 0; {
		d += step
		if c.IsWorkingDay(d) {
			n--
		}
	}
	return d
}

// NotLaterWorkingDay returns d when it is a working day, otherwise the last working day before it.
func (c *Calendar) NotLaterWorkingDay(d definitions.Date) definitions.Date {
	for !c.IsWorkingDay(d) {
		d--
	}
	return d
}

// NextWorkingDay returns d when it is a working day, otherwise the first working day after it: the day to which a deadline that
// ends on d moves (act 150/1930 5 §).
func (c *Calendar) NextWorkingDay(d definitions.Date) definitions.Date {
	for !c.IsWorkingDay(d) {
		d++
	}
	return d
}

// AddMonths returns the same day of the month n calendar months later, earlier when n is negative, or the last day of that month
// when it is shorter (act 150/1930 3 §). More than 12,000 months count as 12,000.
func (c *Calendar) AddMonths(d definitions.Date, n int) definitions.Date {
	year, month, day := d.Time().Date()
	first := time.Date(year, month+time.Month(max(-maxMonths, min(n, maxMonths))), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return gregorian(first.Year(), first.Month(), min(day, last))
}

// AddServiceHours returns the moment at which h service hours have run from t: weekdays from 08:00 to 16:00 in Helsinki, public
// holidays excluded, eves included. The result is in Helsinki time. Hours that end with the day end at 16:00, not at 08:00 of the
// next. No hours, or fewer, give t itself; more than 100,000 count as 100,000.
func (c *Calendar) AddServiceHours(t time.Time, h float64) time.Time {
	t = t.In(c.helsinki)
	if !(h > 0) { // also when h is not a number
		return t
	}
	left := time.Duration(math.Round(min(h, maxServiceHours) * float64(time.Hour)))
	day := definitions.DateOf(t)
	// Clocks change at night, so the clock on the wall measures the hours between 08:00 and 16:00.
	from := max(serviceOpens, time.Duration(t.Hour())*time.Hour+time.Duration(t.Minute())*time.Minute+
		time.Duration(t.Second())*time.Second+time.Duration(t.Nanosecond()))
	for {
		if from < serviceCloses && weekdayOf(day) <= 5 && c.dayOff(day, false) == nil {
			if left <= serviceCloses-from {
				y, m, d := day.Time().Date()
				end := from + left
				return time.Date(y, m, d, 0, 0, int(end/time.Second), int(end%time.Second), c.helsinki)
			}
			left -= serviceCloses - from
		}
		day++
		from = serviceOpens
	}
}
