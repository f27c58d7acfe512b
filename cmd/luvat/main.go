// Command luvat reads definitions of permits and decides, asks, shows and serves what they say.
package main

import (
	"os"

	"luvat/cmd"
)

func main() {
	os.Exit(cmd.Run(os.Args[1:], cmd.System()))
}
