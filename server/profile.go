package server

import (
	"context"
	"encoding/json"
	"net/http"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"luvat/definitions"
	"luvat/server/casefile"
	"luvat/server/identity"
)

func (s *site) profileRoutes(r chi.Router) {
	r.Get(inLanguage+"/profile", s.asMember(s.getProfile))
	r.Post(inLanguage+"/profile", s.asMember(s.postProfile))
	r.Get(inLanguage+"/profile/export.json", s.asMember(s.getOwnData))
	r.Get(inLanguage+"/profile/erase", s.asMember(s.getErase))
	r.Post(inLanguage+"/profile/erase", s.asMember(s.postErase))
}

// profilePage is what the service knows of somebody.
type profilePage struct {
	page
	Saved     bool
	Kept      bool // what is shown was typed before the session ended, and is not saved yet
	Errors    []fieldError
	Email     string
	Language  definitions.Lang
	Languages []option
	Known     []knownThing
	ExportURL string
	EraseURL  string
}

// knownThing is one thing that is stored of somebody.
type knownThing struct{ Name, Value string }

func (s *site) getProfile(w http.ResponseWriter, r *http.Request, m *member) error {
	typed, err := s.kept(r)
	if err != nil {
		return err
	}
	p := s.profilePage(r, m)
	p.Saved = r.URL.Query().Has("saved")
	if typed != nil {
		p.Kept, p.Email, p.Language = true, typed.Get("email"), definitions.Lang(typed.Get("language"))
	}
	return s.show(w, http.StatusOK, "profile", p)
}

func (s *site) profilePage(r *http.Request, m *member) *profilePage {
	t := m.texts
	base := "/" + string(t.Lang) + "/profile"
	p := &profilePage{page: s.memberPage(r, m, t.Say("profile.title")), Email: m.account.Email, Language: m.account.Language,
		Known: s.knownOf(m), ExportURL: base + "/export.json", EraseURL: base + "/erase"}
	if !slices.Contains(definitions.Languages, p.Language) {
		p.Language = t.Lang
	}
	for _, lang := range definitions.Languages {
		p.Languages = append(p.Languages, option{ID: "language-" + string(lang), Value: string(lang), Text: languageNames[lang]})
	}
	return p
}

// knownOf lists what is stored of a member, in words. The personal identity code itself is not shown: screens are seen by others.
func (s *site) knownOf(m *member) []knownThing {
	t, a := m.texts, m.account
	list := []knownThing{{t.Say("profile.name"), a.Name}}
	add := func(name, value string) {
		if value != "" {
			list = append(list, knownThing{name, value})
		}
	}
	if a.Address != nil {
		lines := []string{a.Address.Street, strings.TrimSpace(a.Address.PostalCode + " " + a.Address.City), a.Address.Country}
		add(t.Say("profile.address"), strings.Join(slices.DeleteFunc(lines, func(s string) bool { return s == "" }), ", "))
	}
	if home := s.engine.Library.Shared.Municipality(a.Municipality); home != nil {
		add(t.Say("profile.municipality"), home.Name.In(t.Lang))
	}
	if a.Protected {
		add(t.Say("profile.protected"), t.Say("profile.protected-text"))
	}
	switch {
	case a.Identified:
		add(t.Say("profile.personal-id"), t.Say("profile.personal-id-text"))
	case a.Foreign:
		add(t.Say("profile.foreign-id"), t.Say("profile.foreign-id-text"))
	}
	add(t.Say("profile.since"), s.clockTime(t, a.Created))
	add(t.Say("profile.last"), s.clockTime(t, a.At))
	add(t.Say("profile.account"), a.ID)
	return list
}

func (s *site) postProfile(w http.ResponseWriter, r *http.Request, m *member) error {
	if err := r.ParseForm(); err != nil {
		return pageError{http.StatusBadRequest, "error.form"}
	}
	t := m.texts
	email, lang := strings.TrimSpace(r.PostForm.Get("email")), definitions.Lang(r.PostForm.Get("language"))
	var wrong []fieldError
	if !isEmail(email) {
		wrong = append(wrong, fieldError{"email", "email", t.Say("profile.email"), t.Say("profile.email-wrong")})
	}
	if !slices.Contains(definitions.Languages, lang) {
		wrong = append(wrong, fieldError{"language", "language-fi", t.Say("profile.language"), t.Say("profile.language-wrong")})
	}
	if len(wrong) > 0 {
		p := s.profilePage(r, m)
		p.Title = t.Say("error.title-prefix") + " " + p.Title
		p.Errors, p.Email, p.Language = wrong, email, lang
		return s.show(w, http.StatusUnprocessableEntity, "profile", p)
	}
	if _, err := s.cases.Identity.Accounts().SetContact(r.Context(), m.account.ID, email, lang); err != nil {
		return err
	}
	s.released(r)
	http.Redirect(w, r, "/"+string(t.Lang)+"/profile?saved=1", http.StatusSeeOther)
	return nil
}

