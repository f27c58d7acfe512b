package boltstore

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"syscall"

	bolt "go.etcd.io/bbolt"

	"luvat/server/store"
)

// The most that one transaction takes. Commit writes all of it before anybody hears of theirs, so it must not be without bound; at 256
// callers with a submission each it is not reached.
const (
	batchOps   = 1024
	batchBytes = 32 << 20
)

// op is one operation that writes.
//
// check reads what the operation rests on; if that does not hold it returns the error for the caller, and nothing has been written. What
// it returns otherwise does the writing. Its only errors are the disk's or the file's, and they undo the whole transaction.
type op struct {
	check  func(tx *bolt.Tx) (apply func() error, err error)
	size   int // about how many bytes it writes
	result chan error
}

// nothing is what check returns for an operation that has nothing to write.
func nothing() error { return nil }

// do hands an operation to the writer and waits for its result.
//
// The channel has no buffer: the writer takes the operation straight from its caller, so until then the caller can give up and nothing
// has happened.
func (s *Store) do(ctx context.Context, size int, check func(tx *bolt.Tx) (func() error, error)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	o := &op{check: check, size: size, result: make(chan error, 1)}
	select {
	case <-s.closed:
		return store.ErrClosed
	default:
	}
	select {
	case s.ops <- o:
		return <-o.result
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closed:
		return store.ErrClosed
	}
}

// write is the one writer. It takes an operation and every other one that waits, commits them together, and goes on; with one caller it
// waits for nothing but the disk, with many they share the disk's time.
func (s *Store) write() {
	defer close(s.done)
	for {
		select {
		case o := <-s.ops:
			s.commit(s.gather(o))
		case <-s.closed:
			return
		}
	}
}

// gather takes what else is ready. The callers of the last transaction have just been woken and are on their way here with their next
// operation: the writer lets those run that can run (it does not wait: with nobody ready to run, Gosched returns at once) and looks
// again, until nobody more comes.
func (s *Store) gather(first *op) []*op {
	batch, bytes := []*op{first}, first.size
	for yielded := 0; len(batch) < batchOps && bytes < batchBytes; {
		select {
		case o := <-s.ops:
			batch, bytes = append(batch, o), bytes+o.size
			yielded = 0
			continue
		default:
		}
		if yielded == 2 {
			break
		}
		yielded++
		runtime.Gosched()
	}
	return batch
}

// commit carries out a batch in one transaction and tells every caller. One whose check fails changes nothing, for itself or for the
// others.
func (s *Store) commit(batch []*op) {
	results := make([]error, len(batch))
	err := s.failed
	if err == nil {
		err = s.transact(batch, results)
	}
	for i, o := range batch {
		if results[i] == nil {
			results[i] = err
		}
		o.result <- results[i]
	}
}

func (s *Store) transact(batch []*op, results []error) error {
	tx, err := s.db.Begin(true)
	if err != nil {
		return writeError(err)
	}
	wrote := false
	for i, o := range batch {
		apply, err := o.check(tx)
		if err != nil {
			results[i] = err
			continue
		}
		if err := apply(); err != nil {
			clear(results[:i+1]) // what they were told rested on writes that are undone
			return errors.Join(writeError(err), tx.Rollback())
		}
		wrote = true
	}
	if !wrote {
		return tx.Rollback()
	}
	if err := tx.Commit(); err != nil {
		clear(results)
		if !isFull(err) {
			// After a failed fsync the system may take pages for written that are not, and a later fsync would say that all is well.
			s.failed = fmt.Errorf("the store's disk has failed and nothing more is written: check the disk and start again: %w", err)
			return s.failed
		}
		return writeError(err)
	}
	return nil
}

func writeError(err error) error {
	if isFull(err) {
		return fmt.Errorf("nothing was saved: %w", store.ErrFull)
	}
	return fmt.Errorf("nothing was saved: %w", err)
}

// isFull tells whether an error of a write is that of a full disk, or of the user's share of it. bbolt wraps some errors as text only.
func isFull(err error) bool {
	if err == nil {
		return false
	}
	for _, full := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, full) || strings.Contains(err.Error(), full.Error()) {
			return true
		}
	}
	return false
}
