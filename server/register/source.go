package register

import (
	"time"

	"luvat/definitions"
)

// Kind says where a value comes from.
type Kind string

// The kinds of sources.
const (
	Identity      Kind = "identity"      // the login: the person, or the mandate to act for an organisation
	FromRegister  Kind = "register"      // a declared register
	Questionnaire Kind = "questionnaire" // the customer's answers in this case
	EarlierCase   Kind = "earlier"       // the same term in an earlier case of the customer
)

// Source is where a value comes from. ID is the register, the question, the earlier case, or "person" or "mandate" of the login.
type Source struct {
	Kind    Kind             `json:"kind"`
	ID      string           `json:"id"`
	Title   definitions.Text `json:"-"`
	StandIn bool             `json:"standIn,omitempty"` // of a register: a stand-in of the development environment answered
}

var titles = map[Kind]definitions.Text{
	Identity:      text("Tunnistautuminen", "Identifieringen", "Your login"),
	Questionnaire: text("Vastauksesi kysymyksiin", "Dina svar på frågorna", "Your answers to the questions"),
	EarlierCase:   text("Aiempi asiointisi", "Ditt tidigare ärende", "Your earlier case"),
}

var mandateTitle = text("Valtuus asioida yrityksen puolesta", "Fullmakten att företräda företaget", "The mandate to act for the company")

// standIn is said after the title of a register in whose place a stand-in answers.
var standIn = text("kehitysympäristön sijainen, ei oikea rekisteri", "en ersättare i utvecklingsmiljön, inte det riktiga registret",
	"a stand-in of the development environment, not the real register")

func text(fi, sv, en string) definitions.Text {
	return definitions.Text{By: map[definitions.Lang]string{definitions.Finnish: fi, definitions.Swedish: sv, definitions.English: en}}
}

// standInTitle is the title of a register whose stand-in answers, in every language.
func standInTitle(t definitions.Text) definitions.Text {
	by := make(map[definitions.Lang]string, len(definitions.Languages))
	for _, l := range definitions.Languages {
		by[l] = t.In(l) + " (" + standIn.In(l) + ")"
	}
	return definitions.Text{At: t.At, By: by}
}

// Known is what is known of the customer before registers are asked. Its values are JSON values.
type Known struct {
	Person  map[string]any // name, given_name, family_name, email, phone, address, postal_code, city, municipality, personal_id
	Mandate map[string]any // organisation: id, name; nil: the customer acts for themselves
	Answers map[string]any // by question
	Lang    definitions.Lang
	Earlier map[string]Earlier // by field key, "term/organiser.phone"

	SignedIn time.Time // when the login told Person and Mandate
	Answered time.Time // when the questionnaire was last answered
}

// Earlier is the value of a term in an earlier case of the same customer.
type Earlier struct {
	Value any
	At    time.Time
	Case  string
}

func (k Known) env() map[string]any {
	return map[string]any{"person": k.Person, "mandate": k.Mandate, "answers": k.Answers, "lang": string(k.Lang)}
}
