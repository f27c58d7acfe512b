package engine

import (
	"slices"
	"strings"

	"luvat/definitions"
)

// analysis is one Analyse under way.
type analysis struct {
	p    *Program
	m    *model
	w    *work
	a    *Answers
	ref  reference
	on   definitions.Date
	lang definitions.Lang
}

// Analyse decides everything about some answers for a case handled on a day. It does not change the answers.
func (p *Program) Analyse(a *Answers, on definitions.Date, lang definitions.Lang) *Analysis {
	m := p.model(on)
	w := m.start(a.values)
	defer w.done()
	x := &analysis{p: p, m: m, w: w, a: a, on: on, lang: lang, ref: reference{program: p, answers: a.values, on: on}}
	out := &Analysis{Bundle: p.Bundle.ID, Version: p.Bundle.Version, On: on.String(), Lang: lang,
		Requirements: make([]Requirement, 0, len(p.requirements)), Impossible: []Finding{}, Warnings: []Finding{}, Next: []string{}, Irrelevant: []string{}}
	for _, r := range p.requirements {
		out.Requirements = append(out.Requirements, x.requirement(r))
	}
	x.changes(out.Requirements)
	x.order(out.Requirements)
	for i, r := range p.impossible {
		if f, ok := x.finding(r, &m.impossible[i]); ok {
			out.Impossible = append(out.Impossible, f)
		}
	}
	for i, r := range p.warnings {
		if f, ok := x.finding(r, &m.warnings[i]); ok {
			out.Warnings = append(out.Warnings, f)
		}
	}
	out.Next = x.next()
	for i, q := range p.questions {
		if x.relevance(i) == no {
			out.Irrelevant = append(out.Irrelevant, q.def.ID)
		}
	}
	return out
}

// Relevance says whether a question is asked: Yes, No, or Maybe while that depends on unknown answers.
type Relevance string

// The relevances of a question.
const (
	Relevant    Relevance = "yes"
	Irrelevant  Relevance = "no"
	RelevantYet Relevance = "maybe"
)

// Relevant says for every question, in order, whether it is asked with these answers.
func (p *Program) Relevant(a *Answers, on definitions.Date) []Relevance {
	m := p.model(on)
	w := m.start(a.values)
	defer w.done()
	x := &analysis{p: p, m: m, w: w}
	out := make([]Relevance, len(p.questions))
	for i := range p.questions {
		out[i] = map[tri]Relevance{yes: Relevant, no: Irrelevant, maybe: RelevantYet}[x.relevance(i)]
	}
	return out
}

func (x *analysis) relevance(question int) tri {
	if x.p.questions[question].when == nil {
		return yes
	}
	return x.w.truthOf(&x.m.relevance[question])
}

// next returns the questions whose answer can still change something: whether a requirement is needed, whether a rule fires, or, of
// what may be needed, from whom, by when and for how much.
func (x *analysis) next() []string {
	mark := make([]bool, len(x.p.questions))
	for i := range x.m.requirements {
		b := &x.m.requirements[i]
		x.w.matter(b.pairs, mark)
		if x.w.any(b.needed) || x.w.any(b.ask) {
			x.markDetails(x.p.requirements[i], mark)
		}
	}
	for i := range x.m.impossible {
		x.w.matter(x.m.impossible[i].pairs, mark)
	}
	for i := range x.m.warnings {
		x.w.matter(x.m.warnings[i].pairs, mark)
	}
	out := []string{}
	for i, q := range x.p.questions {
		if mark[i] && x.open(i) && !x.a.passed[i] && !q.def.Form {
			out = append(out, q.def.ID)
		}
	}
	return out
}

// open reports whether a question is unanswered and may be relevant.
func (x *analysis) open(i int) bool { return x.a.values[i].st != known && x.relevance(i) != no }

// markDetails marks the questions that decide the details of a requirement that may be needed.
func (x *analysis) markDetails(r *requirement, mark []bool) {
	condition := func(n *node) tri {
		if n == nil {
			return yes
		}
		b := x.m.conditions[n]
		x.w.matter(b.pairs, mark)
		return x.w.truthOf(b)
	}
	reads := func(n *node) {
		if n == nil {
			return
		}
		for _, q := range x.p.reads(n) {
			mark[q.index] = true
			x.markRelevance(q, mark)
		}
	}
	question := func(q *question) {
		if q != nil {
			mark[q.index] = true
			x.markRelevance(q, mark)
		}
	}
	for i := range r.routes {
		t := condition(r.routes[i].when)
		if t == no {
			continue
		}
		place := r.routes[i].place
		if place == nil {
			place = r.place
		}
		if x.p.byPlace(r.routes[i].def.To) {
			question(place)
		}
		if t == yes {
			break
		}
	}
	for _, leads := range [][]lead{r.send, r.recommended} {
		for i := range leads {
			t := condition(leads[i].when)
			if t == no {
				continue
			}
			question(leads[i].anchor)
			reads(leads[i].amount)
			if t == yes {
				break
			}
		}
	}
	reads(r.fee)
	for i := range r.attachments {
		if r.list == nil {
			condition(r.attachments[i].required)
		}
	}
}

