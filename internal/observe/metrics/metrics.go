package metrics

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"google.golang.org/grpc/codes"

	"milepost.dev/eventstore"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/observe/logs"
)

// Metrics are those of one server. Its methods may be called by any goroutine.
type Metrics struct {
	registry *prometheus.Registry
	clock    clock.Clock

	calls    *prometheus.CounterVec
	callTime *prometheus.HistogramVec
	refusals *prometheus.CounterVec

	commitRecords, commitRequests, commitTime prometheus.Histogram
	appendBytes, appendTime                   prometheus.Histogram
	unclear                                   prometheus.Counter
}

// Build says what the program was built from.
type Build struct{ Version, Commit, Go string }

// New makes metrics that have counted nothing yet. Each time that they are read they ask state for the gauges. The clock
// measures how long a commit takes.
func New(b Build, c clock.Clock, state func() State) *Metrics {
	seconds := prometheus.ExponentialBuckets(0.0001, 2.5, 13) // 0.1 ms to 6 s
	m := &Metrics{
		registry: prometheus.NewRegistry(), clock: c,
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "milepost_calls_total", Help: "Calls that have ended, streams among them.",
		}, []string{"method", "code"}),
		callTime: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "milepost_call_seconds", Help: "How long a call took that is no stream.", Buckets: seconds,
		}, []string{"method"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "milepost_refusals_total", Help: "Calls that did not succeed, by the rule that was broken.",
		}, []string{"rule"}),
		commitRecords: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "milepost_commit_records", Help: "Events in a commit.", Buckets: prometheus.ExponentialBuckets(1, 4, 8),
		}),
		commitRequests: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "milepost_commit_requests", Help: "Requests that became durable together, with one flush.", Buckets: prometheus.ExponentialBuckets(1, 4, 8),
		}),
		commitTime: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "milepost_commit_seconds", Help: "How long a commit took from its first byte until it was durable.", Buckets: seconds,
		}),
		appendBytes: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "milepost_append_bytes", Help: "Bytes of a commit as it was handed to the store.", Buckets: prometheus.ExponentialBuckets(256, 4, 8),
		}),
		appendTime: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "milepost_append_seconds", Help: "How long the store took to make a commit durable, its flush to the disk included.", Buckets: seconds,
		}),
		unclear: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "milepost_appends_unclear_total", Help: "Appends that got no clear answer from the store.",
		}),
	}
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "milepost_build_info", Help: "1, with what the program was built from.",
	}, []string{"version", "commit", "go"})
	build.WithLabelValues(b.Version, b.Commit, b.Go).Set(1)
	m.registry.MustRegister(
		build, m.calls, m.callTime, m.refusals, m.commitRecords, m.commitRequests, m.commitTime, m.appendBytes, m.appendTime, m.unclear,
		newStateCollector(state), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 8, Timeout: 10 * time.Second})
}

// Gatherer is what is served, for a test that compares it with the page.
func (m *Metrics) Gatherer() prometheus.Gatherer { return m.registry }

// Ended counts a call that has ended.
func (m *Metrics) Ended(c logs.Call) {
	method := strings.TrimPrefix(c.Method, "/")
	m.calls.WithLabelValues(method, c.Code.String()).Inc()
	if !c.Stream {
		m.callTime.WithLabelValues(method).Observe(c.Duration.Seconds())
	}
	if c.Code == codes.OK || c.Code == codes.Canceled {
		return
	}
	rule := c.Rule
	if rule == "" {
		rule = "none" // gRPC itself refused it
	}
	m.refusals.WithLabelValues(rule).Inc()
}

// Appending measures a commit. It is a writer.Appending.
func (m *Metrics) Appending(ctx context.Context, requests int) (context.Context, func(*eventstore.Commit, error)) {
	began := m.clock.Elapsed()
	return ctx, func(commit *eventstore.Commit, err error) {
		if err != nil {
			return
		}
		m.commitTime.Observe((m.clock.Elapsed() - began).Seconds())
		m.commitRequests.Observe(float64(requests))
		m.commitRecords.Observe(float64(len(commit.Records)))
	}
}

// Append measures what the store did with so many bytes.
func (m *Metrics) Append(size int, took time.Duration, unclear bool) {
	m.appendBytes.Observe(float64(size))
	m.appendTime.Observe(took.Seconds())
	if unclear {
		m.unclear.Inc()
	}
}
