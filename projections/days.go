package projections

import (
	"cmp"
	"slices"

	"milepost.dev/domain/civil"
)

// Told is a day that statements about milestones were made for.
type Told struct {
	AsAt       civil.Date
	Milestones int // how many milestones were spoken of
	// Whole: at least a quarter of those that had been spoken of by then, so that it is a return of the plan, and not a
	// push of a few.
	Whole bool
}

// DaysTold are the days for which the view knows a statement about a milestone of the plan, the earliest first. Statements
// that make a day of the plan are not among them: a plan that was registered has no report yet.
func (p Plan) DaysTold() []Told {
	type seen struct{ milestones, last int }
	milestones := p.Milestones()
	first := make(map[civil.Date]int, len(milestones)) // how many were spoken of for the first time
	days := map[civil.Date]*seen{}
	for i, m := range milestones {
		earliest := civil.Last
		for _, f := range p.view.facts(m) {
			earliest = min(earliest, f.asAt)
			d := days[f.asAt]
			if d == nil {
				d = &seen{last: -1}
				days[f.asAt] = d
			}
			if d.last != i {
				d.milestones, d.last = d.milestones+1, i
			}
		}
		first[earliest]++
	}
	told := make([]Told, 0, len(days))
	for day, d := range days {
		told = append(told, Told{AsAt: day, Milestones: d.milestones})
	}
	slices.SortFunc(told, func(a, b Told) int { return cmp.Compare(a.AsAt, b.AsAt) })
	known := 0
	for i := range told {
		known += first[told[i].AsAt]
		told[i].Whole = 4*told[i].Milestones >= known
	}
	return told
}
