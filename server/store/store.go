// Package store keeps cases: for each case a ledger of entries that are appended and never changed, and beside it what must be found
// and what must be done. It knows nothing of permits: what an entry means is the business of package casefile.
//
//	Change ──Append──▶ one transaction: entries, index rows, work ──▶ Read, List, Claim
//
// The contract, which package storetest proves of every backend:
//
//  1. What Append, Settle, Put and Delete acknowledged by returning nil is durable: it survives the death of the process and of the
//     machine at any later instant. What returned an error, or did not return, is either wholly there or wholly absent.
//  2. The entries of a case are numbered 1, 2, 3 … without a gap. Append says which number it follows; when another entry has that
//     place already it changes nothing and returns a *ConflictError. Of two Appends after the same number exactly one succeeds.
//  3. Every entry carries the hash of the one before it (see Entry.Digest and VerifyChain). The store computes and links the hashes, and
//     returns data byte for byte as it was hashed.
//  4. Entries, index rows and work of one Change become visible together. No Change spans two cases.
//  5. List returns rows in the byte order of their keys; a row that was there before List began and is not changed meanwhile is
//     returned exactly once over all pages.
//  6. Work is claimed by one claimant at a time, under a lease. While the lease runs nobody else gets it; when it has run out, anybody
//     may, and the earlier claimant's Settle fails with ErrLeaseLost. Of the work in one lane only the oldest that is neither done nor
//     dead can be claimed, so nothing overtakes; a lane belongs to one case and may hold work of several queues. Time is an argument
//     everywhere: a store reads no clock. Times are kept to the microsecond.
//  7. A store that could not write (a full disk) says so with an error that wraps ErrFull where the system tells, goes on serving reads,
//     and writes again, without repair, when there is room.
//  8. Methods may be called by any number of goroutines. A writing method whose context ends before the store took it up changes
//     nothing and returns the context's error; one that was taken up is carried through. After Close every method returns ErrClosed.
//  9. What breaks a rule on names, keys or sizes (see Change.Check) is refused before anything is written.
package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// Entry is one line of a case's ledger.
type Entry struct {
	Case    string          `json:"case"`
	Seq     uint64          `json:"seq"`     // from 1
	Kind    string          `json:"kind"`    // what happened: "opened", "submitted", …
	At      time.Time       `json:"at"`      // UTC, to the microsecond
	By      string          `json:"by"`      // who did it: an account's id, or "system"
	For     string          `json:"for"`     // the party on whose behalf; "" for oneself and for the system
	Edition string          `json:"edition"` // the definition version that governed it
	Data    json.RawMessage `json:"data"`    // compact JSON, see Canonical
	Prev    Hash            `json:"prev"`    // the hash of the entry before; zero for the first
	Hash    Hash            `json:"hash"`    // Digest of this entry
}

// NewEntry is an entry to append; the store gives it its number and hashes.
type NewEntry struct {
	Kind    string
	At      time.Time
	By      string
	For     string
	Edition string
	Data    json.RawMessage // kept in the form of Canonical; nothing is null
}

// Change is all that one action does to one case. A Change without entries is allowed: its rows and work are written if the case still
// stands at After.
type Change struct {
	Case    string
	After   uint64 // the number of the last entry that the writer has seen; 0 for a new case
	Entries []NewEntry
	Rows    []RowChange
	Work    []NewWork
}

// RowChange puts or deletes one row of an index. Index names are short lower-case words; keys are compared as bytes. Of several changes
// of one row the last counts.
type RowChange struct {
	Index  string
	Key    string
	Value  []byte
	Delete bool
}

// Row is one row of an index.
type Row struct {
	Key   string
	Value []byte
}

// Page says which rows List, Records and Dead return. For Dead, Prefix and After are about ids (After is the id of one that is dead), and
// the order is that of adding.
type Page struct {
	Prefix  string // only keys that begin so
	After   string // only keys beyond this one, in the direction of reading; "" from the beginning
	Limit   int    // at most so many; 0 means 100
	Reverse bool   // from the last key to the first
}

// NewWork is something that must happen because of an entry.
type NewWork struct {
	// ID is unique among all cases; that is the caller's to see to. Adding the same id again to the same case, even after it was done, is
	// no error and changes nothing.
	ID    string
	Queue string // who does it: "deliver", "mail", "timer"
	Lane  string // work of one lane of the case is done in the order of its adding; "" for no order
	Due   time.Time
	Data  json.RawMessage // kept in the form of Canonical; nothing is null
}

