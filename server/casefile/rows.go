package casefile

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"luvat/server/store"
)

// The indexes that cases are found by. <time> is 16 hexadecimal digits that fall as time goes on, so that the case changed last comes
// first. <owner> is "p:<party>" or "a:<account>" in folders; in folder-text also "s:<account>", what is shared with an account.
const (
	folderIndex    = "folder"      // <owner>/<time>/<case> → Summary
	sharedIndex    = "shared"      // <account>/<time>/<case> → Summary
	textIndex      = "folder-text" // <owner>/<word>/<case> → all words of the case, separated by spaces
	caseIndex      = "case"        // <case> → Summary
	referenceIndex = "reference"   // <reference>/<case> → nothing: two cases with one reference would show, not overwrite each other
)

// Summary is what lists show of a case. It holds no personal data beyond the title that the customer gave, from which personal
// identity codes are removed.
type Summary struct {
	Case      string         `json:"case"`
	Title     string         `json:"title"`
	Bundle    string         `json:"bundle"`
	Phase     Phase          `json:"phase"`
	Reference string         `json:"reference,omitempty"`
	Due       string         `json:"due,omitempty"` // earliest last day of what is needed and not sent
	Changed   time.Time      `json:"changed"`
	Holder    string         `json:"holder,omitempty"`  // name of the organisation, for lists of what is shared; "" for a person
	Filings   map[string]int `json:"filings,omitempty"` // how many are in each customer-facing status
}

// IndexRow is one row of an index.
type IndexRow struct {
	Index, Key string
	Value      []byte
}

// Summary returns what lists show of the case.
func (c *Case) Summary() Summary {
	s := Summary{Case: c.ID, Title: c.Title, Bundle: c.Bundle, Phase: c.Phase, Reference: c.Reference, Changed: c.Changed}
	if c.Holder.Party != "" {
		s.Holder = c.Holder.Name
	}
	if c.Phase == Draft {
		s.Due = c.Due
	}
	for _, f := range c.Filings {
		if s.Filings == nil {
			s.Filings = map[string]int{}
		}
		s.Filings[f.Status]++
	}
	return s
}

// owner is the first part of the keys under which a case is in its holder's folder.
func owner(party, account string) string {
	if party != "" {
		return "p:" + part(party)
	}
	return "a:" + part(account)
}

// part makes an id a part of a key: "/" stands between parts only.
func part(id string) string { return partly.Replace(id) }

var partly = strings.NewReplacer("%", "%25", "/", "%2F")

// Rows returns all index rows of a case, each index and key once. A case without entries has none.
func Rows(c *Case) []IndexRow {
	if c.Seq == 0 {
		return nil
	}
	summary, err := json.Marshal(c.Summary())
	if err != nil { // a Summary is strings, numbers and a time between the years 0 and 9999
		summary = nil
	}
	when := fmt.Sprintf("%016x", math.MaxInt64-c.Changed.UnixMicro())
	holder := owner(c.Holder.Party, c.Holder.Account)
	rows := []IndexRow{
		{caseIndex, c.ID, summary},
		{folderIndex, holder + "/" + when + "/" + c.ID, summary},
	}
	owners := []string{holder}
	for _, p := range c.People {
		rows = append(rows, IndexRow{sharedIndex, part(p.Account) + "/" + when + "/" + c.ID, summary})
		owners = append(owners, "s:"+part(p.Account))
	}
	if c.Reference != "" {
		rows = append(rows, IndexRow{referenceIndex, c.Reference + "/" + c.ID, nil})
	}
	found := words(c.Title + " " + c.Reference)
	all := joined(found)
	for _, o := range owners {
		for _, w := range found {
			rows = append(rows, IndexRow{textIndex, o + "/" + w + "/" + c.ID, all})
		}
	}
	return append(rows, c.officeRows()...)
}

// difference returns the changes that make the rows before into the rows after.
func difference(before, after []IndexRow) []store.RowChange {
	type place struct{ index, key string }
	old := make(map[place][]byte, len(before))
	for _, r := range before {
		old[place{r.Index, r.Key}] = r.Value
	}
	var out []store.RowChange
	for _, r := range after {
		p := place{r.Index, r.Key}
		value, had := old[p]
		delete(old, p)
		if !had || string(value) != string(r.Value) {
			out = append(out, store.RowChange{Index: r.Index, Key: r.Key, Value: r.Value})
		}
	}
	for _, r := range before {
		if _, gone := old[place{r.Index, r.Key}]; gone {
			out = append(out, store.RowChange{Index: r.Index, Key: r.Key, Delete: true})
		}
	}
	return out
}