// isEmail reports whether a letter can be sent to s.
func isEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Name == "" && a.Address == s && len(s) <= 254 && strings.Contains(s[strings.LastIndexByte(s, '@'):], ".")
}

// ownData is everything that is stored of a person, with the list of their cases; the cases themselves are exported one by one.
type ownData struct {
	Format     string             `json:"format"` // ownDataFormat
	Exported   time.Time          `json:"exported"`
	Account    identity.Account   `json:"account"`
	PersonalID string             `json:"personal_id,omitempty"`
	ForeignID  string             `json:"foreign_id,omitempty"`
	Parties    []identity.Party   `json:"parties"` // on whose behalf they may act, without themselves
	Cases      []casefile.Summary `json:"cases"`
	Shared     []casefile.Summary `json:"shared"` // cases of others to which they have access
}

// ownDataFormat names the shape of ownData. A change of the shape that readers would notice changes the number.
const ownDataFormat = "luvat-person/1"

func (s *site) getOwnData(w http.ResponseWriter, r *http.Request, m *member) error {
	ctx, accounts := r.Context(), s.cases.Identity.Accounts()
	out := ownData{Format: ownDataFormat, Exported: s.clock().UTC().Truncate(time.Second), Account: m.account, Parties: []identity.Party{}}
	var err error
	if out.PersonalID, err = accounts.PersonalID(ctx, m.account.ID); err != nil {
		return err
	}
	if out.ForeignID, err = accounts.ForeignID(ctx, m.account.ID); err != nil {
		return err
	}
	parties, err := s.cases.Identity.Parties(ctx, m.account)
	if err != nil {
		s.log.Warn("the mandate register could not be asked for an export; what is stored is exported", "error", err)
	}
	for _, party := range parties {
		if !party.Self() {
			out.Parties = append(out.Parties, party)
		}
	}
	oneself := casefile.Actor{Account: m.account.ID, Name: m.account.Name}
	if out.Cases, err = s.allCases(ctx, oneself, casefile.Query{}); err != nil {
		return err
	}
	if out.Shared, err = s.allCases(ctx, oneself, casefile.Query{Shared: true}); err != nil {
		return err
	}
	return download(w, "luvat.json", out)
}

// allCases lists the cases of a folder over all its pages.
func (s *site) allCases(ctx context.Context, a casefile.Actor, q casefile.Query) ([]casefile.Summary, error) {
	all := []casefile.Summary{}
	q.Limit = 100
	for {
		listing, err := s.cases.Service.Folder(ctx, a, q)
		if err != nil {
			return nil, err
		}
		all = append(all, listing.Cases...)
		if q.After = listing.Next; q.After == "" {
			return all, nil
		}
	}
}

// download sends a JSON document to be saved as a file.
func download(w http.ResponseWriter, name string, document any) error {
	text, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(append(text, '\n')) // the customer went away; nothing is left to do
	return nil
}

// erasePage asks whether an account should be removed, or says why it cannot be.
type erasePage struct {
	page
	Cases   bool // there are cases, which need somebody
	Profile string
}

func (s *site) getErase(w http.ResponseWriter, r *http.Request, m *member) error {
	has, err := s.hasCases(r.Context(), m)
	if err != nil {
		return err
	}
	p := erasePage{page: s.memberPage(r, m, m.texts.Say("erase.title")), Cases: has, Profile: "/" + string(m.texts.Lang) + "/profile"}
	return s.show(w, http.StatusOK, "erase", p)
}

// hasCases reports whether there are cases that name the account: its own, or those shared with it.
func (s *site) hasCases(ctx context.Context, m *member) (bool, error) {
	oneself := casefile.Actor{Account: m.account.ID, Name: m.account.Name}
	for _, shared := range []bool{false, true} {
		listing, err := s.cases.Service.Folder(ctx, oneself, casefile.Query{Shared: shared, Limit: 1})
		if err != nil || len(listing.Cases) > 0 {
			return true, err
		}
	}
	return false, nil
}

func (s *site) postErase(w http.ResponseWriter, r *http.Request, m *member) error {
	if has, err := s.hasCases(r.Context(), m); err != nil || has {
		if err == nil {
			http.Redirect(w, r, "/"+string(m.texts.Lang)+"/profile/erase", http.StatusSeeOther)
		}
		return err
	}
	if err := s.cases.Identity.Accounts().Erase(r.Context(), m.account.ID); err != nil {
		return err
	}
	return s.postLogout(w, r)
}
