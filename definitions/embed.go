package definitions

import "embed"

//go:embed bundles overlays shared
var embedded embed.FS

// Embedded is the root of the definitions that come with the program.
func Embedded() Root { return Root{Name: "definitions", FS: embedded} }
