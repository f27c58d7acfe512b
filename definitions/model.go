package definitions

// Lang is a language of the service: "fi", "sv" or "en".
type Lang string

// The languages every shipped text is written in, in the order in which they are offered.
const (
	Finnish Lang = "fi"
	Swedish Lang = "sv"
	English Lang = "en"
)

// Languages lists the languages of the service in the order in which they are offered.
var Languages = []Lang{Finnish, Swedish, English}

// Text is text for people, by language. The zero Text says nothing.
type Text struct {
	At Position
	By map[Lang]string
}

// In returns the text in lang, or in the first language of Languages that has it.
func (t Text) In(lang Lang) string {
	if s, ok := t.By[lang]; ok {
		return s
	}
	for _, l := range Languages {
		if s, ok := t.By[l]; ok {
			return s
		}
	}
	return ""
}

// Empty reports whether the text says nothing in any language.
func (t Text) Empty() bool { return len(t.By) == 0 }

// Expr is the source text of an expression with its place. The zero Expr is absent.
type Expr struct {
	Scalar
}

// Absent reports whether no expression was written.
func (e Expr) Absent() bool { return e.Value == "" && !e.At.Valid() }

// Unverified marks content that nobody has checked against its source.
type Unverified struct {
	Marked bool
	Note   string // said to admins, never to customers
}

// Law is a reference to a place in an act, such as "379/2011 16 §".
type Law struct {
	At      Position
	Act     string // "379/2011", "EU 2019/947", or empty when only Text is known
	Section string // "16 §", or empty for the act as a whole
	From    Date   // cases handled before this day are not governed by it
	Until   Date
	Unverified
}

// Act is an act of law with its names.
type Act struct {
	ID   string // "379/2011"
	At   Position
	Name Text
	URL  Text // the act's page in Finlex or EUR-Lex, by language
	Unverified
}

// Link is an address with an optional title.
type Link struct {
	At    Position
	URL   string
	Title Text
}

// Bundle is one version of a service bundle: everything that one life event of a customer needs.
type Bundle struct {
	ID        string
	At        Position
	Version   string
	Title     Text
	Summary   Text
	Owner     Ref
	From      Date // first day on which it governs new cases; zero means always
	Until     Date // last day; zero means until the next version
	Languages []Lang
	Place     Ref // question
	Starts    Ref // question
	Ends      Ref // question
	Keywords  map[Lang][]string
	Icon      string

	Groups       []*Group
	Questions    []*Question // in authored order: by group, then as written
	Facts        []*Fact
	Parameters   []*Parameter // the bundle's own and its overlays'; shared ones are in Shared
	Tables       []*Table
	Requirements []*Requirement
	Impossible   []*Rule
	Warnings     []*Rule
	Forms        []*Form
	Messages     []*Message
	Scenarios    []*Scenario
	Overlays     []*Overlay
	Laws         []*Act
	Terms        []*Term
	Processes    []*Process
	Registers    []*Register

	Shared *Shared
	Marks  []Mark // every `unverified: true` of the bundle, in order of place
	Files  []string
}

// Ref is the use of an id.
type Ref struct {
	Scalar
}

// ID returns the id that is referred to, "" when nothing is.
func (r Ref) ID() string { return r.Value }

// Mark is one place marked unverified.
type Mark struct {
	At   Position
	What string // path in the definition, such as "requirements.rescue-plan.law[1]"
	Note string
}

// Group is a page of the questionnaire.
type Group struct {
	ID    string
	At    Position
	Title Text
	Intro Text
}

// Type is the type of a question's answer.
type Type string

// The types of answers.
const (
	Boolean      Type = "boolean"
	Integer      Type = "integer"
	Number       Type = "number"
	Money        Type = "money" // euro
	Choice       Type = "choice"
	Choices      Type = "choices"
	DateType     Type = "date"
	Time         Type = "time"
	DateTime     Type = "datetime"
	Period       Type = "period"
	TextType     Type = "text"
	Municipality Type = "municipality"
	PlaceType    Type = "place"
	List         Type = "list"
)

// Question is what a customer is asked.
type Question struct {
	ID      string
	At      Position
	Group   Ref
	Ask     Text
	Help    Text
	Type    Type
	Options []Option // of choice and choices
	Min     *Scalar  // limits, included; text of the question's type
	Max     *Scalar
	Unit    Text
	Many    bool        // municipality and place
	Of      []*Question // list: the fields of a record
	When    Expr        // relevant only then
	Form    bool        // use: form: data of a form, never asked by the questionnaire
	Links   []Link
	Sources []string
	Unverified
}

// Option is one answer of a choice.
type Option struct {
	ID   string
	At   Position
	Text Text
	Help Text
}

