package forms

import (
	"luvat/definitions"
	"luvat/engine"
)

// shape is what a page and a filing need to know of a schema: the tree of its properties, and the conditions on which each is shown.
// What a value may be is the validator's business.
type shape struct {
	at        definitions.Position
	kind      string // string number integer boolean array object
	format    string
	widget    string
	titled    bool // has a title of its own
	torn      bool // could not be read, which has been said
	title     definitions.Text
	hint      definitions.Text
	help      definitions.Text
	unit      definitions.Text
	item      definitions.Text
	options   []Option
	accept    []string
	examples  []string
	complete  string // x-autocomplete
	personal  bool
	fixed     bool // `const: true`: a box that must be ticked
	min, max  *float64
	minLength int
	maxLength int
	minItems  int
	maxItems  int

	term     *definitions.Term     // its value is a term's
	question *definitions.Question // its value is an answer
	split    bool                  // an object that holds terms or answers: each of its properties has a key of its own
	object   *object               // of kind object
	items    *shape                // of kind array
}

// object is the properties of an object and what decides which of them are shown.
type object struct {
	props   []*prop
	index   map[string]int
	order   []int // of the props on the page
	clauses []clause

	tests   []*definitions.Value // of the clauses, while they are read
	pending []pendingDemand      // likewise
}

// pendingDemand is a list of required names that stands under a clause, -1 for always.
type pendingDemand struct {
	list  *definitions.Value
	under int
}

// prop is a property.
type prop struct {
	name     string
	at       definitions.Position
	shape    *shape
	key      string // of its value in Data; "" inside a value
	base     bool   // declared whatever the conditions
	clauses  []int  // the conditions that declare it: one of them has to hold
	when     *engine.FormCondition
	required bool  // whatever the conditions
	demand   []int // the conditions that require it
}

// conditional reports whether the property is sometimes not shown.
func (p *prop) conditional() bool { return !p.base || p.when != nil || p.asked() }

// asked reports whether the property is the answer of a question that is not always relevant.
func (p *prop) asked() bool { return p.shape.question != nil && !p.shape.question.When.Absent() }

// clause is one side of an `if`, or what a dependentRequired or dependentSchemas hangs on.
type clause struct {
	parent int        // the clause in which it stands, -1 for none
	has    string     // holds while this property has a value, or
	test   *Validator // while the object fulfils this schema,
	negate bool       // or does not (else)
	reads  []int      // the properties that test reads
}

// form is one form, compiled.
type form struct {
	id        string
	title     definitions.Text
	root      *shape
	fields    []*Field // of its own properties, terms and answers, in the order of the page
	validator *Validator
	plain     map[definitions.Lang][]byte
}

// group is a group of terms: those whose ids begin with the same word.
type group struct {
	id    string
	title definitions.Text
	help  definitions.Text
}
