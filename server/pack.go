package server

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"slices"

	"luvat/definitions"
)

// Answers in an address are "1" (the version of the packing), then base64url of the deflated JSON object of answers by question id.
// A null says "I don't know yet". Free text and exact addresses, which may be about a person, are in a packing of their own, so that
// a link without it can be shared.
const packVersion = "1"

// maxPacked bounds what an address may carry, packed and unpacked, in bytes. 500 answers take some 20 kB unpacked.
const (
	maxPacked   = 32 << 10
	maxUnpacked = 256 << 10
)

var errPacked = errors.New("the answers in the address cannot be read")

func pack(answers map[string]any) string {
	if len(answers) == 0 {
		return ""
	}
	text, err := json.Marshal(answers)
	if err != nil {
		return ""
	}
	var buf bytes.Buffer
	w, _ := flate.NewWriter(&buf, flate.BestCompression) // the level is valid, there is no other error
	_, _ = w.Write(text)                                 // a bytes.Buffer takes everything
	_ = w.Close()
	return packVersion + base64.RawURLEncoding.EncodeToString(buf.Bytes())
}

func unpack(packed string) (map[string]any, error) {
	if packed == "" {
		return map[string]any{}, nil
	}
	if len(packed) > maxPacked || packed[:1] != packVersion {
		return nil, errPacked
	}
	raw, err := base64.RawURLEncoding.DecodeString(packed[1:])
	if err != nil {
		return nil, errPacked
	}
	text, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(raw)), maxUnpacked+1))
	if err != nil || len(text) > maxUnpacked {
		return nil, errPacked
	}
	var answers map[string]any
	if err := json.Unmarshal(text, &answers); err != nil || answers == nil {
		return nil, errPacked
	}
	return answers, nil
}

// divide parts answers into what may be shared and what may be about a person: free text, and all of a place but its municipality.
// A question may be in both; then the private part is the whole answer.
func divide(b *definitions.Bundle, answers map[string]any) (shared, private map[string]any) {
	shared, private = map[string]any{}, map[string]any{}
	for _, q := range b.Questions {
		v, ok := answers[q.ID]
		if !ok {
			continue
		}
		public, whole := withoutPersonal(q, v)
		if public != nil || v == nil {
			shared[q.ID] = public
		}
		if !whole {
			private[q.ID] = v
		}
	}
	return shared, private
}

// withoutPersonal returns what of an answer may be shared, nil for nothing, and whether that is all of it.
func withoutPersonal(q *definitions.Question, v any) (public any, whole bool) {
	if items, ok := v.([]any); ok && (q.Type == definitions.PlaceType || q.Type == definitions.List) {
		list := make([]any, 0, len(items))
		whole = true
		for _, item := range items {
			p, w := personalItem(q, item)
			list = append(list, p)
			whole = whole && w
		}
		return list, whole
	}
	switch q.Type {
	case definitions.TextType:
		return nil, v == nil
	case definitions.PlaceType:
		return personalItem(q, v)
	}
	return v, true
}

func personalItem(q *definitions.Question, item any) (public any, whole bool) {
	fields, ok := item.(map[string]any)
	if !ok {
		return item, true
	}
	kept := map[string]any{}
	for key, v := range fields {
		if mayBePersonal(q, key) {
			continue
		}
		kept[key] = v
	}
	return kept, len(kept) == len(fields)
}

func mayBePersonal(q *definitions.Question, field string) bool {
	if q.Type == definitions.PlaceType {
		return field != "municipality"
	}
	return slices.ContainsFunc(q.Of, func(f *definitions.Question) bool { return f.ID == field && f.Type == definitions.TextType })
}
