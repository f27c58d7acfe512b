package boltstore

import (
	"bytes"
	"encoding/binary"
	"math"
	"time"

	bolt "go.etcd.io/bbolt"
)

// prefix is a name and the NUL that ends it.
func prefix(name string) []byte { return append([]byte(name), 0) }

func nameKey(name, key string) []byte { return append(prefix(name), key...) }

func numberKey(name string, n uint64) []byte { return binary.BigEndian.AppendUint64(prefix(name), n) }

// entryBase is what the keys of a case's entries begin with.
func entryBase(caseID string) []byte { return append(prefix(caseID), 'e') }

func sheetKey(caseID string) []byte { return append(prefix(caseID), 'w') }

func entryKey(caseID string, seq uint64) []byte {
	return binary.BigEndian.AppendUint64(entryBase(caseID), seq)
}

func dueKey(queue string, ready int64, order uint64) []byte {
	return binary.BigEndian.AppendUint64(appendTime(prefix(queue), ready), order)
}

func expiryKey(expires int64, bucket, key string) []byte {
	return append(appendTime(nil, expires), nameKey(bucket, key)...)
}

// appendTime writes microseconds so that byte order is the order of time, before 1970 too.
func appendTime(b []byte, micro int64) []byte {
	return binary.BigEndian.AppendUint64(b, uint64(micro)^(1<<63))
}

func takeTime(b []byte) int64 { return int64(binary.BigEndian.Uint64(b) ^ (1 << 63)) }

// never stands for the zero time of what does not expire.
const never = math.MaxInt64

func expiresMicro(t time.Time) int64 {
	if t.IsZero() {
		return never
	}
	return t.UnixMicro()
}

func expiresTime(micro int64) time.Time {
	if micro == never {
		return time.Time{}
	}
	return microTime(micro)
}

func microTime(micro int64) time.Time { return time.UnixMicro(micro).UTC() }

// walk goes over the keys of a bucket that begin with base and then with within, in byte order or backwards, from beyond the key
// base+after on (from the end where after is empty), until f returns false. f gets the key without base.
func walk(b *bolt.Bucket, base []byte, within, after string, reverse bool, f func(key, value []byte) (bool, error)) error {
	c := b.Cursor()
	start := append(bytes.Clone(base), within...)
	var k, v []byte
	if !reverse {
		from := start
		if key := append(bytes.Clone(base), after...); after != "" && bytes.Compare(key, from) >= 0 {
			from = append(key, 0) // the next key in byte order
		}
		k, v = c.Seek(from)
	} else {
		k, v = seekBefore(c, end(start), after != "", append(bytes.Clone(base), after...))
	}
	for k != nil && bytes.HasPrefix(k, start) {
		more, err := f(k[len(base):], v)
		if err != nil || !more {
			return err
		}
		if reverse {
			k, v = c.Prev()
		} else {
			k, v = c.Next()
		}
	}
	return nil
}

// seekBefore finds the last key before end, and before key too when bounded.
func seekBefore(c *bolt.Cursor, end []byte, bounded bool, key []byte) (k, v []byte) {
	if bounded && bytes.Compare(key, end) < 0 {
		end = key
	}
	if k, _ := c.Seek(end); k == nil {
		return c.Last()
	}
	return c.Prev()
}

// end is the least key beyond all that begin with prefix. A prefix here has a name and its NUL, so that not all of it is 0xff.
func end(prefix []byte) []byte {
	e := bytes.Clone(prefix)
	for i := len(e) - 1; i >= 0; i-- {
		if e[i] != 0xff {
			e[i]++
			return e[:i+1]
		}
	}
	return nil
}
