package engine_test

import (
	"encoding/csv"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"luvat/definitions"
	"luvat/engine"
)

// finnish are the days off of Finland, as shared/holidays.csv has them.
var finnish = []definitions.Holiday{
	off("public", "Uudenvuodenpäivä", "fixed 01-01"),
	off("public", "Loppiainen", "fixed 01-06"),
	off("public", "Pitkäperjantai", "easter-2"),
	off("public", "Pääsiäispäivä", "easter"),
	off("public", "Toinen pääsiäispäivä", "easter+1"),
	off("public", "Vappu", "fixed 05-01"),
	off("public", "Helatorstai", "easter+39"),
	off("public", "Helluntaipäivä", "easter+49"),
	off("eve", "Juhannusaatto", "friday 06-19..06-25"),
	off("public", "Juhannuspäivä", "saturday 06-20..06-26"),
	off("public", "Pyhäinpäivä", "saturday 10-31..11-06"),
	off("public", "Itsenäisyyspäivä", "fixed 12-06"),
	off("eve", "Jouluaatto", "fixed 12-24"),
	off("public", "Joulupäivä", "fixed 12-25"),
	off("public", "Tapaninpäivä", "fixed 12-26"),
}

func off(kind, name, rule string) definitions.Holiday {
	return definitions.Holiday{Type: kind, Rule: rule, Name: definitions.Text{By: map[definitions.Lang]string{definitions.Finnish: name}}}
}

func calendar(t testing.TB, holidays []definitions.Holiday) *engine.Calendar {
	t.Helper()
	c, err := engine.NewCalendar(holidays)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func day(t testing.TB, s string) definitions.Date {
	t.Helper()
	d, ok := definitions.ParseDate(s)
	if !ok {
		t.Fatalf("%q is not a day", s)
	}
	return d
}

func holidayRows(t *testing.T) map[string][2]string {
	t.Helper()
	f, err := os.Open("../testdata/holidays-2024-2028.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[0], ","); got != "date,name_fi,type" {
		t.Fatalf("columns %s", got)
	}
	want := map[string][2]string{}
	for _, r := range rows[1:] {
		want[r[0]] = [2]string{r[1], r[2]}
	}
	if len(want) != 75 {
		t.Fatalf("%d days, want 75", len(want))
	}
	return want
}

// checkFiveYears compares every day of 2024-2028 with the list.
func checkFiveYears(t *testing.T, c *engine.Calendar) {
	t.Helper()
	want := holidayRows(t)
	for d := day(t, "2024-01-01"); d <= day(t, "2028-12-31"); d++ {
		name, isOff := c.Holiday(d)
		row, listed := want[d.String()]
		if isOff != listed || name.In(definitions.Finnish) != row[0] {
			t.Errorf("%s: %q %t, want %q %t", d, name.In(definitions.Finnish), isOff, row[0], listed)
		}
		weekend := d.Time().Weekday() == time.Saturday || d.Time().Weekday() == time.Sunday
		if got, want := c.IsWorkingDay(d), !weekend && !listed; got != want {
			t.Errorf("%s: working day %t, want %t", d, got, want)
		}
	}
}

func TestDaysOffOfFiveYears(t *testing.T) {
	checkFiveYears(t, calendar(t, finnish))
}

func TestEasterOfManyCenturies(t *testing.T) {
	c := calendar(t, []definitions.Holiday{off("public", "Easter", "easter")})
	// The earliest and the latest Easter, the two corrections of the Gregorian tables (1954, 1981), and ordinary ones.
	for _, want := range []string{
		"1818-03-22", "1886-04-25", "1943-04-25", "1954-04-18", "1961-04-02", "1981-04-19", "2000-04-23", "2008-03-23",
		"2026-04-05", "2038-04-25", "2049-04-18", "2076-04-19", "2285-03-22", "2299-04-16",
	} {
		var got []string
		year := want[:4]
		for d := day(t, year+"-01-01"); d <= day(t, year+"-12-31"); d++ {
			if _, ok := c.Holiday(d); ok {
				got = append(got, d.String())
			}
		}
		if len(got) != 1 || got[0] != want {
			t.Errorf("Easter of %s: %v, want %s", year, got, want)
		}
	}
}

func TestWorkingDays(t *testing.T) {
	c := calendar(t, finnish)
	for _, tc := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-05-04", 0, "2026-05-04"},
		{"2026-05-02", 0, "2026-05-02"}, // a Saturday is given back as it is
		{"2026-05-04", 1, "2026-05-05"},
		{"2026-05-04", -1, "2026-04-30"}, // over May Day and a weekend
		{"2026-05-01", -1, "2026-04-30"},
		{"2026-05-01", 1, "2026-05-04"},
		{"2026-06-22", -1, "2026-06-18"}, // Midsummer Eve is no working day
		{"2026-12-23", 1, "2026-12-28"},  // Christmas Eve neither
		{"2026-07-05", -4, "2026-06-30"},
		{"2026-07-06", -4, "2026-06-30"},
		{"2026-01-02", 251, "2026-12-31"},
		{"2026-12-31", -251, "2026-01-02"},
	} {
		if got := c.AddWorkingDays(day(t, tc.from), tc.n).String(); got != tc.want {
			t.Errorf("%s %+d: %s, want %s", tc.from, tc.n, got, tc.want)
		}
	}
	for _, tc := range []struct{ d, earlier, later string }{
		{"2026-04-30", "2026-04-30", "2026-04-30"},
		{"2026-05-01", "2026-04-30", "2026-05-04"},
		{"2026-04-05", "2026-04-02", "2026-04-07"},
		{"2026-06-19", "2026-06-18", "2026-06-22"},
		{"2027-12-24", "2027-12-23", "2027-12-27"},
		{"2025-01-01", "2024-12-31", "2025-01-02"},
	} {
		d := day(t, tc.d)
		if got := c.NotLaterWorkingDay(d).String(); got != tc.earlier {
			t.Errorf("not later than %s: %s, want %s", tc.d, got, tc.earlier)
		}
		if got := c.NextWorkingDay(d).String(); got != tc.later {
			t.Errorf("next from %s: %s, want %s", tc.d, got, tc.later)
		}
	}
}

