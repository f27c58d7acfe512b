package definitions

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// single reads a scalar of a shape.
func (r *reader) single(n *yaml.Node, s *shape) *val {
	sc := r.scalar(n)
	v := &val{at: sc.At, scalar: sc}
	if isNull(n) && s.kind != scalarKind && s.kind != cellKind {
		r.wrong(n, s)
		return nil
	}
	switch s.kind {
	case exprKind:
		if !r.expression(n, sc) {
			return nil
		}
		if s.below0 != "" && negativeConstant.MatchString(sc.Value) {
			r.error(sc.At, "bad-number", s.below0, "`%s` is less than 0", cut(strings.TrimSpace(sc.Value)))
			return nil
		}
	case lawKind:
		law, ok := parseLaw(sc)
		if !ok {
			r.error(sc.At, "bad-law", "write the act's number and the place in it, such as 379/2011 16 §", "`%s` is not a reference to a law", cut(sc.Value))
			return nil
		}
		v.law = law
		r.found.laws = append(r.found.laws, law)
	case refKind:
		if s.use == usePlace && !sc.Quoted && numeric.MatchString(sc.Value) {
			r.error(sc.At, "unquoted-code", fmt.Sprintf("write \"%s\"", sc.Value), "a municipality or region code must stand in quotes; without them `%s` is read as a number", cut(sc.Value))
		}
		r.found.uses = append(r.found.uses, use{Scalar: sc, kind: s.use, shape: s})
	default:
		if !r.checkScalar(sc, s) {
			if s.kind == snakeKind || s.kind == kebabKind || s.kind == dottedKind {
				return v // uses of the id are written like it
			}
			return nil
		}
	}
	return v
}

var negativeConstant = regexp.MustCompile(`^\s*-\s*[0-9]+(\.[0-9]+)?\s*$`)

var numeric = regexp.MustCompile(`^[0-9]+$`)

// checkScalar checks an id, a word, a number, a date or the like.
func (r *reader) checkScalar(sc Scalar, s *shape) bool {
	switch s.kind {
	case snakeKind:
		return r.id(sc, s, snakePattern, "small letters, digits and _, a letter first")
	case kebabKind:
		return r.id(sc, s, kebabPattern, "small letters, digits, - and _")
	case dottedKind:
		return r.id(sc, s, dottedPattern, "small letters, digits, -, _ and dots between parts")
	case enumKind:
		return r.enum(sc, s)
	case boolKind:
		return r.bool(sc)
	case countKind:
		if i, err := strconv.Atoi(sc.Value); err != nil || i < 0 || sc.Quoted || i > 1e9 {
			r.error(sc.At, "bad-number", "", "`%s` is not a whole number from 0", cut(sc.Value))
			return false
		}
	case dateKind:
		if d, ok := ParseDate(sc.Value); !ok || d == NoDate {
			r.error(sc.At, "bad-date", dateHint(sc.Value), "`%s` is not a date", cut(sc.Value))
			return false
		}
	case urlKind:
		if !strings.HasPrefix(sc.Value, "https://") && !strings.HasPrefix(sc.Value, "http://") || strings.ContainsAny(sc.Value, " \t\n\"<>") {
			r.error(sc.At, "bad-address", "", "`%s` is not an address; expected one that begins with https:// and has no spaces", cut(sc.Value))
			return false
		}
	case durationKind:
		if _, ok := parseDuration(sc.Value); !ok {
			r.error(sc.At, "bad-duration", "write a whole number and a unit: 500ms, 2s, 5m, 24h or 7d", "`%s` is not a time", cut(sc.Value))
			return false
		}
	case tokenKind:
		if !tokenPattern.MatchString(sc.Value) {
			r.error(sc.At, "bad-header", "", "`%s` is not the name of a header", cut(sc.Value))
			return false
		}
	case wordKind:
		if strings.TrimSpace(sc.Value) == "" {
			r.error(sc.At, "empty-text", "write the text, or remove the key", "the text is empty")
			return false
		}
	case lawKind: // the key of an act in laws
		if law, ok := parseLaw(sc); !ok || law.Section != "" {
			r.error(sc.At, "bad-law", "", "`%s` is not an act's number such as 379/2011 or EU 2019/947", cut(sc.Value))
			return false
		}
	case refKind:
		r.found.uses = append(r.found.uses, use{Scalar: sc, kind: s.use, shape: s})
	}
	return true
}

