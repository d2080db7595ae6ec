// Package steps counts the steps that a piece of work takes, so that a test can
// say how its cost grows without a clock: a clock tells mostly how busy the
// machine is. A step is a statement that is executed. The counters are those of
// the test coverage, in a second build of the package under test.
package steps

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Counter counts for one test. The test is run once more for each count, in a
// process of its own, and does nothing there but the work that is counted.
type Counter struct {
	t      *testing.T
	binary string // the second build
	idle   int64  // the steps of a process that does no work
	calls  int    // pieces of work so far

	counted     bool // this is a process that counts
	which, size int  // the piece of work that it does
}

// environment tells a process that counts which piece of work it does, of which
// size.
const environment = "COACHFLOW_STEPS"

// New makes a counter that counts the steps of the test's own package, and of
// other packages that are given by their import paths. Tests that name the same
// packages and run at the same time share the second build. The test must be a
// function of its own, not one inside of another, and everything that is to be
// counted must be handed over in the same order whenever it runs.
func New(t *testing.T, others ...string) *Counter {
	t.Helper()
	c := &Counter{t: t}
	if given, is := os.LookupEnv(environment); is {
		c.counted = true
		if _, err := fmt.Sscan(given, &c.which, &c.size); err != nil {
			t.Fatalf("%s=%q: %v", environment, given, err)
		}
		if c.which == 0 {
			t.SkipNow()
		}
		return c
	}
	if strings.Contains(t.Name(), "/") {
		t.Fatal("steps are counted in a test function of its own")
	}
	c.binary = built(t, strings.Join(append([]string{"."}, others...), ","))
	c.idle = c.run(0, 0)
	return c
}

// Linear requires the steps of work to grow as its size does: work that is four
// times as large may take five times as many. Quadratic work takes sixteen times
// as many.
func (c *Counter) Linear(what string, size int, work func(size int)) {
	c.t.Helper()
	small, large := c.count(size, work), c.count(4*size, work)
	if c.counted {
		return
	}
	c.t.Logf("%.30q: %d steps, of four times the size %d", what, small, large)
	if !linear(small, large) {
		c.t.Errorf("the cost of %.60q is not linear: %d steps, of four times the size %d", what, small, large)
	}
}

func linear(small, large int64) bool { return small > 0 && large <= 5*small }

// AtMost requires work on an input of so many bytes to take at most so many steps
// for each of them, and a few thousand however short it is.
func (c *Counter) AtMost(perByte int64, what string, bytes int, work func()) {
	c.t.Helper()
	took := c.count(bytes, func(int) { work() })
	if c.counted {
		return
	}
	c.t.Logf("%.30q: %d steps for %d bytes", what, took, bytes)
	if most := perByte*int64(bytes) + 5000; took > most {
		c.t.Errorf("%.60q of %d bytes takes %d steps, more than %d", what, bytes, took, most)
	}
}

// count gives the steps of one piece of work. In a process that counts it does
// the work instead, where it is the one that was asked for.
func (c *Counter) count(size int, work func(size int)) int64 {
	c.t.Helper()
	c.calls++
	if !c.counted {
		return c.run(c.calls, size) - c.idle
	}
	if c.calls == c.which {
		work(c.size)
		c.t.SkipNow()
	}
	return 0
}

// run runs the test in a process that counts, and adds its counters up.
func (c *Counter) run(which, size int) int64 {
	c.t.Helper()
	profile := filepath.Join(c.t.TempDir(), "profile")
	test := exec.CommandContext(c.t.Context(), c.binary, "-test.run=^"+regexp.QuoteMeta(c.t.Name())+"$", "-test.coverprofile="+profile)
	test.Env = append(os.Environ(), fmt.Sprintf("%s=%d %d", environment, which, size))
	if out, err := test.CombinedOutput(); err != nil {
		c.t.Fatalf("count: %v\n%s", err, out)
	}
	sum, err := sumOf(profile)
	if err != nil {
		c.t.Fatalf("read counters: %v", err)
	}
	return sum
}

// sumOf adds up a coverage profile. Its lines are "file:from,to statements count",
// after one that names the mode.
func sumOf(profile string) (sum int64, err error) {
	file, err := os.Open(profile)
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close() }() // it was only read
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) != 3 {
			continue
		}
		statements, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%q: %w", lines.Text(), err)
		}
		count, err := strconv.ParseInt(fields[2], 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%q: %w", lines.Text(), err)
		}
		sum += statements * count
	}
	return sum, lines.Err()
}
