package forms

import (
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"pgregory.net/rapid"
)

// formatVectors are values of every format, good and bad. Those with check digits are published ones; they were verified by hand.
var formatVectors = map[string]struct{ good, bad []string }{
	"business-id": {
		[]string{"2646674-9", "0112038-9", "0877830-0", "7769480-5"},
		[]string{"1234567-8", "0112038-1", "01120389", "112038-9", "0112038-", "0112038-99", "0000000-0", "", "FI01120389", "0112038–9"}},
	"personal-id": {
		[]string{"131052-308T", "210281-9988", "010403A998U", "100190-999P", "100190Y999P", "131052X308T", "131052W308T", "131052V308T", "131052U308T", "131052+308T", "010403B998U"},
		[]string{"010190-999K", "260667-123F", "131052-308t", "131052308T", "131052G308T", "131052Z308T", "310252-308T", "290200+308T", "000190-999P", "131352-308T", "010101-001N", "", "131052-308", "131052-308TT"}},
	"property-id": {
		[]string{"91-2-3-4", "853-1-20-3", "09100200030004", "091-002-0003-0004", "91-2-3-4-M12", "09100200030004M0012", "853-99-9903-1"},
		[]string{"91-2-3", "91-2-3-4-5", "0-2-3-4", "91-0-0-0", "9100200030004", "91-2-3-4-M", "91-2-3-4-M12345", "91-2222-3-4", "", "91/2/3/4", "a-2-3-4", "09100200030004M12", "91--3-4"}},
	"building-id": {[]string{"100012345A", "1000123456"}, []string{"200012345A", "100012345", "100012345a", "10001234AA", ""}},
	"iban": {
		[]string{"FI2112345600000785", "DE89370400440532013000", "SE4550000000058398257466", "EE382200221020145685", "GB29NWBK60161331926819", "NO9386011117947", "AE070331234567890123456"},
		[]string{"FI2112345600000786", "FI21123456000007850", "FI21 1234 5600 0007 85", "fi2112345600000785", "FI", "", "2112345600000785FI", "DE8937040044053201300", "FI21123456000007-5"}},
	"e-invoice": {
		[]string{"003701120389", "003726466749", "003726466749ABC12", "FI2112345600000785"},
		[]string{"003701120381", "00370112038", "003701120389ABCDEF", "003701120389-1", "FI2112345600000786", "DE8937040044053201300", "", "TE003701120389"}},
	"postal-code":  {[]string{"20100", "00100"}, []string{"2010", "201000", "2010A", "", "FI-20100"}},
	"municipality": {[]string{"853", "091"}, []string{"91", "0853", "Turku", ""}},
	"email":        {[]string{"a@b.fi", "etu.suku+x@osa.example.fi", "o'brien@example.com", `"a b"@example.com`, "a@[127.0.0.1]"}, []string{"a", "a@", "@b.fi", "a@b..fi", "a..b@c.fi", "a@-b.fi", "a b@c.fi", "", "a@b.fi, c@d.fi"}},
	"phone":        {[]string{"0401234567", "+358401234567", "02123456", "+46812345678"}, []string{"040 123 4567", "401234567", "00358401234567", "+0401234567", "040", "+358", "", "soita", "+3584012345678901"}},
	"uri":          {[]string{"https://www.example.fi/a?b=c", "mailto:a@b.fi", "urn:isbn:1"}, []string{"www.example.fi", "", "://x", "http://[::1"}},
	"date":         {[]string{"2026-06-01", "2024-02-29", "2000-02-29", "0000-01-01"}, []string{"2026-02-29", "1900-02-29", "2026-13-01", "2026-00-01", "2026-04-31", "2026-06-00", "1.6.2026", "2026-6-1", "", "2026-06-01T00:00"}},
	"time":         {[]string{"09:30:00Z", "23:59:60Z", "09:30:00.5+03:00"}, []string{"09:30", "24:00:00Z", "09:30:00", ""}},
	"date-time":    {[]string{"2026-06-01T09:30:00Z"}, []string{"2026-06-01T09:30", "2026-06-01", ""}},
	"clock":        {[]string{"00:00", "23:59", "09:30"}, []string{"24:00", "9:30", "09:60", "09.30", "09:30:00", ""}},
	"date-clock":   {[]string{"2026-06-01T09:30"}, []string{"2026-06-01", "2026-06-31T09:30", "2026-06-01 09:30", "2026-06-01T24:00", "2026-06-01T09:30Z"}},
	"attachment":   {[]string{"a1b2c3", "0-_Z"}, []string{"", "../x", "a b", strings.Repeat("a", 129), "å"}},
}

