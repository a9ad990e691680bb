// Package patch builds the product with a change that is in no file of it: a bound made shorter for a test, or a defect
// planted on purpose. The go command reads the changed files in place of the real ones (-overlay), so that the product
// holds no switch for a test, and nothing has to be put back.
package patch

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Patch is a change of one source file, made while something is built and nowhere else.
type Patch struct {
	Name     string
	File     string // below the module
	Old, New string // Old stands in it exactly once
}

// Overlay writes the patched files into dir and returns the file there that the go command's -overlay wants. Patches of one file
// are applied one after the other. A patch whose Old does not stand in its file exactly once is an error.
func Overlay(root, dir string, patches ...Patch) (string, error) {
	replace := map[string]string{}
	for i, p := range patches {
		original := filepath.Join(root, filepath.FromSlash(p.File))
		from := original
		if earlier, ok := replace[original]; ok {
			from = earlier
		}
		text, err := p.apply(from)
		if err != nil {
			return "", err
		}
		to := filepath.Join(dir, fmt.Sprintf("patch-%d.go", i))
		if err := os.WriteFile(to, []byte(text), 0o600); err != nil {
			return "", err
		}
		replace[original] = to
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "overlay.json")
	return file, os.WriteFile(file, overlay, 0o600)
}

// apply is the text of a file with the change.
func (p Patch) apply(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(text), p.Old); n != 1 {
		return "", fmt.Errorf("the patch %q does not fit any more: %s holds %q %d times", p.Name, p.File, p.Old, n)
	}
	return strings.Replace(string(text), p.Old, p.New, 1), nil
}

// ModuleRoot is the directory of the module.
func ModuleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}
