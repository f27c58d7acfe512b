package engine

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"luvat/definitions"
)

// AnswerText says an answer, as encoding/json decodes it, in words. It is "" for an unknown question or answer.
func (p *Program) AnswerText(question string, v any, lang definitions.Lang) string {
	q := p.byID[question]
	if q == nil || v == nil {
		return ""
	}
	val, problem := p.read(q, v)
	if problem != nil {
		return ""
	}
	return p.answerText(q, val, lang)
}

func (p *Program) answerText(q *question, v value, lang definitions.Lang) string {
	if v.st != known {
		return ""
	}
	switch q.def.Type {
	case definitions.Boolean:
		return truthText(v.n != 0, lang)
	case definitions.Integer, definitions.Number:
		text := numberText(v.n, lang)
		if u := q.def.Unit.In(lang); u != "" {
			text += "\u00a0" + u
		}
		return text
	case definitions.Money:
		return moneyText(v.n, lang)
	case definitions.Choice:
		return q.def.Options[q.option[v.s]].Text.In(lang)
	case definitions.Choices:
		if len(v.set) == 0 {
			return byLang(lang, "ei mitään", "inget", "none")
		}
		parts := make([]string, len(v.set))
		for i, o := range v.set {
			parts[i] = q.def.Options[q.option[o]].Text.In(lang)
		}
		return strings.Join(parts, ", ")
	case definitions.DateType:
		return dayText(definitions.Date(v.n), lang)
	case definitions.Time:
		return clockText(v.n, lang)
	case definitions.DateTime:
		day := floorDiv(v.n, minutesPerDay)
		return dayText(definitions.Date(day), lang) + byLang(lang, " klo ", " kl. ", " at ") + clockText(v.n-day*minutesPerDay, lang)
	case definitions.Period:
		return dayText(definitions.Date(v.items[0][0].n), lang) + " – " + dayText(definitions.Date(v.items[0][1].n), lang)
	case definitions.Municipality, definitions.PlaceType:
		if len(v.set) == 0 {
			return p.municipalityText(v.s, lang)
		}
		parts := make([]string, len(v.set))
		for i, c := range v.set {
			parts[i] = p.municipalityText(c, lang)
		}
		return strings.Join(parts, ", ")
	case definitions.List:
		return strconv.Itoa(len(v.items)) + byLang(lang, "\u00a0kpl", "\u00a0st.", "")
	}
	return v.s
}

func (p *Program) municipalityText(code string, lang definitions.Lang) string {
	if m := p.engine.Library.Shared.Municipality(code); m != nil {
		return m.Name.In(lang)
	}
	return code
}

func truthText(b bool, lang definitions.Lang) string {
	if b {
		return byLang(lang, "kyllä", "ja", "yes")
	}
	return byLang(lang, "ei", "nej", "no")
}

// numberText writes a number with the decimal mark and the thousands separator of a language.
func numberText(x float64, lang definitions.Lang) string {
	s := strconv.FormatFloat(math.Abs(x), 'f', -1, 64)
	whole, fraction, _ := strings.Cut(s, ".")
	separator, mark := "\u00a0", ","
	if lang == definitions.English {
		separator, mark = ",", "."
	}
	if len(whole) > 3 && (len(whole) > 4 || lang == definitions.English) {
		var groups []string
		for len(whole) > 3 {
			groups = append(groups, whole[len(whole)-3:])
			whole = whole[:len(whole)-3]
		}
		groups = append(groups, whole)
		slices.Reverse(groups)
		whole = strings.Join(groups, separator)
	}
	if x < 0 {
		whole = "−" + whole
	}
	if fraction != "" {
		return whole + mark + fraction
	}
	return whole
}

func moneyText(x float64, lang definitions.Lang) string {
	rounded := math.Round(x*100) / 100
	text := numberText(rounded, lang)
	if i := strings.LastIndexAny(text, ",."); rounded != math.Trunc(rounded) && i == len(text)-2 {
		text += "0"
	}
	if lang == definitions.English {
		return "€" + text
	}
	return text + "\u00a0€"
}

func clockText(minutes float64, lang definitions.Lang) string {
	text := formatTime(minutes)
	if lang == definitions.English {
		return text
	}
	return strings.Replace(text, ":", ".", 1)
}

// testText says which cells of a slot pass a test, in words: "at least 200".
func (m *model) testText(s *slot, set cellset, lang definitions.Lang) string {
	switch s.kind {
	case slotBool, slotHas, slotComputed:
		return truthText(set.has(1), lang)
	case slotOption:
		return optionsText(s, set, lang)
	case slotNumber, slotSum:
		return m.rangesText(s, set, lang)
	case slotText:
		var parts []string
		for i, t := range s.texts {
			if set.has(i + 1) {
				parts = append(parts, quoted(t, lang))
			}
		}
		if set.has(0) {
			return byLang(lang, "jokin muu", "något annat", "something else")
		}
		return joinOr(parts, lang)
	case slotKinds:
		codes := []string{}
		for i, k := range m.kinds[s.q] {
			if set.has(i) {
				for c := range k.codes {
					codes = append(codes, c)
				}
			}
		}
		return m.placesText(codes, lang)
	case slotKindOfPlace:
		codes := []string{}
		for _, k := range s.among {
			for c := range m.kinds[s.q][k].codes {
				codes = append(codes, c)
			}
		}
		text := m.placesText(codes, lang)
		if !set.has(1) {
			return byLang(lang, "muu kuin ", "annan än ", "other than ") + text
		}
		return text
	}
	return ""
}

