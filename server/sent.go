package server

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"

	"luvat/definitions"
	"luvat/server/casefile"
)

// sentRoutes are the pages of a case after it was sent.
func (s *site) sentRoutes(r chi.Router) {
	const in = inLanguage + "/my/{case}"
	r.Get(in+"/receipt/{seq:[0-9]+}", s.viewing(s.getReceipt))
	r.Get(in+"/receipt/{seq:[0-9]+}.pdf", s.viewing(s.getReceiptPDF))
	r.Get(in+"/filings/{filing}", s.viewing(s.getFiling))
	r.Get(in+"/filings/{filing}.pdf", s.viewing(s.getFilingPDF))
	r.Get(in+"/amend", s.viewing(s.getAmend))
	r.Post(in+"/amend", s.inCase(s.postAmend))
	r.Get(in+"/withdraw", s.viewing(s.getWithdraw))
	r.Post(in+"/withdraw", s.inCase(s.postWithdraw))
	r.Get(in+"/messages", s.viewing(s.getMessages))
	r.Post(in+"/messages", s.inCase(s.postMessage))
}

// sentPage is a case after it was sent: the whole in one view.
type sentPage struct {
	page
	Done       string // what the customer did just now
	Withdrawn  bool   // the whole case
	GivenUp    bool   // before anything was sent
	Reference  string
	SentAt     string
	SentBy     string
	Receipts   []link
	Tasks      []sentTask
	Sent       []filingCard // to authorities that have joined
	Direct     []filingCard // with those that have not
	Kept       []string     // what the customer makes and keeps
	Later      []laterDuty
	Events     []sentEvent
	MoreEvents bool
	Live       bool // something is under way: the page asks again
	Messages   string
	Amend      string // "" when nothing can be changed
	Withdraw   string // "" when nothing can be taken back
	Access     string
	History    string
}

// sentTask is something for the customer to do.
type sentTask struct{ URL, Text, More, Icon string }

// filingCard is a filing as the view of a case shows it.
type filingCard struct {
	ID, Name, Kind, Authority string
	URL                       string
	State                     filingState
	Attention                 bool   // what the state means is said, not only its name
	Way                       string // how far its delivery is, in words
	Due                       string
	OwnID                     string // the authority's own number
	Message                   string // when the last message about it was written, and by whom
	Instructions              string
	Links                     []link
	Email, Web                string // of an authority to which the customer files directly
	PDF                       string
}

type laterDuty struct{ Name, Due string }

type sentEvent struct{ At, By, Text string }

// filingState is where a filing stands in the customer's words.
type filingState struct {
	Code, Icon string
	Text       string // "In handling"
	Meaning    string // what that means for the customer
}

// stateIcons are the icons of the states in which a filing may stand.
var stateIcons = map[string]string{
	"withdrawn": "not-needed", "direct": "out", "ready": "needed", "needs-you": "warning", "in-handling": "clock", "gave-up": "impossible",
	"trouble": "clock", "delivering": "clock", "received": "office", "sent": "tick",
}

// plainStates are those whose names say all: everything goes its way.
var plainStates = map[string]bool{"sent": true, "received": true, "in-handling": true, "ready": true}

// stateCode names where a filing stands.
func stateCode(f *casefile.Filing) string {
	trouble := f.Trouble()
	switch {
	case f.Withdrawn:
		return "withdrawn"
	case f.Channel == casefile.Direct:
		return "direct"
	case f.Ended:
		return "ready"
	case f.Status == "needs-you" || f.Status == "in-handling":
		return f.Status
	case trouble != nil && trouble.GaveUp:
		return "gave-up"
	case trouble != nil:
		return "trouble"
	case !f.Reached(len(f.Versions)):
		return "delivering"
	case f.Received != nil:
		return "received"
	}
	return "sent"
}

// stateOf says where a filing stands. What its process calls a state in which it has ended says more than that it has.
func (v *caseVisit) stateOf(f *casefile.Filing) filingState {
	code := stateCode(f)
	state := filingState{Code: code, Icon: stateIcons[code], Text: v.texts.Say("sent.state." + code), Meaning: v.texts.Say("sent.meaning." + code)}
	if code == "ready" {
		state.Text = cmp.Or(stateTitle(v.standing.Edition, f, v.texts.Lang), state.Text)
	}
	return state
}

