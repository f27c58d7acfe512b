package forms

import (
	"slices"

	"luvat/definitions"
	"luvat/engine"
)

// Input is what is known of a case at one moment.
type Input struct {
	Answers *engine.Answers
	On      definitions.Date // the day of handling
	Data    Data
	Files   map[string][]File // attachments by slot; nil when nobody knows, then file fields are not checked against it
	Lang    definitions.Lang  // of the messages of Decode; Finnish when empty
}

// File is an attachment of the case.
type File struct {
	ID, Name string
	Type     string // media type, such as "application/pdf"
	Size     int64
}

// Shown says which fields are shown, and which have to be filled in, at one moment.
type Shown struct {
	union  *Union
	fields map[string]*status
}

type status struct {
	required bool
	forms    []int // indices of the union's parts that show the field
}

// Visible reports whether a field is shown; key may be of a nested field or of a field of an item ("form/plan/stewards/0/name").
// For each list the fields of one more item than there are have an answer too: of the empty one that a page may offer.
func (s *Shown) Visible(key string) bool { return s.fields[key] != nil }

// Required reports whether a field is shown and has to be filled in.
func (s *Shown) Required(key string) bool {
	f := s.fields[key]
	return f != nil && f.required
}

// Readers returns who reads a field now: those for whose form it is shown.
func (s *Shown) Readers(key string) []Reader {
	var out []Reader
	if f := s.fields[key]; f != nil {
		for _, i := range f.forms {
			out = append(out, s.union.parts[i].readers...)
		}
	}
	return out
}

// Section reports whether any field of a section is shown.
func (s *Shown) Section(section *Section) bool {
	return slices.ContainsFunc(section.Fields, func(f *Field) bool { return s.Visible(f.Key) })
}

// Show decides which fields are shown and required.
func (u *Union) Show(in Input) *Shown {
	s := &Shown{union: u, fields: make(map[string]*status, 2*len(u.fields))}
	for i, p := range u.parts {
		s.mark(newView(p.form, in), i, true)
	}
	return s
}

// mark records an object's fields. mandatory is whether the object itself has to be there.
func (s *Shown) mark(v *view, part int, mandatory bool) {
	for i, p := range v.object.props {
		if !v.visible(i) {
			continue
		}
		required := mandatory && v.required(i)
		if p.shape.split {
			sub := v.sub(i)
			s.mark(sub, part, required || sub.filled())
			continue
		}
		key := v.keyOf(i)
		s.add(key, part, required)
		if sub := v.sub(i); sub != nil {
			s.mark(sub, part, required || sub.filled())
			continue
		}
		if p.shape.items == nil || len(p.shape.options) > 0 {
			continue
		}
		rows := v.rows(i)
		for n, row := range rows {
			s.markRow(p, row, key, n, part)
		}
		if len(rows) < maxRows {
			s.markRow(p, v.row(i, len(rows), nil), key, len(rows), part)
		}
	}
}

func (s *Shown) markRow(p *prop, row *view, key string, n, part int) {
	if row != nil {
		s.mark(row, part, true)
		return
	}
	s.add(itemKey(key, n), part, false)
}

func (s *Shown) add(key string, part int, required bool) {
	f := s.fields[key]
	if f == nil {
		f = &status{}
		s.fields[key] = f
	}
	f.required = f.required || required
	if len(f.forms) == 0 || f.forms[len(f.forms)-1] != part {
		f.forms = append(f.forms, part)
	}
}
