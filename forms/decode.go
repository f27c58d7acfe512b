package forms

import (
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"luvat/definitions"
)

// maxForm is the most bytes that a posted form may have in all, maxField the most of one field whose schema sets no limit of its own.
const (
	maxForm  = 4 << 20
	maxField = 64 << 10
)

// Decode reads what was typed into a section. changes holds the keys whose values are no longer those of in.Data, nil for one that was
// emptied; what is not in the form, or cannot be read, is not among them. The messages of problems are in in.Lang.
//
// The buttons of AddName and RemoveName change a list by an item; an item without anything in it is left out, but for one that was
// just added.
func (u *Union) Decode(s *Section, form url.Values, in Input) (changes Data, problems []Problem) {
	d := &decoder{form: form, section: s, lang: in.Lang}
	if s == nil {
		return Data{}, nil
	}
	size := 0
	for name, values := range form {
		for _, v := range values {
			size += len(name) + len(v)
		}
	}
	if size > maxForm {
		return Data{}, []Problem{{Section: s.ID, Keyword: "unreadable",
			Message: byLang(in.Lang, "Lomakkeessa on liikaa tekstiä: enintään 4 megatavua voi tallentaa kerralla.", "Blanketten innehåller för mycket text: högst 4 megabyte kan sparas på en gång.",
				"The form holds too much text: at most 4 megabytes can be saved at once.")}}
	}
	d.rows()
	changes = Data{}
	for _, f := range s.Fields {
		if f.Kind == AnswerField {
			continue
		}
		old := in.Data[f.Key]
		value, typed := d.value(f, old)
		if typed && !reflect.DeepEqual(value, old) {
			changes[f.Key] = value
		}
	}
	return changes, d.problems
}

// decoder reads one posted section.
type decoder struct {
	form     url.Values
	section  *Section
	lang     definitions.Lang
	problems []Problem
	posted   map[string][]int // indices of the items that were posted, by the list's name
	removing map[string]int   // index of the item whose button was pressed, by the list's name
}

// rows collects the indices of items from the names: `<list>.<index>.<property>` or `<list>.<index>`.
func (d *decoder) rows() {
	d.posted, d.removing = map[string][]int{}, map[string]int{}
	for name := range d.form {
		if of, ok := strings.CutPrefix(name, "remove:"); ok {
			i := strings.LastIndexByte(of, '.')
			if n, ok := rowIndex(of[i+1:]); ok && i >= 0 {
				d.removing[of[:i]] = n
			}
			continue
		}
		name = strings.TrimPrefix(name, "seen:")
		for i := 0; i < len(name); i++ {
			if name[i] != '.' {
				continue
			}
			token, _, _ := strings.Cut(name[i+1:], ".")
			if n, ok := rowIndex(token); ok && !slices.Contains(d.posted[name[:i]], n) {
				d.posted[name[:i]] = append(d.posted[name[:i]], n)
			}
		}
	}
	for _, list := range d.posted {
		slices.Sort(list)
	}
}

// value reads a field. typed is false when the field was not on the page, or cannot be read: then the old value stays.
func (d *decoder) value(f *Field, old any) (value any, typed bool) {
	switch f.Control {
	case GroupControl, PlaceControl:
		return d.group(f, old)
	case ListControl, TableControl:
		return d.list(f, old)
	case PointControl:
		return d.point(f, old)
	case DateTimeControl:
		return d.dateTime(f, old)
	case CheckboxControl:
		text, there := d.text(f.Name)
		switch {
		case !there && !d.seen(f):
			return nil, false
		case there && text != "" && text != "false":
			return true, true
		case f.shape.fixed:
			return nil, true // an open box of one that must be ticked is no answer
		}
		return false, true
	case CheckboxesControl:
		return d.choices(f, f.Options)
	case FileControl:
		if f.shape.kind == "array" {
			return d.choices(f, nil)
		}
	}
	text, there := d.text(f.Name)
	if !there {
		if d.seen(f) && (f.Control == RadiosControl || f.Control == SelectControl) {
			return nil, true
		}
		return nil, false
	}
	if text == "" {
		return nil, true
	}
	return d.one(f, text)
}

