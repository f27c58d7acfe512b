package definitions

import "testing"

// BenchmarkLoad reads all shipped definitions.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, found := Load(Embedded()); found.HasErrors() {
			b.Fatal(found)
		}
	}
}
