package wire

import (
	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/baseline"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/plan"
	"milepost.dev/domain/rating"
	"milepost.dev/projections"
	"milepost.dev/projections/corrections"
	"milepost.dev/projections/promised"
	"milepost.dev/projections/status"
)

// notRated counts the milestones that were never rated: that is no rating, and none of them is green.
const notRated = "not rated"

// Plan is a plan with what stands out in it as it stood on a day.
// Count counts its milestones: status.Count, or what remembers its answers.
func Plan(p projections.Plan, asAt civil.Date, names Names, count func(projections.Plan, civil.Date) status.Counts) *milepostv1.Plan {
	c, s := count(p, asAt), p.At(asAt)
	m := &milepostv1.Plan{
		Id: p.ID, Name: s.Name, PeriodStart: s.PeriodStart.String(), PeriodEnd: s.PeriodEnd.String(),
		Quarters: quarters(s.Quarters), TimeZone: s.TimeZone, Conventions: conventions(s.Conventions),
		Milestones: int32(c.Milestones), Achieved: int32(c.Achieved), Slipped: int32(c.Slipped),
		Recovered: int32(c.Recovered), Overdue: int32(c.Overdue), Undated: int32(c.Undated),
		Started: int32(c.Started), OnHold: int32(c.OnHold), Cancelled: int32(c.GivenUp), NotReported: int32(c.NotReported),
		Awaited: int32(c.Undated), Late: int32(c.LateToCome), OnTime: int32(c.OnTimeToCome), ToReview: int32(c.ToReview),
		Closed: closedAsAt(s), ClosedReason: closedReason(s),
		LastAsAt: c.LastAsAt.String(), Position: c.Position, RatingSchemes: schemes(s.RatingSchemes), NextDue: c.NextDue.String(),
	}
	figuresOf(m, &c.Counts)
	correctionsOf(m, corrections.TotalOf(p, asAt), names)
	for _, proposal := range promised.Proposals(p, asAt) {
		if proposal.State() == baseline.IsPending {
			m.ProposalsPending++
		}
	}
	for _, grade := range rating.Grades() {
		if n := c.Rated[grade]; n > 0 {
			m.Ratings = append(m.Ratings, &milepostv1.RatingCount{Rating: grade.String(), Milestones: int32(n)})
		}
	}
	if w := c.Worst; w.Milestone != nil {
		m.Worst = &milepostv1.WorstSlip{
			Ref: w.Milestone.Ref, Milestone: projections.FormatID(w.Milestone.ID), Title: w.Title, SlipDays: int32(w.Days),
		}
	}
	if c.Unrated > 0 {
		m.Ratings = append(m.Ratings, &milepostv1.RatingCount{Rating: notRated, Milestones: int32(c.Unrated)})
	}
	return m
}

// figuresOf are the counts by figures that the plan has no other field for.
func figuresOf(m *milepostv1.Plan, c *figures.Counts) {
	m.NoDate, m.OwedDays, m.InDoubt = int32(c.NoDate), int32(c.Owed), int32(c.InDoubt)
	m.AchievedLate, m.AchievedOnTime, m.AchievedUpTo = int32(c.Late), int32(c.OnTime), int32(c.UpTo)
	m.CancelledOwing, m.OtherWords, m.StartRestated, m.Disagreements = int32(c.CancelledOwing), int32(c.OtherWords), int32(c.StartRestated), int32(c.Disagreements)
	m.Baselined, m.Rebaselined, m.Rebaselines = int32(c.Baselined), int32(c.Rebaselined), int32(c.Rebaselines)
	m.Exceptions, m.CancellationsPending = int32(c.Exceptions), int32(c.CancellationsPending)
	m.CostExceptions, m.ScopesPending, m.BaselineErrors = int32(c.CostExceptions), int32(c.ScopesPending), int32(c.BaselineErrors)
	m.DaysGranted, m.DaysBeforeBaseline = int32(c.Granted), int32(c.BeforeBaseline)
	m.NetSlipDays, m.SettingDays, m.Replaced = int32(c.Net), int32(c.Setting), int32(c.Replaced)
}

func closedAsAt(s plan.State) string {
	if s.Closed == nil {
		return ""
	}
	return s.Closed.AsAt.String()
}

func closedReason(s plan.State) string {
	if s.Closed == nil {
		return ""
	}
	return s.Closed.Reason
}

func quarters(q plan.Quarters) milepostv1.Quarters {
	switch q {
	case plan.Calendar:
		return milepostv1.Quarters_QUARTERS_CALENDAR
	case plan.Financial:
		return milepostv1.Quarters_QUARTERS_FINANCIAL
	default:
		return milepostv1.Quarters_QUARTERS_UNSPECIFIED
	}
}

func conventions(c plan.Conventions) *milepostv1.DateConventions {
	if c == (plan.Conventions{}) {
		return nil
	}
	return &milepostv1.DateConventions{
		DateOrder: milepostv1.DateOrder(c.DateOrder), FinancialYear: uint32(c.FinancialYear), Weeks: milepostv1.WeekSystem(c.Weeks),
	}
}

func schemes(declared []rating.Scheme) (ms []*milepostv1.RatingScheme) {
	for _, s := range declared {
		m := &milepostv1.RatingScheme{Name: s.Name}
		for _, v := range s.Values {
			m.Values = append(m.Values, &milepostv1.RatingValue{Value: v.Value, Common: milepostv1.CommonRating(v.Grade), Meaning: v.Meaning})
		}
		ms = append(ms, m)
	}
	return ms
}

// ratings are what was said on each scheme, and the worst of it on the common scale.
func ratings(row status.Row) (worst string, ms []*milepostv1.Rating) {
	for _, r := range row.Ratings {
		ms = append(ms, &milepostv1.Rating{Scheme: r.Scheme, Value: r.Value, Common: r.Grade.String(), AsAt: r.AsAt.String()})
	}
	if len(ms) > 0 {
		worst = row.Worst.String()
	}
	return worst, ms
}
