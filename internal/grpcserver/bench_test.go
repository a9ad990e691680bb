package grpcserver

import (
	"testing"

	milepostv1 "milepost.dev/api/milepost/v1"
)

// What every push pays before it is decided.
func BenchmarkCheckKnown(b *testing.B) {
	m := &milepostv1.SubmitRequest{RequestId: "r1", Plan: "hubs", Commands: []*milepostv1.Command{{
		AsAt: "2017-03-01", Command: &milepostv1.Command_DeliveryDateStated{DeliveryDateStated: &milepostv1.DeliveryDateStated{
			Ref: "M1", DeliveryDate: "2017-06-30", Reason: "the builder has no steel before July",
		}},
	}}}
	var s shapes
	b.ReportAllocs()
	for b.Loop() {
		if err := s.checkKnown(m); err != nil {
			b.Fatal(err)
		}
	}
}
