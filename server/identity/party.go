package identity

import "time"

// Party is on whose behalf one acts: oneself, which is the zero Party, or an organisation.
type Party struct {
	ID       string   `json:"id,omitempty"` // business id; "" is oneself
	Name     string   `json:"name,omitempty"`
	Roles    []string `json:"roles,omitempty"`    // register roles (TJ, NIMKO …) and mandate themes (URIs)
	Complete bool     `json:"complete,omitempty"` // the register knew all roles; false: there may be more than Roles says
}

// Oneself is the party of somebody who acts for nobody else.
var Oneself = Party{}

// Self reports whether the party is oneself.
func (p Party) Self() bool { return p.ID == "" }

// Evidence is why an account may act for a party, for the ledger.
type Evidence struct {
	Party   Party     `json:"party"`   // with the roles as they were at At
	Source  string    `json:"source"`  // "oneself", "persona", "e-authorizations" or "invitation"
	Request string    `json:"request"` // the mandate register's name for the inquiry; "" when nothing was asked
	At      time.Time `json:"at"`
}

// Sources of the right to act.
const (
	SourceOneself        = "oneself"
	SourcePersona        = "persona"
	SourceAuthorizations = "e-authorizations"
	SourceInvitation     = "invitation"
)
