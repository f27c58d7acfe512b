package server

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"luvat/definitions"
	"luvat/engine"
	"luvat/forms"
)

// document is the API's description as it is served.
func document(t testing.TB) map[string]any {
	t.Helper()
	v := newVisitor(t).get("/api/openapi.json", http.StatusOK)
	var doc map[string]any
	if err := json.Unmarshal([]byte(v.body), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func dig(t testing.TB, v any, path ...string) any {
	t.Helper()
	for _, key := range path {
		m, _ := v.(map[string]any)
		if m[key] == nil {
			t.Fatalf("the description has no %s in %s", key, strings.Join(path, " "))
		}
		v = m[key]
	}
	return v
}

func TestAnswersAreAsDescribed(t *testing.T) {
	doc := document(t)
	handler := newHandler(t)
	big := `{"event_kind":"public_event","organiser_type":"company","municipality":["091","092"],"starts_at":"2026-12-18T17:00","attendees_peak":3500,"music":"live","lottery":"other","alcohol":"over_2_8","amplified_sound":true}`
	seen := map[string]bool{}
	for _, c := range []struct {
		method, path, route, body string
		want                      int
	}{
		{"GET", "/api/v1/bundles", "/api/v1/bundles", "", 200},
		{"GET", "/api/v1/bundles?on=tomorrow", "/api/v1/bundles", "", 400},
		{"GET", "/api/v1/bundles/events?lang=sv", "/api/v1/bundles/{id}", "", 200},
		{"GET", "/api/v1/bundles/fair", "/api/v1/bundles/{id}", "", 200},
		{"GET", "/api/v1/bundles/nothing", "/api/v1/bundles/{id}", "", 404},
		{"GET", "/api/v1/bundles/fair?lang=de", "/api/v1/bundles/{id}", "", 400},
		{"POST", "/api/v1/bundles/events/analyse?lang=en", "/api/v1/bundles/{id}/analyse", "{}", 200},
		{"POST", "/api/v1/bundles/events/analyse?lang=fi&on=2026-05-04", "/api/v1/bundles/{id}/analyse", big, 200},
		{"POST", "/api/v1/bundles/fair/analyse", "/api/v1/bundles/{id}/analyse", `{"visitors": 250, "kind": "weapons", "structures": ["tent"]}`, 200},
		{"POST", "/api/v1/bundles/fair/analyse", "/api/v1/bundles/{id}/analyse", `{"visitors": "many", "kind": "cars", "gone": 1}`, 422},
		{"POST", "/api/v1/bundles/fair/analyse", "/api/v1/bundles/{id}/analyse", `[1]`, 400},
		{"POST", "/api/v1/bundles/fair/analyse", "/api/v1/bundles/{id}/analyse", `{"visitors": 1`, 400},
		{"POST", "/api/v1/bundles/fair/decide", "/api/v1/bundles/{id}/decide", `{"visitors": 250}`, 200},
		{"POST", "/api/v1/bundles/fair/decide", "/api/v1/bundles/{id}/decide", `{"visitors": "many"}`, 422},
		{"POST", "/api/v1/bundles/fair/decide", "/api/v1/bundles/{id}/decide", `[]`, 400},
		{"POST", "/api/v1/bundles/gone/decide", "/api/v1/bundles/{id}/decide", `{}`, 404},
		{"POST", "/api/v1/bundles/fair/decide", "/api/v1/bundles/{id}/decide", strings.Repeat(" ", maxBody+1), 413},
		{"POST", "/api/v1/bundles/nothing/analyse", "/api/v1/bundles/{id}/analyse", `{}`, 404},
		{"POST", "/api/v1/bundles/fair/analyse", "/api/v1/bundles/{id}/analyse", strings.Repeat(" ", maxBody+1), 413},
	} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(c.method, c.path, strings.NewReader(c.body)))
		if w.Code != c.want {
			t.Errorf("%s %s: %d, want %d\n%s", c.method, c.path, w.Code, c.want, cut(w.Body.String(), 400))
			continue
		}
		status, media := strconv.Itoa(c.want), w.Header().Get("Content-Type")
		schema := dig(t, doc, "paths", c.route, strings.ToLower(c.method), "responses", status, "content", media, "schema")
		seen[c.route+c.method+status] = true
		validate(t, doc, schema, w.Body.Bytes(), c.method+" "+c.path)
	}
	for _, o := range operations {
		for status := range o.answers {
			if key := o.path + strings.ToUpper(o.method) + strconv.Itoa(status); !seen[key] {
				t.Errorf("no test has seen the answer %s", key)
			}
		}
	}
}

