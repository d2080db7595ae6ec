package main

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"coachflow/api"
)

// newMetrics makes the registry of a process, with what Go and the system tell
// of it.
func newMetrics() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return registry
}

// metricsHandler answers /metrics on METRICS_ADDR, and nothing else.
func (p *parts) metricsHandler() http.Handler {
	return api.Metrics(promhttp.HandlerFor(p.metrics, promhttp.HandlerOpts{Registry: p.metrics}))
}
