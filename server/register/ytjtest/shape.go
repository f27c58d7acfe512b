package ytjtest

// The shapes of version 3 of the interface.

type answer struct {
	TotalResults int       `json:"totalResults"`
	Companies    []Company `json:"companies"`
}

// Company is a company as the interface gives it.
type Company struct {
	BusinessID          BusinessID  `json:"businessId"`
	EUID                *Value      `json:"euId,omitempty"`
	Names               []Name      `json:"names"`
	MainBusinessLine    *Line       `json:"mainBusinessLine,omitempty"`
	Website             *Website    `json:"website,omitempty"`
	CompanyForms        []Form      `json:"companyForms"`
	CompanySituations   []Situation `json:"companySituations"`
	RegisteredEntries   []Entry     `json:"registeredEntries"`
	Addresses           []Address   `json:"addresses"`
	TradeRegisterStatus string      `json:"tradeRegisterStatus"`
	Status              string      `json:"status"`
	RegistrationDate    string      `json:"registrationDate,omitempty"`
	EndDate             string      `json:"endDate,omitempty"`
	LastModified        string      `json:"lastModified"`
}

// BusinessID is a company's business id (Y-tunnus).
type BusinessID struct {
	Value            string `json:"value"`
	RegistrationDate string `json:"registrationDate"`
	Source           string `json:"source"`
}

// Value is a value with its source.
type Value struct {
	Value  string `json:"value"`
	Source string `json:"source"`
}

// Name is a name that a company has, or had until EndDate. Type 1 is its name, 2 a parallel name, 3 an auxiliary one.
type Name struct {
	Name             string `json:"name"`
	Type             string `json:"type"`
	RegistrationDate string `json:"registrationDate"`
	EndDate          string `json:"endDate,omitempty"`
	Version          int    `json:"version"`
	Source           string `json:"source"`
}

// Line is a line of business by the classification of TypeCodeSet.
type Line struct {
	Type             string        `json:"type"`
	TypeCodeSet      string        `json:"typeCodeSet"`
	Descriptions     []Description `json:"descriptions"`
	RegistrationDate string        `json:"registrationDate"`
	Source           string        `json:"source"`
}

// Website is a company's page.
type Website struct {
	URL              string `json:"url"`
	RegistrationDate string `json:"registrationDate"`
	Source           string `json:"source"`
}

// Form is the legal form that a company has, or had until EndDate.
type Form struct {
	Type             string        `json:"type"`
	Descriptions     []Description `json:"descriptions"`
	RegistrationDate string        `json:"registrationDate"`
	EndDate          string        `json:"endDate,omitempty"`
	Version          int           `json:"version"`
	Source           string        `json:"source"`
}

// Situation is a bankruptcy (KONK), a liquidation (SELTILA) or a restructuring (SANE).
type Situation struct {
	Type             string `json:"type"`
	RegistrationDate string `json:"registrationDate"`
	EndDate          string `json:"endDate,omitempty"`
	Source           string `json:"source"`
}

// Entry is a company's entry in one of the registers of the authorities.
type Entry struct {
	Type             string        `json:"type"`
	Descriptions     []Description `json:"descriptions"`
	RegistrationDate string        `json:"registrationDate"`
	EndDate          string        `json:"endDate,omitempty"`
	Register         string        `json:"register"`
	Authority        string        `json:"authority"`
}

// Address is a visiting address (type 1) or a postal one (type 2).
type Address struct {
	Type              int          `json:"type"`
	Street            string       `json:"street,omitempty"`
	PostCode          string       `json:"postCode,omitempty"`
	PostOffices       []PostOffice `json:"postOffices,omitempty"`
	PostOfficeBox     string       `json:"postOfficeBox,omitempty"`
	BuildingNumber    string       `json:"buildingNumber,omitempty"`
	Entrance          string       `json:"entrance,omitempty"`
	ApartmentNumber   string       `json:"apartmentNumber,omitempty"`
	ApartmentIDSuffix string       `json:"apartmentIdSuffix,omitempty"`
	Co                string       `json:"co,omitempty"`
	Country           string       `json:"country,omitempty"`
	FreeAddressLine   string       `json:"freeAddressLine,omitempty"`
	RegistrationDate  string       `json:"registrationDate"`
	Source            string       `json:"source"`
}

// PostOffice is the name of a post office in one language.
type PostOffice struct {
	City             string `json:"city"`
	LanguageCode     string `json:"languageCode"`
	MunicipalityCode string `json:"municipalityCode"`
}

// Description is a text of a code in one language.
type Description struct {
	LanguageCode string `json:"languageCode"`
	Description  string `json:"description"`
}
