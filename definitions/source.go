package definitions

// Source is the text of a file, kept so that findings can show the line.
type Source struct {
	Path  string
	Text  []byte
	Lines []string
}
