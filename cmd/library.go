package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"luvat/definitions"
	"luvat/engine"
	"luvat/forms"
)

// library is what a verb works on: definitions that were read, checked and compiled, and all that was found on the way.
type library struct {
	*definitions.Library
	engine *engine.Engine
	found  definitions.Diagnostics
	own    []string // prefixes of the files that were asked for; empty means all of them
}

// load reads the definitions at the paths, or those of --definitions, or the embedded ones. A path is a folder of definitions
// (with bundles, overlays or shared in it), the folder of one bundle, or one file. What the paths lack, the base has: a bundle
// alone uses the shared definitions of the base, an overlay alone the base's bundles too.
func (c *call) load(paths []string) (*library, error) {
	base, err := c.base()
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return compile(base, nil), nil
	}
	var roots []definitions.Root
	var own []string
	needs := parts{}
	for _, p := range paths {
		root, has, err := c.root(p)
		if err != nil {
			return nil, err
		}
		roots = append(roots, root)
		own = append(own, ownPrefix(root))
		needs = needs.plus(has)
	}
	switch {
	case needs.overlays && !needs.bundles:
		roots = append(hiding(base, "overlays"), roots...)
	case !needs.shared:
		roots = append(hiding(base, "bundles", "overlays"), roots...)
	}
	return compile(roots, own), nil
}

// parts says what a root brings along.
type parts struct{ bundles, overlays, shared bool }

func (p parts) plus(q parts) parts {
	return parts{p.bundles || q.bundles, p.overlays || q.overlays, p.shared || q.shared}
}

// base returns the definitions of --definitions, or the embedded ones.
func (c *call) base() ([]definitions.Root, error) {
	if c.definitions == "" {
		return []definitions.Root{definitions.Embedded()}, nil
	}
	info, err := os.Stat(c.path(c.definitions))
	if err != nil {
		return nil, usagef("--definitions: there is no folder %s", c.definitions)
	}
	if !info.IsDir() {
		return nil, usagef("--definitions: %s is a file; give the folder that has bundles and shared in it", c.definitions)
	}
	root, has, err := c.root(c.definitions)
	if err != nil {
		return nil, err
	}
	if has.shared {
		return []definitions.Root{root}, nil
	}
	return append(hiding([]definitions.Root{definitions.Embedded()}, "bundles", "overlays"), root), nil
}

// root returns what a path names. It brings shared definitions along when the municipalities are among them: without those
// nothing else of them can be used.
func (c *call) root(path string) (definitions.Root, parts, error) {
	full := c.path(path)
	info, err := os.Stat(full)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return definitions.Root{}, parts{}, usagef("there is no file or folder %s%s", path, c.bundleHint(path))
	case err != nil:
		return definitions.Root{}, parts{}, fmt.Errorf("%s cannot be read: %w", path, cause(err))
	case !info.IsDir() && !info.Mode().IsRegular():
		return definitions.Root{}, parts{}, usagef("%s is not an ordinary file", path)
	case !info.IsDir():
		root := definitions.Root{Name: shown(filepath.Dir(path)), FS: os.DirFS(filepath.Dir(full)), Only: []string{filepath.Base(path)}}
		overlay := hasTopKey(full, "overlay")
		return root, parts{bundles: !overlay, overlays: overlay}, nil
	}
	has := func(name string) bool {
		_, err := os.Stat(filepath.Join(full, filepath.FromSlash(name)))
		return err == nil
	}
	p := parts{bundles: has("bundles"), overlays: has("overlays"), shared: has("shared/municipalities.csv")}
	if p == (parts{}) && !has("shared") {
		p.bundles = true
	}
	return definitions.Root{Name: shown(path), FS: os.DirFS(full)}, p, nil
}

// hiding returns roots that lack some of their folders.
func hiding(roots []definitions.Root, folders ...string) []definitions.Root {
	var out []definitions.Root
	for _, r := range roots {
		r.FS = without{r.FS, folders}
		out = append(out, r)
	}
	return out
}

// bundleHint helps somebody who names a bundle where a path is wanted.
func (c *call) bundleHint(path string) string {
	if strings.ContainsAny(path, `/\.`) {
		return ""
	}
	base, err := c.base()
	if err != nil {
		return ""
	}
	if _, err := fs.Stat(base[len(base)-1].FS, "bundles/"+path); err != nil {
		return ""
	}
	return fmt.Sprintf("; the bundle %s is checked with the rest by `luvat %s` without a path", path, c.verb.name)
}

// shown is a path as it stands before the colon of a finding.
func shown(path string) string {
	path = filepath.ToSlash(filepath.Clean(path))
	if path == "." {
		return ""
	}
	return path
}

