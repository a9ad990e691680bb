package civil

import (
	"fmt"
	"time"

	"milepost.dev/domain"
)

// The rules that a written date can break.
const (
	// RuleNotISO: it is not written as a date.
	RuleNotISO = "date-not-iso"
	// RuleImpossible: it is written as a date, but the calendar has no such day.
	RuleImpossible = "date-impossible"
)

// Parse reads an ISO day such as "2017-03-31", and nothing else: no spaces, no missing zeros, years
// 0001 to 9999. Its errors are *domain.Refusal, of class Invalid.
func Parse(text string) (Date, error) {
	year, month, day, ok := split(text)
	if !ok {
		return 0, &domain.Refusal{
			Class: domain.Invalid, Rule: RuleNotISO,
			Message: fmt.Sprintf("%.60q is not a day. Write it as year, month and day: 2017-03-31.", text),
		}
	}
	d, ok := Of(year, time.Month(month), day)
	if !ok {
		return 0, &domain.Refusal{
			Class: domain.Invalid, Rule: RuleImpossible,
			Message: fmt.Sprintf("The calendar has no day %s. Check its month and day.", text),
		}
	}
	return d, nil
}

// split takes "2017-03-31" apart, and does not ask whether there is such a day.
func split(text string) (year, month, day int, ok bool) {
	if len(text) != len("2017-03-31") || text[4] != '-' || text[7] != '-' {
		return 0, 0, 0, false
	}
	year, ok1 := digits(text[:4])
	month, ok2 := digits(text[5:7])
	day, ok3 := digits(text[8:])
	return year, month, day, ok1 && ok2 && ok3
}

func digits(text string) (n int, ok bool) {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return 0, false
		}
		n = n*10 + int(text[i]-'0')
	}
	return n, true
}
