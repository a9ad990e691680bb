//go:build !unix

package embedded

import (
	"errors"
	"os"
)

func lockFile(*os.File) (held bool, err error) {
	return false, errors.New("a data directory cannot be locked on this system; use --nats")
}
