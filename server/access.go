package server

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"luvat/server/casefile"
	"luvat/server/locale"
)

// accessRoutes are the pages of who may see a case, and of invitations.
func (s *site) accessRoutes(r chi.Router) {
	r.Get(inLanguage+"/my/{case}/access", s.inCase(s.getAccess))
	r.Post(inLanguage+"/my/{case}/access", s.inCase(s.postAccess))
	r.Get(inLanguage+"/invitation/{token}", s.asMember(s.getInvitation))
	r.Post(inLanguage+"/invitation/{token}", s.asMember(s.postInvitation))
}

// accessPage shows who has access to a case. Its owner can change that.
type accessPage struct {
	page
	Done        string // what has just been done, in words
	Kept        bool
	Errors      []fieldError
	Action      string
	Owner       string // on whose behalf the case is
	OwnerText   string
	People      []personRow
	Invitations []invitationRow
	Roles       []option // that can be given
	Email       string
	Mine        bool // the visitor decides who has access
	Leave       bool // the visitor has been given access, and may give it up
	Role        string
}

type personRow struct {
	Account, Name, Role, RoleText, Since string
	You                                  bool
}

type invitationRow struct{ Key, Hint, Role, Text string }

// done are what the page may say after a change, by what the address says.
var done = []string{"invited", "role", "revoked", "taken-back"}

func (s *site) getAccess(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	typed, err := s.kept(r)
	if err != nil {
		return err
	}
	p := s.accessPage(r, v)
	if what := r.URL.Query().Get("done"); slices.Contains(done, what) {
		p.Done = v.texts.Say("access.done." + what)
	}
	if typed != nil && typed.Get("do") == "invite" {
		p.Kept, p.Email = true, typed.Get("email")
		choose(p.Roles, typed.Get("role"))
	}
	return s.show(w, http.StatusOK, "access", p)
}

func (s *site) accessPage(r *http.Request, v *caseVisit) *accessPage {
	t, c := v.texts, v.c
	say := s.teller(r.Context(), t)
	p := &accessPage{page: s.casePage(r, v, t.Say("access.title", c.Title)), Action: v.url("access"), Owner: c.Holder.Name, Mine: c.May(v.actor, casefile.Inviting)}
	p.OwnerText = t.Say("access.owner-person")
	if c.Holder.Party != "" {
		p.OwnerText = t.Say("access.owner-party")
	}
	for _, person := range c.People {
		row := personRow{Account: person.Account, Name: person.Name, Role: string(person.Role), RoleText: t.Say("role." + string(person.Role)),
			Since: t.Say("access.since", say.moment(person.At), say.name(person.By)), You: person.Account == v.account.ID}
		p.Leave = p.Leave || row.You && !p.Mine
		p.People = append(p.People, row)
	}
	for _, i := range c.Invitations {
		if !i.Expires.After(s.clock()) {
			continue
		}
		p.Invitations = append(p.Invitations, invitationRow{i.Key, i.Hint, t.Say("role." + string(i.Role)), t.Say("access.open-until", say.moment(i.Expires))})
	}
	p.Roles = roleOptions(t, casefile.RoleEdit)
	p.Role = t.Say("role." + string(c.RoleOf(v.actor)))
	return p
}

func roleOptions(t locale.Texts, chosen casefile.Role) []option {
	var all []option
	for _, role := range casefile.Roles {
		all = append(all, option{ID: "role-" + string(role), Value: string(role), Text: t.Say("role." + string(role)), Help: t.Say("role.text." + string(role)), Checked: role == chosen})
	}
	return all
}

func choose(options []option, value string) {
	for i := range options {
		options[i].Checked = options[i].Value == value
	}
}

// postAccess does what the button says: invite, role, revoke, take-back or leave.
func (s *site) postAccess(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	if err := r.ParseForm(); err != nil {
		return pageError{http.StatusBadRequest, "error.form"}
	}
	ctx, form, service := r.Context(), r.PostForm, s.cases.Service
	var what string
	var err error
	switch form.Get("do") {
	case "invite":
		return s.invite(w, r, v)
	case "role":
		what = "role"
		_, err = service.SetRole(ctx, v.actor, v.c.ID, form.Get("person"), casefile.Role(form.Get("role")))
	case "revoke":
		what = "revoked"
		_, err = service.Revoke(ctx, v.actor, v.c.ID, form.Get("person"))
	case "take-back":
		what = "taken-back"
		_, err = service.RevokeInvitation(ctx, v.actor, v.c.ID, form.Get("invitation"))
	case "leave":
		if _, err = service.Revoke(ctx, v.actor, v.c.ID, v.account.ID); err == nil {
			http.Redirect(w, r, "/"+string(v.texts.Lang)+"/my?tab=shared", http.StatusSeeOther)
		}
		return err
	default:
		return pageError{http.StatusBadRequest, "error.form"}
	}
	if err != nil {
		return err
	}
	s.released(r)
	http.Redirect(w, r, v.url("access")+"?done="+what, http.StatusSeeOther)
	return nil
}

