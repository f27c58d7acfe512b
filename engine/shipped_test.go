package engine_test

import (
	"sync"
	"testing"

	"luvat/definitions"
)

var loadShipped = sync.OnceValues(func() (*definitions.Library, definitions.Diagnostics) {
	return definitions.Load(definitions.Embedded())
})

// shipped returns the definitions that are built into the program.
func shipped(t testing.TB) *definitions.Library {
	t.Helper()
	lib, found := loadShipped()
	if found.HasErrors() {
		t.Fatalf("the shipped definitions have errors: %+v", found[0])
	}
	return lib
}
