package definitions

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

var (
	secretPattern = regexp.MustCompile(`\$\{secret:([a-z0-9][a-z0-9_-]*)\}`)
	secretLike    = regexp.MustCompile(`\$\{[^}]*\}?`)
	pathName      = regexp.MustCompile(`\{([a-z][a-z0-9_]*)\}`)
	pathLike      = regexp.MustCompile(`\{[^}]*\}?|\}`)
	tokenPattern  = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+.^_|~-]+$`) // RFC 9110, 5.6.2
)

// ownHeaders are set by the client itself; a declared one would be lost or break the message.
var ownHeaders = []string{"accept", "accept-language", "authorization", "connection", "content-length", "content-type", "cookie", "host", "te", "trailer", "transfer-encoding", "upgrade", "user-agent"}

func (r *reader) buildRegisters(v *val) []*Register {
	var registers []*Register
	if v != nil {
		for _, f := range v.fields {
			if f.val != nil {
				registers = append(registers, r.buildRegister(f))
			}
		}
	}
	return registers
}

func (r *reader) buildRegister(f field) *Register {
	v := f.val
	g := &Register{ID: f.key.Value, At: f.key.At, Title: v.get("title").words(), Path: v.get("path").named(), Query: v.get("query").named(),
		Body: v.get("body").named(), When: v.get("when").expr(), Timeout: v.get("timeout").duration(), Cache: v.get("cache").duration(),
		Valid: v.get("valid").expr(), Let: v.get("let").named(), Found: v.get("found").expr(), Gives: v.get("gives").named(), Sources: v.get("sources").strings(), Unverified: v.mark()}
	if address := v.get("url"); address != nil {
		g.URL = address.scalar
		r.checkRegisterURL(g)
	}
	if headers := v.get("headers"); headers != nil {
		for _, h := range headers.fields {
			if h.val != nil {
				g.Headers = append(g.Headers, Header{Name: h.key, Value: h.val.scalar})
				r.checkHeader(h)
			}
		}
	}
	if auth := v.get("auth"); auth != nil {
		g.Auth = r.buildAuth(auth)
	}
	if gives := v.get("gives"); gives != nil && len(gives.fields) == 0 {
		r.error(gives.at, "too-few", "add `name: expression`", "register `%s` gives nothing", cut(g.ID))
	}
	r.checkTime(v.get("timeout"), g.Timeout, MaxTimeout, "30s")
	r.checkTime(v.get("cache"), g.Cache, MaxCache, "30d")
	if g.Timeout <= 0 {
		g.Timeout = DefaultTimeout
	}
	return g
}

func (r *reader) checkTime(v *val, d, most time.Duration, shown string) {
	if v == nil {
		return
	}
	switch {
	case d > most:
		r.error(v.at, "bad-duration", "write "+shown+" or less", "`%s` is too long here", cut(v.str()))
	case d <= 0:
		r.error(v.at, "bad-duration", "leave the key out", "`%s` is no time at all", cut(v.str()))
	}
}

func (r *reader) buildAuth(v *val) *Auth {
	a := &Auth{At: v.at, Secret: v.get("secret").str()}
	switch {
	case v.has("basic"):
		a.Way, a.Name = BasicAuth, v.get("basic").str()
		if at := v.get("basic"); at != nil && strings.Contains(a.Name, ":") {
			r.error(at.at, "bad-header", "", "a user name has no colon; `%s` has one", cut(a.Name))
		}
	case v.has("header"):
		a.Way, a.Name = HeaderAuth, v.get("header").str()
	case v.has("bearer"):
		a.Way = BearerAuth
		if at := v.get("bearer"); at != nil && !at.bool() {
			r.error(at.at, "bad-boolean", "remove `auth`", "`bearer: false` says nothing")
		}
	}
	return a
}

// checkRegisterURL checks an address of a register, with the names in its path.
func (r *reader) checkRegisterURL(g *Register) {
	sc := g.URL
	if !safeAddress(sc.Value) {
		r.error(sc.At, "bad-address", "write it like https://rekisteri.example.fi/api/v1/companies", "`%s` is no address of a register; it must begin with https://, or with http:// on this machine, and hold no user name", cut(sc.Value))
		return
	}
	u, err := url.Parse(sc.Value)
	if err != nil || u.Fragment != "" {
		r.error(sc.At, "bad-address", "remove the part after #", "`%s` is no address of a register", cut(sc.Value))
		return
	}
	if strings.ContainsAny(u.Host+u.RawQuery, "{}") {
		r.error(sc.At, "bad-address", "write a value that changes under `query`", "`%s` has braces outside its path", cut(sc.Value))
		return
	}
	var declared []string
	for _, p := range g.Path {
		declared = append(declared, p.Name.Value)
	}
	used := map[string]bool{}
	for _, m := range pathLike.FindAllStringIndex(sc.Value, -1) {
		text := sc.Value[m[0]:m[1]]
		at := sc.PositionAt(utf8.RuneCountInString(sc.Value[:m[0]]))
		at.End = at.Column + utf8.RuneCountInString(text)
		if !pathName.MatchString(text) {
			r.error(at, "bad-braces", "write {name}, with small letters, digits and _", "`%s` is not a name in braces", cut(text))
			continue
		}
		name := text[1 : len(text)-1]
		used[name] = true
		if !slices.Contains(declared, name) {
			suggestion := didYouMean(name, declared)
			if suggestion == "" {
				suggestion = fmt.Sprintf("add `path: {%s: …}`", name)
			}
			r.error(at, "unknown-placeholder", suggestion, "the address has `{%s}`, but `path` does not say what it is", cut(name))
		}
	}
	for _, p := range g.Path {
		if !used[p.Name.Value] {
			r.error(p.Name.At, "unknown-placeholder", fmt.Sprintf("write {%s} in the address, or remove it here", cut(p.Name.Value)), "`path` says what `%s` is, but the address has no such name", cut(p.Name.Value))
		}
	}
}

func (r *reader) checkHeader(h field) {
	if slices.Contains(ownHeaders, strings.ToLower(h.key.Value)) {
		suggestion := "remove it"
		if strings.EqualFold(h.key.Value, "authorization") {
			suggestion = "write `auth`"
		}
		r.error(h.key.At, "bad-header", suggestion, "the header `%s` is not set by a register", cut(h.key.Value))
	}
	sc := h.val.scalar
	if i := strings.IndexFunc(sc.Value, func(c rune) bool { return c < ' ' || c > '~' }); i >= 0 {
		r.error(sc.PositionAt(utf8.RuneCountInString(sc.Value[:i])), "bad-header", "", "a header has only letters from a to z, digits and signs on one line")
	}
	for _, m := range secretLike.FindAllStringIndex(sc.Value, -1) {
		if text := sc.Value[m[0]:m[1]]; !secretPattern.MatchString(text) {
			at := sc.PositionAt(utf8.RuneCountInString(sc.Value[:m[0]]))
			at.End = at.Column + utf8.RuneCountInString(text)
			r.error(at, "bad-header", "write ${secret:name}", "`%s` is not the name of a secret", cut(text))
		}
	}
}

func (v *val) named() []Named {
	if v == nil {
		return nil
	}
	var list []Named
	for _, f := range v.fields {
		if f.val != nil {
			list = append(list, Named{Name: f.key, Is: f.val.expr()})
		}
	}
	return list
}

func (v *val) duration() time.Duration {
	if v == nil {
		return 0
	}
	d, _ := parseDuration(v.str())
	return d
}

func (v *val) exprs() []Expr {
	var list []Expr
	for _, item := range v.all() {
		list = append(list, item.expr())
	}
	return list
}

var durationPattern = regexp.MustCompile(`^([0-9]{1,7})(ms|s|m|h|d)$`)

// parseDuration reads a whole number with a unit: 500ms, 2s, 5m, 24h, 7d.
func parseDuration(s string) (time.Duration, bool) {
	m := durationPattern.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	unit := map[string]time.Duration{"ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}[m[2]]
	if err != nil || n > int(MaxCache/unit)*100 {
		return 0, false
	}
	return time.Duration(n) * unit, true
}
