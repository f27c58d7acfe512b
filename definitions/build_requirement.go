package definitions

import (
	"fmt"
	"strconv"
)

func (r *reader) buildRequirement(v *val) *Requirement {
	q := &Requirement{
		ID: v.get("id").str(), At: v.declared(), Kind: Kind(v.get("kind").str()), Name: v.get("name").words(), Why: v.get("why").words(),
		Law: v.get("law").laws(), Needed: buildGrounds(v.get("needed"), ""), Unless: buildGrounds(v.get("unless"), "unless-"), Ask: buildGrounds(v.get("ask"), "ask-"),
		Authority: buildRoutes(v.get("authority")), Place: v.get("at").ref(), For: v.get("for").ref(),
		Send: buildLeads(v.get("send")), Recommended: buildLeads(v.get("recommended")), Late: v.get("late").words(),
		Takes: r.buildDuration(v.get("takes")), Fee: buildFee(v.get("fee")), Decision: v.get("decision").str(), Form: v.get("form").ref(), Kept: v.get("filed").str() == "false",
		Attachments: buildAttachments(v.get("attachments")), Process: v.get("process").ref(), After: v.get("after").refs(),
		CoveredBy: v.get("covered-by").refs(), Excludes: v.get("excludes").refs(), Appeal: v.get("appeal").words(),
		Instructions: v.get("instructions").words(), Links: v.get("links").linked(), Sources: v.get("sources").strings(),
		Repeats: r.buildRepeat(v.get("repeats")), Unverified: v.mark(),
	}
	q.torn = v.has("needed") && v.get("needed") == nil || v.has("ask") && v.get("ask") == nil
	r.uniqueGrounds(q)
	return q
}

// uniqueGrounds checks that the grounds of a requirement have ids of their own over all its lists: scenarios name them.
func (r *reader) uniqueGrounds(q *Requirement) {
	first := map[string]*Ground{}
	of := map[string]int{}
	for i, list := range [][]*Ground{q.Needed, q.Unless, q.Ask} {
		for _, g := range list {
			if f, twice := first[g.ID]; twice && of[g.ID] != i {
				r.log.add(duplicateID(Scalar{Value: g.ID, At: g.At}, f.At, fmt.Sprintf("ground `%s` is declared twice in requirement `%s`", cut(g.ID), cut(q.ID))))
				continue
			}
			first[g.ID], of[g.ID] = g, i
		}
	}
}

// buildGrounds reads grounds. Those without an id get their number in the list, after the prefix of the list.
func buildGrounds(v *val, prefix string) []*Ground {
	var grounds []*Ground
	for i, item := range v.all() {
		g := &Ground{ID: item.get("id").str(), At: item.declared(), When: item.get("when").expr(), Because: item.get("because").words(),
			Law: item.get("law").laws(), Unverified: item.mark()}
		if g.ID == "" {
			g.ID = prefix + strconv.Itoa(i+1)
		}
		grounds = append(grounds, g)
	}
	return grounds
}

func buildRule(v *val) *Rule {
	return &Rule{ID: v.get("id").str(), At: v.declared(), When: v.get("when").expr(), Because: v.get("because").words(), Law: v.get("law").laws(),
		Authority: buildRoutes(v.get("authority")), Links: v.get("links").linked(), Unverified: v.mark()}
}

func buildRoutes(v *val) []Route {
	if v == nil {
		return nil
	}
	items := v.all()
	if len(items) == 0 {
		return nil
	}
	if items[0].fields == nil {
		return []Route{{At: v.at, To: v.refs()}}
	}
	var routes []Route
	for _, item := range items {
		route := Route{At: item.at, When: item.get("when").expr(), To: item.get("to").refs(), Place: item.get("at").ref(), Unverified: item.mark()}
		routes = append(routes, route)
	}
	return routes
}

func buildLeads(v *val) []Lead {
	var leads []Lead
	for _, item := range v.all() {
		l := Lead{At: item.at, When: item.get("when").expr(), Before: item.get("before").ref(), After: item.get("after").ref(),
			Because: item.get("because").words(), Law: item.get("law").laws(), Unverified: item.mark()}
		for _, unit := range unitNames {
			if amount := item.get(unit); amount != nil {
				l.Amount, l.Unit = amount.expr(), Unit(unit)
			}
		}
		leads = append(leads, l)
	}
	return leads
}

func (r *reader) buildDuration(v *val) *Duration {
	if v == nil {
		return nil
	}
	d := &Duration{At: v.at, Text: v.get("text").words(), Unverified: v.mark()}
	for _, unit := range unitNames {
		amount := v.get(unit)
		if amount == nil {
			continue
		}
		if d.Unit != "" {
			r.error(amount.at, "conflicting-keys", "", "a handling time has both `%s` and `%s`; expected one of them", d.Unit, unit)
			continue
		}
		d.Unit = Unit(unit)
		numbers := amount.all()
		if len(numbers) > 2 {
			r.error(amount.at, "wrong-shape", "", "a handling time is one number or two: from and to")
		}
		if len(numbers) == 0 {
			continue
		}
		d.Min, _ = strconv.Atoi(numbers[0].str())
		d.Max, _ = strconv.Atoi(numbers[min(1, len(numbers)-1)].str())
		if d.Max < d.Min {
			r.error(amount.at, "bad-number", "", "the handling time ends before it begins: %d, %d", d.Min, d.Max)
		}
	}
	return d
}

func buildFee(v *val) *Fee {
	switch {
	case v == nil:
		return nil
	case v.fields == nil:
		return &Fee{At: v.at, Amount: v.expr()}
	}
	return &Fee{At: v.at, Amount: v.get("amount").expr(), Text: v.get("text").words(), Unverified: v.mark()}
}

func buildAttachments(v *val) []Attachment {
	var list []Attachment
	for _, item := range v.all() {
		list = append(list, Attachment{ID: item.get("id").str(), At: item.declared(), Title: item.get("title").words(), Help: item.get("help").words(),
			Accept: item.get("accept").scalars(), Required: item.get("required").expr(), Unverified: item.mark()})
	}
	return list
}

func (r *reader) buildRepeat(v *val) *Repeat {
	if v == nil {
		return nil
	}
	rep := &Repeat{At: v.at, Every: 1, On: v.get("on").str(), From: v.get("from").ref(), Moves: v.get("moves").bool()}
	every := v.get("every")
	if every == nil {
		return rep
	}
	rep.Unit = every.str()
	for _, f := range every.fields {
		if f.val == nil {
			continue
		}
		rep.Unit = f.key.Value[:len(f.key.Value)-1]
		n, err := strconv.Atoi(f.val.str())
		switch {
		case err != nil:
			rep.Every, rep.Amount = 0, f.val.expr()
		case n < 1:
			r.error(f.val.at, "bad-number", "", "an interval is at least 1")
		default:
			rep.Every = n
		}
	}
	if on := v.get("on"); on != nil && rep.On != "end-of-month" {
		if _, ok := ParseDate("2024-" + rep.On); !ok {
			r.error(on.at, "bad-date", "write month and day, such as 03-15, or end-of-month", "`%s` is not a day of the year", cut(rep.On))
		}
	}
	return rep
}
