package server

import (
	"net/http"
	"strings"
	"testing"
)

func TestDeadlinesAsACalendar(t *testing.T) {
	a := pack(map[string]any{"visitors": 250, "music": true, "loud": true, "opens": "2027-03-05T10:00", "towns": []any{"091"}})
	v := newVisitor(t).get("/sv/fair/deadlines.ics?a="+a, http.StatusOK)
	if got := v.answer.Header.Get("Content-Type"); got != "text/calendar; charset=utf-8" {
		t.Errorf("type %s", got)
	}
	all := strings.ReplaceAll(v.body, "\r\n ", "")
	v.mustSay(all, "SUMMARY;LANGUAGE=sv:Sista dag: Marknadstillstånd", "DTSTART;VALUE=DATE:20270203", "SUMMARY;LANGUAGE=sv:Rekommenderad dag: Marknadstillstånd", "DTSTART;VALUE=DATE:20270104",
		"SUMMARY;LANGUAGE=sv:Sista dag: Bulleranmälan", "DTSTART:20270304T080000Z", "SUMMARY;LANGUAGE=sv:Marknad: börjar", "/sv/fair/result?a=1", "#r-fair-permit", "TRIGGER:-P14D")
	uid := func(body string) string {
		_, rest, _ := strings.Cut(body, "UID:")
		id, _, _ := strings.Cut(rest, "\r\n")
		return id
	}
	first := uid(v.body)
	v.get("/fi/fair/deadlines.ics?a="+pack(map[string]any{"visitors": 900, "music": true, "loud": true, "opens": "2027-03-05T12:00", "towns": []any{"091"}}), http.StatusOK)
	if uid(v.body) != first {
		t.Error("the same deadline of a changed plan has another identity, so a calendar would show it twice")
	}
	v.get("/fi/fair/deadlines.ics?a="+pack(map[string]any{"visitors": 900, "opens": "2027-04-05T12:00", "towns": []any{"091"}}), http.StatusOK)
	if uid(v.body) == first {
		t.Error("another event has the same identity")
	}
}