// one reads a single value from text that is not empty.
func (d *decoder) one(f *Field, text string) (any, bool) {
	limit := max(maxField, 4*f.MaxLength)
	if len(text) > limit {
		return d.unreadable(f, "", byLang(d.lang, "teksti on liian pitkä tallennettavaksi.", "texten är för lång för att sparas.", "the text is too long to be saved."))
	}
	if len(f.Options) > 0 {
		for _, o := range f.Options {
			if o.ID == text {
				return o.Value, true
			}
		}
		return d.unreadable(f, text, byLang(d.lang, "valitse jokin vaihtoehdoista.", "välj ett av alternativen.", "choose one of the options."))
	}
	switch f.Control {
	case NumberControl, MoneyControl:
		x, ok := readNumber(text, f.unitWords(), f.Control == MoneyControl)
		if !ok && f.Control == MoneyControl {
			return d.unreadable(f, text, byLang(d.lang, "kirjoita euromäärä, esimerkiksi 1 200,50.", "skriv ett belopp i euro, till exempel 1 200,50.", "write an amount in euro, such as 1200.50."))
		}
		if !ok {
			return d.unreadable(f, text, byLang(d.lang, "kirjoita luku numeroin.", "skriv talet med siffror.", "write the number in digits."))
		}
		return x, true
	case DateControl:
		date, ok := readDate(text)
		if !ok {
			return d.unreadable(f, text, dateAdvice(d.lang))
		}
		return date, true
	case TimeControl:
		time, ok := readTime(text)
		if !ok {
			return d.unreadable(f, text, timeAdvice(d.lang))
		}
		return time, true
	}
	if f.Format != "" {
		text = Normal(f.Format, text)
	}
	if f.Control != TextareaControl {
		text = strings.Join(strings.FieldsFunc(text, func(c rune) bool { return c == '\n' }), " ")
	}
	return text, true
}

func dateAdvice(lang definitions.Lang) string {
	return byLang(lang, "kirjoita päivä muodossa 1.6.2027.", "skriv datumet i formen 1.6.2027.", "write the date as 1.6.2027.")
}

func timeAdvice(lang definitions.Lang) string {
	return byLang(lang, "kirjoita kellonaika muodossa 18.30.", "skriv klockslaget i formen 18.30.", "write the time as 18.30.")
}

// unreadable reports text that cannot be read. The old value stays.
func (d *decoder) unreadable(f *Field, typed, advice string) (any, bool) {
	d.problems = append(d.problems, Problem{Section: d.section.ID, Key: f.Key, Name: f.Name, Keyword: "unreadable",
		Message: subject(f.Title, d.lang) + ": " + advice, Typed: typed})
	return nil, false
}

// subject returns a title as what a sentence is about: a question loses its mark before the colon.
func subject(title definitions.Text, lang definitions.Lang) string {
	return strings.TrimRight(title.In(lang), "?:. ")
}

// seen reports whether a field that sends nothing when it is empty was on the page.
func (d *decoder) seen(f *Field) bool { return d.form.Has(f.SeenName()) }

// text returns what was typed under a name, cleaned: valid UTF-8, no control characters, line ends as \n, no space around.
func (d *decoder) text(name string) (string, bool) {
	values, there := d.form[name]
	if !there || len(values) == 0 {
		return "", false
	}
	return clean(values[len(values)-1]), true
}

func clean(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	s = strings.Map(func(c rune) rune {
		if c != '\n' && c != '\t' && unicode.IsControl(c) {
			return -1
		}
		return c
	}, s)
	return strings.TrimSpace(s)
}

// choices reads several values under one name; options nil takes any.
func (d *decoder) choices(f *Field, options []Option) (any, bool) {
	values, there := d.form[f.Name]
	if !there && !d.seen(f) {
		return nil, false
	}
	var out []any
	add := func(v any) {
		if !slices.Contains(out, v) && len(out) < maxRows {
			out = append(out, v)
		}
	}
	if options == nil {
		for _, v := range values {
			if text := clean(v); text != "" && len(text) <= maxField {
				add(text)
			}
		}
	} else {
		for _, o := range options { // in the order of the options, however they were sent
			if slices.ContainsFunc(values, func(v string) bool { return clean(v) == o.ID }) {
				add(o.Value)
			}
		}
		for _, v := range values {
			text := clean(v)
			if text != "" && !slices.ContainsFunc(options, func(o Option) bool { return o.ID == text }) {
				return d.unreadable(f, "", byLang(d.lang, "valitse annetuista vaihtoehdoista.", "välj bland alternativen.", "choose among the options."))
			}
		}
	}
	if len(out) == 0 {
		return nil, true
	}
	return out, true
}

// group reads the parts of one value. Parts that were not on the page keep what they had.
func (d *decoder) group(f *Field, old any) (any, bool) {
	m, _ := old.(map[string]any)
	out := maps.Clone(m)
	if out == nil {
		out = map[string]any{}
	}
	any := false
	for _, c := range f.Fields {
		value, typed := d.value(c, m[c.Property])
		if !typed {
			continue
		}
		any = true
		if value == nil {
			delete(out, c.Property)
		} else {
			out[c.Property] = value
		}
	}
	if len(out) == 0 {
		return nil, any
	}
	return out, any
}

