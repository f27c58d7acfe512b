// Command generate writes the Go form of the generated permits that package bench measures against. Run it by `go generate` in
// engine/bench; the result is the same each time.
package main

import (
	"fmt"
	"os"

	"luvat/engine/bench/permit"
)

func main() {
	source, err := permit.New().Go()
	if err == nil {
		err = os.WriteFile("permits_generated.go", source, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
