package register

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	maxReply     = 1 << 20          // bytes of an answer, unpacked
	maxRedirects = 3                // within the register's own host
	maxPause     = 10 * time.Minute // that a register can ask for
)

// transport is how registers are reached: not the default one, which has no bounds of its own.
func transport(roots *x509.CertPool) *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		TLSHandshakeTimeout:    5 * time.Second,
		MaxIdleConnsPerHost:    8,
		IdleConnTimeout:        time.Minute,
		MaxResponseHeaderBytes: 64 << 10,
		ForceAttemptHTTP2:      true,
	}
}

// sameHost follows a register's redirects as long as they stay with it: what was asked, and the secret, are for nobody else.
func sameHost(r *http.Request, via []*http.Request) error {
	if first := via[0].URL; r.URL.Scheme != first.Scheme || r.URL.Host != first.Host || len(via) > maxRedirects {
		return http.ErrUseLastResponse
	}
	return nil
}

// send asks the register once. It returns the answer as JSON values, or nil and that the register knows nothing, or why there is none.
func (c *Client) send(ctx context.Context, q question) (reply any, missing bool, bad *trouble) {
	r, reason := c.request(q)
	if reason != "" {
		return nil, false, &trouble{outcome: Outage, reason: reason, ours: true}
	}
	res, err := c.http.Do(r.WithContext(ctx))
	if err != nil {
		return nil, false, unreached(err)
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode == http.StatusNotFound, res.StatusCode == http.StatusGone, res.StatusCode == http.StatusNoContent:
		return nil, true, nil
	case res.StatusCode != http.StatusOK:
		return nil, false, c.refused(res)
	}
	reply, bad = read(res)
	return reply, false, bad
}

// refused says what an answer without content means.
func (c *Client) refused(res *http.Response) *trouble {
	t := &trouble{outcome: Outage, reason: fmt.Sprintf("answered %d", res.StatusCode)}
	switch code := res.StatusCode; {
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		t.reason += ", it does not let luvat in"
	case code >= 300 && code < 400:
		t.reason += ", which leads to another host"
	case code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable:
		t.again = retryAfter(res.Header.Get("Retry-After"), c.config.Now())
	case code >= 400 && code < 500:
		t.ours = true
	}
	return t
}

// retryAfter reads the header of RFC 9110, 10.2.3: seconds or a date.
func retryAfter(value string, now time.Time) time.Duration {
	var d time.Duration
	if seconds, err := strconv.Atoi(value); err == nil {
		d = time.Duration(min(max(seconds, 0), int(maxPause/time.Second))) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		d = at.Sub(now)
	}
	return min(max(d, 0), maxPause)
}

// unreached says in our own words why nothing came: the library's words hold the address that was asked.
func unreached(err error) *trouble {
	var (
		timeout   net.Error
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		expired   x509.CertificateInvalidError
		record    tls.RecordHeaderError
	)
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return &trouble{outcome: Slow, reason: "did not answer in time"}
	case errors.As(err, &authority), errors.As(err, &hostname), errors.As(err, &expired):
		return &trouble{outcome: Outage, reason: "its certificate is not valid"}
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return &trouble{outcome: Outage, reason: "it does not speak TLS"}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &trouble{outcome: Outage, reason: "closed the connection without an answer"}
	}
	return &trouble{outcome: Outage, reason: "there is no connection"}
}

// read reads the body of an answer: one JSON value, bounded.
func read(res *http.Response) (any, *trouble) {
	garbage := func(reason string) *trouble { return &trouble{outcome: Garbage, reason: reason} }
	kind, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" && !(strings.HasPrefix(kind, "application/") && strings.HasSuffix(kind, "+json")) {
		return nil, garbage("the answer is not said to be JSON")
	}
	text, err := io.ReadAll(io.LimitReader(res.Body, maxReply+1))
	switch {
	case len(text) > maxReply:
		return nil, garbage("the answer is larger than 1 MB")
	case err != nil && (errors.Is(err, io.ErrUnexpectedEOF) || strings.HasPrefix(err.Error(), "gzip")):
		return nil, garbage("the answer ends in the middle")
	case err != nil:
		return nil, unreached(err)
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, garbage("the answer is not JSON")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, garbage("more than JSON was answered")
	}
	return numbers(value), nil
}

// numbers makes numbers of what they were written as. One that a float64 cannot hold exactly, a long id, stays the text that it was.
func numbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		x, err := v.Float64()
		if err != nil || math.Abs(x) > 1<<53 {
			return v.String()
		}
		return x
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = numbers(v[k])
		}
	}
	return v
}
