package forms

// Filed is one field of a filing's data.
type Filed struct {
	Pointer string // JSON pointer in the data
	Field   *Field
	Value   any
}

// Filed returns the fields of a filing that have a value, in the order of the form's page: what was sent, for people to read. It goes
// by the form alone, so that it reads data of any age that was made with the form. nil when there is no such form.
func (b *Book) Filed(form string, data map[string]any) []Filed {
	f := b.forms[form]
	if f == nil {
		return nil
	}
	at := map[string][]string{} // a form may ask a term twice
	pointers(f.root.object, "", at)
	var out []Filed
	for _, field := range f.fields {
		places := at[field.Key]
		if len(places) == 0 {
			continue
		}
		at[field.Key] = places[1:]
		if value, ok := pointed(data, places[0]); ok && value != nil {
			out = append(out, Filed{Pointer: places[0], Field: field, Value: value})
		}
	}
	return out
}

// pointers collects where in the data each key of an object's properties stands, those of objects with keys of their own included.
func pointers(o *object, under string, at map[string][]string) {
	for _, i := range o.order {
		p := o.props[i]
		pointer := under + "/" + escape(p.name)
		if p.shape.split {
			pointers(p.shape.object, pointer, at)
			continue
		}
		at[p.key] = append(at[p.key], pointer)
	}
}
