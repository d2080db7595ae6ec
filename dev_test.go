package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"coachflow/dev"
)

// TestRestart stops the system in the middle of a program and starts it again
// on the same data.
func TestRestart(t *testing.T) {
	dir, port := systemDir(t), freeBlock(t)
	first, o := startedOnce(t, dir, port)
	c := gather(o, "restart", 1, 2)
	c.start()
	earlier := o.waitMail(c.members[0].email, "Step 1:")
	require.NoError(t, first.stop())
	_, err := o.do(http.MethodGet, o.Web+"/healthz", nil, nil)
	require.ErrorIs(t, err, syscall.ECONNREFUSED, "it has stopped")

	began := time.Now()
	_, again := startSystem(t, devOptions{Data: dir, Port: port})
	t.Logf("second start: %s", time.Since(began).Round(10*time.Millisecond))
	require.Equal(t, o.devInfo, again.devInfo, "the same addresses, keys and logins")

	c.outside = again
	stand, err := c.answer(earlier.link(), said(c.members[0], 1))
	require.NoError(t, err)
	require.Equal(t, taken, stand, "the running program took the answer")
	stand, err = c.answer(again.waitMail(c.members[0].email, "Step 2:").link(), said(c.members[0], 2))
	require.NoError(t, err)
	require.Equal(t, taken, stand)
	require.Zero(t, c.check(10*time.Second))
}

// startedOnce is startSystem without the end.
func startedOnce(t *testing.T, dir string, port int) (*devStack, *outside) {
	t.Helper()
	began := time.Now()
	s, err := startDev(t.Context(), devOptions{Data: dir, Port: port, Progress: progress})
	require.NoError(t, err)
	t.Logf("first start: %s", time.Since(began).Round(10*time.Millisecond))
	return s, look(t, dir)
}

// TestKill9_DevStartsAgainAtOnce kills dev and starts it again before its servers
// have ended, which give their ports free only then.
func TestKill9_DevStartsAgainAtOnce(t *testing.T) {
	data, port := filepath.Join(systemDir(t), "data"), freeBlock(t)
	for range 4 {
		runDev(t, data, port).kill()
	}
	runDev(t, data, port).terminate()
}

// runDev runs dev as a process of its own, until it is ready.
func runDev(t *testing.T, data string, port int) *child {
	t.Helper()
	o := &outside{TB: t, client: http.DefaultClient}
	p := startProgram(t, os.Environ(), "dev", "--data", data, "--port", strconv.Itoa(port))
	for !ready(o, "127.0.0.1:"+strconv.Itoa(port)) {
		select {
		case <-p.done:
			t.Fatalf("dev does not start: %s", p.said.String())
		case <-time.After(50 * time.Millisecond):
		}
	}
	return p
}

// TestDev_TwoAtOnce runs a second system beside the shared one.
func TestDev_TwoAtOnce(t *testing.T) {
	_, one := shared(t)
	_, two := startSystem(t, devOptions{Fast: true})
	require.NotEqual(t, one.Web, two.Web)
	require.NotEqual(t, one.APIKey, two.APIKey)
	require.NotEqual(t, one.ToClient, two.ToClient)
	require.Equal(t, http.StatusUnauthorized, two.call(one.APIKey, http.MethodGet, "/engagements", nil).Status)

	two.send(two.CoachEmail, two.ToClient, plainMail(two.CoachEmail, two.ToClient, "Only in the second", "Here."))
	two.waitMail(two.ClientEmail, "Only in the second")
	require.Empty(t, one.mails(one.ClientEmail, "Only in the second"))
}

// TestDev_SaysWhyItCannotStart holds the sentences for who can do something
// about it: one each, with what to do.
func TestDev_SaysWhyItCannotStart(t *testing.T) {
	s, _ := shared(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, taken.Close()) }()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	number, err := strconv.Atoi(port)
	require.NoError(t, err)

	says(t, devOptions{Data: systemDir(t), Port: number}, "Port "+port, "--port")
	says(t, devOptions{Data: s.data.Path, Port: freeBlock(t)}, "in use", "--data")
	says(t, devOptions{Data: systemDir(t), Port: 65535}, "--port")
	file := filepath.Join(systemDir(t), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	says(t, devOptions{Data: filepath.Join(file, "data"), Port: freeBlock(t)}, "cannot be used", "--data")
	if os.Geteuid() == 0 {
		return // root can write everywhere
	}
	locked := filepath.Join(systemDir(t), "locked")
	require.NoError(t, os.Mkdir(locked, 0o500))
	says(t, devOptions{Data: filepath.Join(locked, "data"), Port: freeBlock(t)}, "cannot be used", "--data")
}

// says tries to start, and reads what the terminal would show.
func says(t *testing.T, o devOptions, words ...string) {
	t.Helper()
	_, err := startDev(context.Background(), o)
	var setup *dev.SetupError
	require.True(t, errors.As(err, &setup), "%v", err)
	sentence := explain(err)
	require.Equal(t, setup.Sentence, sentence)
	require.NotContains(t, sentence, "\n")
	require.True(t, strings.HasSuffix(sentence, "."), sentence)
	for _, word := range words {
		require.Contains(t, sentence, word)
	}
}
