package engine

import (
	"fmt"
	"sort"

	"github.com/expr-lang/expr/ast"
)

// signature is what a function takes and gives.
type signature struct {
	op    op
	takes [][]kindCode // for each argument the kinds it may have
	gives kindCode
	usage string
	more  bool // the last argument may repeat
}

var (
	days    = []kindCode{kindDate, kindDateTime}
	moments = []kindCode{kindDateTime}
	numbers = []kindCode{kindNumber}
	texts   = []kindCode{kindText}
)

var functions = map[string]signature{
	"date":          {opDateOf, [][]kindCode{{kindDateTime, kindDate}}, kindDate, "date(starts_at)", false},
	"time":          {opTimeOf, [][]kindCode{moments}, kindTime, "time(starts_at)", false},
	"hour":          {opHour, [][]kindCode{{kindDateTime, kindTime}}, kindNumber, "hour(ends_at)", false},
	"weekday":       {opWeekday, [][]kindCode{days}, kindNumber, "weekday(starts_at)", false},
	"at":            {opAt, [][]kindCode{days, {kindText, kindTime}}, kindDateTime, `at(starts_at, "22:00")`, false},
	"days_between":  {opDaysBetween, [][]kindCode{days, days}, kindNumber, "days_between(starts_at, ends_at)", false},
	"hours_between": {opHoursBetween, [][]kindCode{moments, moments}, kindNumber, "hours_between(starts_at, ends_at)", false},
	"outside_hours": {opOutsideHours, [][]kindCode{moments, moments, {kindHours}}, kindBool, "outside_hours(starts_at, ends_at, parameters.quiet)", false},
	"abs":           {opCall, [][]kindCode{numbers}, kindNumber, "abs(x)", false},
	"floor":         {opCall, [][]kindCode{numbers}, kindNumber, "floor(x)", false},
	"ceil":          {opCall, [][]kindCode{numbers}, kindNumber, "ceil(x)", false},
	"round":         {opCall, [][]kindCode{numbers}, kindNumber, "round(x)", false},
	"min":           {opCall, [][]kindCode{numbers, numbers}, kindNumber, "min(a, b)", true},
	"max":           {opCall, [][]kindCode{numbers, numbers}, kindNumber, "max(a, b)", true},
	"lower":         {opCall, [][]kindCode{texts}, kindText, "lower(x)", false},
	"upper":         {opCall, [][]kindCode{texts}, kindText, "upper(x)", false},
	"trim":          {opCall, [][]kindCode{texts}, kindText, "trim(x)", false},
}

// special are the functions with rules of their own for their arguments.
var special = []string{"needed", "exists", "len", "any", "all", "none", "one", "count", "sum"}

