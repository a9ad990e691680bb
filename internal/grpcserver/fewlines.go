package grpcserver

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// linesASecond is how many refused calls of strangers are logged in a second. All of them are counted: a log that strangers write
// fills a disk.
const linesASecond = 20

// fewLines bounds the lines of a log. Its zero value is ready.
type fewLines struct {
	mu       sync.Mutex
	second   time.Duration // guarded by mu
	lines    int           // in it; guarded by mu
	unlogged int           // since it was said how many; guarded by mu
}

// logs says whether one more line is to be written now, and says how many were not before that.
func (f *fewLines) logs(ctx context.Context, now time.Duration, log *slog.Logger) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if second := now.Truncate(time.Second); second != f.second {
		f.second, f.lines = second, 0
		if f.unlogged > 0 {
			log.WarnContext(ctx, "calls of strangers were refused and not logged", "calls", f.unlogged)
			f.unlogged = 0
		}
	}
	if f.lines++; f.lines > linesASecond {
		f.unlogged++
		return false
	}
	return true
}
