package boltstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"luvat/server/store"
)

// errDamaged is what the file itself says when a value is not what this package wrote. bbolt checks no sums of its pages.
var errDamaged = errors.New("the store's file is damaged: stop, and bring back a backup")

func damaged(what, key string) error {
	return fmt.Errorf("%w (%s %q cannot be read)", errDamaged, what, key)
}

// appendText writes a text or bytes behind its length, a varint.
func appendText[T string | []byte](b []byte, text T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// reader takes a value apart. After the first failure it gives zeros and bad stays set.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) take(n uint64) []byte {
	if r.bad || n > uint64(len(r.b)) {
		r.bad = true
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) uvarint() uint64 {
	n, size := binary.Uvarint(r.b)
	if r.bad || size <= 0 {
		r.bad = true
		return 0
	}
	r.b = r.b[size:]
	return n
}

func (r *reader) uint64() uint64 {
	if b := r.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func (r *reader) micro() int64 {
	if b := r.take(8); b != nil {
		return takeTime(b)
	}
	return 0
}

func (r *reader) time() time.Time { return microTime(r.micro()) }

// text copies, so that what it returns outlives the transaction.
func (r *reader) text() string { return string(r.take(r.uvarint())) }

// rest copies all that is left.
func (r *reader) rest() []byte { return append([]byte{}, r.take(uint64(len(r.b)))...) }

// inline is how long the data of an entry may be to be kept in the entry itself: a quarter of a page.
const inline = 1024

// appendEntry writes the value of an entry; its case and number are in the key. The hash comes first, see head. number is where its data
// is, when that is longer than inline.
func appendEntry(b []byte, e *store.Entry, number uint64) []byte {
	b = append(b, e.Hash[:]...)
	b = append(b, e.Prev[:]...)
	b = appendTime(b, e.At.UnixMicro())
	b = appendText(b, e.Kind)
	b = appendText(b, e.By)
	b = appendText(b, e.For)
	b = appendText(b, e.Edition)
	if len(e.Data) > inline {
		return binary.BigEndian.AppendUint64(append(b, flag(true)), number)
	}
	return append(append(b, flag(false)), e.Data...)
}

// takeEntry reads an entry; data finds what is kept apart.
func takeEntry(caseID string, seq uint64, value []byte, data func(number []byte) []byte) (store.Entry, error) {
	r := reader{b: value}
	e := store.Entry{Case: caseID, Seq: seq}
	copy(e.Hash[:], r.take(uint64(len(e.Hash))))
	copy(e.Prev[:], r.take(uint64(len(e.Prev))))
	e.At = r.time()
	e.Kind, e.By, e.For, e.Edition = r.text(), r.text(), r.text(), r.text()
	if r.byte() == flag(true) {
		r.b = data(r.take(8))
		r.bad = r.bad || len(r.b) == 0
	}
	e.Data = r.rest()
	if r.bad {
		return e, damaged("entry", fmt.Sprintf("%s %d", caseID, seq))
	}
	return e, nil
}

// The states of a piece of work.
type state byte

const (
	waiting state = 1 // to be claimed, or under a lease
	dead    state = 2 // given up
	done    state = 3 // a stub is left
)

// work is a piece of work as it is kept.
type work struct {
	id      string
	state   state
	order   uint64
	queue   string
	lane    string
	added   int64
	due     int64
	attempt uint64
	leased  bool
	until   int64 // the end of the lease
	indexed bool  // there is a row in due for it
	ready   int64 // the time in that row
	err     string
	data    []byte
}

// appendWork writes one work of a sheet. Of done work the id is left.
func appendWork(b []byte, w *work) []byte {
	b = append(b, byte(w.state))
	b = appendText(b, w.id)
	if w.state == done {
		return b
	}
	b = binary.AppendUvarint(b, w.order)
	b = appendText(b, w.queue)
	b = appendText(b, w.lane)
	b = appendTime(b, w.added)
	b = appendTime(b, w.due)
	b = binary.AppendUvarint(b, w.attempt)
	b = append(b, flag(w.leased))
	b = appendTime(b, w.until)
	b = append(b, flag(w.indexed))
	b = appendTime(b, w.ready)
	b = appendText(b, w.err)
	return appendText(b, w.data)
}

// takeWorks reads all works of a sheet.
func takeWorks(caseID string, value []byte) ([]*work, error) {
	r := reader{b: value}
	var works []*work
	for len(r.b) > 0 && !r.bad {
		w := &work{state: state(r.byte()), id: r.text()}
		switch w.state {
		case done:
		case waiting, dead:
			w.order, w.queue, w.lane = r.uvarint(), r.text(), r.text()
			w.added, w.due = r.micro(), r.micro()
			w.attempt = r.uvarint()
			w.leased, w.until = r.byte() == flag(true), r.micro()
			w.indexed, w.ready = r.byte() == flag(true), r.micro()
			w.err, w.data = r.text(), []byte(r.text())
		default:
			r.bad = true
		}
		works = append(works, w)
	}
	if r.bad {
		return nil, damaged("the work of case", caseID)
	}
	return works, nil
}

func flag(is bool) byte {
	if is {
		return 1
	}
	return 0
}

// outside is the work as callers see it.
func (w *work) outside(caseID string) store.Work {
	out := store.Work{
		ID: w.id, Queue: w.queue, Case: caseID, Lane: w.lane, Due: microTime(w.due), Attempt: int(w.attempt),
		Added: microTime(w.added), Data: w.data, Error: w.err,
	}
	if w.leased {
		out.Lease = w.lease()
	}
	return out
}

// lease names a claim: which piece of work, and which claim of it.
func (w *work) lease() string { return fmt.Sprintf("%d.%d", w.order, w.attempt) }

func appendRecord(b []byte, version uint64, expires int64, value []byte) []byte {
	b = binary.BigEndian.AppendUint64(b, version)
	b = appendTime(b, expires)
	return append(b, value...)
}

// record is a record as it is kept; value is not copied.
type record struct {
	version uint64
	expires int64
	value   []byte
}

func takeRecord(key string, value []byte) (record, error) {
	r := reader{b: value}
	out := record{version: r.uint64(), expires: r.micro()}
	out.value = r.b
	if r.bad {
		return out, damaged("record", key)
	}
	return out, nil
}

func (r record) outside(key string) store.Record {
	return store.Record{Key: key, Value: append([]byte{}, r.value...), Version: r.version, Expires: expiresTime(r.expires)}
}