// Fact is a named expression.
type Fact struct {
	ID string
	At Position
	Is Expr
}

// Parameter is a value of law or practice that changes with time and place.
type Parameter struct {
	ID      string
	At      Position
	Type    ParameterType
	Unit    string
	Meaning Text
	Law     []Law
	Values  []ParameterValue
	Overlay *Overlay // the overlay that gave these values, nil for the bundle or shared
}

// ParameterType is the type of a parameter's value.
type ParameterType string

// The types of parameters.
const (
	IntegerParameter ParameterType = "integer"
	NumberParameter  ParameterType = "number"
	MoneyParameter   ParameterType = "money"
	TextParameter    ParameterType = "text"
	BooleanParameter ParameterType = "boolean"
	DateParameter    ParameterType = "date"
	TimeParameter    ParameterType = "time"
	HoursParameter   ParameterType = "hours"
)

// ParameterValue is the value from a day on, everywhere or at some places.
type ParameterValue struct {
	At      Position
	From    Date  // zero means always
	Value   any   // float64, string, bool, Date, or Hours; a time is a string "HH:MM"
	Where   []Ref // municipality codes, region codes, authority ids; empty means everywhere
	Sources []string
	Unverified
}

// Hours is a daily span, which may differ by day of the week.
// Index 1 is Monday and 7 Sunday; 0 is unused. Minutes from midnight; To may be 1440.
type Hours [8]struct{ From, To int }

// HitPolicy says what a decision table gives when several rows match (DMN 1.5, 8.2.10).
type HitPolicy string

// The hit policies of DMN.
const (
	HitUnique       HitPolicy = "unique"
	HitFirst        HitPolicy = "first"
	HitAny          HitPolicy = "any"
	HitPriority     HitPolicy = "priority"
	HitRuleOrder    HitPolicy = "rule-order"
	HitOutputOrder  HitPolicy = "output-order"
	HitCollect      HitPolicy = "collect"
	HitCollectSum   HitPolicy = "collect+"
	HitCollectCount HitPolicy = "collect#"
	HitCollectMin   HitPolicy = "collect<"
	HitCollectMax   HitPolicy = "collect>"
)

// Table is a decision table.
type Table struct {
	ID    string
	At    Position
	Hit   HitPolicy
	Given []Expr   // input columns
	Gives []Output // output columns
	Rows  []Row
}

// Output is an output column of a table.
type Output struct {
	ID     string
	At     Position
	Values []Scalar // the values it may have, in order of priority; empty when not declared
}

// Row is a row of a table: a unary test for each input column, a value for each output column.
type Row struct {
	At    Position
	Tests []Scalar
	Gives []Scalar
}

// Kind is what sort of thing a requirement is.
type Kind string

// The kinds of requirements.
const (
	Permit       Kind = "permit"
	Notification Kind = "notification"
	Registration Kind = "registration"
	Plan         Kind = "plan"
	Agreement    Kind = "agreement"
	Report       Kind = "report"
	Obligation   Kind = "obligation"
	Inspection   Kind = "inspection"
)

// Requirement is a permit, notification, plan or the like that a customer's plan may need.
type Requirement struct {
	ID           string
	At           Position
	Kind         Kind
	Name         Text
	Why          Text
	Law          []Law
	Needed       []*Ground
	Unless       []*Ground
	Ask          []*Ground
	Authority    []Route
	Place        Ref // at: question; "" means the bundle's place
	For          Ref // list question
	Send         []Lead
	Recommended  []Lead
	Late         Text
	Takes        *Duration
	Fee          *Fee
	Decision     string // permit decision-if-needed acknowledgement agreement none
	Form         Ref
	Kept         bool // filed: false: the customer keeps it, and nobody is sent it
	Attachments  []Attachment
	Process      Ref
	After        []Ref
	CoveredBy    []Ref
	Excludes     []Ref
	Appeal       Text
	Instructions Text
	Links        []Link
	Sources      []string
	Repeats      *Repeat
	Overlay      *Overlay // the overlay that declares it, nil for the bundle
	Additions    []Addition
	Unverified

	torn bool // its grounds were written but could not be read
}

// Addition is what an overlay says to a requirement of the bundle, at the overlay's places only.
type Addition struct {
	At           Position
	Overlay      *Overlay
	Instructions Text
	Links        []Link
}

// Ground is a reason for which a requirement is needed, not needed, or left to the authority.
type Ground struct {
	ID      string // "1", "2", … when the author gave none
	At      Position
	When    Expr // absent: always
	Because Text
	Law     []Law
	Overlay *Overlay // holds only at the overlay's places; nil for the bundle's own
	Unverified
}

// Rule is an impossible rule or a warning.
type Rule struct {
	ID        string
	At        Position
	When      Expr
	Because   Text
	Law       []Law
	Authority []Route
	Links     []Link
	Overlay   *Overlay
	Unverified
}

