package identity

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"luvat/definitions"
	"luvat/server/store"
)

// Accounts keeps the accounts.
type Accounts struct {
	store store.Store
	vault *vault
}

const (
	accountBucket = "account"
	secretBucket  = "account-secret"
	linkBucket    = "account-link"
)

// ErrNoAccount says that there is no account with this id.
var ErrNoAccount = errors.New("there is no such account")

// secret is what is known of a person that no page needs: it is sealed and apart from the account.
type secret struct {
	Subject    string `json:"subject"`
	PersonalID string `json:"personal_id,omitempty"`
	ForeignID  string `json:"foreign_id,omitempty"`
}

// attempts bounds how often a change is tried anew because somebody else changed the same record meanwhile.
const attempts = 8

// SignIn returns the account of an identity, with what the provider says now; at the first login it makes one.
func (a *Accounts) SignIn(ctx context.Context, provider string, id Identity) (Account, error) {
	if provider == "" || id.Subject == "" {
		return Account{}, errors.New("an account needs a provider and a subject")
	}
	id = id.masked()
	accountID, err := a.link(ctx, provider, id.Subject)
	if err != nil {
		return Account{}, err
	}
	plain, err := json.Marshal(secret{id.Subject, id.PersonalID, id.ForeignID})
	if err != nil {
		return Account{}, err
	}
	sealed, err := a.vault.seal(secretBucket, accountID, plain)
	if err != nil {
		return Account{}, err
	}
	if _, err := a.store.Put(ctx, secretBucket, store.Record{Key: accountID, Value: sealed}, 0); err != nil {
		return Account{}, err
	}
	return a.change(ctx, accountID, true, func(acc *Account) {
		acc.Provider = provider
		acc.Name, acc.GivenName, acc.FamilyName = id.Name, id.GivenName, id.FamilyName
		if id.Email != "" && !acc.OwnEmail {
			acc.Email = id.Email
		}
		if acc.Language == "" {
			acc.Language = id.Language
		}
		acc.Address, acc.Municipality, acc.Protected = id.Address, id.Municipality, id.Protected
		acc.Identified, acc.Foreign = id.PersonalID != "", id.ForeignID != ""
		acc.Authorities, acc.Operator = slices.Clone(id.Authorities), id.Operator // whoever has left an authority is in its service no more
		acc.Assurance, acc.At = id.Assurance, id.At.UTC()
		if id.At.IsZero() {
			acc.At = time.Now().UTC()
		}
	})
}

// link returns the id of the account of a subject. Of two first logins at once, one makes the link and the other finds it.
func (a *Accounts) link(ctx context.Context, provider, subject string) (string, error) {
	tags, err := a.vault.tags(linkBucket, provider, subject)
	if err != nil {
		return "", err
	}
	accountID := ""
	for i, tag := range tags {
		r, err := a.store.Get(ctx, linkBucket, tag, time.Now())
		if err == nil {
			if i == 0 {
				return string(r.Value), nil
			}
			accountID = string(r.Value) // linked under an older key: link it under the current one too
			break
		}
		if !errors.Is(err, store.ErrNotFound) {
			return "", err
		}
	}
	if accountID == "" {
		accountID = strings.ToLower(rand.Text()) // 130 bits
	}
	_, err = a.store.Put(ctx, linkBucket, store.Record{Key: tags[0], Value: []byte(accountID)}, store.New)
	if errors.Is(err, store.ErrStale) {
		r, err := a.store.Get(ctx, linkBucket, tags[0], time.Now())
		return string(r.Value), err
	}
	return accountID, err
}

