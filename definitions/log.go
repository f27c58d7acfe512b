package definitions

import (
	"fmt"
	"sync"
)

// log collects findings. A file with very many says so instead of filling the screen and the memory.
type log struct {
	mu      sync.Mutex
	list    Diagnostics
	by      map[string]int
	dropped map[string]int
	lost    map[string]bool // files of which a part could not be read
}

// maxFindings is how many findings of one file are kept.
const maxFindings = 200

func newLog() *log {
	return &log{by: map[string]int{}, dropped: map[string]int{}, lost: map[string]bool{}}
}

// full reports whether no more findings of a file are kept, so that they need not be worded; it counts one.
func (l *log) full(file string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by[file] < maxFindings {
		return false
	}
	l.dropped[file]++
	return true
}

func (l *log) add(d Diagnostic) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by[d.At.File] >= maxFindings {
		l.dropped[d.At.File]++
		return
	}
	l.by[d.At.File]++
	l.list = append(l.list, d)
}

// lose notes that a part of a file could not be read.
func (l *log) lose(file string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lost[file] = true
}

// hasLost reports whether a part of a file could not be read.
func (l *log) hasLost(file string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost[file]
}

// all returns the findings in order of place, with a note for each file that had too many.
func (l *log) all() Diagnostics {
	for file, n := range l.dropped {
		last := Position{File: file, Line: 1, Column: 1}
		for _, d := range l.list {
			if d.At.File == file && (d.At.Line > last.Line || d.At.Line == last.Line && d.At.Column > last.Column) {
				last = d.At
			}
		}
		last.End = 0
		l.list = append(l.list, Diagnostic{At: last, Severity: Note, Rule: "too-many", Message: fmt.Sprintf("%d more findings in this file are not shown", n),
			Suggestion: "mend the ones above first"})
	}
	for i := range l.list {
		l.list[i].lost = l.list[i].Severity == Error && l.lost[l.list[i].At.File]
	}
	l.list.Sort()
	return l.list
}
