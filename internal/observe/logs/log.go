package logs

import (
	"io"
	"log/slog"
	"slices"
	"strings"
)

// Options say how a log is written. The zero Options are JSON from level info on.
type Options struct {
	Level slog.Level
	Text  bool // lines for people in place of JSON
}

// New returns a logger that writes to w, which is stderr but for tests. It is safe for concurrent use.
func New(w io.Writer, o Options) *slog.Logger {
	h := &slog.HandlerOptions{Level: o.Level, ReplaceAttr: withhold}
	if o.Text {
		return slog.New(slog.NewTextHandler(w, h))
	}
	return slog.New(slog.NewJSONHandler(w, h))
}

// secrets are the names under which nothing is ever written. It is the second lock on the door: no code
// of ours logs such a thing.
var secrets = []string{"authorization", "token", "password", "secret", "key", "salt"}

func withhold(_ []string, a slog.Attr) slog.Attr {
	if slices.Contains(secrets, strings.ToLower(a.Key)) {
		return slog.String(a.Key, "withheld")
	}
	return a
}
