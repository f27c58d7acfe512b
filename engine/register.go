package engine

import (
	"slices"
	"strings"

	"luvat/definitions"
)

// What is known of the customer before a register is asked. A login fills what it can; the rest is nil.
var (
	personNames = Names{"name": {}, "given_name": {}, "family_name": {}, "email": {}, "phone": {}, "address": {}, "postal_code": {}, "city": {},
		"municipality": {}, "personal_id": {}}
	mandateNames = Names{"organisation": {"id": {}, "name": {}}}
)

const personalID = "person.personal_id"

// Register is a register with its expressions compiled.
type Register struct {
	*definitions.Register
	When, Valid, Found *Mapping // nil: not said
	Path, Query, Body  []NamedMapping
	Let, Gives         []NamedMapping
}

// NamedMapping is a mapping with a name.
type NamedMapping struct {
	Name string
	*Mapping
}

// Prefill is a term with the sources of its value, the first that has one counts.
type Prefill struct {
	Term    *definitions.Term
	Sources []PrefillSource
}

// PrefillSource is one source of a term's value. From is the one place that it takes from: "person", "mandate", "answers", "earlier", or
// "registers." and the register.
type PrefillSource struct {
	*Mapping
	From string
}

// CompileRegister compiles the expressions of a register. answers are the questions whose answers it may use; nil: any.
func CompileRegister(d *definitions.Register, answers Names) (*Register, definitions.Diagnostics) {
	var found definitions.Diagnostics
	compile := func(e definitions.Expr, names Names) *Mapping {
		if e.Absent() {
			return nil
		}
		m, faults := CompileMapping(e, names)
		found = append(found, faults...)
		return m
	}
	named := func(list []definitions.Named, names func(i int) Names) []NamedMapping {
		var compiled []NamedMapping
		for i, n := range list {
			if m := compile(n.Is, names(i)); m != nil {
				compiled = append(compiled, NamedMapping{n.Name.Value, m})
			}
		}
		return compiled
	}
	asked := Names{"person": personNames, "mandate": mandateNames, "answers": answers, "lang": {}}
	before := func(int) Names { return asked }
	replied := asked.with("reply", nil)
	g := &Register{Register: d, When: compile(d.When, asked), Path: named(d.Path, before), Query: named(d.Query, before), Body: named(d.Body, before)}
	for _, part := range []struct {
		list     []definitions.Named
		compiled []NamedMapping
	}{{d.Path, g.Path}, {d.Query, g.Query}} {
		for _, n := range part.list {
			if i := slices.IndexFunc(part.compiled, func(m NamedMapping) bool { return m.Name == n.Name.Value }); i >= 0 && part.compiled[i].reads(personalID) {
				found = append(found, definitions.Diagnostic{At: n.Is.At, Severity: definitions.Error, Rule: "exposed-personal-id",
					Message: "a personal identity code would stand in an address, which logs on the way keep", Suggestion: "send it under `body`"})
			}
		}
	}
	g.Valid = compile(d.Valid, replied)
	g.Let = named(d.Let, func(i int) Names {
		names := replied
		for _, n := range d.Let[:i] {
			names = names.with(n.Name.Value, nil)
		}
		return names
	})
	all := replied
	for _, n := range d.Let {
		if _, taken := replied[n.Name.Value]; taken {
			found = append(found, definitions.Diagnostic{At: n.Name.At, Severity: definitions.Error, Rule: "reserved-name",
				Message: "`" + n.Name.Value + "` means something else already; a part of the answer cannot be called so", Suggestion: "give it another name"})
		}
		all = all.with(n.Name.Value, nil)
	}
	g.Found = compile(d.Found, all)
	g.Gives = named(d.Gives, func(int) Names { return all })
	return g, found
}

// reads reports whether a mapping reads a path, or something around it as a whole.
func (m *Mapping) reads(path string) bool {
	return slices.ContainsFunc(m.uses, func(u string) bool { return u == path || strings.HasPrefix(path, u+".") })
}

func (n Names) with(name string, below Names) Names {
	more := make(Names, len(n)+1)
	for k, v := range n {
		more[k] = v
	}
	more[name] = below
	return more
}

