package wire

import (
	"cmp"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/period"
	"milepost.dev/projections"
	"milepost.dev/projections/review"
)

// ReviewItem is something about a milestone that a person is asked.
func ReviewItem(r review.Row) *milepostv1.ReviewItem {
	return &milepostv1.ReviewItem{
		Ref: r.Milestone.Ref, Milestone: projections.FormatID(r.Milestone.ID), Title: r.Title,
		Item: r.Item.Item, Reason: r.Reason, Field: r.Field, Text: r.Text, Says: cmp.Or(r.Says, period.Why(r.Reason)), Proposed: r.Proposed,
		State: cmp.Or(r.Outcome.String(), "open"), Raised: r.Raised.String(), Settled: r.Settled.String(),
		Value: r.Value, Into: r.Into, Why: r.Why,
	}
}
