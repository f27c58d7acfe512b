package engine

import (
	"fmt"
	"strings"

	"luvat/definitions"
)

// UnroutedCode says why no authority could be named. The codes are stable.
type UnroutedCode string

// The reasons for which no authority can be named.
const (
	UnknownRole         UnroutedCode = "unknown-role"           // neither an authority nor a role has the id
	NoRowForRole        UnroutedCode = "no-row-for-role"        // the role has no row for the day
	RoleOverlap         UnroutedCode = "role-overlap"           // the role has several rows for the day
	PlaceUnknown        UnroutedCode = "place-unknown"          // the authority depends on the place, which is not answered
	MunicipalityUnknown UnroutedCode = "municipality-unknown"   // no municipality has the code
	NoArea              UnroutedCode = "no-area"                // no authority of the type is named for the municipality on the day
	AreaOverlap         UnroutedCode = "area-overlap"           // several are
	AuthorityUnknown    UnroutedCode = "authority-unknown"      // a row names an authority that is not listed
	AuthorityNotInForce UnroutedCode = "authority-not-in-force" // the authority has ended, or has not begun, on the day
)

// Unrouted says why no authority could be named, and with what.
type Unrouted struct {
	Code          UnroutedCode
	To            string                   // the role or authority that was asked for
	AuthorityType string                   // the type of authority that the role has on the day, when it has one
	Municipality  string                   // code, "" when unknown
	On            definitions.Date         // the day of handling
	Authority     *definitions.Authority   // the one that is not in force
	Successors    []*definitions.Authority // who took over its tasks: which of them has this one, a person must say
	Competing     []string                 // the authorities or types that overlap, or the one that is not listed

	municipality *definitions.Municipal
	role         definitions.Text
}

// Competent returns the authority that is competent on the day of handling, and the role it has there ("" when the authority
// itself was asked for). To is an authority's id or a role; municipality is a code, "" while it is unknown. Exactly one of
// authority and reason is not nil. An authority that has ended is never replaced by its successor silently: a reform splits tasks,
// and only the role's rows say which authority has this one.
func Competent(s *definitions.Shared, to, municipality string, on definitions.Date) (*definitions.Authority, string, *Unrouted) {
	no := &Unrouted{To: to, Municipality: municipality, On: on}
	if a := s.AuthorityByID(to); a != nil {
		return no.inForce(s, a, "")
	}
	rows := s.Role(to)
	if len(rows) == 0 {
		no.Code = UnknownRole
		return nil, "", no
	}
	var row *definitions.RoleRow
	for i := range rows {
		if !inTime(rows[i].From, rows[i].Until, on) {
			continue
		}
		no.Competing = append(no.Competing, rows[i].AuthorityType+rows[i].Authority)
		row = &rows[i]
	}
	no.role = rows[0].Name
	if len(no.Competing) > 1 {
		no.Code = RoleOverlap
		return nil, "", no
	}
	no.Competing = nil
	if row == nil {
		no.Code = NoRowForRole
		return nil, "", no
	}
	if row.Authority != "" {
		return no.listed(s, row.Authority, to)
	}
	no.AuthorityType = row.AuthorityType
	if municipality == "" {
		no.Code = PlaceUnknown
		return nil, "", no
	}
	no.municipality = s.Municipality(municipality)
	if no.municipality == nil {
		no.Code = MunicipalityUnknown
		return nil, "", no
	}
	if row.AuthorityType == "municipality" {
		return no.listed(s, "kunta-"+municipality, to)
	}
	for _, area := range s.AreaOf(row.AuthorityType, municipality) {
		if inTime(area.From, area.Until, on) {
			no.Competing = append(no.Competing, area.Authority)
		}
	}
	switch len(no.Competing) {
	case 0:
		no.Code = NoArea
		return nil, "", no
	case 1:
		return no.listed(s, no.Competing[0], to)
	default:
		no.Code = AreaOverlap
		return nil, "", no
	}
}

func inTime(from, until, on definitions.Date) bool {
	return (from == definitions.NoDate || from <= on) && (until == definitions.NoDate || on <= until)
}

func (u *Unrouted) listed(s *definitions.Shared, id, role string) (*definitions.Authority, string, *Unrouted) {
	a := s.AuthorityByID(id)
	if a == nil {
		u.Code, u.Competing = AuthorityUnknown, []string{id}
		return nil, "", u
	}
	u.Competing = nil
	return u.inForce(s, a, role)
}

func (u *Unrouted) inForce(s *definitions.Shared, a *definitions.Authority, role string) (*definitions.Authority, string, *Unrouted) {
	if inTime(a.From, a.Until, u.On) {
		return a, role, nil
	}
	u.Code, u.Authority = AuthorityNotInForce, a
	if a.Until != definitions.NoDate && a.Until < u.On {
		for _, id := range a.Successor {
			if successor := s.AuthorityByID(id); successor != nil {
				u.Successors = append(u.Successors, successor)
			}
		}
	}
	return nil, "", u
}

