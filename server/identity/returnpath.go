package identity

import (
	"net/url"
	"strings"
)

// maxReturn bounds the address to go back to after a login, in bytes: an address with the answers of a whole questionnaire fits.
const maxReturn = 8 << 10

// LocalPath returns s when it is an address of this service, and "/" otherwise. Browsers read "//host", "/\host" and control
// characters as ways to other hosts, so none of them passes, escaped or not in the first segment.
func LocalPath(s string) string {
	if len(s) > maxReturn || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") {
		return "/"
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] == '\\' || s[i] == 0x7f {
			return "/"
		}
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" {
		return "/"
	}
	if strings.HasPrefix(u.Path, "//") || strings.ContainsAny(u.Path, "\\\x00\r\n\t") {
		return "/"
	}
	return s
}
