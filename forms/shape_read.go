package forms

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"luvat/definitions"
	"luvat/engine"
)

// shaper reads the shapes of one bundle's forms from YAML, and reports what a customer could not fill in.
type shaper struct {
	bundle  *definitions.Bundle // nil for shared terms by themselves
	program *engine.Program     // nil when the bundle has faults: conditions are then not looked at
	terms   map[string]*definitions.Term
	order   []*definitions.Term // in the order in which they are asked
	langs   []definitions.Lang
	found   definitions.Diagnostics

	form  string
	root  *definitions.Value // what a `#/…` refers to
	whens []pendingWhen
	depth int
}

// pendingWhen is an x-when that is compiled when all properties of the form are known.
type pendingWhen struct {
	prop *prop
	expr definitions.Expr
}

// place is where a schema stands in its form.
type place struct {
	key    string // of the value in Data; "" inside a value
	apart  bool   // its parts have keys of their own when they are terms or answers
	inTerm bool   // what stands in a term is checked with the term
}

// maxDepth is how deep objects and lists may stand in one another: deeper ones refer to themselves.
const maxDepth = 12

func (r *shaper) bad(at definitions.Position, suggestion, format string, args ...any) {
	r.found = append(r.found, definitions.Diagnostic{At: at, Severity: definitions.Error, Rule: "bad-form", Message: fmt.Sprintf(format, args...), Suggestion: suggestion})
}

func (r *shaper) doubt(at definitions.Position, suggestion, format string, args ...any) {
	r.found = append(r.found, definitions.Diagnostic{At: at, Severity: definitions.Warning, Rule: "doubtful-form", Message: fmt.Sprintf(format, args...), Suggestion: suggestion})
}

// chain returns a schema and those that its `$ref`s lead to, nearest first. A term's schema comes last, and the term with it.
func (r *shaper) chain(v *definitions.Value) (list []*definitions.Value, term string) {
	for v != nil && len(list) < maxDepth {
		list = append(list, v)
		ref := v.Get("$ref")
		if ref == nil || ref.Kind != definitions.ScalarValue {
			break
		}
		if id, ok := strings.CutPrefix(ref.Scalar.Value, "term:"); ok {
			if term == "" {
				term = id
			}
			v = nil
			if t := r.terms[id]; t != nil {
				v = t.Schema
			}
			continue
		}
		v = r.target(ref.Scalar.Value)
	}
	return list, term
}