func mustJSON(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}

// validate holds JSON against a schema of the description.
func validate(t testing.TB, doc map[string]any, schema any, data []byte, what string) {
	t.Helper()
	root := map[string]any{"components": closed(doc)}
	for k, v := range schema.(map[string]any) {
		root[k] = v
	}
	compiled, err := forms.NewValidator(root)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		t.Errorf("%s answers what is not JSON: %v", what, err)
		return
	}
	for _, f := range compiled.Faults(value) {
		t.Errorf("%s: %s %s", what, f.Pointer, f.Message)
	}
}

// closed returns the components of a description with no room for fields that it does not name: clients must bear new fields, but
// what this version answers is described in full.
func closed(doc map[string]any) map[string]any {
	schemas := map[string]any{}
	for name, schema := range doc["components"].(map[string]any)["schemas"].(map[string]any) {
		shut := maps.Clone(schema.(map[string]any))
		shut["additionalProperties"] = false
		schemas[name] = shut
	}
	return map[string]any{"schemas": schemas}
}

// TestDescriptionIsStrict makes sure that the check above can fail.
func TestDescriptionIsStrict(t *testing.T) {
	doc := document(t)
	for name, schema := range doc["components"].(map[string]any)["schemas"].(map[string]any) {
		if _, there := schema.(map[string]any)["additionalProperties"]; there {
			t.Errorf("%s forbids further fields, but a later version may add some", name)
		}
	}
	schema, err := forms.NewValidator(map[string]any{"$ref": "#/components/schemas/BundleList", "components": closed(doc)})
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []any{map[string]any{}, map[string]any{"on": "x", "bundles": []any{}, "more": 1.0}, map[string]any{"on": 1.0, "bundles": []any{}}, map[string]any{"on": "x", "bundles": []any{map[string]any{"id": "x"}}}} {
		if schema.Faults(bad) == nil {
			t.Errorf("%v passes for a list of bundles", bad)
		}
	}
}

func TestDescriptionExplainsWhatIsThere(t *testing.T) {
	doc := document(t)
	if doc["openapi"] != "3.1.0" {
		t.Errorf("openapi: %v", doc["openapi"])
	}
	for field := range fieldTexts {
		name, property, _ := strings.Cut(field, ".")
		dig(t, doc, "components", "schemas", name, "properties", property, "description")
	}
	page := newVisitor(t).get("/api", http.StatusOK)
	for _, o := range operations {
		page.mustSay(text(page.one("main")), o.path, o.summary)
	}
	for _, k := range problemKinds {
		if page.one(k.id) == nil {
			t.Errorf("the page of the API does not explain %s", k.id)
		}
	}
}

func TestBadAnswersAreAllTold(t *testing.T) {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, "/api/v1/bundles/fair/analyse?lang=en", strings.NewReader(`{"visitors": "many", "kind": "cars", "vistors": 1, "towns": ["999"]}`))
	newHandler(t).ServeHTTP(w, r)
	var p Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, e := range p.Errors {
		got[e.Question] = e.Code
		if e.Question == "kind" && !slices.Equal(e.Allowed, []string{"food", "goods", "weapons"}) {
			t.Errorf("allowed for kind: %v", e.Allowed)
		}
		if e.Message == "" {
			t.Errorf("nothing is said about %s", e.Question)
		}
	}
	for question, code := range map[string]string{"visitors": "wrong-type", "kind": "not-an-option", "vistors": "unknown-question", "towns": "unknown-municipality"} {
		if got[question] != code {
			t.Errorf("%s: %q, want %q", question, got[question], code)
		}
	}
	if p.Status != 422 || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("status %d, type %s", p.Status, w.Header().Get("Content-Type"))
	}
}

