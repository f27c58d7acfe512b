package cmd

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"luvat/definitions"
)

func TestRulesAreSortedAndHavePages(t *testing.T) {
	if !slices.IsSortedFunc(definitions.Rules, func(a, b definitions.RuleInfo) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("definitions.Rules is not sorted by id")
	}
	pages := map[string]bool{}
	files, err := filepath.Glob("../definitions/rules/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		pages[strings.TrimSuffix(filepath.Base(f), ".md")] = true
	}
	for i, r := range definitions.Rules {
		if i > 0 && definitions.Rules[i-1].ID == r.ID {
			t.Errorf("%s is registered twice", r.ID)
		}
		if !pages[r.ID] {
			t.Errorf("%s has no page definitions/rules/%s.md", r.ID, r.ID)
		}
		delete(pages, r.ID)
		if got, ok := definitions.RuleByID(r.ID); !ok || got != r {
			t.Errorf("RuleByID(%s) gives %v, %v", r.ID, got, ok)
		}
		if r.Title == "" || strings.HasSuffix(r.Title, ".") || !slices.Contains([]definitions.Severity{definitions.Error, definitions.Warning, definitions.Note}, r.Severity) {
			t.Errorf("%s: title %q, severity %q", r.ID, r.Title, r.Severity)
		}
	}
	for id := range pages {
		t.Errorf("the page %s.md is of no registered rule", id)
	}
}

var exampleBlock = regexp.MustCompile("(?ms)^```(yaml|csv) (faulty|mended)(?: ([^\n]+))?\n(.*?)^```$")

// TestPages executes the examples of every page. The faulty one gives the page's rule and nothing else, the mended one nothing at
// all. An example without the key `bundle` is a file of the village fair below.
func TestPages(t *testing.T) {
	base := definitions.Embedded()
	base.FS = without{base.FS, []string{"bundles", "overlays"}}
	for _, r := range definitions.Rules {
		t.Run(r.ID, func(t *testing.T) {
			page := r.Page()
			if !strings.HasPrefix(page, "# "+r.ID+"\n\n"+r.Title+".\n") {
				t.Errorf("the page must begin with its id and the rule's title, as a sentence: %q", r.Title)
			}
			if !strings.Contains(page, "\n## Why it matters\n") {
				t.Error("the page does not say why it matters")
			}
			files := map[string]fstest.MapFS{"faulty": {}, "mended": {}}
			for _, m := range exampleBlock.FindAllStringSubmatch(page, -1) {
				addExample(files[m[2]], m[3], m[4])
			}
			for kind, fsys := range files {
				if len(fsys) == 0 {
					t.Errorf("the page has no %s example", kind)
					continue
				}
				found, lib := loadExample(base, fsys)
				if r.ID == "unverified" { // the only one that has to be asked for
					found = append(found, slices.DeleteFunc(lib.unverified(), builtIn)...)
				}
				if kind == "mended" {
					if len(found) > 0 {
						t.Errorf("the mended example is not silent:\n%s", textOf(found, lib))
					}
					continue
				}
				if !slices.ContainsFunc(found, func(d definitions.Diagnostic) bool { return d.Rule == r.ID }) {
					t.Errorf("the faulty example does not give %s:\n%s", r.ID, textOf(found, lib))
				}
				for _, d := range found {
					if d.Rule != r.ID && r.ID != "too-many" { // which by its nature comes with many others
						t.Errorf("the faulty example gives %s as well:\n%s", d.Rule, textOf(found, lib))
						break
					}
					if d.Rule == r.ID && d.Severity != r.Severity {
						t.Errorf("registered as %s, reported as %s", r.Severity, d.Severity)
					}
				}
			}
		})
	}
}

// fair is the bundle to which examples belong that are not one themselves.
const fair = `bundle: fair
version: "1"
title: Village fair
owner: lvv
from: 2026-01-01
languages: [en]
place: municipality
starts: starts_at
groups:
  - {id: basics, title: Basics}
questions:
  - {id: municipality, group: basics, ask: "Where is the fair?", type: municipality}
  - {id: starts_at, group: basics, ask: "When does it start?", type: datetime}
  - {id: ends_at, group: basics, ask: "When does it end?", type: datetime}
  - {id: visitors, group: basics, ask: "How many visitors at most?", type: integer, min: 0}
  - {id: food, group: basics, ask: "What is served?", type: choice, options: {none: Nothing, cold: Cold food, hot: Hot food}}
  - {id: structures, group: basics, ask: "What is built?", type: choices, options: {tent: A tent, stage: A stage}}
  - {id: music, group: basics, ask: "Is there music?", type: boolean}
  - {id: stalls, group: basics, ask: "Which stalls are there?", type: list, of: [{id: goods, ask: Goods, type: text}, {id: gas_kg, ask: Gas, type: number}]}
laws:
  379/2011: Rescue Act
requirements:
  - id: rescue-plan
    kind: plan
    name: Rescue plan
    needed:
      - {id: many, when: visitors >= 200}
    authority: event_rescue_plan
`

