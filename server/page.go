package server

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"

	"luvat/definitions"
	"luvat/server/locale"
)

// page is what every page has. Its language is in it and nowhere else.
type page struct {
	T       locale.Texts
	Title   string
	Crumbs  []link
	Switch  []language
	Assets  string
	Version string
	Home    string
	DayNote string   // said when the day of handling is not today
	Noindex bool     // the address has answers in it
	Broad   bool     // the page needs the whole width
	Login   string   // where to log in; "" when cases are off
	User    *userBar // nil when nobody is logged in
	Dev     bool     // development: letters and the systems of authorities can be looked at
}

type language struct {
	Code, Name, URL string
	Current         bool
}

// Say and Count are the texts of the page's own language.
func (p page) Say(key string, args ...any) string          { return p.T.Say(key, args...) }
func (p page) Count(key string, n int, args ...any) string { return p.T.Count(key, n, args...) }
func (p page) Lang() definitions.Lang                      { return p.T.Lang }

var languageNames = map[definitions.Lang]string{definitions.Finnish: "Suomi", definitions.Swedish: "Svenska", definitions.English: "English"}

// page builds the common part; the language switch leads to the same address in another language.
func (s *site) page(r *http.Request, t locale.Texts, title string) page {
	p := page{T: t, Title: title, Assets: s.assets, Version: s.version, Home: "/" + string(t.Lang)}
	rest := strings.TrimPrefix(r.URL.Path, "/"+string(t.Lang))
	for _, lang := range definitions.Languages {
		q := r.URL.Query()
		q.Del("more")
		u := address("/"+string(lang)+rest, q)
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			u = address("/"+string(lang)+rest, q)
		}
		p.Switch = append(p.Switch, language{string(lang), languageNames[lang], u, lang == t.Lang})
	}
	p.Noindex = r.URL.Query().Has("a")
	if s.cases != nil {
		p.Dev = s.cases.Dev
		p.Login = loginURL(t.Lang, r.URL.RequestURI())
	}
	if s.cases != nil && remembered(r) {
		if m, err := s.memberIn(r, t); err == nil && m != nil {
			p.User = s.userBar(r, m)
		}
	}
	return p
}

func (s *site) bundlePage(r *http.Request, v *visit, title string) page {
	p := s.page(r, v.texts, title)
	p.Crumbs = []link{{p.Home, v.texts.Say("nav.home")}, {v.url(""), v.bundle().Title.In(v.lang())}}
	if v.on != v.today {
		p.DayNote = v.texts.Say("day.note", v.texts.DayAndDate(v.on))
	}
	return p
}

// templates holds each page's template with the layout and the partials.
type templates map[string]*template.Template

// functions are the same in every language.
var functions = template.FuncMap{
	"dict": func(pairs ...any) (map[string]any, error) {
		m := map[string]any{}
		for i := 0; i+1 < len(pairs); i += 2 {
			key, ok := pairs[i].(string)
			if !ok {
				return nil, fmt.Errorf("a key must be text: %v", pairs[i])
			}
			m[key] = pairs[i+1]
		}
		return m, nil
	},
	"add": func(a, b int) int { return a + b },
}

// loadTemplates reads the templates of a folder that has them under template/.
func loadTemplates(files fs.FS) (templates, error) {
	base, err := template.New("").Funcs(functions).ParseFS(files, "template/layout.html", "template/part/*.html")
	if err != nil {
		return nil, err
	}
	all := templates{}
	names, err := fs.Glob(files, "template/page/*.html")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		t, err := base.Clone()
		if err == nil {
			t, err = t.ParseFS(files, name)
		}
		if err != nil {
			return nil, err
		}
		all[strings.TrimSuffix(strings.TrimPrefix(name, "template/page/"), ".html")] = t
	}
	return all, nil
}

// show writes a page. It is rendered whole before the first byte is sent, so that a fault never shows as half a page.
func (s *site) show(w http.ResponseWriter, status int, name string, data any) error {
	return s.showPart(w, status, name, "layout", data)
}

func (s *site) showPart(w http.ResponseWriter, status int, name, part string, data any) error {
	t := s.templates[name]
	if s.reload {
		fresh, err := loadTemplates(s.files)
		if err != nil {
			return err
		}
		t = fresh[name] // a shared map would be written by several requests
	}
	var buf bytes.Buffer
	if err := t.ExecuteTemplate(&buf, part, data); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = buf.WriteTo(w) // the customer went away; nothing is left to do
	return nil
}
