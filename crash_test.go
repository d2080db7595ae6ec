package main

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/dev"
)

// TestKill9_Worker kills the worker again and again while very much is under
// way. In the end everybody got everything once. COACHFLOW_KILLS asks for more
// kills, with programs that are longer by as much:
//
//	COACHFLOW_KILLS=200 go test -run TestKill9 -timeout 60m -v .
func TestKill9_Worker(t *testing.T) {
	s, o := startSystem(t, devOptions{Fast: true, NoWorker: true})
	const members, answersAKill = 50, 16 // at most
	kills := wantedKills(t)
	steps := max(4, kills*answersAKill/2/members)
	c := gather(o, "crash", members, steps)
	worker := startWorker(t, s)
	began := time.Now()
	c.start()
	worked := make(chan error, 1)
	go func() { worked <- c.work(4 * time.Minute) }()

	random := rand.New(rand.NewPCG(20, 26))
	for range kills {
		// Some answers later, or none: then it is killed while it starts.
		goal := min(c.answered()+random.IntN(answersAKill), members*steps)
		c.eventually(2*time.Minute, "some more have answered", func() bool { return c.answered() >= goal })
		worker.kill()
		worker = startWorker(t, s)
	}
	require.NoError(t, <-worked)
	duplicates := c.check(2 * time.Minute)
	t.Logf("%d engagements of %d forms, the worker killed %d times: done in %s; answers: %v; %d hand-overs repeated and dropped by the mail server",
		members, steps, kills, time.Since(began).Round(100*time.Millisecond), c.stands, duplicates)
	t.Logf("%d mails arrived of which the killed worker did not live to hear", c.unheard)
	t.Logf("the last worker stopped within %s of SIGTERM", worker.terminate().Round(time.Millisecond))
}

// wantedKills is how often the worker is killed.
func wantedKills(t *testing.T) int {
	t.Helper()
	wanted := os.Getenv("COACHFLOW_KILLS")
	if wanted == "" {
		return 15
	}
	kills, err := strconv.Atoi(wanted)
	require.NoError(t, err, "COACHFLOW_KILLS")
	return kills
}

// startWorker runs `coachflow worker` beside a system that has none.
func startWorker(t testing.TB, s *devStack) *child {
	t.Helper()
	return startChild(t, listening(t, s.config), "worker")
}

// listening is a configuration with addresses of its own to listen on.
func listening(t testing.TB, c config) config {
	t.Helper()
	ports, err := dev.FreePorts(2)
	require.NoError(t, err)
	c.Listen, c.MetricsAddr = "127.0.0.1:"+strconv.Itoa(ports[0]), "127.0.0.1:"+strconv.Itoa(ports[1])
	return c
}
