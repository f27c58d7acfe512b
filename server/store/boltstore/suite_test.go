package boltstore_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"luvat/server/store"
	"luvat/server/store/boltstore"
	"luvat/server/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Opener { return &file{dir: t.TempDir()} })
}

// file opens the store of a directory.
type file struct {
	dir      string
	restored int
}

// Open checks, before it opens the file again, that its indexes have what the layout says.
func (f *file) Open() (store.Store, error) {
	path := filepath.Join(f.dir, "luvat.db")
	if _, err := os.Stat(path); err == nil {
		if _, err := boltstore.Verify(path); err != nil {
			return nil, err
		}
	}
	return boltstore.Open(path)
}

func (f *file) Restore(backup io.Reader) (store.Store, error) {
	f.restored++
	path := filepath.Join(f.dir, fmt.Sprintf("restored-%d.db", f.restored))
	out, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if _, err := io.Copy(out, backup); err != nil {
		return nil, err
	}
	if err := out.Close(); err != nil {
		return nil, err
	}
	return boltstore.Open(path)
}
