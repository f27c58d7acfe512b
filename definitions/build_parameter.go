package definitions

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// buildParameter reads a parameter. Its type is told from its values when none is given; known is the type of the parameter
// that an overlay gives values for.
func (r *reader) buildParameter(f field, known ParameterType) *Parameter {
	v := f.val
	p := &Parameter{ID: f.key.Value, At: f.key.At, Type: ParameterType(v.get("type").str()), Unit: v.get("unit").str(), Meaning: v.get("meaning").words(), Law: v.get("law").laws()}
	values := v.get("values").all()
	if p.Type == "" {
		p.Type = known
	}
	if p.Type == "" && v.has("values") && len(values) == 0 {
		r.error(p.At, "missing-key", "add `type: …`", "parameter `%s` has no values to tell its type from and no `type`", cut(p.ID))
	}
	if p.Type == "" {
		p.Type = guessType(values)
	}
	for _, item := range values {
		if item.has("from") && item.get("from") == nil {
			continue // the day is wrong: the value would seem to count always
		}
		pv := ParameterValue{At: item.at, From: item.get("from").date(), Where: item.get("where").refs(), Sources: item.get("sources").strings(), Unverified: item.mark()}
		if value := item.get("value"); value != nil {
			pv.At = value.at
			pv.Value = r.parameterValue(value, p)
		}
		if pv.Value != nil {
			p.Values = append(p.Values, pv)
		}
	}
	return p
}

var clockPattern = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)
var spanPattern = regexp.MustCompile(`^([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})$`)

// guessType tells a parameter's type from how its values are written.
func guessType(values []*val) ParameterType {
	found := ParameterType("")
	for _, item := range values {
		value := item.get("value")
		if value == nil {
			continue
		}
		t := TextParameter
		s := value.scalar
		_, isDate := ParseDate(s.Value)
		switch {
		case value.fields != nil || spanPattern.MatchString(s.Value):
			t = HoursParameter
		case !s.Quoted && (s.Value == "true" || s.Value == "false"):
			t = BooleanParameter
		case isDate:
			t = DateParameter
		case clockPattern.MatchString(s.Value):
			t = TimeParameter
		case !s.Quoted:
			if _, err := strconv.ParseInt(s.Value, 10, 64); err == nil {
				t = IntegerParameter
			} else if _, err := strconv.ParseFloat(s.Value, 64); err == nil {
				t = NumberParameter
			}
		}
		switch {
		case found == "" || found == t:
			found = t
		case (found == IntegerParameter || found == NumberParameter) && (t == IntegerParameter || t == NumberParameter):
			found = NumberParameter
		default:
			return found
		}
	}
	if found == "" {
		return TextParameter
	}
	return found
}

// parameterValue reads one value of a parameter's type, nil when it is not one.
func (r *reader) parameterValue(v *val, p *Parameter) any {
	s := v.scalar
	bad := func(rule, suggestion, expected string) any {
		r.error(v.at, rule, suggestion, "`%s` is not %s; parameter `%s` has the type %s", cut(s.Value), expected, p.ID, p.Type)
		return nil
	}
	if p.Type == HoursParameter {
		return r.hours(v, p)
	}
	if v.fields != nil {
		r.error(v.at, "wrong-shape", "", "hours by day are a value of the type hours only; parameter `%s` has the type %s", p.ID, p.Type)
		return nil
	}
	switch p.Type {
	case IntegerParameter, NumberParameter, MoneyParameter:
		n, err := strconv.ParseFloat(s.Value, 64)
		if err != nil || s.Quoted || !plainNumber.MatchString(s.Value) {
			suggestion := ""
			if strings.Contains(s.Value, ",") && plainNumber.MatchString(strings.Replace(s.Value, ",", ".", 1)) {
				suggestion = "write " + strings.Replace(s.Value, ",", ".", 1)
			} else if s.Quoted && plainNumber.MatchString(s.Value) {
				suggestion = "remove the quotes"
			}
			return bad("bad-number", suggestion, "a number")
		}
		if p.Type == IntegerParameter && n != float64(int64(n)) {
			return bad("bad-number", "", "a whole number")
		}
		return n
	case BooleanParameter:
		if !r.bool(s) {
			return nil
		}
		return s.Value == "true"
	case DateParameter:
		d, ok := ParseDate(s.Value)
		if !ok || d == NoDate {
			return bad("bad-date", dateHint(s.Value), "a date")
		}
		return d
	case TimeParameter:
		if !clockPattern.MatchString(s.Value) {
			return bad("bad-time", "write hours and minutes in quotes: \"22:00\"", "a time of day")
		}
		if !s.Quoted {
			r.error(v.at, "unquoted-time", fmt.Sprintf("write \"%s\"", s.Value), "a time must stand in quotes; without them many programs read `%s` as a number of base 60", s.Value)
			return nil
		}
	}
	return s.Value
}

var plainNumber = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,9})?$`)

var weekdays = []string{"", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

// hours reads a daily span: one for all days, or by day of the week.
func (r *reader) hours(v *val, p *Parameter) any {
	var h Hours
	if v.fields == nil {
		span, ok := r.span(v)
		if !ok {
			return nil
		}
		for day := 1; day <= 7; day++ {
			h[day] = span
		}
		return h
	}
	rest := v.get("weekday")
	for day := 1; day <= 7; day++ {
		span := rest
		if named := v.get(weekdays[day]); named != nil {
			span = named
		}
		if span == nil {
			if !v.has("weekday") && !v.has(weekdays[day]) {
				r.error(v.at, "missing-key", "add `weekday: …` for the days that are not named", "parameter `%s` says nothing of %s", p.ID, weekdays[day])
			}
			return nil
		}
		var ok bool
		if h[day], ok = r.span(span); !ok {
			return nil
		}
	}
	return h
}

func (r *reader) span(v *val) (span struct{ From, To int }, ok bool) {
	m := spanPattern.FindStringSubmatch(v.scalar.Value)
	if m == nil {
		r.error(v.at, "bad-hours", "write from and to in quotes: \"07:00-22:00\"", "`%s` is not a daily span", cut(v.scalar.Value))
		return span, false
	}
	n := func(i int) int { x, _ := strconv.Atoi(m[i]); return x }
	span.From, span.To = n(1)*60+n(2), n(3)*60+n(4)
	if span.To > 24*60 || n(2) > 59 || n(4) > 59 || span.From >= span.To {
		r.error(v.at, "bad-hours", "", "`%s` is not a daily span; expected the end after the start, at most 24:00", cut(v.scalar.Value))
		return span, false
	}
	return span, true
}
