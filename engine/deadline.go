package engine

import (
	"math"
	"strconv"

	"luvat/definitions"
)

// dates finds the last day and the recommended day of a requirement. With several places whose leads differ, the earliest counts.
func (x *analysis) dates(r *requirement, out *Requirement) {
	due, recommended := x.deadline(r, r.send, out), x.deadline(r, r.recommended, out)
	if recommended.known {
		out.Recommended = ptr(recommended.day.String())
	}
	if !due.known {
		out.DueNote = recommended.because
		return
	}
	out.Due = ptr(due.day.String())
	out.DueAt, out.DueRule, out.DueNote = due.at, due.rule, due.because
	if out.DueNote == "" {
		out.DueNote = recommended.because
	}
	out.Late = due.day < x.on
	if out.Late {
		out.LateAdvice = x.fill(r.def.Late)
	}
	if open := x.p.engine.Calendar.NotLaterWorkingDay(due.day); open != due.day {
		out.OpenDay = open.String()
	}
}

func ptr[T any](v T) *T { return &v }

type deadline struct {
	known   bool
	day     definitions.Date
	at      string
	rule    string
	because string
}

func (x *analysis) deadline(r *requirement, leads []lead, out *Requirement) deadline {
	places, st := x.placesOf(r.place)
	if st == known && r.list == nil && r.place == x.p.place {
		places = x.where(r, out.Status, places)
	}
	if st != known {
		places = []string{""}
	}
	var earliest deadline
	for _, m := range places {
		x.ref.municipality = m
		if d := x.deadlineHere(leads); d.known && (!earliest.known || d.day < earliest.day) {
			earliest = d
		}
	}
	x.ref.municipality = ""
	return earliest
}

// deadlineHere takes the first lead whose condition holds. While the condition of an earlier one is open, the day is known only when
// both give the same.
func (x *analysis) deadlineHere(leads []lead) deadline {
	var maybes []deadline
	for i := range leads {
		l := &leads[i]
		t := yes
		if l.when != nil {
			t = x.ref.truth(l.when)
		}
		if t == no {
			continue
		}
		if l.anchor == nil || l.amount == nil {
			return deadline{}
		}
		anchor, amount := x.ref.answer(l.anchor), x.ref.eval(l.amount)
		if amount.st == none { // no such lead here: the next one may count
			continue
		}
		if anchor.st != known || amount.st != known {
			return deadline{}
		}
		d := x.count(l, anchor, amount.n)
		if t == maybe {
			maybes = append(maybes, d)
			continue
		}
		for _, m := range maybes {
			if m.day != d.day || m.at != d.at {
				return deadline{}
			}
		}
		return d
	}
	return deadline{}
}

// count counts a lead back from (or on from) its anchor. Days, weeks and months count from the day, hours from the moment.
func (x *analysis) count(l *lead, anchor value, amount float64) deadline {
	day, minutes := anchor.n, 0.0
	switch l.anchor.kind.code {
	case kindDateTime:
		minutes = anchor.n
		day = floorDiv(anchor.n, minutesPerDay)
	case kindPeriod:
		day = anchor.items[0][0].n
		minutes = day * minutesPerDay
	default:
		minutes = day * minutesPerDay
	}
	amount = math.Round(amount)
	sign := -1.0
	if l.after {
		sign = 1
	}
	d := deadline{known: true, because: x.fill(l.def.Because), rule: x.leadText(l, amount)}
	start, n := definitions.Date(day), int(sign*amount)
	c := x.p.engine.Calendar
	switch l.def.Unit {
	case definitions.HourUnit:
		moment := minutes + sign*amount*60
		d.day = definitions.Date(floorDiv(moment, minutesPerDay))
		d.at = formatDateTime(moment)
	case definitions.WorkingDayUnit:
		d.day = c.AddWorkingDays(start, n)
	case definitions.WeekUnit:
		d.day = start + definitions.Date(7*n)
	case definitions.MonthUnit:
		d.day = c.AddMonths(start, n)
	default:
		d.day = start + definitions.Date(n)
	}
	return d
}

// leadText says a lead: "14 days before the start".
func (x *analysis) leadText(l *lead, amount float64) string {
	text := amountText(amount, l.def.Unit, x.lang)
	what := byLang(x.lang, "alkua", "start", "the start")
	if l.after {
		what = byLang(x.lang, "alusta", "start", "the start")
	}
	if l.anchor != x.p.starts {
		what = quoted(x.fill(l.anchor.def.Ask), x.lang)
	}
	if l.after {
		return text + byLang(x.lang, " jälkeen: ", " efter ", " after ") + what
	}
	return text + byLang(x.lang, " ennen ", " före ", " before ") + what
}

func amountText(n float64, unit definitions.Unit, lang definitions.Lang) string {
	one := n == 1
	pick := func(fi1, fi, sv1, sv, en1, en string) string {
		if one {
			return byLang(lang, fi1, sv1, en1)
		}
		return byLang(lang, fi, sv, en)
	}
	text := strconv.FormatFloat(n, 'f', -1, 64) + " "
	switch unit {
	case definitions.HourUnit:
		return text + pick("tunti", "tuntia", "timme", "timmar", "hour", "hours")
	case definitions.WorkingDayUnit:
		return text + pick("arkipäivä", "arkipäivää", "vardag", "vardagar", "working day", "working days")
	case definitions.WeekUnit:
		return text + pick("viikko", "viikkoa", "vecka", "veckor", "week", "weeks")
	case definitions.MonthUnit:
		return text + pick("kuukausi", "kuukautta", "månad", "månader", "month", "months")
	}
	return text + pick("päivä", "päivää", "dag", "dagar", "day", "days")
}

func (x *analysis) takes(d *definitions.Duration) string {
	text := ""
	if d.Max > 0 {
		text = amountText(float64(d.Max), d.Unit, x.lang)
		if d.Min != d.Max && d.Min > 0 {
			text = strconv.Itoa(d.Min) + "–" + text
		}
	}
	if more := x.fill(d.Text); more != "" {
		if text != "" {
			text += ". "
		}
		text += more
	}
	return text
}

func (x *analysis) fee(r *requirement) *Fee {
	if r.def.Fee == nil {
		return nil
	}
	f := &Fee{Text: x.fill(r.def.Fee.Text), Unverified: r.def.Fee.Marked}
	if r.fee != nil {
		if places, st := x.ref.places(); st == known && len(places) > 0 {
			x.ref.municipality = places[0]
		}
		if v := x.ref.eval(r.fee); v.st == known {
			amount := math.Round(v.n*100) / 100
			f.Amount = &amount
		}
		x.ref.municipality = ""
	}
	if f.Amount == nil && f.Text == "" {
		return nil
	}
	return f
}