func TestFormats(t *testing.T) {
	for i := range Formats {
		f := &Formats[i]
		v, ok := formatVectors[f.Name]
		if !ok {
			t.Errorf("the format %s has no vectors", f.Name)
		}
		looks := regexp.MustCompile(f.Pattern)
		schema := mustValidator(t, map[string]any{"format": f.Name})
		for _, s := range append(v.good, Normal(f.Name, f.Example)) {
			if why := f.wrong(s); why != "" {
				t.Errorf("%s: %q is refused for its %s", f.Name, s, why)
			}
			if !looks.MatchString(s) {
				t.Errorf("%s: %q does not match %s", f.Name, s, f.Pattern)
			}
			if schema.library.Validate(s) != nil {
				t.Errorf("%s: the library refuses %q", f.Name, s)
			}
			if once := Normal(f.Name, s); !f.Valid(once) || Normal(f.Name, once) != once {
				t.Errorf("%s: %q becomes %q, which is not a value in its one spelling", f.Name, s, once)
			}
		}
		for _, s := range v.bad {
			if f.Valid(s) {
				t.Errorf("%s: %q passes", f.Name, s)
			}
			if faults := schema.Faults(s); len(faults) != 1 || faults[0].Reason == "" {
				t.Errorf("%s: %q has the faults %+v", f.Name, s, faults)
			}
		}
	}
}

func TestReasons(t *testing.T) {
	for _, c := range []struct {
		format, value string
		want          Reason
	}{
		{"business-id", "0112038-1", WrongCheck}, {"business-id", "112038-9", WrongForm},
		{"personal-id", "310252-308T", WrongDate}, {"personal-id", "010190-999K", WrongCheck}, {"personal-id", "131052Q308T", WrongForm},
		{"iban", "FI21123456000007850", WrongLength}, {"iban", "FI2112345600000786", WrongCheck}, {"date", "2026-02-30", WrongDate},
		{"property-id", "0-2-3-4", WrongNumbers}, {"uuid", "x", WrongForm},
	} {
		faults := mustValidator(t, map[string]any{"format": c.format}).Faults(c.value)
		if len(faults) != 1 || faults[0].Reason != c.want {
			t.Errorf("%s %q: %+v, want the reason %q", c.format, c.value, faults, c.want)
		}
	}
}

// Individual numbers begin at 002; 900-999 are temporary and pass. The check characters are right, so that only the number decides.
func TestIndividualNumbers(t *testing.T) {
	for number, want := range map[string]Reason{"000": WrongNumbers, "001": WrongNumbers, "002": "", "899": "", "900": "", "999": ""} {
		found := Reason("no check character fits")
		for _, c := range "0123456789ABCDEFHJKLMNPRSTUVWXY" {
			if why := personalID("131052-" + number + string(c)); why != WrongCheck {
				found = why
			}
		}
		if found != want {
			t.Errorf("individual number %s: %q, want %q", number, found, want)
		}
	}
}

