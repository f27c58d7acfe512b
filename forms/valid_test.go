package forms

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Small alphabets, so that random values often fulfil random schemas.
var (
	names   = rapid.SampledFrom([]string{"a", "b", "c", "åä", "x/y", "a%20~b"})
	numbers = rapid.OneOf(
		rapid.SampledFrom([]float64{0, 1, -1, 2, 3, 0.1, 0.01, 1.25, 2.5, -0.5, 19.99, 100, 1e15, 1e16, 9007199254740993, 1e21, 1e-7, 123456789012345.67}),
		rapid.Map(rapid.IntRange(-500, 500), func(n int) float64 { return float64(n) / 100 }))
	decimals = rapid.SampledFrom([]string{"0", "1", "1.0", "-0", "1e2", "0.10", "2.50", "0.1", "9007199254740993", "123456789012345678901234567890", "0.1000000000000000055511151231257827", "1E400", "-12.5", "3.00"})
	texts    = rapid.SampledFrom([]string{"", "a", "ab", "abc", "åäö", "12345", "2026-02-30", "2026-02-28", "0112038-9", "0112038-1", "131052-308T",
		"a@b.fi", "a@b", "09:30", "FI2112345600000785", "\xff", "𐐷"})
	formatNames = rapid.SampledFrom([]string{"date", "business-id", "personal-id", "iban", "email", "clock", "uri", "ipv4", "uuid", "nobody-knows", "time", "date-time", "phone"})
	patterns    = rapid.SampledFrom([]string{"^[0-9]{5}$", "^a", "b$", "^[a-z]*$", "^.{2,3}$", "^(a|b|åäö)+$", "[0-9]"})
)

// anyValue generates decoded JSON with float64s, json.Numbers and, rarely, the other numbers of Go.
func anyValue(depth int) *rapid.Generator[any] {
	as := func(v any) any { return v }
	kinds := []*rapid.Generator[any]{
		rapid.Just[any](nil),
		rapid.Map(rapid.Bool(), func(b bool) any { return as(b) }),
		rapid.Map(numbers, func(f float64) any { return as(f) }),
		rapid.Map(decimals, func(s string) any { return json.Number(s) }),
		rapid.Map(rapid.IntRange(-3, 3), func(n int) any { return as(n) }),
		rapid.Map(texts, func(s string) any { return as(s) }),
	}
	if depth > 0 {
		inner := rapid.Deferred(func() *rapid.Generator[any] { return anyValue(depth - 1) })
		object := rapid.Map(rapid.MapOfN(names, inner, 0, 4), func(m map[string]any) any { return as(m) })
		list := rapid.Map(rapid.SliceOfN(inner, 0, 4), func(l []any) any { return as(l) })
		kinds = append(kinds, object, object, object, list, list)
	}
	return rapid.OneOf(kinds...)
}

