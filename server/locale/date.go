package locale

import (
	"fmt"
	"strings"
	"time"

	"luvat/definitions"
)

// Date writes a day as it is written in the language: "5.7.2027", "5 July 2027".
func (t Texts) Date(d definitions.Date) string {
	if d == definitions.NoDate {
		return ""
	}
	day := d.Time()
	if t.Lang == definitions.English {
		return day.Format("2 January 2006")
	}
	return day.Format("2.1.2006")
}

// DayAndDate writes a day with the day of the week: "ma 5.7.2027", "Mon 5 July 2027".
func (t Texts) DayAndDate(d definitions.Date) string {
	if d == definitions.NoDate {
		return ""
	}
	return t.Weekday(d) + " " + t.Date(d)
}

// Weekday returns the short name of the day of the week.
func (t Texts) Weekday(d definitions.Date) string {
	days := strings.Fields(t.Say("date.weekdays"))
	return days[(int(d.Time().Weekday())+6)%7]
}

// Month returns the short name of a month.
func (t Texts) Month(m time.Month) string { return strings.Fields(t.Say("date.months"))[m-1] }

// Clock writes "18:00" as it is written in the language: "klo 18.00", "kl. 18.00", "at 18:00".
func (t Texts) Clock(hhmm string) string {
	if t.Lang != definitions.English {
		hhmm = strings.Replace(hhmm, ":", ".", 1)
	}
	return t.Say("date.clock", hhmm)
}

// Distance says how far a day is from today: "today", "in 14 days", "3 days ago".
func (t Texts) Distance(d, today definitions.Date) string {
	switch n := int(d - today); {
	case n == 0:
		return t.Say("date.today")
	case n == 1:
		return t.Say("date.tomorrow")
	case n == -1:
		return t.Say("date.yesterday")
	case n > 0:
		return t.Say("date.in-days", n)
	default:
		return t.Say("date.days-ago", -n)
	}
}

// Number writes a number with the decimal mark of the language and at most two decimals.
func (t Texts) Number(f float64) string {
	s := strings.TrimSuffix(fmt.Sprintf("%.2f", f), ".00")
	if t.Lang != definitions.English {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// Euro writes an amount of money: "38 €", "12,50 €", "€38".
func (t Texts) Euro(f float64) string { return t.Say("money.euro", t.Number(f)) }
