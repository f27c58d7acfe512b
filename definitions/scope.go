package definitions

import "fmt"

// scope is what a bundle, or an overlay on it, declares and so may use.
type scope struct {
	parent *scope // of an overlay: the bundle's
	bundle *Bundle
	shared *Shared
	broken bool // a file could not be read, so an id that is not found may be in it

	questions    []*Question
	facts        []*Fact
	parameters   []*Parameter
	requirements []*Requirement
	impossible   []*Rule
	warnings     []*Rule

	ids    map[string]map[string]Position // by noun, by id
	common *scope                         // the shared definitions' ids: found, but no obstacle to declaring one's own
	asked  map[string]*Question
	needs  map[string]*Requirement
}

func newScope(parent *scope, b *Bundle, shared *Shared) *scope {
	return &scope{parent: parent, bundle: b, shared: shared, ids: map[string]map[string]Position{}}
}

// has reports whether an id is declared here or in the scope around.
func (s *scope) has(noun, id string) bool {
	if _, ok := s.ids[noun][id]; ok {
		return true
	}
	if _, ok := s.commonIDs(noun)[id]; ok {
		return true
	}
	return s.parent != nil && s.parent.has(noun, id)
}

func (s *scope) commonIDs(noun string) map[string]Position {
	if s.common == nil {
		return nil
	}
	return s.common.ids[noun]
}

// known lists the ids of a noun.
func (s *scope) known(noun string) []string {
	var list []string
	for id := range s.ids[noun] {
		list = append(list, id)
	}
	for id := range s.commonIDs(noun) {
		list = append(list, id)
	}
	if s.parent != nil {
		list = append(list, s.parent.known(noun)...)
	}
	return list
}

func (s *scope) declaredAt(noun, id string) (Position, bool) {
	if at, ok := s.ids[noun][id]; ok {
		return at, true
	}
	if s.parent != nil {
		return s.parent.declaredAt(noun, id)
	}
	return Position{}, false
}

// declare records an id and reports one that is taken.
func (s *scope) declare(log *log, noun, id string, at Position) {
	if id == "" {
		return
	}
	if first, twice := s.declaredAt(noun, id); twice {
		log.add(duplicateID(Scalar{Value: id, At: at}, first, fmt.Sprintf("%s `%s` is declared twice", noun, cut(id))))
		return
	}
	if s.ids[noun] == nil {
		s.ids[noun] = map[string]Position{}
	}
	s.ids[noun][id] = at
}

// declareAll records everything that the scope's files declare.
func (s *scope) declareAll(log *log) {
	name := func(noun, other, id string, at Position) {
		if first, twice := s.declaredAt(other, id); twice {
			log.add(duplicateID(Scalar{Value: id, At: at}, first, fmt.Sprintf("`%s` is the name of a %s already; a condition could not tell them apart", cut(id), other)))
			return
		}
		for _, b := range builtin {
			if b == id {
				log.add(Diagnostic{At: at, Severity: Error, Rule: "reserved-name", Message: fmt.Sprintf("`%s` is a word of expressions; a %s cannot be called so", id, noun), Suggestion: "give it another id"})
				return
			}
		}
		s.declare(log, noun, id, at)
	}
	for _, q := range s.questions {
		name("question", "fact", q.ID, q.At)
		for _, f := range q.Of { // fields of two lists may share a name
			if s.ids["field"] == nil {
				s.ids["field"] = map[string]Position{}
			}
			s.ids["field"][f.ID] = f.At
		}
	}
	for _, f := range s.facts {
		name("fact", "question", f.ID, f.At)
	}
	for _, p := range s.parameters {
		if s.parent == nil {
			s.declare(log, "parameter", p.ID, p.At)
		} else if _, ok := s.declaredAt("parameter", p.ID); !ok {
			s.declare(log, "parameter", p.ID, p.At)
		}
	}
	for _, q := range s.requirements {
		s.declare(log, "requirement", q.ID, q.At)
	}
	for _, r := range s.impossible {
		s.declare(log, "impossible rule", r.ID, r.At)
	}
	for _, r := range s.warnings {
		s.declare(log, "warning", r.ID, r.At)
	}
	if s.parent != nil {
		return
	}
	for _, g := range s.bundle.Groups {
		s.declare(log, "group", g.ID, g.At)
	}
	for _, t := range s.bundle.Tables {
		s.declare(log, "table", t.ID, t.At)
	}
	for _, f := range s.bundle.Forms {
		s.declare(log, "form", f.ID, f.At)
	}
	for _, m := range s.bundle.Messages {
		s.declare(log, "message", m.ID, m.At)
	}
	for _, a := range s.bundle.Laws {
		s.declare(log, "act", a.ID, a.At)
	}
	for _, t := range s.bundle.Terms {
		s.declare(log, "term", t.ID, t.At)
	}
	for _, p := range s.bundle.Processes {
		s.declare(log, "process", p.ID, p.At)
	}
	for _, r := range s.bundle.Registers {
		s.declare(log, "register", r.ID, r.At)
	}
}

// requirement returns a requirement that the scope's files declare. It is asked only when all are there.
func (s *scope) requirement(id string) *Requirement {
	if s.needs == nil {
		s.needs = make(map[string]*Requirement, len(s.requirements))
		for _, q := range s.requirements {
			if s.needs[q.ID] == nil {
				s.needs[q.ID] = q
			}
		}
	}
	return s.needs[id]
}

// question returns a question of the scope or of the one around. It is asked only when all are there.
func (s *scope) question(id string) *Question {
	if s.asked == nil {
		s.asked = make(map[string]*Question, len(s.questions))
		for _, q := range s.questions {
			if s.asked[q.ID] == nil {
				s.asked[q.ID] = q
			}
		}
	}
	if q := s.asked[id]; q != nil {
		return q
	}
	if s.parent != nil {
		return s.parent.question(id)
	}
	return nil
}

// typeOf returns the type of a parameter that an overlay or a bundle gives values for, "" when it is not declared below.
func (s *scope) typeOf(id string, types map[string]ParameterType) ParameterType {
	if s.parent != nil {
		for _, p := range s.parent.parameters {
			if p.ID == id {
				return p.Type
			}
		}
	}
	return types[id]
}
