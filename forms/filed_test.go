package forms_test

import (
	"reflect"
	"testing"

	"luvat/definitions"
	"luvat/forms"
)

// TestFiledReadsWhatFilingWrites holds that data made by Filing is read back field by field, in the order of the page, whatever objects
// the fields stand in.
func TestFiledReadsWhatFilingWrites(t *testing.T) {
	b, p := book(t, head+`forms:
  plan:
    title: Plan
    type: object
    x-sections: [{title: Last first, fields: [note]}, {title: Then, fields: [organiser, visitors, crew, "a/b"]}]
    properties:
      organiser: {$ref: term:organiser}
      visitors: {x-answer: visitors}
      "a/b": {title: A, type: boolean}
      crew: {title: Crew, type: array, items: {type: object, properties: {name: {title: Name, type: string}}}}
      note: {title: Note, type: string}
      empty: {title: Empty, type: string}
`)
	u := b.Union([]forms.Need{{Requirement: "plan", Form: "plan"}})
	in := forms.Input{Answers: answers(t, p, `{"visitors": 300}`), On: on, Data: forms.Data{"term/organiser.name": "Kyläyhdistys", "form/plan/a~1b": false,
		"form/plan/crew": []any{map[string]any{"name": "Aino"}}, "form/plan/note": "Huomautus"}}
	data, err := u.Filing("plan", in)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range b.Filed("plan", data) {
		got = append(got, f.Pointer+" "+f.Field.Heading.In(definitions.Finnish)+" "+asJSON(t, f.Value))
	}
	want := []string{`/note Last first "Huomautus"`, `/organiser/name Then "Kyläyhdistys"`, `/visitors Then 300`, `/crew Then [{"name":"Aino"}]`, `/a~1b Then false`}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read back\n%q\nnot\n%q", got, want)
	}
	if b.Filed("none", data) != nil {
		t.Error("a form that is not there reads data")
	}
}
