package identity

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"luvat/definitions"
)

// Persona is an invented person to log in as in development.
type Persona struct {
	ID       string // what the page posts as "persona"
	Identity Identity
	About    map[definitions.Lang]string // who this is and what can be tried with them
	Parties  []Party                     // for whom they may act
}

// Personas is the Provider of development: a page that lists the personas and posts the chosen one's id, with the state, to the
// callback. It proves nothing about anybody, so it cannot be made outside development.
type Personas struct{ list []Persona }

// PersonaProvider is the id of Personas.
const PersonaProvider = "persona"

// PersonaPath is the page that lists the personas. Its query has the state, which the page posts to CallbackPath(PersonaProvider)
// with the id of the chosen persona.
func PersonaPath(lang definitions.Lang) string { return "/" + string(lang) + "/login/persona" }

// NewPersonas makes the personas. It refuses outside development, and under an address that is not of this machine or of a private
// network: a --dev that slipped into production must not let everybody in as anybody.
func NewPersonas(d Development, baseURL string) (*Personas, error) {
	if !d.On() {
		return nil, errors.New("personas let everybody in as anybody: they exist with --dev only")
	}
	u, err := url.Parse(baseURL)
	if err != nil || !private(u.Hostname()) {
		return nil, fmt.Errorf("--dev lets everybody in as anybody, and %s is not an address of this computer or of a private network: "+
			"leave --dev out, or serve at http://localhost", baseURL)
	}
	return &Personas{list: personas()}, nil
}

