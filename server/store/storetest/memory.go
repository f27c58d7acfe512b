package storetest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/gob"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"luvat/server/store"
)

// Memory is a store in memory: the promises of package store written down as plainly as they can be run. It looks through everything for
// every answer. It keeps nothing when the process ends, so it breaks promise 1 and is for tests only.
type Memory struct {
	mu     sync.Mutex
	closed bool
	content
}

type content struct {
	Cases   map[string][]store.Entry
	Rows    map[string]map[string][]byte // by index and key
	Works   []*memoryWork                // in the order of adding
	Buckets map[string]map[string]store.Record
}

type memoryWork struct {
	store.Work
	Until  time.Time // the end of the lease, if Lease is set
	IsDone bool
	IsDead bool
}

var _ store.Store = (*Memory)(nil)

// NewMemory returns an empty store.
func NewMemory() *Memory {
	return &Memory{content: content{
		Cases: map[string][]store.Entry{}, Rows: map[string]map[string][]byte{}, Buckets: map[string]map[string]store.Record{},
	}}
}

// MemoryOpener opens one Memory.
type MemoryOpener struct{ m *Memory }

// NewMemoryOpener returns the opener of an empty store.
func NewMemoryOpener() *MemoryOpener { return &MemoryOpener{NewMemory()} }

// Open implements Opener.
func (o *MemoryOpener) Open() (store.Store, error) {
	o.m = &Memory{content: o.m.content}
	return o.m, nil
}

// Restore implements Opener.
func (o *MemoryOpener) Restore(backup io.Reader) (store.Store, error) {
	m := NewMemory()
	return m, gob.NewDecoder(backup).Decode(&m.content)
}

// begin checks the name that an operation gives and locks the store for it.
func (m *Memory) begin(ctx context.Context, name string) error {
	if err := store.CheckName("the name", name); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	if m.closed {
		m.mu.Unlock()
		return store.ErrClosed
	}
	return nil
}

// Append implements store.Store.
func (m *Memory) Append(ctx context.Context, c store.Change) ([]store.Entry, error) {
	c, err := c.Prepared()
	if err != nil {
		return nil, err
	}
	if err := m.begin(ctx, c.Case); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	if err := m.check(c); err != nil {
		return nil, err
	}
	return m.apply(c), nil
}

func (m *Memory) check(c store.Change) error {
	if last := uint64(len(m.Cases[c.Case])); last != c.After {
		return &store.ConflictError{Case: c.Case, After: c.After, Last: last}
	}
	return nil
}

func (m *Memory) apply(c store.Change) []store.Entry {
	var entries []store.Entry
	for _, n := range c.Entries {
		e := store.Entry{
			Case: c.Case, Seq: uint64(len(m.Cases[c.Case]) + 1), Kind: n.Kind, At: n.At, By: n.By, For: n.For, Edition: n.Edition, Data: n.Data,
		}
		if e.Seq > 1 {
			e.Prev = m.Cases[c.Case][e.Seq-2].Hash
		}
		e.Hash = e.Digest()
		m.Cases[c.Case] = append(m.Cases[c.Case], e)
		entries = append(entries, e)
	}
	for _, r := range c.Rows {
		if m.Rows[r.Index] == nil {
			m.Rows[r.Index] = map[string][]byte{}
		}
		m.Rows[r.Index][r.Key] = bytes.Clone(r.Value)
		if r.Delete {
			delete(m.Rows[r.Index], r.Key)
		}
	}
	for _, n := range c.Work {
		if m.find(c.Case, n.ID) != nil {
			continue
		}
		added := n.Due
		if len(entries) > 0 {
			added = entries[len(entries)-1].At
		}
		m.Works = append(m.Works, &memoryWork{Work: store.Work{
			ID: n.ID, Queue: n.Queue, Case: c.Case, Lane: n.Lane, Due: n.Due, Added: added, Data: n.Data,
		}})
	}
	return entries
}

func (m *Memory) find(caseID, id string) *memoryWork {
	for _, w := range m.Works {
		if w.ID == id && w.Case == caseID {
			return w
		}
	}
	return nil
}

// Read implements store.Store.
func (m *Memory) Read(ctx context.Context, caseID string, after uint64) ([]store.Entry, error) {
	if err := m.begin(ctx, caseID); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	all := m.Cases[caseID]
	return slices.Clone(all[min(after, uint64(len(all))):]), nil
}

// List implements store.Store.
func (m *Memory) List(ctx context.Context, index string, p store.Page) ([]store.Row, error) {
	if err := m.begin(ctx, index); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	var rows []store.Row
	for _, key := range pageOf(slices.Sorted(maps.Keys(m.Rows[index])), p) {
		rows = append(rows, store.Row{Key: key, Value: bytes.Clone(m.Rows[index][key])})
	}
	return rows, nil
}

