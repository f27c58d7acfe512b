package casefile

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"

	"luvat/engine"
)

// readAnswers holds answers against an edition's questions. It returns them as they are kept, and as the engine reads them. The error is
// an *Invalid with an *engine.AnswerErrors in it.
func readAnswers(edition Edition, answers map[string]any) (map[string]json.RawMessage, *engine.Answers, error) {
	read := edition.Program.NewAnswers()
	out := make(map[string]json.RawMessage, len(answers))
	wrong := &engine.AnswerErrors{}
	for q, v := range answers {
		if err := read.Set(q, v); err != nil {
			var one *engine.AnswerErrors
			if !errors.As(err, &one) {
				return nil, nil, err
			}
			wrong.Problems = append(wrong.Problems, one.Problems...)
			continue
		}
		// Kept as the engine writes it, so that one answer is written in one way only; none (an empty text) stays as it was given.
		kept, ok := read.Get(q)
		if !ok {
			kept = v
		}
		raw, err := json.Marshal(kept)
		if err != nil {
			return nil, nil, &Invalid{What: "answers", Code: Wrong, Given: q}
		}
		out[q] = raw
	}
	if len(wrong.Problems) > 0 {
		slices.SortFunc(wrong.Problems, func(a, b engine.AnswerProblem) int { return cmp.Compare(a.Question, b.Question) })
		return nil, nil, &Invalid{What: "answers", Code: Wrong, Cause: wrong}
	}
	return out, read, nil
}

// Answers changes answers of the questionnaire: nil is "I don't know yet", and Cleared lists questions that become unanswered. Base is
// the number of the last entry that the writer had seen.
type Answers struct {
	Base    uint64
	Answers map[string]any
	Cleared []string
}

// Answer changes answers, each question on its own. Besides the errors of every action it returns, with the case as it is then, a
// *MergeConflict when somebody else has answered the same questions since; and an *Invalid, with nothing changed.
func (s *Service) Answer(ctx context.Context, a Actor, id string, in Answers) (*Case, error) {
	var conflict *MergeConflict
	c, err := s.act(ctx, a, id, Answering, func(d *draft) error {
		edition, err := s.editions.Edition(d.c.Edition)
		if err != nil {
			return err
		}
		given, _, err := readAnswers(edition, in.Answers)
		if err != nil {
			return err
		}
		merge := merging{values: d.c.Answers, base: in.Base}
		event := &Answered{Answers: map[string]json.RawMessage{}}
		for q, raw := range given {
			value, err := decodeValue(raw)
			if err != nil {
				return err
			}
			if merge.take(q, value, false) {
				event.Answers[q] = raw
			}
		}
		for _, q := range in.Cleared {
			if merge.take(q, nil, true) {
				event.Cleared = append(event.Cleared, q)
			}
		}
		conflict = merge.conflict(d.c.Seq)
		if len(event.Answers)+len(event.Cleared) == 0 {
			return nil
		}
		slices.Sort(event.Cleared)
		now, _ := d.c.answers(edition.Program)
		for q, raw := range event.Answers {
			value, _ := decodeValue(raw)
			if err := now.Set(q, value); err != nil {
				return err
			}
		}
		for _, q := range event.Cleared {
			now.Clear(q)
		}
		event.Due = due(edition, now, s.day(d.c))
		if err := d.add(event); err != nil {
			return err
		}
		if conflict != nil {
			conflict.Seq = d.c.Seq
		}
		return nil
	})
	if err == nil && conflict != nil {
		err = conflict
	}
	return c, err
}
