package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// Hash is a SHA-256 sum. Its text and JSON form is 64 lower-case hexadecimal digits.
type Hash [sha256.Size]byte

func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText writes the hexadecimal form.
func (h Hash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText reads the hexadecimal form.
func (h *Hash) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(h)) {
		return fmt.Errorf("a hash is %d hexadecimal digits, not %d characters", hex.EncodedLen(len(h)), len(text))
	}
	if _, err := hex.Decode(h[:], text); err != nil {
		return fmt.Errorf("a hash is %d hexadecimal digits: %q is something else", hex.EncodedLen(len(h)), text)
	}
	return nil
}

// digestLabel begins what is hashed, so that another way of hashing can be told from this one if there ever is one.
const digestLabel = "luvat/entry/1"

// Digest is the hash of an entry, which anybody can compute again from its JSON form: the SHA-256 of the label "luvat/entry/1" and then
//
//	prev (32 bytes), case, seq, kind, at, by, for, edition, data
//
// each, and the label too, behind its length in bytes. Lengths and seq are unsigned 64-bit numbers, and at is a signed one: the
// microseconds since 1970-01-01 UTC; all are written with the highest byte first. Texts are UTF-8; data is in the form of Canonical.
// The lengths keep one field from passing for a part of another.
func (e Entry) Digest() Hash {
	size := len(digestLabel) + len(e.Prev) + len(e.Case) + len(e.Kind) + len(e.By) + len(e.For) + len(e.Edition) + len(e.Data) + 16 + 10*8
	b := make([]byte, 0, size)
	b = appendField(b, digestLabel)
	b = appendField(b, e.Prev[:])
	b = appendField(b, e.Case)
	b = appendNumber(b, e.Seq)
	b = appendField(b, e.Kind)
	b = appendNumber(b, uint64(e.At.UnixMicro()))
	b = appendField(b, e.By)
	b = appendField(b, e.For)
	b = appendField(b, e.Edition)
	b = appendField(b, e.Data)
	return sha256.Sum256(b)
}

func appendField[T string | []byte | json.RawMessage](b []byte, field T) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(len(field)))
	return append(b, field...)
}

func appendNumber(b []byte, n uint64) []byte {
	b = binary.BigEndian.AppendUint64(b, 8)
	return binary.BigEndian.AppendUint64(b, n)
}

// Canonical is the form in which data of entries and work is kept: no space between tokens, and `<`, `>`, `&`, U+2028 and U+2029 as \u
// escapes. It is what encoding/json makes of raw JSON, so that a ledger written out as JSON and read again has the same hashes. Nothing
// becomes null.
func Canonical(data json.RawMessage) (json.RawMessage, error) {
	if len(data) == 0 {
		return json.RawMessage("null"), nil
	}
	var compact bytes.Buffer
	compact.Grow(len(data))
	if err := json.Compact(&compact, data); err != nil {
		var whole any
		var at *json.SyntaxError // which Compact leaves without a place
		if errors.As(json.Unmarshal(data, &whole), &at) {
			return nil, fmt.Errorf("the data is not JSON: something is wrong at byte %d of %d", at.Offset, len(data))
		}
		return nil, errors.New("the data is not JSON")
	}
	if !needsEscape(compact.Bytes()) {
		return compact.Bytes(), nil
	}
	var escaped bytes.Buffer
	json.HTMLEscape(&escaped, compact.Bytes())
	return escaped.Bytes(), nil
}

// needsEscape looks for what HTMLEscape changes, U+2028 and U+2029 by the two bytes with which both begin.
func needsEscape(b []byte) bool {
	return bytes.IndexByte(b, '<') >= 0 || bytes.IndexByte(b, '>') >= 0 || bytes.IndexByte(b, '&') >= 0 || bytes.Contains(b, []byte("\xe2\x80"))
}

// UnmarshalJSON reads an entry, also one that was written with indentation.
func (e *Entry) UnmarshalJSON(text []byte) error {
	type plain Entry
	var p plain
	if err := json.Unmarshal(text, &p); err != nil {
		return err
	}
	data, err := Canonical(p.Data)
	if err != nil {
		return err
	}
	p.Data, p.At = data, p.At.UTC()
	*e = Entry(p)
	return nil
}

// VerifyChain checks the ledger of one case from its first entry on: the numbers have no gap, every entry has the hash of its content,
// and names the hash of the one before. The error says which entry is the first that does not, and what is wrong with it. That entries
// are missing at the end cannot be seen from the entries: compare the last hash with one that was noted elsewhere, say on a receipt.
func VerifyChain(entries []Entry) error {
	var prev Hash
	for i, e := range entries {
		wrong := func(format string, args ...any) error {
			return fmt.Errorf("case %s, entry %d: %s", e.Case, i+1, fmt.Sprintf(format, args...))
		}
		switch {
		case e.Case != entries[0].Case:
			return fmt.Errorf("case %s, entry %d: it belongs to case %s", entries[0].Case, i+1, e.Case)
		case e.Seq != uint64(i+1):
			return wrong("it has the number %d: an entry is missing, doubled or in a wrong place", e.Seq)
		case e.Prev != prev && i == 0:
			return wrong("it names an entry before it, %s, though it is the first", e.Prev)
		case e.Prev != prev:
			return wrong("it follows an entry with the hash %s, but the one before has %s", e.Prev, prev)
		}
		if digest := e.Digest(); e.Hash != digest {
			return wrong("its content has the hash %s, but it was written with %s: it has been changed since", digest, e.Hash)
		}
		prev = e.Hash
	}
	return nil
}
