package figures_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/domain/civil"
	. "milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/internal/rig/authority"
	"milepost.dev/internal/rig/spectext"
)

// TestBothAccountsAgree holds the figures against a second account of the same rules, which shares no code with them.
func TestBothAccountsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := histories(7).Draw(t, "history")
		at := firstDay.AddDays(rapid.IntRange(0, 400).Draw(t, "at"))
		if rapid.Bool().Draw(t, "soon") {
			at = firstDay.AddDays(rapid.IntRange(0, 70).Draw(t, "at"))
		}
		if h.doubtEvaded() || h.startEvades() {
			t.Skip("the accounts differ: TestDoubtIsNotEvaded, TestStartDoesNotMeetADay")
		}
		want, listed := authority.Plan{Told: h.told}.Figures(1<<30, at).Milestone("A")
		if !listed {
			t.Skip("nothing was told by then")
		}
		got, rows := Rows(h.statements, at, h.record())
		if of := Of(h.statements, at, h.record()); of != got {
			t.Fatalf("Of and Rows differ:\n%+v\n%+v", of, got)
		}
		if want.InDoubt && h.clearer() {
			want.InDoubt = got.InDoubt
		}
		if (h.has(authority.Achieved) || h.has(authority.Started)) && h.has(authority.Reopened) {
			// To be met and opened again promises no date (R5). The second account forgets that none was.
			if got.NoDate {
				want.NoDate, want.NoDateSince = true, got.NoDateSince
			}
			want.CancelledOwing = want.CancelledOwing || got.CancelledOwing
		}
		if h.has(authority.Achieved) || h.has(authority.Cancelled) || h.has(authority.Started) {
			want.OnHold = got.OnHold // what is met or given up is not put off; no rule is about it
		}
		if got.StartShown || got.FirstInDoubt {
			// Overdue by a restated start, or promised by words with several days: the second account asks nothing of their words.
			want.OtherWords = got.OtherWords
		}
		if want.FirstInDoubt && !got.FirstInDoubt || h.has(authority.Several) && got.First.Due != want.First.Due && got.StartRestated {
			t.Skip("where a date was stated before the words, if only a restated start, they are no first forecast (R9)")
		}
		if h.speakers > 1 && h.has(authority.Reopened) && int(got.First.Position) != want.First.Position {
			t.Skip("of the reopening's day, too, the earliest due day of several speakers is taken before an earlier day is asked (R11)")
		}
		if got.FirstInDoubt && h.datedBefore(got.First.Position) {
			t.Skip("dates of the day of words that became the first forecast are no restated starts (R2); the second account passes over them")
		}
		g, w := figuresOf(got), authorityOf(want)
		if g != w {
			t.Fatalf("as at %s\n%s\ngot\n%s\nwant\n%s\nrows\n%s\nwant rows\n%s", at, h, g, w, rowsOf(rows), authorityRows(want.Rows))
		}
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

// TestDoubtIsNotEvaded holds a place where the two accounts differ: after words with several days, a date about an earlier day
// that is later than their earliest is a restated start (R2), as it would be after a date. The second account takes it for the
// first forecast, so that the words would be forgotten.
func TestDoubtIsNotEvaded(t *testing.T) {
	h := &history{}
	h.tell(0, firstDay, 0, milestone.Added{Ref: "A", Title: "The hub opens"})
	h.tell(0, firstDay.AddDays(1), 1, milestone.Unread{Delivery: spectext.Reading("2017-06 & 2017-04")})
	h.tell(0, firstDay, 1, milestone.ForecastGiven{Delivery: spectext.Reading("2017-06")})
	h.tell(0, firstDay.AddDays(2), 1, milestone.Reconfirmed{Delivery: spectext.Reading("2017-06")})
	f := Of(h.statements, firstDay.AddDays(9), h.record())
	if want := (Days{Known: true, Days: 61}); f.Slip != want || !f.StartRestated {
		t.Errorf("slip %+v, restated %t", f.Slip, f.StartRestated)
	}
}