// list reads the items of a list. Items keep the place they had on the page until all is read, so that each finds what was kept of it.
func (d *decoder) list(f *Field, old any) (any, bool) {
	posted := d.posted[f.Name]
	add := d.form.Has(f.AddName())
	removing, ok := d.removing[f.Name]
	if !ok {
		removing = -1
	}
	if len(posted) == 0 && !add && removing < 0 && !d.seen(f) {
		return nil, false
	}
	was, _ := old.([]any)
	if len(posted) == 0 && !d.seen(f) { // a button alone: the items themselves were not on the page
		for n := range was {
			if n != removing && n < maxRows {
				posted = append(posted, n)
			}
		}
	}
	out := []any{}
	for _, n := range posted {
		if n == removing {
			continue
		}
		var kept any
		if n < len(was) {
			kept = was[n]
		}
		if item, ok := d.item(f, n, kept); ok {
			out = append(out, item)
		}
	}
	if add && len(out) < maxRows {
		if f.shape.items.object != nil {
			out = append(out, map[string]any{})
		} else {
			out = append(out, nil)
		}
	}
	if len(out) == 0 {
		return nil, true
	}
	return out, true
}

// item reads one item, false when nothing is in it.
func (d *decoder) item(f *Field, n int, old any) (any, bool) {
	fields := f.At(n)
	if len(fields) == 1 && fields[0].Property == "" {
		value, typed := d.value(fields[0], old)
		if !typed {
			value = old
		}
		return value, value != nil
	}
	before := len(d.problems)
	row := &Field{Key: itemKey(f.Key, n), Name: f.Name + "." + strconv.Itoa(n), Fields: fields}
	value, typed := d.group(row, old)
	if !typed {
		value = old
	}
	m, _ := value.(map[string]any)
	if len(m) == 0 && len(d.problems) > before {
		return map[string]any{}, true // something was typed that cannot be read: its place is kept
	}
	return value, len(m) > 0
}

// point reads a latitude and a longitude in degrees.
func (d *decoder) point(f *Field, old any) (any, bool) {
	lat, there1 := d.text(f.Name + ".lat")
	lon, there2 := d.text(f.Name + ".lon")
	switch {
	case !there1 && !there2:
		return nil, false
	case lat == "" && lon == "":
		return nil, true
	}
	y, ok1 := readNumber(lat, []string{"°"}, false)
	x, ok2 := readNumber(lon, []string{"°"}, false)
	if !ok1 || !ok2 || y < -90 || y > 90 || x < -180 || x > 180 {
		return d.unreadable(f, strings.TrimSpace(lat+" "+lon), byLang(d.lang, "kirjoita leveys- ja pituusaste, esimerkiksi 60,17 ja 24,94.",
			"skriv latitud och longitud, till exempel 60,17 och 24,94.", "write latitude and longitude, such as 60.17 and 24.94."))
	}
	return []any{y, x}, true
}

// dateTime reads a day and a time of day from two inputs, or from one that holds both.
func (d *decoder) dateTime(f *Field, old any) (any, bool) {
	day, there1 := d.text(f.Name + ".date")
	clock, there2 := d.text(f.Name + ".time")
	if !there1 && !there2 {
		text, there := d.text(f.Name)
		if !there {
			return nil, false
		}
		day, clock, _ = strings.Cut(strings.Replace(text, " ", "T", 1), "T")
	}
	if day == "" && clock == "" {
		return nil, true
	}
	date, ok1 := readDate(day)
	time, ok2 := readTime(clock)
	typed := strings.TrimSpace(day + " " + clock)
	switch {
	case day == "":
		return d.unreadable(f, typed, byLang(d.lang, "kirjoita myös päivä.", "skriv också datumet.", "write the date too."))
	case clock == "":
		return d.unreadable(f, typed, byLang(d.lang, "kirjoita myös kellonaika.", "skriv också klockslaget.", "write the time too."))
	case !ok1:
		return d.unreadable(f, typed, dateAdvice(d.lang))
	case !ok2:
		return d.unreadable(f, typed, timeAdvice(d.lang))
	}
	return date + "T" + time, true
}

// unitWords returns what a customer may write after a number.
func (f *Field) unitWords() []string {
	words := []string{"€", "eur", "euroa", "euro"}
	for _, lang := range definitions.Languages {
		if unit := f.Unit.In(lang); unit != "" {
			words = append(words, unit)
		}
	}
	return words
}
