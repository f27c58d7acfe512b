package server

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"luvat/definitions"
	"luvat/engine"
	"luvat/server/locale"
)

// need is a requirement as the pages show it: the engine's result with its words and addresses.
type need struct {
	engine.Requirement
	T         locale.Texts
	Anchor    string
	KindText  string
	Number    int // place in the order of doing things; 0 when there is nothing to do
	Reasons   []reason
	Exception *reason
	WhyNot    string
	Missing   []test // what fails for one that is not needed
	ByText    string // the requirement that covers or excludes it
	ByAnchor  string
	Depends   []link // the questions that decide
	Who       []who
	DueDay    definitions.Date
	DueText   string
	Distance  string
	OpenText  string // the last working day before, when the day itself is a day off
	WantedDay definitions.Date
	Wanted    string // the recommended day
	Price     string
	First     []link // what comes before it
	Try       *try
	DecidedAs string
	Papers    []paper
	Opened    bool // on paper nothing is folded
}

// shownReasons is how many grounds are shown before the rest is folded away.
const shownReasons = 3

// Top returns the grounds that are shown at once.
func (n *need) Top() []reason {
	if n.Opened {
		return n.Reasons
	}
	return n.Reasons[:min(len(n.Reasons), shownReasons)]
}

// Rest returns the grounds that are folded away.
func (n *need) Rest() []reason { return n.Reasons[len(n.Top()):] }

// reason is a ground with the customer's own answers that make it hold.
type reason struct {
	Because string
	Law     []engine.Law
	Tests   []test
}

// test is one of the customer's answers and what it was held against.
type test struct {
	Label, Answer, Test string
	URL                 string // where the answer can be changed
	Holds               bool
}

type who struct {
	engine.Authority
	Places  string
	Contact string // an address that a customer can follow
	Mail    string
}

// try is the change of one answer that would free the customer, with the result under that answer.
type try struct {
	Label, From, To, URL, EditURL string
}

type paper struct {
	Title  string
	When   string // whether it is always needed
	Accept string
}

// finding is an impossible rule or a warning.
type finding struct {
	T locale.Texts
	engine.Finding
	Tests []test
	Who   []who
}

// results are the requirements by what is known of them.
type results struct {
	Impossible, Warnings       []finding
	Needed, Ask, Open, Without []*need
	Done                       bool // no question that is still unanswered can change anything
	Started                    bool // something has been answered
}

func (r results) all() []*need { return slices.Concat(r.Needed, r.Ask, r.Open, r.Without) }

// todo are those that the customer has or may have to see to, in the order of doing things.
func (r results) todo() []*need { return slices.Concat(r.Needed, r.Ask) }

func (v *visit) results(a *engine.Analysis, c course) results {
	r := results{Done: c.done(), Started: v.answers.Len() > 0}
	names := map[string]string{}
	for _, q := range a.Requirements {
		names[q.ID] = q.Name
	}
	view := newLinks(v)
	view.course = c
	for _, q := range a.Requirements {
		n := view.need(q, names)
		switch q.Status {
		case engine.Needed:
			r.Needed = append(r.Needed, n)
		case engine.Ask:
			r.Ask = append(r.Ask, n)
		case engine.Open:
			r.Open = append(r.Open, n)
		default:
			r.Without = append(r.Without, n)
		}
	}
	for _, list := range [][]*need{r.Needed, r.Ask, r.Open} {
		slices.SortStableFunc(list, func(a, b *need) int { return cmp.Compare(a.Order, b.Order) })
	}
	for i, n := range r.todo() {
		n.Number = i + 1
	}
	for _, f := range a.Impossible {
		r.Impossible = append(r.Impossible, view.finding(f))
	}
	for _, f := range a.Warnings {
		r.Warnings = append(r.Warnings, view.finding(f))
	}
	return r
}

// links knows the addresses that many parts of a result point to.
type links struct {
	*visit
	questions map[string]*definitions.Question
	query     url.Values
	course    course
}

func newLinks(v *visit) *links {
	l := &links{visit: v, questions: map[string]*definitions.Question{}, query: v.query()}
	for _, q := range v.bundle().Questions {
		l.questions[q.ID] = q
	}
	return l
}

func (l *links) question(id string) link {
	q := l.questions[id]
	if q == nil {
		return link{Title: id}
	}
	return link{address(l.path("questions/"+q.Group.ID()), l.query) + "#q-" + id, q.Ask.In(l.lang())}
}

func (l *links) need(q engine.Requirement, names map[string]string) *need {
	t := l.texts
	n := &need{Requirement: q, T: t, Anchor: "r-" + q.ID, KindText: t.Say("kind." + string(q.Kind))}
	for _, g := range q.Grounds {
		n.Reasons = append(n.Reasons, l.reason(g))
	}
	n.Law = otherLaws(n)
	if w := q.WhyNot; w != nil {
		n.WhyNot = w.Because
		for _, c := range w.Conditions {
			n.Missing = append(n.Missing, l.test(c))
		}
		if w.Exception != nil {
			e := l.reason(*w.Exception)
			n.Exception = &e
		}
		if w.By != "" {
			n.ByText, n.ByAnchor = cmp.Or(names[w.By], w.By), "r-"+w.By
		}
	}
	for _, id := range l.askable(q.DependsOn) {
		n.Depends = append(n.Depends, l.question(id))
	}
	for _, a := range q.Authorities {
		n.Who = append(n.Who, l.who(a))
	}
	l.days(n)
	if q.Fee != nil {
		if q.Fee.Amount != nil {
			n.Price = t.Euro(*q.Fee.Amount)
			if *q.Fee.Amount == 0 {
				n.Price = t.Say("fee.free")
			}
		}
		if q.Fee.Text != "" {
			n.Price = feeText(n.Price, q.Fee.Text)
		}
	}
	for _, id := range q.After {
		n.First = append(n.First, link{"#r-" + id, cmp.Or(names[id], id)})
	}
	if c := q.Change; c != nil {
		if changed, err := l.with(c.Question, c.Value); err == nil {
			n.Try = &try{c.Label, c.From, c.To, changed.url("result"), l.question(c.Question).URL}
		}
	}
	if q.Decision != "" && q.Decision != "none" {
		n.DecidedAs = t.Say("decision." + q.Decision)
	}
	for _, a := range q.Attachments {
		p := paper{Title: a.Title, Accept: strings.ToUpper(strings.Join(a.Accept, ", "))}
		switch {
		case a.Required == nil:
			p.When = t.Say("attachment.open")
		case !*a.Required:
			p.When = t.Say("attachment.optional")
		}
		n.Papers = append(n.Papers, p)
	}
	return n
}

