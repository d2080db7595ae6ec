package dev

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A Postgres runs on this data directory, whose coachflow is gone: the next one
// takes the place at once. Somebody else's stays.
func TestDataDir_StopLeftovers(t *testing.T) {
	t.Parallel()
	first := freeBlock(t)
	data, err := OpenDataDir(reachableDir(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, data.Close()) })
	require.NoError(t, data.StopLeftovers(t.Context(), first), "there is nothing on a fresh one")
	other := startPostgres(t, PostgresConfig{Dir: reachableDir(t), Fast: true})
	left := startPostgres(t, PostgresConfig{Dir: data.Path, Port: first + 5, Fast: true})
	_, err = Block(first)
	requireSentence(t, err, "for Postgres, is in use")

	require.NoError(t, data.StopLeftovers(t.Context(), first))
	<-left.Done()
	_, err = Block(first)
	require.NoError(t, err)
	require.True(t, other.proc.running())
	require.Equal(t, "1", query(t, other.URL(), "SELECT '1'"))
}

// The process is dying: nothing is there to stop any more, but its port is not
// free yet.
func TestDataDir_StopLeftoversWaitsForThePorts(t *testing.T) {
	t.Parallel()
	first := freeBlock(t)
	listener, err := net.Listen("tcp", loopback(first+1))
	require.NoError(t, err)
	data, err := OpenDataDir(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, data.Close()) })
	require.NoError(t, data.StopLeftovers(t.Context(), first), "the last run ended in order: it is not waited for anything")
	_, err = Block(first)
	requireSentence(t, err, "for Temporal, is in use")

	require.NoError(t, os.WriteFile(filepath.Join(data.Path, "temporal.pid"), fmt.Append(nil, 1<<30), 0o600))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, data.StopLeftovers(ended, first), context.Canceled, "it waits")
	require.NoError(t, listener.Close())
	require.NoError(t, data.StopLeftovers(t.Context(), first))
	_, err = Block(first)
	require.NoError(t, err)
}
