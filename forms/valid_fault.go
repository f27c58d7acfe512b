package forms

import (
	"cmp"
	"errors"
	"math/big"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"luvat/definitions"
)

// Fault is one thing that is wrong with a value, or with a schema. It never holds the value itself: what a customer wrote stays out
// of logs.
type Fault struct {
	Pointer       string // JSON pointer to the guilty value: "" is the whole
	Keyword       string // the keyword that says so: "type", "required", "pattern" …; "false" where the schema allows nothing
	SchemaPointer string // JSON pointer to the schema's keyword
	Choice        bool   // the schema offers several ways (anyOf, oneOf) and this is in the way of one of them

	Property string   // the missing one of `required` and `dependentRequired`, the needless one of `additionalProperties`
	Types    []string // of `type`
	Limit    string   // of minimum, maxLength, minItems, multipleOf …: a decimal number such as "0.01"
	Allowed  []any    // of `enum` and `const`
	Pattern  string
	Format   string
	Reason   Reason // what is wrong with a value of a format
	Other    string // the property that makes Property required
	Unit     string // `x-unit` beside the keyword
	Example  string // the first of `examples` beside the keyword

	Message string // English, of a schema that cannot be compiled; empty for data: see Message
}

// At points to the place where the fault can be mended: a property that is missing has none of its own.
func (f Fault) At() string {
	if f.Property == "" {
		return f.Pointer
	}
	return f.Pointer + "/" + escape(f.Property)
}

// Faults is all that is wrong, by pointer and keyword.
type Faults []Fault

func (fs Faults) Error() string {
	var lines []string
	for _, f := range fs {
		lines = append(lines, cmp.Or(f.At(), "/")+": "+cmp.Or(f.Message, Message(f, "", definitions.English)))
	}
	return strings.Join(lines, "\n")
}

// sorted orders faults, since the library's order varies from run to run, and drops repeated ones.
func (fs Faults) sorted() Faults {
	order := func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Pointer, b.Pointer), cmp.Compare(a.Keyword, b.Keyword), cmp.Compare(a.SchemaPointer, b.SchemaPointer),
			cmp.Compare(a.Property, b.Property), cmp.Compare(a.Message, b.Message))
	}
	slices.SortFunc(fs, order)
	return slices.CompactFunc(fs, func(a, b Fault) bool { return order(a, b) == 0 })
}

// explain asks the library what is wrong.
func (v *Validator) explain(value any) Faults {
	err := judge(v.library, value)
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return Faults{{Keyword: "$ref"}} // the schema turns in a circle, or the value is not JSON
	}
	var faults Faults
	for _, e := range leaves(invalid) {
		faults = append(faults, v.faults(e, value)...)
	}
	return faults.sorted()
}

// leaves returns the innermost causes; of several ways (anyOf, oneOf) those of the ways that the value takes, where it takes any. What an item of a list lacks to be the one that `contains` asks for is no fault of the item,
// so there the list is the innermost.
func leaves(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 || lastToken(e.KeywordLocation) == "minContains" && strings.HasPrefix(e.Message, "valid must be") {
		return []*jsonschema.ValidationError{e}
	}
	var all, chosen []*jsonschema.ValidationError
	several := e.Message == "anyOf failed" || e.Message == "oneOf failed"
	for _, c := range e.Causes {
		of := leaves(c)
		all = append(all, of...)
		if several && !otherKind(of, e.InstanceLocation) {
			chosen = append(chosen, of...)
		}
	}
	if len(chosen) > 0 {
		return chosen
	}
	return all
}

// otherKind tells whether these are the causes of a way that the value does not take: it is of another type, or a property that
// tells the ways apart has another value. What that way asks for besides would only confuse.
func otherKind(leaves []*jsonschema.ValidationError, at string) bool {
	for _, l := range leaves {
		switch lastToken(l.KeywordLocation) {
		case "type":
			if l.InstanceLocation == at {
				return true
			}
		case "const", "enum":
			if rest, inside := strings.CutPrefix(l.InstanceLocation, at+"/"); inside && !strings.Contains(rest, "/") {
				return true
			}
		}
	}
	return false
}

// faults returns a leaf with the parameters of its keyword: as one fault, or as one for each property that is missing or needless.
func (v *Validator) faults(e *jsonschema.ValidationError, value any) Faults {
	s, pointer, rest := v.owner(e.AbsoluteKeywordLocation)
	f := Fault{Pointer: plainPointer(e.InstanceLocation), SchemaPointer: pointer, Keyword: rest[0]}
	names := false
	f.Choice, names = way(e.KeywordLocation)
	if s == nil {
		return Faults{f}
	}
	own := strings.TrimSuffix(pointer, "/"+strings.Join(escaped(rest), "/"))
	f.Unit, f.Example = v.remark(own)
	f.take(s)
	at, _ := pointed(value, f.Pointer)
	if names {
		f.Keyword = "propertyNames"
		return Faults{f}
	}
	if text, ok := at.(string); ok {
		f.Reason = reason(f.Format, text)
	}
	object, _ := at.(map[string]any)
	var all Faults
	each := func(property string) {
		one := f
		one.Property = property
		all = append(all, one)
	}
	switch f.Keyword {
	case "required":
		for _, name := range s.Required {
			if _, there := object[name]; !there {
				each(name)
			}
		}
	case "additionalProperties":
		for name := range object {
			if !declared(s, name) {
				each(name)
			}
		}
	case "dependentRequired", "dependencies":
		if len(rest) == 3 {
			i, _ := strconv.Atoi(rest[2])
			f.Keyword, f.Other = "dependentRequired", rest[1]
			if list := dependent(s, rest[1]); i < len(list) {
				each(list[i])
			}
		}
	}
	if all == nil {
		return Faults{f}
	}
	return all
}

