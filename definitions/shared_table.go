package definitions

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// sharedTable is one of the CSV files of the folder shared.
type sharedTable struct {
	name    string
	columns []column
	read    func(l *loader, src *Source)
}

// sharedTables are in the order in which they are read: later ones use the ids of earlier ones.
var sharedTables []sharedTable

func init() {
	sharedTables = []sharedTable{
		{"municipalities.csv", columnsOf("code name_fi name_sv region_code region_name_fi region_name_sv", "language_status url population_2025 population"), (*loader).readMunicipalities},
		{"authorities.csv", columnsOf("id type name_fi name_sv name_en", "email url valid_from valid_to successor note"), (*loader).readAuthorities},
		{"areas.csv", columnsOf("authority_type municipality_code authority_id", "valid_from valid_to status"), (*loader).readAreas},
		{"roles.csv", columnsOf("role authority_type authority_id name_fi name_sv name_en", "valid_from valid_to status note"), (*loader).readRoles},
		{"holidays.csv", columnsOf("name_fi name_sv name_en type rule", ""), (*loader).readHolidays},
	}
}

func columnsOf(required, optional string) []column {
	var columns []column
	for _, name := range strings.Fields(required) {
		columns = append(columns, column{name, true})
	}
	for _, name := range strings.Fields(optional) {
		columns = append(columns, column{name, false})
	}
	return columns
}

// tableRow reads the cells of a row by the names of the columns and reports what is wrong with them.
type tableRow struct {
	*record
	l       *loader
	columns []column
}

func (t *tableRow) col(name string) int {
	return slices.IndexFunc(t.columns, func(c column) bool { return c.name == name })
}

func (t *tableRow) str(name string) string { return t.value(t.col(name)) }

func (t *tableRow) fault(name, rule, suggestion, format string, args ...any) {
	t.l.log.add(Diagnostic{At: t.place(t.col(name)), Severity: Error, Rule: rule, Message: fmt.Sprintf(format, args...), Suggestion: suggestion})
}

// must returns a cell that may not be empty.
func (t *tableRow) must(name string) string {
	s := t.str(name)
	if s == "" {
		t.fault(name, "missing-value", "", "the column `%s` is empty", name)
	}
	return s
}

func (t *tableRow) date(name string) Date {
	s := t.str(name)
	if s == "" {
		return NoDate
	}
	d, ok := ParseDate(s)
	if !ok || d == NoDate {
		t.fault(name, "bad-date", dateHint(s), "`%s` is not a date", cut(s))
		return NoDate
	}
	return d
}

// period reads valid_from and valid_to.
func (t *tableRow) period() (from, until Date) {
	from, until = t.date("valid_from"), t.date("valid_to")
	if from != NoDate && until != NoDate && until < from {
		t.fault("valid_to", "bad-period", "", "the last day %s is before the first day %s", until, from)
	}
	return from, until
}

func (t *tableRow) text(prefix string) Text {
	text := Text{At: t.at, By: map[Lang]string{}}
	for _, lang := range Languages {
		if i := t.col(prefix + string(lang)); i >= 0 {
			if s := t.value(i); s != "" {
				text.By[lang] = s
			}
		}
	}
	return text
}

// rows reads the rows of a shared table.
func (l *loader) rows(src *Source, name string, each func(t *tableRow)) {
	for _, table := range sharedTables {
		if table.name != name {
			continue
		}
		t := &tableRow{l: l, columns: table.columns}
		for row := range readCSV(src, table.columns, false, l.log) {
			t.record = row
			each(t)
		}
	}
}

var codePattern = regexp.MustCompile(`^[0-9]{3}$`)