func functionNames() []string {
	names := append([]string(nil), special...)
	for n := range functions {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

func (k *checker) call(n ast.Node, name string, args []ast.Node) *node {
	switch name {
	case "needed":
		return k.needed(n, args)
	case "exists":
		if len(args) != 1 {
			return k.at(n, "wrong-type", "exists(…) takes one parameter", "write `exists(parameters.x)`")
		}
		p := k.node(args[0])
		if p.kind.code == kindBad {
			return p
		}
		if p.op != opParam {
			return k.at(args[0], "wrong-type", "exists(…) asks whether a parameter has a value at the place", "write `exists(parameters.x)`")
		}
		return &node{op: opExists, kind: boolKind, param: p.param}
	case "len":
		if len(args) != 1 {
			return k.at(n, "wrong-type", "len(…) takes one set or list", "")
		}
		a := k.node(args[0])
		switch a.kind.code {
		case kindBad:
			return a
		case kindChoices, kindMunicipalities, kindPlaces, kindList, kindValues:
			return &node{op: opLen, kind: numberKind, args: []*node{a}}
		}
		return k.at(args[0], "wrong-type", fmt.Sprintf("len(…) counts a set or a list, but this is %s", a.kind.words()), "")
	case "any", "all", "none", "one", "count", "sum":
		return k.quantifier(n, name, args)
	}
	sig, ok := functions[name]
	if !ok {
		suggestion := didYouMean(name, functionNames())
		switch {
		case name == "now":
			suggestion = "a rule never reads the clock; compare with a date that the customer answers"
		case k.s.questions[name] != nil || k.s.facts[name] != nil:
			suggestion = fmt.Sprintf("`%s` is a question or a fact: write it without brackets, with an operator", name)
		}
		return k.at(n, "unknown-function", fmt.Sprintf("there is no function `%s`", name), suggestion)
	}
	if len(args) < len(sig.takes) || len(args) > len(sig.takes) && !sig.more {
		return k.at(n, "wrong-type", fmt.Sprintf("%s takes %d values, here are %d", name, len(sig.takes), len(args)), "write `"+sig.usage+"`")
	}
	r := &node{op: sig.op, kind: kind{code: sig.gives}, name: name}
	bad := false
	for i, a := range args {
		x := k.node(a)
		if x.kind.code == kindBad {
			bad = true
			continue
		}
		allowed := sig.takes[min(i, len(sig.takes)-1)]
		fits := false
		for _, c := range allowed {
			fits = fits || c == x.kind.code
		}
		if !fits {
			k.at(a, "wrong-type", fmt.Sprintf("%s takes %s here, but this is %s", name, kind{code: allowed[0]}.words(), x.kind.words()), "write `"+sig.usage+"`")
			bad = true
			continue
		}
		if name == "at" && i == 1 && x.kind.code == kindText {
			m, ok := parseTime(x.val.s)
			if x.op != opConst || !ok {
				k.at(a, "bad-constant", "this is not a time of day", `a time is written "22:00"`)
				bad = true
				continue
			}
			x = constant(kind{code: kindTime}, numberValue(m))
		}
		r.args = append(r.args, x)
	}
	if bad {
		return constant(badKind, value{})
	}
	return r
}

func (k *checker) needed(n ast.Node, args []ast.Node) *node {
	if len(args) != 1 {
		return k.at(n, "wrong-type", "needed(…) takes the id of one requirement", `write needed("rescue-plan")`)
	}
	id, ok := args[0].(*ast.StringNode)
	if !ok {
		hint := `write needed("rescue-plan")`
		if name, isName := args[0].(*ast.IdentifierNode); isName {
			hint = fmt.Sprintf("write needed(\"%s\")", name.Value)
		}
		return k.at(args[0], "wrong-type", "needed(…) takes the id of a requirement in quotation marks", hint)
	}
	r, ok := k.s.requirements[id.Value]
	if !ok {
		return k.at(id, "unknown-requirement", fmt.Sprintf("there is no requirement `%s`", id.Value), didYouMean(id.Value, sortedKeys(k.s.requirements)))
	}
	return &node{op: opNeeded, kind: boolKind, req: r}
}

func (k *checker) quantifier(n ast.Node, name string, args []ast.Node) *node {
	if len(args) == 0 {
		return k.at(n, "wrong-type", name+"(…) takes a set or list and a condition", "")
	}
	of := k.node(args[0])
	if of.kind.code == kindBad {
		return of
	}
	var e element
	switch of.kind.code {
	case kindChoices:
		e.kind = kind{code: kindChoice, options: of.kind.options}
	case kindMunicipalities:
		e.kind = kind{code: kindMunicipality}
	case kindList:
		e.kind, e.list = kind{code: kindItem, options: of.kind.options}, of.kind.options
	default:
		return k.at(args[0], "wrong-type", fmt.Sprintf("%s(…) looks through a set or a list, but this is %s", name, of.kind.words()), "")
	}
	ops := map[string]op{"any": opAny, "all": opAll, "none": opNone, "one": opOne, "count": opCount, "sum": opSum}
	r := &node{op: ops[name], kind: boolKind, args: []*node{of}}
	if name == "count" || name == "sum" {
		r.kind = numberKind
	}
	if len(args) < 2 {
		if name == "count" {
			r.op = opLen
			return r
		}
		return k.at(n, "wrong-type", name+"(…) takes a set or list and what to look at", fmt.Sprintf("write `%s(x, …)`", name))
	}
	predicate, ok := args[1].(*ast.PredicateNode)
	if !ok {
		return k.at(n, "wrong-type", name+"(…) takes a condition", "")
	}
	k.element = append(k.element, e)
	body := k.node(predicate.Node)
	k.element = k.element[:len(k.element)-1]
	if body.kind.code == kindBad {
		return body
	}
	if name == "sum" && body.kind.code != kindNumber {
		return k.at(predicate.Node, "wrong-type", fmt.Sprintf("sum(…) adds numbers, but this is %s", body.kind.words()), "")
	}
	if name != "sum" && body.kind.code != kindBool {
		return k.at(predicate.Node, "wrong-type", fmt.Sprintf("%s(…) takes a condition, but this is %s", name, body.kind.words()), "")
	}
	r.args = append(r.args, body)
	return r
}
