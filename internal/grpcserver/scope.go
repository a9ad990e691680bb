package grpcserver

import (
	"context"
	"iter"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/plan"
	"milepost.dev/internal/access"
	"milepost.dev/internal/wire/questions"
	"milepost.dev/projections"
)

// scope is which plans are watched: one, or all that the caller may read.
type scope struct {
	caller func() access.Caller // as the credentials are now
	plan   string               // empty for all
}

// readScope finds out what is watched, and whether the caller may.
func readScope(ctx context.Context, m *milepostv1.WatchRequest) (scope, error) {
	s := scope{caller: func() access.Caller { return callerOf(ctx) }, plan: m.Plan}
	switch {
	case s.plan != "":
		return s, require(ctx, access.Viewer, s.plan)
	case m.Milestone != "":
		return s, domain.Refuse(domain.Invalid, plan.RuleUnknown, "plan",
			"Milestone %.210q is of a plan: name the plan as well.", m.Milestone)
	}
	return s, nil
}

// milestone finds the one milestone that is watched; nil where all are.
func (s scope) milestone(view projections.View, name string) (*projections.Milestone, error) {
	if s.plan == "" {
		return nil, nil
	}
	found, ok := view.Plan(s.plan)
	if !ok {
		return nil, domain.Refuse(domain.NotFound, plan.RuleUnknown, "plan",
			"There is no plan %q. Check its id: `milepost plans` lists them.", s.plan)
	}
	if name == "" {
		return nil, nil
	}
	return questions.Milestone(found, name)
}

// plans are those that are watched and known.
func (s scope) plans(view projections.View) iter.Seq[projections.Plan] {
	return func(yield func(projections.Plan) bool) {
		if s.plan != "" {
			if plan, ok := view.Plan(s.plan); ok {
				yield(plan)
			}
			return
		}
		caller := s.caller()
		for plan := range view.Plans() {
			if caller.May(access.Viewer, plan.ID) && !yield(plan) {
				return
			}
		}
	}
}

// named is the plan of a message, where it does not go without saying.
func (s scope) named(plan projections.Plan) string {
	if s.plan != "" {
		return ""
	}
	return plan.ID
}
