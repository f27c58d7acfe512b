package server

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"luvat/definitions"
	"luvat/engine"
	"luvat/server/casefile"
	"luvat/server/locale"
	"luvat/server/register"
)

// earlierCases is how many of the holder's other cases are looked into for values to offer, the one changed last first.
const earlierCases = 5

// prefillDue reports whether sources should be asked without anybody pressing a button: when the case has never been prefilled, and when
// answers or the edition have changed since and a field that can be prefilled has never had a value.
func prefillDue(v *caseVisit) bool {
	if !v.c.May(v.actor, casefile.Prefilling) {
		return false
	}
	var last, changed uint64
	for _, line := range v.c.History {
		switch line.Event.(type) {
		case *casefile.Prefilled:
			last = line.Seq
		case *casefile.Answered, *casefile.Moved:
			changed = line.Seq
		}
	}
	return (last == 0 || changed > last) && prefillable(v, func(key string) bool { return v.c.Values[key] == nil })
}

// prefillable reports whether the case's form has a term with sources of which something holds.
func prefillable(v *caseVisit, is func(key string) bool) bool {
	bundle := v.standing.Edition.Program.Bundle
	terms := bundle.Terms
	if bundle.Shared != nil {
		terms = slices.Concat(terms, bundle.Shared.Terms)
	}
	return slices.ContainsFunc(terms, func(t *definitions.Term) bool {
		key := "term/" + t.ID
		return len(t.Prefill) > 0 && v.standing.Union.Field(key) != nil && is(key)
	})
}

// prefill asks all sources at once, puts what they say into the case, and shows the case as it is then. It takes no longer than
// register.Deadline; a source that does not answer is noted in the case and said on the page.
func (s *site) prefill(ctx context.Context, v *caseVisit) error {
	known, err := s.known(ctx, v)
	if err != nil {
		return err
	}
	edition := v.standing.Edition
	terms := slices.DeleteFunc(engine.BundlePrefill(edition.Program.Bundle), func(t *engine.Prefill) bool {
		return v.standing.Union.Field("term/"+t.Term.ID) == nil // what no authority asks for is fetched from nowhere
	})
	clients := register.Named(s.cases.Registers.Of(edition.Program.Bundle), terms)
	result := register.Gather(ctx, clients, known, register.Deadline)
	filled, dropped := register.Prefill(terms, known, result, func(key string, value any) error {
		return edition.Book.CheckTerm(strings.TrimPrefix(key, "term/"), value, definitions.English)
	})
	for _, d := range dropped {
		s.log.Info("a value of a source does not fit the term", "case", v.c.ID, "key", d.Key, "source", d.Source.ID, "why", d.Why)
	}
	in := casefile.Prefill{Values: map[string]casefile.Told{}}
	for _, p := range filled {
		in.Values[p.Key] = casefile.Told{Value: p.Value, Source: casefile.Source{ID: p.Source.ID, Title: p.Source.Title.By, At: p.At.UTC()}}
	}
	for _, r := range result.Troubles() {
		in.Outages = append(in.Outages, casefile.Outage{ID: r.Register, Title: r.Title.By, At: s.clock().UTC(), Why: whyOut(r)})
	}
	if v.c, err = s.cases.Service.Prefill(ctx, v.actor, v.c.ID, in); err != nil {
		return err
	}
	v.standing, err = s.cases.Service.Standing(v.c, v.texts.Lang)
	return err
}

// whyOut is how a case notes why a register could not be asked.
func whyOut(r register.Reply) string {
	outcome := r.Outcome
	if r.Stale {
		outcome = r.Trouble
	}
	switch outcome {
	case register.Slow:
		return "slow"
	case register.Garbage:
		return "garbage"
	}
	return "down"
}

