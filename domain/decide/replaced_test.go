package decide

import (
	"errors"
	"fmt"
	"testing"

	"milepost.dev/domain"
	"milepost.dev/domain/milestone"
	"milepost.dev/internal/rig/spectext"
)

// Figures ask about every milestone that took another's place: a chain that is too long for them is refused, wherever it grows.
func TestNoChainOfReplacementsIsTooLong(t *testing.T) {
	k, day := known{}, spectext.Day("2017-03-01")
	ref := func(i int) string { return fmt.Sprintf("M-%03d", i) }
	for i := range milestone.MaxLineage + 2 {
		k = k.with([]Effect{{Ref: ref(i), Event: milestone.Added{Ref: ref(i), Title: ref(i)}}}, day)
	}
	facts := Facts{AsAt: day, Today: day}
	for i := 1; i < milestone.MaxLineage; i++ {
		effects, err := Decide(nil, k, ref(i), milestone.Replace{Old: []string{ref(i - 1)}, New: []string{ref(i)}}, facts)
		if err != nil || len(effects) != 2 {
			t.Fatal(i, effects, err)
		}
		k = k.with(effects, day)
	}
	last, another := ref(milestone.MaxLineage-1), ref(milestone.MaxLineage)
	for _, cmd := range []milestone.Replace{
		{Old: []string{last}, New: []string{another}}, {Old: []string{another}, New: []string{ref(0)}}, {Old: []string{another}, New: []string{ref(7)}},
	} {
		_, err := Decide(nil, k, cmd.New[0], cmd, facts)
		var refused *domain.Refusal
		if !errors.As(err, &refused) || refused.Rule != milestone.RuleReplacedTooMany {
			t.Errorf("%v came to %v", cmd, err)
		}
	}
}
