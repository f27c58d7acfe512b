package forms

import (
	"slices"
	"strings"

	"luvat/definitions"
)

// Union is the one form of a case: the fields of all needed requirements, each term once. It is immutable and safe for concurrent use.
type Union struct {
	Sections []*Section // first the common ones, then one for each requirement with fields of its own

	book   *Book
	needs  map[string]*form // by requirement; nil for one without a form
	parts  []*part
	fields map[string]*Field // by key; nested ones are in the field that holds their value
}

// Section is a page of the form.
type Section struct {
	ID          string // "common-answers", "common-organiser", "own-rescue-plan"
	Title       definitions.Text
	Help        definitions.Text // of a common section: the help of the group's term
	Requirement string           // "" for a common one
	Fields      []*Field
}

// part is one form of the case with the requirements that need it: most often one.
type part struct {
	form    *form
	readers []Reader
}

// Titles of common sections for which the definitions have none.
var (
	answersTitle = definitions.Text{By: map[definitions.Lang]string{
		"fi": "Kyselyssä antamasi tiedot", "sv": "Uppgifter som du redan har gett", "en": "What you have already answered"}}
	otherTitle = definitions.Text{By: map[definitions.Lang]string{
		"fi": "Muut yhteiset tiedot", "sv": "Övriga gemensamma uppgifter", "en": "Other common details"}}
)

// Union makes the one form of a case from the requirements it needs, in the order in which they are shown. A need whose form is not in
// the book has no fields.
func (b *Book) Union(needs []Need) *Union {
	u := &Union{book: b, needs: map[string]*form{}, fields: map[string]*Field{}}
	common := map[string]*Section{} // by group
	answers := &Section{ID: "common-answers", Title: answersTitle}
	var own []*Section
	partOf := map[*form]*part{}
	for _, n := range needs {
		f := b.forms[n.Form]
		u.needs[n.Requirement] = f
		if f == nil {
			continue
		}
		p := partOf[f]
		if p == nil {
			p = &part{form: f}
			partOf[f] = p
			u.parts = append(u.parts, p)
		}
		readers := readersOf(n)
		p.readers = append(p.readers, readers...)
		section := &Section{ID: "own-" + n.Requirement, Title: n.Title, Requirement: n.Requirement}
		if section.Title.Empty() {
			section.Title = f.title
		}
		var heading definitions.Text
		for _, template := range f.fields {
			field := u.fields[template.Key]
			if field == nil {
				field = b.place(template)
				switch field.Kind {
				case AnswerField:
					field.section = answers
				case TermField:
					id := groupOf(field.Term)
					if common[id] == nil {
						common[id] = &Section{ID: "common-" + id, Title: otherTitle}
					}
					field.section = common[id]
				default:
					field.section = section
					if field.Heading.At == heading.At {
						field.Heading = definitions.Text{} // said already
					} else {
						heading = field.Heading
					}
				}
				field.section.Fields = append(field.section.Fields, field)
				u.fields[field.Key] = field
			}
			for _, r := range readers {
				if !slices.ContainsFunc(field.Readers, func(o Reader) bool { return o.Requirement == r.Requirement && o.Authority == r.Authority }) {
					field.Readers = append(field.Readers, r)
				}
			}
		}
		if len(section.Fields) > 0 {
			own = append(own, section)
		}
	}
	if len(answers.Fields) > 0 {
		u.Sections = append(u.Sections, answers)
	}
	rank := map[string]int{}
	for i, t := range b.terms {
		rank[t.ID] = i
	}
	for _, g := range b.groups {
		s := common[g.id]
		if s == nil {
			continue
		}
		if !g.title.Empty() {
			s.Title, s.Help = g.title, g.help
		}
		slices.SortStableFunc(s.Fields, func(a, c *Field) int { return rank[a.Term] - rank[c.Term] })
		u.Sections = append(u.Sections, s)
	}
	u.Sections = append(u.Sections, own...)
	return u
}

// readersOf returns who reads the form of a need: its authorities, or when those are not yet known, whoever it will be.
func readersOf(n Need) []Reader {
	if len(n.Authorities) == 0 {
		return []Reader{{Requirement: n.Requirement, Law: n.Law}}
	}
	out := slices.Clone(n.Authorities)
	for i := range out {
		out[i].Requirement = n.Requirement
		if out[i].Law == nil {
			out[i].Law = n.Law
		}
	}
	return out
}

// place returns a copy of a form's field for a union. What belongs to everybody belongs to no form.
func (b *Book) place(template *Field) *Field {
	f := *template
	f.Readers = nil
	if f.Kind != OwnField {
		f.Form, f.Heading = "", definitions.Text{}
	}
	return &f
}

// Section returns a section by id, nil when there is none.
func (u *Union) Section(id string) *Section {
	for _, s := range u.Sections {
		if s.ID == id {
			return s
		}
	}
	return nil
}

// Field returns a field by key, nested ones and those of an item too; nil when there is none.
func (u *Union) Field(key string) *Field {
	for at := key; ; {
		if f := u.fields[at]; f != nil {
			return f.within(strings.TrimPrefix(key, at))
		}
		i := strings.LastIndexByte(at, '/')
		if i < 0 {
			return nil
		}
		at = at[:i]
	}
}

// within returns the field that a path below a field leads to, nil when there is none: "", "/name", "/0/name".
func (f *Field) within(path string) *Field {
	for path != "" {
		token, rest, _ := strings.Cut(path[1:], "/")
		if rest != "" {
			rest = "/" + rest
		}
		fields := f.Fields
		if f.Control == ListControl || f.Control == TableControl {
			i, ok := rowIndex(token)
			if !ok {
				return nil
			}
			fields = f.At(i)
			if len(fields) == 1 && fields[0].Property == "" { // items are single values
				f, path = fields[0], rest
				continue
			}
			if rest == "" {
				return nil
			}
			token, rest, _ = strings.Cut(rest[1:], "/")
			if rest != "" {
				rest = "/" + rest
			}
		}
		i := slices.IndexFunc(fields, func(c *Field) bool { return escape(c.Property) == token })
		if i < 0 {
			return nil
		}
		f, path = fields[i], rest
	}
	return f
}

// maxRows is the most items of a list.
const maxRows = 1000

// rowIndex reads the index of an item.
func rowIndex(s string) (int, bool) {
	if s == "" || len(s) > 4 || len(s) > 1 && s[0] == '0' {
		return 0, false
	}
	n := 0
	for _, c := range s {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, n < maxRows
}

// Value returns the value of a field as JSON, nil when it is unknown: from the data, or of an answer from the questionnaire.
func (u *Union) Value(f *Field, in Input) any {
	if f.Kind == AnswerField {
		if in.Answers == nil {
			return nil
		}
		v, _ := in.Answers.Get(f.Question)
		return v
	}
	if v, ok := in.Data[f.Key]; ok {
		return v
	}
	for at := f.Key; ; {
		i := strings.LastIndexByte(at, '/')
		if i < 0 {
			return nil
		}
		at = at[:i]
		if u.fields[at] != nil {
			v, _ := pointed(in.Data[at], f.Key[len(at):])
			return v
		}
	}
}
