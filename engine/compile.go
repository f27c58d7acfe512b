package engine

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"luvat/definitions"
)

// compiler compiles one bundle. Its stages are a list: each needs what those before it made, and none stops at a fault.
type compiler struct {
	lib     *definitions.Library
	engine  *Engine
	bundle  *definitions.Bundle
	program *Program
	scope   *scope
	grounds int
	found   definitions.Diagnostics
}

var stages = []struct {
	name string
	run  func(*compiler)
}{
	{"questions", (*compiler).declareQuestions},       // names first: everything refers to them
	{"parameters", (*compiler).declareParameters},     //
	{"tables", (*compiler).declareTables},             // columns, not yet cells
	{"facts", (*compiler).declareFacts},               //
	{"requirements", (*compiler).declareRequirements}, // ids, so that needed("x") finds them
	{"relevance", (*compiler).checkQuestions},         // when of questions
	{"fact bodies", (*compiler).checkFacts},           //
	{"table cells", (*compiler).checkTables},          //
	{"grounds", (*compiler).checkRequirements},        // conditions, routes, leads, fees, attachments
	{"rules", (*compiler).checkRules},                 // impossible, warnings
	{"cycles", (*compiler).checkCycles},               // of when and of needed: only now every tree is there
	{"size", (*compiler).checkSize},                   // what the rest may walk in full
	{"locality", (*compiler).findLocal},               // which grounds read local parameters
	{"epochs", (*compiler).cutTime},                   // days on which a parameter changes
	{"sense", (*compiler).checkSense},                 // what never or always holds: needs the model, so only without errors
	{"overlaps", (*compiler).checkOverlaps},           // rows of a table that should not match together
	{"opacity", (*compiler).checkOpaque},              // what runs but cannot be proven
	{"scenarios", (*compiler).checkScenarios},         // answers are of their questions' types
}

// Compile checks and compiles every bundle version of a library. The engine is complete only when the diagnostics have no errors;
// bundles without errors can be used in any case.
func Compile(lib *definitions.Library) (*Engine, definitions.Diagnostics) {
	e := &Engine{Library: lib}
	var found definitions.Diagnostics
	e.indexAreas()
	calendar, err := NewCalendar(lib.Shared.Holidays)
	if err != nil {
		found = append(found, definitions.Diagnostic{Severity: definitions.Error, Rule: "bad-holiday", Message: err.Error()})
		calendar, _ = NewCalendar(nil)
	}
	e.Calendar = calendar
	for _, b := range lib.Bundles {
		c := &compiler{lib: lib, engine: e, bundle: b}
		c.program = &Program{Bundle: b, engine: e, models: map[int]*model{}}
		c.scope = &scope{c: c, bundle: b, questions: map[string]*question{}, facts: map[string]*fact{}, params: map[string]*param{},
			tables: map[string]*table{}, requirements: map[string]*requirement{}}
		c.program.scope = c.scope
		for _, s := range stages {
			s.run(c)
		}
		found = append(found, c.found...)
		if !c.found.HasErrors() {
			e.programs = append(e.programs, c.program)
		}
	}
	found = append(found, checkRegisters(lib)...)
	found.Sort()
	return e, found
}

func (c *compiler) report(d definitions.Diagnostic) { c.found = append(c.found, d) }

func (c *compiler) problem(at definitions.Position, rule, suggestion, format string, args ...any) {
	c.report(definitions.Diagnostic{At: at, Severity: definitions.Error, Rule: rule, Message: fmt.Sprintf(format, args...), Suggestion: suggestion})
}

func (c *compiler) advise(at definitions.Position, rule, suggestion, format string, args ...any) {
	c.report(definitions.Diagnostic{At: at, Severity: definitions.Warning, Rule: rule, Message: fmt.Sprintf(format, args...), Suggestion: suggestion})
}

func (c *compiler) municipalityHint(text string) string {
	names := make([]string, 0, 2*len(c.lib.Shared.Municipalities))
	code := map[string]string{}
	for _, m := range c.lib.Shared.Municipalities {
		for _, n := range m.Name.By {
			code[n] = m.Code
			names = append(names, n)
		}
		code[m.Code] = m.Code
	}
	if n, err := strconv.Atoi(text); err == nil && len(text) < 3 {
		if m := c.lib.Shared.Municipality(fmt.Sprintf("%03d", n)); m != nil {
			return fmt.Sprintf("a code has three digits: \"%s\" is %s", m.Code, m.Name.In(definitions.Finnish))
		}
	}
	if near := definitions.Nearest(text, names); near != "" {
		return fmt.Sprintf("write the code: \"%s\" is %s", code[near], near)
	}
	return `write the three-digit code, as in "091"`
}

