package definitions

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// reader walks the nodes of one file along the grammar. What it returns has the right shapes only: a part that has not is left
// out, and has been reported.
type reader struct {
	cursor
	log   *log
	langs []Lang
	path  []string // where the walk is, for marks
	depth int
	found *found
}

// found is what a walk collects besides the values: uses of ids and marks. The uses are checked when all ids are known.
type found struct {
	uses  []use
	laws  []Law
	marks []Mark
	lost  bool // a part that declares something could not be read
}

// use is the use of an id, or of a name in the braces of a text.
type use struct {
	Scalar
	kind  useKind
	shape *shape
}

// val is a part of a file that has the shape it should have.
type val struct {
	at     Position
	scalar Scalar
	fields []field // of an object or a map
	items  []*val  // of a list
	free   *Value  // of free data
	law    Law
	text   Text
	meant  []string // keys that unknown ones were probably meant to be
}

type field struct {
	key Scalar
	val *val
}

// get returns the value of a key, nil when it is absent or was wrong.
func (v *val) get(name string) *val {
	if v == nil {
		return nil
	}
	for _, f := range v.fields {
		if f.key.Value == name {
			return f.val
		}
	}
	return nil
}

// has reports whether a key was written, be its value right or wrong.
func (v *val) has(name string) bool {
	if v == nil {
		return false
	}
	for _, f := range v.fields {
		if f.key.Value == name {
			return true
		}
	}
	return false
}

func (r *reader) at(n *yaml.Node) Position {
	if n.Kind == yaml.ScalarNode {
		return r.scalar(n).At
	}
	return Position{File: r.src.Path, Line: max(n.Line, 1), Column: max(n.Column, 1)}
}

func (r *reader) error(at Position, rule, suggestion, format string, args ...any) {
	if r.log.full(at.File) {
		return
	}
	r.log.add(Diagnostic{At: at, Severity: Error, Rule: rule, Message: fmt.Sprintf(format, args...), Suggestion: suggestion})
}

func (r *reader) warn(at Position, rule, suggestion, format string, args ...any) {
	if r.log.full(at.File) {
		return
	}
	r.log.add(Diagnostic{At: at, Severity: Warning, Rule: rule, Message: fmt.Sprintf(format, args...), Suggestion: suggestion})
}

// lose notes that something is declared here that could not be read.
func (r *reader) lose() {
	r.found.lost = true
	r.log.lose(r.src.Path)
}

// maxDepth is how deep lists and mappings may stand in one another.
const maxDepth = 64

// walk checks a node against a shape. It returns nil when the node is wrong.
func (r *reader) walk(n *yaml.Node, s *shape) *val {
	if !r.enter(n) {
		return nil
	}
	defer func() { r.depth-- }()
	if s.kind == oneOfKind {
		chosen := choose(n, s)
		if chosen == nil {
			r.wrong(n, s)
			return nil
		}
		return r.shaped(n, chosen)
	}
	return r.shaped(n, s)
}

// enter refuses what is not part of the language at any place.
func (r *reader) enter(n *yaml.Node) bool {
	r.depth++
	ok := true
	switch {
	case r.depth > maxDepth:
		r.error(r.at(n), "too-deep", "", "lists and mappings stand more than %d deep in one another", maxDepth)
		ok = false
	case n.Kind == yaml.AliasNode:
		r.error(r.at(n), "no-anchors", "write the value out here", "`*%s` refers to another place; anchors and aliases are not part of the language", cut(n.Value))
		ok = false
	}
	if n.Anchor != "" {
		r.error(r.at(n), "no-anchors", "remove `&"+cut(n.Anchor)+"`", "`&%s` names a place; anchors and aliases are not part of the language", cut(n.Anchor))
	}
	if n.Style&yaml.TaggedStyle != 0 {
		r.error(r.at(n), "no-tags", "remove `"+cut(n.Tag)+"`", "`%s` is a tag; tags are not part of the language", cut(n.Tag))
		ok = false
	}
	if !ok {
		r.depth--
	}
	return ok
}

