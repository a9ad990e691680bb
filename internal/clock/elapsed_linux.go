package clock

import (
	"time"

	"golang.org/x/sys/unix"
)

// sinceBoot is the time since the machine started, with the time that it was asleep. Go's own
// monotonic reading leaves that out on Linux.
func sinceBoot() (time.Duration, bool) {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil {
		return 0, false
	}
	return time.Duration(ts.Nano()), true
}
