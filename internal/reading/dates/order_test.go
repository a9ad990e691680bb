package dates

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"milepost.dev/domain/civil"
)

// A text proves an order where it can be a date in no other.
func TestProves(t *testing.T) {
	for text, want := range map[string]Order{
		"13/05/2018":               DayFirst,
		"05/13/2018":               MonthFirst,
		"04/15/19":                 MonthFirst,
		"31.12.17":                 DayFirst,
		"12-31-2019":               MonthFirst,
		"by 05/13/2018 10:30":      MonthFirst,
		"Mon 3/6/17":               MonthFirst, // 6 March; 3 June was a Saturday
		"3/6/17 (Monday)":          MonthFirst,
		"Sat, 3/6/17":              DayFirst,
		"Tuesday 03/06/2017":       OrderUnsaid, // neither day is one
		"Thu 6/6/2019":             OrderUnsaid,
		"03/04/2019":               OrderUnsaid,
		"13/05/2018 to 05/13/2018": OrderUnsaid, // both, and so none
		"13/05/2018, 03/04/2019":   DayFirst,
		"2018-05-13":               OrderUnsaid,
		"13 May 2018":              OrderUnsaid,
		"32/13/2018":               OrderUnsaid,
		"29/02/2019":               OrderUnsaid, // a day that there is not
		"17/18":                    OrderUnsaid,
		"17/18/19":                 OrderUnsaid,
		"":                         OrderUnsaid,
	} {
		if got, ok := Proves(text); got != want || ok != (want != OrderUnsaid) {
			t.Errorf("%q proves %d %t, want %d", text, got, ok, want)
		}
	}
}

// A day that is written in numbers reads as that day in the order that is said, and what it proves is never the other order.
func TestEveryDayInBothOrders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first, _ := civil.Of(2001, 1, 1)
		d := first.AddDays(rapid.IntRange(0, 36_000).Draw(t, "day"))
		for layout, order := range map[string]Order{"2/1/2006": DayFirst, "02.01.06": DayFirst, "1/2/2006": MonthFirst, "01-02-06": MonthFirst, "Mon 2/1/06": DayFirst, "Monday, 01/02/2006": MonthFirst} {
			text := time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.UTC).Format(layout)
			if got := ReadWords(text, Settings{Order: order}); len(got.Readings) != 1 || got.Readings[0].Due != d || len(got.Review) > 0 {
				t.Fatalf("%q in order %d reads %s, want %s", text, order, notation(got, true), d)
			}
			if got, ok := Proves(text); ok && got != order {
				t.Fatalf("%q proves the order %d, and was written in %d", text, got, order)
			}
		}
	})
}

// What is said about the plan decides what its dates leave out.
func TestSettings(t *testing.T) {
	july := Settings{PlanStart: day(t, "2017-07-01"), PlanEnd: day(t, "2019-06-30"), FinancialYear: time.July}
	printed := Settings{QuartersBegin: time.April, Dated: day(t, "2017-09-15")}
	for _, c := range []struct {
		text string
		s    Settings
		want string
	}{
		{"03/04/2017", Settings{}, "in 2017-04-03..2017-04-03 | "},
		{"03/04/2017", Settings{Order: MonthFirst}, "in 2017-03-04..2017-03-04 | "},
		{"05/13/2018", Settings{}, "in 2018-05-13..2018-05-13 | ambiguous"},
		{"13/05/2018", Settings{Order: MonthFirst}, "in 2018-05-13..2018-05-13 | ambiguous"},
		{"by 03/04", Settings{Order: MonthFirst, Dated: day(t, "2017-01-01")}, "by ..2017-03-04 | ambiguous,missing-year"},
		{"Mon 3/6/17", Settings{}, "in 2017-03-06..2017-03-06 | "},
		{"Mon 3/6/17", Settings{Order: DayFirst}, "in 2017-06-03..2017-06-03 | contradicts"},
		{"Wed 3/6/17", Settings{}, "in 2017-06-03..2017-06-03 | contradicts"},
		{"17/18", july, "in 2017-07-01..2018-06-30 | "},
		{"Q1 17/18", july, "in 2017-07-01..2017-09-30 | "},
		{"H2 17/18", july, "in 2018-01-01..2018-06-30 | "},
		{"early 17/18", july, "in 2017-07-01..2017-10-31 ~ | "},
		{"Year 2", july, "in 2018-07-01..2019-06-30 | "},
		{"June 2017/18", july, "in 2018-06-01..2018-06-30 | ambiguous"},
		{"2017-19", july, "in 2017-07-01..2019-06-30 | "},
		{"Q2 2017", july, "in 2017-04-01..2017-06-30 | "},
		{"FY18", july, "in 2017-07-01..2018-06-30 | ambiguous"},
		{"FY18", Settings{FinancialYear: time.January}, "in 2018-01-01..2018-12-31 | ambiguous"},
		{"Q2 2017", printed, "in 2017-07-01..2017-09-30 | "},
		{"Q4 2017", printed, "in 2017-01-01..2017-03-31 | ambiguous"},
		{"Q3/4 2017", printed, "during 2017-10-01..2018-03-31 | "},
		{"Q2 17/18", printed, "in 2017-07-01..2017-09-30 | "},
		{"by Q4", printed, "by ..2018-03-31 | missing-year"},
		{"2017-Q2", printed, "in 2017-04-01..2017-06-30 | "},
		{"by 2017-Q2", printed, "by ..2017-06-30 | "},
	} {
		if got := notation(ReadWords(c.text, c.s), false); got != c.want {
			t.Errorf("%q reads %s, want %s: %s", c.text, got, c.want, fmt.Sprintf("%+v", c.s))
		}
	}
}
