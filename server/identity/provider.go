package identity

import (
	"fmt"
	"net/http"

	"luvat/definitions"
)

// Provider identifies people.
type Provider interface {
	// ID names the provider in addresses and records: lower-case letters, digits and hyphens.
	ID() string
	// Name is what people call it, in lang.
	Name(lang definitions.Lang) string
	// Begin leads the browser to where it identifies itself: by a redirect, or by a page that posts a form. When it returns an
	// error it has written nothing.
	Begin(w http.ResponseWriter, r *http.Request, a Attempt) error
	// Complete reads what the browser brought back to Attempt.Callback, by GET or POST. Errors are *LoginError.
	Complete(r *http.Request, a Attempt) (Identity, error)
	// Logout returns the address at which the browser ends its session with the provider, which then leads to back; "" when there
	// is none. hint is Identity.IDToken of the login.
	Logout(hint, back string) string
	// Posts reports whether the callback is a POST from the provider's site, for which the login cookie must be SameSite=None.
	Posts() bool
}

// Attempt is one login under way. Its secrets are kept on the server, bound to the browser by a cookie.
type Attempt struct {
	State    string           `json:"state"`    // comes back with the callback, as state or RelayState
	Nonce    string           `json:"nonce"`    // must be in what the provider signs
	Verifier string           `json:"verifier"` // for PKCE
	Lang     definitions.Lang `json:"lang"`     // one of definitions.Languages
	Callback string           `json:"callback"` // absolute address at which Complete is waited for
}

// Reason is why a login did not succeed, as a page may explain it.
type Reason string

const (
	Cancelled   Reason = "cancelled"   // the person turned back
	Expired     Reason = "expired"     // too long ago, used already, or another browser's: begin anew
	Unavailable Reason = "unavailable" // the identification service does not answer: try again later
	Rejected    Reason = "rejected"    // what came back cannot be trusted
	Incomplete  Reason = "incomplete"  // what came back lacks something that luvat needs, such as a name
	Weak        Reason = "weak"        // identified by weaker means than luvat accepts
)

// LoginError says why a login or a choice of mandates did not succeed. Its text is for the log of an operator: it names no person.
type LoginError struct {
	Reason Reason
	Err    error
}

func (e *LoginError) Error() string { return fmt.Sprintf("login: %s: %v", e.Reason, e.Err) }
func (e *LoginError) Unwrap() error { return e.Err }

func failed(reason Reason, format string, args ...any) error {
	return &LoginError{Reason: reason, Err: fmt.Errorf(format, args...)}
}
