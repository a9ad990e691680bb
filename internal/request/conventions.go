package request

import (
	"math"
	"time"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/period"
	"milepost.dev/domain/plan"
	"milepost.dev/internal/reading/dates"
)

// conventions are how dates are written. What is none stays so, for the plan to refuse.
func (r *reader) conventions(m *milepostv1.DateConventions) plan.Conventions {
	from, _, ok := period.ISODays(m.GetMonthsFrom())
	if !ok && m.GetMonthsFrom() != "" {
		r.refuse(RuleDayNotISO, "conventions.months_from", "%.60q is not a month. Use YYYY-MM, such as 2017-04.", m.GetMonthsFrom())
	}
	return plan.Conventions{ // they count alike; a test holds them to it
		DateOrder: small[plan.DateOrder](m.GetDateOrder()), Weeks: small[plan.WeekSystem](m.GetWeeks()), FinancialYear: time.Month(min(m.GetFinancialYear(), 255)), MonthsFrom: from,
	}
}

// small is a number of an enumeration; what does not fit is one that no enumeration has.
func small[T ~uint8, F ~int32](v F) T {
	if v < 0 || v > math.MaxUint8 {
		return math.MaxUint8
	}
	return T(v)
}

// silent says that the plan says nothing of its dates, or is not known yet.
func (s Settings) silent() bool {
	return s.start.IsZero() && s.quarters == dates.QuartersUnsaid && s.conventions == (plan.Conventions{})
}

// of makes them those that a plan is registered with.
func (s *Settings) of(r plan.Register) {
	s.start, s.end, s.quarters, s.conventions = r.PeriodStart, r.PeriodEnd, quartersOf(r.Quarters), r.Conventions
}

// into puts the conventions into what dates are read with.
func into(c plan.Conventions, s *dates.Settings) {
	s.FinancialYear, s.MonthsFrom = c.FinancialYear, c.MonthsFrom
	switch c.DateOrder {
	case plan.DayFirst:
		s.Order = dates.DayFirst
	case plan.MonthFirst:
		s.Order = dates.MonthFirst
	}
	switch c.Weeks {
	case plan.ISOWeeks:
		s.Weeks = dates.ISOWeeks
	case plan.SundayWeeks:
		s.Weeks = dates.SundayWeeks
	}
}
