package forms

import (
	"regexp"
	"strconv"
	"strings"
)

// businessID is a Finnish business id (Y-tunnus): seven digits, a hyphen and a check digit. The digits are weighed by 7, 9, 10, 5,
// 8, 4, 2; with the sum modulo 11 as r the check digit is 0 for 0, none for 1, and 11 - r for others.
func businessID(s string) Reason {
	if len(s) != 9 || s[7] != '-' || !allDigits(s[:7]) || !digit(s[8]) {
		return WrongForm
	}
	return unless(checkedBusinessID(s[:7], s[8]), WrongCheck)
}

func checkedBusinessID(number string, check byte) bool {
	sum := 0
	for i, w := range [7]int{7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(number[i]-'0')
	}
	r := sum % 11
	return number != "0000000" && r != 1 && int(check-'0') == (11-r)%11
}

// normalBusinessID adds what people leave out: the hyphen, and the zero before the six digits of old ids. A VAT number (FI01120389)
// is the business id of the same company.
func normalBusinessID(typed string) string {
	s := hyphens(compact(typed))
	if m := looseBusinessID.FindStringSubmatch(s); m != nil {
		return strings.Repeat("0", 7-len(m[1])) + m[1] + "-" + m[2]
	}
	return s
}

var looseBusinessID = regexp.MustCompile(`^(?:FI)?([0-9]{6,7})-?([0-9])$`)

// personalID is a Finnish personal identity code: ddmmyy, a separator that tells the century, an individual number and a check
// character. The separator is a part of the code: 100190-999P and 100190Y999P are two people, and it is never replaced by another.
//
// Individual numbers are 002-899. 900-999 are given for the time being in health care and to the test persons of Suomi.fi; they are
// accepted, since a person who logs in with one must be able to fill in a form, and whether a code belongs to somebody is for the
// population register to say.
func personalID(s string) Reason {
	if len(s) != 11 || !allDigits(s[:6]) || !allDigits(s[7:10]) || !digit(s[10]) && !letter(s[10]) {
		return WrongForm
	}
	century := 0
	switch s[6] {
	case '+':
		century = 1800
	case '-', 'Y', 'X', 'W', 'V', 'U':
		century = 1900
	case 'A', 'B', 'C', 'D', 'E', 'F':
		century = 2000
	default:
		return WrongForm
	}
	if day, month, year := pair(s), pair(s[2:]), century+pair(s[4:]); !exists(year, month, day) {
		return WrongDate
	}
	individual := pair(s[7:])*10 + int(s[9]-'0')
	number := (pair(s)*10000+pair(s[2:])*100+pair(s[4:]))*1000 + individual
	if "0123456789ABCDEFHJKLMNPRSTUVWXY"[number%31] != s[10] {
		return WrongCheck
	}
	return unless(individual >= 2, WrongNumbers)
}

// pair reads the two digits that a text begins with.
func pair(s string) int { return int(s[0]-'0')*10 + int(s[1]-'0') }

// propertyID is a Finnish property id (kiinteistötunnus), as 91-2-3-4 or as its 14 digits: municipality 3, location area 3, group 4,
// unit 4; a parcel that is separated but not yet a property adds M and a number. The municipality may be one that is no more.
func propertyID(s string) Reason {
	parts, ok := propertyParts(s)
	if !ok {
		return WrongForm
	}
	return unless(parts[0] > 0 && parts[0]+parts[1]+parts[2]+parts[3] > parts[0], WrongNumbers)
}

// propertyParts reads municipality, location area, group, unit, and the parcel or -1. It allocates nothing.
func propertyParts(s string) (parts [5]int, ok bool) {
	parts[4] = -1
	widths := [5]int{3, 3, 4, 4, 4}
	if len(s) >= 14 && allDigits(s[:14]) {
		rest := s[14:]
		for i, at := 0, 0; i < 4; i++ {
			parts[i] = small(s[at : at+widths[i]])
			at += widths[i]
		}
		if rest == "" {
			return parts, true
		}
		if len(rest) != 5 || rest[0] != 'M' || !allDigits(rest[1:]) {
			return parts, false
		}
		parts[4] = small(rest[1:])
		return parts, true
	}
	for i := range 5 {
		part, rest, more := strings.Cut(s, "-")
		if i == 4 {
			part = strings.TrimPrefix(part, "M")
			if len(part) == len(s) {
				return parts, false
			}
		}
		if part == "" || len(part) > widths[i] || !allDigits(part) || more && i == 4 {
			return parts, false
		}
		parts[i] = small(part)
		if !more {
			return parts, i >= 3
		}
		s = rest
	}
	return parts, false
}

// small reads at most four digits.
func small(digits string) int {
	n := 0
	for i := range len(digits) {
		n = n*10 + int(digits[i]-'0')
	}
	return n
}

// normalPropertyID gives the form with hyphens, without leading zeros, so that one property is written in one way.
func normalPropertyID(typed string) string {
	s := hyphens(compact(typed))
	parts, ok := propertyParts(s)
	if !ok {
		return s
	}
	b := []byte{}
	for i, p := range parts[:4] {
		if i > 0 {
			b = append(b, '-')
		}
		b = strconv.AppendInt(b, int64(p), 10)
	}
	if parts[4] >= 0 {
		b = strconv.AppendInt(append(b, "-M"...), int64(parts[4]), 10)
	}
	return string(b)
}

// buildingID is a permanent building id (VTJ-PRT) by its form: 1, eight digits and a check character. How the check character is
// counted is not public.
func buildingID(s string) Reason {
	return unless(len(s) == 10 && s[0] == '1' && allDigits(s[:9]) && (digit(s[9]) || letter(s[9])), WrongForm)
}

// normalMunicipality adds the zeros that spreadsheets take off: 91 is 091.
func normalMunicipality(typed string) string {
	s := strings.TrimSpace(typed)
	if len(s) > 0 && len(s) < 3 && allDigits(s) {
		return strings.Repeat("0", 3-len(s)) + s
	}
	return s
}
