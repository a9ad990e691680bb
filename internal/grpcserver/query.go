package grpcserver

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"google.golang.org/protobuf/proto"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/internal/access"
	"milepost.dev/internal/wire"
	"milepost.dev/projections"
	"milepost.dev/projections/audit"
	"milepost.dev/projections/slippage"
	"milepost.dev/projections/status"
)

// Names shows parties by name, and finds them.
type Names interface {
	wire.Names
	// Find is the id of the party with a name, in any case and spacing. It makes none.
	Find(name string) (id string, ok bool)
}

type queryServer struct {
	milepostv1.UnimplementedQueryServiceServer
	reader
	names  Names
	ledger audit.Ledger
	moves  planMoves
}

// Sizes of pages, in items.
const (
	plansPage, maxPlansPage = 100, 1000
	itemsPage, maxItemsPage = 1000, 10_000
	// pageBytes ends a page early: most clients take no answer above 4 MiB.
	pageBytes = 2 << 20
)

// room is how much more a page takes.
type room struct{ items, bytes int }

func pageRoom(size int32, otherwise, most int) (room, error) {
	switch {
	case size < 0:
		return room{}, domain.Refuse(domain.Invalid, RulePageSize, "page_size",
			"A page cannot have %d items. Ask for 1 to %d, or leave it out for %d.", size, most, otherwise)
	case size == 0:
		return room{otherwise, pageBytes}, nil
	}
	return room{min(int(size), most), pageBytes}, nil
}

// takes says whether one item more fits; one always does on an empty page, so that every page moves on.
func (r *room) takes(m proto.Message, empty bool) bool {
	r.items--
	r.bytes -= proto.Size(m)
	return empty || r.items >= 0 && r.bytes >= 0
}

// plan finds the plan of a question, for a caller who may read it.
func (s *queryServer) plan(ctx context.Context, id string, at *milepostv1.ReadAt, token string, q question) (known, error) {
	if err := callerOf(ctx).Check(access.Viewer, id); err != nil {
		return known{}, err
	}
	return s.reader.plan(ctx, id, at, token, q)
}

// ListPlans lists the plans that the caller may read. They may be in different places, so days begin and
// end here where most plans are.
func (s *queryServer) ListPlans(ctx context.Context, m *milepostv1.ListPlansRequest) (*milepostv1.ListPlansResponse, error) {
	room, err := pageRoom(m.PageSize, plansPage, maxPlansPage)
	if err != nil {
		return nil, err
	}
	q := questionOf(m)
	t, err := readTimes(m.ReadAt)
	if err != nil {
		return nil, err
	}
	var p page
	if m.PageToken != "" {
		if p, err = readPage(m.PageToken, q); err != nil {
			return nil, err
		}
		t = p.times()
	}
	view, err := s.view(ctx, t, defaultZone())
	if err != nil {
		return nil, err
	}
	if t.asAt.IsZero() {
		t.asAt = s.today(defaultZone())
	}
	caller := callerOf(ctx)
	if m.Plan != "" {
		if err := caller.Check(access.Viewer, m.Plan); err != nil {
			return nil, err
		}
	}
	var plans []projections.Plan
	for plan := range view.Plans() {
		if plan.ID > p.afterText && (m.Plan == "" || m.Plan == plan.ID) && caller.May(access.Viewer, plan.ID) {
			plans = append(plans, plan)
		}
	}
	slices.SortFunc(plans, func(a, b projections.Plan) int { return cmp.Compare(a.ID, b.ID) })
	answer := &milepostv1.ListPlansResponse{SpokenFor: known{view: view, asAt: t.asAt, by: s.of}.spokenFor()}
	for _, plan := range plans {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		item := wire.Plan(plan, t.asAt)
		if !room.takes(item, len(answer.Plans) == 0) {
			last := answer.Plans[len(answer.Plans)-1]
			answer.NextPageToken = page{position: view.Position, asAt: t.asAt, afterText: last.Id}.token(q)
			break
		}
		answer.Plans = append(answer.Plans, item)
	}
	return answer, nil
}

// GetPlan shows all that is known of a plan itself.
func (s *queryServer) GetPlan(ctx context.Context, m *milepostv1.GetPlanRequest) (*milepostv1.GetPlanResponse, error) {
	k, err := s.plan(ctx, m.Plan, m.ReadAt, "", question{})
	if err != nil {
		return nil, err
	}
	answer := wire.PlanItself(k.plan, k.asAt)
	answer.SpokenFor = k.spokenFor()
	return answer, nil
}

// ListStatus lists where each milestone stands.
func (s *queryServer) ListStatus(ctx context.Context, m *milepostv1.ListStatusRequest) (*milepostv1.ListStatusResponse, error) {
	room, err := pageRoom(m.PageSize, itemsPage, maxItemsPage)
	if err != nil {
		return nil, err
	}
	wanted, err := readFilter(s.names, m)
	if err != nil {
		return nil, err
	}
	q := questionOf(m)
	k, err := s.plan(ctx, m.Plan, m.ReadAt, m.PageToken, q)
	if err != nil {
		return nil, err
	}
	answer := &milepostv1.ListStatusResponse{SpokenFor: k.spokenFor()}
	for row := range status.After(k.plan, k.asAt, k.page.afterText) {
		if !wanted.wants(row) {
			continue
		}
		item := wire.Status(row, s.names)
		if !room.takes(item, len(answer.Milestones) == 0) {
			last := answer.Milestones[len(answer.Milestones)-1]
			answer.NextPageToken = page{position: k.view.Position, asAt: k.asAt, afterText: last.Ref}.token(q)
			break
		}
		answer.Milestones = append(answer.Milestones, item)
	}
	return answer, nil
}

