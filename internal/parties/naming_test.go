package parties_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/internal/clock"
	"milepost.dev/internal/parties"
)

// Whatever requests name what, in whatever order they are accepted or refused: all that are under way at once mean one party by one
// name, an accepted one's names are kept under the ids that it was told, and a refused one's leave nothing, in the store and in
// memory.
func TestOnlyWhatWasAcceptedIsKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kept := parties.NewMemory()
		d, err := parties.Open(t.Context(), kept, clock.Seeded(1))
		if err != nil {
			t.Fatal(err)
		}
		type naming struct {
			*parties.Naming
			ids map[string]string
		}
		var under []naming
		accepted := map[string]string{} // id by name
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch n := len(under); {
			case n == 0 || rapid.IntRange(0, 2).Draw(t, "what") == 0:
				under = append(under, naming{d.Begin(), map[string]string{}})
			case rapid.Bool().Draw(t, "names"):
				one := under[rapid.IntRange(0, n-1).Draw(t, "which")]
				name := fmt.Sprint("Party ", rapid.IntRange(0, 4).Draw(t, "name"))
				id, err := one.Party(name)
				if err != nil {
					t.Fatal(err)
				}
				for _, other := range under {
					if was, ok := other.ids[name]; ok && was != id {
						t.Fatalf("%s is two parties at once", name)
					}
				}
				if was, ok := accepted[name]; ok && was != id {
					t.Fatalf("%s, which is kept, is another party", name)
				}
				one.ids[name] = id
			default:
				i := rapid.IntRange(0, n-1).Draw(t, "which")
				one := under[i]
				if rapid.Bool().Draw(t, "accepted") {
					if err := one.Keep(t.Context()); err != nil {
						t.Fatal(err)
					}
					for name, id := range one.ids {
						accepted[name] = id
					}
				}
				one.Leave()
				under = append(under[:i], under[i+1:]...)
			}
		}
		for _, one := range under {
			one.Leave()
		}
		again, err := parties.Follow(t.Context(), kept, nil, clock.Seeded(2))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range []*parties.Directory{d, again} {
			if n := len(d.All()); n != len(accepted) {
				t.Fatalf("%d names are kept, and %d were accepted", n, len(accepted))
			}
			for name, id := range accepted {
				if got, ok := d.Find(name); !ok || got != id {
					t.Fatalf("%s is kept as %x, and was accepted as %x", name, got, id)
				}
			}
		}
		if n := d.Proposed(); n != 0 {
			t.Fatalf("%d names are held for nobody", n)
		}
	})
}
