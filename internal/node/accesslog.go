package node

import (
	"context"

	"milepost.dev/internal/observe/accesslog"
	"milepost.dev/internal/observe/logs"
)

// openAccessLog opens the access log where there is to be one. It is opened when the data directory is this process's.
func (n *Node) openAccessLog(ctx context.Context, c Config) (err error) {
	if c.AccessLog == "" {
		return nil
	}
	n.accessLog, err = accesslog.Open(c.AccessLog, accesslog.Options{
		Now: c.Clock.Now,
		Turned: func(number uint64, digest string) {
			c.Log.InfoContext(context.WithoutCancel(ctx), "a file of the access log ends", "line", number, "digest", digest)
		},
		Failed: func(err error) {
			c.Log.ErrorContext(context.WithoutCancel(ctx), "calls are not noted in the access log", "reason", err.Error())
		},
	})
	return err
}

// ended is told of every call when it has ended.
func (n *Node) ended(c logs.Call) {
	n.metrics.Ended(c)
	if n.accessLog != nil {
		n.accessLog.Ended(c)
	}
}
