package register

import (
	"strings"
	"time"

	"luvat/engine"
)

// Prefilled is a value that the customer need not write.
type Prefilled struct {
	Key    string // "term/organiser.name"
	Value  any
	Source Source
	At     time.Time // when the source said so
	Stale  bool      // the source could not be asked now; this is what it said at At
}

// Dropped is a value of a source that does not fit the term, and so is not shown.
type Dropped struct {
	Key    string
	Source Source
	Why    string // what the term says of it, without the value
}

// Prefill finds the value of each term: the first of its sources that has one that fits. check says what is wrong with a value of a field;
// a register that gives what does not fit is passed over, and said.
func Prefill(terms []*engine.Prefill, k Known, result Result, check func(key string, value any) error) ([]Prefilled, []Dropped) {
	env := k.env()
	values := make(map[string]any, len(result))
	for id, r := range result {
		values[id] = r.Values
	}
	env["registers"] = values
	var filled []Prefilled
	var dropped []Dropped
	for _, t := range terms {
		field := "term/" + t.Term.ID
		delete(env, "earlier")
		if e, ok := k.Earlier[field]; ok {
			env["earlier"] = e.Value
		}
		for _, s := range t.Sources {
			v, err := s.Eval(env)
			if v = trimmed(v); err != nil || empty(v) {
				continue
			}
			p := Prefilled{Key: field, Value: v}
			p.Source, p.At, p.Stale = origin(s.From, s.Uses(), k, k.Earlier[field], result)
			if err := check(field, v); err != nil {
				dropped = append(dropped, Dropped{Key: field, Source: p.Source, Why: err.Error()})
				continue
			}
			filled = append(filled, p)
			break
		}
	}
	return filled, dropped
}

// origin says where a source of a term has its value from, and from when it is.
func origin(from string, uses []string, k Known, e Earlier, result Result) (source Source, at time.Time, stale bool) {
	if id, ok := strings.CutPrefix(from, "registers."); ok {
		r := result[id]
		return Source{Kind: FromRegister, ID: id, Title: r.Title, StandIn: r.StandIn}, r.At, r.Stale
	}
	switch from {
	case "answers":
		return Source{Kind: Questionnaire, ID: questionOf(uses), Title: titles[Questionnaire]}, k.Answered, false
	case "earlier":
		return Source{Kind: EarlierCase, ID: e.Case, Title: titles[EarlierCase]}, e.At, false
	case "mandate":
		return Source{Kind: Identity, ID: from, Title: mandateTitle}, k.SignedIn, false
	}
	return Source{Kind: Identity, ID: from, Title: titles[Identity]}, k.SignedIn, false
}

// questionOf returns the first question that a source reads: "answers.place.address" is of the question place.
func questionOf(uses []string) string {
	for _, u := range uses {
		if path := strings.Split(u, "."); path[0] == "answers" && len(path) > 1 {
			return path[1]
		}
	}
	return ""
}

// trimmed takes the blanks off the ends of texts.
func trimmed(v any) any {
	if s, ok := v.(string); ok {
		return strings.TrimSpace(s)
	}
	return v
}

// empty reports whether there is no value: nothing, an empty text, or an empty list or mapping.
func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}
