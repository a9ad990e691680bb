package funding_test

import (
	"testing"

	. "milepost.dev/domain/funding"
	"milepost.dev/domain/money"
)

func gbp(n int64) money.Amount { return money.Amount{Currency: "GBP", Units: n} }

func TestCost(t *testing.T) {
	at := func(stage Stage, n int64) (l Line) {
		l.Stage, l.Amounts[stage] = stage, gbp(n)
		return l
	}
	asks := at(Confirmed, 40)
	asks.Of = gbp(90)
	given := at(Spent, 30)
	given.Withdrawn, given.Amounts[Confirmed] = true, gbp(70)
	euros := Line{Stage: Spent}
	euros.Amounts[Spent] = money.Amount{Currency: "EUR", Units: 900}
	for _, c := range []struct {
		what  string
		lines []Line
		want  money.Amount
	}{
		{"nothing", nil, money.Amount{}},
		{"asked for twice", []Line{at(Bid, 50), at(Identified, 60)}, gbp(60)},
		{"promised by two", []Line{at(Confirmed, 50), at(Confirmed, 60)}, gbp(110)},
		{"one stage is not added to another", []Line{at(Confirmed, 50), at(Spent, 60)}, gbp(60)},
		{"confirmed in part", []Line{asks}, gbp(90)},
		{"spent before it was withdrawn", []Line{given}, gbp(30)},
		{"another currency", []Line{euros, at(Spent, 10)}, gbp(10)},
	} {
		if got := Cost(c.lines, "GBP"); got != c.want {
			t.Errorf("%s: %v, and not %v", c.what, got, c.want)
		}
	}
	if !InOther([]Line{euros}, "GBP") || InOther([]Line{asks}, "GBP") {
		t.Error("another currency")
	}
}
