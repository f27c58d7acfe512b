package server

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"

	"luvat/definitions"
	"luvat/server/identity"
	"luvat/server/locale"
)

// inLanguage is the first part of the address of every page that is in a language.
const inLanguage = "/{lang:fi|sv|en}"

// loginRoutes are the pages of who somebody is, and on whose behalf they act.
func (s *site) loginRoutes(r chi.Router) {
	r.Get(inLanguage+"/login", s.handle(s.getLogin))
	r.Get(inLanguage+"/login/{provider}", s.handle(s.getProvider))
	r.Get("/login/{provider}/callback", s.handle(s.callback))
	r.Post("/login/{provider}/callback", s.handle(s.callback))
	r.Get(identity.MandateCallbackPath, s.handle(s.mandatesCallback))
	r.Get(identity.JWKSPath, s.handle(s.getJWKS))
	r.Get(inLanguage+"/party", s.asMember(s.getParty))
	r.Post(inLanguage+"/party", s.asMember(s.postParty))
	r.Get(inLanguage+"/party/choose", s.asMember(s.chooseParty))
	r.Get(inLanguage+"/logout", s.handle(s.getLogout))
	r.Post(inLanguage+"/logout", s.handle(s.postLogout))
	r.Post(inLanguage+"/keep", s.handle(s.postKeep))
	s.profileRoutes(r)
}

// letBack lets the providers that answer by a form of their own site through to the callback. The state of the login protects it.
func (s *site) letBack(protection *http.CrossOriginProtection) {
	for _, p := range s.cases.Identity.Providers() {
		if p.Posts() {
			protection.AddInsecureBypassPattern(http.MethodPost + " " + identity.CallbackPath(p.ID()))
		}
	}
}

// texts returns the texts of the language in the address.
func (s *site) texts(r *http.Request) (locale.Texts, error) {
	lang := definitions.Lang(r.PathValue("lang"))
	if !slices.Contains(definitions.Languages, lang) {
		return locale.Texts{}, pageError{http.StatusNotFound, "error.404"}
	}
	return locale.In(lang), nil
}

// onward returns where to go on after a login: a page of this service, the folder when nothing else was asked for.
func onward(lang definitions.Lang, to string) string {
	if to = identity.LocalPath(to); to == "/" {
		return "/" + string(lang) + "/my"
	}
	return to
}

// partyURL returns the address of the page that asks on whose behalf one acts, and then leads on.
func partyURL(lang definitions.Lang, to string) string {
	return address("/"+string(lang)+"/party", url.Values{"to": {to}})
}

// reasons are why a login did not succeed, as the pages tell them. A callback leads to a page that can be loaded again, and its address
// names the reason; anything else in its place is told as nothing.
var reasons = []identity.Reason{identity.Cancelled, identity.Expired, identity.Unavailable, identity.Rejected, identity.Incomplete, identity.Weak}

func reasonText(t locale.Texts, why string) string {
	if !slices.Contains(reasons, identity.Reason(why)) {
		return ""
	}
	return t.Say("login.why." + why)
}

// loginPage lists the ways to log in.
type loginPage struct {
	page
	Problem   string // why the last attempt did not succeed, with what to do
	Kept      bool   // a form that was posted waits for the login
	Providers []link
}

