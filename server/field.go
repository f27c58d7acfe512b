package server

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"luvat/definitions"
	"luvat/server/locale"
)

// field is a question as a page shows it.
type field struct {
	T       locale.Texts
	ID      string // of the question
	Name    string // of the form's field
	Type    string // which fields there are: radio checks number date time datetime period text municipality municipalities place list
	Ask     string
	Help    string
	Unit    string
	Links   []link
	Options []option // radio and checks: with "none" and "I don't know yet"

	Value    string // text, number, date, time; the typed name of a municipality
	Date     string // of datetime; the start of a period
	Time     string // of datetime; the end of a period
	Chosen   []option
	Address  string // of a place
	Property string
	Records  []record // of a list or of many places
	Next     int      // the number of the record that may be added
	Empty    bool     // a list of none

	Error  string
	Unsure bool
	Moot   bool // its answer can no longer change anything
	Nested bool // within a record of a list
}

type option struct {
	Name, Value, ID, Text, Help string
	Checked                     bool
	Quiet                       bool // not an option of the author's: "none of these", "I don't know yet"
}

type record struct {
	Name   string
	Number int
	Fields []*field
}

type link struct{ URL, Title string }

// field builds a question for a page. typed is what was sent when it is wrong, so that it can be shown again; nil otherwise.
func (v *visit) field(q *definitions.Question, typed url.Values, p *problem, moot bool) *field {
	value, _ := v.answers.Get(q.ID)
	f := v.fieldOf(q, q.ID, value)
	f.Unsure = v.unsure(q.ID)
	f.Moot = moot
	f.addQuiet(q, v)
	if p != nil {
		if !p.quiet {
			f.Error = v.say(p)
		}
		f.retype(q, v, typed)
	}
	return f
}

// fieldOf builds the fields of a value of a question, or of a field of a list's record.
func (v *visit) fieldOf(q *definitions.Question, name string, value any) *field {
	t := v.texts
	f := &field{T: t, ID: name, Name: name, Ask: q.Ask.In(t.Lang), Help: q.Help.In(t.Lang), Unit: q.Unit.In(t.Lang)}
	for _, l := range q.Links {
		f.Links = append(f.Links, link{l.URL, cmp.Or(l.Title.In(t.Lang), l.URL)})
	}
	text, _ := value.(string)
	switch q.Type {
	case definitions.Boolean:
		f.Type = "radio"
		yes, known := value.(bool)
		f.Options = []option{f.option("yes", t.Say("answer.yes"), "", known && yes), f.option("no", t.Say("answer.no"), "", known && !yes)}
	case definitions.Choice:
		f.Type = "radio"
		for _, o := range q.Options {
			f.Options = append(f.Options, f.option(optionPrefix+o.ID, o.Text.In(t.Lang), o.Help.In(t.Lang), text == o.ID))
		}
	case definitions.Choices:
		f.Type = "checks"
		chosen, known := value.([]any)
		for _, o := range q.Options {
			f.Options = append(f.Options, f.option(optionPrefix+o.ID, o.Text.In(t.Lang), o.Help.In(t.Lang), slices.Contains(chosen, any(o.ID))))
		}
		f.Empty = known && len(chosen) == 0
	case definitions.Integer, definitions.Number, definitions.Money:
		f.Type = "number"
		f.Value = numberText(value, t.Lang)
		if q.Type == definitions.Money {
			f.Unit = cmp.Or(f.Unit, "€")
		}
	case definitions.DateType:
		f.Type = "date"
		f.Value = dayText(text)
	case definitions.Time:
		f.Type = "time"
		f.Value = strings.Replace(text, ":", ".", 1)
	case definitions.DateTime:
		f.Type = "datetime"
		day, clock, _ := strings.Cut(text, "T")
		f.Date, f.Time = dayText(day), strings.Replace(clock, ":", ".", 1)
	case definitions.Period:
		f.Type = "period"
		period, _ := value.(map[string]any)
		from, _ := period["from"].(string)
		to, _ := period["to"].(string)
		f.Date, f.Time = dayText(from), dayText(to)
	case definitions.Municipality:
		f.Type = "municipality"
		f.Chosen = v.chosen(name, value)
		if q.Many {
			f.Type = "municipalities"
		}
	case definitions.PlaceType:
		if q.Many {
			f.Type = "list"
			v.records(f, value, func(name string, item any) []*field { return []*field{v.place(name, item)} })
		} else {
			p := v.place(name, value)
			f.Type, f.Chosen, f.Address, f.Property = "place", p.Chosen, p.Address, p.Property
		}
	case definitions.List:
		f.Type = "list"
		v.records(f, value, func(name string, item any) []*field {
			fields, _ := item.(map[string]any)
			var out []*field
			for _, q := range q.Of {
				n := v.fieldOf(q, name+"."+q.ID, fields[q.ID])
				n.Nested = true
				n.addQuiet(q, v)
				out = append(out, n)
			}
			return out
		})
	default:
		f.Type = "text"
		f.Value = text
	}
	return f
}

