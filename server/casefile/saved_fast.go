package casefile

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// Most entries of a case are saves of a few short values, and every reading of a case decodes them all. readSaved does that in one pass
// for what the store keeps: {"changes":{"key":value,…}} without space. For anything else it returns false, and encoding/json decides.
// A test holds that the two agree.
func readSaved(data []byte) (*Saved, bool) {
	rest, ok := bytes.CutPrefix(data, []byte(`{"changes":{`))
	if !ok || !utf8.Valid(data) {
		return nil, false
	}
	changes := map[string]any{}
	for first := true; ; first = false {
		if bytes.Equal(rest, []byte("}}")) && (first || len(changes) > 0) {
			return &Saved{Changes: changes}, true
		}
		if !first {
			if rest, ok = bytes.CutPrefix(rest, []byte(",")); !ok {
				return nil, false
			}
		}
		var key string
		if key, rest, ok = readText(rest); !ok {
			return nil, false
		}
		if rest, ok = bytes.CutPrefix(rest, []byte(":")); !ok {
			return nil, false
		}
		var value any
		if value, rest, ok = readValue(rest); !ok {
			return nil, false
		}
		changes[key] = value
	}
}

// readText reads a text without escapes.
func readText(b []byte) (text string, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != '"' {
		return "", nil, false
	}
	for i := 1; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			return string(b[1:i]), b[i+1:], true
		case c == '\\' || c < ' ':
			return "", nil, false
		}
	}
	return "", nil, false
}

func readValue(b []byte) (value any, rest []byte, ok bool) {
	if len(b) == 0 {
		return nil, nil, false
	}
	switch b[0] {
	case '"':
		if text, rest, ok := readText(b); ok {
			return text, rest, true
		}
	case 't':
		rest, ok = bytes.CutPrefix(b, []byte("true"))
		return true, rest, ok
	case 'f':
		rest, ok = bytes.CutPrefix(b, []byte("false"))
		return false, rest, ok
	case 'n':
		rest, ok = bytes.CutPrefix(b, []byte("null"))
		return nil, rest, ok
	case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		n := 1
		for n < len(b) && (b[n] >= '0' && b[n] <= '9') {
			n++
		}
		// A whole number that a float64 holds exactly; others are rare.
		if n < len(b) && (b[n] == ',' || b[n] == '}') && n <= 15 && (b[0] != '0' || n == 1) {
			whole, err := strconv.ParseUint(string(b[:n]), 10, 64)
			return float64(whole), b[n:], err == nil
		}
	}
	n := valueEnd(b)
	if n == 0 || json.Unmarshal(b[:n], &value) != nil {
		return nil, nil, false
	}
	return value, b[n:], true
}

// valueEnd returns where a JSON value that is a property of an object ends: before the comma or the brace that follows it, 0 when none
// follows. Whether it is one value is for whoever reads it.
func valueEnd(b []byte) int {
	depth, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case depth == 0 && (c == ',' || c == '}'):
			return i
		case c == '}' || c == ']':
			depth--
		}
	}
	return 0
}
