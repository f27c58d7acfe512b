package forms

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"luvat/definitions"
)

// longList is the number of options from which a select with search takes the place of radio buttons; longText the length from
// which a text gets several lines.
const (
	longList = 8
	longText = 201
)

// widget is a word of x-widget with what it is for.
type widget struct {
	word    string
	control Control
	fits    func(*shape) bool
	takes   string
}

var widgets = []widget{
	{"text", TextControl, isText, "a text"},
	{"textarea", TextareaControl, isText, "a text"},
	{"number", NumberControl, isNumber, "a number"},
	{"money", MoneyControl, isNumber, "a number"},
	{"date", DateControl, isFormat("date"), "a text with `format: date`"},
	{"time", TimeControl, isFormat("time"), "a text with `format: time`"},
	{"datetime", DateTimeControl, isFormat("date-time"), "a text with `format: date-time`"},
	{"email", EmailControl, isText, "a text"},
	{"tel", TelControl, isText, "a text"},
	{"radios", RadiosControl, func(s *shape) bool { return isChoice(s) || s.kind == "boolean" }, "an `enum` or a boolean"},
	{"checkboxes", CheckboxesControl, isChoices, "a list whose `items` have an `enum`"},
	{"checkbox", CheckboxControl, func(s *shape) bool { return s.kind == "boolean" }, "a boolean"},
	{"select", SelectControl, isChoice, "an `enum`"},
	{"table", TableControl, func(s *shape) bool { return s.kind == "array" && s.items != nil && s.items.object != nil }, "a list of objects"},
	{"place", PlaceControl, func(s *shape) bool { return s.kind == "object" }, "an object"},
	{"file", FileControl, isFile, "a text with `format: attachment`"},
}

func isText(s *shape) bool { return s.kind == "string" && len(s.options) == 0 }
func isNumber(s *shape) bool {
	return (s.kind == "number" || s.kind == "integer") && len(s.options) == 0
}
func isChoice(s *shape) bool  { return s.kind != "array" && len(s.options) > 0 }
func isChoices(s *shape) bool { return s.kind == "array" && len(s.options) > 0 }
func isFile(s *shape) bool {
	if s.kind == "array" && s.items != nil {
		return isFile(s.items)
	}
	return s.kind == "string" && s.format == "attachment"
}

func isFormat(format string) func(*shape) bool {
	return func(s *shape) bool { return s.kind == "string" && s.format == format }
}

// isPoint reports a pair of numbers: latitude and longitude.
func isPoint(s *shape) bool {
	return s.kind == "array" && s.minItems == 2 && s.maxItems == 2 && s.items != nil && isNumber(s.items)
}

// control returns how a shape is filled in, "" when it cannot be.
func (s *shape) control() Control {
	for _, w := range widgets {
		if w.word == s.widget && w.fits(s) {
			return w.control
		}
	}
	switch {
	case s.question != nil:
		return AnswerControl
	case isFile(s):
		return FileControl
	case isPoint(s):
		return PointControl
	case isChoices(s):
		return CheckboxesControl
	case isChoice(s) && len(s.options) < longList:
		return RadiosControl
	case isChoice(s):
		return SelectControl
	case s.fixed:
		return CheckboxControl
	case s.kind == "boolean":
		return RadiosControl
	case isNumber(s):
		return NumberControl
	case s.kind == "object" && s.format == "place" && s.object != nil && len(s.object.props) > 0:
		return PlaceControl
	case s.kind == "object" && s.object != nil && len(s.object.props) > 0:
		return GroupControl
	case s.kind == "array" && s.items != nil && s.items.control() != "":
		return ListControl
	case s.kind == "string":
		switch s.format {
		case "date":
			return DateControl
		case "time":
			return TimeControl
		case "date-time":
			return DateTimeControl
		case "email":
			return EmailControl
		case "phone":
			return TelControl
		case "uri":
			return URLControl
		}
		if s.maxLength >= longText {
			return TextareaControl
		}
		return TextControl
	}
	return ""
}

// yesNo are the options of a boolean.
var yesNo = []Option{
	{ID: "true", Value: true, Title: definitions.Text{By: map[definitions.Lang]string{"fi": "Kyllä", "sv": "Ja", "en": "Yes"}}},
	{ID: "false", Value: false, Title: definitions.Text{By: map[definitions.Lang]string{"fi": "Ei", "sv": "Nej", "en": "No"}}},
}

// fields returns the fields of an object whose parts have keys of their own, those of objects in it included.
func (r *shaper) fields(f *form, o *object, order []int, headings map[int]definitions.Text, heading definitions.Text) []*Field {
	var out []*Field
	for _, i := range order {
		p := o.props[i]
		h := heading
		if t, ok := headings[i]; ok {
			h = t
		}
		if p.shape.split {
			if p.shape.titled {
				h = p.shape.title
			}
			out = append(out, r.fields(f, p.shape.object, p.shape.object.order, nil, h)...)
			continue
		}
		field := r.field(p, p.key, nameOf(p.key), p.shape.term != nil)
		field.Form, field.Heading = f.id, h
		out = append(out, field)
	}
	return out
}

