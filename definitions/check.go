package definitions

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// checkBundle checks what belongs together within a bundle and can be seen without evaluating anything.
func (l *loader) checkBundle(b *builtBundle) {
	for _, q := range b.Questions {
		l.checkQuestion(b, q)
	}
	for _, p := range b.Parameters {
		l.checkParameter(p)
	}
	for _, t := range b.Tables {
		l.checkTable(t)
	}
	for _, q := range b.Requirements {
		if len(q.Needed) == 0 && len(q.Ask) == 0 && !q.torn && !b.scope.isBroken() {
			l.warn(q.At, "no-ground", "add `needed` or `ask`", "requirement `%s` has no ground, so it is never needed", q.ID)
		}
		for kind, refs := range map[string][]Ref{"after": q.After, "covered-by": q.CoveredBy, "excludes": q.Excludes} {
			for _, r := range refs {
				if r.ID() == q.ID {
					l.error(r.At, "self-reference", "remove it", "requirement `%s` names itself in `%s`", q.ID, kind)
				}
			}
		}
	}
	for _, p := range b.Processes {
		l.checkProcess(p)
	}
	for _, f := range b.Forms {
		l.checkForm(b, f)
	}
	questions := make(map[string]*Question, len(b.Questions))
	for _, q := range b.Questions {
		questions[q.ID] = q
	}
	needs := make(map[string]*Requirement, len(b.Requirements))
	for _, q := range b.Requirements {
		needs[q.ID] = q
	}
	names := map[string]*Scenario{}
	for _, s := range b.Scenarios {
		if first := names[s.Name]; first != nil && s.Name != "" {
			l.log.add(duplicateID(Scalar{Value: s.Name, At: s.At}, first.At, fmt.Sprintf("two scenarios are called `%s`", cut(s.Name))))
		}
		names[s.Name] = s
		l.checkScenario(b, s, questions, needs)
	}
}

func (l *loader) error(at Position, rule, suggestion, format string, args ...any) {
	l.log.add(Diagnostic{At: at, Severity: Error, Rule: rule, Message: fmt.Sprintf(format, args...), Suggestion: suggestion})
}

func (l *loader) warn(at Position, rule, suggestion, format string, args ...any) {
	l.log.add(Diagnostic{At: at, Severity: Warning, Rule: rule, Message: fmt.Sprintf(format, args...), Suggestion: suggestion})
}

// keysOfTypes says which keys of a question belong to which types.
var keysOfTypes = []struct {
	key   string
	types []Type
	given func(*Question) bool
}{
	{"options", []Type{Choice, Choices}, func(q *Question) bool { return len(q.Options) > 0 }},
	{"min", []Type{Integer, Number, Money, DateType, Time, DateTime}, func(q *Question) bool { return q.Min != nil }},
	{"max", []Type{Integer, Number, Money, DateType, Time, DateTime}, func(q *Question) bool { return q.Max != nil }},
	{"unit", []Type{Integer, Number, Money}, func(q *Question) bool { return !q.Unit.Empty() }},
	{"many", []Type{Municipality, PlaceType}, func(q *Question) bool { return q.Many }},
	{"of", []Type{List}, func(q *Question) bool { return len(q.Of) > 0 }},
}

func (l *loader) checkQuestion(b *builtBundle, q *Question) {
	if q.Type == "" {
		return
	}
	for _, k := range keysOfTypes {
		if k.given(q) && !slices.Contains(k.types, q.Type) {
			l.error(q.At, "key-of-other-type", fmt.Sprintf("remove `%s`, or change the type", k.key), "question `%s` has the type %s; `%s` is only for %s", q.ID, q.Type, k.key, typeNames(k.types))
		}
	}
	switch {
	case (q.Type == Choice || q.Type == Choices) && len(q.Options) == 0:
		l.error(q.At, "missing-key", "add `options: {id: text}`", "question `%s` has the type %s but no `options`", q.ID, q.Type)
	case q.Type == List && len(q.Of) == 0:
		l.error(q.At, "missing-key", "add `of` with the fields of a record", "question `%s` has the type list but no `of`", q.ID)
	}
	if q.Group.ID() == "" && !q.Form && len(b.Groups) > 0 && b.scope.question(q.ID) == q {
		l.error(q.At, "missing-key", "add `group: …`", "question `%s` has no `group`; every question is on a page of the questionnaire", q.ID)
	}
	var limits [2]*Scalar
	for i, limit := range []*Scalar{q.Min, q.Max} {
		if limit == nil {
			continue
		}
		if !slices.Contains(keysOfTypes[1].types, q.Type) {
			continue
		}
		if expected := notOfType(*limit, q.Type); expected != "" {
			l.error(limit.At, "bad-limit", "", "`%s` is not %s; question `%s` has the type %s", cut(limit.Value), expected, q.ID, q.Type)
			continue
		}
		limits[i] = limit
	}
	if limits[0] != nil && limits[1] != nil && after(*limits[0], *limits[1], q.Type) {
		l.error(q.Max.At, "bad-limit", "", "the greatest answer %s is less than the least %s", q.Max.Value, q.Min.Value)
	}
	for _, f := range q.Of {
		l.checkQuestion(b, f)
	}
}

