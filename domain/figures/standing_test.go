package figures_test

import (
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/domain/civil"
	. "milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/internal/rig/spectext"
)

// TestStanding: what a programme manager would say of a milestone on 1 December, after two things were said of it.
func TestStanding(t *testing.T) {
	date := func(words string) milestone.Event { return milestone.ForecastGiven{Delivery: spectext.Reading(words)} }
	tbc := milestone.Withdrawn{Delivery: spectext.Reading("TBC")}
	unread := func(words string) milestone.Event { return milestone.Unread{Delivery: spectext.Reading(words)} }
	achieved := milestone.Achieved{Actual: spectext.Reading("2017-06-01")}
	type standing struct {
		overdue, undated, noDate, late bool
		owed                           int
	}
	for _, c := range []struct {
		name string
		said []milestone.Event
		want standing
	}{
		{"nothing", nil, standing{undated: true}},
		{"TBC", []milestone.Event{tbc}, standing{undated: true}},
		{"ongoing", []milestone.Event{date("ongoing")}, standing{undated: true}},
		{"words", []milestone.Event{unread("soon")}, standing{undated: true}},
		{"several days", []milestone.Event{unread("2018-03 & 2018-06")}, standing{}},
		{"a date to come", []milestone.Event{date("2018-03")}, standing{}},
		{"its due day", []milestone.Event{date("2017-12-01")}, standing{}},
		{"the day before", []milestone.Event{date("2017-11-30")}, standing{overdue: true, owed: 1}},
		{"a later date", []milestone.Event{date("2018-03"), date("2018-04")}, standing{late: true}},
		{"a later date that has passed", []milestone.Event{date("2017-03"), date("2017-11")}, standing{overdue: true, owed: 1}},
		{"TBC for a date to come", []milestone.Event{date("2018-03"), tbc}, standing{undated: true, noDate: true}},
		{"TBC for a date that has passed", []milestone.Event{date("2017-11"), tbc}, standing{overdue: true, undated: true, noDate: true, owed: 1}},
		{"ongoing for a date that has passed", []milestone.Event{date("2017-11"), date("ongoing")}, standing{overdue: true, undated: true, noDate: true, owed: 1}},
		{"words for a date to come", []milestone.Event{date("2018-03"), unread("soon")}, standing{undated: true, noDate: true}},
		{"on hold", []milestone.Event{date("2017-11"), milestone.Held{}}, standing{overdue: true, owed: 1}},
		{"achieved", []milestone.Event{date("2017-11"), achieved}, standing{}},
		{"achieved without a date", []milestone.Event{achieved}, standing{}},
		{"cancelled", []milestone.Event{date("2017-11"), milestone.Cancelled{}}, standing{}},
	} {
		h := &history{}
		h.tell(0, firstDay, 1, milestone.Added{Ref: "A", Title: "The hub opens"})
		for i, e := range c.said {
			h.tell(0, firstDay.AddDays(10*i), 1, e)
		}
		f := Of(h.statements, spectext.Day("2017-12-01"), h.record())
		if got := (standing{f.Overdue, f.Undated(), f.NoDate, f.LateToCome(), f.Owed}); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// TestInOrderNothingIsRecordedOtherwise: what one speaker tells in order of days is recorded as what it comes to.
func TestInOrderNothingIsRecordedOtherwise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := &history{}
		h.tell(0, firstDay, 1, milestone.Added{Ref: "A", Title: "The hub opens"})
		for i := range rapid.IntRange(1, 8).Draw(t, "dates") {
			asAt := firstDay.AddDays(i)
			state := milestone.Fold(milestone.AsAt(h.statements, civil.Last))
			words := rapid.SampledFrom(append([]string{"TBC", "soon", "2017-06 & 2017-04"}, days...)).Draw(t, "words")
			events, err := milestone.Decide(state, milestone.StateDate{Delivery: spectext.Reading(words)}, milestone.Facts{AsAt: asAt, Today: asAt, Exists: true})
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range events {
				h.tell(0, asAt, 1, e)
			}
		}
		_, rows := Rows(h.statements, civil.Last, h.record())
		inDoubt := false
		for _, r := range rows {
			inDoubt = inDoubt || r.Marks&InDoubt != 0
			s := h.statements[r.To.Position-1]
			switch e := s.Event.(type) {
			case milestone.Slipped:
				if r.IsDate() && (r.Event != e.EventName() || r.Days != e.Days) && !inDoubt {
					t.Fatalf("%s %d is shown as %s %d\n%s", e.EventName(), e.Days, r.Event, r.Days, h)
				}
			case milestone.Recovered:
				if r.IsDate() && (r.Event != e.EventName() || r.Days != e.Days) && !inDoubt {
					t.Fatalf("%s %d is shown as %s %d\n%s", e.EventName(), e.Days, r.Event, r.Days, h)
				}
			case milestone.ForecastGiven, milestone.Reconfirmed:
				if r.IsDate() && r.Event != e.EventName() && !inDoubt {
					t.Fatalf("%s is shown as %s\n%s", e.EventName(), r.Event, h)
				}
			}
		}
	})
}

// TestWithdrawingHidesNoSlip: TBC and words, said anywhere between the dates, change no move and no total.
func TestWithdrawingHidesNoSlip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plain, hidden := &history{}, &history{}
		for _, h := range []*history{plain, hidden} {
			h.tell(0, firstDay, 1, milestone.Added{Ref: "A", Title: "The hub opens"})
		}
		for i := range rapid.IntRange(1, 8).Draw(t, "dates") {
			asAt := firstDay.AddDays(2 * i)
			date := milestone.ForecastGiven{Delivery: spectext.Reading(rapid.SampledFrom(days).Draw(t, "date"))}
			plain.tell(0, asAt, 1, date)
			hidden.tell(0, asAt, 1, date)
			for range rapid.IntRange(0, 2).Draw(t, "words") {
				hidden.tell(0, asAt.AddDays(1), 1, milestone.Unread{Delivery: spectext.Reading(rapid.SampledFrom(append(noDays, "TBC")).Draw(t, "words"))})
			}
		}
		f, rows := Rows(plain.statements, civil.Last, plain.record())
		without, others := Rows(hidden.statements, civil.Last, hidden.record())
		if f.Slip != without.Slip || f.Due != without.Due || f.Owed != without.Owed {
			t.Fatalf("plainly %+v\nhidden  %+v", f, without)
		}
		if want, got := betweenDates(rows), betweenDates(others); want != got {
			t.Fatalf("plainly\n%s\nhidden\n%s", want, got)
		}
	})
}

// betweenDates are the moves between dates.
func betweenDates(rows []Row) string {
	var kept []Row
	for _, r := range rows {
		if r.IsDate() && r.To.Due != 0 {
			kept = append(kept, r)
		}
	}
	return moves(kept)
}
