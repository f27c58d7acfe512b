package server

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"luvat/server/casefile"
)

// amendPage shows what has changed since it was sent, and sends it.
type amendPage struct {
	page
	Token    string
	Action   string
	Errors   []sentError // what keeps the changes from being sent
	Problem  string      // another reason
	Filings  []amendRow
	Sections []link // where to change things
	Back     string
}

// sentError is something that keeps filings from being sent, with where to mend it.
type sentError struct{ URL, Text string }

// amendRow is a filing that differs from what was sent.
type amendRow struct {
	ID, Name, Authority string
	Checked             bool
	Direct              bool // the customer gives the new version to the authority
	Changes             []difference
	Added, Removed      []string
}

func (s *site) getAmend(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	if err := v.permits(casefile.Changing); err != nil {
		return err
	}
	typed, err := s.kept(r)
	if err != nil {
		return err
	}
	p, err := s.amendPage(r, v, typed)
	if err != nil {
		return err
	}
	return s.show(w, http.StatusOK, "amend", p)
}

// permits returns why the visitor may not do something, nil when they may.
func (v *caseVisit) permits(do casefile.Action) error {
	switch role := v.c.RoleOf(v.actor); {
	case v.c.May(v.actor, do):
		return nil
	case role == casefile.RoleRead, role == casefile.RoleEdit && do != casefile.Messaging:
		return &casefile.Forbidden{Action: do, Role: role}
	}
	return &casefile.NotNow{Action: do, Phase: v.c.Phase}
}

func (s *site) amendPage(r *http.Request, v *caseVisit, typed url.Values) (*amendPage, error) {
	t, c := v.texts, v.c
	token := typed.Get("token")
	if token == "" {
		var err error
		if token, err = s.cases.Service.NewToken(); err != nil {
			return nil, err
		}
	}
	p := &amendPage{page: s.casePage(r, v, t.Say("amend.title")), Token: token, Action: v.url("amend"), Back: v.url("")}
	amendments, err := v.standing.Amendments(c)
	if err != nil {
		return nil, err
	}
	for _, a := range amendments {
		row := amendRow{ID: a.Filing.ID, Name: a.Filing.Name.In(t.Lang), Authority: v.authorityOf(a.Filing), Checked: typed == nil || slices.Contains(typed["filing"], a.Filing.ID),
			Direct: a.Filing.Channel == casefile.Direct,
			Added:  names(c, a.Changes.Added), Removed: names(c, a.Changes.Removed)}
		x, before, err := s.sentData(t, c, a.Filing.Last(), valueTextOf(v).mask)
		if err != nil {
			return nil, err
		}
		data, err := v.standing.Union.Filing(a.Filing.Requirement, v.standing.Input)
		if err != nil {
			return nil, err
		}
		row.Changes = x.differences(before, v.standing.Edition.Book.Filed(a.Filing.Last().Form, data))
		p.Filings = append(p.Filings, row)
	}
	for _, section := range v.sections(v.standing.Union.Show(v.standing.Input)) {
		p.Sections = append(p.Sections, link{v.sectionURL(section.ID), section.Title.In(t.Lang)})
	}
	if len(v.standing.Slots) > 0 {
		p.Sections = append(p.Sections, link{v.url("attachments"), t.Say("amend.documents")})
	}
	p.Sections = append(p.Sections, link{v.url("answers"), t.Say("amend.answers")})
	return p, nil
}

func (s *site) postAmend(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	if err := v.permits(casefile.Changing); err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return pageError{http.StatusBadRequest, "error.form"}
	}
	chosen := r.PostForm["filing"]
	t := v.texts
	var err error
	if len(chosen) > 0 { // none would mean all
		_, err = s.cases.Service.Change(r.Context(), v.actor, v.c.ID, casefile.Change{Token: r.PostForm.Get("token"), Filings: chosen, Lang: t.Lang})
	}
	var incomplete *casefile.Incomplete
	var notNow *casefile.NotNow
	switch {
	case len(chosen) == 0, errors.As(err, &incomplete), errors.As(err, &notNow) && notNow.Filing != "":
		p, failed := s.amendPage(r, v, r.PostForm)
		if failed != nil {
			return failed
		}
		switch {
		case incomplete != nil:
			p.Errors = v.sentErrors(incomplete)
		case notNow != nil:
			p.Problem = t.Say("amend.too-far", nameOfFiling(v, notNow.Filing))
		default:
			p.Problem = t.Say("amend.none-chosen")
		}
		p.Title = t.Say("error.title-prefix") + " " + p.Title
		return s.show(w, http.StatusUnprocessableEntity, "amend", p)
	case errors.Is(err, casefile.ErrNothingToSend):
		http.Redirect(w, r, v.url("amend"), http.StatusSeeOther)
		return nil
	case err != nil:
		return err
	}
	s.cases.Worker.Wake()
	s.released(r)
	http.Redirect(w, r, v.url("")+"?amended=1", http.StatusSeeOther)
	return nil
}

func nameOfFiling(v *caseVisit, id string) string {
	if f := v.c.Filing(id); f != nil {
		return f.Name.In(v.texts.Lang)
	}
	return id
}

// sentErrors lists what keeps filings from being sent, each with the page on which it is mended.
func (v *caseVisit) sentErrors(in *casefile.Incomplete) []sentError {
	t := v.texts
	var out []sentError
	for _, q := range in.Questions {
		for _, def := range v.standing.Edition.Program.Bundle.Questions {
			if def.ID == q {
				out = append(out, sentError{v.answerURL(q), t.Say("amend.unanswered", def.Ask.In(t.Lang))})
			}
		}
	}
	for _, f := range in.Impossible {
		out = append(out, sentError{v.url("answers"), f.Because})
	}
	for _, p := range in.Problems {
		out = append(out, sentError{v.sectionURL(p.Section) + "#" + p.Name, p.Message})
	}
	for _, slot := range in.Missing {
		out = append(out, sentError{v.url("attachments"), t.Say("amend.missing", cmp.Or(slot.Title.In(t.Lang), slot.ID))})
	}
	return out
}