// pageOf takes a page of sorted keys.
func pageOf(keys []string, p store.Page) []string {
	if p.Reverse {
		slices.Reverse(keys)
	}
	keys = slices.DeleteFunc(keys, func(key string) bool {
		passed := p.After != "" && (key <= p.After && !p.Reverse || key >= p.After && p.Reverse)
		return passed || !strings.HasPrefix(key, p.Prefix)
	})
	if p.Limit <= 0 {
		p.Limit = 100
	}
	return keys[:min(p.Limit, len(keys))]
}

// ready tells from when on work can be claimed; ok is false when it cannot be at all: it is done, dead, or not the head of its lane.
func (m *Memory) ready(w *memoryWork) (from time.Time, ok bool) {
	if w.IsDone || w.IsDead {
		return from, false
	}
	from = w.Due
	if w.Lease != "" {
		from = w.Until
	}
	if w.Lane == "" {
		return from, true
	}
	older := true
	for _, other := range m.Works {
		if other == w {
			older = false
			continue
		}
		if other.Case != w.Case || other.Lane != w.Lane || other.IsDone || other.IsDead {
			continue
		}
		if older {
			return from, false
		}
		if other.Lease != "" && other.Until.After(from) {
			from = other.Until
		}
	}
	return from, true
}

// claimable returns the work of a queue that can be claimed now or later, in the order of claiming.
func (m *Memory) claimable(queue string) []*memoryWork {
	var out []*memoryWork
	from := map[*memoryWork]time.Time{}
	for _, w := range m.Works {
		if at, ok := m.ready(w); ok && w.Queue == queue {
			from[w] = at
			out = append(out, w)
		}
	}
	slices.SortStableFunc(out, func(a, b *memoryWork) int { return cmp.Compare(from[a].UnixMicro(), from[b].UnixMicro()) })
	return out
}

// Claim implements store.Store.
func (m *Memory) Claim(ctx context.Context, queue string, now time.Time, lease time.Duration, n int) ([]store.Work, error) {
	if lease < time.Microsecond || n < 1 {
		return nil, fmt.Errorf("a claim takes at least one piece of work for at least a microsecond, not %d for %s", n, lease)
	}
	if err := m.begin(ctx, queue); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	now = store.Micro(now)
	var out []store.Work
	for _, w := range m.claimable(queue) {
		if from, _ := m.ready(w); from.After(now) || len(out) == n {
			break
		}
		for _, other := range m.Works {
			if w.Lane != "" && other.Lane == w.Lane && other.Case == w.Case {
				other.Lease = ""
			}
		}
		w.Attempt++
		w.Lease, w.Until = fmt.Sprintf("%s/%d", w.ID, w.Attempt), store.Micro(now.Add(lease))
		out = append(out, w.Work)
	}
	return out, nil
}

// Settle implements store.Store.
func (m *Memory) Settle(ctx context.Context, claim store.Work, now time.Time, o store.Outcome, c store.Change) ([]store.Entry, error) {
	err := o.Check(c)
	if err == nil && !c.Empty() {
		c, err = c.Prepared()
	}
	if err != nil {
		return nil, err
	}
	if err := m.begin(ctx, claim.ID); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	w := m.find(claim.Case, claim.ID)
	if w == nil || w.IsDone || w.IsDead || w.Lease == "" || w.Lease != claim.Lease || !w.Until.After(store.Micro(now)) {
		return nil, store.ErrLeaseLost
	}
	if !c.Empty() {
		if err := m.check(c); err != nil {
			return nil, err
		}
	}
	w.Lease, w.Error, w.IsDone, w.IsDead = "", o.Error, o.Done, o.Dead
	if !o.Again.IsZero() {
		w.Due = store.Micro(o.Again)
	}
	if c.Empty() {
		return nil, nil
	}
	return m.apply(c), nil
}

// Dead implements store.Store.
func (m *Memory) Dead(ctx context.Context, queue string, p store.Page) ([]store.Work, error) {
	if err := m.begin(ctx, queue); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	all := slices.Clone(m.Works)
	if p.Reverse {
		slices.Reverse(all)
	}
	if p.After != "" {
		i := slices.IndexFunc(all, func(w *memoryWork) bool { return w.ID == p.After && w.IsDead && w.Queue == queue })
		if i < 0 {
			return nil, fmt.Errorf("work %q to list after: %w", p.After, store.ErrNotFound)
		}
		all = all[i+1:]
	}
	if p.Limit <= 0 {
		p.Limit = 100
	}
	var out []store.Work
	for _, w := range all {
		if w.IsDead && w.Queue == queue && strings.HasPrefix(w.ID, p.Prefix) && len(out) < p.Limit {
			out = append(out, w.Work)
		}
	}
	return out, nil
}