var finnishDate = regexp.MustCompile(`^([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})$`)
var looseDate = regexp.MustCompile(`^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})$`)

func dateHint(s string) string {
	year, month, day := "", "", ""
	if m := finnishDate.FindStringSubmatch(s); m != nil {
		day, month, year = m[1], m[2], m[3]
	} else if m := looseDate.FindStringSubmatch(s); m != nil {
		year, month, day = m[1], m[2], m[3]
	} else {
		return "write year, month and day: 2026-01-31"
	}
	d := fmt.Sprintf("%s-%02s-%02s", year, month, day)
	if _, ok := ParseDate(d); ok {
		return "write " + d
	}
	return "there is no such day in the calendar"
}

func (r *reader) id(sc Scalar, s *shape, pattern *regexp.Regexp, rule string) bool {
	if pattern.MatchString(sc.Value) && len(sc.Value) <= 100 {
		return true
	}
	r.lose()
	suggestion := ""
	if fixed := slug(sc.Value, s.kind); fixed != "" && fixed != sc.Value && pattern.MatchString(fixed) {
		suggestion = "write `" + cut(fixed) + "`"
	}
	if len(sc.Value) > 100 {
		rule += ", at most 100 characters"
	}
	r.error(sc.At, "bad-id", suggestion, "`%s` is not %s; expected %s", cut(sc.Value), s.what, rule)
	return false
}

// slug makes an id of what an author wrote.
func slug(s string, kind shapeKind) string {
	var b strings.Builder
	for _, c := range strings.ToLower(s) {
		switch {
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '_':
			b.WriteRune(c)
		case c == 'ä' || c == 'å':
			b.WriteByte('a')
		case c == 'ö':
			b.WriteByte('o')
		case kind == dottedKind && c == '.':
			b.WriteByte('.')
		case c == '-' || c == ' ' || c == '.':
			if kind == snakeKind {
				b.WriteByte('_')
			} else {
				b.WriteByte('-')
			}
		}
	}
	return b.String()
}

func (r *reader) enum(sc Scalar, s *shape) bool {
	for _, v := range s.values {
		if v == sc.Value {
			return true
		}
	}
	suggestion := "expected one of " + quoteAll(s.values, "or")
	if near := Nearest(strings.ToLower(sc.Value), s.values); near != "" {
		suggestion = "did you mean `" + near + "`?"
	}
	r.error(sc.At, "unknown-word", suggestion, "`%s` is not %s", cut(sc.Value), s.what)
	return false
}

func (r *reader) bool(sc Scalar) bool {
	if (sc.Value == "true" || sc.Value == "false") && !sc.Quoted {
		return true
	}
	suggestion := ""
	switch strings.ToLower(sc.Value) {
	case "true", "yes", "on", "y", "kyllä", "ja":
		suggestion = "write true"
	case "false", "no", "off", "n", "ei", "nej":
		suggestion = "write false"
	}
	if sc.Quoted && suggestion != "" {
		suggestion += " without quotes"
	}
	r.error(sc.At, "bad-boolean", suggestion, "`%s` is neither true nor false", cut(sc.Value))
	return false
}

// misread says how many programs read an unquoted word, "" when all read it as text.
func misread(s string) string {
	switch strings.ToLower(s) {
	case "yes", "on", "true", "y":
		return "true"
	case "no", "off", "false", "n":
		return "false"
	case "null", "~":
		return "nothing"
	}
	switch {
	case len(s) > 40 || s == "" || !strings.ContainsAny(s[:1], "0123456789+-."):
		return ""
	case sexagesimal.MatchString(s):
		return "a number of base 60"
	case datelike.MatchString(s):
		return "a date"
	case numberlike.MatchString(s):
		return "a number"
	}
	return ""
}

var (
	sexagesimal = regexp.MustCompile(`^[-+]?[0-9]+(:[0-5]?[0-9])+$`)
	datelike    = regexp.MustCompile(`^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?$`)
	numberlike  = regexp.MustCompile(`^[-+]?(0x[0-9a-fA-F_]+|0o?[0-7_]+|[0-9][0-9_]*(\.[0-9]*)?([eE][-+]?[0-9]+)?|\.[0-9]+)$`)
)

