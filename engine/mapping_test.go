package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"luvat/definitions"
)

func expression(s string) definitions.Expr {
	return definitions.Expr{Scalar: definitions.Scalar{Value: s, At: definitions.Position{File: "x.yaml", Line: 1, Column: 1}}}
}

var mappingNames = Names{"reply": nil, "lang": {}, "person": personNames, "mandate": mandateNames, "answers": {"visitors": {}, "place": nil},
	"registers": {"companies": {"name": nil, "city": nil}}}

const mappingReply = `{
	"total": 1, "none": null, "empty": "", "yes": true, "amount": "12,50", "city": "MAARIANHAMINA - MARIEHAMN",
	"names": [{"name": "Old Oy", "type": "1", "endDate": "2025-05-12"}, {"name": "New Oy", "type": "1"}, {"name": "Side name", "type": "3"}],
	"address": {"street": "Katu", "number": "2 ", "entrance": "", "codes": [3, 1, 2]}
}`

// TestMapping evaluates expressions over one reply. What is not there is nil, at any depth and in any operator.
func TestMapping(t *testing.T) {
	var reply any
	if err := json.Unmarshal([]byte(mappingReply), &reply); err != nil {
		t.Fatal(err)
	}
	env := map[string]any{"reply": reply, "lang": "sv", "person": map[string]any{"name": "Maija"}, "answers": map[string]any{"visitors": 800, "place": map[string]string{"municipality": "091"}}}
	for _, c := range []struct{ source, want string }{
		{`reply.total`, `1`},
		{`reply.nothing`, `null`},
		{`reply.nothing.at.all[3]["x"]`, `null`},
		{`reply?.names[0]?.name`, `"Old Oy"`},
		{`reply.names[-1].name`, `"Side name"`},
		{`reply.names[9].name`, `null`},
		{`reply.names["name"]`, `null`},
		{`reply.total.deeper`, `null`},
		{`reply["address"]["street"]`, `"Katu"`},
		{`reply.address[lang == "sv" ? "street" : "number"]`, `"Katu"`},
		{`find(reply.names, .type == "1" and .endDate == nil).name`, `"New Oy"`},
		{`find(reply.names, .type == "9").name`, `null`},
		{`find(reply.nothing, .type == "9").name`, `null`},
		{`filter(reply.total, true)`, `[]`},
		{`map(reply.names, .type)`, `["1","1","3"]`},
		{`map(reply.address.codes, # * 2)`, `[6,2,4]`},
		{`sum(reply.address.codes)`, `6`},
		{`sum(reply.names, len(.name))`, `21`},
		{`count(reply.names, .endDate == nil)`, `2`},
		{`count(reply.names)`, `3`},
		{`[any(reply.names, .type == "3"), all(reply.names, .type == "3"), none(reply.nothing, true), one(reply.names, .endDate != nil)]`, `[true,false,true,true]`},
		{`len(reply.names) == 3 and len(reply.nothing) == 0 and len("äö") == 2`, `true`},
		{`join([reply.address.street, reply.address.number, reply.address.entrance, reply.none], " ")`, `"Katu 2"`},
		{`join([reply.none], " ")`, `null`},
		{`reply.none ?? reply.empty`, `""`},
		{`reply.address.street + " " + reply.total`, `"Katu 1"`},
		{`reply.address.street + reply.none`, `null`},
		{`reply.total + 1 - 0.5`, `1.5`},
		{`reply.total / 0`, `null`},
		{`reply.total % 0`, `null`},
		{`-reply.none`, `null`},
		{`reply.none > 1`, `null`},
		{`reply.none > 1 or reply.none == nil`, `true`},
		{`not (reply.none > 1)`, `true`},
		{`reply.address.street < 3`, `null`},
		{`"2025-05-12" >= reply.names[0].endDate`, `true`},
		{`reply.names[1] == {"name": "New Oy", type: "1"}`, `true`},
		{`[1, [2]] == [1, [2.0]] and [1] != [1, 2] and reply.names != nil`, `true`},
		{`"091" in [answers.place.municipality]`, `true`},
		{`"street" in reply.address and not ("x" in reply.none) and "x" not in reply.total`, `true`},
		{`reply.city contains "-" and reply.city startsWith "MAA" and reply.city endsWith "HAMN" and not (reply.none contains "x")`, `true`},
		{`reply.city matches "^[A-Z -]+$" and not (reply.total matches "1")`, `true`},
		{`proper(reply.city)`, `"Maarianhamina - Mariehamn"`},
		{`[proper("ÅBO"), proper("Already Written"), proper(reply.none)]`, `["Åbo","Already Written",null]`},
		{`[lower("ÄÖ"), upper("äö"), trim("  x "), string(1.5), string(true), number(reply.amount), number("x"), number(reply.names)]`, `["äö","ÄÖ","x","1.5","true",12.5,null,null]`},
		{`[first(reply.names).name, last(reply.names).name, first(reply.none), first("text")]`, `["Old Oy","Side name",null,null]`},
		{`split("a,b", ",")`, `["a","b"]`},
		{`replace("040 123", " ", "")`, `"040123"`},
		{`[min(3, 1), max([1, "x", 5]), min([]), abs(-2), round(2.5), floor(2.7), ceil(2.1)]`, `[1,5,null,2,3,2,3]`},
		{`let a = find(reply.names, .type == "3"); let b = a.name; b + "!"`, `"Side name!"`},
		{`map(reply.names, {let n = #.name; n})`, `["Old Oy","New Oy","Side name"]`},
		{`map(reply.names, any(reply.address.codes, # == 3))`, `[true,true,true]`},
		{`if reply.yes { "a" } else { "b" }`, `"a"`},
		{`reply.total ? "a" : "b"`, `"b"`}, // only true is true
		{`answers.visitors + 1`, `801`},
		{`person.name`, `"Maija"`},
		{`mandate.organisation.id == nil`, `true`},
		{`reply.names | filter(.type == "1") | map(.name)`, `["Old Oy","New Oy"]`},
		{`nil`, `null`},
	} {
		m, found := CompileMapping(expression(c.source), mappingNames)
		if found.HasErrors() {
			t.Errorf("%s: %v", c.source, found)
			continue
		}
		got, err := m.Eval(env)
		text, _ := json.Marshal(got)
		if err != nil || string(text) != c.want {
			t.Errorf("%s gives %s (%v), want %s", c.source, text, err, c.want)
		}
		if _, err := m.Eval(nil); err != nil {
			t.Errorf("%s fails where nothing is known: %v", c.source, err)
		}
	}
}

