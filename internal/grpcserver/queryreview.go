package grpcserver

import (
	"context"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/milestone"
	"milepost.dev/internal/wire"
	"milepost.dev/projections/review"
)

// ListReview lists what is put to a person.
func (s *queryServer) ListReview(ctx context.Context, m *milepostv1.ListReviewRequest) (*milepostv1.ListReviewResponse, error) {
	room, err := pageRoom(m.PageSize, itemsPage, maxItemsPage)
	if err != nil {
		return nil, err
	}
	q := questionOf(m)
	k, err := s.plan(ctx, m.Plan, m.ReadAt, m.PageToken, q)
	if err != nil {
		return nil, err
	}
	var rows []review.Row
	if m.Milestone == "" {
		rows = review.List(k.plan, k.asAt)
	} else {
		found, err := k.milestone(m.Milestone)
		if err != nil {
			return nil, err
		}
		rows = review.Of(k.view, found, k.asAt)
	}
	answer := &milepostv1.ListReviewResponse{SpokenFor: k.spokenFor()}
	for i, row := range rows {
		settled := row.Outcome != milestone.Unsettled
		asked := m.Settled && settled || !m.Settled && (m.All || !settled)
		if uint64(i) < k.page.afterPosition || m.Reason != "" && row.Reason != m.Reason || !asked {
			continue
		}
		item := wire.ReviewItem(row)
		if !room.takes(item, len(answer.Items) == 0) {
			answer.NextPageToken = k.from(i).token(q)
			break
		}
		answer.Items = append(answer.Items, item)
	}
	return answer, nil
}
