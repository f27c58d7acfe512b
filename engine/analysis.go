package engine

import "luvat/definitions"

// Status is what is known of a requirement over the answers given so far.
type Status string

// The statuses. Open means that there are ways to answer the rest that lead to different statuses.
const (
	Needed    Status = "needed"
	NotNeeded Status = "not-needed"
	Ask       Status = "ask" // the law leaves it to the authority
	Open      Status = "open"
)

// Analysis is the whole result for one set of answers. Its JSON is a stable contract, documented in docs/analysis.md.
// Texts are in Lang. Lists are never null in JSON.
type Analysis struct {
	Bundle       string           `json:"bundle"`
	Version      string           `json:"version"`
	On           string           `json:"on"` // the day of handling, "YYYY-MM-DD"
	Lang         definitions.Lang `json:"lang"`
	Requirements []Requirement    `json:"requirements"` // every one of the bundle, in authored order
	Impossible   []Finding        `json:"impossible"`   // the rules that fire
	Warnings     []Finding        `json:"warnings"`
	Next         []string         `json:"next"` // the questions whose answer can still change something, in authored order
	// Irrelevant lists the questions that the answers given make irrelevant; their value is none.
	Irrelevant []string `json:"irrelevant"`
}

// Requirement is the result for one requirement.
type Requirement struct {
	ID     string           `json:"id"`
	Kind   definitions.Kind `json:"kind"`
	Name   string           `json:"name"`
	Why    string           `json:"why,omitempty"` // what it is for
	Status Status           `json:"status"`

	Grounds   []Ground `json:"grounds"`          // those that hold: of needed when needed, of ask when ask, the possible ones when open
	WhyNot    *WhyNot  `json:"why_not"`          // for not-needed: the conditions that fail
	Change    *Change  `json:"change,omitempty"` // for needed: the smallest change of one answer that would free the customer
	DependsOn []string `json:"depends_on"`       // for open: the unanswered questions it depends on
	Items     []Item   `json:"items,omitempty"`  // for a requirement of a list: the result for each item

	Authorities []Authority `json:"authorities"`          // one for each distinct competent authority of all places; empty when not needed or not yet known
	RoutedFor   string      `json:"routed_for,omitempty"` // the day for which the authorities were resolved
	Unrouted    string      `json:"unrouted,omitempty"`   // why no authority could be named yet

	Due         *string `json:"due"`                   // last day, "YYYY-MM-DD"; null when the law gives none or the start is unknown
	DueAt       string  `json:"due_at,omitempty"`      // "YYYY-MM-DDTHH:MM" when counted in hours
	DueRule     string  `json:"due_rule,omitempty"`    // "14 days before the event starts"
	DueNote     string  `json:"due_note,omitempty"`    // why this day, in the author's words
	OpenDay     string  `json:"open_day,omitempty"`    // the last working day not after due, when due is a day off
	Late        bool    `json:"late"`                  // due has passed on the day of handling
	LateAdvice  string  `json:"late_advice,omitempty"` // what to do when it is late
	Recommended *string `json:"recommended"`           // an earlier day that the authority asks for

	Fee          *Fee         `json:"fee"`
	Takes        string       `json:"takes,omitempty"`    // handling time, in words
	Decision     string       `json:"decision,omitempty"` // permit decision-if-needed acknowledgement agreement none
	Law          []Law        `json:"law"`
	Order        int          `json:"order"` // 1-based rank in which to see to them; after's come first
	After        []string     `json:"after"` // ids that are needed, asked or open and come first
	Attachments  []Attachment `json:"attachments"`
	Appeal       string       `json:"appeal,omitempty"`
	Instructions string       `json:"instructions,omitempty"`
	Links        []Link       `json:"links"`
	Unverified   bool         `json:"unverified,omitempty"` // some of its content is not checked against its source
}

// Ground is a reason that holds, with the answers that make it hold.
type Ground struct {
	ID         string      `json:"id"`
	Because    string      `json:"because"`
	Law        []Law       `json:"law"`
	Answers    []Condition `json:"answers"`
	Unverified bool        `json:"unverified,omitempty"` // it, or a number it reads, is not checked against its source
}

// Condition is one test of one answer: it holds, or it fails and says what would have to be.
type Condition struct {
	Questions []string `json:"questions"` // one, or all those that go into a sum or a comparison
	Label     string   `json:"label"`     // the question or fact in words
	Answer    string   `json:"answer"`    // the answer in words; "" when unknown
	Test      string   `json:"test"`      // what was tested, in words: "at least 200"
	Holds     bool     `json:"holds"`
}

// WhyNot says why a requirement is not needed.
type WhyNot struct {
	Because    string      `json:"because"`             // one sentence
	Conditions []Condition `json:"conditions"`          // the tests that fail; each Test says what would make it needed
	Exception  *Ground     `json:"exception,omitempty"` // the `unless` ground that holds
	By         string      `json:"by,omitempty"`        // the requirement that covers or excludes it
}

// Change is a change of one answer.
type Change struct {
	Question string   `json:"question"`
	Label    string   `json:"label"`
	From     string   `json:"from"`             // in words
	To       string   `json:"to"`               // in words: "at most 199"
	Value    any      `json:"value"`            // an answer with which the requirement is not needed
	Brings   []string `json:"brings,omitempty"` // the requirements that it makes needed, or asked, instead
}

// Item is the result of a requirement for one item of a list.
type Item struct {
	Index   int      `json:"index"` // from 0
	Label   string   `json:"label"`
	Status  Status   `json:"status"`
	Grounds []Ground `json:"grounds"`
}

// Authority is a competent authority, or whoever else must agree.
type Authority struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"`
	Role   string   `json:"role,omitempty"`   // its part in words: "Municipal health protection authority"
	Places []string `json:"places,omitempty"` // municipality codes it is competent for here
	Email  string   `json:"email,omitempty"`
	URL    string   `json:"url,omitempty"`
	Note   string   `json:"note,omitempty"`
}

// Fee is what is charged.
type Fee struct {
	Amount     *float64 `json:"amount"` // euro; null when only the text is known
	Text       string   `json:"text,omitempty"`
	Unverified bool     `json:"unverified,omitempty"`
}

// Law is a reference to a law with its name and address.
type Law struct {
	Ref        string `json:"ref"`            // "379/2011 16 §"
	Name       string `json:"name,omitempty"` // "Pelastuslaki"
	URL        string `json:"url,omitempty"`
	Unverified bool   `json:"unverified,omitempty"`
}

// Attachment is a document to add.
type Attachment struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Accept   []string `json:"accept"`
	Required *bool    `json:"required"` // null while it depends on unanswered questions
}

// Link is an address with a title.
type Link struct {
	URL   string `json:"url"`
	Title string `json:"title,omitempty"`
}

// Finding is an impossible rule or a warning that fires.
type Finding struct {
	ID          string      `json:"id"`
	Because     string      `json:"because"`
	Law         []Law       `json:"law"`
	Answers     []Condition `json:"answers"`
	Authorities []Authority `json:"authorities"`
	Links       []Link      `json:"links"`
}
