package server

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"luvat/forms"
	"luvat/server/casefile"
)

// checkPage shows everything that will be sent, to whom and how, and what is in the way of it.
type checkPage struct {
	page
	Heading   string
	Sections  []summarySection
	Documents []summarySlot
	Papers    string // address of the documents
	Filings   []plannedLine
	Direct    int // how many of them the customer files directly
	Questions []link
	Hindered  []hindrance
	Problems  []problemGroup
	Faults    int // how many problems there are in all
	Missing   []link
	Ready     bool
	MaySend   bool
	Nothing   bool // everything that is needed has been sent
	Ticket    string
	Action    string
	Back      string
	Refused   *refusal
	Editor    string
}

// problemGroup is what is wrong with one section of the form.
type problemGroup struct {
	Title, URL string
	Problems   []link
}

// summarySection is a section of the form with its values.
type summarySection struct {
	Title string
	Rows  []summaryRow
}

// summaryRow is a field with its value in words.
type summaryRow struct {
	ID      string
	Title   string
	Lines   []string
	Change  string // where it is changed; "" for those who may not
	Problem string
}

type summarySlot struct {
	Title    string
	Required bool
	Files    []fileLine
}

// plannedLine is a filing that sending would make.
type plannedLine struct {
	Name, Who, Way, Due, Far string
	Late                     bool
	Direct                   bool
	Instructions             string
	Links                    []link
	Email                    string
}

// hindrance is why the undertaking is impossible as it is planned.
type hindrance struct {
	Text, Law string
	Change    []link // the answers that make it so
}

// refusal says why a case was not sent.
type refusal struct {
	Heading, Text string
	Added, Gone   []string
	Changed       []link
}

// hindered reports whether anything is in the way.
func (p *checkPage) hindered() bool {
	return len(p.Questions)+len(p.Hindered)+len(p.Problems)+len(p.Missing) > 0
}

func (s *site) getCheck(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	p, err := s.checkPage(r, v)
	if err != nil {
		return err
	}
	return s.show(w, http.StatusOK, "check", p)
}

func (s *site) checkPage(r *http.Request, v *caseVisit) (*checkPage, error) {
	t := v.texts
	p := &checkPage{page: s.casePage(r, v, t.Say("check.page-title", v.c.Title)), Heading: t.Say("check.title"), Papers: v.url("attachments"), Action: v.url("check"), Back: v.url(""),
		MaySend: v.c.May(v.actor, casefile.Submitting), Editor: s.editor(r.Context(), v)}
	var problems []forms.Problem
	if p.MaySend {
		check, err := s.cases.Service.Check(r.Context(), v.actor, v.c.ID, t.Lang)
		if err != nil {
			return nil, err
		}
		v.c, v.standing = check.Case, check.Standing
		p.Ticket, problems = check.Ticket, check.InTheWay.Problems
		for _, planned := range check.Planned {
			p.Filings = append(p.Filings, v.plannedLine(planned))
		}
	} else {
		problems = v.standing.Union.Check(v.standing.Input, t.Lang)
		for _, n := range v.standing.Needs {
			for _, a := range v.standing.Needed(n.Requirement).Authorities {
				p.Filings = append(p.Filings, plannedLine{Name: n.Title.In(t.Lang), Who: a.Name})
			}
		}
	}
	for _, f := range p.Filings {
		if f.Direct {
			p.Direct++
		}
	}
	p.Nothing = len(p.Filings) == 0
	v.hinder(p, problems)
	p.Ready = p.MaySend && !p.Nothing && !p.hindered()
	said := map[string]string{}
	for _, x := range problems {
		said[x.Key] = withoutTitle(x.Message)
	}
	shown := v.show()
	for _, section := range v.standing.Union.Sections {
		if shown.Section(section) {
			p.Sections = append(p.Sections, summarySection{section.Title.In(t.Lang), v.summaryRows(section, shown, said)})
		}
	}
	name := func(by string) string { return s.nameOf(r.Context(), v, by) }
	for _, slot := range v.standing.Slots {
		line := summarySlot{Title: slot.Title.In(t.Lang), Required: slot.Required}
		for _, a := range slot.Files {
			line.Files = append(line.Files, s.fileLine(v, a, name))
		}
		p.Documents = append(p.Documents, line)
	}
	return p, nil
}

