package decide

import (
	"testing"

	"milepost.dev/domain/milestone"
	"milepost.dev/internal/rig/spectext"
)

// Nearly all that a busy server decides is a date of one milestone: to decide it here allocates no more than
// to decide it by the rules of that milestone alone.
func TestOneStepAllocatesNothing(t *testing.T) {
	k := known{}.with([]Effect{{Ref: "A", Event: milestone.Added{Ref: "A", Title: "Hub live"}}}, spectext.Day("2017-03-01"))
	facts := Facts{AsAt: spectext.Day("2017-04-01"), Today: spectext.Day("2018-01-01")}
	var cmd milestone.Command = milestone.StateDate{Delivery: spectext.Reading("2017-09")}
	world := hidden(k)

	alone := testing.AllocsPerRun(100, func() {
		m := world.ByRef("A")
		m.Newest() // which this package looks at too: a date may come late
		if _, err := milestone.Decide(*m.At(facts.AsAt), cmd, milestone.Facts{AsAt: facts.AsAt, Today: facts.Today, Exists: m.Exists()}); err != nil {
			t.Fatal(err)
		}
	})
	effects := make([]Effect, 0, 1)
	here := testing.AllocsPerRun(100, func() {
		if all, err := Decide(effects, world, "A", cmd, facts); err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
	})
	if here > alone {
		t.Errorf("%v allocations, and %v without this package", here, alone)
	}
}

// hidden keeps the compiler from seeing which World it is, as it does not see the writer's.
//
//go:noinline
func hidden(k known) World { return k }
