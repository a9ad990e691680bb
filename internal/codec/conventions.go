package codec

import (
	"fmt"
	"time"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/plan"
)

func (w *writer) conventions(c plan.Conventions) *ledgerv1.DateConventions {
	if c == (plan.Conventions{}) {
		return nil
	}
	if c.DateOrder > plan.MonthFirst || c.Weeks > plan.SundayWeeks || c.FinancialYear < 0 || c.FinancialYear > time.December {
		w.fail("there are no conventions %+v", c)
	}
	return &ledgerv1.DateConventions{ // they count alike; a test holds them to it
		DateOrder: ledgerv1.DateConventions_DateOrder(c.DateOrder), Weeks: ledgerv1.DateConventions_Weeks(c.Weeks), FinancialYear: int32(c.FinancialYear), MonthsFrom: c.MonthsFrom.Number(),
	}
}

func (r *reader) conventions(m *ledgerv1.DateConventions) plan.Conventions {
	if m == nil {
		return plan.Conventions{}
	}
	if m.DateOrder < 0 || m.DateOrder > ledgerv1.DateConventions_DATE_ORDER_MONTH || m.Weeks < 0 || m.Weeks > ledgerv1.DateConventions_WEEKS_SUNDAY ||
		m.FinancialYear < 0 || m.FinancialYear > int32(time.December) {
		r.fail(fmt.Errorf("there are no conventions %v", m))
	}
	return plan.Conventions{DateOrder: plan.DateOrder(m.DateOrder), Weeks: plan.WeekSystem(m.Weeks), FinancialYear: time.Month(m.FinancialYear), MonthsFrom: r.day(m.MonthsFrom)}
}

func (w *writer) columns(all []plan.DocumentColumn) (ms []*ledgerv1.DocumentColumn) {
	for _, c := range all {
		ms = append(ms, &ledgerv1.DocumentColumn{Sheet: c.Sheet, Column: c.Column, Heading: c.Heading, ReadAs: c.ReadAs})
	}
	return ms
}

func (r *reader) columns(ms []*ledgerv1.DocumentColumn) (all []plan.DocumentColumn) {
	for _, m := range ms {
		all = append(all, plan.DocumentColumn{Sheet: m.Sheet, Column: m.Column, Heading: m.Heading, ReadAs: m.ReadAs})
	}
	return all
}
