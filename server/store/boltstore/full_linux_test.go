package boltstore_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"luvat/server/store"
	"luvat/server/store/boltstore"
)

// disk mounts a small disk for a test.
func disk(t *testing.T, megabytes int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm", megabytes)); err != nil {
		t.Fatalf("a disk of %d MB cannot be mounted (%v): run this test as root or in a user namespace of its own, `unshare --map-root-user --mount go test ./server/store/boltstore`", megabytes, err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}

func TestFullDisk(t *testing.T) {
	dir := disk(t, 16)
	path, ballast := filepath.Join(dir, "luvat.db"), filepath.Join(dir, "ballast")
	s := mustOpen(t, path)
	if err := os.WriteFile(ballast, make([]byte, 4<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	const writers = 4
	var acknowledged [writers]uint64
	// fill appends until every writer is told that the disk is full, the size of what it writes getting smaller, to fill the last pages.
	fill := func() {
		var all sync.WaitGroup
		for k := range writers {
			all.Go(func() {
				for size := 40_000; size > 10; {
					_, err := s.Append(ctx, note(fmt.Sprintf("c%d", k), acknowledged[k], size))
					switch {
					case err == nil:
						acknowledged[k]++
					case errors.Is(err, store.ErrFull):
						size /= 3
					default:
						t.Errorf("append on a full disk: %v", err)
						return
					}
				}
			})
		}
		all.Wait()
	}
	check := func(when string) {
		t.Helper()
		for k := range writers {
			entries, err := s.Read(ctx, fmt.Sprintf("c%d", k), 0)
			if err == nil {
				err = store.VerifyChain(entries)
			}
			if err != nil || uint64(len(entries)) != acknowledged[k] {
				t.Fatalf("%s: %d entries of %d, %v", when, len(entries), acknowledged[k], err)
			}
			rows, err := s.List(ctx, "folder", store.Page{Prefix: fmt.Sprintf("c%d/", k), Limit: 1 << 20})
			if err != nil || uint64(len(rows)) != acknowledged[k] {
				t.Fatalf("%s: %d rows of %d, %v", when, len(rows), acknowledged[k], err)
			}
		}
	}

	for round := range 3 {
		fill()
		if acknowledged[0] < uint64(10+round) {
			t.Fatalf("the disk was full after %d entries", acknowledged[0])
		}
		check("full")
		_, err := s.Put(ctx, "b", store.Record{Key: "k", Value: make([]byte, 1<<20)}, 0)
		if !errors.Is(err, store.ErrFull) {
			t.Errorf("put on a full disk: %v", err)
		}
		if round == 1 { // a start on a full disk
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = mustOpen(t, path)
			check("opened while full")
		}
		// There is room again: without anything else, writing goes on.
		if err := os.Truncate(ballast, int64(2-round)<<20); err != nil {
			t.Fatal(err)
		}
		for k := range writers {
			if _, err := s.Append(ctx, note(fmt.Sprintf("c%d", k), acknowledged[k], 1000)); err != nil {
				t.Fatalf("append when there was room again: %v", err)
			}
			acknowledged[k]++
		}
		work, err := s.Claim(ctx, "deliver", time.Now(), time.Minute, 1)
		if err != nil || len(work) != 1 {
			t.Fatalf("claim when there was room again: %d, %v", len(work), err)
		}
		if _, err := s.Settle(ctx, work[0], time.Now(), store.Outcome{Done: true}, store.Change{}); err != nil {
			t.Fatal(err)
		}
		check("with room again")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	works := whole(t, path)
	total := 0
	for k := range writers {
		total += int(acknowledged[k])
	}
	if len(works) != total {
		t.Errorf("%d works for %d entries", len(works), total)
	}

	if err := os.WriteFile(ballast, make([]byte, 64<<20), 0o600); err == nil {
		t.Fatal("the disk is not full")
	}
	other, err := boltstore.Open(filepath.Join(dir, "other.db"))
	if !errors.Is(err, store.ErrFull) {
		t.Errorf("a new store on a full disk: %v, %v", other, err)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, filepath.Join(dir, "other.db")) // the failed attempt left nothing in the way
}
