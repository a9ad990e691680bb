package accesslog

import "time"

// How many refused calls of strangers have a line: who shows no credentials must not push out what others did. An hour of them is
// a quarter of a megabyte, so that the usual 128 MiB hold three weeks of nothing else.
const (
	strangersASecond = 20
	strangersAnHour  = 1000
)

// few bounds the lines of strangers. Its zero value is ready. It belongs to who holds the log.
type few struct {
	second, hour     time.Time
	inSecond, inHour int
	leftOut          int // since it was noted how many
}

// allow says whether one more line is to be written.
func (f *few) allow(now time.Time) bool {
	if second := now.Truncate(time.Second); !second.Equal(f.second) {
		f.second, f.inSecond = second, 0
	}
	if hour := now.Truncate(time.Hour); !hour.Equal(f.hour) {
		f.hour, f.inHour = hour, 0
	}
	if f.inSecond >= strangersASecond || f.inHour >= strangersAnHour {
		f.leftOut++
		return false
	}
	f.inSecond++
	f.inHour++
	return true
}
