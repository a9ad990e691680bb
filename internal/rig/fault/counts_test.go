package fault

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

const (
	countsFile = "../../../docs/faults.tsv"
	countsPage = "../../../docs/faults.md"
)

// The page shows what the file holds. Which code is today's is not asked here: counts grow old with every change.
func TestThePageShowsTheCounts(t *testing.T) {
	counts, err := Counts(countsFile)
	if err != nil {
		t.Fatal(err)
	}
	have, err := os.ReadFile(countsPage)
	if err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, have, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Show(page, counts); err != nil {
		t.Fatal(err)
	}
	if want, err := os.ReadFile(page); err != nil || string(want) != string(have) {
		t.Errorf("docs/faults.md does not show the sums of docs/faults.tsv (%v)", err)
	}
}

func TestCountsAreKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "counts.tsv")
	want := []Count{
		{Digest: "a", Day: "2026-11-30", Fault: "kill", Seed: 7, Times: 12, Operations: 100, Receipts: 80, Doubted: 3},
		{Digest: "b", Day: "2026-12-01", Fault: "pause", Shipped: true, Seed: 8, Times: 2, Broken: "position 7 is LOST"},
	}
	for _, c := range want {
		if c.Broken != "" {
			c.Broken = "position 7\n\tis LOST"
		}
		if err := c.Keep(file); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := Counts(file); err != nil || !slices.Equal(have, want) {
		t.Errorf("%+v %v", have, err)
	}
	if now, before := Age(want, "b"); now != 2 || before != 12 {
		t.Errorf("%d %d", now, before)
	}
}

// A campaign that was ended anywhere makes as many worlds in the end as one that was not, a quarter of them as shipped.
func TestACampaignGoesOn(t *testing.T) {
	faults := []Fault{{Name: "kill"}, {Name: "clock stepped"}, {Name: "pause"}}
	times := func(f Fault) int { return map[string]int{"kill": 100, "clock stepped": 30, "pause": 5}[f.Name] }
	var counts []Count
	for rounds := 0; ; rounds++ {
		worlds := plan(faults, times, counts)
		if len(worlds) == 0 {
			break
		}
		if rounds > 50 {
			t.Fatalf("%d worlds are left", len(worlds))
		}
		for _, w := range worlds[:1+rounds%2*(len(worlds)-1)/2] { // then it was ended
			counts = append(counts, Count{Fault: w.fault.Name, Shipped: w.shipped, Times: w.times})
		}
	}
	for _, f := range faults {
		all, shipped := 0, 0
		for _, c := range Of(counts, f.Name) {
			all += c.Times
			if c.Shipped {
				shipped += c.Times
			}
		}
		want := (times(f) + 3) / 4
		if f.Name == "clock stepped" {
			want = 0
		}
		if all != times(f) || shipped != want {
			t.Errorf("%s: %d times, %d as shipped", f.Name, all, shipped)
		}
	}
}

// The digest is of code alone, and of all of it.
func TestTheDigestIsOfTheCode(t *testing.T) {
	root := t.TempDir()
	for _, tree := range counted {
		if err := os.CopyFS(filepath.Join(root, tree), os.DirFS(filepath.Join("../../..", tree))); err != nil {
			t.Fatal(err)
		}
	}
	digest := func() string {
		d, err := CodeDigest(root)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	was := digest()
	for name, same := range map[string]bool{"internal/writer/loop_test.go": true, "internal/node/note.md": true, "eventstore/memory/new.go": false} {
		path := filepath.Join(root, name)
		if err := os.WriteFile(path, []byte("package x\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if now := digest(); (now == was) != same {
			t.Errorf("with %s it is %s, and was %s", name, now, was)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}
