package server

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"luvat/definitions"
	"luvat/server/casefile"
	"luvat/server/content"
	"luvat/server/identity"
	"luvat/server/locale"
	"luvat/server/store"
)

// member is a request of somebody who is logged in, for a page of their own.
type member struct {
	texts   locale.Texts
	account identity.Account
	party   identity.Party // on whose behalf; oneself or an organisation
	actor   casefile.Actor
	today   definitions.Date
}

// caseVisit is a request of a member for a page of a case that they may read.
type caseVisit struct {
	member
	c        *casefile.Case
	standing *casefile.Standing // what the case needs as it stands
}

// url returns the address of a page of the case.
func (v *caseVisit) url(page string) string { return caseURL(v.texts.Lang, v.c.ID, page) }

func caseURL(lang definitions.Lang, id, page string) string {
	u := "/" + string(lang) + "/my/" + id
	if page != "" {
		u += "/" + page
	}
	return u
}

// loginURL returns the address of the login page that leads back to a path of this service afterwards.
func loginURL(lang definitions.Lang, back string) string {
	return address("/"+string(lang)+"/login", url.Values{"to": {back}})
}

// asMember lets those who are logged in through. Others go to the login page and come back; what they posted is kept meanwhile.
func (s *site) asMember(do func(http.ResponseWriter, *http.Request, *member) error) http.HandlerFunc {
	return s.handle(func(w http.ResponseWriter, r *http.Request) error {
		m, err := s.member(r)
		if err != nil {
			return err
		}
		if m == nil {
			return s.toLogin(w, r)
		}
		return do(w, r, m)
	})
}

// member returns who is logged in; nil when nobody is.
func (s *site) member(r *http.Request) (*member, error) {
	lang := definitions.Lang(r.PathValue("lang"))
	if !slices.Contains(definitions.Languages, lang) {
		return nil, pageError{http.StatusNotFound, "error.404"}
	}
	return s.memberIn(r, locale.In(lang))
}

// memberIn is member for a page in a language that the address does not say.
func (s *site) memberIn(r *http.Request, t locale.Texts) (*member, error) {
	account, ok, err := s.cases.Identity.Account(r.Context())
	if err != nil || !ok {
		return nil, err
	}
	m := &member{texts: t, account: account, party: s.cases.Identity.Acting(r.Context()), today: s.today()}
	m.actor = casefile.Actor{Account: account.ID, Name: account.Name, Party: m.party.ID, PartyName: m.party.Name}
	return m, nil
}

// toLogin leads to the login page, and from there back to where the customer was. A form that was posted waits there.
func (s *site) toLogin(w http.ResponseWriter, r *http.Request) error {
	lang := languageOf(r)
	to := url.Values{"to": {r.URL.RequestURI()}}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		if err := r.ParseForm(); err != nil { // also when the body is a file: then there are no fields to keep
			return err
		}
		if len(r.PostForm) > 0 {
			err := s.cases.Identity.Sessions().Keep(w, r, r.URL.Path, r.PostForm)
			switch {
			case err == nil:
				to.Set("kept", "1")
			case !errors.Is(err, identity.ErrFormTooLarge) && !errors.Is(err, identity.ErrTooManyForms):
				return err
			}
		}
		to.Set("to", r.URL.Path)
	}
	http.Redirect(w, r, address("/"+string(lang)+"/login", to), http.StatusSeeOther)
	return nil
}

// kept returns the form that was posted to this page when the session had ended, nil when there is none. The page shows what was typed
// and asks for it to be saved; released ends that.
func (s *site) kept(r *http.Request) (url.Values, error) {
	form, _, err := s.cases.Identity.Sessions().Kept(r, r.URL.Path)
	return form, err
}

func (s *site) released(r *http.Request) {
	if err := s.cases.Identity.Sessions().Release(r, r.URL.Path); err != nil {
		s.log.Warn("a form that was kept over a login could not be removed; it expires by itself", "path", r.URL.Path, "error", err)
	}
}

