package casefile

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"luvat/definitions"
	"luvat/server/store"
)

// invitationBucket keeps what an invitation needs until it is accepted, taken back or expires: Invitation records by the key of its
// token. The address is there and not in the ledger, which nothing is ever taken out of.
const invitationBucket = "invitation"

// InvitationLife is how long an invitation is open.
const InvitationLife = 14 * 24 * time.Hour

const maxPeople = 100

// InvitationRecord is what is kept of an open invitation beside the case.
type InvitationRecord struct {
	Case  string           `json:"case"`
	Email string           `json:"email"`
	Token string           `json:"token"` // goes into the letter's link, and is nowhere else
	By    string           `json:"by"`    // name of who invites
	Title string           `json:"title"` // of the case
	Role  Role             `json:"role"`
	Lang  definitions.Lang `json:"lang"`
}

// Invite is access to offer.
type Invite struct {
	Email string
	Role  Role
	Lang  definitions.Lang // of the letter
}

// Invite offers somebody access and has the letter written. It returns the token that the letter's link carries.
func (s *Service) Invite(ctx context.Context, a Actor, id string, in Invite) (*Case, string, error) {
	if !slices.Contains(Roles, in.Role) {
		return nil, "", &Invalid{What: "role", Code: Unknown, Given: string(in.Role)}
	}
	address, err := mail.ParseAddress(in.Email)
	if err != nil || address.Name != "" || len(address.Address) > 254 {
		return nil, "", &Invalid{What: "email", Code: Wrong}
	}
	c, err := s.load(ctx, id)
	if err != nil {
		return nil, "", err
	}
	if err := may(a, c, Inviting); err != nil { // before anything is written; act asks again
		return nil, "", err
	}
	var secret [32]byte
	if _, err := io.ReadFull(s.random, secret[:]); err != nil {
		return nil, "", fmt.Errorf("no random numbers: %w", err)
	}
	token := base64.RawURLEncoding.EncodeToString(secret[:])
	key := invitationKey(token)
	expires := s.now(c).Add(InvitationLife)
	// The record first: without the entry it lets nobody in, and expires.
	record, err := json.Marshal(InvitationRecord{Case: id, Email: address.Address, Token: token, By: a.Name,
		Title: c.Title, Role: in.Role, Lang: in.Lang})
	if err != nil {
		return nil, "", err
	}
	if _, err := s.store.Put(ctx, invitationBucket, store.Record{Key: key, Value: record, Expires: expires}, store.New); err != nil {
		return nil, "", fmt.Errorf("the invitation could not be saved: %w", err)
	}
	c, err = s.act(ctx, a, id, Inviting, func(d *draft) error {
		if len(d.c.People)+len(d.c.Invitations) >= maxPeople {
			return &Invalid{What: "role", Code: TooMany, Limit: maxPeople}
		}
		if err := d.add(&Invited{Key: key, Role: in.Role, Hint: hint(address.Address), Expires: expires}); err != nil {
			return err
		}
		return d.mail("invitation/"+key, Mail{What: MailInvitation, Key: key, Lang: in.Lang}, d.now)
	})
	return c, token, err
}

// Invitation returns what an invitation offers, for the page on which it is accepted and for the letter; ErrNoInvitation when it is not
// open any more.
func (s *Service) Invitation(ctx context.Context, token string) (InvitationRecord, error) {
	return s.InvitationByKey(ctx, invitationKey(token))
}

// InvitationByKey is Invitation for who has the key only: the worker that writes the letter.
func (s *Service) InvitationByKey(ctx context.Context, key string) (InvitationRecord, error) {
	var in InvitationRecord
	r, err := s.store.Get(ctx, invitationBucket, key, s.clock())
	if errors.Is(err, store.ErrNotFound) {
		return in, ErrNoInvitation
	} else if err != nil {
		return in, fmt.Errorf("the invitation cannot be read: %w", err)
	}
	if err := json.Unmarshal(r.Value, &in); err != nil {
		return in, fmt.Errorf("the invitation cannot be read: %w", err)
	}
	return in, nil
}

// Accept gives the actor the role that an invitation offers. Whoever has the token may, once.
func (s *Service) Accept(ctx context.Context, a Actor, token string) (*Case, error) {
	if a.Account == "" {
		return nil, ErrNoInvitation
	}
	in, err := s.Invitation(ctx, token)
	if err != nil {
		return nil, err
	}
	key := invitationKey(token)
	// The token is the permission: the actor has no role yet that may could find.
	c, err := s.append(ctx, a, in.Case, func(d *draft) error {
		open := d.c.Invitation(key)
		if open == nil { // one that has expired has no record any more
			return ErrNoInvitation
		}
		role, has := open.Role, d.c.RoleOf(a)
		if has == RoleOwner {
			return &Invalid{What: "role", Code: Wrong, Given: string(has)}
		}
		if has.rank() > role.rank() {
			role = has // an invitation takes nothing away
		}
		return d.add(&Joined{Key: key, Account: a.Account, Name: a.Name, Role: role})
	})
	if err != nil {
		return nil, err
	}
	if err := s.store.Delete(ctx, invitationBucket, key); err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("the invitation cannot be closed: %w", err)
	}
	return c, nil
}

// SetRole gives somebody on the case another role.
func (s *Service) SetRole(ctx context.Context, a Actor, id, account string, role Role) (*Case, error) {
	if !slices.Contains(Roles, role) {
		return nil, &Invalid{What: "role", Code: Unknown, Given: string(role)}
	}
	return s.act(ctx, a, id, Inviting, func(d *draft) error {
		p := d.c.Person(account)
		if p == nil {
			return &Invalid{What: "person", Code: Unknown}
		}
		if p.Role == role {
			return nil
		}
		return d.add(&RoleChanged{Account: account, Role: role})
	})
}

// Revoke ends somebody's access. Everybody may end their own.
func (s *Service) Revoke(ctx context.Context, a Actor, id, account string) (*Case, error) {
	do := Inviting
	if account == a.Account {
		do = Leaving
	}
	return s.act(ctx, a, id, do, func(d *draft) error {
		if d.c.Person(account) == nil {
			return nil
		}
		return d.add(&Revoked{Account: account})
	})
}

// RevokeInvitation takes an invitation back, by its key. One that is not open is no error.
func (s *Service) RevokeInvitation(ctx context.Context, a Actor, id, key string) (*Case, error) {
	c, err := s.act(ctx, a, id, Inviting, func(d *draft) error {
		if d.c.Invitation(key) == nil {
			return nil
		}
		return d.add(&Revoked{Key: key})
	})
	if err != nil {
		return nil, err
	}
	if err := s.store.Delete(ctx, invitationBucket, key); err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("the invitation cannot be closed: %w", err)
	}
	return c, nil
}

func invitationKey(token string) string {
	return hash([]byte(token))
}

// hint leaves of an address what its owner knows it by: "m…@e….fi".
func hint(address string) string {
	name, host, _ := strings.Cut(address, "@")
	first := func(s string) string {
		r, size := utf8.DecodeRuneInString(s)
		if size == 0 {
			return ""
		}
		return string(r) + "…"
	}
	ending := ""
	if i := strings.LastIndexByte(host, '.'); i >= 0 {
		host, ending = host[:i], host[i:]
	}
	return first(name) + "@" + first(host) + ending
}
