package casefile

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"luvat/server/store"
)

// Query says which cases of a folder to list.
type Query struct {
	Shared bool   // those that others share with the account, instead of the holder's own
	Phase  Phase  // "" for every
	Bundle string // "" for every
	Words  string // only cases with words that begin so, in title or reference; then the list is not paged
	After  string // Next of the page before
	Limit  int    // at most so many; 0 means 20
}

// Listing is a page of a folder, the case changed last first.
type Listing struct {
	Cases []Summary
	Next  string // for the next page; "" at the end
	More  bool   // a search found more than it returns: a longer word finds fewer
}

// The most rows that one page of a folder reads, whatever the filters. A page may come out short then, with a Next.
const (
	maxScanned = 2000
	maxFound   = 200
	maxPage    = 100
)

// Folder lists cases: of the organisation that the actor acts for, otherwise of the account. It reads no ledger, and how long it takes
// does not depend on how many cases there are.
func (s *Service) Folder(ctx context.Context, a Actor, q Query) (*Listing, error) {
	if a.Account == "" || a.System || a.Authority != "" {
		return nil, &Forbidden{Action: Reading}
	}
	if q.Limit <= 0 {
		q.Limit = 20
	}
	q.Limit = min(q.Limit, maxPage)
	if found := words(q.Words); len(found) > 0 {
		return s.search(ctx, a, q, found)
	}
	index, prefix := folderIndex, owner(a.Party, a.Account)+"/"
	if q.Shared {
		index, prefix = sharedIndex, part(a.Account)+"/"
	}
	page := store.Page{Prefix: prefix, Limit: q.Limit + 1}
	if q.After != "" {
		page.After = prefix + q.After
	}
	out := &Listing{Cases: []Summary{}}
	if q.Phase != "" || q.Bundle != "" {
		page.Limit = maxPage
	}
	for scanned := 0; ; {
		rows, err := s.store.List(ctx, index, page)
		if err != nil {
			return nil, fmt.Errorf("the folder cannot be read: %w", err)
		}
		for _, row := range rows {
			if len(out.Cases) == q.Limit || scanned == maxScanned {
				out.Next = strings.TrimPrefix(page.After, prefix)
				return out, nil
			}
			scanned++
			page.After = row.Key
			summary, err := readSummary(row)
			if err != nil {
				return nil, err
			}
			if q.takes(summary) {
				out.Cases = append(out.Cases, summary)
			}
		}
		if len(rows) < page.Limit {
			return out, nil
		}
	}
}

func (q Query) takes(s Summary) bool {
	return (q.Phase == "" || s.Phase == q.Phase) && (q.Bundle == "" || s.Bundle == q.Bundle)
}

// search finds cases by the longest word asked for, and holds the others against all words of what it finds.
func (s *Service) search(ctx context.Context, a Actor, q Query, found []string) (*Listing, error) {
	longest := slices.MaxFunc(found, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
	prefix := owner(a.Party, a.Account) + "/"
	if q.Shared {
		prefix = "s:" + part(a.Account) + "/"
	}
	rows, err := s.store.List(ctx, textIndex, store.Page{Prefix: prefix + longest, Limit: maxScanned})
	if err != nil {
		return nil, fmt.Errorf("the folder cannot be searched: %w", err)
	}
	out := &Listing{Cases: []Summary{}, More: len(rows) == maxScanned}
	seen := map[string]bool{}
	for _, row := range rows {
		id := row.Key[strings.LastIndexByte(row.Key, '/')+1:]
		if seen[id] || !hasAll(row.Value, found) {
			continue
		}
		seen[id] = true
		if len(seen) > maxFound {
			out.More = true
			break
		}
		at, err := s.store.List(ctx, caseIndex, store.Page{Prefix: id, Limit: 1})
		if err != nil {
			return nil, fmt.Errorf("the folder cannot be searched: %w", err)
		}
		if len(at) == 0 || at[0].Key != id {
			continue
		}
		summary, err := readSummary(at[0])
		if err != nil {
			return nil, err
		}
		if q.takes(summary) {
			out.Cases = append(out.Cases, summary)
		}
	}
	slices.SortFunc(out.Cases, func(a, b Summary) int { return cmp.Or(b.Changed.Compare(a.Changed), cmp.Compare(a.Case, b.Case)) })
	if len(out.Cases) > q.Limit {
		out.Cases, out.More = out.Cases[:q.Limit], true
	}
	return out, nil
}

// hasAll reports whether each word asked for begins one of the words of a case.
func hasAll(all []byte, asked []string) bool {
	for _, w := range asked {
		if !bytes.Contains(append([]byte{' '}, all...), []byte(" "+w)) {
			return false
		}
	}
	return true
}

func joined(words []string) []byte { return []byte(strings.Join(words, " ")) }

func readSummary(row store.Row) (Summary, error) {
	var s Summary
	if err := json.Unmarshal(row.Value, &s); err != nil {
		return s, fmt.Errorf("the folder cannot be read: row %s: %w", row.Key, err)
	}
	return s, nil
}