// CompilePrefill compiles the sources of the terms that name any. registers are those that the sources may name, answers the questions;
// nil: any.
func CompilePrefill(terms []*definitions.Term, registers []*definitions.Register, answers Names) ([]*Prefill, definitions.Diagnostics) {
	names := Names{"person": personNames, "mandate": mandateNames, "answers": answers, "earlier": nil, "lang": {}, "registers": {}}
	for _, r := range registers {
		gives := Names{}
		for _, g := range r.Gives {
			gives[g.Name.Value] = nil
		}
		names["registers"][r.ID] = gives
	}
	var list []*Prefill
	var found definitions.Diagnostics
	for _, t := range terms {
		p := &Prefill{Term: t}
		for _, e := range t.Prefill {
			m, faults := CompileMapping(e, names)
			found = append(found, faults...)
			if m == nil {
				continue
			}
			if from := m.takesFrom(); len(from) == 1 {
				p.Sources = append(p.Sources, PrefillSource{m, from[0]})
			} else {
				found = append(found, noSource(e, from))
			}
		}
		if len(p.Sources) > 0 {
			list = append(list, p)
		}
	}
	return list, found
}

// BundlePrefill compiles the sources of all terms that a bundle may use, its own before shared ones of the same id. Faults have been
// reported when the bundle was compiled; a source with one is left out.
func BundlePrefill(b *definitions.Bundle) []*Prefill {
	terms, registers := slices.Clone(b.Terms), slices.Clone(b.Registers)
	if s := b.Shared; s != nil {
		for _, t := range s.Terms {
			if !slices.ContainsFunc(b.Terms, func(own *definitions.Term) bool { return own.ID == t.ID }) {
				terms = append(terms, t)
			}
		}
		for _, r := range s.Registers {
			if !slices.ContainsFunc(b.Registers, func(own *definitions.Register) bool { return own.ID == r.ID }) {
				registers = append(registers, r)
			}
		}
	}
	list, _ := CompilePrefill(terms, registers, nil)
	return list
}

// takesFrom lists the places whose values a source gives, each once.
func (m *Mapping) takesFrom() []string {
	var from []string
	for _, u := range m.from {
		parts := strings.Split(u, ".")
		place := parts[0]
		if place == "registers" && len(parts) > 1 {
			place += "." + parts[1]
		}
		if place != "lang" && !slices.Contains(from, place) {
			from = append(from, place)
		}
	}
	return from
}

// noSource says what is wrong with a source that does not take from exactly one place: the customer is told where a value comes from.
func noSource(e definitions.Expr, from []string) definitions.Diagnostic {
	d := definitions.Diagnostic{At: e.At, Severity: definitions.Error, Rule: "wrong-type", Message: "a source takes from one place, but this takes from none",
		Suggestion: "name person, mandate, registers, answers or earlier"}
	if len(from) > 1 {
		d.Message = "a source takes from one place, but this takes from " + strings.Join(from, " and ")
		d.Suggestion = "write several sources, in the order in which they count"
	}
	return d
}

// AnswerNames are the names under `answers` of a bundle: its questions, with what may follow each.
func AnswerNames(bundles ...*definitions.Bundle) Names {
	names := Names{}
	for _, b := range bundles {
		for _, q := range b.Questions {
			switch q.Type {
			case definitions.PlaceType, definitions.Period, definitions.List, definitions.Choices, definitions.Municipality:
				names[q.ID] = nil
			default:
				if _, several := names[q.ID]; !several {
					names[q.ID] = Names{}
				}
			}
		}
	}
	return names
}

// checkRegisters checks the expressions of the registers and the terms that bundles share, and of those of each bundle.
func checkRegisters(lib *definitions.Library) definitions.Diagnostics {
	var found definitions.Diagnostics
	check := func(registers, known []*definitions.Register, terms []*definitions.Term, answers Names) {
		for _, r := range registers {
			_, faults := CompileRegister(r, answers)
			found = append(found, faults...)
		}
		_, faults := CompilePrefill(terms, known, answers)
		found = append(found, faults...)
	}
	shared := lib.Shared
	check(shared.Registers, shared.Registers, shared.Terms, nil) // whose questions is not known: every bundle has others
	for _, b := range lib.Bundles {
		check(b.Registers, slices.Concat(shared.Registers, b.Registers), b.Terms, AnswerNames(b))
	}
	return found
}
