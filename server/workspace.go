package server

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"luvat/definitions"
	"luvat/forms"
	"luvat/server/casefile"
)

// workspacePage is a case before it is sent: what is needed and by when, and what is still to do.
type workspacePage struct {
	page
	Heading   string
	HereURL   string
	Holder    string // on whose behalf
	Oneself   bool   // the case is the customer's own
	Place     string // where and when, as answered
	Groups    []taskGroup
	Progress  string
	Done, All int
	Needs     []neededLine
	First     string // the earliest last day
	Late      int
	Duties    []string
	Outages   []outage
	Fetched   string // when sources were last asked
	CanFetch  bool
	Editor    string
	Newer     string // address at which the case moves to a newer edition of the rules; "" when there is none
	Gone      bool   // the section that was posted is no longer needed
	Renamed   string // what is wrong with the name that was given
	Named     string // the name in the field
	MayChange bool
	Links     []link
}

// taskGroup is a part of the task list.
type taskGroup struct {
	ID, Title string
	Tasks     []task
}

// task is one page to fill in, with how far it has come.
type task struct {
	ID, Title, URL, Note string
	State                taskState
	Text                 string // the state in words
}

// taskState is how far a task has come; the page draws it, the words say it.
type taskState string

const (
	taskTodo     taskState = "todo"
	taskPart     taskState = "part"
	taskDone     taskState = "done"
	taskCheck    taskState = "check"    // something is wrong
	taskOptional taskState = "optional" // nothing has to be filled in, and nothing is
	taskWaits    taskState = "waits"    // other tasks come first
)

// neededLine is a requirement with its last day.
type neededLine struct {
	Name, Who, Due, Far string
	Late                bool
	day                 definitions.Date
}

// getWorkspace shows a case that has not been sent; one that has been is shown by its filings.
func (s *site) getWorkspace(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	if v.c.Phase != casefile.Draft {
		return s.getSent(w, r, v)
	}
	if prefillDue(v) {
		if err := s.prefill(r.Context(), v); err != nil {
			return err
		}
	}
	p, err := s.workspacePage(r, v)
	if err != nil {
		return err
	}
	return s.show(w, http.StatusOK, "workspace", p)
}

func (s *site) workspacePage(r *http.Request, v *caseVisit) (*workspacePage, error) {
	t := v.texts
	p := &workspacePage{page: s.casePage(r, v, v.c.Title), Heading: v.c.Title, HereURL: v.url(""), Named: v.c.Title, Holder: v.c.Holder.Name, Oneself: v.c.Holder.Party == "" && v.c.Holder.Account == v.actor.Account,
		Place: v.questions().eventText(), Outages: s.outages(v), CanFetch: v.c.May(v.actor, casefile.Prefilling) && prefillable(v, func(string) bool { return true }), Editor: s.editor(r.Context(), v),
		Gone: r.URL.Query().Has("gone"), MayChange: v.c.May(v.actor, casefile.Renaming)}
	p.Crumbs = p.Crumbs[:1] // the case is this page
	var err error
	if p.Newer, err = s.newEdition(r, v); err != nil {
		return nil, err
	}
	for _, line := range v.c.History {
		if _, ok := line.Event.(*casefile.Prefilled); ok {
			p.Fetched = s.moment(v.member, line.At)
		}
	}
	p.Groups = v.tasks()
	for _, g := range p.Groups {
		for _, task := range g.Tasks {
			if task.State == taskWaits || task.ID == "check" {
				continue
			}
			p.All++
			if task.State == taskDone || task.State == taskOptional {
				p.Done++
			}
		}
	}
	p.Progress = t.Say("work.progress", p.Done, p.All)
	p.Needs = v.needed()
	for _, n := range p.Needs {
		if n.Late {
			p.Late++
		} else if p.First == "" && n.Due != "" {
			p.First = t.Say("work.first", n.Due)
		}
	}
	for _, id := range v.standing.Duties {
		for _, q := range v.standing.Analysis.Requirements {
			if q.ID == id {
				p.Duties = append(p.Duties, q.Name)
			}
		}
	}
	p.Links = []link{{v.url("access"), t.Say("work.access")}, {v.url("history"), t.Say("work.history")}}
	return p, nil
}

// needed lists what is to be sent, the earliest last day first.
func (v *caseVisit) needed() []neededLine {
	t := v.texts
	var list []neededLine
	for _, n := range v.standing.Needs {
		q := v.standing.Needed(n.Requirement)
		line := neededLine{Name: n.Title.In(t.Lang), Late: q.Late}
		if q.Due != nil {
			line.day = dayOf(*q.Due)
			line.Due, line.Far = t.DayAndDate(line.day), t.Distance(line.day, v.today)
		}
		for i, a := range q.Authorities {
			if i > 0 {
				line.Who += ", "
			}
			line.Who += a.Name
		}
		list = append(list, line)
	}
	slices.SortStableFunc(list, func(a, b neededLine) int {
		return cmp.Or(boolOrder(a.day == definitions.NoDate, b.day == definitions.NoDate), cmp.Compare(a.day, b.day))
	})
	return list
}

