package content_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"luvat/server/content"
)

const pdf = "%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

func open(t *testing.T, scan content.Scanner) (*content.Store, string) {
	t.Helper()
	dir := t.TempDir()
	s, err := content.Open(dir, scan)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, dir
}

// files lists what is in a folder of documents.
func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// office makes the beginning of a document of an office suite.
func office(t *testing.T, names ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("<x/>")); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestADocumentComesBackAsItWent(t *testing.T) {
	s, dir := open(t, nil)
	for range 2 { // the same document twice is one document
		f, err := s.Put(t.Context(), iotest.OneByteReader(strings.NewReader(pdf)), []string{"pdf", "png"})
		if err != nil {
			t.Fatal(err)
		}
		if f.Kind.Word != "pdf" || f.Size != int64(len(pdf)) || len(f.Sum) != 64 {
			t.Errorf("%+v", f)
		}
		r, err := s.Get(f.Sum)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if string(text) != pdf || err != nil {
			t.Errorf("%q, %v", text, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	if got := files(t, dir); len(got) != 1 {
		t.Errorf("kept: %v", got)
	}
}

func TestWhatADocumentIsFollowsFromItsContent(t *testing.T) {
	for word, text := range map[string]string{
		"pdf":  pdf,
		"png":  "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
		"jpeg": "\xff\xd8\xff\xe0\x00\x10JFIF\x00",
		"docx": office(t, "[Content_Types].xml", "_rels/.rels", "word/document.xml"),
		"xlsx": office(t, "[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"),
		"csv":  "nimi;määrä\nteltta;3\nlava;1\n",
		"txt":  "Tapahtuman kuvaus\n\nOhjelma alkaa kello 12.",
		"tiff": "II*\x00\x08\x00\x00\x00",
		"":     "<!doctype html><script>alert(1)</script>",
	} {
		s, dir := open(t, nil)
		f, err := s.Put(t.Context(), strings.NewReader(text), nil)
		var wrong *content.KindError
		if word == "" {
			if !errors.As(err, &wrong) || len(files(t, dir)) != 0 {
				t.Errorf("a page of HTML: %v, kept %v", err, files(t, dir))
			}
			continue
		}
		if err != nil && word != "csv" || err == nil && f.Kind.Word != word && word != "csv" {
			t.Errorf("%s: %+v, %v", word, f.Kind, err)
		}
		if word == "csv" && (err != nil || f.Kind.Word != "csv" && f.Kind.Word != "txt") {
			t.Errorf("csv: %+v, %v", f.Kind, err) // with semicolons it is as good as text
		}
	}
}

func TestWhatIsRefusedLeavesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		text   io.Reader
		accept []string
		want   string
	}{
		"another kind": {strings.NewReader(pdf), []string{"png", "jpeg"}, "the document is a pdf file; accepted are png, jpeg"},
		"a program":    {strings.NewReader("\x7fELF\x02\x01\x01"), []string{"pdf"}, "the document is of no known kind; accepted are pdf"},
		"a picture with scripts": {strings.NewReader(`<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>`), []string{"png"},
			"the document is of no known kind; accepted are png"},
		"empty":     {strings.NewReader(""), nil, "the document is empty"},
		"cut off":   {io.MultiReader(strings.NewReader(pdf), iotest.ErrReader(io.ErrUnexpectedEOF)), nil, "the document did not arrive whole: unexpected EOF"},
		"too large": {io.LimitReader(endless(' '), content.Limit+1), nil, "the document is larger than 100 MB"},
	} {
		s, dir := open(t, nil)
		_, err := s.Put(t.Context(), c.text, c.accept)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: %v", name, err)
		}
		if got := files(t, dir); len(got) != 0 {
			t.Errorf("%s: kept %v", name, got)
		}
	}
}

type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

func TestADocumentOfTheGreatestSizeIsTaken(t *testing.T) {
	s, _ := open(t, nil)
	f, err := s.Put(t.Context(), io.MultiReader(strings.NewReader(pdf), io.LimitReader(endless(' '), content.Limit-int64(len(pdf)))), nil)
	if err != nil || f.Size != content.Limit {
		t.Errorf("%d bytes, %v", f.Size, err)
	}
}

