package server

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"

	"github.com/go-chi/chi/v5"

	"luvat/engine"
	"luvat/server/casefile"
)

// The answers of a case are changed in the questionnaire of the analyser: its addresses carry the answers, the case, and the number of
// the case's last entry when the change began. What comes back is looked at first, and then saved as a change since that entry, so that
// two who change different answers merge.

func (s *site) answerRoutes(r chi.Router) {
	r.Get(inLanguage+"/my/{case}/answers", s.viewing(s.getCaseAnswers))
	r.Post(inLanguage+"/my/{case}/answers", s.inCase(s.postCaseAnswers))
}

// fromCase lets a visit that came from a case see the questions of the case's own edition. Whoever may not read the case, or has been
// logged out meanwhile, goes on as anybody does; their answers stay in the address.
func (s *site) fromCase(r *http.Request, v *visit) error {
	id := first(r, "case")
	if s.cases == nil || id == "" {
		return nil
	}
	seq, err := strconv.ParseUint(first(r, "seq"), 10, 64)
	if err != nil {
		return pageError{http.StatusBadRequest, "error.answers"}
	}
	m, err := s.memberIn(r, v.texts)
	if err != nil || m == nil {
		return err
	}
	c, err := s.cases.Service.Read(r.Context(), m.actor, id)
	if errors.Is(err, casefile.ErrNoCase) {
		return nil
	}
	if err != nil || c.Bundle != r.PathValue("bundle") {
		return err
	}
	edition, err := s.cases.Editions.Edition(c.Edition)
	if err != nil {
		return err
	}
	v.of, v.seq, v.program = c, seq, edition.Program
	return nil
}

// questions is the visit of the analyser that has the answers of the case.
func (v *caseVisit) questions() *visit {
	return &visit{texts: v.texts, program: v.standing.Edition.Program, today: v.today, on: v.standing.Day, answers: v.standing.Answers, of: v.c, seq: v.c.Seq}
}

// questionnaire returns the address at which the answers of the case are changed: of one question, or the first that is open.
func (v *caseVisit) questionnaire(question string) string {
	q := v.questions()
	if u := q.questionURL(question); u != "" {
		return u
	}
	for _, step := range q.course(v.standing.Analysis, "").steps {
		if step.State == "todo" || step.State == "part" {
			return step.URL
		}
	}
	return q.url("answers")
}

// reviewPage shows what changed answers bring, before they are saved; or, after that, where others have answered the same meanwhile.
type reviewPage struct {
	page
	Kept      bool
	Action    string
	Fields    []link // what goes along
	Changes   []answerChange
	New, Gone []string // what is needed now, and what is no more
	Conflicts []answerConflict
	Saved     bool // some answers have been saved, beside the conflicts
	EditURL   string
	CaseURL   string
}

type answerChange struct{ Ask, Before, After string }

type answerConflict struct {
	ID, Ask, Mine, Theirs, By, At string
}