func (f *field) option(value, text, help string, checked bool) option {
	return option{Name: f.Name, Value: value, ID: f.Name + "-" + strings.TrimPrefix(value, optionPrefix), Text: text, Help: help, Checked: checked}
}

// addQuiet adds the options that every choice has: none of these, and I don't know yet.
func (f *field) addQuiet(q *definitions.Question, v *visit) {
	quiet := func(value, text string, checked bool) {
		o := f.option(value, text, "", checked)
		o.Quiet = true
		f.Options = append(f.Options, o)
	}
	switch f.Type {
	case "radio":
		o := f.option("1", v.texts.Say("answer.unsure"), "", f.Unsure)
		o.Value, o.ID, o.Quiet = "unsure", f.Name+"-unsure", true
		f.Options = append(f.Options, o)
	case "checks":
		quiet("none", v.texts.Say("answer.none"), f.Empty)
		quiet("unsure", v.texts.Say("answer.unsure"), f.Unsure)
	}
}

func (v *visit) place(name string, value any) *field {
	place, _ := value.(map[string]any)
	f := &field{T: v.texts, ID: name, Name: name, Type: "place", Nested: true, Chosen: v.chosen(name+".municipality", place["municipality"])}
	f.Address, _ = place["address"].(string)
	f.Property, _ = place["property"].(string)
	return f
}

func (v *visit) records(f *field, value any, build func(name string, item any) []*field) {
	items, known := value.([]any)
	f.Empty = known && len(items) == 0
	for i, item := range items {
		name := f.Name + "." + strconv.Itoa(i)
		f.Records = append(f.Records, record{name, i + 1, build(name, item)})
	}
	f.Next = len(items)
	name := f.Name + "." + strconv.Itoa(f.Next)
	f.Records = append(f.Records, record{name, f.Next + 1, build(name, nil)})
}

// chosen lists the municipalities of an answer, checked, so that one is removed by unchecking it.
func (v *visit) chosen(name string, value any) []option {
	codes, many := value.([]any)
	if !many && value != nil {
		codes = []any{value}
	}
	var out []option
	for _, c := range codes {
		code, _ := c.(string)
		if m := v.bundle().Shared.Municipality(code); m != nil {
			out = append(out, option{Name: name, Value: code, ID: name + "-" + code, Text: m.Name.In(v.lang()), Checked: true})
		}
	}
	return out
}

// retype puts back what was typed, so that a mistake can be mended rather than typed again.
func (f *field) retype(q *definitions.Question, v *visit, typed url.Values) {
	f.Value = typed.Get(f.Name)
	switch f.Type {
	case "datetime":
		f.Date, f.Time = typed.Get(f.Name+".date"), typed.Get(f.Name+".time")
	case "period":
		f.Date, f.Time = typed.Get(f.Name+".from"), typed.Get(f.Name+".to")
	case "municipality", "municipalities":
		f.Value = typed.Get(f.Name + ".add")
		codes := []any{}
		for _, c := range typed[f.Name] {
			codes = append(codes, c)
		}
		f.Chosen = v.chosen(f.Name, codes)
	case "place":
		f.Value = typed.Get(f.Name + ".municipality.add")
		f.Address, f.Property = typed.Get(f.Name+".address"), typed.Get(f.Name+".property")
	case "radio", "checks":
		for i, o := range f.Options {
			f.Options[i].Checked = slices.Contains(typed[f.Name], o.Value)
		}
	case "list":
		f.Records = nil
		for i := 0; i < maxItems && typed.Has(f.Name+"."+strconv.Itoa(i)); i++ {
			name := f.Name + "." + strconv.Itoa(i)
			r := record{Name: name, Number: i + 1}
			fields := q.Of
			if q.Type == definitions.PlaceType {
				p := v.place(name, nil)
				p.retype(&definitions.Question{Type: definitions.PlaceType}, v, typed)
				r.Fields = append(r.Fields, p)
				fields = nil
			}
			for _, inner := range fields {
				n := v.fieldOf(inner, name+"."+inner.ID, nil)
				n.Nested = true
				n.addQuiet(inner, v)
				n.retype(inner, v, typed)
				r.Fields = append(r.Fields, n)
			}
			f.Records = append(f.Records, r)
		}
	}
}

func numberText(value any, lang definitions.Lang) string {
	f, ok := value.(float64)
	if !ok {
		if i, isInt := value.(int64); isInt {
			f, ok = float64(i), true
		} else if i, isInt := value.(int); isInt {
			f, ok = float64(i), true
		}
	}
	if !ok {
		return ""
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if lang != definitions.English {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// dayText writes "2027-07-05" as "5.7.2027", the form in which a day is asked in every language.
func dayText(iso string) string {
	d, ok := definitions.ParseDate(iso)
	if !ok {
		return ""
	}
	return d.Time().Format("2.1.2006")
}