// stateTitle returns what the process of a filing calls the state in which it is, "" when the definitions do not say.
func stateTitle(ed casefile.Edition, f *casefile.Filing, lang definitions.Lang) string {
	b := ed.Program.Bundle
	for _, p := range slices.Concat(b.Processes, b.Shared.Processes) {
		if p.ID != f.Process {
			continue
		}
		for _, state := range p.States {
			if state.ID == f.State {
				return state.Title.In(lang)
			}
		}
	}
	return ""
}

// wayText says how far the delivery of the newest version of a filing is.
func (v *caseVisit) wayText(f *casefile.Filing, say teller) string {
	t := v.texts
	if f.Channel == casefile.Direct {
		return ""
	}
	if trouble := f.Trouble(); trouble != nil {
		if trouble.GaveUp {
			return t.Say("sent.way-gave-up", say.moment(trouble.At))
		}
		return t.Say("sent.way-trouble", say.moment(trouble.At))
	}
	for _, a := range slices.Backward(f.Deliveries) {
		if a.Failed != "" || a.Task.What != casefile.TaskFiling || a.Task.Version != len(f.Versions) {
			continue
		}
		if a.Channel == casefile.Integration {
			return t.Say("sent.way-integration", say.moment(a.At))
		}
		return t.Say("sent.way-light", say.moment(a.At))
	}
	return t.Say("sent.way-delivering")
}

// underWay reports whether something of a case waits to be delivered and has not been given up.
func underWay(c *casefile.Case) bool {
	reached := map[string]bool{}
	for _, f := range c.Filings {
		for _, a := range f.Deliveries {
			if a.Failed == "" || a.GaveUp {
				reached[a.Task.ID] = true
			}
		}
	}
	return slices.ContainsFunc(c.Filings, func(f *casefile.Filing) bool {
		if f.Channel == casefile.Direct {
			return false
		}
		withdrawal := f.ID + "/withdrawal"
		newest := slices.ContainsFunc(f.Deliveries, func(a casefile.Attempt) bool { return reached[a.Task.ID] && a.Task.Version == len(f.Versions) })
		return !newest || f.Withdrawn && !reached[withdrawal]
	})
}

// getSent shows a case that was sent.
func (s *site) getSent(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	p, err := s.sentPage(r, v)
	if err != nil {
		return err
	}
	if r.Header.Get("X-Part") == "live" {
		return s.showPart(w, http.StatusOK, "sent", "sent-live", p)
	}
	return s.show(w, http.StatusOK, "sent", p)
}

func (s *site) sentPage(r *http.Request, v *caseVisit) (*sentPage, error) {
	t, c := v.texts, v.c
	say := s.teller(r.Context(), t)
	p := &sentPage{page: s.casePage(r, v, c.Title), Reference: c.Reference, Withdrawn: c.Phase == casefile.Closed, Live: underWay(c),
		Messages: v.url("messages"), Access: v.url("access"), History: v.url("history")}
	p.Crumbs, p.GivenUp = p.Crumbs[:1], len(c.Filings) == 0
	switch q := r.URL.Query(); {
	case q.Has("amended"):
		p.Done = t.Say("sent.done-amended")
	case q.Has("withdrawn"):
		p.Done = t.Say("sent.done-withdrawn")
	}
	for i, sub := range c.Submissions {
		if i == 0 {
			p.SentAt, p.SentBy = say.moment(sub.At), say.name(sub.By)
		}
		p.Receipts = append(p.Receipts, link{v.receiptURL(sub), t.Say("sent.receipt-of", say.moment(sub.At))})
	}
	for _, f := range c.Filings {
		card := v.filingCard(f, say)
		if f.Channel == casefile.Direct && !f.Withdrawn {
			p.Direct = append(p.Direct, card)
		} else {
			p.Sent = append(p.Sent, card)
		}
	}
	for _, id := range v.standing.Kept {
		p.Kept = append(p.Kept, v.needTitle(id))
	}
	for _, id := range v.standing.Duties {
		p.Later = append(p.Later, v.laterDuty(id))
	}
	if c.May(v.actor, casefile.Changing) {
		p.Amend = v.url("amend")
	}
	if c.May(v.actor, casefile.Withdrawing) && slices.ContainsFunc(c.Filings, v.standing.Edition.CanWithdraw) {
		p.Withdraw = v.url("withdraw")
	}
	for _, line := range slices.Backward(c.History) {
		if !toldOfSent[line.Kind] {
			continue
		}
		if p.MoreEvents = len(p.Events) == eventsShown; p.MoreEvents {
			break
		}
		p.Events = append(p.Events, sentEvent{say.moment(line.At), say.name(line.By), v.eventText(line, say)})
	}
	return p, s.addTasks(r.Context(), v, p)
}

