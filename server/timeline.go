package server

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"luvat/definitions"
	"luvat/engine"
	"luvat/server/locale"
)

// timelinePage counts back from the event.
type timelinePage struct {
	resultPage
	Timeline timeline
}

// timeline is the deadlines by day, as a list and as two pictures: for a wide and for a narrow screen.
type timeline struct {
	T          locale.Texts
	Days       []dueDay
	Undated    []*need // needed, but the law gives no day
	Start      string  // the event's day in words, "" when it is not known
	StartURL   string  // where it is answered
	Today      string
	Late       int
	Wide, Slim *gantt
}

// dueDay is a day on which something must be with an authority.
type dueDay struct {
	Text, Distance string
	Before         string // how long before the event
	Late, Today    bool
	Needs          []*need
}

func (s *site) getTimeline(w http.ResponseWriter, r *http.Request) error {
	p, err := s.resultPage(r, "timeline")
	if err != nil {
		return err
	}
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	p.Title = v.texts.Say("timeline.title", v.bundle().Title.In(v.lang()))
	p.Heading = v.texts.Say("tab.timeline")
	p.page.Broad = true
	return s.show(w, http.StatusOK, "timeline", timelinePage{*p, newTimeline(v, p.Results)})
}

// startDay returns the day from which deadlines count, false when it is not answered.
func (v *visit) startDay() (definitions.Date, bool) {
	value, _ := v.answers.Get(v.bundle().Starts.ID())
	switch x := value.(type) {
	case string:
		return definitions.ParseDate(x[:min(10, len(x))])
	case map[string]any:
		from, _ := x["from"].(string)
		return definitions.ParseDate(from)
	}
	return definitions.NoDate, false
}

func newTimeline(v *visit, r results) timeline {
	t := timeline{T: v.texts, StartURL: v.questionURL(v.bundle().Starts.ID()), Today: v.texts.DayAndDate(v.on)}
	start, known := v.startDay()
	if known {
		t.Start = v.texts.DayAndDate(start)
	}
	var dated []*need
	for _, n := range r.todo() {
		if n.DueDay == definitions.NoDate {
			t.Undated = append(t.Undated, n)
		} else {
			dated = append(dated, n)
			if n.Late {
				t.Late++
			}
		}
	}
	slices.SortStableFunc(dated, func(a, b *need) int {
		return cmp.Or(cmp.Compare(a.DueDay, b.DueDay), cmp.Compare(a.Order, b.Order))
	})
	for _, n := range dated {
		if len(t.Days) == 0 || t.Days[len(t.Days)-1].Needs[0].DueDay != n.DueDay {
			d := dueDay{Text: v.texts.DayAndDate(n.DueDay), Distance: n.Distance, Today: n.DueDay == v.on}
			if known && n.DueDay <= start {
				d.Before = v.texts.Count("timeline.before", int(start-n.DueDay))
			}
			t.Days = append(t.Days, d)
		}
		d := &t.Days[len(t.Days)-1]
		d.Needs = append(d.Needs, n)
		d.Late = d.Late || n.Late
	}
	if known && len(dated) > 0 {
		t.Wide = newGantt(v.texts, dated, v.on, start, 1080)
		t.Slim = newGantt(v.texts, dated, v.on, start, 358)
	}
	return t
}

// gantt is the geometry of the picture, in pixels: a row for each deadline, from its day to the day of the event.
type gantt struct {
	Width, Height float64
	Left          float64 // where the time begins; the names stand before it on a wide picture
	Top, Bottom   float64 // of the ruled area
	Ticks         []tick
	Rows          []ganttRow
	TodayX        float64
	TodayText     string
	TodayEnd      bool // the word ends at the line
	Break         bool // there is a gap in the time between today and the first day
	BreakX        float64
	EventX        float64
	EventText     string
	Past          float64 // width of the time that is gone
	PastHeight    float64
}

type tick struct {
	X    float64
	Text string
}

