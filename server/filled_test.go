package server

import (
	"context"
	"fmt"
	"strings"

	"luvat/definitions"
	"luvat/forms"
	"luvat/server/casefile"
)

// fill fills in all that keeps a case from being sent, with examples that fit each field, and adds the documents that are required.
func (w *world) fill(a casefile.Actor, c *casefile.Case) *casefile.Case {
	w.t.Helper()
	ctx := context.Background()
	for range 8 { // what is filled in may show more
		st, err := w.cases.Service.Standing(c, definitions.Finnish)
		if err != nil {
			w.t.Fatal(err)
		}
		problems := st.Union.Check(st.Input, definitions.Finnish)
		changes := forms.Data{}
		for _, p := range problems {
			for _, section := range st.Union.Sections {
				for _, f := range section.Fields {
					if f.Kind != forms.AnswerField && (p.Key == f.Key || strings.HasPrefix(p.Key, f.Key+"/")) {
						changes[f.Key] = w.example(a, c, f)
					}
				}
			}
		}
		if len(changes) == 0 {
			for _, slot := range st.Slots {
				if slot.Required && len(slot.Files) == 0 {
					c, _ = w.attach(a, c, slot.ID, slot.ID+".pdf")
				}
			}
			return c
		}
		if c, err = w.cases.Service.Save(ctx, a, c.ID, casefile.Save{Base: w.read(a, c.ID).Seq, Changes: changes}); err != nil {
			w.t.Fatal(err)
		}
	}
	w.t.Fatalf("the case is never filled in")
	return nil
}

// attach adds a PDF to a case.
func (w *world) attach(a casefile.Actor, c *casefile.Case, slot, name string) (*casefile.Case, string) {
	w.t.Helper()
	ctx := context.Background()
	file, err := w.cases.Content.Put(ctx, strings.NewReader(onePDF(name)), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	c, id, err := w.cases.Service.Attach(ctx, a, c.ID, casefile.File{Slot: slot, Name: name, Type: file.Kind.MIME, Size: file.Size, SHA256: file.Sum})
	if err != nil {
		w.t.Fatal(err)
	}
	return c, id
}

func onePDF(what string) string { return "%PDF-1.4\n% " + what + "\n%%EOF\n" }

// examples are values of formats.
var examples = map[string]string{"business-id": "9001001-7", "personal-id": "100190-999P", "property-id": "853-1-2-3", "building-id": "100012345A",
	"iban": "FI2112345600000785", "e-invoice": "003701120389", "postal-code": "20100", "municipality": "853", "email": "aino@example.com", "phone": "+358401234567",
	"uri": "https://www.example.fi", "date": "2027-07-03", "clock": "18:00", "time": "18:00", "date-clock": "2027-07-03T18:00", "date-time": "2027-07-03T18:00"}

// example is a value that fits a field.
func (w *world) example(a casefile.Actor, c *casefile.Case, f *forms.Field) any {
	switch f.Control {
	case forms.CheckboxControl:
		return true
	case forms.RadiosControl, forms.SelectControl:
		return f.Options[0].Value
	case forms.CheckboxesControl:
		return []any{f.Options[0].Value}
	case forms.NumberControl, forms.MoneyControl:
		n := 10.0
		if f.Max != nil {
			n = min(n, *f.Max)
		}
		if f.Min != nil {
			n = max(n, *f.Min)
		}
		return n
	case forms.PointControl:
		return []any{60.45, 22.27}
	case forms.GroupControl, forms.PlaceControl:
		return w.parts(a, c, f.Fields)
	case forms.ListControl, forms.TableControl:
		var items []any
		for i := range max(1, f.MinItems) {
			fields := f.At(i)
			if len(fields) == 1 && fields[0].Property == "" {
				items = append(items, w.example(a, c, fields[0]))
			} else {
				items = append(items, w.parts(a, c, fields))
			}
		}
		return items
	case forms.FileControl:
		_, id := w.attach(a, c, f.Key, "tiedosto.pdf")
		return id
	}
	if text, ok := examples[f.Format]; ok {
		return text
	}
	text := fmt.Sprintf("%s: esimerkki", f.Title.In(definitions.Finnish))
	for len([]rune(text)) < f.MinLength {
		text += " ja vielä vähän lisää"
	}
	if r := []rune(text); f.MaxLength > 0 && len(r) > f.MaxLength {
		text = strings.TrimSpace(string(r[:f.MaxLength]))
	}
	return text
}

func (w *world) parts(a casefile.Actor, c *casefile.Case, fields []*forms.Field) map[string]any {
	out := map[string]any{}
	for _, f := range fields {
		out[f.Property] = w.example(a, c, f)
	}
	return out
}

// send checks and sends a case.
func (w *world) send(a casefile.Actor, c *casefile.Case) *casefile.Sending {
	w.t.Helper()
	ctx := context.Background()
	check, err := w.cases.Service.Check(ctx, a, c.ID, definitions.Finnish)
	if err != nil {
		w.t.Fatal(err)
	}
	sent, err := w.cases.Service.Submit(ctx, a, c.ID, casefile.Submit{Ticket: check.Ticket, Lang: definitions.Finnish})
	if err != nil {
		in := check.InTheWay
		w.t.Fatalf("%v: questions %v, fields %+v, documents %+v", err, in.Questions, in.Problems, in.Missing)
	}
	return sent
}
