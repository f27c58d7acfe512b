package engine

// DecideThreeValued decides a case as if an answer were missing.
func (d *Decider) DecideThreeValued(s *Slots, out *Outcome) {
	full := s.full
	s.full = false
	d.Decide(s, out)
	s.full = full
}

// ReadPlain reads answers by the decider's own reader; false when it leaves them to ParseAnswers.
func (d *Decider) ReadPlain(data []byte) (*Slots, bool) {
	s := d.newSlots()
	if !d.reader.read(data, s) {
		return nil, false
	}
	d.finish(s)
	return s, true
}