// hinder lists what is in the way of sending, each with where to see to it.
func (v *caseVisit) hinder(p *checkPage, problems []forms.Problem) {
	t := v.texts
	questions := v.standing.Edition.Program.Bundle.Questions
	for _, id := range v.standing.Analysis.Next {
		for _, q := range questions {
			if q.ID == id {
				p.Questions = append(p.Questions, link{v.answerURL(id), q.Ask.In(t.Lang)})
			}
		}
	}
	for _, f := range v.standing.Analysis.Impossible {
		h := hindrance{Text: f.Because}
		for i, l := range f.Law {
			if i > 0 {
				h.Law += ", "
			}
			h.Law += l.Ref
		}
		for _, c := range f.Answers {
			if len(c.Questions) > 0 {
				h.Change = append(h.Change, link{v.answerURL(c.Questions[0]), c.Label + ": " + c.Answer})
			}
		}
		p.Hindered = append(p.Hindered, h)
	}
	p.Faults = len(problems)
	for _, section := range v.standing.Union.Sections {
		g := problemGroup{Title: section.Title.In(t.Lang), URL: v.sectionURL(section.ID)}
		if section.ID == answersSection {
			g.URL = v.url("answers")
		}
		for _, x := range problems {
			if x.Section != section.ID {
				continue
			}
			to := g.URL + "#" + x.Name
			if f := v.standing.Union.Field(x.Key); section.ID == answersSection && f != nil {
				to = v.answerURL(f.Question)
			}
			g.Problems = append(g.Problems, link{to, x.Message})
		}
		if len(g.Problems) > 0 {
			p.Problems = append(p.Problems, g)
		}
	}
	for _, slot := range v.standing.Slots {
		if slot.Required && len(slot.Files) == 0 {
			i := slices.Index(v.standing.Slots, slot)
			p.Missing = append(p.Missing, link{v.url("attachments") + "#slot-" + strconv.Itoa(i+1), slot.Title.In(t.Lang)})
		}
	}
}

// plannedLine says where a filing would go, how, and by when.
func (v *caseVisit) plannedLine(planned casefile.Planned) plannedLine {
	t := v.texts
	line := plannedLine{Name: planned.Name.In(t.Lang), Who: planned.Authority.Name.In(t.Lang)}
	if line.Who == "" {
		line.Who = t.Say("authority.none")
	}
	if day := dayOf(planned.Due); planned.Due != "" {
		line.Due, line.Far = t.DayAndDate(day), t.Distance(day, v.today)
	}
	q := v.standing.Needed(planned.Requirement)
	line.Late = q.Late
	switch planned.Channel {
	case casefile.Integration:
		line.Way = t.Say("check.way-integration")
	case casefile.Light:
		line.Way = t.Say("check.way-light")
	default:
		line.Way, line.Direct, line.Instructions, line.Email = t.Say("check.way-direct"), true, q.Instructions, planned.Authority.Email
		for _, l := range q.Links {
			line.Links = append(line.Links, link{l.URL, l.Title})
		}
		if planned.Authority.URL != "" {
			line.Links = append(line.Links, link{planned.Authority.URL, line.Who})
		}
	}
	return line
}

