package ytjtest

// Companies are those that a new stand-in knows. The first is in the real register under this id; the others are invented, under ids with
// a right check digit from a range that has not been given out.
func Companies() []Company {
	return []Company{
		limited("2646674-9", "2014-10-07", "Wolt Oy").
			formerly("Wolt Enterprises Oy", "2014-10-07", "2025-05-12").
			at(Address{Type: 1, Street: "Pohjoinen Rautatiekatu", BuildingNumber: "21", PostCode: "00100", PostOffices: helsinki}).
			at(Address{Type: 2, Street: "Pohjoinen Rautatiekatu", BuildingNumber: "21", PostCode: "00100", PostOffices: helsinki}),
		limited("9001001-7", "2019-03-04", "Aurajoen Tapahtumat Oy").
			at(Address{Type: 1, Street: "Läntinen Rantakatu", BuildingNumber: "13", Entrance: "B", ApartmentNumber: "4", PostCode: "20100", PostOffices: turku}).
			at(Address{Type: 2, PostOfficeBox: "55", PostCode: "20101", PostOffices: turku}),
		association("9001002-5", "1987-05-11", "Skärgårdens Musikförening r.f.").
			at(Address{Type: 1, Street: "Strandvägen", BuildingNumber: "7", PostCode: "21600", PostOffices: pargas}),
		limited("9001003-3", "2001-09-17", "Lakannut Leikkimaailma Oy").ended("2024-06-30").
			at(Address{Type: 1, Street: "Hämeenkatu", BuildingNumber: "2", PostCode: "33100", PostOffices: tampere}),
		limited("9001004-1", "2012-02-20", "Konkurssin Karuselli Oy").situated("KONK", "2026-01-15").
			at(Address{Type: 1, Street: "Hämeenkatu", BuildingNumber: "9", PostCode: "33100", PostOffices: tampere}),
		limited("9001006-8", "2022-08-01", "Nordic Stage Import Oy").
			at(Address{Type: 2, FreeAddressLine: "Storgatan 5, 111 22 Stockholm", Country: "SE"}),
	}
}

var (
	helsinki = offices("091", "HELSINKI", "HELSINGFORS")
	turku    = offices("853", "TURKU", "ÅBO")
	tampere  = offices("837", "TAMPERE", "TAMMERFORS")
	pargas   = offices("445", "PARAINEN", "PARGAS")
)

func offices(municipality, fi, sv string) []PostOffice {
	return []PostOffice{{fi, "1", municipality}, {sv, "2", municipality}, {fi, "3", municipality}}
}

func company(id, from, name string, form Form) Company {
	form.RegistrationDate, form.Version, form.Source = from, 1, "1"
	return Company{
		BusinessID: BusinessID{id, from, "3"}, Names: []Name{{Name: name, Type: "1", RegistrationDate: from, Version: 1, Source: "1"}},
		CompanyForms: []Form{form}, CompanySituations: []Situation{}, Addresses: []Address{},
		RegisteredEntries: []Entry{{Type: "1", Register: "1", Authority: "2", RegistrationDate: from,
			Descriptions: []Description{{"1", "Rekisterissä"}, {"2", "Registrerad"}, {"3", "Registered"}}}},
		TradeRegisterStatus: "1", Status: "2", RegistrationDate: from, LastModified: from + "T06:00:00",
	}
}

func limited(id, from, name string) Company {
	return company(id, from, name, Form{Type: "16", Descriptions: []Description{{"1", "Osakeyhtiö"}, {"2", "Aktiebolag"}, {"3", "Limited company"}}})
}

func association(id, from, name string) Company {
	c := company(id, from, name, Form{Type: "29", Descriptions: []Description{{"1", "Aatteellinen yhdistys"}, {"2", "Ideell förening"}, {"3", "Association"}}})
	c.TradeRegisterStatus = "0"
	return c
}

// formerly gives the company another name that it had before; its name in force counts from then on.
func (c Company) formerly(name, from, until string) Company {
	c.Names[0].RegistrationDate = until
	c.Names = append([]Name{{Name: name, Type: "1", RegistrationDate: from, EndDate: until, Version: 2, Source: "1"}}, c.Names...)
	return c
}

func (c Company) at(a Address) Company {
	a.RegistrationDate, a.Source = c.RegistrationDate, "0"
	c.Addresses = append(c.Addresses, a)
	return c
}

func (c Company) ended(day string) Company {
	c.EndDate, c.TradeRegisterStatus = day, "4"
	return c
}

func (c Company) situated(kind, day string) Company {
	c.CompanySituations = append(c.CompanySituations, Situation{Type: kind, RegistrationDate: day, Source: "1"})
	return c
}