func TestWhatPeopleTypeIsRead(t *testing.T) {
	for _, c := range []struct{ format, typed, want string }{
		{"business-id", " 01120389 ", "0112038-9"}, {"business-id", "112038-9", "0112038-9"}, {"business-id", "FI01120389", "0112038-9"},
		{"business-id", "0112038–9", "0112038-9"}, {"business-id", "en tiedä", "en tiedä"},
		{"personal-id", " 131052-308t ", "131052-308T"}, {"personal-id", "100190y999p", "100190Y999P"}, {"personal-id", "100190Y999P", "100190Y999P"},
		{"personal-id", "131052–308T", "131052–308T"}, {"personal-id", "131052308T", "131052308T"},
		{"iban", "fi21 1234 5600 0007 85", "FI2112345600000785"}, {"iban", "fi21 1234 5600 0007 86", "FI2112345600000786"}, {"iban", "ei ole", "ei ole"}, {"e-invoice", "0037 0112 0389", "003701120389"},
		{"property-id", "091-002-0003-0004", "91-2-3-4"}, {"property-id", "09100200030004", "91-2-3-4"}, {"property-id", "91–2–3–4 –m12", "91-2-3-4-M12"},
		{"property-id", "09100200030004M0012", "91-2-3-4-M12"}, {"building-id", "100012345a", "100012345A"},
		{"postal-code", "FI-20100", "20100"}, {"postal-code", "20 100", "20100"}, {"municipality", "91", "091"}, {"municipality", "5", "005"},
		{"email", " Etu.Suku@Example.fi ", "Etu.Suku@Example.fi"}, {"email", "mailto:a@b.fi", "a@b.fi"},
		{"phone", "040 123 4567", "0401234567"}, {"phone", "+358 (0)40-1234567", "+358401234567"}, {"phone", "00358 40 1234567", "+358401234567"}, {"phone", "(02) 123 456", "02123456"},
		{"uri", "www.example.fi", "https://www.example.fi"}, {"uri", "example.fi/sivu", "https://example.fi/sivu"}, {"uri", "http://x.fi", "http://x.fi"}, {"uri", "sivu", "sivu"},
		{"date", "1.6.2026", "2026-06-01"}, {"date", "1. 6. 2026", "2026-06-01"}, {"date", "2026-06-01", "2026-06-01"}, {"date", "ensi viikolla", "ensi viikolla"},
		{"clock", "9.30", "09:30"}, {"clock", "9", "09:00"}, {"clock", "klo 9:30", "09:30"}, {"clock", "0930", "09:30"}, {"clock", "09:30:00", "09:30"}, {"clock", "aamulla", "aamulla"},
		{"nobody-knows", " x ", "x"},
	} {
		if got := Normal(c.format, c.typed); got != c.want {
			t.Errorf("%s: %q becomes %q, want %q", c.format, c.typed, got, c.want)
		}
	}
}

// TestSeparatorsAreNeverReplaced: two people differ by the separator alone.
func TestSeparatorsAreNeverReplaced(t *testing.T) {
	for _, separator := range "+-YXWVUABCDEF" {
		id := "100190" + string(separator) + "999P"
		if Normal("personal-id", id) != id || personalID(id) != "" {
			t.Errorf("%s becomes %s, which has the fault %q", id, Normal("personal-id", id), personalID(id))
		}
	}
}

// sameFormats is the property: the formats that JSON Schema names mean what the library says they mean.
func sameFormats(t *rapid.T) {
	name := rapid.SampledFrom([]string{"email", "date", "time", "date-time", "uri"}).Draw(t, "format")
	piece := rapid.SampledFrom([]string{"a", "Z", "0", "1", "2", "9", "-", ".", "..", "@", "_", "+", ":", "T", "Z", "é", " ", "2026", "02", "29", "30", "example", "fi", "[", "]", "\"", "<", ">", strings.Repeat("x", 63), "http://", "%", "\x00"})
	s := strings.Join(rapid.SliceOfN(piece, 0, 9).Draw(t, "pieces"), "")
	if name == "date" && rapid.Bool().Draw(t, "nearly") {
		s = rapid.StringMatching(`[0-2][0-9]{3}-[01][0-9]-[0-3][0-9]`).Draw(t, "date")
	}
	if name == "email" && rapid.Bool().Draw(t, "nearly") {
		s = rapid.StringMatching(`[a-z.+_-]{1,6}@[a-z0-9.-]{1,8}`).Draw(t, "email")
	}
	if got, want := formatByName[name].Valid(s), jsonschema.Formats[name](s); got != want {
		t.Fatalf("%q as %s is %v, the library says %v", s, name, got, want)
	}
}

func TestStandardFormatsMeanWhatTheySay(t *testing.T) { rapid.Check(t, sameFormats) }

func FuzzStandardFormats(f *testing.F) { f.Fuzz(rapid.MakeFuzz(sameFormats)) }

// A value that a check digit lets through is not let through with any one digit changed.
func TestCheckDigitsFindOneWrongDigit(t *testing.T) {
	for format, value := range map[string]string{"business-id": "2646674-9", "personal-id": "131052-308T", "iban": "FI2112345600000785", "e-invoice": "003726466749"} {
		for i := range len(value) {
			for c := byte('0'); c <= '9' && digit(value[i]); c++ {
				changed := value[:i] + string(c) + value[i+1:]
				if c != value[i] && formatByName[format].Valid(changed) {
					t.Errorf("%s: %s passes, and so does %s", format, value, changed)
				}
			}
		}
	}
}