func (s *site) invite(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	t, form := v.texts, r.PostForm
	email, role := strings.TrimSpace(form.Get("email")), casefile.Role(form.Get("role"))
	var wrong []fieldError
	if !isEmail(email) {
		wrong = append(wrong, fieldError{"email", "email", t.Say("access.email"), t.Say("profile.email-wrong")})
	}
	if !slices.Contains(casefile.Roles, role) {
		wrong = append(wrong, fieldError{"role", "role-read", t.Say("access.role"), t.Say("access.role-missing")})
	}
	if len(wrong) == 0 {
		_, _, err := s.cases.Service.Invite(r.Context(), v.actor, v.c.ID, casefile.Invite{Email: email, Role: role, Lang: t.Lang})
		var invalid *casefile.Invalid
		switch {
		case errors.As(err, &invalid) && invalid.Code == casefile.TooMany:
			wrong = append(wrong, fieldError{"email", "email", t.Say("access.email"), t.Say("access.too-many", invalid.Limit)})
		case errors.As(err, &invalid) && invalid.What == "email":
			wrong = append(wrong, fieldError{"email", "email", t.Say("access.email"), t.Say("profile.email-wrong")})
		case err != nil:
			return err
		}
	}
	if len(wrong) > 0 {
		if !v.c.May(v.actor, casefile.Inviting) {
			return &casefile.Forbidden{Action: casefile.Inviting, Role: v.c.RoleOf(v.actor), Least: casefile.RoleOwner}
		}
		p := s.accessPage(r, v)
		p.Title = t.Say("error.title-prefix") + " " + p.Title
		p.Errors, p.Email = wrong, email
		choose(p.Roles, string(role))
		return s.show(w, http.StatusUnprocessableEntity, "access", p)
	}
	s.released(r)
	http.Redirect(w, r, v.url("access")+"?done=invited", http.StatusSeeOther)
	return nil
}

// invitationPage shows what an invitation offers.
type invitationPage struct {
	page
	By, Name, Role, RoleText string
	As                       string // the name of who would accept
	Action                   string
	Already                  string // the case, for somebody who owns it
}

func (s *site) getInvitation(w http.ResponseWriter, r *http.Request, m *member) error {
	in, err := s.cases.Service.Invitation(r.Context(), r.PathValue("token"))
	if err != nil {
		return caseError(err)
	}
	return s.showInvitation(w, r, m, in, http.StatusOK)
}

func (s *site) showInvitation(w http.ResponseWriter, r *http.Request, m *member, in casefile.InvitationRecord, status int) error {
	t := m.texts
	p := invitationPage{page: s.memberPage(r, m, t.Say("invitation.title")), By: in.By, Name: in.Title, Role: t.Say("role." + string(in.Role)),
		RoleText: t.Say("role.text." + string(in.Role)), As: m.account.Name, Action: r.URL.Path}
	c, err := s.cases.Service.Read(r.Context(), m.actor, in.Case)
	if err == nil && c.RoleOf(m.actor) == casefile.RoleOwner {
		p.Already = caseURL(t.Lang, in.Case, "")
	} else if err != nil && !errors.Is(err, casefile.ErrNoCase) {
		return err
	}
	return s.show(w, status, "invitation", p)
}

func (s *site) postInvitation(w http.ResponseWriter, r *http.Request, m *member) error {
	in, err := s.cases.Service.Invitation(r.Context(), r.PathValue("token"))
	if err != nil {
		return caseError(err)
	}
	c, err := s.cases.Service.Accept(r.Context(), m.actor, r.PathValue("token"))
	var invalid *casefile.Invalid
	if errors.As(err, &invalid) && invalid.What == "role" { // the owner's own invitation
		return s.showInvitation(w, r, m, in, http.StatusConflict)
	}
	if err != nil {
		return caseError(err)
	}
	s.released(r)
	http.Redirect(w, r, caseURL(m.texts.Lang, c.ID, ""), http.StatusSeeOther)
	return nil
}
