package questions

import (
	"context"
	"iter"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	lines "milepost.dev/domain/funding"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/internal/wire"
	"milepost.dev/projections"
	"milepost.dev/projections/audit"
	"milepost.dev/projections/candidates"
	"milepost.dev/projections/corrections"
	"milepost.dev/projections/elsewhere"
	"milepost.dev/projections/funding"
	"milepost.dev/projections/owners"
	"milepost.dev/projections/promised"
	"milepost.dev/projections/review"
	"milepost.dev/projections/slippage"
	"milepost.dev/projections/status"
)

// Lists are the questions over a plan as it stood on a day, as `milepost check` asks them.
func Lists() []List {
	return []List{
		all("status", pb.QueryServiceClient.ListStatus, (*pb.ListStatusResponse).GetMilestones, status.List, wire.Status),
		all("slippage", pb.QueryServiceClient.ListSlippage, (*pb.ListSlippageResponse).GetMoves, slippage.List, wire.Move),
		all("funding", pb.QueryServiceClient.ListFunding, (*pb.ListFundingResponse).GetLines, funding.List, unnamed(wire.FundingLine)),
		all("owners", pb.QueryServiceClient.ListOwners, (*pb.ListOwnersResponse).GetOwners, owners.List, wire.Ownership),
		all("corrections", pb.QueryServiceClient.ListCorrections, (*pb.ListCorrectionsResponse).GetCorrections, corrections.List, wire.Correction),
		all("baselines", pb.QueryServiceClient.ListBaselines, (*pb.ListBaselinesResponse).GetBaselines, promised.List, unnamed(wire.Baseline)),
		all("proposals", pb.QueryServiceClient.ListBaselineProposals, (*pb.ListBaselineProposalsResponse).GetProposals, promised.Proposals, wire.BaselineProposal),
		all("review", pb.QueryServiceClient.ListReview, (*pb.ListReviewResponse).GetItems, reviewed, unnamed(wire.ReviewItem)),
		all("candidates", pb.QueryServiceClient.ListCandidates, (*pb.ListCandidatesResponse).GetCandidates, candidates.List, unnamed(wire.Candidate)),
	}
}

// reviewed is what is put to somebody who may read every plan: they may ask what follows from the whole ledger.
func reviewed(p projections.Plan, asAt civil.Date) []review.Row {
	return review.List(p, asAt, elsewhere.Everything)
}

// ListStatus lists where each milestone stands.
func (s *Server) ListStatus(ctx context.Context, m *pb.ListStatusRequest) (*pb.ListStatusResponse, error) {
	wanted, wrong := ReadFilter(s.names, m)
	q := asked[status.Row, *pb.MilestoneStatus]{
		wrong: wrong,
		rows: func(p Page) iter.Seq2[status.Row, error] {
			return func(yield func(status.Row, error) bool) {
				status.After(p.Plan, p.AsAt, p.From.Text)(func(row status.Row) bool { return yield(row, nil) })
			}
		},
		wants: wanted.wants(),
		tell:  wire.Status,
		place: func(row status.Row) Place { return Place{Text: row.Milestone.Ref} },
	}
	if m.DueWithinDays != 0 {
		dueWithin(m.DueWithinDays, &q)
	}
	a, err := list(ctx, s, m, q)
	if err != nil {
		return nil, err
	}
	return &pb.ListStatusResponse{Milestones: a.items, SpokenFor: a.spokenFor, NextPageToken: a.next}, nil
}

// ListSlippage lists how due dates moved.
func (s *Server) ListSlippage(ctx context.Context, m *pb.ListSlippageRequest) (*pb.ListSlippageResponse, error) {
	ofPlan, of := func(p projections.Plan, asAt civil.Date) []slippage.Move {
		return s.planMoves(p, asAt, m.PageToken != "")
	}, slippage.Of
	if m.Corrected {
		ofPlan, of = slippage.WithCorrected, slippage.OfWithCorrected
	}
	rows, wrong := rowsOf(m.Milestone, ofPlan, of), error(nil)
	if len(m.Milestones) > 0 {
		rows, wrong = movesOfSeveral(append(slices.Clone(m.Milestones), m.Milestone), of), notTooMany(m.Milestones)
	}
	a, err := list(ctx, s, m, asked[slippage.Move, *pb.Move]{
		wrong: wrong, rows: rows,
		wants: func(move slippage.Move) bool {
			return m.All || move.Moved() || move.Event == slippage.EventCorrected || m.Words && move.OfWords()
		},
		tell: wire.Move,
	})
	if err != nil {
		return nil, err
	}
	return &pb.ListSlippageResponse{Moves: a.items, SpokenFor: a.spokenFor, NextPageToken: a.next}, nil
}

