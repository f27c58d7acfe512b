package server

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"luvat/definitions"
	"luvat/forms"
	"luvat/server/casefile"
	"luvat/server/locale"
)

// control is a field of a case's form as a page shows it.
type control struct {
	T     locale.Texts
	Kind  forms.Control
	ID    string // of the first input, and the name under which it is sent
	Key   string // of the field
	Title string
	Hint  string // said under the title
	Help  string // said on request
	Unit  string
	Head  string // a heading that stands before the field

	Optional  bool
	Cell      bool   // in a table: the column says the title to those who see
	Value     string // of one input; the day of a day with a time; the latitude of a point
	Second    string // the time of a day with a time; the longitude of a point
	Options   []choice
	Search    bool // a list so long that it is searched
	Rows      int  // of a text of several lines
	Length    int  // the most characters; 0 when there is no limit
	Keys      string
	Complete  string
	Fields    []*control // of a group, of a place
	Items     []*item
	Columns   []string // of a table
	Add       string   // the name of the button that adds an item
	ItemTitle string
	Files     []fileLine
	Change    string // of an answer: where it is changed

	Error     string
	Described string // ids of what describes the field
	Source    string // where the value is from, and since when
	Told      *told  // what a register says instead
	Readers   []readers
	Clash     *clash
}

// choice is one option of a control.
type choice struct {
	ID, Value, Title string
	Checked          bool
}

// item is one of a list.
type item struct {
	ID     string // of its fieldset or row
	Title  string
	Remove string // the name of the button that takes it away
	Fields []*control
}

// told is what a source said of a value that somebody corrected.
type told struct{ Lines, Source string }

// readers is one requirement for which a field is read.
type readers struct {
	Title string
	Who   []string
	Law   string
}

// clash is a field that somebody else changed at the same time.
type clash struct {
	Name   string // of the field
	Theirs []string
	Who    string
	At     string
	Unsaid bool // the form was sent without a choice
}

// Choose is the name of the choice between the two values.
func (c *clash) Choose() string { return chooseName(c.Name) }

func chooseName(field string) string { return "choose:" + field }

// Seen is the name of the input that says that the field was on the page.
func (c *control) Seen() string { return "seen:" + c.ID }

// Many reports whether the control has several inputs, which stand together under a legend.
func (c *control) Many() bool {
	switch c.Kind {
	case forms.RadiosControl, forms.CheckboxesControl, forms.DateTimeControl, forms.PointControl, forms.GroupControl, forms.PlaceControl,
		forms.ListControl, forms.TableControl, forms.FileControl:
		return true
	}
	return false
}

// Remove is where a file is taken away; fields of the form do that on a page of its own.
func (c *control) Remove() string { return "" }

// Type is that of an input of one line.
func (c *control) Type() string {
	switch c.Kind {
	case forms.EmailControl, forms.TelControl, forms.URLControl:
		return string(c.Kind)
	}
	return "text"
}

// searched is the number of options from which a list is searched rather than looked through.
const searched = 20

// drawing makes the controls of one page.
type drawing struct {
	site   *site
	visit  *caseVisit
	in     forms.Input
	shown  *forms.Shown
	errors map[string]string // by the name of the field
	typed  url.Values        // what was sent, of fields that could not be read; nil otherwise
	value  valueText
	name   func(account string) string
}

func (s *site) drawing(ctx context.Context, v *caseVisit, in forms.Input) *drawing {
	return &drawing{site: s, visit: v, in: in, shown: v.standing.Union.Show(in), errors: map[string]string{}, value: valueTextOf(v),
		name: func(account string) string { return s.nameOf(ctx, v, account) }}
}

// section makes the controls of a section that are shown.
func (d *drawing) section(section *forms.Section) []*control {
	var out []*control
	heading := ""
	for _, f := range section.Fields {
		if title := f.Heading.In(d.lang()); title != "" {
			heading = title // stands before the first field below it that is shown
		}
		if !d.shown.Visible(f.Key) {
			continue
		}
		c := d.control(f, d.visit.standing.Union.Value(f, d.in))
		c.Head, heading = heading, ""
		d.origin(c, f)
		out = append(out, c)
	}
	return out
}

func (d *drawing) lang() definitions.Lang { return d.visit.texts.Lang }

// origin says of a field where its value is from and who reads it.
func (d *drawing) origin(c *control, f *forms.Field) {
	c.Readers = d.readers(f)
	v := d.visit.c.Values[f.Key]
	switch {
	case v == nil || f.Kind == forms.AnswerField:
	case v.Source != nil:
		c.Source = d.visit.texts.Say("work.source", v.Source.Title.In(d.lang()), d.site.fullMoment(d.visit.texts, v.Source.At))
	case v.Corrected():
		lines := d.value.lines(f, v.Told.Value)
		if !slices.Equal(lines, d.value.lines(f, v.Value)) {
			c.Told = &told{strings.Join(lines, ", "), d.visit.texts.Say("work.source", v.Told.Source.Title.In(d.lang()), d.site.fullMoment(d.visit.texts, v.Told.Source.At))}
		}
	}
}