func (r *reader) shaped(n *yaml.Node, s *shape) *val {
	switch s.kind {
	case freeKind:
		if v := r.free(n); v != nil {
			return &val{at: v.At, free: v}
		}
		return nil
	case textKind:
		return r.text(n, s)
	case objectKind, mapKind:
		if n.Kind != yaml.MappingNode {
			r.wrong(n, s)
			return nil
		}
		if s.kind == objectKind {
			return r.object(n, s)
		}
		return r.mapping(n, s)
	case listKind:
		if n.Kind != yaml.SequenceNode {
			r.wrong(n, s)
			return nil
		}
		return r.list(n, s)
	}
	if n.Kind != yaml.ScalarNode {
		r.wrong(n, s)
		return nil
	}
	return r.single(n, s)
}

// wrong reports a node of the wrong shape.
func (r *reader) wrong(n *yaml.Node, s *shape) {
	if n.Kind == yaml.ScalarNode && isNull(n) {
		r.error(r.at(n), "missing-value", "give the value, or remove the key", "nothing is written here; expected %s", s.what)
		return
	}
	suggestion := ""
	switch {
	case startsWithBraces(n):
		r.error(r.at(n), "unquoted-text", "write the whole text in quotes", "a text that begins with `{{` must stand in quotes; without them it is read as a mapping")
		return
	case s.kind == listKind && s.of == groundShape && n.Kind == yaml.ScalarNode:
		suggestion = "write the condition as a ground: `- {when: …}`"
	case s.kind == listKind && n.Kind != yaml.SequenceNode:
		suggestion = "begin each item with `- `, or write [ ] around the value"
	case (s.kind == objectKind || s.kind == mapKind) && n.Kind == yaml.ScalarNode && tightColon.MatchString(n.Value):
		suggestion = "a space must follow the colon after a key"
	case (s.kind == objectKind || s.kind == mapKind) && n.Kind == yaml.SequenceNode:
		suggestion = "write `key: value` instead of `- `"
	}
	r.error(r.at(n), "wrong-shape", suggestion, "expected %s, but this is %s", s.what, nodeName(n))
}

var tightColon = regexp.MustCompile(`^[A-Za-z0-9_-]+:[^ /]`)

func nodeName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	return "a single value"
}

func isNull(n *yaml.Node) bool {
	return n.Style == 0 && (n.Value == "" || n.Value == "~" || n.Value == "null" || n.Value == "Null" || n.Value == "NULL")
}

// startsWithBraces reports whether a node is what comes of an unquoted {{name}}.
func startsWithBraces(n *yaml.Node) bool {
	return n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle != 0 && len(n.Content) > 0 && n.Content[0].Kind == yaml.MappingNode
}

// keys walks the keys of a mapping, once each, and calls do for every one that is a word and not a repetition.
func (r *reader) keys(n *yaml.Node, do func(key Scalar, value *yaml.Node)) {
	seen := make(map[string]Position, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if k.Kind != yaml.ScalarNode {
			if startsWithBraces(n) {
				r.wrong(n, aText)
			} else {
				r.error(r.at(k), "wrong-shape", "", "expected a key, but this is %s", nodeName(k))
			}
			continue
		}
		if !r.enter(k) {
			continue
		}
		r.depth--
		key := r.scalar(k)
		if key.Value == "<<" && !key.Quoted {
			r.error(key.At, "no-anchors", "write the keys out here", "`<<` merges another mapping; anchors and aliases are not part of the language")
			continue
		}
		if first, twice := seen[key.Value]; twice {
			r.log.add(Diagnostic{At: key.At, Severity: Error, Rule: "duplicate-key", Message: fmt.Sprintf("`%s` is given twice in one mapping", cut(key.Value)),
				Suggestion: "remove one of them", Related: []Related{{At: first, Message: "first given here"}}})
			continue
		}
		seen[key.Value] = key.At
		do(key, n.Content[i+1])
	}
}