func dependent(s *jsonschema.Schema, name string) []string {
	if list, ok := s.DependentRequired[name]; ok {
		return list
	}
	list, _ := s.Dependencies[name].([]string)
	return list
}

func declared(s *jsonschema.Schema, name string) bool {
	if _, ok := s.Properties[name]; ok {
		return true
	}
	for pattern := range s.PatternProperties {
		if pattern.MatchString(name) {
			return true
		}
	}
	return false
}

// take sets the parameters of the keyword.
func (f *Fault) take(s *jsonschema.Schema) {
	whole := func(n int) string { return strconv.Itoa(n) }
	switch f.Keyword {
	case "type":
		f.Types = s.Types
	case "enum":
		f.Allowed = s.Enum
	case "const":
		f.Allowed = s.Constant
	case "format":
		f.Format = s.Format
	case "pattern":
		f.Pattern = s.Pattern.String()
	case "minimum":
		f.Limit = decimal(s.Minimum)
	case "exclusiveMinimum":
		f.Limit = decimal(s.ExclusiveMinimum)
	case "maximum":
		f.Limit = decimal(s.Maximum)
	case "exclusiveMaximum":
		f.Limit = decimal(s.ExclusiveMaximum)
	case "multipleOf":
		f.Limit = decimal(s.MultipleOf)
	case "minLength":
		f.Limit = whole(s.MinLength)
	case "maxLength":
		f.Limit = whole(s.MaxLength)
	case "minItems":
		f.Limit = whole(s.MinItems)
	case "maxItems":
		f.Limit = whole(s.MaxItems)
	case "minContains":
		f.Limit = whole(s.MinContains)
	case "maxContains":
		f.Limit = whole(s.MaxContains)
	case "minProperties":
		f.Limit = whole(s.MinProperties)
	case "maxProperties":
		f.Limit = whole(s.MaxProperties)
	}
}

// decimal writes an exact number of a schema; those are decimals, so digits suffice.
func decimal(r *big.Rat) string {
	if digits, exact := r.FloatPrec(); exact {
		return r.FloatString(digits)
	}
	return r.RatString()
}

// owner splits the location of a keyword into the schema that has it, the pointer to it and the tokens from the keyword on.
func (v *Validator) owner(location string) (*jsonschema.Schema, string, []string) {
	_, fragment, _ := strings.Cut(location, "#")
	pointer := plainPointer(fragment)
	if s := v.schemas[location]; s != nil && s.Always != nil {
		if t := lastToken(pointer); keywordOfNothing[t] {
			return s, pointer, []string{t}
		}
		return s, pointer, []string{"false"}
	}
	for at, rest := location, []string(nil); ; {
		i := strings.LastIndexByte(at, '/')
		if i < 0 || i < strings.IndexByte(at, '#') {
			return nil, pointer, []string{lastToken(pointer)}
		}
		at, rest = at[:i], append([]string{plainToken(at[i+1:])}, rest...)
		if s := v.schemas[at]; s != nil && s.Always == nil {
			return s, pointer, rest
		}
	}
}

// keywordOfNothing are the keywords that authors give `false` to forbid everything that is not declared.
var keywordOfNothing = map[string]bool{"unevaluatedProperties": true, "unevaluatedItems": true, "items": true, "additionalItems": true}

// way walks a keyword's location and tells whether it leads through one of several ways, and whether through names of properties.
func way(location string) (choice, names bool) {
	tokens := strings.Split(strings.TrimPrefix(location, "/"), "/")
	for i := 0; i < len(tokens)-1; i++ {
		switch tokens[i] {
		case "properties", "patternProperties", "dependentSchemas", "dependencies", "allOf", "prefixItems":
			i++
		case "anyOf", "oneOf":
			choice = true
			i++
		case "propertyNames":
			names = true
		}
	}
	return choice, names
}

// remark returns what the schema at a pointer says of its unit and gives as an example.
func (v *Validator) remark(pointer string) (unit, example string) {
	at, _ := pointed(v.doc, pointer)
	m, _ := at.(map[string]any)
	unit, _ = m["x-unit"].(string)
	if list, ok := m["examples"].([]any); ok && len(list) > 0 {
		example, _ = list[0].(string)
	}
	return unit, example
}

// pointed returns the value that a JSON pointer names in decoded JSON.
func pointed(value any, pointer string) (any, bool) {
	if pointer == "" {
		return value, true
	}
	for _, token := range strings.Split(pointer[1:], "/") {
		token = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
		switch in := value.(type) {
		case map[string]any:
			next, ok := in[token]
			if !ok {
				return nil, false
			}
			value = next
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(in) {
				return nil, false
			}
			value = in[i]
		default:
			return nil, false
		}
	}
	return value, true
}

// plainPointer undoes the percent-encoding that the library adds to JSON pointers.
func plainPointer(pointer string) string {
	tokens := strings.Split(pointer, "/")
	for i, t := range tokens {
		if plain, err := url.PathUnescape(t); err == nil {
			tokens[i] = plain
		}
	}
	return strings.Join(tokens, "/")
}

// plainToken returns the name that one token of a library's pointer stands for.
func plainToken(token string) string {
	return strings.ReplaceAll(strings.ReplaceAll(plainPointer(token), "~1", "/"), "~0", "~")
}

func escaped(tokens []string) []string {
	out := make([]string, len(tokens))
	for i, t := range tokens {
		out[i] = escape(t)
	}
	return out
}

func lastToken(pointer string) string { return pointer[strings.LastIndexByte(pointer, '/')+1:] }