func typeNames(types []Type) string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = string(t)
	}
	return listed(names, len(names))
}

// notOfType says what a value of a type would have been, "" when the scalar is one.
func notOfType(s Scalar, t Type) string {
	ok, expected := true, ""
	switch t {
	case Boolean:
		ok, expected = s.Value == "true" || s.Value == "false", "true or false"
	case Integer:
		_, err := strconv.ParseInt(s.Value, 10, 64)
		ok, expected = err == nil && !s.Quoted, "a whole number"
	case Number, Money:
		ok, expected = plainNumber.MatchString(s.Value) && !s.Quoted, "a number"
	case DateType:
		_, ok = ParseDate(s.Value)
		expected = "a date such as 2026-01-31"
	case Time:
		ok, expected = clockPattern.MatchString(s.Value), "a time such as \"22:00\""
	case DateTime:
		day, clock, cut := strings.Cut(s.Value, "T")
		_, isDate := ParseDate(day)
		ok, expected = cut && isDate && clockPattern.MatchString(clock), "a day and time such as 2026-07-05T18:00"
	}
	if ok {
		return ""
	}
	return expected
}

// after reports whether one value of a type is greater than another.
func after(a, b Scalar, t Type) bool {
	if t == Integer || t == Number || t == Money {
		x, _ := strconv.ParseFloat(a.Value, 64)
		y, _ := strconv.ParseFloat(b.Value, 64)
		return x > y
	}
	return a.Value > b.Value
}

// checkParameter reports two values between which nothing decides.
func (l *loader) checkParameter(p *Parameter) {
	type when struct {
		from  Date
		where string
	}
	seen := map[when]Position{}
	for _, v := range p.Values {
		places := []string{""}
		if len(v.Where) > 0 {
			places = places[:0]
			for _, w := range v.Where {
				places = append(places, w.ID())
			}
		}
		for _, place := range places {
			k := when{v.From, place}
			first, twice := seen[k]
			if !twice {
				seen[k] = v.At
				continue
			}
			from, where := "without `from`", "everywhere"
			if v.From != NoDate {
				from = "from " + v.From.String()
			}
			if place != "" {
				where = "for " + place
			}
			l.log.add(Diagnostic{At: v.At, Severity: Error, Rule: "duplicate-value", Message: fmt.Sprintf("parameter `%s` has two values %s %s", p.ID, where, from),
				Suggestion: "give one of them another `from`, or remove it", Related: []Related{{At: first, Message: "the other value is here"}}})
			break
		}
	}
}

func (l *loader) checkTable(t *Table) {
	seen := map[string]Position{}
	for _, o := range t.Gives {
		if first, twice := seen[o.ID]; twice {
			l.log.add(duplicateID(Scalar{Value: o.ID, At: o.At}, first, fmt.Sprintf("table `%s` gives `%s` twice", t.ID, cut(o.ID))))
			continue
		}
		seen[o.ID] = o.At
		if len(o.Values) == 0 {
			continue
		}
		for i := range t.Rows {
			for j, cell := range t.Rows[i].Gives {
				if t.Gives[j].ID == o.ID && !slices.ContainsFunc(o.Values, func(s Scalar) bool { return s.Value == cell.Value }) {
					l.error(cell.At, "unknown-word", didYouMean(cell.Value, scalarValues(o.Values)), "`%s` is not one of the values of `%s`", cut(cell.Value), o.ID)
				}
			}
		}
	}
}

func scalarValues(list []Scalar) []string {
	values := make([]string, len(list))
	for i, s := range list {
		values[i] = s.Value
	}
	return values
}