// TestStartDoesNotMeetADay holds another: where one speaker promises a day, and another says of the same as-at day from when on,
// a day was promised, and a start does not meet it (R6), although the other's due day is in force (R11).
func TestStartDoesNotMeetADay(t *testing.T) {
	h := &history{}
	h.tell(0, firstDay, 0, milestone.Added{Ref: "A", Title: "The hub opens"})
	h.tell(0, firstDay, 1, milestone.ForecastGiven{Delivery: spectext.Reading("2017-03-20")})
	h.tell(0, firstDay, 2, milestone.Slipped{Delivery: spectext.Reading("from 2017-04")})
	h.tell(0, firstDay, 2, milestone.Started{Start: spectext.Reading("2017-03-12")})
	if f := Of(h.statements, firstDay, h.record()); f.Met || f.Slip.Days != 41 {
		t.Errorf("met %t, slip %+v", f.Met, f.Slip)
	}
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
	return lines(f.First.Due, f.First.Position, f.FirstInDoubt, f.Last, f.Due, f.StartShown, days(f.Slip), days(f.Other), days(f.Previous),
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
	return lines(m.First.Due, uint64(m.First.Position), m.FirstInDoubt, m.Last, m.Due, m.StartMarked, days(m.Slip), days(m.Other), days(m.Previous),
		m.Met, m.OnHold, m.Overdue, m.NoDate, m.NoDateSince, m.Owed, m.InDoubt, m.Disagreement,
		m.CancelledOn, m.CancelledDue, m.LateThen, m.CancelledOwing, m.OtherWords, m.Late, m.Exactly)
}

func lines(firstDue civil.Date, first uint64, firstInDoubt bool, last, due civil.Date, startShown bool, slip, other, previous string,
	met, onHold, overdue, noDate bool, since civil.Date, owed int, inDoubt, disagreement bool,
	cancelledOn, cancelledDue civil.Date, lateThen int, cancelledOwing, otherWords, late, exactly bool,
) string {
	return fmt.Sprintf("first %s at %d, in doubt %t\nlast %s due %s start %t\nslip %s other %s previous %s\n"+
		"met %t hold %t overdue %t no date %t since %s owed %d\nin doubt %t disagreement %t\n"+
		"cancelled %s due %s late %d owing %t\nother words %t late %t exactly %t",
		firstDue, first, firstInDoubt, last, due, startShown, slip, other, previous,
		met, onHold, overdue, noDate, since, owed, inDoubt, disagreement,
		cancelledOn, cancelledDue, lateThen, cancelledOwing, otherWords, late, exactly)
}

// names are the product's names of the second account's rows.
var names = map[authority.RowKind]string{
	authority.Given: "ForecastGiven", authority.Slip: "MilestoneSlipped", authority.Recovery: "MilestoneRecovered",
	authority.Reconfirmed: "ForecastReconfirmed", authority.AchievedRow: "MilestoneAchieved",
	authority.RestatedActual: "AchievementRestated", authority.ReopenedRow: "MilestoneReopened",
	authority.OwedRow: DateOwed, authority.FromRow: FromInPlaceOfDay, authority.Disagrees: Disagrees,
	authority.StartRestated: StartRestated, authority.AmendedRow: "MilestoneAmended",
}

var markNames = []struct {
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
}

func rowsOf(rows []Row) string {
	var all []string
	for _, r := range rows {
		var marks []string
		for _, m := range markNames {
			if r.Marks&m.mark != 0 {
				marks = append(marks, m.name)
			}
		}
		if !r.Measured {
			r.Days = 0
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
	if event == DateOwed { // in the name of who took the date back; the second account names who had stated it
		by = ""
	}
	return fmt.Sprintf("%s %s %d %s -> %d %s %+d measured %t counts %t by %s %v %q %q", asAt, event, from, fromDue, to, toDue, days, measured, counts, by, marks, was, is)
}