// text reads text for people.
func (r *reader) text(n *yaml.Node, s *shape) *val {
	v := &val{at: r.at(n), text: Text{At: r.at(n), By: map[Lang]string{}}}
	switch n.Kind {
	case yaml.ScalarNode:
		if isNull(n) {
			r.wrong(n, s)
			return nil
		}
		sc := r.scalar(n)
		if !r.oneText(n, sc) {
			return nil
		}
		v.text.By[r.langs[0]] = sc.Value
		if s.unit {
			for _, l := range r.langs {
				v.text.By[l] = sc.Value
			}
		} else if len(r.langs) > 1 {
			r.warn(sc.At, "untranslated", "write {"+langPattern(r.langs)+"}", "the text is only in %s", langName(r.langs[0]))
		}
	case yaml.MappingNode:
		if startsWithBraces(n) {
			r.wrong(n, s)
			return nil
		}
		r.keys(n, func(key Scalar, value *yaml.Node) {
			if !isLang(key.Value) {
				r.unknownKey(key, value, n, textKeysShape)
				return
			}
			if value.Kind != yaml.ScalarNode || isNull(value) {
				if !r.enter(value) {
					return
				}
				r.depth--
				if isNull(value) {
					r.error(key.At, "missing-value", "give the text, or remove the key", "`%s` has no value; expected a text", key.Value)
				} else {
					r.wrong(value, aWord)
				}
				return
			}
			if !r.enter(value) {
				return
			}
			r.depth--
			if sc := r.scalar(value); r.oneText(value, sc) {
				v.text.By[Lang(key.Value)] = sc.Value
			}
		})
		if len(v.text.By) == 0 {
			return nil
		}
		var missing []string
		for _, l := range r.langs {
			if _, ok := v.text.By[l]; !ok {
				missing = append(missing, langName(l))
			}
		}
		if len(missing) > 0 && !s.unit {
			r.warn(v.at, "untranslated", "", "the text is not in %s", listed(missing, 3))
		}
	default:
		r.wrong(n, s)
		return nil
	}
	return v
}

var textKeysShape = object("a text", may("fi", aWord, "In Finnish."), may("sv", aWord, "In Swedish."), may("en", aWord, "In English."))

func isLang(s string) bool { return s == "fi" || s == "sv" || s == "en" }

func langName(l Lang) string {
	switch l {
	case Finnish:
		return "Finnish"
	case Swedish:
		return "Swedish"
	}
	return "English"
}

func langPattern(langs []Lang) string {
	parts := make([]string, len(langs))
	for i, l := range langs {
		parts[i] = string(l) + ": …"
	}
	return strings.Join(parts, ", ")
}

// oneText checks one text of one language and collects the names in its braces.
func (r *reader) oneText(n *yaml.Node, sc Scalar) bool {
	if strings.TrimSpace(sc.Value) == "" {
		r.error(sc.At, "empty-text", "write the text, or remove the key", "the text is empty")
		return false
	}
	if !sc.Quoted {
		if as := misread(sc.Value); as != "" {
			r.warn(sc.At, "unquoted-text", fmt.Sprintf("write \"%s\"", sc.Value), "the text `%s` must stand in quotes; without them many programs read %s", cut(sc.Value), as)
		}
	}
	r.braces(sc)
	return true
}

var singleBraces = regexp.MustCompile(`\{ *([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?) *\}+`)

