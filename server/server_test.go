package server

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"luvat/definitions"
	"luvat/engine"
)

// today is the day on which the tests are played: Tuesday 24 November 2026, shortly after midnight in Helsinki.
var today = time.Date(2026, 11, 23, 22, 30, 0, 0, time.UTC)

// library is what comes with the program, and the fair, which has a question of every type.
var library = sync.OnceValue(func() *engine.Engine {
	lib, found := definitions.Load(definitions.Embedded(), definitions.Root{Name: "testdata", FS: os.DirFS("testdata")})
	if found.HasErrors() {
		panic(found[0].Message)
	}
	e, found := engine.Compile(lib)
	if found.HasErrors() {
		panic(found[0].At.String() + ": " + found[0].Message)
	}
	return e
})

func newHandler(t testing.TB) http.Handler {
	t.Helper()
	h, err := New(Config{Engine: library(), Clock: func() time.Time { return today }, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// visitor calls the handler as a browser would and follows where it is sent.
type visitor struct {
	t       testing.TB
	handler http.Handler
	answer  *http.Response
	body    string
	doc     *html.Node
	at      string // the address it ended at
}

func newVisitor(t testing.TB) *visitor { return &visitor{t: t, handler: newHandler(t)} }

func (v *visitor) do(r *http.Request) {
	v.t.Helper()
	w := httptest.NewRecorder()
	v.handler.ServeHTTP(w, r)
	v.answer = w.Result()
	data, err := io.ReadAll(v.answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	v.body, v.at, v.doc = string(data), r.URL.String(), nil
	if strings.HasPrefix(v.answer.Header.Get("Content-Type"), "text/html") {
		if v.doc, err = html.Parse(strings.NewReader(v.body)); err != nil {
			v.t.Fatal(err)
		}
	}
}

func (v *visitor) get(path string, want int) *visitor {
	v.t.Helper()
	v.do(httptest.NewRequest(http.MethodGet, path, nil))
	if v.answer.StatusCode != want {
		v.t.Fatalf("GET %s: %d, want %d\n%s", path, v.answer.StatusCode, want, cut(v.body, 600))
	}
	return v
}

// post sends a form without following where it leads.
func (v *visitor) post(path string, form url.Values, headers ...string) *visitor {
	v.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	v.do(r)
	return v
}

// follow goes where the last answer leads.
func (v *visitor) follow() *visitor {
	v.t.Helper()
	if v.answer.StatusCode != http.StatusSeeOther {
		v.t.Fatalf("%s: %d, want to be sent on\n%s", v.at, v.answer.StatusCode, cut(text(v.one("errors")), 400))
	}
	to, _, _ := strings.Cut(v.answer.Header.Get("Location"), "#")
	return v.get(to, http.StatusOK)
}

// find returns the elements that satisfy a test, in document order.
func find(n *html.Node, is func(*html.Node) bool) []*html.Node {
	var found []*html.Node
	if n == nil {
		return nil
	}
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && is(d) {
			found = append(found, d)
		}
	}
	return found
}

func attr(n *html.Node, name string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func (v *visitor) one(id string) *html.Node {
	for _, n := range find(v.doc, func(n *html.Node) bool { return attr(n, "id") == id }) {
		return n
	}
	return nil
}

func (v *visitor) class(name string) []*html.Node {
	return find(v.doc, func(n *html.Node) bool { return strings.Contains(" "+attr(n, "class")+" ", " "+name+" ") })
}

// text returns what an element says, with single spaces.
func text(n *html.Node) string {
	if n == nil {
		return ""
	}
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// form returns what the page's form would send as it stands.
func (v *visitor) form() url.Values {
	values := url.Values{}
	for _, n := range find(v.one("ask"), func(n *html.Node) bool { return n.Data == "input" }) {
		kind := attr(n, "type")
		if (kind == "radio" || kind == "checkbox") && !has(n, "checked") {
			continue
		}
		values.Add(attr(n, "name"), attr(n, "value"))
	}
	return values
}

// send fills the page's form and sends it where the form says.
func (v *visitor) send(do string, changes map[string]string) *visitor {
	v.t.Helper()
	form := v.form()
	for name, value := range changes {
		form.Set(name, value)
	}
	form.Set("do", do)
	action := attr(v.one("ask"), "action")
	return v.post(action, form)
}

func (v *visitor) mustSay(what string, parts ...string) {
	v.t.Helper()
	for _, p := range parts {
		if !strings.Contains(what, p) {
			v.t.Errorf("%s does not say %q:\n%s", v.at, p, cut(what, 1500))
		}
	}
}
