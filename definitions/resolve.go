package definitions

import (
	"fmt"
	"slices"
	"strings"
)

// resolve checks every id that a bundle and its overlays use against what is declared.
func (l *loader) resolve(b *builtBundle) {
	for _, p := range b.parts {
		for _, f := range p.found {
			for _, u := range f.uses {
				l.resolveUse(p.scope, u)
			}
			for _, law := range f.laws {
				l.resolveLaw(p.scope, law)
			}
		}
	}
	l.checkBundle(b)
}

// noun returns the word under which a scope keeps ids of a kind.
func (k useKind) noun() string {
	switch k {
	case useWhere, useWhen, useList, useAnchor:
		return "question"
	}
	return string(k)
}

func (l *loader) resolveUse(s *scope, u use) {
	id := u.Value
	switch u.kind {
	case useShown:
		l.resolveShown(s, u)
	case useAuthority, useCompetent, usePlace:
		l.resolveOffice(s, u)
	case useState, useBundle: // checked where the process and the bundles are at hand
	case useGroup, useRequirement, useImpossible, useWarning, useForm, useQuestion, useProcess:
		if !s.has(u.kind.noun(), id) {
			l.unknown(s, u)
		}
	case useWhere, useWhen, useList:
		q := s.question(id)
		if q == nil {
			l.unknown(s, u)
			return
		}
		if fits := slices.Contains(typesFor(u.kind), q.Type); !fits && q.Type != "" {
			l.log.add(Diagnostic{At: u.At, Severity: Error, Rule: "wrong-question-type", Message: fmt.Sprintf("question `%s` has the type %s; expected a %s", id, q.Type, u.kind),
				Related: []Related{{At: q.At, Message: "the question is declared here"}}})
		}
	case useAnchor:
		name, isField := strings.CutPrefix(id, "item.")
		if !isField && !s.has("question", id) && !s.has("field", id) || isField && !s.has("field", name) {
			l.unknown(s, u)
		}
	}
}

func typesFor(k useKind) []Type {
	switch k {
	case useWhere:
		return []Type{Municipality, PlaceType}
	case useWhen:
		return []Type{DateType, DateTime, Period}
	}
	return []Type{List}
}

// unknown reports an id that nothing declares.
func (l *loader) unknown(s *scope, u use) {
	if s.isBroken() || l.log.full(u.At.File) {
		return
	}
	noun := u.kind.noun()
	known := s.known(noun)
	rule := "unknown-" + noun
	if u.kind == useImpossible || u.kind == useWarning {
		rule = "unknown-rule"
	}
	suggestion := didYouMean(u.Value, known)
	if suggestion == "" && len(known) > 0 && len(known) <= 12 {
		suggestion = "there are " + listed(known, 12)
	}
	l.log.add(Diagnostic{At: u.At, Severity: Error, Rule: rule, Message: fmt.Sprintf("there is no %s `%s`", noun, cut(u.Value)), Suggestion: suggestion})
}

func (s *scope) isBroken() bool {
	return s.broken || s.common != nil && s.common.broken || s.parent != nil && s.parent.isBroken()
}

// resolveShown checks a name in the braces of a text.
func (l *loader) resolveShown(s *scope, u use) {
	if id, ok := strings.CutPrefix(u.Value, "parameters."); ok && s.has("parameter", id) || s.has("question", u.Value) || s.has("fact", u.Value) || s.isBroken() || l.log.full(u.At.File) {
		return
	}
	known := append(s.known("question"), s.known("fact")...)
	for _, id := range s.known("parameter") {
		known = append(known, "parameters."+id)
	}
	suggestion := didYouMean(u.Value, known)
	if slices.Contains(known, "parameters."+u.Value) {
		suggestion = "did you mean `parameters." + u.Value + "`?"
	}
	l.error(u.At, "unknown-placeholder", suggestion, "the text shows `%s`, but there is no such question, fact or parameter", cut(u.Value))
}

// resolveOffice checks the id of an authority, a role, or a place.
func (l *loader) resolveOffice(s *scope, u use) {
	shared := l.lib.Shared
	if l.tableLost || len(shared.Authorities) == 0 && len(shared.Municipalities) == 0 {
		return // nothing shared was read, so nothing is known of authorities
	}
	id := u.Value
	switch {
	case shared.AuthorityByID(id) != nil, u.kind == useCompetent && shared.Role(id) != nil, u.kind == usePlace && shared.Municipality(id) != nil:
		return
	}
	if u.kind == usePlace && l.regions()[id] || l.log.full(u.At.File) {
		return
	}
	var known []string
	for _, a := range shared.Authorities {
		known = append(known, a.ID)
	}
	switch u.kind {
	case useCompetent:
		for _, r := range shared.Roles {
			known = append(known, r.Role)
		}
	case usePlace:
		for _, m := range shared.Municipalities {
			known = append(known, m.Code)
			if strings.EqualFold(m.Name.In(Finnish), id) || strings.EqualFold(m.Name.In(Swedish), id) {
				l.log.add(Diagnostic{At: u.At, Severity: Error, Rule: "unknown-place", Message: fmt.Sprintf("`%s` is a name; expected a code", cut(id)), Suggestion: fmt.Sprintf("write \"%s\"", m.Code)})
				return
			}
		}
		if numeric.MatchString(id) {
			l.log.add(Diagnostic{At: u.At, Severity: Error, Rule: "unknown-place", Message: fmt.Sprintf("there is no municipality or region `%s`", cut(id)),
				Suggestion: "a municipality has three digits, such as \"091\", a region two"})
			return
		}
	}
	rule := "unknown-authority"
	if u.kind == usePlace {
		rule = "unknown-place"
	}
	l.log.add(Diagnostic{At: u.At, Severity: Error, Rule: rule, Message: fmt.Sprintf("there is no %s `%s`", u.kind, cut(id)), Suggestion: didYouMean(id, known)})
}

// resolveLaw warns of an act that has no name.
func (l *loader) resolveLaw(s *scope, law Law) {
	if law.Act == "" || s.has("act", law.Act) {
		return
	}
	if s.isBroken() || len(s.bundle.Laws)+len(l.lib.Shared.Laws) == 0 {
		return // laws are not named at all here
	}
	l.log.add(Diagnostic{At: law.At, Severity: Warning, Rule: "unknown-act", Message: fmt.Sprintf("act %s is not named in `laws`", cut(law.Act)), Suggestion: "add it to `laws` with its name"})
}

// regions lists the codes of the regions.
func (l *loader) regions() map[string]bool {
	if l.region == nil {
		l.region = map[string]bool{}
		for _, m := range l.lib.Shared.Municipalities {
			l.region[m.Region] = true
		}
	}
	return l.region
}
