package server

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"luvat/definitions"
	"luvat/server/ical"
)

// getCalendar is the deadlines as a calendar file.
func (s *site) getCalendar(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+v.bundle().ID+`.ics"`)
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(s.calendar(v, origin(r)+address(v.path("result"), v.shareQuery())).Text())) // the customer went away
	return nil
}

// reminders are how many days before a deadline a calendar reminds.
var reminders = []int{14, 3}

func (s *site) calendar(v *visit, url string) ical.Calendar {
	t := v.texts
	b := v.bundle()
	title := b.Title.In(t.Lang)
	c := ical.Calendar{Product: "-//luvat//" + b.ID + "//" + strings.ToUpper(string(t.Lang)), Name: title, Lang: string(t.Lang), Made: s.clock()}
	analysis := v.program.Analyse(v.answers, v.on, t.Lang)
	results := v.results(analysis, v.course(analysis, ""))
	start, known := v.startDay()
	// The same plan keeps its identity when it is downloaded again after a change, so that a calendar replaces the old days.
	place, _ := v.answers.Get(b.Place.ID())
	plan := v.program.AnswerText(b.Place.ID(), place, definitions.Finnish) + start.String()
	uid := func(what string) string {
		sum := sha256.Sum256([]byte(b.ID + "\n" + plan + "\n" + what))
		return hex.EncodeToString(sum[:12]) + "@luvat"
	}
	for _, n := range results.todo() {
		if n.DueDay == definitions.NoDate {
			continue
		}
		e := ical.Event{UID: uid(n.ID), Day: n.DueDay.Time(), Summary: t.Say("calendar.due", n.Name), Description: n.calendarText(),
			URL: url + "#" + n.Anchor, Categories: []string{title}}
		if at, err := time.ParseInLocation("2006-01-02T15:04", n.DueAt, s.helsinki); err == nil {
			e.Moment = at
		}
		for _, days := range reminders {
			e.Alarms = append(e.Alarms, ical.Alarm{DaysBefore: days, Text: e.Summary})
		}
		c.Events = append(c.Events, e)
		if n.WantedDay != definitions.NoDate && n.WantedDay < n.DueDay {
			c.Events = append(c.Events, ical.Event{UID: uid(n.ID + " wanted"), Day: n.WantedDay.Time(), Summary: t.Say("calendar.wanted", n.Name),
				Description: n.calendarText(), URL: url + "#" + n.Anchor, Categories: []string{title}})
		}
	}
	if known {
		c.Events = append(c.Events, ical.Event{UID: uid("start"), Day: start.Time(), Summary: t.Say("calendar.start", title), URL: url, Categories: []string{title}})
	}
	return c
}

func (n *need) calendarText() string {
	var lines []string
	for _, w := range n.Who {
		line := w.Name
		if w.Contact != "" {
			line += " " + w.Contact
		}
		lines = append(lines, line)
	}
	for _, r := range n.Reasons {
		lines = append(lines, r.Because)
	}
	if n.Late && n.LateAdvice != "" {
		lines = append(lines, n.LateAdvice)
	}
	return strings.Join(lines, "\n")
}
