package load

import (
	"slices"
	"strings"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
)

// mostWords bounds the words of a date of which each part is tried.
const mostWords = 24

// wordsFor are words that the service reads as the document was read, where the words of the row alone are not: those of them that are
// about this row and no other, those of the row above that a ditto mark stands for, or what was read of them in plain words. They are
// empty where there are none.
func (r *run) wordsFor(words string, readings []period.Reading) string {
	if len(readings) == 0 {
		return ""
	}
	reads := func(text string) bool {
		d := dates.Read(text, r.settings)
		return text != "" && len(d.Review) == 0 && slices.Equal(d.Readings, readings)
	}
	fields := strings.Fields(words)
	if len(fields) <= mostWords {
		for length := len(fields) - 1; length > 0; length-- {
			for from := 0; from+length <= len(fields); from++ {
				if part := strings.Join(fields[from:from+length], " "); reads(part) {
					return part
				}
			}
		}
	}
	if reads(r.above) {
		return r.above
	}
	if len(readings) == 1 {
		for _, text := range plainly(readings[0]) {
			if reads(text) {
				return text
			}
		}
	}
	return ""
}

// plainly are words for a reading, most precise last.
func plainly(d period.Reading) (all []string) {
	month := func(day civil.Date) string { return day.Month().String() + " " + day.String()[:4] }
	switch {
	case d.Start != 0 && d.End == 0:
		return []string{"from " + month(d.Start), "from " + d.Start.String()}
	case d.Start != 0 && d.End != 0:
		return []string{month(d.Start) + " to " + month(d.End), d.Start.String() + " to " + d.End.String()}
	case d.End != 0:
		return []string{"by " + month(d.End), "by " + d.End.String()}
	}
	return nil
}
