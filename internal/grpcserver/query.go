package grpcserver

import (
	"cmp"
	"context"
	"slices"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/plan"
	"milepost.dev/internal/access"
	"milepost.dev/internal/wire"
	"milepost.dev/internal/wire/questions"
	"milepost.dev/projections"
	"milepost.dev/projections/audit"
	"milepost.dev/projections/status"
)

// Names shows parties by name, and finds them.
type Names = questions.Names

// queryServer answers what can be asked. The questions that list rows of a plan are answered in internal/wire/questions.
type queryServer struct {
	*questions.Server
	finder
	names   Names
	holders func() []access.Holder
	counter status.Counter
}

func newQueryServer(r reader, names Names, ledger audit.Ledger, holders func() []access.Holder) *queryServer {
	f := finder{r}
	if holders == nil {
		holders = func() []access.Holder { return nil }
	}
	return &queryServer{Server: questions.NewServer(f, names, ledger), finder: f, names: names, holders: holders}
}

// Sizes of pages, in plans.
const plansPage, maxPlansPage = 100, 1000

// finder finds the plans of questions, for callers who may read them.
type finder struct{ reader }

// plan finds the plan of a question, for a caller who may read it.
func (f finder) plan(ctx context.Context, id string, at *milepostv1.ReadAt, token string, q question) (known, error) {
	if err := callerOf(ctx).Check(access.Viewer, id); err != nil {
		return known{}, err
	}
	if id == plan.OfLedger {
		return known{}, domain.Refuse(domain.NotFound, plan.RuleUnknown, "plan",
			"%q is not a plan. milepost audit lists the events that are of no plan.", id)
	}
	return f.reader.plan(ctx, id, at, token, q)
}

// ledger finds what is known of no plan, for a caller who may read every plan.
func (f finder) ledger(ctx context.Context, id string, at *milepostv1.ReadAt, token string, q question) (known, error) {
	if err := callerOf(ctx).Check(access.Viewer, access.EveryPlan); err != nil {
		return known{}, err
	}
	return f.reader.plan(ctx, id, at, token, q)
}

// Page finds the page that a question asks for.
func (f finder) Page(ctx context.Context, m questions.Request) (questions.Page, error) {
	q := questionOf(m)
	ask := f.plan
	if _, audits := m.(*milepostv1.ListAuditRequest); audits && m.GetPlan() == plan.OfLedger {
		ask = f.ledger
	}
	k, err := ask(ctx, m.GetPlan(), m.GetReadAt(), m.GetPageToken(), q)
	if err != nil {
		return questions.Page{}, err
	}
	return questions.Page{
		Plan: k.plan, AsAt: k.asAt, Today: f.today(k.plan.Location), From: questions.Place{Day: k.page.afterDay, Position: k.page.afterPosition, Text: k.page.afterText},
		SpokenFor: k.spokenFor(),
		MayRead:   func(plan string) bool { return callerOf(ctx).May(access.Viewer, plan) },
		Token: func(at questions.Place) string {
			next := page{position: k.view.Position, asAt: k.asAt, afterDay: at.Day, afterPosition: at.Position, afterText: at.Text}
			return next.token(q)
		},
	}, nil
}

// Before finds the plan of a page as it was known before. The end of the day today is what is known by now.
func (f finder) Before(ctx context.Context, p questions.Page, text, field string) (projections.Plan, error) {
	var t times
	now := p.Plan.View()
	if !t.readKnownAt(text) {
		return projections.Plan{}, domain.Refuse(domain.Invalid, RuleKnownAt, field, notKnownAt, text)
	}
	switch {
	case t.knownPosition != nil && *t.knownPosition > now.Position:
		return projections.Plan{}, domain.Refuse(domain.Invalid, RuleKnownBefore, field,
			"Position %d is after position %d, with which it is compared. Ask for an earlier one.", *t.knownPosition, now.Position)
	case t.knownDay.After(p.Today) || t.knownTime != nil && t.knownTime.After(f.clock.Now()):
		return projections.Plan{}, domain.Refuse(domain.Invalid, RuleKnownBefore, field,
			"%s has not come: today is %s. Ask for an earlier time.", text, p.Today)
	}
	then, err := f.view(ctx, t, p.Plan.Location)
	if err != nil {
		return projections.Plan{}, err
	}
	found, _ := now.Until(then.Position).Plan(p.Plan.ID)
	return found, nil
}

// ListPlans lists the plans that the caller may read. They may be in different places, so days begin and
// end here where most plans are.
func (s *queryServer) ListPlans(ctx context.Context, m *milepostv1.ListPlansRequest) (*milepostv1.ListPlansResponse, error) {
	room, err := questions.NewRoom(m.PageSize, plansPage, maxPlansPage)
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
		item := wire.Plan(plan, t.asAt, s.names, s.counter.Count)
		if !room.Takes(item, len(answer.Plans) == 0) {
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
	answer := wire.PlanItself(k.plan, k.asAt, s.names, s.counter.Count)
	answer.SpokenFor = k.spokenFor()
	return answer, nil
}

// GetMilestone shows all that is known of one milestone.
func (s *queryServer) GetMilestone(ctx context.Context, m *milepostv1.GetMilestoneRequest) (*milepostv1.GetMilestoneResponse, error) {
	k, err := s.plan(ctx, m.Plan, m.ReadAt, "", question{})
	if err != nil {
		return nil, err
	}
	found, err := questions.Milestone(k.plan, m.Milestone)
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
