package mail

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"luvat/server/store"
)

// Mailbox keeps letters instead of sending them, for a page that shows them: in development nothing leaves the machine.
type Mailbox struct {
	store store.Store
	clock func() time.Time
}

// NewMailbox makes a mailbox.
func NewMailbox(s store.Store, clock func() time.Time) *Mailbox { return &Mailbox{s, clock} }

const (
	mailboxBucket = "mailbox"
	mailboxLife   = 30 * 24 * time.Hour
)

// Send puts a letter into the mailbox. The same letter again takes the place of itself.
func (m *Mailbox) Send(ctx context.Context, l Letter) error {
	value, err := json.Marshal(l)
	if err != nil {
		return err
	}
	key := fmt.Sprintf("%016x/%s", math.MaxInt64-l.At.UnixMicro(), l.ID)
	if _, err := m.store.Put(ctx, mailboxBucket, store.Record{Key: key, Value: value, Expires: m.clock().Add(mailboxLife)}, 0); err != nil {
		return fmt.Errorf("the letter cannot be put into the mailbox: %w", err)
	}
	return nil
}

// Letters returns the newest letters, the last first.
func (m *Mailbox) Letters(ctx context.Context, limit int) ([]Letter, error) {
	records, err := m.store.Records(ctx, mailboxBucket, m.clock(), store.Page{Limit: limit})
	if err != nil {
		return nil, err
	}
	letters := make([]Letter, len(records))
	for i, r := range records {
		if err := json.Unmarshal(r.Value, &letters[i]); err != nil {
			return nil, fmt.Errorf("a letter in the mailbox cannot be read: %w", err)
		}
	}
	return letters, nil
}
