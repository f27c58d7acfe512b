package casefile

import (
	"cmp"
	"encoding/json"
	"slices"
	"sync"

	"luvat/definitions"
	"luvat/engine"
	"luvat/forms"
)

// Standing is what a case needs as it stands on a day: the analysis of its answers, the one form of what is needed, and the documents.
// It is derived from the case and its edition and kept nowhere.
type Standing struct {
	Edition  Edition
	Day      definitions.Date
	Answers  *engine.Answers
	Analysis *engine.Analysis
	Needs    []forms.Need // what is to be sent, in the order in which to see to it
	Kept     []string     // those of Needs that the customer makes and keeps: their fields are asked, and nobody is sent them
	Duties   []string     // needed requirements that come later: obligations, inspections, reports
	Union    *forms.Union
	Input    forms.Input
	Slots    []*Slot // the documents that go with Needs, each once
}

// Slot is a document to add, once for all requirements that ask for it.
type Slot struct {
	ID           string
	Title        definitions.Text
	Help         definitions.Text
	Accept       []string // kinds of file: "pdf", "png" …
	Required     bool
	Requirements []string
	Files        []*Attachment
}

// Needed returns the analysis of a requirement that is to be sent, nil when it is not.
func (st *Standing) Needed(requirement string) *engine.Requirement {
	if !slices.ContainsFunc(st.Needs, func(n forms.Need) bool { return n.Requirement == requirement }) {
		return nil
	}
	for i := range st.Analysis.Requirements {
		if r := &st.Analysis.Requirements[i]; r.ID == requirement {
			return r
		}
	}
	return nil
}

// requirement returns a requirement's definition, nil when the edition has none with the id.
func (e Edition) requirement(id string) *definitions.Requirement {
	for _, r := range e.Program.Bundle.Requirements {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// Standing works out what a case needs. The texts of the analysis are in lang. The error is that of Editions, for an edition that is
// not there.
func (s *Service) Standing(c *Case, lang definitions.Lang) (*Standing, error) {
	edition, err := s.editions.Edition(c.Edition)
	if err != nil {
		return nil, err
	}
	return s.standing(c, edition, lang), nil
}

func (s *Service) standing(c *Case, edition Edition, lang definitions.Lang) *Standing {
	st := &Standing{Edition: edition, Day: s.day(c)}
	st.Answers, _ = c.answers(edition.Program)
	st.Analysis = edition.Program.Analyse(st.Answers, st.Day, lang)
	order := make([]*engine.Requirement, 0, len(st.Analysis.Requirements))
	for i := range st.Analysis.Requirements {
		if r := &st.Analysis.Requirements[i]; r.Status == engine.Needed {
			order = append(order, r)
		}
	}
	slices.SortStableFunc(order, func(a, b *engine.Requirement) int { return cmp.Compare(a.Order, b.Order) })
	for _, r := range order {
		def := edition.requirement(r.ID)
		if comesLater(def) {
			st.Duties = append(st.Duties, r.ID)
			continue
		}
		st.Needs = append(st.Needs, need(edition, def, r))
		if def.Kept {
			st.Kept = append(st.Kept, r.ID)
		}
		st.addSlots(c, def, r)
	}
	st.Union = s.unions.of(edition, st.Needs)
	st.Input = forms.Input{Answers: st.Answers, On: st.Day, Data: c.Data, Files: c.files()}
	return st
}

// answers puts the case's answers into a program. It returns the questions whose answer the program does not take.
func (c *Case) answers(p *engine.Program) (*engine.Answers, []string) {
	out := p.NewAnswers()
	var refused []string
	for q, v := range c.Answers {
		if v.Cleared {
			continue
		}
		if err := out.Set(q, v.Value); err != nil {
			refused = append(refused, q)
		}
	}
	slices.Sort(refused)
	return out, refused
}

// day is the day for which the case is decided: today, or the later day that the customer began with.
func (s *Service) day(c *Case) definitions.Date { return max(c.On, definitions.DateOf(s.clock())) }

func need(edition Edition, def *definitions.Requirement, r *engine.Requirement) forms.Need {
	n := forms.Need{Requirement: r.ID, Form: def.Form.ID(), Title: def.Name}
	for _, l := range r.Law {
		n.Law = append(n.Law, l.Ref)
	}
	for _, g := range r.Grounds {
		for _, l := range g.Law {
			if !slices.Contains(n.Law, l.Ref) {
				n.Law = append(n.Law, l.Ref)
			}
		}
	}
	for _, a := range r.Authorities {
		n.Authorities = append(n.Authorities, forms.Reader{Requirement: r.ID, Authority: a.ID, Name: authorityName(edition, a), Law: n.Law})
	}
	return n
}

// authorityName returns what an authority is called in every language.
func authorityName(edition Edition, a engine.Authority) definitions.Text {
	if known := edition.Program.Bundle.Shared.AuthorityByID(a.ID); known != nil {
		return known.Name
	}
	return definitions.Text{By: map[definitions.Lang]string{definitions.Finnish: a.Name}}
}

func (st *Standing) addSlots(c *Case, def *definitions.Requirement, r *engine.Requirement) {
	for _, a := range r.Attachments {
		i := slices.IndexFunc(st.Slots, func(s *Slot) bool { return s.ID == a.ID })
		if i < 0 {
			slot := &Slot{ID: a.ID, Accept: a.Accept}
			for _, d := range def.Attachments {
				if d.ID == a.ID {
					slot.Title, slot.Help = d.Title, d.Help
				}
			}
			for _, file := range c.Attachments {
				if file.Slot == a.ID {
					slot.Files = append(slot.Files, file)
				}
			}
			i, st.Slots = len(st.Slots), append(st.Slots, slot)
		}
		slot := st.Slots[i]
		slot.Requirements = append(slot.Requirements, r.ID)
		slot.Required = slot.Required || a.Required != nil && *a.Required
	}
}

// due is the earliest last day of what is needed and to be sent, "" when there is none.
func due(edition Edition, answers *engine.Answers, on definitions.Date) string {
	earliest := ""
	for _, r := range edition.Program.Analyse(answers, on, definitions.Finnish).Requirements {
		if r.Status != engine.Needed || r.Due == nil || comesLater(edition.requirement(r.ID)) {
			continue
		}
		if earliest == "" || *r.Due < earliest {
			earliest = *r.Due
		}
	}
	return earliest
}

// unions keeps the forms that were made of the same needs under the same edition: they are immutable, and cases resemble each other.
type unions struct {
	mu   sync.Mutex
	made map[string]*forms.Union
}

// unionsKept is how many are kept; then all are forgotten and made anew.
const unionsKept = 512

func (u *unions) of(edition Edition, needs []forms.Need) *forms.Union {
	key, _ := json.Marshal(struct {
		Edition string
		Needs   []forms.Need
	}{edition.ID, needs})
	u.mu.Lock()
	made := u.made[string(key)]
	u.mu.Unlock()
	if made != nil {
		return made
	}
	made = edition.Book.Union(needs)
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.made == nil || len(u.made) >= unionsKept {
		u.made = map[string]*forms.Union{}
	}
	u.made[string(key)] = made
	return made
}
