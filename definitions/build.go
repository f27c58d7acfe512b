package definitions

// The functions of build*.go turn parts of the right shape into the model. A part that is absent or was wrong is left empty.

func (v *val) str() string {
	if v == nil {
		return ""
	}
	return v.scalar.Value
}

func (v *val) words() Text {
	if v == nil {
		return Text{}
	}
	return v.text
}

func (v *val) expr() Expr {
	if v == nil {
		return Expr{}
	}
	return Expr{v.scalar}
}

func (v *val) ref() Ref {
	if v == nil {
		return Ref{}
	}
	return Ref{v.scalar}
}

func (v *val) bool() bool { return v.str() == "true" }

func (v *val) date() Date {
	if v == nil {
		return NoDate
	}
	d, _ := ParseDate(v.scalar.Value)
	return d
}

func (v *val) data() *Value {
	if v == nil {
		return nil
	}
	return v.free
}

// all returns the items of a list, or a single value as the only item.
func (v *val) all() []*val {
	switch {
	case v == nil:
		return nil
	case v.items != nil:
		return v.items
	}
	return []*val{v}
}

func (v *val) refs() []Ref {
	var refs []Ref
	for _, item := range v.all() {
		refs = append(refs, item.ref())
	}
	return refs
}

func (v *val) scalars() []Scalar {
	var scalars []Scalar
	for _, item := range v.all() {
		scalars = append(scalars, item.scalar)
	}
	return scalars
}

func (v *val) strings() []string {
	var list []string
	for _, item := range v.all() {
		list = append(list, item.scalar.Value)
	}
	return list
}

func (v *val) mark() Unverified {
	return Unverified{Marked: v.get("unverified").bool(), Note: v.get("note").str()}
}

// declared is the place of an object: its id, or where it begins.
func (v *val) declared() Position {
	if id := v.get("id"); id != nil {
		return id.at
	}
	return v.at
}

func (v *val) laws() []Law {
	var laws []Law
	for _, item := range v.all() {
		law := item.law
		if item.fields != nil {
			law = Law{At: item.at, Act: item.get("act").str(), Section: item.get("section").str(),
				From: item.get("from").date(), Until: item.get("until").date(), Unverified: item.mark()}
			if act := item.get("act"); act != nil {
				law.At = act.at
			}
		}
		if law.Act != "" {
			laws = append(laws, law)
		}
	}
	return laws
}

func (v *val) linked() []Link {
	var links []Link
	for _, item := range v.all() {
		links = append(links, Link{At: item.at, URL: item.get("url").str(), Title: item.get("title").words()})
	}
	return links
}

func buildGroup(v *val) *Group {
	return &Group{ID: v.get("id").str(), At: v.declared(), Title: v.get("title").words(), Intro: v.get("intro").words()}
}

func buildQuestion(v *val) *Question {
	q := &Question{
		ID: v.get("id").str(), At: v.declared(), Group: v.get("group").ref(), Ask: v.get("ask").words(), Help: v.get("help").words(),
		Type: Type(v.get("type").str()), Unit: v.get("unit").words(), Many: v.get("many").bool(), When: v.get("when").expr(),
		Form: v.get("use").str() == "form", Links: v.get("links").linked(), Sources: v.get("sources").strings(), Unverified: v.mark(),
	}
	if m := v.get("min"); m != nil {
		q.Min = &m.scalar
	}
	if m := v.get("max"); m != nil {
		q.Max = &m.scalar
	}
	if options := v.get("options"); options != nil {
		for _, f := range options.fields {
			o := Option{ID: f.key.Value, At: f.key.At}
			if f.val != nil && f.val.fields != nil {
				o.Text, o.Help = f.val.get("text").words(), f.val.get("help").words()
			} else {
				o.Text = f.val.words()
			}
			q.Options = append(q.Options, o)
		}
	}
	for _, item := range v.get("of").all() {
		q.Of = append(q.Of, buildQuestion(item))
	}
	return q
}

func buildFacts(v *val) []*Fact {
	var facts []*Fact
	if v != nil {
		for _, f := range v.fields {
			facts = append(facts, &Fact{ID: f.key.Value, At: f.key.At, Is: f.val.expr()})
		}
	}
	return facts
}

func buildTables(v *val) []*Table {
	var tables []*Table
	if v == nil {
		return nil
	}
	for _, f := range v.fields {
		if f.val == nil {
			continue
		}
		t := &Table{ID: f.key.Value, At: f.key.At, Hit: HitPolicy(f.val.get("hit").str())}
		for _, given := range f.val.get("given").all() {
			t.Given = append(t.Given, given.expr())
		}
		for _, gives := range f.val.get("gives").all() {
			o := Output{ID: gives.str(), At: gives.at}
			if gives.fields != nil {
				o = Output{ID: gives.get("id").str(), At: gives.declared(), Values: gives.get("values").scalars()}
			}
			t.Gives = append(t.Gives, o)
		}
		tables = append(tables, t)
	}
	return tables
}

