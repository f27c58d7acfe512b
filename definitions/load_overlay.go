package definitions

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

// readOverlays applies every overlay to the versions of its bundle that are in force while it is. Before that, the bundles get
// their own parts: an overlay comes after them.
func (l *loader) readOverlays() {
	for _, b := range l.built {
		b.scope.finish()
	}
	type name struct{ id, of string }
	seen := map[name]*file{}
	var order []name
	for _, f := range l.overlays {
		of, id := valueOf(f.node, "of"), valueOf(f.node, "overlay")
		langs := Languages
		if of != nil {
			for _, b := range l.built {
				if b.ID == of.Value {
					langs = b.Languages
				}
			}
		}
		l.walkFile(f, overlayFile, langs)
		if f.val == nil || id == nil || of == nil {
			continue
		}
		n := name{id.Value, of.Value}
		if old := seen[n]; old == nil {
			order = append(order, n)
		} else if old.root == f.root {
			l.log.add(duplicateID(Scalar{Value: id.Value, At: l.valueAt(f, "overlay")}, l.valueAt(old, "overlay"), fmt.Sprintf("overlay `%s` of bundle `%s` is declared twice", cut(id.Value), cut(of.Value))))
			continue
		}
		seen[n] = f
	}
	for _, n := range order {
		l.readOverlay(seen[n])
	}
}

// valueAt is the place of a top-level key's value.
func (l *loader) valueAt(f *file, key string) Position {
	c := cursor{src: f.src}
	return c.scalar(valueOf(f.node, key)).At
}

func (l *loader) readOverlay(f *file) {
	v := f.val
	o := Overlay{ID: v.get("overlay").str(), Of: v.get("of").ref(), Owner: v.get("owner").ref(), Where: v.get("where").refs(),
		From: v.get("from").date(), Until: v.get("until").date(), File: f.shown}
	if id := v.get("overlay"); id != nil {
		o.At = id.at
	}
	if o.From != NoDate && o.Until != NoDate && o.Until < o.From {
		l.log.add(Diagnostic{At: v.get("until").at, Severity: Error, Rule: "bad-period", Message: fmt.Sprintf("`until` %s is before `from` %s", o.Until, o.From)})
	}
	known := map[string]bool{}
	applied := false
	for _, b := range l.built {
		known[b.ID] = true
		if b.ID != o.Of.ID() {
			continue
		}
		applied = true
		if !overlap(o.From, o.Until, b.From, b.Until) {
			continue
		}
		l.apply(f, o, b)
	}
	if !applied && o.Of.ID() != "" && len(l.built) == len(l.bundles) {
		l.log.add(Diagnostic{At: o.Of.At, Severity: Error, Rule: "unknown-bundle", Message: fmt.Sprintf("there is no bundle `%s`", cut(o.Of.ID())),
			Suggestion: didYouMean(o.Of.ID(), keysOf(known))})
	}
}

func keysOf(m map[string]bool) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// apply adds an overlay to one version of its bundle.
func (l *loader) apply(f *file, o Overlay, b *builtBundle) {
	overlay := &o
	b.Overlays = append(b.Overlays, overlay)
	b.Files = append(b.Files, f.shown)
	s := newScope(b.scope, b.Bundle, l.lib.Shared)
	s.broken = f.found.lost
	r := l.reader(f, b.Languages)
	l.readSections(r, s, f.val, overlay)
	area := l.lib.Shared.municipalitiesOf(overlay.Where)
	for _, p := range s.parameters {
		for i := range p.Values {
			value := &p.Values[i]
			if len(value.Where) == 0 {
				value.Where = overlay.Where
				continue
			}
			for _, w := range value.Where {
				l.inside(w, area, overlay)
			}
		}
	}
	s.declareAll(l.log)
	s.finish()
	l.unreadParameters(f, s)
	b.parts = append(b.parts, part{scope: s, found: []*found{&f.found}})
	b.Marks = append(b.Marks, f.found.marks...)
}

// unreadParameters warns of a parameter of an overlay that no version of its bundle has and that the overlay does not read itself.
func (l *loader) unreadParameters(f *file, s *scope) {
	if s.isBroken() {
		return
	}
	for _, p := range s.parameters {
		known := slices.ContainsFunc(l.built, func(b *builtBundle) bool {
			return b.ID == s.bundle.ID && (b.scope.isBroken() || b.scope.has("parameter", p.ID))
		})
		if known || regexp.MustCompile(`parameters\s*(\.\s*|\[\s*["'])`+regexp.QuoteMeta(p.ID)+`\b`).Match(f.src.Text) {
			continue
		}
		suggestion := didYouMean(p.ID, s.parent.known("parameter"))
		if suggestion == "" {
			suggestion = "use it as parameters." + p.ID + ", or remove it"
		}
		l.warn(p.At, "unread-parameter", suggestion, "nothing reads parameter `%s`: neither the bundle nor the shared definitions have it, and the overlay does not use it", cut(p.ID))
	}
}

