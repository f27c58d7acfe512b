package content

import (
	"io"
	"slices"

	"github.com/gabriel-vasile/mimetype"
)

// Kind is a kind of document that may be added to a case. What a document is follows from its bytes, never from its name.
type Kind struct {
	Word string // as definitions write it in `accept`
	MIME string // as it is served
	Ext  string // with its dot
	Show bool   // browsers show it without running anything of it in our name
}

// Kinds lists what may be added at all: documents, drawings, tables and pictures; nothing that a browser or a system would execute.
var Kinds = []Kind{
	{"pdf", "application/pdf", ".pdf", true},
	{"png", "image/png", ".png", true},
	{"jpeg", "image/jpeg", ".jpg", true},
	{"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx", false},
	{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", false},
	{"odt", "application/vnd.oasis.opendocument.text", ".odt", false},
	{"ods", "application/vnd.oasis.opendocument.spreadsheet", ".ods", false},
	{"csv", "text/csv", ".csv", false},
	{"txt", "text/plain", ".txt", false},
	{"dwg", "image/vnd.dwg", ".dwg", false},
	{"tiff", "image/tiff", ".tiff", false},
}

// KindOf returns the kind that a word of definitions names.
func KindOf(word string) (Kind, bool) {
	i := slices.IndexFunc(Kinds, func(k Kind) bool { return k.Word == word })
	if i < 0 {
		return Kind{}, false
	}
	return Kinds[i], true
}

func words() []string {
	all := make([]string, len(Kinds))
	for i, k := range Kinds {
		all[i] = k.Word
	}
	return all
}

// A document of an office suite is an archive: what it is stands in the names of its first files.
func init() { mimetype.SetLimit(64 << 10) }

// detect tells the kind of a document by its first bytes, and whether it is among those accepted; none accepts every kind.
func detect(f io.ReadSeeker, accept []string) (Kind, bool, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return Kind{}, false, err
	}
	m, err := mimetype.DetectReader(f)
	if err != nil {
		return Kind{}, false, err
	}
	for _, k := range Kinds {
		if m.Is(k.MIME) {
			return k, len(accept) == 0 || slices.Contains(accept, k.Word), nil
		}
	}
	return Kind{}, false, nil
}
