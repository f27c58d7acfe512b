package definitions

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"
)

// Load reads definitions into a library and reports everything that is wrong with them. It reads nothing but the file systems
// of the roots. The library is returned also when there are errors: what could be read is in it.
func Load(roots ...Root) (*Library, Diagnostics) {
	l := &loader{log: newLog(), lib: &Library{Shared: &Shared{}, Sources: map[string]*Source{}}}
	for i, root := range roots {
		l.discover(i, root)
	}
	l.parse()
	l.remember(roots)
	l.readShared()
	l.readBundles()
	l.readOverlays()
	for _, b := range l.built {
		l.resolve(b)
	}
	l.checkVersions()
	return l.lib, l.log.all()
}

// DirRoot is a root on disk: a folder of definitions, the folder of one bundle, or a single YAML file. Positions carry the path
// as it is given here.
func DirRoot(name string) Root {
	shown := strings.TrimSuffix(filepath.ToSlash(name), "/")
	if info, err := os.Stat(name); err == nil && !info.IsDir() {
		dir := path.Dir(shown)
		if dir == "." && !strings.HasPrefix(shown, "./") {
			dir = ""
		}
		return Root{Name: dir, FS: os.DirFS(filepath.Dir(name)), Only: []string{filepath.Base(name)}}
	}
	if shown == "." {
		shown = ""
	}
	return Root{Name: shown, FS: os.DirFS(name)}
}

// loader carries one call of Load through its steps.
type loader struct {
	log      *log
	lib      *Library
	files    []*file
	bundles  []*bundleFolder
	overlays []*file
	shared   []*file
	tables   []*file // CSV files of shared
	built    []*builtBundle
	common   *scope                   // the ids of the shared definitions
	types    map[string]ParameterType // of the shared parameters
	region   map[string]bool          // codes of regions

	tableLost bool // a table of shared could not be read
}

// role says what a file is read as.
type role int

const (
	bundleRole role = iota
	overlayRole
	sharedRole
	csvRole
)

// file is one file of definitions on its way from text to values.
type file struct {
	role  role
	root  int
	fsys  fs.FS
	name  string // in fsys
	shown string // in positions
	src   *Source
	node  *yaml.Node
	val   *val
	found found
}

// bundleFolder is what belongs to one bundle.
type bundleFolder struct {
	root  int
	fsys  fs.FS
	dir   string // in fsys
	shown string // in positions
	files []*file
}

func join(root Root, name string) string {
	if root.Name == "" {
		return name
	}
	if name == "." {
		return root.Name
	}
	return root.Name + "/" + name
}

// discover lists the files of a root.
func (l *loader) discover(i int, root Root) {
	newFile := func(r role, name string) *file {
		f := &file{role: r, root: i, fsys: root.FS, name: name, shown: join(root, name)}
		l.files = append(l.files, f)
		return f
	}
	folder := func(dir string, names []string) {
		if len(names) == 0 {
			return
		}
		b := &bundleFolder{root: i, fsys: root.FS, dir: dir, shown: join(root, dir)}
		for _, name := range names {
			b.files = append(b.files, newFile(bundleRole, name))
		}
		l.bundles = append(l.bundles, b)
	}
	if len(root.Only) > 0 {
		for _, name := range root.Only {
			if hasKey(root.FS, name, "overlay") {
				l.overlays = append(l.overlays, newFile(overlayRole, name))
				continue
			}
			folder(path.Dir(name), []string{name})
		}
		return
	}
	entries, err := fs.ReadDir(root.FS, ".")
	if err != nil {
		l.log.add(Diagnostic{At: Position{File: join(root, "."), Line: 1, Column: 1}, Severity: Error, Rule: "unreadable-file", Message: "the folder cannot be read: " + reason(err)})
		return
	}
	isBundle, isDefinitions := false, false
	for _, e := range entries {
		if e.IsDir() && (e.Name() == "bundles" || e.Name() == "overlays" || e.Name() == "shared") {
			isDefinitions = true
		}
		isBundle = isBundle || !e.IsDir() && isYAML(e.Name()) && hasKey(root.FS, e.Name(), "bundle")
	}
	if isBundle || !isDefinitions {
		names := l.yamlUnder(root, ".")
		if len(names) == 0 {
			l.log.add(Diagnostic{At: Position{File: join(root, "."), Line: 1, Column: 1}, Severity: Error, Rule: "no-bundle",
				Message: "the folder has no definitions; expected YAML files, or the folders bundles, overlays and shared"})
		}
		folder(".", names)
		return
	}
	bundles, _ := fs.ReadDir(root.FS, "bundles")
	for _, e := range bundles {
		name := "bundles/" + e.Name()
		switch {
		case hidden(e.Name()):
		case e.IsDir():
			folder(name, l.yamlUnder(root, name))
		case isYAML(name):
			folder("bundles", []string{name})
		}
	}
	for _, name := range l.yamlUnder(root, "overlays") {
		l.overlays = append(l.overlays, newFile(overlayRole, name))
	}
	for _, name := range l.yamlUnder(root, "shared") {
		l.shared = append(l.shared, newFile(sharedRole, name))
	}
	for _, table := range sharedTables {
		name := "shared/" + table.name
		if _, err := fs.Stat(root.FS, name); err == nil {
			l.tables = append(l.tables, newFile(csvRole, name))
		}
	}
}

