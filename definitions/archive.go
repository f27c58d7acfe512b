package definitions

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// origin is a file of which a library was made.
type origin struct {
	root   int
	name   string // in its root
	shown  string // in positions
	shared bool
	text   []byte
}

// rootNote is what an archive keeps of a root beside its files.
type rootNote struct {
	Name string   `json:"name"`
	Only []string `json:"only,omitempty"`
}

// Digest names the exact text that governs a bundle: its own files, its overlays' and the shared ones. Two libraries in which a
// bundle has the same digest decide alike. It is hexadecimal SHA-256.
func (l *Library) Digest(b *Bundle) string {
	of := map[string]bool{}
	for _, name := range b.Files {
		of[name] = true
	}
	for _, o := range b.Overlays {
		of[o.File] = true
	}
	h := sha256.New()
	for _, f := range l.origins {
		if f.shared || of[f.shown] {
			fmt.Fprintf(h, "%d %s %d\n", f.root, f.name, len(f.text))
			h.Write(f.text)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Archive returns all files of which a library was made as one zip file, from which OpenArchive gives the same library again.
// The same files give the same bytes.
func (l *Library) Archive() ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	notes := []rootNote{}
	for _, r := range l.roots {
		notes = append(notes, rootNote{r.Name, r.Only})
	}
	head, err := json.Marshal(notes)
	if err != nil {
		return nil, err
	}
	add := func(name string, text []byte) error {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err == nil {
			_, err = w.Write(text)
		}
		return err
	}
	if err := add("roots.json", head); err != nil {
		return nil, err
	}
	for _, f := range l.origins {
		if err := add(strconv.Itoa(f.root)+"/"+f.name, f.text); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// OpenArchive returns the roots of an archive, to be given to Load.
func OpenArchive(data []byte) ([]Root, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("the kept definitions cannot be opened: %w", err)
	}
	f, err := z.Open("roots.json")
	if err != nil {
		return nil, errors.New("the kept definitions lack roots.json")
	}
	defer f.Close()
	head, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("the kept definitions cannot be read: %w", err)
	}
	var notes []rootNote
	if err := json.Unmarshal(head, &notes); err != nil {
		return nil, fmt.Errorf("the kept definitions have a bad roots.json: %w", err)
	}
	var roots []Root
	for i, n := range notes {
		sub, err := fs.Sub(z, strconv.Itoa(i))
		if err != nil {
			return nil, err
		}
		roots = append(roots, Root{Name: n.Name, FS: sub, Only: n.Only})
	}
	return roots, nil
}

// remember keeps the text of every file that was read, in an order that depends on nothing but their names.
func (l *loader) remember(roots []Root) {
	l.lib.roots = roots
	for _, f := range l.files {
		if f.src != nil {
			l.lib.origins = append(l.lib.origins, origin{root: f.root, name: f.name, shown: f.shown, shared: f.role == sharedRole || f.role == csvRole, text: f.src.Text})
		}
	}
	slices.SortFunc(l.lib.origins, func(a, b origin) int {
		if a.root != b.root {
			return a.root - b.root
		}
		return strings.Compare(a.name, b.name)
	})
}
