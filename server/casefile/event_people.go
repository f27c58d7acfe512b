package casefile

import (
	"time"

	"luvat/server/store"
)

// Invited offers access. The ledger keeps neither the address nor the token: they are in a record that goes away with the invitation.
type Invited struct {
	Key     string    `json:"key"` // SHA-256 of the token, in hexadecimal
	Role    Role      `json:"role"`
	Hint    string    `json:"hint"`
	Expires time.Time `json:"expires"`
}

// Kind is "invited".
func (*Invited) Kind() string { return "invited" }

func (v *Invited) apply(c *Case, e *store.Entry) error {
	c.Invitations = append(c.Invitations, &Invitation{Key: v.Key, Role: v.Role, Hint: v.Hint, By: e.By, At: e.At, Expires: v.Expires})
	return nil
}

// Joined says that somebody accepted an invitation.
type Joined struct {
	Key     string `json:"key"`
	Account string `json:"account"`
	Name    string `json:"name"`
	Role    Role   `json:"role"`
}

// Kind is "joined".
func (*Joined) Kind() string { return "joined" }

func (v *Joined) apply(c *Case, e *store.Entry) error {
	by := ""
	if i := c.Invitation(v.Key); i != nil {
		by = i.By
	}
	c.Invitations = without(c.Invitations, func(i *Invitation) bool { return i.Key == v.Key })
	c.People = append(without(c.People, func(p *Person) bool { return p.Account == v.Account }),
		&Person{Account: v.Account, Name: v.Name, Role: v.Role, By: by, At: e.At})
	return nil
}

// RoleChanged gives somebody another role.
type RoleChanged struct {
	Account string `json:"account"`
	Role    Role   `json:"role"`
}

// Kind is "role-changed".
func (*RoleChanged) Kind() string { return "role-changed" }

func (v *RoleChanged) apply(c *Case, _ *store.Entry) error {
	for i, p := range c.People {
		if p.Account == v.Account {
			changed := *p
			changed.Role = v.Role
			c.People[i] = &changed
		}
	}
	return nil
}

// Revoked ends somebody's access, or takes an invitation back: exactly one of the two.
type Revoked struct {
	Account string `json:"account,omitempty"`
	Key     string `json:"key,omitempty"`
}

// Kind is "revoked".
func (*Revoked) Kind() string { return "revoked" }

func (v *Revoked) apply(c *Case, _ *store.Entry) error {
	c.People = without(c.People, func(p *Person) bool { return p.Account == v.Account })
	c.Invitations = without(c.Invitations, func(i *Invitation) bool { return i.Key == v.Key })
	return nil
}

// without returns a list without some of its items, in the same order. The list itself stays as it is.
func without[T any](list []T, out func(T) bool) []T {
	var kept []T
	for _, x := range list {
		if !out(x) {
			kept = append(kept, x)
		}
	}
	return kept
}