func (r *reader) object(n *yaml.Node, s *shape) *val {
	v := &val{at: r.at(n)}
	r.pushID(n)
	r.keys(n, func(key Scalar, value *yaml.Node) {
		k := s.key(key.Value)
		if k == nil {
			if near := Nearest(key.Value, s.keyNames()); near != "" {
				v.meant = append(v.meant, near)
			}
			r.unknownKey(key, value, n, s)
			return
		}
		r.path = append(r.path, key.Value)
		f := field{key: key}
		if value.Kind == yaml.ScalarNode && isNull(value) && k.shape.kind != freeKind {
			r.error(key.At, "missing-value", "give the value, or remove the key", "`%s` has no value; expected %s", key.Value, k.shape.what)
		} else {
			f.val = r.walk(value, k.shape)
		}
		v.fields = append(v.fields, f)
		r.path = r.path[:len(r.path)-1]
	})
	for _, k := range s.keys {
		if k.required && !v.has(k.name) {
			if k.name == "id" {
				r.lose()
			}
			if slices.Contains(v.meant, k.name) {
				continue
			}
			r.error(r.whole(v), "missing-key", fmt.Sprintf("add `%s: …`", k.name), "%s has no `%s`", r.name(v, s), k.name)
		}
	}
	r.pairings(v, s)
	if m := v.get("unverified"); m != nil && m.scalar.Value == "true" {
		mark := Mark{At: m.at, What: strings.Join(r.path, ".")}
		if note := v.get("note"); note != nil {
			mark.Note = note.scalar.Value
		}
		mark.What = strings.ReplaceAll(mark.What, ".[", "[")
		r.found.marks = append(r.found.marks, mark)
	}
	if act := v.get("act"); s == lawObjectShape && act != nil {
		if law, ok := parseLaw(act.scalar); !ok || law.Section != "" {
			suggestion := ""
			if ok {
				suggestion = fmt.Sprintf("write act: %s, section: %s", law.Act, law.Section)
			}
			r.error(act.at, "bad-law", suggestion, "`%s` is not an act's number such as 379/2011", cut(act.scalar.Value))
		} else {
			r.found.laws = append(r.found.laws, law)
		}
	}
	return v
}

// pushID names an item of a list by its id in the path of marks.
func (r *reader) pushID(n *yaml.Node) {
	if len(r.path) == 0 || !strings.HasPrefix(r.path[len(r.path)-1], "[") {
		return
	}
	for i := 0; i+1 < len(n.Content) && i < 2*maxShownKeys; i += 2 {
		if n.Content[i].Value == "id" && n.Content[i+1].Kind == yaml.ScalarNode {
			r.path[len(r.path)-1] = n.Content[i+1].Value
		}
	}
}

// whole is the place to point at when something is missing from an object: its id, or its beginning.
func (r *reader) whole(v *val) Position {
	if id := v.get("id"); id != nil {
		return id.at
	}
	if len(v.fields) > 0 {
		return v.fields[0].key.At
	}
	return v.at
}

// name calls an object by its id: "question `visitors`".
func (r *reader) name(v *val, s *shape) string {
	id := v.get("id")
	if id == nil || id.scalar.Value == "" {
		return s.what
	}
	_, noun, _ := strings.Cut(s.what, " ")
	return fmt.Sprintf("%s `%s`", noun, cut(id.scalar.Value))
}

func (r *reader) pairings(v *val, s *shape) {
	for _, p := range s.pair {
		names := p.oneOf
		if names == nil {
			names = p.any
		}
		var given []field
		for _, f := range v.fields {
			for _, n := range names {
				if f.key.Value == n {
					given = append(given, f)
				}
			}
		}
		switch {
		case len(given) == 0 && slices.ContainsFunc(v.meant, func(m string) bool { return slices.Contains(names, m) }):
		case len(given) == 0:
			r.error(r.whole(v), "missing-key", "", "%s needs one of %s", r.name(v, s), quoteAll(names, "or"))
		case p.oneOf != nil && len(given) > 1:
			r.log.add(Diagnostic{At: given[1].key.At, Severity: Error, Rule: "conflicting-keys", Message: fmt.Sprintf("%s has both `%s` and `%s`; expected only one of %s",
				r.name(v, s), given[0].key.Value, given[1].key.Value, quoteAll(names, "or")), Related: []Related{{At: given[0].key.At, Message: "first given here"}}})
		}
	}
}