// buildRows fills a table with rows that were written in the definition itself.
func (r *reader) buildRows(t *Table, rows *val) {
	for i, row := range rows.items {
		if len(row.items) != len(t.Given)+len(t.Gives) {
			r.error(row.at, "row-length", "", "row %d of table `%s` has %d cells; expected %d: %d for `given`, then %d for `gives`",
				i+1, t.ID, len(row.items), len(t.Given)+len(t.Gives), len(t.Given), len(t.Gives))
			continue
		}
		cells := row.scalars()
		t.Rows = append(t.Rows, Row{At: row.at, Tests: cells[:len(t.Given)], Gives: cells[len(t.Given):]})
	}
}

func buildForms(v *val) []*Form {
	var forms []*Form
	if v != nil {
		for _, f := range v.fields {
			forms = append(forms, &Form{ID: f.key.Value, At: f.key.At, Schema: f.val.data()})
		}
	}
	return forms
}

func buildMessages(v *val) []*Message {
	var messages []*Message
	if v != nil {
		for _, f := range v.fields {
			messages = append(messages, &Message{ID: f.key.Value, At: f.key.At, Title: f.val.get("title").words(), Body: f.val.get("body").words(), Channel: f.val.get("channel").str()})
		}
	}
	return messages
}

func buildLaws(v *val) []*Act {
	var acts []*Act
	if v != nil {
		for _, f := range v.fields {
			a := &Act{ID: f.key.Value, At: f.key.At}
			if f.val != nil && f.val.fields != nil {
				a.Name, a.URL, a.Unverified = f.val.get("name").words(), f.val.get("url").words(), f.val.mark()
			} else {
				a.Name = f.val.words()
			}
			acts = append(acts, a)
		}
	}
	return acts
}

func buildTerms(v *val) []*Term {
	var terms []*Term
	if v != nil {
		for _, f := range v.fields {
			terms = append(terms, &Term{ID: f.key.Value, At: f.key.At, Title: f.val.get("title").words(), Help: f.val.get("help").words(),
				Schema: f.val.get("schema").data(), Prefill: f.val.get("prefill").exprs()})
		}
	}
	return terms
}

func buildProcesses(v *val) []*Process {
	var processes []*Process
	if v == nil {
		return nil
	}
	for _, f := range v.fields {
		p := &Process{ID: f.key.Value, At: f.key.At, Title: f.val.get("title").words(), Begins: f.val.get("begins").ref()}
		if states := f.val.get("states"); states != nil {
			for _, s := range states.fields {
				p.States = append(p.States, &State{ID: s.key.Value, At: s.key.At, Title: s.val.get("title").words(), Ends: s.val.get("ends").bool(),
					Outcome: s.val.get("outcome").str(), Status: s.val.get("status").str(), WaitsFor: s.val.get("waits-for").str(), Within: s.val.get("within").data()})
			}
		}
		if actions := f.val.get("actions"); actions != nil {
			for _, a := range actions.fields {
				action := &Action{ID: a.key.Value, At: a.key.At, Title: a.val.get("title").words(), From: a.val.get("from").refs(), To: a.val.get("to").refs(),
					During: a.val.get("during").refs(), By: a.val.get("by").scalars(), If: a.val.get("if").expr(), Asks: a.val.get("asks").ref(), Starts: a.val.get("starts").ref()}
				for _, do := range a.val.get("do").all() {
					action.Do = append(action.Do, do.data())
				}
				p.Actions = append(p.Actions, action)
			}
		}
		processes = append(processes, p)
	}
	return processes
}

func buildScenario(v *val) *Scenario {
	s := &Scenario{Name: v.get("name").str(), At: v.at, On: v.get("on").date(), Answers: v.get("answers").data(), Has: map[string]bool{}}
	if name := v.get("name"); name != nil {
		s.At = name.at
	}
	if on := v.get("on"); on != nil {
		s.OnAt = on.at
	}
	for key, to := range map[string]*[]Ref{"needs": &s.Needs, "ask": &s.Ask, "open": &s.Open, "impossible": &s.Impossible,
		"warnings": &s.Warnings, "next": &s.Next, "late": &s.Late} {
		if v.has(key) {
			*to = v.get(key).refs()
			s.Has[key] = true
		}
	}
	refs := func(key string) map[string][]Ref {
		m := v.get(key)
		if m == nil {
			return nil
		}
		by := make(map[string][]Ref, len(m.fields))
		for _, f := range m.fields {
			by[f.key.Value] = f.val.refs()
		}
		return by
	}
	s.Routes, s.Why = refs("routes"), refs("why")
	if due := v.get("due"); due != nil {
		s.Due = make(map[string]Date, len(due.fields))
		for _, f := range due.fields {
			s.Due[f.key.Value] = f.val.date()
		}
	}
	return s
}
