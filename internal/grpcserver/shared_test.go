package grpcserver_test

import (
	"context"
	"sync/atomic"
	"testing"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore"
	"milepost.dev/projections/audit"
)

// reads counts the records that are read.
type reads struct {
	audit.Ledger
	n atomic.Int64
}

func (r *reads) Record(ctx context.Context, position uint64) (eventstore.Record, error) {
	r.n.Add(1)
	return r.Ledger.Record(ctx, position)
}

// A change is worked out once for all who watch, and every one of them gets it.
func TestManyWatchersShareAChange(t *testing.T) {
	w := newWorld(t)
	w.hubs()
	counted := &reads{Ledger: w.config.Records}
	w.config.Records = counted
	w.start()
	after := w.book.Position()
	var streams []watchStream
	for range 50 {
		stream, _ := w.watch(&milepostv1.WatchRequest{After: &after})
		if m := next(t, stream); m.GetCaughtUp() == nil {
			t.Fatal(line(m))
		}
		streams = append(streams, stream)
	}
	// The clock of this world stands still, so that what was made a moment ago stays so.
	w.submit(stated("M1", "2017-05-01", "2018-03-31"), stated("M2", "2017-05-01", "2018-04-30"))
	for _, stream := range streams {
		for _, want := range []string{"16 MilestoneSlipped M1 2018-03-31", "17 MilestoneSlipped M2 2018-04-30"} {
			if got := line(next(t, stream)); got != want {
				t.Fatalf("%q, want %q", got, want)
			}
		}
	}
	if n := counted.n.Load(); n != 2 {
		t.Errorf("%d records were read for 2 changes", n)
	}
}