func (m *model) placesText(codes []string, lang definitions.Lang) string {
	total := len(m.program.engine.Library.Shared.Municipalities)
	slices.Sort(codes)
	names := func(codes []string) string {
		out := make([]string, len(codes))
		for i, c := range codes {
			out[i] = m.program.municipalityText(c, lang)
		}
		return joinOr(out, lang)
	}
	switch {
	case len(codes) <= 5:
		return names(codes)
	case total-len(codes) <= 5:
		var rest []string
		for _, mu := range m.program.engine.Library.Shared.Municipalities {
			if !slices.Contains(codes, mu.Code) {
				rest = append(rest, mu.Code)
			}
		}
		return byLang(lang, "muu kuin ", "annan än ", "other than ") + names(rest)
	}
	var regions []string
	for _, c := range codes {
		if name := m.program.engine.Library.Shared.Municipality(c).RegionName.In(lang); !slices.Contains(regions, name) {
			regions = append(regions, name)
		}
	}
	if len(regions) <= 3 {
		return byLang(lang, "kunta maakunnassa ", "en kommun i landskapet ", "a municipality in ") + joinOr(regions, lang)
	}
	return byLang(lang, "kunta, jossa raja on tämä", "en kommun där gränsen är denna", "a municipality with this limit")
}

func optionsText(s *slot, set cellset, lang definitions.Lang) string {
	var in, out []string
	for i, o := range s.q.def.Options {
		if set.has(i) {
			in = append(in, quoted(o.Text.In(lang), lang))
		} else {
			out = append(out, quoted(o.Text.In(lang), lang))
		}
	}
	if len(out) == 1 && len(in) > 1 {
		return byLang(lang, "muu kuin ", "annat än ", "other than ") + out[0]
	}
	return joinOr(in, lang)
}

// quoted puts the quotation marks of a language round a text.
func quoted(text string, lang definitions.Lang) string {
	if lang == definitions.English {
		return "“" + text + "”"
	}
	return "”" + text + "”"
}

func joinOr(parts []string, lang definitions.Lang) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + byLang(lang, " tai ", " eller ", " or ") + parts[len(parts)-1]
}

// rangesText says a set of intervals.
func (m *model) rangesText(s *slot, set cellset, lang definitions.Lang) string {
	var parts []string
	cells := len(s.bounds) + 1
	for c := 0; c < cells; c++ {
		if !set.has(c) {
			continue
		}
		end := c
		for end+1 < cells && (set.has(end+1) || !s.domain.has(end+1) && anyIn(set, end+1, cells)) {
			end++
		}
		// An end that no answer lies beyond is no limit worth saying.
		lo, _, below, _ := s.interval(c)
		_, hi, _, above := s.interval(end)
		below = below || !anyIn(s.domain, 0, c)
		above = above || !anyIn(s.domain, end+1, cells)
		parts = append(parts, m.rangeText(s, lo, hi, below, above, lang))
		c = end
	}
	return joinOr(parts, lang)
}

func anyIn(set cellset, from, to int) bool {
	for c := from; c < to; c++ {
		if set.has(c) {
			return true
		}
	}
	return false
}

func (m *model) rangeText(s *slot, lo, hi bound, below, above bool, lang definitions.Lang) string {
	show := func(x float64) string { return m.boundText(s, x, lang) }
	moment := s.kind == slotNumber && s.part != opLen && s.part != opHour && s.part != opWeekday &&
		(s.part != opQuestion || s.q.kind.code != kindNumber)
	var from, to string
	switch {
	case below:
	case moment && lo.after:
		from = byLang(lang, "myöhemmin kuin ", "senare än ", "later than ") + show(lo.c)
	case moment:
		from = byLang(lang, "aikaisintaan ", "tidigast ", "not before ") + show(lo.c)
	case lo.after:
		from = byLang(lang, "enemmän kuin ", "mer än ", "more than ") + show(lo.c)
	default:
		from = byLang(lang, "vähintään ", "minst ", "at least ") + show(lo.c)
	}
	switch {
	case above:
	case moment && hi.after:
		to = byLang(lang, "viimeistään ", "senast ", "not after ") + show(hi.c)
	case moment:
		to = byLang(lang, "aikaisemmin kuin ", "tidigare än ", "earlier than ") + show(hi.c)
	case hi.after:
		to = byLang(lang, "enintään ", "högst ", "at most ") + show(hi.c)
	default:
		to = byLang(lang, "vähemmän kuin ", "mindre än ", "less than ") + show(hi.c)
	}
	switch {
	case from != "" && to != "":
		if lo.c == hi.c {
			return show(lo.c)
		}
		return from + byLang(lang, " ja ", " och ", " and ") + to
	case from == "" && to == "":
		return byLang(lang, "mikä tahansa", "vilket som helst", "any")
	}
	return from + to
}