func (l *loader) readMunicipalities(src *Source) {
	s := l.lib.Shared
	seen := map[string]Position{}
	old := indexBy(s.Municipalities, func(m *Municipal) string { return m.Code })
	l.rows(src, "municipalities.csv", func(t *tableRow) {
		m := &Municipal{Code: t.must("code"), Name: t.text("name_"), Region: t.must("region_code"), RegionName: t.text("region_name_"),
			Languages: t.str("language_status"), URL: t.str("url")}
		if m.Code != "" && !codePattern.MatchString(m.Code) {
			t.fault("code", "bad-id", "", "`%s` is not a municipality code; expected three digits", cut(m.Code))
			return
		}
		if m.Region != "" && (len(m.Region) != 2 || !numeric.MatchString(m.Region)) {
			t.fault("region_code", "bad-id", "", "`%s` is not a region code; expected two digits", cut(m.Region))
		}
		t.must("name_fi")
		for _, name := range []string{"population_2025", "population"} {
			if p := t.str(name); p != "" {
				n, err := strconv.Atoi(p)
				if err != nil {
					t.fault(name, "bad-number", "", "`%s` is not a whole number", cut(p))
				}
				m.Population = n
			}
		}
		// The English name is the Finnish one, except where Swedish is the only official language.
		for _, text := range []*Text{&m.Name, &m.RegionName} {
			if text.By[Swedish] == "" {
				text.By[Swedish] = text.By[Finnish]
			}
			text.By[English] = text.By[Finnish]
			if m.Languages == "sv" {
				text.By[English] = text.By[Swedish]
			}
		}
		if !t.once(seen, m.Code, "municipality", "code") {
			return
		}
		if i, ok := old[m.Code]; ok {
			s.Municipalities[i] = m
		} else {
			s.Municipalities = append(s.Municipalities, m)
		}
	})
}

// once records the id of a row and reports one that is taken in the same file.
func (t *tableRow) once(seen map[string]Position, id, noun, name string) bool {
	if id == "" {
		return false
	}
	if first, twice := seen[id]; twice {
		t.l.log.add(duplicateID(t.cell(t.col(name)), first, fmt.Sprintf("%s `%s` is declared twice", noun, cut(id))))
		return false
	}
	seen[id] = t.place(t.col(name))
	return true
}

func indexBy[T any](list []T, id func(T) string) map[string]int {
	index := make(map[string]int, len(list))
	for i, item := range list {
		index[id(item)] = i
	}
	return index
}

func (l *loader) readAuthorities(src *Source) {
	s := l.lib.Shared
	seen := map[string]Position{}
	old := indexBy(s.Authorities, func(a *Authority) string { return a.ID })
	l.rows(src, "authorities.csv", func(t *tableRow) {
		a := &Authority{ID: t.must("id"), Type: t.must("type"), Name: t.text("name_"), Email: t.str("email"), URL: t.str("url"), Note: t.str("note")}
		a.At = t.place(t.col("id"))
		a.From, a.Until = t.period()
		if a.ID != "" && !kebabPattern.MatchString(a.ID) {
			t.fault("id", "bad-id", "", "`%s` is not an authority's id; expected small letters, digits, - and _", cut(a.ID))
			return
		}
		t.must("name_fi")
		for id := range strings.SplitSeq(t.str("successor"), ";") {
			if id = strings.TrimSpace(id); id != "" {
				a.Successor = append(a.Successor, id)
			}
		}
		if !t.once(seen, a.ID, "authority", "id") {
			return
		}
		if i, ok := old[a.ID]; ok {
			s.Authorities[i] = a
		} else {
			s.Authorities = append(s.Authorities, a)
		}
	})
}

