package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"luvat/definitions"
	"luvat/engine"
)

// The OpenAPI document is made of the Go types that serve the API, so that it cannot say anything else than what is served.

type operation struct {
	method, path, id, summary, description string
	parameters                             []string
	body                                   bool
	answers                                map[int]any // by status: a value of the type that is answered
}

var operations = []operation{
	{"get", "/api/v1/bundles", "listBundles", "The bundles in force", "Every service bundle that governs cases handled on the day.",
		[]string{"on", "lang"}, false, map[int]any{200: BundleList{}, 400: Problem{}}},
	{"get", "/api/v1/bundles/{id}", "showBundle", "One bundle with its questions",
		"The questions in the order in which they are asked, with their types, options and limits. The keys of an answers object are their ids.",
		[]string{"id", "on", "lang"}, false, map[int]any{200: BundleDetail{}, 400: Problem{}, 404: Problem{}}},
	{"post", "/api/v1/bundles/{id}/analyse", "analyse", "What a plan needs",
		"Decides every requirement of the bundle over the answers given. What is left out is not known yet: requirements that depend on it are `open`, and `next` lists the questions that are still worth asking. Nothing is kept.",
		[]string{"id", "on", "lang"}, true, map[int]any{200: engine.Analysis{}, 400: Problem{}, 404: Problem{}, 413: Problem{}, 422: Problem{}}},
	{"post", "/api/v1/bundles/{id}/decide", "decide", "The statuses alone",
		"The same decision as `analyse` without its reasons, days and texts, for programs that decide many cases. What is in none of the lists is not needed.",
		[]string{"id", "on", "lang"}, true, map[int]any{200: Decision{}, 400: Problem{}, 404: Problem{}, 413: Problem{}, 422: Problem{}}},
}

type parameter struct {
	in, description string
	schema          map[string]any
}

var parameters = map[string]parameter{
	"id":   {"path", "The id of a bundle, such as `events`.", map[string]any{"type": "string"}},
	"on":   {"query", "The day of handling, `YYYY-MM-DD`. It decides which law and which authority counts. Default: today in Finland.", map[string]any{"type": "string", "format": "date"}},
	"lang": {"query", "The language of the texts. Default: `fi`.", map[string]any{"enum": []any{"fi", "sv", "en"}}},
}

// problemKinds are the kinds of problems, as the page of the API explains them.
var problemKinds = []struct{ id, title, text string }{
	{"bad-json", "The body is not a JSON object of answers", "400. The body must be one JSON object of at most 256 kB: {\"question_id\": value}."},
	{"bad-answers", "Some answers do not fit their questions", "422. Nothing was computed. `errors` lists each bad answer with its question, what is wrong and what is allowed."},
	{"bad-day", "The day cannot be read", "400. `on` must be a day of the form YYYY-MM-DD."},
	{"bad-language", "There is no such language", "400. `lang` must be fi, sv or en."},
	{"no-bundle", "There is no such bundle", "404. `known` lists the bundles in force on the day."},
	{"no-route", "The API has no such operation", "404. The address or the method is none of those on this page."},
	{"too-large", "The body is too large", "413. A body may have 256 kB."},
}

var statusTexts = map[int]string{200: "Done", 400: "The request cannot be read", 404: "There is no such bundle on the day", 413: "The body is too large", 422: "Some answers do not fit their questions"}

// openAPIDocument returns the description of the API (OpenAPI 3.1.0) as JSON.
func openAPIDocument(version string) ([]byte, error) {
	g := &generator{schemas: map[string]any{}}
	paths := map[string]any{}
	for _, o := range operations {
		item, _ := paths[o.path].(map[string]any)
		if item == nil {
			item = map[string]any{}
			paths[o.path] = item
		}
		item[o.method] = g.operation(o)
	}
	if g.err != nil {
		return nil, g.err
	}
	if version == "" {
		version = "0"
	}
	return json.MarshalIndent(map[string]any{
		"openapi":           "3.1.0",
		"jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
		"info": map[string]any{"title": "luvat", "version": version,
			"summary":     "Which permits, notifications, plans and agreements a plan needs, why, from whom and by when",
			"description": "Answers come in, decisions with their reasons come out. No login; nothing is kept.",
			"license":     map[string]any{"name": "EUPL-1.2", "identifier": "EUPL-1.2"}},
		"servers":    []any{map[string]any{"url": "/"}},
		"paths":      paths,
		"components": map[string]any{"schemas": g.schemas},
	}, "", "  ")
}

type generator struct {
	schemas map[string]any
	err     error
}

func (g *generator) operation(o operation) map[string]any {
	params := []any{}
	for _, name := range o.parameters {
		p := parameters[name]
		params = append(params, map[string]any{"name": name, "in": p.in, "required": p.in == "path", "description": p.description, "schema": p.schema})
	}
	responses := map[string]any{}
	for status, value := range o.answers {
		media := "application/json"
		if status >= 400 {
			media = "application/problem+json"
		}
		responses[strconv.Itoa(status)] = map[string]any{"description": statusTexts[status],
			"content": map[string]any{media: map[string]any{"schema": g.schema(reflect.TypeOf(value))}}}
	}
	out := map[string]any{"operationId": o.id, "summary": o.summary, "description": o.description, "parameters": params, "responses": responses}
	if o.body {
		out["requestBody"] = map[string]any{"required": true, "content": map[string]any{"application/json": map[string]any{
			"schema":  map[string]any{"type": "object", "description": "Answers by question id; `null` or left out is not known yet.", "additionalProperties": true},
			"example": map[string]any{"municipality": []any{"091"}, "attendees_peak": 250, "starts_at": "2027-07-05T18:00"}}}}
	}
	return out
}

