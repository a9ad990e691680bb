// Package dependency answers what milestones wait for, and what that means for their dates: shown and proposed, and
// applied to nothing. Only a milestone's own reporter moves its date.
package dependency

import (
	"cmp"
	"slices"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/projections"
	"milepost.dev/projections/status"
)

// Link is one milestone that waits for another, told from one side.
type Link struct {
	Other *projections.Milestone
	Title string // of the other, as Phase
	Phase milestone.Phase
	// Expected is the day on which the predecessor was or is to be met: its actual, else its due date or what is
	// proposed for it where that is later; zero where there is none.
	Expected civil.Date
	LagDays  int
	Earliest civil.Date // what this link leaves the one that waits; zero where Expected is
	// KnockOn is calendar days from the due date of the one that waits to Earliest, above 0; 0 where its date
	// holds, or where there is none to compare.
	KnockOn int
	AsAt    civil.Date // the day that the dependency was stated for
}

// Of is what one milestone has to do with others on a day.
type Of struct {
	DependsOn, NeededBy []Link // in order of reference
	Proposed            civil.Date
	KnockOn             int
}

// Graph is the dependencies of a plan on a day. It works out each milestone once, and belongs to one goroutine.
type Graph struct {
	plan     projections.Plan
	asAt     civil.Date
	proposed map[*projections.Milestone]civil.Date
}

// NewGraph returns the dependencies of a plan as they stood on a day.
func NewGraph(p projections.Plan, asAt civil.Date) *Graph {
	return &Graph{plan: p, asAt: asAt, proposed: map[*projections.Milestone]civil.Date{}}
}

// standing is what the dependencies of a milestone depend on.
type standing struct {
	milestone.State
	figures figures.Figures
}

func (s *standing) phase() milestone.Phase { return status.PhaseOf(&s.figures) }

func (g *Graph) state(m *projections.Milestone) standing {
	v := g.plan.View()
	return standing{v.State(m, g.asAt), v.Figures(m, g.asAt)}
}

// Of is what one milestone waits for, and what waits for it.
func (g *Graph) Of(m *projections.Milestone) Of {
	s := g.state(m)
	of := Of{Proposed: g.proposal(m)}
	of.KnockOn = knockOn(s, of.Proposed)
	for _, l := range s.Known().DependsOn {
		if other, ok := g.plan.FindID(l.On); ok {
			of.DependsOn = append(of.DependsOn, g.link(l, other, g.state(other), s))
		}
	}
	for _, other := range g.plan.Waiting(m.ID) {
		waits := g.state(other)
		for _, l := range waits.Known().DependsOn {
			if l.On != m.ID {
				continue
			}
			link := g.link(l, m, s, waits)
			link.Other, link.Title, link.Phase = other, waits.Title, waits.phase()
			of.NeededBy = append(of.NeededBy, link)
		}
	}
	byRef := func(a, b Link) int { return cmp.Compare(a.Other.Ref, b.Other.Ref) }
	slices.SortFunc(of.DependsOn, byRef)
	slices.SortFunc(of.NeededBy, byRef)
	return of
}

func (g *Graph) link(l milestone.Link, on *projections.Milestone, predecessor, waits standing) Link {
	link := Link{Other: on, Title: predecessor.Title, Phase: predecessor.phase(), Expected: g.expected(on, predecessor), LagDays: l.LagDays, AsAt: l.AsAt}
	if link.Expected != 0 {
		link.Earliest = link.Expected.AddDays(l.LagDays)
	}
	link.KnockOn = knockOn(waits, link.Earliest)
	return link
}

// expected is the day on which a milestone was met or is to be met. One that was cancelled keeps nobody waiting.
func (g *Graph) expected(m *projections.Milestone, s standing) civil.Date {
	switch f := &s.figures; {
	case f.Cancelled:
		return 0
	case f.Finished:
		return cmp.Or(f.Actual, s.Actual.End(), s.Actual.Start())
	default:
		return max(f.InForce(), g.proposal(m))
	}
}

// proposal is the earliest day that what a milestone waits for leaves it; zero where that says none.
func (g *Graph) proposal(m *projections.Milestone) civil.Date {
	if day, known := g.proposed[m]; known {
		return day
	}
	g.proposed[m] = 0 // were there a circle after all, it would end here
	var latest civil.Date
	for _, l := range g.state(m).Known().DependsOn {
		if other, ok := g.plan.FindID(l.On); ok {
			if expected := g.expected(other, g.state(other)); expected != 0 {
				latest = max(latest, expected.AddDays(l.LagDays))
			}
		}
	}
	g.proposed[m] = latest
	return latest
}

// knockOn is how much later than its due date a milestone would be; 0 where the date holds or nothing can be said.
func knockOn(s standing, earliest civil.Date) int {
	if s.figures.Met || s.figures.Cancelled {
		return 0
	}
	return max(0, s.figures.InForce().DaysUntil(earliest))
}
