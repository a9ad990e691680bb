package traces

import (
	"context"
	"fmt"
	"strings"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc/stats"

	"milepost.dev/eventstore"
)

// Tracing makes spans. A nil *Tracing makes none.
type Tracing struct {
	provider *sdk.TracerProvider
	commits  trace.Tracer
}

// Asked says whether the environment asks for traces: an OTLP endpoint, or the exporter by name; and no
// OTEL_SDK_DISABLED.
func Asked(env func(string) string) bool {
	if strings.EqualFold(env("OTEL_SDK_DISABLED"), "true") || env("OTEL_TRACES_EXPORTER") == "none" {
		return false
	}
	return env("OTEL_TRACES_EXPORTER") == "otlp" || env("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || env("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != ""
}

// Open starts tracing where the environment asks for it, and otherwise returns nil. Where spans go, how they are sampled
// and the name of the service follow the environment too. A missing collector delays nobody: spans that cannot be
// sent are dropped, and failed is told. The SDK has one such function in a process, so Open may be called once.
func Open(ctx context.Context, env func(string) string, software string, failed func(error)) (*Tracing, error) {
	if !Asked(env) {
		return nil, nil
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(failed))
	exporter, err := otlptracegrpc.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	described, err := resource.New(ctx, resource.WithTelemetrySDK(),
		resource.WithAttributes(attribute.String("service.name", "milepost"), attribute.String("service.version", software)),
		resource.WithFromEnv()) // last, so that it has the last word
	if err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	return New(sdk.WithBatcher(exporter), sdk.WithResource(described)), nil
}

// New traces by options of the SDK.
func New(options ...sdk.TracerProviderOption) *Tracing {
	provider := sdk.NewTracerProvider(options...)
	return &Tracing{provider: provider, commits: provider.Tracer("milepost.dev/internal/observe/traces")}
}

// Handler makes the spans of calls; nil where there are none. A caller's trace goes on in them.
func (t *Tracing) Handler() stats.Handler {
	if t == nil {
		return nil
	}
	return otelgrpc.NewServerHandler(
		otelgrpc.WithTracerProvider(t.provider),
		otelgrpc.WithMeterProvider(noop.NewMeterProvider()),
		otelgrpc.WithPropagators(propagation.TraceContext{}),
		otelgrpc.WithFilter(func(info *stats.RPCTagInfo) bool { return strings.HasPrefix(info.FullMethodName, "/milepost.") }),
	)
}

// Appending makes the span of a commit. It is a writer.Appending. Requests of many callers become one commit, so
// that it belongs to the trace of none of them.
func (t *Tracing) Appending(ctx context.Context, requests int) (context.Context, func(*eventstore.Commit, error)) {
	if t == nil {
		return ctx, func(*eventstore.Commit, error) {}
	}
	ctx, span := t.commits.Start(ctx, "commit", trace.WithNewRoot(), trace.WithAttributes(attribute.Int("milepost.requests", requests)))
	return ctx, func(commit *eventstore.Commit, err error) {
		if err != nil {
			span.SetStatus(codes.Error, "not known to be durable")
		} else {
			span.SetAttributes(attribute.Int("milepost.records", len(commit.Records)),
				attribute.Int64("milepost.commit", int64(commit.Number)), attribute.Int64("milepost.position", int64(commit.Last)))
		}
		span.End()
	}
}

// closeWithin is how long a collector may take for the last spans: a server that stops is waited for.
const closeWithin = 2 * time.Second

// Close sends what is left, until ctx ends, and for two seconds at the most.
func (t *Tracing) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, closeWithin)
	defer cancel()
	return t.provider.Shutdown(ctx)
}
