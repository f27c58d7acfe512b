// Package locale says the texts of the service itself in the languages that are offered. In go a key and what stands in its gaps;
// out comes text. What a bundle says is not here: that is in its definition.
package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"luvat/definitions"
)

//go:embed fi.json sv.json en.json
var files embed.FS

// Texts are the texts of one language. A page carries its own Texts, so that a shared template never speaks the wrong language.
type Texts struct {
	Lang definitions.Lang
	by   map[string]string
}

var all = load()

func load() map[definitions.Lang]Texts {
	m := map[definitions.Lang]Texts{}
	for _, lang := range definitions.Languages {
		data, err := files.ReadFile(string(lang) + ".json")
		t := Texts{Lang: lang}
		if err == nil {
			err = json.Unmarshal(data, &t.by)
		}
		if err != nil {
			panic(fmt.Sprintf("texts of %s: %v", lang, err)) // a file of this package is broken: nothing can be said at all
		}
		m[lang] = t
	}
	return m
}

// In returns the texts of a language, the Finnish ones when there are none.
func In(lang definitions.Lang) Texts {
	if t, ok := all[lang]; ok {
		return t
	}
	return all[definitions.Finnish]
}

// Keys lists the keys of the language.
func (t Texts) Keys() []string {
	keys := make([]string, 0, len(t.by))
	for k := range t.by {
		keys = append(keys, k)
	}
	return keys
}

// Has reports whether the language has a key.
func (t Texts) Has(key string) bool { _, ok := t.by[key]; return ok }

// Say returns the text of a key with {1}, {2} … replaced. A key that does not exist is said as it is, which the tests forbid.
func (t Texts) Say(key string, args ...any) string {
	text, ok := t.by[key]
	if !ok {
		return key
	}
	for i, a := range args {
		text = strings.ReplaceAll(text, "{"+strconv.Itoa(i+1)+"}", fmt.Sprint(a))
	}
	return text
}

// Count returns the text for a number of things: of key+".one" for one, of key+".many" otherwise. {1} is the number.
func (t Texts) Count(key string, n int, args ...any) string {
	form := ".many"
	if n == 1 {
		form = ".one"
	}
	return t.Say(key+form, append([]any{n}, args...)...)
}
