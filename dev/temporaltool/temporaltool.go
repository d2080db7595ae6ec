// Package temporaltool pins the version of Temporal's command line tool, whose
// dev server `coachflow dev` and the tests run.
//
// The pin is a module file of its own, so that the tool's several hundred
// dependencies stay out of go.mod. The same pin by hand, from the root of the
// repository: go tool -modfile=dev/temporaltool/tools.mod temporal
package temporaltool

import _ "embed"

// Package is the import path of the tool's main package.
const Package = "github.com/temporalio/cli/cmd/temporal"

// Mod is the go.mod of a module that needs nothing but the tool.
//
//go:embed tools.mod
var Mod []byte

// Sum is the go.sum that goes with Mod.
//
//go:embed tools.sum
var Sum []byte
