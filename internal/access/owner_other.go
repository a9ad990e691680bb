//go:build !unix

package access

import (
	"io/fs"
	"os"
)

// giveTo does nothing: a file's owner is not what lets others read it here.
func giveTo(*os.File, fs.FileInfo) error { return nil }
