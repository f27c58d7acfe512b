package casefile

import "slices"

// Actor is who acts. Exactly one of Account, Authority and System says who; Party goes with Account.
type Actor struct {
	Account   string // somebody who logged in
	Name      string // as others on the case see it
	Party     string // the organisation on whose behalf, whose mandate has been checked; "" for oneself
	PartyName string
	Authority string // an authority's own system
	System    bool   // luvat itself: a worker
}

// By is how the ledger names the actor.
func (a Actor) By() string {
	switch {
	case a.System:
		return "system"
	case a.Authority != "":
		return "authority:" + a.Authority
	}
	return a.Account
}

// Role is what somebody may do with a case. Each may also do what the lesser ones may.
type Role string

// The roles, from the least to the greatest.
const (
	NoRole     Role = ""
	RoleRead   Role = "read"
	RoleEdit   Role = "edit"   // answers, fills in and attaches
	RoleSubmit Role = "submit" // also sends, changes and withdraws
	RoleOwner  Role = "owner"  // also decides who has access
)

// Roles are those that an owner can give, from the least to the greatest.
var Roles = []Role{RoleRead, RoleEdit, RoleSubmit}

func (r Role) rank() int {
	return slices.Index([]Role{NoRole, RoleRead, RoleEdit, RoleSubmit, RoleOwner}, r)
}

// Action is something that may be done with a case.
type Action string

// The actions.
const (
	Reading     Action = "read"
	Auditing    Action = "read-log" // who has read the case
	Exporting   Action = "export"
	Renaming    Action = "rename"
	Answering   Action = "answer"
	Prefilling  Action = "prefill"
	Saving      Action = "save"
	Attaching   Action = "attach" // and taking away
	Inviting    Action = "invite" // and changing roles, and revoking
	Leaving     Action = "leave"
	Moving      Action = "move-edition"
	Submitting  Action = "submit"
	Changing    Action = "change"
	Withdrawing Action = "withdraw"
	Messaging   Action = "message"
	Delivering  Action = "deliver"
	Receiving   Action = "receive"
	Handling    Action = "handle" // reading what was sent to one's authority
)

// rule says who may do an action, and when.
type rule struct {
	least     Role // of a person; NoRole: no person
	system    bool
	authority bool // an authority that has a filing of the case
	in        []Phase
}

var (
	anyPhase = []Phase{Draft, Sent, Closed}
	open     = []Phase{Draft, Sent}
)

// rules is the whole of permission; docs/case.md shows it as a table, and a test walks every action × every role × every phase.
var rules = map[Action]rule{
	Reading:     {least: RoleRead, system: true, in: anyPhase},
	Auditing:    {least: RoleOwner, in: anyPhase},
	Exporting:   {least: RoleOwner, in: anyPhase},
	Renaming:    {least: RoleEdit, in: anyPhase},
	Answering:   {least: RoleEdit, in: open},
	Prefilling:  {least: RoleEdit, in: []Phase{Draft}},
	Saving:      {least: RoleEdit, in: open},
	Attaching:   {least: RoleEdit, in: open},
	Inviting:    {least: RoleOwner, in: anyPhase},
	Leaving:     {least: RoleRead, in: anyPhase},
	Moving:      {least: RoleEdit, in: []Phase{Draft}},
	Submitting:  {least: RoleSubmit, in: open},
	Changing:    {least: RoleSubmit, in: []Phase{Sent}},
	Withdrawing: {least: RoleSubmit, in: open},
	Messaging:   {least: RoleEdit, authority: true, in: []Phase{Sent, Closed}},
	Delivering:  {system: true, in: []Phase{Sent, Closed}},
	Receiving:   {authority: true, in: []Phase{Sent, Closed}},
	Handling:    {authority: true, in: []Phase{Sent, Closed}},
}

// RoleOf returns the role that an actor has in the case. A case of an organisation belongs to whoever acts for it with a mandate, and
// to nobody by having opened it; a case of one's own belongs to the account.
func (c *Case) RoleOf(a Actor) Role {
	switch {
	case a.System || a.Authority != "" || a.Account == "":
		return NoRole
	case c.Holder.Party != "" && c.Holder.Party == a.Party, c.Holder.Party == "" && c.Holder.Account == a.Account:
		return RoleOwner
	}
	if p := c.Person(a.Account); p != nil {
		return p.Role
	}
	return NoRole
}

// May reports whether an actor may do something with the case as it is now.
func (c *Case) May(a Actor, do Action) bool { return may(a, c, do) == nil }

// may is the one place where permission is decided. To whom a case is nothing at all it does not exist: ErrNoCase. Who knows it but may
// not do this gets a *Forbidden, and who may at another time a *NotNow.
func may(a Actor, c *Case, do Action) error {
	r, known := rules[do]
	if !known || c.Seq == 0 {
		return ErrNoCase
	}
	role := c.RoleOf(a)
	switch {
	case a.System:
		if !r.system {
			return &Forbidden{Action: do}
		}
	case a.Authority != "":
		if !slices.ContainsFunc(c.Filings, func(f *Filing) bool { return f.Authority.ID == a.Authority && f.Channel != Direct }) {
			return ErrNoCase
		}
		if !r.authority {
			return &Forbidden{Action: do}
		}
	case role == NoRole:
		return ErrNoCase
	case r.least == NoRole || role.rank() < r.least.rank():
		return &Forbidden{Action: do, Role: role, Least: r.least}
	}
	if !slices.Contains(r.in, c.Phase) {
		return &NotNow{Action: do, Phase: c.Phase}
	}
	return nil
}
