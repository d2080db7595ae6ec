package main

import (
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestMetrics_OfEveryProcess reads the metrics of dev, serve and worker, each
// where it was told to show them.
func TestMetrics_OfEveryProcess(t *testing.T) {
	s, o := shared(t)
	forServe, forWorker := listening(t, s.config), listening(t, s.config)
	startChild(t, forServe, "serve")
	startChild(t, forWorker, "worker")
	for process, address := range map[string]string{"dev": o.Metrics, "serve": "http://" + forServe.MetricsAddr + "/metrics", "worker": "http://" + forWorker.MetricsAddr + "/metrics"} {
		o.eventually(20*time.Second, process+" has called Temporal", func() bool { return temporalCalls.MatchString(metricsAt(o, address)) })
		page := metricsAt(o, address)
		require.Regexp(t, `(?m)^coachflow_late_sends `, page, process)
		require.Regexp(t, `(?m)^go_goroutines `, page, process)
		require.Regexp(t, `(?m)^temporal_request_latency_seconds_bucket\{.*le="0.001"\}`, page, process+": buckets of milliseconds")
	}
	require.Regexp(t, `(?m)^temporal_worker_start_total\{.*task_queue="coachflow"`, metricsAt(o, o.Metrics), "dev works, too")
}

var temporalCalls = regexp.MustCompile(`(?m)^temporal_request_total\{.*operation="StartWorkflowExecution".*\} [1-9]`)

// metricsAt is empty for as long as nobody answers.
func metricsAt(o *outside, address string) string {
	answer, err := o.do(http.MethodGet, address, nil, nil)
	if err != nil || answer.Status != http.StatusOK {
		return ""
	}
	return string(answer.Body)
}

// TestMetrics_AreNotForEverybody looks where everybody comes in.
func TestMetrics_AreNotForEverybody(t *testing.T) {
	s, o := shared(t)
	forWorker := listening(t, s.config)
	forWorker.MetricsAddr = "" // the default: none
	startChild(t, forWorker, "worker")
	o.eventually(20*time.Second, "the worker answers", func() bool { return ready(o, forWorker.Listen) })
	for _, address := range []string{o.Web, "http://" + forWorker.Listen} {
		answer, err := o.do(http.MethodGet, address+"/metrics", nil, nil)
		require.NoError(t, err)
		require.Equal(t, http.StatusNotFound, answer.Status, address)
		require.NotContains(t, string(answer.Body), "go_goroutines")
	}
}
