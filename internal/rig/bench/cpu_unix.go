//go:build unix

package bench

import (
	"syscall"
	"time"
)

// cpuTime is how much the processors have worked for this process. Unlike a rate it is hardly less on a machine
// that others use too.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
