package engine

import (
	"math"
	"strconv"

	"luvat/definitions"
)

// clean makes a JSON value of what stands in an environment; what is none of them is nil.
func clean(v any) any {
	switch v := v.(type) {
	case nil, bool, string, []any, map[string]any:
		return v
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
		return v
	case int:
		return float64(v)
	case int64:
		return float64(v)
	case definitions.Date:
		if v == definitions.NoDate {
			return nil
		}
		return v.String()
	case []string:
		list := make([]any, len(v))
		for i, s := range v {
			list[i] = s
		}
		return list
	case map[string]string:
		m := make(map[string]any, len(v))
		for k, s := range v {
			m[k] = s
		}
		return m
	}
	return nil
}

// copied returns a copy of a value, so that nobody can change what it was taken from.
func (r *evaluation) copied(v any, depth int) any {
	if depth > 64 || !r.step(1) {
		r.over = true
		return nil
	}
	switch v := clean(v).(type) {
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = r.copied(item, depth+1)
		}
		return list
	case map[string]any:
		m := make(map[string]any, len(v))
		for k, item := range v {
			m[k] = r.copied(item, depth+1)
		}
		return m
	default:
		return v
	}
}

// itemAt returns an item of a list, counted from 0 or from the end with -1, or a value of a mapping; nil when there is none.
func itemAt(base, key any) any {
	switch base := base.(type) {
	case map[string]any:
		if name, ok := key.(string); ok {
			return clean(base[name])
		}
	case []any:
		x, ok := key.(float64)
		if !ok || x != math.Trunc(x) || math.Abs(x) > 1e9 {
			return nil
		}
		i := int(x)
		if i < 0 {
			i += len(base)
		}
		if 0 <= i && i < len(base) {
			return clean(base[i])
		}
	}
	return nil
}

// listOf returns the items of a list; of anything else none.
func listOf(v any) []any {
	list, _ := v.([]any)
	return list
}

// same reports whether two values are equal as JSON.
func (r *evaluation) same(a, b any) bool {
	if !r.step(1) {
		return false
	}
	switch a := clean(a).(type) {
	case []any:
		b, ok := clean(b).([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !r.same(a[i], b[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		b, ok := clean(b).(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for k, v := range a {
			if w, has := b[k]; !has || !r.same(v, w) {
				return false
			}
		}
		return true
	default:
		switch b := clean(b).(type) {
		case []any, map[string]any:
			return false
		default:
			return a == b
		}
	}
}

// writtenValue returns a text or a number as text.
func writtenValue(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	}
	return "", false
}
