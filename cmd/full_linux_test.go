package cmd_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestFullDisk lets the disk of a running server fill up: what cannot be kept is refused with a page that says so, what was kept is
// shown, and when there is room again everything goes on without a restart.
func TestFullDisk(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=48m"); err != nil {
		t.Fatalf("a small disk cannot be mounted (%v); run the tests as root, as .ci/run does", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	h := newHarness(t, 0, filepath.Join(disk, "data"))
	h.start()
	defer h.kill()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{h: h, client: &http.Client{Jar: jar, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if err := v.login("citizen"); err != nil {
		t.Fatal(err)
	}
	before := acknowledged{summary: "Kyläjuhla ennen", document: "%PDF-1.7\n%%EOF\n"}
	if err := v.sendCase(&before); err != nil {
		t.Fatal(err)
	}
	ballast := fillUp(t, disk)
	answers := packed(map[string]any{"town": "853", "opens": "2030-08-15", "visitors": 300, "lasers": false, "private_land": false})
	refused := 0
	for i := range 40 { // the pages of the file that are free take some cases yet
		status, _, page, err := v.post("/fi/fete/start", url.Values{"a": {answers}, "title": {fmt.Sprintf("Juhla %d", i)}})
		if err != nil {
			t.Fatal(err)
		}
		if status == http.StatusSeeOther {
			continue
		}
		refused++
		if status != http.StatusInsufficientStorage || !strings.Contains(page, "tallennustila on täynnä") {
			t.Fatalf("a case on a full disk: %d\n%.3000s", status, page)
		}
	}
	if refused == 0 {
		t.Error("the disk was never full: the test tests nothing")
	}
	if status, _, page, err := v.do(http.MethodGet, "/fi/my", "", nil); err != nil || status != http.StatusOK || !strings.Contains(page, "Juhla ") {
		t.Errorf("the folder on a full disk: %d, %v", status, err)
	}
	err = v.upload("/fi/my/"+before.id, "%PDF-1.7\n"+strings.Repeat("x", 200_000))
	var answer *unexpected
	if !errors.As(err, &answer) || !strings.Contains(answer.page, "täynnä") {
		t.Errorf("a document on a full disk: %v", err)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	after := acknowledged{summary: "Kyläjuhla jälkeen", document: "%PDF-1.7\n" + strings.Repeat("y", 200_000)}
	if err := v.sendCase(&after); err != nil {
		t.Fatalf("with room again: %v", err)
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		h.mu.Lock()
		arrived := h.has(before) && h.has(after)
		h.mu.Unlock()
		if arrived {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("what was sent has not reached the police")
		}
	}
}

// fillUp takes all the room that is left on a disk and returns the file that has it.
func fillUp(t *testing.T, disk string) string {
	t.Helper()
	name := filepath.Join(disk, "ballast")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 64<<10); len(block) > 0; {
		if _, err := f.Write(block); err != nil {
			block = block[:len(block)/2]
		}
	}
	return name
}
