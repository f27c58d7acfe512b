package definitions

import (
	"cmp"
	"slices"
)

// readShared reads what every bundle may use. A later root's declaration of an id takes the place of an earlier one's.
func (l *loader) readShared() {
	s := l.lib.Shared
	l.common, l.types = newScope(nil, &Bundle{}, s), map[string]ParameterType{}
	builders := map[int]*scope{} // by root: within one root an id is declared once
	laws, parameters, terms, processes, registers := newest[*Act]{}, newest[*Parameter]{}, newest[*Term]{}, newest[*Process]{}, newest[*Register]{}
	for _, f := range l.shared {
		r := l.walkFile(f, sharedFile, Languages)
		l.common.broken = l.common.broken || f.found.lost
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
			laws.add(&s.Laws, a.ID, a)
			l.common.set("act", a.ID, a.At)
		}
		if section := f.val.get("parameters"); section != nil {
			for _, pf := range section.fields {
				if pf.val == nil {
					continue
				}
				p := r.buildParameter(pf, "")
				root.declare(l.log, "parameter", p.ID, p.At)
				parameters.add(&s.Parameters, p.ID, p)
				l.common.set("parameter", p.ID, p.At)
				l.types[p.ID] = p.Type
			}
		}
		for _, t := range buildTerms(f.val.get("terms")) {
			root.declare(l.log, "term", t.ID, t.At)
			terms.add(&s.Terms, t.ID, t)
			l.common.set("term", t.ID, t.At)
		}
		for _, p := range buildProcesses(f.val.get("processes")) {
			root.declare(l.log, "process", p.ID, p.At)
			processes.add(&s.Processes, p.ID, p)
			l.common.set("process", p.ID, p.At)
		}
		for _, g := range r.buildRegisters(f.val.get("registers")) {
			root.declare(l.log, "register", g.ID, g.At)
			registers.add(&s.Registers, g.ID, g)
			l.common.set("register", g.ID, g.At)
		}
		s.Marks = append(s.Marks, f.found.marks...)
	}
	for _, f := range l.tables {
		if f.src == nil {
			l.tableLost = true
			continue
		}
		for _, t := range sharedTables {
			if f.name == "shared/"+t.name {
				t.read(l, f.src)
				l.tableLost = l.tableLost || l.log.hasLost(f.shown)
			}
		}
	}
	slices.SortStableFunc(s.Municipalities, func(a, b *Municipal) int { return cmp.Compare(a.Code, b.Code) })
	s.Index()
	l.checkShared()
}

// newest adds items to a list, in the place of the one with the same id when there is one.
type newest[T any] map[string]int

func (n newest[T]) add(list *[]T, id string, item T) {
	if i, ok := n[id]; ok {
		(*list)[i] = item
		return
	}
	n[id] = len(*list)
	*list = append(*list, item)
}

// set records an id, whether or not it is there already.
func (s *scope) set(noun, id string, at Position) {
	if s.ids[noun] == nil {
		s.ids[noun] = map[string]Position{}
	}
	s.ids[noun][id] = at
}
