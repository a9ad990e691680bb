package request

import (
	"errors"
	"path"
	"strings"
	"time"
)

// LoadZone finds a time zone that every machine knows under that name. "Local" is another zone on each of
// them, and a machine may have files that others have not: a ledger that names one could not be read there.
func LoadZone(name string) (*time.Location, error) {
	top, _, _ := strings.Cut(name, "/")
	switch top {
	case "Local", "localtime", "posixrules", "posix", "right":
		return nil, errNotEverywhere
	}
	if name != "" && path.Clean(name) != name { // another way to write the path of a file
		return nil, errNotEverywhere
	}
	return time.LoadLocation(name)
}

var errNotEverywhere = errors.New("request: not a time zone that every machine knows")
