package dev

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"
)

func startTemporal(t *testing.T, cfg TemporalConfig) *Temporal {
	t.Helper()
	cfg.Progress = func(s string) { t.Log(s) }
	began := time.Now()
	s, err := StartTemporal(t.Context(), cfg)
	require.NoError(t, err)
	t.Logf("ready after %s", time.Since(began))
	t.Cleanup(func() { require.NoError(t, s.Stop(context.Background())) })
	return s
}

func dialTemporal(t *testing.T, s *Temporal) client.Client {
	t.Helper()
	c, err := client.DialContext(t.Context(), client.Options{HostPort: s.HostPort(), Namespace: s.cfg.Namespace})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// startWorkflow starts a workflow that no worker will ever take up.
func startWorkflow(t *testing.T, s *Temporal, id string) {
	t.Helper()
	options := client.StartWorkflowOptions{ID: id, TaskQueue: "nobody"}
	_, err := dialTemporal(t, s).ExecuteWorkflow(t.Context(), options, "Nothing")
	require.NoError(t, err)
}

func requireWorkflow(t *testing.T, s *Temporal, id string) {
	t.Helper()
	found, err := dialTemporal(t, s).DescribeWorkflowExecution(t.Context(), id, "")
	require.NoError(t, err)
	require.Equal(t, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, found.GetWorkflowExecutionInfo().GetStatus())
}

func customAttributes(t *testing.T, s *Temporal) map[string]enumspb.IndexedValueType {
	t.Helper()
	answer, err := dialTemporal(t, s).OperatorService().ListSearchAttributes(t.Context(),
		&operatorservice.ListSearchAttributesRequest{Namespace: s.cfg.Namespace})
	require.NoError(t, err)
	return answer.GetCustomAttributes()
}

func TestTemporal_KeepsProcessesOverStopAndPowerCut(t *testing.T) {
	t.Parallel()
	s := startTemporal(t, TemporalConfig{Dir: t.TempDir()})
	startWorkflow(t, s, "program/1")
	began := time.Now()
	require.NoError(t, s.Restart(t.Context()))
	t.Logf("restarted in %s", time.Since(began))
	requireWorkflow(t, s, "program/1")

	startWorkflow(t, s, "program/2")
	require.NoError(t, s.Kill())
	<-s.Done()
	require.NoError(t, s.Restart(t.Context()))
	requireWorkflow(t, s, "program/1")
	requireWorkflow(t, s, "program/2")
}

func TestTemporal_LearnsNewSearchAttributesOfAnOldDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cfg := TemporalConfig{Dir: dir, Namespace: "coaching", SearchAttributes: map[string]string{"CoachflowKind": "Keyword"}}
	s := startTemporal(t, cfg)
	require.Equal(t, enumspb.INDEXED_VALUE_TYPE_KEYWORD, customAttributes(t, s)["CoachflowKind"])
	require.NoError(t, s.Stop(t.Context()))

	cfg.SearchAttributes["CoachflowStage"] = "Keyword"
	again := startTemporal(t, cfg)
	require.Equal(t, enumspb.INDEXED_VALUE_TYPE_KEYWORD, customAttributes(t, again)["CoachflowKind"])
	require.Equal(t, enumspb.INDEXED_VALUE_TYPE_KEYWORD, customAttributes(t, again)["CoachflowStage"])
}

func TestTemporal_BeginsAgainAfterAFirstStartCutShort(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "temporal.db"), nil, 0o600))
	s := startTemporal(t, TemporalConfig{Dir: dir})
	startWorkflow(t, s, "program/1")
}

func TestTemporal_InMemoryKeepsNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := startTemporal(t, TemporalConfig{Dir: dir, InMemory: true})
	startWorkflow(t, s, "program/1")
	require.NoFileExists(t, filepath.Join(dir, "temporal.db"))
	require.NoError(t, s.Restart(t.Context()))
	_, err := dialTemporal(t, s).DescribeWorkflowExecution(t.Context(), "program/1", "")
	require.Error(t, err)
}

func TestTemporal_RefusesATakenPort(t *testing.T) {
	t.Parallel()
	_, err := StartTemporal(t.Context(), TemporalConfig{Dir: t.TempDir(), InMemory: true, UIPort: holdPort(t)})
	requireSentence(t, err, "Temporal cannot use port")
}

func TestTemporal_SaysWhyItDidNotStart(t *testing.T) {
	t.Parallel()
	cfg := TemporalConfig{Dir: t.TempDir(), SearchAttributes: map[string]string{"Broken": "NoSuchType"}}
	_, err := StartTemporal(t.Context(), cfg)
	requireSentence(t, err, "NoSuchType")
}

func TestVersionFits(t *testing.T) {
	t.Parallel()
	cases := map[string]bool{
		"temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)":     true,
		"temporal version 0.0.0-DEV (Server 1.29.1, UI 2.42.1)": true,
		"temporal version 3.0.0 (Server 2.0.0, UI 4.0.0)":       true,
		"temporal version 1.4.1 (Server 1.28.0, UI 2.39.0)":     false,
		"tctl version 1.18.0":                                   false,
		"":                                                      false,
	}
	for output, fits := range cases {
		require.Equal(t, fits, versionFits(output), output)
	}
}

func TestBuiltTemporal_WaitsForAnotherBuild(t *testing.T) {
	t.Parallel()
	lock, err := os.OpenFile(filepath.Join(t.TempDir(), "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	require.NoError(t, err)
	locked, err := tryLock(lock)
	require.NoError(t, err)
	require.True(t, locked)

	told := make(chan string, 1)
	done := make(chan error)
	go func() {
		unlock, err := waitLock(t.Context(), lock.Name(), func(s string) { told <- s })
		if err == nil {
			unlock()
		}
		done <- err
	}()
	require.Contains(t, <-told, "waiting for another coachflow")
	require.NoError(t, lock.Close())
	require.NoError(t, <-done)
}

func TestBuildTemporal_WithoutGo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := builtTemporal(t.Context(), t.TempDir(), func(string) {})
	requireSentence(t, err, "neither `temporal` nor `go`")
}