func ownPrefix(r definitions.Root) string {
	prefix := r.Name
	if prefix != "" {
		prefix += "/"
	}
	if len(r.Only) > 0 {
		return prefix + r.Only[0]
	}
	return prefix
}

// hasTopKey reports whether a YAML file seems to have a key at its top. It decides only what is read beside the file, so the
// beginning of the file is enough.
func hasTopKey(path, key string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 1<<20))
	if err != nil {
		return false
	}
	return bytes.HasPrefix(text, []byte(key+":")) || bytes.Contains(text, []byte("\n"+key+":"))
}

func compile(roots []definitions.Root, own []string) *library {
	lib, found := definitions.Load(roots...)
	e, more := engine.Compile(lib)
	// What the reader refused the engine may stumble over once more: the first word is enough. And what seems odd to the engine
	// may be an echo of a fault.
	said := map[definitions.Position]bool{}
	broken := false
	for _, d := range found {
		if d.Severity == definitions.Error {
			said[d.At], broken = true, true
		}
	}
	more = append(more, forms.Check(lib, e)...)
	if found.Unreadable() {
		more = nil
	}
	for _, d := range more {
		if !said[d.At] && (!broken || d.Severity == definitions.Error) {
			found = append(found, d)
		}
	}
	found.Sort()
	l := &library{lib, e, found, own}
	l.found = slices.DeleteFunc(l.found, func(d definitions.Diagnostic) bool { return !l.asked(d.At.File) })
	return l
}

// asked reports whether a file is among those that the paths named; everything is when there were none.
func (l *library) asked(file string) bool {
	return len(l.own) == 0 || slices.ContainsFunc(l.own, func(prefix string) bool {
		return strings.HasPrefix(file, prefix) || file+"/" == prefix
	})
}

// sound returns an error, after printing what was found, when the definitions have errors.
func (l *library) sound(c *call) error {
	if !l.found.HasErrors() {
		return nil
	}
	errors := slices.DeleteFunc(slices.Clone(l.found), func(d definitions.Diagnostic) bool { return d.Severity != definitions.Error })
	r := definitions.Renderer{Sources: l.Sources}
	if err := r.Text(c.Err, errors); err != nil {
		return err
	}
	fmt.Fprintln(c.Err, "luvat: the definitions have errors; nothing was done")
	return errProblems
}

// bundle returns the version in force on a day of the bundle that an argument names: an id, or the path of a bundle.
// An id counts before a folder of the same name.
func (c *call) bundle(name string, on definitions.Date) (*library, *engine.Program, error) {
	var paths []string
	if strings.ContainsAny(name, `/\.`) {
		paths = []string{name}
	}
	l, err := c.load(paths)
	if err != nil {
		return nil, nil, err
	}
	if err := l.sound(c); err != nil {
		return nil, nil, err
	}
	if paths == nil && !slices.ContainsFunc(l.Bundles, func(b *definitions.Bundle) bool { return b.ID == name }) {
		if info, err := os.Stat(c.path(name)); err == nil && info.IsDir() {
			return c.bundle(name+"/", on) // no bundle has the name, and a folder does
		}
	}
	if paths != nil {
		if name, err = l.onlyBundle(name); err != nil {
			return nil, nil, err
		}
	}
	p, err := l.engine.Bundle(name, on)
	if err != nil {
		return nil, nil, inputf("%s", err)
	}
	return l, p, nil
}

// onlyBundle returns the id of the one bundle at a path.
func (l *library) onlyBundle(path string) (string, error) {
	var ids []string
	for _, b := range l.Bundles {
		if l.asked(b.At.File) && !slices.Contains(ids, b.ID) {
			ids = append(ids, b.ID)
		}
	}
	switch len(ids) {
	case 0:
		return "", usagef("%s has no bundle in it", path)
	case 1:
		return ids[0], nil
	}
	return "", usagef("%s has several bundles in it; say which with --definitions %s and one of %s", path, path, strings.Join(ids, ", "))
}

// cause returns what the operating system said, without the name of the call that failed.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// without is a file system that hides some of its folders.
type without struct {
	fs.FS
	folders []string
}

// Stat looks at a file without opening it: one that is not an ordinary file may not answer.
func (w without) Stat(name string) (fs.FileInfo, error) {
	top, _, _ := strings.Cut(name, "/")
	if slices.Contains(w.folders, top) {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
	}
	return fs.Stat(w.FS, name)
}

func (w without) Open(name string) (fs.File, error) {
	top, _, _ := strings.Cut(name, "/")
	if slices.Contains(w.folders, top) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return w.FS.Open(name)
}
