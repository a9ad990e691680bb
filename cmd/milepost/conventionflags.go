package main

import (
	"milepost.dev/domain/period"
	"milepost.dev/internal/load/conventions"
)

// conventionFlags say how the dates of a plan are written. The plan keeps what they say.
type conventionFlags struct {
	DateOrder     string `enum:"day,month," default:"" group:"dates" help:"Whether day or month comes first in a date of numbers: day or month. Else as a column proves, else as the plan says, else day. The plan keeps it."`
	FinancialYear int    `placeholder:"MONTH" group:"dates" help:"The number of the month that the financial year begins in. Else as the plan says, else 4, April. The plan keeps it."`
	Weeks         string `enum:"iso,sunday," default:"" group:"dates" help:"How weeks are counted: iso or sunday. Else as the plan says, else iso. The plan keeps it."`
	Quarters      string `enum:"calendar,financial," default:"" group:"dates" help:"Which kind of year a quarter without a year is of. The plan keeps it."`
	MonthsFrom    string `placeholder:"YYYY-MM" group:"dates" help:"The month that the plan counts as its month 1, by which \"month 6\" and \"M+3\" are dates. The plan keeps it."`
	TimeZone      string `placeholder:"ZONE" group:"dates" help:"The IANA time zone in which the days of the plan begin and end, such as Europe/Paris. Else Europe/London. The plan keeps it."`
}

// said is what they say, or an error where that cannot be.
func (f conventionFlags) said() (conventions.Said, error) {
	if f.FinancialYear < 0 || f.FinancialYear > 12 {
		return conventions.Said{}, &usageError{"--financial-year is the number of a month, from 1 to 12"}
	}
	if f.MonthsFrom != "" {
		if _, _, ok := period.ISODays(f.MonthsFrom); !ok || len(f.MonthsFrom) != len("2017-04") {
			return conventions.Said{}, &usageError{"--months-from is a month, such as 2017-04"}
		}
	}
	return conventions.Said{MonthsFrom: f.MonthsFrom, DateOrder: f.DateOrder, FinancialYear: f.FinancialYear, Weeks: f.Weeks, Quarters: f.Quarters, TimeZone: f.TimeZone}, nil
}
