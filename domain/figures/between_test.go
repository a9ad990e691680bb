package figures_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/domain/changes"
	"milepost.dev/domain/civil"
	. "milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/internal/rig/authority"
)

// TestBothAccountsAgreeOnChanges holds what changed between two days against the second account of the same rules.
func TestBothAccountsAgreeOnChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := histories(7).Draw(t, "history")
		until := firstDay.AddDays(rapid.IntRange(1, 100).Draw(t, "until"))
		since := firstDay.AddDays(rapid.IntRange(0, firstDay.DaysUntil(until)-1).Draw(t, "since"))
		second := authority.Plan{Told: h.told}
		was, is := second.Figures(1<<30, since), second.Figures(1<<30, until)
		wasA, _ := was.Milestone("A")
		isA, _ := is.Milestone("A")
		from, to := h.end(since), h.end(until)
		if h.apart(from.Figures, wasA) != "" || h.apart(to.Figures, isA) != "" {
			t.Skip("the two accounts differ about the figures")
		}
		if from.Figures.NoDate != wasA.NoDate || to.Figures.NoDate != isA.NoDate {
			t.Skip("the two accounts differ about what is owed")
		}
		c, _ := changes.Between(from, to)
		got := fmt.Sprintf("was %s is %s net %s given %t lost %t achieved %t reopened %t cancelled %t", c.Was.Day(), c.Is.Day(), daysOf(c.Net),
			c.Has(changes.DateGiven), c.Has(changes.DateLost), c.Is.Figures.Met && !c.Was.Figures.Met, c.Has(changes.Reopened), c.Has(changes.Cancelled))
		want := authority.Change{Was: wasA.Last, Now: isA.Last}
		for _, other := range authority.Between(was, is) {
			if other.Ref == "A" {
				want = other
			}
		}
		net := "none"
		if wasA.Slip != nil && isA.Slip != nil {
			net = fmt.Sprint(*isA.Slip - *wasA.Slip)
		}
		if want.Days != nil && fmt.Sprint(*want.Days) != net {
			t.Fatalf("the second account contradicts itself: %v", want)
		}
		if w := fmt.Sprintf("was %s is %s net %s given %t lost %t achieved %t reopened %t cancelled %t", want.Was, want.Now, net,
			want.DateGiven, want.DateLost, want.Achieved, want.Reopened, want.Cancelled); got != w {
			t.Fatalf("from %s to %s\n%s\ngot  %s\nwant %s", since, until, h, got, w)
		}
	})
}

func (h *history) end(at civil.Date) changes.End {
	f, rows := Rows(h.statements, at, h.record())
	return changes.End{Exists: true, Figures: f, Rows: rows, Phase: phaseOf(&f)}
}

func phaseOf(f *Figures) milestone.Phase {
	switch {
	case f.Finished:
		return milestone.PhaseAchieved
	case f.Cancelled:
		return milestone.PhaseCancelled
	}
	return milestone.PhasePlanned
}

func daysOf(d Days) string {
	if !d.Known {
		return "none"
	}
	return fmt.Sprint(d.Days)
}
