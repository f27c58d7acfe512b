package identity

import (
	"regexp"
	"time"

	"luvat/definitions"
)

// Account is a person who has logged in at least once. It has no personal identity code: see Accounts.PersonalID.
type Account struct {
	ID           string           `json:"id"`       // opaque and random; the same at every login by the same provider and subject
	Provider     string           `json:"provider"` // id of the Provider that identified the person
	Name         string           `json:"name"`
	GivenName    string           `json:"given_name,omitempty"`
	FamilyName   string           `json:"family_name,omitempty"`
	Email        string           `json:"email,omitempty"`
	OwnEmail     bool             `json:"own_email,omitempty"` // the person wrote the e-mail address; a login does not change it
	Language     definitions.Lang `json:"language,omitempty"`
	Address      *Address         `json:"address,omitempty"`      // nil when unknown, and always when Protected
	Municipality string           `json:"municipality,omitempty"` // home municipality, three digits; "" when unknown or Protected
	Protected    bool             `json:"protected,omitempty"`    // turvakielto: no address of this person may be stored or shown
	Identified   bool             `json:"identified,omitempty"`   // a Finnish personal identity code is known
	Foreign      bool             `json:"foreign,omitempty"`      // identified by another country's means (eIDAS)
	Authorities  []string         `json:"authorities,omitempty"`  // ids of the authorities in whose service the person handles filings; as the last login said
	Operator     bool             `json:"operator,omitempty"`     // keeps a development installation running; never set outside development
	Assurance    string           `json:"assurance,omitempty"`    // level of assurance as the provider names it (acr)
	At           time.Time        `json:"at"`                     // when the person last proved who they are
	Created      time.Time        `json:"created"`
}

// Address is a postal address as a population register has it.
type Address struct {
	Street     string `json:"street"`
	PostalCode string `json:"postal_code"`
	City       string `json:"city"`
	Country    string `json:"country,omitempty"`
}

// Identity is what a provider says of a person at one login.
type Identity struct {
	Subject      string // names the person for ever, within the provider
	Name         string
	GivenName    string
	FamilyName   string
	Email        string
	Language     definitions.Lang // "" when the provider does not say
	PersonalID   string           // Finnish personal identity code with its separator; "" when there is none
	ForeignID    string           // eIDAS person identifier, "XX/FI/…"; "" when there is none
	Address      *Address
	Municipality string
	Protected    bool
	Authorities  []string // ids of the authorities in whose service the person is
	Operator     bool     // of a persona only
	Assurance    string
	At           time.Time // zero: now
	IDToken      string    // what the provider wants back at logout; "" when nothing
}

// personalIDForm is the form of a Finnish personal identity code. The separator belongs to the code: 100190-999P and 100190Y999P are
// two people. The check character is the provider's business: whoever identified the person has looked it up.
var personalIDForm = regexp.MustCompile(`^[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-FHJ-NPR-Y]$`)

// IsPersonalID reports whether s has the form of a Finnish personal identity code.
func IsPersonalID(s string) bool { return personalIDForm.MatchString(s) }

// masked returns the identity without what may not be stored of a person under a safety ban.
func (id Identity) masked() Identity {
	if id.Protected {
		id.Address, id.Municipality = nil, ""
	}
	return id
}
