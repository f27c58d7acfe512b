package casefile

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"luvat/engine"
	"luvat/forms"
)

// The errors without more to say.
var (
	// ErrNoCase: there is no such case, or none for this actor. The two are not told apart.
	ErrNoCase = errors.New("there is no such case, or it is not yours to see")
	// ErrNoInvitation: the invitation has expired, was taken back or has been accepted.
	ErrNoInvitation = errors.New("the invitation is no longer open; ask for a new one")
	// ErrNothingToSend: everything that is needed has been sent, and nothing has changed since.
	ErrNothingToSend = errors.New("everything that is needed has been sent, and nothing has changed since")
	// ErrBusy: others changed the case again and again meanwhile.
	ErrBusy = errors.New("others are changing the case at this moment; try again")
)

// Forbidden says that an actor who knows the case may not do this.
type Forbidden struct {
	Action Action
	Role   Role // the actor's; NoRole for a worker or an authority
	Least  Role // the least role that may
}

func (e *Forbidden) Error() string {
	if e.Least == NoRole {
		return fmt.Sprintf("%q is not for you to do", e.Action)
	}
	return fmt.Sprintf("%q needs the role %q; ask the owner of the case for it", e.Action, e.Least)
}

// NotNow says that the case, or a filing of it, has not come so far, or has gone too far.
type NotNow struct {
	Action Action
	Phase  Phase
	Filing string // id, when it is about one filing
	State  string // that the filing is in
}

func (e *NotNow) Error() string {
	if e.Filing != "" {
		return fmt.Sprintf("%q is not possible with filing %s in state %q", e.Action, e.Filing, e.State)
	}
	return fmt.Sprintf("%q is not possible when the case is in phase %q", e.Action, e.Phase)
}

// Invalid says what is wrong with what an actor gave.
type Invalid struct {
	What  string      // "title", "slot", "text", "role", "answers", "field", "attachment", "filing", "reference", "size", "email", "ticket"
	Code  InvalidCode // why
	Limit int         // of TooLong and TooMany
	Given string      // the id or key that is meant, when it is not personal
	Cause error       // more, such as *engine.AnswerErrors
}

// InvalidCode says why something is not taken. The codes are stable.
type InvalidCode string

// The codes of Invalid.
const (
	Missing InvalidCode = "missing"
	Unknown InvalidCode = "unknown"
	TooLong InvalidCode = "too-long"
	TooMany InvalidCode = "too-many"
	Wrong   InvalidCode = "wrong"
)

func (e *Invalid) Error() string {
	given := ""
	if e.Given != "" {
		given = " " + e.Given
	}
	switch e.Code {
	case Missing:
		return fmt.Sprintf("the %s is missing", e.What)
	case Unknown:
		return fmt.Sprintf("there is no %s%s", e.What, given)
	case TooLong:
		return fmt.Sprintf("the %s%s is too long; at most %d are taken", e.What, given, e.Limit)
	case TooMany:
		return fmt.Sprintf("there are too many of %s; at most %d are taken", e.What, e.Limit)
	}
	if e.Cause != nil {
		return fmt.Sprintf("the %s%s cannot be taken: %s", e.What, given, e.Cause)
	}
	return fmt.Sprintf("the %s%s cannot be taken", e.What, given)
}

func (e *Invalid) Unwrap() error { return e.Cause }

// MergeConflict says that others changed the same things since the writer saw them. What did not collide has been saved.
type MergeConflict struct {
	Keys   []string             // field keys, or question ids, sorted
	Theirs map[string]any       // what they are now; nil when taken away
	Mine   map[string]any       // what the writer gave; nil to take away
	By     map[string]string    // who changed each
	At     map[string]time.Time // when
	Seq    uint64               // saving again with this base puts the writer's values in the place of theirs
	Saved  []string             // what did not collide, sorted
}

func (e *MergeConflict) Error() string {
	return fmt.Sprintf("somebody else changed meanwhile: %s; choose which to keep", strings.Join(e.Keys, ", "))
}

// ChangedMeanwhile says that the case is no longer as the check page showed it. Nothing has been sent.
type ChangedMeanwhile struct {
	Keys []string // field keys, "answer/<question>" and "attachment/<slot>", sorted
	By   string   // who changed last
	At   time.Time
}

func (e *ChangedMeanwhile) Error() string {
	return fmt.Sprintf("somebody changed the case after the check page was shown: %s; check it again", strings.Join(e.Keys, ", "))
}

// NeedsChanged says that what is needed is no longer what the check page showed. Nothing has been sent.
type NeedsChanged struct {
	New  []string // "<requirement>@<authority>", sorted
	Gone []string
}

func (e *NeedsChanged) Error() string {
	return fmt.Sprintf("what is needed has changed since the check page was shown: new %v, gone %v; check it again", e.New, e.Gone)
}

// Incomplete is everything that keeps a case from being sent. Nothing has been sent.
type Incomplete struct {
	Questions  []string         // that are not answered yet
	Impossible []engine.Finding // rules that forbid the undertaking as it is planned
	Problems   []forms.Problem
	Missing    []*Slot // documents that are required and not there
}

// Empty reports whether nothing is in the way.
func (e *Incomplete) Empty() bool {
	return len(e.Questions)+len(e.Impossible)+len(e.Problems)+len(e.Missing) == 0
}

func (e *Incomplete) Error() string {
	return fmt.Sprintf("the case is not ready to be sent: %d questions, %d impossible plans, %d fields and %d documents are in the way",
		len(e.Questions), len(e.Impossible), len(e.Problems), len(e.Missing))
}

// NoMandate says that the right to act for the organisation could not be confirmed at the moment of sending. Nothing has been sent.
type NoMandate struct {
	Party string
	Cause error
}

func (e *NoMandate) Error() string {
	return "your right to act for the organisation could not be confirmed; log in again and choose it anew"
}

func (e *NoMandate) Unwrap() error { return e.Cause }