func (c *compiler) declareQuestions() {
	p := c.program
	p.byID = c.scope.questions
	for _, d := range c.bundle.Questions {
		if c.scope.questions[d.ID] != nil || d.ID == "" {
			continue // the reader has said so
		}
		q := c.newQuestion(d, len(p.questions))
		p.questions = append(p.questions, q)
		c.scope.questions[d.ID] = q
		c.scope.names = append(c.scope.names, d.ID)
	}
	c.scope.list = p.questions
	p.place = c.scope.questions[c.bundle.Place.ID()]
	if p.place != nil && p.place.def.Type != definitions.Municipality && p.place.def.Type != definitions.PlaceType {
		c.problem(c.bundle.Place.At, "wrong-type", "", "`place` names a question of type municipality or place, but `%s` is of type %s", p.place.def.ID, p.place.def.Type)
		p.place = nil
	}
	p.starts = c.scope.questions[c.bundle.Starts.ID()]
	if p.starts != nil && !dated(p.starts) {
		c.problem(c.bundle.Starts.At, "wrong-type", "", "`starts` names a question of type date or datetime, but `%s` is of type %s", p.starts.def.ID, p.starts.def.Type)
		p.starts = nil
	}
}

func dated(q *question) bool {
	return q.def.Type == definitions.DateType || q.def.Type == definitions.DateTime || q.def.Type == definitions.Period
}

func (c *compiler) newQuestion(d *definitions.Question, index int) *question {
	q := &question{def: d, index: index, lo: math.Inf(-1), hi: math.Inf(1)}
	q.option = make(map[string]int, len(d.Options))
	for i, o := range d.Options {
		q.option[o.ID] = i
	}
	q.field = map[string]*question{}
	for _, f := range d.Of {
		field := c.newQuestion(f, len(q.fields))
		q.fields = append(q.fields, field)
		q.field[f.ID] = field
	}
	q.kind = questionKind(q)
	limit := func(s *definitions.Scalar) (float64, bool) {
		if s == nil {
			return 0, false
		}
		return readLimit(d.Type, s.Value) // the reader has said what is no limit
	}
	if x, ok := limit(d.Min); ok {
		q.lo, q.hasLo = x, true
	}
	if x, ok := limit(d.Max); ok {
		q.hi, q.hasHi = x, true
	}
	return q
}

func readLimit(t definitions.Type, text string) (float64, bool) {
	switch t {
	case definitions.Integer, definitions.Number, definitions.Money:
		x, err := strconv.ParseFloat(text, 64)
		return x, err == nil && !math.IsNaN(x) && !math.IsInf(x, 0)
	case definitions.DateType:
		d, ok := definitions.ParseDate(text)
		return float64(d), ok
	case definitions.Time:
		return parseTime(text)
	case definitions.DateTime:
		return parseDateTime(text)
	}
	return 0, false
}

func (c *compiler) declareParameters() {
	add := func(d *definitions.Parameter, rank int) {
		p := c.scope.params[d.ID]
		if p == nil {
			p = &param{id: d.ID, kind: parameterKind(d.Type)}
			c.scope.params[d.ID] = p
		} else if p.kind.code != parameterKind(d.Type).code && d.Type != "" {
			c.report(definitions.Diagnostic{At: d.At, Severity: definitions.Error, Rule: "wrong-type",
				Message: fmt.Sprintf("parameter `%s` is %s here and %s elsewhere", d.ID, parameterKind(d.Type).words(), p.kind.words()),
				Related: []definitions.Related{{At: p.defs[0].At, Message: "first declared here"}}})
			return
		}
		p.defs = append(p.defs, d)
		for _, v := range d.Values {
			pv := paramValue{from: v.From, where: c.engine.whereSet(v.Where), rank: rank, val: parameterValue(d.Type, v.Value), unverified: v.Marked}
			if o := d.Overlay; o != nil {
				if pv.where == nil {
					pv.where = c.engine.whereSet(o.Where)
				}
				pv.from, pv.until = max(pv.from, o.From), o.Until
			}
			if pv.val.st == known && p.kind.code == kindText && slices.Index(p.kind.values, pv.val.s) < 0 {
				p.kind.values = append(p.kind.values, pv.val.s)
			}
			p.values = append(p.values, pv)
		}
	}
	for _, d := range c.lib.Shared.Parameters {
		add(d, 0)
	}
	for _, d := range c.bundle.Parameters {
		if d.Overlay == nil {
			add(d, 1)
		}
	}
	for _, d := range c.bundle.Parameters {
		if d.Overlay != nil {
			add(d, 2)
		}
	}
}

func parameterValue(t definitions.ParameterType, v any) value {
	switch v := v.(type) {
	case float64:
		return numberValue(v)
	case bool:
		return boolValue(v)
	case definitions.Date:
		return numberValue(float64(v))
	case definitions.Hours:
		return value{st: known, hours: &v}
	case string:
		if t == definitions.TimeParameter {
			m, _ := parseTime(v)
			return numberValue(m)
		}
		return textValue(v)
	}
	return noneValue
}