func (l *loader) readAreas(src *Source) {
	s := l.lib.Shared
	known := indexBy(s.Authorities, func(a *Authority) string { return a.ID })
	municipalities := indexBy(s.Municipalities, func(m *Municipal) string { return m.Code })
	var fresh []Area
	var places []Position
	l.rows(src, "areas.csv", func(t *tableRow) {
		a := Area{Type: t.must("authority_type"), Municipality: t.must("municipality_code"), Authority: t.must("authority_id"), Status: t.str("status")}
		a.From, a.Until = t.period()
		if a.Type == "" || a.Municipality == "" || a.Authority == "" {
			return
		}
		if _, ok := known[a.Authority]; !ok && !l.tableLost {
			t.fault("authority_id", "unknown-authority", didYouMean(a.Authority, slices.Collect(maps.Keys(known))), "there is no authority `%s`", cut(a.Authority))
			return
		}
		// A municipality that is no more has areas up to its last day.
		if _, ok := municipalities[a.Municipality]; !ok && len(municipalities) > 0 && a.Until == NoDate {
			t.fault("municipality_code", "unknown-place", didYouMean(a.Municipality, slices.Collect(maps.Keys(municipalities))), "there is no municipality `%s`", cut(a.Municipality))
			return
		}
		fresh = append(fresh, a)
		places = append(places, t.place(t.col("authority_id")))
	})
	l.checkAreas(fresh, places)
	// A later root says anew who is competent for the municipalities it names.
	named := map[areaKey]bool{}
	for _, a := range fresh {
		named[areaKey{a.Type, a.Municipality}] = true
	}
	s.Areas = slices.DeleteFunc(s.Areas, func(a Area) bool { return named[areaKey{a.Type, a.Municipality}] })
	s.Areas = append(s.Areas, fresh...)
}

// didYouMean suggests the nearest of some ids. Codes and very short ids are all near to one another, so nothing is said of them.
func didYouMean(word string, known []string) string {
	if len(word) < 3 || numeric.MatchString(word) {
		return ""
	}
	slices.Sort(known)
	if near := Nearest(word, known); near != "" {
		return "did you mean `" + near + "`?"
	}
	return ""
}

// checkAreas reports two authorities of one type that are competent for one municipality on the same day.
func (l *loader) checkAreas(areas []Area, places []Position) {
	by := map[areaKey][]int{}
	for i, a := range areas {
		k := areaKey{a.Type, a.Municipality}
		for _, j := range by[k] {
			if overlap(a.From, a.Until, areas[j].From, areas[j].Until) {
				l.log.add(Diagnostic{At: places[i], Severity: Error, Rule: "area-overlap",
					Message:    fmt.Sprintf("`%s` and `%s` are both of the type %s for municipality %s on the same day", areas[j].Authority, a.Authority, a.Type, a.Municipality),
					Suggestion: "end the earlier one with valid_to", Related: []Related{{At: places[j], Message: "the other one is here"}}})
				break
			}
		}
		if len(by[k]) < 20 {
			by[k] = append(by[k], i)
		}
	}
}

// overlap reports whether two periods have a day in common; NoDate is open.
func overlap(from1, until1, from2, until2 Date) bool {
	return (until1 == NoDate || from2 == NoDate || from2 <= until1) && (until2 == NoDate || from1 == NoDate || from1 <= until2)
}

func (l *loader) readRoles(src *Source) {
	s := l.lib.Shared
	known := indexBy(s.Authorities, func(a *Authority) string { return a.ID })
	types := map[string]int{"municipality": 0}
	for i, a := range s.Authorities {
		types[a.Type] = i
	}
	for i, a := range s.Areas {
		types[a.Type] = i
	}
	var fresh []RoleRow
	l.rows(src, "roles.csv", func(t *tableRow) {
		r := RoleRow{Role: t.must("role"), AuthorityType: t.str("authority_type"), Authority: t.str("authority_id"), Status: t.str("status"), Note: t.str("note"), Name: t.text("name_")}
		r.At = t.place(t.col("role"))
		r.From, r.Until = t.period()
		t.must("name_fi")
		switch {
		case r.Role == "":
			return
		case !kebabPattern.MatchString(r.Role):
			t.fault("role", "bad-id", "", "`%s` is not a role's id; expected small letters, digits, - and _", cut(r.Role))
			return
		case (r.AuthorityType == "") == (r.Authority == ""):
			t.fault("authority_type", "role-target", "", "role `%s` needs either an authority_type or an authority_id", r.Role)
			return
		}
		if _, ok := known[r.Authority]; r.Authority != "" && !ok && !l.tableLost {
			t.fault("authority_id", "unknown-authority", didYouMean(r.Authority, slices.Collect(maps.Keys(known))), "there is no authority `%s`", cut(r.Authority))
			return
		}
		if _, ok := types[r.AuthorityType]; r.AuthorityType != "" && !ok && !l.tableLost {
			t.fault("authority_type", "unknown-authority", didYouMean(r.AuthorityType, slices.Collect(maps.Keys(types))), "no authority has the type `%s`", cut(r.AuthorityType))
			return
		}
		if r.Status == "memory" || r.Status == "unsourced" {
			s.Marks = append(s.Marks, Mark{At: r.At, What: "roles." + r.Role, Note: r.Note})
		}
		fresh = append(fresh, r)
	})
	l.checkRoles(fresh)
	named := map[string]bool{}
	for _, r := range fresh {
		named[r.Role] = true
	}
	s.Roles = slices.DeleteFunc(s.Roles, func(r RoleRow) bool { return named[r.Role] })
	s.Roles = append(s.Roles, fresh...)
}

