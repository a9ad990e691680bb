package page

import (
	"fmt"
	"testing"

	pb "milepost.dev/api/milepost/v1"
)

// An answer is remembered for who asked, of the position and day that it was given for, and not without a bound.
func TestAMemoIsOfOneVisitorAndPosition(t *testing.T) {
	var m memo
	answer := make([]*pb.MilestoneStatus, memoHolds/4)
	for i := range answer {
		answer[i] = &pb.MilestoneStatus{Ref: fmt.Sprint(i)}
	}
	key := stood{"ann", "hubs", "2026-01-01", 7}
	m.keep(key, answer)
	found := m.find(key)
	if len(found) != len(answer) {
		t.Fatalf("%d of %d", len(found), len(answer))
	}
	found[0] = nil
	if m.find(key)[0] == nil {
		t.Error("a page changed what is remembered")
	}
	for _, other := range []stood{{"bob", "hubs", "2026-01-01", 7}, {"ann", "rail", "2026-01-01", 7}, {"ann", "hubs", "2026-01-02", 7}, {"ann", "hubs", "2026-01-01", 8}} {
		if m.find(other) != nil {
			t.Errorf("%+v is answered with what is of %+v", other, key)
		}
	}
	for i := range 10 {
		m.keep(stood{"ann", "hubs", "2026-01-01", uint64(100 + i)}, answer)
		if m.holds > memoHolds || m.find(key) == nil && i < 3 {
			t.Errorf("after %d more it holds %d", i+1, m.holds)
		}
	}
	if len(m.kept) != 4 {
		t.Errorf("%d answers are kept", len(m.kept))
	}
}
