package forms

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"luvat/definitions"
)

// Message says a fault to the person who has to mend it, so that it reads well alone: "Poistumistiet: kirjoita vähintään 20
// merkkiä." title is what the field at f.At() is called. A title that is a whole sentence is followed by another one: "Tarvitaanko
// sähköä? Tämä tieto on pakollinen." Without a title the sentence stands by itself.
func Message(f Fault, title string, lang definitions.Lang) string {
	text := sentence(f, lang)
	switch {
	case title == "":
		return capital(text)
	case strings.ContainsAny(title[len(title)-1:], "?!."):
		return title + " " + capital(text)
	}
	return title + ": " + text
}

func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// sentence says a fault, beginning with a small letter.
func sentence(f Fault, lang definitions.Lang) string {
	p, example := phraseOf(f)
	text := p.in(lang)
	text = strings.ReplaceAll(text, "{limit}", quantity(f, lang))
	text = strings.ReplaceAll(text, "{allowed}", allowed(f.Allowed, lang))
	text = strings.ReplaceAll(text, "{count}", digitCount(f.Pattern))
	text = plural(text, f.Limit == "1")
	if example == "" {
		return text
	}
	if f.Format != "" {
		example = shown(example, lang)
	}
	return text + " " + exampleWord.in(lang) + " " + example
}

// phraseOf chooses the phrase for a fault, and the example that follows it.
func phraseOf(f Fault) (phrase, string) {
	switch f.Keyword {
	case "format":
		return formatPhrase(f)
	case "type":
		return typePhrase(f.Types), ""
	case "minLength":
		if f.Limit == "1" {
			return phrases["required"], ""
		}
	case "minItems", "minProperties", "minContains":
		if f.Limit == "1" {
			return phrases[f.Keyword+" 1"], ""
		}
	case "multipleOf":
		switch n, decimals := strings.CutPrefix(f.Limit, "0."); {
		case f.Limit == "1":
			return types["integer"], ""
		case decimals && strings.Trim(n, "0") == "1" && strings.HasSuffix(n, "1"):
			return tenths(len(n)), ""
		}
	case "pattern":
		if digitCount(f.Pattern) != "" {
			return phrases["pattern digits"], f.Example
		}
		return phrases["pattern"], f.Example
	case "const":
		if len(f.Allowed) == 1 {
			switch f.Allowed[0] {
			case true:
				return phrases["const true"], ""
			case false:
				return phrases["const false"], ""
			case nil:
				return types["null"], ""
			}
			if sayable(f.Allowed) {
				return phrases["const"], ""
			}
		}
		return phrases["not"], ""
	case "enum":
		if sayable(f.Allowed) {
			return phrases["enum listed"], ""
		}
	}
	if p, ok := phrases[f.Keyword]; ok {
		return p, ""
	}
	return phrases[""], ""
}

// formatPhrase says what is wrong with a value of a format: what the check found, or how it is written.
func formatPhrase(f Fault) (phrase, string) {
	example := f.Example
	if ours := formatByName[f.Format]; ours != nil && example == "" && f.Format != "attachment" {
		example = ours.Example
	}
	for _, key := range []string{f.Format + " " + string(f.Reason), string(f.Reason), f.Format} {
		if p, ok := formatPhrases[key]; ok {
			return p, example
		}
	}
	return phrases["pattern"], example
}

// typePhrase asks for a value of one of the types.
func typePhrase(names []string) phrase {
	var known []phrase
	for _, n := range names {
		if p, ok := types[n]; ok && (n != "null" || len(names) == 1) {
			known = append(known, p)
		}
	}
	switch len(known) {
	case 0:
		return phrases[""]
	case 1:
		return known[0]
	}
	// "Write a number, or answer yes or no."
	join := func(lang definitions.Lang, or string) string {
		var parts []string
		for _, p := range known {
			parts = append(parts, strings.TrimSuffix(p.in(lang), "."))
		}
		return strings.Join(parts, or) + "."
	}
	return phrase{join(definitions.Finnish, " tai "), join(definitions.Swedish, " eller "), join(definitions.English, ", or ")}
}

// tenths asks for a number of at most so many decimals.
func tenths(decimals int) phrase {
	if decimals == 1 {
		return phrases["multipleOf 0.1"]
	}
	n := strconv.Itoa(decimals)
	p := phrases["multipleOf 0.01"]
	return phrase{strings.ReplaceAll(p.fi, "{decimals}", n), strings.ReplaceAll(p.sv, "{decimals}", n), strings.ReplaceAll(p.en, "{decimals}", n)}
}

