// Package ical writes calendars as RFC 5545 says. In go days or times with their texts; out comes text/calendar.
package ical

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Calendar is a set of events in one language.
type Calendar struct {
	Product string // who wrote it, "-//luvat//events//FI"
	Name    string
	Lang    string // BCP 47
	Made    time.Time
	Events  []Event
}

// Event is a day, or a moment when Start has a time of day.
type Event struct {
	UID         string // stable: the same event in a later calendar replaces the earlier
	Day         time.Time
	Moment      time.Time // zero: the whole Day
	Summary     string
	Description string
	URL         string
	Categories  []string
	Alarms      []Alarm
}

// Alarm reminds so many days before.
type Alarm struct {
	DaysBefore int
	Text       string
}

// Text returns the calendar as iCalendar text.
func (c Calendar) Text() string {
	var w writer
	w.line("BEGIN", "VCALENDAR")
	w.line("VERSION", "2.0")
	w.line("PRODID", c.Product)
	w.line("CALSCALE", "GREGORIAN")
	w.line("METHOD", "PUBLISH")
	lang := ""
	if c.Lang != "" {
		lang = ";LANGUAGE=" + c.Lang
	}
	if c.Name != "" {
		w.line("NAME"+lang, escape(c.Name))
		w.line("X-WR-CALNAME", escape(c.Name))
	}
	for _, e := range c.Events {
		w.event(e, lang, c.Made)
	}
	w.line("END", "VCALENDAR")
	return w.String()
}

const (
	dayForm    = "20060102"
	momentForm = "20060102T150405Z"
)

func (w *writer) event(e Event, lang string, made time.Time) {
	w.line("BEGIN", "VEVENT")
	w.line("UID", escape(e.UID))
	w.line("DTSTAMP", made.UTC().Format(momentForm))
	if e.Moment.IsZero() {
		w.line("DTSTART;VALUE=DATE", e.Day.Format(dayForm))
		w.line("DTEND;VALUE=DATE", e.Day.AddDate(0, 0, 1).Format(dayForm)) // the end is not included
	} else {
		w.line("DTSTART", e.Moment.UTC().Format(momentForm))
		w.line("DURATION", "PT0S")
	}
	w.line("SUMMARY"+lang, escape(e.Summary))
	if e.Description != "" {
		w.line("DESCRIPTION"+lang, escape(e.Description))
	}
	if e.URL != "" {
		w.line("URL", clean(e.URL))
	}
	if len(e.Categories) > 0 {
		categories := make([]string, len(e.Categories))
		for i, c := range e.Categories {
			categories[i] = escape(c)
		}
		w.line("CATEGORIES"+lang, strings.Join(categories, ","))
	}
	w.line("TRANSP", "TRANSPARENT") // a deadline does not make anybody busy
	for _, a := range e.Alarms {
		w.line("BEGIN", "VALARM")
		w.line("ACTION", "DISPLAY")
		w.line("DESCRIPTION"+lang, escape(a.Text))
		w.line("TRIGGER", "-P"+strconv.Itoa(a.DaysBefore)+"D")
		w.line("END", "VALARM")
	}
	w.line("END", "VEVENT")
}

type writer struct{ strings.Builder }

// line writes a content line, folded so that none is longer than 75 octets (3.1), never inside a character.
func (w *writer) line(name, value string) {
	s := name + ":" + value
	room := 75
	for len(s) > room {
		cut := room
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		w.WriteString(s[:cut] + "\r\n ")
		s = s[cut:]
		room = 74 // the space at the beginning counts
	}
	w.WriteString(s + "\r\n")
}

var escaping = strings.NewReplacer("\\", "\\\\", ";", "\\;", ",", "\\,", "\r\n", "\\n", "\n", "\\n", "\r", "\\n")

// escape writes a TEXT value (3.3.11); control characters, which it cannot hold, are left out.
func escape(s string) string { return escaping.Replace(strings.Map(printable, s)) }

func printable(r rune) rune {
	if r < 0x20 && r != '\n' && r != '\r' && r != '\t' || r == 0x7f {
		return -1
	}
	return r
}

func clean(url string) string {
	return strings.Map(func(r rune) rune {
		if r <= 0x20 || r == 0x7f {
			return -1
		}
		return r
	}, url)
}
