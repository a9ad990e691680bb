//go:build !linux

package bench

import "time"

// cpuOf is not known here.
func cpuOf(int) time.Duration { return 0 }

// inMemory is not known here.
func inMemory(string) bool { return false }
