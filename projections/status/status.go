// Package status answers where each milestone stands.
package status

import (
	"cmp"
	"slices"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/projections"
)

// Row is where one milestone stands on a day.
type Row struct {
	Milestone *projections.Milestone
	State     milestone.State
	Overdue   bool
	Revision  uint64 // how many events the milestone has in this view, whatever their day
	Position  uint64 // of the last of them
}

// Of is the status of one milestone as it stood on a day. False: nothing had been stated by then.
func Of(v projections.View, m *projections.Milestone, asAt civil.Date) (Row, bool) {
	state := v.State(m, asAt)
	if !state.Exists {
		return Row{}, false
	}
	statements, _ := v.Statements(m)
	return Row{
		Milestone: m, State: state, Overdue: state.Overdue(asAt),
		Revision: uint64(len(statements)), Position: statements[len(statements)-1].Position,
	}, true
}

// List is the status of every milestone of a plan, in order of reference.
func List(p projections.Plan, asAt civil.Date) []Row {
	milestones := p.Milestones()
	rows := make([]Row, 0, len(milestones))
	for _, m := range milestones {
		if row, ok := Of(p.View(), m, asAt); ok {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, func(a, b Row) int { return cmp.Compare(a.Milestone.Ref, b.Milestone.Ref) })
	return rows
}

// Counts is what stands out in a plan. Nothing in it is an average.
type Counts struct {
	Milestones, Achieved, Slipped, Recovered, Overdue, Undated int
	LastAsAt                                                   civil.Date
	Position                                                   uint64
}

// Count is what stands out in a plan on a day.
func Count(p projections.Plan, asAt civil.Date) Counts {
	var c Counts
	if events := p.Events(0); len(events) > 0 {
		c.Position = events[len(events)-1].Position
	}
	for _, m := range p.Milestones() {
		row, ok := Of(p.View(), m, asAt)
		if !ok {
			continue
		}
		c.Milestones++
		if row.State.Phase == milestone.PhaseAchieved {
			c.Achieved++
		}
		switch slip := row.State.SlipDays(); {
		case slip > 0:
			c.Slipped++
		case slip < 0:
			c.Recovered++
		}
		if row.Overdue {
			c.Overdue++
		}
		if !row.State.Forecast.Known {
			c.Undated++
		}
		c.LastAsAt = max(c.LastAsAt, row.State.LastAsAt) // After is false beside no date
	}
	return c
}
