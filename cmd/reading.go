package cmd

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"luvat/definitions"
	"luvat/engine"
)

// interviewWords are the fixed words of the interview in one language.
type interviewWords struct {
	missing                                                          string // before the questions that were passed over
	keys, unknown, first, saved, noHelp, anyOf, anotherOne, notYesNo string
	notNumber, notInteger, notOption, notDate, notTime, notDateTime  string
	notPeriod, noMunicipality, nearMunicipality, impossible          string
	how                                                              map[string]string // what can be written, by howOf
	status                                                           map[engine.Status]string
}

var interviewWordsIn = map[definitions.Lang]interviewWords{
	definitions.Finnish: {
		missing: "Näiden kysymysten vastaukset puuttuvat vielä",
		keys:    "Tyhjä rivi: en tiedä vielä · ? ohje · < edellinen · ! tulos tähän asti · q lopeta",
		unknown: "ei vielä tiedossa", first: "Tämä on ensimmäinen kysymys.", saved: "Vastaukset tallennettiin tiedostoon",
		noHelp: "Tähän kysymykseen ei ole ohjetta.", anyOf: "Lisätäänkö tieto?", anotherOne: "Lisätäänkö vielä yksi?",
		notYesNo: "Vastaa k (kyllä) tai e (ei).", notNumber: "Vastaa luvulla, esimerkiksi 12,5.", notInteger: "Vastaa kokonaisluvulla, esimerkiksi 250.",
		notOption: "Vaihtoehtoa %q ei ole. Vastaa numerolla 1–%d.", notDate: "Vastaa päivämäärällä, esimerkiksi 5.7.2026.",
		notTime: "Vastaa kellonajalla, esimerkiksi 22.30.", notDateTime: "Vastaa päivämäärällä ja kellonajalla, esimerkiksi 5.7.2026 18.00.",
		notPeriod: "Vastaa kahdella päivämäärällä, esimerkiksi 5.7.2026 - 7.7.2026.", noMunicipality: "Kuntaa %q ei ole.",
		nearMunicipality: "Kuntaa %q ei ole. Tarkoititko: %s?", impossible: "Ei ole mahdollista",
		how: map[string]string{"boolean": "k/e", "choice": "numero", "choices": "numerot, 0 = ei mitään", "integer": "kokonaisluku", "number": "luku", "money": "euroa",
			"date": "pp.kk.vvvv", "time": "tt.mm", "datetime": "pp.kk.vvvv tt.mm", "period": "pp.kk.vvvv - pp.kk.vvvv", "text": "",
			"municipality": "kunnan nimi", "municipalities": "kuntien nimet pilkuin", "place": "kunta, osoite", "places": "kunta, osoite; kunta, osoite"},
		status: map[engine.Status]string{"needed": "Tarvitset", "ask": "Kysy viranomaiselta", "open": "Jäi avoimeksi", "not-needed": "Et tarvitse"},
	},
	definitions.Swedish: {
		missing: "Svaren på de här frågorna saknas ännu",
		keys:    "Tom rad: jag vet inte ännu · ? hjälp · < föregående · ! resultatet hittills · q avsluta",
		unknown: "inte känt ännu", first: "Det här är den första frågan.", saved: "Svaren sparades i filen",
		noHelp: "Det finns ingen hjälp för den här frågan.", anyOf: "Lägga till en uppgift?", anotherOne: "Lägga till en till?",
		notYesNo: "Svara j (ja) eller n (nej).", notNumber: "Svara med ett tal, till exempel 12,5.", notInteger: "Svara med ett heltal, till exempel 250.",
		notOption: "Alternativet %q finns inte. Svara med en siffra 1–%d.", notDate: "Svara med ett datum, till exempel 5.7.2026.",
		notTime: "Svara med ett klockslag, till exempel 22.30.", notDateTime: "Svara med datum och klockslag, till exempel 5.7.2026 18.00.",
		notPeriod: "Svara med två datum, till exempel 5.7.2026 - 7.7.2026.", noMunicipality: "Kommunen %q finns inte.",
		nearMunicipality: "Kommunen %q finns inte. Menade du: %s?", impossible: "Inte möjligt",
		how: map[string]string{"boolean": "j/n", "choice": "siffra", "choices": "siffror, 0 = inget", "integer": "heltal", "number": "tal", "money": "euro",
			"date": "dd.mm.åååå", "time": "tt.mm", "datetime": "dd.mm.åååå tt.mm", "period": "dd.mm.åååå - dd.mm.åååå", "text": "",
			"municipality": "kommunens namn", "municipalities": "kommunernas namn, med komma", "place": "kommun, adress", "places": "kommun, adress; kommun, adress"},
		status: map[engine.Status]string{"needed": "Du behöver", "ask": "Fråga myndigheten", "open": "Blev öppet", "not-needed": "Du behöver inte"},
	},
	definitions.English: {
		missing: "These questions still lack an answer",
		keys:    "Empty line: I don't know yet · ? help · < back · ! the result so far · q quit",
		unknown: "not known yet", first: "This is the first question.", saved: "The answers were written to",
		noHelp: "There is no help for this question.", anyOf: "Add one?", anotherOne: "Add another?",
		notYesNo: "Answer y (yes) or n (no).", notNumber: "Answer with a number, such as 12.5.", notInteger: "Answer with a whole number, such as 250.",
		notOption: "There is no option %q. Answer with a number from 1 to %d.", notDate: "Answer with a date, such as 5.7.2026.",
		notTime: "Answer with a time, such as 22:30.", notDateTime: "Answer with a date and a time, such as 5.7.2026 18:00.",
		notPeriod: "Answer with two dates, such as 5.7.2026 - 7.7.2026.", noMunicipality: "There is no municipality %q.",
		nearMunicipality: "There is no municipality %q. Did you mean: %s?", impossible: "Not possible",
		how: map[string]string{"boolean": "y/n", "choice": "number", "choices": "numbers, 0 = none", "integer": "whole number", "number": "number", "money": "euro",
			"date": "d.m.yyyy", "time": "hh:mm", "datetime": "d.m.yyyy hh:mm", "period": "d.m.yyyy - d.m.yyyy", "text": "",
			"municipality": "the municipality's name", "municipalities": "the municipalities' names, with commas", "place": "municipality, address", "places": "municipality, address; municipality, address"},
		status: map[engine.Status]string{"needed": "You need", "ask": "Ask the authority", "open": "Still open", "not-needed": "You do not need"},
	},
}

