package bench

import (
	"strings"
	"testing"
)

// What is above the stored figures by more than chance is named, and rates are not looked at.
func TestGates(t *testing.T) {
	within := &Report{
		Unary: []Unary{{Callers: targetCallers, Durable: 1, Work: Work{CPURatio: 0.5, ServerObjects: 1}}},
		Push:  []Push{{Streams: targetStreams, Together: 1, Durable: 1, Work: Work{CPURatio: 0.5, ServerObjects: 1}}, {Together: manyTogether, Work: Work{CPURatio: 1000}}},
	}
	if above, err := within.Gate(); err != nil || len(above) > 0 {
		t.Fatalf("%q, %v", above, err)
	}
	within.Unary[0].ServerObjects = 1000
	within.Push[0].CPURatio = 1000
	above, err := within.Gate()
	if err != nil || len(above) != 2 || !strings.HasPrefix(above[0], "256 callers, objects") || !strings.HasPrefix(above[1], "8 streams, processors") {
		t.Errorf("%q, %v", above, err)
	}
}

// A target that is to be reached is met from there on, and every other one up to there.
func TestTargetsAreMet(t *testing.T) {
	for _, tt := range []struct {
		of   Budget
		want bool
	}{
		{Budget{"", 2, 2, "times"}, true},
		{Budget{"", 2.1, 2, "times"}, false},
		{Budget{"", 0.7, 0.7, "at least"}, true},
		{Budget{"", 500, 500, "/s at least"}, true},
		{Budget{"", 0.6, 0.7, "at least"}, false},
	} {
		if got := tt.of.Met(); got != tt.want {
			t.Errorf("%+v is met: %v", tt.of, got)
		}
	}
}

// A ledger in memory is refused, since a flush there costs nothing.
func TestADirectoryInMemoryIsRefused(t *testing.T) {
	const memory = "/dev/shm"
	if !inMemory(memory) {
		t.Skip("no directory of this machine is known to lie in memory")
	}
	_, err := Run(t.Context(), Options{Dir: memory, Only: []string{PartUnary}})
	if err == nil || !strings.Contains(err.Error(), "lies in memory") {
		t.Errorf("%v", err)
	}
	if inMemory(t.TempDir()) && !inMemory("/tmp") {
		t.Error("a directory on a disk is taken for one in memory")
	}
}
