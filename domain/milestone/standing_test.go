package milestone_test

import (
	"testing"

	"pgregory.net/rapid"

	. "milepost.dev/domain/milestone"
	"milepost.dev/internal/rig/spectext"
)

// Whatever was said, a milestone is closed where its phase says so, else without a date where it has no due date, else
// overdue where that has passed and nothing met it.
func TestStanding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		known, day := histories().Draw(t, "history"), someDays.Draw(t, "day")
		s := FoldAsAt(known, day)
		standing := s.Standing(day)
		for of, is := range map[Standing]bool{
			StandingClosed:  s.Phase == PhaseAchieved || s.Phase == PhaseCancelled,
			StandingUndated: s.Phase != PhaseAchieved && s.Phase != PhaseCancelled && (!s.Forecast.Known || s.Forecast.Delivery.Due() == 0),
			StandingOverdue: !s.Met() && s.Phase != PhaseCancelled && s.Forecast.Delivery.Due().Before(day),
		} {
			if is != (standing == of) {
				t.Fatalf("stands as %d, and %d is %v: %+v", standing, of, is, s)
			}
		}
		if late := s.LastDue.After(s.FirstDue); late != (standing == StandingLate) && (standing == StandingLate || standing == StandingOnTime) {
			t.Fatalf("stands as %d, first due on %s and now on %s", standing, s.FirstDue, s.LastDue)
		}
	})
}

// What counts as without a date, as a programme manager would say it.
func TestUndated(t *testing.T) {
	day := spectext.Day("2017-06-01")
	for _, c := range []struct {
		name string
		said []Command
		want bool
	}{
		{"nothing was said", nil, true},
		{"a date", []Command{StateDate{Delivery: spectext.Reading("2017-09")}}, false},
		{"TBC", []Command{StateDate{Delivery: spectext.Reading("TBC")}}, true},
		{"TBC after a date", []Command{StateDate{Delivery: spectext.Reading("2017-09")}, StateDate{Delivery: spectext.Reading("TBC")}}, true},
		{"ongoing", []Command{StateDate{Delivery: spectext.Reading("ongoing")}}, true},
		{"ongoing after a date", []Command{StateDate{Delivery: spectext.Reading("2017-09")}, StateDate{Delivery: spectext.Reading("ongoing")}}, true},
		{"words without a date", []Command{StateDate{Delivery: spectext.Reading("soon")}}, true},
		{"words after a date", []Command{StateDate{Delivery: spectext.Reading("2017-09")}, StateDate{Delivery: spectext.Reading("soon")}}, false},
		{"on hold", []Command{Hold{Reason: "no money"}}, true},
		{"achieved", []Command{Achieve{Actual: spectext.Reading("2017-03-01")}}, false},
		{"cancelled", []Command{Cancel{Reason: "no money"}}, false},
	} {
		known := state(nil, Add{Ref: "B1"}, spectext.Day("2017-01-01"))
		for i, said := range c.said {
			known = state(known, said, spectext.Day("2017-03-01").AddDays(i))
		}
		s := FoldAsAt(known, day)
		if got := s.Standing(day) == StandingUndated; got != c.want {
			t.Errorf("%s: without a date is %v", c.name, got)
		}
	}
}

func TestNoReason(t *testing.T) {
	for _, c := range []struct {
		event Event
		want  bool
	}{
		{Slipped{}, true},
		{Slipped{Reason: "no steel"}, false},
		{Recovered{}, true},
		{Withdrawn{}, true},
		{Withdrawn{Reason: "no steel"}, false},
		{ForecastGiven{}, false},
		{Restated{}, false},
		{Reconfirmed{}, false},
		{Awaited{}, false},
		{Unread{}, false},
		{Added{}, false},
	} {
		if got := NoReason(c.event); got != c.want {
			t.Errorf("%#v: %v", c.event, got)
		}
	}
}