// anySchema generates schemas; `$ref`s lead to $defs of the whole, which anyDocument adds.
func anySchema(depth int) *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		if rapid.IntRange(0, 19).Draw(t, "boolean schema") == 0 {
			return rapid.Bool().Draw(t, "always")
		}
		s := map[string]any{}
		sub := func(label string) any { return anySchema(depth-1).Draw(t, label) }
		subs := func(label string) []any {
			out := []any{}
			for range rapid.IntRange(1, 3).Draw(t, label) {
				out = append(out, sub(label))
			}
			return out
		}
		named := func(label string) map[string]any {
			out := map[string]any{}
			for range rapid.IntRange(1, 3).Draw(t, label) {
				out[names.Draw(t, "name")] = sub(label)
			}
			return out
		}
		list := func() []any {
			out := []any{}
			for _, n := range rapid.SliceOfNDistinct(names, 1, 2, rapid.ID[string]).Draw(t, "names") {
				out = append(out, n)
			}
			return out
		}
		few := func() any { return float64(rapid.IntRange(0, 3).Draw(t, "count")) }
		limit := func() any {
			if rapid.Bool().Draw(t, "as text") {
				return json.Number(decimals.Draw(t, "limit"))
			}
			return numbers.Draw(t, "limit")
		}
		flat := []func(){
			func() {
				s["type"] = rapid.SampledFrom([]string{"null", "boolean", "number", "integer", "string", "array", "object"}).Draw(t, "type")
			},
			func() { s["type"] = []any{"string", "integer"} },
			func() { s["type"] = "object" },
			func() { s["enum"] = []any{anyValue(1).Draw(t, "item"), "a", 1.0, "ab"} },
			func() { s["const"] = anyValue(0).Draw(t, "const") },
			func() { s["minimum"] = limit() },
			func() { s["maximum"] = limit() },
			func() { s["exclusiveMinimum"] = limit() },
			func() { s["exclusiveMaximum"] = limit() },
			func() {
				s["multipleOf"] = rapid.SampledFrom([]any{1.0, 0.01, 0.5, 2.5, 3.0, json.Number("0.1"), json.Number("0.00000001"), json.Number("1e-3")}).Draw(t, "step")
			},
			func() { s["minLength"] = few() },
			func() { s["maxLength"] = few() },
			func() { s["pattern"] = patterns.Draw(t, "pattern") },
			func() { s["format"] = formatNames.Draw(t, "format") },
			func() { s["minItems"] = few() },
			func() { s["maxItems"] = few() },
			func() { s["uniqueItems"] = rapid.Bool().Draw(t, "unique") },
			func() { s["minProperties"] = few() },
			func() { s["maxProperties"] = few() },
			func() { s["required"] = list() },
			func() { s["additionalProperties"] = false },
			func() { s["dependentRequired"] = map[string]any{names.Draw(t, "name"): list()} },
			func() { s["$ref"] = rapid.SampledFrom([]string{"#/$defs/one", "#/$defs/two", "#"}).Draw(t, "ref") },
			func() { s["unevaluatedProperties"] = false },
			func() { s["unevaluatedItems"] = false },
		}
		deep := []func(){
			func() { s["properties"] = named("properties") },
			func() { s["properties"] = named("properties") },
			func() { s["properties"] = named("properties") },
			func() { s["patternProperties"] = map[string]any{"^[ab]$": sub("by pattern")} },
			func() { s["additionalProperties"] = sub("rest") },
			func() { s["propertyNames"] = sub("names") },
			func() { s["dependentSchemas"] = named("dependent") },
			func() { s["items"] = sub("items") },
			func() { s["prefixItems"] = subs("prefix") },
			func() {
				s["contains"], s["minContains"] = sub("contains"), few()
				if rapid.Bool().Draw(t, "has most") {
					s["maxContains"] = few()
				}
			},
			func() { s["allOf"] = subs("allOf") },
			func() { s["anyOf"] = subs("anyOf") },
			func() { s["oneOf"] = subs("oneOf") },
			func() { s["not"] = sub("not") },
			func() { s["if"], s["then"], s["else"] = sub("if"), sub("then"), sub("else") },
		}
		if depth > 0 {
			flat = append(append(flat, deep...), deep...)
		}
		for range rapid.IntRange(0, 3).Draw(t, "keywords") {
			flat[rapid.IntRange(0, len(flat)-1).Draw(t, "keyword")]()
		}
		return s
	})
}

// sameVerdict is the property: one verdict, the library's, on any schema and any value.
func sameVerdict(t *rapid.T) {
	doc := anySchema(3).Draw(t, "schema")
	if m, ok := doc.(map[string]any); ok {
		m["$defs"] = map[string]any{"one": anySchema(1).Draw(t, "one"), "two": anySchema(0).Draw(t, "two")}
	}
	v, err := NewValidator(doc)
	if err != nil {
		return // a reference in a circle, or one from a boolean schema
	}
	for range 10 {
		value := anyValue(3).Draw(t, "value")
		library := judge(v.library, value) == nil
		if got := v.Valid(value); got != library {
			text, _ := json.Marshal(doc)
			t.Fatalf("%s\non %#v: valid is %v, the library says %v", text, value, got, library)
		}
		faults := v.Faults(value)
		if library != (len(faults) == 0) {
			t.Fatalf("valid is %v, but there are faults %v", library, faults)
		}
		if again := v.Faults(value); fmt.Sprint(faults) != fmt.Sprint(again) {
			t.Fatalf("faults differ from one time to the next:\n%v\n%v", faults, again)
		}
	}
}

func TestVerdictsAreTheLibrarys(t *testing.T) { rapid.Check(t, sameVerdict) }

func FuzzVerdictsAreTheLibrarys(f *testing.F) { f.Fuzz(rapid.MakeFuzz(sameVerdict)) }

