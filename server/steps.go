package server

import (
	"slices"

	"luvat/definitions"
	"luvat/engine"
)

// step is a page of the questionnaire as the navigation shows it.
type step struct {
	ID, Title, URL string
	Number         int
	Current        bool
	State          string // done, todo, part, or idle: nothing on it can change anything
	StateText      string
}

// course is the questionnaire under the answers so far.
type course struct {
	steps    []step
	visible  map[string]bool // relevant and asked by the questionnaire
	matters  map[string]bool // its answer can change something, or already has a say
	answered int
	total    int
}

// course folds the answers into the state of every page.
func (v *visit) course(a *engine.Analysis, current string) course {
	c := course{visible: map[string]bool{}, matters: map[string]bool{}}
	relevance := v.program.Relevant(v.answers, v.on)
	for i, q := range v.bundle().Questions {
		// A question that may be relevant waits until the question it hangs on is answered; "I don't know yet" there leaves it out.
		if q.Form || relevance[i] != engine.Relevant {
			continue
		}
		c.visible[q.ID] = true
		c.matters[q.ID] = v.has(q.ID) || slices.Contains(a.Next, q.ID)
	}
	query := v.query()
	for i, g := range v.bundle().Groups {
		s := step{ID: g.ID, Title: g.Title.In(v.lang()), URL: address(v.path("questions/"+g.ID), query), Number: i + 1, Current: g.ID == current}
		answered, total := 0, 0
		for _, q := range v.inGroup(g.ID) {
			if c.visible[q.ID] && c.matters[q.ID] {
				total++
				if v.has(q.ID) || v.unsure(q.ID) {
					answered++
				}
			}
		}
		switch {
		case total == 0:
			s.State = "idle"
		case answered == total:
			s.State = "done"
		case answered > 0:
			s.State = "part"
		default:
			s.State = "todo"
		}
		s.StateText = v.texts.Say("step." + s.State)
		c.answered += answered
		c.total += total
		c.steps = append(c.steps, s)
	}
	return c
}

// done reports whether no question that is asked and still unanswered can change anything.
func (c course) done() bool { return c.answered == c.total }

func (v *visit) inGroup(id string) []*definitions.Question {
	var list []*definitions.Question
	for _, q := range v.bundle().Questions {
		if q.Group.ID() == id && !q.Form {
			list = append(list, q)
		}
	}
	return list
}

// after returns the next page on which something matters, "" when the result is next.
func (c course) after(id string) string {
	past := false
	for _, s := range c.steps {
		if past && s.State != "idle" {
			return s.ID
		}
		past = past || s.ID == id
	}
	return ""
}

// before returns the page before, "" when there is none.
func (c course) before(id string) string {
	last := ""
	for _, s := range c.steps {
		if s.ID == id {
			break
		}
		if s.State != "idle" {
			last = s.ID
		}
	}
	return last
}
