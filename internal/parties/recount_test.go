package parties_test

import (
	"testing"

	"milepost.dev/internal/clock"
	"milepost.dev/internal/parties"
)

// A name that was kept and that no commit names means nobody: the party of another process answers to it.
func TestANameCountsWhenACommitNamesIt(t *testing.T) {
	for seed := range uint64(20) { // whichever of the two ids is the smaller
		kept := parties.NewMemory()
		first, err := parties.Open(t.Context(), kept, clock.Seeded(seed))
		if err != nil {
			t.Fatal(err)
		}
		second, err := parties.Open(t.Context(), kept, clock.Seeded(seed+100))
		if err != nil {
			t.Fatal(err)
		}
		stray, err := first.Resolve(t.Context(), "Ada Example")
		if err != nil {
			t.Fatal(err)
		}
		counted, err := second.Resolve(t.Context(), "ADA example")
		if err != nil {
			t.Fatal(err)
		}
		if err := first.Learn(t.Context(), counted); err != nil {
			t.Fatal(err)
		}
		if n := first.Recount(func(id string) bool { return id == counted }); n != 1 {
			t.Errorf("%d names were dropped", n)
		}
		for _, name := range []string{"Ada Example", "ADA example", "ada  EXAMPLE"} {
			if id, ok := first.Find(name); !ok || id != counted {
				t.Errorf("seed %d: %q is party %x", seed, name, id)
			}
		}
		if id, err := first.Resolve(t.Context(), "Ada Example"); err != nil || id != counted || id == stray {
			t.Errorf("seed %d: it is resolved to %x: %v", seed, id, err)
		}
		if name, ok := first.Name(counted); !ok || name != "ADA example" {
			t.Errorf("it is shown as %q", name)
		}
	}
}
