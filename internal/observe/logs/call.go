package logs

import (
	"context"
	"log/slog"
	"time"

	"google.golang.org/grpc/codes"
)

// Call is what is logged of one call to the API, when it has ended.
type Call struct {
	Method   string // "/milepost.v1.CommandService/Submit"
	Code     codes.Code
	Rule     string // that was broken; empty where none
	Actor    string // the caller's name: logged at debug level only
	Party    string // the beginning of the caller's party id; empty where it has none
	Plan     string // that the call was about; empty where it was about none, or several. It is not logged here
	Request  string // the reporter's request id
	Address  string // of the caller, with its port; empty within the process
	Path     string // that was asked for over HTTP; empty where the call came over gRPC
	Duration time.Duration
	Stream   bool // it lasted as long as its caller wanted
	// Incident is the id that the caller was told in place of Err, which only the log has.
	Incident string
	Err      error
}

// Level is how loud the end of the call is. What went well is for those who look closely: a finance system
// may push thousands of facts a second. What a caller did wrong is worth knowing, and what went wrong
// here is worth waking up for.
func (c Call) Level() slog.Level {
	switch c.Code {
	case codes.OK, codes.Canceled:
		return slog.LevelDebug
	case codes.Internal, codes.Unknown, codes.DataLoss:
		return slog.LevelError
	case codes.Unavailable, codes.ResourceExhausted, codes.DeadlineExceeded:
		return slog.LevelWarn
	default:
		return slog.LevelInfo
	}
}

// Log writes the call to a logger.
func (c Call) Log(ctx context.Context, logger *slog.Logger) {
	level := c.Level()
	if !logger.Enabled(ctx, level) {
		return
	}
	attrs := make([]slog.Attr, 0, 11)
	attrs = append(attrs, slog.String("method", c.Method), slog.String("code", c.Code.String()),
		slog.Float64("duration_ms", float64(c.Duration.Microseconds())/1000))
	for _, a := range []struct{ name, value string }{
		{"address", c.Address}, {"path", c.Path}, {"rule", c.Rule}, {"party", c.Party}, {"request_id", c.Request}, {"incident", c.Incident},
	} {
		if a.value != "" {
			attrs = append(attrs, slog.String(a.name, a.value))
		}
	}
	if c.Actor != "" && logger.Enabled(ctx, slog.LevelDebug) {
		attrs = append(attrs, slog.String("actor", c.Actor))
	}
	if c.Err != nil {
		attrs = append(attrs, slog.String("error", c.Err.Error()))
	}
	logger.LogAttrs(ctx, level, "call", attrs...)
}