// howOf returns the key of what can be written as an answer to a question.
func howOf(q *definitions.Question) string {
	switch {
	case q.Many && q.Type == definitions.Municipality:
		return "municipalities"
	case q.Many:
		return "places"
	}
	return string(q.Type)
}

// reading makes answers of what a person writes.
type reading struct {
	lang   definitions.Lang
	shared *definitions.Shared
}

// value returns the answer that a line means, in the shape in which answers are in JSON.
func (r reading) value(q *definitions.Question, line string, w interviewWords) (any, error) {
	switch q.Type {
	case definitions.Boolean:
		if yes, ok := yesNo(line); ok {
			return yes, nil
		}
		return nil, inputf("%s", w.notYesNo)
	case definitions.Integer, definitions.Number, definitions.Money:
		return r.number(q, line, w)
	case definitions.Choice:
		return r.option(q, line, w)
	case definitions.Choices:
		return r.options(q, line, w)
	case definitions.DateType:
		if d, ok := writtenDate(line); ok {
			return d, nil
		}
		return nil, inputf("%s", w.notDate)
	case definitions.Time:
		if t, ok := writtenTime(line); ok {
			return t, nil
		}
		return nil, inputf("%s", w.notTime)
	case definitions.DateTime:
		if t, ok := writtenDateTime(line); ok {
			return t, nil
		}
		return nil, inputf("%s", w.notDateTime)
	case definitions.Period:
		from, to, ok := writtenPeriod(line)
		if !ok {
			return nil, inputf("%s", w.notPeriod)
		}
		return map[string]any{"from": from, "to": to}, nil
	case definitions.Municipality:
		if q.Many {
			return r.many(strings.Split(line, ","), func(s string) (any, error) { return r.municipality(s, w) })
		}
		return r.municipality(line, w)
	case definitions.PlaceType:
		if q.Many {
			return r.many(strings.Split(line, ";"), func(s string) (any, error) { return r.place(s, w) })
		}
		return r.place(line, w)
	}
	return line, nil
}

