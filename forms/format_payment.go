package forms

import "strings"

// ibanLength is how many characters an IBAN of a country has (SWIFT IBAN registry; the SEPA area and its neighbours). Of other
// countries only the check digits are checked.
var ibanLength = map[string]int{
	"AD": 24, "AL": 28, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18,
	"FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21,
	"LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24,
	"RS": 22, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26, "UA": 29, "VA": 22, "XK": 20,
}

// iban is an international bank account number (ISO 13616) without spaces: with its first four characters moved to the end and
// letters read as 10-35 it leaves 1 when divided by 97.
func iban(s string) Reason {
	if len(s) < 15 || len(s) > 34 || !letter(s[0]) || !letter(s[1]) || !allDigits(s[2:4]) {
		return WrongForm
	}
	rest := 0
	for i := range len(s) {
		switch c := s[(i+4)%len(s)]; {
		case digit(c):
			rest = (rest*10 + int(c-'0')) % 97
		case letter(c):
			rest = (rest*100 + int(c-'A') + 10) % 97
		default:
			return WrongForm
		}
	}
	if want, known := ibanLength[s[:2]]; known && want != len(s) {
		return WrongLength
	}
	return unless(rest == 1, WrongCheck)
}

// eInvoice is an address of e-invoicing: an OVT identifier of a Finnish organisation (0037, the digits of the business id, and at
// most five characters of the organisation's own), or an IBAN.
func eInvoice(s string) Reason {
	if !strings.HasPrefix(s, "0037") {
		return iban(s)
	}
	if len(s) < 12 || len(s) > 17 || !allDigits(s[:12]) {
		return WrongForm
	}
	for i := 12; i < len(s); i++ {
		if !digit(s[i]) && !letter(s[i]) {
			return WrongForm
		}
	}
	return unless(checkedBusinessID(s[4:11], s[11]), WrongCheck)
}
