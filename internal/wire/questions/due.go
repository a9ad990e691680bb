package questions

import (
	"cmp"
	"iter"
	"slices"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/projections/status"
)

// RuleDueWithin: a look-ahead of less than no days, or of more than there are.
const RuleDueWithin = "due-within-out-of-range"

// maxDueWithin is a hundred years.
const maxDueWithin = 36_600

// dueWithin makes a question about status one about what is due within so many days, in order of due date. All of the plan is
// worked out for each page: the order is over the whole of it.
func dueWithin(days int32, q *asked[status.Row, *pb.MilestoneStatus]) {
	if days < 0 || days > maxDueWithin {
		q.wrong = refuse(domain.Invalid, RuleDueWithin, "due_within_days",
			"%d is not a number of days to look ahead. Ask for 1 to %d.", days, maxDueWithin)
		return
	}
	wants := q.wants
	q.wants = nil
	q.rows = func(p Page) iter.Seq2[status.Row, error] {
		return func(yield func(status.Row, error) bool) {
			last := cmp.Or(p.AsAt.AddDays(int(days)), civil.Last) // none beyond the calendar
			var rows []status.Row
			for row := range status.After(p.Plan, p.AsAt, "") {
				if row.Figures.DueBy(last) && (wants == nil || wants(row)) {
					rows = append(rows, row)
				}
			}
			slices.SortStableFunc(rows, func(a, b status.Row) int { return cmp.Compare(a.Figures.InForce(), b.Figures.InForce()) })
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
		}
	}
	q.place = func(row status.Row) Place { return Place{Day: row.Figures.InForce(), Text: row.Milestone.Ref} }
}
