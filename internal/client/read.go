package client

import (
	"context"
	"iter"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	pb "milepost.dev/api/milepost/v1"
)

// Answer is one answer, page after page.
type Answer[T any] struct {
	// Items are all items of all pages, or the *Error that ended them.
	Items iter.Seq2[T, error]
	// SpokenFor says which knowledge the answer was given from. It is nil until the first item.
	SpokenFor *pb.SpokenFor
}

// Page is what a page of an answer has, whatever its items are.
type Page interface {
	GetSpokenFor() *pb.SpokenFor
	GetNextPageToken() string
}

// Question is one that is answered in pages.
type Question interface {
	proto.Message
	GetPageToken() string
}

// List asks a question that is answered in pages, and reads the answer to its end. A page that gets no answer is asked
// for again. It writes the page tokens into the question.
func List[Q Question, P Page, T any](
	ctx context.Context, c *Client, call func(pb.QueryServiceClient, context.Context, Q, ...grpc.CallOption) (P, error), question Q, items func(P) []T,
) *Answer[T] {
	answer := &Answer[T]{}
	answer.Items = func(yield func(T, error) bool) {
		for token := ""; ; {
			turnTo(question, token)
			p, err := persist(ctx, c, readFor, nil, func(ctx context.Context) (P, error) { return call(c.queries, ctx, question) })
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

// turnTo writes a page token into a question.
func turnTo(question Question, token string) {
	m := question.ProtoReflect()
	m.Set(m.Descriptor().Fields().ByName("page_token"), protoreflect.ValueOfString(token))
}

// Plans lists the plans.
func (c *Client) Plans(ctx context.Context, question *pb.ListPlansRequest) *Answer[*pb.Plan] {
	return List(ctx, c, pb.QueryServiceClient.ListPlans, question, (*pb.ListPlansResponse).GetPlans)
}

// Status lists where milestones stand.
func (c *Client) Status(ctx context.Context, question *pb.ListStatusRequest) *Answer[*pb.MilestoneStatus] {
	return List(ctx, c, pb.QueryServiceClient.ListStatus, question, (*pb.ListStatusResponse).GetMilestones)
}

// Slippage lists how dates moved.
func (c *Client) Slippage(ctx context.Context, question *pb.ListSlippageRequest) *Answer[*pb.Move] {
	return List(ctx, c, pb.QueryServiceClient.ListSlippage, question, (*pb.ListSlippageResponse).GetMoves)
}

// Funding lists funding lines.
func (c *Client) Funding(ctx context.Context, question *pb.ListFundingRequest) *Answer[*pb.FundingLine] {
	return List(ctx, c, pb.QueryServiceClient.ListFunding, question, (*pb.ListFundingResponse).GetLines)
}

// Owners lists who owns milestones.
func (c *Client) Owners(ctx context.Context, question *pb.ListOwnersRequest) *Answer[*pb.Ownership] {
	return List(ctx, c, pb.QueryServiceClient.ListOwners, question, (*pb.ListOwnersResponse).GetOwners)
}

// Candidates lists the sentences of documents that may be milestones.
func (c *Client) Candidates(ctx context.Context, question *pb.ListCandidatesRequest) *Answer[*pb.Candidate] {
	return List(ctx, c, pb.QueryServiceClient.ListCandidates, question, (*pb.ListCandidatesResponse).GetCandidates)
}

// Review lists what is put to a person.
func (c *Client) Review(ctx context.Context, question *pb.ListReviewRequest) *Answer[*pb.ReviewItem] {
	return List(ctx, c, pb.QueryServiceClient.ListReview, question, (*pb.ListReviewResponse).GetItems)
}

// Audit lists who said what.
func (c *Client) Audit(ctx context.Context, question *pb.ListAuditRequest) *Answer[*pb.AuditEntry] {
	return List(ctx, c, pb.QueryServiceClient.ListAudit, question, (*pb.ListAuditResponse).GetEntries)
}

// Changes compares a plan with itself, as at two days or as known at two times. What was compared, and how many changes there
// are of each kind, is said to about before the first change.
func (c *Client) Changes(ctx context.Context, question *pb.ChangesRequest, about func(*pb.Comparison, *pb.ChangeCounts)) *Answer[*pb.NetChange] {
	said := false
	return List(ctx, c, pb.QueryServiceClient.Changes, question, func(page *pb.ChangesResponse) []*pb.NetChange {
		if !said && about != nil {
			about(page.GetComparison(), page.GetCounts())
		}
		said = true
		return page.GetChanges()
	})
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

// WhoAmI says as whom the caller is recorded, and what they may do.
func (c *Client) WhoAmI(ctx context.Context) (*pb.WhoAmIResponse, error) {
	return persist(ctx, c, readFor, nil, func(ctx context.Context) (*pb.WhoAmIResponse, error) {
		return c.identity.WhoAmI(ctx, &pb.WhoAmIRequest{})
	})
}

// BaselineProposals lists what is proposed as a baseline, and what became of it.
func (c *Client) BaselineProposals(ctx context.Context, question *pb.ListBaselineProposalsRequest) *Answer[*pb.BaselineProposal] {
	return List(ctx, c, pb.QueryServiceClient.ListBaselineProposals, question, (*pb.ListBaselineProposalsResponse).GetProposals)
}

// Baselines lists the items of proposals, and the baselines that some of them became.
func (c *Client) Baselines(ctx context.Context, question *pb.ListBaselinesRequest) *Answer[*pb.Baseline] {
	return List(ctx, c, pb.QueryServiceClient.ListBaselines, question, (*pb.ListBaselinesResponse).GetBaselines)
}

// Corrections lists what was said by mistake.
func (c *Client) Corrections(ctx context.Context, question *pb.ListCorrectionsRequest) *Answer[*pb.Correction] {
	return List(ctx, c, pb.QueryServiceClient.ListCorrections, question, (*pb.ListCorrectionsResponse).GetCorrections)
}
