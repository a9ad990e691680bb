package archtest

import (
	"slices"
	"strings"
)

// maxFolders is how many folders internal may have. CONTRIBUTING.md tells what each is for, and one page is enough.
const maxFolders = 22

func folders(t *Tree) []Breach {
	var names []string
	for _, p := range t.Packages {
		below, ok := strings.CutPrefix(p.Path, "internal/")
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(below, "/")
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) <= maxFolders {
		return nil
	}
	return []Breach{breach("internal", "has %d folders; the limit is %d", len(names), maxFolders)}
}
