//go:build unix

package definitions

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestPipe holds that only ordinary files are opened: reading a pipe would wait for ever.
func TestPipe(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.yaml"), []byte(head), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "x.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, found := Load(DirRoot(dir))
	if got := told(found); !strings.Contains(got, "x.yaml:1:1-0 error unreadable-file: this is not an ordinary file") {
		t.Errorf("got %s", got)
	}
}
