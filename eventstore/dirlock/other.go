//go:build !unix || aix

package dirlock

import (
	"errors"
	"os"
)

const (
	noFollow  = 0
	modesTell = false
)

var errNoLocks = errors.New("a directory cannot be locked on this system")

func lockFile(*os.File) (held bool, err error) { return false, errNoLocks }

func lockDir(*os.File) (held, whole bool, err error) { return false, false, errNoLocks }
