package boltstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	bolt "go.etcd.io/bbolt"

	"luvat/server/store"
)

// Verify opens the file at path by itself and checks that it is whole: bbolt's pages, the chains, and that every index has exactly what
// the layout says that it has. It returns all works by id, with their states.
func Verify(path string) (works map[string]string, err error) {
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true, Timeout: lockWait, PreLoadFreelist: true})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	works = map[string]string{}
	err = db.View(func(tx *bolt.Tx) error {
		var wrong []error
		for err := range tx.Check() {
			wrong = append(wrong, err)
		}
		return errors.Join(errors.Join(wrong...), verifyEntries(tx), verifyWork(tx, works), verifyRecords(tx))
	})
	return works, err
}

func verifyEntries(tx *bolt.Tx) error {
	var ledger []store.Entry
	long := 0
	err := tx.Bucket(bucketCases).ForEach(func(k, v []byte) error {
		i := bytes.IndexByte(k, 0)
		if k[i+1] != 'e' {
			return nil
		}
		e, err := takeEntry(string(k[:i]), binary.BigEndian.Uint64(k[i+2:]), v, func(number []byte) []byte {
			long++
			return tx.Bucket(bucketData).Get(number)
		})
		if err != nil {
			return err
		}
		if len(ledger) > 0 && ledger[0].Case != e.Case {
			err = store.VerifyChain(ledger)
			ledger = nil
		}
		ledger = append(ledger, e)
		return err
	})
	if apart := count(tx, bucketData); apart != long && err == nil {
		err = fmt.Errorf("%d entries have their data apart, and there are %d", long, apart)
	}
	return errors.Join(err, store.VerifyChain(ledger))
}

func verifyWork(tx *bolt.Tx, works map[string]string) error {
	var wrong []error
	fail := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	collect := func(bucket []byte) map[string]string {
		into := map[string]string{}
		c := tx.Bucket(bucket).Cursor()
		for k, v := c.First(); k != nil; k, v = c.Next() {
			into[string(k)] = string(v)
		}
		return into
	}
	due, deadOnes, deadIDs := collect(bucketDue), collect(bucketDead), collect(bucketDeadIDs)
	take := func(from map[string]string, what string, key []byte, value string, want bool) {
		got, there := from[string(key)]
		if there != want || there && got != value {
			fail("work %q: a row in %s: %t (%q), should be %t", value, what, there, got, want)
		}
		delete(from, string(key))
	}
	orders := map[uint64]bool{}
	err := tx.Bucket(bucketCases).ForEach(func(k, v []byte) error {
		caseID, rest, _ := strings.Cut(string(k), "\x00")
		if rest != "w" {
			return nil
		}
		list, err := takeWorks(caseID, v)
		if err != nil {
			return err
		}
		heads, holders := map[string]*work{}, map[string]*work{}
		for _, w := range list {
			if works[w.id] != "" {
				fail("the work %s is there twice", w.id)
			}
			works[w.id] = map[state]string{waiting: "waiting", dead: "dead", done: "done"}[w.state]
			if w.state == waiting && heads[w.lane] == nil {
				heads[w.lane] = w
			}
			if w.leased {
				if holders[w.lane] != nil && w.lane != "" {
					fail("both %s and %s of lane %s have a lease", holders[w.lane].id, w.id, w.lane)
				}
				if holders[w.lane] = w; w.state != waiting {
					fail("the work %s is %s and has a lease", w.id, works[w.id])
				}
			}
		}
		for _, w := range list {
			if w.state == done {
				continue
			}
			if orders[w.order] || w.order == 0 || w.order > tx.Bucket(bucketCases).Sequence() {
				fail("the work %s has order %d, which another has too or which was never given", w.id, w.order)
			}
			orders[w.order] = true
			head := w.state == waiting && (w.lane == "" || heads[w.lane] == w)
			ready := w.due
			if w.leased {
				ready = w.until
			}
			if h := holders[w.lane]; head && w.lane != "" && h != nil {
				ready = max(ready, h.until)
			}
			take(due, "due", dueKey(w.queue, ready, w.order), caseID+"\x00"+w.id, head)
			take(deadOnes, "dead", numberKey(w.queue, w.order), caseID+"\x00"+w.id, w.state == dead)
			take(deadIDs, "dead ids", []byte(w.id+"\x00"+caseID), string(numberKey(w.queue, w.order)), w.state == dead)
		}
		return nil
	})
	if len(due)+len(deadOnes)+len(deadIDs) > 0 {
		fail("%d rows stand in due and %d and %d among the dead for work that is not there", len(due), len(deadOnes), len(deadIDs))
	}
	return errors.Join(err, errors.Join(wrong...))
}

func verifyRecords(tx *bolt.Tx) error {
	expiring := 0
	err := tx.Bucket(bucketRecords).ForEach(func(k, v []byte) error {
		r, err := takeRecord(string(k), v)
		if err != nil || r.expires == never {
			return err
		}
		expiring++
		if tx.Bucket(bucketExpiries).Get(append(appendTime(nil, r.expires), k...)) == nil {
			return fmt.Errorf("record %q is not among the expiries", k)
		}
		return nil
	})
	if rows := count(tx, bucketExpiries); rows != expiring && err == nil {
		err = fmt.Errorf("%d rows of expiries for %d records that expire", rows, expiring)
	}
	return err
}

func count(tx *bolt.Tx, bucket []byte) (n int) {
	c := tx.Bucket(bucket).Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		n++
	}
	return n
}
