// Package readers reads calendars with readers that are not ours, for tests.
package readers

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

//go:embed readers.py
var script string

// The readers, each with what Python must be able to do for it.
var (
	Python  = Reader{"python", "import icalendar, pytz"}
	Libical = Reader{"libical", "import ctypes; ctypes.CDLL('libical.so.3')"}
)

// Reader is one of the readers.
type Reader struct{ name, needs string }

// Read has calendars read; readers.py says how what it gives looks. Where the reader is not
// installed, the test is skipped.
func (r Reader) Read(t *testing.T, calendars []string, into any) {
	t.Helper()
	python := ""
	for _, name := range []string{"/usr/bin/python3", "python3"} { // the packages are the system's
		if exec.CommandContext(t.Context(), name, "-c", r.needs).Run() == nil {
			python = name
			break
		}
	}
	if python == "" {
		t.Skipf("SKIPPED: no Python with %q; install python3-icalendar and libical3", r.needs)
	}
	in, err := json.Marshal(calendars)
	require.NoError(t, err)
	command := exec.CommandContext(t.Context(), python, "-c", script, r.name)
	command.Stdin = bytes.NewReader(in)
	var faults strings.Builder
	command.Stderr = &faults
	out, err := command.Output()
	require.NoError(t, err, faults.String())
	require.NoError(t, json.Unmarshal(out, into))
}
