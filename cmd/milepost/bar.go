package main

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// bar shows on a terminal how much of something is done, and nothing anywhere else. A bar that cannot be drawn changes
// nothing. It belongs to one goroutine at a time.
type bar struct {
	on    io.Writer // nil where nothing is shown
	what  string
	bytes bool // it counts bytes, and not things

	drawn    *progressbar.ProgressBar // nil until something is done
	finished bool
}

func (inv *invocation) bar(what string, bytes bool) *bar {
	b := &bar{what: what, bytes: bytes}
	if terminalWidth(inv.stderr) > 0 {
		b.on = inv.stderr
	}
	return b
}

// set draws how much is done. The first time says how much there is.
func (b *bar) set(done, total int64) {
	if b.on == nil || b.finished {
		return
	}
	if b.drawn == nil {
		b.drawn = progressbar.NewOptions64(total,
			progressbar.OptionSetWriter(b.on), progressbar.OptionSetDescription(b.what), progressbar.OptionFullWidth(),
			progressbar.OptionShowBytes(b.bytes), progressbar.OptionShowCount(),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(),
		)
	}
	_ = b.drawn.Set64(done)
}

// finish takes the bar away.
func (b *bar) finish() {
	if b.drawn != nil && !b.finished {
		_ = b.drawn.Finish()
	}
	b.finished = true
}

// readOn is a file whose reading moves the bar.
type readOn struct {
	io.Reader
	bar         *bar
	done, total int64
}

// Read implements io.Reader.
func (c *readOn) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.done += int64(n)
	c.bar.set(c.done, c.total)
	return n, err
}