// checkProcess checks that a process moves between its own states and can end.
func (l *loader) checkProcess(p *Process) {
	known := map[string]bool{}
	ends := false
	for _, s := range p.States {
		known[s.ID] = true
		ends = ends || s.Ends
	}
	check := func(refs ...Ref) {
		for _, r := range refs {
			if r.ID() != "" && !known[r.ID()] && !l.log.full(r.At.File) {
				l.error(r.At, "unknown-state", didYouMean(r.ID(), keysOf(known)), "process `%s` has no state `%s`", p.ID, cut(r.ID()))
			}
		}
	}
	check(p.Begins)
	reached := map[string]bool{p.Begins.ID(): true}
	for _, a := range p.Actions {
		check(a.From...)
		check(a.To...)
		check(a.During...)
		if len(a.During) > 0 == (len(a.From) > 0 || len(a.To) > 0) {
			l.error(a.At, "missing-key", "give `from` and `to`, or `during`", "action `%s` of process `%s` needs either `from` and `to`, or `during`", a.ID, p.ID)
		}
		for _, to := range a.To {
			reached[to.ID()] = true
		}
	}
	for _, s := range p.States {
		if !reached[s.ID] {
			l.warn(s.At, "unreached-state", "add an action that goes `to` it, or remove it", "no action of process `%s` goes to state `%s`", p.ID, s.ID)
		}
	}
	if !ends && len(p.States) > 0 {
		l.error(p.At, "endless-process", "add `ends: true` to a state", "process `%s` has no state in which it ends", p.ID)
	}
}

// checkForm checks the answers and terms that a form refers to, at any depth.
func (l *loader) checkForm(b *builtBundle, f *Form) {
	terms := map[string]bool{}
	for _, id := range b.scope.known("term") {
		terms[id] = true
		for i, c := range id {
			if c == '.' {
				terms[id[:i]] = true
			}
		}
	}
	var walk func(v *Value)
	walk = func(v *Value) {
		if v == nil {
			return
		}
		if x := v.Get("x-answer"); x != nil && x.Kind == ScalarValue && !b.scope.has("question", x.Scalar.Value) && !b.scope.isBroken() && !l.log.full(x.At.File) {
			l.error(x.Scalar.At, "unknown-question", didYouMean(x.Scalar.Value, b.scope.known("question")), "there is no question `%s`", cut(x.Scalar.Value))
		}
		if x := v.Get("$ref"); x != nil && x.Kind == ScalarValue {
			// A term with parts is referred to as a whole: `organiser` for organiser.name.
			if id, isTerm := strings.CutPrefix(x.Scalar.Value, "term:"); isTerm && !terms[id] && !b.scope.isBroken() && !l.log.full(x.At.File) {
				l.error(x.Scalar.At, "unknown-term", didYouMean(id, keysOf(terms)), "there is no term `%s`", cut(id))
			}
		}
		for _, item := range v.Items {
			walk(item)
		}
	}
	walk(f.Schema)
}

// checkScenario checks the questions, the options and the form of the answers of a scenario.
func (l *loader) checkScenario(b *builtBundle, s *Scenario, questions map[string]*Question, needs map[string]*Requirement) {
	if s.On != NoDate && !slices.ContainsFunc(b.Overlays, func(o *Overlay) bool { return o.File == s.OnAt.File }) {
		switch {
		case b.From != NoDate && s.On < b.From:
			l.error(s.OnAt, "scenario-out-of-time", "give a later day", "on %s this version is not in force yet; it begins on %s", s.On, b.From)
		case b.Until != NoDate && s.On > b.Until:
			l.error(s.OnAt, "scenario-out-of-time", "give an earlier day", "on %s this version is not in force any more; it ends on %s", s.On, b.Until)
		}
	}
	if s.Answers == nil {
		return
	}
	if s.Answers.Kind != MapValue {
		l.error(s.Answers.At, "wrong-shape", "write {question: answer}", "expected answers by question id")
		return
	}
	for i, k := range s.Answers.Keys {
		q := questions[k.Value]
		if q == nil {
			if !b.scope.isBroken() && !l.log.full(k.At.File) {
				known := make([]string, 0, len(questions))
				for id := range questions {
					known = append(known, id)
				}
				l.error(k.At, "unknown-question", didYouMean(k.Value, known), "there is no question `%s`", cut(k.Value))
			}
			continue
		}
		l.checkAnswer(q, s.Answers.Items[i])
	}
	for id, grounds := range s.Why {
		q := needs[id]
		if q == nil {
			continue
		}
		var known []string
		for _, list := range [][]*Ground{q.Needed, q.Unless, q.Ask} {
			for _, g := range list {
				known = append(known, g.ID)
			}
		}
		for _, g := range grounds {
			if !slices.Contains(known, g.ID()) {
				l.error(g.At, "unknown-ground", didYouMean(g.ID(), known), "requirement `%s` has no ground `%s`", id, cut(g.ID()))
			}
		}
	}
}

