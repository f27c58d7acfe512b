package register

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// Deadline is how long a customer waits for registers at most.
const Deadline = 2500 * time.Millisecond

// Gather asks all registers at once and returns when all have answered, at the latest when the deadline has passed. Answers that come
// later are kept for the next time, where the register allows it.
func Gather(ctx context.Context, clients []*Client, k Known, deadline time.Duration) Result {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	replies := make([]Reply, len(clients))
	var wg sync.WaitGroup
	for i, c := range clients {
		wg.Go(func() { replies[i] = c.Ask(ctx, k) })
	}
	wg.Wait()
	result := make(Result, len(replies))
	for _, r := range replies {
		result[r.Register] = r
	}
	return result
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
