package forms_test

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"luvat/definitions"
	"luvat/forms"
)

var (
	hiddenRow  = regexp.MustCompile("(?m)^\\| `(\\{.*\\})` \\| `(\\{.*\\})` \\| (.+) \\| `(\\{.*\\})` \\| (.+) \\|$")
	hiddenForm = regexp.MustCompile("(?s)```yaml\n(forms:\n  stage:.*?)```")
)

// TestHidden executes the table of docs/forms.md over the form beside it.
func TestHidden(t *testing.T) {
	page, err := os.ReadFile("../docs/forms.md")
	if err != nil {
		t.Fatal(err)
	}
	form := hiddenForm.FindSubmatch(page)
	rows := hiddenRow.FindAllSubmatch(page, -1)
	if form == nil || len(rows) < 25 {
		t.Fatalf("the page has %d rows", len(rows))
	}
	b, p := book(t, head+string(form[1]))
	u := b.Union([]forms.Need{{Requirement: "stage", Form: "stage"}})
	const prefix = "form/stage/"
	words := func(cell string) []string {
		return strings.Fields(strings.ReplaceAll(strings.Trim(cell, "`"), "–", ""))
	}
	for _, row := range rows {
		in := forms.Input{Answers: answers(t, p, string(row[1])), On: on, Data: forms.Data{}}
		for k, v := range fromJSON(t, string(row[2])) {
			in.Data[prefix+k] = v
		}
		shown := u.Show(in)
		for _, name := range []string{"kw", "muffler", "quiet", "roof", "pa", "amps", "crew/0/card"} {
			if want := contains(words(string(row[3])), name); shown.Visible(prefix+name) != want {
				t.Errorf("%s %s: %s is shown: %v", row[1], row[2], name, !want)
			}
		}
		if want := contains(words(string(row[3])), "loud"); shown.Visible("answer/loud") != want {
			t.Errorf("%s %s: the answer is shown: %v", row[1], row[2], !want)
		}
		sent, err := u.Filing("stage", in)
		if err != nil {
			t.Fatal(err)
		}
		if want := fromJSON(t, string(row[4])); !reflect.DeepEqual(sent, want) {
			t.Errorf("%s %s: sends %s, but the page says %s", row[1], row[2], asJSON(t, sent), row[4])
		}
		var wrong []string
		for _, problem := range u.Check(in, definitions.English) {
			wrong = append(wrong, strings.TrimPrefix(problem.Key, prefix))
		}
		if want := words(string(row[5])); strings.Join(wrong, " ") != strings.Join(want, " ") {
			t.Errorf("%s %s: wrong are %v, but the page says %v", row[1], row[2], wrong, want)
		}
	}
}

func contains(words []string, word string) bool {
	for _, w := range words {
		if w == word {
			return true
		}
	}
	return false
}
