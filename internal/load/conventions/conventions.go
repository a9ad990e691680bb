// Package conventions has what a reporter says of how the dates of a plan are written, and makes statements of it. It is the same
// for a document that is imported and a return that is pushed.
package conventions

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/documents"
)

// Said is what was said, in the words of the flags and of a mapping file. What is empty was not said.
type Said struct {
	DateOrder     string // day or month
	FinancialYear int    // the month that it begins in, from 1
	Weeks         string // iso or sunday
	Quarters      string // calendar or financial
	TimeZone      string // an IANA name
	MonthsFrom    string // the month that is month 1, YYYY-MM
}

// Of is what a plan says; nothing where there is no plan.
func Of(p *pb.Plan) Said {
	c := p.GetConventions()
	return Said{
		DateOrder:     word(c.GetDateOrder(), "DATE_ORDER_"),
		FinancialYear: int(c.GetFinancialYear()),
		Weeks:         word(c.GetWeeks(), "WEEK_SYSTEM_"),
		Quarters:      word(p.GetQuarters(), "QUARTERS_"),
		TimeZone:      p.GetTimeZone(),
		MonthsFrom:    c.GetMonthsFrom(),
	}
}

// word is the name of a value; empty for the first, which says nothing.
func word[T interface {
	~int32
	fmt.Stringer
}](v T, prefix string) string {
	if v == 0 {
		return ""
	}
	return strings.ToLower(strings.TrimPrefix(v.String(), prefix))
}

// String has all of it, the same for the same.
func (s Said) String() string {
	text := fmt.Sprintf("date_order=%s financial_year=%d weeks=%s quarters=%s time_zone=%s", s.DateOrder, s.FinancialYear, s.Weeks, s.Quarters, s.TimeZone)
	if s.MonthsFrom != "" { // ids of requests are made of the text, and were before there was this setting
		text += " months_from=" + s.MonthsFrom
	}
	return text
}

// Or is what was said, and in place of what was not what others say.
func (s Said) Or(others Said) Said {
	return Said{
		DateOrder:     cmp.Or(s.DateOrder, others.DateOrder),
		FinancialYear: cmp.Or(s.FinancialYear, others.FinancialYear),
		Weeks:         cmp.Or(s.Weeks, others.Weeks),
		Quarters:      cmp.Or(s.Quarters, others.Quarters),
		TimeZone:      cmp.Or(s.TimeZone, others.TimeZone),
		MonthsFrom:    cmp.Or(s.MonthsFrom, others.MonthsFrom),
	}
}

// Into fills in what dates are read with, where that does not say.
func (s Said) Into(settings *dates.Settings) error {
	return documents.Conventions(settings, s.DateOrder, s.FinancialYear, s.Weeks, s.Quarters, s.MonthsFrom)
}

// Settings are what the service reads the dates of a plan with that says so; zero where the words are none.
func (s Said) Settings() (settings dates.Settings) {
	if s.FinancialYear < int(time.January) || s.FinancialYear > int(time.December) {
		s.FinancialYear = 0
	}
	_ = s.Into(&settings) // the months are months: the plan keeps no others
	return settings
}

// Register says it of a plan that is registered.
func (s Said) Register(m *pb.PlanRegistered) {
	m.Conventions, m.Quarters, m.TimeZone = s.conventions(), s.quarters(), s.TimeZone
}

// Revise is the statement that brings a plan to what is said; nil where it says so already.
func (s Said) Revise(p *pb.Plan) *pb.PlanRevised {
	is := Of(p)
	if s.Or(is) == is {
		return nil
	}
	m := &pb.PlanRevised{Conventions: s.conventions()}
	if q := s.quarters(); q != pb.Quarters_QUARTERS_UNSPECIFIED {
		m.Quarters = &q
	}
	if s.TimeZone != "" {
		m.TimeZone = &s.TimeZone
	}
	return m
}

func (s Said) conventions() *pb.DateConventions {
	if s.DateOrder == "" && s.FinancialYear == 0 && s.Weeks == "" && s.MonthsFrom == "" {
		return nil
	}
	return &pb.DateConventions{
		DateOrder:     pb.DateOrder(pb.DateOrder_value[named("DATE_ORDER_", s.DateOrder)]),
		FinancialYear: uint32(s.FinancialYear),
		MonthsFrom:    s.MonthsFrom,
		Weeks:         pb.WeekSystem(pb.WeekSystem_value[named("WEEK_SYSTEM_", s.Weeks)]),
	}
}

func (s Said) quarters() pb.Quarters {
	return pb.Quarters(pb.Quarters_value[named("QUARTERS_", s.Quarters)])
}

func named(prefix, word string) string { return prefix + strings.ToUpper(word) }
