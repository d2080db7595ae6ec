package dev

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

// requireSentence checks that err is a *SetupError whose sentence has part in it.
func requireSentence(t *testing.T, err error, part string) {
	t.Helper()
	var setup *SetupError
	require.ErrorAs(t, err, &setup)
	require.Contains(t, setup.Sentence, part)
	require.NotContains(t, setup.Sentence, "\n")
}

// holdPort listens on a port of 127.0.0.1 until the test ends.
func holdPort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, listener.Close()) })
	return listener.Addr().(*net.TCPAddr).Port
}

func TestBlock(t *testing.T) {
	t.Parallel()
	first := freeBlock(t)
	ports, err := Block(first)
	require.NoError(t, err)
	require.Equal(t, Ports{
		Web: first, Temporal: first + 1, TemporalUI: first + 2, SMTP: first + 3,
		IMAP: first + 4, Postgres: first + 5, TemporalHTTP: first + 6, TemporalMetrics: first + 7, Metrics: first + 8,
	}, ports)
}

// freeBlock finds a place where a whole block is free.
func freeBlock(t *testing.T) int {
	t.Helper()
	for range 100 {
		ports, err := FreePorts(1)
		require.NoError(t, err)
		if _, err := firstTaken(ports[0]); err == nil {
			return ports[0]
		}
	}
	t.Fatal("no free block of ports")
	return 0
}

func TestBlock_NamesThePortThatIsTaken(t *testing.T) {
	t.Parallel()
	first := freeBlock(t)
	listener, err := net.Listen("tcp", loopback(first+3))
	require.NoError(t, err)
	defer func() { require.NoError(t, listener.Close()) }()
	_, err = Block(first)
	requireSentence(t, err, "for SMTP, is in use")
	requireSentence(t, err, "--port ")
}

func TestBlock_OutOfRange(t *testing.T) {
	t.Parallel()
	for _, first := range []int{-1, 0, 65535, 65528, 1 << 40} {
		_, err := Block(first)
		requireSentence(t, err, "--port must lie between 1 and 65527")
	}
}

func TestFreePorts(t *testing.T) {
	t.Parallel()
	ports, err := FreePorts(50)
	require.NoError(t, err)
	seen := make(map[int]bool)
	for _, port := range ports {
		require.False(t, seen[port])
		seen[port] = true
		require.NoError(t, probePort(port))
	}
	none, err := FreePorts(0)
	require.NoError(t, err)
	require.Empty(t, none)
}
