// Package traces makes OpenTelemetry spans: one for each call to the API and one for each commit, where the usual OTEL_
// variables of the environment ask for them. Without them it makes none, and a nil *Tracing is all there is.
//
// It is told of a call by gRPC and of a commit by the writer, neither of which knows OpenTelemetry. A caller's
// trace goes on in the span of the call. A commit is the work of many callers and has a trace of its own.
//
// A span has the method, how long it took, what came of it, and the numbers of a commit. It has nothing of what was
// stated, and nobody's name or address: a collector is often run by somebody else.
package traces
