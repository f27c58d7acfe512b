package boltstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"luvat/server/store"
)

// Put implements store.Store.
func (s *Store) Put(ctx context.Context, bucket string, r store.Record, version uint64) (uint64, error) {
	if err := r.Check(bucket); err != nil {
		return 0, err
	}
	key := nameKey(bucket, r.Key)
	r.Value = bytes.Clone(r.Value)
	var next uint64
	err := s.do(ctx, len(r.Value), func(tx *bolt.Tx) (func() error, error) {
		old, there, err := getRecord(tx, key)
		switch {
		case err != nil:
			return nil, err
		case version == store.New && there, version != store.New && version != 0 && old.version != version:
			return nil, fmt.Errorf("record %q of %q: %w", r.Key, bucket, store.ErrStale)
		}
		next = old.version + 1
		return func() error {
			if err := dropExpiry(tx, old, there, bucket, r.Key); err != nil {
				return err
			}
			expires := expiresMicro(r.Expires)
			if expires != never {
				if err := tx.Bucket(bucketExpiries).Put(expiryKey(expires, bucket, r.Key), nil); err != nil {
					return err
				}
			}
			return tx.Bucket(bucketRecords).Put(key, appendRecord(nil, next, expires, r.Value))
		}, nil
	})
	if err != nil {
		return 0, err
	}
	return next, nil
}

func getRecord(tx *bolt.Tx, key []byte) (r record, there bool, err error) {
	value := tx.Bucket(bucketRecords).Get(key)
	if value == nil {
		return record{}, false, nil
	}
	r, err = takeRecord(string(key), value)
	return r, true, err
}

func dropExpiry(tx *bolt.Tx, old record, there bool, bucket, key string) error {
	if !there || old.expires == never {
		return nil
	}
	return tx.Bucket(bucketExpiries).Delete(expiryKey(old.expires, bucket, key))
}

// Get implements store.Store.
func (s *Store) Get(ctx context.Context, bucket, key string, now time.Time) (store.Record, error) {
	if err := store.CheckName("the name of the bucket", bucket); err != nil {
		return store.Record{}, err
	}
	var out store.Record
	err := s.read(ctx, func(tx *bolt.Tx) error {
		r, there, err := getRecord(tx, nameKey(bucket, key))
		if err != nil {
			return err
		}
		if !there || r.expires <= now.UnixMicro() {
			return fmt.Errorf("record %q of %q: %w", key, bucket, store.ErrNotFound)
		}
		out = r.outside(key)
		return nil
	})
	return out, err
}

// Delete implements store.Store.
func (s *Store) Delete(ctx context.Context, bucket, key string) error {
	if err := store.CheckName("the name of the bucket", bucket); err != nil {
		return err
	}
	full := nameKey(bucket, key)
	err := s.do(ctx, 0, func(tx *bolt.Tx) (func() error, error) {
		old, there, err := getRecord(tx, full)
		if err != nil {
			return nil, err
		}
		if !there {
			return nil, errNothingThere
		}
		return func() error {
			if err := dropExpiry(tx, old, true, bucket, key); err != nil {
				return err
			}
			return tx.Bucket(bucketRecords).Delete(full)
		}, nil
	})
	if errors.Is(err, errNothingThere) {
		return nil
	}
	return err
}

// errNothingThere ends an operation that has nothing to remove, without a write.
var errNothingThere = errors.New("nothing is there")

// Records implements store.Store.
func (s *Store) Records(ctx context.Context, bucket string, now time.Time, p store.Page) ([]store.Record, error) {
	if err := store.CheckName("the name of the bucket", bucket); err != nil {
		return nil, err
	}
	var out []store.Record
	limit := limitOf(p)
	err := s.read(ctx, func(tx *bolt.Tx) error {
		return walk(tx.Bucket(bucketRecords), prefix(bucket), p.Prefix, p.After, p.Reverse, func(key, value []byte) (bool, error) {
			r, err := takeRecord(string(key), value)
			if err != nil {
				return false, err
			}
			if r.expires > now.UnixMicro() {
				out = append(out, r.outside(string(key)))
			}
			return len(out) < limit, nil
		})
	})
	return out, err
}

// Sweep implements store.Store.
func (s *Store) Sweep(ctx context.Context, now time.Time, limit int) (int, error) {
	swept := 0
	err := s.do(ctx, 0, func(tx *bolt.Tx) (func() error, error) {
		var keys [][]byte
		c := tx.Bucket(bucketExpiries).Cursor()
		for k, _ := c.First(); k != nil && len(keys) < limit; k, _ = c.Next() {
			if len(k) < 8 {
				return nil, damaged("expiry", string(k))
			}
			if takeTime(k) > now.UnixMicro() {
				break
			}
			keys = append(keys, bytes.Clone(k))
		}
		if len(keys) == 0 {
			return nil, errNothingThere
		}
		return func() error {
			for _, k := range keys {
				if err := tx.Bucket(bucketExpiries).Delete(k); err != nil {
					return err
				}
				if err := tx.Bucket(bucketRecords).Delete(k[8:]); err != nil {
					return err
				}
			}
			swept = len(keys)
			return nil
		}, nil
	})
	if errors.Is(err, errNothingThere) {
		return 0, nil
	}
	return swept, err
}
