package engine

import (
	"slices"
	"sort"

	"luvat/definitions"
)

// table is a decision table, compiled: every cell of a given column is a condition on that column's value.
type table struct {
	def     *definitions.Table
	given   []*node
	outputs []kind
	order   []map[string]int // by output: the priority of each declared value, 0 is first; nil when not declared
	rows    []tableRow
	visited visit
}

type tableRow struct {
	tests []*node // nil: any value
	match *node   // all tests together
	gives []value
}

// single reports whether the hit policy gives one value.
func (t *table) single() bool {
	switch t.def.Hit {
	case definitions.HitUnique, definitions.HitFirst, definitions.HitAny, definitions.HitPriority:
		return true
	}
	return false
}

// result gives an output over rows that match, do not match, or may match.
func (t *table) result(match []tri, column int) value {
	switch t.def.Hit {
	case definitions.HitUnique, definitions.HitFirst, definitions.HitAny:
		// The value is known when every row that may be the one gives the same.
		var found *value
		for i := range t.rows {
			if match[i] == no {
				continue
			}
			v := &t.rows[i].gives[column]
			if found != nil && !same(*found, *v) {
				return unknownValue
			}
			found = v
			if match[i] == yes {
				return *found
			}
		}
		if found != nil {
			return unknownValue
		}
		return noneValue
	case definitions.HitPriority:
		best, open := -1, false
		for _, i := range t.byPriority() {
			if match[i] == yes {
				best = i
				break
			}
			open = open || match[i] == maybe
		}
		switch {
		case best < 0 && open:
			return unknownValue
		case best < 0:
			return noneValue
		}
		for _, i := range t.byPriority() {
			if i == best {
				break
			}
			if match[i] == maybe && !same(t.rows[i].gives[column], t.rows[best].gives[column]) {
				return unknownValue
			}
		}
		return t.rows[best].gives[column]
	}
	if slices.Contains(match, maybe) {
		return unknownValue
	}
	rows := make([]int, 0, len(t.rows))
	for i := range t.rows {
		if match[i] == yes {
			rows = append(rows, i)
		}
	}
	return t.collected(rows, column)
}

// collected gives the output of a policy that takes several rows.
func (t *table) collected(rows []int, column int) value {
	if t.def.Hit == definitions.HitCollectCount {
		return numberValue(float64(len(rows)))
	}
	if len(rows) == 0 {
		if t.def.Hit == definitions.HitCollectSum {
			return numberValue(0)
		}
		return noneValue
	}
	if t.def.Hit == definitions.HitOutputOrder {
		order := t.byPriority()
		sort.Slice(rows, func(i, j int) bool { return slices.Index(order, rows[i]) < slices.Index(order, rows[j]) })
	}
	out := value{st: known}
	for k, i := range rows {
		v := t.rows[i].gives[column]
		switch t.def.Hit {
		case definitions.HitCollectSum:
			out.n += v.n
		case definitions.HitCollectMin:
			if k == 0 || v.n < out.n {
				out.n = v.n
			}
		case definitions.HitCollectMax:
			if k == 0 || v.n > out.n {
				out.n = v.n
			}
		default:
			out.set = append(out.set, valueText(t.outputs[column], v))
		}
	}
	return out
}

// byPriority orders the rows by the declared priority of their first output, then as written.
func (t *table) byPriority() []int {
	rows := make([]int, len(t.rows))
	for i := range rows {
		rows[i] = i
	}
	rank := func(i int) int {
		for c, o := range t.order {
			if o != nil {
				return o[valueText(t.outputs[c], t.rows[i].gives[c])]
			}
		}
		return 0
	}
	sort.SliceStable(rows, func(i, j int) bool { return rank(rows[i]) < rank(rows[j]) })
	return rows
}

func same(a, b value) bool { return a.st == b.st && a.n == b.n && a.s == b.s }
