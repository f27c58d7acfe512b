package definitions

import (
	"encoding/json"
	"fmt"
)

// Schema returns the JSON Schema (2020-12) of the YAML files, made from the grammar: editors that read it complete keys, show
// what they mean and mark mistakes while an author types. It fits files of bundles, overlays and shared definitions.
func Schema() []byte {
	w := &schemaWriter{names: map[*shape]string{}, defs: map[string]any{}}
	bundle, overlay := w.schema(bundleFile), w.schema(overlayFile)
	root := map[string]any{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"$id":         "urn:luvat:definitions",
		"title":       "luvat definitions",
		"description": "A file of a service bundle, of an overlay on one, or of the definitions that all bundles share.",
		"type":        "object",
		"if":          map[string]any{"required": []string{"overlay"}},
		"then":        overlay,
		"else":        bundle, // a shared file has no other keys than a bundle
		"$defs":       w.defs,
	}
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil // the map holds nothing that JSON does not
	}
	return append(out, '\n')
}

// schemaWriter turns shapes into schemas; an object used in several places is written once.
type schemaWriter struct {
	names map[*shape]string
	defs  map[string]any
}

func (w *schemaWriter) schema(s *shape) map[string]any {
	if s.kind != objectKind && s.kind != textKind {
		return w.describe(s)
	}
	name, known := w.names[s]
	if !known {
		name = slug(s.what, kebabKind)
		if s.kind == textKind {
			name = "text"
		}
		for base, n := name, 2; w.defs[name] != nil; n++ {
			name = fmt.Sprintf("%s-%d", base, n)
		}
		w.names[s] = name
		w.defs[name] = map[string]any{} // holds the name while the parts are written
		w.defs[name] = w.describe(s)
	}
	return map[string]any{"$ref": "#/$defs/" + name}
}

func (w *schemaWriter) describe(s *shape) map[string]any {
	scalar := []string{"string", "number", "boolean"}
	switch s.kind {
	case textKind:
		langs := map[string]any{}
		for _, k := range textKeysShape.keys {
			langs[k.name] = map[string]any{"type": "string", "description": k.doc}
		}
		return map[string]any{"anyOf": []any{
			map[string]any{"type": "object", "properties": langs, "additionalProperties": false, "minProperties": 1},
			map[string]any{"type": "string"},
		}, "description": "A text by language, {fi: …, sv: …, en: …}, or a plain string in the bundle's first language."}
	case snakeKind:
		return map[string]any{"type": "string", "pattern": snakePattern.String()}
	case kebabKind:
		return map[string]any{"type": "string", "pattern": kebabPattern.String()}
	case dottedKind:
		return map[string]any{"type": "string", "pattern": dottedPattern.String()}
	case enumKind:
		return map[string]any{"enum": s.values}
	case exprKind:
		return map[string]any{"type": scalar, "description": "An expression over questions, facts, parameters and tables."}
	case boolKind:
		return map[string]any{"type": "boolean"}
	case countKind:
		return map[string]any{"type": "integer", "minimum": 0}
	case numberKind:
		return map[string]any{"type": "number"}
	case dateKind:
		return map[string]any{"type": "string", "format": "date", "pattern": `^\d{4}-\d{2}-\d{2}$`}
	case durationKind:
		return map[string]any{"type": "string", "pattern": durationPattern.String()}
	case tokenKind:
		return map[string]any{"type": "string", "pattern": tokenPattern.String()}
	case urlKind:
		return map[string]any{"type": "string", "pattern": "^https?://"}
	case lawKind:
		return map[string]any{"type": "string", "examples": []string{"379/2011 16 §", "EU 2019/947"}}
	case scalarKind, cellKind:
		return map[string]any{"type": scalar}
	case objectKind:
		return w.object(s)
	case mapKind:
		return map[string]any{"type": "object", "propertyNames": w.describe(s.name), "additionalProperties": w.schema(s.of)}
	case listKind:
		out := map[string]any{"type": "array", "items": w.schema(s.of)}
		if s.min > 0 {
			out["minItems"] = s.min
		}
		return out
	case oneOfKind:
		alts := make([]any, len(s.alts))
		for i, alt := range s.alts {
			alts[i] = w.schema(alt)
		}
		if len(alts) == 1 {
			return alts[0].(map[string]any)
		}
		return map[string]any{"anyOf": alts}
	case freeKind:
		return map[string]any{}
	}
	return map[string]any{"type": "string"}
}

func (w *schemaWriter) object(s *shape) map[string]any {
	properties := map[string]any{}
	var required []string
	for _, k := range s.keys {
		value := w.schema(k.shape)
		if _, isRef := value["$ref"]; isRef || value["description"] == nil {
			value["description"] = k.doc
		} else {
			value = map[string]any{"allOf": []any{value}, "description": k.doc}
		}
		properties[k.name] = value
		if k.required {
			required = append(required, k.name)
		}
	}
	out := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	var all []any
	for _, p := range s.pair {
		names, word := p.oneOf, "oneOf"
		if names == nil {
			names, word = p.any, "anyOf"
		}
		alts := make([]any, len(names))
		for i, n := range names {
			alts[i] = map[string]any{"required": []string{n}}
		}
		all = append(all, map[string]any{word: alts})
	}
	if all != nil {
		out["allOf"] = all
	}
	return out
}
