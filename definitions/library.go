package definitions

import "io/fs"

// Library is everything that was read: the bundles in all their versions and what they share.
type Library struct {
	Bundles []*Bundle // by id, then by From
	Shared  *Shared
	Sources map[string]*Source // by path, for showing source lines

	roots   []Root
	origins []origin
}

// Root is one folder of definitions. Later roots add to earlier ones: a bundle of the same id and version replaces the earlier root's.
type Root struct {
	Name string // prefix of the paths in positions; "" for none
	FS   fs.FS
	// Only names the files to read as bundles; empty reads bundles/, overlays/ and shared/, or, when the root itself
	// has a file with the key `bundle`, the whole root as one bundle.
	Only []string
}

// InForce returns the version of a bundle that governs a case handled on a day, nil when there is none.
func (l *Library) InForce(id string, on Date) *Bundle {
	var best *Bundle
	for _, b := range l.Bundles {
		if b.ID == id && (b.From == NoDate || b.From <= on) && (b.Until == NoDate || on <= b.Until) && (best == nil || b.From > best.From) {
			best = b
		}
	}
	return best
}
