package embedded

import (
	"fmt"
	"log/slog"
	"sync"
)

// logger hands on what the server warns of, and drops its chatter.
type logger struct {
	log *slog.Logger

	mu   sync.Mutex
	said string // guarded by mu: the last error, for a start that failed
}

func (l *logger) Noticef(string, ...any) {}
func (l *logger) Debugf(string, ...any)  {}
func (l *logger) Tracef(string, ...any)  {}

func (l *logger) Warnf(format string, args ...any) {
	l.log.Warn("store: " + fmt.Sprintf(format, args...))
}

func (l *logger) Errorf(format string, args ...any) { l.fail(fmt.Sprintf(format, args...)) }
func (l *logger) Fatalf(format string, args ...any) { l.fail(fmt.Sprintf(format, args...)) }

func (l *logger) fail(text string) {
	l.mu.Lock()
	l.said = text
	l.mu.Unlock()
	l.log.Error("store: " + text)
}

func (l *logger) last() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.said == "" {
		return "it did not say why"
	}
	return l.said
}
