package casefile

import (
	"encoding/json"
	"time"

	"luvat/definitions"
)

// Channel is how filings reach an authority.
type Channel string

// The channels.
const (
	Integration Channel = "integration" // to the authority's own system
	Light       Channel = "light"       // an alert by e-mail; the filing is read in the portal
	Direct      Channel = "direct"      // not at all: the customer is told how to file with it directly
)

// Filing is one requirement sent to one authority, with all that has happened to it.
type Filing struct {
	ID          string // the case's reference and a number: "LV-2026-7K4M-9QXC-3"
	Requirement string
	Kind        definitions.Kind
	Name        Texts
	Authority   Recipient
	Channel     Channel
	Process     string // id of the process definition; "" when the requirement names none
	State       string // of the process; "" without a process
	Status      string // the customer-facing status of the state: "sent", "needs-you" …
	Ended       bool
	Due         string // the last day, "YYYY-MM-DD", or ""
	Withdrawn   bool

	Versions   []Version // from 1, in order; the last one counts
	Deliveries []Attempt // what became of sending it, in order
	Received   *Receipt  // that the authority has it; nil until it says so
}

// Recipient is who a filing is for. ID is "" when nobody could be named.
type Recipient struct {
	ID    string `json:"id,omitempty"`
	Name  Texts  `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	URL   string `json:"url,omitempty"`
}

// Version is what was sent at one time.
type Version struct {
	Number      int
	At          time.Time
	By          string
	Seq         uint64
	Form        string                      // id of the form; "" when the requirement has no data of its own
	Schema      map[definitions.Lang]string // SHA-256 of the form's compiled schema in each language, in hexadecimal
	Data        json.RawMessage             // exactly the fields that the form declares and that were shown
	Attachments []*Attachment
	Changes     *Changes // from the version before; nil for the first
}

// Changes is how a version differs from the one before.
type Changes struct {
	Fields  []string `json:"fields"`  // JSON pointers into the data, sorted
	Added   []string `json:"added"`   // attachment ids
	Removed []string `json:"removed"` // attachment ids
}

// Empty reports whether nothing differs.
func (c *Changes) Empty() bool { return len(c.Fields)+len(c.Added)+len(c.Removed) == 0 }

// Attempt is one try to deliver something of a filing that succeeded, or that failed in a way that the customer is told of.
type Attempt struct {
	Task    Task
	Channel Channel
	At      time.Time
	Number  int    // the how manieth attempt
	Failed  string // "" when it succeeded
	GaveUp  bool
}

// Receipt is an authority's word that it has a filing.
type Receipt struct {
	At    time.Time
	OwnID string // the authority's own case number
}

// Last returns the newest version.
func (f *Filing) Last() *Version { return &f.Versions[len(f.Versions)-1] }

// Version returns a version by number, nil when there is none.
func (f *Filing) Version(n int) *Version {
	if n < 1 || n > len(f.Versions) {
		return nil
	}
	return &f.Versions[n-1]
}

// Reached reports whether a version has been delivered.
func (f *Filing) Reached(version int) bool {
	for _, a := range f.Deliveries {
		if a.Failed == "" && a.Task.What == TaskFiling && a.Task.Version == version {
			return true
		}
	}
	return false
}

// Trouble returns the last failure of a delivery that has not succeeded since, nil when there is none.
func (f *Filing) Trouble() *Attempt {
	for i := len(f.Deliveries) - 1; i >= 0; i-- {
		failed := &f.Deliveries[i]
		if failed.Failed == "" {
			continue
		}
		for _, later := range f.Deliveries[i+1:] {
			if later.Failed == "" && later.Task.ID == failed.Task.ID {
				failed = nil
				break
			}
		}
		if failed != nil {
			return failed
		}
	}
	return nil
}
