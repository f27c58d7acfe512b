package cmd

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/diff"

	"luvat/definitions"
)

func formatVerb() *verb {
	return &verb{
		name:    "fmt",
		summary: "writes definitions in the one canonical form; comments stay",
		usage:   "PATH…",
		examples: []example{
			{"luvat fmt my-bundle", "rewrite what differs; the names of the changed files are printed"},
			{"luvat fmt --check definitions", "change nothing; name what differs and exit with 1"},
			{"luvat fmt --diff my-bundle", "change nothing; show the differences and exit with 1 when there are any"},
			{"luvat fmt -", "from standard input to standard output, for editors"},
		},
		arguments: func(f *flag.FlagSet) func(*call) error {
			check := f.Bool("check", false, "change nothing, name the files that differ")
			show := f.Bool("diff", false, "change nothing, show what differs")
			return func(c *call) error { return c.format(*check, *show) }
		},
	}
}

func (c *call) format(check, show bool) error {
	if len(c.args) == 0 {
		return usagef("a path is missing: luvat fmt %s", c.verb.usage)
	}
	if len(c.args) == 1 && c.args[0] == "-" {
		return c.formatInput(check, show)
	}
	differ, faulty := false, false
	for _, arg := range c.args {
		files, err := c.yamlFiles(arg)
		if err != nil {
			return err
		}
		for _, name := range files {
			old, err := os.ReadFile(c.path(name))
			if err != nil {
				return fmt.Errorf("%s cannot be read: %w", name, cause(err))
			}
			done, err := definitions.Format(old)
			if err != nil {
				faulty = true
				fmt.Fprintf(c.Err, "%s:%s\n", shown(name), err)
				continue
			}
			if bytes.Equal(old, done) {
				continue
			}
			differ = true
			if show {
				c.Out.Write(diff.Diff(shown(name), old, shown(name)+" (formatted)", done))
				continue
			}
			fmt.Fprintln(c.Out, shown(name))
			if check {
				continue
			}
			if err := replaceFile(c.path(name), done); err != nil {
				return fmt.Errorf("%s cannot be written: %w", name, cause(err))
			}
		}
	}
	if faulty || differ && (check || show) {
		return errProblems
	}
	return nil
}

func (c *call) formatInput(check, show bool) error {
	old, err := io.ReadAll(c.In)
	if err != nil {
		return fmt.Errorf("standard input cannot be read: %w", err)
	}
	const name = "standard input"
	done, err := definitions.Format(old)
	if err != nil {
		fmt.Fprintf(c.Err, "%s:%s\n", name, err)
		return errProblems
	}
	same := bytes.Equal(old, done)
	switch {
	case show && !same:
		c.Out.Write(diff.Diff(name, old, name+" (formatted)", done))
	case !check && !show:
		_, err := c.Out.Write(done)
		return err
	}
	if same {
		return nil
	}
	return errProblems
}

// yamlFiles returns the YAML files at or below a path, in order of name.
func (c *call) yamlFiles(path string) ([]string, error) {
	info, err := os.Stat(c.path(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usagef("there is no file or folder %s", path)
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", path, cause(err))
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	var files []string
	err = filepath.WalkDir(c.path(path), func(full string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if ext := filepath.Ext(full); d.Type().IsRegular() && (ext == ".yaml" || ext == ".yml") {
			rel, err := filepath.Rel(c.path(path), full)
			if err != nil {
				return err
			}
			files = append(files, filepath.Join(path, rel))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", path, cause(err))
	}
	return files, nil
}

// replaceFile writes a file beside the old one and puts it in its place, so that a crash leaves one of the two whole.
func replaceFile(path string, text []byte) error {
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".luvat-fmt-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err = errors.Join(err, f.Chmod(mode), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
