package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"luvat/definitions"
	"luvat/server/casefile"
	"luvat/server/delivery/webhook"
	"luvat/server/store"
)

// Channel is how an authority that has joined receives filings.
type Channel struct {
	Authority string
	Kind      casefile.Channel // Integration or Light
	Endpoint  webhook.Endpoint // of Integration
	Email     string           // of Light
	Lang      definitions.Lang // of letters to the authority
}

// Directory knows the channels of all authorities that have joined. It is safe for concurrent use.
type Directory struct {
	channels map[string]Channel
	store    store.Store
	clock    func() time.Time
}

// NewDirectory makes a directory of channels by authority.
func NewDirectory(s store.Store, channels map[string]Channel, clock func() time.Time) *Directory {
	return &Directory{channels, s, clock}
}

// Channel returns the kind of an authority's channel: Direct for one that has not joined.
func (d *Directory) Channel(_ context.Context, authority string) (casefile.Channel, error) {
	if c, ok := d.channels[authority]; ok {
		return c.Kind, nil
	}
	return casefile.Direct, nil
}

// Of returns the channel of an authority, false when it has not joined.
func (d *Directory) Of(authority string) (Channel, bool) {
	c, ok := d.channels[authority]
	return c, ok
}

// stoppedBucket keeps the channels that were stopped because the authority's system wants nothing more, by authority.
const stoppedBucket = "channel-stopped"

// Stop is when and why a channel was stopped.
type Stop struct {
	Authority string    `json:"authority"`
	At        time.Time `json:"at"`
	Why       string    `json:"why"`
}

// stop notes that a channel takes nothing more until somebody starts it again, and reports whether it was running until now.
func (d *Directory) stop(ctx context.Context, authority, why string) (first bool, err error) {
	value, err := json.Marshal(Stop{authority, d.clock().UTC(), why})
	if err != nil {
		return false, err
	}
	_, err = d.store.Put(ctx, stoppedBucket, store.Record{Key: authority, Value: value}, store.New)
	if errors.Is(err, store.ErrStale) {
		return false, nil
	}
	return err == nil, err
}

// Stopped returns why a channel was stopped, nil when it runs.
func (d *Directory) Stopped(ctx context.Context, authority string) (*Stop, error) {
	r, err := d.store.Get(ctx, stoppedBucket, authority, d.clock())
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return readStop(r)
}

// AllStopped lists the channels that were stopped.
func (d *Directory) AllStopped(ctx context.Context) ([]Stop, error) {
	records, err := d.store.Records(ctx, stoppedBucket, d.clock(), store.Page{Limit: 1000})
	if err != nil {
		return nil, err
	}
	var stops []Stop
	for _, r := range records {
		s, err := readStop(r)
		if err != nil {
			return nil, err
		}
		stops = append(stops, *s)
	}
	return stops, nil
}

func readStop(r store.Record) (*Stop, error) {
	var s Stop
	if err := json.Unmarshal(r.Value, &s); err != nil {
		return nil, fmt.Errorf("the note of the stopped channel %s cannot be read: %w", r.Key, err)
	}
	return &s, nil
}

// Start lets a channel that was stopped run again. What was given up meanwhile is revived by Worker.Revive.
func (d *Directory) Start(ctx context.Context, authority string) error {
	err := d.store.Delete(ctx, stoppedBucket, authority)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
