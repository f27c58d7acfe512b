package server

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"luvat/definitions"
	"luvat/engine"
	"luvat/server/locale"
)

// homePage is the catalogue of services with its search.
type homePage struct {
	page
	Query    string
	Searched bool
	Cards    []card
}

// card is a bundle in the catalogue.
type card struct {
	Title, Summary, URL, Icon string
	Facts                     []string
	Found                     []link // the requirements that the search found in it
}

func (s *site) getHome(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visitDay(r)
	if err != nil {
		return err
	}
	programs := s.engine.Bundles(v.on)
	p := homePage{page: s.page(r, v.texts, v.texts.Say("home.title")), Query: strings.TrimSpace(r.URL.Query().Get("q"))}
	p.Query = cut(p.Query, 100)
	if p.Query == "" {
		for _, program := range programs {
			p.Cards = append(p.Cards, v.card(program, nil))
		}
		return s.show(w, http.StatusOK, "home", p)
	}
	p.Searched = true
	for _, h := range s.indexes.of(programs).find(p.Query) {
		p.Cards = append(p.Cards, v.card(h.program, h.requirements))
	}
	p.Title = v.texts.Say("home.found-title", p.Query)
	return s.show(w, http.StatusOK, "home", p)
}

func cut(s string, max int) string {
	if r := []rune(s); len(r) > max {
		return string(r[:max])
	}
	return s
}

func (v *visit) card(program *engine.Program, found []*definitions.Requirement) card {
	b := program.Bundle
	t := v.texts
	of := *v
	of.program = program
	of.answers = program.NewAnswers()
	c := card{Title: b.Title.In(t.Lang), Summary: b.Summary.In(t.Lang), Icon: b.Icon, URL: of.url("")}
	c.Facts = []string{t.Count("card.requirements", len(b.Requirements)), t.Count("card.steps", len(b.Groups))}
	for _, r := range found {
		c.Found = append(c.Found, link{c.URL + "#r-" + r.ID, r.Name.In(t.Lang)})
	}
	return c
}

// getRoot sends to the catalogue in the language that the browser prefers.
func (s *site) getRoot(w http.ResponseWriter, r *http.Request) error {
	w.Header().Add("Vary", "Accept-Language")
	http.Redirect(w, r, address("/"+string(preferred(r.Header.Get("Accept-Language"))), r.URL.Query()), http.StatusFound)
	return nil
}

// preferred picks the language of the service that an Accept-Language header (RFC 9110, 12.5.4) likes best, Finnish when it likes none.
func preferred(header string) definitions.Lang {
	best, bestWeight := definitions.Finnish, 0.0
	for _, part := range strings.Split(header, ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		weight := 1.0
		if q, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			f, err := strconv.ParseFloat(q, 64)
			if err != nil {
				continue
			}
			weight = f
		}
		primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
		for _, lang := range definitions.Languages {
			if primary == string(lang) && weight > bestWeight {
				best, bestWeight = lang, weight
			}
		}
	}
	return best
}

// bundlePage is the front page of a service: what it is for, how it goes, and all that it covers.
type bundlePage struct {
	page
	Heading, Summary string
	Icon             string
	Owner            string
	Facts            []string
	StartURL         string
	ResumeURL        string // the result, when the address has answers
	Kinds            []kindGroup
	VersionText      string
	OnText           string
	OnISO            string
	DayURL           string
}

// kindGroup is the requirements of one kind.
type kindGroup struct {
	Title string
	Items []covered
}

type covered struct {
	Anchor, Name, Why string
	Law               []string
}

func (s *site) getBundle(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(r)
	if err != nil {
		return err
	}
	b, t := v.bundle(), v.texts
	p := bundlePage{page: s.bundlePage(r, v, b.Title.In(t.Lang)), Heading: b.Title.In(t.Lang), Summary: b.Summary.In(t.Lang), Icon: b.Icon}
	p.Crumbs = p.Crumbs[:1]
	if a := b.Shared.AuthorityByID(b.Owner.ID()); a != nil {
		p.Owner = a.Name.In(t.Lang)
	}
	asked := 0
	for _, q := range b.Questions {
		if !q.Form {
			asked++
		}
	}
	p.Facts = []string{t.Count("card.requirements", len(b.Requirements)), t.Count("card.questions", asked)}
	if len(b.Groups) > 0 {
		p.StartURL = v.url("questions/" + b.Groups[0].ID)
	}
	if v.answers.Len() > 0 {
		p.ResumeURL = v.url("result")
	}
	p.Kinds = coveredByKind(t, b)
	p.VersionText = b.Version
	p.OnText, p.OnISO, p.DayURL = t.DayAndDate(v.on), v.on.String(), v.path("")
	return s.show(w, http.StatusOK, "bundle", p)
}

var kinds = []definitions.Kind{definitions.Permit, definitions.Notification, definitions.Registration, definitions.Plan,
	definitions.Agreement, definitions.Report, definitions.Obligation, definitions.Inspection}

func coveredByKind(t locale.Texts, b *definitions.Bundle) []kindGroup {
	var all []kindGroup
	for _, kind := range kinds {
		g := kindGroup{Title: t.Say("kinds." + string(kind))}
		for _, r := range b.Requirements {
			if r.Kind != kind {
				continue
			}
			c := covered{Anchor: "r-" + r.ID, Name: r.Name.In(t.Lang), Why: r.Why.In(t.Lang)}
			for _, l := range r.Law {
				c.Law = append(c.Law, strings.TrimSpace(cmp.Or(l.Act, "")+" "+l.Section))
			}
			g.Items = append(g.Items, c)
		}
		if len(g.Items) > 0 {
			all = append(all, g)
		}
	}
	return all
}
