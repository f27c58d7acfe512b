package boltstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"

	"luvat/server/store"
)

// place says where work is: a case and an id, in an index.
func place(first, second string) []byte { return append(prefix(first), second...) }

func splitPlace(place []byte) (first, second string) {
	first, second, _ = strings.Cut(string(place), "\x00")
	return first, second
}

// claimable calls f with the places of the work of a queue that can be claimed, now or later, until it returns false.
func claimable(tx *bolt.Tx, queue string, f func(ready int64, place []byte) bool) error {
	return walk(tx.Bucket(bucketDue), prefix(queue), "", "", false, func(key, place []byte) (bool, error) {
		if len(key) != 16 {
			return false, damaged("due work of queue", queue)
		}
		return f(takeTime(key), place), nil
	})
}

// Claim implements store.Store.
func (s *Store) Claim(ctx context.Context, queue string, now time.Time, lease time.Duration, n int) ([]store.Work, error) {
	if lease < time.Microsecond || n < 1 {
		return nil, fmt.Errorf("a claim takes at least one piece of work for at least a microsecond, not %d for %s", n, lease)
	}
	// Whoever asks when nothing is due does not trouble the writer.
	due, ok, err := s.NextDue(ctx, queue)
	if err != nil || !ok || due.UnixMicro() > now.UnixMicro() {
		return nil, err
	}
	var claimed []store.Work
	err = s.do(ctx, 256*n, func(tx *bolt.Tx) (func() error, error) {
		type found struct {
			*sheet
			*work
		}
		var list []found
		all := sheets{tx: tx}
		var wrong error
		err := claimable(tx, queue, func(ready int64, place []byte) bool {
			if ready > now.UnixMicro() {
				return false
			}
			var f found
			f.sheet, f.work, wrong = all.find(place)
			list = append(list, f)
			return len(list) < n && wrong == nil
		})
		switch {
		case err != nil || wrong != nil:
			return nil, errors.Join(err, wrong)
		case len(list) == 0:
			return nil, errNothingDue
		}
		return func() error {
			for _, f := range list {
				f.sheet.claim(f.work, now.Add(lease).UnixMicro())
				claimed = append(claimed, f.work.outside(f.caseID))
			}
			return all.save()
		}, nil
	})
	if errors.Is(err, errNothingDue) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return claimed, nil
}

// errNothingDue ends a claim that another claimant was ahead of, without a write.
var errNothingDue = errors.New("nothing is due")

// Settle implements store.Store.
func (s *Store) Settle(ctx context.Context, claim store.Work, now time.Time, o store.Outcome, c store.Change) ([]store.Entry, error) {
	err := o.Check(c)
	if err == nil && !c.Empty() {
		c, err = c.Prepared()
	}
	if err != nil {
		return nil, err
	}
	var entries []store.Entry
	err = s.do(ctx, sizeOf(c), func(tx *bolt.Tx) (func() error, error) {
		all := sheets{tx: tx}
		sh, err := all.of(claim.Case)
		if err != nil {
			return nil, err
		}
		w := sh.find(claim.ID)
		if w == nil || w.state != waiting || !w.leased || w.lease() != claim.Lease || w.until <= now.UnixMicro() {
			return nil, store.ErrLeaseLost
		}
		apply := nothing
		if !c.Empty() {
			if entries, apply, err = checkChange(tx, c, &all); err != nil {
				return nil, err
			}
		}
		return func() error {
			return errors.Join(sh.settle(tx, w, o), apply(), all.save())
		}, nil
	})
	if err != nil {
		return nil, err
	}
	return entries, nil
}

// EndLeases makes all claimed work claimable again, and says how much there was. It is for who has just opened the file: nobody else can
// have it open, so whoever claimed that work is gone, and waiting for the leases to run out would only lose time.
func (s *Store) EndLeases(ctx context.Context) (int, error) {
	ended := 0
	err := s.do(ctx, 0, func(tx *bolt.Tx) (func() error, error) {
		all := sheets{tx: tx}
		ended = 0
		err := tx.Bucket(bucketDue).ForEach(func(_, place []byte) error {
			sh, _, err := all.find(place)
			if err != nil {
				return err
			}
			for _, w := range sh.works {
				if w.leased {
					w.leased, w.until, sh.changed = false, 0, true
					ended++
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		return all.save, nil
	})
	return ended, err
}

// Dead implements store.Store.
func (s *Store) Dead(ctx context.Context, queue string, p store.Page) ([]store.Work, error) {
	if err := store.CheckName("the name of the queue", queue); err != nil {
		return nil, err
	}
	var out []store.Work
	limit := limitOf(p)
	err := s.read(ctx, func(tx *bolt.Tx) error {
		after := ""
		if p.After != "" {
			key := deadKey(tx, p.After)
			if !bytes.HasPrefix(key, prefix(queue)) {
				return fmt.Errorf("work %q to list after: %w", p.After, store.ErrNotFound)
			}
			after = string(key[len(prefix(queue)):])
		}
		return walk(tx.Bucket(bucketDead), prefix(queue), "", after, p.Reverse, func(_, place []byte) (bool, error) {
			if _, id := splitPlace(place); !strings.HasPrefix(id, p.Prefix) {
				return true, nil
			}
			all := sheets{tx: tx}
			sh, w, err := all.find(place)
			if err != nil {
				return false, err
			}
			out = append(out, w.outside(sh.caseID))
			return len(out) < limit, nil
		})
	})
	return out, err
}

// deadKey returns the key in the bucket of the dead of the work with an id, nil when it is not dead.
func deadKey(tx *bolt.Tx, id string) []byte {
	k, v := tx.Bucket(bucketDeadIDs).Cursor().Seek(prefix(id))
	if !bytes.HasPrefix(k, prefix(id)) {
		return nil
	}
	return v
}

// Revive implements store.Store.
func (s *Store) Revive(ctx context.Context, id string, due time.Time) error {
	if err := store.CheckName("the id of the work", id); err != nil {
		return err
	}
	return s.do(ctx, 0, func(tx *bolt.Tx) (func() error, error) {
		key := deadKey(tx, id)
		if key == nil {
			return nil, fmt.Errorf("work %q is not among the dead: %w", id, store.ErrNotFound)
		}
		all := sheets{tx: tx}
		sh, w, err := all.find(tx.Bucket(bucketDead).Get(key))
		if err != nil {
			return nil, err
		}
		return func() error {
			w.state, w.due = waiting, due.UnixMicro()
			sh.changed = true
			return errors.Join(exhume(tx, sh.caseID, w), all.save())
		}, nil
	})
}

// NextDue implements store.Store.
func (s *Store) NextDue(ctx context.Context, queue string) (due time.Time, ok bool, err error) {
	if err := store.CheckName("the name of the queue", queue); err != nil {
		return time.Time{}, false, err
	}
	err = s.read(ctx, func(tx *bolt.Tx) error {
		return claimable(tx, queue, func(ready int64, _ []byte) bool {
			due, ok = microTime(ready), true
			return false
		})
	})
	return due, ok, err
}