// inCase lets those through who may read the case of the address.
func (s *site) inCase(do func(http.ResponseWriter, *http.Request, *caseVisit) error) http.HandlerFunc {
	return s.asMember(func(w http.ResponseWriter, r *http.Request, m *member) error {
		v, err := s.caseVisit(r, m)
		if err != nil {
			return caseError(err)
		}
		return caseError(do(w, r, v))
	})
}

func (s *site) caseVisit(r *http.Request, m *member) (*caseVisit, error) {
	c, err := s.cases.Service.Read(r.Context(), m.actor, r.PathValue("case"))
	if err != nil {
		return nil, err
	}
	v := &caseVisit{member: *m, c: c}
	v.standing, err = s.cases.Service.Standing(c, m.texts.Lang)
	return v, err
}

// caseError makes an error that every page of a case may meet one that is shown as a page of its own. Errors that a page shows in
// its own place, such as a conflict of two who edit, do not come here.
func caseError(err error) error {
	var forbidden *casefile.Forbidden
	var notNow *casefile.NotNow
	var invalid *casefile.Invalid
	switch {
	case err == nil:
		return nil
	case errors.Is(err, casefile.ErrNoCase):
		return pageError{http.StatusNotFound, "error.case"}
	case errors.Is(err, casefile.ErrNoInvitation):
		return pageError{http.StatusNotFound, "error.invitation"}
	case errors.Is(err, casefile.ErrBusy):
		return pageError{http.StatusConflict, "error.busy"}
	case errors.As(err, &forbidden):
		return pageError{http.StatusForbidden, "error.forbidden"}
	case errors.As(err, &notNow):
		return pageError{http.StatusConflict, "error.not-now"}
	case errors.As(err, &invalid):
		return pageError{http.StatusUnprocessableEntity, "error.invalid"}
	case errors.Is(err, store.ErrFull), errors.Is(err, content.ErrFull):
		return pageError{http.StatusInsufficientStorage, "error.full"}
	}
	return err
}

// userBar is the part of the head of a page that says who is logged in.
type userBar struct {
	Name       string
	Party      string // the organisation on whose behalf; "" for oneself
	Folder     string
	Profile    string
	Change     string // where to choose on whose behalf one acts
	Logout     string
	Office     string // what was sent to the authority in whose service somebody is; "" for others
	Deliveries string // what could not be delivered; "" for those who are no operators
	Left       int    // seconds until the session ends, for the warning: the clock of the browser may be wrong
}

// memberPage builds the common part of a page of somebody who is logged in.
func (s *site) memberPage(r *http.Request, m *member, title string) page {
	p := s.page(r, m.texts, title)
	p.Noindex = true
	return p
}

func (s *site) userBar(r *http.Request, m *member) *userBar {
	lang := "/" + string(m.texts.Lang)
	u := &userBar{Name: m.account.Name, Party: m.party.Name, Folder: lang + "/my", Profile: lang + "/profile", Change: lang + "/party", Logout: lang + "/logout"}
	if r.Method == http.MethodGet && r.URL.Path != u.Change && r.PathValue("case") == "" { // a case of one party is nothing to another
		u.Change = partyURL(m.texts.Lang, r.URL.RequestURI())
	}
	if len(m.duties(s.engine.Library.Shared)) > 0 {
		u.Office = lang + "/office"
	}
	if s.operates(m) {
		u.Deliveries = lang + "/office/deliveries"
	}
	if ends, ok := s.cases.Identity.Sessions().Expires(r.Context()); ok {
		u.Left = int(time.Until(ends).Seconds())
	}
	return u
}

// casePage builds the common part of a page of a case.
func (s *site) casePage(r *http.Request, v *caseVisit, title string) page {
	p := s.memberPage(r, &v.member, title)
	p.Crumbs = []link{{p.User.Folder, v.texts.Say("nav.folder")}, {v.url(""), v.c.Title}}
	return p
}
