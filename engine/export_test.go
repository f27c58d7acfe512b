package engine

// DecideThreeValued decides a case as if an answer were missing.
func (d *Decider) DecideThreeValued(s *Slots, out *Outcome) {
	full := s.full
	s.full = false
	d.Decide(s, out)
	s.full = full
}
