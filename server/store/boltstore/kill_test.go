package boltstore_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"luvat/server/store"
	"luvat/server/store/boltstore"
)

// childPath names the file that this program is to write to until it is killed, when it is run by TestKill.
const childPath = "LUVAT_STORE_CHILD"

func TestMain(m *testing.M) {
	if path := os.Getenv(childPath); path != "" {
		if err := child(path); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// kills is how often the process is killed; LUVAT_KILLS says another number.
const kills = 30

// The children's cases. The shared one has many writers, who conflict.
const (
	ownCases = 12
	shared   = "shared"
)

// part is the data of an entry of the children: it is entry I of N that one change appended together.
type part struct {
	Change string `json:"change"`
	I, N   int
	Fill   string
}

// child appends and settles from many goroutines for ever, and prints a line for whatever was acknowledged.
func child(path string) error {
	s, err := boltstore.Open(path)
	if err != nil {
		return err
	}
	run := strconv.FormatInt(time.Now().UnixNano(), 36)
	failed := make(chan error)
	for k := range ownCases {
		for _, name := range []string{fmt.Sprintf("own-%d", k), shared} {
			go func() { failed <- appendForEver(s, name, fmt.Sprintf("%s-%d", run, k)) }()
		}
	}
	for range 4 {
		go func() { failed <- settleForEver(s) }()
	}
	return <-failed
}

func last(s *boltstore.Store, caseID string) (uint64, error) {
	entries, err := s.Read(ctx, caseID, 0)
	return uint64(len(entries)), err
}

func appendForEver(s *boltstore.Store, caseID, writer string) error {
	after, err := last(s, caseID)
	for i := 0; err == nil; i++ {
		c := store.Change{Case: caseID, After: after}
		n := 1 + i%3
		for k := range n {
			data, _ := json.Marshal(part{Change: fmt.Sprintf("%s-%d", writer, i), I: k, N: n, Fill: strings.Repeat("x", rand.IntN(9000))})
			id := fmt.Sprintf("%s/%s/%d/%d", caseID, writer, i, k)
			c.Entries = append(c.Entries, store.NewEntry{Kind: "saved", At: time.Now(), By: writer, Data: data})
			c.Rows = append(c.Rows, store.RowChange{Index: "entries", Key: fmt.Sprintf("%s/%08d", caseID, after+uint64(k)+1)})
			c.Work = append(c.Work, store.NewWork{ID: id, Queue: "deliver", Lane: fmt.Sprintf("%s/%d", caseID, i%2)})
		}
		var entries []store.Entry
		entries, err = s.Append(ctx, c)
		var conflict *store.ConflictError
		if errors.As(err, &conflict) {
			after, err = conflict.Last, nil
			continue
		}
		if err == nil {
			after = entries[n-1].Seq
			acknowledge(entries)
		}
	}
	return err
}

// acknowledge tells the parent of entries, in one write for each line.
func acknowledge(entries []store.Entry) {
	for _, e := range entries {
		os.Stdout.WriteString(fmt.Sprintf("entry %s %d %s\n", e.Case, e.Seq, e.Hash))
	}
}

func settleForEver(s *boltstore.Store) error {
	for {
		got, err := s.Claim(ctx, "deliver", time.Now(), 200*time.Millisecond, 4)
		if err != nil {
			return err
		}
		for _, w := range got {
			for settled := false; !settled; {
				after, err := last(s, w.Case)
				if err != nil {
					return err
				}
				data, _ := json.Marshal(part{Change: w.ID, N: 1})
				c := store.Change{Case: w.Case, After: after, Entries: []store.NewEntry{{Kind: "delivered", At: time.Now(), By: "system", Data: data}}}
				c.Rows = []store.RowChange{{Index: "entries", Key: fmt.Sprintf("%s/%08d", w.Case, after+1)}}
				entries, err := s.Settle(ctx, w, time.Now(), store.Outcome{Done: true}, c)
				var conflict *store.ConflictError
				switch {
				case err == nil:
					acknowledge(entries)
					os.Stdout.WriteString("done " + w.ID + "\n")
					settled = true
				case errors.Is(err, store.ErrLeaseLost):
					settled = true // somebody else's now
				case !errors.As(err, &conflict):
					return err
				}
			}
		}
	}
}

// told is what the parent heard before a child was dead.
type told struct {
	entries map[string]map[uint64]string // case → number → hash
	done    map[string]bool
}

// TestKill kills a process that writes, at random instants, and looks at what it left: everything that was acknowledged is there; every
// change is there whole or not at all; the chains verify; every entry has its row and its work; work is done exactly when its entry says so.
func TestKill(t *testing.T) {
	rounds := kills
	if n, err := strconv.Atoi(os.Getenv("LUVAT_KILLS")); err == nil {
		rounds = n
	}
	path := filepath.Join(t.TempDir(), "luvat.db")
	heard := told{map[string]map[uint64]string{}, map[string]bool{}}
	working := 0 // rounds in which something was acknowledged before the kill
	for round := range rounds {
		if round%100 == 99 { // else the checks take longer and longer
			path = filepath.Join(t.TempDir(), "luvat.db")
			heard = told{map[string]map[uint64]string{}, map[string]bool{}}
		}
		n := killOne(t, path, heard, round%2 == 0)
		if n > 0 {
			working++
		}
		checkAfterKill(t, path, heard)
		if t.Failed() {
			t.Fatalf("in round %d of %d", round+1, rounds)
		}
	}
	if working < rounds/2 {
		t.Errorf("in %d of %d rounds nothing was written before the kill: the test tried too little", rounds-working, rounds)
	}
	entries := 0
	for _, hashes := range heard.entries {
		entries += len(hashes)
	}
	t.Logf("killed %d times, %d while it wrote; %d entries and %d deliveries acknowledged in the last file", rounds, working, entries, len(heard.done))
}

// killOne runs a child for a random time, from its first line or from its start, and returns how many lines it said.
func killOne(t *testing.T, path string, heard told, writing bool) (lines int) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childPath+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var kill sync.WaitGroup
	soon := func() {
		kill.Go(func() {
			time.Sleep(time.Duration(rand.IntN(120_000)) * time.Microsecond)
			if err := cmd.Process.Kill(); err != nil {
				t.Errorf("kill: %v", err)
			}
		})
	}
	if !writing {
		soon()
	}
	for scan := bufio.NewScanner(out); scan.Scan(); lines++ {
		if writing && lines == 0 {
			soon()
		}
		f := strings.Fields(scan.Text())
		switch {
		case len(f) == 4 && f[0] == "entry" && len(f[3]) == 64:
			seq, _ := strconv.ParseUint(f[2], 10, 64)
			if heard.entries[f[1]] == nil {
				heard.entries[f[1]] = map[uint64]string{}
			}
			if was := heard.entries[f[1]][seq]; was != "" {
				t.Errorf("entry %d of %s was acknowledged twice: %s and %s", seq, f[1], was, f[3])
			}
			heard.entries[f[1]][seq] = f[3]
		case len(f) == 2 && f[0] == "done":
			heard.done[f[1]] = true
		case len(f) > 0 && f[0] == "error":
			t.Errorf("the child said: %s", scan.Text())
		}
	}
	kill.Wait()
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.Exited() {
		t.Errorf("the child was not killed: %v", err)
	}
	return lines
}

func checkAfterKill(t *testing.T, path string, heard told) {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		if len(heard.entries) > 0 {
			t.Error("the file is gone")
		}
		return // it was killed before it had made the file
	}
	works := whole(t, path)
	s := mustOpen(t, path)
	defer s.Close()
	names := []string{shared}
	for k := range ownCases {
		names = append(names, fmt.Sprintf("own-%d", k))
	}
	saved, delivered := map[string]bool{}, map[string]bool{}
	for _, name := range names {
		entries, err := s.Read(ctx, name, 0)
		if err == nil {
			err = store.VerifyChain(entries)
		}
		if err != nil {
			t.Error(err)
			continue
		}
		for seq, hash := range heard.entries[name] {
			if seq > uint64(len(entries)) || entries[seq-1].Hash.String() != hash {
				t.Errorf("entry %d of %s was acknowledged and is not there: there are %d", seq, name, len(entries))
			}
		}
		rows, err := s.List(ctx, "entries", store.Page{Prefix: name + "/", Limit: 1 << 20})
		if err != nil || len(rows) != len(entries) {
			t.Errorf("%s has %d entries and %d rows, %v", name, len(entries), len(rows), err)
		}
		left := 0 // of the change that is being read
		for _, e := range entries {
			var p part
			if err := json.Unmarshal(e.Data, &p); err != nil {
				t.Fatal(err)
			}
			if left == 0 {
				left = p.N
			}
			if p.I != p.N-left {
				t.Errorf("entry %d of %s is part %d of %d, after %d parts", e.Seq, name, p.I, p.N, p.N-left)
			}
			left--
			if e.Kind == "delivered" {
				if delivered[p.Change] {
					t.Errorf("%s was delivered twice", p.Change)
				}
				delivered[p.Change] = true
			} else {
				i := strings.LastIndexByte(p.Change, '-')
				saved[fmt.Sprintf("%s/%s/%s/%d", name, p.Change[:i], p.Change[i+1:], p.I)] = true
			}
		}
		if left != 0 {
			t.Errorf("%s ends with a change of which %d entries are missing", name, left)
		}
	}
	if len(works) != len(saved) {
		t.Errorf("%d works for %d entries", len(works), len(saved))
	}
	for id := range saved {
		if works[id] == "" {
			t.Errorf("the work %s is missing", id)
		}
		if (works[id] == "done") != delivered[id] {
			t.Errorf("the work %s is %s; its case says that it was delivered: %t", id, works[id], delivered[id])
		}
	}
	for id := range heard.done {
		if works[id] != "done" {
			t.Errorf("the work %s was acknowledged as done and is %q", id, works[id])
		}
	}
}
