package server

import (
	"encoding/json"
	"fmt"
	"strings"

	"luvat/engine"
	"luvat/forms"
	"luvat/server/casefile"
	"luvat/server/locale"
)

// said is one field of what was sent, in words.
type said struct {
	Head  string // a heading that stands before it
	Title string
	Lines []string
}

// difference is how a field of one version differs from that of another.
type difference struct {
	Title         string
	Before, After []string
}

// saying writes what was sent in words, as the edition that governed it has them.
type saying struct {
	value   valueText
	program *engine.Program
}

// lines writes a value of a field; an answer of the questionnaire as the questionnaire does.
func (x saying) lines(f *forms.Field, value any) []string {
	if f.Kind == forms.AnswerField {
		if text := x.program.AnswerText(f.Question, value, x.value.texts.Lang); text != "" {
			return []string{capital(text)}
		}
		return nil
	}
	return x.value.lines(f, value)
}

// sentData reads the data of a version of a filing. mask hides personal identity codes.
func (s *site) sentData(t locale.Texts, c *casefile.Case, v *casefile.Version, mask bool) (saying, []forms.Filed, error) {
	ed, err := s.cases.Editions.Edition(c.EditionAt(v.Seq))
	if err != nil {
		return saying{}, nil, err
	}
	var data map[string]any
	if err := json.Unmarshal(v.Data, &data); err != nil {
		return saying{}, nil, fmt.Errorf("case %s: version %d of a filing cannot be read: %w", c.ID, v.Number, err)
	}
	return saying{valueText{t, c, mask}, ed.Program}, ed.Book.Filed(v.Form, data), nil
}

// all writes every field.
func (x saying) all(fields []forms.Filed) []said {
	var out []said
	lang, last := x.value.texts.Lang, ""
	for _, f := range fields {
		lines := x.lines(f.Field, f.Value)
		if len(lines) == 0 {
			continue
		}
		one := said{Title: f.Field.Title.In(lang), Lines: lines}
		if head := f.Field.Heading.In(lang); head != last {
			one.Head, last = head, head
		}
		out = append(out, one)
	}
	return out
}

// differences writes the fields of which two versions have different values, in the order of the page; those that only the earlier one
// has come last.
func (x saying) differences(before, after []forms.Filed) []difference {
	old := map[string]forms.Filed{}
	for _, f := range before {
		old[f.Pointer] = f
	}
	var out []difference
	for _, f := range after {
		was, had := old[f.Pointer]
		delete(old, f.Pointer)
		if !had || !sameJSON(was.Value, f.Value) {
			d := difference{Title: f.Field.Title.In(x.value.texts.Lang), After: x.lines(f.Field, f.Value)}
			if had {
				d.Before = x.lines(f.Field, was.Value)
			}
			out = append(out, d)
		}
	}
	for _, f := range before {
		if _, gone := old[f.Pointer]; gone {
			out = append(out, difference{Title: f.Field.Title.In(x.value.texts.Lang), Before: x.lines(f.Field, f.Value)})
		}
	}
	return out
}

// versionRow is a version of a filing with how it differs from the one before.
type versionRow struct {
	Number         int
	At, By         string
	Changes        []difference
	Added, Removed []string // names of documents
}

// sentVersions writes the versions of a filing, the newest first.
func (s *site) sentVersions(t locale.Texts, c *casefile.Case, f *casefile.Filing, say teller, mask bool) ([]versionRow, error) {
	var out []versionRow
	var before []forms.Filed
	for i := range f.Versions {
		v := &f.Versions[i]
		x, fields, err := s.sentData(t, c, v, mask)
		if err != nil {
			return nil, err
		}
		row := versionRow{Number: v.Number, At: say.moment(v.At), By: say.name(v.By)}
		if v.Changes != nil {
			row.Changes = x.differences(before, fields)
			row.Added, row.Removed = names(c, v.Changes.Added), names(c, v.Changes.Removed)
		}
		out = append([]versionRow{row}, out...)
		before = fields
	}
	return out, nil
}

// names returns the names of documents by id.
func names(c *casefile.Case, ids []string) []string {
	var out []string
	for _, id := range ids {
		if a := c.Attachment(id); a != nil {
			out = append(out, a.Name)
		}
	}
	return out
}

// filedPaper is a document as lists of what was sent show it.
type filedPaper struct{ Name, URL, Size, SHA256 string }

// documents writes documents; under is the address below which they are fetched by id.
func documents(list []*casefile.Attachment, t locale.Texts, under string) []filedPaper {
	var out []filedPaper
	for _, a := range list {
		out = append(out, filedPaper{a.Name, under + "/" + a.ID, sizeText(a.Size, t.Lang), a.SHA256})
	}
	return out
}

// withoutCodes takes every personal identity code out of a text but its last character, wherever somebody wrote one: a paper is handed on.
func withoutCodes(text string) string {
	return personalCode.ReplaceAllStringFunc(text, func(code string) string { return "******-***" + code[len(code)-1:] })
}

func paperLines(lines []string) string { return withoutCodes(strings.Join(lines, "\n")) }