// known collects what is known before registers are asked. Whose case it is decides what may be taken: a consultant who helps with the
// case of somebody else brings neither their own name nor their own earlier cases into it.
func (s *site) known(ctx context.Context, v *caseVisit) (register.Known, error) {
	k := register.Known{Lang: v.texts.Lang, Answers: map[string]any{}, Answered: v.c.Opened, SignedIn: v.account.At}
	if h := v.c.Holder; h.Party != "" {
		k.Mandate = map[string]any{"organisation": map[string]any{"id": h.Party, "name": h.Name}}
	}
	for _, q := range v.standing.Edition.Program.Bundle.Questions {
		value, _ := v.standing.Answers.Get(q.ID)
		if value == nil || v.standing.Answers.Asked(q.ID, v.standing.Day) != engine.True {
			continue
		}
		k.Answers[q.ID] = value
		if given := v.c.Answers[q.ID]; given != nil && given.At.After(k.Answered) {
			k.Answered = given.At
		}
	}
	if v.c.RoleOf(v.actor) != casefile.RoleOwner {
		return k, nil
	}
	var err error
	if k.Person, err = s.knownPerson(ctx, v); err != nil {
		return k, err
	}
	k.Earlier, err = s.knownEarlier(ctx, v)
	return k, err
}

// knownPerson is what the login says of the person. The personal identity code is taken only where the person is the customer: of an
// organisation's representative no authority asks for it.
func (s *site) knownPerson(ctx context.Context, v *caseVisit) (map[string]any, error) {
	a := v.account
	person := map[string]any{"name": a.Name, "given_name": a.GivenName, "family_name": a.FamilyName, "email": a.Email, "municipality": a.Municipality}
	if a.Address != nil {
		person["address"], person["postal_code"], person["city"] = a.Address.Street, a.Address.PostalCode, a.Address.City
	}
	if v.c.Holder.Party == "" {
		id, err := s.cases.Identity.Accounts().PersonalID(ctx, a.ID)
		if err != nil {
			return nil, err
		}
		person["personal_id"] = id
	}
	for key, value := range person {
		if value == "" {
			delete(person, key)
		}
	}
	return person, nil
}

// knownEarlier is the value of each term in the holder's last cases, the newest that there is.
func (s *site) knownEarlier(ctx context.Context, v *caseVisit) (map[string]register.Earlier, error) {
	list, err := s.cases.Service.Folder(ctx, v.actor, casefile.Query{Limit: earlierCases + 1})
	if err != nil {
		return nil, err
	}
	earlier := map[string]register.Earlier{}
	for _, summary := range list.Cases {
		if summary.Case == v.c.ID {
			continue
		}
		c, err := s.cases.Service.Read(ctx, v.actor, summary.Case)
		if err != nil {
			return nil, err
		}
		for key, value := range c.Values {
			if _, newer := earlier[key]; !newer && value.Value != nil && strings.HasPrefix(key, "term/") {
				earlier[key] = register.Earlier{Value: value.Value, At: value.At, Case: c.ID}
			}
		}
	}
	return earlier, nil
}

// postPrefill asks the sources again because somebody wants it.
func (s *site) postPrefill(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	if err := s.prefill(r.Context(), v); err != nil {
		return err
	}
	http.Redirect(w, r, v.url("")+"#sources", http.StatusSeeOther)
	return nil
}

// outage is a source that could not be asked, as a page says it.
type outage struct{ Title, At, Why string }

func (s *site) outages(v *caseVisit) []outage {
	var list []outage
	for _, o := range v.c.Outages {
		list = append(list, outage{o.Title.In(v.texts.Lang), s.moment(v.member, o.At), outageText(v.texts, o.Why)})
	}
	return list
}

func outageText(t locale.Texts, why string) string {
	switch why {
	case "slow":
		return t.Say("work.out-slow")
	case "garbage":
		return t.Say("work.out-garbage")
	}
	return t.Say("work.out-down")
}

// moment writes a time as people say it: "klo 12.03" on the same day, "24.11.2026 klo 12.03" on another.
func (s *site) moment(m member, at time.Time) string {
	if definitions.DateOf(at.In(s.helsinki)) != m.today {
		return s.fullMoment(m.texts, at)
	}
	return m.texts.Clock(at.In(s.helsinki).Format("15:04"))
}

// fullMoment writes a time with its day: "24.11.2026 klo 12.03".
func (s *site) fullMoment(t locale.Texts, at time.Time) string {
	at = at.In(s.helsinki)
	return t.Date(definitions.DateOf(at)) + " " + t.Clock(at.Format("15:04"))
}
