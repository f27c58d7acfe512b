package server

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"luvat/definitions"
	"luvat/forms"
	"luvat/server/casefile"
	"luvat/server/locale"
)

// sectionPage is one section of the case's form.
type sectionPage struct {
	page
	Heading   string
	Lead      string
	Action    string
	Base      uint64 // the last entry that this page shows
	Controls  []*control
	Errors    []fieldError
	Clashes   []link // fields that somebody else changed at the same time
	Kept      bool   // it shows what was typed when the session had ended
	More      bool   // fields came to the page because of what was just saved
	Checked   bool   // problems are shown
	Saved     string // when it was last saved, in words
	Editor    string // who else has changed the case, and when
	Before    *link
	Next      link
	List      string // address of the task list
	Rows      []summaryRow
	MayChange bool
}

// The words that the buttons of the page send.
const (
	doContinue = "continue"
	doUpdate   = "update"
	doList     = "list"
)

func (s *site) getSection(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	section := v.section(r)
	if section == nil {
		return pageError{http.StatusNotFound, "error.404"}
	}
	e := &edit{section: section, base: v.c.Seq}
	kept, err := s.kept(r)
	if err != nil {
		return err
	}
	if kept != nil {
		if e, err = s.readEdit(r.Context(), v, section, kept); err != nil {
			return err
		}
		e.kept = true
		maps.Copy(e.mine, e.changes)
	}
	p := s.sectionPage(r, v, e)
	p.More = r.URL.Query().Has("more")
	return s.show(w, http.StatusOK, "section", p)
}

func (v *caseVisit) section(r *http.Request) *forms.Section {
	return v.standing.Union.Section(r.PathValue("section"))
}

// edit is a section as somebody filled it in.
type edit struct {
	section  *forms.Section
	form     url.Values
	base     uint64          // the last entry that the page showed which was filled in
	changes  forms.Data      // what was changed there
	problems []forms.Problem // what could not be read
	typed    url.Values      // the texts that could not be read, by the name that their fields have on the page that is shown next
	mine     map[string]any  // values that are shown and not saved: those that clash, and all of a kept form
	clashes  []string        // keys that somebody else changed at the same time
	unsaid   map[string]bool // clashes about which nothing was chosen, though the form was sent
	kept     bool
	checked  bool // problems are to be said
	failed   []forms.Problem
}

// readEdit reads a posted section. What counts as changed is what differs from what the page had shown, not from what is there now: a
// field that a colleague has changed meanwhile and this customer has not is none of the changes.
func (s *site) readEdit(ctx context.Context, v *caseVisit, section *forms.Section, form url.Values) (*edit, error) {
	e := &edit{section: section, form: form, base: v.c.Seq, mine: map[string]any{}, unsaid: map[string]bool{}, checked: form.Has("checked")}
	if base, err := strconv.ParseUint(form.Get("base"), 10, 64); err == nil && base < e.base {
		e.base = base
	}
	in := v.standing.Input
	in.Lang = v.texts.Lang
	var err error
	if in.Data, err = s.dataAt(ctx, v.c, e.base); err != nil {
		return nil, err
	}
	e.changes, e.problems = v.standing.Union.Decode(section, form, in)
	e.typed = url.Values{}
	for name, values := range unreadable(e.problems, form) {
		e.typed[renumbered(section, form, in.Data, name)] = values
	}
	for i, p := range e.problems {
		e.problems[i].Name = renumbered(section, form, in.Data, p.Name)
	}
	for _, name := range form["clash"] {
		i := slices.IndexFunc(section.Fields, func(f *forms.Field) bool { return f.Name == name })
		if i < 0 {
			continue
		}
		key := section.Fields[i].Key
		mine, differs := e.changes[key]
		switch {
		case !differs || form.Get(chooseName(name)) == "mine":
		case form.Get(chooseName(name)) == "theirs":
			delete(e.changes, key)
		default: // nothing chosen yet
			delete(e.changes, key)
			e.clashes = append(e.clashes, key)
			e.mine[key], e.unsaid[key] = mine, form.Has("do")
		}
	}
	return e, nil
}

// renumbered returns the name that a field of a posted form has once the form is saved: of a list, items that were taken away and items
// in which nothing is are gone then, and those after them move up.
func renumbered(section *forms.Section, form url.Values, old forms.Data, name string) string {
	for _, f := range section.Fields {
		rest, inList := strings.CutPrefix(name, f.Name+".")
		if !inList || f.Control != forms.ListControl && f.Control != forms.TableControl {
			continue
		}
		number, rest, _ := strings.Cut(rest, ".")
		at, err := strconv.Atoi(number)
		if err != nil {
			return name
		}
		was, _ := old[f.Key].([]any)
		moved := at
		for i := range at {
			if form.Has(f.RemoveName(i)) || blankItem(form, f.Name+"."+strconv.Itoa(i), was, i) {
				moved--
			}
		}
		name = f.Name + "." + strconv.Itoa(moved)
		if rest != "" {
			name += "." + rest
		}
	}
	return name
}

