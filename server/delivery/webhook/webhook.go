// Package webhook posts events to systems of others: CloudEvents 1.0 in JSON, signed as Standard Webhooks says.
//
//	Event ──JSON──▶ body ──HMAC-SHA256 of id.timestamp.body──▶ POST ──▶ Outcome: taken, again at, gone
//
// A receiver knows an event by its id: the same event may come twice, and comes with the same id each time. Redirects are not
// followed, because a signed body goes to the address that was agreed on and nowhere else.
//
// Sources: CloudEvents 1.0.2 (JSON event format), the Standard Webhooks specification, RFC 9110 section 10.2.3 (Retry-After),
// X-Road: Message Protocol for REST.
package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Event is a CloudEvent. Data is any JSON.
type Event struct {
	ID      string // unique per source: the receiver's key against doing twice
	Source  string // a URI: who says so
	Type    string // "fi.luvat.filing.submitted"
	Subject string // what it is about: the filing
	Time    time.Time
	Data    json.RawMessage
}

// MarshalJSON gives the JSON event format.
func (e Event) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		SpecVersion     string          `json:"specversion"`
		ID              string          `json:"id"`
		Source          string          `json:"source"`
		Type            string          `json:"type"`
		Subject         string          `json:"subject,omitempty"`
		Time            string          `json:"time"`
		DataContentType string          `json:"datacontenttype"`
		Data            json.RawMessage `json:"data"`
	}{"1.0", e.ID, e.Source, e.Type, e.Subject, e.Time.UTC().Format(time.RFC3339Nano), "application/json", e.Data})
}

// Secret signs events. Its text form is whsec_ and base64.
type Secret []byte

// ParseSecret reads the text form; what is shorter than 24 bytes could be guessed and is refused, as is what is longer than 64.
func ParseSecret(text string) (Secret, error) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(text), "whsec_")
	if !ok {
		return nil, errors.New("a signing secret begins with whsec_")
	}
	key, err := base64.StdEncoding.DecodeString(rest)
	if err != nil {
		return nil, errors.New("what follows whsec_ in a signing secret must be base64")
	}
	if len(key) < 24 || len(key) > 64 {
		return nil, fmt.Errorf("a signing secret has 24 to 64 bytes; this one has %d", len(key))
	}
	return key, nil
}

// String returns the text form.
func (s Secret) String() string { return "whsec_" + base64.StdEncoding.EncodeToString(s) }

// Sign returns one signature of a body: "v1," and the base64 of HMAC-SHA256 over id, Unix seconds and body with dots between.
func (s Secret) Sign(id string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, s)
	fmt.Fprintf(mac, "%s.%d.", id, at.Unix())
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Endpoint is the system of a receiver.
type Endpoint struct {
	Address string
	Secrets []Secret // all of them sign, so that a receiver can change to a new one in its own time
	XRoad   *XRoad   // nil: the address is the system's own
}

// XRoad sends through a security server of the X-Road: Address is then that server's.
type XRoad struct {
	Client  string // luvat's subsystem: INSTANCE/CLASS/CODE/SUBSYSTEM
	Service string // INSTANCE/CLASS/CODE/SUBSYSTEM/SERVICE
	Issue   string // the case, for the receiver's log
}

// Outcome is what became of one attempt.
type Outcome int

// The outcomes.
const (
	Taken Outcome = iota // the receiver has it
	Again                // it may succeed later
	Gone                 // 410: the receiver wants no more
)

// Result is an outcome with what the next attempt needs to know.
type Result struct {
	Outcome Outcome
	Status  int           // of HTTP; 0 when there was no answer
	Wait    time.Duration // the receiver asked to wait at least so long; 0: it did not say
	Reason  string        // for Again and Gone: what happened, for those who mend it; nothing of the body
}

// Sender posts events.
type Sender struct {
	client *http.Client
	clock  func() time.Time
}

// NewSender returns a sender. An attempt takes at most timeout; clock nil is the machine's; roots nil trusts the system's.
func NewSender(timeout time.Duration, clock func() time.Time, trust *tls.Config) *Sender {
	if clock == nil {
		clock = time.Now
	}
	return &Sender{
		client: &http.Client{
			Timeout:       timeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Transport: &http.Transport{
				DialContext:           (&net.Dialer{Timeout: timeout / 2}).DialContext,
				TLSClientConfig:       trust,
				TLSHandshakeTimeout:   timeout / 2,
				ResponseHeaderTimeout: timeout,
				MaxIdleConnsPerHost:   4,
				IdleConnTimeout:       time.Minute,
				ForceAttemptHTTP2:     true,
			},
		},
		clock: clock,
	}
}

