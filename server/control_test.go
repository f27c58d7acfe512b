package server

import (
	"luvat/forms"
	"luvat/server/locale"
)

// everyControl is a group with one control of each kind, everything that can be said of a field, and lists of them.
func everyControl(t locale.Texts) control {
	one := func(kind forms.Control) *control {
		return &control{T: t, Kind: kind, ID: "x:" + string(kind), Key: "form/x/" + string(kind), Title: "t", Hint: "h", Help: "h", Unit: "m", Head: "h", Optional: true, Value: "v",
			Second: "w", Options: []choice{{ID: "x", Value: "x", Title: "x", Checked: true}}, Search: true, Length: 100, Files: []fileLine{{Name: "a.png", Picture: true, Viewed: true}},
			Error: "e", Described: "x:hint", Source: "s", Told: &told{"1", "2"}, Readers: []readers{{Title: "r", Who: []string{"a", "b"}, Law: "1 §"}},
			Clash: &clash{Name: "x", Theirs: []string{"1"}, Who: "A", Unsaid: true}, Complete: "off"}
	}
	group := one(forms.GroupControl)
	for _, kind := range []forms.Control{forms.TextControl, forms.TextareaControl, forms.NumberControl, forms.MoneyControl, forms.DateControl, forms.TimeControl, forms.DateTimeControl,
		forms.EmailControl, forms.TelControl, forms.URLControl, forms.RadiosControl, forms.CheckboxesControl, forms.CheckboxControl, forms.SelectControl, forms.PointControl, forms.FileControl, forms.AnswerControl} {
		group.Fields = append(group.Fields, one(kind))
	}
	for _, kind := range []forms.Control{forms.ListControl, forms.TableControl} {
		list := one(kind)
		list.Add, list.ItemTitle, list.Columns = "add:x", "Row", []string{"A", "B"}
		list.Items = []*item{{ID: "x.0", Title: "Row 1", Remove: "remove:x.0", Fields: append(group.Fields[:len(group.Fields):len(group.Fields)], &control{T: t, Cell: true})}}
		group.Fields = append(group.Fields, list)
	}
	return *group
}
