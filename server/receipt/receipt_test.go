package receipt_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"luvat/server/receipt"
)

func document(rows int) receipt.Document {
	d := receipt.Document{Lang: "fi", Title: "Vastaanottokuittaus", Lead: []string{"Kesäfestivaali 2027 on lähetetty viranomaisille."},
		Key:  []receipt.Row{{Label: "Viitenumero", Value: "LV-2027-7K4M9Q"}},
		Foot: "LV-2027-7K4M9Q", Page: func(n int) string { return fmt.Sprintf("Sivu %d", n) }, Made: time.Date(2027, 6, 1, 9, 0, 0, 0, time.UTC)}
	s := receipt.Section{Title: "Asiat", Intro: "Mitä lähetettiin ja kenelle"}
	for i := range rows {
		s.Rows = append(s.Rows, receipt.Row{Label: fmt.Sprintf("Ilmoitus %d – yleisötilaisuus", i+1),
			Value: "Lounais-Suomen poliisilaitos, Sámi Áŋŋel Šćepanović\n" + strings.Repeat("pitkäsana", 20)})
	}
	d.Sections = append(d.Sections, s)
	return d
}

func TestTheSameDocumentGivesTheSameBytes(t *testing.T) {
	a, err := document(3).PDF()
	if err != nil {
		t.Fatal(err)
	}
	b, err := document(3).PDF()
	if err != nil || !bytes.Equal(a, b) {
		t.Errorf("two runs differ (%v)", err)
	}
	if !bytes.HasPrefix(a, []byte("%PDF-")) || !bytes.HasSuffix(bytes.TrimSpace(a), []byte("%%EOF")) {
		t.Error("that is no PDF")
	}
}

// What a reader of the PDF gets is asked of a program that reads PDFs for a living: poppler's pdftotext.
func TestTheTextCanBeReadBack(t *testing.T) {
	pdf, err := document(40).PDF()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "receipt.pdf")
	if err := os.WriteFile(name, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", name, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext (Debian package poppler-utils, installed by .ci/tools): %v\n%s", err, out)
	}
	text := string(out)
	for _, want := range []string{"Vastaanottokuittaus", "LV-2027-7K4M9Q", "Kesäfestivaali 2027 on lähetetty", "Ilmoitus 40 –", "Sámi Áŋŋel Šćepanović", "Sivu 1", "Sivu 4", "Mitä lähetettiin ja kenelle"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the text:\n%.800s", want, text)
		}
	}
	text = regexp.MustCompile(`LV-2027-7K4M9Q +Sivu [0-9]+`).ReplaceAllString(text, "") // a word may run over the end of a page
	if n := strings.Count(strings.Join(strings.Fields(text), ""), "pitkäsana"); n != 40*20 {
		t.Errorf("a long word is %d times in the text; want %d", n, 40*20)
	}
}

func TestWhatFontsCannotSetDoesNoHarm(t *testing.T) {
	d := document(1)
	d.Title = "a\x00\u202eb\tc 🎪 \xff"
	d.Sections = append(d.Sections, receipt.Section{}, receipt.Section{Title: strings.Repeat("W", 500), Rows: []receipt.Row{{}, {Value: "\n\n"}}})
	if _, err := d.PDF(); err != nil {
		t.Error(err)
	}
}
