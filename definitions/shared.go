package definitions

// Shared is what every bundle may use.
type Shared struct {
	Municipalities []*Municipal // by code
	Authorities    []*Authority
	Areas          []Area
	Roles          []RoleRow
	Holidays       []Holiday
	Laws           []*Act
	Parameters     []*Parameter
	Terms          []*Term
	Processes      []*Process
	Registers      []*Register
	Marks          []Mark // every `unverified: true` of the shared files, and the roles known from memory only

	municipality map[string]*Municipal
	authority    map[string]*Authority
	role         map[string][]RoleRow
	area         map[areaKey][]Area
}

type areaKey struct{ kind, municipality string }

// Municipal is a municipality (kunta).
type Municipal struct {
	Code       string // three digits
	Name       Text   // fi and sv; English uses the Finnish name, or the Swedish where that is the only official language
	Region     string // two digits
	RegionName Text
	Languages  string // fi, fi+sv, sv, sv+fi
	URL        string
	Population int
}

// Authority is a public authority, or whoever else must agree where the law leaves no public authority.
type Authority struct {
	ID        string
	At        Position
	Type      string
	Name      Text
	Email     string
	URL       string
	From      Date
	Until     Date
	Successor []string
	Note      string
}

// Area says that an authority of a type is competent for a municipality for a time.
type Area struct {
	Type         string
	Municipality string
	Authority    string
	From, Until  Date
	Status       string // verified, single, derived, memory, unsourced
}

// RoleRow says to which type of authority, or to which national authority, a task belongs for a time.
type RoleRow struct {
	Role          string
	At            Position
	From, Until   Date
	AuthorityType string
	Authority     string
	Status        string
	Note          string
	Name          Text
}

// Holiday is a rule for a day off: public holidays, and the eves on which a statutory deadline does not end (150/1930 5 §).
type Holiday struct {
	At   Position
	Name Text
	Type string // public or eve
	Rule string // "fixed 01-06", "easter-2", "easter+39", "saturday 06-20..06-26"
}

// Municipality returns the municipality with a code, nil when there is none.
func (s *Shared) Municipality(code string) *Municipal { return s.municipality[code] }

// AuthorityByID returns the authority with an id, nil when there is none.
func (s *Shared) AuthorityByID(id string) *Authority { return s.authority[id] }

// Role returns the dated rows of a role, nil when there is none.
func (s *Shared) Role(id string) []RoleRow { return s.role[id] }

// AreaOf returns the authorities of a type for a municipality, with their times.
func (s *Shared) AreaOf(authorityType, municipality string) []Area {
	return s.area[areaKey{authorityType, municipality}]
}

// Index builds the look-ups over the lists; the reader calls it once, after the lists are complete.
func (s *Shared) Index() {
	s.municipality = make(map[string]*Municipal, len(s.Municipalities))
	for _, m := range s.Municipalities {
		s.municipality[m.Code] = m
	}
	s.authority = make(map[string]*Authority, len(s.Authorities))
	for _, a := range s.Authorities {
		s.authority[a.ID] = a
	}
	s.role = map[string][]RoleRow{}
	for _, r := range s.Roles {
		s.role[r.Role] = append(s.role[r.Role], r)
	}
	s.area = make(map[areaKey][]Area, len(s.Areas))
	for _, a := range s.Areas {
		k := areaKey{a.Type, a.Municipality}
		s.area[k] = append(s.area[k], a)
	}
}

// MunicipalityBytes is Municipality for a code that is not yet a string.
func (s *Shared) MunicipalityBytes(code []byte) *Municipal { return s.municipality[string(code)] }
