package bench

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strconv"

	"luvat/engine/bench/permit"
)

//go:generate go run ./permit/generate

// PermitOption is the number of an option of a generated choice; in JSON it is the option's id.
type PermitOption uint8

// UnmarshalText reads an option's id.
func (o *PermitOption) UnmarshalText(text []byte) error {
	if len(text) != 2 || text[0] != 'o' || text[1] < '0' || text[1] >= '0'+permit.Options {
		return fmt.Errorf("%q is not an option", text)
	}
	*o = PermitOption(text[1] - '0')
	return nil
}

// RandomPermitAnswers returns complete sets of answers to the generated permits, both as a struct and as JSON; the same ones
// each time.
func RandomPermitAnswers(p *permit.Set, count int) ([]PermitAnswers, [][]byte) {
	random := rand.New(rand.NewPCG(1, 1))
	structs, documents := make([]PermitAnswers, count), make([][]byte, count)
	for i := range count {
		fields := reflect.ValueOf(&structs[i]).Elem()
		document := []byte{'{'}
		for n, q := range p.Questions {
			if n > 0 {
				document = append(document, ',')
			}
			document = strconv.AppendQuote(document, q.ID)
			document = append(document, ':')
			switch q.Kind {
			case 'b':
				yes := random.IntN(2) == 0
				fields.Field(n).SetBool(yes)
				document = strconv.AppendBool(document, yes)
			case 'n':
				number := int64(random.IntN(600))
				fields.Field(n).SetInt(number)
				document = strconv.AppendInt(document, number, 10)
			case 'c':
				option := random.IntN(permit.Options)
				fields.Field(n).SetUint(uint64(option))
				document = append(document, '"', 'o', byte('0'+option), '"')
			}
		}
		documents[i] = append(document, '}')
	}
	return structs, documents
}
