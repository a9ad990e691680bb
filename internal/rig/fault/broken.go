package fault

import "fmt"

// Broken is a promise that was not kept, as opposed to a world that could not go on for another reason.
type Broken struct{ err error }

func (b *Broken) Error() string { return b.err.Error() }

// Unwrap is what it was noticed by.
func (b *Broken) Unwrap() error { return b.err }

func brokenf(format string, args ...any) error { return &Broken{fmt.Errorf(format, args...)} }