// TestMappingFaults holds what is refused, at which column, and what is advised.
func TestMappingFaults(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{`replay.name`, "1 there is no name `replay` here [unknown-name] did you mean `reply`?"},
		{`persn.name`, "1 there is no name `persn` here [unknown-name] did you mean `person`?"},
		{`companies.name`, "1 there is no name `companies` here [unknown-name] did you mean `registers.companies`?"},
		{`person.nam`, "8 `person` has no field `nam` [unknown-field] did you mean `name`?"},
		{`person["nam"]`, "8 `person` has no field `nam` [unknown-field] did you mean `name`?"},
		{`person.name.first`, "13 `person.name` is a single value: it has no `first` [unknown-field] "},
		{`mandate.organisation.business_id`, "22 `mandate.organisation` has no field `business_id` [unknown-field] known are `id`, `name`"},
		{`registers.company.name`, "11 there is no register `company` [unknown-register] did you mean `companies`?"},
		{`registers.companies.nmae`, "21 the register `companies` does not give `nmae` [unknown-field] did you mean `name`?"},
		{`answers.visitor`, "9 there is no question `visitor` [unknown-question] did you mean `visitors`?"},
		{`mandate`, "1 `mandate` is no single value [wrong-type] write `mandate.organisation`"},
		{`reply.name + now()`, "14 there is no function `now` here [unknown-function] a mapping never reads the clock"},
		{`uper(reply.name)`, "1 there is no function `uper` here [unknown-function] did you mean `upper`?"},
		{`reply.name.trim()`, "12 only a function can be called [bad-expression] "},
		{`join()`, "1 join does not take 0 values [wrong-type] write `join([a.street, a.number], \" \")`"},
		{`reply.name matches reply.pattern`, "26 a pattern stands in quotation marks [wrong-type] write matches \"^[0-9]+$\""},
		{`reply.name matches "("`, "20 this pattern cannot be read [bad-constant] "},
		{`1..9`, "2 `..` is not part of the language [bad-expression] see `Expressions` in docs/registers.md"},
		{`2 ** 9`, "3 `**` is not part of the language [bad-expression] see `Expressions` in docs/registers.md"},
		{`reply.names[1:2]`, "12 this construct is not part of the language [bad-expression] see `Expressions` in docs/registers.md"},
		{`reply.a ?? reply.b + 1`, "20 `??` beside another operator needs brackets [bad-expression] write `(a ?? b) + c`"},
		{`sort(reply.names)`, "1 there is no function `sort` here [unknown-function] "},
		{`filter(reply.names)`, "19 this expression cannot be read here [bad-expression] "},
		{`a.b + c.d`, "1 there is no name `a` here [unknown-name] known are `answers`, `lang`, `mandate`, `person`, `registers`, `reply`"},
		{`reply.name and`, "14 the expression ends too early [bad-expression] something is missing after the last word or operator"},
	} {
		m, found := CompileMapping(expression(c.source), mappingNames)
		if m != nil || len(found) == 0 {
			t.Errorf("%s is taken", c.source)
			continue
		}
		d := found[0]
		if got := fmt.Sprintf("%d %s [%s] %s", d.At.Column, d.Message, d.Rule, d.Suggestion); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.source, got, c.want)
		}
	}
}