// field makes the field of a property.
func (r *shaper) field(p *prop, key, name string, inTerm bool) *Field {
	s := p.shape
	f := &Field{Key: key, Name: name, Property: p.name, Kind: OwnField, Title: s.title, Hint: s.hint, Help: s.help, Unit: s.unit, Options: s.options,
		Item: s.item, Examples: s.examples, Personal: s.personal, Autocomplete: s.complete, Accept: s.accept, Format: s.format, MinLength: s.minLength,
		MaxLength: s.maxLength, Min: s.min, Max: s.max, Whole: s.kind == "integer", MinItems: s.minItems, MaxItems: s.maxItems, shape: s}
	f.Control = s.control()
	switch {
	case s.term != nil:
		f.Kind, f.Term = TermField, s.term.ID
	case s.question != nil:
		f.Kind, f.Question = AnswerField, s.question.ID
		return f
	}
	r.fits(s, p.at, f.Control, inTerm)
	if f.Title.Empty() {
		if !inTerm && p.name != "" && f.Control != "" {
			r.doubt(p.at, "add `title: {fi: …, sv: …, en: …}`", "the property `%s` has no title: the customer would see its name", p.name)
		}
		f.Title = definitions.Text{By: map[definitions.Lang]string{r.langs[0]: p.name}}
	}
	switch f.Control {
	case RadiosControl:
		if s.kind == "boolean" {
			f.Options = yesNo
		}
	case GroupControl, PlaceControl:
		for _, i := range s.object.order {
			child := s.object.props[i]
			f.Fields = append(f.Fields, r.field(child, key+"/"+escape(child.name), name+"."+segment(child.name), inTerm))
		}
	case FileControl:
		if s.kind == "array" && len(f.Accept) == 0 {
			f.Accept = s.items.accept
		}
	case ListControl, TableControl:
		if o := s.items.object; o != nil {
			for _, i := range o.order {
				child := o.props[i]
				f.Fields = append(f.Fields, r.field(child, key+"/*/"+escape(child.name), name+".*."+segment(child.name), inTerm))
			}
		} else {
			f.Fields = []*Field{r.field(&prop{at: s.items.at, shape: s.items}, key+"/*", name+".*", inTerm)}
			if f.Fields[0].shape.title.Empty() {
				f.Fields[0].Title = f.Item
			}
		}
		if f.Item.Empty() {
			f.Item = f.Title
		}
	}
	return f
}

// fits reports what cannot be filled in, and a widget that there is not or that is for something else.
func (r *shaper) fits(s *shape, at definitions.Position, control Control, inTerm bool) {
	if inTerm {
		return // a term is checked once, with the terms
	}
	if s.widget != "" {
		i := slices.IndexFunc(widgets, func(w widget) bool { return w.word == s.widget })
		if i < 0 {
			var known []string
			for _, w := range widgets {
				known = append(known, w.word)
			}
			r.bad(s.at, meant(s.widget, known), "there is no widget `%s`", s.widget)
		} else if !widgets[i].fits(s) {
			r.bad(s.at, "leave `x-widget` out: a control that fits is chosen by the schema", "the widget `%s` is for %s, but this is %s", s.widget, widgets[i].takes, s.words())
		}
	}
	if control != "" || s.torn || s.kind == "null" {
		return
	}
	suggestion := "give it a `type`"
	switch s.kind {
	case "object":
		suggestion = "declare its `properties`"
	case "array":
		suggestion = "say what its `items` are"
	}
	r.bad(at, suggestion, "nothing says how this is filled in: it is %s", s.words())
}

// words says what a shape is, for messages to authors.
func (s *shape) words() string {
	switch {
	case s.kind == "array" && len(s.options) > 0:
		return "a list of options"
	case len(s.options) > 0:
		return "a choice of options"
	case s.kind == "string" && s.format != "":
		return fmt.Sprintf("a text with `format: %s`", s.format)
	case s.kind == "string":
		return "a text"
	case s.kind == "number", s.kind == "integer":
		return "a number"
	case s.kind == "boolean":
		return "true or false"
	case s.kind == "array":
		return "a list"
	case s.kind == "object":
		return "an object"
	}
	return "a value of any type"
}

// nameOf returns the HTML name of a field key: `term:organiser:name`, `form:rescue-plan:exits`. Dots in names part nested fields.
func nameOf(key string) string {
	kind, rest, _ := strings.Cut(key, "/")
	if kind == "term" {
		return "term:" + strings.ReplaceAll(rest, ".", ":")
	}
	parts := strings.Split(rest, "/")
	for i, p := range parts {
		parts[i] = segment(strings.ReplaceAll(strings.ReplaceAll(p, "~1", "/"), "~0", "~"))
	}
	return kind + ":" + strings.Join(parts, ":")
}

// segment writes a property's name so that it can stand in an HTML name and id.
func segment(name string) string {
	var b strings.Builder
	for _, c := range name {
		if c == '-' || c == '_' || unicode.IsLetter(c) || unicode.IsDigit(c) {
			b.WriteRune(c)
		} else {
			fmt.Fprintf(&b, "=%x=", c)
		}
	}
	return b.String()
}