func hidden(name string) bool { return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") }

func isYAML(name string) bool { return strings.HasSuffix(name, ".yaml") }

// yamlUnder lists the YAML files of a folder and the folders in it, sorted.
func (l *loader) yamlUnder(root Root, dir string) []string {
	var names []string
	_ = fs.WalkDir(root.FS, dir, func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			if name != dir {
				l.log.add(Diagnostic{At: Position{File: join(root, name), Line: 1, Column: 1}, Severity: Error, Rule: "unreadable-file", Message: "the folder cannot be read: " + reason(err)})
			}
			return nil
		case hidden(e.Name()) && name != ".":
			if e.IsDir() {
				return fs.SkipDir
			}
		case !e.IsDir() && isYAML(name):
			names = append(names, name)
		case !e.IsDir() && strings.HasSuffix(name, ".yml"):
			l.log.add(Diagnostic{At: Position{File: join(root, name), Line: 1, Column: 1}, Severity: Warning, Rule: "unread-file",
				Message: "the file is not read: definitions end in .yaml", Suggestion: "rename it to " + path.Base(strings.TrimSuffix(name, ".yml")) + ".yaml"})
		}
		return nil
	})
	slices.Sort(names)
	return names
}

// hasKey reports whether a file has a top-level key, before it is parsed.
func hasKey(fsys fs.FS, name, key string) bool {
	if info, err := fs.Stat(fsys, name); err != nil || !info.Mode().IsRegular() || info.Size() > maxFile {
		return false
	}
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return false
	}
	s := strings.TrimPrefix(string(text), "\ufeff")
	return strings.HasPrefix(s, key+":") || strings.Contains(s, "\n"+key+":")
}

// parse reads and parses all files, several at a time.
func (l *loader) parse() {
	work := make(chan *file)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), 8) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for f := range work {
				if f.src = readFile(f.fsys, f.name, f.shown, l.log); f.src != nil && f.role != csvRole {
					f.node = parseYAML(f.src, l.log)
				}
				if f.src == nil || f.role != csvRole && f.node == nil && !blank(f.src) {
					f.found.lost = true
					l.log.lose(f.shown)
				}
			}
		}()
	}
	for _, f := range l.files {
		work <- f
	}
	close(work)
	wg.Wait()
	for _, f := range l.files {
		if f.src != nil {
			l.lib.Sources[f.shown] = f.src
		}
	}
}

// reader makes the reader of a file.
func (l *loader) reader(f *file, langs []Lang) *reader {
	return &reader{cursor: cursor{src: f.src}, log: l.log, langs: langs, found: &f.found}
}

// walkFile checks a file against the shape of its kind.
func (l *loader) walkFile(f *file, s *shape, langs []Lang) *reader {
	r := l.reader(f, langs)
	if f.node != nil {
		f.val = r.walk(f.node, s)
	}
	return r
}

// valueOf returns the node of a top-level key, nil when there is none.
func valueOf(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// checkVersions orders the versions of every bundle and reports those that govern the same day.
func (l *loader) checkVersions() {
	slices.SortStableFunc(l.lib.Bundles, func(a, b *Bundle) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.From, b.From), cmp.Compare(a.Version, b.Version))
	})
	for i := 1; i < len(l.lib.Bundles); i++ {
		a, b := l.lib.Bundles[i-1], l.lib.Bundles[i]
		if a.ID != b.ID {
			continue
		}
		related := []Related{{At: a.At, Message: fmt.Sprintf("version %s is here", a.Version)}}
		switch {
		case a.From == b.From:
			l.log.add(Diagnostic{At: b.At, Severity: Error, Rule: "version-overlap", Message: fmt.Sprintf("versions %s and %s of bundle `%s` are in force from the same day", a.Version, b.Version, b.ID),
				Suggestion: "give the newer one a later `from`", Related: related})
		case a.Until != NoDate && a.Until >= b.From:
			l.log.add(Diagnostic{At: b.At, Severity: Error, Rule: "version-overlap", Message: fmt.Sprintf("version %s of bundle `%s` begins on %s, but version %s lasts until %s", b.Version, b.ID, b.From, a.Version, a.Until),
				Suggestion: "end the older one the day before: until: " + (b.From - 1).String(), Related: related})
		}
	}
	for i, a := range l.lib.Bundles {
		for _, b := range l.lib.Bundles[i+1:] {
			if a.ID == b.ID && a.Version == b.Version && a.From != b.From {
				l.log.add(Diagnostic{At: b.At, Severity: Error, Rule: "version-overlap", Message: fmt.Sprintf("two versions of bundle `%s` are both called %s", b.ID, b.Version),
					Suggestion: "give one of them another `version`", Related: []Related{{At: a.At, Message: "the other one is here"}}})
			}
		}
	}
}
