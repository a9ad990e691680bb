//go:build !unix

package dirlock

import (
	"errors"
	"os"
)

func lockFile(*os.File) (held bool, err error) {
	return false, errors.New("a directory cannot be locked on this system")
}
