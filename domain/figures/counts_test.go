package figures_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	. "milepost.dev/domain/figures"
	"milepost.dev/internal/rig/authority"
)

// TestCountsAgree holds the counts of a plan against those of the second account, where the two agree on each milestone.
func TestCountsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := firstDay.AddDays(rapid.IntRange(0, 300).Draw(t, "at"))
		var got Counts
		var plan authority.Plan
		for i := range rapid.IntRange(1, 3).Draw(t, "milestones") {
			h := histories(6).Draw(t, "history")
			f := Of(h.statements, at, h.record())
			want, listed := authority.Plan{Told: h.told}.Figures(1<<30, at).Milestone("A")
			if !listed || figuresOf(f) != authorityOf(want) {
				continue
			}
			for _, s := range h.told {
				if s.Kind == authority.HistoryKept {
					s.From, s.To = s.From+i*10_000, s.To+i*10_000
				} else {
					s.Milestone = fmt.Sprint(i)
				}
				s.Position += i * 10_000
				if s.Request != "" { // else it is one of its own
					s.Request = fmt.Sprint(i, " ", s.Request)
				}
				if s.Target > 0 {
					s.Target += i * 10_000
				}
				plan.Told = append(plan.Told, s)
			}
			got.Add(f)
		}
		c := plan.Figures(1<<30, at).Counts
		want := Counts{
			Milestones: c.Milestones, Open: c.Open, Met: c.Met, Cancelled: c.Cancelled, Late: c.Late, OnTime: c.OnTime, UpTo: c.UpTo,
			Overdue: c.Overdue, Owed: c.OwedDays, NoDate: c.NoDate, InDoubt: c.InDoubt, CancelledOwing: c.CancelledOwing,
			OtherWords: c.OtherWords, StartRestated: c.StartRestated, Disagreements: c.Disagreements,
			Slipped: c.Slipped, Recovered: c.Recovered, Net: c.Net, Setting: c.SettingDays,
		}
		if got != want {
			t.Fatalf("as at %s got\n%+v, want\n%+v", at, got, want)
		}
	})
}