// Revive implements store.Store.
func (m *Memory) Revive(ctx context.Context, id string, due time.Time) error {
	if err := m.begin(ctx, id); err != nil {
		return err
	}
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.Works, func(w *memoryWork) bool { return w.ID == id && w.IsDead })
	if i < 0 {
		return fmt.Errorf("work %q is not among the dead: %w", id, store.ErrNotFound)
	}
	w := m.Works[i]
	w.IsDead, w.Due = false, store.Micro(due)
	return nil
}

// NextDue implements store.Store.
func (m *Memory) NextDue(ctx context.Context, queue string) (due time.Time, ok bool, err error) {
	if err := m.begin(ctx, queue); err != nil {
		return due, false, err
	}
	defer m.mu.Unlock()
	if all := m.claimable(queue); len(all) > 0 {
		due, ok = m.ready(all[0])
	}
	return due, ok, nil
}

// Put implements store.Store.
func (m *Memory) Put(ctx context.Context, bucket string, r store.Record, version uint64) (uint64, error) {
	if err := r.Check(bucket); err != nil {
		return 0, err
	}
	if err := m.begin(ctx, bucket); err != nil {
		return 0, err
	}
	defer m.mu.Unlock()
	old := m.Buckets[bucket][r.Key]
	if version == store.New && old.Version != 0 || version != store.New && version != 0 && old.Version != version {
		return 0, fmt.Errorf("record %q of %q: %w", r.Key, bucket, store.ErrStale)
	}
	if m.Buckets[bucket] == nil {
		m.Buckets[bucket] = map[string]store.Record{}
	}
	r.Version, r.Value = old.Version+1, bytes.Clone(r.Value)
	if !r.Expires.IsZero() {
		r.Expires = store.Micro(r.Expires)
	}
	m.Buckets[bucket][r.Key] = r
	return r.Version, nil
}

func expired(r store.Record, now time.Time) bool {
	return !r.Expires.IsZero() && !r.Expires.After(store.Micro(now))
}

// Get implements store.Store.
func (m *Memory) Get(ctx context.Context, bucket, key string, now time.Time) (store.Record, error) {
	if err := m.begin(ctx, bucket); err != nil {
		return store.Record{}, err
	}
	defer m.mu.Unlock()
	r, ok := m.Buckets[bucket][key]
	if !ok || expired(r, now) {
		return store.Record{}, fmt.Errorf("record %q of %q: %w", key, bucket, store.ErrNotFound)
	}
	r.Value = bytes.Clone(r.Value)
	return r, nil
}

// Delete implements store.Store.
func (m *Memory) Delete(ctx context.Context, bucket, key string) error {
	if err := m.begin(ctx, bucket); err != nil {
		return err
	}
	defer m.mu.Unlock()
	delete(m.Buckets[bucket], key)
	return nil
}

// Records implements store.Store.
func (m *Memory) Records(ctx context.Context, bucket string, now time.Time, p store.Page) ([]store.Record, error) {
	if err := m.begin(ctx, bucket); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	keys := slices.Sorted(maps.Keys(m.Buckets[bucket]))
	keys = slices.DeleteFunc(keys, func(key string) bool { return expired(m.Buckets[bucket][key], now) })
	var out []store.Record
	for _, key := range pageOf(keys, p) {
		r := m.Buckets[bucket][key]
		r.Value = bytes.Clone(r.Value)
		out = append(out, r)
	}
	return out, nil
}

// Sweep implements store.Store.
func (m *Memory) Sweep(ctx context.Context, now time.Time, limit int) (int, error) {
	if err := m.begin(ctx, "all"); err != nil {
		return 0, err
	}
	defer m.mu.Unlock()
	type place struct {
		bucket, key string
		expires     time.Time
	}
	var all []place
	for bucket, records := range m.Buckets {
		for key, r := range records {
			if expired(r, now) {
				all = append(all, place{bucket, key, r.Expires})
			}
		}
	}
	slices.SortFunc(all, func(a, b place) int {
		return cmp.Or(a.expires.Compare(b.expires), cmp.Compare(a.bucket, b.bucket), cmp.Compare(a.key, b.key))
	})
	all = all[:max(0, min(limit, len(all)))]
	for _, p := range all {
		delete(m.Buckets[p.bucket], p.key)
	}
	return len(all), nil
}

// Backup implements store.Store.
func (m *Memory) Backup(ctx context.Context, w io.Writer) error {
	if err := m.begin(ctx, "all"); err != nil {
		return err
	}
	defer m.mu.Unlock()
	return gob.NewEncoder(w).Encode(m.content)
}

// Close implements store.Store.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	return nil
}