func TestMonths(t *testing.T) {
	c := calendar(t, finnish)
	for _, tc := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-07-05", -1, "2026-06-05"},
		{"2026-07-31", -1, "2026-06-30"},
		{"2026-03-31", -1, "2026-02-28"},
		{"2028-03-31", -1, "2028-02-29"},
		{"2028-02-29", 12, "2029-02-28"},
		{"2026-01-15", -3, "2025-10-15"},
		{"2026-11-30", 3, "2027-02-28"},
		{"2026-12-31", 2, "2027-02-28"},
		{"2026-12-31", 0, "2026-12-31"},
	} {
		if got := c.AddMonths(day(t, tc.from), tc.n).String(); got != tc.want {
			t.Errorf("%s %+d months: %s, want %s", tc.from, tc.n, got, tc.want)
		}
	}
}

func TestCountingEndsWhateverIsAsked(t *testing.T) {
	c := calendar(t, finnish)
	d := day(t, "2026-01-02")
	if got, want := c.AddWorkingDays(d, math.MaxInt), c.AddWorkingDays(d, 100_000); got != want {
		t.Errorf("working days: %s, want %s", got, want)
	}
	if got, want := c.AddWorkingDays(d, math.MinInt), c.AddWorkingDays(d, -100_000); got != want {
		t.Errorf("working days back: %s, want %s", got, want)
	}
	if got, want := c.AddMonths(d, math.MinInt), c.AddMonths(d, -12_000); got != want {
		t.Errorf("months back: %s, want %s", got, want)
	}
	now := helsinki(t, "2026-01-02T12:00")
	if got, want := c.AddServiceHours(now, math.Inf(1)), c.AddServiceHours(now, 100_000); !got.Equal(want) {
		t.Errorf("service hours: %s, want %s", got, want)
	}
	for _, none := range []float64{0, -1, math.NaN(), math.Inf(-1)} {
		if got := c.AddServiceHours(now, none); !got.Equal(now) {
			t.Errorf("%v hours: %s, want %s", none, got, now)
		}
	}
}

