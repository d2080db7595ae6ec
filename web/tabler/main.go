// Command tabler cuts Tabler's stylesheet down to what the pages use. It reads
// tabler.min.css, which is vendored whole, and the code of the pages, and writes
// web/static/tabler.css. Run it in the root of the project:
//
//	go run ./web/tabler
package main

import (
	"fmt"
	"os"
)

// Where the files are, from the root of the project.
const (
	whole = "web/tabler/tabler.min.css"
	cut   = "web/static/tabler.css"
	pages = "web"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "tabler:", err)
		os.Exit(1)
	}
}

func run() error {
	small, err := generate(".")
	if err != nil {
		return err
	}
	return os.WriteFile(cut, small, 0o644) //nolint:gosec // it is part of the source
}
