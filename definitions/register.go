package definitions

import "time"

// Register is a system of somebody else that is asked what it knows of the customer: a base register, or an authority's own system.
// Everything about how it is asked and how its answer is read is declared here; asking is the server's.
type Register struct {
	ID      string
	At      Position
	Title   Text
	URL     Scalar  // beginning with https://, or http:// on this machine; {name} in its path stands for a value of Path
	Path    []Named // every name stands in URL once or more
	Query   []Named
	Body    []Named // posted as a JSON object; nil: the register is asked with GET
	Headers []Header
	Auth    *Auth // nil: it lets everybody in
	When    Expr  // absent: always asked
	Timeout time.Duration
	Cache   time.Duration // 0: nothing is kept
	Valid   Expr          // absent: every answer is believed
	Let     []Named       // in order; each may use those before it
	Found   Expr          // absent: every answer is about the one who was asked about
	Gives   []Named
	Sources []string
	Unverified
}

// Named is an expression with a name.
type Named struct {
	Name Scalar
	Is   Expr
}

// Header is a header that is sent with every question. Its value may hold ${secret:name}.
type Header struct {
	Name, Value Scalar
}

// AuthWay is how a register lets luvat in.
type AuthWay string

// The ways of being let in.
const (
	BasicAuth  AuthWay = "basic"
	BearerAuth AuthWay = "bearer"
	HeaderAuth AuthWay = "header"
)

// Auth names the secret that a register asks for. The secret itself is never part of a definition.
type Auth struct {
	At     Position
	Way    AuthWay
	Name   string // the user of basic, the header of header
	Secret string
}

// The times of a register that are not said, and the longest that may be.
const (
	DefaultTimeout = 2 * time.Second
	MaxTimeout     = 30 * time.Second
	MaxCache       = 30 * 24 * time.Hour
)

// Secrets lists the names of the secrets that a register needs, in order of mention, each once.
func (r *Register) Secrets() []string {
	var names []string
	add := func(name string) {
		for _, n := range names {
			if n == name {
				return
			}
		}
		names = append(names, name)
	}
	if r.Auth != nil {
		add(r.Auth.Secret)
	}
	for _, h := range r.Headers {
		for _, m := range secretPattern.FindAllStringSubmatch(h.Value.Value, -1) {
			add(m[1])
		}
	}
	return names
}

// Fill returns the header's value with its secrets in place.
func (h Header) Fill(secret func(name string) string) string {
	return secretPattern.ReplaceAllStringFunc(h.Value.Value, func(s string) string {
		return secret(secretPattern.FindStringSubmatch(s)[1])
	})
}

// FillPath returns the register's address with the names in its path replaced by what value gives for them, which must be encoded.
func (r *Register) FillPath(value func(name string) string) string {
	return pathName.ReplaceAllStringFunc(r.URL.Value, func(s string) string { return value(s[1 : len(s)-1]) })
}
