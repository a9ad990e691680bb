package fault

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"

	"milepost.dev/internal/rig/patch"
)

// Patches of every server that a world runs.
var (
	// shortBounds lets a server that cannot store anything leave within seconds instead of a minute.
	shortBounds = []patch.Patch{
		{Name: "append bound", File: "eventstore/ledger.go", Old: "appendWithin = 10 * time.Second", New: "appendWithin = 1500 * time.Millisecond"},
		{Name: "resolve bound", File: "internal/writer/writer.go", Old: "resolveWithin = 30 * time.Second", New: "resolveWithin = 3 * time.Second"},
		{Name: "saved folds", File: "internal/replica/replica.go", Old: "defaultSaveEvery = 250_000", New: "defaultSaveEvery = 40"},
	}
	// setClock makes the wall clock one that a test can set: it adds what a file holds.
	setClock = []patch.Patch{
		{
			Name: "clock", File: "internal/clock/clock.go", Old: "func (s *system) Now() time.Time { return time.Now() }",
			New: "func (s *system) Now() time.Time {\n\tset, _ := os.ReadFile(os.Getenv(\"" + ClockFile + "\"))\n\tby, _ := time.ParseDuration(string(set))\n\treturn time.Now().Add(by)\n}",
		},
		{Name: "clock's imports", File: "internal/clock/clock.go", Old: "\t\"sync\"\n", New: "\t\"os\"\n\t\"sync\"\n"},
	}
)

// ClockFile is the variable that names the file with what is added to the clock.
const ClockFile = "MILEPOST_FAULT_CLOCK"

// SettableClock makes the wall clock of a server one that ClockFile sets.
func SettableClock() []patch.Patch { return setClock }

// Build makes the server's binary in dir, patched.
func Build(ctx context.Context, dir string, patches ...patch.Patch) (string, error) {
	root, err := patch.ModuleRoot(ctx)
	if err != nil {
		return "", err
	}
	overlay, err := patch.Overlay(root, dir, patches...)
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "milepost")
	build := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", "-overlay", overlay, "-o", binary, "./cmd/milepost")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the server: %w\n%s", err, out)
	}
	return binary, nil
}
