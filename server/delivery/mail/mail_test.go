package mail_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"mime"
	"net"
	"net/http/httptest"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"luvat/server/delivery/mail"
)

// server is a real SMTP server that keeps what it takes and answers as it is told.
type server struct {
	mu       sync.Mutex
	letters  [][]byte
	to       []string
	password string
	rcpt     error
	data     error
	stall    time.Duration
	address  string
	trust    *tls.Config
}

type session struct {
	*server
	authenticated bool
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "luvat" || password != s.password {
			return smtp.ErrAuthFailed
		}
		s.authenticated = true
		return nil
	}), nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }
func (s *session) Mail(string, *smtp.MailOptions) error {
	if s.password != "" && !s.authenticated {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.to = append(s.to, to)
	return s.rcpt
}

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	time.Sleep(s.stall)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.data == nil {
		s.letters = append(s.letters, text)
	}
	return s.data
}

// start serves s; with TLS it speaks it from the first byte.
func start(t *testing.T, s *server, implicit bool) *server {
	t.Helper()
	certificates := httptest.NewUnstartedServer(nil)
	certificates.StartTLS()
	t.Cleanup(certificates.Close)
	pool := x509.NewCertPool()
	pool.AddCert(certificates.Certificate())
	s.trust = &tls.Config{RootCAs: pool, ServerName: "example.com", MinVersion: tls.VersionTLS12}
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{server: s}, nil }))
	srv.TLSConfig = &tls.Config{Certificates: certificates.TLS.Certificates, MinVersion: tls.VersionTLS12}
	srv.AllowInsecureAuth = false
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.address = l.Addr().String()
	if implicit {
		l = tls.NewListener(l, srv.TLSConfig)
	}
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
	return s
}

func sender(t *testing.T, scheme string, s *server, login string) *mail.SMTP {
	t.Helper()
	c, err := mail.ParseSMTP(scheme+"://"+login+s.address, "Luvat <luvat@example.fi>")
	if err != nil {
		t.Fatal(err)
	}
	c.Trust(s.trust)
	c.Timeout(2 * time.Second)
	return c
}

func letter() mail.Letter {
	return mail.Letter{ID: "work-1", To: "tapahtumat@turku.example", Subject: "Uusi ilmoitus odottaa: äö\r\nBcc: somebody@else.example", Lang: "fi",
		Text: "Hei,\n\nteille on saapunut uusi ilmoitus.\n.\nTervehdys, luvat åäö\n", At: time.Date(2027, 6, 1, 9, 0, 0, 0, time.UTC)}
}

func TestALetterArrivesAsItWasWritten(t *testing.T) {
	for scheme, s := range map[string]*server{
		"smtp":  start(t, &server{password: "salainen"}, false), // STARTTLS, since the server offers it
		"smtps": start(t, &server{password: "salainen"}, true),
	} {
		if err := sender(t, scheme, s, "luvat:salainen@").Send(t.Context(), letter()); err != nil {
			t.Fatalf("%s: %v", scheme, err)
		}
		m, err := netmail.ReadMessage(bytes.NewReader(s.letters[0]))
		if err != nil {
			t.Fatal(err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if want := "Uusi ilmoitus odottaa: äö Bcc: somebody@else.example"; subject != want || err != nil {
			t.Errorf("%s: subject %q, %v", scheme, subject, err)
		}
		for name, want := range map[string]string{"To": "<tapahtumat@turku.example>", "From": `"Luvat" <luvat@example.fi>`, "Message-Id": "<work-1@example.fi>",
			"Content-Language": "fi", "Auto-Submitted": "auto-generated", "Bcc": "", "Date": "Tue, 01 Jun 2027 09:00:00 +0000"} {
			if got := m.Header.Get(name); got != want {
				t.Errorf("%s: %s: %q; want %q", scheme, name, got, want)
			}
		}
		if len(s.to) != 1 || s.to[0] != "tapahtumat@turku.example" {
			t.Errorf("%s: sent to %v", scheme, s.to)
		}
		body, err := io.ReadAll(m.Body)
		if err != nil || !strings.Contains(string(body), "=C3=A5=C3=A4=C3=B6") {
			t.Errorf("%s: %s, %v", scheme, body, err)
		}
	}
}

func TestWhatCanBeMendedBySendingAgain(t *testing.T) {
	var refused *mail.RefusedError
	for name, c := range map[string]struct {
		server  *server
		login   string
		refused bool
	}{
		"busy":             {&server{rcpt: &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later"}}, "", false},
		"no such reader":   {&server{rcpt: &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}}, "", true},
		"mailbox full":     {&server{data: &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 2, 2}, Message: "full"}}, "", false},
		"content refused":  {&server{data: &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "spam"}}, "", true},
		"a wrong password": {&server{password: "salainen"}, "luvat:vanha@", false},
		"too slow":         {&server{stall: 5 * time.Second}, "", false},
	} {
		s := start(t, c.server, false)
		client := sender(t, "smtp", s, c.login)
		client.Timeout(700 * time.Millisecond)
		err := client.Send(t.Context(), letter())
		if err == nil || errors.As(err, &refused) != c.refused {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "vanha") {
			t.Errorf("%s: the password is in the error: %v", name, err)
		}
	}
}

func TestAServerThatIsAwayOrUntrusted(t *testing.T) {
	s := start(t, &server{}, true)
	c := sender(t, "smtps", s, "")
	c.Trust(&tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12})
	if err := c.Send(t.Context(), letter()); err == nil || len(s.letters) != 0 {
		t.Errorf("an untrusted server got the letter: %v", err)
	}
	away := &server{address: "127.0.0.1:1"}
	if err := sender(t, "smtp", away, "").Send(context.Background(), letter()); err == nil {
		t.Error("a server that is away took a letter")
	}
}

func TestAddressesOfMailServers(t *testing.T) {
	for address, want := range map[string]string{
		"mail.example.fi":         "the address of the mail server begins neither with smtps:// nor with smtp://; write it like smtps://user:password@mail.example.fi or smtp://localhost:25",
		"smtp://:25":              "the address of the mail server names no host; write it like smtps://user:password@mail.example.fi or smtp://localhost:25",
		"smtp://u:p%zz@h":         "the address of the mail server cannot be read; write it like smtps://user:password@mail.example.fi or smtp://localhost:25",
		"smtps://mail.example.fi": "",
	} {
		_, err := mail.ParseSMTP(address, "luvat@example.fi")
		if got := ""; err != nil && err.Error() != want || err == nil && want != got {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := mail.ParseSMTP("smtp://localhost", "nobody"); err == nil {
		t.Error("a sender without an address was taken")
	}
}
