package clustered

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"milepost.dev/internal/rig/fault"
)

const docs = "../../../../docs/"

// The page shows what was counted, of every fault that there is.
func TestThePageShowsTheCounts(t *testing.T) {
	counts, err := fault.Counts(docs + "faults-cluster.tsv")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(docs + "faults.md")
	if err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(t.TempDir(), "faults.md")
	if err := os.WriteFile(page, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := ShowCounts(page, counts); err != nil {
		t.Fatal(err)
	}
	if shown, err := os.ReadFile(page); err != nil || string(shown) != string(text) {
		t.Errorf("docs/faults.md shows other sums than docs/faults-cluster.tsv gives; `go run ./internal/rig/fault/clustered/campaign -show` puts them right: %v", err)
	}
}

// Every fault has a name of its own that the counts can go by, and the short ones are among them.
func TestFaultsHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range All() {
		if seen[f.Name] || strings.ContainsAny(f.Name, "\t\n") || f.What == "" || f.Inject == nil || f.Ends && f.Within > 0 {
			t.Errorf("%+v", f)
		}
		seen[f.Name] = true
	}
	for _, name := range short {
		if !seen[name] {
			t.Errorf("there is no fault %q to have time for", name)
		}
	}
}
