package funding

import (
	"slices"

	"milepost.dev/domain/money"
)

// Cost is what a milestone costs by its lines: the most of what is known at any stage. What is confirmed, released, received or spent is
// added up for each of these stages, because money that is promised or gone is that of one line alone. What is only needed or asked for
// is not, because the same pound may be asked for in two places: there the largest line counts. Of a line that was withdrawn only what was spent
// counts. Amounts in other currencies are passed over. The zero Amount: nothing was said.
func Cost(lines []Line, currency string) (most money.Amount) {
	count := func(a money.Amount) {
		if a.Currency == currency && (most.IsZero() || a.Cmp(most) > 0) {
			most = a
		}
	}
	for stage := Identified; stage <= Spent; stage++ {
		var sum money.Amount
		for _, l := range lines {
			a := l.Amounts[stage]
			if a.Currency != currency || l.Withdrawn && stage != Spent {
				continue
			}
			count(a)
			if stage >= Confirmed {
				sum = sum.Plus(a)
			}
		}
		count(sum)
	}
	for _, l := range lines {
		if !l.Withdrawn {
			count(l.Of)
		}
	}
	return most
}

// InOther says whether money is stated in a currency other than one, so that it is in no Cost in that one.
func InOther(lines []Line, currency string) bool {
	return slices.ContainsFunc(lines, func(l Line) bool { c := l.currency(); return c != "" && c != currency })
}
