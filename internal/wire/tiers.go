package wire

import (
	"cmp"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/baseline"
)

func tier(t baseline.Tier, names Names) *milepostv1.Tier {
	m := &milepostv1.Tier{
		Name: t.Name, ToleranceDays: wholeDays(t.ToleranceDays), MostDays: wholeDays(t.MostDays),
		ToleranceMoney: t.ToleranceMoney.String(), MostMoney: t.MostMoney.String(), Currency: cmp.Or(t.MostMoney.Currency, t.ToleranceMoney.Currency),
	}
	for _, party := range t.Approvers {
		m.Approvers = append(m.Approvers, names.Display(string(party)))
	}
	return m
}

func wholeDays(n *int) *uint32 {
	if n == nil {
		return nil
	}
	days := uint32(*n)
	return &days
}
