package oracle

import (
	"context"

	"google.golang.org/protobuf/proto"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/internal/wire"
	"milepost.dev/projections"
	"milepost.dev/projections/funding"
	"milepost.dev/projections/owners"
	"milepost.dev/projections/review"
)

// money compares the funding lines of a plan, who owns its milestones, and what is put to a person.
func (c *comparison) money(ctx context.Context, p projections.Plan, asAt civil.Date, where string) error {
	served, err := allPages(func(token string) (*milepostv1.ListFundingResponse, error) {
		return c.Query.ListFunding(ctx, &milepostv1.ListFundingRequest{Plan: p.ID, ReadAt: readAt(p.View(), asAt), PageToken: token})
	}, (*milepostv1.ListFundingResponse).GetLines)
	if err != nil {
		return err
	}
	var folded []proto.Message
	for _, row := range funding.List(p, asAt) {
		folded = append(folded, wire.FundingLine(row))
	}
	c.compare("funding of "+where, folded, served)

	served, err = allPages(func(token string) (*milepostv1.ListOwnersResponse, error) {
		return c.Query.ListOwners(ctx, &milepostv1.ListOwnersRequest{Plan: p.ID, ReadAt: readAt(p.View(), asAt), All: true, PageToken: token})
	}, (*milepostv1.ListOwnersResponse).GetOwners)
	if err != nil {
		return err
	}
	folded = nil
	for _, o := range owners.List(p, asAt) {
		folded = append(folded, wire.Ownership(o, c.names))
	}
	c.compare("owners of "+where, folded, served)

	served, err = allPages(func(token string) (*milepostv1.ListReviewResponse, error) {
		return c.Query.ListReview(ctx, &milepostv1.ListReviewRequest{Plan: p.ID, ReadAt: readAt(p.View(), asAt), All: true, PageToken: token})
	}, (*milepostv1.ListReviewResponse).GetItems)
	if err != nil {
		return err
	}
	folded = nil
	for _, r := range review.List(p, asAt) {
		folded = append(folded, wire.ReviewItem(r))
	}
	c.compare("review of "+where, folded, served)
	return nil
}

// allPages reads a list to its end.
func allPages[P interface{ GetNextPageToken() string }, T proto.Message](ask func(token string) (P, error), items func(P) []T) (all []proto.Message, err error) {
	for token := ""; ; {
		page, err := ask(token)
		if err != nil {
			return nil, err
		}
		for _, item := range items(page) {
			all = append(all, item)
		}
		if token = page.GetNextPageToken(); token == "" {
			return all, nil
		}
	}
}
