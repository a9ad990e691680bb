package figures_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/domain/civil"
	. "milepost.dev/domain/figures"
	"milepost.dev/internal/rig/authority"
)

// TestBothAccountsAgree holds the figures against a second account of the same rules, which shares no code with them.
func TestBothAccountsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := histories(7).Draw(t, "history")
		at := firstDay.AddDays(rapid.IntRange(0, 400).Draw(t, "at"))
		if rapid.Bool().Draw(t, "soon") {
			at = firstDay.AddDays(rapid.IntRange(0, 70).Draw(t, "at"))
		}
		want, listed := authority.Plan{Told: h.told}.Figures(1<<30, at).Milestone("A")
		if !listed {
			t.Skip("nothing was told by then")
		}
		got, rows := Rows(h.statements, at, h.record())
		if of := Of(h.statements, at, h.record()); of != got {
			t.Fatalf("Of and Rows differ:\n%+v\n%+v", of, got)
		}
		if why := h.apart(got, want); why != "" {
			t.Skip(why)
		}
		h.reconcile(got, &want)
		g, w := figuresOf(got), authorityOf(want)
		if g != w {
			t.Fatalf("as at %s\n%s\ngot\n%s\nwant\n%s\nrows\n%s\nwant rows\n%s", at, h, g, w, rowsOf(rows), authorityRows(want.Rows))
		}
		rows = slices.DeleteFunc(rows, beside) // the second account leaves out what moves nothing
		if h.has(authority.Reopened) {
			// After a cancellation the second account begins a second row of the same days owed, and after an achievement none.
			rows = slices.DeleteFunc(rows, func(r Row) bool { return r.Event == DateOwed })
			want.Rows = slices.DeleteFunc(want.Rows, func(r authority.Row) bool { return r.Kind == authority.OwedRow })
		}
		if g, w := rowsOf(rows), authorityRows(want.Rows); g != w {
			t.Fatalf("as at %s\n%s\ngot rows\n%s\nwant rows\n%s", at, h, g, w)
		}
	})
}

// beside says whether a row shows a statement that makes no move.
func beside(r Row) bool {
	switch r.Event {
	case "ForecastAwaited", "ForecastWithdrawn", "DeliveryDateUnread", "ReviewSettled", Superseded:
		return true
	case "ForecastReconfirmed", "ForecastGiven":
		return !r.Measured
	}
	return false
}

func figuresOf(f Figures) string {
	days := func(d Days) string {
		if !d.Known {
			return "none"
		}
		return fmt.Sprint(d.Days)
	}
	if f.First.Due == 0 {
		f.First.Speaker = 0
	}
	return lines(f.First.Due, f.First.Position, f.FirstInDoubt, f.Last, f.Due, f.StartShown, days(f.Slip), days(f.Other), days(f.Previous), f.Setting,
		f.Met, f.OnHold, f.Overdue, f.NoDate, f.NoDateSince, f.Owed, f.InDoubt, f.Disagreement,
		f.CancelledOn, f.CancelledDue, f.LateThen, f.CancelledOwing, f.OtherWords, f.Late, f.Exactly)
}

func authorityOf(m authority.Milestone) string {
	days := func(d *int) string {
		if d == nil {
			return "none"
		}
		return fmt.Sprint(*d)
	}
	return lines(m.First.Due, uint64(m.First.Position), m.FirstInDoubt, m.Last, m.Due, m.StartMarked, days(m.Slip), days(m.Other), days(m.Previous), m.Setting,
		m.Met, m.OnHold, m.Overdue, m.NoDate, m.NoDateSince, m.Owed, m.InDoubt, m.Disagreement,
		m.CancelledOn, m.CancelledDue, m.LateThen, m.CancelledOwing, m.OtherWords, m.Late, m.Exactly)
}

