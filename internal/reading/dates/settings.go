package dates

import (
	"time"

	"milepost.dev/domain/civil"
)

// Quarters says which kind of year a quarter belongs to when its year is not written. A year that is written decides:
// "Q2 17/18" belongs to the financial year, and "Q2 2017" to the calendar year.
type Quarters uint8

const (
	// QuartersUnsaid: financial quarters, unless the plan's period begins in January.
	QuartersUnsaid Quarters = iota
	// CalendarQuarters begin in January.
	CalendarQuarters
	// FinancialQuarters begin with the financial year.
	FinancialQuarters
)

// Order says whether the day or the month comes first in a date of numbers alone, "03/04/2017".
type Order uint8

const (
	// OrderUnsaid: day first (rule 6), and nobody said so.
	OrderUnsaid Order = iota
	// DayFirst: 03/04/2017 is 3 April.
	DayFirst
	// MonthFirst: 03/04/2017 is 4 March.
	MonthFirst
)

// Weeks says how the weeks of a year are counted.
type Weeks uint8

const (
	// WeeksUnsaid: as ISO weeks, and nobody said so.
	WeeksUnsaid Weeks = iota
	// ISOWeeks begin on Monday, and the first is the one that 4 January lies in (ISO 8601).
	ISOWeeks
	// SundayWeeks begin on Sunday, and the first is the one that 1 January lies in, as in spreadsheets and calendars of North
	// America.
	SundayWeeks
)

// Settings are what a document or a plan says about itself, and its dates leave out. Each may be absent: the zero Settings
// know nothing.
type Settings struct {
	// PlanStart and PlanEnd are the first and the last day of the plan's period.
	PlanStart, PlanEnd civil.Date
	// Dated is the document's own date.
	Dated civil.Date
	// Quarters is what the plan means by a quarter without a year.
	Quarters Quarters
	// QuartersBegin is the first month of the first quarter, where the document prints its quarters with their months ("Q1
	// (Apr-Jun)"). "Q2 2017" is then the months that it prints for Q2, in 2017. 0 means that it prints none, and the
	// convention holds.
	QuartersBegin time.Month
	// FinancialYear is the month that the financial year begins in; 0 means April (rule 1).
	FinancialYear time.Month
	// Order is that of day and month in a date of numbers alone.
	Order Order
	// Weeks is how the weeks of a year are counted.
	Weeks Weeks
	// MonthsFrom is the first day of the month that the plan counts as its month 1; 0 where it does not say, and then "month 6" names no
	// month.
	MonthsFrom civil.Date
	// Past says that the date has passed, as an actual date has. A date without a year is then the last one before
	// the document's own date (rule 21).
	Past bool
}

// yearBegins is the month that the financial year begins in: 4 for April.
func (s *Settings) yearBegins() int {
	if m := s.FinancialYear; m >= time.January && m <= time.December {
		return int(m)
	}
	return int(time.April)
}
