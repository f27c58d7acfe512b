package boltstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"luvat/server/store"
)

// Append implements store.Store.
func (s *Store) Append(ctx context.Context, c store.Change) ([]store.Entry, error) {
	c, err := c.Prepared()
	if err != nil {
		return nil, err
	}
	var entries []store.Entry
	err = s.do(ctx, sizeOf(c), func(tx *bolt.Tx) (func() error, error) {
		all := sheets{tx: tx}
		appended, apply, err := checkChange(tx, c, &all)
		if err != nil {
			return nil, err
		}
		entries = appended
		return func() error { return errors.Join(apply(), all.save()) }, nil
	})
	if err != nil {
		return nil, err
	}
	return entries, nil
}

func sizeOf(c store.Change) (n int) {
	for _, e := range c.Entries {
		n += len(e.Data)
	}
	for _, r := range c.Rows {
		n += len(r.Value)
	}
	for _, w := range c.Work {
		n += len(w.Data)
	}
	return n
}

// checkChange checks a prepared Change against what the transaction sees. apply writes its entries and rows and puts its work into the
// sheets.
func checkChange(tx *bolt.Tx, c store.Change, all *sheets) (entries []store.Entry, apply func() error, err error) {
	last, hash, err := head(tx, c.Case)
	if err != nil {
		return nil, nil, err
	}
	if last != c.After {
		return nil, nil, &store.ConflictError{Case: c.Case, After: c.After, Last: last}
	}
	var works *sheet
	if len(c.Work) > 0 {
		if works, err = all.of(c.Case); err != nil {
			return nil, nil, err
		}
	}
	entries = make([]store.Entry, len(c.Entries))
	for i, e := range c.Entries {
		entries[i] = store.Entry{
			Case: c.Case, Seq: last + uint64(i) + 1, Kind: e.Kind, At: e.At, By: e.By, For: e.For, Edition: e.Edition,
			Data: e.Data, Prev: hash, // Prepared has made a copy of the data
		}
		hash = entries[i].Digest()
		entries[i].Hash = hash
	}
	return entries, func() error {
		for i := range entries {
			if err := putEntry(tx, &entries[i]); err != nil {
				return err
			}
		}
		if err := putRows(tx, c.Rows); err != nil {
			return err
		}
		if works == nil {
			return nil
		}
		return works.add(tx, c)
	}, nil
}

func putEntry(tx *bolt.Tx, e *store.Entry) error {
	var number uint64
	if len(e.Data) > inline {
		data := tx.Bucket(bucketData)
		data.FillPercent = 1 // nothing is ever put between
		var err error
		if number, err = data.NextSequence(); err != nil {
			return err
		}
		if err := data.Put(binary.BigEndian.AppendUint64(nil, number), e.Data); err != nil {
			return err
		}
	}
	return tx.Bucket(bucketCases).Put(entryKey(e.Case, e.Seq), appendEntry(nil, e, number))
}

// head returns the number and hash of the last entry of a case; zeros when there is none.
func head(tx *bolt.Tx, caseID string) (last uint64, hash store.Hash, err error) {
	base := entryBase(caseID)
	c := tx.Bucket(bucketCases).Cursor()
	k, v := seekBefore(c, end(base), false, nil)
	if !bytes.HasPrefix(k, base) {
		return 0, hash, nil
	}
	if len(k) != len(base)+8 || len(v) < len(hash) {
		return 0, hash, damaged("entry", string(k))
	}
	copy(hash[:], v)
	return binary.BigEndian.Uint64(k[len(base):]), hash, nil
}

func putRows(tx *bolt.Tx, rows []store.RowChange) error {
	b := tx.Bucket(bucketRows)
	for _, r := range rows {
		key := nameKey(r.Index, r.Key)
		if r.Delete {
			if err := b.Delete(key); err != nil {
				return err
			}
		} else if err := b.Put(key, bytes.Clone(r.Value)); err != nil {
			return err
		}
	}
	return nil
}

// Read implements store.Store.
func (s *Store) Read(ctx context.Context, caseID string, after uint64) ([]store.Entry, error) {
	if err := store.CheckName("the name of the case", caseID); err != nil {
		return nil, err
	}
	if after == ^uint64(0) {
		return nil, ctx.Err()
	}
	var ledger []store.Entry
	err := s.read(ctx, func(tx *bolt.Tx) error {
		base := entryBase(caseID)
		data := tx.Bucket(bucketData)
		c := tx.Bucket(bucketCases).Cursor()
		for k, v := c.Seek(entryKey(caseID, after+1)); bytes.HasPrefix(k, base); k, v = c.Next() {
			if len(k) != len(base)+8 {
				return fmt.Errorf("%w (an entry of case %s has no number)", errDamaged, caseID)
			}
			e, err := takeEntry(caseID, binary.BigEndian.Uint64(k[len(base):]), v, data.Get)
			if err != nil {
				return err
			}
			ledger = append(ledger, e)
		}
		return nil
	})
	return ledger, err
}

// List implements store.Store.
func (s *Store) List(ctx context.Context, index string, p store.Page) ([]store.Row, error) {
	if err := store.CheckName("the name of the index", index); err != nil {
		return nil, err
	}
	var rows []store.Row
	limit := limitOf(p)
	err := s.read(ctx, func(tx *bolt.Tx) error {
		return walk(tx.Bucket(bucketRows), prefix(index), p.Prefix, p.After, p.Reverse, func(key, value []byte) (bool, error) {
			rows = append(rows, store.Row{Key: string(key), Value: append([]byte{}, value...)})
			return len(rows) < limit, nil
		})
	})
	return rows, err
}

func limitOf(p store.Page) int {
	if p.Limit <= 0 {
		return 100
	}
	return p.Limit
}