// Error says for the keeper of the definitions what to mend.
func (u *Unrouted) Error() string {
	switch u.Code {
	case UnknownRole:
		return fmt.Sprintf("%q is neither an authority of authorities.csv nor a role of roles.csv", u.To)
	case NoRowForRole:
		return fmt.Sprintf("roles.csv has no row for the role %q on %s", u.To, u.On)
	case RoleOverlap:
		return fmt.Sprintf("roles.csv has several rows for the role %q on %s: %s", u.To, u.On, strings.Join(u.Competing, ", "))
	case PlaceUnknown:
		return fmt.Sprintf("the role %q belongs to an authority of type %q, which depends on the municipality", u.To, u.AuthorityType)
	case MunicipalityUnknown:
		return fmt.Sprintf("municipalities.csv has no municipality %q", u.Municipality)
	case NoArea:
		return fmt.Sprintf("areas.csv names no authority of type %q for municipality %s on %s (role %q)", u.AuthorityType, u.Municipality, u.On, u.To)
	case AreaOverlap:
		return fmt.Sprintf("areas.csv names several authorities of type %q for municipality %s on %s (role %q): %s",
			u.AuthorityType, u.Municipality, u.On, u.To, strings.Join(u.Competing, ", "))
	case AuthorityUnknown:
		return fmt.Sprintf("the role %q leads to %q, which authorities.csv does not list", u.To, u.Competing[0])
	default:
		return fmt.Sprintf("the authority %q %s", u.Authority.ID, u.lifetime())
	}
}

// lifetime says when the authority that is not in force on the day is, and who follows it.
func (u *Unrouted) lifetime() string {
	if u.Authority.From != definitions.NoDate && u.On < u.Authority.From {
		return fmt.Sprintf("exists only from %s", u.Authority.From)
	}
	said := fmt.Sprintf("has not existed since %s", u.Authority.Until+1)
	if len(u.Successors) > 0 {
		ids := make([]string, len(u.Successors))
		for i, s := range u.Successors {
			ids[i] = s.ID
		}
		said += "; its tasks went to " + strings.Join(ids, ", ") + ": name a role, or one of these"
	}
	return said
}

// Text says for the customer why no authority is named, in a sentence.
func (u *Unrouted) Text(lang definitions.Lang) string {
	place := u.Municipality
	if u.municipality != nil {
		place = u.municipality.Name.In(lang)
	}
	switch u.Code {
	case PlaceUnknown:
		return byLang(lang,
			"Viranomainen selviää, kun kerrot, missä kunnassa asia on.",
			"Myndigheten klarnar när du anger vilken kommun saken gäller.",
			"The authority will be known when you tell which municipality this concerns.")
	case MunicipalityUnknown:
		return byLang(lang,
			"Kuntaa "+place+" ei ole, joten viranomaista ei voida nimetä.",
			"Kommunen "+place+" finns inte, och därför kan myndigheten inte anges.",
			"There is no municipality "+place+", so the authority cannot be named.")
	case NoArea:
		return byLang(lang,
			"Palvelu ei tiedä, mikä viranomainen on toimivaltainen kunnassa "+place+". Kysy kunnasta.",
			"Tjänsten vet inte vilken myndighet som är behörig i kommunen "+place+". Fråga kommunen.",
			"The service does not know which authority is competent in the municipality of "+place+". Ask the municipality.")
	case AuthorityNotInForce:
		return u.notInForceText(lang)
	default:
		// What remains are faults of the definitions, of which the customer needs to know only the consequence.
		return byLang(lang,
			"Toimivaltaista viranomaista ei voida juuri nyt nimetä palvelun tietojen perusteella. Kysy kunnasta.",
			"Den behöriga myndigheten kan just nu inte anges utifrån tjänstens uppgifter. Fråga kommunen.",
			"The competent authority cannot be named from the service's data at the moment. Ask the municipality.")
	}
}

func (u *Unrouted) notInForceText(lang definitions.Lang) string {
	name := u.Authority.Name.In(lang)
	if u.Authority.From != definitions.NoDate && u.On < u.Authority.From {
		day := dayText(u.Authority.From, lang)
		return byLang(lang,
			name+" aloittaa vasta "+day+".",
			name+" inleder sin verksamhet först den "+day+".",
			name+" starts only on "+day+".")
	}
	day := dayText(u.Authority.Until, lang)
	said := byLang(lang,
		name+" lakkautettiin "+day+".",
		name+" upphörde den "+day+".",
		name+" ceased to exist on "+day+".")
	if len(u.Successors) > 0 {
		names := make([]string, len(u.Successors))
		for i, s := range u.Successors {
			names[i] = s.Name.In(lang)
		}
		said += byLang(lang, " Sen tehtävät siirtyivät: ", " Dess uppgifter övergick till: ", " Its tasks went to: ") + strings.Join(names, ", ") + "."
	}
	return said
}

func byLang(lang definitions.Lang, fi, sv, en string) string {
	switch lang {
	case definitions.Finnish:
		return fi
	case definitions.Swedish:
		return sv
	default:
		return en
	}
}

// dayText writes a day as people of the language do: 31.12.2025, 31 December 2025.
func dayText(d definitions.Date, lang definitions.Lang) string {
	if lang == definitions.English {
		return d.Time().Format("2 January 2006")
	}
	return d.Time().Format("2.1.2006")
}