// TestMappingBudget holds that no expression on no data takes long or fills the memory.
func TestMappingBudget(t *testing.T) {
	items := make([]any, 20_000)
	for i := range items {
		items[i] = float64(i)
	}
	deep := any("x")
	for range 9_000 {
		deep = []any{deep}
	}
	env := map[string]any{"reply": map[string]any{"items": items, "text": strings.Repeat("ab", 300_000), "deep": deep}}
	for _, source := range []string{
		`sum(reply.items, sum(reply.items))`,
		`map(reply.items, reply.items)`,
		`map(reply.items, reply.text + reply.text)`,
		`replace(reply.text, "a", reply.text)`,
		`join(map(reply.items, reply.text))`,
		`any(reply.items, reply.items == map(reply.items, # + 1))`,
		`reply.deep`,
		`map(reply.items, split(reply.text, "b"))`,
	} {
		m, found := CompileMapping(expression(source), mappingNames)
		if found.HasErrors() {
			t.Fatal(found)
		}
		begun := time.Now()
		if _, err := m.Eval(env); !errors.Is(err, ErrMappingTooLong) {
			t.Errorf("%s: %v", source, err)
		}
		if took := time.Since(begun); took > 3*time.Second {
			t.Errorf("%s took %v", source, took)
		}
	}
}

// TestMappingCopies holds that what a mapping gives can be changed without changing what it was taken from.
func TestMappingCopies(t *testing.T) {
	reply := map[string]any{"list": []any{map[string]any{"a": 1.0}}}
	m, _ := CompileMapping(expression(`reply.list`), mappingNames)
	got, err := m.Eval(map[string]any{"reply": reply})
	if err != nil {
		t.Fatal(err)
	}
	got.([]any)[0].(map[string]any)["a"] = 2.0
	if reply["list"].([]any)[0].(map[string]any)["a"] != 1.0 {
		t.Error("the reply has changed")
	}
}