// enums are the values of the string types that have a closed set of them.
var enums = map[reflect.Type][]any{
	reflect.TypeFor[engine.Status]():    {"needed", "not-needed", "ask", "open"},
	reflect.TypeFor[definitions.Lang](): {"fi", "sv", "en"},
	reflect.TypeFor[definitions.Kind](): {"permit", "notification", "registration", "plan", "agreement", "report", "obligation", "inspection"},
	reflect.TypeFor[definitions.Type](): {"boolean", "integer", "number", "money", "choice", "choices", "date", "time", "datetime", "period", "text", "municipality", "place", "list"},
}

// schema returns the JSON Schema of a type as it is written by the encoder; named structs become components.
func (g *generator) schema(t reflect.Type) any {
	if values, ok := enums[t]; ok {
		return map[string]any{"enum": values}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return orNull(g.schema(t.Elem()))
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64, reflect.Int32:
		return map[string]any{"type": "integer"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": g.schema(t.Elem())}
	case reflect.Interface:
		return map[string]any{}
	case reflect.Struct:
		g.object(t)
		return map[string]any{"$ref": "#/components/schemas/" + t.Name()}
	}
	g.err = fmt.Errorf("the API has no schema for %s", t)
	return nil
}

func orNull(schema any) any {
	return map[string]any{"anyOf": []any{schema, map[string]any{"type": "null"}}}
}

func (g *generator) object(t reflect.Type) {
	if _, done := g.schemas[t.Name()]; done {
		return
	}
	o := map[string]any{"type": "object"} // open: answers may gain fields
	g.schemas[t.Name()] = o
	properties, required := map[string]any{}, []any{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || !f.IsExported() {
			continue
		}
		property := g.schema(f.Type)
		if text := fieldTexts[t.Name()+"."+name]; text != "" {
			property = described(property, text)
		}
		properties[name] = property
		if !strings.Contains(options, "omitempty") && !strings.Contains(options, "omitzero") {
			required = append(required, name)
		}
	}
	o["properties"] = properties
	if len(required) > 0 {
		o["required"] = required
	}
}

func described(schema any, text string) any {
	m, ok := schema.(map[string]any)
	if !ok {
		return schema
	}
	out := map[string]any{"description": text}
	for k, v := range m {
		out[k] = v
	}
	return out
}

// fieldTexts explain the fields that do not explain themselves.
var fieldTexts = map[string]string{
	"Analysis.on":             "The day of handling, YYYY-MM-DD.",
	"Analysis.requirements":   "Every requirement of the bundle, in the author's order.",
	"Analysis.impossible":     "The rules that say that the plan cannot be permitted as it is.",
	"Analysis.next":           "The questions whose answer can still change something, in the order in which they are asked.",
	"Analysis.irrelevant":     "The questions that the answers given make irrelevant.",
	"Requirement.status":      "ask: the law leaves it to the authority. open: the answers given do not decide it yet.",
	"Requirement.grounds":     "The reasons that hold; for an open one, those that may.",
	"Requirement.why_not":     "For one that is not needed: the conditions that fail.",
	"Requirement.change":      "For one that is needed: the smallest change of one answer that would free the customer of it.",
	"Requirement.depends_on":  "For an open one: the questions that decide it.",
	"Requirement.authorities": "One for each competent authority of all places.",
	"Requirement.due":         "The last day, YYYY-MM-DD; null when the law gives none or the start is not known.",
	"Requirement.due_at":      "The last moment, YYYY-MM-DDTHH:MM, when the time is counted in hours.",
	"Requirement.open_day":    "The last working day not after the last day, when that is a day off.",
	"Requirement.late":        "Whether the last day had passed on the day of handling.",
	"Requirement.recommended": "An earlier day that the authority asks for.",
	"Requirement.order":       "The rank in which to see to the requirements, from 1.",
	"Requirement.after":       "The requirements to be settled before this one.",
	"Requirement.unverified":  "Some of the content has not been checked against its source.",
	"Condition.questions":     "The question, or all those that go into a sum or a comparison.",
	"Condition.test":          "What was tested, in words.",
	"Change.value":            "An answer with which the requirement is not needed.",
	"Fee.amount":              "Euro; null when only the text is known.",
	"Attachment.required":     "Null while it depends on unanswered questions.",
	"Problem.type":            "What kind of problem it is, with its explanation.",
	"AnswerError.allowed":     "What would be an answer.",
	"QuestionItem.when":       "The condition under which the question is relevant.",
	"QuestionItem.many":       "Whether several may be answered, as an array.",
	"QuestionItem.of":         "The fields of each record of a list.",
}

func (s *site) getOpenAPI(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(s.openAPI) // whoever asked went away; nothing is left to do
}
