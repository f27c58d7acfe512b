// Package mail hands letters to a mail server (SMTP, RFC 5321), or in development to a mailbox that a page shows. Letters are plain
// text in the reader's language and say that something waits, never what: no personal data travels by e-mail.
package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Letter is one e-mail to one reader.
type Letter struct {
	ID      string // names it for good: a letter that is sent again has the same Message-ID
	To      string // an e-mail address
	Subject string
	Text    string // plain text, lines of any length
	Lang    string // fi, sv or en
	At      time.Time
}

// Sender takes letters. The error is a *RefusedError when sending again cannot help.
type Sender interface {
	Send(ctx context.Context, l Letter) error
}

// RefusedError says that the mail server will never take this letter.
type RefusedError struct{ Reason string }

func (e *RefusedError) Error() string { return "the mail server refuses the letter: " + e.Reason }

// SMTP sends through a mail server.
type SMTP struct {
	host     string
	port     int
	implicit bool // TLS from the first byte
	plain    bool // no TLS at all: only to this machine
	user     string
	password string
	from     *mail.Address
	timeout  time.Duration
	trust    *tls.Config
}

// ParseSMTP reads the address of a mail server: smtps://user:password@host (TLS from the first byte, port 465), or
// smtp://user:password@host:587 (STARTTLS, which is insisted upon unless the server is this machine). from is the sender of letters.
func ParseSMTP(address, from string) (*SMTP, error) {
	const form = "write it like smtps://user:password@mail.example.fi or smtp://localhost:25"
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the address of the mail server cannot be read; " + form) // without the address: it may hold a password
	}
	s := &SMTP{host: u.Hostname(), timeout: 30 * time.Second, user: u.User.Username()}
	s.password, _ = u.User.Password()
	switch u.Scheme {
	case "smtps":
		s.implicit, s.port = true, 465
	case "smtp":
		s.port = 587
		s.plain = local(s.host)
	default:
		return nil, errors.New("the address of the mail server begins neither with smtps:// nor with smtp://; " + form)
	}
	if s.host == "" || u.Path != "" && u.Path != "/" {
		return nil, errors.New("the address of the mail server names no host; " + form)
	}
	if u.Port() != "" {
		if s.port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, errors.New("the port of the mail server is no number; " + form)
		}
	}
	if s.from, err = mail.ParseAddress(from); err != nil {
		return nil, fmt.Errorf("%q is no sender of letters; write it like luvat@example.fi", from)
	}
	return s, nil
}

// Trust replaces what the mail server's certificate is checked against.
func (s *SMTP) Trust(c *tls.Config) { s.trust = c }

// Timeout replaces the time that one letter may take, which is 30 seconds.
func (s *SMTP) Timeout(d time.Duration) { s.timeout = d }

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Send hands over one letter. When it returns nil the mail server has taken responsibility for it.
func (s *SMTP) Send(ctx context.Context, l Letter) error {
	m, err := s.message(l)
	if err != nil {
		return err
	}
	options := []gomail.Option{gomail.WithPort(s.port), gomail.WithTimeout(s.timeout), gomail.WithoutNoop()}
	if s.implicit {
		options = append(options, gomail.WithSSL())
	}
	switch {
	case s.implicit:
	case s.plain:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.trust != nil {
		options = append(options, gomail.WithTLSConfig(s.trust))
	}
	if s.user != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.user), gomail.WithPassword(s.password))
	}
	client, err := gomail.NewClient(s.host, options...)
	if err != nil {
		return fmt.Errorf("the mail server cannot be used: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	err = client.DialAndSendWithContext(ctx, m)
	if m.IsDelivered() {
		return nil // what went wrong afterwards, saying goodbye, does not concern the letter
	}
	return verdict(err)
}

// verdict tells what can be mended by sending again from what cannot: permanent answers of the server to the letter itself, RFC 5321
// 4.2.1. What is wrong before that, such as a password, concerns every letter and is for the operator to mend.
func verdict(err error) error {
	var failed *gomail.SendError
	if !errors.As(err, &failed) {
		if err != nil {
			return fmt.Errorf("the mail server cannot be reached: %w", err)
		}
		return nil
	}
	switch failed.Reason {
	case gomail.ErrConnCheck, gomail.ErrNoUnencoded:
		return fmt.Errorf("the mail server cannot be used: %w", failed)
	}
	if code := failed.ErrorCode(); code >= 500 && code < 600 && !failed.IsTemp() {
		return &RefusedError{strings.TrimSpace(strconv.Itoa(code) + " " + failed.EnhancedStatusCode())}
	}
	return fmt.Errorf("the mail server could not take the letter: %w", failed)
}

func (s *SMTP) message(l Letter) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(s.from)
	if err := m.To(l.To); err != nil {
		return nil, &RefusedError{"the address of the reader cannot be read"}
	}
	_, host, _ := strings.Cut(s.from.Address, "@")
	m.SetMessageIDWithValue(l.ID + "@" + host)
	m.SetDateWithValue(l.At)
	m.Subject(strings.Join(strings.Fields(l.Subject), " "))
	m.SetGenHeader("Content-Language", l.Lang)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nobody's vacation answers it
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	return m, nil
}
