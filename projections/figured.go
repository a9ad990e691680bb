package projections

import (
	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
)

// figured is what the figures of a milestone came to as at a day. They are worked out of all its statements, and asked for again and
// again: each page of a plan, and each list of plans, asks for those of all milestones. They depend on the statements about the
// milestone and about its plan alone, so they hold until one of these is added.
type figured struct {
	day     civil.Date
	count   int // of statements of the milestone
	ofPlan  int // of statements about the plan itself, those about baselines among them
	figures figures.Figures
}

// figuredOn are those on the two days that were asked for last: today, most often, and a day that somebody compares it with.
type figuredOn [2]*figured

// Figures are what the dates of a milestone come to as at a day, as this view knows them.
func (v View) Figures(m *Milestone, asAt civil.Date) figures.Figures {
	of := m.original()
	ofPlan, current := v.ofPlanItself(of.entry)
	// What took the place of another milestone has figures of that one too, and what was corrected is read otherwise than it was told.
	if !current || of.linked.Load() || of.corrections.Load() != nil {
		return v.figures(m, asAt)
	}
	count, last := len(v.recorded(m)), of.figured.Load()
	if last != nil {
		for _, f := range last {
			if f != nil && f.day == asAt && f.count == count && f.ofPlan == ofPlan {
				return f.figures
			}
		}
	}
	next := &figuredOn{{day: asAt, count: count, ofPlan: ofPlan, figures: v.figures(m, asAt)}}
	if last != nil && last[0].day != asAt {
		next[1] = last[0]
	}
	of.figured.Store(next)
	return next[0].figures
}

func (v View) figures(m *Milestone, asAt civil.Date) (f figures.Figures) {
	v.book.told(m, v.facts(m), civil.Last, unread, func(told []milestone.Statement) { f = figures.Of(told, asAt, v.record(m)) })
	return f
}

// ofPlanItself is how many statements there are about a plan itself. False: the view does not know all of them, because it is asked about
// what was known earlier.
func (v View) ofPlanItself(p *planEntry) (count int, current bool) {
	for _, all := range [][]plan.Statement{p.statements.all(), p.baselines.told.all()} {
		if n := len(all); n > 0 {
			if all[n-1].Position > v.Position {
				return 0, false
			}
			count += n
		}
	}
	return count, true
}
