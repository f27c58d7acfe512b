package casefile

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"

	"luvat/definitions"
	"luvat/engine"
	"luvat/forms"
)

// Check is what the customer sees before sending: what goes where, and what is in the way.
type Check struct {
	Case     *Case
	Standing *Standing
	Planned  []Planned   // the filings that sending would make
	InTheWay *Incomplete // Empty when the case can be sent
	// Ticket says what was shown. The page gives it back when the customer sends; it makes sending twice the same as once.
	Ticket string
}

// Planned is a filing that would be made.
type Planned struct {
	Requirement string
	Name        Texts
	Authority   Recipient
	Channel     Channel
	Due         string
}

// ticket is what was shown on a check page.
type ticket struct {
	Token string   `json:"t"`
	Seq   uint64   `json:"s"` // the last entry
	Needs []string `json:"n"` // pairs, sorted
}

func (t ticket) String() string {
	raw, _ := json.Marshal(t) // strings and a number
	return base64.RawURLEncoding.EncodeToString(raw)
}

func readTicket(s string) (ticket, error) {
	var t ticket
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || json.Unmarshal(raw, &t) != nil || t.Token == "" || len(t.Token) > 40 {
		return t, &Invalid{What: "ticket", Code: Wrong}
	}
	return t, nil
}

