package forms

import (
	"strconv"
	"strings"

	"luvat/definitions"
)

// Kind says where the value of a field is kept.
type Kind string

// The kinds of fields.
const (
	OwnField    Kind = "own"    // a property of one form
	TermField   Kind = "term"   // a term of the vocabulary: asked once in a case, whichever forms read it
	AnswerField Kind = "answer" // an answer of the questionnaire: shown, and changed there
)

// Control is how a field is filled in.
type Control string

// The controls.
const (
	TextControl       Control = "text"
	TextareaControl   Control = "textarea"
	NumberControl     Control = "number"
	MoneyControl      Control = "money"
	DateControl       Control = "date"
	TimeControl       Control = "time"
	DateTimeControl   Control = "datetime" // two inputs: <name>.date and <name>.time
	EmailControl      Control = "email"
	TelControl        Control = "tel"
	URLControl        Control = "url"
	RadiosControl     Control = "radios"
	CheckboxesControl Control = "checkboxes"
	CheckboxControl   Control = "checkbox"
	SelectControl     Control = "select"
	GroupControl      Control = "group" // Fields, each with a control of its own
	PlaceControl      Control = "place" // like group; a point is two inputs: <name>.lat and <name>.lon
	PointControl      Control = "point" // two inputs: <name>.lat and <name>.lon
	ListControl       Control = "list"  // items, each with Fields
	TableControl      Control = "table" // the same, shown as rows
	FileControl       Control = "file"  // the id of an attachment of the case
	AnswerControl     Control = "answer"
)

// Field is one field of a case's form. It is immutable.
//
// The fields of a group and the items of a list are fields too. Those of an item are templates: At makes them the fields of one item.
type Field struct {
	Key      string // of the value in Data; of a nested field the key of what it is in, "/" and its property
	Name     string // of the HTML control, and its id
	Property string // in the schema

	Kind     Kind
	Control  Control
	Title    definitions.Text
	Hint     definitions.Text // `description`: said under the title
	Help     definitions.Text // `x-help`, or a term's help: said on request
	Unit     definitions.Text
	Heading  definitions.Text // stands before the field: a title of x-sections, or of the object that the field is a part of
	Options  []Option
	Fields   []*Field         // of a group, of a place, or of an item
	Item     definitions.Text // what one item of a list is called
	Examples []string

	Personal     bool   // holds a personal identity code: never in logs or e-mail, masked in lists
	Autocomplete string // an HTML token such as "organization"
	Accept       []string
	Format       string
	MinLength    int      // in characters; 0 when there is no limit
	MaxLength    int      // likewise
	Min, Max     *float64 // of a number
	Whole        bool     // a number without decimals
	MinItems     int
	MaxItems     int // 0 when there is no limit

	Term     string // the term's id, of TermField
	Question string // the question's id, of AnswerField
	Form     string // the form's id, of OwnField
	Readers  []Reader

	shape   *shape
	section *Section
}

// Option is one choice of a field.
type Option struct {
	ID    string // what the HTML control sends
	Value any    // what the data holds
	Title definitions.Text
}

// SeenName is the name of a hidden input that says that the field was on the page. Browsers send nothing for boxes that are not
// ticked and for lists without items: without the mark those would read as "not asked", and nothing would change.
func (f *Field) SeenName() string { return "seen:" + f.Name }

// AddName is the name of the button that adds an item to a list.
func (f *Field) AddName() string { return "add:" + f.Name }

// RemoveName is the name of the button that takes item i out of a list.
func (f *Field) RemoveName(i int) string { return "remove:" + f.Name + "." + strconv.Itoa(i) }

// At returns the fields of item i of a list, counted from 0.
func (f *Field) At(i int) []*Field {
	n := strconv.Itoa(i)
	return moved(f.Fields, f.Key+"/*", f.Key+"/"+n, f.Name+".*", f.Name+"."+n)
}

// moved returns copies of fields under another key and name.
func moved(fields []*Field, fromKey, toKey, fromName, toName string) []*Field {
	out := make([]*Field, len(fields))
	for i, f := range fields {
		c := *f
		c.Key = toKey + strings.TrimPrefix(f.Key, fromKey)
		c.Name = toName + strings.TrimPrefix(f.Name, fromName)
		if len(f.Fields) > 0 {
			c.Fields = moved(f.Fields, fromKey, toKey, fromName, toName)
		}
		out[i] = &c
	}
	return out
}
