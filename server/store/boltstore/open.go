package boltstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"luvat/server/store"
)

// format is the number of the layout that this package reads and writes.
const format = 1

// lockWait is how long Open waits for another process to let go of the file: long enough for one that is just being stopped.
const lockWait = 3 * time.Second

// mapSize is how much address space is reserved for the file. bbolt maps the file into memory, and to map more of it, it has to wait
// until every reader is done, a backup too, and stops new readers meanwhile. Address space costs nothing, so it takes enough at once;
// beyond that it goes on by the gigabyte.
const mapSize = 64 << 30

var (
	bucketMeta     = []byte("luvat")
	bucketCases    = []byte("cases")
	bucketData     = []byte("data")
	bucketRows     = []byte("rows")
	bucketDue      = []byte("due")
	bucketDead     = []byte("dead")
	bucketDeadIDs  = []byte("dead ids")
	bucketRecords  = []byte("records")
	bucketExpiries = []byte("expiries")

	keyFormat = []byte("format")
)

// Store is a store in one file. It implements store.Store.
type Store struct {
	db     *bolt.DB
	ops    chan *op
	closed chan struct{} // closed when no more operations are taken
	done   chan struct{} // closed when the writer has ended
	once   sync.Once
	failed error // the writer's: the disk has failed it, and what is on it is uncertain
}

var _ store.Store = (*Store)(nil)

// Open opens the store in the file at path, and makes the file when there is none; its directory must exist. One process at a time can
// have it open.
func Open(path string) (*Store, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := create(path); err != nil {
			return nil, openError(path, err)
		}
	}
	db, err := openFile(path)
	if err != nil {
		return nil, openError(path, err)
	}
	if err := checkFormat(db, path); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	s := &Store{db: db, ops: make(chan *op), closed: make(chan struct{}), done: make(chan struct{})}
	go s.write()
	return s, nil
}

// create makes the file beside its place and moves it there when it is complete, so that neither a full disk nor a power cut leaves half
// a store that could not be opened again.
func create(path string) error {
	fresh := path + ".new"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	db, err := openFile(fresh)
	if err != nil {
		return errors.Join(err, removeIfThere(fresh))
	}
	err = db.Update(func(tx *bolt.Tx) error {
		for _, name := range [][]byte{bucketMeta, bucketCases, bucketData, bucketRows, bucketDue, bucketDead, bucketDeadIDs, bucketRecords, bucketExpiries} {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		return tx.Bucket(bucketMeta).Put(keyFormat, []byte(strconv.Itoa(format)))
	})
	if err = errors.Join(err, db.Close()); err != nil {
		return errors.Join(err, removeIfThere(fresh))
	}
	if err := os.Rename(fresh, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func removeIfThere(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func openFile(path string) (*bolt.DB, error) {
	db, err := bolt.Open(path, 0o600, options(mapSize))
	if errors.Is(err, syscall.ENOMEM) || errors.Is(err, syscall.EINVAL) { // an address space that is limited, or small
		db, err = bolt.Open(path, 0o600, options(0))
	}
	return db, err
}

func options(mapped int) *bolt.Options {
	if strconv.IntSize < 64 {
		mapped = 0
	}
	return &bolt.Options{
		Timeout: lockWait,
		// The list of free pages as a map: finding a run of pages does not slow down when there are many and scattered ones.
		FreelistType: bolt.FreelistMapType,
		// The list is written with every commit, which is a page or two. Without it, opening (and recovering from a full disk) would read
		// every page of the file to find out which are free: minutes for a million cases instead of milliseconds.
		NoFreelistSync:  false,
		InitialMmapSize: mapped,
		NoStatistics:    true,
	}
}

// checkFormat refuses a file of another program or of a newer format.
func checkFormat(db *bolt.DB, path string) error {
	return db.View(func(tx *bolt.Tx) error {
		meta := tx.Bucket(bucketMeta)
		if meta == nil {
			return fmt.Errorf("%s belongs to another program: name another file for the store", path)
		}
		text := string(meta.Get(keyFormat))
		switch n, err := strconv.Atoi(text); {
		case err != nil || n < 1:
			return fmt.Errorf("%s is damaged: it says that it has format %q. Bring back a backup", path, text)
		case n > format:
			return fmt.Errorf("%s has format %d and this version of luvat knows formats up to %d: start the newer version that wrote it, or bring back a backup from before", path, n, format)
		}
		return nil
	})
}

// syncDir makes a new file's name durable, which syncing the file does not.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func openError(path string, err error) error {
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return fmt.Errorf("the store %s is in use by %s: stop that first, or name another file for this one", path, holder(path))
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the directory %s of the store does not exist: make it, or name another file", filepath.Dir(path))
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the store %s may not be read and written by this user: change the owner of the file and its directory", path)
	case isFull(err):
		return fmt.Errorf("the store %s cannot be opened: %w", path, store.ErrFull)
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum), errors.Is(err, bolterrors.ErrVersionMismatch):
		return fmt.Errorf("%s is not a store, or is damaged: name another file, or bring back a backup", path)
	}
	return fmt.Errorf("the store %s cannot be opened: %w", path, err)
}

// Close waits for the operations that were taken up and for readers, and lets go of the file. Closing again does nothing.
func (s *Store) Close() error {
	s.once.Do(func() { close(s.closed) })
	<-s.done
	return s.db.Close()
}

// Backup writes the file as it is at one instant. Others go on reading and writing; what they free meanwhile is not used again before the
// backup has ended, so a slow w makes the file grow.
func (s *Store) Backup(ctx context.Context, w io.Writer) error {
	return s.read(ctx, func(tx *bolt.Tx) error {
		_, err := tx.WriteTo(&cancelled{ctx, w})
		return err
	})
}

// cancelled is a writer that ends with its context.
type cancelled struct {
	ctx context.Context
	w   io.Writer
}

func (c *cancelled) Write(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.w.Write(b)
}

// read runs f in a read transaction. What f takes from it must be copied.
func (s *Store) read(ctx context.Context, f func(*bolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := s.db.View(f)
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return store.ErrClosed
	}
	return err
}