// readers lists for which requirements a field is read, by whom and on what law.
func (d *drawing) readers(f *forms.Field) []readers {
	var out []readers
	last := ""
	for _, r := range d.shown.Readers(f.Key) {
		if r.Requirement != last || len(out) == 0 {
			last = r.Requirement
			out = append(out, readers{Title: d.visit.needTitle(r.Requirement), Law: strings.Join(r.Law, ", ")})
		}
		if name := r.Name.In(d.lang()); name != "" {
			out[len(out)-1].Who = append(out[len(out)-1].Who, name)
		}
	}
	return out
}

// control makes the control of a field with its value.
func (d *drawing) control(f *forms.Field, value any) *control {
	t := d.visit.texts
	c := &control{T: t, Kind: f.Control, ID: f.Name, Key: f.Key, Title: f.Title.In(t.Lang), Hint: f.Hint.In(t.Lang), Help: f.Help.In(t.Lang), Unit: f.Unit.In(t.Lang),
		Optional: !d.shown.Required(f.Key), Length: f.MaxLength, Complete: f.Autocomplete, Error: d.errors[f.Name]}
	if f.Personal {
		c.Complete = "off"
	}
	text, _ := value.(string)
	switch f.Control {
	case forms.AnswerControl:
		c.Optional = false
		c.Value = t.Say("work.unanswered")
		if value != nil {
			c.Value = d.visit.standing.Edition.Program.AnswerText(f.Question, value, t.Lang)
		}
		c.Change = d.visit.answerURL(f.Question)
	case forms.RadiosControl, forms.SelectControl, forms.CheckboxesControl:
		c.Options = d.options(f, value)
		c.Search = f.Control == forms.SelectControl && len(f.Options) > searched
	case forms.CheckboxControl:
		if value == true {
			c.Value = "true"
		}
	case forms.NumberControl, forms.MoneyControl:
		c.Value, c.Keys = numberText(value, t.Lang), "decimal"
		if f.Whole {
			c.Keys = "numeric"
		}
		if f.Control == forms.MoneyControl && c.Unit == "" {
			c.Unit = "€"
		}
	case forms.DateControl:
		c.Value = dayText(text)
	case forms.TimeControl:
		c.Value = strings.Replace(text, ":", ".", 1)
	case forms.DateTimeControl:
		day, clock, _ := strings.Cut(text, "T")
		c.Value, c.Second = dayText(day), strings.Replace(clock, ":", ".", 1)
	case forms.PointControl:
		if point, ok := value.([]any); ok && len(point) == 2 {
			c.Value, c.Second = numberText(point[0], t.Lang), numberText(point[1], t.Lang)
		}
	case forms.GroupControl, forms.PlaceControl:
		parts, _ := value.(map[string]any)
		c.Fields = d.fields(f.Fields, parts)
	case forms.ListControl, forms.TableControl:
		d.list(c, f, value)
	case forms.FileControl:
		d.files(c, f, value)
	case forms.TextareaControl:
		c.Value, c.Rows = text, 6
		if f.MaxLength > 0 && f.MaxLength <= 500 {
			c.Rows = 3
		}
	default:
		c.Value = text
	}
	d.retype(c)
	c.describe(f)
	return c
}

// retype puts what was typed and could not be read back into its field, so that it can be mended rather than typed again.
func (d *drawing) retype(c *control) {
	switch {
	case d.typed == nil:
	case d.typed.Has(c.ID):
		c.Value = d.typed.Get(c.ID)
	case d.typed.Has(c.ID + ".date"):
		c.Value, c.Second = d.typed.Get(c.ID+".date"), d.typed.Get(c.ID+".time")
	case d.typed.Has(c.ID + ".lat"):
		c.Value, c.Second = d.typed.Get(c.ID+".lat"), d.typed.Get(c.ID+".lon")
	}
}

// describe adds the hint that a format needs, and names what describes the field.
func (c *control) describe(f *forms.Field) {
	if c.Cell {
		return
	}
	if c.Hint == "" {
		switch {
		case f.Control == forms.DateControl:
			c.Hint = c.T.Say("field.date-hint")
		case f.Control == forms.TimeControl:
			c.Hint = c.T.Say("field.time-hint")
		case len(f.Examples) > 0 && f.Help.Empty():
			c.Hint = c.T.Say("work.example", f.Examples[0])
		}
	}
	var ids []string
	if c.Hint != "" {
		ids = append(ids, c.ID+":hint")
	}
	if c.Length > 0 && c.Rows > 0 {
		ids = append(ids, c.ID+":count")
	}
	if c.Error != "" {
		ids = append(ids, c.ID+":error")
	}
	c.Described = strings.Join(ids, " ")
}

