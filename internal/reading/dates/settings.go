package dates

import "milepost.dev/domain/civil"

// Quarters says which kind of year a quarter belongs to when its year is not written. A year that is written decides:
// "Q2 17/18" belongs to the financial year, and "Q2 2017" to the calendar year.
type Quarters uint8

const (
	// QuartersUnsaid: financial quarters, unless the plan's period begins in January.
	QuartersUnsaid Quarters = iota
	// CalendarQuarters begin in January.
	CalendarQuarters
	// FinancialQuarters begin in April.
	FinancialQuarters
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
	// Past says that the date has passed, as an actual date has. A date without a year is then the last one before
	// the document's own date (rule 21).
	Past bool
}