// blankItem reports whether nothing is in an item of a posted list, nor was before.
func blankItem(form url.Values, item string, was []any, i int) bool {
	for name, values := range form {
		if (name == item || strings.HasPrefix(name, item+".")) && slices.ContainsFunc(values, func(v string) bool { return strings.TrimSpace(v) != "" }) {
			return false
		}
	}
	if i >= len(was) {
		return true
	}
	parts, _ := was[i].(map[string]any)
	return len(parts) == 0
}

// dataAt returns the values of a case as they were after one of its entries.
func (s *site) dataAt(ctx context.Context, c *casefile.Case, seq uint64) (forms.Data, error) {
	if seq >= c.Seq {
		return c.Data, nil
	}
	entries, err := s.cases.Store.Read(ctx, c.ID, 0)
	if err != nil {
		return nil, err
	}
	then, err := casefile.Fold(entries[:min(seq, uint64(len(entries)))])
	if err != nil {
		return nil, err
	}
	return then.Data, nil
}

// postSection saves what was filled in, whatever is wrong with it, and then decides where to go. A script that saves while the customer
// writes (the header X-Part) gets the page as it is then and goes nowhere.
func (s *site) postSection(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	if err := readForm(r); err != nil {
		return err
	}
	section := v.section(r)
	if section == nil { // what asked for it is no longer needed: a colleague has changed an answer
		http.Redirect(w, r, v.url("")+"?gone=1", http.StatusSeeOther)
		return nil
	}
	e, err := s.readEdit(r.Context(), v, section, r.PostForm)
	if err != nil {
		return err
	}
	if err := s.saveEdit(r.Context(), v, e); err != nil {
		return err
	}
	if r.PostForm.Has("kept") {
		s.released(r)
	}
	if r.Header.Get("X-Part") != "" {
		if e.checked {
			e.failed = s.wrong(v, e)
		} else {
			e.failed = e.problems
		}
		return s.showPart(w, http.StatusOK, "section", "live", s.sectionPage(r, v, e))
	}
	return s.leaveSection(w, r, v, e)
}

// saveEdit saves the changes, and moves the visit on to the case as it is then.
func (s *site) saveEdit(ctx context.Context, v *caseVisit, e *edit) error {
	c, err := s.cases.Service.Save(ctx, v.actor, v.c.ID, casefile.Save{Base: e.base, Changes: e.changes})
	var conflict *casefile.MergeConflict
	switch {
	case errors.As(err, &conflict):
		e.clashes = append(e.clashes, conflict.Keys...)
		maps.Copy(e.mine, conflict.Mine)
	case err != nil:
		return err
	}
	v.c, e.base = c, c.Seq
	v.standing, err = s.cases.Service.Standing(c, v.texts.Lang)
	if err != nil {
		return err
	}
	if section := v.standing.Union.Section(e.section.ID); section != nil {
		e.section = section
	}
	return nil
}

// leaveSection goes where the button says. It stays where something typed would be lost otherwise, and, when the customer wants to go on,
// where something is wrong.
func (s *site) leaveSection(w http.ResponseWriter, r *http.Request, v *caseVisit, e *edit) error {
	here := v.sectionURL(e.section.ID)
	to, fine := "", len(e.problems) == 0 && len(e.clashes) == 0
	do := r.PostForm.Get("do")
	switch anchor := listAnchor(v, e); {
	case anchor != "":
		to = here + "#" + url.PathEscape(anchor)
	case do == doList:
		to = v.url("")
	case r.PostForm.Has("file"):
		to = address(v.url("attachments"), url.Values{"slot": {r.PostForm.Get("file")}})
	case do == doContinue:
		e.checked = true
		e.failed = s.wrong(v, e)
		if fresh := onlyFresh(e); fine && fresh != "" {
			to = here + "?more=1#" + url.PathEscape(fresh)
		} else if fine = fine && len(e.failed) == 0; fine {
			_, next := v.around(v.show(), e.section.ID)
			to = next.URL
		}
	default:
		to = here
	}
	if fine {
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	}
	if !e.checked {
		e.failed = e.problems
	}
	status := http.StatusUnprocessableEntity
	if len(e.clashes) > 0 {
		status = http.StatusConflict
	}
	return s.show(w, status, "section", s.sectionPage(r, v, e))
}

