// Package content keeps the documents that customers and authorities add to cases. A document is a stream on its way in and on its
// way out: it is never whole in memory.
//
//	upload ──▶ incoming/<random>: written, counted, hashed ──type by content, allow-list, virus scan──▶ fsync ──rename──▶ ab/cdef…
//
// A document is named by the SHA-256 of its bytes, so the same drawing sent to five authorities is kept once, what is kept cannot be
// changed without its name telling, and a half-written file is never found under a name. Which case may see a document is not known
// here: the ledger of the case says so.
package content

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// Limit is the greatest size of one document in bytes: 100 MB.
const Limit = 100 << 20

// File is a document that is kept.
type File struct {
	Sum  string // SHA-256, hexadecimal: its name
	Size int64  // bytes
	Kind Kind   // by its content, whatever its name says
}

// Store keeps documents in a folder. It is safe for concurrent use, also by several processes.
type Store struct {
	root *os.Root
	scan Scanner
}

// Scanner looks for malicious content. It returns the name of what it found, "" for nothing; an error says that it could not look.
type Scanner interface {
	Scan(ctx context.Context, r io.Reader) (found string, err error)
}

// incoming is where documents are written before they have a name.
const incoming = "incoming"

// Open opens the folder of documents, making it when it is not there. scan may be nil.
func Open(dir string, scan Scanner) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the folder of documents cannot be made: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("the folder of documents cannot be opened: %w", err)
	}
	if err := root.Mkdir(incoming, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, errors.Join(fmt.Errorf("the folder of documents cannot be written: %w", err), root.Close())
	}
	return &Store{root, scan}, nil
}

// Close lets go of the folder.
func (s *Store) Close() error { return s.root.Close() }

// The errors of Put that are the sender's to mend.
type (
	// TooLargeError says that a document is larger than Limit.
	TooLargeError struct{ Limit int64 }
	// KindError says that a document is of a kind that is not accepted here. Found is "" when the kind is none that is known.
	KindError struct {
		Found  string
		Accept []string
	}
	// InfectedError says that the scanner found something.
	InfectedError struct{ Found string }
)

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("the document is larger than %d MB", e.Limit>>20)
}

func (e *KindError) Error() string {
	found := "of no known kind"
	if e.Found != "" {
		found = "a " + e.Found + " file"
	}
	return fmt.Sprintf("the document is %s; accepted are %s", found, strings.Join(e.Accept, ", "))
}

func (e *InfectedError) Error() string { return "the virus scanner found " + e.Found }

// The other errors that a caller may want to tell apart.
var (
	ErrEmpty    = errors.New("the document is empty")
	ErrFull     = errors.New("there is no room for the document on the disk")
	ErrNotFound = errors.New("there is no such document")
	ErrScanner  = errors.New("the virus scanner cannot be reached")
	ErrCut      = errors.New("the document did not arrive whole")
)

// Put keeps what a reader gives, when its content is of an accepted kind (see Kinds; none means all of them). When Put returns
// without an error the document survives the death of the machine; with one nothing of it is left.
func (s *Store) Put(ctx context.Context, r io.Reader, accept []string) (File, error) {
	name := path.Join(incoming, rand.Text())
	f, err := s.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return File{}, room(err)
	}
	defer func() {
		_ = f.Close() // closed before on the good way; on the others the file is removed
		_ = s.root.Remove(name)
	}()
	sum := sha256.New()
	size, err := receive(ctx, f, sum, r)
	switch {
	case err != nil:
		return File{}, err
	case size == 0:
		return File{}, ErrEmpty
	}
	kind, err := s.examine(ctx, f, accept)
	if err != nil {
		return File{}, err
	}
	if err := f.Sync(); err != nil {
		return File{}, room(err)
	}
	if err := f.Close(); err != nil {
		return File{}, room(err)
	}
	file := File{Sum: hex.EncodeToString(sum.Sum(nil)), Size: size, Kind: kind}
	return file, s.name(name, file.Sum)
}

// receive copies the document to its file, counting and hashing.
func receive(ctx context.Context, f io.Writer, sum hash.Hash, r io.Reader) (int64, error) {
	buf := make([]byte, 64<<10)
	var size int64
	for {
		if err := ctx.Err(); err != nil {
			return 0, fmt.Errorf("%w: %w", ErrCut, err)
		}
		n, err := r.Read(buf)
		if size += int64(n); size > Limit {
			return 0, &TooLargeError{Limit}
		}
		sum.Write(buf[:n])
		if _, werr := f.Write(buf[:n]); werr != nil {
			return 0, room(werr)
		}
		switch {
		case errors.Is(err, io.EOF): // what is cut off says ErrUnexpectedEOF
			return size, nil
		case err != nil:
			return 0, fmt.Errorf("%w: %w", ErrCut, err)
		}
	}
}

func (s *Store) examine(ctx context.Context, f *os.File, accept []string) (Kind, error) {
	kind, found, err := detect(f, accept)
	switch {
	case err != nil:
		return Kind{}, err
	case !found:
		if len(accept) == 0 {
			accept = words()
		}
		return Kind{}, &KindError{kind.Word, accept}
	case s.scan == nil:
		return kind, nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return Kind{}, err
	}
	virus, err := s.scan.Scan(ctx, f)
	switch {
	case err != nil:
		return Kind{}, fmt.Errorf("%w: %w", ErrScanner, err)
	case virus != "":
		return Kind{}, &InfectedError{virus}
	}
	return kind, nil
}

// name gives a received document its name, and makes the name durable.
func (s *Store) name(from, sum string) error {
	dir := sum[:2]
	if err := s.root.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return room(err)
	}
	if err := s.root.Rename(from, path.Join(dir, sum[2:])); err != nil {
		return room(err)
	}
	for _, d := range []string{dir, "."} {
		f, err := s.root.Open(d)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return room(err)
		}
	}
	return nil
}

// room makes an error of the disk one that says what to do.
func room(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return fmt.Errorf("the document cannot be kept: %w", err)
}

var sumPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Get opens a document for reading. The caller closes it.
func (s *Store) Get(sum string) (*os.File, error) {
	if !sumPattern.MatchString(sum) {
		return nil, ErrNotFound
	}
	f, err := s.root.Open(path.Join(sum[:2], sum[2:]))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	return f, err
}

// Sweep removes documents that no case names, once they are older than before, and what was never received whole. used says whether
// a case names a document. It returns how many were removed.
func (s *Store) Sweep(before time.Time, used func(sum string) (bool, error)) (int, error) {
	removed := 0
	err := fs.WalkDir(s.root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.ModTime().After(before) {
			return nil
		}
		if err != nil {
			return err
		}
		dir, rest := path.Split(name)
		if sum := strings.TrimSuffix(dir, "/") + rest; sumPattern.MatchString(sum) {
			if keep, err := used(sum); keep || err != nil {
				return err
			}
		}
		if err := s.root.Remove(name); err != nil {
			return err
		}
		removed++
		return nil
	})
	return removed, err
}