// sayable tells whether allowed values can be listed: numbers and days. Texts are ids of options, which people never see.
func sayable(values []any) bool {
	for _, v := range values {
		switch v := v.(type) {
		case json.Number, float64:
		case string:
			if date(v) != "" {
				return false
			}
		default:
			return false
		}
	}
	return len(values) > 0 && len(values) <= 10
}

func allowed(values []any, lang definitions.Lang) string {
	var out []string
	for _, v := range values {
		out = append(out, plainText(v, lang))
	}
	if n := len(out); n > 1 {
		return strings.Join(out[:n-1], ", ") + " " + or.in(lang) + " " + out[n-1]
	}
	return strings.Join(out, "")
}

// plainText is a number or a day of a schema in the language's manner.
func plainText(v any, lang definitions.Lang) string {
	switch v := v.(type) {
	case float64:
		return writtenNumber(strconv.FormatFloat(v, 'f', -1, 64), lang)
	case json.Number:
		if r, ok := new(big.Rat).SetString(string(v)); ok {
			return writtenNumber(decimal(r), lang)
		}
	}
	return shown(fmt.Sprint(v), lang)
}

// quantity is the limit as it is written in the language, with its unit where it is one of numbers.
func quantity(f Fault, lang definitions.Lang) string {
	text := writtenNumber(f.Limit, lang)
	switch f.Keyword {
	case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf":
		if f.Unit != "" {
			text += "\u00a0" + f.Unit
		}
	}
	return text
}

// shown writes a day or a time in the language's manner; other text stays.
func shown(text string, lang definitions.Lang) string {
	switch {
	case date(text) == "":
		return writtenDay(text, lang)
	case clock(text) == "":
		return writtenClockTime(text, lang)
	case dateClock(text) == "":
		return writtenDay(text[:10], lang) + at.in(lang) + writtenClockTime(text[11:], lang)
	}
	return text
}

// writtenClockTime writes 09:30 as 9.30, and in English as 9:30.
func writtenClockTime(clock string, lang definitions.Lang) string {
	hour, minutes, _ := strings.Cut(clock, ":")
	mark := "."
	if lang == definitions.English {
		mark = ":"
	}
	return strconv.Itoa(small(hour)) + mark + minutes
}

// writtenDay writes 2026-06-01 as 1.6.2026, and in English as 1 June 2026.
func writtenDay(iso string, lang definitions.Lang) string {
	year, month, day := iso[:4], small(iso[5:7]), small(iso[8:])
	if lang != definitions.English {
		return fmt.Sprintf("%d.%d.%s", day, month, year)
	}
	names := [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	return fmt.Sprintf("%d\u00a0%s %s", day, names[month-1], year)
}

// writtenNumber writes the decimal 12345.5 as 12 345,5 with no-break space, and in English as 12,345.5.
func writtenNumber(decimal string, lang definitions.Lang) string {
	point, group := ",", "\u00a0"
	if lang == definitions.English {
		point, group = ".", ","
	}
	sign := ""
	if rest, negative := strings.CutPrefix(decimal, "-"); negative {
		sign, decimal = "−", rest
	}
	whole, fraction, decimals := strings.Cut(decimal, ".")
	if len(whole) > 4 { // years and the like stay together
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + group + whole[i:]
		}
	}
	if !decimals {
		return sign + whole
	}
	return sign + whole + point + fraction
}

// digitCount says how many digits a pattern such as ^[0-9]{3}$ asks for: "3", "4–6"; "" when it asks for something else.
func digitCount(pattern string) string {
	ways, ok := simple(pattern)
	if !ok || len(ways) != 1 {
		return ""
	}
	least, most := 0, 0
	for _, s := range ways[0] {
		if s.ascii != [2]uint64{0x3ff << '0', 0} || s.beyond != nil || s.max < 0 {
			return ""
		}
		least, most = least+s.min, most+s.max
	}
	switch {
	case most < 2:
		return ""
	case least == most:
		return strconv.Itoa(most)
	}
	return fmt.Sprintf("%d–%d", least, most)
}

// plural chooses in "{one|many}".
func plural(text string, one bool) string {
	for {
		open := strings.IndexByte(text, '{')
		if open < 0 {
			return text
		}
		end := open + strings.IndexByte(text[open:], '}')
		singular, more, _ := strings.Cut(text[open+1:end], "|")
		if !one {
			singular = more
		}
		text = text[:open] + singular + text[end+1:]
	}
}
