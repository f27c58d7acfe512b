package casefile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"luvat/server/store"
)

// readBucket keeps who read which case when: "<case>/<hour>/<reader>", so that an account that opens a case many times within an hour
// leaves one line, and all but the first opening write nothing.
const readBucket = "read"

// Reader is a line of the log of readers: somebody opened the case, at least once in the hour that began at Hour.
type Reader struct {
	By    string    `json:"by"`             // as Line.By
	Name  string    `json:"name,omitempty"` // as it was then
	For   string    `json:"for,omitempty"`  // the organisation on whose behalf
	Role  Role      `json:"role,omitempty"` // in the case, then
	First time.Time `json:"first"`          // the first opening of the hour
	Hour  time.Time `json:"hour"`           // UTC
}

// seen remembers which lines are written, so that the store need not be asked.
type seen struct {
	mu   sync.Mutex
	keys map[string]bool
}

// seenKept is how many are remembered; then all are forgotten, and the store is asked again.
const seenKept = 20000

func (s *seen) has(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keys[key]
}

func (s *seen) add(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keys == nil || len(s.keys) >= seenKept {
		s.keys = map[string]bool{}
	}
	s.keys[key] = true
}

// View is Read for a person or an authority that looks at the case: it leaves a line in the log of readers. When the line cannot be
// written the case is not shown.
func (s *Service) View(ctx context.Context, a Actor, id string) (*Case, error) {
	c, err := s.Read(ctx, a, id)
	if err != nil {
		return nil, err
	}
	if err := s.noteReader(ctx, a, c); err != nil {
		return nil, err
	}
	return c, nil
}

// noteReader leaves a line in the log of readers, where there is none of this hour yet.
func (s *Service) noteReader(ctx context.Context, a Actor, c *Case) error {
	now := s.clock().UTC().Truncate(time.Microsecond)
	hour := now.Truncate(time.Hour)
	key := fmt.Sprintf("%s/%s/%s", c.ID, hour.Format("2006-01-02T15"), a.By())
	if s.seen.has(key) {
		return nil
	}
	line, err := json.Marshal(Reader{By: a.By(), Name: a.Name, For: a.Party, Role: c.RoleOf(a), First: now, Hour: hour})
	if err != nil {
		return err
	}
	if _, err := s.store.Put(ctx, readBucket, store.Record{Key: key, Value: line}, store.New); err != nil && !errors.Is(err, store.ErrStale) {
		return fmt.Errorf("the log of readers cannot be written: %w", err)
	}
	s.seen.add(key)
	return nil
}

// Readers returns who has opened the case, the earliest first, up to limit lines after a line's key; next is the key to go on after, or
// "" at the end.
func (s *Service) Readers(ctx context.Context, a Actor, id, after string, limit int) (readers []Reader, next string, err error) {
	c, err := s.load(ctx, id)
	if err != nil {
		return nil, "", err
	}
	if err := may(a, c, Auditing); err != nil {
		return nil, "", err
	}
	return s.readers(ctx, id, after, limit)
}

func (s *Service) readers(ctx context.Context, id, after string, limit int) (readers []Reader, next string, err error) {
	if limit <= 0 {
		limit = 100
	}
	page := store.Page{Prefix: id + "/", Limit: limit + 1}
	if after != "" {
		page.After = id + "/" + after
	}
	records, err := s.store.Records(ctx, readBucket, s.clock(), page)
	if err != nil {
		return nil, "", fmt.Errorf("the log of readers cannot be read: %w", err)
	}
	readers = []Reader{}
	for i, r := range records {
		if i == limit {
			next = strings.TrimPrefix(records[i-1].Key, id+"/")
			break
		}
		var line Reader
		if err := json.Unmarshal(r.Value, &line); err != nil {
			return nil, "", fmt.Errorf("the log of readers cannot be read: %w", err)
		}
		readers = append(readers, line)
	}
	return readers, next, nil
}