// unknownKey reports a key that an object does not have, with what was probably meant.
func (r *reader) unknownKey(key Scalar, value, in *yaml.Node, s *shape) {
	if (s == bundleFile || s == overlayFile || s == sharedFile) && value.Kind != yaml.ScalarNode {
		r.lose()
	}
	if r.log.full(r.src.Path) {
		return
	}
	near := Nearest(key.Value, s.keyNames())
	suggestion := ""
	switch {
	case key.Value == "when" && s.key("needed") != nil:
		suggestion = "`when` stands in a ground: `needed: [{when: …}]`"
	case near != "":
		suggestion = fmt.Sprintf("did you mean `%s`?", near)
	case in.Style&yaml.FlowStyle != 0 && isNull(value) && value.Value == "":
		suggestion = "write the whole text in quotes"
		if numeric.MatchString(key.Value) {
			suggestion = "write a point in a decimal number"
		}
		r.error(key.At, "unquoted-text", suggestion, "`%s` is read as a key: a comma ends an unquoted value inside { }", cut(key.Value))
		return
	case otherFile(key.Value, s) != "":
		suggestion = otherFile(key.Value, s)
	default:
		suggestion = "the keys are " + listed(s.keyNames(), 40)
	}
	r.error(key.At, "unknown-key", suggestion, "%s has no key `%s`", s.what, cut(key.Value))
}

// otherFile says in which kind of file a top-level key belongs.
func otherFile(name string, s *shape) string {
	if s != bundleFile && s != sharedFile && s != overlayFile {
		return ""
	}
	switch {
	case s != bundleFile && bundleFile.key(name) != nil:
		return fmt.Sprintf("`%s` stands in a bundle", name)
	case s != overlayFile && overlayFile.key(name) != nil:
		return fmt.Sprintf("`%s` stands in an overlay", name)
	}
	return ""
}

func (r *reader) mapping(n *yaml.Node, s *shape) *val {
	v := &val{at: r.at(n)}
	r.keys(n, func(key Scalar, value *yaml.Node) {
		f := field{key: key}
		r.checkScalar(key, s.name)
		r.path = append(r.path, key.Value)
		if value.Kind == yaml.ScalarNode && isNull(value) && s.of.kind != freeKind {
			r.error(key.At, "missing-value", "give the value, or remove the key", "`%s` has no value; expected %s", cut(key.Value), s.of.what)
		} else {
			f.val = r.walk(value, s.of)
		}
		r.path = r.path[:len(r.path)-1]
		v.fields = append(v.fields, f)
	})
	return v
}

func (r *reader) list(n *yaml.Node, s *shape) *val {
	v := &val{at: r.at(n), items: make([]*val, 0, len(n.Content))}
	if len(n.Content) < s.min {
		r.error(v.at, "too-few", "", "expected %s with at least %d of them", s.what, s.min)
	}
	var ids map[string]Position
	if s.unique {
		ids = make(map[string]Position, len(n.Content))
	}
	for i, c := range n.Content {
		r.path = append(r.path, fmt.Sprintf("[%d]", i+1))
		if item := r.walk(c, s.of); item != nil {
			v.items = append(v.items, item)
			if id := item.get("id"); s.unique && id != nil {
				if first, twice := ids[id.scalar.Value]; twice {
					r.log.add(duplicateID(id.scalar, first, fmt.Sprintf("the id `%s` is given twice in %s", cut(id.scalar.Value), s.what)))
				} else {
					ids[id.scalar.Value] = id.at
				}
			}
		}
		r.path = r.path[:len(r.path)-1]
	}
	return v
}

func duplicateID(id Scalar, first Position, message string) Diagnostic {
	return Diagnostic{At: id.At, Severity: Error, Rule: "duplicate-id", Message: message, Suggestion: "give one of them another id",
		Related: []Related{{At: first, Message: "first declared here"}}}
}
