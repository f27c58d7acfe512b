package forms

import (
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// Format is a `format` of JSON Schema that luvat checks itself: the identifiers and addresses that Finnish forms ask for.
//
// Those that JSON Schema names too (date, time, date-time, email, uri) mean exactly what it says, so that an authority's own
// validator agrees. A time of day and a day with a time as HTML inputs send them, without seconds and zone, are therefore formats of
// their own: `clock` (09:30) and `date-clock` (2026-06-01T09:30).
//
// A value has one spelling; what people type instead becomes it by Normal.
type Format struct {
	Name    string
	Example string // as people write it
	Pattern string // a regular expression (RE2 and ECMA-262) that every valid value matches, for those who do not know the format

	wrong  func(string) Reason
	normal func(string) string
}

// Reason says what is wrong with a value of a format; "" is nothing.
type Reason string

// The reasons.
const (
	WrongForm    Reason = "form"    // it does not look like one
	WrongCheck   Reason = "check"   // it looks like one, but the check digits say that something was mistyped
	WrongDate    Reason = "date"    // there is no such day
	WrongLength  Reason = "length"  // of an IBAN, for its country
	WrongNumbers Reason = "numbers" // a part of it that numbers something is zero or out of range
)

// Formats lists all of them.
var Formats = []Format{
	{"business-id", "0112038-9", `^[0-9]{7}-[0-9]$`, businessID, normalBusinessID},
	{"personal-id", "131052-308T", `^[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-FHJ-NPR-Y]$`, personalID, upper},
	{"property-id", "91-2-3-4", `^([0-9]{1,3}(-[0-9]{1,3}){1}(-[0-9]{1,4}){2}(-M[0-9]{1,4})?|[0-9]{14}(M[0-9]{4})?)$`, propertyID, normalPropertyID},
	{"building-id", "100012345A", `^1[0-9]{8}[0-9A-Z]$`, buildingID, compact},
	{"iban", "FI21 1234 5600 0007 85", `^[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}$`, iban, compact},
	{"e-invoice", "003701120389", `^(0037[0-9]{8}[0-9A-Z]{0,5}|[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30})$`, eInvoice, compact},
	{"postal-code", "20100", `^[0-9]{5}$`, digits(5), normalPostalCode},
	{"municipality", "853", `^[0-9]{3}$`, digits(3), normalMunicipality},
	{"email", "etunimi.sukunimi@example.fi", `@`, email, normalEmail},
	{"phone", "0401234567", `^(\+[1-9][0-9]{6,14}|0[1-9][0-9]{4,11})$`, phone, normalPhone},
	{"uri", "https://www.example.fi", `^[A-Za-z][A-Za-z0-9+.-]*:`, standard("uri"), normalURI},
	{"date", "2026-06-01", `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`, date, normalDate},
	{"time", "09:30:00Z", `^[0-9]{2}:[0-9]{2}:[0-9]{2}`, standard("time"), strings.TrimSpace},
	{"date-time", "2026-06-01T09:30:00Z", `^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}`, standard("date-time"), strings.TrimSpace},
	{"clock", "09:30", `^([01][0-9]|2[0-3]):[0-5][0-9]$`, clock, normalClock},
	{"date-clock", "2026-06-01T09:30", `^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]$`, dateClock, strings.TrimSpace},
	{"attachment", "a1b2c3", `^[0-9A-Za-z_-]{1,128}$`, attachment, strings.TrimSpace},
}

var formatByName = func() map[string]*Format {
	by := map[string]*Format{}
	for i := range Formats {
		by[Formats[i].Name] = &Formats[i]
	}
	return by
}()

// Valid tells whether a text is a value of the format.
func (f *Format) Valid(text string) bool { return f.wrong(text) == "" }

// any is Valid as the library calls it: a format says nothing of what is not text.
func (f *Format) any(value any) bool {
	s, text := value.(string)
	return !text || f.Valid(s)
}

// Normal returns what was typed in the one spelling of the format; check digits need not be right for that. What cannot be read as a
// value of the format, or is of a format that nobody knows, only loses the space around.
func Normal(format, typed string) string {
	if f := formatByName[format]; f != nil {
		if s := f.normal(typed); f.wrong(s) != WrongForm {
			return s
		}
	}
	return strings.TrimSpace(typed)
}

// formatTest returns the check of a format, ours or the library's; nil for a format that nobody knows, which is a remark.
func formatTest(name string) func(string) Reason {
	if f := formatByName[name]; f != nil {
		return f.wrong
	}
	if jsonschema.Formats[name] != nil {
		return standard(name)
	}
	return nil
}

// reason says what is wrong with a value of a format.
func reason(format, value string) Reason {
	switch f := formatByName[format]; {
	case f != nil:
		return f.wrong(value)
	case format != "":
		return WrongForm
	}
	return ""
}

// standard is a format that the library knows as JSON Schema defines it.
func standard(name string) func(string) Reason {
	known := jsonschema.Formats[name]
	return func(s string) Reason { return unless(known(s), WrongForm) }
}

func unless(ok bool, otherwise Reason) Reason {
	if ok {
		return ""
	}
	return otherwise
}

// digits is a format of n digits.
func digits(n int) func(string) Reason {
	return func(s string) Reason { return unless(len(s) == n && allDigits(s), WrongForm) }
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// attachment is the id of a file of the case; whether there is such a file is for the case to say.
func attachment(s string) Reason {
	for i := range len(s) {
		if c := s[i]; !digit(c) && !letter(c&^0x20) && c != '-' && c != '_' {
			return WrongForm
		}
	}
	return unless(len(s) > 0 && len(s) <= 128, WrongForm)
}

func digit(c byte) bool  { return c >= '0' && c <= '9' }
func letter(c byte) bool { return c >= 'A' && c <= 'Z' }

// upper is what was typed in capital letters, without space around.
func upper(typed string) string { return strings.ToUpper(strings.TrimSpace(typed)) }

// compact is upper without the spaces that people put between groups of digits.
func compact(typed string) string { return strings.Join(strings.Fields(strings.ToUpper(typed)), "") }

// hyphens replaces the dashes that telephones and word processors put in the place of a hyphen.
func hyphens(typed string) string { return dashes.Replace(typed) }

var dashes = strings.NewReplacer("‐", "-", "‑", "-", "‒", "-", "–", "-", "—", "-", "−", "-")