// boolOrder puts false before true.
func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// tasks is the task list.
func (v *caseVisit) tasks() []taskGroup {
	t, st := v.texts, v.standing
	problems := map[string][]forms.Problem{}
	for _, p := range st.Union.Check(st.Input, t.Lang) {
		problems[p.Section] = append(problems[p.Section], p)
	}
	shown := st.Union.Show(st.Input)
	common, own := taskGroup{ID: "common", Title: t.Say("work.group-common")}, taskGroup{ID: "own", Title: t.Say("work.group-own")}
	for _, section := range v.sections(shown) {
		task := v.sectionTask(section, shown, problems[section.ID])
		if section.Requirement == "" {
			common.Tasks = append(common.Tasks, task)
		} else {
			own.Tasks = append(own.Tasks, task)
		}
	}
	answers := taskGroup{ID: "answers", Title: t.Say("work.group-answers"), Tasks: []task{v.answersTask(len(problems[answersSection]))}}
	sending := taskGroup{ID: "send", Title: t.Say("work.group-send")}
	all := []taskGroup{answers, common, own}
	if len(st.Slots) > 0 {
		all = append(all, taskGroup{ID: "documents", Title: t.Say("work.group-documents"), Tasks: []task{v.documentsTask()}})
	}
	check := task{ID: "check", Title: t.Say("check.title"), URL: v.url("check"), State: taskTodo, Text: t.Say("work.state-ready")}
	if slices.ContainsFunc(all, func(g taskGroup) bool { return slices.ContainsFunc(g.Tasks, unfinished) }) {
		check.State, check.Text = taskWaits, t.Say("work.state-waits")
	}
	sending.Tasks = []task{check}
	all = append(all, sending)
	return slices.DeleteFunc(all, func(g taskGroup) bool { return len(g.Tasks) == 0 })
}

func unfinished(t task) bool { return t.State != taskDone && t.State != taskOptional }

// answersTask is the questionnaire: the questions that are still open, and the answers that a form needs and does not have.
func (v *caseVisit) answersTask(missing int) task {
	t := v.texts
	out := task{ID: "answers", Title: t.Say("work.answers"), URL: v.url("answers"), State: taskDone, Text: t.Say("work.state-done")}
	if open := max(len(v.standing.Analysis.Next), missing); open > 0 {
		out.State, out.Text = taskPart, t.Count("work.state-open", open)
	}
	if n := len(v.standing.Analysis.Impossible); n > 0 {
		out.State, out.Text = taskCheck, t.Count("work.state-check", n)
	}
	return out
}

func (v *caseVisit) sectionTask(section *forms.Section, shown *forms.Shown, problems []forms.Problem) task {
	t := v.texts
	out := task{ID: section.ID, Title: section.Title.In(t.Lang), URL: v.sectionURL(section.ID), State: taskDone, Text: t.Say("work.state-done")}
	wrong := 0
	for _, p := range problems {
		if p.Keyword != "required" {
			wrong++
		}
	}
	filled := slices.ContainsFunc(section.Fields, func(f *forms.Field) bool {
		return shown.Visible(f.Key) && v.standing.Union.Value(f, v.standing.Input) != nil
	})
	switch {
	case wrong > 0:
		out.State, out.Text = taskCheck, t.Count("work.state-check", wrong)
	case len(problems) > 0 && filled:
		out.State, out.Text = taskPart, t.Count("work.state-missing", len(problems))
	case len(problems) > 0:
		out.State, out.Text = taskTodo, t.Say("work.state-todo")
	case !filled:
		out.State, out.Text = taskOptional, t.Say("work.state-optional")
	}
	return out
}

func (v *caseVisit) documentsTask() task {
	t := v.texts
	required, there, any := 0, 0, 0
	for _, slot := range v.standing.Slots {
		any += len(slot.Files)
		if slot.Required {
			required++
			if len(slot.Files) > 0 {
				there++
			}
		}
	}
	out := task{ID: "documents", Title: t.Say("attach.title"), URL: v.url("attachments"), State: taskDone, Text: t.Say("work.state-documents", there, required)}
	switch {
	case required == 0 && any == 0:
		out.State, out.Text = taskOptional, t.Say("work.state-optional")
	case required == 0:
		out.Text = t.Say("work.state-done")
	case there == 0:
		out.State = taskTodo
	case there < required:
		out.State = taskPart
	}
	return out
}

// postTitle gives the case another name.
func (s *site) postTitle(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	if err := readForm(r); err != nil {
		return err
	}
	title := strings.Join(strings.Fields(r.PostForm.Get("title")), " ")
	if wrong := titleWrong(v.texts, title); wrong != "" {
		p, err := s.workspacePage(r, v)
		if err != nil {
			return err
		}
		p.Renamed, p.Named = wrong, r.PostForm.Get("title")
		p.Title = v.texts.Say("error.title-prefix") + " " + p.Title
		return s.show(w, http.StatusUnprocessableEntity, "workspace", p)
	}
	if _, err := s.cases.Service.Rename(r.Context(), v.actor, v.c.ID, title); err != nil {
		return err
	}
	http.Redirect(w, r, v.url(""), http.StatusSeeOther)
	return nil
}
