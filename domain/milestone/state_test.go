package milestone

import (
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/domain/civil"
)

// An open milestone is at most one of without a date, overdue and late, and one that is closed is neither without a
// date nor late: so figures of a plan can stand beside each other, and each milestone is in its bar once.
func TestEachMilestoneCountsOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		known, day := histories().Draw(t, "history"), someDays.Draw(t, "day")
		s := FoldAsAt(known, day)
		is := []bool{s.Undated(), s.Overdue(day), s.Late(day)}
		n := 0
		for _, one := range is {
			if one {
				n++
			}
		}
		if n > 1 {
			t.Fatalf("without a date, overdue, late: %v", is)
		}
		if !s.Open() && n > 0 {
			t.Fatalf("%v counts as without a date, overdue or late: %v", s.Phase, is)
		}
		if s.Open() && s.Due() == 0 && !s.Undated() {
			t.Fatal("an open milestone that nobody knows the date of has one")
		}
	})
}

// What counts as without a date, as a programme manager would say it.
func TestUndated(t *testing.T) {
	day := parseDay("2017-06-01")
	for _, c := range []struct {
		name string
		said []Command
		want bool
	}{
		{"nothing was said", nil, true},
		{"a date", []Command{StateDate{Delivery: reading("2017-09")}}, false},
		{"TBC", []Command{StateDate{Delivery: reading("TBC")}}, true},
		{"TBC after a date", []Command{StateDate{Delivery: reading("2017-09")}, StateDate{Delivery: reading("TBC")}}, true},
		{"ongoing", []Command{StateDate{Delivery: reading("ongoing")}}, true},
		{"ongoing after a date", []Command{StateDate{Delivery: reading("2017-09")}, StateDate{Delivery: reading("ongoing")}}, true},
		{"words without a date", []Command{StateDate{Delivery: reading("soon")}}, true},
		{"words after a date", []Command{StateDate{Delivery: reading("2017-09")}, StateDate{Delivery: reading("soon")}}, false},
		{"on hold", []Command{Hold{Reason: "no money"}}, true},
		{"achieved", []Command{Achieve{Actual: reading("2017-03-01")}}, false},
		{"cancelled", []Command{Cancel{Reason: "no money"}}, false},
	} {
		known := state(nil, Add{Ref: "B1"}, parseDay("2017-01-01"))
		for i, said := range c.said {
			known = state(known, said, parseDay("2017-03-01").AddDays(i))
		}
		if got := FoldAsAt(known, day).Undated(); got != c.want {
			t.Errorf("%s: without a date is %v", c.name, got)
		}
	}
	if (State{Exists: true}).Due() != civil.Date(0) {
		t.Error("a milestone of which nothing was said has a due date")
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