// wrong is everything that is wrong with a section: what could not be read, and what the check of the form says of the rest.
func (s *site) wrong(v *caseVisit, e *edit) []forms.Problem {
	in := v.standing.Input
	in.Data = overlay(in.Data, e.mine)
	problems := slices.Clone(e.problems)
	for _, p := range v.standing.Union.CheckSection(e.section.ID, in, v.texts.Lang) {
		if !slices.ContainsFunc(e.problems, func(o forms.Problem) bool { return o.Name == p.Name }) {
			problems = append(problems, p)
		}
	}
	order := map[string]int{}
	for i, f := range e.section.Fields {
		order[f.Name] = i
	}
	place := func(p forms.Problem) int {
		name, _, _ := strings.Cut(p.Name, ".")
		return order[name]
	}
	slices.SortStableFunc(problems, func(a, b forms.Problem) int { return place(a) - place(b) })
	return problems
}

// onlyFresh returns the first field that is wrong when all of them have come to the page only by what was just saved: nobody has been
// asked them yet.
func onlyFresh(e *edit) string {
	for _, p := range e.failed {
		name, _, _ := strings.Cut(p.Name, ".")
		for sent := range e.form {
			if sent == p.Name || strings.HasPrefix(sent, name+".") || sent == name || sent == "seen:"+name {
				return ""
			}
		}
	}
	if len(e.failed) == 0 {
		return ""
	}
	return e.failed[0].Name
}

// listAnchor returns where to go after a button that adds an item or takes one away: the first field of the new one; of what is left, the
// one in the place of the one that is gone, the one before it, or the button that adds. It is "" when no such button was pressed.
func listAnchor(v *caseVisit, e *edit) string {
	for sent := range e.form {
		name, adds := strings.CutPrefix(sent, "add:")
		removed := -1
		if !adds {
			var removes bool
			if name, removes = strings.CutPrefix(sent, "remove:"); !removes {
				continue
			}
			i := strings.LastIndexByte(name, '.')
			if i < 0 {
				continue
			}
			removed, _ = strconv.Atoi(name[i+1:])
			name = name[:i]
		}
		list, items := v.listNamed(e, name)
		switch n := len(items); {
		case list == nil:
			continue
		case adds && n > 0:
			return list.At(n - 1)[0].Name
		case removed < n && n > 0:
			return name + "." + strconv.Itoa(removed)
		case n > 0:
			return name + "." + strconv.Itoa(n-1)
		}
		return list.AddName()
	}
	return ""
}

// listNamed finds a list of a section by its name, with its items.
func (v *caseVisit) listNamed(e *edit, name string) (*forms.Field, []any) {
	for _, f := range e.section.Fields {
		if found, value := listIn(f, v.standing.Union.Value(f, v.standing.Input), name); found != nil {
			items, _ := value.([]any)
			return found, items
		}
	}
	return nil, nil
}

func listIn(f *forms.Field, value any, name string) (*forms.Field, any) {
	if f.Name == name {
		return f, value
	}
	if !strings.HasPrefix(name, f.Name+".") {
		return nil, nil
	}
	switch v := value.(type) {
	case map[string]any:
		for _, part := range f.Fields {
			if found, x := listIn(part, v[part.Property], name); found != nil {
				return found, x
			}
		}
	case []any:
		for i, item := range v {
			parts, _ := item.(map[string]any)
			for _, part := range f.At(i) {
				if found, x := listIn(part, parts[part.Property], name); found != nil {
					return found, x
				}
			}
		}
	}
	return nil, nil
}

func (v *caseVisit) sectionURL(id string) string { return v.url("form/" + url.PathEscape(id)) }

// sectionPage builds the page of a section.
func (s *site) sectionPage(r *http.Request, v *caseVisit, e *edit) *sectionPage {
	t := v.texts
	title := e.section.Title.In(t.Lang)
	p := &sectionPage{page: s.casePage(r, v, title+" – "+v.c.Title), Heading: title, Lead: e.section.Help.In(t.Lang), Action: v.sectionURL(e.section.ID),
		Base: e.base, Kept: e.kept, Checked: e.checked, List: v.url(""), MayChange: v.c.May(v.actor, casefile.Saving), Editor: s.editor(r.Context(), v)}
	if n := v.need(e.section.Requirement); n != nil {
		p.Lead = needLead(t, n)
	}
	p.Saved = t.Say("work.saved", s.moment(v.member, v.c.Changed))
	if !p.MayChange {
		shown := v.show()
		p.Before, p.Next = v.around(shown, e.section.ID)
		p.Rows = v.summaryRows(e.section, shown, nil)
		return p
	}
	in := v.standing.Input
	in.Data = overlay(in.Data, e.mine)
	d := s.drawing(r.Context(), v, in)
	p.Before, p.Next = v.around(d.shown, e.section.ID)
	d.typed = e.typed
	p.Errors = d.fail(e.failed)
	if len(p.Errors) > 0 && e.checked {
		p.Title = t.Say("error.title-prefix") + " " + p.Title
	}
	p.Controls = d.section(e.section)
	for _, c := range p.Controls {
		for _, key := range e.clashes {
			if f := v.standing.Union.Field(key); f != nil && f.Name == c.ID {
				c.Clash = s.clash(r.Context(), v, f, e.unsaid[key])
				p.Clashes = append(p.Clashes, link{"#" + c.ID, c.Title})
			}
		}
	}
	return p
}