// braces collects the names that a text shows as {{name}}.
func (r *reader) braces(sc Scalar) {
	rest, before := sc.Value, 0
	for {
		i := strings.Index(rest, "{{")
		if m := singleBraces.FindStringSubmatchIndex(rest); m != nil && (i < 0 || m[0] < i) {
			open := sc.PositionAt(before + utf8.RuneCountInString(rest[:m[0]]))
			open.End = open.Column + m[1] - m[0]
			r.error(open, "bad-braces", "write {{"+rest[m[2]:m[3]]+"}}", "a name to be shown stands in two braces on either side")
			before += utf8.RuneCountInString(rest[:m[1]])
			rest = rest[m[1]:]
			continue
		}
		if i < 0 {
			return
		}
		inner := rest[i+2:]
		j := strings.Index(inner, "}}")
		start := before + len([]rune(rest[:i]))
		if j < 0 {
			open := sc.PositionAt(start)
			open.End = open.Column + 2
			r.error(open, "bad-braces", "write }} after the name", "`{{` is not closed in this text")
			return
		}
		raw := inner[:j]
		name := strings.TrimSpace(raw)
		lead := len([]rune(raw)) - len([]rune(strings.TrimLeft(raw, " ")))
		at := sc.PositionAt(start + 2 + lead)
		at.End = at.Column + len([]rune(name))
		if name == "" {
			r.error(sc.PositionAt(start), "bad-braces", "", "there is no name between `{{` and `}}`")
		} else {
			r.found.uses = append(r.found.uses, use{Scalar: Scalar{Value: name, At: at}, kind: useShown})
		}
		before = start + 2 + len([]rune(raw)) + 2
		rest = inner[j+2:]
		if strings.HasPrefix(rest, "}") {
			r.error(sc.PositionAt(before), "bad-braces", "write {{"+name+"}}", "here is a brace too many")
			rest = rest[1:]
			before++
		}
	}
}

// expression checks how an expression is written; what it says is for the engine.
func (r *reader) expression(n *yaml.Node, sc Scalar) bool {
	block := n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0
	if strings.TrimSpace(sc.Value) == "" {
		r.error(sc.At, "empty-expression", "write the condition, or remove the key", "the expression is empty")
		return false
	}
	if !block && sc.At.End == 0 {
		r.error(sc.At, "expression-over-lines", "write it on one line, or in a block after >-", "an expression in this form must stand on one line")
		return false
	}
	if !sc.Quoted {
		if at, cut := r.cutByComment(sc); cut {
			r.error(at, "comment-in-expression", "write the whole expression in quotes", "` #` begins a comment here, so the expression ends before it")
			return false
		}
	}
	return true
}

// cutByComment reports whether a comment after an unquoted expression was meant as part of it: something is still open there.
func (r *reader) cutByComment(sc Scalar) (Position, bool) {
	text := r.src.line(sc.At.Line)
	i := r.to(sc.At.Line, sc.At.Column) + len(sc.Value)
	if i > len(text) {
		return Position{}, false
	}
	rest := text[i:]
	trimmed := strings.TrimLeft(rest, " \t")
	if !strings.HasPrefix(trimmed, "#") || balanced(sc.Value) {
		return Position{}, false
	}
	at := sc.At
	at.Column = sc.At.End + len(rest) - len(trimmed)
	at.End = at.Column + 1
	return at, true
}

// balanced reports whether brackets and quotes of an expression are closed and it does not end in an operator.
func balanced(s string) bool {
	depth := 0
	quote := rune(0)
	for _, c := range s {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '(' || c == '[' || c == '{':
			depth++
		case c == ')' || c == ']' || c == '}':
			depth--
		}
	}
	return depth == 0 && quote == 0
}

var (
	actPattern   = regexp.MustCompile(`^([0-9]{1,4}/(?:1[6-9]|20)[0-9]{2})(?:[ ]+(\S.*))?$`)
	unionPattern = regexp.MustCompile(`^((?:EU|EY|ETY|EC|EEC) [0-9]{1,4}/[0-9]{1,4})(?:[ ]+(\S.*))?$`)
	alandPattern = regexp.MustCompile(`^(ÅFS [0-9]{4}:[0-9]{1,3})(?:[ ]+(\S.*))?$`)
	// A regulation of an agency: its short name and the number that the agency gave, with the year last.
	agencyPattern = regexp.MustCompile(`^(\p{Lu}{2,10} [\p{Lu}\d]+(?:[/-][\p{Lu}\d]+)*/\d{4})(?:\s+(.+))?$`)
)

// parseLaw cuts a reference into the act's number and the place in it.
func parseLaw(sc Scalar) (Law, bool) {
	for _, p := range []*regexp.Regexp{actPattern, unionPattern, alandPattern, agencyPattern} {
		if m := p.FindStringSubmatch(strings.TrimSpace(sc.Value)); m != nil {
			return Law{At: sc.At, Act: m[1], Section: strings.TrimSpace(m[2])}, true
		}
	}
	return Law{}, false
}
