package page

import (
	"cmp"
	"strings"
	"time"

	"milepost.dev/internal/web/words"
)

// span is a range of days, each end of which is written as a day, a month or a year: 2026-12..2027-03. The zero span has
// everything.
type span struct{ from, to string }

// spanOf reads a range; one end alone is both. Its error is a Problem.
func spanOf(text string) (span, error) {
	if text == "" {
		return span{}, nil
	}
	from, to, ranged := strings.Cut(text, "..")
	if !ranged {
		to = from
	}
	for _, end := range []string{from, to} {
		if end != "" && lastDay(end) == "" {
			return span{}, &Problem{
				Status: 400, Title: "This period cannot be read",
				Sentence: "Write a period as 2026-12..2027-03, from one day, month or year to another. Either may be left out.",
			}
		}
	}
	return span{from, to}, nil
}

// has says whether a day, in ISO form, is within. No day is in a range.
func (s span) has(day string) bool {
	if s == (span{}) {
		return true
	}
	// A month is at the beginning of each of its days, and a year of each of its months.
	return day != "" && day >= s.from && (s.to == "" || day[:min(len(day), len(s.to))] <= s.to)
}

// lastDay is the last day of what is written as a day, a month or a year; empty where it is none of them.
func lastDay(text string) string {
	for _, form := range []struct {
		layout        string
		years, months int
	}{{time.DateOnly, 0, 0}, {"2006-01", 0, 1}, {"2006", 1, 0}} {
		if len(text) != len(form.layout) {
			continue
		}
		if day, err := time.Parse(form.layout, text); err == nil {
			if form.years+form.months > 0 {
				day = day.AddDate(form.years, form.months, -1)
			}
			return day.Format(time.DateOnly)
		}
	}
	return ""
}

// text is the range as it stands in an address.
func (s span) text() string {
	if s.from == s.to {
		return s.from
	}
	return s.from + ".." + s.to
}

// words say the range in a filter: "1 Apr 2025 to 30 Jun 2025".
func (s span) words() string {
	from, to := written(s.from), written(s.to)
	switch {
	case from == to:
		return from
	case s.from == "":
		return "up to " + to
	case s.to == "":
		return "from " + from
	}
	return from + " to " + to
}

// written is one end of a range as a reader has it: a day, "Apr 2025" or a year.
func written(end string) string {
	if month, err := time.Parse("2006-01", end); err == nil {
		return month.Format("Jan\u00a02006")
	}
	return words.Day(end)
}

// after is the ISO day so many days after another; the same text where that is no day.
func after(iso string, days int) string {
	day, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return day.AddDate(0, 0, days).Format(time.DateOnly)
}

// naturally compares references as people number things: HUB-9 comes before HUB-10.
func naturally(x, y string) int {
	for a, b := x, y; ; {
		textA, numberA, restA := cutNumber(a)
		textB, numberB, restB := cutNumber(b)
		if c := strings.Compare(textA, textB); c != 0 {
			return c
		}
		shortA, shortB := strings.TrimLeft(numberA, "0"), strings.TrimLeft(numberB, "0")
		if c := cmp.Or(cmp.Compare(len(shortA), len(shortB)), strings.Compare(shortA, shortB)); c != 0 {
			return c
		}
		if restA == "" || restB == "" {
			return cmp.Or(cmp.Compare(len(restA), len(restB)), strings.Compare(x, y))
		}
		a, b = restA, restB
	}
}

// cutNumber cuts a reference into what stands before its first digits, those digits, and the rest.
func cutNumber(s string) (text, number, rest string) {
	digit := func(r rune) bool { return '0' <= r && r <= '9' }
	from := strings.IndexFunc(s, digit)
	if from < 0 {
		return s, "", ""
	}
	to := from
	for to < len(s) && digit(rune(s[to])) {
		to++
	}
	return s[:from], s[from:to], s[to:]
}
