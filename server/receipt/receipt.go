// Package receipt sets a document in type: what a customer keeps of a submission, on paper or in a folder. In go headings and rows,
// already in the reader's language; out comes a PDF whose text can be searched and copied, with bookmarks, page numbers and a language.
package receipt

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// Document is what is set.
type Document struct {
	Lang     string // fi, sv or en
	Title    string
	Lead     []string // paragraphs under the title
	Key      []Row    // the few facts that matter most, set large
	Sections []Section
	Foot     string           // at the foot of each page, before the page number
	Page     func(int) string // the page number in words: "Sivu 2"
	Made     time.Time
}

// Section is a heading with rows.
type Section struct {
	Title string
	Intro string
	Rows  []Row
}

// Row is a label and its value; a value may have several lines.
type Row struct{ Label, Value string }

// The measures of a page, in millimetres: A4 with margins that a hole punch leaves alone.
const (
	left, top, right, bottom = 25.0, 20.0, 20.0, 22.0
	width                    = 210 - left - right
	labelWidth               = 55.0
	gap                      = 4.0
)

// PDF sets the document.
func (d Document) PDF() ([]byte, error) {
	f := fpdf.New("P", "mm", "A4", "")
	f.SetMargins(left, top, right)
	f.SetAutoPageBreak(true, bottom)
	f.AddUTF8FontFromBytes("text", "", goregular.TTF)
	f.AddUTF8FontFromBytes("text", "B", gobold.TTF)
	f.SetTitle(clean(d.Title), true)
	f.SetLang(d.Lang)
	f.SetCreator("luvat", false)
	f.SetProducer("luvat", false)
	f.SetCreationDate(d.Made)
	f.SetModificationDate(d.Made)
	f.SetCatalogSort(true)
	f.SetFooterFunc(func() {
		f.SetY(-15)
		f.SetFont("text", "", 8.5)
		f.SetTextColor(90, 90, 90)
		f.CellFormat(width-30, 5, clean(d.Foot), "", 0, "L", false, 0, "")
		if d.Page != nil {
			f.CellFormat(30, 5, clean(d.Page(f.PageNo())), "", 0, "R", false, 0, "")
		}
	})
	f.AddPage()
	s := setter{f}
	s.title(d)
	for _, section := range d.Sections {
		s.section(section)
	}
	var out bytes.Buffer
	if err := f.Output(&out); err != nil {
		return nil, fmt.Errorf("the PDF cannot be made: %w", err)
	}
	return out.Bytes(), nil
}

type setter struct{ *fpdf.Fpdf }

func (s setter) font(style string, size float64) {
	s.SetFont("text", style, size)
	s.SetTextColor(33, 33, 33)
}

func (s setter) title(d Document) {
	s.font("B", 10)
	s.SetTextColor(0, 46, 122)
	s.MultiCell(width, 6, "luvat", "", "L", false)
	s.Ln(3)
	s.font("B", 20)
	s.MultiCell(width, 8.5, clean(d.Title), "", "L", false)
	s.Bookmark(clean(d.Title), 0, -1)
	s.Ln(2)
	s.font("", 11)
	for _, p := range d.Lead {
		s.MultiCell(width, 5.6, clean(p), "", "L", false)
		s.Ln(1.5)
	}
	for _, row := range d.Key {
		s.Ln(1)
		s.font("", 10)
		s.MultiCell(width, 5, clean(row.Label), "", "L", false)
		s.font("B", 14)
		s.MultiCell(width, 6.5, clean(row.Value), "", "L", false)
	}
}

func (s setter) section(section Section) {
	if _, height := s.GetPageSize(); s.GetY() > height-bottom-30 {
		s.AddPage() // a heading does not stand alone at the foot of a page
	}
	s.Ln(5)
	s.font("B", 13)
	s.MultiCell(width, 6.5, clean(section.Title), "", "L", false)
	s.Bookmark(clean(section.Title), 1, -1)
	s.SetDrawColor(200, 205, 208)
	s.Line(left, s.GetY()+0.8, left+width, s.GetY()+0.8)
	s.Ln(2.5)
	if section.Intro != "" {
		s.font("", 10)
		s.MultiCell(width, 5, clean(section.Intro), "", "L", false)
		s.Ln(1.5)
	}
	for _, row := range section.Rows {
		s.row(row)
	}
}

const lineHeight = 5.0

// row sets label and value beside each other, line by line, so that a value may run over a page's end.
func (s setter) row(row Row) {
	s.font("B", 10)
	labels := s.split(row.Label, labelWidth)
	s.font("", 10)
	values := s.split(row.Value, width-labelWidth-gap)
	_, height := s.GetPageSize()
	for i := range max(len(labels), len(values)) {
		if s.GetY()+lineHeight > height-bottom {
			s.AddPage()
		}
		if i < len(labels) {
			s.font("B", 10)
			s.SetX(left)
			s.CellFormat(labelWidth, lineHeight, labels[i], "", 0, "L", false, 0, "")
		}
		if i < len(values) {
			s.font("", 10)
			s.SetX(left + labelWidth + gap)
			s.CellFormat(width-labelWidth-gap, lineHeight, values[i], "", 0, "L", false, 0, "")
		}
		s.Ln(lineHeight)
	}
	s.Ln(1.5)
}

// split cuts a text into lines of a width; a word that is wider than a line is cut too.
func (s setter) split(text string, w float64) (lines []string) {
	const padding = 2.2 // a cell's own margins
	for _, paragraph := range strings.Split(clean(text), "\n") {
		line := ""
		for _, word := range strings.Fields(paragraph) {
			for s.GetStringWidth(word) > w-padding {
				if line != "" {
					lines, line = append(lines, line), ""
				}
				n := s.fitting(word, w-padding)
				lines, word = append(lines, word[:n]), word[n:]
			}
			switch {
			case line == "":
				line = word
			case s.GetStringWidth(line+" "+word) <= w-padding:
				line += " " + word
			default:
				lines, line = append(lines, line), word
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// fitting returns how many bytes of a word fit on a line, at least one character.
func (s setter) fitting(word string, w float64) int {
	fits := 0
	for i := range word {
		if i > 0 && s.GetStringWidth(word[:i]) > w {
			break
		}
		fits = i
	}
	if fits == 0 {
		for i := range word {
			if i > 0 {
				return i
			}
		}
		return len(word)
	}
	return fits
}

// clean makes a text one that the fonts can set: no control characters, none beyond the basic plane, and the dashes and spaces that
// the fonts lack as those they have.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t' || r == '\u00a0' || r == '\u202f' || r == '\u2009':
			return ' '
		case r == '\u2011':
			return '-'
		case r < ' ' || r == 0x7f || r == '\u00ad' || r >= '\u200b' && r <= '\u200f' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069':
			return -1
		case r > 0xffff:
			return '\ufffd'
		}
		return r
	}, strings.ToValidUTF8(strings.ReplaceAll(text, "\r\n", "\n"), "\ufffd"))
}
