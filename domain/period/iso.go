package period

import (
	"fmt"
	"strings"
	"time"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
)

// MaxText is how many bytes the text of a delivery date may have.
const MaxText = 1000

// RuleTooLong is broken by a text longer than MaxText. The other rules of a written date are
// civil.RuleNotISO and civil.RuleImpossible.
const RuleTooLong = "date-too-long"

// Keep returns words of which no date can be read, for a person to look at: one reading, which is Unknown, and the
// review reason Unreadable.
func Keep(text string) Delivery {
	return Delivery{Text: text, Readings: []Reading{{Kind: Unknown}}, Review: []string{Unreadable}}
}

// OfDay returns one day as a delivery date: what ReadISO reads from the day as it is written in ISO. The zero day
// gives what Keep makes of no words.
func OfDay(day civil.Date) Delivery {
	if day == 0 {
		return Keep("")
	}
	return Delivery{Text: day.String(), Readings: []Reading{{Kind: In, Start: day, End: day, Due: day}}}
}

// ReadISO reads a day "2017-03-31", a month "2017-03", a quarter of the calendar year "2017-Q1", a year
// "2017", and words such as "TBC" that say that there is no date yet. It ignores spaces around them, and keeps
// them in the text. Its errors are *domain.Refusal, of class Invalid, without a field.
func ReadISO(text string) (Delivery, error) {
	if len(text) > MaxText {
		return Delivery{}, refuse(RuleTooLong, fmt.Sprintf(
			"The date is %d bytes long, and %d are kept. Shorten it and put the rest into the reason.", len(text), MaxText))
	}
	words := strings.TrimSpace(text)
	if notYetKnown(words) {
		return Delivery{Text: text, Readings: []Reading{{Kind: Unknown}}}, nil
	}
	first, last, shape := bounds(words)
	switch {
	case shape == notADate:
		return Delivery{}, refuse(civil.RuleNotISO, fmt.Sprintf("%.60q is not a date. %s", words, accepted))
	case shape == impossible:
		return Delivery{}, refuse(civil.RuleImpossible, fmt.Sprintf("The calendar has no %s. %s", words, accepted))
	}
	return Delivery{Text: text, Readings: []Reading{{Kind: In, Start: first, End: last, Due: last}}}, nil
}

const accepted = "Write a day (2017-03-31), a month (2017-03), a quarter of the calendar year (2017-Q1), a year (2017), or TBC."

func refuse(rule, message string) error {
	return &domain.Refusal{Class: domain.Invalid, Rule: rule, Message: message}
}

func notYetKnown(words string) bool {
	switch len(words) { // nearly every date stops here, without a look at its letters
	case len("TBC"), len("to be agreed"), len("to be confirmed"), len("to be determined"):
	default:
		return false
	}
	switch strings.ToLower(words) {
	case "tbc", "tbd", "to be agreed", "to be confirmed", "to be determined":
		return true
	default:
		return false
	}
}

type shape uint8

const (
	aDate shape = iota
	impossible
	notADate
)

// ISODays returns the first and the last day of what an ISO day, month, quarter of the calendar year or year names,
// and false for any other text. Where ReadISO explains what is wrong with a text, ISODays only says that something is.
func ISODays(text string) (first, last civil.Date, ok bool) {
	first, last, found := bounds(text)
	return first, last, found == aDate
}

// bounds returns the first and the last day of an ISO day, month, quarter or year.
func bounds(words string) (first, last civil.Date, _ shape) {
	year, ok := number(words, 0, 4)
	if !ok {
		return 0, 0, notADate
	}
	from, to, day := 1, 12, 0
	switch {
	case len(words) == len("2017"):
	case len(words) == len("2017-Q1") && words[4] == '-' && (words[5] == 'Q' || words[5] == 'q'):
		quarter, ok := number(words, 6, 1)
		if !ok {
			return 0, 0, notADate
		}
		from, to = 3*quarter-2, 3*quarter
	case len(words) == len("2017-03") && words[4] == '-':
		if from, ok = number(words, 5, 2); !ok {
			return 0, 0, notADate
		}
		to = from
	case len(words) == len("2017-03-31") && words[4] == '-' && words[7] == '-':
		month, ok1 := number(words, 5, 2)
		d, ok2 := number(words, 8, 2)
		if !ok1 || !ok2 {
			return 0, 0, notADate
		}
		from, to, day = month, month, d
		if day == 0 {
			return 0, 0, impossible
		}
	default:
		return 0, 0, notADate
	}
	first, ok1 := civil.Of(year, time.Month(from), max(day, 1))
	last, ok2 := civil.Of(year, time.Month(to), max(day, 1))
	if !ok1 || !ok2 {
		return 0, 0, impossible
	}
	if day == 0 {
		last = last.EndOfMonth()
	}
	return first, last, aDate
}

// number reads exactly n digits that stand at a place.
func number(words string, at, n int) (value int, ok bool) {
	if len(words) < at+n {
		return 0, false
	}
	for _, c := range []byte(words[at : at+n]) {
		if c < '0' || c > '9' {
			return 0, false
		}
		value = value*10 + int(c-'0')
	}
	return value, true
}