func TestOnlyNamesOfDocumentsOpen(t *testing.T) {
	s, _ := open(t, nil)
	for _, sum := range []string{"", "../../etc/passwd", strings.Repeat("0", 64), strings.Repeat("A", 64), "incoming/x"} {
		if f, err := s.Get(sum); !errors.Is(err, content.ErrNotFound) {
			t.Errorf("%q: %v, %v", sum, f, err)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	s, dir := open(t, nil)
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			if _, err := s.Put(t.Context(), strings.NewReader(pdf+fmt.Sprint(i%4)), nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := files(t, dir); len(got) != 4 {
		t.Errorf("kept: %v", got)
	}
}

func TestSweepRemovesWhatNoCaseNames(t *testing.T) {
	s, dir := open(t, nil)
	kept, err := s.Put(t.Context(), strings.NewReader(pdf), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(t.Context(), strings.NewReader(pdf+"2"), nil); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "incoming", "half"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	used := func(sum string) (bool, error) { return sum == kept.Sum, nil }
	if n, err := s.Sweep(time.Now().Add(-time.Hour), used); n != 0 || err != nil {
		t.Errorf("young documents: %d removed, %v", n, err)
	}
	if n, err := s.Sweep(time.Now().Add(time.Hour), used); n != 2 || err != nil || len(files(t, dir)) != 1 {
		t.Errorf("%d removed, %v; kept %v", n, err, files(t, dir))
	}
}

// clamd answers like the daemon does to zINSTREAM. It finds EICAR, and refuses streams of more than 1 MB.
func clamd(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go answer(conn)
		}
	}()
	return l.Addr().String()
}

func answer(conn net.Conn) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	if command, err := r.ReadString(0); command != "zINSTREAM\x00" || err != nil {
		_, _ = conn.Write([]byte("UNKNOWN COMMAND\x00"))
		return
	}
	var got bytes.Buffer
	for {
		var head [4]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return
		}
		n := binary.BigEndian.Uint32(head[:])
		if n == 0 {
			break
		}
		if _, err := io.CopyN(&got, r, int64(n)); err != nil {
			return
		}
		if got.Len() > 1<<20 {
			_, _ = conn.Write([]byte("INSTREAM size limit exceeded. ERROR\x00"))
			return
		}
	}
	if strings.Contains(got.String(), "EICAR-STANDARD-ANTIVIRUS-TEST-FILE") {
		_, _ = conn.Write([]byte("stream: Eicar-Test-Signature FOUND\x00"))
		return
	}
	_, _ = conn.Write([]byte("stream: OK\x00"))
}

func TestScanner(t *testing.T) {
	scan, err := content.ParseClamd(clamd(t))
	if err != nil {
		t.Fatal(err)
	}
	s, dir := open(t, scan)
	if _, err := s.Put(t.Context(), strings.NewReader(pdf), nil); err != nil {
		t.Errorf("a clean document: %v", err)
	}
	var infected *content.InfectedError
	_, err = s.Put(t.Context(), strings.NewReader(pdf+"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"), nil)
	if !errors.As(err, &infected) || infected.Found != "Eicar-Test-Signature" {
		t.Errorf("an infected document: %v", err)
	}
	if _, err := s.Put(t.Context(), strings.NewReader(pdf+strings.Repeat("x", 2<<20)), nil); !errors.Is(err, content.ErrScanner) {
		t.Errorf("beyond the daemon's limit: %v", err)
	}
	if got := files(t, dir); len(got) != 1 {
		t.Errorf("kept: %v", got)
	}
}

func TestAScannerThatIsAwayOrSilent(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for _, address := range []string{"127.0.0.1:1", silent.Addr().String()} {
		s, dir := open(t, &content.Clamd{Network: "tcp", Address: address, Timeout: 50 * time.Millisecond})
		if _, err := s.Put(context.Background(), strings.NewReader(pdf), nil); !errors.Is(err, content.ErrScanner) || len(files(t, dir)) != 0 {
			t.Errorf("%s: %v, kept %v", address, err, files(t, dir))
		}
	}
	if _, err := content.ParseClamd("somewhere"); err == nil {
		t.Error("an address without a port was taken")
	}
}
