package identity

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"luvat/definitions"
)

// Claim names the claims that say one thing, in the order in which they are looked at: the first that has a value counts. A name is
// taken as it stands; when no claim has it, dots lead into objects, as in "address.postal_code". As JSON it is one name or an array.
type Claim []string

var errClaim = errors.New("claims: a claim is named by a text or by an array of texts")

// UnmarshalJSON reads one name or an array of names.
func (c *Claim) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*c = Claim{one}
		return nil
	}
	var many []string
	if json.Unmarshal(data, &many) != nil {
		return errClaim
	}
	*c = many
	return nil
}

// ClaimMap says which claims a provider says a person's data in. What is left out is as in DefaultClaims; an empty array means that
// the provider does not say it.
type ClaimMap struct {
	Subject      Claim `json:"subject"`
	Name         Claim `json:"name"`
	GivenName    Claim `json:"given_name"`
	FamilyName   Claim `json:"family_name"`
	Email        Claim `json:"email"`
	Language     Claim `json:"language"`
	PersonalID   Claim `json:"personal_id"`
	ForeignID    Claim `json:"foreign_id"`
	Street       Claim `json:"street"`
	PostalCode   Claim `json:"postal_code"`
	City         Claim `json:"city"`
	Country      Claim `json:"country"`
	Municipality Claim `json:"municipality"`
	Protected    Claim `json:"protected"`   // "1" or true: safety ban
	Authorities  Claim `json:"authorities"` // one id or an array; nothing by default: it opens the filings of an authority
}

// DefaultClaims are the standard claims of OpenID Connect, and beside them the names under which Finnish services say what the
// standard has no name for: the attribute names of Suomi.fi e-Identification, and those of brokers of the Finnish Trust Network.
func DefaultClaims() ClaimMap {
	return ClaimMap{
		Subject:      Claim{"sub"},
		Name:         Claim{"name", "urn:oid:2.16.840.1.113730.3.1.241", "urn:oid:2.5.4.3"},
		GivenName:    Claim{"given_name", "urn:oid:2.5.4.42", "http://eidas.europa.eu/attributes/naturalperson/CurrentGivenName"},
		FamilyName:   Claim{"family_name", "urn:oid:2.5.4.4", "http://eidas.europa.eu/attributes/naturalperson/CurrentFamilyName"},
		Email:        Claim{"email", "urn:oid:0.9.2342.19200300.100.1.3"},
		Language:     Claim{"locale"},
		PersonalID:   Claim{"national_id_num", "urn:oid:1.2.246.21", "nin"},
		ForeignID:    Claim{"http://eidas.europa.eu/attributes/naturalperson/PersonIdentifier", "urn:oid:1.2.246.517.3002.111.17"},
		Street:       Claim{"address.street_address", "urn:oid:1.2.246.517.2002.2.4"},
		PostalCode:   Claim{"address.postal_code", "urn:oid:1.2.246.517.2002.2.6"},
		City:         Claim{"address.locality", "urn:oid:1.2.246.517.2002.2.7"},
		Country:      Claim{"address.country"},
		Municipality: Claim{"urn:oid:1.2.246.517.2002.2.18"},
		Protected:    Claim{"urn:oid:1.2.246.517.2002.2.27"},
	}
}

// filled returns the map with the defaults where it says nothing.
func (m ClaimMap) filled() ClaimMap {
	d := DefaultClaims()
	for _, field := range []struct{ to, from *Claim }{
		{&m.Subject, &d.Subject}, {&m.Name, &d.Name}, {&m.GivenName, &d.GivenName}, {&m.FamilyName, &d.FamilyName},
		{&m.Email, &d.Email}, {&m.Language, &d.Language}, {&m.PersonalID, &d.PersonalID}, {&m.ForeignID, &d.ForeignID},
		{&m.Street, &d.Street}, {&m.PostalCode, &d.PostalCode}, {&m.City, &d.City}, {&m.Country, &d.Country},
		{&m.Municipality, &d.Municipality}, {&m.Protected, &d.Protected},
		{&m.Authorities, &d.Authorities},
	} {
		if *field.to == nil {
			*field.to = *field.from
		}
	}
	return m
}

// claims are what a provider signed.
type claims map[string]any

// with returns the claims with others over them.
func (c claims) with(other claims) claims {
	all := claims{}
	maps.Copy(all, c)
	maps.Copy(all, other)
	return all
}

// value returns the first claim of the list that has a value, as text; "" when none has.
func (c claims) value(names Claim) string {
	for _, name := range names {
		if s := text(c[name]); s != "" {
			return s
		}
		if s := text(inside(c, strings.Split(name, "."))); s != "" {
			return s
		}
	}
	return ""
}

// list returns every value of the first claim that has one, "" and what is too long left out.
func (c claims) list(names Claim) []string {
	for _, name := range names {
		v := c[name]
		if v == nil {
			v = inside(c, strings.Split(name, "."))
		}
		items, many := v.([]any)
		if !many {
			items = []any{v}
		}
		var out []string
		for _, item := range items {
			if s := text(item); s != "" && len(s) <= maxClaim {
				out = append(out, s)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

func inside(object map[string]any, path []string) any {
	for _, name := range path[:len(path)-1] {
		object, _ = object[name].(map[string]any)
	}
	return object[path[len(path)-1]]
}

// text returns a claim's value as text. An array, which attributes that come from SAML often are, counts by its first element.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case bool:
		return fmt.Sprint(v)
	case json.Number:
		return v.String()
	case []any:
		if len(v) > 0 {
			return text(v[0])
		}
	}
	return ""
}

// maxClaim bounds what is stored of one claim, in bytes.
const maxClaim = 1000

// identity reads who somebody is. The error names the claim that is missing.
func (m ClaimMap) identity(c claims) (Identity, error) {
	get := func(names Claim) string {
		s := c.value(names)
		if len(s) > maxClaim {
			return ""
		}
		return s
	}
	id := Identity{
		Subject: get(m.Subject), Name: get(m.Name), GivenName: get(m.GivenName), FamilyName: get(m.FamilyName), Email: get(m.Email),
		ForeignID: get(m.ForeignID), Municipality: get(m.Municipality),
	}
	if id.Subject == "" {
		return Identity{}, fmt.Errorf("no subject: none of the claims %s has a value", strings.Join(m.Subject, ", "))
	}
	if id.Name == "" {
		id.Name = strings.TrimSpace(id.GivenName + " " + id.FamilyName)
	}
	if id.Name == "" {
		return Identity{}, fmt.Errorf("no name: none of the claims %s has a value", strings.Join(slices.Concat(m.Name, m.GivenName, m.FamilyName), ", "))
	}
	if s := get(m.PersonalID); IsPersonalID(s) { // another country's number, which some brokers send in the same claim, is none
		id.PersonalID = s
	}
	if lang, _, _ := strings.Cut(strings.ToLower(get(m.Language)), "-"); slices.Contains(definitions.Languages, definitions.Lang(lang)) {
		id.Language = definitions.Lang(lang)
	}
	if street := get(m.Street); street != "" {
		id.Address = &Address{Street: street, PostalCode: get(m.PostalCode), City: get(m.City), Country: get(m.Country)}
	}
	id.Authorities = c.list(m.Authorities)
	switch get(m.Protected) {
	case "1", "true":
		id.Protected = true
	}
	return id, nil
}