// checkRoles reports roles that nobody has on some day between two rows, or two have.
func (l *loader) checkRoles(rows []RoleRow) {
	by := map[string][]RoleRow{}
	for _, r := range rows {
		by[r.Role] = append(by[r.Role], r)
	}
	for role, list := range by {
		slices.SortStableFunc(list, func(a, b RoleRow) int { return int(a.From) - int(b.From) })
		for i := 1; i < len(list); i++ {
			a, b := list[i-1], list[i]
			related := []Related{{At: a.At, Message: "the row before it is here"}}
			switch {
			case overlap(a.From, a.Until, b.From, b.Until):
				l.log.add(Diagnostic{At: b.At, Severity: Error, Rule: "role-overlap", Message: fmt.Sprintf("two rows of role `%s` count on the same day", role),
					Suggestion: "end the earlier one with valid_to", Related: related})
			case a.Until+1 < b.From:
				l.log.add(Diagnostic{At: b.At, Severity: Error, Rule: "role-gap", Message: fmt.Sprintf("nobody has role `%s` from %s to %s", role, a.Until+1, b.From-1),
					Suggestion: "let the rows follow one another day by day", Related: related})
			}
		}
	}
}

var holidayRule = regexp.MustCompile(`^(fixed (\d\d-\d\d)|easter([+-]\d{1,2})?|(monday|tuesday|wednesday|thursday|friday|saturday|sunday) (\d\d-\d\d)\.\.(\d\d-\d\d))$`)

func (l *loader) readHolidays(src *Source) {
	s := l.lib.Shared
	s.Holidays = nil // a later root says anew which days are off
	seen := map[string]Position{}
	l.rows(src, "holidays.csv", func(t *tableRow) {
		h := Holiday{At: t.place(t.col("rule")), Name: t.text("name_"), Type: t.must("type"), Rule: t.must("rule")}
		t.must("name_fi")
		if h.Type != "" && h.Type != "public" && h.Type != "eve" {
			t.fault("type", "unknown-word", "", "`%s` is not a type of day; expected public or eve", cut(h.Type))
		}
		m := holidayRule.FindStringSubmatch(h.Rule)
		if h.Rule == "" || !t.once(seen, h.Rule, "holiday", "rule") {
			return
		}
		ok := m != nil
		for _, i := range []int{2, 5, 6} {
			if ok && m[i] != "" {
				_, ok = ParseDate("2024-" + m[i])
			}
		}
		if !ok {
			t.fault("rule", "bad-holiday", "", "`%s` is not a rule for a day; expected such as fixed 01-06, easter-2, or saturday 06-20..06-26", cut(h.Rule))
			return
		}
		s.Holidays = append(s.Holidays, h)
	})
}

// checkShared checks what can be checked only when all tables are read.
func (l *loader) checkShared() {
	s := l.lib.Shared
	for _, a := range s.Authorities {
		for _, id := range a.Successor {
			if s.AuthorityByID(id) == nil && !l.tableLost {
				l.log.add(Diagnostic{At: a.At, Severity: Error, Rule: "unknown-authority", Message: fmt.Sprintf("the successor of `%s` is unknown: there is no authority `%s`", a.ID, cut(id))})
			}
		}
	}
}
