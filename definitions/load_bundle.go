package definitions

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// builtBundle is a bundle with what is needed to check the ids that are used in it.
type builtBundle struct {
	*Bundle
	scope  *scope
	parts  []part // whose uses are checked: the bundle itself, then its overlays
	folder *bundleFolder
}

// part is what was found in some files that see the same ids.
type part struct {
	scope *scope
	found []*found
}

// builtin are the names of functions and words of expressions: no question, fact, parameter or table is called so.
var builtin = strings.Fields("needed len any all none one count sum exists date time hour weekday at days_between hours_between outside_hours " +
	"abs floor ceil round min max contains startswith endswith matches lower upper trim " +
	"and or not in true false nil let if else item parameters tables filter map find findindex findlast findlastindex groupby sortby reduce " +
	"mean median first last take keys values get now duration timezone int float string type fromjson tojson frombase64 tobase64 " +
	"split splitafter replace repeat join indexof lastindexof hasprefix hassuffix sort reverse concat flatten uniq topairs frompairs bitand bitor bitxor bitnand bitshl bitshr bitushr bitnot")

func (l *loader) readBundles() {
	for _, folder := range l.bundles {
		if b := l.readBundle(folder); b != nil {
			l.keep(b)
		}
	}
}

// keep adds a bundle. One of the same id and version from an earlier root makes room for it.
func (l *loader) keep(b *builtBundle) {
	for i, old := range l.built {
		if old.ID != b.ID || old.Version != b.Version || old.folder.root == b.folder.root {
			continue
		}
		l.built[i] = b
		l.lib.Bundles[slices.Index(l.lib.Bundles, old.Bundle)] = b.Bundle
		return
	}
	l.built = append(l.built, b)
	l.lib.Bundles = append(l.lib.Bundles, b.Bundle)
}

func (l *loader) readBundle(folder *bundleFolder) *builtBundle {
	var head *file
	broken := false
	for _, f := range folder.files {
		broken = broken || f.node == nil && (f.src == nil || !blank(f.src))
		if valueOf(f.node, "bundle") == nil {
			continue
		}
		if head != nil {
			at := l.keyAt(f, "bundle")
			l.log.add(Diagnostic{At: at, Severity: Error, Rule: "duplicate-key", Message: "`bundle` is given in two files of one folder",
				Suggestion: "remove one of them", Related: []Related{{At: l.keyAt(head, "bundle"), Message: "first given here"}}})
			continue
		}
		head = f
	}
	if head == nil && !broken {
		l.log.add(Diagnostic{At: Position{File: folder.files[0].shown, Line: 1, Column: 1}, Severity: Error, Rule: "no-bundle",
			Message: "no file of the folder has the key `bundle`", Suggestion: "add `bundle: <id>` to one file; when this is one file of a bundle, give the folder"})
	}
	langs := languagesOf(head)
	b := &Bundle{Shared: l.lib.Shared, Languages: langs}
	built := &builtBundle{Bundle: b, folder: folder}
	built.scope = newScope(nil, b, l.lib.Shared)
	built.scope.broken, built.scope.common = broken, l.common
	own := part{scope: built.scope}
	for _, f := range folder.files {
		b.Files = append(b.Files, f.shown)
		r := l.walkFile(f, bundleFile, langs)
		own.found = append(own.found, &f.found)
		built.scope.broken = built.scope.broken || f.found.lost
		if f.val == nil {
			continue
		}
		if f == head {
			l.readHead(r, b, f.val)
		} else {
			for _, k := range headKeys {
				if k.name != "bundle" && f.val.has(k.name) {
					l.log.add(Diagnostic{At: l.keyAt(f, k.name), Severity: Error, Rule: "misplaced-key",
						Message: fmt.Sprintf("`%s` stands only in the file that has the key `bundle`", k.name), Suggestion: "move it to " + shownOr(head, "that file")})
				}
			}
		}
		l.readSections(r, built.scope, f.val, nil)
		b.Forms = append(b.Forms, buildForms(f.val.get("forms"))...)
		b.Messages = append(b.Messages, buildMessages(f.val.get("messages"))...)
		b.Laws = append(b.Laws, buildLaws(f.val.get("laws"))...)
		b.Terms = append(b.Terms, buildTerms(f.val.get("terms"))...)
		b.Processes = append(b.Processes, buildProcesses(f.val.get("processes"))...)
		b.Registers = append(b.Registers, r.buildRegisters(f.val.get("registers"))...)
		b.Groups = append(b.Groups, buildAll(f.val.get("groups"), buildGroup)...)
		l.readTables(r, b, f, folder)
		b.Marks = append(b.Marks, f.found.marks...)
	}
	built.parts = append(built.parts, own)
	built.scope.declareAll(l.log)
	if head == nil || b.ID == "" {
		return nil
	}
	return built
}

