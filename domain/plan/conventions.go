package plan

import (
	"cmp"
	"time"

	"milepost.dev/domain/civil"
)

// Conventions say how the dates of a plan are written, where a date itself does not say. The zero Conventions say nothing.
type Conventions struct {
	DateOrder     DateOrder
	FinancialYear time.Month // that it begins in; 0 where not said: April
	Weeks         WeekSystem
	MonthsFrom    civil.Date // the first day of the month that is its month 1; zero where not said
}

// DateOrder says whether day or month comes first in a date of numbers alone, such as 03/04/2017.
type DateOrder uint8

const (
	// OrderUnsaid: not said, and then the day.
	OrderUnsaid DateOrder = iota
	// DayFirst: 03/04/2017 is 3 April.
	DayFirst
	// MonthFirst: 03/04/2017 is 4 March.
	MonthFirst
)

// String returns "day", "month", or "" where not said.
func (o DateOrder) String() string { return word(o, "day", "month") }

// WeekSystem says how the weeks of a year are counted.
type WeekSystem uint8

const (
	// WeeksUnsaid: not said, and then ISO weeks.
	WeeksUnsaid WeekSystem = iota
	// ISOWeeks begin on Monday, and 4 January is in the first (ISO 8601).
	ISOWeeks
	// SundayWeeks begin on Sunday, and 1 January is in the first.
	SundayWeeks
)

// String returns "iso", "sunday", or "" where not said.
func (w WeekSystem) String() string { return word(w, "iso", "sunday") }

// word is the name of a value that counts from 1; empty for any other.
func word[T ~uint8](v T, names ...string) string {
	if v == 0 || int(v) > len(names) {
		return ""
	}
	return names[v-1]
}

// with is the conventions after others were said; what those leave out stays.
func (c Conventions) with(said Conventions) Conventions {
	return Conventions{
		cmp.Or(said.DateOrder, c.DateOrder), cmp.Or(said.FinancialYear, c.FinancialYear), cmp.Or(said.Weeks, c.Weeks), cmp.Or(said.MonthsFrom, c.MonthsFrom),
	}
}

// other is what is said otherwise than it stands.
func (c Conventions) other(said Conventions) (other Conventions) {
	if said.DateOrder != c.DateOrder {
		other.DateOrder = said.DateOrder
	}
	if said.FinancialYear != c.FinancialYear {
		other.FinancialYear = said.FinancialYear
	}
	if said.Weeks != c.Weeks {
		other.Weeks = said.Weeks
	}
	if said.MonthsFrom != c.MonthsFrom {
		other.MonthsFrom = said.MonthsFrom
	}
	return other
}

// told are its values in words, by name.
func (c Conventions) told() map[string]string {
	year := ""
	if c.FinancialYear != 0 {
		year = c.FinancialYear.String()
	}
	return map[string]string{"date_order": c.DateOrder.String(), "financial_year": year, "weeks": c.Weeks.String(), "months_from": c.Month()}
}

// Month is the month that months are counted from, YYYY-MM; empty where not said.
func (c Conventions) Month() string {
	if c.MonthsFrom == 0 {
		return ""
	}
	return c.MonthsFrom.String()[:len("2017-04")]
}

func (c Conventions) tell(told map[string]string) {
	for name, value := range c.told() {
		if value != "" {
			told[name] = value
		}
	}
}

// RuleConventionUnknown: a convention that there is not.
const RuleConventionUnknown = "date-convention-unknown"

func (c *check) conventions(said Conventions) {
	if said.FinancialYear < 0 || said.FinancialYear > time.December {
		c.refuse(RuleConventionUnknown, "conventions.financial_year", "A financial year cannot begin in month %d. Name a month from 1 to 12.", int(said.FinancialYear))
	}
	if said.DateOrder > MonthFirst {
		c.refuse(RuleConventionUnknown, "conventions.date_order", "%d is not an order of day and month. Use day or month.", said.DateOrder)
	}
	if first := said.MonthsFrom; first != 0 && first.Day() != 1 {
		c.refuse(RuleConventionUnknown, "conventions.months_from", "Months are counted from a month, and not from a day. Name it as 2017-04.")
	}
	if said.Weeks > SundayWeeks {
		c.refuse(RuleConventionUnknown, "conventions.weeks", "%d is not a system of weeks. Use ISO weeks or weeks from Sunday.", said.Weeks)
	}
}
