package register

import (
	"container/list"
	"sync"
	"time"
)

// answer is what a register said, with nothing of the customer but that.
type answer struct {
	reply   any // JSON; shared by all who ask the same, and never changed
	missing bool
	at      time.Time
	until   time.Time // it is new enough until then
	size    int
}

// staleFor is how long an answer that is no longer new is kept for the case that the register is down.
const staleFor = 7 * 24 * time.Hour

// memory keeps answers of all registers up to a size; the one longest unused goes first. It is safe for concurrent use.
type memory struct {
	mu    sync.Mutex
	limit int
	size  int
	order *list.List // of *kept, the last used first
	by    map[key]*list.Element
}

type kept struct {
	key key
	answer
}

// overhead is about what the parsed form of an answer takes beside its text, and an entry by itself.
const overhead = 1 << 10

func newMemory(limit int) *memory {
	return &memory{limit: limit, order: list.New(), by: map[key]*list.Element{}}
}

// get returns an answer that is not too old to be of any use.
func (m *memory) get(k key, now time.Time) (answer, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.by[k]
	if e == nil {
		return answer{}, false
	}
	a := e.Value.(*kept).answer
	if now.After(a.until.Add(staleFor)) || now.Before(a.at) { // a clock that jumped back makes everything seem new
		m.drop(e)
		return answer{}, false
	}
	m.order.MoveToFront(e)
	return a, true
}

func (m *memory) put(k key, a answer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.by[k]; e != nil {
		m.drop(e)
	}
	a.size += overhead
	if a.size > m.limit {
		return
	}
	m.by[k] = m.order.PushFront(&kept{k, a})
	m.size += a.size
	for m.size > m.limit {
		m.drop(m.order.Back())
	}
}

func (m *memory) drop(e *list.Element) {
	k := m.order.Remove(e).(*kept)
	delete(m.by, k.key)
	m.size -= k.size
}
