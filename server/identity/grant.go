package identity

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"luvat/server/store"
)

// Grants are the organisations that invitations gave to accounts: the only ones where there is no mandate register.
type Grants struct{ store store.Store }

const grantBucket = "grant"

// Give lets an account act for an organisation. Whether the giver may do that is the caller's business.
func (g *Grants) Give(ctx context.Context, account string, p Party) error {
	if account == "" || p.Self() {
		return errors.New("an organisation is given to an account, and both must be named")
	}
	value, err := json.Marshal(p)
	if err != nil {
		return err
	}
	_, err = g.store.Put(ctx, grantBucket, store.Record{Key: account + "/" + p.ID, Value: value}, 0)
	return err
}

// Take ends what Give began.
func (g *Grants) Take(ctx context.Context, account, organisation string) error {
	return g.store.Delete(ctx, grantBucket, account+"/"+organisation)
}

// Of returns the organisations given to an account, by business id.
func (g *Grants) Of(ctx context.Context, account string) ([]Party, error) {
	var parties []Party
	page := store.Page{Prefix: account + "/"}
	for {
		records, err := g.store.Records(ctx, grantBucket, time.Now(), page)
		if err != nil || len(records) == 0 {
			return parties, err
		}
		for _, r := range records {
			var p Party
			if err := json.Unmarshal(r.Value, &p); err != nil {
				return nil, err
			}
			parties = append(parties, p)
		}
		page.After = records[len(records)-1].Key
	}
}
