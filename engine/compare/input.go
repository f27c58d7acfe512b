package main

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"luvat/definitions"
	"luvat/engine/bench/event"
)

const minutesPerDay = 24 * 60

// never is a threshold that nothing reaches: the value of a parameter at a place where it has none.
const never = 1e9

// input returns the values that the other engines decide a case by: its answers, what stands for those that are not asked, and
// the inputs of the translation. Numbers are float64, times minutes since 1970-01-01.
func (t *translation) input(a *event.Answers, on definitions.Date) (map[string]any, error) {
	var answers map[string]any
	if err := json.Unmarshal(a.JSON(nil), &answers); err != nil {
		return nil, err
	}
	values := map[string]any{}
	for _, q := range t.bundle.Questions {
		v, err := plain(q, answers[q.ID])
		if err != nil {
			return nil, err
		}
		values[q.ID] = v
	}
	for _, name := range t.inputs {
		id := name[2:]
		switch name[0] {
		case 'p', 'e':
			v := t.parameter(id, fmt.Sprintf("%03d", a.Municipality[0]), on)
			if name[0] == 'e' {
				values[name] = v != nil
			} else if values[name] = v; v == nil {
				values[name] = never
			}
		case 'd':
			minutes := values[id].(float64)
			values[name] = math.Floor(minutes/minutesPerDay) * minutesPerDay
		case 'b':
			from, to, _ := strings.Cut(id, "__")
			values[name] = math.Floor(values[to].(float64)/minutesPerDay) - math.Floor(values[from].(float64)/minutesPerDay)
		case 'w':
			values[name] = t.inArea(t.areas[name], fmt.Sprintf("%03d", a.Municipality[0]))
		case 'o':
			values[name] = a.OutsideQuietHours()
		}
	}
	return values, nil
}

// plain gives an answer the type that a question of its kind has in every engine.
func plain(q *definitions.Question, v any) (any, error) {
	switch q.Type {
	case definitions.Boolean:
		yes, _ := v.(bool)
		return yes, nil
	case definitions.Integer, definitions.Number, definitions.Money:
		x, _ := v.(float64)
		return x, nil
	case definitions.DateTime:
		s, _ := v.(string)
		at, err := time.Parse("2006-01-02T15:04", s)
		return float64(at.Unix() / 60), err
	case definitions.Choices:
		return texts(v), nil
	case definitions.Municipality:
		if q.Many {
			return texts(v), nil
		}
	}
	s, _ := v.(string)
	return s, nil
}

func texts(v any) []string {
	out := []string{}
	list, _ := v.([]any)
	for _, x := range list {
		out = append(out, x.(string))
	}
	return out
}

// parameter returns the value of a parameter at a place on a day, nil when it has none.
func (t *translation) parameter(id, municipality string, on definitions.Date) any {
	var value any
	var local bool
	var from definitions.Date
	for _, p := range t.bundle.Parameters {
		for _, v := range p.Values {
			where := v.Where
			if len(where) == 0 && p.Overlay != nil {
				where = p.Overlay.Where
			}
			if p.ID != id || v.From > on || len(where) > 0 && !t.inArea(where, municipality) {
				continue
			}
			if here := len(where) > 0; value == nil || here && !local || here == local && v.From >= from {
				value, local, from = v.Value, here, v.From
			}
		}
	}
	return value
}

func (t *translation) inArea(where []definitions.Ref, municipality string) bool {
	for _, w := range where {
		m := t.bundle.Shared.Municipality(municipality)
		if w.ID() == municipality || m != nil && w.ID() == m.Region || w.ID() == "kunta-"+municipality {
			return true
		}
		for _, area := range t.bundle.Shared.Areas {
			if area.Municipality == municipality && area.Authority == w.ID() {
				return true
			}
		}
	}
	return false
}

// kindOf is the type of an input: "bool", "number", "text" or "texts".
func kindOf(v any) string {
	switch v.(type) {
	case bool:
		return "bool"
	case float64:
		return "number"
	case []string:
		return "texts"
	case string:
		return "text"
	}
	panic(strings.TrimSpace(fmt.Sprintf("input makes no other values: %T", v)))
}
