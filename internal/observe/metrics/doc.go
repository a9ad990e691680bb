// Package metrics counts and measures a server for Prometheus: calls and refusals, commits, what the store did with
// them, and gauges of the server's state, for which it asks each time that it is read.
//
// It is told in the terms of those who tell it: a logs.Call that has ended, an eventstore.Commit, a State that the
// node fills. They do not know Prometheus. docs/metrics.md lists every metric, and a test compares the two.
//
// No label has a value that somebody sent. Plans, people and request ids are in no metric: they would tell who does
// what to everybody who may read metrics, and make as many time series as there are plans.
package metrics
