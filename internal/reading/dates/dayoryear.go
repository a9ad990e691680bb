package dates

import (
	"regexp"
	"strconv"

	"milepost.dev/domain/period"
)

// mostYearsAway is how far from its document a year of two digits may be that is not asked about.
const mostYearsAway = 4

// monthAndNumber is a month with a number behind it that can be a day as well as a year: "Oct 30".
var monthAndNumber = regexp.MustCompile(`(?i)\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.? (\d{1,2})\b(?:[^\d/:.,'’]|$)`)

// askDayOrYear asks about a number behind a month that would be a year far from the document's own, and may be a day: "Oct 30" in a plan of
// 2025 is hardly October 2030.
func (r *reader) askDayOrYear() {
	if r.settings.Dated == 0 || len(r.text) > period.MaxText {
		return
	}
	year := r.settings.Dated.Year()
	for _, at := range monthAndNumber.FindAllStringSubmatch(r.text, 8) {
		n, _ := strconv.Atoi(at[1]) // of one or two digits
		for _, f := range r.found {
			day := f.End
			if day == 0 {
				day = f.Start
			}
			if n > 0 && n <= 31 && day != 0 && day.Year() == 2000+n && (day.Year()-year > mostYearsAway || year-day.Year() > mostYearsAway) {
				r.put(period.Ambiguous)
				return
			}
		}
	}
}