// TestNumbersAreComparedAsDecimals walks the neighbours of limits, where float64 and decimal could part.
func TestNumbersAreComparedAsDecimals(t *testing.T) {
	limits := []json.Number{"0.1", "0.3", "1e2", "0.30000000000000004", "0.300000000000000044", "9007199254740993", "1e15", "-0.01", "1e-320",
		"179769313486231570000", "9007199254740992", "0.10000000000000001", "0.1000000000000000055511151231257827"}
	for _, limit := range limits {
		f, _ := limit.Float64()
		for _, keyword := range []string{"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "const"} {
			v := mustValidator(t, map[string]any{keyword: limit})
			for _, x := range []float64{f, math.Nextafter(f, 1e300), math.Nextafter(f, -1e300), -f, 0} {
				if got, want := v.Valid(x), v.library.Validate(x) == nil; got != want {
					t.Errorf("%s %s on %v: %v, the library says %v", keyword, limit, x, got, want)
				}
			}
			for _, x := range limits {
				if got, want := v.Valid(x), v.library.Validate(x) == nil; got != want {
					t.Errorf("%s %s on the text %s: %v, the library says %v", keyword, limit, x, got, want)
				}
			}
		}
	}
}

func TestMultiplesAreExact(t *testing.T) {
	for _, step := range []json.Number{"0.01", "0.1", "0.5", "0.25", "3", "1", "1e-6", "1e-9", "7.5", "0.07"} {
		v := mustValidator(t, map[string]any{"multipleOf": step})
		f, _ := step.Float64()
		rapid.Check(t, func(t *rapid.T) {
			x := f * float64(rapid.IntRange(-100000000, 100000000).Draw(t, "times"))
			switch rapid.IntRange(0, 4).Draw(t, "how") {
			case 0:
				x = math.Round(x*100) / 100
			case 1:
				x = math.Nextafter(x, 1e300)
			case 2:
				x = rapid.Float64Range(-1e17, 1e17).Draw(t, "any")
			case 3: // a float64 that prints as another whole number than it is
				x = float64(rapid.Int64Range(1<<55, 1e17).Draw(t, "large"))
			}
			if got, want := v.Valid(x), v.library.Validate(x) == nil; got != want {
				t.Fatalf("%v of %s: %v, the library says %v", x, step, got, want)
			}
		})
	}
}

// What is not JSON is refused without a panic, whatever the library does.
func TestWhatIsNotJSONIsRefused(t *testing.T) {
	v := mustValidator(t, map[string]any{"type": "integer", "minimum": 1.0})
	for _, value := range []any{math.NaN(), math.Inf(1), json.Number("abc"), json.Number(""), json.Number("1e999999999"), struct{}{}, []string{"a"}} {
		if v.Valid(value) || len(v.Faults(value)) == 0 {
			t.Errorf("%#v passes", value)
		}
	}
}

// A schema that applies itself to the same value without end is refused by the library when it meets it; a walk must not run away.
func TestASchemaInACircle(t *testing.T) {
	v := mustValidator(t, map[string]any{"properties": map[string]any{"p": map[string]any{"$ref": "#/then"}}, "if": true, "then": map[string]any{"$ref": "#"}})
	if v.Valid(map[string]any{}) || len(v.Faults(map[string]any{})) != 1 {
		t.Error("a value passes a schema in a circle")
	}
}

