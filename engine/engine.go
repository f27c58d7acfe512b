// Package engine decides what a customer's plan needs.
//
// In goes a library of definitions; Compile checks every expression in it and gives an Engine of Programs, one for each bundle
// version. Program.Analyse takes answers, some or all, and the day of handling and gives an Analysis: for every requirement whether it
// is needed, on what grounds, from whom, by when, or on which questions it still depends.
//
//	definitions.Library ──Compile──▶ Engine ──Bundle(id, day)──▶ Program
//	  check.go      text of an expression ──expr's parser──▶ typed tree (node.go), all faults reported
//	  lower.go      rules at places, lower_condition.go conditions: typed tree + day ──▶ formula over tests of single slots
//	  formula.go    formula ──▶ boxes (conjuncts)
//	  model.go      boxes ──▶ one bit each, one row of words for every cell of every slot
//	  decide.go     answers ──cells──▶ AND of rows ──▶ outcomes, and which questions still matter
//	  explain.go    surviving bits ──▶ grounds, why not, what would change it
//
// The package reads no clock, no files and no network.
package engine

import (
	"fmt"
	"slices"
	"strings"

	"luvat/definitions"
)

// Engine holds the compiled bundles of a library. It is immutable and safe for concurrent use.
type Engine struct {
	Library  *definitions.Library
	Calendar *Calendar
	programs []*Program
	areas    map[string]map[string]bool // municipalities by region code and by authority id
}

// NoBundleError says that no version of a bundle is in force on a day.
type NoBundleError struct {
	ID    string
	On    definitions.Date
	Known []string         // ids of the bundles there are
	First definitions.Date // the first day of a version of this bundle, when there is one
}

func (e *NoBundleError) Error() string {
	if e.First != definitions.NoDate {
		return fmt.Sprintf("bundle `%s` has no version in force on %s; the first is in force from %s", e.ID, e.On, e.First)
	}
	if slices.Contains(e.Known, e.ID) {
		return fmt.Sprintf("bundle `%s` has no version in force on %s", e.ID, e.On)
	}
	text := fmt.Sprintf("there is no bundle `%s`", e.ID)
	if near := definitions.Nearest(e.ID, e.Known); near != "" {
		return text + fmt.Sprintf("; did you mean `%s`?", near)
	}
	if len(e.Known) > 0 {
		return text + "; there are: " + strings.Join(e.Known, ", ")
	}
	return text
}

// Programs returns every bundle version, by bundle id and first day.
func (e *Engine) Programs() []*Program { return e.programs }

// Bundles returns the versions in force on a day, by bundle id.
func (e *Engine) Bundles(on definitions.Date) []*Program {
	var out []*Program
	for _, p := range e.programs {
		if e.Library.InForce(p.Bundle.ID, on) == p.Bundle {
			out = append(out, p)
		}
	}
	return out
}

// Bundle returns the version of a bundle that governs a case handled on a day. The error is a *NoBundleError.
func (e *Engine) Bundle(id string, on definitions.Date) (*Program, error) {
	none := &NoBundleError{ID: id, On: on}
	for _, p := range e.programs {
		if p.Bundle.ID == id {
			if e.Library.InForce(id, on) == p.Bundle {
				return p, nil
			}
			if none.First == definitions.NoDate || p.Bundle.From < none.First {
				none.First = p.Bundle.From
			}
		}
		if !slices.Contains(none.Known, p.Bundle.ID) {
			none.Known = append(none.Known, p.Bundle.ID)
		}
	}
	if none.First != definitions.NoDate && none.First <= on {
		none.First = definitions.NoDate
	}
	return nil, none
}

// municipalities returns the codes that a `where` entry names: a municipality, a region, or an authority's area.
func (e *Engine) municipalities(where string) map[string]bool {
	if e.Library.Shared.Municipality(where) != nil {
		return map[string]bool{where: true}
	}
	return e.areas[where]
}

func (e *Engine) indexAreas() {
	e.areas = map[string]map[string]bool{}
	add := func(key, code string) {
		if e.areas[key] == nil {
			e.areas[key] = map[string]bool{}
		}
		e.areas[key][code] = true
	}
	for _, m := range e.Library.Shared.Municipalities {
		add(m.Region, m.Code)
		add("kunta-"+m.Code, m.Code)
	}
	for _, a := range e.Library.Shared.Areas {
		add(a.Authority, a.Municipality)
	}
}

// whereSet returns the municipalities that a list of `where` entries names, nil for an empty list.
func (e *Engine) whereSet(where []definitions.Ref) map[string]bool {
	if len(where) == 0 {
		return nil
	}
	set := map[string]bool{}
	for _, w := range where {
		for code := range e.municipalities(w.ID()) {
			set[code] = true
		}
	}
	return set
}
