// Package counterpart is an authority's system as small as can be: it takes what luvat posts, checks the signature, knows what it has
// already, and keeps the rest for a page that shows it. In development it stands where real systems would.
package counterpart

import (
	"context"
	"crypto/hmac"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"luvat/server/delivery/webhook"
	"luvat/server/store"
)

// System is the system of one authority.
type System struct {
	authority string
	secret    webhook.Secret
	store     store.Store
	clock     func() time.Time
}

// New makes the system of an authority with the secret that was agreed on.
func New(s store.Store, authority string, secret webhook.Secret, clock func() time.Time) *System {
	return &System{authority, secret, s, clock}
}

// Received is an event that was taken.
type Received struct {
	ID      string          `json:"id"`
	Type    string          `json:"type"`
	Subject string          `json:"subject"`
	Order   int64           `json:"order"` // microseconds since 1970, when it came
	Body    json.RawMessage `json:"body"`  // the whole event
}

const (
	bucket    = "counterpart" // <authority>/<id of the event>
	life      = 30 * 24 * time.Hour
	tolerance = 5 * time.Minute // how old a signature may be: the Standard Webhooks specification
	maxBody   = 16 << 20
)

// ServeHTTP takes one event: 204 when it has it, now or since before; 400 or 401 when it is not what it should be.
func (s *System) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "the body could not be read", http.StatusBadRequest)
		return
	}
	if err := s.verify(r.Header, body); err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	var e Received
	if err := json.Unmarshal(body, &e); err != nil || e.ID == "" || e.ID != r.Header.Get("Webhook-Id") {
		http.Error(w, "the body is no event with the id of its header", http.StatusBadRequest)
		return
	}
	e.Order, e.Body = s.clock().UnixMicro(), body
	value, err := json.Marshal(e)
	if err == nil {
		_, err = s.store.Put(r.Context(), bucket, store.Record{Key: s.authority + "/" + e.ID, Value: value, Expires: s.clock().Add(life)}, store.New)
	}
	if err != nil && !errors.Is(err, store.ErrStale) { // stale: it came before
		http.Error(w, "the event could not be kept", http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// verify checks the signature as the Standard Webhooks specification says.
func (s *System) verify(h http.Header, body []byte) error {
	seconds, err := strconv.ParseInt(h.Get("Webhook-Timestamp"), 10, 64)
	if err != nil {
		return errors.New("there is no webhook-timestamp")
	}
	at := time.Unix(seconds, 0)
	if d := s.clock().Sub(at); d > tolerance || d < -tolerance {
		return errors.New("the webhook-timestamp is too far from the present")
	}
	want := s.secret.Sign(h.Get("Webhook-Id"), at, body)
	for _, got := range strings.Fields(h.Get("Webhook-Signature")) {
		if hmac.Equal([]byte(got), []byte(want)) {
			return nil
		}
	}
	return errors.New("no webhook-signature fits the body")
}

// Events returns what was taken, in the order of ids.
func (s *System) Events(ctx context.Context) ([]Received, error) {
	var out []Received
	page := store.Page{Prefix: s.authority + "/", Limit: 1000}
	records, err := s.store.Records(ctx, bucket, s.clock(), page)
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		var e Received
		if err := json.Unmarshal(r.Value, &e); err != nil {
			return nil, fmt.Errorf("an event that was taken cannot be read: %w", err)
		}
		out = append(out, e)
	}
	return out, nil
}
