// Package edition keeps every version of the definitions that governs a case, for as long as there are cases.
//
//	library at the start ──archive──▶ store, under its SHA-256; each bundle's edition ──▶ the archive it is in
//	Edition(id): of today's library at once; an older one is read from the store, compiled, and kept a while
//
// The id of an edition is "<bundle>@<version>+<digest>", where the digest is over the files that govern the bundle (see
// definitions.Library.Digest): a corrected typing error in another bundle makes no new edition of this one. A service that was upgraded
// still decides an old case by the text under which it began.
package edition

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"luvat/definitions"
	"luvat/engine"
	"luvat/forms"
	"luvat/server/casefile"
	"luvat/server/store"
)

// The buckets of the store.
const (
	archives = "archive" // SHA-256 of an archive → the archive
	places   = "edition" // id of an edition → SHA-256 of an archive that has it
)

// Keeper gives editions. It is safe for concurrent use.
type Keeper struct {
	store   store.Store
	engine  *engine.Engine
	current map[*engine.Program]casefile.Edition
	byID    map[string]casefile.Edition // of today's library

	mu   sync.Mutex
	old  map[string]*opening // by SHA-256 of the archive
	used []string            // archives in the order of their last use
}

// opening is an archive that is being opened, or has been.
type opening struct {
	once     sync.Once
	editions map[string]casefile.Edition
	err      error
}

// kept is how many older archives stay compiled.
const kept = 8

// New compiles the forms of a library that is free of errors and puts the library into the store, where it is not there yet.
func New(ctx context.Context, s store.Store, e *engine.Engine) (*Keeper, error) {
	k := &Keeper{store: s, engine: e, current: map[*engine.Program]casefile.Edition{}, byID: map[string]casefile.Edition{}, old: map[string]*opening{}}
	archive, err := e.Library.Archive()
	if err != nil {
		return nil, fmt.Errorf("the definitions cannot be packed: %w", err)
	}
	h := sha256.Sum256(archive)
	sum := hex.EncodeToString(h[:])
	all, err := editions(e)
	if err != nil {
		return nil, err
	}
	if err := keep(ctx, s, archives, sum, archive); err != nil {
		return nil, err
	}
	for p, ed := range all {
		k.current[p], k.byID[ed.ID] = ed, ed
		if err := keep(ctx, s, places, ed.ID, []byte(sum)); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// keep writes a record where there is none; one that is there stays.
func keep(ctx context.Context, s store.Store, bucket, key string, value []byte) error {
	_, err := s.Put(ctx, bucket, store.Record{Key: key, Value: value}, store.New)
	if err == nil || errors.Is(err, store.ErrStale) {
		return nil
	}
	return fmt.Errorf("the definitions cannot be kept: %w", err)
}

// editions compiles the forms of every bundle version.
func editions(e *engine.Engine) (map[*engine.Program]casefile.Edition, error) {
	all := map[*engine.Program]casefile.Edition{}
	for _, p := range e.Programs() {
		book, found := forms.Compile(p)
		if found.HasErrors() {
			return nil, fmt.Errorf("the forms of bundle %s have errors; `luvat validate` shows them", p.Bundle.ID)
		}
		all[p] = casefile.Edition{ID: ID(e.Library, p.Bundle), Program: p, Book: book}
	}
	return all, nil
}

// ID returns the id of the edition that a bundle version is in a library.
func ID(l *definitions.Library, b *definitions.Bundle) string {
	return b.ID + "@" + b.Version + "+" + l.Digest(b)[:16]
}

// Version returns the bundle's version out of an edition's id.
func Version(id string) string {
	_, rest, _ := strings.Cut(id, "@")
	version, _, _ := strings.Cut(rest, "+")
	return version
}

// Current returns the edition in force on a day. The error is an *engine.NoBundleError when there is none.
func (k *Keeper) Current(bundle string, on definitions.Date) (casefile.Edition, error) {
	p, err := k.engine.Bundle(bundle, on)
	if err != nil {
		return casefile.Edition{}, err
	}
	return k.current[p], nil
}

// Edition returns an edition by id.
func (k *Keeper) Edition(id string) (casefile.Edition, error) {
	if ed, ok := k.byID[id]; ok {
		return ed, nil
	}
	place, err := k.store.Get(context.Background(), places, id, time.Time{})
	if errors.Is(err, store.ErrNotFound) {
		return casefile.Edition{}, fmt.Errorf("edition %s of the definitions is not in this store", id)
	}
	if err != nil {
		return casefile.Edition{}, fmt.Errorf("the kept definitions cannot be read: %w", err)
	}
	sum := string(place.Value)
	o := k.opening(sum)
	o.once.Do(func() { o.editions, o.err = k.open(sum) })
	if o.err != nil {
		k.forget(sum, o) // what failed may succeed later: the disk may have been away
		return casefile.Edition{}, o.err
	}
	ed, ok := o.editions[id]
	if !ok {
		return casefile.Edition{}, fmt.Errorf("edition %s is not in the definitions that were kept for it", id)
	}
	return ed, nil
}

func (k *Keeper) opening(sum string) *opening {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.used = append(slices.DeleteFunc(k.used, func(s string) bool { return s == sum }), sum)
	if len(k.used) > kept {
		delete(k.old, k.used[0])
		k.used = k.used[1:]
	}
	if k.old[sum] == nil {
		k.old[sum] = &opening{}
	}
	return k.old[sum]
}

func (k *Keeper) forget(sum string, o *opening) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.old[sum] == o {
		delete(k.old, sum)
	}
}

func (k *Keeper) open(sum string) (map[string]casefile.Edition, error) {
	r, err := k.store.Get(context.Background(), archives, sum, time.Time{})
	if err != nil {
		return nil, fmt.Errorf("the kept definitions cannot be read: %w", err)
	}
	roots, err := definitions.OpenArchive(r.Value)
	if err != nil {
		return nil, err
	}
	lib, found := definitions.Load(roots...)
	e, more := engine.Compile(lib)
	if found.HasErrors() || more.HasErrors() {
		return nil, fmt.Errorf("the kept definitions %s are not understood by this version of luvat", sum[:16])
	}
	all, err := editions(e)
	if err != nil {
		return nil, err
	}
	byID := map[string]casefile.Edition{}
	for _, ed := range all {
		byID[ed.ID] = ed
	}
	return byID, nil
}