// askable leaves out the questions that wait for another one of the same list, when there are others.
func (l *links) askable(ids []string) []string {
	var asked []string
	for _, id := range ids {
		if l.course.visible[id] {
			asked = append(asked, id)
		}
	}
	if len(asked) == 0 {
		return ids
	}
	return asked
}

// feeText joins an amount and what is said of it, which often begins with the amount itself.
func feeText(amount, text string) string {
	digits := strings.Trim(amount, "€\u00a0 ")
	if amount == "" || digits != "" && strings.Contains(fold(text), fold(digits)) {
		return text
	}
	return amount + " – " + text
}

// otherLaws leaves out the references that the grounds have already given.
func otherLaws(n *need) []engine.Law {
	return slices.DeleteFunc(slices.Clone(n.Law), func(law engine.Law) bool {
		return slices.ContainsFunc(n.Reasons, func(r reason) bool {
			return slices.ContainsFunc(r.Law, func(l engine.Law) bool { return l.Ref == law.Ref })
		})
	})
}

func (l *links) days(n *need) {
	t := l.texts
	if n.Due != nil {
		if d, ok := definitions.ParseDate(*n.Due); ok {
			n.DueDay, n.DueText, n.Distance = d, t.DayAndDate(d), t.Distance(d, l.on)
			if _, clock, timed := strings.Cut(n.DueAt, "T"); timed {
				n.DueText += " " + t.Clock(clock)
			}
		}
	}
	if d, ok := definitions.ParseDate(n.OpenDay); ok && d != n.DueDay {
		n.OpenText = t.DayAndDate(d)
	}
	if n.Recommended != nil {
		if d, ok := definitions.ParseDate(*n.Recommended); ok && (n.Due == nil || d < n.DueDay) {
			n.WantedDay, n.Wanted = d, t.DayAndDate(d)
		}
	}
}

func (l *links) reason(g engine.Ground) reason {
	r := reason{Because: g.Because, Law: g.Law}
	for _, c := range g.Answers {
		r.Tests = append(r.Tests, l.test(c))
	}
	return r
}

// straightQuotes makes the quotes of every language one, to compare texts.
var straightQuotes = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`)

func (l *links) test(c engine.Condition) test {
	t := test{Label: c.Label, Answer: c.Answer, Test: c.Test, Holds: c.Holds}
	if plain := straightQuotes.Replace(c.Test); fold(strings.Trim(plain, `"`)) == fold(strings.Trim(straightQuotes.Replace(c.Answer), `"`)) ||
		c.Holds && strings.HasSuffix(fold(plain), fold(`"`+c.Answer+`"`)) {
		t.Test = "" // the answer says it already
	}
	if len(c.Questions) > 0 {
		q := l.question(c.Questions[0])
		t.URL, t.Label = q.URL, cmp.Or(t.Label, q.Title)
	}
	return t
}

func (l *links) who(a engine.Authority) who {
	w := who{Authority: a}
	if strings.HasPrefix(a.URL, "https://") || strings.HasPrefix(a.URL, "http://") {
		w.Contact = a.URL
	}
	if strings.Contains(a.Email, "@") {
		w.Mail = a.Email
	}
	var names []string
	if answer, _ := l.answers.Get(l.bundle().Place.ID()); answer != nil {
		if all, many := answer.([]any); many && len(all) > 1 { // with one place there is nothing to tell apart
			for _, code := range a.Places {
				if m := l.bundle().Shared.Municipality(code); m != nil {
					names = append(names, m.Name.In(l.lang()))
				}
			}
		}
	}
	if w.Places = strings.Join(names, ", "); w.Places == a.Name {
		w.Places = ""
	}
	return w
}

func (l *links) finding(f engine.Finding) finding {
	out := finding{T: l.texts, Finding: f}
	for _, c := range f.Answers {
		out.Tests = append(out.Tests, l.test(c))
	}
	for _, a := range f.Authorities {
		out.Who = append(out.Who, l.who(a))
	}
	return out
}

// offices are the authorities of the result, each with what it is asked for, in the order in which they first come up.
type office struct {
	who
	Needs []*need
}

func offices(t locale.Texts, needs []*need) []*office {
	var all []*office
	at := map[string]*office{}
	add := func(w who, n *need) {
		o := at[w.ID]
		if o == nil {
			o = &office{who: w}
			at[w.ID] = o
			all = append(all, o)
		}
		o.Needs = append(o.Needs, n)
	}
	for _, n := range needs {
		for _, w := range n.Who {
			add(w, n)
		}
		if len(n.Who) == 0 {
			add(who{Authority: engine.Authority{Name: t.Say("authority.unknown")}}, n)
		}
	}
	return all
}
