package forms

import (
	"maps"
	"slices"
	"strings"
)

// plain returns a resolved schema without the keywords that only luvat knows. What is sometimes not shown cannot be required by a
// schema that knows nothing of the conditions: such a name leaves the `required` it stands in, and Check sees to it instead.
func plain(resolved any) any { return stripped(resolved, nil) }

func stripped(v any, sometimes map[string]bool) any {
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	sometimes = conditionals(m, sometimes)
	out := map[string]any{}
	for key, item := range m {
		switch {
		case strings.HasPrefix(key, "x-") || key == "enumNames":
		case key == "required":
			if list := unconditional(item, sometimes, unbased(m)); list != nil {
				out[key] = list
			}
		case key == "dependentRequired":
			out[key] = hanging(item, sometimes)
		case slices.Contains(holders, key):
			out[key] = held(item, key == "dependentSchemas", sometimes)
		case slices.Contains(literals, key):
			out[key] = item
		case key == "format":
			out[key] = item
			if word, _ := item.(string); localTime[word].format != "" {
				out[key] = localTime[word].format
			}
		case key == "then" || key == "else":
			out[key] = stripped(item, sometimes)
		case key == "allOf":
			out[key] = each(item, sometimes)
		case key == "if" || key == "not" || key == "anyOf" || key == "oneOf":
			out[key] = asked(item) // a question about what is there, not a demand
		case key == "items" || key == "contains" || key == "additionalProperties" || key == "unevaluatedProperties" || key == "prefixItems":
			out[key] = each(item, nil)
		default:
			out[key] = item
		}
	}
	return out
}

// localTime are the formats of times. Authors write `time` and `date-time`; people give the time of the place, without seconds and
// without an offset, which are formats of their own.
var localTime = map[string]struct{ word, format string }{
	"time":       {"time", "clock"},
	"clock":      {"time", "clock"},
	"date-time":  {"date-time", "date-clock"},
	"date-clock": {"date-time", "date-clock"},
}

// asked strips a schema, or a list of them, that is a test: what it requires it goes on requiring.
func asked(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = asked(item)
		}
		return out
	case map[string]any:
		out, _ := stripped(v, nil).(map[string]any)
		for _, key := range []string{"required", "dependentRequired"} {
			if demand, ok := v[key]; ok {
				out[key] = demand
			}
		}
		for _, key := range []string{"allOf", "then", "else"} {
			if part, ok := v[key]; ok {
				out[key] = asked(part)
			}
		}
		return out
	}
	return v
}

// spelled adds to each format that other programs do not know the pattern that its values match, so that they check something.
func spelled(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v)+1)
		for key, item := range v {
			if slices.Contains(literals, key) {
				out[key] = item
				continue
			}
			out[key] = spelled(item)
		}
		word, _ := v["format"].(string)
		if _, has := v["pattern"]; has || slices.Contains(standardFormats, word) {
			return out
		}
		if f := formatByName[word]; f != nil {
			out["pattern"] = f.Pattern
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = spelled(item)
		}
		return out
	}
	return v
}

// standardFormats are those of JSON Schema itself.
var standardFormats = []string{"date", "time", "date-time", "email", "uri"}

func each(v any, sometimes map[string]bool) any {
	list, ok := v.([]any)
	if !ok {
		return stripped(v, sometimes)
	}
	out := make([]any, len(list))
	for i, item := range list {
		out[i] = stripped(item, sometimes)
	}
	return out
}

// held strips a mapping from names to schemas; those of dependentSchemas speak of the same object.
func held(v any, same bool, sometimes map[string]bool) any {
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	if !same {
		sometimes = nil
	}
	out := map[string]any{}
	for name, item := range m {
		out[name] = stripped(item, sometimes)
	}
	return out
}

func hanging(v any, sometimes map[string]bool) any {
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	out := map[string]any{}
	for name, item := range m {
		if list := unconditional(item, sometimes, nil); list != nil {
			out[name] = list
		} else {
			out[name] = []any{}
		}
	}
	return out
}

// unconditional leaves the names that are always shown; nil when none is left.
func unconditional(v any, sometimes, unbased map[string]bool) any {
	list, ok := v.([]any)
	if !ok {
		return v
	}
	var out []any
	for _, item := range list {
		if name, _ := item.(string); !sometimes[name] && !unbased[name] {
			out = append(out, item)
		}
	}
	if out == nil {
		return nil
	}
	return out
}

// conditionals returns the names of an object's properties that have an x-when, here or in a part of the same object's schema.
func conditionals(m map[string]any, known map[string]bool) map[string]bool {
	out := map[string]bool{}
	maps.Copy(out, known)
	branches(m, func(part map[string]any, _ bool) {
		properties, _ := part["properties"].(map[string]any)
		for name, p := range properties {
			if child, ok := p.(map[string]any); ok && child["x-when"] != nil {
				out[name] = true
			}
		}
	}, false)
	return out
}

// unbased returns the names that an object's schema declares only under a condition.
func unbased(m map[string]any) map[string]bool {
	base, under := map[string]bool{}, map[string]bool{}
	branches(m, func(part map[string]any, conditional bool) {
		properties, _ := part["properties"].(map[string]any)
		for name := range properties {
			if conditional {
				under[name] = true
			} else {
				base[name] = true
			}
		}
	}, false)
	for name := range base {
		delete(under, name)
	}
	return under
}

// branches calls f for every part of one object's schema, and whether the part holds only under a condition.
func branches(m map[string]any, f func(part map[string]any, conditional bool), conditional bool) {
	f(m, conditional)
	for _, key := range []string{"allOf", "anyOf", "oneOf"} {
		list, _ := m[key].([]any)
		for _, item := range list {
			if part, ok := item.(map[string]any); ok {
				branches(part, f, conditional)
			}
		}
	}
	for _, key := range []string{"then", "else"} {
		if part, ok := m[key].(map[string]any); ok {
			branches(part, f, true)
		}
	}
	hangs, _ := m["dependentSchemas"].(map[string]any)
	for _, item := range hangs {
		if part, ok := item.(map[string]any); ok {
			branches(part, f, true)
		}
	}
}