func (l *loader) checkAnswer(q *Question, v *Value) {
	wrong := func(v *Value, expected string) {
		l.error(v.At, "wrong-answer", "", "the answer to `%s` is not %s; the question has the type %s", q.ID, expected, q.Type)
	}
	if v.Kind == ScalarValue && !v.Scalar.Quoted && (v.Scalar.Value == "null" || v.Scalar.Value == "~" || v.Scalar.Value == "") {
		return // not answered
	}
	several := func(each func(*Value)) {
		if v.Kind != ListValue {
			wrong(v, "a list")
			return
		}
		for _, item := range v.Items {
			each(item)
		}
	}
	option := func(v *Value) {
		if v.Kind == ScalarValue && (slices.ContainsFunc(q.Options, func(o Option) bool { return o.ID == v.Scalar.Value }) || l.log.full(v.At.File)) {
			return
		}
		known := make([]string, len(q.Options))
		for i, o := range q.Options {
			known[i] = o.ID
		}
		switch {
		case v.Kind != ScalarValue:
			wrong(v, "an option's id")
		default:
			suggestion := didYouMean(v.Scalar.Value, known)
			if suggestion == "" {
				suggestion = "the options are " + listed(known, 20)
			}
			l.error(v.At, "unknown-option", suggestion, "question `%s` has no option `%s`", q.ID, cut(v.Scalar.Value))
		}
	}
	municipality := func(v *Value) {
		switch {
		case v.Kind != ScalarValue:
			wrong(v, "a municipality's code")
		case !v.Scalar.Quoted && numeric.MatchString(v.Scalar.Value):
			l.error(v.At, "unquoted-code", fmt.Sprintf("write \"%s\"", v.Scalar.Value), "a municipality code must stand in quotes; without them `%s` is read as a number", cut(v.Scalar.Value))
		case len(l.lib.Shared.Municipalities) > 0 && l.lib.Shared.Municipality(v.Scalar.Value) == nil:
			l.error(v.At, "unknown-place", "a code has three digits, such as \"091\"", "there is no municipality `%s`", cut(v.Scalar.Value))
		}
	}
	place := func(v *Value) {
		if v.Kind != MapValue || v.Get("municipality") == nil {
			wrong(v, "a place: {municipality: \"091\"}")
			return
		}
		municipality(v.Get("municipality"))
	}
	switch q.Type {
	case Choice:
		option(v)
	case Choices:
		several(option)
	case Municipality:
		if q.Many {
			several(municipality)
		} else {
			municipality(v)
		}
	case PlaceType:
		if q.Many {
			several(place)
		} else {
			place(v)
		}
	case Period:
		if v.Kind != MapValue || v.Get("from") == nil || v.Get("to") == nil {
			wrong(v, "a period: {from: 2026-07-05, to: 2026-07-07}")
		}
	case List:
		several(func(item *Value) {
			if item.Kind != MapValue {
				wrong(item, "a record")
				return
			}
			for i, k := range item.Keys {
				j := slices.IndexFunc(q.Of, func(f *Question) bool { return f.ID == k.Value })
				if j < 0 {
					known := make([]string, len(q.Of))
					for n, f := range q.Of {
						known[n] = f.ID
					}
					l.error(k.At, "unknown-field", didYouMean(k.Value, known), "the records of `%s` have no field `%s`", q.ID, cut(k.Value))
					continue
				}
				l.checkAnswer(q.Of[j], item.Items[i])
			}
		})
	case "":
	default:
		if v.Kind != ScalarValue {
			wrong(v, "a single value")
		} else if expected := notOfType(v.Scalar, q.Type); expected != "" {
			wrong(v, expected)
		} else if q.Type == Time && !v.Scalar.Quoted {
			l.error(v.At, "unquoted-time", fmt.Sprintf("write \"%s\"", v.Scalar.Value), "a time must stand in quotes; without them many programs read `%s` as a number of base 60", v.Scalar.Value)
		}
	}
}
