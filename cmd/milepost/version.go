package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
)

type versionCommand struct{}

// Help is shown by kong.
func (versionCommand) Help() string {
	return `The version of milepost, the commit that it was built from, and the Go that built it.

    milepost version

EXIT STATUS

    0  always`
}

// Run prints the version.
func (versionCommand) Run(inv *invocation) error {
	_, err := fmt.Fprintf(inv.stdout, "milepost %s %s %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// version is that of the module and, where it is known, the commit that it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(devel)"
	}
	v := cmp.Or(info.Main.Version, "(devel)")
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			v += " " + s.Value
		}
	}
	return v
}
