package boltstore_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"luvat/server/store"
)

// What a power cut leaves. bbolt writes pages, syncs, writes one of the two meta pages, and syncs again; the disk may write in any order
// what was not yet synced. So after a cut the file is the one before a commit with any of the new pages, or the one after with a meta page
// of which a part is new. Both are made here from a copy from before and one from after, and opened.
func TestPowerCut(t *testing.T) {
	const page, metaEnd = 4096, 16 + 64 // bbolt's page, and where its meta ends in it
	if os.Getpagesize() != page {
		t.Fatalf("this test knows bbolt's file with pages of %d bytes; here they have %d", page, os.Getpagesize())
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "luvat.db")
	s := mustOpen(t, path)
	const before = 60
	for seq := range uint64(before) {
		if _, err := s.Append(ctx, note("c", seq, 3000)); err != nil {
			t.Fatal(err)
		}
	}
	read := func() []byte {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	old := read()
	if _, err := s.Append(ctx, note("c", before, 3000)); err != nil {
		t.Fatal(err)
	}
	after := read()
	s.Close()
	old = append(old, make([]byte, max(0, len(after)-len(old)))...)
	meta := 0 // which of the two meta pages the last commit wrote
	if bytes.Equal(old[:page], after[:page]) {
		meta = page
	}

	try := func(name string, file []byte, entries ...int) {
		t.Helper()
		path := filepath.Join(dir, "cut.db")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		whole(t, path)
		s := mustOpen(t, path)
		defer s.Close()
		got, err := s.Read(ctx, "c", 0)
		if err == nil {
			err = store.VerifyChain(got)
		}
		if err != nil || len(got) != entries[0] && len(got) != entries[len(entries)-1] {
			t.Fatalf("%s: %d entries, %v; want one of %d", name, len(got), err, entries)
		}
		if _, err := s.Append(ctx, note("c", uint64(len(got)), 3000)); err != nil {
			t.Errorf("%s: append afterwards: %v", name, err)
		}
	}
	for cut := 0; cut <= metaEnd; cut += 4 {
		file := bytes.Clone(after)
		copy(file[meta+cut:meta+page], old[meta+cut:meta+page])
		try("a torn meta page", file, before, before+1)
	}
	try("all of it", after, before+1)
	changed := 0
	for round := range 20 {
		file := bytes.Clone(old)
		for at := 2 * page; at+page <= len(after); at += page {
			if !bytes.Equal(old[at:at+page], after[at:at+page]) && rand.IntN(2) == 0 {
				copy(file[at:at+page], after[at:at+page])
				changed++
			}
		}
		try("some pages of a commit without its meta page", file, before)
		if round == 19 && changed < 20 {
			t.Errorf("only %d pages differed: the test tried nothing", changed)
		}
	}
}
