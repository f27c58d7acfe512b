package boltstore_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"luvat/server/store"
	"luvat/server/store/boltstore"
)

var ctx = context.Background()

func mustOpen(t *testing.T, path string) *boltstore.Store {
	t.Helper()
	s, err := boltstore.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// whole checks the file of a closed store and returns its works.
func whole(t *testing.T, path string) map[string]string {
	t.Helper()
	works, err := boltstore.Verify(path)
	if err != nil {
		t.Fatalf("the file is not whole: %v", err)
	}
	return works
}

// note is a change with one entry of some size, a row and a piece of work.
func note(caseID string, after uint64, size int) store.Change {
	data, _ := json.Marshal(strings.Repeat("x", size))
	name := fmt.Sprintf("%s/%d", caseID, after+1)
	return store.Change{
		Case: caseID, After: after,
		Entries: []store.NewEntry{{Kind: "saved", At: time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC), By: "anna", Data: data}},
		Rows:    []store.RowChange{{Index: "folder", Key: name, Value: []byte("Festival")}},
		Work:    []store.NewWork{{ID: name, Queue: "deliver", Lane: caseID}},
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	newer := filepath.Join(dir, "newer.db")
	mustOpen(t, newer).Close()
	edit(t, newer, func(tx *bolt.Tx) error { return tx.Bucket([]byte("luvat")).Put([]byte("format"), []byte("2")) })
	damaged := filepath.Join(dir, "damaged.db")
	mustOpen(t, damaged).Close()
	edit(t, damaged, func(tx *bolt.Tx) error { return tx.Bucket([]byte("luvat")).Delete([]byte("format")) })
	foreign := filepath.Join(dir, "foreign.db")
	edit(t, foreign, func(tx *bolt.Tx) error { _, err := tx.CreateBucket([]byte("sessions")); return err })
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("not a store\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	held := filepath.Join(dir, "held.db")
	mustOpen(t, held)

	for path, says := range map[string]string{
		newer:                               "newer.db has format 2 and this version of luvat knows formats up to 1: start the newer version that wrote it",
		damaged:                             `damaged.db is damaged: it says that it has format ""`,
		foreign:                             "foreign.db belongs to another program: name another file for the store",
		text:                                "text.db is not a store, or is damaged: name another file, or bring back a backup",
		held:                                fmt.Sprintf("held.db is in use by process %d (boltstore.test): stop that first", os.Getpid()),
		filepath.Join(dir, "no", "such.db"): "no of the store does not exist: make it",
	} {
		s, err := boltstore.Open(path)
		if err == nil {
			s.Close()
			t.Errorf("%s was opened", filepath.Base(path))
		} else if !strings.Contains(err.Error(), says) {
			t.Errorf("%s: got the error %q, want one that says %q", filepath.Base(path), err, says)
		}
	}
}

// edit changes a file behind the store's back.
func edit(t *testing.T, path string, f func(*bolt.Tx) error) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(f); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// What the file holds is not what was written: the store says so and does not fall over.
func TestDamagedValues(t *testing.T) {
	path := filepath.Join(t.TempDir(), "luvat.db")
	s := mustOpen(t, path)
	if _, err := s.Append(ctx, note("c", 0, 10)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(ctx, "b", store.Record{Key: "k"}, 0); err != nil {
		t.Fatal(err)
	}
	s.Close()
	edit(t, path, func(tx *bolt.Tx) error { return tx.Bucket([]byte("cases")).Put([]byte("c\x00w"), []byte{1, 2, 3}) })
	for bucket, key := range map[string]string{"cases": "c\x00e\x00\x00\x00\x00\x00\x00\x00\x01", "records": "b\x00k"} {
		edit(t, path, func(tx *bolt.Tx) error { return tx.Bucket([]byte(bucket)).Put([]byte(key), []byte{1, 2, 3}) })
	}
	s = mustOpen(t, path)
	_, readErr := s.Read(ctx, "c", 0)
	_, appendErr := s.Append(ctx, note("c", 1, 10))
	_, claimErr := s.Claim(ctx, "deliver", time.Now(), time.Second, 1)
	_, getErr := s.Get(ctx, "b", "k", time.Now())
	_, putErr := s.Put(ctx, "b", store.Record{Key: "k"}, 0)
	for name, err := range map[string]error{"read": readErr, "append": appendErr, "claim": claimErr, "get": getErr, "put": putErr} {
		if err == nil || !strings.Contains(err.Error(), "the store's file is damaged: stop, and bring back a backup") {
			t.Errorf("%s of a damaged value: %v", name, err)
		}
	}
}
