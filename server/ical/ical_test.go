package ical_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"luvat/server/ical"
)

func calendar() ical.Calendar {
	return ical.Calendar{Product: "-//luvat//fair//FI", Name: "Markkinat, kevät; 2027", Lang: "fi", Made: time.Date(2026, 11, 24, 12, 0, 0, 0, time.FixedZone("EET", 7200)),
		Events: []ical.Event{
			{UID: "a@luvat", Day: time.Date(2027, 2, 3, 0, 0, 0, 0, time.UTC), Summary: "Viimeinen päivä: Markkinalupa",
				Description: "Lupa- ja valvontavirasto\nKävijöitä on paljon; " + strings.Repeat("äöå€ ", 40) + "\\ \x07", URL: "https://example.org/fi/fair/result?a=1abc#r-fair-permit",
				Categories: []string{"Markkinat"}, Alarms: []ical.Alarm{{DaysBefore: 14, Text: "Muista"}, {DaysBefore: 3, Text: "Muista"}}},
			{UID: "b@luvat", Moment: time.Date(2027, 3, 4, 10, 0, 0, 0, time.FixedZone("EET", 7200)), Summary: "Meluilmoitus"},
		}}
}

func TestCalendarIsAsTheStandardSays(t *testing.T) {
	text := calendar().Text()
	if !strings.HasSuffix(text, "END:VCALENDAR\r\n") || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") {
		t.Error("lines do not end with CRLF")
	}
	for _, line := range strings.Split(text, "\r\n") {
		if len(line) > 75 {
			t.Errorf("%d octets in a line: %s", len(line), line)
		}
		if !utf8.ValidString(line) {
			t.Errorf("a line is folded inside a character: %q", line)
		}
		if strings.ContainsAny(line, "\x07") {
			t.Error("a control character came through")
		}
	}
	unfolded := strings.ReplaceAll(text, "\r\n ", "")
	for _, want := range []string{
		"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//luvat//fair//FI\r\n", `NAME;LANGUAGE=fi:Markkinat\, kevät\; 2027`, "DTSTAMP:20261124T100000Z",
		"DTSTART;VALUE=DATE:20270203\r\nDTEND;VALUE=DATE:20270204", "DTSTART:20270304T080000Z\r\nDURATION:PT0S", "SUMMARY;LANGUAGE=fi:Viimeinen päivä: Markkinalupa",
		`Lupa- ja valvontavirasto\nKävijöitä on paljon\; äöå€`, "URL:https://example.org/fi/fair/result?a=1abc#r-fair-permit", "TRIGGER:-P14D", "TRIGGER:-P3D", "TRANSP:TRANSPARENT", `€ \\ `,
	} {
		if !strings.Contains(unfolded, want) {
			t.Errorf("the calendar lacks %q:\n%s", want, unfolded)
		}
	}
	depth := 0
	for _, line := range strings.Split(unfolded, "\r\n") {
		if strings.HasPrefix(line, "BEGIN:") {
			depth++
		}
		if strings.HasPrefix(line, "END:") {
			depth--
		}
		if line != "" && !strings.Contains(line, ":") {
			t.Errorf("not a content line: %q", line)
		}
	}
	if depth != 0 {
		t.Errorf("%d components are not closed", depth)
	}
}

func FuzzText(f *testing.F) {
	f.Add("Viimeinen päivä, \r\n; \\")
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		c := ical.Calendar{Name: s, Events: []ical.Event{{UID: s, Summary: s, Description: s, URL: s}}}
		for _, line := range strings.Split(c.Text(), "\r\n") {
			if len(line) > 75 || strings.ContainsAny(line, "\r\n\x00") {
				t.Errorf("bad line %q", line)
			}
		}
	})
}
