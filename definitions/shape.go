package definitions

// A shape is what may stand at a place of a definition. The shapes of the whole language are in grammar.go: the walk that
// checks a file, the JSON Schema for editors and the formatter all read that one table.
type shape struct {
	kind   shapeKind
	what   string    // what it is called in messages, with its article: "a list of grounds"
	keys   []*key    // of an object, in canonical order
	name   *shape    // of a map: the shape of its keys
	of     *shape    // of a list, or of a map's values
	alts   []*shape  // of a choice between shapes
	values []string  // of a fixed set of words
	use    useKind   // of a reference
	unit   bool      // of a text: a plain string is good in every language
	unique bool      // of a list of objects with `id`, or of a map: ids are declared once within it
	big    bool      // of a list: the formatter sets its items apart
	min    int       // of a list: fewest items
	below0 string    // of an expression: a constant below 0 is refused, with this advice
	pair   []pairing // of an object: keys that need or exclude one another
}

type shapeKind int

const (
	textKind     shapeKind = iota // text for people: a string or a mapping by language
	wordKind                      // any string on one line or in a block
	snakeKind                     // an id used in expressions
	kebabKind                     // an id
	dottedKind                    // an id of parts with dots between
	enumKind                      // one of fixed words
	exprKind                      // an expression
	boolKind                      // true or false
	countKind                     // a whole number from 0
	numberKind                    // a number
	dateKind                      // 2026-01-31
	durationKind                  // 500ms, 2s, 5m, 24h, 7d
	tokenKind                     // the name of an HTTP header
	codeKind                      // a code in quotes: a municipality, a region
	refKind                       // the use of an id
	lawKind                       // a reference to a law, as one string
	urlKind                       // an address
	scalarKind                    // any scalar
	cellKind                      // a cell of a table: any scalar
	objectKind                    // a mapping with known keys
	mapKind                       // a mapping by id
	listKind                      // a list
	oneOfKind                     // one of several shapes
	freeKind                      // anything
)

// key is one key of an object.
type key struct {
	name     string
	shape    *shape
	required bool
	doc      string // one sentence for editors
}

// pairing is a rule between keys of one object.
type pairing struct {
	oneOf []string // exactly one of these
	any   []string // at least one of these
}

func object(what string, keys ...*key) *shape {
	return &shape{kind: objectKind, what: what, keys: keys}
}

func must(name string, s *shape, doc string) *key {
	return &key{name: name, shape: s, required: true, doc: doc}
}

func may(name string, s *shape, doc string) *key {
	return &key{name: name, shape: s, doc: doc}
}

func list(what string, of *shape) *shape {
	return &shape{kind: listKind, what: what, of: of}
}

// declared is a list of things with ids of their own.
func declared(what string, of *shape) *shape {
	return &shape{kind: listKind, what: what, of: of, unique: true}
}

// sections is a list of declared things each of which fills many lines.
func sections(what string, of *shape) *shape {
	return &shape{kind: listKind, what: what, of: of, unique: true, big: true}
}

func mapping(what string, name, of *shape) *shape {
	return &shape{kind: mapKind, what: what, name: name, of: of, unique: true}
}

func oneOf(what string, alts ...*shape) *shape {
	return &shape{kind: oneOfKind, what: what, alts: alts}
}

func words(what string, values ...string) *shape {
	return &shape{kind: enumKind, what: what, values: values}
}

func ref(what string, use useKind) *shape {
	return &shape{kind: refKind, what: what, use: use}
}

// some is one thing or a list of them.
func some(what string, of *shape) *shape {
	return oneOf(what, of, list(what, of))
}

func (s *shape) needs(p ...pairing) *shape {
	s.pair = append(s.pair, p...)
	return s
}

// key returns the key of an object with a name, nil when there is none.
func (s *shape) key(name string) *key {
	for _, k := range s.keys {
		if k.name == name {
			return k
		}
	}
	return nil
}

func (s *shape) keyNames() []string {
	names := make([]string, len(s.keys))
	for i, k := range s.keys {
		names[i] = k.name
	}
	return names
}

// useKind says what sort of id a reference means.
type useKind string

const (
	useGroup       useKind = "group"
	useQuestion    useKind = "question"
	useWhere       useKind = "question of type municipality or place"
	useWhen        useKind = "question of type date, datetime or period"
	useList        useKind = "question of type list"
	useRequirement useKind = "requirement"
	useImpossible  useKind = "impossible rule"
	useWarning     useKind = "warning"
	useForm        useKind = "form"
	useProcess     useKind = "process"
	useState       useKind = "state"
	useAuthority   useKind = "authority"
	useCompetent   useKind = "role or authority"
	usePlace       useKind = "municipality, region or authority"
	useBundle      useKind = "bundle"
	useAnchor      useKind = "question or field"
	useShown       useKind = "name in a text"
)