// addExample puts an example where its name says, or where its first key belongs.
func addExample(fsys fstest.MapFS, name, text string) {
	has := func(key string) bool { return strings.HasPrefix(text, key+":") || strings.Contains(text, "\n"+key+":") }
	switch {
	case name == "saved-as-latin-1":
		fsys["bundles/fair/example.yaml"] = &fstest.MapFile{Data: latin1(text)}
		return
	case name != "":
	case has("bundle"):
		name = "bundles/example/bundle.yaml"
	case has("overlay"):
		name = "overlays/example.yaml"
	default:
		name = "bundles/fair/example.yaml"
	}
	fsys[name] = &fstest.MapFile{Data: []byte(written(text))}
}

var (
	repeated  = regexp.MustCompile(`⟨(\d+) × ([^⟩]*)⟩`)
	character = regexp.MustCompile(`⟨U\+([0-9A-F]{4})⟩`)
)

// written replaces what an example writes for something too long, or not to be seen, by the thing itself.
func written(text string) string {
	text = repeated.ReplaceAllStringFunc(text, func(s string) string {
		m := repeated.FindStringSubmatch(s)
		n, _ := strconv.Atoi(m[1])
		return strings.Repeat(strings.ReplaceAll(m[2], `\n`, "\n"), n)
	})
	return character.ReplaceAllStringFunc(text, func(s string) string {
		n, _ := strconv.ParseInt(character.FindStringSubmatch(s)[1], 16, 32)
		return string(rune(n))
	})
}

// latin1 saves text in the encoding that older programs of Windows save in.
func latin1(text string) []byte {
	var b []byte
	for _, c := range text {
		b = append(b, byte(c))
	}
	return b
}

func loadExample(base definitions.Root, fsys fstest.MapFS) (definitions.Diagnostics, *library) {
	_, own := fsys["bundles/fair/bundle.yaml"]
	_, alone := fsys["bundles/example/bundle.yaml"]
	if !own && !alone {
		fsys["bundles/fair/bundle.yaml"] = &fstest.MapFile{Data: []byte(fair)}
	}
	l := compile([]definitions.Root{base, {Name: "example", FS: fsys}}, nil)
	return slices.DeleteFunc(l.found, builtIn), l
}

func builtIn(d definitions.Diagnostic) bool { return strings.HasPrefix(d.At.File, "definitions/") }

func textOf(found definitions.Diagnostics, l *library) string {
	var b strings.Builder
	if err := (definitions.Renderer{Sources: l.Sources}).Text(&b, found); err != nil {
		return err.Error()
	}
	return b.String()
}

var ruleID = regexp.MustCompile(`^[a-z]+(-[a-z]+)*-?$`)

// TestRuleIDs holds that the ids that the code reports and the registered ones are the same. An id is a literal that is passed
// for a parameter called rule, given as the field Rule, or assigned to a variable rule. One that ends in - is the beginning of ids.
func TestRuleIDs(t *testing.T) {
	used := map[string]token.Position{}
	set := token.NewFileSet()
	var files []*ast.File
	for _, dir := range []string{"../definitions", "../engine", "../forms", "."} {
		err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || path.Ext(p) != ".go" || strings.HasSuffix(p, "_test.go") {
				return err
			}
			f, err := parser.ParseFile(set, p, nil, 0)
			files = append(files, f)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	takers := map[string]map[int]bool{}
	note := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if id, err := strconv.Unquote(lit.Value); err == nil && ruleID.MatchString(id) {
				used[id] = set.Position(lit.Pos())
			}
		}
	}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				notePlace(takers, n.Name.Name, n.Type)
			case *ast.AssignStmt:
				for i, right := range n.Rhs {
					if name, ok := n.Lhs[min(i, len(n.Lhs)-1)].(*ast.Ident); ok && name.Name == "rule" {
						ast.Inspect(right, func(n ast.Node) bool {
							if lit, ok := n.(*ast.BasicLit); ok {
								note(lit)
							}
							return true
						})
					}
					if lit, ok := right.(*ast.FuncLit); ok && i < len(n.Lhs) {
						if name, ok := n.Lhs[i].(*ast.Ident); ok {
							notePlace(takers, name.Name, lit.Type)
						}
					}
				}
			}
			return true
		})
	}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Rule" {
					note(n.Value)
				}
			case *ast.CallExpr:
				name := ""
				switch fun := n.Fun.(type) {
				case *ast.Ident:
					name = fun.Name
				case *ast.SelectorExpr:
					name = fun.Sel.Name
				}
				for i := range takers[name] {
					if i < len(n.Args) {
						note(n.Args[i])
					}
				}
			}
			return true
		})
	}
	for id, at := range used {
		if _, ok := definitions.RuleByID(id); !ok && !strings.HasSuffix(id, "-") {
			t.Errorf("%s: the rule %q is not registered in definitions/rule.go", at, id)
		}
	}
	for _, r := range definitions.Rules {
		begun := false
		for id := range used {
			begun = begun || strings.HasSuffix(id, "-") && strings.HasPrefix(r.ID, id)
		}
		if _, ok := used[r.ID]; !ok && !begun {
			t.Errorf("the rule %s is registered but never reported", r.ID)
		}
	}
}

// notePlace notes which arguments of a function are rule ids.
func notePlace(takers map[string]map[int]bool, name string, f *ast.FuncType) {
	i := 0
	for _, field := range f.Params.List {
		for _, p := range field.Names {
			if p.Name == "rule" && fmt.Sprint(field.Type) == "string" {
				if takers[name] == nil {
					takers[name] = map[int]bool{}
				}
				takers[name][i] = true
			}
			i++
		}
		if len(field.Names) == 0 {
			i++
		}
	}
}
