package fault

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"milepost.dev/internal/rig/patch"
)

// upgrades is the name of the fault that runs the version before.
const upgrades = "upgrade and back"

// plain says whether a world must have nothing that the version before does not know.
func (f Fault) plain() bool { return f.Name == upgrades }

// available answers why a fault cannot happen without the version before, and nil where it can.
func (f Fault) available(before string) error {
	if f.Name == upgrades && before == "" {
		return errors.New("the version before was not built")
	}
	return nil
}

// Upgrades are changes of the version under load.
func Upgrades() []Fault {
	return []Fault{
		{upgrades, "the version that wrote the newest kept ledger takes the place of the present one under load, stopped or killed, and is replaced by it again: both go on with one ledger", Directory, upgradeAndBack},
	}
}

// upgradeAndBack goes back to the version before, and on to the present one, while people report.
func upgradeAndBack(ctx context.Context, w *World) (string, error) {
	present := w.Binary
	defer func() { w.Binary = present }()
	details := []string{}
	for _, binary := range []string{w.Before, present} {
		if err := w.Answers(ctx, 1+w.Random.IntN(100)); err != nil {
			return "", err
		}
		how := "stopped"
		if w.Random.IntN(2) == 0 {
			how = "killed"
			w.Down()
		} else if err := w.publish(nil).Stop(ctx); err != nil {
			return "", err
		}
		details = append(details, how)
		w.Binary = binary
		if err := w.Up(ctx); err != nil {
			return how, err
		}
	}
	return strings.Join(details, ", then "), w.Answers(ctx, 5)
}

// keptLedgers is where each of the ledgers that earlier versions wrote has its directory.
const keptLedgers = "internal/node/testdata"

// BuildBefore makes the binary of the version that wrote the newest kept ledger, out of the history of the repository. Where there
// is no history it says so with an error.
func BuildBefore(ctx context.Context, dir string) (string, error) {
	root, err := patch.ModuleRoot(ctx)
	if err != nil {
		return "", err
	}
	kept, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(keptLedgers), "kept-*"))
	if err != nil || len(kept) == 0 {
		return "", fmt.Errorf("find the kept ledgers: %w", err)
	}
	newest := keptLedgers + "/" + filepath.Base(kept[len(kept)-1])
	log := exec.CommandContext(ctx, "git", "log", "--diff-filter=A", "--format=%H", "--", newest)
	log.Dir = root
	commits, err := log.Output()
	hashes := strings.Fields(string(commits))
	if err != nil || len(hashes) == 0 {
		return "", fmt.Errorf("find the version that wrote %s in the history: %w", newest, err)
	}
	source := filepath.Join(dir, "before")
	if err := os.MkdirAll(source, 0o700); err != nil {
		return "", err
	}
	unpack := exec.CommandContext(ctx, "sh", "-c", `git archive "$1" | tar -x -C "$2"`, "sh", hashes[len(hashes)-1], source)
	unpack.Dir = root
	if out, err := unpack.CombinedOutput(); err != nil {
		return "", fmt.Errorf("unpack the version before: %w: %s", err, out)
	}
	binary := filepath.Join(dir, "milepost-before")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/milepost")
	build.Dir = source
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the version before: %w\n%s", err, out)
	}
	return binary, os.RemoveAll(source)
}