// target returns what a `#/…` refers to, nil when there is nothing.
func (r *shaper) target(ref string) *definitions.Value {
	path, ok := strings.CutPrefix(ref, "#")
	if !ok {
		return nil
	}
	v := r.root
	for _, token := range strings.Split(strings.TrimPrefix(path, "/"), "/") {
		if token != "" {
			v = v.Get(strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~"))
		}
	}
	return v
}

// layers returns a chain with the members of its allOf: all that says what one value is.
func (r *shaper) layers(v *definitions.Value) []*definitions.Value {
	list, _ := r.chain(v)
	all := slices.Clone(list)
	for _, l := range list {
		if members := l.Get("allOf"); members != nil && members.Kind == definitions.ListValue && len(all) < 4*maxDepth {
			for _, m := range members.Items {
				all = append(all, r.layers(m)...)
			}
		}
	}
	return all
}

// first returns the value of a keyword in the nearest layer that has it.
func first(layers []*definitions.Value, key string) *definitions.Value {
	for _, l := range layers {
		if v := l.Get(key); v != nil {
			return v
		}
	}
	return nil
}

// word returns the text of a scalar keyword, "" when there is none.
func word(layers []*definitions.Value, key string) string {
	if v := first(layers, key); v != nil && v.Kind == definitions.ScalarValue {
		return v.Scalar.Value
	}
	return ""
}

func (r *shaper) text(v *definitions.Value) definitions.Text {
	switch {
	case v == nil:
		return definitions.Text{}
	case v.Kind == definitions.ScalarValue:
		r.translated(v, []definitions.Lang{r.langs[0]})
		return definitions.Text{At: v.At, By: map[definitions.Lang]string{r.langs[0]: v.Scalar.Value}}
	case !byLanguage(v):
		return definitions.Text{}
	}
	t := definitions.Text{At: v.At, By: map[definitions.Lang]string{}}
	for i, k := range v.Keys {
		t.By[definitions.Lang(k.Value)] = v.Items[i].Scalar.Value
	}
	r.translated(v, slices.Collect(maps.Keys(t.By)))
	return t
}

// languageNames are the languages in words.
var languageNames = map[definitions.Lang]string{definitions.Finnish: "Finnish", definitions.Swedish: "Swedish", definitions.English: "English"}

// translated reports a text that is not in every language of the bundle.
func (r *shaper) translated(v *definitions.Value, has []definitions.Lang) {
	var lacks []string
	for _, lang := range r.langs {
		if !slices.Contains(has, lang) {
			lacks = append(lacks, languageNames[lang])
		}
	}
	if len(lacks) > 0 {
		r.found = append(r.found, definitions.Diagnostic{At: v.At, Severity: definitions.Warning, Rule: "untranslated",
			Message: "the text is not in " + strings.Join(lacks, " and "), Suggestion: "write {fi: …, sv: …, en: …}"})
	}
}

// known are the keywords that luvat adds to JSON Schema.
var known = []string{"x-accept", "x-answer", "x-autocomplete", "x-enum-names", "x-help", "x-item-title", "x-personal", "x-sections", "x-unit", "x-when", "x-widget"}

// keywords reports keywords that begin with x- and mean nothing.
func (r *shaper) keywords(v *definitions.Value) {
	for _, k := range v.Keys {
		if strings.HasPrefix(k.Value, "x-") && !slices.Contains(known, k.Value) {
			r.bad(k.At, meant(k.Value, known), "there is no keyword `%s`", k.Value)
		}
	}
}

// shape reads the schema of one value.
func (r *shaper) shape(v *definitions.Value, p place) *shape {
	s := &shape{at: v.At}
	if v.Kind != definitions.MapValue {
		return s
	}
	if r.depth++; r.depth > maxDepth {
		r.depth--
		r.bad(v.At, "leave out the part that refers to what it stands in", "this schema is too deep to be a form: it contains itself, or more than %d levels", maxDepth)
		s.torn = true
		return s
	}
	defer func() { r.depth-- }()

	r.keywords(v)
	layers := r.layers(v)
	_, id := r.chain(v)
	if id != "" && r.terms[id] != nil && r.terms[id].Schema != nil {
		r.oneTerm(s, v, r.terms[id], p)
	} else if id != "" {
		r.wholeTerm(s, v, id, p)
		return s
	}
	s.describe(r, layers)
	if t := s.term; t != nil { // asked once for all forms, so in the term's own words
		s.title, s.help = t.Title, t.Help
	} else if id != "" {
		if s.title.Empty() {
			s.title = r.terms[id].Title
		}
		if s.help.Empty() {
			s.help = r.terms[id].Help
		}
	}
	if answer := first(layers, "x-answer"); answer != nil {
		r.answer(s, answer, p)
		return s
	}
	s.kind = typeOf(layers)
	s.constraints(layers)
	switch s.kind {
	case "object":
		s.split = p.apart && s.term == nil && r.shares(v, 0)
		inner := place{apart: s.split, inTerm: p.inTerm || s.term != nil}
		if s.split {
			inner.key = p.key
		}
		s.object = r.object(v, inner)
	case "array":
		if items := first(layers, "items"); items != nil && items.Kind == definitions.MapValue {
			s.items = r.shape(items, place{inTerm: p.inTerm || s.term != nil})
		}
	}
	s.options = r.choices(s, layers)
	return s
}

// oneTerm reads a reference to one declared term.
func (r *shaper) oneTerm(s *shape, v *definitions.Value, t *definitions.Term, p place) {
	if p.apart {
		s.term = t
	}
	if extra := v.Get("properties"); extra != nil && p.apart {
		r.bad(extra.At, "declare them beside the reference, or in the term", "a form cannot add properties to the term `%s`", t.ID)
	}
}

// wholeTerm reads a reference to all terms with a common beginning: `organiser` for organiser.name and organiser.business_id.
func (r *shaper) wholeTerm(s *shape, v *definitions.Value, id string, p place) {
	s.kind, s.split = "object", p.apart
	s.describe(r, []*definitions.Value{v})
	if t := r.terms[id]; t != nil {
		if s.title.Empty() {
			s.title = t.Title
		}
		if s.help.Empty() {
			s.help = t.Help
		}
	}
	o := &object{index: map[string]int{}}
	for _, t := range r.order {
		name, ok := strings.CutPrefix(t.ID, id+".")
		if !ok || t.Schema == nil {
			continue
		}
		child := &prop{name: name, at: v.At, base: true}
		ref := &definitions.Value{At: t.At, Kind: definitions.MapValue, Keys: []definitions.Scalar{{Value: "$ref"}},
			Items: []*definitions.Value{{At: t.At, Scalar: definitions.Scalar{Value: "term:" + t.ID, At: t.At}}}}
		child.shape = r.shape(ref, place{key: "term/" + t.ID, apart: p.apart, inTerm: true})
		if p.apart {
			child.key = "term/" + t.ID
		}
		o.index[name] = len(o.props)
		o.props = append(o.props, child)
	}
	s.object = o
	if len(o.props) > 0 { // otherwise package definitions has said that there is no such term
		r.demands(o, v, -1)
		r.finish(o)
	}
}

// answer reads an x-answer.
func (r *shaper) answer(s *shape, v *definitions.Value, p place) {
	if !p.apart {
		r.bad(v.At, "place it beside the list, or refer to the answer in a condition", "an answer cannot stand inside a list or a term")
		s.torn = true
		return
	}
	if r.bundle == nil {
		return
	}
	for _, q := range r.bundle.Questions {
		if q.ID == v.Scalar.Value {
			s.question = q
			if s.title.Empty() {
				s.title = q.Ask
			}
			return
		}
	}
	s.torn = true // there is no such question: package definitions has said so
}

// shares reports whether a term or an answer stands in an object, at any depth but not in the items of a list.
func (r *shaper) shares(v *definitions.Value, depth int) bool {
	if v == nil || depth > maxDepth {
		return false
	}
	for i, key := range v.Keys {
		item := v.Items[i]
		switch key.Value {
		case "x-answer":
			return true
		case "$ref":
			if strings.HasPrefix(item.Scalar.Value, "term:") || r.shares(r.target(item.Scalar.Value), depth+1) {
				return true
			}
		case "properties", "dependentSchemas":
			for _, child := range item.Items {
				if r.shares(child, depth+1) {
					return true
				}
			}
		case "allOf", "anyOf", "oneOf", "then", "else":
			if r.shares(item, depth+1) || slices.ContainsFunc(item.Items, func(m *definitions.Value) bool { return m.Kind == definitions.MapValue && r.shares(m, depth+1) }) {
				return true
			}
		}
	}
	return false
}

// describe reads the annotations.
func (s *shape) describe(r *shaper, layers []*definitions.Value) {
	s.title, s.hint, s.help = r.text(first(layers, "title")), r.text(first(layers, "description")), r.text(first(layers, "x-help"))
	s.unit, s.item = r.text(first(layers, "x-unit")), r.text(first(layers, "x-item-title"))
	s.titled = !s.title.Empty()
	s.widget, s.format, s.complete = word(layers, "x-widget"), word(layers, "format"), word(layers, "x-autocomplete")
	if as, ok := localTime[s.format]; ok {
		s.format = as.word
	}
	s.personal = word(layers, "x-personal") == "true" || s.format == "personal-id"
	if list := first(layers, "x-accept"); list != nil {
		for _, item := range list.Items {
			s.accept = append(s.accept, item.Scalar.Value)
		}
	}
	if list := first(layers, "examples"); list != nil && list.Kind == definitions.ListValue {
		for _, item := range list.Items {
			if item.Kind == definitions.ScalarValue {
				s.examples = append(s.examples, item.Scalar.Value)
			}
		}
	}
}

// constraints reads the limits that a control can help with.
func (s *shape) constraints(layers []*definitions.Value) {
	number := func(key string) *float64 {
		if v := first(layers, key); v != nil {
			if f, ok := scalar(v.Scalar).(float64); ok {
				return &f
			}
		}
		return nil
	}
	count := func(key string) int {
		if f := number(key); f != nil && *f >= 0 && *f < 1e9 {
			return int(*f)
		}
		return 0
	}
	s.min, s.max = number("minimum"), number("maximum")
	s.minLength, s.maxLength = count("minLength"), count("maxLength")
	s.minItems, s.maxItems = count("minItems"), count("maxItems")
	s.fixed = s.kind == "boolean" && word(layers, "const") == "true"
}

// typeOf returns the JSON type of a schema's values, "" when it does not say.
func typeOf(layers []*definitions.Value) string {
	if t := first(layers, "type"); t != nil {
		if t.Kind == definitions.ScalarValue {
			return t.Scalar.Value
		}
		for _, item := range t.Items {
			if item.Scalar.Value != "null" {
				return item.Scalar.Value
			}
		}
	}
	switch {
	case first(layers, "properties") != nil:
		return "object"
	case first(layers, "items") != nil:
		return "array"
	}
	of := func(v any) string {
		switch v.(type) {
		case bool:
			return "boolean"
		case float64:
			return "number"
		case string:
			return "string"
		}
		return ""
	}
	if v := first(layers, "const"); v != nil && v.Kind == definitions.ScalarValue {
		return of(scalar(v.Scalar))
	}
	if v := first(layers, "enum"); v != nil && len(v.Items) > 0 {
		return of(scalar(v.Items[0].Scalar))
	}
	if list := first(layers, "oneOf"); list != nil && len(list.Items) > 0 {
		if c := list.Items[0].Get("const"); c != nil {
			return of(scalar(c.Scalar))
		}
	}
	for _, key := range []string{"format", "pattern", "minLength", "maxLength"} {
		if first(layers, key) != nil {
			return "string"
		}
	}
	for _, key := range []string{"minimum", "maximum", "multipleOf"} {
		if first(layers, key) != nil {
			return "number"
		}
	}
	return ""
}

// choices returns the options of an enum, of a oneOf of constants, or of a format with a list of its own.
func (r *shaper) choices(s *shape, layers []*definitions.Value) []Option {
	if s.kind == "array" {
		if s.items != nil {
			return s.items.options
		}
		return nil
	}
	var out []Option
	add := func(v *definitions.Value, title definitions.Text) {
		value := scalar(v.Scalar)
		if v.Kind == definitions.ScalarValue && value != nil {
			out = append(out, Option{ID: v.Scalar.Value, Value: value, Title: title})
		}
	}
	if enum := first(layers, "enum"); enum != nil && enum.Kind == definitions.ListValue {
		names := first(layers, "x-enum-names")
		if names == nil {
			names = first(layers, "enumNames")
		}
		for i, v := range enum.Items {
			var title definitions.Text
			switch {
			case names == nil:
			case names.Kind == definitions.MapValue:
				title = r.text(names.Get(v.Scalar.Value))
			case i < len(names.Items):
				title = r.text(names.Items[i])
			}
			if title.Empty() {
				if s.kind == "string" && v.Scalar.Value != "" {
					r.doubt(v.At, "say what it is called: `x-enum-names: {"+v.Scalar.Value+": {fi: …, sv: …, en: …}}`", "the option `%s` has no name for people", v.Scalar.Value)
				}
				title = definitions.Text{By: map[definitions.Lang]string{r.langs[0]: v.Scalar.Value}}
			}
			add(v, title)
		}
		if names != nil && names.Kind == definitions.MapValue {
			known := make([]string, len(enum.Items))
			for i, v := range enum.Items {
				known[i] = v.Scalar.Value
			}
			for _, k := range names.Keys {
				if !slices.Contains(known, k.Value) {
					r.bad(k.At, meant(k.Value, known), "`%s` is not in the `enum`", k.Value)
				}
			}
		}
		return out
	}
	if list := first(layers, "oneOf"); list != nil && s.kind != "object" {
		for _, m := range list.Items {
			if c := m.Get("const"); c != nil {
				add(c, r.text(m.Get("title")))
			}
		}
		return out
	}
	if c := first(layers, "const"); c != nil && s.kind != "boolean" && s.kind != "object" {
		add(c, definitions.Text{By: map[definitions.Lang]string{r.langs[0]: c.Scalar.Value}})
		return out
	}
	if s.format == "municipality" && r.bundle != nil {
		for _, m := range r.bundle.Shared.Municipalities {
			out = append(out, Option{ID: m.Code, Value: m.Code, Title: m.Name})
		}
	}
	return out
}

// object reads the properties of an object schema.
func (r *shaper) object(v *definitions.Value, p place) *object {
	o := &object{index: map[string]int{}}
	r.collect(o, v, -1, p, 0)
	r.demands(o, v, -1)
	r.finish(o)
	return o
}

// collect adds the properties that a schema declares, under a clause of its conditions or -1 for always.
func (r *shaper) collect(o *object, v *definitions.Value, under int, p place, depth int) {
	list, _ := r.chain(v)
	for _, l := range list {
		if l.Kind != definitions.MapValue || depth > maxDepth {
			continue
		}
		if props := l.Get("properties"); props != nil && props.Kind == definitions.MapValue {
			for i, key := range props.Keys {
				r.declare(o, key, props.Items[i], under, p)
			}
		}
		for _, key := range []string{"allOf", "anyOf", "oneOf"} {
			if members := l.Get(key); members != nil {
				for _, m := range members.Items {
					r.collect(o, m, under, p, depth+1)
				}
			}
		}
		if test := l.Get("if"); test != nil {
			for i, side := range []*definitions.Value{l.Get("then"), l.Get("else")} {
				if side != nil {
					c := r.clause(o, clause{parent: under, test: r.test(test), negate: i == 1}, test)
					r.collect(o, side, c, p, depth+1)
					r.demands(o, side, c)
				}
			}
			r.vacuous(test)
		}
		if hangs := l.Get("dependentSchemas"); hangs != nil {
			for i, key := range hangs.Keys {
				c := r.clause(o, clause{parent: under, has: key.Value}, nil)
				r.collect(o, hangs.Items[i], c, p, depth+1)
				r.demands(o, hangs.Items[i], c)
			}
		}
		if hangs := l.Get("dependentRequired"); hangs != nil {
			for i, key := range hangs.Keys {
				c := r.clause(o, clause{parent: under, has: key.Value}, nil)
				o.pend(hangs.Items[i], c)
			}
		}
	}
}

func (r *shaper) clause(o *object, c clause, test *definitions.Value) int {
	c.reads = nil
	o.clauses = append(o.clauses, c)
	o.tests = append(o.tests, test)
	return len(o.clauses) - 1
}

// pend remembers a list of required names until all properties are known.
func (o *object) pend(list *definitions.Value, under int) {
	if list != nil && list.Kind == definitions.ListValue {
		o.pending = append(o.pending, pendingDemand{list, under})
	}
}

// demands remembers what a schema requires, under a clause.
func (r *shaper) demands(o *object, v *definitions.Value, under int) {
	list, _ := r.chain(v)
	for _, l := range list {
		o.pend(l.Get("required"), under)
		if members := l.Get("allOf"); members != nil {
			for _, m := range members.Items {
				r.demands(o, m, under)
			}
		}
	}
}

// declare adds one property. Declared in several places it is shown when one of them says so, and looks as in the first that says how.
func (r *shaper) declare(o *object, key definitions.Scalar, v *definitions.Value, under int, p place) {
	i, again := o.index[key.Value]
	if !again {
		i = len(o.props)
		o.index[key.Value] = i
		o.props = append(o.props, &prop{name: key.Value, at: key.At})
	}
	q := o.props[i]
	if under < 0 {
		q.base = true
	} else {
		q.clauses = append(q.clauses, under)
	}
	if !again || q.shape.kind == "" && q.shape.question == nil {
		inner := place{apart: p.apart, inTerm: p.inTerm}
		if p.apart {
			inner.key = p.key + "/" + escape(key.Value)
		}
		q.shape = r.shape(v, inner)
		if p.apart && !q.shape.split {
			switch {
			case q.shape.term != nil:
				q.key = "term/" + q.shape.term.ID
			case q.shape.question != nil:
				q.key = "answer/" + q.shape.question.ID
			default:
				q.key = inner.key
			}
		}
	}
	if when := v.Get("x-when"); when != nil {
		switch {
		case p.inTerm:
			r.bad(when.At, "write it beside the reference to the term", "`x-when` stands in a form, not in a term")
		case when.Kind != definitions.ScalarValue:
			r.bad(when.At, "write an expression such as `visitors >= 200`", "`x-when` is one condition")
		default:
			r.whens = append(r.whens, pendingWhen{q, definitions.Expr{Scalar: when.Scalar}})
		}
	}
}

// test compiles the schema of an `if`.
func (r *shaper) test(v *definitions.Value) *Validator {
	s := &schema{bundle: r.bundle, terms: r.terms, lang: definitions.Finnish, places: map[string]definitions.Position{}}
	doc, ok := plain(s.resolve(v, "")).(map[string]any)
	if !ok {
		return nil
	}
	if defs := r.root.Get("$defs"); defs != nil {
		doc = maps.Clone(doc)
		doc["$defs"] = s.hold(defs, "", false)
	}
	test, err := NewValidator(doc)
	if err != nil {
		return nil // the check of the whole schema says why
	}
	return test
}

// vacuous warns of an `if` that holds as long as the property it looks at is not filled in.
func (r *shaper) vacuous(test *definitions.Value) {
	props := test.Get("properties")
	if props == nil {
		return
	}
	for _, key := range props.Keys {
		required := false
		if list := test.Get("required"); list != nil {
			required = slices.ContainsFunc(list.Items, func(v *definitions.Value) bool { return v.Scalar.Value == key.Value })
		}
		if !required {
			r.doubt(key.At, "add `required: ["+key.Value+"]` to the `if`", "this `if` also holds while `%s` is not filled in", key.Value)
		}
	}
}

// finish ties the conditions of an object to its properties.
func (r *shaper) finish(o *object) {
	names := func() []string { return slices.Sorted(maps.Keys(o.index)) }
	for _, p := range o.pending {
		for _, item := range p.list.Items {
			i, ok := o.index[item.Scalar.Value]
			if !ok {
				r.bad(item.At, meant(item.Scalar.Value, names()), "`required` names `%s`, which is no property", item.Scalar.Value)
				continue
			}
			if p.under < 0 {
				o.props[i].required = true
			} else {
				o.props[i].demand = append(o.props[i].demand, p.under)
			}
		}
	}
	for i := range o.clauses {
		c := &o.clauses[i]
		if c.has != "" {
			if j, ok := o.index[c.has]; ok {
				c.reads = []int{j}
			}
			continue
		}
		read := map[string]bool{}
		r.mentions(o.tests[i], read, 0)
		for _, name := range slices.Sorted(maps.Keys(read)) {
			if j, ok := o.index[name]; ok {
				c.reads = append(c.reads, j)
			}
		}
		if len(read) == 0 { // such as minProperties: it looks at everything that it does not itself bring
			for j, p := range o.props {
				if p.base {
					c.reads = append(c.reads, j)
				}
			}
		}
	}
	o.pending, o.tests = nil, nil
	o.arrange()
}

// mentions collects the names of properties that a schema looks at.
func (r *shaper) mentions(v *definitions.Value, into map[string]bool, depth int) {
	if v == nil || depth > maxDepth {
		return
	}
	list, _ := r.chain(v)
	for _, l := range list {
		for i, key := range l.Keys {
			item := l.Items[i]
			switch key.Value {
			case "properties", "dependentSchemas", "dependentRequired":
				for _, k := range item.Keys {
					into[k.Value] = true
				}
			case "required":
				for _, n := range item.Items {
					into[n.Scalar.Value] = true
				}
			case "not", "if", "then", "else":
				r.mentions(item, into, depth+1)
			case "allOf", "anyOf", "oneOf":
				for _, m := range item.Items {
					r.mentions(m, into, depth+1)
				}
			}
		}
	}
}

// arrange orders the properties for the page: as written, and those of a condition after what the condition looks at.
func (o *object) arrange() {
	for i, p := range o.props {
		if p.base {
			o.order = append(o.order, i)
		}
	}
	for i, p := range o.props {
		if p.base {
			continue
		}
		after := -1
		for pos, j := range o.order {
			q := o.props[j]
			for _, c := range p.clauses {
				if slices.Contains(o.clauses[c].reads, j) || !q.base && slices.Contains(q.clauses, c) {
					after = pos
				}
			}
		}
		if after < 0 {
			after = len(o.order) - 1
		}
		o.order = slices.Insert(o.order, after+1, i)
	}
}

// meant suggests the nearest known name, or lists the known ones when they are few.
func meant(name string, known []string) string {
	if near := definitions.Nearest(name, known); near != "" {
		return "did you mean `" + near + "`?"
	}
	if len(known) > 0 && len(known) <= 8 {
		return "known are `" + strings.Join(known, "`, `") + "`"
	}
	return ""
}

// conditions compiles what was found under x-when, and reports fields that wait for each other.
func (r *shaper) conditions(root *object) {
	if r.program == nil {
		return
	}
	fields := map[string]engine.FormField{}
	for _, p := range root.props {
		if f, ok := fieldType(p.shape); ok {
			fields[p.name] = f
		}
	}
	at := map[*prop]definitions.Position{}
	for _, w := range r.whens {
		when, found := r.program.FormCondition(w.expr, fields)
		r.found = append(r.found, found...)
		w.prop.when, at[w.prop] = when, w.expr.At
	}
	r.cycles(root, at)
}

// cycles reports properties whose conditions wait for each other.
func (r *shaper) cycles(root *object, at map[*prop]definitions.Position) {
	state := make([]int, len(root.props))
	var path []int
	var visit func(i int)
	visit = func(i int) {
		switch state[i] {
		case 1:
			names := make([]string, 0, len(path))
			for _, j := range path[slices.Index(path, i):] {
				names = append(names, "`"+root.props[j].name+"`")
			}
			p := root.props[i]
			for _, j := range path[slices.Index(path, i):] { // the place of an x-when, when one is among them
				if at[root.props[j]].Valid() {
					p = root.props[j]
					break
				}
			}
			where := p.at
			if at[p].Valid() {
				where = at[p]
			}
			message := "the condition of " + names[0] + " reads the property itself"
			if len(names) > 1 {
				message = strings.Join(names, " and ") + " are shown only when each other is"
			}
			r.found = append(r.found, definitions.Diagnostic{At: where, Severity: definitions.Error, Rule: "when-cycle", Message: message,
				Suggestion: "leave one of the conditions out"})
			return
		case 2:
			return
		}
		state[i] = 1
		path = append(path, i)
		p := root.props[i]
		if p.when != nil {
			for _, name := range p.when.Reads() {
				if j, ok := root.index[name]; ok {
					visit(j)
				}
			}
		}
		if !p.base {
			for _, c := range p.clauses {
				for c >= 0 {
					for _, j := range root.clauses[c].reads {
						visit(j)
					}
					c = root.clauses[c].parent
				}
			}
		}
		path = path[:len(path)-1]
		state[i] = 2
	}
	for i := range root.props {
		visit(i)
	}
}

// fieldType is the type of a property as conditions read it, false for what they cannot read.
func fieldType(s *shape) (engine.FormField, bool) {
	if q := s.question; q != nil {
		switch q.Type {
		case definitions.Period, definitions.PlaceType, definitions.List:
			return engine.FormField{}, false
		case definitions.Municipality:
			if q.Many {
				return engine.FormField{}, false
			}
		}
		f := engine.FormField{Type: q.Type}
		for _, o := range q.Options {
			f.Options = append(f.Options, o.ID)
		}
		return f, true
	}
	ids := func() (ids []string) {
		for _, o := range s.options {
			ids = append(ids, o.ID)
		}
		return ids
	}
	switch s.kind {
	case "boolean":
		return engine.FormField{Type: definitions.Boolean}, true
	case "integer", "number":
		return engine.FormField{Type: definitions.Number}, true
	case "array":
		if len(s.options) > 0 && s.items.kind == "string" {
			return engine.FormField{Type: definitions.Choices, Options: ids()}, true
		}
		return engine.FormField{}, false
	case "string":
		switch {
		case s.format == "municipality":
			return engine.FormField{Type: definitions.Municipality}, true
		case len(s.options) > 0:
			return engine.FormField{Type: definitions.Choice, Options: ids()}, true
		case s.format == "date":
			return engine.FormField{Type: definitions.DateType}, true
		case s.format == "time":
			return engine.FormField{Type: definitions.Time}, true
		case s.format == "date-time":
			return engine.FormField{Type: definitions.DateTime}, true
		}
		return engine.FormField{Type: definitions.TextType}, true
	}
	return engine.FormField{}, false
}

// sections checks x-sections and returns the order of the properties with the headings that stand before some of them.
func (r *shaper) sections(v *definitions.Value, o *object) (order []int, headings map[int]definitions.Text) {
	headings = map[int]definitions.Text{}
	list := v.Get("x-sections")
	if list == nil {
		return o.order, headings
	}
	if list.Kind != definitions.ListValue {
		r.bad(list.At, "write `x-sections: [{title: …, fields: [a, b]}]`", "`x-sections` is a list of sections")
		return o.order, headings
	}
	seen := map[int]bool{}
	for _, section := range list.Items {
		title, fields := r.text(section.Get("title")), section.Get("fields")
		if fields == nil || fields.Kind != definitions.ListValue {
			r.bad(section.At, "write `{title: …, fields: [a, b]}`", "a section names its `fields`")
			continue
		}
		for _, f := range fields.Items {
			i, ok := o.index[f.Scalar.Value]
			switch {
			case !ok:
				r.bad(f.At, meant(f.Scalar.Value, slices.Sorted(maps.Keys(o.index))), "the form has no property `%s`", f.Scalar.Value)
				continue
			case seen[i]:
				r.bad(f.At, "leave it out of one of them", "the property `%s` stands in `x-sections` twice", f.Scalar.Value)
				continue
			}
			seen[i] = true
			order = append(order, i)
			if !title.Empty() {
				headings[i] = title
			}
		}
	}
	for _, i := range o.order { // what no section names comes last, but what depends on a field after it
		if seen[i] {
			continue
		}
		after := -1
		for pos, j := range order {
			for _, c := range o.props[i].clauses {
				if !o.props[i].base && slices.Contains(o.clauses[c].reads, j) {
					after = pos
				}
			}
		}
		if after < 0 {
			after = len(order) - 1
		}
		order = slices.Insert(order, after+1, i)
	}
	return order, headings
}
