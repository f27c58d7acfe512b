package engine

import (
	"fmt"
	"strings"

	"luvat/definitions"
)

// kindCode is the type of a value in an expression.
type kindCode uint8

const (
	kindBad kindCode = iota // an error was reported: whatever is done with it is fine
	kindBool
	kindNumber
	kindText
	kindDate
	kindTime
	kindDateTime
	kindPeriod
	kindChoice
	kindChoices
	kindMunicipality
	kindMunicipalities
	kindPlace
	kindPlaces
	kindList
	kindItem
	kindHours
	kindValues // what a table with several rows gives: a list of texts or numbers
)

// kind is a type with what belongs to it.
type kind struct {
	code    kindCode
	options *question // choice and choices: whose options; list and item: whose fields
	values  []string  // text from a table column or parameter: the values it may have, nil when any
}

var (
	boolKind   = kind{code: kindBool}
	numberKind = kind{code: kindNumber}
	textKind   = kind{code: kindText}
	badKind    = kind{}
)

// words says the type as an author would.
func (k kind) words() string {
	switch k.code {
	case kindBool:
		return "true or false"
	case kindNumber:
		return "a number"
	case kindText:
		return "text"
	case kindDate:
		return "a date"
	case kindTime:
		return "a time of day"
	case kindDateTime:
		return "a date with a time"
	case kindPeriod:
		return "a period"
	case kindChoice:
		return "one of " + k.optionWords()
	case kindChoices:
		return "a set of " + k.optionWords()
	case kindMunicipality:
		return "a municipality"
	case kindMunicipalities:
		return "several municipalities"
	case kindPlace:
		return "a place"
	case kindPlaces:
		return "several places"
	case kindList:
		return "a list"
	case kindItem:
		return "an item of a list"
	case kindHours:
		return "daily hours"
	case kindValues:
		return "a list of values"
	}
	return "something unknown"
}

func (k kind) optionWords() string {
	ids := k.optionIDs()
	if len(ids) > 6 {
		return fmt.Sprintf("`%s` and %d more", strings.Join(ids[:5], "`, `"), len(ids)-5)
	}
	return "`" + strings.Join(ids, "`, `") + "`"
}

func (k kind) optionIDs() []string {
	if k.options == nil {
		return k.values
	}
	ids := make([]string, len(k.options.def.Options))
	for i, o := range k.options.def.Options {
		ids[i] = o.ID
	}
	return ids
}

// ordered reports whether values of the kind compare with < and >.
func (k kind) ordered() bool {
	switch k.code {
	case kindNumber, kindDate, kindTime, kindDateTime:
		return true
	}
	return false
}

// numeric reports whether a value of the kind is held in value.n and compares as a number.
func (k kind) numeric() bool { return k.ordered() || k.code == kindBool }

// questionKind is the kind of a question's answer.
func questionKind(q *question) kind {
	switch q.def.Type {
	case definitions.Boolean:
		return boolKind
	case definitions.Integer, definitions.Number, definitions.Money:
		return numberKind
	case definitions.Choice:
		return kind{code: kindChoice, options: q}
	case definitions.Choices:
		return kind{code: kindChoices, options: q}
	case definitions.DateType:
		return kind{code: kindDate}
	case definitions.Time:
		return kind{code: kindTime}
	case definitions.DateTime:
		return kind{code: kindDateTime}
	case definitions.Period:
		return kind{code: kindPeriod}
	case definitions.TextType:
		return textKind
	case definitions.Municipality:
		if q.def.Many {
			return kind{code: kindMunicipalities}
		}
		return kind{code: kindMunicipality}
	case definitions.PlaceType:
		if q.def.Many {
			return kind{code: kindPlaces}
		}
		return kind{code: kindPlace}
	case definitions.List:
		return kind{code: kindList, options: q}
	}
	return badKind
}

func parameterKind(t definitions.ParameterType) kind {
	switch t {
	case definitions.IntegerParameter, definitions.NumberParameter, definitions.MoneyParameter:
		return numberKind
	case definitions.BooleanParameter:
		return boolKind
	case definitions.DateParameter:
		return kind{code: kindDate}
	case definitions.TimeParameter:
		return kind{code: kindTime}
	case definitions.HoursParameter:
		return kind{code: kindHours}
	case definitions.TextParameter:
		return textKind
	}
	return badKind
}