// maxAnswer is how much of an answer is read, so that its connection can be used again.
const maxAnswer = 64 << 10

// Send makes one attempt. It returns an error only for what no later attempt could mend: an endpoint or an event that cannot be sent.
func (s *Sender) Send(ctx context.Context, to Endpoint, e Event) (Result, error) {
	if len(to.Secrets) == 0 {
		return Result{}, errors.New("the endpoint has no signing secret")
	}
	body, err := json.Marshal(e)
	if err != nil {
		return Result{}, fmt.Errorf("the event cannot be written as JSON: %w", err)
	}
	address, err := to.address()
	if err != nil {
		return Result{}, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return Result{}, fmt.Errorf("the address of the endpoint cannot be used: %w", err)
	}
	at := s.clock()
	signatures := make([]string, len(to.Secrets))
	for i, secret := range to.Secrets {
		signatures[i] = secret.Sign(e.ID, at, body)
	}
	h := r.Header
	h.Set("Content-Type", "application/cloudevents+json; charset=utf-8")
	h.Set("User-Agent", "luvat")
	h.Set("Webhook-Id", e.ID)
	h.Set("Webhook-Timestamp", strconv.FormatInt(at.Unix(), 10))
	h.Set("Webhook-Signature", strings.Join(signatures, " "))
	if to.XRoad != nil {
		h.Set("X-Road-Client", to.XRoad.Client)
		h.Set("X-Road-Id", e.ID)
		h.Set("X-Road-Issue", to.XRoad.Issue)
	}
	answer, err := s.client.Do(r)
	if err != nil {
		return Result{Outcome: Again, Reason: unanswered(err)}, nil
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(answer.Body, maxAnswer)); err != nil && answer.StatusCode/100 == 2 {
		// The status came whole, so the receiver has taken the event; only its words were cut.
		return Result{Status: answer.StatusCode}, nil
	}
	return s.result(answer), nil
}

// address returns where to post to. Through X-Road the service is part of the path, each part escaped by itself.
func (e Endpoint) address() (string, error) {
	if e.XRoad == nil {
		return e.Address, nil
	}
	parts := strings.Split(e.XRoad.Service, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	if len(parts) != 5 {
		return "", fmt.Errorf("the X-Road service %q does not have five parts", e.XRoad.Service)
	}
	return strings.TrimSuffix(e.Address, "/") + "/r1/" + strings.Join(parts, "/"), nil
}

func (s *Sender) result(answer *http.Response) Result {
	r := Result{Status: answer.StatusCode}
	switch {
	case answer.StatusCode/100 == 2:
		return r
	case answer.StatusCode == http.StatusGone:
		r.Outcome = Gone
		r.Reason = "the system answered 410: it wants nothing more"
		return r
	}
	r.Outcome = Again
	r.Wait = s.retryAfter(answer.Header.Get("Retry-After"))
	r.Reason = "the system answered " + strconv.Itoa(answer.StatusCode)
	if text := http.StatusText(answer.StatusCode); text != "" {
		r.Reason += " " + text
	}
	if fault := answer.Header.Get("X-Road-Error"); fault != "" {
		r.Reason += " (X-Road: " + printable(fault, 120) + ")"
	}
	return r
}

// maxWait bounds what a receiver may ask for.
const maxWait = 24 * time.Hour

// retryAfter reads seconds or a date.
func (s *Sender) retryAfter(text string) time.Duration {
	if n, err := strconv.Atoi(text); err == nil && n >= 0 {
		return min(time.Duration(n)*time.Second, maxWait)
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(at.Sub(s.clock()), 0), maxWait)
	}
	return 0
}

// unanswered says why there was no answer, without the address: it is known, and an address may hold a key.
func unanswered(err error) string {
	var dns *net.DNSError
	var network *net.OpError
	var wrong *tls.CertificateVerificationError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.As(err, &wrong):
		return "the certificate of the system is not trusted: " + wrong.Err.Error()
	case errors.As(err, &timeout) && timeout.Timeout():
		return "the system did not answer in time"
	case errors.As(err, &dns):
		return "there is no host " + dns.Name
	case errors.As(err, &network) && network.Op == "dial":
		return "the system cannot be reached"
	}
	return "the connection broke before the system had answered"
}

func printable(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most])
	}
	return s
}
