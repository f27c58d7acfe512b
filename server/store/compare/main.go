// Command compare measures the store on this machine's disk: committed submissions a second against the disk's own fsync rate and against
// PostgreSQL, all in one run, as ratios, and how opening, reading, listing and claiming go with the number of cases. It prints the tables
// as markdown. It is a module of its own so that the program does not depend on a PostgreSQL client.
//
//	go run . [-dir a directory on the disk to measure] [-cases 1000,100000,1000000] [-rounds 5] [-postgres /usr/lib/postgresql/15/bin]
//
// PostgreSQL's programs must be installed; started as root, they run as the user postgres. The file of a million cases takes about 8 GB
// and some minutes.
package main

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	dir := flag.String("dir", os.TempDir(), "a directory on the disk to measure")
	cases := flag.String("cases", "1000,100000,1000000", "numbers of cases to measure with; empty leaves that table out")
	rounds := flag.Int("rounds", 5, "how often each throughput is measured; the median counts")
	programs := flag.String("postgres", "/usr/lib/postgresql/15/bin", "where initdb and postgres are")
	flag.Parse()

	work, err := os.MkdirTemp(*dir, "luvat-compare-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if *rounds > 0 {
		if err := throughput(work, *programs, *rounds); err != nil {
			return err
		}
	}
	var sizes []int
	for _, text := range strings.FieldsFunc(*cases, func(r rune) bool { return r == ',' }) {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return fmt.Errorf("-cases takes numbers separated by commas, not %q", text)
		}
		sizes = append(sizes, n)
	}
	if len(sizes) == 0 {
		return nil
	}
	return growth(work, sizes)
}
