package identity

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"luvat/server/store"
)

// A page is filled in, the session ends, the page is posted. Keep puts the posted fields aside under a random token that only the
// browser has; after the login the page at the same place asks Kept and shows what was typed.
//
// The fields are sealed with a key made of the browser's token, so neither the store nor its operator can read them. They belong to
// the account whose session ended, which the ended session's record tells for 24 hours: another person who logs in with the same
// browser does not get them. When no ended session is known, they belong to whoever logs in with the browser that posted them.

const keptBucket = "kept"

const (
	keptFor = time.Hour
	maxKept = 256 << 10 // bytes of a form, as it would be posted
)

// Anybody may post a form without having logged in. Such forms are few at a time, so that nobody fills the disk with them.
const (
	anonymousForms = 200
	anonymousEvery = 5 * time.Second
)

// Why a form was not kept.
var (
	ErrFormTooLarge = errors.New("the form is too large to be kept over a login")
	ErrTooManyForms = errors.New("too many forms are being kept of people who have not logged in")
)

// kept is the value of a record, before sealing.
type kept struct {
	Account string     `json:"account,omitempty"` // "": whoever logs in
	Form    url.Values `json:"form"`
}

// Keep puts a posted form aside until the person has logged in again. place names the page: any text, the same at Kept; its address
// without the query is good. Files are not kept. It writes a cookie, so it comes before the answer.
func (s *Sessions) Keep(w http.ResponseWriter, r *http.Request, place string, form url.Values) error {
	if len(form.Encode()) > maxKept {
		return ErrFormTooLarge
	}
	k := kept{Account: s.whose(r), Form: form}
	if k.Account == "" && !s.budget.take() {
		return ErrTooManyForms
	}
	token, master, ok := s.keptToken(r)
	if !ok {
		token = newToken()
		master, _ = base64.RawURLEncoding.DecodeString(token)
	}
	plain, err := json.Marshal(k)
	if err != nil {
		return err
	}
	key := digest(token, place)
	sealed, err := sealWith(master, keptBucket, key, plain)
	if err != nil {
		return err
	}
	record := store.Record{Key: key, Value: sealed, Expires: time.Now().Add(keptFor)}
	if _, err := s.store.Put(r.Context(), keptBucket, record, 0); err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{
		Name: s.keptCookie(), Value: token, Path: "/", MaxAge: int(keptFor / time.Second),
		Secure: s.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	return nil
}

// Kept returns the form that was put aside at place, to the account it belongs to; ok is false when there is none. It stays until
// Release or its hour is over, so that reloading the page loses nothing.
func (s *Sessions) Kept(r *http.Request, place string) (form url.Values, ok bool, err error) {
	current, in := s.Current(r.Context())
	token, master, has := s.keptToken(r)
	if !in || !has {
		return nil, false, nil
	}
	key := digest(token, place)
	record, err := s.store.Get(r.Context(), keptBucket, key, time.Now())
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	plain, err := openWith(master, keptBucket, key, record.Value)
	if err != nil {
		return nil, false, errSealed
	}
	var k kept
	if err := json.Unmarshal(plain, &k); err != nil {
		return nil, false, err
	}
	if k.Account != "" && k.Account != current.Account {
		return nil, false, nil
	}
	return k.Form, true, nil
}

// Release removes the form that was put aside at place: it has been saved, or the person does not want it.
func (s *Sessions) Release(r *http.Request, place string) error {
	token, _, ok := s.keptToken(r)
	if !ok {
		return nil
	}
	err := s.store.Delete(r.Context(), keptBucket, digest(token, place))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

func (s *Sessions) keptCookie() string { return cookieName("luvat-kept", s.secure) }

// keptToken returns the browser's token for kept forms and the key that it is.
func (s *Sessions) keptToken(r *http.Request) (token string, master []byte, ok bool) {
	c, err := r.Cookie(s.keptCookie())
	if err != nil || !isToken(c.Value) {
		return "", nil, false
	}
	master, err = base64.RawURLEncoding.DecodeString(c.Value)
	return c.Value, master, err == nil
}

// whose returns the account of the session that the browser's cookie names, ended or not; "" when it is not known.
func (s *Sessions) whose(r *http.Request) string {
	c, err := r.Cookie(s.scs.Cookie.Name)
	if err != nil {
		return ""
	}
	record, _, err := s.records.read(context.WithoutCancel(r.Context()), c.Value)
	if err != nil {
		return ""
	}
	_, values, err := sessionCodec{}.Decode(record.Data)
	if err != nil {
		return ""
	}
	session, _ := values[sessionKey].(Session)
	return session.Account
}

// budget allows so many things at once, and one more after each interval.
type budget struct {
	mu    sync.Mutex
	size  int
	every time.Duration
	left  int
	since time.Time
}

func newBudget(size int, every time.Duration) *budget {
	return &budget{size: size, every: every, left: size, since: time.Now()}
}

func (b *budget) take() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := int(time.Since(b.since) / b.every); n > 0 {
		b.left = min(b.size, b.left+n)
		b.since = b.since.Add(time.Duration(n) * b.every)
	}
	if b.left == 0 {
		return false
	}
	b.left--
	return true
}
