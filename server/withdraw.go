package server

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"unicode/utf8"

	"luvat/server/casefile"
)

// withdrawPage asks whether filings are to be taken back.
type withdrawPage struct {
	page
	Action  string
	Draft   bool // nothing was sent: the case itself is given up
	Errors  []fieldError
	Kept    bool
	Filings []withdrawRow
	Stuck   []string // what can be taken back no more
	Reason  string
	Limit   int
	Back    string
}

type withdrawRow struct {
	ID, Name, Authority string
	Direct              bool // the customer has to tell the authority
	Checked             bool
}

// maxReasonShown is how long a reason may be, in characters; package casefile holds the same.
const maxReasonShown = 2000

func (s *site) getWithdraw(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	if err := v.permits(casefile.Withdrawing); err != nil {
		return err
	}
	typed, err := s.kept(r)
	if err != nil {
		return err
	}
	chosen := r.URL.Query()["filing"]
	if typed != nil {
		chosen = typed["filing"]
	}
	p := s.withdrawPage(r, v, chosen) // nothing is chosen beforehand: what is taken back cannot be restored
	p.Kept, p.Reason = typed != nil, typed.Get("reason")
	return s.show(w, http.StatusOK, "withdraw", p)
}

func (s *site) withdrawPage(r *http.Request, v *caseVisit, chosen []string) *withdrawPage {
	t := v.texts
	p := &withdrawPage{page: s.casePage(r, v, t.Say("withdraw.title")), Action: v.url("withdraw"), Draft: v.c.Phase == casefile.Draft, Limit: maxReasonShown, Back: v.url("")}
	for _, f := range v.c.Filings {
		switch {
		case f.Withdrawn:
		case v.standing.Edition.CanWithdraw(f):
			p.Filings = append(p.Filings, withdrawRow{f.ID, f.Name.In(t.Lang), v.authorityOf(f), f.Channel == casefile.Direct, slices.Contains(chosen, f.ID)})
		default:
			p.Stuck = append(p.Stuck, f.Name.In(t.Lang))
		}
	}
	return p
}

func (s *site) postWithdraw(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	if err := v.permits(casefile.Withdrawing); err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return pageError{http.StatusBadRequest, "error.form"}
	}
	t, form := v.texts, r.PostForm
	var wrong []fieldError
	if v.c.Phase != casefile.Draft && len(form["filing"]) == 0 {
		wrong = append(wrong, fieldError{"filing", "filing-0", t.Say("withdraw.which"), t.Say("withdraw.none-chosen")})
	}
	if utf8.RuneCountInString(form.Get("reason")) > maxReasonShown {
		wrong = append(wrong, fieldError{"reason", "reason", t.Say("withdraw.reason"), t.Say("withdraw.too-long", maxReasonShown)})
	}
	var err error
	var stuck *casefile.NotNow
	if len(wrong) == 0 {
		_, err = s.cases.Service.Withdraw(r.Context(), v.actor, v.c.ID, casefile.Withdraw{Filings: form["filing"], Reason: form.Get("reason")})
		if errors.As(err, &stuck) && stuck.Filing != "" {
			wrong = append(wrong, fieldError{"filing", "filing-0", t.Say("withdraw.which"), t.Say("withdraw.too-far", nameOfFiling(v, stuck.Filing))})
		}
	}
	if len(wrong) > 0 {
		return s.showWithdraw(w, r, v, form, wrong)
	}
	if err != nil {
		return err
	}
	s.cases.Worker.Wake()
	s.released(r)
	to := v.url("") + "?withdrawn=1"
	if v.c.Phase == casefile.Draft {
		to = "/" + string(t.Lang) + "/my"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

func (s *site) showWithdraw(w http.ResponseWriter, r *http.Request, v *caseVisit, form url.Values, wrong []fieldError) error {
	p := s.withdrawPage(r, v, form["filing"])
	p.Errors, p.Reason = wrong, form.Get("reason")
	p.Title = v.texts.Say("error.title-prefix") + " " + p.Title
	return s.show(w, http.StatusUnprocessableEntity, "withdraw", p)
}
