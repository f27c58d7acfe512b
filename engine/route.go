package engine

import (
	"slices"

	"luvat/definitions"
)

// route finds the competent authorities of a requirement: one for each distinct authority of the places at which it is needed.
func (x *analysis) route(r *requirement, out *Requirement) {
	if len(r.routes) == 0 {
		return
	}
	q := r.place
	places, st := x.placesOf(q)
	if st == known && r.list == nil && (q == x.p.place) {
		places = x.where(r, out.Status, places)
	}
	if st != known {
		places = []string{""}
	}
	out.RoutedFor = x.on.String()
	out.Authorities, out.Unrouted = x.competent(r.routes, places, q)
	if out.Authorities == nil {
		out.Authorities = []Authority{}
	}
}

// where returns the places at which a requirement is needed, or asked for.
func (x *analysis) where(r *requirement, status Status, places []string) []string {
	var out []string
	for _, m := range places {
		w := x.ref
		w.municipality = m
		t := no
		section := r.needed
		if status == Ask {
			section = r.ask
		}
		for _, g := range section {
			t = t.or(w.holdsHere(g))
		}
		if status == Open {
			for _, g := range r.ask {
				t = t.or(w.holdsHere(g))
			}
		}
		if status == Needed {
			for _, g := range r.unless {
				t = t.and(w.holdsHere(g).not())
			}
		}
		if t != no {
			out = append(out, m)
		}
	}
	if len(out) == 0 { // it holds through another requirement, not by itself at a place
		return places
	}
	return out
}

func (x *analysis) placesOf(q *question) ([]string, state) {
	if q == nil {
		return nil, none
	}
	v := x.ref.answer(q)
	if v.st == known && len(v.set) == 0 && v.s != "" {
		return []string{v.s}, known
	}
	return v.set, v.st
}

// competent resolves routes for places. The text says why an authority could not be named.
func (x *analysis) competent(routes []route, places []string, q *question) ([]Authority, string) {
	var out []Authority
	unrouted := ""
	for _, m := range places {
		w := x.ref
		w.municipality = m
		for i := range routes {
			t := yes
			if routes[i].when != nil {
				t = w.truth(routes[i].when)
			}
			if t == no {
				continue
			}
			if t == maybe {
				unrouted = x.dependsText(routes[i].when)
				break
			}
			at := []string{m}
			if p := routes[i].place; p != nil && p != q {
				var st state
				if at, st = x.placesOf(p); st != known {
					at = []string{""}
				}
			}
			for _, place := range at {
				for _, to := range routes[i].def.To {
					a, role, why := Competent(x.p.engine.Library.Shared, to.ID(), place, x.on)
					if why != nil {
						unrouted = why.Text(x.lang)
						continue
					}
					out = addAuthority(out, a, x.roleText(to.ID(), role), place, routes[i].def.Note.In(x.lang), x.lang)
				}
			}
			break
		}
	}
	if len(out) > 0 {
		unrouted = ""
	}
	return out, unrouted
}

func (x *analysis) roleText(to, role string) string {
	if role == "" {
		return ""
	}
	for _, row := range x.p.engine.Library.Shared.Role(to) {
		if inTime(row.From, row.Until, x.on) && !row.Name.Empty() {
			return row.Name.In(x.lang)
		}
	}
	return ""
}

func (x *analysis) dependsText(n *node) string {
	for _, q := range x.p.reads(n) {
		if x.ref.answer(q).st == unknown {
			return byLang(x.lang, "Riippuu vastauksesta: ", "Beror på svaret: ", "Depends on the answer: ") + x.fill(q.def.Ask)
		}
	}
	return byLang(x.lang, "Riippuu vielä vastauksista.", "Beror ännu på svaren.", "Still depends on answers.")
}

func addAuthority(list []Authority, a *definitions.Authority, role, place, note string, lang definitions.Lang) []Authority {
	for i := range list {
		if list[i].ID == a.ID {
			if place != "" && !slices.Contains(list[i].Places, place) {
				list[i].Places = append(list[i].Places, place)
			}
			return list
		}
	}
	n := Authority{ID: a.ID, Name: a.Name.In(lang), Role: role, Email: a.Email, URL: a.URL, Note: note}
	if place != "" {
		n.Places = []string{place}
	}
	return append(list, n)
}
