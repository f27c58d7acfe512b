// Package locale says the texts of the service itself in the languages that are offered. In go a key and what stands in its gaps;
// out comes text. What a bundle says is not here: that is in its definition.
package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"luvat/definitions"
)

// The texts of an area stand in a file of their own for each language: case.fi.json, case.sv.json, case.en.json.
//
//go:embed *.json
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
		t, err := read(lang)
		if err != nil {
			panic(fmt.Sprintf("texts of %s: %v", lang, err)) // a file of this package is broken: nothing can be said at all
		}
		m[lang] = t
	}
	return m
}

func read(lang definitions.Lang) (Texts, error) {
	t := Texts{Lang: lang, by: map[string]string{}}
	names, err := fs.Glob(files, "*."+string(lang)+".json")
	if err != nil {
		return t, err
	}
	for _, name := range append(names, string(lang)+".json") {
		data, err := files.ReadFile(name)
		if err != nil {
			return t, err
		}
		var some map[string]string
		if err := json.Unmarshal(data, &some); err != nil {
			return t, fmt.Errorf("%s: %w", name, err)
		}
		for key, text := range some {
			if _, twice := t.by[key]; twice {
				return t, fmt.Errorf("%s says %s, which another file says too", name, key)
			}
			t.by[key] = text
		}
	}
	return t, nil
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