// getCaseAnswers leads to the questionnaire, or with answers in the address shows what they change.
func (s *site) getCaseAnswers(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	if err := v.mayAnswer(); err != nil {
		return err
	}
	kept, err := s.kept(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	if kept != nil && !q.Has("seq") {
		r.PostForm = kept
	} else if !q.Has("seq") {
		http.Redirect(w, r, v.questionnaire(q.Get("q")), http.StatusSeeOther)
		return nil
	}
	p, _, err := s.reviewPage(r, v)
	if err != nil {
		return err
	}
	p.Kept = r.PostForm != nil
	return s.show(w, http.StatusOK, "review", p)
}

// mayAnswer is asked before the questionnaire is shown, so that nobody fills in what they may not save.
func (v *caseVisit) mayAnswer() error {
	switch role := v.c.RoleOf(v.actor); {
	case v.c.May(v.actor, casefile.Answering):
		return nil
	case role == casefile.RoleRead:
		return &casefile.Forbidden{Action: casefile.Answering, Role: role, Least: casefile.RoleEdit}
	}
	return &casefile.NotNow{Action: casefile.Answering, Phase: v.c.Phase}
}

// reviewPage reads the answers of a request and holds them against what the case had when the change began.
func (s *site) reviewPage(r *http.Request, v *caseVisit) (*reviewPage, *casefile.Answers, error) {
	now := v.questions()
	var err error
	if now.seq, err = strconv.ParseUint(first(r, "seq"), 10, 64); err != nil {
		return nil, nil, pageError{http.StatusBadRequest, "error.answers"}
	}
	before, err := s.answersAt(r.Context(), v, now.seq)
	if err != nil {
		return nil, nil, err
	}
	if err := now.takeFrom(r); err != nil {
		return nil, nil, err
	}
	in := changedAnswers(before, now.given(), now.seq)
	t := v.texts
	p := &reviewPage{page: s.casePage(r, v, t.Say("review.title")), Action: v.url("answers"), CaseURL: v.url(""), EditURL: now.url("answers")}
	query := now.query()
	for _, name := range []string{"a", "t", "seq"} {
		if value := query.Get(name); value != "" {
			p.Fields = append(p.Fields, link{name, value})
		}
	}
	for _, q := range now.bundle().Questions {
		_, changed := in.Answers[q.ID]
		if changed || slices.Contains(in.Cleared, q.ID) {
			p.Changes = append(p.Changes, answerChange{q.Ask.In(t.Lang), now.words(q.ID, before), now.words(q.ID, now.given())})
		}
	}
	p.New, p.Gone = v.brings(in)
	return p, in, nil
}

// answersAt returns the answers that the case had after an entry.
func (s *site) answersAt(ctx context.Context, v *caseVisit, seq uint64) (map[string]any, error) {
	c := v.c
	if seq < 1 || seq > c.Seq {
		return nil, pageError{http.StatusBadRequest, "error.answers"}
	}
	if seq < c.Seq {
		entries, err := s.cases.Store.Read(ctx, c.ID, 0)
		if err != nil {
			return nil, err
		}
		if c, err = casefile.Fold(entries[:seq]); err != nil {
			return nil, err
		}
	}
	// Held against the same questions as those that come back, so that an answer that the edition does not take counts for neither.
	then := &visit{program: v.standing.Edition.Program}
	then.take(givenIn(c))
	return then.given(), nil
}

// givenIn returns the answers of a case by question id, nil for "I don't know yet".
func givenIn(c *casefile.Case) map[string]any {
	given := map[string]any{}
	for q, value := range c.Answers {
		if !value.Cleared {
			given[q] = value.Value
		}
	}
	return given
}

// changedAnswers are the answers that differ.
func changedAnswers(before, after map[string]any, base uint64) *casefile.Answers {
	in := &casefile.Answers{Base: base, Answers: map[string]any{}}
	for q, value := range after {
		if old, had := before[q]; !had || !sameJSON(old, value) {
			in.Answers[q] = value
		}
	}
	for _, q := range slices.Sorted(maps.Keys(before)) {
		if _, has := after[q]; !has {
			in.Cleared = append(in.Cleared, q)
		}
	}
	return in
}

func sameJSON(a, b any) bool {
	if reflect.DeepEqual(a, b) {
		return true
	}
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// words returns an answer as people read it.
func (v *visit) words(question string, answers map[string]any) string {
	value, ok := answers[question]
	switch {
	case !ok:
		return v.texts.Say("review.none")
	case value == nil:
		return v.texts.Say("answer.unsure")
	}
	return v.program.AnswerText(question, value, v.lang())
}

// brings returns the names of what is needed when answers are changed and is not now, and the other way round.
func (v *caseVisit) brings(in *casefile.Answers) (needed, lapsed []string) {
	program := v.standing.Edition.Program
	answers := program.NewAnswers()
	now := v.questions().given()
	maps.Copy(now, in.Answers)
	for _, q := range in.Cleared {
		delete(now, q)
	}
	for q, value := range now {
		if err := answers.Set(q, value); err != nil {
			continue // saving will say so
		}
	}
	after := program.Analyse(answers, v.standing.Day, v.texts.Lang)
	for i, r := range after.Requirements { // the same requirements in the same order
		was := v.standing.Analysis.Requirements[i].Status == engine.Needed
		switch is := r.Status == engine.Needed; {
		case is && !was:
			needed = append(needed, r.Name)
		case was && !is:
			lapsed = append(lapsed, r.Name)
		}
	}
	return needed, lapsed
}

// postCaseAnswers saves. Where others have answered the same meanwhile it asks which answer is to stand; the form that asks comes back
// here with what was chosen.
func (s *site) postCaseAnswers(w http.ResponseWriter, r *http.Request, v *caseVisit) error {
	if err := r.ParseForm(); err != nil {
		return pageError{http.StatusBadRequest, "error.form"}
	}
	p, in, err := s.reviewPage(r, v)
	if err != nil {
		return err
	}
	if chosen := r.PostForm["conflict"]; len(chosen) > 0 {
		for q := range in.Answers {
			if !slices.Contains(chosen, q) || r.PostForm.Get("keep."+q) != "mine" {
				delete(in.Answers, q)
			}
		}
		in.Cleared = slices.DeleteFunc(in.Cleared, func(q string) bool { return !slices.Contains(chosen, q) || r.PostForm.Get("keep."+q) != "mine" })
		if seen, err := strconv.ParseUint(r.PostForm.Get("seen"), 10, 64); err == nil {
			in.Base = seen // what the others had answered has been seen
		}
	}
	c, err := s.cases.Service.Answer(r.Context(), v.actor, v.c.ID, *in)
	var conflict *casefile.MergeConflict
	if errors.As(err, &conflict) {
		p.ask(conflict, in, v, givenIn(c), s.teller(r.Context(), v.texts))
		return s.show(w, http.StatusConflict, "review", p)
	}
	if err != nil {
		return err
	}
	s.released(r)
	http.Redirect(w, r, v.url(""), http.StatusSeeOther)
	return nil
}

// ask makes the page ask which of two answers is to stand.
func (p *reviewPage) ask(conflict *casefile.MergeConflict, in *casefile.Answers, v *caseVisit, theirs map[string]any, say teller) {
	q := v.questions()
	p.Title = v.texts.Say("review.conflict-title")
	p.Saved = len(conflict.Saved) > 0
	p.Changes, p.New, p.Gone = nil, nil, nil
	p.Fields = append(p.Fields, link{"seen", strconv.FormatUint(conflict.Seq, 10)})
	for _, id := range conflict.Keys {
		question := q.question(id)
		if question == nil {
			continue
		}
		p.Fields = append(p.Fields, link{"conflict", id})
		p.Conflicts = append(p.Conflicts, answerConflict{ID: id, Ask: question.Ask.In(v.texts.Lang), Mine: q.words(id, in.Answers), Theirs: q.words(id, theirs),
			By: say.name(conflict.By[id]), At: say.moment(conflict.At[id])})
	}
}