// Work is claimed work.
type Work struct {
	ID      string
	Queue   string
	Case    string
	Lane    string
	Due     time.Time
	Attempt int       // from 1: this is the how manieth claim; it goes on counting after Revive
	Added   time.Time // the time of the last entry of the Change that added it; its Due when there was no entry
	Data    json.RawMessage
	Error   string // what the last attempt said
	Lease   string // names this claim; Settle wants it
}

// Outcome is what became of claimed work: exactly one of Done, Again and Dead.
type Outcome struct {
	Done  bool
	Again time.Time // try again at this time
	Dead  bool      // give up; it stays listed until revived. A dead head of a lane lets the next go on.
	Error string    // why, for Again and Dead
}

// Record is a small document outside any case: a session, a channel, an invitation.
type Record struct {
	Key     string
	Value   []byte
	Version uint64    // from 1; grows with each Put
	Expires time.Time // zero: never. An expired record is not returned, and is removed by Sweep.
}

// Store is what a backend is. See the package comment for what it promises.
type Store interface {
	// Append adds a Change and returns its entries as they stand in the ledger.
	Append(ctx context.Context, c Change) ([]Entry, error)
	// Read returns the entries of a case numbered after `after`; none for a case that does not exist.
	Read(ctx context.Context, caseID string, after uint64) ([]Entry, error)
	// List returns rows of an index.
	List(ctx context.Context, index string, p Page) ([]Row, error)

	// Claim takes up to n pieces of work of a queue that can be claimed at now, for the length of lease; first what could be claimed
	// first (since it was due, or since the lease of an earlier claimant ran out), then in the order of adding.
	Claim(ctx context.Context, queue string, now time.Time, lease time.Duration, n int) ([]Work, error)
	// Settle ends a claim and appends a Change in the same transaction; a Change without a Case appends nothing. Of w it reads Case,
	// ID and Lease. When it returns an error, a *ConflictError too, the claim stands as it was.
	Settle(ctx context.Context, w Work, now time.Time, o Outcome, c Change) ([]Entry, error)
	// Dead lists the work given up of a queue, oldest first. Revive makes one due again, at its old place in its lane: it waits while a
	// later one of the lane is under a lease. Revive of work that is not dead returns ErrNotFound.
	Dead(ctx context.Context, queue string, p Page) ([]Work, error)
	Revive(ctx context.Context, id string, due time.Time) error
	// NextDue returns the time from which Claim would find work in a queue (which may be past; for work under a lease the end of the
	// lease), to the microsecond; ok is false when nothing waits.
	NextDue(ctx context.Context, queue string) (due time.Time, ok bool, err error)

	// Put writes a record of a bucket. With version 0 it writes whatever is there; otherwise the stored version must be version,
	// and with version New there must be none. It returns the new version, or ErrStale. r.Version is not read. An expired record is there
	// until Sweep has removed it.
	Put(ctx context.Context, bucket string, r Record, version uint64) (uint64, error)
	// Get returns a record that has not expired at now, or ErrNotFound.
	Get(ctx context.Context, bucket, key string, now time.Time) (Record, error)
	// Delete removes a record; that there is none is no error.
	Delete(ctx context.Context, bucket, key string) error
	// Records lists the records of a bucket that have not expired at now.
	Records(ctx context.Context, bucket string, now time.Time, p Page) ([]Record, error)
	// Sweep removes records that have expired at now (Expires is not later), up to limit, the longest expired first, and says how many.
	Sweep(ctx context.Context, now time.Time, limit int) (int, error)

	// Backup writes a consistent copy of everything while others go on. Each backend says how it is brought back.
	Backup(ctx context.Context, w io.Writer) error
	Close() error
}

// New as a version says that there must be no such record yet.
const New = ^uint64(0)

// The errors that a caller may want to tell apart.
var (
	ErrNotFound  = errors.New("there is no such record")
	ErrStale     = errors.New("somebody else changed the record meanwhile")
	ErrLeaseLost = errors.New("the lease has run out and the work may be somebody else's")
	ErrFull      = errors.New("the disk is full")
	ErrClosed    = errors.New("the store is closed")
)

// ConflictError says that a case has gone on since the writer read it.
type ConflictError struct {
	Case  string
	After uint64 // what the writer had seen
	Last  uint64 // the last entry that there is
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("case %s has gone on to entry %d; the change was made after entry %d", e.Case, e.Last, e.After)
}