func (c *compiler) declareFacts() {
	for _, d := range c.bundle.Facts {
		if c.scope.facts[d.ID] != nil || c.scope.questions[d.ID] != nil {
			continue
		}
		f := &fact{def: d}
		c.scope.facts[d.ID] = f
		c.scope.factList = append(c.scope.factList, f)
		c.scope.names = append(c.scope.names, d.ID)
	}
}

func (c *compiler) declareRequirements() {
	for _, d := range c.bundle.Requirements {
		if c.scope.requirements[d.ID] != nil || d.ID == "" {
			continue
		}
		r := &requirement{def: d, index: len(c.program.requirements)}
		c.scope.requirements[d.ID] = r
		c.program.requirements = append(c.program.requirements, r)
	}
}

func (c *compiler) checkQuestions() {
	for _, q := range c.program.questions {
		if !q.def.When.Absent() {
			q.when = c.scope.check(q.def.When, wantBool, nil)
		}
	}
}

// factTree checks a fact when it is first used. at is where it is used.
func (s *scope) factTree(f *fact, at definitions.Position) *node {
	switch f.visited {
	case visited:
		return f.tree
	case visiting:
		s.c.report(definitions.Diagnostic{At: at, Severity: definitions.Error, Rule: "fact-cycle",
			Message: fmt.Sprintf("fact `%s` refers to itself", f.def.ID), Related: []definitions.Related{{At: f.def.At, Message: "declared here"}}})
		return constant(badKind, value{})
	}
	f.visited = visiting
	f.tree = s.check(f.def.Is, wantAny, nil)
	f.visited = visited
	return f.tree
}

func (c *compiler) checkFacts() {
	for _, f := range c.scope.factList {
		c.scope.factTree(f, f.def.At)
	}
}

func (c *compiler) question(r definitions.Ref) *question { return c.scope.questions[r.ID()] }

func (c *compiler) checkRequirements() {
	for _, r := range c.program.requirements {
		d := r.def
		if d.For.ID() != "" {
			r.list = c.question(d.For)
			if r.list != nil && r.list.def.Type != definitions.List {
				c.problem(d.For.At, "wrong-type", "", "`for` names a question of type list, but `%s` is of type %s", r.list.def.ID, r.list.def.Type)
				r.list = nil
			}
		}
		r.place = c.program.place
		if d.Place.ID() != "" {
			r.place = c.placeQuestion(d.Place)
		}
		r.needed = c.groundsOf(d.Needed, "needed", d.Overlay, r.list)
		r.unless = c.groundsOf(d.Unless, "unless", d.Overlay, r.list)
		r.ask = c.groundsOf(d.Ask, "ask", d.Overlay, r.list)
		for _, ref := range d.CoveredBy {
			if o := c.scope.requirements[ref.ID()]; o != nil {
				r.displacedBy = append(r.displacedBy, o)
			}
		}
		r.routes = c.routesOf(d.Authority)
		r.send = c.leadsOf(d.Send)
		r.recommended = c.leadsOf(d.Recommended)
		if d.Fee != nil && !d.Fee.Amount.Absent() {
			r.fee = c.scope.check(d.Fee.Amount, wantNumber, nil)
		}
		for i := range d.Attachments {
			a := attachment{def: &d.Attachments[i]}
			if e := d.Attachments[i].Required; !e.Absent() {
				a.required = c.scope.check(e, wantBool, r.list)
			}
			if o := d.Attachments[i].Overlay; o != nil {
				a.where = c.engine.whereSet(o.Where)
			}
			r.attachments = append(r.attachments, a)
		}
	}
	for _, r := range c.program.requirements {
		for _, ref := range r.def.Excludes {
			if o := c.scope.requirements[ref.ID()]; o != nil && !slices.Contains(o.displacedBy, r) {
				o.displacedBy = append(o.displacedBy, r)
			}
		}
	}
}

func (c *compiler) placeQuestion(ref definitions.Ref) *question {
	q := c.question(ref)
	if q != nil && q.def.Type != definitions.Municipality && q.def.Type != definitions.PlaceType {
		c.problem(ref.At, "wrong-type", "", "`at` names a question of type municipality or place, but `%s` is of type %s", q.def.ID, q.def.Type)
		return nil
	}
	return q
}

func (c *compiler) groundsOf(defs []*definitions.Ground, section string, overlay *definitions.Overlay, item *question) []*ground {
	var out []*ground
	for _, d := range defs {
		g := &ground{def: d, section: section, index: c.grounds}
		c.grounds++
		if !d.When.Absent() {
			g.when = c.scope.check(d.When, wantBool, item)
		}
		o := d.Overlay
		if o == nil {
			o = overlay
		}
		if o != nil {
			g.where, g.from, g.until = c.engine.whereSet(o.Where), o.From, o.Until
		}
		out = append(out, g)
	}
	return out
}

