package client

import (
	"context"
	"iter"

	pb "milepost.dev/api/milepost/v1"
)

// Answer is one answer, page after page.
type Answer[T any] struct {
	// Items are all items of all pages, or the *Error that ended them.
	Items iter.Seq2[T, error]
	// SpokenFor says which knowledge the answer was given from. It is nil until the first item.
	SpokenFor *pb.SpokenFor
}

// page is what a page of an answer has, whatever its items are.
type page interface {
	GetSpokenFor() *pb.SpokenFor
	GetNextPageToken() string
}

// pages reads an answer to its end.
func pages[P page, T any](ctx context.Context, c *Client, ask func(ctx context.Context, token string) (P, error), items func(P) []T) *Answer[T] {
	answer := &Answer[T]{}
	answer.Items = func(yield func(T, error) bool) {
		for token := ""; ; {
			p, err := persist(ctx, c, readFor, nil, func(ctx context.Context) (P, error) { return ask(ctx, token) })
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			if answer.SpokenFor == nil {
				answer.SpokenFor = p.GetSpokenFor()
			}
			for _, item := range items(p) {
				if !yield(item, nil) {
					return
				}
			}
			if token = p.GetNextPageToken(); token == "" {
				return
			}
		}
	}
	return answer
}

// Plans lists the plans.
func (c *Client) Plans(ctx context.Context, request *pb.ListPlansRequest) *Answer[*pb.Plan] {
	return pages(ctx, c, func(ctx context.Context, token string) (*pb.ListPlansResponse, error) {
		request.PageToken = token
		return c.queries.ListPlans(ctx, request)
	}, (*pb.ListPlansResponse).GetPlans)
}

// Status lists where milestones stand.
func (c *Client) Status(ctx context.Context, request *pb.ListStatusRequest) *Answer[*pb.MilestoneStatus] {
	return pages(ctx, c, func(ctx context.Context, token string) (*pb.ListStatusResponse, error) {
		request.PageToken = token
		return c.queries.ListStatus(ctx, request)
	}, (*pb.ListStatusResponse).GetMilestones)
}

// Slippage lists how dates moved.
func (c *Client) Slippage(ctx context.Context, request *pb.ListSlippageRequest) *Answer[*pb.Move] {
	return pages(ctx, c, func(ctx context.Context, token string) (*pb.ListSlippageResponse, error) {
		request.PageToken = token
		return c.queries.ListSlippage(ctx, request)
	}, (*pb.ListSlippageResponse).GetMoves)
}

// Funding lists funding lines.
func (c *Client) Funding(ctx context.Context, request *pb.ListFundingRequest) *Answer[*pb.FundingLine] {
	return pages(ctx, c, func(ctx context.Context, token string) (*pb.ListFundingResponse, error) {
		request.PageToken = token
		return c.queries.ListFunding(ctx, request)
	}, (*pb.ListFundingResponse).GetLines)
}

// Owners lists who owns milestones.
func (c *Client) Owners(ctx context.Context, request *pb.ListOwnersRequest) *Answer[*pb.Ownership] {
	return pages(ctx, c, func(ctx context.Context, token string) (*pb.ListOwnersResponse, error) {
		request.PageToken = token
		return c.queries.ListOwners(ctx, request)
	}, (*pb.ListOwnersResponse).GetOwners)
}

// Review lists what is put to a person.
func (c *Client) Review(ctx context.Context, request *pb.ListReviewRequest) *Answer[*pb.ReviewItem] {
	return pages(ctx, c, func(ctx context.Context, token string) (*pb.ListReviewResponse, error) {
		request.PageToken = token
		return c.queries.ListReview(ctx, request)
	}, (*pb.ListReviewResponse).GetItems)
}

// Audit lists who said what.
func (c *Client) Audit(ctx context.Context, request *pb.ListAuditRequest) *Answer[*pb.AuditEntry] {
	return pages(ctx, c, func(ctx context.Context, token string) (*pb.ListAuditResponse, error) {
		request.PageToken = token
		return c.queries.ListAudit(ctx, request)
	}, (*pb.ListAuditResponse).GetEntries)
}

// Plan shows all that is known of a plan itself.
func (c *Client) Plan(ctx context.Context, request *pb.GetPlanRequest) (*pb.GetPlanResponse, error) {
	return persist(ctx, c, readFor, nil, func(ctx context.Context) (*pb.GetPlanResponse, error) {
		return c.queries.GetPlan(ctx, request)
	})
}

// Milestone shows all that is known of one milestone.
func (c *Client) Milestone(ctx context.Context, request *pb.GetMilestoneRequest) (*pb.GetMilestoneResponse, error) {
	return persist(ctx, c, readFor, nil, func(ctx context.Context) (*pb.GetMilestoneResponse, error) {
		return c.queries.GetMilestone(ctx, request)
	})
}