func TestFaultsCarryTheParametersOfTheirKeyword(t *testing.T) {
	v := mustValidator(t, map[string]any{
		"required": []any{"a", "b", "å/ö"}, "additionalProperties": false,
		"properties": map[string]any{
			"a": map[string]any{"type": "string", "minLength": 20.0, "pattern": "^[0-9]+$", "examples": []any{"123"}},
			"b": map[string]any{"type": []any{"integer", "null"}}, "c": map[string]any{"enum": []any{"x", "y"}},
			"d": map[string]any{"maximum": 12.5, "multipleOf": 0.01, "x-unit": "m²"}, "e": map[string]any{"format": "business-id"},
			"å/ö": true, "f": map[string]any{"type": "array", "items": map[string]any{"$ref": "#/$defs/row"}, "contains": map[string]any{"const": 1.0}},
			"g": false, "h": map[string]any{"anyOf": []any{map[string]any{"type": "null"}, map[string]any{"minimum": 5.0}}},
			"i": map[string]any{"propertyNames": map[string]any{"maxLength": 1.0}},
			"j": map[string]any{"dependentRequired": map[string]any{"k": []any{"l", "m"}}},
		},
		"$defs": map[string]any{"row": map[string]any{"exclusiveMinimum": 0.0}},
	})
	got := v.Faults(map[string]any{"a": "x", "b": "x", "c": "z", "d": 12.555, "e": "0112038-1", "f": []any{2.0, -1.0}, "g": 1.0, "h": 1.0,
		"i": map[string]any{"kk": 1.0}, "j": map[string]any{"k": 1.0, "m": 1.0}, "needless": 1.0, "too": 1.0})
	want := Faults{
		{Keyword: "additionalProperties", SchemaPointer: "/additionalProperties", Property: "needless"},
		{Keyword: "additionalProperties", SchemaPointer: "/additionalProperties", Property: "too"},
		{Keyword: "required", SchemaPointer: "/required", Property: "å/ö"},
		{Pointer: "/a", Keyword: "minLength", SchemaPointer: "/properties/a/minLength", Limit: "20", Example: "123"},
		{Pointer: "/a", Keyword: "pattern", SchemaPointer: "/properties/a/pattern", Pattern: "^[0-9]+$", Example: "123"},
		{Pointer: "/b", Keyword: "type", SchemaPointer: "/properties/b/type", Types: []string{"integer", "null"}},
		{Pointer: "/c", Keyword: "enum", SchemaPointer: "/properties/c/enum", Allowed: []any{"x", "y"}},
		{Pointer: "/d", Keyword: "maximum", SchemaPointer: "/properties/d/maximum", Limit: "12.5", Unit: "m²"},
		{Pointer: "/d", Keyword: "multipleOf", SchemaPointer: "/properties/d/multipleOf", Limit: "0.01", Unit: "m²"},
		{Pointer: "/e", Keyword: "format", SchemaPointer: "/properties/e/format", Format: "business-id", Reason: WrongCheck},
		{Pointer: "/f", Keyword: "minContains", SchemaPointer: "/properties/f/minContains", Limit: "1"},
		{Pointer: "/f/1", Keyword: "exclusiveMinimum", SchemaPointer: "/$defs/row/exclusiveMinimum", Limit: "0"},
		{Pointer: "/g", Keyword: "false", SchemaPointer: "/properties/g"},
		{Pointer: "/h", Keyword: "minimum", SchemaPointer: "/properties/h/anyOf/1/minimum", Limit: "5", Choice: true},
		{Pointer: "/i/kk", Keyword: "propertyNames", SchemaPointer: "/properties/i/propertyNames/maxLength", Limit: "1"},
		{Pointer: "/j", Keyword: "dependentRequired", SchemaPointer: "/properties/j/dependentRequired/k/0", Property: "l", Other: "k"},
	}
	for i := range max(len(got), len(want)) {
		var g, w any
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if fmt.Sprintf("%+v", g) != fmt.Sprintf("%+v", w) {
			t.Errorf("fault %d:\n%+v\nwant\n%+v", i, g, w)
		}
	}
	if at := (Fault{Pointer: "/x", Property: "å/ö"}).At(); at != "/x/å~1ö" {
		t.Errorf("a missing property is at %s", at)
	}
}

// Of several ways only those count that the value takes; where it takes none, all do.
func TestFaultsOfTheWayThatIsTaken(t *testing.T) {
	kind := func(name, field string) any {
		return map[string]any{"properties": map[string]any{"kind": map[string]any{"const": name}}, "required": []any{"kind", field}}
	}
	v := mustValidator(t, map[string]any{"oneOf": []any{kind("person", "name"), kind("company", "business_id"), map[string]any{"type": "string"}}})
	for value, want := range map[string]string{
		`{"kind":"company"}`: "/business_id required",
		`{}`:                 "/kind required, /name required, /business_id required, /kind required",
		`{"kind":"other"}`:   "/name required, /business_id required,  type, /kind const, /kind const",
	} {
		var got []string
		for _, f := range v.Faults(decoded(t, value)) {
			if !f.Choice {
				t.Errorf("%s: %+v is not marked as one of several ways", value, f)
			}
			got = append(got, f.At()+" "+f.Keyword)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: %q, want %q", value, strings.Join(got, ", "), want)
		}
	}
}

func mustValidator(t testing.TB, doc any) *Validator {
	t.Helper()
	v, err := NewValidator(doc)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