// summaryRows writes the fields of a section that are shown; problems are messages by field key.
func (v *caseVisit) summaryRows(section *forms.Section, shown *forms.Shown, problems map[string]string) []summaryRow {
	t := v.texts
	x := valueTextOf(v)
	may := v.c.May(v.actor, casefile.Saving)
	var rows []summaryRow
	for _, f := range section.Fields {
		if !shown.Visible(f.Key) {
			continue
		}
		row := summaryRow{ID: f.Name, Title: f.Title.In(t.Lang), Problem: problems[f.Key]}
		value := v.standing.Union.Value(f, v.standing.Input)
		if f.Kind == forms.AnswerField {
			if value != nil {
				row.Lines = []string{v.standing.Edition.Program.AnswerText(f.Question, value, t.Lang)}
			}
			if v.c.May(v.actor, casefile.Answering) {
				row.Change = v.answerURL(f.Question)
			}
		} else {
			row.Lines = x.lines(f, value)
			if may {
				row.Change = v.sectionURL(section.ID) + "#" + f.Name
			}
		}
		for key, text := range problems { // of a part of the field
			if row.Problem == "" && strings.HasPrefix(key, f.Key+"/") {
				row.Problem = text
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// postCheck sends the case. What stands in the way is said on the page, which then shows the case as it is now.
func (s *site) postCheck(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	if err := readForm(r); err != nil {
		return err
	}
	in := casefile.Submit{Ticket: r.PostForm.Get("ticket"), Lang: v.texts.Lang, Mandate: func(ctx context.Context) error {
		if v.party.ID != v.c.Holder.Party { // a colleague with the right to send acts by the owner's permission, not by a mandate of their own
			return nil
		}
		_, err := s.cases.Identity.Check(ctx, v.account, v.party)
		return err
	}}
	sent, err := s.cases.Service.Submit(r.Context(), v.actor, v.c.ID, in)
	if err == nil {
		s.cases.Worker.Wake()
		http.Redirect(w, r, v.url("receipt/"+strconv.FormatUint(sent.Submission.Seq, 10)), http.StatusSeeOther)
		return nil
	}
	refused := s.refusal(r.Context(), v, err)
	if refused == nil {
		return err
	}
	p, err := s.checkPage(r, v)
	if err != nil {
		return err
	}
	p.Refused = refused
	p.Title = v.texts.Say("error.title-prefix") + " " + p.Title
	return s.show(w, http.StatusConflict, "check", p)
}

// refusal says why a case was not sent; nil for an error that is not the customer's to see to.
func (s *site) refusal(ctx context.Context, v *caseVisit, err error) *refusal {
	t := v.texts
	var needs *casefile.NeedsChanged
	var changed *casefile.ChangedMeanwhile
	var incomplete *casefile.Incomplete
	var mandate *casefile.NoMandate
	var invalid *casefile.Invalid
	switch {
	case errors.As(err, &needs):
		return &refusal{Heading: t.Say("check.refused-needs"), Text: t.Say("check.refused-needs-text"), Added: v.pairNames(needs.New), Gone: v.pairNames(needs.Gone)}
	case errors.As(err, &changed):
		out := &refusal{Heading: t.Say("check.refused-changed"), Text: t.Say("check.refused-changed-text", s.nameOf(ctx, v, changed.By), s.moment(v.member, changed.At))}
		for _, key := range changed.Keys {
			out.Changed = append(out.Changed, v.keyLink(key))
		}
		return out
	case errors.As(err, &incomplete):
		return &refusal{Heading: t.Say("check.refused-incomplete"), Text: t.Say("check.refused-incomplete-text")}
	case errors.As(err, &mandate):
		s.log.Info("a mandate did not stand at the moment of sending", "case", v.c.ID, "error", mandate.Cause)
		return &refusal{Heading: t.Say("check.refused-mandate"), Text: t.Say("check.refused-mandate-text", v.c.Holder.Name)}
	case errors.As(err, &invalid) && invalid.What == "ticket":
		return &refusal{Heading: t.Say("check.refused-ticket"), Text: t.Say("check.refused-ticket-text")}
	case errors.Is(err, casefile.ErrNothingToSend):
		return &refusal{Heading: t.Say("check.refused-nothing"), Text: t.Say("check.refused-nothing-text")}
	}
	return nil
}

// pairNames names pairs of a requirement and an authority: "rescue-plan@pel-varsinais-suomi".
func (v *caseVisit) pairNames(pairs []string) []string {
	t := v.texts
	bundle := v.standing.Edition.Program.Bundle
	var out []string
	for _, pair := range pairs {
		requirement, authority, _ := strings.Cut(pair, "@")
		name := requirement
		for _, q := range bundle.Requirements {
			if q.ID == requirement {
				name = q.Name.In(t.Lang)
			}
		}
		if a := bundle.Shared.AuthorityByID(authority); a != nil {
			name += " – " + a.Name.In(t.Lang)
		}
		out = append(out, name)
	}
	return out
}

// keyLink leads to what a key of a change means: a field, "answer/<question>", "attachment/<slot>", or "edition".
func (v *caseVisit) keyLink(key string) link {
	t := v.texts
	kind, id, _ := strings.Cut(key, "/")
	switch kind {
	case "answer":
		for _, q := range v.standing.Edition.Program.Bundle.Questions {
			if q.ID == id {
				return link{v.answerURL(id), q.Ask.In(t.Lang)}
			}
		}
	case "attachment":
		if slot := v.slot(id); slot != nil {
			return link{v.url("attachments"), slot.Title.In(t.Lang)}
		}
		return link{v.url("attachments"), t.Say("attach.title")}
	case "term", "form":
		if f := v.standing.Union.Field(key); f != nil {
			return link{v.fieldURL(key), f.Title.In(t.Lang)}
		}
	}
	return link{v.url("history"), t.Say("work.history")}
}