// markRelevance marks the questions that decide whether a question is asked at all, while that is open.
func (x *analysis) markRelevance(q *question, mark []bool) {
	if q.when != nil {
		x.w.matter(x.m.relevance[q.index].pairs, mark)
	}
}

// byPlace reports whether any of the recipients is another authority at another place.
func (p *Program) byPlace(to []definitions.Ref) bool {
	for _, t := range to {
		for _, row := range p.engine.Library.Shared.Role(t.ID()) {
			if row.Authority == "" {
				return true
			}
		}
	}
	return false
}

func (x *analysis) requirement(r *requirement) Requirement {
	d, b := r.def, &x.m.requirements[r.index]
	status := x.w.status(b)
	out := Requirement{ID: d.ID, Kind: d.Kind, Name: d.Name.In(x.lang), Why: x.fill(d.Why), Status: status, Grounds: []Ground{}, DependsOn: []string{},
		Authorities: []Authority{}, After: []string{}, Attachments: []Attachment{}, Links: x.links(d.Links), Law: x.laws(d.Law), Decision: d.Decision,
		Appeal: x.fill(d.Appeal), Instructions: x.fill(d.Instructions), Unverified: d.Marked}
	switch status {
	case Needed:
		out.Grounds = x.grounds(r, r.needed, yes)
		if len(out.Grounds) == 0 { // one of several holds, whichever
			out.Grounds = x.grounds(r, r.needed, maybe)
		}
	case Ask:
		out.Grounds = x.grounds(r, r.ask, yes)
		if len(out.Grounds) == 0 {
			out.Grounds = x.grounds(r, r.ask, maybe)
		}
	case Open:
		out.Grounds = append(x.grounds(r, r.needed, maybe), x.grounds(r, r.ask, maybe)...)
		mark := make([]bool, len(x.p.questions))
		x.w.matter(b.pairs, mark)
		for i, q := range x.p.questions {
			if mark[i] && x.open(i) {
				out.DependsOn = append(out.DependsOn, q.def.ID)
			}
		}
	case NotNeeded:
		out.WhyNot = x.whyNot(r, b)
		return out
	}
	if r.list != nil {
		out.Items = x.items(r)
	}
	x.route(r, &out)
	x.dates(r, &out)
	out.Fee = x.fee(r)
	if d.Takes != nil {
		out.Takes = x.takes(d.Takes)
	}
	for i := range r.attachments {
		if a, ok := x.attachment(r, &r.attachments[i]); ok {
			out.Attachments = append(out.Attachments, a)
		}
	}
	x.additions(r, &out)
	for _, g := range out.Grounds {
		out.Unverified = out.Unverified || g.Unverified
		for _, l := range g.Law {
			if !slices.ContainsFunc(out.Law, func(o Law) bool { return o.Ref == l.Ref }) {
				out.Law = append(out.Law, l)
			}
		}
	}
	return out
}

// additions adds what the overlays of the case's places say to a requirement.
func (x *analysis) additions(r *requirement, out *Requirement) {
	for _, a := range r.def.Additions {
		if !inTime(a.Overlay.From, a.Overlay.Until, x.on) || !x.within(x.p.engine.whereSet(a.Overlay.Where)) {
			continue
		}
		if text := x.fill(a.Instructions); text != "" {
			out.Instructions = strings.TrimSpace(out.Instructions + "\n" + text)
		}
		out.Links = append(out.Links, x.links(a.Links)...)
	}
}

// within reports whether one of the case's places is among some municipalities.
func (x *analysis) within(where map[string]bool) bool {
	places, st := x.ref.places()
	return st == known && slices.ContainsFunc(places, func(m string) bool { return where[m] })
}

func (x *analysis) attachment(r *requirement, a *attachment) (Attachment, bool) {
	if a.where != nil && !x.within(a.where) {
		return Attachment{}, false
	}
	out := Attachment{ID: a.def.ID, Title: a.def.Title.In(x.lang), Accept: make([]string, 0, len(a.def.Accept))}
	for _, s := range a.def.Accept {
		out.Accept = append(out.Accept, s.Value)
	}
	required := no
	if a.required != nil {
		if b := x.m.conditions[a.required]; b != nil {
			required = x.w.truthOf(b)
		} else {
			required = maybe
		}
	}
	if required != maybe {
		is := required == yes
		out.Required = &is
	}
	return out, true
}

