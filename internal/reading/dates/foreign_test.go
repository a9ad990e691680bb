package dates

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
)

// Every month of every language reads as that month, between a day and a year, and is put to a person. No name is that of two months.
func TestMonthsOfLanguages(t *testing.T) {
	for _, language := range languages {
		months := strings.Fields(language.months)
		if len(months) != 12 {
			t.Fatalf("%s has %d months", language.name, len(months))
		}
		for k, names := range months {
			d, _ := civil.Of(2017, time.Month(k+1), 5)
			want := period.Reading{Kind: period.In, Start: d, End: d, Due: d}
			for name := range strings.SplitSeq(names, "/") {
				if lexicon[name].has(wMonth) { // written as in English, and read as there
					continue
				}
				if foreignMonths[name] < 0 {
					t.Errorf("%s is a name of two months", name)
				}
				for _, format := range []string{"5 %s 2017", "5. %s 2017", "5 de %s de 2017", "5 %s. 2017", "5-%s-2017", "5 %s 17"} {
					for _, text := range []string{fmt.Sprintf(format, name), strings.ToUpper(fmt.Sprintf(format, name))} {
						if got := ReadWords(text, Settings{}); len(got.Readings) != 1 || got.Readings[0] != want || !slices.Equal(got.Review, []string{period.Ambiguous}) {
							t.Errorf("%s: %q reads %s, want %s", language.name, text, notation(got, true), d)
						}
					}
				}
			}
		}
	}
}
