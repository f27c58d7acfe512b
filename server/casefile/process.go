package casefile

import (
	"slices"

	"luvat/definitions"
)

// processOf returns the process that a requirement names, nil when it names none. A bundle's own comes before the shared one.
func processOf(b *definitions.Bundle, r *definitions.Requirement) *definitions.Process {
	id := r.Process.ID()
	if id == "" {
		return nil
	}
	for _, list := range [][]*definitions.Process{b.Processes, b.Shared.Processes} {
		for _, p := range list {
			if p.ID == id {
				return p
			}
		}
	}
	return nil
}

func stateOf(p *definitions.Process, id string) *definitions.State {
	for _, s := range p.States {
		if s.ID == id {
			return s
		}
	}
	return nil
}

// to is the move by an action into a state.
func to(p *definitions.Process, action, state string) Move {
	m := Move{Action: action, State: state}
	if s := stateOf(p, state); s != nil {
		m.Status, m.Ended = s.Status, s.Ends
	}
	return m
}

// begin is where a filing stands that nobody sends: at the beginning of its process.
func begin(p *definitions.Process) Move {
	if p == nil {
		return Move{Status: "draft"}
	}
	return to(p, "", p.Begins.ID())
}

// send is the move by which a filing leaves: what the customer does at the beginning and what is then delivered.
func send(p *definitions.Process) Move {
	if p == nil {
		return Move{Status: "sent"}
	}
	for _, a := range p.Actions {
		if customers(a, p.Begins.ID()) && delivers(a) && len(a.To) == 1 {
			return to(p, a.ID, a.To[0].ID())
		}
	}
	return begin(p)
}

// comesLater reports whether a requirement is for a later day than that of sending the case: a duty, an inspection or a report about
// what has been done. It is part of the case's view, but nothing of it is asked or sent at the beginning.
func comesLater(r *definitions.Requirement) bool {
	return r.Kind == definitions.Obligation || r.Kind == definitions.Inspection || r.Kind == definitions.Report
}

// change is the move by which the customer sends a new version of a filing, and whether there may be one. Where the process waits for
// the customer it is the step that it waits for (a supplement, a correction). Otherwise the filing stays where it is: whoever has
// applied may supplement the application unasked for as long as it is not decided (434/2003 22 §).
func change(p *definitions.Process, f *Filing) (Move, bool) {
	stay := Move{State: f.State, Status: f.Status, Ended: f.Ended}
	if f.Ended || f.Withdrawn {
		return stay, false
	}
	if p == nil || f.Channel == Direct {
		return stay, true
	}
	if s := stateOf(p, f.State); s == nil || s.WaitsFor != "customer" {
		return stay, true
	}
	for _, a := range p.Actions {
		if !customers(a, f.State) || !delivers(a) || len(a.To) != 1 {
			continue
		}
		if m := to(p, a.ID, a.To[0].ID()); !m.Ended {
			return m, true
		}
	}
	return stay, true
}

// withdraw is the move by which the customer takes a filing back, and whether it may be taken back: where the customer has a step to a
// state that ends the process without an outcome for or against.
func withdraw(p *definitions.Process, f *Filing) (Move, bool) {
	if f.Withdrawn || f.Ended {
		return Move{}, false
	}
	if p == nil {
		return Move{Action: "withdraw", Status: "ready", Ended: true}, true
	}
	for _, a := range p.Actions {
		if !customers(a, f.State) || len(a.To) != 1 {
			continue
		}
		if s := stateOf(p, a.To[0].ID()); s != nil && s.Ends && s.Outcome == "neutral" {
			return to(p, a.ID, s.ID), true
		}
	}
	return Move{}, false
}

// customers reports whether an action is the customer's and leads out of a state.
func customers(a *definitions.Action, from string) bool {
	return slices.ContainsFunc(a.By, func(s definitions.Scalar) bool { return s.Value == "customer" }) &&
		slices.ContainsFunc(a.From, func(r definitions.Ref) bool { return r.ID() == from })
}

func delivers(a *definitions.Action) bool {
	return slices.ContainsFunc(a.Do, func(v *definitions.Value) bool {
		return v.Kind == definitions.ScalarValue && v.Scalar.Value == "deliver"
	})
}
