package forms

import (
	"strconv"

	"luvat/definitions"
)

// AnswerSchema returns the JSON Schema of a question's answers, as decoded JSON. Language of its texts: none, it has only shapes.
func AnswerSchema(q *definitions.Question) map[string]any {
	one := map[string]any{}
	switch q.Type {
	case definitions.Boolean:
		one["type"] = "boolean"
	case definitions.Integer:
		one = limited(q, map[string]any{"type": "integer"})
	case definitions.Number, definitions.Money:
		one = limited(q, map[string]any{"type": "number"})
	case definitions.Choice:
		one["enum"] = options(q)
	case definitions.Choices:
		one = map[string]any{"type": "array", "uniqueItems": true, "items": map[string]any{"enum": options(q)}}
	case definitions.DateType:
		one = text("date")
	case definitions.Time:
		one = matching(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)
	case definitions.DateTime:
		one = matching(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]$`)
	case definitions.Period:
		one = closedObject(map[string]any{"from": text("date"), "to": text("date")}, "from", "to")
	case definitions.Municipality:
		one = matching(`^[0-9]{3}$`)
	case definitions.PlaceType:
		one = closedObject(map[string]any{
			"municipality": matching(`^[0-9]{3}$`),
			"address":      map[string]any{"type": "string"},
			"property":     map[string]any{"type": "string"},
			"point":        map[string]any{"type": "array", "items": map[string]any{"type": "number"}, "minItems": 2.0, "maxItems": 2.0},
		}, "municipality")
	case definitions.List:
		fields := map[string]any{}
		for _, f := range q.Of {
			fields[f.ID] = AnswerSchema(f)
		}
		one = map[string]any{"type": "array", "items": closedObject(fields)}
	default:
		one["type"] = "string"
	}
	if q.Many {
		return map[string]any{"type": "array", "uniqueItems": true, "items": one}
	}
	return one
}

func limited(q *definitions.Question, schema map[string]any) map[string]any {
	for key, limit := range map[string]*definitions.Scalar{"minimum": q.Min, "maximum": q.Max} {
		if limit == nil {
			continue
		}
		if f, err := strconv.ParseFloat(limit.Value, 64); err == nil {
			schema[key] = f
		}
	}
	return schema
}

func options(q *definitions.Question) []any {
	ids := []any{}
	for _, o := range q.Options {
		ids = append(ids, o.ID)
	}
	return ids
}

func text(format string) map[string]any { return map[string]any{"type": "string", "format": format} }

func matching(pattern string) map[string]any {
	return map[string]any{"type": "string", "pattern": pattern}
}

func closedObject(properties map[string]any, required ...any) map[string]any {
	o := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		o["required"] = required
	}
	return o
}
