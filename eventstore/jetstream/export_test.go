package jetstream

import "time"

// SetStall shortens how long a reader waits before it asks by number.
func (l *Log) SetStall(d time.Duration) { l.stall = d }
