package webhook

import (
	"math/rand/v2"
	"time"
)

// Attempts is how often an event is tried before it is given up and waits for a person: twelve attempts over some four days.
const Attempts = 12

// waits are the times between attempts, after the first, second, …: quick while a restart may be what is wrong, slow when it is not.
var waits = [Attempts - 1]time.Duration{
	5 * time.Second, 30 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour,
	10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour, 24 * time.Hour,
}

// Next returns when to try again after the how manieth attempt, counted from 1, and false when it was the last. Up to a fifth is added
// at random, so that what failed together does not come back together; what the receiver asked for is the least.
func Next(attempt int, asked time.Duration, random *rand.Rand) (time.Duration, bool) {
	if attempt >= Attempts {
		return 0, false
	}
	wait := waits[max(attempt, 1)-1]
	wait += time.Duration(random.Int64N(int64(wait)/5 + 1))
	return max(wait, asked), true
}
