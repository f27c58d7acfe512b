package definitions

import (
	"cmp"
	"slices"
)

// readShared reads what every bundle may use. A later root's declaration of an id takes the place of an earlier one's.
func (l *loader) readShared() {
	s := l.lib.Shared
	builders := map[int]*scope{} // by root: within one root an id is declared once
	for _, f := range l.shared {
		r := l.walkFile(f, sharedFile, Languages)
		if f.val == nil {
			continue
		}
		root := builders[f.root]
		if root == nil {
			root = newScope(nil, &Bundle{}, s)
			builders[f.root] = root
		}
		for _, a := range buildLaws(f.val.get("laws")) {
			root.declare(l.log, "act", a.ID, a.At)
			s.Laws = replace(s.Laws, a, func(a *Act) string { return a.ID })
		}
		if parameters := f.val.get("parameters"); parameters != nil {
			for _, pf := range parameters.fields {
				if pf.val == nil {
					continue
				}
				p := r.buildParameter(pf, "")
				root.declare(l.log, "parameter", p.ID, p.At)
				s.Parameters = replace(s.Parameters, p, func(p *Parameter) string { return p.ID })
			}
		}
		for _, t := range buildTerms(f.val.get("terms")) {
			root.declare(l.log, "term", t.ID, t.At)
			s.Terms = replace(s.Terms, t, func(t *Term) string { return t.ID })
		}
		for _, p := range buildProcesses(f.val.get("processes")) {
			root.declare(l.log, "process", p.ID, p.At)
			s.Processes = replace(s.Processes, p, func(p *Process) string { return p.ID })
		}
		for _, g := range buildRegisters(f.val.get("registers")) {
			root.declare(l.log, "register", g.ID, g.At)
			s.Registers = replace(s.Registers, g, func(g *Register) string { return g.ID })
		}
		s.Marks = append(s.Marks, f.found.marks...)
	}
	for _, f := range l.tables {
		if f.src == nil {
			continue
		}
		for _, t := range sharedTables {
			if f.name == "shared/"+t.name {
				t.read(l, f.src)
			}
		}
	}
	slices.SortStableFunc(s.Municipalities, func(a, b *Municipal) int { return cmp.Compare(a.Code, b.Code) })
	s.Index()
	l.checkShared()
}

// replace adds an item to a list, in the place of the one with the same id when there is one.
func replace[T any](list []T, item T, id func(T) string) []T {
	for i, old := range list {
		if id(old) == id(item) {
			list[i] = item
			return list
		}
	}
	return append(list, item)
}
