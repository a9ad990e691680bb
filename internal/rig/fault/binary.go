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
			New: "func (s *system) Now() time.Time {\n\tset, _ := os.ReadFile(os.Getenv(\"" + clockFile + "\"))\n\tby, _ := time.ParseDuration(string(set))\n\treturn time.Now().Add(by)\n}",
		},
		{Name: "clock's imports", File: "internal/clock/clock.go", Old: "\t\"sync\"\n", New: "\t\"os\"\n\t\"sync\"\n"},
	}
)

// clockFile is the variable that names the file with what is added to the clock.
const clockFile = "MILEPOST_FAULT_CLOCK"

// Plants are defects that the harness has to find, each by the fault that brings it to light.
func Plants() []Plant {
	return []Plant{
		{patch.Patch{Name: "fsync off", File: "eventstore/embedded/server.go", Old: "SyncAlways: !o.UnsafeNoSync", New: "SyncAlways: false"}, "power cut"},
		{patch.Patch{
			Name: "a commit acknowledged before it is stored", File: "eventstore/ledger.go",
			Old: "switch err := l.log.Append(attempt, checked.commit.Number, data); {",
			New: "stored, _ := l.log, attempt\n\tgo func() { _ = stored.Append(context.WithoutCancel(ctx), checked.commit.Number, data) }()\n\tswitch err := error(nil); {",
		}, "kill"},
		{patch.Patch{
			Name: "a request id forgotten at restart", File: "internal/replica/replica.go",
			Old: "r.keys = append(r.keys, request.KeyOf(c.Entries[i].Actor, c.Entries[i].Request))", New: "_ = i",
		}, "kill"},
		{patch.Patch{Name: "the name of a new file not synced", File: "eventstore/embedded/acknowledged.go", Old: "if begun && n.err == nil {", New: "if false && begun {"}, "power cut"},
		{patch.Patch{Name: "how far the ledger reached not looked at", File: "eventstore/embedded/acknowledged.go", Old: "m = mark{number: ", New: "m = mark{number: 0 * "}, "ledger cut off"},
		{patch.Patch{Name: "a directory without LOCK taken for free", File: "eventstore/dirlock/dirlock.go", Old: "held, whole, err := lockDir(handle)", New: "held, whole, err := false, true, error(nil)"}, "lock removed"},
		{patch.Patch{Name: "a directory that was replaced not noticed", File: "eventstore/embedded/ownership.go", Old: "if !errors.As(err, &lost) {", New: "if lost = nil; true {\n\t\terr = nil"}, "directory replaced"},
		{patch.Patch{Name: "lost names not missed", File: "internal/parties/forget.go", Old: "len(lost) > 0 {", New: "len(lost) < 0 {"}, "names cut off"},
	}
}

// Plant is a defect, and the fault that finds it.
type Plant struct {
	Patch patch.Patch
	Fault string
}

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
	build := exec.CommandContext(ctx, "go", "build", "-overlay", overlay, "-o", binary, "./cmd/milepost")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the server: %w\n%s", err, out)
	}
	return binary, nil
}