// inside reports a place that is not in the overlay's area.
func (l *loader) inside(w Ref, area map[string]bool, o *Overlay) {
	for code := range l.lib.Shared.municipalitiesOf([]Ref{w}) {
		if !area[code] {
			name := code
			if m := l.lib.Shared.Municipality(code); m != nil {
				name += " " + m.Name.In(Finnish)
			}
			l.log.add(Diagnostic{At: w.At, Severity: Error, Rule: "outside-area", Message: fmt.Sprintf("`%s` is outside the area of overlay `%s`", cut(w.ID()), o.ID),
				Suggestion: "an overlay may say nothing about other places", Related: []Related{{At: o.At, Message: "the overlay's area is given in `where`"}}})
			_ = name
			return
		}
	}
}

// municipalitiesOf lists the codes of the municipalities that places mean: codes, regions, or the areas of authorities at any time.
func (s *Shared) municipalitiesOf(places []Ref) map[string]bool {
	codes := map[string]bool{}
	for _, p := range places {
		switch {
		case s.Municipality(p.ID()) != nil:
			codes[p.ID()] = true
		case len(p.ID()) == 2 && numeric.MatchString(p.ID()):
			for _, m := range s.Municipalities {
				if m.Region == p.ID() {
					codes[m.Code] = true
				}
			}
		default:
			for _, a := range s.Areas {
				if a.Authority == p.ID() {
					codes[a.Municipality] = true
				}
			}
		}
	}
	return codes
}

func setOverlay(q *Requirement, o *Overlay) {
	q.Overlay = o
	for _, list := range [][]*Ground{q.Needed, q.Unless, q.Ask} {
		for _, g := range list {
			g.Overlay = o
		}
	}
	for i := range q.Attachments {
		q.Attachments[i].Overlay = o
	}
}

// addToRequirement adds an overlay's grounds, attachments and texts to a requirement of the bundle.
func (l *loader) addToRequirement(r *reader, s *scope, v *val, o *Overlay) {
	q := s.parent.requirement(v.get("id").str())
	for _, f := range v.fields {
		if additionShape.key(f.key.Value) != nil {
			continue
		}
		suggestion := "an overlay may add " + quoteAll([]string{"needed", "ask", "attachments", "instructions", "links"}, "and")
		if f.key.Value == "unless" {
			suggestion = "an overlay may add to what the bundle needs, but never take away"
		}
		l.log.add(Diagnostic{At: f.key.At, Severity: Error, Rule: "overlay-changes", Message: fmt.Sprintf("an overlay may not give `%s` to requirement `%s` of the bundle", f.key.Value, q.ID),
			Suggestion: suggestion, Related: []Related{{At: q.At, Message: "the requirement is declared here"}}})
	}
	taken := map[string]Position{}
	for _, list := range [][]*Ground{q.Needed, q.Unless, q.Ask} {
		for _, g := range list {
			taken[g.ID] = g.At
		}
	}
	add := func(key, prefix string, to *[]*Ground) {
		for i, g := range buildGrounds(v.get(key), "") {
			if v.get(key).items[i].get("id") == nil {
				g.ID = o.ID + "-" + prefix + strconv.Itoa(i+1)
			}
			if first, twice := taken[g.ID]; twice {
				l.log.add(duplicateID(Scalar{Value: g.ID, At: g.At}, first, fmt.Sprintf("ground `%s` is declared twice in requirement `%s`", cut(g.ID), q.ID)))
				continue
			}
			taken[g.ID] = g.At
			g.Overlay = o
			*to = append(*to, g)
		}
	}
	add("needed", "", &q.Needed)
	add("ask", "ask-", &q.Ask)
	for _, a := range buildAttachments(v.get("attachments")) {
		a.Overlay = o
		if i := slices.IndexFunc(q.Attachments, func(b Attachment) bool { return a.ID == b.ID }); i >= 0 {
			l.log.add(duplicateID(Scalar{Value: a.ID, At: a.At}, q.Attachments[i].At, fmt.Sprintf("attachment `%s` is declared twice in requirement `%s`", cut(a.ID), q.ID)))
			continue
		}
		q.Attachments = append(q.Attachments, a)
	}
	if v.has("instructions") || v.has("links") {
		q.Additions = append(q.Additions, Addition{At: v.declared(), Overlay: o, Instructions: v.get("instructions").words(), Links: v.get("links").linked()})
	}
}