func (c *compiler) routesOf(defs []definitions.Route) []route {
	var out []route
	for i := range defs {
		r := route{def: &defs[i]}
		if !defs[i].When.Absent() {
			r.when = c.scope.check(defs[i].When, wantBool, nil)
		}
		if defs[i].Place.ID() != "" {
			r.place = c.placeQuestion(defs[i].Place)
		}
		out = append(out, r)
	}
	return out
}

func (c *compiler) leadsOf(defs []definitions.Lead) []lead {
	var out []lead
	for i := range defs {
		d := &defs[i]
		l := lead{def: d, anchor: c.program.starts}
		if !d.When.Absent() {
			l.when = c.scope.check(d.When, wantBool, nil)
		}
		if !d.Amount.Absent() {
			l.amount = c.scope.check(d.Amount, wantNumber, nil)
		}
		ref := d.Before
		if d.After.ID() != "" {
			ref, l.after = d.After, true
		}
		if ref.ID() != "" {
			l.anchor = c.question(ref)
			if l.anchor != nil && !dated(l.anchor) {
				c.problem(ref.At, "wrong-type", "", "a deadline counts from a date, but `%s` is of type %s", l.anchor.def.ID, l.anchor.def.Type)
				l.anchor = nil
			}
		} else if l.anchor == nil {
			c.problem(d.At, "missing-start", "say `before: <question>`, or `starts` in the bundle", "nothing says from which date this deadline counts")
		}
		out = append(out, l)
	}
	return out
}

func (c *compiler) checkRules() {
	rules := func(defs []*definitions.Rule, section string) []*rule {
		var out []*rule
		for _, d := range defs {
			g := c.groundsOf([]*definitions.Ground{{ID: d.ID, At: d.At, When: d.When, Because: d.Because, Law: d.Law, Unverified: d.Unverified}}, section, d.Overlay, nil)[0]
			out = append(out, &rule{def: d, ground: g, routes: c.routesOf(d.Authority)})
		}
		return out
	}
	c.program.impossible = rules(c.bundle.Impossible, "impossible")
	c.program.warnings = rules(c.bundle.Warnings, "warnings")
}

// all returns every ground and rule of the program.
func (p *Program) all() []*ground {
	var out []*ground
	for _, r := range p.requirements {
		out = append(append(append(out, r.needed...), r.unless...), r.ask...)
	}
	for _, r := range p.impossible {
		out = append(out, r.ground)
	}
	for _, r := range p.warnings {
		out = append(out, r.ground)
	}
	return out
}

// findLocal marks what must be decided for each place by itself.
func (c *compiler) findLocal() {
	for _, g := range c.program.all() {
		g.local = g.where != nil || len(localParams(g.when)) > 0
		if g.local && c.program.place == nil {
			c.problem(g.def.At, "no-place", "name the question in the bundle's `place`", "this ground differs by place, but the bundle does not say which question gives the place")
		}
	}
	for _, r := range c.program.requirements {
		for _, g := range append(append([]*ground(nil), r.needed...), r.unless...) {
			if g.local {
				r.local = true
				r.localGrounds = append(r.localGrounds, g)
			}
		}
	}
}

// localParams returns the parameters that a condition reads and whose value differs by place.
func localParams(n *node) []*param {
	var out []*param
	if n == nil {
		return nil
	}
	n.deep(func(n *node) {
		if n.param != nil && n.param.local() && !slices.Contains(out, n.param) {
			out = append(out, n.param)
		}
	})
	return out
}

// onePlaceOfEachKind returns municipalities such that every municipality has the same local parameters of the grounds, and is in the
// same overlays, as one of them.
func (p *Program) onePlaceOfEachKind(grounds []*ground, on definitions.Date) []string {
	var out []string
	for _, c := range p.placeKinds(grounds, on) {
		for code := range c.codes {
			out = append(out, code)
			break
		}
	}
	return out
}

func (c *compiler) cutTime() {
	days := map[definitions.Date]bool{}
	for _, p := range c.scope.params {
		for _, v := range p.values {
			days[v.from] = true
			if v.until != definitions.NoDate {
				days[v.until+1] = true
			}
		}
	}
	for _, o := range c.bundle.Overlays {
		days[o.From] = true
		if o.Until != definitions.NoDate {
			days[o.Until+1] = true
		}
	}
	delete(days, definitions.NoDate)
	c.program.epochs = []definitions.Date{definitions.NoDate}
	for d := range days {
		c.program.epochs = append(c.program.epochs, d)
	}
	slices.Sort(c.program.epochs[1:])
}
