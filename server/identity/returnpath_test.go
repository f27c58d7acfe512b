package identity

import (
	"net/url"
	"strings"
	"testing"
)

func TestLocalPath(t *testing.T) {
	for _, s := range []string{
		"/", "/fi", "/fi/events/result?a=abc_-&on=2027-06-01#q-visitors", "/sv/%C3%A4rende", "/fi/a?u=https://example.com//x",
		"/fi/case/01H?tab=files&x=%2F%2Fexample.com",
	} {
		if got := LocalPath(s); got != s {
			t.Errorf("LocalPath(%q) = %q", s, got)
		}
	}
	for _, s := range []string{
		"", "fi", "//example.com", "///example.com", "/\\example.com", "\\\\example.com", "/\t/example.com", "/\n/example.com",
		"https://example.com/", "HTTPS:example.com", "javascript:alert(1)", "data:text/html,x", " //example.com", "/ /example.com",
		"/%2F/example.com", "/%5Cexample.com", "/%09/example.com", "//example.com@luvat.example.fi", "/fi\x00", "/fi\x7f", "/%zz",
		"/" + strings.Repeat("a", maxReturn), "?a=b", "#x", "http:/fi", "/fi\r\nSet-Cookie: a=b",
	} {
		if got := LocalPath(s); got != "/" {
			t.Errorf("LocalPath(%q) = %q, want /", s, got)
		}
	}
}

// Whatever comes out, a browser that is led to it stays at this service.
func FuzzLocalPath(f *testing.F) {
	for _, s := range []string{"/fi", "//a", "/\\a", "/%2f%2fa", "/a/../..//b", "/.//b"} {
		f.Add(s)
	}
	base, _ := url.Parse("https://luvat.example.fi/login/x/callback")
	f.Fuzz(func(t *testing.T, s string) {
		got := LocalPath(s)
		// As the WHATWG URL standard reads an address: tabs and line ends are dropped, and \ is /.
		read := strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(got)
		u, err := base.Parse(read)
		if err != nil || u.Host != base.Host || u.Scheme != "https" || strings.HasPrefix(read, "//") {
			t.Errorf("LocalPath(%q) = %q leads to %v", s, got, u)
		}
	})
}

func TestReturnPathThroughALogin(t *testing.T) {
	s, _ := newService(t, nil)
	h := site(s)
	for back, want := range map[string]string{
		"/fi/events/result?a=x": "/fi/events/result?a=x", "https://example.com/": "/", "//example.com": "/", `/\example.com`: "/",
	} {
		if got := newBrowser(t, h).asPersona("citizen", back); got != want {
			t.Errorf("return=%q led to %q, want %q", back, got, want)
		}
	}
}