func (m *model) boundText(s *slot, x float64, lang definitions.Lang) string {
	if s.kind == slotSum {
		if s.tree.kind.code != kindNumber {
			return orderedText(s.tree.kind, x, lang)
		}
		return numberText(x, lang)
	}
	switch s.part {
	case opQuestion:
		return m.program.answerText(s.q, value{st: known, n: x, items: []record{{numberValue(x), numberValue(x)}}}, lang)
	case opTimeOf:
		return byLang(lang, "klo ", "kl. ", "") + clockText(x, lang)
	case opDateOf, opFrom, opTo:
		return dayText(definitions.Date(x), lang)
	case opHour:
		return byLang(lang, "klo ", "kl. ", "") + numberText(x, lang)
	case opWeekday:
		return weekdayText(int(x), lang)
	}
	return numberText(x, lang)
}

func orderedText(k kind, x float64, lang definitions.Lang) string {
	switch k.code {
	case kindDate:
		return dayText(definitions.Date(x), lang)
	case kindTime:
		return clockText(x, lang)
	case kindDateTime:
		day := floorDiv(x, minutesPerDay)
		return dayText(definitions.Date(day), lang) + byLang(lang, " klo ", " kl. ", " at ") + clockText(x-day*minutesPerDay, lang)
	}
	return numberText(x, lang)
}

func weekdayText(day int, lang definitions.Lang) string {
	if day < 1 || day > 7 {
		return strconv.Itoa(day)
	}
	return byLang(lang,
		[]string{"maanantai", "tiistai", "keskiviikko", "torstai", "perjantai", "lauantai", "sunnuntai"}[day-1],
		[]string{"måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"}[day-1],
		[]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}[day-1])
}

// fill puts values in place of {{name}} in a text.
func (x *analysis) fill(t definitions.Text) string {
	text := t.In(x.lang)
	if !strings.Contains(text, "{{") {
		return text
	}
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, ok := strings.Cut(rest, "}}")
		if !ok {
			return b.String() + "{{" + rest
		}
		b.WriteString(x.placeholder(strings.TrimSpace(name)))
		text = after
	}
}

func (x *analysis) placeholder(name string) string {
	if id, ok := strings.CutPrefix(name, "parameters."); ok {
		if p := x.p.scope.params[id]; p != nil {
			return x.parameterText(p)
		}
		return "…"
	}
	if q := x.p.byID[name]; q != nil {
		if v := x.ref.answer(q); v.st == known && (q.def.Type == definitions.Integer || q.def.Type == definitions.Number) {
			return numberText(v.n, x.lang) // the sentence around it says the unit
		}
		if text := x.p.answerText(q, x.ref.answer(q), x.lang); text != "" {
			return text
		}
		return "…"
	}
	if f := x.p.scope.facts[name]; f != nil && f.tree != nil {
		v := x.ref.eval(f.tree)
		if v.st == known {
			switch f.tree.kind.code {
			case kindBool:
				return truthText(v.n != 0, x.lang)
			case kindNumber, kindDate, kindTime, kindDateTime:
				return orderedText(f.tree.kind, math.Round(v.n*1000)/1000, x.lang)
			}
			return v.s
		}
	}
	return "…"
}

// parameterText says a parameter at the place in scope, or at the first place of the case that has a value.
func (x *analysis) parameterText(p *param) string {
	v := p.at(x.ref.municipality, x.on)
	if x.ref.municipality == "" {
		if places, st := x.ref.places(); st == known {
			for _, m := range places {
				if w := p.at(m, x.on); w.st == known {
					v = w
					break
				}
			}
		}
	}
	if v.st != known {
		return "…"
	}
	switch p.defs[0].Type {
	case definitions.MoneyParameter:
		return moneyText(v.n, x.lang)
	case definitions.BooleanParameter:
		return truthText(v.n != 0, x.lang)
	case definitions.TextParameter:
		return v.s
	case definitions.HoursParameter:
		return hoursText(v.hours, x.lang)
	}
	return orderedText(p.kind, v.n, x.lang)
}

// hoursText says daily hours, naming the days that differ.
func hoursText(h *definitions.Hours, lang definitions.Lang) string {
	span := func(d int) string {
		return clockText(float64(h[d].From), lang) + "–" + clockText(float64(h[d].To), lang)
	}
	text := span(1)
	for d := 2; d <= 7; d++ {
		if h[d] != h[1] {
			text += ", " + weekdayText(d, lang) + " " + span(d)
		}
	}
	return text
}
