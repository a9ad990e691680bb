package milestone_test

import (
	"testing"

	"milepost.dev/domain"
	. "milepost.dev/domain/milestone"
)

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
		if got := NoReason(c.event.EventName(), domain.Why(c.event)); got != c.want {
			t.Errorf("%#v: %v", c.event, got)
		}
	}
}
