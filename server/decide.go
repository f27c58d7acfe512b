package server

import (
	"bytes"
	"net/http"
	"strconv"
	"sync"

	"luvat/definitions"
	"luvat/engine"
)

// Decision is the statuses alone, for programs that decide many cases: the same as an analysis without its reasons.
type Decision struct {
	Bundle     string   `json:"bundle"`
	Version    string   `json:"version"`
	On         string   `json:"on"`
	Needed     []string `json:"needed"`
	Ask        []string `json:"ask"`
	Open       []string `json:"open"`
	Impossible []string `json:"impossible"`
}

// deciders keeps deciders for the days that are asked for: making one takes far longer than deciding with it.
type deciders struct {
	mu  sync.Mutex
	all map[deciderKey]*deciderPool
}

type deciderKey struct {
	program *engine.Program
	on      definitions.Date
}

// deciderPool is the idle deciders of one program and day, and what their answers begin with.
type deciderPool struct {
	idle         sync.Pool
	head         []byte
	requirements [][]byte // ids as JSON, by place in the outcome
	impossible   [][]byte
}

type idleDecider struct {
	decider *engine.Decider
	outcome *engine.Outcome
}

// maxDays bounds for how many programs and days deciders are kept; a caller that walks through a century does not fill the memory.
const maxDays = 64

func (d *deciders) of(p *engine.Program, on definitions.Date) *deciderPool {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := deciderKey{p, on}
	if pool := d.all[key]; pool != nil {
		return pool
	}
	if d.all == nil || len(d.all) >= maxDays {
		d.all = map[deciderKey]*deciderPool{}
	}
	pool := newDeciderPool(p, on)
	d.all[key] = pool
	return pool
}

func newDeciderPool(p *engine.Program, on definitions.Date) *deciderPool {
	pool := &deciderPool{}
	pool.idle.New = func() any {
		decider := p.NewDecider(on)
		return &idleDecider{decider, decider.NewOutcome()}
	}
	b := p.Bundle
	pool.head = []byte(`{"bundle":` + strconv.Quote(b.ID) + `,"version":` + strconv.Quote(b.Version) + `,"on":"` + on.String() + `"`)
	for _, r := range b.Requirements {
		pool.requirements = append(pool.requirements, []byte(strconv.Quote(r.ID)))
	}
	for _, r := range b.Impossible {
		pool.impossible = append(pool.impossible, []byte(strconv.Quote(r.ID)))
	}
	return pool
}

// postDecide decides over the answers in the body and says only the statuses. What is in none of the lists is not needed.
func (s *site) postDecide(w http.ResponseWriter, r *http.Request) {
	p, on, lang, bad := s.programOf(r)
	if bad != nil {
		fault(w, bad)
		return
	}
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	if bad := readBody(r, buf); bad != nil {
		fault(w, bad)
		return
	}
	pool := s.deciders.of(p, on)
	d := pool.idle.Get().(*idleDecider)
	defer pool.idle.Put(d)
	if err := d.decider.DecideJSON(buf.Bytes(), d.outcome); err != nil {
		fault(w, answerProblem(err, lang))
		return
	}
	out := append(buf.AvailableBuffer()[:0], pool.head...)
	out = appendSet(append(out, `,"needed":[`...), d.outcome.Needed, pool.requirements)
	out = appendSet(append(out, `],"ask":[`...), d.outcome.Ask, pool.requirements)
	out = appendSet(append(out, `],"open":[`...), d.outcome.Open, pool.requirements)
	out = appendSet(append(out, `],"impossible":[`...), d.outcome.Impossible, pool.impossible)
	out = append(out, "]}\n"...)
	w.Header()["Content-Type"] = jsonType
	_, _ = w.Write(out) // whoever asked went away; nothing is left to do
}

func appendSet(out []byte, set []uint64, ids [][]byte) []byte {
	first := true
	for i, id := range ids {
		if set[i/64]>>(i%64)&1 == 0 {
			continue
		}
		if !first {
			out = append(out, ',')
		}
		first = false
		out = append(out, id...)
	}
	return out
}
