package questions

import (
	"context"
	"iter"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/baseline"
	"milepost.dev/internal/wire"
	"milepost.dev/projections/promised"
)

// RuleProposalState: a state that a proposal cannot be in.
const RuleProposalState = "proposal-state-unknown"

// ListBaselines lists what was proposed and approved of milestones.
func (s *Server) ListBaselines(ctx context.Context, m *pb.ListBaselinesRequest) (*pb.ListBaselinesResponse, error) {
	a, err := list(ctx, s, m, asked[promised.Row, *pb.Baseline]{
		rows:  rowsOf(m.Milestone, promised.List, promised.Of),
		wants: func(r promised.Row) bool { return m.Proposal == "" || r.Proposal.ID == m.Proposal },
		tell:  unnamed(wire.Baseline),
	})
	if err != nil {
		return nil, err
	}
	return &pb.ListBaselinesResponse{Baselines: a.items, SpokenFor: a.spokenFor, NextPageToken: a.next}, nil
}

// ListBaselineProposals lists proposals.
func (s *Server) ListBaselineProposals(ctx context.Context, m *pb.ListBaselineProposalsRequest) (*pb.ListBaselineProposalsResponse, error) {
	var wrong error
	if m.State != "" && !slices.Contains(baseline.States(), baseline.State(m.State)) {
		wrong = refuse(domain.Invalid, RuleProposalState, "state", "%.60q is not a state of a proposal. Use one of: %s.", m.State, states())
	}
	a, err := list(ctx, s, m, asked[promised.Proposal, *pb.BaselineProposal]{
		wrong: wrong,
		rows: func(p Page) iter.Seq2[promised.Proposal, error] {
			return func(yield func(promised.Proposal, error) bool) {
				for _, proposal := range promised.Proposals(p.Plan, p.AsAt) {
					if !yield(proposal, nil) {
						return
					}
				}
			}
		},
		wants: func(p promised.Proposal) bool { return m.State == "" || string(p.State()) == m.State },
		tell:  wire.BaselineProposal,
	})
	if err != nil {
		return nil, err
	}
	return &pb.ListBaselineProposalsResponse{Proposals: a.items, SpokenFor: a.spokenFor, NextPageToken: a.next}, nil
}

func states() string {
	var all []string
	for _, s := range baseline.States() {
		all = append(all, string(s))
	}
	return strings.Join(all, ", ")
}
