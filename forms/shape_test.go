package forms_test

import (
	"strings"
	"testing"
)

// TestFormsThatCannotBeFilledIn holds what is said of forms that are JSON Schema but no form, with the place of each.
func TestFormsThatCannotBeFilledIn(t *testing.T) {
	const title = "title: {fi: T, sv: T, en: T}"
	for form, want := range map[string]string{
		"p: {" + title + ", type: string, x-widget: select}":   "the widget `select` is for an `enum`, but this is a text",
		"p: {" + title + ", type: string, x-widget: textaera}": "there is no widget `textaera`",
		"p: {" + title + ", type: integer, x-widget: date}":    "the widget `date` is for a text with `format: date`, but this is a number",
		"p: {" + title + "}":                                    "p: {title: {fi: T, sv: T, en: T}} <- nothing says how this is filled in: it is a value of any type",
		"p: {" + title + ", type: object}":                      "nothing says how this is filled in: it is an object",
		"p: {" + title + ", type: array}":                       "nothing says how this is filled in: it is a list",
		"p: {" + title + ", type: string, x-wen: visitors > 3}": "x-wen: visitors > 3} <- there is no keyword `x-wen`",
		"p: {" + title + ", type: string, x-when: visitrs > 3}": "visitrs > 3} <- there is no question or fact `visitrs`",
		"p: {" + title + ", type: string, x-when: form.q}":      "q} <- the form has no property with a single value called `q`",
		"p: {" + title + ", type: boolean, x-when: form.p}":     "form.p} <- the condition of `p` reads the property itself",
		"p: {" + title + ", type: string, x-when: [a]}":         "`x-when` is one condition",
		"p: {" + title + ", type: string, enum: [a]}":           "a]} <- the option `a` has no name for people",
		"p: {" + title + ", type: string, enum: [a], x-enum-names: {a: {fi: A, sv: A, en: A}, b: {fi: B, sv: B, en: B}}}": "`b` is not in the `enum`",
		"p: {type: string}":                        "p: {type: string} <- the property `p` has no title",
		"p: {title: T, type: string}":              "T, type: string} <- the text is not in Swedish and English",
		"p: {title: {fi: T, en: T}, type: string}": "{fi: T, en: T}, type: string} <- the text is not in Swedish",
		"p: {$ref: \"term:person\", properties: {x: {" + title + ", type: string}}}":                                      "{x: {" + title + ", type: string}}} <- a form cannot add properties to the term `person`",
		"p: {$ref: \"term:person\", required: [nam]}":                                                                     "nam]} <- `required` names `nam`, which is no property",
		"p: {" + title + ", type: array, items: {type: object, properties: {n: {x-answer: visitors}}}}":                   "visitors}}}} <- an answer cannot stand inside a list or a term",
		"p: {" + title + ", type: string}\n    required: [q]":                                                             "q] <- `required` names `q`, which is no property",
		"p: {" + title + ", type: string}\n    x-sections: [{fields: [p, q, p]}]":                                         "q, p]}] <- the form has no property `q`\np]}] <- the property `p` stands in `x-sections` twice",
		"p: {" + title + ", type: string}\n    x-sections: [{title: {fi: T, sv: T, en: T}}]":                              "a section names its `fields`",
		"p: {" + title + ", type: boolean}\n    if: {properties: {p: {const: true}}}\n    then: {required: [p]}":          "p: {const: true}}} <- this `if` also holds while `p` is not filled in",
		"p: {" + title + ", type: boolean, x-when: form.q}\n      q: {" + title + ", type: boolean, x-when: not form.p}":  "form.q} <- `p` and `q` are shown only when each other is",
		"p: {$ref: \"#/$defs/d\"}\n    $defs: {d: {" + title + ", type: object, properties: {d: {$ref: \"#/$defs/d\"}}}}": "this schema is too deep to be a form: it contains itself, or more than 12 levels",
	} {
		got := check(t, "forms:\n  a:\n    type: object\n    title: {fi: T, sv: T, en: T}\n    properties:\n      "+form+"\n")
		if !strings.Contains(got, want) || want != got && strings.Count(got, " <- ") != strings.Count(want, "\n")+1 {
			t.Errorf("%s\nfound:\n%s\nwant:\n%s", form, got, want)
		}
	}
}

func TestTermsAreChecked(t *testing.T) {
	got := check(t, "  firm:\n    title: {fi: T, sv: T, en: T}\n    schema: {type: string, x-widget: place}\n")
	if !strings.Contains(got, "the widget `place` is for an object, but this is a text") {
		t.Errorf("found: %s", got)
	}
	got = check(t, "  firm:\n    title: {fi: T, sv: T, en: T}\n    schema: {type: object, properties: {n: {title: {fi: T, sv: T, en: T}, type: string, x-when: visitors > 3}}}\n")
	if !strings.Contains(got, "`x-when` stands in a form, not in a term") {
		t.Errorf("found: %s", got)
	}
}
