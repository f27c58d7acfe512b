package register

import "time"

// A register that fails is left alone for a while: asking on would keep customers waiting and would not help it up again.
const (
	failuresToPause = 5                // in a row
	firstPause      = 30 * time.Second // doubled each time up to maxPause
)

// breaker decides whether a register is asked at all. Its owner locks.
type breaker struct {
	failures int // since the last answer
	pause    time.Duration
	until    time.Time // it is left alone until then
	trial    bool      // after a pause one question is on its way to see
}

// allow reports whether the register may be asked now. After a pause one question may go; the others wait for what becomes of it.
func (b *breaker) allow(now time.Time) bool {
	switch {
	case now.Before(b.until) && b.until.Sub(now) <= maxPause: // beyond that the clock jumped back
		return false
	case b.failures < failuresToPause && b.pause == 0:
		return true
	case b.trial:
		return false
	}
	b.trial = true
	return true
}

// answered notes an answer, of whatever content.
func (b *breaker) answered() { *b = breaker{} }

// failed notes a failure; again is how long the register itself asks to be left alone. It reports whether a pause begins.
func (b *breaker) failed(now time.Time, again time.Duration) bool {
	b.failures++
	b.trial = false
	if b.failures < failuresToPause && b.pause == 0 && again == 0 {
		return false
	}
	b.pause = min(max(2*b.pause, firstPause), maxPause)
	b.until = now.Add(max(again, b.pause))
	if again > 0 {
		b.until = now.Add(again)
	}
	return true
}