func TestOtherSitesMayUseTheAPI(t *testing.T) {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, "/api/v1/bundles/fair/analyse", strings.NewReader(`{}`))
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	r.Header.Set("Origin", "https://elsewhere.example")
	newHandler(t).ServeHTTP(w, r)
	if w.Code != http.StatusOK || w.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%d, %q", w.Code, w.Header().Get("Access-Control-Allow-Origin"))
	}
}

// TestPageAndAPIAgree compares the JSON of the result page with the API's.
func TestPageAndAPIAgree(t *testing.T) {
	answers := map[string]any{"visitors": 250, "music": true, "opens": "2027-03-05T10:00"}
	page := newVisitor(t).get("/sv/fair/result.json?a="+pack(answers), http.StatusOK)
	w := httptest.NewRecorder()
	newHandler(t).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/api/v1/bundles/fair/analyse?lang=sv", bytes.NewReader(mustJSON(answers))))
	var a, b bytes.Buffer
	if json.Compact(&a, []byte(page.body)) != nil || json.Compact(&b, w.Body.Bytes()) != nil || a.String() != b.String() {
		t.Error("the page's JSON and the API's differ")
	}
}

// TestAnalysisIsWrittenAsTheEncoderWould compares the API's own writer of results with encoding/json over every scenario that ships.
func TestAnalysisIsWrittenAsTheEncoderWould(t *testing.T) {
	handler := newHandler(t)
	for _, p := range library().Programs() {
		for _, body := range []string{`{}`, `{"visitors":250,"kind":"food","structures":["tent"],"opens":"2027-03-05T10:00"}`} {
			answers, err := p.ParseAnswers([]byte(body))
			if err != nil {
				continue
			}
			on, _ := definitions.ParseDate("2026-11-24")
			var want bytes.Buffer
			enc := json.NewEncoder(&want)
			enc.SetEscapeHTML(false)
			if err := enc.Encode(p.Analyse(answers, on, definitions.Finnish)); err != nil {
				t.Fatal(err)
			}
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/api/v1/bundles/"+p.Bundle.ID+"/analyse?on=2026-11-24", strings.NewReader(body)))
			if w.Body.String() != want.String() {
				t.Errorf("%s with %s is written otherwise", p.Bundle.ID, body)
			}
		}
	}
}

// TestDecideAndAnalyseAgree compares the two over the answers of a few plans, whole and partial.
func TestDecideAndAnalyseAgree(t *testing.T) {
	handler := newHandler(t)
	whole, err := os.ReadFile(bodyFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{{"events", string(whole)}, {"events", "{}"}, {"events", `{"event_kind":"public_event","attendees_peak":700,"lottery":"other","organiser_type":"company"}`},
		{"fair", `{"visitors":250,"kind":"weapons"}`}, {"fair", `{"music":true,"kind":"food"}`}} {
		post := func(verb string, into any) {
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/api/v1/bundles/"+c[0]+"/"+verb, strings.NewReader(c[1])))
			if err := json.Unmarshal(w.Body.Bytes(), into); err != nil || w.Code != http.StatusOK {
				t.Fatalf("%s: %d %s", verb, w.Code, w.Body)
			}
		}
		var a engine.Analysis
		var d Decision
		post("analyse", &a)
		post("decide", &d)
		want := Decision{Bundle: a.Bundle, Version: a.Version, On: a.On, Needed: []string{}, Ask: []string{}, Open: []string{}, Impossible: []string{}}
		for _, r := range a.Requirements {
			switch r.Status {
			case engine.Needed:
				want.Needed = append(want.Needed, r.ID)
			case engine.Ask:
				want.Ask = append(want.Ask, r.ID)
			case engine.Open:
				want.Open = append(want.Open, r.ID)
			}
		}
		for _, f := range a.Impossible {
			want.Impossible = append(want.Impossible, f.ID)
		}
		if !reflect.DeepEqual(d, want) {
			t.Errorf("%v:\n%v\nwant\n%v", c, d, want)
		}
	}
}

var bodyFile = "testdata/answers.json"