type ganttRow struct {
	Y, Height  float64
	NameY      float64
	DueY       float64
	LineY      float64
	Name       string
	Due        string
	X          float64 // of the deadline
	LeadY      float64 // the bar from the deadline to the event
	Lead       float64
	WantedX    float64 // of the recommended day; 0 when there is none
	Late, Asks bool
	Days       string
	DaysX      float64
}

const axisHeight = 54

// newGantt draws a wide picture with the names in a column of their own, or a slim one with each name above its line.
func newGantt(t locale.Texts, needs []*need, today, event definitions.Date, width float64) *gantt {
	wide := width > 600
	left, right, height, perRow := 14.0, 16.0, 64.0, 46
	if wide {
		left, height, perRow = 430, 46, 54
	}
	first, last := event, max(today, event)
	for _, n := range needs {
		first, last = min(first, n.DueDay), max(last, n.DueDay)
		if n.WantedDay != definitions.NoDate {
			first = min(first, n.WantedDay)
		}
	}
	g := &gantt{Width: width, Left: left, Top: axisHeight, TodayText: t.Say("timeline.today"), EventText: t.Say("timeline.event")}
	zero := left
	if far := (last - first) / 2; today < first-far {
		// Today is far before everything: it stands at the edge, and the time is cut between it and the first day.
		g.Break, zero = true, left+70
		g.BreakX = left + 35
		first -= max(2, (last-first)/12)
	} else {
		first = min(first, today)
	}
	span := max(float64(last-first), 7)
	x := func(d definitions.Date) float64 { return round(zero + (width-zero-right)*float64(d-first)/span) }
	g.TodayX, g.EventX = x(today), x(event)
	if g.Break {
		g.TodayX = left + 4
	}
	g.TodayEnd = g.TodayX > width-160
	if today > first {
		g.Past = g.TodayX - left
	}
	g.Ticks = ticks(t, first, last, x, width)
	y := g.Top + 4
	for _, n := range needs {
		row := ganttRow{Y: y, Height: height, NameY: y + 19, DueY: y + 36, LineY: y + 23, X: x(n.DueDay), Late: n.Late, Asks: n.Status != engine.Needed}
		if !wide {
			row.LineY = y + 50
		}
		row.LeadY, row.Lead = row.LineY-8, max(round(g.EventX-row.X), 0)
		row.Due = t.DayAndDate(n.DueDay)
		if n.Late {
			row.Due += " – " + t.Say("due.late")
		}
		if lines := wrap(n.Name, perRow, 1); len(lines) > 0 {
			row.Name = lines[0]
		}
		if n.WantedDay != definitions.NoDate && n.WantedDay < n.DueDay {
			row.WantedX = x(n.WantedDay)
		}
		if days := int(event - n.DueDay); days > 0 && g.EventX-row.X > 56 {
			row.Days = t.Count("timeline.days", days)
			row.DaysX = round((row.X + g.EventX) / 2)
		}
		g.Rows = append(g.Rows, row)
		y += height
	}
	g.Bottom = y + 4
	g.PastHeight = g.Bottom - g.Top
	g.Height = g.Bottom + 4
	return g
}

// ticks marks the beginnings of months, or of weeks when the time is short.
func ticks(t locale.Texts, first, last definitions.Date, x func(definitions.Date) float64, width float64) []tick {
	var all []tick
	room := 52.0
	if last-first <= 45 {
		step := definitions.Date(7)
		if width < 500 {
			step = 14
		}
		monday := first + definitions.Date((8-int(first.Time().Weekday()))%7)
		for d := monday; d <= last; d += step {
			all = append(all, tick{x(d), d.Time().Format("2.1.")})
		}
		return all
	}
	year, month, _ := first.Time().Date()
	lastX := -room
	for {
		month++
		d := definitions.DateOf(time.Date(year, month, 1, 0, 0, 0, 0, time.UTC))
		if d > last {
			return all
		}
		at := x(d)
		text := t.Month(d.Time().Month())
		if d.Time().Month() == time.January {
			text = d.Time().Format("2006")
		}
		if at-lastX < room {
			text = ""
		} else {
			lastX = at
		}
		all = append(all, tick{at, text})
	}
}

func round(f float64) float64 { return float64(int(f*10+0.5)) / 10 }
