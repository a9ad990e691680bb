//go:build !unix

package node

import "errors"

// diskOf is not known here.
func diskOf(string) (size, free uint64, err error) { return 0, 0, errors.ErrUnsupported }
