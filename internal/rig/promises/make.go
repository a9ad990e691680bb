package promises

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"milepost.dev/internal/rig/patch"
)

// Make breaks the promise in an overlay of the code below root, with files of its own in dir, and runs the test in an environment. It is
// an error when the test does not fail by it, and when the broken code does not compile. What the test said is returned in either case.
func (b Break) Make(ctx context.Context, root, dir string, environ []string) (said string, err error) {
	overlay, err := patch.Overlay(root, dir, b.Patches...)
	if err != nil {
		return "", err
	}
	words := strings.Split(b.Name(), "/")
	for i := range words {
		words[i] = "^" + words[i] + "$"
	}
	args := []string{"test", "-count=1", "-timeout", "8m", "-run", strings.Join(words, "/"), "./" + filepath.FromSlash(b.Package())}
	args = append(args, strings.Fields(b.Args)...)
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = root
	// In the environment, so that a binary that the test builds is broken as well.
	flags := ""
	for _, variable := range environ {
		if value, found := strings.CutPrefix(variable, "GOFLAGS="); found {
			flags = value
		}
	}
	cmd.Env = append(slices.Clone(environ), "GOFLAGS="+strings.TrimSpace(flags+" -overlay="+overlay))
	out, err := cmd.CombinedOutput()
	var failed *exec.ExitError
	switch {
	case err == nil:
		return string(out), errors.New("the test passes although the promise is broken")
	case !errors.As(err, &failed):
		return string(out), err
	case !strings.Contains(string(out), "--- FAIL: "+strings.Split(b.Name(), "/")[0]):
		return string(out), fmt.Errorf("the test did not come to fail: %w", err)
	}
	return string(out), nil
}
