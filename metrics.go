package main

import (
	"fmt"
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/opentelemetry"

	"coachflow/api"
)

// newMetrics makes the registry of a process, with what Go and the system tell
// of it.
func newMetrics() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return registry
}

// latencyBounds are the buckets of Temporal's latencies, in seconds: from a task
// on a quiet machine to a long poll.
var latencyBounds = []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300}

// temporalMetrics lets Temporal's SDK write its metrics (temporal_…) into the
// registry.
func temporalMetrics(registry *prometheus.Registry, log *slog.Logger) (client.MetricsHandler, error) {
	exporter, err := otelprometheus.New(otelprometheus.WithRegisterer(registry), otelprometheus.WithoutScopeInfo(), otelprometheus.WithoutTargetInfo())
	if err != nil {
		return nil, fmt.Errorf("export metrics of Temporal's SDK: %w", err)
	}
	latencies := metric.NewView(metric.Instrument{Kind: metric.InstrumentKindHistogram},
		metric.Stream{Aggregation: metric.AggregationExplicitBucketHistogram{Boundaries: latencyBounds}})
	meter := metric.NewMeterProvider(metric.WithReader(exporter), metric.WithView(latencies)).Meter("temporal-sdk-go")
	return opentelemetry.NewMetricsHandler(opentelemetry.MetricsHandlerOptions{
		Meter: meter, UseMonotonicCounters: true,
		OnError: func(err error) { log.Warn("a metric of Temporal's SDK is missing", "error", err) },
	}), nil
}

// metricsHandler answers /metrics on METRICS_ADDR, and nothing else.
func (p *parts) metricsHandler() http.Handler {
	return api.Metrics(promhttp.HandlerFor(p.metrics, promhttp.HandlerOpts{Registry: p.metrics}))
}
