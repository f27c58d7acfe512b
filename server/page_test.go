package server

import (
	"io"
	"reflect"
	"strings"
	"testing"
	"text/template/parse"

	"luvat/definitions"
	"luvat/engine"
	"luvat/server/locale"
)

// pages are the struct of every page; a page without a row here fails the test.
var pages = map[string]any{
	"home": homePage{}, "bundle": bundlePage{}, "questions": &questionsPage{}, "result": &resultPage{}, "timeline": timelinePage{},
	"overview": overviewPage{}, "answers": answersPage{}, "print": printPage{}, "error": errorPage{}, "api": apiPage{},

	"login": loginPage{}, "persona": personaPage{}, "party": partyPage{}, "logout": logoutPage{}, "profile": &profilePage{}, "erase": erasePage{},
	"start": &startPage{}, "review": &reviewPage{}, "folder": folderPage{}, "delete": deletePage{}, "access": &accessPage{}, "invitation": invitationPage{},
	"history": historyPage{}, "move": movePage{},

	"sent": &sentPage{}, "receipt": receiptPage{}, "filing": filingPage{}, "amend": &amendPage{}, "withdraw": &withdrawPage{}, "messages": &messagesPage{},
	"office": officePage{}, "office-filing": &officeFilingPage{}, "deliveries": deliveriesPage{}, "mailbox": mailboxPage{}, "systems": systemsPage{},

	"workspace": &workspacePage{}, "section": &sectionPage{}, "attachments": &attachmentsPage{}, "check": &checkPage{},
}

// TestEveryTemplateFitsItsPage renders each page twice, empty and with every field filled, so that each branch of the templates meets
// the type that it will meet in earnest: html/template finds a field that does not exist only then.
func TestEveryTemplateFitsItsPage(t *testing.T) {
	all, err := loadTemplates(embedded)
	if err != nil {
		t.Fatal(err)
	}
	for name, templates := range all {
		data, ok := pages[name]
		if !ok {
			t.Errorf("the page %s has no struct in this test", name)
			continue
		}
		if err := templates.ExecuteTemplate(io.Discard, "layout", data); err != nil {
			t.Errorf("%s, empty: %v", name, err)
		}
		full := reflect.New(reflect.TypeOf(data)).Elem()
		fill(full, 0)
		if err := templates.ExecuteTemplate(io.Discard, "layout", full.Interface()); err != nil {
			t.Errorf("%s, full: %v", name, err)
		}
	}
	for name := range pages {
		if all[name] == nil {
			t.Errorf("there is no template for the page %s", name)
		}
	}
}

// fill sets every field to something, lists to one element, pointers to a value.
func fill(v reflect.Value, depth int) {
	if depth > 12 || !v.CanSet() {
		return
	}
	switch v.Interface().(type) {
	case locale.Texts:
		v.Set(reflect.ValueOf(locale.In(definitions.Swedish)))
		return
	case engine.Status:
		v.SetString("ask")
		return
	case field:
		f := &field{T: locale.In(definitions.English), Name: "q", ID: "q", Type: "list", Error: "e", Help: "h", Moot: true}
		for _, kind := range []string{"radio", "checks", "number", "date", "time", "datetime", "period", "text", "municipality", "municipalities", "place"} {
			f.Records = append(f.Records, record{Name: "q.0", Number: 1, Fields: []*field{{T: f.T, Type: kind, Name: "x", Options: []option{{Help: "h"}}, Chosen: []option{{}}}}})
		}
		v.Set(reflect.ValueOf(*f))
		return
	case control:
		v.Set(reflect.ValueOf(everyControl(locale.In(definitions.English))))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("text")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(1)
	case reflect.Float64:
		v.SetFloat(1)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), depth+1)
	case reflect.Struct:
		for i := range v.NumField() {
			if inner := v.Field(i); v.Type().Field(i).Anonymous && !inner.CanSet() { // the common part: its own fields can be set
				for j := range inner.NumField() {
					fill(inner.Field(j), depth+1)
					if k := inner.Field(j); inner.Type().Field(j).Anonymous && k.Kind() == reflect.Struct {
						for l := range k.NumField() {
							fill(k.Field(l), depth+1)
						}
					}
				}
				continue
			}
			fill(v.Field(i), depth+1)
		}
	}
}

// TestEveryTypeOfFieldHasItsInputs renders a question of each type.
func TestEveryTypeOfFieldHasItsInputs(t *testing.T) {
	all, err := loadTemplates(embedded)
	if err != nil {
		t.Fatal(err)
	}
	v := fairVisit(t)
	seen := map[string]bool{}
	for _, q := range v.bundle().Questions {
		f := v.field(q, nil, nil, false)
		seen[f.Type] = true
		if err := all["questions"].ExecuteTemplate(io.Discard, "question", f); err != nil {
			t.Errorf("%s: %v", q.ID, err)
		}
	}
	for _, kind := range []string{"radio", "checks", "number", "date", "time", "datetime", "period", "text", "municipalities", "place", "list"} {
		if !seen[kind] {
			t.Errorf("the fair asks no question of the kind %s", kind)
		}
	}
}

// TestNoTemplateIsLeftOver fails when a part is defined that nothing includes.
func TestNoTemplateIsLeftOver(t *testing.T) {
	all, err := loadTemplates(embedded)
	if err != nil {
		t.Fatal(err)
	}
	included := map[string]bool{"layout": true, "live": true, "content": true, "": true}
	defined := map[string]bool{}
	for _, set := range all {
		for _, tmpl := range set.Templates() {
			if tmpl.Tree == nil {
				continue
			}
			defined[tmpl.Name()] = true
			walkNodes(tmpl.Tree.Root, func(n *parse.TemplateNode) { included[n.Name] = true })
		}
	}
	for name := range defined {
		if !included[name] && !strings.HasSuffix(name, ".html") {
			t.Errorf("nothing includes the part %s", name)
		}
	}
}

func walkNodes(n parse.Node, visit func(*parse.TemplateNode)) {
	switch x := n.(type) {
	case *parse.TemplateNode:
		visit(x)
	case *parse.ListNode:
		if x == nil {
			return
		}
		for _, c := range x.Nodes {
			walkNodes(c, visit)
		}
	case *parse.IfNode:
		walkNodes(x.List, visit)
		walkNodes(x.ElseList, visit)
	case *parse.RangeNode:
		walkNodes(x.List, visit)
		walkNodes(x.ElseList, visit)
	case *parse.WithNode:
		walkNodes(x.List, visit)
		walkNodes(x.ElseList, visit)
	}
}
