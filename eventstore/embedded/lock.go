package embedded

import (
	"errors"
	"fmt"

	"milepost.dev/eventstore/dirlock"
)

// Locked is a data directory that another process has open. The fence does not hold between two servers
// on one directory, so nothing may be tried.
type Locked struct{ *dirlock.Held }

func (e *Locked) Error() string {
	return fmt.Sprintf("the data directory %s is in use by %s: stop that one, or give this one another --data", e.Dir, e.Holder())
}

// Lock takes the directory for this process, as Open does, and answers *Locked where another has it. Closing
// what it returns gives it back.
func Lock(dir string) (*dirlock.Lock, error) {
	l, err := dirlock.Take(dir)
	var held *dirlock.Held
	if errors.As(err, &held) {
		return nil, &Locked{held}
	}
	return l, err
}
