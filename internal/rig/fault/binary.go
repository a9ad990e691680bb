package fault

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Patch is a change of the server's source, made while it is built and nowhere else.
type Patch struct {
	Name     string
	File     string // below the module
	Old, New string // Old stands in it exactly once
}

// Patches of every server that a world runs.
var (
	// shortBounds lets a server that cannot store anything leave within seconds instead of a minute.
	shortBounds = []Patch{
		{"append bound", "eventstore/ledger.go", "appendWithin = 10 * time.Second", "appendWithin = 1500 * time.Millisecond"},
		{"resolve bound", "internal/writer/writer.go", "resolveWithin = 30 * time.Second", "resolveWithin = 3 * time.Second"},
		{"saved folds", "internal/replica/replica.go", "defaultSaveEvery = 250_000", "defaultSaveEvery = 40"},
	}
	// setClock makes the wall clock one that a test can set: it adds what a file holds.
	setClock = []Patch{
		{
			"clock", "internal/clock/clock.go", "func (s *system) Now() time.Time { return time.Now() }",
			"func (s *system) Now() time.Time {\n\tset, _ := os.ReadFile(os.Getenv(\"" + clockFile + "\"))\n\tby, _ := time.ParseDuration(string(set))\n\treturn time.Now().Add(by)\n}",
		},
		{"clock's imports", "internal/clock/clock.go", "\t\"sync\"\n", "\t\"os\"\n\t\"sync\"\n"},
	}
)

// clockFile is the variable that names the file with what is added to the clock.
const clockFile = "MILEPOST_FAULT_CLOCK"

// Plants are defects that the harness has to find, each by the fault that brings it to light.
func Plants() []Plant {
	return []Plant{
		{Patch{"fsync off", "eventstore/embedded/server.go", "SyncAlways: !o.UnsafeNoSync", "SyncAlways: false"}, "power cut"},
		{Patch{
			"a commit acknowledged before it is stored", "eventstore/ledger.go",
			"switch err := l.log.Append(attempt, checked.commit.Number, data); {",
			"stored, _ := l.log, attempt\n\tgo func() { _ = stored.Append(context.WithoutCancel(ctx), checked.commit.Number, data) }()\n\tswitch err := error(nil); {",
		}, "kill"},
		{Patch{
			"a request id forgotten at restart", "internal/replica/replica.go",
			"r.keys = append(r.keys, request.KeyOf(c.Entries[i].Actor, c.Entries[i].Request))", "_ = i",
		}, "kill"},
		{Patch{"the name of a new file not synced", "eventstore/embedded/acknowledged.go", "if begun && n.err == nil {", "if false && begun {"}, "power cut"},
		{Patch{"how far the ledger reached not looked at", "eventstore/embedded/acknowledged.go", "m = mark{number: ", "m = mark{number: 0 * "}, "ledger cut off"},
		{Patch{"a directory without LOCK taken for free", "eventstore/dirlock/dirlock.go", "held, whole, err := lockDir(handle)", "held, whole, err := false, true, error(nil)"}, "lock removed"},
		{Patch{"a directory that was replaced not noticed", "eventstore/embedded/ownership.go", "if !errors.As(err, &lost) {", "if lost = nil; true {\n\t\terr = nil"}, "directory replaced"},
		{Patch{"lost names not missed", "internal/parties/forget.go", "len(lost) > 0 {", "len(lost) < 0 {"}, "names cut off"},
	}
}

// Plant is a defect, and the fault that finds it.
type Plant struct {
	Patch Patch
	Fault string
}

// Build makes the server's binary in dir, patched.
func Build(ctx context.Context, dir string, patches ...Patch) (string, error) {
	root, err := ModuleRoot(ctx)
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	for i, p := range patches {
		original := filepath.Join(root, p.File)
		from := original
		if earlier, ok := replace[original]; ok {
			from = earlier
		}
		text, err := os.ReadFile(from)
		if err != nil {
			return "", err
		}
		if n := strings.Count(string(text), p.Old); n != 1 {
			return "", fmt.Errorf("the patch %q does not fit any more: %s holds %q %d times", p.Name, p.File, p.Old, n)
		}
		to := filepath.Join(dir, fmt.Sprintf("patch-%d.go", i))
		if err := os.WriteFile(to, []byte(strings.Replace(string(text), p.Old, p.New, 1)), 0o600); err != nil {
			return "", err
		}
		replace[original] = to
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlayFile, binary := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "milepost")
	if err := os.WriteFile(overlayFile, overlay, 0o600); err != nil {
		return "", err
	}
	build := exec.CommandContext(ctx, "go", "build", "-overlay", overlayFile, "-o", binary, "./cmd/milepost")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the server: %w\n%s", err, out)
	}
	return binary, nil
}

// ModuleRoot is the directory of the module.
func ModuleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}
