package dates

import (
	"slices"
	"testing"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
)

// A number behind a month that would be a year far from the document's own may be a day, and is asked about.
func TestADayThatWouldBeAFarYearIsAskedAbout(t *testing.T) {
	dated, _ := civil.Parse("2025-10-15")
	for text, asked := range map[string]bool{
		"Oct 1 – Nov 30": true, "Oct 15": true, "by November 30": true, "Oct 25": false, "March 28": false, "30 Nov 2025": false, "Oct '15": false, "October 2015": false,
	} {
		d := ReadWords(text, Settings{Dated: dated})
		if is := slices.Contains(d.Review, period.Ambiguous); is != asked {
			t.Errorf("%q is read as %v, and asked about: %v", text, d.Readings, d.Review)
		}
	}
}
