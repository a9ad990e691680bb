package fault

import (
	"errors"
	"flag"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var (
	plants = flag.Bool("plants", false, "plant defects and see each of them found; takes minutes, and make check does it")
	seed   = flag.Uint64("seed", 0, "where the choices begin; by the clock where 0")
)

// TestMain lets more worlds run beside each other than there are processors: they mostly wait.
func TestMain(m *testing.M) {
	flag.Parse()
	if parallel := flag.Lookup("test.parallel"); parallel.Value.String() == parallel.DefValue {
		_ = flag.Set("test.parallel", strconv.Itoa(2*runtime.NumCPU())) // it is a number
	}
	os.Exit(m.Run())
}

// TestEveryFault lets each fault happen a few times. `make fault` does more.
func TestEveryFault(t *testing.T) {
	from := *seed
	if from == 0 {
		from = uint64(time.Now().UnixNano()) % 1_000_000
	}
	binary, err := Build(t.Context(), t.TempDir(), ServerPatches()...)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range All() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			left(t, f)
			tally, err := Round(t.Context(), f, 1, Runs{Binary: binary}, t.TempDir(), from+uint64(i), func(detail string) { t.Log(detail) })
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%+v", tally)
		})
	}
}

// left leaves a fault out, out loud, where there can be no ground for it. In CI nothing is left out.
func left(t *testing.T, f Fault) {
	t.Helper()
	if err := f.available(""); err != nil {
		t.Skipf("NOT TESTED here: %v; make fault does it", err)
	}
	if err := f.Ground.Available(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("NOT TESTED: %v", err)
	}
}

// TestPlants breaks the server on purpose and wants the harness to say so: a check that cannot fail proves
// nothing.
func TestPlants(t *testing.T) {
	if !*plants {
		t.Skip("NOT TESTED here: defects that are planted on purpose are found by `make fault-short`, which make check runs")
	}
	for _, p := range Plants() {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			binary, err := Build(t.Context(), t.TempDir(), append(ServerPatches(), p.Patches...)...)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range All() {
				if f.Name != p.Fault {
					continue
				}
				left(t, f)
				for tried, seed := 0, uint64(0); tried < 8; seed++ { // some need luck as to the moment
					if full, credentials := kindOf(seed); full != p.Full || credentials != p.Full {
						continue
					}
					tried++
					_, err = Round(t.Context(), f, 8, Runs{Binary: binary}, t.TempDir(), seed, func(string) {})
					if err != nil {
						break
					}
				}
			}
			says := func(word string) bool { return strings.Contains(err.Error(), word) }
			if err == nil || !errors.As(err, new(*Broken)) && !slices.ContainsFunc([]string{"is damaged", "the watcher"}, says) {
				t.Fatalf("not found by %q: %v", p.Fault, err)
			}
			t.Logf("found: %.300s", err)
		})
	}
}