// fields makes the controls of the parts of a value.
func (d *drawing) fields(fields []*forms.Field, parts map[string]any) []*control {
	var out []*control
	for _, f := range fields {
		if d.shown.Visible(f.Key) {
			out = append(out, d.control(f, parts[f.Property]))
		}
	}
	return out
}

func (d *drawing) options(f *forms.Field, value any) []choice {
	chosen, many := value.([]any)
	if !many && value != nil {
		chosen = []any{value}
	}
	out := make([]choice, 0, len(f.Options))
	for i, o := range f.Options {
		id := f.Name // of the first: a link to the field leads there
		if i > 0 {
			id += ":" + strconv.Itoa(i)
		}
		out = append(out, choice{id, o.ID, o.Title.In(d.lang()), slices.Contains(chosen, o.Value)})
	}
	return out
}

// list makes the items of a list. One that has to be filled in and has no items yet offers an empty one.
func (d *drawing) list(c *control, f *forms.Field, value any) {
	items, _ := value.([]any)
	if len(items) == 0 && !c.Optional {
		items = []any{nil}
	}
	c.Add, c.ItemTitle = f.AddName(), f.Item.In(d.lang())
	if f.MaxItems > 0 && len(items) >= f.MaxItems {
		c.Add = ""
	}
	columns := map[string]bool{}
	for i, value := range items {
		it := &item{ID: f.Name + "." + strconv.Itoa(i), Title: c.ItemTitle + " " + strconv.Itoa(i+1), Remove: f.RemoveName(i)}
		fields := f.At(i)
		if len(fields) == 1 && fields[0].Property == "" {
			one := d.control(fields[0], value)
			it.ID += ":item" // the input itself has the name
			it.Fields = []*control{one}
		} else {
			parts, _ := value.(map[string]any)
			it.Fields = d.fields(fields, parts)
		}
		for _, x := range it.Fields {
			columns[x.Title] = true
		}
		c.Items = append(c.Items, it)
	}
	if f.Control == forms.TableControl {
		d.table(c, f, columns)
	}
}

// table gives every row the same columns: those that any row shows. A cell whose field is not shown there is empty.
func (d *drawing) table(c *control, f *forms.Field, shown map[string]bool) {
	var columns []string
	for _, x := range f.Fields {
		if title := x.Title.In(d.lang()); shown[title] && !slices.Contains(columns, title) {
			columns = append(columns, title)
		}
	}
	c.Columns = columns
	for _, it := range c.Items {
		row := make([]*control, len(columns))
		for i, title := range columns {
			row[i] = &control{T: c.T, Cell: true}
			for _, x := range it.Fields {
				if x.Title == title {
					x.Cell = true
					row[i] = x
				}
			}
		}
		it.Fields = row
	}
}

// fileLine is a document that a field or a slot has.
type fileLine struct {
	ID, Name, URL   string
	Kind, Size      string
	Who, At         string
	Picture, Viewed bool // shown in the page; shown by the browser in a window of its own
}

func (d *drawing) files(c *control, f *forms.Field, value any) {
	list, many := value.([]any)
	if !many && value != nil {
		list = []any{value}
	}
	for _, id := range list {
		if id, ok := id.(string); ok {
			if a := d.visit.c.Attachment(id); a != nil {
				c.Files = append(c.Files, d.site.fileLine(d.visit, a, d.name))
			}
		}
	}
	c.Hint = strings.TrimSpace(c.Hint + " " + acceptedText(d.visit.texts, f.Accept))
}

// fail says problems beside their fields, and returns them for the summary at the head of the page.
func (d *drawing) fail(problems []forms.Problem) []fieldError {
	var list []fieldError
	for _, p := range problems {
		if _, said := d.errors[p.Name]; !said {
			d.errors[p.Name] = withoutTitle(p.Message)
		}
		list = append(list, fieldError{ID: p.Name, Target: p.Name, Text: p.Message})
	}
	return list
}

// withoutTitle returns a message as it stands beside its field, whose title need not be said again.
func withoutTitle(message string) string {
	if _, rest, found := strings.Cut(message, ": "); found {
		return capital(rest)
	}
	return message
}

