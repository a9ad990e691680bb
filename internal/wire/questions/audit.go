package questions

import (
	"context"
	"iter"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/wire"
	"milepost.dev/projections"
	"milepost.dev/projections/audit"
)

// entries are the events of a plan after a position: all of them or, where one is named, those of a milestone. Each is
// read from the ledger when it is asked for.
func entries(ctx context.Context, trail *audit.Trail, after uint64, name string) iter.Seq2[*pb.AuditEntry, error] {
	return func(yield func(*pb.AuditEntry, error) bool) {
		var only *projections.Milestone
		if name != "" {
			found, err := Milestone(trail.Plan, name)
			if err != nil {
				yield(nil, err)
				return
			}
			only = found
		}
		for _, e := range trail.Plan.Events(after) {
			if only != nil && e.Milestone != only {
				continue
			}
			entry, err := wire.AuditEntry(ctx, trail, e)
			if !yield(entry, err) || err != nil {
				return
			}
		}
	}
}
