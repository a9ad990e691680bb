package grpcserver_test

import (
	"fmt"
	"testing"

	"google.golang.org/protobuf/proto"

	milepostv1 "milepost.dev/api/milepost/v1"
)

// TestEveryChangeIsTheSameToWhoComesLate: of a milestone of many statements, those who watch from its first one are sent the very changes
// that those are sent who watch from the middle on, and all hear of what is stated then.
func TestEveryChangeIsTheSameToWhoComesLate(t *testing.T) {
	w := newWorld(t)
	w.in("hubs", registered(), added("M1"))
	const changes = 400
	for i := range changes {
		day := fmt.Sprintf("2017-%02d-%02d", 1+i/60, 1+i%28)
		if i%7 == 3 {
			day = "2017-01-05"
		}
		w.in("hubs", stated("M1", day, fmt.Sprintf("2018-%02d-%02d", 1+i%12, 1+i%28)))
	}
	w.start()
	after := uint64(2)
	early := w.watchAll("", &milepostv1.WatchRequest{Plan: "hubs", EveryChange: true, After: &after})
	late := w.watchAll("", &milepostv1.WatchRequest{EveryChange: true, After: proto.Uint64(after + changes/2)})
	for range changes / 2 {
		next(t, early)
	}
	for range changes / 2 {
		a, b := next(t, early), next(t, late)
		if b.Plan = ""; !proto.Equal(a, b) {
			t.Fatalf("%v\n%v", a, b)
		}
	}
	next(t, early) // both have caught up
	next(t, late)
	for i := range 3 {
		after := w.in("hubs", stated("M1", "2017-08-01", fmt.Sprintf("2019-01-%02d", 1+i)))
		if a, b := next(t, early), next(t, late); a.Position != after || b.Position != after || a.GetChange().GetStatus().GetForecast() != b.GetChange().GetStatus().GetForecast() ||
			a.GetChange().GetStatus().GetForecast() != fmt.Sprintf("2019-01-%02d", 1+i) {
			t.Fatalf("%v\n%v", a, b)
		}
	}
}