// items gives the result for each item of a list.
func (x *analysis) items(r *requirement) []Item {
	list := x.ref.answer(r.list)
	out := []Item{}
	for i := range list.items {
		w := x.ref.withItem(&list.items[i])
		item := Item{Index: i, Label: x.itemLabel(r.list, list.items[i], i), Status: NotNeeded, Grounds: []Ground{}}
		needed, asked := w.grounded(r), no
		for _, g := range r.ask {
			asked = asked.or(w.holds(g))
		}
		section := r.needed
		switch {
		case needed == yes:
			item.Status = Needed
		case needed == maybe || asked == maybe:
			item.Status = Open
		case asked == yes:
			item.Status, section = Ask, r.ask
		}
		for _, g := range section {
			if w.holds(g) == yes {
				item.Grounds = append(item.Grounds, Ground{ID: g.def.ID, Because: x.fill(g.def.Because), Law: x.laws(g.def.Law), Answers: []Condition{}})
			}
		}
		out = append(out, item)
	}
	return out
}

// itemLabel names an item by its first text, or by its number.
func (x *analysis) itemLabel(q *question, it record, i int) string {
	for k, f := range q.fields {
		if f.def.Type == definitions.TextType && it[k].st == known {
			return it[k].s
		}
	}
	return numberText(float64(i+1), x.lang) + "."
}

func (x *analysis) finding(r *rule, b *ruleBits) (Finding, bool) {
	if x.w.truthOf(b) != yes {
		return Finding{}, false
	}
	f := Finding{ID: r.ground.def.ID, Because: x.fill(r.ground.def.Because), Law: x.laws(r.ground.def.Law), Answers: x.conditions(b.yes),
		Authorities: []Authority{}, Links: x.links(r.def.Links)}
	places, st := x.ref.places()
	if st != known {
		places = []string{""}
	}
	f.Authorities, _ = x.competent(r.routes, places, x.p.place)
	if f.Authorities == nil {
		f.Authorities = []Authority{}
	}
	return f, true
}

// order ranks what is to be done: what comes first by `after`, then by the last day.
func (x *analysis) order(rs []Requirement) {
	index := map[string]int{}
	var todo []int
	for i := range rs {
		if rs[i].Status != NotNeeded {
			index[rs[i].ID] = i
			todo = append(todo, i)
		}
	}
	waits := map[int]int{}
	for _, i := range todo {
		for _, ref := range x.p.requirements[i].def.After {
			if _, ok := index[ref.ID()]; ok {
				rs[i].After = append(rs[i].After, ref.ID())
				waits[i]++
			}
		}
	}
	day := func(i int) string {
		if rs[i].Due != nil {
			return *rs[i].Due
		}
		if rs[i].Recommended != nil {
			return *rs[i].Recommended
		}
		return "9999"
	}
	for rank := 1; len(todo) > 0; rank++ {
		best := -1
		for k, i := range todo {
			if waits[i] == 0 && (best < 0 || day(i) < day(todo[best])) {
				best = k
			}
		}
		if best < 0 { // a circle: validate refuses it
			best = 0
		}
		done := todo[best]
		todo = slices.Delete(todo, best, best+1)
		rs[done].Order = rank
		for _, i := range todo {
			if slices.Contains(rs[i].After, rs[done].ID) {
				waits[i]--
			}
		}
	}
}

func (x *analysis) links(ls []definitions.Link) []Link {
	out := make([]Link, 0, len(ls))
	for _, l := range ls {
		out = append(out, Link{URL: l.URL, Title: l.Title.In(x.lang)})
	}
	return out
}

// laws returns the references that count on the day of handling.
func (x *analysis) laws(ls []definitions.Law) []Law {
	out := []Law{}
	for _, l := range ls {
		if !inTime(l.From, l.Until, x.on) {
			continue
		}
		law := Law{Ref: strings.TrimSpace(l.Act + " " + l.Section), Unverified: l.Marked}
		if act := x.p.act(l.Act); act != nil {
			law.Name, law.URL = act.Name.In(x.lang), act.URL.In(x.lang)
		}
		out = append(out, law)
	}
	return out
}

func (p *Program) act(id string) *definitions.Act {
	for _, list := range [][]*definitions.Act{p.Bundle.Laws, p.engine.Library.Shared.Laws} {
		for _, a := range list {
			if a.ID == id {
				return a
			}
		}
	}
	return nil
}