func helsinki(t testing.TB, s string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", s, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestServiceHours(t *testing.T) {
	c := calendar(t, finnish)
	const moment = "Mon 2006-01-02 15:04"
	check := func(from string, hours float64, want string) time.Time {
		t.Helper()
		got := c.AddServiceHours(helsinki(t, from), hours)
		if got.Format(moment) != want {
			t.Errorf("%s + %v h: %s, want %s", from, hours, got.Format(moment), want)
		}
		return got
	}
	// A critical incident on Wednesday at 13:10 with a holiday on Thursday: 4 hours of reaction, then 16 of resolution.
	for _, tc := range []struct{ from, reacted, resolved string }{
		{"2025-04-30", "Fri 2025-05-02 09:10", "Tue 2025-05-06 09:10"},
		{"2025-05-28", "Fri 2025-05-30 09:10", "Tue 2025-06-03 09:10"},
		{"2026-05-13", "Fri 2026-05-15 09:10", "Tue 2026-05-19 09:10"},
		{"2027-05-05", "Fri 2027-05-07 09:10", "Tue 2027-05-11 09:10"},
		{"2025-12-31", "Fri 2026-01-02 09:10", "Wed 2026-01-07 09:10"}, // Epiphany in between
	} {
		reacted := check(tc.from+"T13:10", 4, tc.reacted)
		check(reacted.Format("2006-01-02T15:04"), 16, tc.resolved)
	}
	// A normal service request, 40 hours, on Monday at 10:47 with a holiday in between.
	for _, from := range []string{
		"2025-04-28", "2025-05-26", "2026-01-05", "2026-04-27", "2026-05-11", "2026-12-28", "2027-01-04", "2027-05-03", "2027-11-29",
	} {
		check(from+"T10:47", 40, (day(t, from)+8).Time().Format("Mon 2006-01-02")+" 10:47")
	}
	check("2026-01-12T10:47", 40, "Mon 2026-01-19 10:47")
	// Eves are ordinary days of this clock.
	check("2026-12-23T15:00", 2, "Thu 2026-12-24 09:00")
	check("2026-06-18T15:00", 2, "Fri 2026-06-19 09:00")
	// Before opening, after closing, at the weekend, to the closing minute, over the change of the clocks.
	check("2026-01-12T06:00", 1, "Mon 2026-01-12 09:00")
	check("2026-01-12T16:00", 1, "Tue 2026-01-13 09:00")
	check("2026-01-12T21:30", 8, "Tue 2026-01-13 16:00")
	check("2026-01-17T12:00", 0.5, "Mon 2026-01-19 08:30")
	check("2026-01-12T08:00", 8, "Mon 2026-01-12 16:00")
	check("2026-03-27T15:00", 2, "Mon 2026-03-30 09:00")
	check("2026-10-23T15:00", 2, "Mon 2026-10-26 09:00")
	// The moment counts, not the zone in which it is told.
	if got := c.AddServiceHours(helsinki(t, "2026-01-12T08:00").UTC(), 1).Format(moment); got != "Mon 2026-01-12 09:00" {
		t.Errorf("told in UTC: %s", got)
	}
}

func TestRulesThatCannotBeRead(t *testing.T) {
	at := definitions.Position{File: "holidays.csv", Line: 3, Column: 5}
	for rule, want := range map[string]string{
		"":                       "cannot be read",
		"fixed":                  "cannot be read",
		"fixed 13-01":            "cannot be read",
		"fixed 02-30":            "cannot be read",
		"easter 2":               "cannot be read",
		"easter2":                "cannot be read",
		"easter+x":               "cannot be read",
		"easter+400":             "out of the year",
		"caturday 06-20..06-26":  "cannot be read",
		"saturday 06-20":         "cannot be read",
		"saturday 06-20..06-25":  "seven days",
		"saturday 06-20..06-27":  "seven days",
		"saturday 02-25..03-02":  "seven days",
		"saturday 06-26..06-20":  "seven days",
		"saturday 06-20.. 06-26": "cannot be read",
	} {
		_, err := engine.NewCalendar([]definitions.Holiday{{At: at, Type: "public", Rule: rule}})
		if err == nil || !strings.HasPrefix(err.Error(), "holidays.csv:3:5: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", rule, err, want)
		}
	}
	_, err := engine.NewCalendar([]definitions.Holiday{{Type: "flag day", Rule: "fixed 02-05"}, {Type: "eve", Rule: "soon"}})
	if err == nil || !strings.Contains(err.Error(), "not \"flag day\"\n") || !strings.Contains(err.Error(), `"soon"`) {
		t.Errorf("all problems at once: %v", err)
	}
	many := make([]definitions.Holiday, 365)
	for i := range many {
		many[i] = off("public", "Leisure", "fixed "+(day(t, "2026-01-01") + definitions.Date(i)).String()[5:])
	}
	if _, err := engine.NewCalendar(many); err == nil || !strings.Contains(err.Error(), "at most 100") {
		t.Errorf("a year without working days: %v", err)
	}
}

func TestEdgesOfRules(t *testing.T) {
	c := calendar(t, []definitions.Holiday{
		off("eve", "Leap Day", "fixed 02-29"),
		off("public", "Turn", "monday 12-29..01-04"),
		off("eve", "Twice", "fixed 05-01"),
		off("public", "Twice", "fixed 05-01"),
	})
	for s, want := range map[string]bool{
		"2024-02-29": true, "2023-03-01": false,
		"2024-12-30": true, "2025-12-29": true, "2027-01-04": true, "2026-12-28": false, "2028-01-03": true, "2028-01-10": false,
	} {
		if _, got := c.Holiday(day(t, s)); got != want {
			t.Errorf("%s: %t, want %t", s, got, want)
		}
	}
	// A day that is both an eve and a public holiday stops the service clock.
	if got := c.AddServiceHours(helsinki(t, "2026-04-30T15:30"), 1).Format("01-02 15:04"); got != "05-04 08:30" {
		t.Errorf("over an eve that is a holiday too: %s", got)
	}
}