func capital(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// unreadable keeps of a form what could not be read.
func unreadable(problems []forms.Problem, form url.Values) url.Values {
	kept := url.Values{}
	for _, p := range problems {
		for _, name := range []string{p.Name, p.Name + ".date", p.Name + ".time", p.Name + ".lat", p.Name + ".lon"} {
			if p.Keyword == "unreadable" && form.Has(name) {
				kept[name] = form[name]
			}
		}
	}
	return kept
}

// needTitle returns what a requirement of the case is called.
func (v *caseVisit) needTitle(requirement string) string {
	for _, n := range v.standing.Needs {
		if n.Requirement == requirement {
			return n.Title.In(v.texts.Lang)
		}
	}
	return ""
}

// answerURL leads to a question of the case's questionnaire.
func (v *caseVisit) answerURL(question string) string {
	return address(v.url("answers"), url.Values{"q": {question}})
}

// valueText writes values of fields in words.
type valueText struct {
	texts locale.Texts
	c     *casefile.Case
	mask  bool // personal identity codes are not shown whole
}

func valueTextOf(v *caseVisit) valueText {
	return valueText{v.texts, v.c, !v.c.May(v.actor, casefile.Saving)}
}

// lines writes a value, nothing for one that is not known: one line for one thing.
func (x valueText) lines(f *forms.Field, value any) []string {
	switch v := value.(type) {
	case nil:
		return nil
	case map[string]any:
		var out []string
		for _, part := range f.Fields {
			if text := strings.Join(x.lines(part, v[part.Property]), ", "); text != "" {
				out = append(out, part.Title.In(x.texts.Lang)+": "+text)
			}
		}
		return out
	case []any:
		return x.list(f, v)
	case string:
		if f.Control == forms.TextareaControl {
			return strings.Split(v, "\n")
		}
	}
	if text := x.one(f, value); text != "" {
		return []string{text}
	}
	return nil
}

func (x valueText) list(f *forms.Field, items []any) []string {
	var out []string
	switch f.Control {
	case forms.PointControl:
		var both []string
		for _, n := range items {
			both = append(both, numberText(n, x.texts.Lang))
		}
		return []string{strings.Join(both, "; ")}
	case forms.ListControl, forms.TableControl:
		for i, item := range items {
			fields := f.At(i)
			if len(fields) == 1 && fields[0].Property == "" {
				out = append(out, x.lines(fields[0], item)...)
				continue
			}
			row := &forms.Field{Control: forms.GroupControl, Fields: fields}
			if text := strings.Join(x.lines(row, item), " · "); text != "" {
				out = append(out, strconv.Itoa(i+1)+". "+text)
			}
		}
	default:
		for _, item := range items {
			if text := x.one(f, item); text != "" {
				out = append(out, text)
			}
		}
	}
	return out
}

func (x valueText) one(f *forms.Field, value any) string {
	for _, o := range f.Options {
		if o.Value == value {
			return o.Title.In(x.texts.Lang)
		}
	}
	text, isText := value.(string)
	switch {
	case value == true:
		return x.texts.Say("answer.yes")
	case value == false:
		return x.texts.Say("answer.no")
	case !isText:
		text = numberText(value, x.texts.Lang)
		if f.Control == forms.MoneyControl {
			return text + " €"
		}
		return strings.TrimSpace(text + " " + f.Unit.In(x.texts.Lang))
	case f.Personal && x.mask:
		return maskedID(text)
	case f.Control == forms.FileControl:
		if a := x.c.Attachment(text); a != nil {
			return a.Name
		}
		return ""
	}
	switch f.Control {
	case forms.DateControl:
		return dayText(text)
	case forms.TimeControl:
		return x.texts.Clock(text)
	case forms.DateTimeControl:
		day, clock, _ := strings.Cut(text, "T")
		return dayText(day) + " " + x.texts.Clock(clock)
	}
	return text
}

// maskedID leaves of a personal identity code what tells it from another in a list: the birth date.
func maskedID(id string) string {
	if len(id) < 7 {
		return "…"
	}
	return id[:6] + "…"
}

// acceptedText says which files are taken.
func acceptedText(t locale.Texts, accept []string) string {
	return t.Say("work.accepts", kindWords(accept))
}

// kindWords writes kinds of files as people know them: "PDF, PNG, JPEG".
func kindWords(accept []string) string {
	words := make([]string, len(accept))
	for i, w := range accept {
		words[i] = strings.ToUpper(w)
	}
	return strings.Join(words, ", ")
}

// overlay returns data with changes of which nothing is saved.
func overlay(data forms.Data, changes map[string]any) forms.Data {
	if len(changes) == 0 {
		return data
	}
	out := maps.Clone(data)
	for key, value := range changes {
		if value == nil {
			delete(out, key)
		} else {
			out[key] = value
		}
	}
	return out
}

// sizeText writes a size in bytes as people do.
func sizeText(n int64, lang definitions.Lang) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1_000_000:
		return fmt.Sprintf("%d kB", (n+500)/1000)
	}
	return numberText(float64((n+50_000)/100_000)/10, lang) + " MB"
}