// milestone finds a milestone of a plan by its reference or its own id.
func (k known) milestone(name string) (*projections.Milestone, error) {
	if m, ok := k.plan.Find(name); ok {
		return m, nil
	}
	return nil, domain.Refuse(domain.NotFound, milestone.RuleUnknown, "milestone",
		"Plan %q has no milestone %.210q at position %d. Check its reference: `milepost status` lists them.", k.plan.ID, name, k.view.Position)
}

// GetMilestone shows all that is known of one milestone.
func (s *queryServer) GetMilestone(ctx context.Context, m *milepostv1.GetMilestoneRequest) (*milepostv1.GetMilestoneResponse, error) {
	k, err := s.plan(ctx, m.Plan, m.ReadAt, "", question{})
	if err != nil {
		return nil, err
	}
	found, err := k.milestone(m.Milestone)
	if err != nil {
		return nil, err
	}
	answer, ok := wire.Milestone(k.view, found, k.asAt, s.names)
	if !ok {
		return nil, domain.Refuse(domain.NotFound, RuleNothingStated, "read_at.as_at",
			"Nothing had been stated of milestone %q for %s or an earlier day. Ask as at a later day.", found.Ref, k.asAt)
	}
	answer.SpokenFor = k.spokenFor()
	return answer, nil
}

// ListSlippage lists how due dates moved.
func (s *queryServer) ListSlippage(ctx context.Context, m *milepostv1.ListSlippageRequest) (*milepostv1.ListSlippageResponse, error) {
	room, err := pageRoom(m.PageSize, itemsPage, maxItemsPage)
	if err != nil {
		return nil, err
	}
	q := questionOf(m)
	k, err := s.plan(ctx, m.Plan, m.ReadAt, m.PageToken, q)
	if err != nil {
		return nil, err
	}
	var moves []slippage.Move
	if m.Milestone == "" {
		moves = s.moves.list(k.plan, k.asAt, m.PageToken != "")
	} else {
		found, err := k.milestone(m.Milestone)
		if err != nil {
			return nil, err
		}
		moves = slippage.Of(k.view, found, k.asAt)
	}
	answer := &milepostv1.ListSlippageResponse{SpokenFor: k.spokenFor()}
	end := page{position: k.view.Position, asAt: k.asAt}
	for _, move := range moves {
		seen := cmp.Or(cmp.Compare(move.AsAt, k.page.afterDay), cmp.Compare(move.Position, k.page.afterPosition)) <= 0
		if seen || !m.All && !move.Moved() {
			continue
		}
		item := wire.Move(move, s.names)
		if !room.takes(item, len(answer.Moves) == 0) {
			answer.NextPageToken = end.token(q)
			break
		}
		answer.Moves = append(answer.Moves, item)
		end.afterDay, end.afterPosition = move.AsAt, move.Position
	}
	return answer, nil
}

// planMoves keeps the moves of the plan that was last asked for in pages. They are in order of day over all
// milestones, so that every page would otherwise fold the whole plan. One list bounds the memory; who asks
// about another plan meanwhile only costs time.
type planMoves struct {
	mu    sync.Mutex
	of    movesOf         // guarded by mu
	moves []slippage.Move // guarded by mu; never changed once it is here
}

type movesOf struct {
	plan     string
	position uint64
	asAt     civil.Date
}

func (p *planMoves) list(plan projections.Plan, asAt civil.Date, furtherPage bool) []slippage.Move {
	of := movesOf{plan.ID, plan.View().Position, asAt}
	p.mu.Lock()
	kept, same := p.moves, p.of == of
	p.mu.Unlock()
	if same && furtherPage {
		return kept
	}
	moves := slippage.List(plan, asAt)
	if furtherPage {
		p.mu.Lock()
		p.of, p.moves = of, moves
		p.mu.Unlock()
	}
	return moves
}

// ListAudit lists every event with who said it.
func (s *queryServer) ListAudit(ctx context.Context, m *milepostv1.ListAuditRequest) (*milepostv1.ListAuditResponse, error) {
	room, err := pageRoom(m.PageSize, itemsPage, maxItemsPage)
	if err != nil {
		return nil, err
	}
	q := questionOf(m)
	k, err := s.plan(ctx, m.Plan, m.ReadAt, m.PageToken, q)
	if err != nil {
		return nil, err
	}
	var only *projections.Milestone
	if m.Milestone != "" {
		if only, err = k.milestone(m.Milestone); err != nil {
			return nil, err
		}
	}
	trail := audit.Trail{Plan: k.plan, Ledger: s.ledger, Names: s.names}
	answer := &milepostv1.ListAuditResponse{SpokenFor: k.spokenFor()}
	for _, e := range k.plan.Events(max(m.After, k.page.afterPosition)) {
		if only != nil && e.Milestone != only {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		item, err := wire.AuditEntry(ctx, trail, e)
		if err != nil {
			return nil, err
		}
		if m.ReadAt.GetAsAt() != "" && item.AsAt > k.asAt.String() { // ISO days are in order as text
			continue
		}
		if !room.takes(item, len(answer.Entries) == 0) {
			last := answer.Entries[len(answer.Entries)-1]
			answer.NextPageToken = page{position: k.view.Position, asAt: k.asAt, afterPosition: last.Position}.token(q)
			break
		}
		answer.Entries = append(answer.Entries, item)
	}
	return answer, nil
}
