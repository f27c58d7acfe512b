package register

import (
	"time"

	"luvat/definitions"
)

// Outcome is how it went with one register.
type Outcome string

// The outcomes. Of all but Found the customer is told; Skipped only means that there was nothing to ask.
const (
	Found    Outcome = "found"
	NotFound Outcome = "not-found" // the register does not know the one who was asked about
	Outage   Outcome = "outage"    // no connection, or it answers that it cannot
	Slow     Outcome = "slow"      // no answer before the deadline
	Garbage  Outcome = "garbage"   // an answer that is not what was agreed
	Skipped  Outcome = "skipped"   // its `when` does not hold, or a value that its address needs is not known
)

// Reply is what one register said.
type Reply struct {
	Register string
	Title    definitions.Text
	StandIn  bool
	Outcome  Outcome
	Values   map[string]any // what the register gives, by name; only values that are there
	At       time.Time      // when the register said so
	// Stale means that the register could not be asked now, and this is what it said at At. Trouble then says why.
	Stale   bool
	Trouble Outcome
	// Reason says for those who run the service what went wrong, in English: "answered 503". It holds nothing about the customer.
	Reason string
}

// Result is what all registers said, by id.
type Result map[string]Reply

// Troubles lists the replies of registers that could not be asked, also those for which an older answer stands in, by id.
func (r Result) Troubles() []Reply {
	var list []Reply
	for _, id := range sortedKeys(r) {
		switch reply := r[id]; {
		case reply.Stale, reply.Outcome == Outage, reply.Outcome == Slow, reply.Outcome == Garbage:
			list = append(list, reply)
		}
	}
	return list
}

// trouble is why there is no answer.
type trouble struct {
	outcome Outcome
	reason  string
	again   time.Duration // how long the register asks to be left alone
	ours    bool          // the question was refused, not the register broken: nothing to wait for
}
