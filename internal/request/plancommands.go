package request

import (
	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/plan"
	"milepost.dev/domain/rating"
)

// planCommand reads the commands that say what a plan is. False: it is none of them.
func (r *reader) planCommand(stated *milepostv1.Command, c *Command) (ok bool, err error) {
	switch m := stated.GetCommand().(type) {
	case *milepostv1.Command_PlanRegistered:
		r.path += ".plan_registered"
		c.OfPlan = r.planRegistered(m.PlanRegistered)
		if registers, ok := c.OfPlan.(plan.Register); ok && r.settings.silent() { // what follows is read as it says
			r.settings.of(registers)
		}
	case *milepostv1.Command_HistoryAccepted:
		r.path += ".history_accepted"
		accept := plan.AcceptHistory{
			From: m.HistoryAccepted.GetFromPosition(), To: m.HistoryAccepted.GetToPosition(), Reason: m.HistoryAccepted.GetReason(),
		}
		r.checkPlan(accept, "")
		c.OfPlan = accept
	case *milepostv1.Command_PlanRevised:
		r.path += ".plan_revised"
		c.OfPlan = r.planRevised(m.PlanRevised)
	case *milepostv1.Command_PartiesMerged:
		r.path += ".parties_merged"
		c.OfPlan = r.partiesMerged(m.PartiesMerged)
	case *milepostv1.Command_RoleGranted:
		r.path += ".role_granted"
		c.OfPlan = r.roleGranted(m.RoleGranted)
	case *milepostv1.Command_RoleWithdrawn:
		r.path += ".role_withdrawn"
		c.OfPlan = r.roleWithdrawn(m.RoleWithdrawn)
	case *milepostv1.Command_PlanClosed:
		r.path += ".plan_closed"
		c.OfPlan = plan.Close{Reason: m.PlanClosed.GetReason()}
		r.checkPlan(c.OfPlan, "")
	case *milepostv1.Command_PlanReopened:
		r.path += ".plan_reopened"
		c.OfPlan = plan.Reopen{Reason: m.PlanReopened.GetReason()}
		r.checkPlan(c.OfPlan, "")
	default:
		return false, nil
	}
	return true, err
}

func (r *reader) planRegistered(m *milepostv1.PlanRegistered) plan.Command {
	c := plan.Register{
		Name: m.GetName(), TimeZone: m.GetTimeZone(), Quarters: r.quarters(m.GetQuarters()),
		PeriodStart: r.day("period_start", m.GetPeriodStart()), PeriodEnd: r.day("period_end", m.GetPeriodEnd()),
		RatingSchemes: r.schemes(m.GetRatingSchemes()), Conventions: r.conventions(m.GetConventions()),
	}
	r.checkPlan(c, c.TimeZone)
	return c
}

func (r *reader) planRevised(m *milepostv1.PlanRevised) plan.Command {
	c := plan.Revise{
		Name: m.Name, TimeZone: m.TimeZone, Reason: m.GetReason(), RatingSchemes: r.schemes(m.GetRatingSchemes()),
		PeriodStart: r.optionalDay("period_start", m.PeriodStart), PeriodEnd: r.optionalDay("period_end", m.PeriodEnd),
		Conventions: r.conventions(m.GetConventions()),
	}
	if m.Quarters != nil {
		q := r.quarters(m.GetQuarters())
		c.Quarters = &q
	}
	r.checkPlan(c, m.GetTimeZone())
	return c
}

func (r *reader) checkPlan(c plan.Command, zone string) {
	_, err := LoadZone(zone)
	for _, refusal := range plan.Check(c, plan.Facts{TimeZoneKnown: err == nil && zone != ""}) {
		r.found = append(r.found, refusal.At(r.path))
	}
}

func (r *reader) quarters(q milepostv1.Quarters) plan.Quarters {
	switch q {
	case milepostv1.Quarters_QUARTERS_UNSPECIFIED:
		return plan.Unsaid
	case milepostv1.Quarters_QUARTERS_CALENDAR:
		return plan.Calendar
	case milepostv1.Quarters_QUARTERS_FINANCIAL:
		return plan.Financial
	}
	r.refuse(RuleQuartersUnknown, "quarters", "%d is not a kind of quarter. Use calendar or financial.", q)
	return plan.Unsaid
}

func (r *reader) schemes(ms []*milepostv1.RatingScheme) (schemes []rating.Scheme) {
	for i, m := range ms {
		s := rating.Scheme{Name: m.GetName()}
		for j, v := range m.GetValues() {
			grade := rating.Grade(v.GetCommon()) // the two count alike; a test holds them to it
			if v.GetCommon() < 0 || v.GetCommon() > milepostv1.CommonRating_COMMON_RATING_GREEN {
				r.refuse(RuleCommonRatingUnknown, fieldAt("rating_schemes", i, "values", j, "common"), "%d is not a common rating. Use red, amber/red, amber, amber/green or green.", v.GetCommon())
				grade = rating.Unknown
			}
			s.Values = append(s.Values, rating.Value{Value: v.GetValue(), Grade: grade, Meaning: v.GetMeaning()})
		}
		schemes = append(schemes, s)
	}
	return schemes
}

// optionalDay reads a civil date that may be absent, and that may be said to be none.
func (r *reader) optionalDay(field string, text *string) *civil.Date {
	if text == nil {
		return nil
	}
	d := r.day(field, *text)
	return &d
}