func (r reading) many(parts []string, one func(string) (any, error)) (any, error) {
	all := []any{}
	for _, p := range parts {
		if strings.TrimSpace(p) == "" {
			continue
		}
		v, err := one(p)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

func (r reading) number(q *definitions.Question, line string, w interviewWords) (any, error) {
	text := strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "€", "", ",", ".").Replace(line)
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || !plainNumber.MatchString(text) {
		if q.Type == definitions.Integer {
			return nil, inputf("%s", w.notInteger)
		}
		return nil, inputf("%s", w.notNumber)
	}
	return x, nil
}

var plainNumber = regexp.MustCompile(`^-?\d{1,15}(\.\d{1,6})?$`)

func yesNo(line string) (yes, ok bool) {
	switch strings.ToLower(line) {
	case "k", "kyllä", "j", "ja", "y", "yes", "true":
		return true, true
	case "e", "ei", "n", "nej", "no", "false":
		return false, true
	}
	return false, false
}

// option returns the id of the option with a number, an id or a text.
func (r reading) option(q *definitions.Question, line string, w interviewWords) (any, error) {
	if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(q.Options) {
		return q.Options[n-1].ID, nil
	}
	for _, o := range q.Options {
		if line == o.ID || strings.EqualFold(line, o.Text.In(r.lang)) {
			return o.ID, nil
		}
	}
	return nil, inputf(w.notOption, line, len(q.Options))
}

func (r reading) options(q *definitions.Question, line string, w interviewWords) (any, error) {
	if line == "0" || line == "-" {
		return []any{}, nil
	}
	return r.many(strings.FieldsFunc(line, func(c rune) bool { return c == ',' || c == ';' || c == ' ' }),
		func(s string) (any, error) { return r.option(q, s, w) })
}

func (r reading) municipality(line string, w interviewWords) (any, error) {
	line = strings.TrimSpace(line)
	if m := r.shared.Municipality(line); m != nil {
		return m.Code, nil
	}
	names := map[string]string{}
	var known []string
	for _, m := range r.shared.Municipalities {
		for _, name := range m.Name.By {
			if strings.EqualFold(name, line) {
				return m.Code, nil
			}
			names[strings.ToLower(name)] = name
			known = append(known, strings.ToLower(name))
		}
	}
	slices.Sort(known) // the names come from maps
	var near []string
	for _, k := range known {
		if strings.HasPrefix(k, strings.ToLower(line)) && len(near) < 5 && !slices.Contains(near, names[k]) {
			near = append(near, names[k])
		}
	}
	if n := definitions.Nearest(strings.ToLower(line), known); len(near) == 0 && n != "" {
		near = []string{names[n]}
	}
	if len(near) == 0 {
		return nil, inputf(w.noMunicipality, line)
	}
	return nil, inputf(w.nearMunicipality, line, strings.Join(near, ", "))
}

func (r reading) place(line string, w interviewWords) (any, error) {
	name, address, _ := strings.Cut(line, ",")
	code, err := r.municipality(name, w)
	if err != nil {
		return nil, err
	}
	place := map[string]any{"municipality": code}
	if address = strings.TrimSpace(address); address != "" {
		place["address"] = address
	}
	return place, nil
}

var finnishDate = regexp.MustCompile(`^(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})$`)

// writtenDate reads 5.7.2026 and 2026-07-05.
func writtenDate(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if m := finnishDate.FindStringSubmatch(s); m != nil {
		s = fmt.Sprintf("%s-%02s-%02s", m[3], m[2], m[1])
	}
	if _, ok := definitions.ParseDate(s); !ok {
		return "", false
	}
	return s, true
}

var clockTime = regexp.MustCompile(`^(?:(?:klo|kl\.?|at)\s*)?(\d{1,2})(?:[.:](\d{2}))?$`)

// writtenTime reads 22, 22.30 and 22:30.
func writtenTime(s string) (string, bool) {
	m := clockTime.FindStringSubmatch(strings.ToLower(strings.TrimSpace(s)))
	if m == nil {
		return "", false
	}
	hour, _ := strconv.Atoi(m[1])
	minute, _ := strconv.Atoi("0" + m[2])
	if hour > 23 || minute > 59 {
		return "", false
	}
	return fmt.Sprintf("%02d:%02d", hour, minute), true
}

// writtenDateTime reads 5.7.2026 18.00, 5.7.2026 klo 18 and 2026-07-05T18:00.
func writtenDateTime(s string) (string, bool) {
	s = strings.TrimSpace(s)
	at := strings.IndexAny(s, "T")
	if at < 0 {
		at = strings.LastIndexAny(s, " ")
		for _, word := range []string{" klo", " kl", " at"} {
			if i := strings.Index(strings.ToLower(s), word); i > 0 {
				at = i
			}
		}
	}
	if at < 0 {
		return "", false
	}
	date, ok := writtenDate(s[:at])
	if !ok {
		return "", false
	}
	clock, ok := writtenTime(s[at+1:])
	return date + "T" + clock, ok
}

// writtenPeriod reads two dates with a dash between them.
func writtenPeriod(s string) (from, to string, ok bool) {
	for _, dash := range []string{"–", "—", " - ", "-"} {
		a, b, found := strings.Cut(s, dash)
		if !found {
			continue
		}
		from, ok := writtenDate(a)
		if !ok {
			continue
		}
		if to, ok = writtenDate(b); ok {
			return from, to, true
		}
	}
	return "", "", false
}