func private(host string) bool {
	if loopback(host) {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && (addr.IsPrivate() || addr.IsLinkLocalUnicast())
}

// List returns the personas in the order of the page.
func (p *Personas) List() []Persona { return slices.Clone(p.list) }

func (p *Personas) persona(id string) (Persona, bool) {
	i := slices.IndexFunc(p.list, func(q Persona) bool { return q.ID == id })
	if i < 0 {
		return Persona{}, false
	}
	return p.list[i], true
}

// ID is PersonaProvider.
func (p *Personas) ID() string { return PersonaProvider }

// Name says what personas are.
func (p *Personas) Name(lang definitions.Lang) string {
	return map[definitions.Lang]string{
		definitions.Finnish: "Kehityskäyttäjät", definitions.Swedish: "Utvecklingsanvändare", definitions.English: "Development users",
	}[lang]
}

// Begin leads to the page of personas.
func (p *Personas) Begin(w http.ResponseWriter, r *http.Request, a Attempt) error {
	http.Redirect(w, r, PersonaPath(a.Lang)+"?state="+url.QueryEscape(a.State), http.StatusSeeOther)
	return nil
}

// Complete reads the chosen persona.
func (p *Personas) Complete(r *http.Request, _ Attempt) (Identity, error) {
	persona, ok := p.persona(r.PostFormValue("persona"))
	if !ok {
		return Identity{}, failed(Cancelled, "no persona was chosen")
	}
	identity := persona.Identity
	identity.At = time.Now()
	return identity, nil
}

// Logout is "": there is nothing to log out of.
func (p *Personas) Logout(_, _ string) string { return "" }

// Posts is false: the page of personas is our own.
func (p *Personas) Posts() bool { return false }

// personaMandates gives personas their own list, and everybody else what the installation has for them.
type personaMandates struct {
	personas *Personas
	accounts *Accounts
	others   Mandates
}

func (m personaMandates) Parties(ctx context.Context, a Account) ([]Party, error) {
	if a.Provider != PersonaProvider {
		return m.others.Parties(ctx, a)
	}
	s, err := m.accounts.secret(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	persona, _ := m.personas.persona(s.Subject)
	return slices.Clone(persona.Parties), nil
}

func (m personaMandates) Check(ctx context.Context, a Account, p Party) (Evidence, error) {
	if a.Provider != PersonaProvider {
		return m.others.Check(ctx, a, p)
	}
	parties, err := m.Parties(ctx, a)
	if err != nil {
		return Evidence{}, err
	}
	for _, q := range parties {
		if q.ID == p.ID {
			return Evidence{Party: q, Source: SourcePersona, At: time.Now().UTC()}, nil
		}
	}
	return Evidence{}, ErrNoMandate
}

func (m personaMandates) CanChoose(a Account) bool {
	c, ok := m.others.(Chooser)
	return ok && a.Provider != PersonaProvider && c.CanChoose(a)
}

func (m personaMandates) Choose(w http.ResponseWriter, r *http.Request, a Account, start Start) error {
	if !m.CanChoose(a) {
		return failed(Unavailable, "personas choose from their own list")
	}
	return m.others.(Chooser).Choose(w, r, a, start)
}

func (m personaMandates) Chosen(r *http.Request, a Account) ([]Party, Start, error) {
	if !m.CanChoose(a) {
		return nil, Start{Lang: a.Language}.sound(), failed(Unavailable, "personas choose from their own list")
	}
	return m.others.(Chooser).Chosen(r, a)
}

func (m personaMandates) Forget(ctx context.Context, a Account) error {
	if c, ok := m.others.(Chooser); ok && a.Provider != PersonaProvider {
		return c.Forget(ctx, a)
	}
	return nil
}

// personas are the people of the development page. All are invented. Their personal identity codes are of the range for tests
// (900–999) and have the right check character. Of the organisations the first is in the stand-in for the company register, so that
// prefilling can be tried; the second is the test company of e-authorizations, which is in no register.
func personas() []Persona {
	aurajoki := func(roles ...string) Party {
		return Party{ID: "9001001-7", Name: "Aurajoen Tapahtumat Oy", Roles: roles, Complete: true}
	}
	const assurance = "http://ftn.ficora.fi/2017/loa2"
	return []Persona{
		{
			ID: "citizen",
			Identity: Identity{
				Subject: "citizen", Name: "Aino Lahtinen", GivenName: "Aino", FamilyName: "Lahtinen",
				Email: "aino.lahtinen@example.com", Language: definitions.Finnish, PersonalID: "100190-999P", Municipality: "853",
				Address:   &Address{Street: "Esimerkkikatu 1 A 2", PostalCode: "20100", City: "TURKU"},
				Assurance: assurance,
			},
			About: map[definitions.Lang]string{
				definitions.Finnish: "Yksityishenkilö Turusta. Asioi omasta puolestaan.",
				definitions.Swedish: "Privatperson från Åbo. Uträttar ärenden för egen del.",
				definitions.English: "A private person from Turku. Acts on her own behalf.",
			},
		},
		{
			ID: "protected",
			Identity: Identity{
				Subject: "protected", Name: "Eero Salmi", GivenName: "Eero", FamilyName: "Salmi",
				Email: "eero.salmi@example.com", Language: definitions.Finnish, PersonalID: "210281-9988", Protected: true,
				Assurance: assurance,
			},
			About: map[definitions.Lang]string{
				definitions.Finnish: "Henkilö, jolla on turvakielto: osoitetta ja kotikuntaa ei saada eikä näytetä.",
				definitions.Swedish: "En person med spärrmarkering: adress och hemkommun fås inte och visas inte.",
				definitions.English: "A person with a safety ban: address and home municipality are neither received nor shown.",
			},
		},
		{
			ID: "representative",
			Identity: Identity{
				Subject: "representative", Name: "Elina Koskela", GivenName: "Elina", FamilyName: "Koskela",
				Email: "elina.koskela@example.com", Language: definitions.Finnish, PersonalID: "010180-9026", Municipality: "853",
				Address:   &Address{Street: "Mallitie 3", PostalCode: "20700", City: "TURKU"},
				Assurance: assurance,
			},
			About: map[definitions.Lang]string{
				definitions.Finnish: "Kahden yrityksen edustaja. Toisen tiedot ovat yritysrekisterissä, toisen eivät.",
				definitions.Swedish: "Företräder två företag. Det enas uppgifter finns i företagsregistret, det andras inte.",
				definitions.English: "Represents two companies. One is in the company register, the other is not.",
			},
			Parties: []Party{aurajoki("TJ", "NIMKO"), {ID: "7769480-5", Name: "Activenakusteri Oy", Roles: []string{"NIMKO"}, Complete: true}},
		},
		{
			ID: "colleague",
			Identity: Identity{
				Subject: "colleague", Name: "Johan Sundqvist", GivenName: "Johan", FamilyName: "Sundqvist",
				Email: "johan.sundqvist@example.com", Language: definitions.Swedish, PersonalID: "131052-9096", Municipality: "445",
				Address:   &Address{Street: "Exempelgatan 5", PostalCode: "21600", City: "PARGAS"},
				Assurance: assurance,
			},
			About: map[definitions.Lang]string{
				definitions.Finnish: "Saman yrityksen toinen edustaja, ruotsinkielinen.",
				definitions.Swedish: "En annan företrädare för samma företag, svenskspråkig.",
				definitions.English: "Another representative of the same company, a Swedish speaker.",
			},
			Parties: []Party{aurajoki("J")},
		},
		{
			ID: "consultant",
			Identity: Identity{
				Subject: "consultant", Name: "Veikko Rantala", GivenName: "Veikko", FamilyName: "Rantala",
				Email: "veikko.rantala@example.com", Language: definitions.Finnish, PersonalID: "010203A9035", Municipality: "837",
				Address:   &Address{Street: "Näytepolku 7", PostalCode: "33100", City: "TAMPERE"},
				Assurance: assurance,
			},
			About: map[definitions.Lang]string{
				definitions.Finnish: "Konsultti, jolla ei ole yritystä. Pääsee toisen asiaan kutsulla.",
				definitions.Swedish: "Konsult utan företag. Får tillgång till andras ärenden genom inbjudan.",
				definitions.English: "A consultant without a company. Gets into other people's cases by invitation.",
			},
		},
		{
			ID: "eidas",
			Identity: Identity{
				Subject: "eidas", Name: "Marta Kowalska", GivenName: "Marta", FamilyName: "Kowalska",
				Email: "marta.kowalska@example.com", Language: definitions.English, ForeignID: "PL/FI/2026-0001-EXAMPLE",
				Assurance: "http://eidas.europa.eu/LoA/substantial",
			},
			About: map[definitions.Lang]string{
				definitions.Finnish: "Toisen EU-maan tunnisteella kirjautunut. Ei suomalaista henkilötunnusta.",
				definitions.Swedish: "Inloggad med ett annat EU-lands identifiering. Ingen finländsk personbeteckning.",
				definitions.English: "Logged in with another EU country's means. No Finnish personal identity code.",
			},
		},
		{
			ID: "police", Identity: officer("police", "Henna", "Mattila", "pol-lounais-suomi"),
			About: map[definitions.Lang]string{
				definitions.Finnish: "Lounais-Suomen poliisilaitoksen käsittelijä. Näkee poliisilaitokselle lähetetyt asiat.",
				definitions.Swedish: "Handläggare vid polisinrättningen i Sydvästra Finland. Ser de ärenden som har skickats dit.",
				definitions.English: "An officer of the Southwestern Finland Police Department. Sees what has been sent to it.",
			},
		},
		{
			ID: "rescue", Identity: officer("rescue", "Petri", "Kallio", "pel-varsinais-suomi"),
			About: map[definitions.Lang]string{
				definitions.Finnish: "Varsinais-Suomen pelastuslaitoksen käsittelijä. Näkee pelastuslaitokselle lähetetyt asiat.",
				definitions.Swedish: "Handläggare vid Egentliga Finlands räddningsverk. Ser de ärenden som har skickats dit.",
				definitions.English: "An officer of the Southwest Finland Rescue Department. Sees what has been sent to it.",
			},
		},
		{
			ID: "city", Identity: officer("city", "Noora", "Ahlgren", "kunta-853", "pel-varsinais-suomi"),
			About: map[definitions.Lang]string{
				definitions.Finnish: "Turun kaupungin käsittelijä, joka käsittelee myös pelastuslaitoksen asioita.",
				definitions.Swedish: "Handläggare vid Åbo stad som också handlägger räddningsverkets ärenden.",
				definitions.English: "An officer of the city of Turku who also handles filings of the rescue department.",
			},
		},
		{
			ID:       "operator",
			Identity: Identity{Subject: "operator", Name: "Sami Hautala", GivenName: "Sami", FamilyName: "Hautala", Email: "sami.hautala@example.com", Language: definitions.Finnish, Operator: true},
			About: map[definitions.Lang]string{
				definitions.Finnish: "Palvelun ylläpitäjä. Näkee pysähtyneet toimitukset, ei asioiden sisältöä.",
				definitions.Swedish: "Tjänstens administratör. Ser leveranser som har stannat, inte ärendenas innehåll.",
				definitions.English: "Keeps the service running. Sees deliveries that have stopped, not what is in the cases.",
			},
		},
	}
}

// officer is somebody in the service of authorities. They log in with their employer's means, which know no personal identity code.
func officer(subject, given, family string, authorities ...string) Identity {
	return Identity{Subject: subject, Name: given + " " + family, GivenName: given, FamilyName: family, Language: definitions.Finnish,
		Email: strings.ToLower(given+"."+family) + "@example.com", Authorities: authorities}
}
