// Package elsewhere finds milestones that were let go in one plan and added anew in another: those with words alike that were added about
// when the other was let go (R8). To let go is to cancel, to leave it open out of a complete return and say nothing of it since, or to close
// its plan while it is open. Nothing of that is stored. It follows from both plans, as known and as they stood on a day, and is for those who
// may read both.
package elsewhere

import (
	"cmp"
	"slices"
	"time"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/alike"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/projections"
)

const (
	mostCommon = 400 // a word that more titles of milestones that were let go have finds nothing
	mostPairs  = 16  // of one milestone
)

// Pair is a milestone that was let go in one plan, and one with words alike that was added in another about then.
type Pair struct {
	LetGo, Added *projections.Milestone
	Title        string     // of the one that was let go
	Since        civil.Date // the as-at day from which there are both
}

// May says whether somebody may read a plan.
type May func(plan string) bool

// Everything is for somebody who may read every plan.
func Everything(string) bool { return true }

// List are the pairs of which the added one is of a plan, as it stood on a day: in order of the added one's place in the plan, then of the
// other one's plan and reference.
func List(p projections.Plan, asAt civil.Date, may May) (pairs []Pair) {
	others := letGo(p.View(), p.ID, asAt, may)
	if len(others.all) == 0 {
		return nil // most plans
	}
	for _, m := range p.Milestones() {
		pairs = append(pairs, others.pairs(p, m)...)
	}
	return pairs
}

// Of are the pairs of one milestone.
func Of(v projections.View, m *projections.Milestone, asAt civil.Date, may May) []Pair {
	p, ok := v.Plan(m.Plan)
	if !ok {
		return nil
	}
	others := letGo(v, m.Plan, asAt, may)
	return others.pairs(p, m)
}

// allGone are the milestones that were let go in plans other than one, by the words of their titles.
type allGone struct {
	view   projections.View
	asAt   civil.Date
	all    []gone
	having map[uint32][]int // word -> where in all
}

// gone is a milestone that was let go.
type gone struct {
	*projections.Milestone
	title string
	words alike.Words
	when  []milestone.Moment
	since civil.Date
}

func letGo(v projections.View, but string, asAt civil.Date, may May) *allGone {
	g := &allGone{view: v, asAt: asAt, having: map[uint32][]int{}}
	plans := map[string]projections.Plan{} // that are open, and may be read
	for p := range v.Plans() {
		switch {
		case p.ID == but || !may(p.ID):
		case p.At(asAt).Closed != nil:
			for _, m := range p.Milestones() {
				g.add(p, m)
			}
		default:
			plans[p.ID] = p
		}
	}
	for m := range v.EverLetGo() {
		if p, ok := plans[m.Plan]; ok {
			g.add(p, m)
		}
	}
	slices.SortFunc(g.all, func(a, b gone) int { return cmp.Or(cmp.Compare(a.Plan, b.Plan), cmp.Compare(a.Ref, b.Ref)) })
	for i, o := range g.all {
		for _, word := range o.words {
			g.having[word] = append(g.having[word], i)
		}
	}
	return g
}

// add adds a milestone, if it was let go.
func (g *allGone) add(p projections.Plan, m *projections.Milestone) {
	state := g.view.State(m, g.asAt)
	o := gone{Milestone: m, title: state.Title}
	switch closed := p.At(g.asAt).Closed; {
	case !state.Exists || state.Phase == milestone.PhaseAchieved:
		return
	case state.Phase == milestone.PhaseCancelled:
		o.when, o.since = g.moments(p, m, ledgerv1.EventType_EVENT_TYPE_MILESTONE_CANCELLED)
	case state.NotReported != 0:
		o.when, o.since = g.moments(p, m, ledgerv1.EventType_EVENT_TYPE_MILESTONE_NOT_REPORTED)
	case closed != nil:
		o.when, o.since = g.closings(p), closed.AsAt
	default:
		return
	}
	o.words = alike.Of(state.Title)
	g.all = append(g.all, o)
}

// closings are the moments at which a plan was closed.
func (g *allGone) closings(p projections.Plan) (all []milestone.Moment) {
	for _, s := range p.Statements() {
		if _, closes := s.Event.(plan.Closed); closes && !s.AsAt.After(g.asAt) {
			all = append(all, g.moment(p, s.AsAt, s.Position))
		}
	}
	return all
}

// pairs are those of one milestone.
func (g *allGone) pairs(p projections.Plan, m *projections.Milestone) (pairs []Pair) {
	state := g.view.State(m, g.asAt)
	if !state.Exists {
		return nil
	}
	words := alike.Of(state.Title)
	var found []int
	for _, word := range words {
		if some := g.having[word]; len(some) <= mostCommon {
			found = append(found, some...)
		}
	}
	if len(found) == 0 {
		return nil
	}
	slices.Sort(found)
	added, since := g.moments(p, m, ledgerv1.EventType_EVENT_TYPE_MILESTONE_ADDED)
	for _, i := range slices.Compact(found) {
		o := &g.all[i]
		if alike.Overlap(words, o.words) < alike.From || !milestone.Near(o.when, added) {
			continue
		}
		if pairs = append(pairs, Pair{LetGo: o.Milestone, Added: m, Title: o.title, Since: max(o.since, since)}); len(pairs) == mostPairs {
			break
		}
	}
	return pairs
}

// moments are those of a milestone's events of a kind up to the as-at day, and the first of their days.
func (g *allGone) moments(p projections.Plan, m *projections.Milestone, kind ledgerv1.EventType) (all []milestone.Moment, first civil.Date) {
	for _, s := range g.view.StatementsOf(m, kind) {
		if s.AsAt.After(g.asAt) {
			continue
		}
		all = append(all, g.moment(p, s.AsAt, s.Position))
		if first == 0 || s.AsAt.Before(first) {
			first = s.AsAt
		}
	}
	return all, first
}

func (g *allGone) moment(p projections.Plan, asAt civil.Date, position uint64) milestone.Moment {
	return milestone.Moment{AsAt: asAt, Told: civil.OfTime(time.UnixMicro(g.view.RecordedAt(position)), p.Location)}
}