// Check shows a case to somebody who may send it. The texts of problems are in lang.
func (s *Service) Check(ctx context.Context, a Actor, id string, lang definitions.Lang) (*Check, error) {
	c, err := s.load(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := may(a, c, Submitting); err != nil {
		return nil, err
	}
	st, err := s.Standing(c, lang)
	if err != nil {
		return nil, err
	}
	token, err := s.id()
	if err != nil {
		return nil, err
	}
	out := &Check{Case: c, Standing: st, InTheWay: st.inTheWay(among(st.unsent(c)), lang),
		Ticket: ticket{Token: token, Seq: c.Seq, Needs: st.pairs()}.String()}
	for _, p := range st.unsent(c) {
		channel, err := s.channels.Channel(ctx, p.authority.ID)
		if err != nil {
			return nil, err
		}
		def := st.Edition.requirement(p.requirement.ID)
		out.Planned = append(out.Planned, Planned{Requirement: def.ID, Name: texts(def.Name), Authority: recipient(st.Edition, p.authority),
			Channel: channel, Due: deref(p.requirement.Due)})
	}
	return out, nil
}

// inTheWay is everything that keeps filings of some requirements from being sent: questions and plans whichever they are about, fields
// that the requirements read, documents that go with them.
func (st *Standing) inTheWay(concerned func(requirement string) bool, lang definitions.Lang) *Incomplete {
	out := &Incomplete{Questions: st.Analysis.Next, Impossible: st.Analysis.Impossible}
	for _, p := range st.Union.Check(st.Input, lang) {
		if readers := st.readers(p); len(readers) == 0 || slices.ContainsFunc(readers, concerned) {
			out.Problems = append(out.Problems, p)
		}
	}
	for _, slot := range st.Slots {
		if slot.Required && len(slot.Files) == 0 && slices.ContainsFunc(slot.Requirements, concerned) {
			out.Missing = append(out.Missing, slot)
		}
	}
	return out
}

// readers returns the requirements that a problem is about: those that read the field, or that the section belongs to.
func (st *Standing) readers(p forms.Problem) []string {
	var out []string
	if f := st.Union.Field(p.Key); f != nil {
		for _, r := range f.Readers {
			out = append(out, r.Requirement)
		}
	}
	if s := st.Union.Section(p.Section); len(out) == 0 && s != nil && s.Requirement != "" {
		out = append(out, s.Requirement)
	}
	return out
}

// among reports of a requirement whether it is in one of the pairs.
func among(pairs []pair) func(string) bool {
	return func(requirement string) bool {
		return slices.ContainsFunc(pairs, func(p pair) bool { return p.requirement.ID == requirement })
	}
}

// pair is a requirement and one authority that it goes to; the zero Authority when none can be named.
type pair struct {
	requirement *engine.Requirement
	authority   engine.Authority
}

func (p pair) String() string { return p.requirement.ID + "@" + p.authority.ID }

// routed is every pair that is to be sent, in the order of Needs.
func (st *Standing) routed() []pair {
	var out []pair
	for _, n := range st.Needs {
		if slices.Contains(st.Kept, n.Requirement) {
			continue
		}
		r := st.Needed(n.Requirement)
		for _, a := range r.Authorities {
			out = append(out, pair{r, a})
		}
		if len(r.Authorities) == 0 {
			out = append(out, pair{requirement: r})
		}
	}
	return out
}

// pairs names what is routed, sorted: what a ticket says was shown.
func (st *Standing) pairs() []string {
	out := []string{}
	for _, p := range st.routed() {
		out = append(out, p.String())
	}
	slices.Sort(out)
	return out
}

// unsent is what is routed and has no filing that stands.
func (st *Standing) unsent(c *Case) []pair {
	return without(st.routed(), func(p pair) bool {
		return slices.ContainsFunc(c.Filings, func(f *Filing) bool {
			return !f.Withdrawn && f.Requirement == p.requirement.ID && f.Authority.ID == p.authority.ID
		})
	})
}

func recipient(edition Edition, a engine.Authority) Recipient {
	if a.ID == "" {
		return Recipient{}
	}
	return Recipient{ID: a.ID, Name: texts(authorityName(edition, a)), Email: a.Email, URL: a.URL}
}

// changedSince names what others changed after an entry: what a check page showed then is not what is there now. Everything that is
// sent counts; who has access, and what became of earlier filings, does not.
func (c *Case) changedSince(seq uint64) *ChangedMeanwhile {
	out := &ChangedMeanwhile{}
	add := func(key string, line *Line) {
		if !slices.Contains(out.Keys, key) {
			out.Keys = append(out.Keys, key)
		}
		out.By, out.At = line.By, line.At
	}
	for i := len(c.History) - 1; i >= 0 && c.History[i].Seq > seq; i-- {
		line := &c.History[i]
		switch e := line.Event.(type) {
		case *Answered:
			for q := range e.Answers {
				add("answer/"+q, line)
			}
			for _, q := range e.Cleared {
				add("answer/"+q, line)
			}
		case *Saved:
			for key := range e.Changes {
				add(key, line)
			}
		case *Prefilled:
			for key := range e.Values {
				if v := c.Values[key]; v != nil && v.Seq == line.Seq {
					add(key, line)
				}
			}
		case *Attached:
			add("attachment/"+e.Slot, line)
		case *Detached:
			add("attachment/"+c.added[e.ID].Slot, line)
		case *Moved:
			add("edition", line)
		}
	}
	if len(out.Keys) == 0 {
		return nil
	}
	slices.Sort(out.Keys)
	return out
}

// needsChanged compares what was shown with what is.
func needsChanged(shown, now []string) *NeedsChanged {
	out := &NeedsChanged{
		New:  without(now, func(p string) bool { return slices.Contains(shown, p) }),
		Gone: without(shown, func(p string) bool { return slices.Contains(now, p) }),
	}
	if len(out.New)+len(out.Gone) == 0 {
		return nil
	}
	return out
}

// attachmentsOf returns the ids of the attachments that go with a filing: those in the slots of its requirement, and those that its data names.
func (st *Standing) attachmentsOf(c *Case, requirement string, data map[string]any) []string {
	named := map[string]bool{}
	collect(data, named)
	out := []string{}
	for _, a := range c.Attachments {
		inSlot := slices.ContainsFunc(st.Slots, func(s *Slot) bool { return s.ID == a.Slot && slices.Contains(s.Requirements, requirement) })
		if inSlot || named[a.ID] {
			out = append(out, a.ID)
		}
	}
	return out
}

func collect(v any, texts map[string]bool) {
	switch v := v.(type) {
	case string:
		texts[v] = true
	case []any:
		for _, x := range v {
			collect(x, texts)
		}
	case map[string]any:
		for _, x := range v {
			collect(x, texts)
		}
	}
}

// content is the data of a filing and the sums of the schemas that it follows.
func (st *Standing) content(requirement string) (data map[string]any, form string, schema map[definitions.Lang]string, err error) {
	i := slices.IndexFunc(st.Needs, func(n forms.Need) bool { return n.Requirement == requirement })
	if i < 0 || st.Needs[i].Form == "" {
		return map[string]any{}, "", nil, nil
	}
	form = st.Needs[i].Form
	data, err = st.Union.Filing(requirement, st.Input)
	if err != nil {
		return nil, "", nil, err
	}
	schema = map[definitions.Lang]string{}
	for _, lang := range definitions.Languages {
		if text := st.Edition.Book.Schema(form, lang); text != nil {
			schema[lang] = hash(text)
		}
	}
	return data, form, schema, nil
}

func deref(s *string) string { return *cmp.Or(s, new(string)) }
