package store_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"luvat/server/store"
)

// ledger is a chain of three entries.
func ledger() []store.Entry {
	var out []store.Entry
	var prev store.Hash
	for i, data := range []string{`null`, `{"a":1}`, `"\u003cb\u003e"`} {
		e := store.Entry{
			Case: "case-1", Seq: uint64(i + 1), Kind: "saved", At: time.Date(2027, 3, 1, 12, 0, i, 5000, time.UTC), By: "anna", For: "2345678-9",
			Edition: "events@1", Data: json.RawMessage(data), Prev: prev,
		}
		e.Hash = e.Digest()
		prev = e.Hash
		out = append(out, e)
	}
	return out
}

// The digest is computed here once more from its description alone.
func TestDigestAsDescribed(t *testing.T) {
	e := ledger()[1]
	var b []byte
	field := func(f []byte) {
		b = append(b, 0, 0, 0, 0, 0, 0, 0, byte(len(f)))
		b = append(b, f...)
	}
	field([]byte("luvat/entry/1"))
	field(e.Prev[:])
	field([]byte("case-1"))
	field([]byte{0, 0, 0, 0, 0, 0, 0, 2})
	field([]byte("saved"))
	at := make([]byte, 8)
	binary.BigEndian.PutUint64(at, uint64(1803902401000005)) // 2027-03-01T12:00:01.000005Z
	field(at)
	field([]byte("anna"))
	field([]byte("2345678-9"))
	field([]byte("events@1"))
	field([]byte(`{"a":1}`))
	if want := store.Hash(sha256.Sum256(b)); e.Digest() != want {
		t.Errorf("digest %s, want %s", e.Digest(), want)
	}
}

// Whatever field of an entry differs, the digest differs, also when text moves from one field to the next.
func TestDigestCoversEveryField(t *testing.T) {
	base := ledger()[1]
	seen := map[store.Hash]string{base.Digest(): "none"}
	kind := reflect.TypeFor[store.Entry]()
	for i := range kind.NumField() {
		e, name := base, kind.Field(i).Name
		switch f := reflect.ValueOf(&e).Elem().Field(i).Addr().Interface().(type) {
		case *string:
			*f += "x"
		case *uint64:
			*f++
		case *time.Time:
			*f = f.Add(time.Microsecond)
		case *json.RawMessage:
			*f = append(slices.Clone(*f), ' ')
		case *store.Hash:
			f[31] ^= 1
		default:
			t.Fatalf("the test does not know how to change %s", name)
		}
		other, known := seen[e.Digest()]
		if known != (name == "Hash") {
			t.Errorf("after a change of %s the digest is that after a change of %s", name, other)
		}
		seen[e.Digest()] = name
	}
	e := base
	e.Kind, e.By = "save", "danna"
	if e.Digest() == base.Digest() {
		t.Error("a letter that moves from one field to the next does not show")
	}
}

func TestVerifyChain(t *testing.T) {
	if err := store.VerifyChain(nil); err != nil {
		t.Errorf("no entries: %v", err)
	}
	if err := store.VerifyChain(ledger()); err != nil {
		t.Errorf("a ledger: %v", err)
	}
	for _, c := range []struct {
		name  string
		spoil func([]store.Entry) []store.Entry
		says  string
	}{
		{"content", func(e []store.Entry) []store.Entry { e[1].Data = json.RawMessage(`{"a":2}`); return e }, "case case-1, entry 2: its content has the hash "},
		{"content and hash", func(e []store.Entry) []store.Entry { e[1].By = "eve"; e[1].Hash = e[1].Digest(); return e }, "case case-1, entry 3: it follows an entry with the hash "},
		{"missing", func(e []store.Entry) []store.Entry { return slices.Delete(e, 1, 2) }, "case case-1, entry 2: it has the number 3"},
		{"beginning missing", func(e []store.Entry) []store.Entry { return e[1:] }, "case case-1, entry 1: it has the number 2"},
		{"swapped", func(e []store.Entry) []store.Entry { e[0], e[1] = e[1], e[0]; return e }, "entry 1: it has the number 2"},
		{"doubled", func(e []store.Entry) []store.Entry { return slices.Insert(e, 1, e[0]) }, "entry 2: it has the number 1"},
		{"another case", func(e []store.Entry) []store.Entry { e[2].Case = "case-2"; return e }, "case case-1, entry 3: it belongs to case case-2"},
		{"first with another before", func(e []store.Entry) []store.Entry { e[0].Prev[0] = 1; e[0].Hash = e[0].Digest(); return e }, "entry 1: it names an entry before it, 01000000"},
		{"renumbered", func(e []store.Entry) []store.Entry { e = slices.Delete(e, 1, 2); e[1].Seq = 2; return e }, "entry 2: it follows an entry with the hash "},
	} {
		err := store.VerifyChain(c.spoil(ledger()))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got the error %v, want one that says %q", c.name, err, c.says)
		}
	}
}

func TestJSON(t *testing.T) {
	entries := ledger()
	text, err := json.Marshal(entries[1])
	if err != nil {
		t.Fatal(err)
	}
	want := `{"case":"case-1","seq":2,"kind":"saved","at":"2027-03-01T12:00:01.000005Z","by":"anna","for":"2345678-9","edition":"events@1","data":{"a":1},` +
		`"prev":"` + entries[0].Hash.String() + `","hash":"` + entries[1].Hash.String() + `"}`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	for _, wrong := range []string{`{"hash":"00"}`, `{"hash":"` + strings.Repeat("g", 64) + `"}`, `{"prev":5}`, `[]`} {
		if err := json.Unmarshal([]byte(wrong), new(store.Entry)); err == nil {
			t.Errorf("read %s as an entry", wrong)
		}
	}
}

func TestCanonical(t *testing.T) {
	for in, want := range map[string]string{
		"":                       `null`,
		" 1.50 ":                 `1.50`,
		"{ \"b\": [ 1 , 2 ] }\n": `{"b":[1,2]}`,
		`{"a":1,"a":2}`:          `{"a":1,"a":2}`,
		`"<&>"`:                  `"\u003c\u0026\u003e"`,
		"\"\u2028\u2029é\"":      `"\u2028\u2029é"`,
	} {
		got, err := store.Canonical(json.RawMessage(in))
		if err != nil || string(got) != want {
			t.Errorf("%q: %s, %v; want %s", in, got, err, want)
		}
		marshalled, err := json.Marshal(got)
		if err != nil || string(marshalled) != want {
			t.Errorf("%q: encoding/json makes %s of it, %v", in, marshalled, err)
		}
	}
	for _, in := range []string{"{", "nul", "1 2", "{'a':1}", "\xff"} {
		if got, err := store.Canonical(json.RawMessage(in)); err == nil {
			t.Errorf("%q was taken for JSON: %s", in, got)
		}
	}
}