// ListFunding lists the funding lines of a plan.
func (s *Server) ListFunding(ctx context.Context, m *pb.ListFundingRequest) (*pb.ListFundingResponse, error) {
	var wrong error
	if m.State != "" && !slices.Contains(lines.States(), m.State) {
		wrong = refuse(domain.Invalid, RuleFundingState, "state",
			"%.60q is not where a funding line can have got to. Use one of: %s.", m.State, strings.Join(lines.States(), ", "))
	}
	a, err := list(ctx, s, m, asked[funding.Row, *pb.FundingLine]{
		wrong: wrong,
		rows:  rowsOf(m.Milestone, funding.List, funding.Of),
		wants: func(r funding.Row) bool {
			return (m.Scheme == "" || r.Scheme == m.Scheme) && (m.State == "" || r.State() == m.State)
		},
		tell: unnamed(wire.FundingLine),
	})
	if err != nil {
		return nil, err
	}
	return &pb.ListFundingResponse{Lines: a.items, SpokenFor: a.spokenFor, NextPageToken: a.next}, nil
}

// ListOwners lists who owns each milestone.
func (s *Server) ListOwners(ctx context.Context, m *pb.ListOwnersRequest) (*pb.ListOwnersResponse, error) {
	owner, known := s.names.Find(m.Owner)
	a, err := list(ctx, s, m, asked[owners.Ownership, *pb.Ownership]{
		rows: func(p Page) iter.Seq2[owners.Ownership, error] {
			owner = p.Plan.View().Kept(owner)
			return rowsOf(m.Milestone, owners.List, owners.Of)(p)
		},
		wants: func(o owners.Ownership) bool {
			return (m.All || o.Until.IsZero()) && (m.Owner == "" || known && isOwner(milestone.Party(owner), o.To, o.SharedBy))
		},
		tell: wire.Ownership,
	})
	if err != nil {
		return nil, err
	}
	return &pb.ListOwnersResponse{Owners: a.items, SpokenFor: a.spokenFor, NextPageToken: a.next}, nil
}

// ListReview lists what is put to a person.
func (s *Server) ListReview(ctx context.Context, m *pb.ListReviewRequest) (*pb.ListReviewResponse, error) {
	a, err := list(ctx, s, m, asked[review.Row, *pb.ReviewItem]{
		rows: func(p Page) iter.Seq2[review.Row, error] {
			return rowsOf(m.Milestone,
				func(plan projections.Plan, asAt civil.Date) []review.Row { return review.List(plan, asAt, p.MayRead) },
				func(v projections.View, of *projections.Milestone, asAt civil.Date) []review.Row {
					return review.Of(v, of, asAt, p.MayRead)
				})(p)
		},
		wants: func(r review.Row) bool {
			settled := r.Outcome != milestone.Unsettled
			return (m.Reason == "" || r.Reason == m.Reason) && (settled == m.Settled || m.All && !m.Settled)
		},
		tell: unnamed(wire.ReviewItem),
	})
	if err != nil {
		return nil, err
	}
	return &pb.ListReviewResponse{Items: a.items, SpokenFor: a.spokenFor, NextPageToken: a.next}, nil
}

// ListCandidates lists the sentences of documents that may be milestones.
func (s *Server) ListCandidates(ctx context.Context, m *pb.ListCandidatesRequest) (*pb.ListCandidatesResponse, error) {
	a, err := list(ctx, s, m, asked[plan.Candidate, *pb.Candidate]{
		rows:  rowsOf("", candidates.List, nil),
		wants: func(c plan.Candidate) bool { return m.All || c.Outcome == plan.CandidateOpen },
		tell:  unnamed(wire.Candidate),
	})
	if err != nil {
		return nil, err
	}
	return &pb.ListCandidatesResponse{Candidates: a.items, SpokenFor: a.spokenFor, NextPageToken: a.next}, nil
}

// ListCorrections lists what was said by mistake.
func (s *Server) ListCorrections(ctx context.Context, m *pb.ListCorrectionsRequest) (*pb.ListCorrectionsResponse, error) {
	a, err := list(ctx, s, m, asked[corrections.Row, *pb.Correction]{
		rows: rowsOf(m.Milestone, corrections.List, corrections.Of),
		wants: func(r corrections.Row) bool {
			if m.Pending {
				return r.State == corrections.Pending
			}
			return m.All || r.State == corrections.Pending || r.State == corrections.Counts
		},
		tell: wire.Correction,
	})
	if err != nil {
		return nil, err
	}
	return &pb.ListCorrectionsResponse{Corrections: a.items, SpokenFor: a.spokenFor, NextPageToken: a.next}, nil
}

// ListAudit lists every event with who said it.
func (s *Server) ListAudit(ctx context.Context, m *pb.ListAuditRequest) (*pb.ListAuditResponse, error) {
	a, err := list(ctx, s, m, asked[*pb.AuditEntry, *pb.AuditEntry]{
		rows: func(p Page) iter.Seq2[*pb.AuditEntry, error] {
			return entries(ctx, &audit.Trail{Plan: p.Plan, Ledger: s.ledger, Names: s.names}, max(m.After, p.From.Position), m.Milestone)
		},
		wants: func(e *pb.AuditEntry) bool { return m.ReadAt.GetAsAt() == "" || e.AsAt <= m.ReadAt.AsAt }, // ISO days are in order as text
		tell:  unnamed(func(e *pb.AuditEntry) *pb.AuditEntry { return e }),
		place: func(e *pb.AuditEntry) Place { return Place{Position: e.Position} },
	})
	if err != nil {
		return nil, err
	}
	return &pb.ListAuditResponse{Entries: a.items, SpokenFor: a.spokenFor, NextPageToken: a.next}, nil
}