func buildAll[T any](v *val, build func(*val) T) []T {
	var list []T
	for _, item := range v.all() {
		list = append(list, build(item))
	}
	return list
}

func shownOr(f *file, other string) string {
	if f == nil {
		return other
	}
	return f.shown
}

func blank(src *Source) bool {
	for _, line := range src.Lines {
		if t := strings.TrimSpace(line); t != "" && !strings.HasPrefix(t, "#") && t != "---" {
			return false
		}
	}
	return true
}

// keyAt is the place of a top-level key.
func (l *loader) keyAt(f *file, key string) Position {
	for i := 0; f.node != nil && i+1 < len(f.node.Content); i += 2 {
		if n := f.node.Content[i]; n.Value == key {
			c := cursor{src: f.src}
			return c.scalar(n).At
		}
	}
	return Position{File: f.shown, Line: 1, Column: 1}
}

// languagesOf reads the languages of a bundle before its texts are walked.
func languagesOf(head *file) []Lang {
	if head == nil {
		return Languages
	}
	var langs []Lang
	if n := valueOf(head.node, "languages"); n != nil {
		for _, c := range n.Content {
			if isLang(c.Value) && !slices.Contains(langs, Lang(c.Value)) {
				langs = append(langs, Lang(c.Value))
			}
		}
	}
	if len(langs) == 0 {
		return Languages
	}
	return langs
}

func (l *loader) readHead(r *reader, b *Bundle, v *val) {
	id := v.get("bundle")
	if id == nil {
		return
	}
	b.ID, b.At, b.Version = id.str(), id.at, v.get("version").str()
	b.Title, b.Summary, b.Owner = v.get("title").words(), v.get("summary").words(), v.get("owner").ref()
	b.From, b.Until = v.get("from").date(), v.get("until").date()
	b.Place, b.Starts, b.Ends, b.Icon = v.get("place").ref(), v.get("starts").ref(), v.get("ends").ref(), v.get("icon").str()
	if keywords := v.get("keywords"); keywords != nil {
		b.Keywords = map[Lang][]string{}
		for _, f := range keywords.fields {
			b.Keywords[Lang(f.key.Value)] = f.val.strings()
		}
	}
	for _, name := range headRequired {
		if !v.has(name) && !slices.Contains(v.meant, name) {
			r.error(b.At, "missing-key", fmt.Sprintf("add `%s: …`", name), "bundle `%s` has no `%s`", b.ID, name)
		}
	}
	if version := v.get("version"); version != nil && !version.scalar.Quoted && misread(version.str()) != "" {
		r.error(version.at, "unquoted-code", fmt.Sprintf("write \"%s\"", version.str()), "a version must stand in quotes; without them `%s` is read as %s, and 1.10 is the same as 1.1", cut(version.str()), misread(version.str()))
	}
	if b.Until != NoDate && b.Until < b.From {
		r.error(v.get("until").at, "bad-period", "", "`until` %s is before `from` %s", b.Until, b.From)
	}
}