// needLead says to whom a section goes and by which law.
func needLead(t locale.Texts, n *forms.Need) string {
	var who []string
	for _, a := range n.Authorities {
		who = append(who, a.Name.In(t.Lang))
	}
	if len(who) == 0 {
		return ""
	}
	return t.Say("work.section-goes", strings.Join(who, ", "))
}

// clash says what somebody else put into a field at the same time.
func (s *site) clash(ctx context.Context, v *caseVisit, f *forms.Field, unsaid bool) *clash {
	c := &clash{Name: f.Name, Unsaid: unsaid}
	x := valueTextOf(v)
	if value := v.c.Values[f.Key]; value != nil {
		c.Theirs = x.lines(f, value.Value)
		c.Who, c.At = s.nameOf(ctx, v, value.By), s.moment(v.member, value.At)
	}
	if len(c.Theirs) == 0 {
		c.Theirs = []string{v.texts.Say("work.emptied")}
	}
	return c
}

// around returns the pages before and after a section in the order of the task list.
func (v *caseVisit) around(shown *forms.Shown, id string) (before *link, next link) {
	all := v.pages(shown)
	i := slices.IndexFunc(all, func(l link) bool { return l.URL == v.sectionURL(id) })
	if i > 0 {
		before = &all[i-1]
	}
	return before, all[min(i+1, len(all)-1)]
}

// pages are the pages that are filled in, in order: sections with a field that is shown, documents, and the check.
func (v *caseVisit) pages(shown *forms.Shown) []link {
	var all []link
	for _, section := range v.sections(shown) {
		all = append(all, link{v.sectionURL(section.ID), section.Title.In(v.texts.Lang)})
	}
	if len(v.standing.Slots) > 0 {
		all = append(all, link{v.url("attachments"), v.texts.Say("attach.title")})
	}
	return append(all, link{v.url("check"), v.texts.Say("check.title")})
}

// show decides which fields of the case's form are shown as it stands.
func (v *caseVisit) show() *forms.Shown { return v.standing.Union.Show(v.standing.Input) }

// answersSection is the section that only shows what was answered in the questionnaire.
const answersSection = "common-answers"

// sections are the sections that are filled in.
func (v *caseVisit) sections(shown *forms.Shown) []*forms.Section {
	var all []*forms.Section
	for _, section := range v.standing.Union.Sections {
		if section.ID != answersSection && shown.Section(section) {
			all = append(all, section)
		}
	}
	return all
}

func (v *caseVisit) need(requirement string) *forms.Need {
	for i, n := range v.standing.Needs {
		if n.Requirement == requirement {
			return &v.standing.Needs[i]
		}
	}
	return nil
}

// editor says who else has changed the case last, when that was after this account's own last change; "" when nobody has.
func (s *site) editor(ctx context.Context, v *caseVisit) string {
	for i := len(v.c.History) - 1; i >= 0; i-- {
		line := v.c.History[i]
		switch line.Event.(type) {
		case *casefile.Saved, *casefile.Answered, *casefile.Attached, *casefile.Detached:
		default:
			continue
		}
		if line.By == v.actor.Account {
			return ""
		}
		return v.texts.Say("work.editor", s.nameOf(ctx, v, line.By), s.moment(v.member, line.At))
	}
	return ""
}

// nameOf returns the name of somebody who did something with the case.
func (s *site) nameOf(ctx context.Context, v *caseVisit, by string) string {
	if by == v.actor.Account {
		return v.texts.Say("work.you")
	}
	if p := v.c.Person(by); p != nil {
		return p.Name
	}
	if a, err := s.cases.Identity.Accounts().Get(ctx, by); err == nil && a.Name != "" {
		return a.Name
	}
	return v.texts.Say("work.somebody")
}

// dayOf reads a day of the analysis; "" and what is none are NoDate.
func dayOf(text string) definitions.Date {
	day, _ := definitions.ParseDate(text)
	return day
}
