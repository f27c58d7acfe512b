package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"luvat/server/identity/mandate"
	"luvat/server/store"
)

// Authorizations is Mandates by Suomi.fi e-Authorizations: the person chooses on its page for which organisations to act, and it says
// in which roles. What a role allows is not its business but the definitions'.
type Authorizations struct {
	client   *mandate.Client
	store    store.Store
	vault    *vault
	accounts *Accounts
}

const mandateBucket = "mandate"

// mandateFor is how long the organisations that a person chose are offered without a new visit to the register. Acts that bind are
// checked anew all the same.
const mandateFor = Lifetime

// mandateRecord is the value of a record, before sealing.
type mandateRecord struct {
	Session mandate.Session `json:"session"`
	Token   mandate.Token   `json:"token"`
	Parties []Party         `json:"parties"`
	// A visit to the register under way.
	State string    `json:"state,omitempty"`
	Start Start     `json:"start"`
	Until time.Time `json:"until"`
}

func newAuthorizations(c mandate.Config, s *Service) (*Authorizations, error) {
	c.Return = s.base + MandateCallbackPath
	client, err := mandate.New(c)
	if err != nil {
		return nil, err
	}
	return &Authorizations{client, s.store, s.vault, s.accounts}, nil
}

// CanChoose reports whether the account has what the register knows people by.
func (m *Authorizations) CanChoose(a Account) bool { return a.Identified }

// Parties returns the organisations of the last visit to the register, for as long as a session may last.
func (m *Authorizations) Parties(ctx context.Context, a Account) ([]Party, error) {
	record, err := m.read(ctx, a.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return record.Parties, err
}

// Choose registers the person with the register and leads the browser to its page.
func (m *Authorizations) Choose(w http.ResponseWriter, r *http.Request, a Account, start Start) error {
	personalID, err := m.accounts.PersonalID(r.Context(), a.ID)
	if err != nil {
		return err
	}
	if personalID == "" {
		return failed(Incomplete, "the mandate register knows people by their Finnish personal identity code only")
	}
	session, err := m.client.Register(r.Context(), personalID)
	if err != nil {
		return failed(Unavailable, "%w", err)
	}
	record, err := m.read(r.Context(), a.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	// The organisations of the last visit stay until this one is over.
	record.State, record.Start, record.Until = newToken(), start, time.Now().Add(loginFor).UTC()
	record.Session, record.Token = session, mandate.Token{}
	if err := m.write(r.Context(), a.ID, record); err != nil {
		return err
	}
	http.Redirect(w, r, m.client.AuthorizeURL(session, string(start.Lang), record.State), http.StatusSeeOther)
	return nil
}

// Chosen reads what the browser brought back and asks the register for the organisations and roles.
func (m *Authorizations) Chosen(r *http.Request, a Account) ([]Party, Start, error) {
	ctx := r.Context()
	start := Start{Lang: a.Language}.sound()
	record, err := m.read(ctx, a.ID)
	if errors.Is(err, store.ErrNotFound) || err == nil && (record.State == "" || time.Now().After(record.Until)) {
		return nil, start, failed(Expired, "no visit to the mandate register is under way")
	}
	if err != nil {
		return nil, start, err
	}
	start = record.Start
	query := r.URL.Query()
	if state := query.Get("state"); state != "" && state != record.State { // the register may not send it back
		return nil, start, failed(Expired, "this is not the visit to the mandate register that is under way")
	}
	record.State = ""
	if code := query.Get("error"); code != "" {
		if err := m.write(ctx, a.ID, record); err != nil {
			return nil, start, err
		}
		if code == "access_denied" {
			return nil, start, failed(Cancelled, "the person chose nothing")
		}
		return nil, start, failed(Unavailable, "the mandate register answered %.100q", code)
	}
	if query.Get("code") == "" {
		return nil, start, failed(Rejected, "the mandate register sent no code")
	}
	if record.Token, err = m.client.Token(ctx, query.Get("code")); err != nil {
		return nil, start, reasoned(err)
	}
	answer, err := m.client.Organisations(ctx, record.Session, record.Token)
	if err != nil {
		return nil, start, reasoned(err)
	}
	record.Parties = parties(answer)
	return record.Parties, start, m.write(ctx, a.ID, record)
}

// Check asks the register again, within its session of about ten minutes. After that only the person can: ErrAskAgain.
func (m *Authorizations) Check(ctx context.Context, a Account, p Party) (Evidence, error) {
	record, err := m.read(ctx, a.ID)
	if errors.Is(err, store.ErrNotFound) {
		return Evidence{}, ErrAskAgain
	}
	if err != nil {
		return Evidence{}, err
	}
	if record.Token.Value == "" || !time.Now().Before(record.Token.Expires) {
		return Evidence{}, ErrAskAgain
	}
	answer, err := m.client.Organisations(ctx, record.Session, record.Token)
	switch {
	case errors.Is(err, mandate.ErrSession):
		return Evidence{}, ErrAskAgain
	case err != nil:
		return Evidence{}, fmt.Errorf("%w: %w", ErrMandatesDown, err)
	}
	for _, q := range parties(answer) {
		if q.ID == p.ID {
			return Evidence{Party: q, Source: SourceAuthorizations, Request: answer.Request, At: time.Now().UTC()}, nil
		}
	}
	return Evidence{}, ErrNoMandate
}

// Forget ends the register's session.
func (m *Authorizations) Forget(ctx context.Context, a Account) error {
	record, err := m.read(ctx, a.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := m.store.Delete(ctx, mandateBucket, a.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return m.client.Unregister(ctx, record.Session)
}

func reasoned(err error) error {
	if errors.Is(err, mandate.ErrSession) {
		return failed(Expired, "%w", err)
	}
	return failed(Unavailable, "%w", err)
}

// parties are the organisations of an answer in which the person has a role, or may have one.
func parties(answer mandate.Answer) []Party {
	var list []Party
	for _, o := range answer.Organisations {
		if len(o.Roles) == 0 && o.Complete {
			continue // the register is sure that the person has no role there
		}
		p := Party{ID: o.Identifier, Name: o.Name, Complete: o.Complete}
		p.Roles = append(p.Roles, o.Roles...) // no roles are nil, as they come back from the store
		list = append(list, p)
	}
	return list
}

func (m *Authorizations) read(ctx context.Context, account string) (mandateRecord, error) {
	var record mandateRecord
	r, err := m.store.Get(ctx, mandateBucket, account, time.Now())
	if err != nil {
		return record, err
	}
	plain, err := m.vault.open(mandateBucket, account, r.Value)
	if err != nil {
		return record, store.ErrNotFound // sealed with a key that is no more: the person chooses anew
	}
	err = json.Unmarshal(plain, &record)
	return record, err
}

func (m *Authorizations) write(ctx context.Context, account string, record mandateRecord) error {
	plain, err := json.Marshal(record)
	if err != nil {
		return err
	}
	sealed, err := m.vault.seal(mandateBucket, account, plain)
	if err != nil {
		return err
	}
	_, err = m.store.Put(ctx, mandateBucket, store.Record{Key: account, Value: sealed, Expires: time.Now().Add(mandateFor)}, 0)
	return err
}