// Route is one branch of `authority`; the first whose condition holds counts.
type Route struct {
	At    Position
	When  Expr  // absent: always
	To    []Ref // roles or authorities, all of them competent
	Place Ref   // at: question, "" for the requirement's
	Note  Text
	Unverified
}

// Lead is by when something must be sent: so long before (or after) the answer of a question.
type Lead struct {
	At      Position
	When    Expr // absent: always
	Amount  Expr // a number or an expression
	Unit    Unit
	Before  Ref // question; "" means the bundle's start, unless After is given
	After   Ref // question
	Because Text
	Law     []Law
	Unverified
}

// Unit is a unit of time.
type Unit string

// The units of time.
const (
	HourUnit       Unit = "hours"
	DayUnit        Unit = "days"
	WorkingDayUnit Unit = "working-days"
	WeekUnit       Unit = "weeks"
	MonthUnit      Unit = "months" // calendar months: the same day of the earlier month
)

// Duration is a handling time, exact or from–to.
type Duration struct {
	At       Position
	Min, Max int
	Unit     Unit
	Text     Text
	Unverified
}

// Fee is what is charged.
type Fee struct {
	At     Position
	Amount Expr // euro; absent when only Text is known
	Text   Text
	Unverified
}

// Attachment is a document that goes with a requirement.
type Attachment struct {
	ID       string
	At       Position
	Title    Text
	Help     Text
	Accept   []Scalar
	Required Expr // absent: optional; "true": always
	Overlay  *Overlay
	Unverified
}

// Repeat is the recurrence of an obligation.
type Repeat struct {
	At     Position
	Every  int
	Unit   string // year, month, week, day, hour
	On     string // "03-15", "end-of-month", or empty
	From   Ref    // question or item field with the anchor
	Moves  bool   // whether the day moves by the statutory calendar (150/1930 5 §)
	Amount Expr   // an adaptive interval, in Unit
}

// Form is the data of its own that a requirement has: a JSON Schema with x- keywords.
type Form struct {
	ID     string
	At     Position
	Schema *Value
}

// Message is a letter or an alert.
type Message struct {
	ID      string
	At      Position
	Title   Text
	Body    Text
	Channel string
}

// Term is a concept of the vocabulary, asked once in a case.
type Term struct {
	ID      string
	At      Position
	Title   Text
	Help    Text
	Schema  *Value
	Prefill []Expr // over person, mandate, registers, answers, earlier; the first that has a value counts
}

// Process says how a filing moves.
type Process struct {
	ID      string
	At      Position
	Title   Text
	Begins  Ref
	States  []*State
	Actions []*Action
}

// State is a state of a process.
type State struct {
	ID       string
	At       Position
	Title    Text
	Ends     bool
	Outcome  string // positive, negative, conditional, neutral
	Status   string // the customer-facing status
	WaitsFor string // customer, authority, third-party
	Within   *Value
}

// Action is a move from state to state.
type Action struct {
	ID     string
	At     Position
	Title  Text
	From   []Ref
	To     []Ref
	During []Ref
	By     []Scalar
	If     Expr
	Asks   Ref
	Starts Ref
	Do     []*Value
}

// Overlay is what a local authority adds for its own area.
type Overlay struct {
	ID    string
	At    Position
	Of    Ref
	Owner Ref
	Where []Ref
	From  Date
	Until Date
	File  string
}

// Scenario is an author's example: documentation and test.
type Scenario struct {
	Name       string
	At         Position
	On         Date
	OnAt       Position
	Answers    *Value // a mapping by question id
	Needs      []Ref
	Ask        []Ref // nil: not said
	Open       []Ref
	Impossible []Ref
	Warnings   []Ref
	Next       []Ref
	Late       []Ref
	Has        map[string]bool // which of needs ask open impossible warnings next late were written
	Routes     map[string][]Ref
	Why        map[string][]Ref
	Due        map[string]Date
}

// Value is YAML data of free shape (a form's schema, a scenario's answers) with places.
type Value struct {
	At     Position
	Kind   ValueKind
	Scalar Scalar   // ScalarValue
	Keys   []Scalar // MapValue, in order; unique
	Items  []*Value // ListValue, or MapValue's values beside Keys
}

// ValueKind is the shape of a Value.
type ValueKind int

// The shapes of free YAML data.
const (
	ScalarValue ValueKind = iota
	ListValue
	MapValue
)

// Get returns the value of a mapping's key, nil when there is none.
func (v *Value) Get(key string) *Value {
	if v == nil || v.Kind != MapValue {
		return nil
	}
	for i, k := range v.Keys {
		if k.Value == key {
			return v.Items[i]
		}
	}
	return nil
}