func lines(firstDue civil.Date, first uint64, firstInDoubt bool, last, due civil.Date, startShown bool, slip, other, previous string, setting int,
	met, onHold, overdue, noDate bool, since civil.Date, owed int, inDoubt, disagreement bool,
	cancelledOn, cancelledDue civil.Date, lateThen int, cancelledOwing, otherWords, late, exactly bool,
) string {
	return fmt.Sprintf("first %s at %d, in doubt %t\nlast %s due %s start %t\nslip %s other %s previous %s setting %d\n"+
		"met %t hold %t overdue %t no date %t since %s owed %d\nin doubt %t disagreement %t\n"+
		"cancelled %s due %s late %d owing %t\nother words %t late %t exactly %t",
		firstDue, first, firstInDoubt, last, due, startShown, slip, other, previous, setting,
		met, onHold, overdue, noDate, since, owed, inDoubt, disagreement,
		cancelledOn, cancelledDue, lateThen, cancelledOwing, otherWords, late, exactly)
}

// names are the product's names of the second account's rows.
var names = map[authority.RowKind]string{
	authority.Given: "ForecastGiven", authority.Slip: "MilestoneSlipped", authority.Recovery: "MilestoneRecovered",
	authority.Reconfirmed: "ForecastReconfirmed", authority.AchievedRow: "MilestoneAchieved",
	authority.RestatedActual: "AchievementRestated", authority.ReopenedRow: "MilestoneReopened",
	authority.OtherSetting: ReadBySetting, authority.OwedRow: DateOwed, authority.FromRow: FromInPlaceOfDay, authority.Disagrees: Disagrees,
	authority.Replacement: "MilestoneReplaced", authority.StartRestated: StartRestated, authority.AmendedRow: "MilestoneAmended",
}

var authorityMarks = []struct {
	mark Mark
	name string
}{
	{Precision, authority.Precision},
	{UpTo, authority.UpTo},
	{OnTime, authority.OnTime},
	{Struck, authority.Struck},
	{Beside, authority.Beside},
	{DatedAfterAchieved, authority.AfterAchieved},
	{InDoubt, authority.InDoubt},
	{Overruled, authority.Overruled},
}

func rowsOf(rows []Row) string {
	var all []string
	for _, r := range rows {
		var marks []string
		for _, m := range authorityMarks {
			if r.Marks&m.mark != 0 {
				marks = append(marks, m.name)
			}
		}
		if !r.Measured {
			r.Days = 0
		}
		if r.Event == "ForecastRestated" { // the second account has one name for every date with the same due day
			r.Event = "ForecastReconfirmed"
		}
		all = append(all, line(r.AsAt, r.Event, r.From.Position, r.From.Due, r.To.Position, r.To.Due, r.Days, r.Measured, r.Counts, speaker(r.By), marks, r.Was, r.Is))
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

func authorityRows(rows []authority.Row) string {
	var all []string
	for _, r := range rows {
		all = append(all, line(r.AsAt, names[r.Kind], uint64(r.From.Position), r.From.Due, uint64(r.To.Position), r.To.Due, r.Days, r.Measured, r.InSum, r.By, r.Marks, r.Was, r.Is))
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

func line(asAt civil.Date, event string, from uint64, fromDue civil.Date, to uint64, toDue civil.Date, days int, measured, counts bool, by string, marks []string, was, is string) string {
	for i, mark := range marks {
		if mark == authority.Beside { // one that stood beside another until a newer one struck both is called either
			marks[i] = authority.Struck
		}
	}
	slices.Sort(marks)
	if event == FromInPlaceOfDay || event == Disagrees {
		// They have no days. Of one day the second account names the date stated last about it, and none beside Disagrees.
		from, fromDue = 0, 0
	}
	if event == "MilestoneReplaced" {
		to = 0 // the second account names the old one's first date where this names its last
	}
	if event == DateOwed { // in the name of who took the date back; the second account names who had stated it
		by, to = "", 0
	}
	return fmt.Sprintf("%s %s %d %s -> %d %s %+d measured %t counts %t by %s %v %q %q", asAt, event, from, fromDue, to, toDue, days, measured, counts, by, marks, was, is)
}
