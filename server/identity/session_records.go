package identity

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"luvat/server/store"
)

// ErrNoSession says that nobody is logged in.
var ErrNoSession = errors.New("nobody is logged in")

const sessionBucket = "session"

// afterglow is how long the record of a session stays after its end. Nobody is logged in by it: it tells Keep whose form came late.
const afterglow = 24 * time.Hour

// sessionRecords stores sessions in records. The token of the browser is nowhere in them: its hash is the key, and the value is sealed.
//
// Requests of one browser run at the same time, and each would write back what it read. So a request that changed nothing moves only
// the end, and a session that was ended meanwhile is not brought back by one that began before.
type sessionRecords struct {
	store store.Store
	vault *vault
}

// sessionRecord is the value of a record, before sealing.
type sessionRecord struct {
	Ends time.Time       `json:"ends"`
	Data json.RawMessage `json:"data"`
}

// loaded remembers what Find returned to a request, so that Commit knows what the request changed.
type loaded struct {
	token string
	data  []byte
}

type loadedKey struct{}

func withLoaded(ctx context.Context) context.Context {
	return context.WithValue(ctx, loadedKey{}, &loaded{})
}

// read returns a session's record, also when the session has ended.
func (s *sessionRecords) read(ctx context.Context, token string) (record sessionRecord, version uint64, err error) {
	if token == "" || len(token) > 128 {
		return record, 0, store.ErrNotFound
	}
	key := digest(token)
	r, err := s.store.Get(ctx, sessionBucket, key, time.Now())
	if err != nil {
		return record, 0, err
	}
	plain, err := s.vault.open(sessionBucket, key, r.Value)
	if err != nil {
		return record, 0, store.ErrNotFound // sealed with a key that is no more: everybody logs in anew
	}
	if err := json.Unmarshal(plain, &record); err != nil {
		return record, 0, err
	}
	return record, r.Version, nil
}

func (s *sessionRecords) write(ctx context.Context, token string, record sessionRecord, version uint64) error {
	plain, err := json.Marshal(record)
	if err != nil {
		return err
	}
	key := digest(token)
	sealed, err := s.vault.seal(sessionBucket, key, plain)
	if err != nil {
		return err
	}
	_, err = s.store.Put(ctx, sessionBucket, store.Record{Key: key, Value: sealed, Expires: record.Ends.Add(afterglow)}, version)
	return err
}

// FindCtx returns the data of a session that has not ended.
func (s *sessionRecords) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	record, _, err := s.read(ctx, token)
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if !time.Now().Before(record.Ends) {
		return nil, false, nil
	}
	if l, ok := ctx.Value(loadedKey{}).(*loaded); ok {
		l.token, l.data = token, record.Data
	}
	return record.Data, true, nil
}

// CommitCtx stores a session that ends at ends unless it is renewed.
func (s *sessionRecords) CommitCtx(ctx context.Context, token string, data []byte, ends time.Time) error {
	l, _ := ctx.Value(loadedKey{}).(*loaded)
	if l == nil || l.token != token { // a new token
		return s.write(ctx, token, sessionRecord{ends, data}, 0)
	}
	changed := !bytes.Equal(data, l.data)
	for range attempts {
		record, version, err := s.read(ctx, token)
		if errors.Is(err, store.ErrNotFound) {
			return nil // ended meanwhile
		}
		if err != nil {
			return err
		}
		if !changed {
			if ends.Sub(record.Ends) < slack {
				return nil
			}
			data = record.Data
		}
		err = s.write(ctx, token, sessionRecord{ends, data}, version)
		if !errors.Is(err, store.ErrStale) {
			return err
		}
	}
	return store.ErrStale
}

// DeleteCtx removes a session.
func (s *sessionRecords) DeleteCtx(ctx context.Context, token string) error {
	if token == "" {
		return nil
	}
	err := s.store.Delete(ctx, sessionBucket, digest(token))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// Find, Commit and Delete complete the interface of scs, which calls the ones with a context where there are some.

func (s *sessionRecords) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

func (s *sessionRecords) Commit(token string, data []byte, ends time.Time) error {
	return s.CommitCtx(context.Background(), token, data, ends)
}

func (s *sessionRecords) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// sessionCodec writes a session as JSON: the same session is always the same bytes.
type sessionCodec struct{}

type encodedSession struct {
	Deadline time.Time `json:"deadline"`
	Session  *Session  `json:"session,omitempty"`
}

func (sessionCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	e := encodedSession{Deadline: deadline}
	if session, ok := values[sessionKey].(Session); ok {
		e.Session = &session
	}
	return json.Marshal(e)
}

func (sessionCodec) Decode(data []byte) (time.Time, map[string]any, error) {
	var e encodedSession
	if err := json.Unmarshal(data, &e); err != nil {
		return time.Time{}, nil, err
	}
	values := map[string]any{}
	if e.Session != nil {
		values[sessionKey] = *e.Session
	}
	return e.Deadline, values, nil
}