func (s *site) getLogin(w http.ResponseWriter, r *http.Request) error {
	t, err := s.texts(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	to := onward(t.Lang, q.Get("to"))
	if m, err := s.memberIn(r, t); err != nil {
		return err
	} else if m != nil {
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	}
	p := loginPage{page: s.page(r, t, t.Say("login.title")), Problem: reasonText(t, q.Get("why")), Kept: q.Has("kept")}
	p.Noindex, p.Login = true, ""
	for i, lang := range definitions.Languages { // what the address has beside is not passed on
		p.Switch[i].URL = loginURL(lang, to)
	}
	if p.Problem != "" {
		p.Title = t.Say("error.title-prefix") + " " + p.Title
	}
	for _, provider := range s.cases.Identity.Providers() {
		begin := address("/"+string(t.Lang)+"/login/"+provider.ID(), url.Values{"to": {to}})
		p.Providers = append(p.Providers, link{begin, provider.Name(t.Lang)})
	}
	return s.show(w, http.StatusOK, "login", p)
}

// getProvider leads the browser to where it identifies itself. The page of personas, which is our own, has the same address and a state.
func (s *site) getProvider(w http.ResponseWriter, r *http.Request) error {
	t, err := s.texts(r)
	if err != nil {
		return err
	}
	provider, q := r.PathValue("provider"), r.URL.Query()
	if !slices.ContainsFunc(s.cases.Identity.Providers(), func(p identity.Provider) bool { return p.ID() == provider }) {
		return pageError{http.StatusNotFound, "error.404"}
	}
	if provider == identity.PersonaProvider && q.Has("state") {
		return s.showPersonas(w, r, t)
	}
	start := identity.Start{Return: onward(t.Lang, q.Get("to")), Lang: t.Lang}
	if err := s.cases.Identity.Begin(w, r, provider, start); err != nil {
		return s.loginFailed(w, r, err, start)
	}
	return nil
}

// personaPage lists the people of development.
type personaPage struct {
	page
	State    string
	Action   string
	Personas []personaCard
}

type personaCard struct {
	ID, Name, About string
	Parties         []string
}

func (s *site) showPersonas(w http.ResponseWriter, r *http.Request, t locale.Texts) error {
	p := personaPage{page: s.page(r, t, t.Say("persona.title")), State: r.URL.Query().Get("state"), Action: identity.CallbackPath(identity.PersonaProvider)}
	p.Noindex, p.Login = true, ""
	for _, persona := range s.cases.Identity.Personas() {
		c := personaCard{ID: persona.ID, Name: persona.Identity.Name, About: persona.About[t.Lang]}
		for _, party := range persona.Parties {
			c.Parties = append(c.Parties, party.Name)
		}
		p.Personas = append(p.Personas, c)
	}
	return s.show(w, http.StatusOK, "persona", p)
}

// callback is where a provider leads the browser back to, by GET or POST.
func (s *site) callback(w http.ResponseWriter, r *http.Request) error {
	account, start, err := s.cases.Identity.Complete(r, r.PathValue("provider"))
	if start.Return == "/" { // no login of ours: nothing is known of how it began
		start.Lang = languageOf(r)
	}
	if err != nil {
		return s.loginFailed(w, r, err, start)
	}
	to := onward(start.Lang, start.Return)
	parties, err := s.cases.Identity.Parties(r.Context(), account)
	if err != nil || len(parties) > 1 || s.cases.Identity.CanChoose(account) {
		to = partyURL(start.Lang, to) // an outage of the register is told there
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// loginFailed leads to the login page, which says why and offers to try again.
func (s *site) loginFailed(w http.ResponseWriter, r *http.Request, err error, start identity.Start) error {
	var failed *identity.LoginError
	if !errors.As(err, &failed) {
		return err
	}
	s.log.Info("a login did not succeed", "provider", r.PathValue("provider"), "reason", failed.Reason, "error", failed.Err)
	q := url.Values{"to": {onward(start.Lang, start.Return)}, "why": {string(failed.Reason)}}
	http.Redirect(w, r, address("/"+string(start.Lang)+"/login", q), http.StatusSeeOther)
	return nil
}

func (s *site) getJWKS(w http.ResponseWriter, _ *http.Request) error {
	keys := s.cases.Identity.JWKS()
	if keys == nil {
		return pageError{http.StatusNotFound, "error.404"}
	}
	w.Header().Set("Content-Type", "application/jwk-set+json")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_, _ = w.Write(keys) // whoever asked went away; nothing is left to do
	return nil
}

// partyPage asks on whose behalf somebody acts.
type partyPage struct {
	page
	To        string
	Problem   string // why the choice could not be made
	Down      bool   // the mandate register could not be asked
	Parties   []partyChoice
	ChooseURL string // of the mandate register's own page; "" when there is none
}

type partyChoice struct {
	ID, Name string
	Current  bool
}

func (s *site) getParty(w http.ResponseWriter, r *http.Request, m *member) error {
	return s.showParty(w, r, m, http.StatusOK, r.URL.Query().Get("to"), reasonText(m.texts, r.URL.Query().Get("why")))
}

func (s *site) showParty(w http.ResponseWriter, r *http.Request, m *member, status int, to, problem string) error {
	t := m.texts
	p := partyPage{page: s.memberPage(r, m, t.Say("party.title")), To: onward(t.Lang, to), Problem: problem}
	if problem != "" {
		p.Title = t.Say("error.title-prefix") + " " + p.Title
	}
	parties, err := s.cases.Identity.Parties(r.Context(), m.account)
	if err != nil {
		s.log.Warn("the mandate register could not be asked for whom somebody may act", "error", err)
		p.Down = true
	}
	for _, party := range parties {
		p.Parties = append(p.Parties, partyChoice{party.ID, party.Name, party.ID == m.party.ID})
	}
	if s.cases.Identity.CanChoose(m.account) {
		p.ChooseURL = address("/"+string(t.Lang)+"/party/choose", url.Values{"to": {p.To}})
	}
	return s.show(w, status, "party", p)
}

func (s *site) postParty(w http.ResponseWriter, r *http.Request, m *member) error {
	if err := r.ParseForm(); err != nil {
		return pageError{http.StatusBadRequest, "error.form"}
	}
	to := r.PostForm.Get("to")
	if !r.PostForm.Has("party") {
		return s.showParty(w, r, m, http.StatusUnprocessableEntity, to, m.texts.Say("party.missing"))
	}
	_, err := s.cases.Identity.Act(r.Context(), m.account, r.PostForm.Get("party"))
	switch {
	case errors.Is(err, identity.ErrNoMandate):
		return s.showParty(w, r, m, http.StatusForbidden, to, m.texts.Say("party.none"))
	case err != nil:
		s.log.Warn("somebody could not choose for whom to act", "error", err)
		return s.showParty(w, r, m, http.StatusServiceUnavailable, to, m.texts.Say("party.down"))
	}
	http.Redirect(w, r, onward(m.texts.Lang, to), http.StatusSeeOther)
	return nil
}

// chooseParty leads to the mandate register. It is a link and no form: a form may lead to this site only.
func (s *site) chooseParty(w http.ResponseWriter, r *http.Request, m *member) error {
	start := identity.Start{Return: onward(m.texts.Lang, r.URL.Query().Get("to")), Lang: m.texts.Lang}
	if err := s.cases.Identity.Choose(w, r, m.account, start); err != nil {
		return s.choiceFailed(w, r, err, start)
	}
	return nil
}

// mandatesCallback is where the mandate register leads the browser back to. Who chose one organisation there acts for it.
func (s *site) mandatesCallback(w http.ResponseWriter, r *http.Request) error {
	m, err := s.memberIn(r, locale.In(languageOf(r)))
	if err != nil {
		return err
	}
	if m == nil { // the session ended meanwhile: the choice begins anew
		http.Redirect(w, r, loginURL(languageOf(r), "/"), http.StatusSeeOther)
		return nil
	}
	parties, start, err := s.cases.Identity.Chosen(r, m.account)
	if start.Return == "/" {
		start.Lang = m.texts.Lang
	}
	if err != nil {
		return s.choiceFailed(w, r, err, start)
	}
	to := onward(start.Lang, start.Return)
	if len(parties) != 1 {
		to = partyURL(start.Lang, to)
	} else if _, err := s.cases.Identity.Act(r.Context(), m.account, parties[0].ID); err != nil {
		return s.choiceFailed(w, r, err, start)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

func (s *site) choiceFailed(w http.ResponseWriter, r *http.Request, err error, start identity.Start) error {
	why := identity.Unavailable
	var failed *identity.LoginError
	switch {
	case errors.As(err, &failed):
		why = failed.Reason
	case errors.Is(err, identity.ErrNoMandate), errors.Is(err, identity.ErrAskAgain):
		why = identity.Expired
	case !errors.Is(err, identity.ErrMandatesDown):
		return err
	}
	s.log.Info("a choice of mandates did not succeed", "reason", why, "error", err)
	q := url.Values{"to": {onward(start.Lang, start.Return)}, "why": {string(why)}}
	http.Redirect(w, r, address("/"+string(start.Lang)+"/party", q), http.StatusSeeOther)
	return nil
}

// logoutPage says that nobody is logged in any more, or asks whether to log out.
type logoutPage struct {
	page
	Away string // where the session with the provider ends; "" when it has none
}

func (s *site) getLogout(w http.ResponseWriter, r *http.Request) error {
	t, err := s.texts(r)
	if err != nil {
		return err
	}
	p := logoutPage{page: s.page(r, t, t.Say("logout.title"))}
	p.Noindex, p.Login = true, loginURL(t.Lang, "/")
	return s.show(w, http.StatusOK, "logout", p)
}

// postLogout ends the session. A provider that has a session of its own is told by the browser, which a page leads there: a form may not
// lead to another site.
func (s *site) postLogout(w http.ResponseWriter, r *http.Request) error {
	t, err := s.texts(r)
	if err != nil {
		return err
	}
	back := "/" + string(t.Lang) + "/logout"
	away, err := s.cases.Identity.Logout(r.Context(), back)
	if err != nil {
		return err
	}
	if away == "" {
		http.Redirect(w, r, back, http.StatusSeeOther)
		return nil
	}
	p := logoutPage{page: s.page(r, t, t.Say("logout.title")), Away: away}
	p.Noindex, p.Login = true, ""
	w.Header().Set("Refresh", "3; url="+away)
	return s.show(w, http.StatusOK, "logout", p)
}

// postKeep keeps the session alive, as any request does, and says for how many seconds.
func (s *site) postKeep(w http.ResponseWriter, r *http.Request) error {
	ends, ok := s.cases.Identity.Sessions().Expires(r.Context())
	if !ok {
		plain(w, http.StatusUnauthorized, "nobody is logged in\n")
		return nil
	}
	w.Header().Set("Session-Left", strconv.Itoa(int(time.Until(ends).Seconds())))
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNoContent)
	return nil
}
