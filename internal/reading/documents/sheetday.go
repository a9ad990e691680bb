package documents

import (
	"regexp"
	"strings"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
)

// The day, week or month that the name of a sheet says: "Status 2024-03", "W/E 12-01-2018", "March 24 return".

var (
	// timeName is the name of a sheet that stands for a time without saying which: "W12", "Week 3", "March", "v2".
	timeName = regexp.MustCompile(`(?i)^(?:week|wk|w|kw|cw|month|m|period|p|report|return|update|version|ver|v|rev|issue|status|q)[ ._-]*\d{1,3}$` +
		`|^(?:(?:status|report|return|update|plan)[ ._-]+)?` + monthNames + `(?:[ ._-]+(?:status|report|return|update|plan))?$`)
	// besideTime are the words of a sheet's name beside its time.
	besideTime = regexp.MustCompile(`(?i)\b(?:weekly|monthly|week ending|week commencing|week|w[ -/]?e|w[ -/]?c|we|wk|month(?: end)?|status|reports?|returns?|updates?|plan|programme|project|milestones?|tracker|as at|as of|at|of|data|rev(?:ision)?|version|snapshot|submission)\b`)
	// weekInName is a week of a year: "2024-W12", "W12 2024", "KW 12 2024".
	weekInName = regexp.MustCompile(`(?i)^(?:(20\d\d)[ -]?(?:w|wk|week|kw|cw)[ -]?(\d{1,2})|(?:w|wk|week|kw|cw)[ -]?(\d{1,2})[ -]+(20\d\d))$`)
	// compactDay is a day without anything between its parts: "20240331", and compactMonth a month: "202403".
	compactDay   = regexp.MustCompile(`^(20\d\d)(0[1-9]|1[0-2])([0-3]\d)$`)
	compactMonth = regexp.MustCompile(`^(20\d\d)[ -]?(0[1-9]|1[0-2])$`)
	// shortYear is a month with the last digits of a year: "March 24". A day of a month would lack its year.
	shortYear = regexp.MustCompile(`(?i)^(` + monthNames + `)[ '-]*([0-9]{2})$`)
	// numbersInName is a day in numbers whose order has to be known.
	numbersInName = regexp.MustCompile(`\b(\d{1,2})[-._ ](\d{1,2})[-._ ]((?:20)?\d\d)\b`)
)

// timeInName returns the first and the last day of the time that the name of a sheet says, 0 for none. unordered: it is a day in numbers,
// and nothing says whether the day or the month comes first.
func timeInName(name string, s dates.Settings) (first, last civil.Date, unordered bool) {
	spaced := strings.Join(strings.Fields(strings.NewReplacer("_", " ", ".", "-", ",", " ", "(", " ", ")", " ").Replace(name)), " ")
	if at := weekInName.FindStringSubmatch(spaced); at != nil {
		return read("week "+at[2]+at[3]+" "+at[1]+at[4], s)
	}
	text := strings.Trim(strings.Join(strings.Fields(besideTime.ReplaceAllString(spaced, " ")), " "), " -–:")
	switch {
	case text == "":
		return 0, 0, false
	case compactDay.MatchString(text):
		text = compactDay.ReplaceAllString(text, "$1-$2-$3")
	case compactMonth.MatchString(text):
		text = compactMonth.ReplaceAllString(text, "$1-$2")
	case shortYear.MatchString(text):
		at := shortYear.FindStringSubmatch(text)
		text = at[1] + " 20" + at[len(at)-1]
	}
	if at := numbersInName.FindStringSubmatch(text); at != nil && at[0] == text {
		if s.Order == 0 && smallNumber(at[1]) && smallNumber(at[2]) {
			return 0, 0, true
		}
		text = at[1] + "/" + at[2] + "/" + at[3]
	}
	for _, words := range []string{text, strings.ReplaceAll(text, "-", " ")} {
		if first, last, _ := read(words, s); last != 0 {
			return first, last, false
		}
	}
	return 0, 0, false
}

// read reads words that are a day, a week, a month or a quarter of one year, and nothing else.
func read(words string, s dates.Settings) (first, last civil.Date, unordered bool) {
	d := dates.Read(words, s)
	if len(d.Readings) != 1 || len(d.Review) > 0 {
		return 0, 0, false
	}
	r := d.Readings[0]
	if r.Kind != period.In || r.Label != "" || r.Approx || r.Uncertain || r.Start == 0 || r.End == 0 || r.End.Year() < firstYear || r.Start.AddDays(100).Before(r.End) {
		return 0, 0, false
	}
	return r.Start, r.End, false
}

// smallNumber says whether a number may be that of a month.
func smallNumber(digits string) bool {
	return len(digits) == 1 || digits < "13"
}

// provenOrder is the order of day and month that a name proves; 0 where none does, or where two prove different ones.
func provenOrder(names []string) (proven dates.Order) {
	for _, name := range names {
		at := numbersInName.FindStringSubmatch(name)
		if at == nil || smallNumber(at[1]) == smallNumber(at[2]) {
			continue
		}
		order := dates.DayFirst
		if smallNumber(at[1]) {
			order = dates.MonthFirst
		}
		if proven != 0 && proven != order {
			return 0
		}
		proven = order
	}
	return proven
}
