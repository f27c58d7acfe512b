package engine

import (
	"sync"

	"luvat/definitions"
)

// Program is one bundle version, compiled. It is immutable and safe for concurrent use.
type Program struct {
	Bundle *definitions.Bundle

	engine       *Engine
	scope        *scope
	questions    []*question
	byID         map[string]*question
	place        *question // where, nil when the bundle has no place
	starts       *question
	requirements []*requirement
	impossible   []*rule
	warnings     []*rule

	epochs []definitions.Date // first days of the times in which all parameters stand still; epochs[0] is the beginning
	mu     sync.Mutex
	models map[int]*model
}

// requirement is a requirement, compiled.
type requirement struct {
	def          *definitions.Requirement
	index        int
	list         *question // for: evaluated once for each item
	place        *question // at: where it is handled
	needed       []*ground
	unless       []*ground
	ask          []*ground
	local        bool // a ground of needed or unless reads parameters that differ by place, or is an overlay's
	localGrounds []*ground
	displacedBy  []*requirement // covered-by, and those that exclude it
	routes       []route
	send         []lead
	recommended  []lead
	fee          *node
	attachments  []attachment
	visited      visit
}

// ground is a condition with what is said about it.
type ground struct {
	def     *definitions.Ground
	section string // needed unless ask
	when    *node  // nil: always
	local   bool
	where   map[string]bool // an overlay's places, nil for everywhere
	from    definitions.Date
	until   definitions.Date
	index   int // of all grounds and rules of the program
}

func (g *ground) inForce(on definitions.Date) bool { return inTime(g.from, g.until, on) }

// rule is an impossible rule or a warning: a ground with an authority.
type rule struct {
	def *definitions.Rule
	*ground
	routes []route
}

type route struct {
	def   *definitions.Route
	when  *node
	place *question
}

type lead struct {
	def    *definitions.Lead
	when   *node
	amount *node
	anchor *question
	after  bool
}

type attachment struct {
	def      *definitions.Attachment
	required *node // nil: optional
	where    map[string]bool
}

// epoch returns the index of the time in which a day falls.
func (p *Program) epoch(on definitions.Date) int {
	i := 0
	for i+1 < len(p.epochs) && p.epochs[i+1] <= on {
		i++
	}
	return i
}

// model returns the decision model for a day of handling. Models are built once for each time between changes of parameters.
func (p *Program) model(on definitions.Date) *model {
	i := p.epoch(on)
	p.mu.Lock()
	defer p.mu.Unlock()
	m := p.models[i]
	if m == nil {
		day := p.epochs[i]
		if day == definitions.NoDate || i == 0 {
			day = on
		}
		m = newModel(p, day, tierCells)
		p.models[i] = m
	}
	return m
}
