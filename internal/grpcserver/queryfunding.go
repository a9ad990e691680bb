package grpcserver

import (
	"context"
	"slices"
	"strings"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	lines "milepost.dev/domain/funding"
	"milepost.dev/internal/wire"
	"milepost.dev/projections/funding"
	"milepost.dev/projections/owners"
)

// ListFunding lists the funding lines of a plan.
func (s *queryServer) ListFunding(ctx context.Context, m *milepostv1.ListFundingRequest) (*milepostv1.ListFundingResponse, error) {
	room, err := pageRoom(m.PageSize, itemsPage, maxItemsPage)
	if err != nil {
		return nil, err
	}
	if m.State != "" && !slices.Contains(lines.States(), m.State) {
		return nil, domain.Refuse(domain.Invalid, RuleFundingState, "state",
			"%.60q is not where a funding line can have got to. Use one of: %s.", m.State, strings.Join(lines.States(), ", "))
	}
	q := questionOf(m)
	k, err := s.plan(ctx, m.Plan, m.ReadAt, m.PageToken, q)
	if err != nil {
		return nil, err
	}
	var rows []funding.Row
	if m.Milestone == "" {
		rows = funding.List(k.plan, k.asAt)
	} else {
		found, err := k.milestone(m.Milestone)
		if err != nil {
			return nil, err
		}
		rows = funding.Of(k.view, found, k.asAt)
	}
	answer := &milepostv1.ListFundingResponse{SpokenFor: k.spokenFor()}
	for i, row := range rows {
		if uint64(i) < k.page.afterPosition || m.Scheme != "" && row.Scheme != m.Scheme || m.State != "" && row.State() != m.State {
			continue
		}
		item := wire.FundingLine(row)
		if !room.takes(item, len(answer.Lines) == 0) {
			answer.NextPageToken = k.from(i).token(q)
			break
		}
		answer.Lines = append(answer.Lines, item)
	}
	return answer, nil
}

// ListOwners lists who owns each milestone.
func (s *queryServer) ListOwners(ctx context.Context, m *milepostv1.ListOwnersRequest) (*milepostv1.ListOwnersResponse, error) {
	room, err := pageRoom(m.PageSize, itemsPage, maxItemsPage)
	if err != nil {
		return nil, err
	}
	q := questionOf(m)
	k, err := s.plan(ctx, m.Plan, m.ReadAt, m.PageToken, q)
	if err != nil {
		return nil, err
	}
	var list []owners.Ownership
	if m.Milestone == "" {
		list = owners.List(k.plan, k.asAt)
	} else {
		found, err := k.milestone(m.Milestone)
		if err != nil {
			return nil, err
		}
		list = owners.Of(k.view, found, k.asAt)
	}
	owner, known := "", true
	if m.Owner != "" {
		owner, known = s.names.Find(m.Owner)
	}
	answer := &milepostv1.ListOwnersResponse{SpokenFor: k.spokenFor()}
	for i, o := range list {
		if uint64(i) < k.page.afterPosition || !m.All && o.Until != 0 || m.Owner != "" && (!known || string(o.To) != owner) {
			continue
		}
		item := wire.Ownership(o, s.names)
		if !room.takes(item, len(answer.Owners) == 0) {
			answer.NextPageToken = k.from(i).token(q)
			break
		}
		answer.Owners = append(answer.Owners, item)
	}
	return answer, nil
}

// from is the page that begins with the item of a number, in a list that is the same whenever it is made for one
// position and day.
func (k known) from(item int) page {
	return page{position: k.view.Position, asAt: k.asAt, afterPosition: uint64(item)}
}
