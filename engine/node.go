package engine

// op is what a node of a checked expression does.
type op uint8

const (
	opConst    op = iota // val
	opQuestion           // q
	opField              // a field of the item in scope: q is the field
	opElement            // the item in scope itself (#), of a choices question or a list
	opItem               // the item of a requirement's `for` list
	opEach               // args[0] is a list, args[1] a condition over opItem: it holds for an item
	opParam              // param
	opExists             // param
	opTable              // table, column
	opFact               // fact; its tree is fact.tree
	opNeeded             // req
	opFormula            // formula: needed(…) inside a computed condition
	opAnd
	opOr
	opNot
	opEq     // args 0 and 1
	opLess   // args[0] < args[1]
	opLessEq // args[0] <= args[1]
	opIn     // args[0] is one of args[1:], which are constants or parameters
	opHas    // args[0] is a set, args[1] a constant or parameter that is in it
	opSetEq  // args[0] is a set, args[1:] are constants: the same set
	opAny    // args[0] is a set or list, args[1] the condition
	opAll
	opNone
	opOne
	opCount // args[1] may be missing
	opSum   // args[1] may be missing
	opLen
	opAdd
	opSub
	opMul
	opDiv
	opMod
	opPow
	opNeg
	opDateOf
	opTimeOf
	opHour
	opWeekday
	opAt
	opDaysBetween
	opHoursBetween
	opOutsideHours
	opFrom
	opTo
	opMunicipalityOf
	opIf   // args: condition, then, else
	opCall // name: abs floor ceil round min max lower upper trim contains startsWith endsWith matches
)

// node is a checked expression. Comparisons are normalised to opEq, opLess and opLessEq under opNot.
type node struct {
	op     op
	kind   kind
	args   []*node
	val    value
	q      *question
	param  *param
	table  *table
	column int
	fact   *fact
	req    *requirement
	name   string // function

	formula *formula
}

func constant(k kind, v value) *node { return &node{op: opConst, kind: k, val: v} }

var (
	trueNode  = constant(boolKind, boolValue(true))
	falseNode = constant(boolKind, boolValue(false))
)

func notNode(n *node) *node { return &node{op: opNot, kind: boolKind, args: []*node{n}} }

func andNode(a, b *node) *node { return &node{op: opAnd, kind: boolKind, args: []*node{a, b}} }

func orNode(a, b *node) *node { return &node{op: opOr, kind: boolKind, args: []*node{a, b}} }

// walk calls f for n and all below it, without going into facts, tables and requirements.
func (n *node) walk(f func(*node)) {
	if n == nil {
		return
	}
	f(n)
	for _, a := range n.args {
		a.walk(f)
	}
}

// deep calls f for n and all it reads, through facts and tables (not through needed), each node once.
func (n *node) deep(f func(*node)) {
	seen := map[*node]bool{}
	var visit func(*node)
	visit = func(n *node) {
		if n == nil || seen[n] {
			return
		}
		seen[n] = true
		f(n)
		for _, a := range n.args {
			visit(a)
		}
		switch n.op {
		case opFact:
			visit(n.fact.tree)
		case opTable:
			for _, g := range n.table.given {
				visit(g)
			}
			for _, r := range n.table.rows {
				for _, t := range r.tests {
					visit(t)
				}
			}
		}
	}
	visit(n)
}