// change applies f to an account; when make is true it may be a new one.
func (a *Accounts) change(ctx context.Context, id string, make bool, f func(*Account)) (Account, error) {
	for range attempts {
		r, err := a.store.Get(ctx, accountBucket, id, time.Now())
		acc := Account{ID: id}
		version := r.Version
		switch {
		case err == nil:
			if err := json.Unmarshal(r.Value, &acc); err != nil {
				return Account{}, fmt.Errorf("account %s cannot be read: %w", id, err)
			}
		case errors.Is(err, store.ErrNotFound) && make:
			acc.Created = time.Now().UTC()
			version = store.New
		case errors.Is(err, store.ErrNotFound):
			return Account{}, ErrNoAccount
		default:
			return Account{}, err
		}
		f(&acc)
		value, err := json.Marshal(acc)
		if err != nil {
			return Account{}, err
		}
		_, err = a.store.Put(ctx, accountBucket, store.Record{Key: id, Value: value}, version)
		if err == nil {
			return acc, nil
		}
		if !errors.Is(err, store.ErrStale) {
			return Account{}, err
		}
	}
	return Account{}, fmt.Errorf("account %s: %w", id, store.ErrStale)
}

// Get returns an account, or ErrNoAccount.
func (a *Accounts) Get(ctx context.Context, id string) (Account, error) {
	r, err := a.store.Get(ctx, accountBucket, id, time.Now())
	if errors.Is(err, store.ErrNotFound) {
		return Account{}, ErrNoAccount
	}
	if err != nil {
		return Account{}, err
	}
	var acc Account
	if err := json.Unmarshal(r.Value, &acc); err != nil {
		return Account{}, fmt.Errorf("account %s cannot be read: %w", id, err)
	}
	return acc, nil
}

// SetContact stores what a person wrote as their e-mail address and language; "" leaves as it was.
func (a *Accounts) SetContact(ctx context.Context, id, email string, lang definitions.Lang) (Account, error) {
	return a.change(ctx, id, false, func(acc *Account) {
		if email != "" {
			acc.Email, acc.OwnEmail = email, true
		}
		if lang != "" {
			acc.Language = lang
		}
	})
}

// PersonalID returns the Finnish personal identity code of an account, "" when none is known. It belongs in a filing that asks for it
// and nowhere else: no address, log, e-mail or cookie.
func (a *Accounts) PersonalID(ctx context.Context, id string) (string, error) {
	s, err := a.secret(ctx, id)
	return s.PersonalID, err
}

// ForeignID returns the eIDAS person identifier of an account, "" when none is known.
func (a *Accounts) ForeignID(ctx context.Context, id string) (string, error) {
	s, err := a.secret(ctx, id)
	return s.ForeignID, err
}

func (a *Accounts) secret(ctx context.Context, id string) (secret, error) {
	r, err := a.store.Get(ctx, secretBucket, id, time.Now())
	if errors.Is(err, store.ErrNotFound) {
		return secret{}, ErrNoAccount
	}
	if err != nil {
		return secret{}, err
	}
	plain, err := a.vault.open(secretBucket, id, r.Value)
	if err != nil {
		return secret{}, err
	}
	var s secret
	err = json.Unmarshal(plain, &s)
	return s, err
}

// Erase removes an account with all that this package keeps of it but sessions, which end when they next find no account. Cases are
// the business of their own retention.
func (a *Accounts) Erase(ctx context.Context, id string) error {
	acc, err := a.Get(ctx, id)
	if err != nil {
		return err
	}
	s, err := a.secret(ctx, id)
	if err != nil && !errors.Is(err, ErrNoAccount) {
		return err
	}
	if err == nil {
		tags, err := a.vault.tags(linkBucket, acc.Provider, s.Subject)
		if err != nil {
			return err
		}
		for _, tag := range tags {
			if err := a.store.Delete(ctx, linkBucket, tag); err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
	}
	grants := &Grants{a.store}
	given, err := grants.Of(ctx, id)
	if err != nil {
		return err
	}
	for _, p := range given {
		if err := grants.Take(ctx, id, p.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	for _, bucket := range []string{mandateBucket, secretBucket, accountBucket} {
		if err := a.store.Delete(ctx, bucket, id); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}
