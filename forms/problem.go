package forms

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"luvat/definitions"
)

// Problem is one thing that keeps a form from being sent, or from being read.
type Problem struct {
	Section string // id
	Key     string // of the field
	Name    string // the HTML id to link to
	Pointer string // JSON pointer in the filing's data
	Keyword string // of JSON Schema; "attachment" for a file that is not there, "unreadable" for what was typed and cannot be read
	Message string // in the language asked for; reads well alone
	Typed   string // what was typed, when it cannot be read
}

// Check returns everything that keeps the form from being sent, in the order of its sections and fields.
func (u *Union) Check(in Input, lang definitions.Lang) []Problem {
	var all []Problem
	for _, p := range u.parts {
		all = append(all, u.checkPart(p, in, lang)...)
	}
	if len(all) < 2 {
		return all
	}
	rank := map[string]int{}
	for i, s := range u.Sections {
		for j, f := range s.Fields {
			rank[f.Key] = i<<16 + j
		}
	}
	slices.SortStableFunc(all, func(a, b Problem) int { return u.rank(rank, a.Key) - u.rank(rank, b.Key) })
	type said struct{ key, keyword string }
	seen := map[said]bool{}
	return slices.DeleteFunc(all, func(p Problem) bool {
		k := said{p.Key, p.Keyword}
		if seen[k] { // two forms ask the same term
			return true
		}
		seen[k] = true
		return false
	})
}

// rank returns the place of a key, or of the nearest key around it.
func (u *Union) rank(rank map[string]int, key string) int {
	for {
		if r, ok := rank[key]; ok {
			return r
		}
		i := strings.LastIndexByte(key, '/')
		if i < 0 {
			return 1 << 30
		}
		key = key[:i]
	}
}

// CheckSection is Check of one section.
func (u *Union) CheckSection(id string, in Input, lang definitions.Lang) []Problem {
	return slices.DeleteFunc(u.Check(in, lang), func(p Problem) bool { return p.Section != id })
}

func (u *Union) checkPart(p *part, in Input, lang definitions.Lang) []Problem {
	c := &checking{union: u, root: newView(p.form, in), lang: lang, in: in}
	value := c.root.value()
	c.missing(c.root, "")
	if p.form.validator != nil && !p.form.validator.Valid(value) {
		faults := p.form.validator.Faults(value)
		for i, f := range faults {
			if !oneWay(f) {
				c.fault(f)
			} else if !slices.ContainsFunc(faults[:i], func(g Fault) bool { return oneWay(g) && g.Pointer == f.Pointer }) {
				c.ways(faults, f.Pointer)
			}
		}
	}
	return c.problems
}

// checking is one form being checked.
type checking struct {
	union    *Union
	root     *view
	in       Input
	lang     definitions.Lang
	problems []Problem
}

// missing looks for what the plain schema cannot require since it is not always shown, and for files that are not there.
func (c *checking) missing(v *view, pointer string) {
	for i, p := range v.object.props {
		if !v.visible(i) {
			continue
		}
		at := pointer + "/" + escape(p.name)
		x := v.val(i)
		if x == nil {
			if p.conditional() && v.required(i) {
				c.fault(Fault{Pointer: pointer, Keyword: "required", Property: p.name})
			}
			continue
		}
		if sub := v.sub(i); sub != nil {
			c.missing(sub, at)
			continue
		}
		if isFile(p.shape) && c.in.Files != nil {
			c.files(p, x, at)
		}
		if p.shape.items != nil && p.shape.items.object != nil {
			n := 0
			for _, row := range v.rows(i) {
				if row.filled() {
					c.missing(row, at+"/"+strconv.Itoa(n))
					n++
				}
			}
		}
	}
}

// media are the media types of the words of x-accept.
var media = map[string][]string{
	"pdf": {"application/pdf"}, "png": {"image/png"}, "jpeg": {"image/jpeg"}, "jpg": {"image/jpeg"}, "tiff": {"image/tiff"}, "gif": {"image/gif"},
	"docx": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document"}, "odt": {"application/vnd.oasis.opendocument.text"},
	"xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}, "csv": {"text/csv"}, "txt": {"text/plain"},
	"dwg": {"image/vnd.dwg"}, "zip": {"application/zip"},
}

func (c *checking) files(p *prop, x any, pointer string) {
	list, many := x.([]any)
	if !many {
		list = []any{x}
	}
	accept := p.shape.accept
	if p.shape.items != nil && len(accept) == 0 {
		accept = p.shape.items.accept
	}
	for i, id := range list {
		at := pointer
		if many {
			at += "/" + strconv.Itoa(i)
		}
		f := c.file(id)
		if f == nil {
			c.fault(Fault{Pointer: at, Keyword: "attachment"})
			continue
		}
		fits := len(accept) == 0
		for _, word := range accept {
			types, known := media[word]
			fits = fits || !known || slices.ContainsFunc(types, func(t string) bool { return strings.HasPrefix(f.Type, t) })
		}
		if !fits {
			c.fault(Fault{Pointer: at, Keyword: "attachment", Format: strings.Join(accept, ", ")})
		}
	}
}

func (c *checking) file(id any) *File {
	for _, files := range c.in.Files {
		for i := range files {
			if files[i].ID == id {
				return &files[i]
			}
		}
	}
	return nil
}