func TestMappingUses(t *testing.T) {
	for source, want := range map[string][2]string{
		`person.given_name + " " + person.family_name`:           {"[person.given_name person.family_name]", "[person]"},
		`registers.companies.name ?? registers.companies.city`:   {"[registers.companies.name registers.companies.city]", "[registers.companies]"},
		`mandate.organisation.id == nil ? person.name : nil`:     {"[mandate.organisation.id person.name]", "[person]"},
		`answers.place.municipality`:                             {"[answers.place.municipality]", "[answers]"},
		`person.name ?? answers.visitors`:                        {"[person.name answers.visitors]", "[person answers]"},
		`let n = registers.companies.name; lang == "sv" ? n : n`: {"[registers.companies.name lang]", "[registers.companies]"},
		`person[lang]`: {"[person lang]", "[person]"},
	} {
		m, found := CompileMapping(expression(source), mappingNames)
		if found.HasErrors() {
			t.Fatal(found)
		}
		if got := fmt.Sprint(m.Uses()); got != want[0] {
			t.Errorf("%s uses %s, want %s", source, got, want[0])
		}
		if got := fmt.Sprint(m.takesFrom()); got != want[1] {
			t.Errorf("%s takes from %s, want %s", source, got, want[1])
		}
	}
}

func TestPersonalIDInAnAddress(t *testing.T) {
	for source, exposed := range map[string]bool{`person.personal_id`: true, `person["personal_id"]`: true, `person[lang]`: true, `lower(person.personal_id ?? "")`: true,
		`person.personal_id == nil ? "a" : "b"`: true, `person.name`: false, `mandate.organisation.id`: false} {
		d := &definitions.Register{ID: "x", Query: []definitions.Named{{Name: definitions.Scalar{Value: "q"}, Is: expression(source)}}}
		_, found := CompileRegister(d, nil)
		if got := len(found) == 1 && found[0].Rule == "exposed-personal-id"; got != exposed {
			t.Errorf("%s: %v", source, found)
		}
	}
}

// FuzzMapping holds that no expression brings the program down, whatever it is evaluated on.
func FuzzMapping(f *testing.F) {
	for _, s := range []string{`reply.a[0].b`, `find(reply, .x == 1).y ?? "z"`, `let a = reply; map(a, {let b = #; b})`, `join(split(reply.t, ","), 3)`, `replace(reply.t, "", "x") matches "a"`, `{a: {b: [1, nil]}}.a.b[-1]`} {
		f.Add(s, `{"a": [{"b": 1}], "t": "x,y"}`)
	}
	f.Fuzz(func(t *testing.T, source, data string) {
		m, found := CompileMapping(expression(source), mappingNames)
		if (m == nil) != found.HasErrors() {
			t.Fatalf("%v, %v", m, found)
		}
		if m == nil {
			return
		}
		var reply any
		_ = json.Unmarshal([]byte(data), &reply)
		env := map[string]any{"reply": reply, "lang": "fi"}
		got, err := m.Eval(env)
		if _, failed := json.Marshal(got); failed != nil {
			t.Errorf("%s gives what JSON does not have: %v", source, failed)
		}
		if again, twice := m.Eval(env); !reflect.DeepEqual(got, again) || (err == nil) != (twice == nil) {
			t.Errorf("%s gives %v, then %v", source, got, again)
		}
	})
}

// TestMappingFunctionsAreDescribed holds that docs/registers.md names every function.
func TestMappingFunctionsAreDescribed(t *testing.T) {
	page, err := os.ReadFile("../docs/registers.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range mappingFunctionNames() {
		if !strings.Contains(string(page), "`"+name+"`") && !strings.Contains(string(page), "`"+name+"(") {
			t.Errorf("the function %s is nowhere on the page", name)
		}
	}
}

// TestShippedSourcesNameQuestions holds what compiling cannot: that every question that a shared term or register names is one of a
// shipped bundle.
func TestShippedSourcesNameQuestions(t *testing.T) {
	lib, _ := definitions.Load(definitions.Embedded())
	answers := AnswerNames(lib.Bundles...)
	_, found := CompilePrefill(lib.Shared.Terms, lib.Shared.Registers, answers)
	for _, r := range lib.Shared.Registers {
		_, more := CompileRegister(r, answers)
		found = append(found, more...)
	}
	for _, d := range found {
		t.Errorf("%s: %s", d.At, d.Message)
	}
	if len(lib.Shared.Registers) == 0 || len(answers) < 20 {
		t.Errorf("%d registers, %d questions", len(lib.Shared.Registers), len(answers))
	}
}