// readSections adds what both a bundle and an overlay may have. The requirements of an overlay that the bundle has already
// are not added here.
func (l *loader) readSections(r *reader, s *scope, v *val, overlay *Overlay) {
	b := s.bundle
	for _, item := range v.get("questions").all() {
		s.questions = append(s.questions, buildQuestion(item))
	}
	s.facts = append(s.facts, buildFacts(v.get("facts"))...)
	if parameters := v.get("parameters"); parameters != nil {
		for _, f := range parameters.fields {
			if f.val != nil {
				p := r.buildParameter(f, s.typeOf(f.key.Value, l.types))
				p.Overlay = overlay
				s.parameters = append(s.parameters, p)
			}
		}
	}
	for _, item := range v.get("requirements").all() {
		if overlay != nil && s.parent.requirement(item.get("id").str()) != nil {
			l.addToRequirement(r, s, item, overlay)
			continue
		}
		q := r.buildRequirement(item)
		if overlay != nil {
			for _, k := range []string{"kind", "name"} {
				if !item.has(k) && !s.isBroken() {
					r.error(q.At, "missing-key", fmt.Sprintf("add `%s: …`; or did you mean a requirement of the bundle?", k), "requirement `%s` has no `%s`", cut(q.ID), k)
				}
			}
			setOverlay(q, overlay)
		}
		s.requirements = append(s.requirements, q)
	}
	for _, item := range v.get("impossible").all() {
		rule := buildRule(item)
		rule.Overlay = overlay
		s.impossible = append(s.impossible, rule)
	}
	for _, item := range v.get("warnings").all() {
		rule := buildRule(item)
		rule.Overlay = overlay
		s.warnings = append(s.warnings, rule)
	}
	b.Scenarios = append(b.Scenarios, buildAll(v.get("scenarios"), buildScenario)...)
}

// readTables adds the tables of a file, with rows from CSV files of the bundle where they are said to be there.
func (l *loader) readTables(r *reader, b *Bundle, f *file, folder *bundleFolder) {
	section := f.val.get("tables")
	if section == nil {
		return
	}
	for _, t := range buildTables(section) {
		b.Tables = append(b.Tables, t)
		rows := section.get(t.ID).get("rows")
		switch {
		case rows == nil:
		case rows.items == nil && rows.scalar.Value != "":
			l.readRows(t, rows.scalar, folder)
		default:
			r.buildRows(t, rows)
		}
	}
}

// readRows fills a table from a CSV file whose header has the names of its columns.
func (l *loader) readRows(t *Table, name Scalar, folder *bundleFolder) {
	file := path.Join(folder.dir, name.Value)
	if !fs.ValidPath(file) || !strings.HasSuffix(file, ".csv") || folder.dir != "." && !strings.HasPrefix(file, folder.dir+"/") {
		l.log.add(Diagnostic{At: name.At, Severity: Error, Rule: "unreadable-file", Message: fmt.Sprintf("`%s` is not a CSV file of this bundle", cut(name.Value)),
			Suggestion: "give its path from the bundle's folder, such as tables/noise.csv"})
		return
	}
	shown := folder.shown + "/" + name.Value
	if folder.shown == "." || folder.shown == "" {
		shown = name.Value
	}
	if _, err := fs.Stat(folder.fsys, file); err != nil {
		l.log.add(Diagnostic{At: name.At, Severity: Error, Rule: "unreadable-file", Message: fmt.Sprintf("the file `%s` cannot be read: %s", cut(name.Value), reason(err))})
		return
	}
	src := readFile(folder.fsys, file, shown, l.log)
	if src == nil {
		return
	}
	l.lib.Sources[shown] = src
	columns := make([]column, 0, len(t.Given)+len(t.Gives))
	for _, g := range t.Given {
		columns = append(columns, column{name: g.Value, required: true})
	}
	for _, o := range t.Gives {
		columns = append(columns, column{name: o.ID, required: true})
	}
	for row := range readCSV(src, columns, true, l.log) {
		cells := make([]Scalar, len(columns))
		for i := range columns {
			cells[i] = row.cell(i)
		}
		t.Rows = append(t.Rows, Row{At: row.at, Tests: cells[:len(t.Given)], Gives: cells[len(t.Given):]})
	}
}

// finish moves what was read into the bundle, the questions in the order of their groups.
func (s *scope) finish() {
	b := s.bundle
	b.Questions = append(b.Questions, s.questions...)
	b.Facts = append(b.Facts, s.facts...)
	b.Parameters = append(b.Parameters, s.parameters...)
	b.Requirements = append(b.Requirements, s.requirements...)
	b.Impossible = append(b.Impossible, s.impossible...)
	b.Warnings = append(b.Warnings, s.warnings...)
	order := map[string]int{}
	for i, g := range b.Groups {
		if _, twice := order[g.ID]; !twice {
			order[g.ID] = i
		}
	}
	rank := func(q *Question) int {
		if i, ok := order[q.Group.ID()]; ok {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(b.Questions, func(a, b *Question) int { return cmp.Compare(rank(a), rank(b)) })
}