// fault adds a problem for a fault, unless it is about what is not shown.
func (c *checking) fault(f Fault) {
	spot := c.locate(f.At())
	if f.Property != "" && spot.hidden {
		return
	}
	p := Problem{Pointer: f.At(), Keyword: f.Keyword}
	if spot.field != nil {
		p.Key, p.Name = spot.field.Key, spot.field.Name
		f.Unit = cmp.Or(spot.field.Unit.In(c.lang), f.Unit)
	}
	if spot.section != nil {
		p.Section = spot.section.ID
	}
	switch {
	case f.Keyword == "attachment" && f.Format != "":
		p.Message = spot.title + ": " + byLang(c.lang, "tiedoston pitää olla jokin näistä: ", "filen ska vara någon av dessa: ", "the file has to be one of these: ") + f.Format + "."
	case f.Keyword == "attachment":
		p.Message = spot.title + ": " + byLang(c.lang, "tiedostoa ei enää ole, lisää se uudelleen.", "filen finns inte längre, lägg till den på nytt.", "the file is no longer there; add it again.")
	case f.Keyword == "required" && spot.field != nil && spot.field.Kind == AnswerField:
		p.Message = spot.title + ": " + byLang(c.lang, "vastaa tähän kyselyssä.", "svara på detta i frågorna.", "answer this in the questions.")
	default:
		p.Message = Message(f, spot.title, c.lang)
	}
	c.problems = append(c.problems, p)
}

// oneWay reports a property that is missing for one of several ways to fill in an object, as in
// `anyOf: [{required: [phone]}, {required: [email]}]`.
func oneWay(f Fault) bool { return f.Choice && f.Keyword == "required" }

// ways adds one problem for all the ways in which an object could have been filled in.
func (c *checking) ways(faults Faults, pointer string) {
	var titles []string
	var first *Fault
	for i, f := range faults {
		if !oneWay(f) || f.Pointer != pointer {
			continue
		}
		if s := c.locate(f.At()); !s.hidden && s.field != nil && !slices.Contains(titles, s.title) {
			titles = append(titles, s.title)
			if first == nil {
				first = &faults[i]
			}
		}
	}
	if first == nil {
		return
	}
	before := len(c.problems)
	c.fault(*first)
	if len(titles) > 1 && len(c.problems) > before {
		c.problems[before].Message = titles[0] + ": " + byLang(c.lang, "täytä ainakin yksi näistä: ", "fyll i minst en av dessa: ", "fill in at least one of these: ") +
			strings.Join(titles, ", ") + "."
	}
}

// spot is where a pointer into a filing's data leads.
type spot struct {
	field   *Field
	section *Section
	title   string // of the field with what it is in: "Järjestyksenvalvoja 2, Nimi"
	hidden  bool
}

// locate follows a JSON pointer of a filing's data to the field of the case's form.
func (c *checking) locate(pointer string) spot {
	var s spot
	v := c.root
	tokens := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	if pointer == "" {
		tokens = nil
	}
	for len(tokens) > 0 && v != nil {
		token := strings.ReplaceAll(strings.ReplaceAll(tokens[0], "~1", "/"), "~0", "~")
		tokens = tokens[1:]
		i, ok := v.object.index[token]
		if !ok {
			break
		}
		s.hidden = s.hidden || !v.visible(i)
		p := v.object.props[i]
		if p.shape.split {
			v = v.sub(i)
			continue
		}
		if !v.inside {
			s.field = c.union.fields[v.keyOf(i)]
			if s.field == nil {
				break
			}
			s.section = s.field.section
		} else if s.field = child(s.field, token); s.field == nil {
			break
		}
		s.add(subject(s.field.Title, c.lang))
		next := v.sub(i)
		if p.shape.items != nil && p.shape.question == nil && len(tokens) > 0 {
			n, _ := strconv.Atoi(tokens[0])
			tokens = tokens[1:]
			if s.field.Control != ListControl && s.field.Control != TableControl {
				break // one control for all items
			}
			n, next = kept(v, i, n)
			fields := s.field.At(n)
			s.title = subject(s.field.Item, c.lang) + " " + strconv.Itoa(n+1)
			if len(fields) == 1 && fields[0].Property == "" {
				s.field = fields[0]
				break
			}
			s.field = &Field{Key: itemKey(s.field.Key, n), Name: s.field.Name + "." + strconv.Itoa(n), Fields: fields}
		}
		v = next
	}
	if s.field == nil {
		s.section, s.field = c.first(v)
		if s.field != nil && s.title == "" {
			s.title = subject(s.field.Title, c.lang)
		}
	}
	return s
}

func (s *spot) add(title string) {
	if s.title != "" {
		s.title += ", "
	}
	s.title += title
}

func child(f *Field, name string) *Field {
	if f == nil {
		return nil
	}
	for _, c := range f.Fields {
		if c.Property == name {
			return c
		}
	}
	return nil
}

// kept returns the index at which item n of a filing's list is kept, and its view: items without anything in them are left out.
func kept(v *view, i, n int) (int, *view) {
	for at, row := range v.rows(i) {
		if row == nil {
			raw, _ := v.raw(i).([]any)
			if raw[at] == nil {
				continue
			}
		} else if !row.filled() {
			continue
		}
		if n == 0 {
			return at, row
		}
		n--
	}
	return n, nil
}

// first returns the first field that an object shows, for what concerns the object as a whole.
func (c *checking) first(v *view) (*Section, *Field) {
	if v == nil {
		v = c.root
	}
	for _, i := range v.object.order {
		if !v.visible(i) {
			continue
		}
		if v.object.props[i].shape.split {
			if s, f := c.first(v.sub(i)); f != nil {
				return s, f
			}
			continue
		}
		if !v.inside {
			if f := c.union.fields[v.keyOf(i)]; f != nil {
				return f.section, f
			}
		}
	}
	return nil, nil
}

func byLang(lang definitions.Lang, fi, sv, en string) string {
	switch lang {
	case definitions.Swedish:
		return sv
	case definitions.English:
		return en
	}
	return fi
}