// eventsShown is how many of the last events the view of a sent case tells.
const eventsShown = 8

// toldOfSent are the entries that the view of a sent case tells of; the history page has all.
var toldOfSent = map[string]bool{"submitted": true, "changed": true, "withdrawn": true, "delivered": true, "delivery-failed": true, "received": true, "message": true}

func (v *caseVisit) filingURL(f *casefile.Filing) string { return v.url("filings/" + f.ID) }

func (v *caseVisit) filingCard(f *casefile.Filing, say teller) filingCard {
	t := v.texts
	card := filingCard{ID: f.ID, Name: f.Name.In(t.Lang), Kind: t.Say("kind." + string(f.Kind)), Authority: v.authorityOf(f), URL: v.filingURL(f),
		State: v.stateOf(f), Attention: !plainStates[stateCode(f)], Way: v.wayText(f, say), Due: v.dueText(f)}
	if f.Received != nil {
		card.OwnID = f.Received.OwnID
	}
	for _, m := range slices.Backward(v.c.Messages) {
		if m.Filing == f.ID {
			card.Message = t.Say("sent.last-message", say.moment(m.At), say.name(m.From))
			break
		}
	}
	if f.Channel != casefile.Direct || f.Withdrawn {
		return card
	}
	card.PDF, card.Email, card.Web = card.URL+".pdf", f.Authority.Email, f.Authority.URL
	for _, r := range v.standing.Analysis.Requirements {
		if r.ID == f.Requirement {
			card.Instructions = r.Instructions
			for _, l := range r.Links {
				card.Links = append(card.Links, link{l.URL, cmp.Or(l.Title, l.URL)})
			}
		}
	}
	return card
}

// authorityOf returns the name of the authority of a filing, or says that none could be named.
func (v *caseVisit) authorityOf(f *casefile.Filing) string {
	return cmp.Or(f.Authority.Name.In(v.texts.Lang), v.texts.Say("sent.no-authority"))
}

// dueText says by which day a filing was or is to be sent.
func (v *caseVisit) dueText(f *casefile.Filing) string {
	day, ok := definitions.ParseDate(f.Due)
	if !ok {
		return ""
	}
	return v.texts.DayAndDate(day)
}

func (v *caseVisit) laterDuty(id string) laterDuty {
	for _, r := range v.standing.Analysis.Requirements {
		if r.ID != id {
			continue
		}
		d := laterDuty{Name: r.Name}
		if r.Due != nil {
			if day, ok := definitions.ParseDate(*r.Due); ok {
				d.Due = v.texts.DayAndDate(day)
			}
		}
		return d
	}
	return laterDuty{Name: id}
}

// addTasks adds what the customer has to do, the most pressing first.
func (s *site) addTasks(ctx context.Context, v *caseVisit, p *sentPage) error {
	t, c := v.texts, v.c
	add := func(url, icon, text, more string) { p.Tasks = append(p.Tasks, sentTask{url, text, more, icon}) }
	for _, f := range c.Filings {
		if stateCode(f) == "needs-you" {
			add(v.filingURL(f), "warning", t.Say("sent.task-supplement", f.Name.In(t.Lang)), t.Say("sent.task-supplement-more", v.authorityOf(f)))
		}
	}
	if n, err := s.unread(ctx, v); err != nil {
		return err
	} else if n > 0 {
		add(p.Messages, "ask", t.Count("sent.task-messages", n), "")
	}
	if c.May(v.actor, casefile.Submitting) {
		check, err := s.cases.Service.Check(ctx, v.actor, c.ID, t.Lang)
		var notNow *casefile.NotNow
		if err != nil && !errors.As(err, &notNow) {
			return err
		}
		if check != nil && len(check.Planned) > 0 {
			add(v.url("check"), "warning", t.Count("sent.task-unsent", len(check.Planned)), t.Say("sent.task-unsent-more"))
		}
	}
	if p.Amend != "" {
		amendments, err := v.standing.Amendments(c)
		if err != nil {
			return err
		}
		if len(amendments) > 0 {
			add(p.Amend, "edit", t.Count("sent.task-amend", len(amendments)), t.Say("sent.task-amend-more"))
		}
	}
	if n := len(p.Direct); n > 0 {
		add("#direct", "out", t.Count("sent.task-direct", n), t.Say("sent.task-direct-more"))
	}
	return nil
}
