package forms

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// date is a day as YYYY-MM-DD.
func date(s string) Reason {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' || !allDigits(s[:4]) || !allDigits(s[5:7]) || !allDigits(s[8:]) {
		return WrongForm
	}
	return unless(exists(pair(s)*100+pair(s[2:]), pair(s[5:]), pair(s[8:])), WrongDate)
}

// exists tells whether there is such a day in the Gregorian calendar.
func exists(year, month, day int) bool {
	if month < 1 || month > 12 || day < 1 {
		return false
	}
	last := [12]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		last = 29
	}
	return day <= last
}

// clock is a time of day as HH:MM, from 00:00 to 23:59, as an HTML time input sends it. It is no `time` of JSON Schema, which has
// seconds and an offset.
func clock(s string) Reason {
	return unless(len(s) == 5 && s[2] == ':' && allDigits(s[:2]) && allDigits(s[3:]) && pair(s) < 24 && pair(s[3:]) < 60, WrongForm)
}

// dateClock is a day and a time of day in Finland, as YYYY-MM-DDTHH:MM.
func dateClock(s string) Reason {
	if len(s) != 16 || s[10] != 'T' {
		return WrongForm
	}
	if why := date(s[:10]); why != "" {
		return why
	}
	return clock(s[11:])
}

// normalDate reads a day as it is written in Finnish and Swedish: 1.6.2026.
func normalDate(typed string) string {
	s := compact(typed)
	if m := writtenDate.FindStringSubmatch(s); m != nil {
		day, _ := strconv.Atoi(m[1])
		month, _ := strconv.Atoi(m[2])
		return fmt.Sprintf("%s-%02d-%02d", m[3], month, day)
	}
	return s
}

var writtenDate = regexp.MustCompile(`^([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})$`)

// normalClock reads a time of day as it is written: 9.30, klo 9:30, kl. 9, 0930, and 09:30:00 of browsers that add seconds.
func normalClock(typed string) string {
	s := strings.ToLower(strings.TrimSpace(typed))
	if m := writtenClock.FindStringSubmatch(s); m != nil {
		hour, _ := strconv.Atoi(m[1])
		return fmt.Sprintf("%02d:%s", hour, m[2]+strings.Repeat("0", 2-len(m[2])))
	}
	return s
}

var writtenClock = regexp.MustCompile(`^(?:klo|kl\.?)?\s*([0-9]{1,2})(?:[.:]?([0-9]{2})(?::00)?)?$`)
